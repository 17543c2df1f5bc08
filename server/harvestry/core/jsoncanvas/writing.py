"""Writing: the board as a JSON Canvas file, the same bytes for equal boards."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping

from harvestry.core.gathering.leaving import Recorded, Signature
from harvestry.core.gathering.plan import NO_WORDS
from harvestry.core.jsoncanvas.marks import (
    EDGE_FIELDS,
    EXTENSION,
    GROUP_FIELDS,
    Json,
    Z,
    color_of,
    file_id,
    said_fields,
    source_of,
)
from harvestry.core.nesting import Geometry, corners, standing
from harvestry.core.ordering import painted
from harvestry_crdt import Element

__all__ = ["in_file_order", "write_canvas"]

EXTENSION_VERSION = 1


def write_canvas(
    elements: Iterable[Element],
    *,
    title: str,
    authors: Mapping[str, str] | None = None,
    withdrawn: int = 0,
    records: Mapping[str, Recorded] | None = None,
) -> str:
    """The board as a JSON Canvas file. What was deleted stays behind, and so do the connectors on it.

    `authors` says by whom an element is, in words that may leave, and `withdrawn` how many things were taken back, so
    that whoever has an earlier file can tell; `records` is what stands beside the words of records. A reader of the
    file has no use for any of them: a board has its names and links from the people on it.

    Nodes stand in painter's order, as the format wants it: the first lies under all others. Coordinates in the file are
    absolute, ours are relative to the frame. A connector with an end in the open becomes a node, since no edge has one.
    """
    every = {element.id: element for element in elements}
    deleted = {element.id for element in every.values() if element.deleted}
    live = [e for e in every.values() if not e.deleted and deleted.isdisjoint(_ends(e))]
    geometries, parents = standing(
        {element.id: element.geometry for element in every.values()},
        {e.id: e.parent for e in every.values() if e.parent in every and every[e.parent].kind == "frame"},
        gone=deleted,
    )
    places = corners(geometries, parents)
    holders = {element.id for element in live if element.kind != "conn"}
    joined = {element.id: ends for element in live if len(ends := _ends(element)) == 2 and holders.issuperset(ends)}
    nodes = in_file_order([element for element in live if element.id not in joined], parents)
    edges = sorted((element for element in live if element.id in joined), key=lambda edge: (edge.z, edge.id))

    names = {node.id: file_id(node, "node") for node in nodes}
    by, beside = authors or {}, records or {}
    told = {node.id: _Told(record, names) for node in nodes if (record := beside.get(node.id)) is not None}
    file = {
        "nodes": [
            _node(node, names, places[node.id], parents.get(node.id), by.get(node.id), told.get(node.id))
            for node in nodes
        ],
        "edges": [
            _edge(edge, names, joined[edge.id], geometries[edge.id], parents.get(edge.id), by.get(edge.id))
            for edge in edges
        ],
        EXTENSION: {"version": EXTENSION_VERSION, "title": title, **({"withdrawn": withdrawn} if withdrawn else {})},
    }
    return json.dumps(file, ensure_ascii=False, indent="\t") + "\n"


def in_file_order(nodes: Iterable[Element], parents: Mapping[str, str]) -> list[Element]:
    """Painter's order; only what came from a file in another order, and was not reordered since, stays in that."""
    order = painted(nodes, parents)
    places = [place for place, node in enumerate(order) if node.style.get(Z) == node.z]
    came = sorted((order[place] for place in places), key=lambda node: (node.z, node.id))
    for place, node in zip(places, came, strict=True):
        order[place] = node
    return order


def _ends(element: Element) -> tuple[str, ...]:
    """What a connector ends on; nothing for an end in the open."""
    if element.kind != "conn" or not isinstance(element.payload, Mapping):
        return ()
    ends = (end.get("id") if isinstance(end, Mapping) else None for end in map(element.payload.get, ("a", "b")))
    return tuple(end for end in ends if isinstance(end, str))


class _Told:
    """What stands beside a record, for people and for programs.

    Args:
        names: What each element is called in the file.
    """

    def __init__(self, record: Recorded, names: Mapping[str, str]) -> None:
        self._record = record
        self._serves = {names[id]: head for id, head in record.serves.items() if id in names}
        self._heads = [head for head in self._serves.values() if head]

    def lines(self) -> list[str]:
        """For whoever reads the file in another program, a paragraph each."""
        record = self._record
        # What says nothing, such as an empty note, is linked in the extension alone.
        lines = [f"Serves: {'; '.join(self._heads)}"] if self._heads else []
        for title, part in (("Led by", "lead"), ("Helping", "help"), ("Committed", "commit")):
            if those := [_signed(name) for name in record.names if name.part == part]:
                lines.append(f"{title}: {'; '.join(those)}")
        if record.status:
            last = record.status[-1]
            stands = last.status.replace("_", " ").capitalize()
            lines.append(stands if last.reason is None else f"{stands}: {_in_one_line(last.reason)}")
        return [*lines, "Agreed"] if record.agreed else lines

    def extension(self) -> Json:
        """For programs that know us; dates in Unix milliseconds."""
        record = self._record
        told: Json = {"agreed": True} if record.agreed else {}
        if record.names:
            told["names"] = [
                {"name": one.name, "part": one.part}
                | ({"own": one.own} if one.own else {})
                | ({"earlier": True} if one.earlier else {})
                for one in record.names
            ]
        if self._serves:
            told["serves"] = list(self._serves)
        if record.status:
            told["status"] = [
                {"status": one.status, "at": one.at} | ({} if one.reason is None else {"reason": one.reason})
                for one in record.status
            ]
        return told


def _in_one_line(text: str) -> str:
    """What people said to a record: a paragraph of its own would look like one that is not theirs."""
    return " ".join(text.split())


def _signed(name: Signature) -> str:
    # Nor may it end its own quotation, and go on as another's name.
    own = _in_one_line(name.own).replace("“", '"').replace("”", '"')
    said = f"{name.name}, “{own}”" if own else name.name
    return f"{said} (to earlier words)" if name.earlier else said


def _node(
    element: Element,
    names: Mapping[str, str],
    corner: tuple[int, int],
    parent: str | None,
    author: str | None,
    told: _Told | None = None,
) -> Json:
    (x, y), (_, _, w, h) = corner, element.geometry
    node: Json = {"id": names[element.id], "type": "text", "x": x, "y": y, "width": w, "height": h}
    extension = _extension(element, names, parent, author)
    payload = _canonical(element.payload)
    fields = payload if isinstance(payload, dict) else {}
    match element.kind:
        case "frame":
            node |= {"type": "group"} | ({"label": element.text} if element.text else {})
            node |= said_fields(element.style, GROUP_FIELDS)
        case "image":
            node |= {"type": "file", "file": f"assets/{fields.get('hash', '')}"}
        case "card":
            # Other programs show the words; we read them from the payload.
            said = [str(value) for key, value in fields.items() if key not in NO_WORDS and value]
            node["text"] = "\n\n".join([*said, *([] if told is None else told.lines())])
            if element.text is not None:
                extension["text"] = element.text
        case "stamp":
            node["text"] = str(fields.get("stamp", ""))
        case "conn":
            node["text"] = str(fields.get("label", ""))
        case _:
            node |= source_of(element) or {"text": element.text or ""}
    if told is not None:
        extension["record"] = told.extension()
    if isinstance(element.payload, bytes):
        extension["ink"] = base64.b64encode(element.payload).decode("ascii")
    elif isinstance(payload, dict):
        extension["payload"] = payload
    return _coloured(node, element) | {EXTENSION: extension}


def _edge(
    element: Element,
    names: Mapping[str, str],
    ends: tuple[str, ...],
    geometry: Geometry,
    parent: str | None,
    author: str | None,
) -> Json:
    payload = _canonical(element.payload)
    fields = payload if isinstance(payload, dict) else {}
    edge: Json = {
        "id": file_id(element, "edge", taken=names.keys()),
        "fromNode": names[ends[0]],
        "toNode": names[ends[1]],
    }
    edge |= said_fields(element.style, EDGE_FIELDS)
    if "label" in fields:
        edge["label"] = fields["label"]
    extension = _extension(element, names, parent, author)
    extension["payload"] = {key: value for key, value in fields.items() if key not in ("a", "b", "label")}
    extension["geometry"] = list(geometry)
    return _coloured(edge, element) | {EXTENSION: extension}


def _extension(element: Element, names: Mapping[str, str], parent: str | None, author: str | None) -> Json:
    extension: Json = {"kind": element.kind, "z": element.z}
    if parent is not None:
        extension["parent"] = names[parent]
    if element.colour is not None:
        extension["colour"] = element.colour
    if element.style:
        extension["style"] = _canonical(element.style)
    if element.locked:
        extension["locked"] = element.locked
    if author is not None:
        extension["author"] = author
    return extension


def _coloured(item: Json, element: Element) -> Json:
    color = color_of(element.colour, element.style)
    return item if color is None else item | {"color": color}


def _canonical(value: object) -> object:
    """Equal values as one: the engine hands out keys in any order, and whole numbers as either type."""
    if isinstance(value, Mapping):
        return {key: _canonical(value[key]) for key in sorted(value)}
    return int(value) if isinstance(value, float) and value.is_integer() else value
