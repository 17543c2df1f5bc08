"""Taking back some of what an edit did, in the very transaction that applies it.

The edit is applied whole, so that its author's clocks have no gap; then what it made is deleted by its exact clocks,
which lets the engine forget the content before anybody encodes it, and what it overwrote or deleted is written once
more under the server's own name. An undo manager would do neither: it keeps what it took back.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from pycrdt import Doc, Map, Text

from harvestry_crdt.element import Operation
from harvestry_crdt.index import CONTENT, DEAD, ELEMENT, ENTRY, FIELDS, TEXT, Index, Node
from harvestry_crdt.wire import encode_varint
from harvestry_crdt.writing import retype

# (element id, None for `meta`; key on the wire, `d.<name>` inside a card)
Target = tuple[str | None, str]
# (element id; None for all of it, or the field of a card as `d.<name>`)
Unborn = tuple[str, str | None]

# What a key holds that is not there; None is a value of its own.
MISSING: Final = object()

# A text that comes back in more pieces than this comes back as one.
_MOST_PIECES: Final = 64


class Undoing:
    """What is to be taken back of one edit.

    Args:
        operations: Of the edit's own; more than it did does no harm.
        index: With the edit admitted to it.
        known: The clients of the edit and their clocks before it.
        lived: Elements that were there before it: they will be again, and can be written in.

    Attributes:
        unborn: What the edit made and does not live.
    """

    __slots__ = ("_doomed", "_elements", "_texts", "_values", "unborn")

    def __init__(
        self, operations: Sequence[Operation], index: Index, known: Mapping[int, int], lived: Collection[str | None]
    ) -> None:
        born = {operation.element for operation in operations if operation.action == "create"}
        self._elements: dict[str, dict[str, object] | None] = {
            operation.element: None
            for operation in operations
            if operation.action in ("create", "remove") and operation.element is not None
        }
        self._texts: dict[Target, str] = {
            (operation.element, operation.key): ""
            for operation in operations
            if operation.action == "text" and operation.key is not None
        }
        self._values: dict[Target, object] = {
            (operation.element, operation.key): MISSING
            for operation in operations
            if operation.action in ("set", "unset", "meta") and operation.key is not None
        }
        unborn: list[Unborn] = []
        self._doomed: dict[int, list[tuple[int, int]]] = {}
        for client, first in known.items():
            runs = index.clients[client]
            ranges: list[tuple[int, int]] = []
            for left, right, place in runs.walk(first, runs.end):
                node, at = index.nodes[place >> 4], place & 15
                if place >> 4 != DEAD >> 4 and self._is_doomed(node, at, born):
                    ranges.append((left, right))
                    if at == ENTRY and (node.kind == TEXT or node.name not in lived):
                        unborn.append((node.element.name, f"d.{node.name}" if node.kind == TEXT else None))
            if ranges:
                self._doomed[client] = ranges
        self.unborn = tuple(unborn)

    def _is_doomed(self, node: Node, at: int, born: set[str | None]) -> bool:
        if at == ENTRY and node.kind == ELEMENT:
            return node.name in born
        if node.kind != TEXT or at not in (ENTRY, CONTENT):
            return False
        # A text that is no field of a card is made with its element, and goes with it.
        if at == ENTRY and (node.parent is None or node.parent.kind != FIELDS):
            return False
        return (node.element.name, f"d.{node.name}" if node.name else "txt") in self._texts

    @property
    def keys(self) -> Collection[Target]:
        """The keys whose values are undone."""
        return self._values.keys()

    def look(self, meta: "Map[object]", els: "Map[object]") -> None:
        """Note what is there before the edit is applied."""
        for id in self._elements:
            entry = els.get(id)
            self._elements[id] = _parts(entry) if isinstance(entry, Map) else None
        for target in self._texts:
            holder, name = holder_of(meta, els, target)
            text = None if holder is None else holder.get(name)
            self._texts[target] = str(text) if isinstance(text, Text) else ""
        for target in self._values:
            self._values[target] = value_at(meta, els, target)

    def take_back(self, doc: "Doc[Map[object]]", meta: "Map[object]", els: "Map[object]") -> dict[Target, object]:
        """Undo, once the edit is applied, and before its transaction ends.

        Returns:
            The keys that hold a value of the server's now, or none by its hand, which a later write of the author's
            does not follow.
        """
        if self._doomed:
            doc.apply_update(_deletion(self._doomed))
        for id, parts in self._elements.items():
            if parts is not None and id not in els:
                els[id] = _built(parts)
        restored = {target: value for target, value in self._values.items() if put(meta, els, target, value)}
        for target, words in self._texts.items():
            holder, name = holder_of(meta, els, target)
            text = None if holder is None else holder.get(name)
            if isinstance(text, Text):
                _bring_back(text, words)
        return restored


def holder_of(meta: "Map[object]", els: "Map[object]", target: Target) -> "tuple[Map[object] | None, str]":
    """The map that holds a key, if it is there, and the key's name in it."""
    element, name = target
    holder: object = meta if element is None else els.get(element)
    if element is not None and name.startswith("d.") and isinstance(holder, Map):
        holder, name = holder.get("d"), name[2:]
    return (holder if isinstance(holder, Map) else None), name


def value_at(meta: "Map[object]", els: "Map[object]", target: Target) -> object:
    """What the engine holds under a key, MISSING if nothing."""
    holder, name = holder_of(meta, els, target)
    return _writable(holder.get(name)) if holder is not None and name in holder else MISSING


def put(meta: "Map[object]", els: "Map[object]", target: Target, value: object) -> bool:
    """Give a key a value, or unset it; whether anything had to be done."""
    holder, name = holder_of(meta, els, target)
    if holder is None or isinstance(value, Text | Map):
        return False
    if value is MISSING:
        if name not in holder:
            return False
        del holder[name]
        return True
    if name in holder and is_same(_writable(holder.get(name)), value):
        return False
    holder[name] = value
    return True


def is_same(one: object, other: object) -> bool:
    """Whether two values of the engine are one on the wire, where true is not 1."""
    if isinstance(one, dict | list):
        return repr(one) == repr(other)
    return type(one) is type(other) and one == other


def _parts(entry: "Map[object]") -> dict[str, object]:
    """An element as it is made again: shared types as what they hold, in a tuple to tell them from values."""
    parts: dict[str, object] = {}
    for name, value in entry.items():
        if isinstance(value, Text):
            parts[name] = (str(value),)
        elif isinstance(value, Map):
            parts[name] = (_parts(value),)
        else:
            parts[name] = _writable(value)
    return parts


def _writable(value: object) -> object:
    # The engine hands out a kind of bytes that it does not take back.
    return bytes(value) if isinstance(value, bytearray) else value


def _built(parts: dict[str, object]) -> "Map[object]":
    fresh: dict[str, object] = {}
    for name, part in parts.items():
        if isinstance(part, tuple):
            (held,) = part
            fresh[name] = _built(held) if isinstance(held, dict) else Text(held)
        else:
            fresh[name] = part
    return Map(fresh)


def _deletion(ranges: Mapping[int, Sequence[tuple[int, int]]]) -> bytes:
    """An update that deletes exactly these clocks and does nothing else."""
    out = [b"\x00", encode_varint(len(ranges))]
    for client, parts in ranges.items():
        out += [encode_varint(client), encode_varint(len(parts))]
        for first, end in parts:
            out += [encode_varint(first), encode_varint(end - first)]
    return b"".join(out)


def _bring_back(text: Text, wanted: str) -> None:
    """Type what was deleted where it was; what is there is what is wanted, with some of it missing."""
    present = str(text)
    if present == wanted:
        return
    head = 0
    most = min(len(present), len(wanted))
    while head < most and present[head] == wanted[head]:
        head += 1
    tail = 0
    while tail < most - head and present[-1 - tail] == wanted[-1 - tail]:
        tail += 1
    middle = wanted[head : len(wanted) - tail]
    pieces = _pieces(present[head : len(present) - tail], middle)
    if pieces is None:
        retype(text, wanted)
        return
    # From the end, so that places stay what they are; the engine counts UTF-8 bytes.
    start = len(present[:head].encode())
    for at, piece in reversed(pieces):
        text.insert(start + at, piece)


def _pieces(present: str, wanted: str) -> list[tuple[int, str]] | None:
    """What to insert where, in bytes, to make one text of the other; None if nothing so simple does."""
    pieces: list[tuple[int, str]] = []
    following = iter(wanted)
    at = 0
    for char in present:
        piece = ""
        for other in following:
            if other == char:
                break
            piece += other
        else:
            return None
        if piece:
            pieces.append((at, piece))
        at += len(char.encode())
    rest = "".join(following)
    if rest:
        pieces.append((at, rest))
    return pieces if len(pieces) <= _MOST_PIECES else None
