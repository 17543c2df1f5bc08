"""The short way through the gate, for what nearly every update is: a key set, or letters typed or deleted in one run.

It takes what the long way (`inspection`) would take, to the same end, and refuses nothing: whatever it is not made for
it leaves to the long way. A test holds the two together over honest and mutated updates.
"""

from bisect import bisect_right
from typing import Final

from harvestry_crdt.element import Operation
from harvestry_crdt.errors import MalformedUpdate
from harvestry_crdt.index import CONTENT, ELEMENT, TEXT, Index, Node, Runs
from harvestry_crdt.schema import KEYS, LIMITS, Check
from harvestry_crdt.wire import ANY, STRING, read_any, read_string, read_varint, utf16_pairs

# Keys that hold a plain value whatever the kind, by number: name and check.
_PLAIN: Final[dict[int, tuple[str, Check]]] = {
    key.number: (key.name, key.check)
    for key in KEYS.values()
    if key.check is not None and not key.made_once and key.name != "d"
}
_NUMBERS: Final = {key.name.encode(): key.number for key in KEYS.values() if key.number in _PLAIN}

# Structs that are taken here, by their first byte: content, which neighbours it names, whether it has a key.
_VALUE_AFTER: Final = 0x80 | 0x20 | ANY
_VALUE_IN: Final = 0x20 | ANY
_TEXT_AFTER: Final = 0x80 | STRING
_TEXT_BETWEEN: Final = 0xC0 | STRING
_TEXT_BEFORE: Final = 0x40 | STRING
_TEXT_IN: Final = STRING


class SmallDraft:
    """What an update adds to the index if that is one struct, one range of deleted clocks, or both.

    Attributes:
        revision: Of the index it lies on.
        client_ids: As in an `Edit`.
        operations: For policy.
        is_settled: As in a `Draft`.
    """

    __slots__ = (
        "_end",
        "_first",
        "_hit",
        "_is_apart",
        "_length",
        "_node",
        "_place",
        "_text",
        "_writer",
        "client_ids",
        "is_settled",
        "operations",
        "revision",
    )

    doubtful = ()
    is_empty = False

    def __init__(
        self,
        revision: int,
        operation: Operation,
        is_settled: bool,
        node: Node,
        text: int,
        writer: Runs | None,
        length: int,
        place: int,
        is_apart: bool,
        hit: Runs | None,
        first: int,
        end: int,
    ) -> None:
        self.revision = revision
        self.operations = (operation,)
        self.is_settled = is_settled
        self._node = node
        self._text = text
        self._writer = writer
        self._length = length
        self._place = place
        self._is_apart = is_apart
        self._hit = hit
        self._first = first
        self._end = end
        self.client_ids: tuple[int, ...] = () if writer is None else writer.owner

    def admit(self, index: Index) -> None:
        """Make this part of the index."""
        index.revision += 1
        writer, node, place = self._writer, self._node, self._place
        at = place & 15
        if writer is not None:
            writer.add(self._length, place)
            if not node.written >> at & 1:
                node.written |= 1 << at
            elif self._is_apart:
                index.pieces[place] = index.pieces.get(place, 0) + 1
        hit = self._hit
        if hit is not None:
            hit.delete(self._first, self._end)
        if at == CONTENT:
            node.length = self._text


def take(index: Index, data: bytes, server_id: int) -> SmallDraft | None:
    """Inspect an update that is small and plainly good.

    Returns:
        None for every other: it may be good, too.
    """
    try:
        if data[0] == 1:
            return _take_struct(index, data, server_id) if data[1] == 1 else None
        return _take_deletion(index, data) if data[0] == 0 and data[1] == 1 else None
    except (IndexError, MalformedUpdate):
        return None


def _read_id(index: Index, data: bytes, at: int) -> tuple[Runs | None, int, int]:
    """A client that the board knows, a clock, and the position after them.

    A client is found by its bytes, since decoding them takes longer; one that is spelled with padding is not found.
    """
    start = at
    while data[at] >= 0x80:
        at += 1
    at += 1
    runs = index.spellings.get(data[start:at])
    clock = data[at]
    at += 1
    if clock >= 0x80:
        byte = data[at]
        if byte < 0x80:
            return runs, clock & 0x7F | byte << 7, at + 1
        clock, at = read_varint(data, at - 1)
    return runs, clock, at


def _take_struct(index: Index, data: bytes, server_id: int) -> SmallDraft | None:
    writer, clock, at = _read_id(index, data, 2)
    if writer is None or clock != writer.end or writer.client == server_id:
        return None
    info = data[at]
    at += 1
    if info < 0x40:
        if data[at]:
            return None  # a root
        at += 1
    start = at
    # What the struct follows, precedes or lies in.
    known, there, at = _read_id(index, data, at)
    if known is None or there >= known.end:
        return None
    if info == _VALUE_AFTER:
        place = known.places[bisect_right(known.starts, there) - 1]
        node = index.nodes[place >> 4]
        if node.kind != ELEMENT:
            return None
        deletion = known.deletion + data[start + known.size : at] + b"\x01"
        return _set(index, data, at, writer, node, place, known, there, deletion)
    if info == _VALUE_IN:
        number = known.nodes.get(there)
        end = at + 1 + data[at]
        key = _NUMBERS.get(data[at + 1 : end])
        if number is None or key is None or index.nodes[number].kind != ELEMENT:
            return None
        return _set(index, data, end, writer, index.nodes[number], number << 4 | key, None, 0, b"")
    is_apart = True
    if info in (_TEXT_AFTER, _TEXT_BETWEEN):
        is_apart = known is not writer or there != clock - 1
        place = known.places[bisect_right(known.starts, there) - 1]
        if known.pairs and there + 1 in known.pairs:
            return None
        if info == _TEXT_BETWEEN:
            known, there, at = _read_id(index, data, at)
            if known is None or there >= known.end or there in known.pairs or known.place(there) != place:
                return None
    elif info == _TEXT_BEFORE:
        place = known.places[bisect_right(known.starts, there) - 1]
        if there in known.pairs:
            return None
    elif info == _TEXT_IN:
        number = known.nodes.get(there)
        if number is None:
            return None
        place = number << 4 | CONTENT
    else:
        return None
    if place & 15 != CONTENT or index.pieces.get(place, 0) >= LIMITS["text_looks"]:
        return None
    return _type(index, data, at, writer, place, is_apart)


def _set(
    index: Index,
    data: bytes,
    at: int,
    writer: Runs,
    node: Node,
    place: int,
    known: Runs | None,
    there: int,
    deletion: bytes,
) -> SmallDraft | None:
    """A plain value for a key of a living element, in place of what is `there` or of nothing."""
    if node.dead or data[at] != 1:
        return None
    plain = _PLAIN.get(place & 15)
    if plain is None:
        return None
    name, check = plain
    value, at = read_any(data, at + 1)
    if not check(value):
        return None
    hit = None
    is_apart = True
    is_settled = False
    if known is None:
        if node.written >> (place & 15) & 1:
            return None
        is_settled = True  # nobody has ever written there, so that there is nothing it could win or lose against
    elif known is writer and there == writer.end - 1:
        is_apart = False
    if data[at] or at + 1 != len(data):
        if known is None or data[at:] != deletion:
            return None
        hit = known
        is_settled = True
    if known is not None:
        gone = known.gone
        if gone and there < gone[-1] and bisect_right(gone, there) & 1:
            # What it follows is not the present value.
            hit = None
            is_settled = False
            if index.pieces.get(place, 0) >= LIMITS["looks"]:
                return None
    operation = Operation(node.name, name, "set", value)
    return SmallDraft(index.revision, operation, is_settled, node, 0, writer, 1, place, is_apart, hit, there, there + 1)


def _type(index: Index, data: bytes, at: int, writer: Runs, place: int, is_apart: bool) -> SmallDraft | None:
    """Letters for a living text."""
    text, at = read_string(data, at)
    if not text or at + 1 != len(data) or data[at]:
        return None
    if not text.isascii() and utf16_pairs(text):
        return None
    node = index.nodes[place >> 4]
    size = len(text)
    length = node.length + size
    if node.kind != TEXT or length > LIMITS["text_merged"] or not node.is_alive():
        return None
    operation = Operation(node.element.name, _key(node), "text", (size, 0))
    return SmallDraft(index.revision, operation, True, node, length, writer, size, place, is_apart, None, 0, 0)


def _take_deletion(index: Index, data: bytes) -> SmallDraft | None:
    """Letters of a living text that are deleted, all of which are there."""
    at = 3
    while data[at - 1] >= 0x80:
        at += 1
    runs = index.spellings.get(data[2:at])
    if runs is None or data[at] != 1:
        return None
    first, at = read_varint(data, at + 1)
    size, at = read_varint(data, at)
    end = first + size
    if not size or at != len(data) or end > runs.end or (runs.pairs and (first in runs.pairs or end in runs.pairs)):
        return None
    starts = runs.starts
    i = bisect_right(starts, first)
    if i < len(starts) and starts[i] < end:
        return None
    place = runs.places[i - 1]
    if place & 15 != CONTENT:
        return None
    gone = runs.gone
    if gone and first < gone[-1]:
        i = bisect_right(gone, first)
        if i & 1 or gone[i] < end:
            return None
    node = index.nodes[place >> 4]
    if not node.is_alive():
        return None
    operation = Operation(node.element.name, _key(node), "text", (0, size))
    return SmallDraft(
        index.revision, operation, True, node, node.length - size, None, 0, place, False, runs, first, end
    )


def _key(node: Node) -> str:
    return f"d.{node.name}" if node.name else "txt"
