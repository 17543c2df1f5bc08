"""Elements out of the engine: typed, normalised, and never an error, whatever merging left of one."""

from collections.abc import Mapping
from types import MappingProxyType

from pycrdt import Map, Text

from harvestry_crdt.element import Element
from harvestry_crdt.schema import DEFAULT_GEOMETRY, KEYS

_NO_STYLE: Mapping[str, object] = MappingProxyType({})


def plain(value: object) -> object:
    """A value of the engine as plain Python; whole floats become ints, as they are on the wire."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, Map):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytearray):
        return bytes(value)
    return value


def _checked(values: Mapping[str, object], name: str, otherwise: object) -> object:
    value = values.get(name, otherwise)
    check = KEYS[name].check
    return value if check is not None and check(value) else otherwise


def _payload(kind: object, value: object) -> object:
    if kind != "conn" or not isinstance(value, dict):
        return value
    # The schema takes a bare id for an end; everybody who reads elements sees one form.
    return {key: {"id": item} if key in ("a", "b") and isinstance(item, str) else item for key, item in value.items()}


def read_placing(entry: "Map[object]") -> tuple[str, str | None, tuple[int, int, int, int], bool, str | None]:
    """Kind, parent, geometry, whether it is deleted, and of a connector the element it begins at."""
    values = {key: plain(entry.get(key)) for key in ("t", "p", "g", "del")}
    kind, parent = values["t"], _checked(values, "p", None)
    geometry = _checked(values, "g", None)
    x, y, w, h = geometry if isinstance(geometry, list) else DEFAULT_GEOMETRY
    payload = _payload(kind, plain(entry.get("d"))) if kind == "conn" else None
    end = payload.get("a") if isinstance(payload, dict) else None
    start = end.get("id") if isinstance(end, dict) else None
    return (
        kind if isinstance(kind, str) else "unknown",
        parent if isinstance(parent, str) else None,
        (x, y, w, h),
        values["del"] == 1,
        start if isinstance(start, str) else None,
    )


def read_element(id: str, entry: "Map[object]") -> Element:
    """Type one entry of `els`. A key that is missing or foreign reads as its default."""
    values = {key: plain(value) for key, value in entry.items()}
    geometry = _checked(values, "g", None)
    x, y, w, h = geometry if isinstance(geometry, list) else DEFAULT_GEOMETRY
    kind = values.get("t")
    parent = _checked(values, "p", None)
    colour = _checked(values, "c", None)
    style = _checked(values, "s", None)
    locked = _checked(values, "lk", 0)
    text = values.get("txt")
    return Element(
        id=id,
        kind=kind if isinstance(kind, str) else "unknown",
        geometry=(x, y, w, h),
        parent=parent if isinstance(parent, str) else None,
        z=str(_checked(values, "z", "")),
        colour=colour if isinstance(colour, str) else None,
        text=text if isinstance(text, str) else None,
        style=MappingProxyType(style) if isinstance(style, dict) else _NO_STYLE,
        payload=_payload(kind, values.get("d")),
        locked=int(locked) if isinstance(locked, int) else 0,
        deleted=values.get("del") == 1,
    )
