"""Reading: a JSON Canvas file as elements, or one sentence that says what is wrong with it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NoReturn

from harvestry.core.jsoncanvas.marks import (
    COLOUR,
    EDGE_FIELDS,
    EXTENSION,
    FILE,
    GROUP_FIELDS,
    ID,
    SUBPATH,
    URL,
    CanvasError,
    Json,
    Z,
    color_of,
    keep,
    keep_fields,
    mapped_id,
)
from harvestry.core.jsoncanvas.writing import in_file_order
from harvestry.core.nesting import Geometry, depths, without_loops
from harvestry.core.ordering import order_key
from harvestry.core.palette import PRESET_OF, PRESETS, nearest
from harvestry_crdt import KEYS, KINDS, LIMITS, Element
from harvestry_crdt.schema import is_element_id, is_field_name, is_short_name, is_title, is_whole, utf16_length

__all__ = ["MAX_CANVAS_BYTES", "CanvasFile", "read_canvas"]

# Twenty thousand full notes are about 12 MB; a file beyond this was not made by people.
MAX_CANVAS_BYTES = 32 * 1024 * 1024
# Who holds whom is worked out group by thing; this many times the elements of a board is a second.
MAX_FOREIGN_GROUPS = 1_000
# Frames deep inside frames add up; beyond this a number in a file is a slip.
MAX_ABSOLUTE = 1_000 * LIMITS["coordinate"]


@dataclass(frozen=True, slots=True)
class CanvasFile:
    """What a file holds: a title where it has one, and its elements, parents before children."""

    title: str | None
    elements: tuple[Element, ...]


def read_canvas(data: bytes) -> CanvasFile:
    """The elements of a JSON Canvas file, ours or another program's.

    Foreign ids that are not ids of ours are mapped, to the same ones each time. Foreign groups own what lies wholly
    inside them, the smallest group first. Foreign files and links become notes that say what they point to. Fields that
    are not of JSON Canvas 1.0 are dropped.

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
    frames = {ids[name] for name, node in nodes.items() if _kind(node) == "frame"}
    parents = without_loops(_parents(nodes, ids, boxes, frames))
    read_nodes = [
        _read_node(node, name, ids[name], boxes, parents, order_key(position))
        for position, (name, node) in enumerate(nodes.items())
    ]
    read_edges = [
        _read_edge(edge, name, edge_ids[name], ids, frames, order_key(len(nodes) + position))
        for position, (name, edge) in enumerate(edges.items())
    ]
    elements = _in_order(read_nodes, read_edges, parents)
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
    ids = {name: name if is_element_id(name) and name not in taken else mapped_id(what, name) for name in items}
    if len(set(ids.values()) - taken) < len(ids):
        raise CanvasError(f"Two of the {what}s have ids that cannot be told apart.")
    return ids


def _box(node: Json, place: str) -> Geometry:
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


def _kind(node: Json) -> object:
    """The kind a node says it is, or that a node of another program becomes."""
    extension = _own(node)
    return extension["kind"] if extension is not None else "frame" if node.get("type") == "group" else "note"


def _parents(
    nodes: Mapping[str, Json], ids: Mapping[str, str], boxes: Mapping[str, Geometry], frames: AbstractSet[str]
) -> dict[str, str]:
    """Who stands in which frame: as our part says, else in the smallest group around it."""
    parents: dict[str, str] = {}
    groups = sorted((boxes[frame][2] * boxes[frame][3], frame) for frame in frames)
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
        if holder is not None and holder in frames:
            parents[ids[name]] = holder
    return parents


def _holds(outer: Geometry, inner: Geometry) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[0] + outer[2] >= inner[0] + inner[2]
        and outer[1] + outer[3] >= inner[1] + inner[3]
    )


def _read_node(
    node: Json, name: str, own_id: str, boxes: Mapping[str, Geometry], parents: Mapping[str, str], z: str
) -> Element:
    place, extension = _place("node", name), _own(node)
    x, y, w, h = boxes[own_id]
    parent = parents.get(own_id)
    if parent is not None:
        x, y = x - boxes[parent][0], y - boxes[parent][1]
    words, kind = _words(node, place), _kind(node)
    style: Json = dict(_part(extension or {}, "style", place))
    if name != own_id:
        keep(style, ID, name)
    if kind == "frame":
        keep_fields(style, node, GROUP_FIELDS)
    elif kind == "note":
        _keep_source(style, node)
    return _element(
        own_id,
        kind,
        geometry=[x, y, w, h],
        parent=parent,
        z=z,
        colour=_colour(node, extension, style, default="oat" if kind == "note" else None),
        text=extension.get("text") if extension is not None and kind == "card" else words,
        extension=extension or {},
        style=style,
        payload=_payload(extension or {}, place),
        place=place,
    )


def _words(node: Json, place: str) -> str:
    """What a node says, whatever its type."""
    key = {"text": "text", "file": "file", "link": "url", "group": "label"}.get(str(node.get("type")))
    if key is None:
        raise CanvasError(f"Expected text, file, link or group as the type of {place}.")
    value = node.get(key, "" if key in ("text", "label") else None)
    if not isinstance(value, str):
        raise CanvasError(f"Expected words under {key} in {place}.")
    subpath = node.get("subpath")
    return value + subpath if key == "file" and isinstance(subpath, str) else value


def _keep_source(style: Json, node: Json) -> None:
    """Mark what file or link a note is; one that is plain text now may have been one, and keeps what it has."""
    if node["type"] == "file":
        keep(style, FILE, node["file"])
        keep(style, SUBPATH, node.get("subpath"))
    elif node["type"] == "link":
        keep(style, URL, node["url"])


def _read_edge(edge: Json, name: str, own_id: str, ids: Mapping[str, str], frames: AbstractSet[str], z: str) -> Element:
    place, extension = _place("edge", name), _own(edge)
    payload: Json = dict(_part(extension or {}, "payload", place))
    for key, end in (("fromNode", "a"), ("toNode", "b")):
        node = edge.get(key)
        if not isinstance(node, str) or node not in ids:
            raise CanvasError(f"Expected the id of a node under {key} in {place}.")
        payload[end] = {"id": ids[node]}
    if extension is None:
        payload["route"], extension = "curve", {}
    if "label" in edge:
        payload["label"] = edge["label"]
    style: Json = dict(_part(extension, "style", place))
    if name != own_id:
        keep(style, ID, name)
    keep_fields(style, edge, EDGE_FIELDS)
    parent = extension.get("parent")
    holder = ids.get(parent) if isinstance(parent, str) else None
    return _element(
        own_id,
        extension.get("kind", "conn"),
        geometry=extension.get("geometry", [0, 0, 1, 1]),
        parent=holder if holder in frames else None,
        z=z,
        colour=_colour(edge, extension or None, style, default=None),
        text=None,
        extension=extension,
        style=style,
        payload=payload,
        place=place,
    )


def _in_order(nodes: Sequence[Element], edges: Sequence[Element], parents: Mapping[str, str]) -> list[Element]:
    """The same, with order keys by which the board paints them as the file lists them.

    Keys that say so already stay: then nobody put anything in between, or in another order. Where no keys can say it,
    because a board paints frames under what is beside them, marks do.
    """
    if in_file_order(nodes, parents) == nodes and sorted(edges, key=lambda edge: (edge.z, edge.id)) == edges:
        return [*nodes, *edges]
    numbered = [_renumbered(element, order_key(place)) for place, element in enumerate((*nodes, *edges))]
    ordered = numbered[: len(nodes)]
    if in_file_order(ordered, parents) != ordered:
        ordered = [_renumbered(element, element.z, marked=True) for element in ordered]
    return [*ordered, *numbered[len(nodes) :]]


def _renumbered(element: Element, z: str, *, marked: bool = False) -> Element:
    style = dict(element.style)
    keep(style, Z, z if marked else None)
    return replace(element, z=z, style=style)


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
        most = LIMITS["text_merged"]
        raise CanvasError(f"The words of {place} do not fit: expected up to {most:,} whole characters.")
    if not _fits("z", z_key) or not isinstance(z_key, str):
        raise CanvasError(f"Expected an order key under {EXTENSION}.z in {place}.")
    if not _fits("lk", locked) or not isinstance(locked, int):
        raise CanvasError(f"Expected 0 to 3 under {EXTENSION}.locked in {place}.")
    if not _fits("s", style):
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


def _is_text(text: str) -> bool:
    return utf16_length(text) <= LIMITS["text_merged"] and is_whole(text)


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


def _colour(item: Json, extension: Json | None, style: Json, *, default: str | None) -> str | None:
    """The colour of ours that a file means; the style marks the value that none of ours is written as."""
    said = item.get("color")
    if extension is not None:
        named = extension.get("colour")
        ours = named if isinstance(named, str) and _fits("c", named) else None
        if said == color_of(ours, style):
            return ours
    preset = PRESETS.get(said) if isinstance(said, str) else None
    near = nearest(said) if isinstance(said, str) else None
    colour = preset or near or default
    keep(style, COLOUR, said if near is not None and said != PRESET_OF.get(near) else None)
    return colour


def _place(what: str, name: str) -> str:
    return f"the {what} {_shown(name)}"


def _shown(name: str) -> str:
    """An id as it can stand in a sentence, whatever a file calls its things."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return printable if len(printable) <= 40 else printable[:39] + "…"
