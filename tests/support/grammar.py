"""Updates made wrong on purpose, but in the language: taken apart, changed in one place, and written again.

Bytes that are flipped at random rarely pass the first check of a decoder. What is made here is nearly right, knows the
board it is aimed at, and is wrong, if it is, in its meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harvestry_crdt import Board, GateError
from harvestry_crdt.index import CONTENT, ELEMENT, ENTRY, META, TEXT, Node
from harvestry_crdt.schema import COLOURS, KEYS, KINDS
from harvestry_crdt.wire import ANY, BINARY, DELETED, GC, STRING, TYPE, decode_update
from support.dice import Dice
from support.updates import any_, block, deletions, gc, item, string, update, varint

__all__ = ["Forger", "Piece", "Sketch", "World", "bend", "canonical", "mangle"]

Place = tuple[int, int]

_NUMBERS = (0, 1, 2, 3, 5, 63, 64, 127, 128, 255, 256, 16_383, 16_384, 65_535, 100_000, 100_001)
_HUGE = (2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**63)
_IDS = ("abcdefghijkl", "AAAAAAAAAAAA", "zzzzzzzzzzzz", "-_-_-_-_-_-_")
_ROOTS = ("els", "meta", "els", "meta", "", "x", "title", "ELS")
_NAMES = (*KEYS, "ht", "who", "what", "v", "title", "x", "", "T", "a" * 24, "a" * 25, "d.ht", "é")
_TEXTS = ("a", "word ", "", "😀", "né😀é", "\u0301", "שלום", "a" * 64, "\x00", "👩‍🌾", "x" * 4_001)
_ODD_VALUES = (
    *(None, True, False, 0, 1, -1, 2**53 - 1, -(2**53) + 1, 0.5, 1e300, "", "a", "a" * 700, b"", b"\x00", [], {}),
    *([0, 0, 184, 104], [0, 0, 0, 0], [1.5, 0, 1, 1], [0, 0, 184], {"shape": "rect"}, {"a": "abcdefghijkl", "b": 1}),
    *([[[[[1]]]]], {"a": {"a": {"a": {"a": {}}}}}, {"__proto__": 1}, {"id": "abcdefghijkl"}, "note", "card", "oat"),
)


@dataclass(slots=True)
class Piece:
    """One struct; `content` is as it stands on the wire."""

    ref: int
    length: int
    content: bytes
    origin: Place | None = None
    right: Place | None = None
    parent: str | Place | None = None
    key: str | None = None
    words: str | None = None

    def encode(self) -> bytes:
        if self.ref == GC:
            return gc(self.length)
        return item(self.ref, self.content, origin=self.origin, right=self.right, parent=self.parent, key=self.key)


@dataclass(slots=True)
class Sketch:
    """An update, taken apart: `[client, first clock, pieces]` and `(client, [(clock, length), …])`."""

    blocks: list[tuple[int, int, list[Piece]]]
    deleted: list[tuple[int, list[tuple[int, int]]]] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes) -> Sketch | None:
        """The sketch of an update; None if it is none."""
        try:
            blocks, deleted = decode_update(data)
        except GateError:
            return None
        return cls(
            [(client, first, [_piece(struct) for struct in structs]) for client, first, _, structs in blocks],
            [(client, [(first, end - first) for first, end in ranges]) for client, ranges in deleted],
        )

    def copy(self) -> Sketch:
        """Another, whose lists may be changed; pieces are shared until `bend` replaces them."""
        return Sketch([(c, f, list(pieces)) for c, f, pieces in self.blocks], [(c, list(r)) for c, r in self.deleted])

    def encode(self) -> bytes:
        return update(
            *(block(client, first, *(piece.encode() for piece in pieces)) for client, first, pieces in self.blocks),
            deleted=deletions(*self.deleted),
        )


def canonical(data: bytes) -> bytes:
    """The update with the keys of its values in order: Yrs writes them in another order each time."""
    sketch = Sketch.of(data)
    return data if sketch is None else sketch.encode()


def _in_order(value: object) -> object:
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _piece(struct: tuple[object, ...]) -> Piece:
    _, length, ref, origin_client, origin_clock, right_client, right_clock, parent, key, content = struct
    words = None
    match ref:
        case 8:
            data = varint(len(content)) + b"".join(any_(_in_order(value)) for value in content)  # type: ignore[arg-type, attr-defined]
        case 4:
            words = str(content)
            data = string(words)
        case 7:
            data = bytes((content,))  # type: ignore[arg-type]
        case 3:
            data = varint(len(content)) + content  # type: ignore[arg-type, operator]
        case _:
            data = varint(length)  # type: ignore[arg-type]
    return Piece(
        ref,  # type: ignore[arg-type]
        length,  # type: ignore[arg-type]
        data,
        None if origin_client < 0 else (origin_client, origin_clock),  # type: ignore[arg-type, operator]
        None if right_client < 0 else (right_client, right_clock),  # type: ignore[arg-type, operator]
        parent,  # type: ignore[arg-type]
        key,  # type: ignore[arg-type]
        words,
    )


class World:
    """What somebody who wants to do harm knows of a board: who wrote how much, and what stands where."""

    def __init__(self, board: Board, dice: Dice) -> None:
        self.index = board._gate.index
        self.dice = dice
        self._seen = -1
        self.clients: list[tuple[int, int]] = []
        self.nodes: list[Node] = []
        self.names: list[str] = []

    def look(self) -> None:
        """Look again, if the board has changed."""
        index = self.index
        if self._seen != index.revision:
            self._seen = index.revision
            self.clients = [(client, runs.end) for client, runs in index.clients.items()]
            self.nodes = index.nodes[3:]
            self.names = [node.name for node in self.nodes if node.kind == ELEMENT]

    def place(self) -> Place:
        """Something that was written, or now and then something that was not."""
        dice = self.dice
        if not self.clients or dice.once_in(30):
            return dice.below(20), dice.below(50)
        client, end = dice.pick(self.clients)
        return client, dice.below(end + (1 if dice.once_in(20) else 0))

    def holder(self) -> Place:
        """An item that made a map or a text."""
        if not self.nodes or self.dice.once_in(20):
            return self.place()
        return self.dice.pick(self.nodes).item

    def element_id(self) -> str:
        if self.names and self.dice.roll() < 0.7:
            return self.dice.pick(self.names)
        return self.dice.pick(_IDS)

    def range(self) -> tuple[int, int, int]:
        """Some clocks of one client, as (client, first, length)."""
        dice = self.dice
        client, first = self.place()
        length = dice.pick((1, 1, 1, 1, 2, 3, 5, 8, 40))
        if dice.once_in(15):
            first = 0
            length = dict(self.clients).get(client, 1) or 1
        return client, first, length

    def fitting(self, at: Place) -> tuple[int, str | None]:
        """What kind of thing stands there: a key's number or `CONTENT` or `ENTRY`, and the kind of its element."""
        runs = self.index.clients.get(at[0])
        if runs is None or not at[1] < runs.end:
            return -1, None
        place = runs.place(at[1])
        node = self.index.nodes[place >> 4]
        if node.kind == META:
            return 100 + (place & 15), None
        return place & 15, node.element.type


_KEY_NAMES = {key.number: key.name for key in KEYS.values()}


def good_value(dice: Dice, key: str, kind: str | None, world: World) -> object:
    """A value that may stand under a key."""
    match key:
        case "t":
            return dice.pick(tuple(KINDS))
        case "g":
            return [dice.below(2_000) - 1_000, dice.below(2_000), 1 + dice.below(400), 1 + dice.below(400)]
        case "p":
            return world.element_id() if dice.roll() < 0.8 else None
        case "z":
            return "a" + str(dice.below(99))
        case "c":
            return dice.pick(COLOURS)
        case "lk":
            return dice.pick((0, 1, 2, True))
        case "s":
            return {"no": dice.below(9), "prompt": dice.pick(_TEXTS[:8]), "b": True}
        case "del":
            return dice.below(2)
        case "v":
            return 1 + dice.below(3)
        case "title":
            return dice.pick(_TEXTS[:8])
        case "ht":
            return dice.pick(("theme", "action", "x"))
        case _:
            return _payload(dice, kind, world)


def _payload(dice: Dice, kind: str | None, world: World) -> object:
    match kind:
        case "shape":
            return {"shape": dice.pick(("rect", "ellipse", "diamond"))}
        case "conn":
            return {"a": {"id": world.element_id()}, "b": {"x": dice.below(9), "y": 0}, "route": "curve"}
        case "ink":
            return dice.bytes(1 + dice.below(9))
        case "image":
            return {"hash": "ab" * 32, "w": 9, "h": 9}
        case _:
            return {"stamp": "heart"}


class Forger:
    """Writes updates from nothing, aimed at a board.

    Args:
        clients: What it writes under; it goes on where the board knows each to be.
    """

    def __init__(self, world: World, clients: Sequence[int]) -> None:
        self.world = world
        self.dice = world.dice
        self.clients = clients

    def forge(self) -> bytes:
        """One update, likely to be nearly right."""
        dice, world = self.dice, self.world
        world.look()
        blocks = []
        used: list[int] = []
        for _ in range(1 if dice.roll() < 0.85 else 2):
            client = dice.pick(self.clients)
            if client in used:
                continue
            used.append(client)
            runs = world.index.clients.get(client)
            first = 0 if runs is None else runs.end
            if dice.once_in(25):
                first = max(0, first + dice.pick((-3, -2, -1, 1, 5)))
            pieces: list[bytes] = []
            clock = first
            for _ in range(dice.pick((1, 1, 1, 2, 2, 3, 5))):
                for piece, length in self._some(client, clock, first):
                    pieces.append(piece)
                    clock += length
            blocks.append(block(client, first, *pieces))
        if dice.roll() < 0.1:
            blocks = []
        deleted: list[tuple[int, list[tuple[int, int]]]] = []
        if dice.roll() < 0.45 or not blocks:
            by_client: dict[int, list[tuple[int, int]]] = {}
            for _ in range(dice.pick((1, 1, 1, 2, 4))):
                client, start, length = world.range()
                by_client.setdefault(client, []).append((start, length))
            deleted = list(by_client.items())
        return update(*blocks, deleted=deletions(*deleted))

    def _some(self, client: int, clock: int, first: int) -> list[tuple[bytes, int]]:
        """A few structs that go together, with their lengths."""
        dice, world = self.dice, self.world
        roll = dice.roll()
        if roll < 0.22:
            return self._element(client, clock)
        if roll < 0.5:
            # Under a key, or into a text, that is there: whatever follows something stands where it stands.
            at = world.place()
            number, kind = world.fitting(at)
            right = world.place() if dice.once_in(12) else None
            return [self._fitting(number, kind, origin=at, right=right)]
        if roll < 0.72:
            holder = world.holder()
            key = dice.pick(_NAMES) if dice.once_in(10) else dice.pick(("g", "p", "z", "c", "lk", "s", "del", "d"))
            runs = world.index.clients.get(holder[0])
            number = None if runs is None else runs.nodes.get(holder[1])
            node = None if number is None else world.index.nodes[number]
            if node is not None and node.kind == TEXT:
                words = dice.pick(_TEXTS)
                return [(item(STRING, string(words), parent=holder), max(1, len(words.encode("utf-16-le")) // 2))]
            if node is not None and node.kind != ELEMENT:
                key = dice.pick(("ht", "ht", "who", "more", "what"))
                if key != "ht":
                    return [(item(TYPE, b"\x02", parent=holder, key=key), 1)]
            kind = None if node is None else node.element.type
            return [self._value(good_value(dice, key, kind, world), parent=holder, key=key)]
        if roll < 0.8:
            at, right = world.place(), world.place()
            words = dice.pick(_TEXTS[:8]) or "x"
            length = len(words.encode("utf-16-le")) // 2
            return [(item(STRING, string(words), origin=at, right=right if dice.once_in(2) else None), length)]
        if roll < 0.84:
            key = dice.pick(("title", "v", "x"))
            return [self._value(good_value(dice, key, None, world), parent="meta", key=key)]
        if roll < 0.88:
            run = dice.pick((1, 1, 2, 7, 100_000))
            return [(gc(run), run)]
        if roll < 0.94:
            run = dice.pick((1, 1, 2, 7))
            where: dict[str, object] = (
                {"origin": world.place()} if dice.once_in(2) else {"parent": world.holder(), "key": dice.pick(_NAMES)}
            )
            return [(item(DELETED, varint(run), **where), run)]  # type: ignore[arg-type]
        if clock > first:
            # Beside or below what this very update writes.
            own = (client, first + dice.below(clock - first))
            if dice.once_in(2):
                return [self._fitting(dice.pick((2, 3, CONTENT, ENTRY)), "note", origin=own, right=None)]
            key = dice.pick(tuple(KEYS))
            return [self._value(good_value(dice, key, "note", world), parent=own, key=key)]
        return [self._value(dice.pick(_ODD_VALUES), parent=world.holder(), key=dice.pick(_NAMES))]

    def _element(self, client: int, clock: int) -> list[tuple[bytes, int]]:
        """A whole element, mostly as it should be."""
        dice, world = self.dice, self.world
        kind = dice.pick(tuple(KINDS))
        here = (client, clock)
        id = world.element_id() if dice.once_in(3) else f"{dice.below(10**12):012d}"
        at: dict[str, object] = {"parent": "els", "key": id}
        if dice.once_in(5) and world.nodes:
            # In the place of another: an entry that follows an entry has its name.
            at = {"origin": dice.pick(world.nodes).item}
        rest = [
            self._value(kind, parent=here, key="t"),
            self._value(good_value(dice, "g", kind, world), parent=here, key="g"),
        ]
        if KINDS[kind].has_text:
            rest.append((item(TYPE, b"\x02", parent=here, key="txt"), 1))
        if kind == "card":
            fields = (client, clock + len(rest) + 1)
            rest.append((item(TYPE, b"\x01", parent=here, key="d"), 1))
            rest += [(item(TYPE, b"\x02", parent=fields, key=key), 1) for key in ("title", "detail")]
        elif KINDS[kind].payload is not None:
            rest.append(self._value(_payload(dice, kind, world), parent=here, key="d"))
        if dice.once_in(3):
            rest.append(self._value(dice.pick(COLOURS), parent=here, key="c"))
        if dice.once_in(12):
            del rest[dice.below(len(rest))]
        if dice.once_in(12):
            rest.append(dice.pick(rest))
        return [(item(TYPE, b"\x01", **at), 1), *rest]  # type: ignore[arg-type]

    def _fitting(self, number: int, kind: str | None, *, origin: Place, right: Place | None) -> tuple[bytes, int]:
        dice, world = self.dice, self.world
        if number == CONTENT:
            words = dice.pick(_TEXTS[:10]) or "y"
            return item(STRING, string(words), origin=origin, right=right), len(words.encode("utf-16-le")) // 2
        if number == ENTRY:
            return item(TYPE, b"\x01" if dice.roll() < 0.7 else b"\x02", origin=origin, right=right), 1
        key = {101: "v", 102: "title"}.get(number) or _KEY_NAMES.get(number, "g")
        if number == 1 and kind == "":
            key = "ht"
        if key == "txt" or (key == "d" and kind == "card"):
            return item(TYPE, b"\x02" if key == "txt" else b"\x01", origin=origin, right=right), 1
        value = dice.pick(_ODD_VALUES) if dice.once_in(12) else good_value(dice, key, kind, world)
        return self._value(value, origin=origin, right=right)

    def _value(self, value: object, **where: object) -> tuple[bytes, int]:
        if type(value) is bytes and self.dice.roll() < 0.8:
            return item(BINARY, varint(len(value)) + value, **where), 1  # type: ignore[arg-type]
        if self.dice.once_in(15):
            return item(ANY, b"\x02" + any_(value) + any_(value), **where), 2  # type: ignore[arg-type]
        return item(ANY, b"\x01" + any_(value), **where), 1  # type: ignore[arg-type]


# ---- an honest update with one thing changed -----------------------------------------------------------------------


def bend(dice: Dice, sketch: Sketch, world: World, other: Sketch | None = None) -> bytes:
    """The update with one to three fields changed."""
    world.look()
    bent = sketch.copy()
    for _ in range(dice.pick((1, 1, 1, 2, 3))):
        change = (
            dice.pick(_CHANGES_OF_BLOCKS) if bent.blocks and dice.roll() < 0.8 else dice.pick(_CHANGES_OF_DELETIONS)
        )
        change(dice, bent, world)
    if other is not None and dice.once_in(4):
        bent.blocks += [
            entry for entry in other.blocks if dice.once_in(2) or entry[0] not in {b[0] for b in bent.blocks}
        ]
        bent.deleted += other.deleted
    return bent.encode()


def _number(dice: Dice, near: int) -> int:
    roll = dice.roll()
    if roll < 0.6:
        return max(0, near + dice.pick((-2, -1, 1, 2, 10)))
    return dice.pick(_NUMBERS) if roll < 0.9 else dice.pick(_HUGE)


def _change_client(dice: Dice, bent: Sketch, world: World) -> None:
    at = dice.below(len(bent.blocks))
    client, first, pieces = bent.blocks[at]
    client = dice.pick(world.clients)[0] if world.clients and dice.once_in(2) else _number(dice, client)
    bent.blocks[at] = (client, first, pieces)


def _change_clock(dice: Dice, bent: Sketch, world: World) -> None:
    at = dice.below(len(bent.blocks))
    client, first, pieces = bent.blocks[at]
    first = dict(world.clients).get(client, 0) if dice.once_in(2) else _number(dice, first)
    bent.blocks[at] = (client, first, pieces)


def _of_piece(change: Callable[[Dice, Piece, World], Piece]) -> Callable[[Dice, Sketch, World], None]:
    def apply(dice: Dice, bent: Sketch, world: World) -> None:
        pieces = dice.pick(bent.blocks)[2]
        if pieces:
            at = dice.below(len(pieces))
            old = pieces[at]
            pieces[at] = change(
                dice,
                Piece(old.ref, old.length, old.content, old.origin, old.right, old.parent, old.key, old.words),
                world,
            )

    return apply


def _neighbour(dice: Dice, piece: Piece, world: World) -> Piece:
    if dice.once_in(2):
        piece.origin = None if piece.origin is not None and dice.once_in(3) else world.place()
    else:
        piece.right = None if piece.right is not None and dice.once_in(3) else world.place()
    if piece.origin is None and piece.right is None and piece.parent is None:
        piece.parent = world.holder()
    return piece


def _swap_neighbours(dice: Dice, piece: Piece, world: World) -> Piece:
    piece.origin, piece.right = piece.right, piece.origin
    return piece


def _parent(dice: Dice, piece: Piece, world: World) -> Piece:
    piece.origin = piece.right = None
    piece.parent = dice.pick(_ROOTS) if dice.once_in(3) else world.holder()
    return piece


def _key(dice: Dice, piece: Piece, world: World) -> Piece:
    piece.key = None if dice.once_in(6) else world.element_id() if dice.once_in(3) else dice.pick(_NAMES)
    return piece


def _content(dice: Dice, piece: Piece, world: World) -> Piece:
    match dice.below(7):
        case 0:
            piece.ref, piece.content, piece.length = STRING, string(dice.pick(_TEXTS)), 1
        case 1:
            piece.ref, piece.content, piece.length = TYPE, bytes((dice.pick((0, 1, 2, 2, 1, 3, 4, 5, 6, 7)),)), 1
        case 2:
            length = _number(dice, piece.length)
            piece.ref, piece.content, piece.length = dice.pick((GC, DELETED)), varint(length), length
        case 3:
            data = dice.bytes(dice.below(20))
            piece.ref, piece.content, piece.length = BINARY, varint(len(data)) + data, 1
        case 4:
            piece.ref = dice.below(16)
        case _:
            value = dice.pick(_ODD_VALUES) if dice.once_in(2) else good_value(dice, piece.key or "g", "note", world)
            piece.ref, piece.content, piece.length = ANY, b"\x01" + any_(value), 1
    return piece


def _words(dice: Dice, piece: Piece, world: World) -> Piece:
    if piece.words:
        cut = dice.below(len(piece.words) + 1)
        piece.words = piece.words[:cut] + dice.pick(_TEXTS) + piece.words[cut + dice.below(2) :]
        piece.content = string(piece.words)
    return piece


def _pieces(dice: Dice, bent: Sketch, world: World) -> None:
    pieces = dice.pick(bent.blocks)[2]
    if not pieces:
        return
    at = dice.below(len(pieces))
    match dice.below(4):
        case 0:
            del pieces[at]
        case 1:
            pieces.insert(at, pieces[at])
        case 2:
            pieces[at], pieces[-1] = pieces[-1], pieces[at]
        case _:
            del pieces[at + 1 :]


def _blocks(dice: Dice, bent: Sketch, world: World) -> None:
    at = dice.below(len(bent.blocks))
    match dice.below(3):
        case 0:
            del bent.blocks[at]
        case 1:
            bent.blocks.append(bent.blocks[at])
        case _:
            bent.blocks.reverse()


def _delete_more(dice: Dice, bent: Sketch, world: World) -> None:
    client, first, length = world.range()
    if bent.blocks and dice.once_in(4):
        client, first, _ = dice.pick(bent.blocks)
        length = 1 + dice.below(3)
    if dice.once_in(10):
        length = _number(dice, length)
    for known, ranges in bent.deleted:
        if known == client:
            ranges.append((first, length))
            return
    bent.deleted.append((client, [(first, length)]))


def _delete_else(dice: Dice, bent: Sketch, world: World) -> None:
    if not bent.deleted:
        return _delete_more(dice, bent, world)
    at = dice.below(len(bent.deleted))
    _, ranges = bent.deleted[at]
    match dice.below(4):
        case 0:
            del bent.deleted[at]
        case 1:
            bent.deleted[at] = (dice.pick(world.clients)[0] if world.clients else 1, ranges)
        case 2 if ranges:
            one = dice.below(len(ranges))
            ranges[one] = (_number(dice, ranges[one][0]), _number(dice, ranges[one][1]))
        case _:
            ranges.reverse()
    return None


_CHANGES_OF_BLOCKS: tuple[Callable[[Dice, Sketch, World], None], ...] = (
    _change_client,
    _change_clock,
    _of_piece(_neighbour),
    _of_piece(_neighbour),
    _of_piece(_swap_neighbours),
    _of_piece(_parent),
    _of_piece(_key),
    _of_piece(_content),
    _of_piece(_content),
    _of_piece(_words),
    _pieces,
    _blocks,
    _delete_more,
)
_CHANGES_OF_DELETIONS = (_delete_more, _delete_else)


# ---- bytes ---------------------------------------------------------------------------------------------------------


def mangle(dice: Dice, frame: bytes, others: Sequence[bytes]) -> bytes:
    """The bytes cut, flipped, spliced, or others altogether."""
    size = len(frame)
    if not size:
        return dice.bytes(dice.below(40))
    match dice.below(8):
        case 0:
            return dice.bytes(dice.below(40))
        case 1:
            return frame[: dice.below(size + 1)]
        case 2:
            data = bytearray(frame)
            for _ in range(1 + dice.below(3)):
                data[dice.below(size)] ^= 1 << dice.below(8)
            return bytes(data)
        case 3:
            at = dice.below(size)
            value = dice.pick((0, 1, 2, 7, 8, 127, 128, 255)) if dice.once_in(2) else dice.below(256)
            return frame[:at] + bytes((value,)) + frame[at + 1 :]
        case 4:
            other = dice.pick(others) if others else frame
            return frame[: dice.below(size)] + other[dice.below(len(other) + 1) :]
        case 5:
            at = dice.below(size)
            return frame[:at] + frame[at + 1 + dice.below(4) :]
        case 6:
            at = dice.below(size)
            return frame[:at] + dice.bytes(1 + dice.below(3)) + frame[at:]
        case _:
            # Keep the header, so that more frames reach the later checks: change one byte behind it.
            if size <= 6:
                return frame
            at = 5 + dice.below(size - 5)
            return frame[:at] + bytes((dice.below(256),)) + frame[at + 1 :]
