"""JSON Canvas 1.0 ↔ elements.

A board that is written and read back is equal, for every kind. What JSON Canvas cannot say stands under the key
`harvestry` of a node or an edge; everything it can say (place, size, words, colour, ends) is read from its own fields,
so that a board another program has edited comes back as that program left it. Coordinates in the file are absolute,
ours are relative to the frame.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from harvestry.core.errors import HarvestryError
from harvestry.core.nesting import corners, depths, without_loops
from harvestry.core.ordering import order_key
from harvestry.core.palette import PRESET_OF, PRESETS, nearest
from harvestry_crdt import KEYS, KINDS, LIMITS, Element
from harvestry_crdt.schema import is_element_id, is_field_name, is_short_name, is_title, utf16_length

__all__ = ["MAX_CANVAS_BYTES", "CanvasError", "CanvasFile", "read_canvas", "write_canvas"]

# Twenty thousand full notes are about 12 MB; a file beyond this was not made by people.
MAX_CANVAS_BYTES = 32 * 1024 * 1024
EXTENSION = "harvestry"
EXTENSION_VERSION = 1
SIDES = ("top", "right", "bottom", "left")
ENDS = ("none", "arrow")
# Key of an edge, the style that keeps it, and what it may hold.
EDGE_STYLES = (
    ("fromSide", "from_side", SIDES),
    ("toSide", "to_side", SIDES),
    ("fromEnd", "from_end", ENDS),
    ("toEnd", "to_end", ENDS),
)
# Who holds whom is worked out group by thing; this many times the elements of a board is a second.
MAX_FOREIGN_GROUPS = 1_000

# Frames deep inside frames add up; beyond this a number in a file is a slip.
MAX_ABSOLUTE = 1_000 * LIMITS["coordinate"]

Json: TypeAlias = dict[str, object]
Box: TypeAlias = tuple[int, int, int, int]


class CanvasError(HarvestryError):
    """A file that cannot be read as JSON Canvas; the message says where and what was expected."""


@dataclass(frozen=True, slots=True)
class CanvasFile:
    """What a file holds: a title where it has one, and its elements, parents before children."""

    title: str | None
    elements: tuple[Element, ...]


# --- writing --------------------------------------------------------------------------------------------------------


def write_canvas(elements: Iterable[Element], *, title: str) -> str:
    """The board as a JSON Canvas file, in painter's order. Deleted elements stay behind: nobody hands them on."""
    live = {element.id: element for element in elements if not element.deleted}
    holders = {element.id for element in live.values() if element.kind != "conn"}
    parents = without_loops({e.id: e.parent for e in live.values() if e.parent is not None and e.parent in holders})
    places = corners({element.id: element.geometry for element in live.values()}, parents)
    nodes: list[Json] = []
    edges: list[Json] = []
    for element in sorted(live.values(), key=lambda element: (element.kind != "frame", element.z, element.id)):
        extension = _extension(element, parents.get(element.id))
        ends = _joined_ends(element, holders)
        if ends is not None:
            edges.append(_edge(element, ends, extension))
        else:
            nodes.append(_node(element, (*places[element.id], *element.geometry[2:]), extension))
    file = {"nodes": nodes, "edges": edges, EXTENSION: {"version": EXTENSION_VERSION, "title": title}}
    return json.dumps(file, ensure_ascii=False, indent="\t") + "\n"


def _extension(element: Element, parent: str | None) -> Json:
    extension: Json = {"kind": element.kind, "z": element.z}
    if parent is not None:
        extension["parent"] = parent
    if element.colour is not None:
        extension["colour"] = element.colour
    if element.style:
        extension["style"] = dict(element.style)
    if element.locked:
        extension["locked"] = element.locked
    if isinstance(element.payload, bytes):
        extension["ink"] = base64.b64encode(element.payload).decode("ascii")
    elif isinstance(element.payload, Mapping):
        extension["payload"] = dict(element.payload)
    return extension


def _node(element: Element, box: Box, extension: Json) -> Json:
    x, y, w, h = box
    node: Json = {"id": element.id, "type": "text", "x": x, "y": y, "width": w, "height": h}
    payload = element.payload if isinstance(element.payload, Mapping) else {}
    match element.kind:
        case "frame":
            node |= {"type": "group", "label": element.text or ""}
        case "image":
            node |= {"type": "file", "file": f"assets/{payload.get('hash', '')}"}
        case "card":
            # Other programs show the words; we read them from the payload.
            node["text"] = "\n\n".join(str(value) for key, value in payload.items() if key != "ht" and value)
            if element.text is not None:
                extension["text"] = element.text
        case "stamp":
            node["text"] = str(payload.get("stamp", ""))
        case _:
            node["text"] = element.text or ""
    return _coloured(node, element) | {EXTENSION: extension}


def _joined_ends(element: Element, holders: AbstractSet[str]) -> tuple[str, str] | None:
    """The two nodes a connector joins, if both of its ends are on things that are there; no edge ends in the open."""
    if element.kind != "conn" or not isinstance(element.payload, Mapping):
        return None
    ends = [end.get("id") if isinstance(end, Mapping) else None for end in map(element.payload.get, ("a", "b"))]
    first, second = (end if isinstance(end, str) and end in holders else None for end in ends)
    return None if first is None or second is None else (first, second)


def _edge(element: Element, ends: tuple[str, str], extension: Json) -> Json:
    payload = element.payload if isinstance(element.payload, Mapping) else {}
    edge: Json = {"id": element.id, "fromNode": ends[0], "toNode": ends[1]}
    for key, name, allowed in EDGE_STYLES:
        if element.style.get(name) in allowed:
            edge[key] = element.style[name]
    if "label" in payload:
        edge["label"] = payload["label"]
    extension["payload"] = {key: value for key, value in payload.items() if key not in ("a", "b", "label")}
    extension["geometry"] = list(element.geometry)
    return _coloured(edge, element) | {EXTENSION: extension}


def _coloured(item: Json, element: Element) -> Json:
    preset = PRESET_OF.get(element.colour or "")
    return item if preset is None else item | {"color": preset}


# --- reading --------------------------------------------------------------------------------------------------------


def read_canvas(data: bytes) -> CanvasFile:
    """The elements of a JSON Canvas file, ours or another program's.

    Foreign ids that are not ids of ours are mapped, to the same ones each time. Foreign groups own what lies wholly
    inside them, the smallest group first. Foreign files and links become notes that say what they point to.

    Raises:
        CanvasError: If it is not such a file, or holds more than a board can.
    """
    file = _parse(data)
    nodes, edges = _items(file, "nodes"), _items(file, "edges")
    if len(nodes) + len(edges) > LIMITS["elements"]:
        raise CanvasError(f"The file holds {len(nodes) + len(edges):,} things; a board holds {LIMITS['elements']:,}.")
    ids = _ids(nodes, "node", taken=frozenset())
    edge_ids = _ids(edges, "edge", taken=frozenset(ids.values()))
    boxes = {ids[name]: _box(node, _place("node", name)) for name, node in nodes.items()}
    parents = without_loops(_parents(nodes, ids, boxes))
    elements = [
        _read_node(node, ids[name], boxes, parents, order_key(position), _place("node", name))
        for position, (name, node) in enumerate(nodes.items())
    ]
    elements += [
        _read_edge(edge, edge_ids[name], ids, order_key(len(nodes) + position), _place("edge", name))
        for position, (name, edge) in enumerate(edges.items())
    ]
    extension = file.get(EXTENSION)
    title = extension.get("title") if isinstance(extension, dict) else None
    depth = depths([element.id for element in elements], {e.id: e.parent for e in elements if e.parent is not None})
    return CanvasFile(
        title=title if isinstance(title, str) and is_title(title) else None,
        elements=tuple(sorted(elements, key=lambda element: depth[element.id])),
    )


def _parse(data: bytes) -> Json:
    if len(data) > MAX_CANVAS_BYTES:
        raise CanvasError(f"The file is larger than {MAX_CANVAS_BYTES // 1024 // 1024} MB.")
    try:
        value: object = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise CanvasError(f"The file is not UTF-8 text: byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise CanvasError(f"The file is not JSON: line {error.lineno}, column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise CanvasError("The file is JSON that no board can hold: a number or its depth is out of bounds.") from error
    if not isinstance(value, dict):
        raise CanvasError("The file is JSON, but not a canvas: expected an object with nodes and edges.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _items(file: Json, key: str) -> dict[str, Json]:
    """The nodes, or the edges, by their ids in the file."""
    values = file.get(key, [])
    if not isinstance(values, list):
        raise CanvasError(f"Expected a list under {key}.")
    items: dict[str, Json] = {}
    for position, item in enumerate(values):
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(name, str) or not name:
            raise CanvasError(f"Expected an object with an id: number {position + 1} of the {key}.")
        if name in items:
            raise CanvasError(f"The id {_shown(name)} appears twice among the {key}.")
        items[name] = item
    return items


def _ids(items: Mapping[str, Json], what: str, *, taken: AbstractSet[str]) -> dict[str, str]:
    """Our ids for the file's: its own where they have our form, else a digest of them."""
    ids = {}
    for name in items:
        digest = hashlib.sha256(f"{what}:{name}".encode(errors="surrogatepass")).digest()
        mapped = base64.urlsafe_b64encode(digest[:9]).decode("ascii")
        ids[name] = name if is_element_id(name) and name not in taken else mapped
    if len(set(ids.values()) - taken) < len(ids):
        raise CanvasError(f"Two of the {what}s have ids that cannot be told apart.")
    return ids


def _box(node: Json, place: str) -> Box:
    numbers = []
    for key in ("x", "y", "width", "height"):
        number = node.get(key)
        if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > MAX_ABSOLUTE:
            raise CanvasError(f"Expected a number for {key} in {place}.")
        numbers.append(round(number))
    x, y, w, h = numbers
    return x, y, max(1, w), max(1, h)


def _own(item: Json) -> Json | None:
    """Our part of a node or an edge, if it has one."""
    extension = item.get(EXTENSION)
    return extension if isinstance(extension, dict) and "kind" in extension else None


def _parents(nodes: Mapping[str, Json], ids: Mapping[str, str], boxes: Mapping[str, Box]) -> dict[str, str]:
    """Who stands in which frame: as our part says, else in the smallest group around it."""
    parents: dict[str, str] = {}
    groups = sorted(
        (boxes[ids[name]][2] * boxes[ids[name]][3], ids[name])
        for name, node in nodes.items()
        if node.get("type") == "group"
    )
    if len(groups) > MAX_FOREIGN_GROUPS and any(_own(node) is None for node in nodes.values()):
        raise CanvasError(f"The file holds {len(groups):,} groups; expected at most {MAX_FOREIGN_GROUPS:,}.")
    for name, node in nodes.items():
        box, extension = boxes[ids[name]], _own(node)
        if extension is not None:
            parent = extension.get("parent")
            holder = ids.get(parent) if isinstance(parent, str) else None
        else:
            rank = (box[2] * box[3], ids[name])
            around = (group for area, group in groups if (area, group) > rank and _holds(boxes[group], box))
            holder = next(around, None)
        if holder is not None:
            parents[ids[name]] = holder
    return parents


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[0] + outer[2] >= inner[0] + inner[2]
        and outer[1] + outer[3] >= inner[1] + inner[3]
    )


def _read_node(
    node: Json, own_id: str, boxes: Mapping[str, Box], parents: Mapping[str, str], z: str, place: str
) -> Element:
    extension = _own(node)
    x, y, w, h = boxes[own_id]
    parent = parents.get(own_id)
    if parent is not None:
        x, y = x - boxes[parent][0], y - boxes[parent][1]
    foreign_kind, words = _words(node, place)
    kind = foreign_kind if extension is None else extension.get("kind")
    return _element(
        own_id,
        kind,
        geometry=[x, y, w, h],
        parent=parent,
        z=z,
        colour=_colour(node, extension, default="oat" if extension is None and kind == "note" else None),
        text=extension.get("text") if extension is not None and kind == "card" else words,
        extension=extension or {},
        style=_part(extension or {}, "style", place),
        payload=_payload(extension or {}, place),
        place=place,
    )


def _words(node: Json, place: str) -> tuple[str, str]:
    """What a node of another program is here, and its words."""
    kind, key = {
        "text": ("note", "text"),
        "file": ("note", "file"),
        "link": ("note", "url"),
        "group": ("frame", "label"),
    }.get(str(node.get("type")), ("", ""))
    if not kind:
        raise CanvasError(f"Expected text, file, link or group as the type of {place}.")
    value = node.get(key, "" if key in ("text", "label") else None)
    if not isinstance(value, str):
        raise CanvasError(f"Expected words under {key} in {place}.")
    subpath = node.get("subpath")
    return kind, value + subpath if key == "file" and isinstance(subpath, str) else value


def _read_edge(edge: Json, own_id: str, ids: Mapping[str, str], z: str, place: str) -> Element:
    extension = _own(edge) or {}
    payload: Json = dict(_part(extension, "payload", place))
    for key, end in (("fromNode", "a"), ("toNode", "b")):
        node = edge.get(key)
        if not isinstance(node, str) or node not in ids:
            raise CanvasError(f"Expected the id of a node under {key} in {place}.")
        payload[end] = {"id": ids[node]}
    if not extension:
        payload["route"] = "curve"
    if "label" in edge:
        payload["label"] = edge["label"]
    style: Json = dict(_part(extension, "style", place))
    for key, name, allowed in EDGE_STYLES:
        if edge.get(key) in allowed:
            style[name] = edge[key]
        elif style.get(name) in allowed:
            del style[name]
    parent = extension.get("parent")
    return _element(
        own_id,
        extension.get("kind", "conn"),
        geometry=extension.get("geometry", [0, 0, 1, 1]),
        parent=ids.get(parent) if isinstance(parent, str) else None,
        z=z,
        colour=_colour(edge, extension or None, default=None),
        text=None,
        extension=extension,
        style=style,
        payload=payload,
        place=place,
    )


def _part(extension: Json, key: str, place: str) -> Json:
    value = extension.get(key, {})
    if not isinstance(value, dict):
        raise CanvasError(f"Expected an object under {EXTENSION}.{key} in {place}.")
    return value


def _payload(extension: Json, place: str) -> object:
    if "ink" in extension:
        try:
            return base64.b64decode(str(extension["ink"]), validate=True)
        except (binascii.Error, ValueError) as error:
            raise CanvasError(f"Expected base64 under {EXTENSION}.ink in {place}.") from error
    return _part(extension, "payload", place) if "payload" in extension else None


def _element(
    own_id: str,
    kind: object,
    *,
    geometry: object,
    parent: str | None,
    z: str,
    colour: str | None,
    text: object,
    extension: Json,
    style: Json,
    payload: object,
    place: str,
) -> Element:
    """The element, once every part of it fits the schema."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise CanvasError(f"Expected a kind of element under {EXTENSION}.kind in {place}.")
    has_text = KINDS[kind].has_text
    words = text if has_text and text is not None else ("" if has_text else None)
    z_key, locked = extension.get("z", z), extension.get("locked", 0)
    if not _fits("g", geometry) or not isinstance(geometry, list):
        raise CanvasError(f"The place or size of {place} is outside what a board holds.")
    if words is not None and (not isinstance(words, str) or not _is_text(words)):
        raise CanvasError(f"The words of {place} do not fit: expected up to {LIMITS['text']:,} whole characters.")
    if not _fits("z", z_key) or not isinstance(z_key, str):
        raise CanvasError(f"Expected an order key under {EXTENSION}.z in {place}.")
    if not _fits("lk", locked) or not isinstance(locked, int):
        raise CanvasError(f"Expected 0 to 3 under {EXTENSION}.locked in {place}.")
    if not _fits("s", style) or not all(_is_whole(value) for value in style.values()):
        raise CanvasError(f"The style of {place} does not fit.")
    if not _is_payload(kind, payload):
        raise CanvasError(f"What {place} carries does not fit its kind, {kind}.")
    x, y, w, h = geometry
    return Element(
        id=own_id,
        kind=kind,
        geometry=(x, y, w, h),
        parent=parent,
        z=z_key,
        colour=colour,
        text=words,
        style=style,
        payload=payload,
        locked=int(locked),
        deleted=False,
    )


def _fits(key: str, value: object) -> bool:
    check = KEYS[key].check
    return check is not None and check(value)


def _is_whole(value: object) -> bool:
    """Whether a string is free of half surrogate pairs, which JSON can spell and a board cannot hold."""
    return not isinstance(value, str) or not any("\ud800" <= character <= "\udfff" for character in value)


def _is_text(text: str) -> bool:
    return utf16_length(text) <= LIMITS["text"] and _is_whole(text)


def _is_payload(kind: str, payload: object) -> bool:
    rules = KINDS[kind]
    if rules.has_fields:
        return (
            isinstance(payload, dict)
            and is_short_name(payload.get("ht"))
            and len(payload) <= LIMITS["card_fields"]
            and all(
                isinstance(value, str) and is_field_name(key) and _is_text(value)
                for key, value in payload.items()
                if key != "ht"
            )
        )
    return payload is None if rules.payload is None else rules.payload(payload)


# --- colours --------------------------------------------------------------------------------------------------------


def _colour(item: Json, extension: Json | None, *, default: str | None) -> str | None:
    said = item.get("color")
    ours = extension.get("colour") if extension is not None else None
    if isinstance(ours, str) and _fits("c", ours) and PRESET_OF.get(ours) == said:
        return ours
    if isinstance(said, str):
        return PRESETS.get(said) or nearest(said) or default
    return default


def _place(what: str, name: str) -> str:
    return f"the {what} {_shown(name)}"


def _shown(name: str) -> str:
    """An id as it can stand in a sentence, whatever a file calls its things."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return printable if len(printable) <= 40 else printable[:39] + "…"
