"""The server's own changes, made in the engine by the rules the gate holds everybody else to."""

from collections.abc import Mapping
from typing import assert_never

from pycrdt import Map, Text

from harvestry_crdt.element import Change, Element, Patch, Put, Remove, SetTitle
from harvestry_crdt.reading import plain
from harvestry_crdt.schema import KEYS, KINDS, Kind, is_element_id, is_field_name, is_short_name, is_title


def write_change(meta: "Map[object]", els: "Map[object]", change: Change) -> None:
    """Make one change inside the open transaction. What changes an element that is not there changes nothing.

    Raises:
        ValueError: If the change is against the schema.
    """
    match change:
        case Put(element):
            _put(els, element)
        case Patch(id, values):
            entry = els.get(id)
            if isinstance(entry, Map):
                _patch(entry, values)
        case Remove(id):
            if id in els:
                del els[id]
        case SetTitle(title):
            if not is_title(title):
                raise ValueError("not a title")
            if meta.get("title") != title:
                meta["title"] = title
        case _:
            assert_never(change)


def _put(els: "Map[object]", element: Element) -> None:
    kind = KINDS.get(element.kind)
    if kind is None or not is_element_id(element.id):
        raise ValueError("not an element")
    values: dict[str, object] = {
        "g": list(element.geometry),
        "p": element.parent,
        "z": element.z or None,
        "c": element.colour,
        "s": dict(element.style) or None,
        "d": element.payload,
        "lk": element.locked or None,
        "del": 1 if element.deleted else None,
    }
    if kind.has_text:
        values["txt"] = element.text or ""
    entry = els.get(element.id)
    if isinstance(entry, Map) and entry.get("t") == element.kind:
        _patch(entry, values)
        return
    fresh: dict[str, object] = {"t": element.kind}
    for name, value in values.items():
        if value is None:
            continue
        _check(kind, name, value)
        if name == "txt":
            fresh[name] = Text(str(value))
        elif name == "d" and kind.has_fields and isinstance(value, Mapping):
            fresh[name] = Map({key: item if key == "ht" else Text(str(item)) for key, item in value.items()})
        else:
            fresh[name] = value
    els[element.id] = Map(fresh)


def _patch(entry: "Map[object]", values: Mapping[str, object]) -> None:
    kind = KINDS.get(str(entry.get("t")))
    if kind is None:
        raise ValueError("an element of no known kind")
    for name, value in values.items():
        there = entry.get(name)
        if value is None:
            if there is not None and KEYS[name].required:
                raise ValueError(f"an element cannot lose {name}")
            if name in entry:
                del entry[name]
            continue
        _check(kind, name, value)
        if name == "t":
            raise ValueError("an element keeps its kind")
        if isinstance(there, Text):
            retype(there, str(value))
        elif isinstance(there, Map) and isinstance(value, Mapping):
            for key in there.keys() - value.keys():
                del there[key]
            for key, item in value.items():
                field = there.get(key)
                if isinstance(field, Text):
                    retype(field, str(item))
                elif plain(field) != item:
                    there[key] = item if key == "ht" else Text(str(item))
        elif name == "txt":
            entry[name] = Text(str(value))
        elif plain(there) != value:
            entry[name] = value


def retype(text: Text, wanted: str) -> None:
    """Turn the text into another, leaving alone what both begin and end with."""
    present = str(text)
    if present == wanted:
        return
    head = 0
    for old, new in zip(present, wanted, strict=False):
        if old != new:
            break
        head += 1
    tail = 0
    for old, new in zip(reversed(present[head:]), reversed(wanted[head:]), strict=False):
        if old != new:
            break
        tail += 1
    # The engine counts UTF-8 bytes here.
    start = len(present[:head].encode())
    end = len(present[: len(present) - tail].encode())
    if end > start:
        del text[start:end]
    middle = wanted[head : len(wanted) - tail]
    if middle:
        text.insert(start, middle)


def _check(kind: Kind, name: str, value: object) -> None:
    key = KEYS.get(name)
    if key is None:
        raise ValueError(f"unknown key {name}")
    if name == "txt":
        good = kind.has_text and isinstance(value, str)
    elif name == "d" and kind.has_fields:
        good = isinstance(value, Mapping) and all(
            is_short_name(item) if field == "ht" else is_field_name(field) and isinstance(item, str)
            for field, item in value.items()
        )
    elif name == "d":
        good = kind.payload is not None and kind.payload(value)
    else:
        good = key.check is not None and key.check(value)
    if not good:
        raise ValueError(f"a value that key {name} may not hold")
