"""Yjs v1 updates written by hand, struct by struct, for tests that need bytes no honest client makes."""

import struct

from harvestry_crdt import Board, Edit
from harvestry_crdt.wire import encode_varint

# Two people and the server, by what they write under.
ANN, BEN, SERVER = 7, 9, 999
ELEMENT_ID = "abcdefghijkl"


varint = encode_varint


def string(text: str) -> bytes:
    data = text.encode()
    return varint(len(data)) + data


def integer(value: int) -> bytes:
    """A lib0 any: an integer."""
    sign = 0x40 if value < 0 else 0
    value = abs(value)
    if value < 64:
        return bytes((125, sign | value))
    return bytes((125, 0x80 | sign | value & 0x3F)) + varint(value >> 6)


def any_(value: object) -> bytes:
    """A lib0 any, as lib0 itself writes it."""
    match value:
        case None:
            return b"\x7e"
        case bool():
            return b"\x78" if value else b"\x79"
        case int():
            return integer(value)
        case float():
            return b"\x7b" + struct.pack(">d", value)
        case str():
            return b"\x77" + string(value)
        case bytes():
            return b"\x74" + varint(len(value)) + value
        case list():
            return b"\x75" + varint(len(value)) + b"".join(any_(item) for item in value)
        case dict():
            return b"\x76" + varint(len(value)) + b"".join(string(key) + any_(item) for key, item in value.items())
    raise TypeError(type(value).__name__)


def item(
    ref: int,
    content: bytes,
    *,
    origin: tuple[int, int] | None = None,
    right: tuple[int, int] | None = None,
    parent: str | tuple[int, int] | None = None,
    key: str | None = None,
) -> bytes:
    info = ref | (0x80 if origin else 0) | (0x40 if right else 0) | (0x20 if key is not None else 0)
    out = bytearray((info,))
    for neighbour in (origin, right):
        if neighbour:
            out += varint(neighbour[0]) + varint(neighbour[1])
    if not origin and not right:
        if isinstance(parent, str):
            out += b"\x01" + string(parent)
        elif parent is not None:
            out += b"\x00" + varint(parent[0]) + varint(parent[1])
        if key is not None:
            out += string(key)
    return bytes(out) + content


def value(key: str, content: object, **where: object) -> bytes:
    return item(8, b"\x01" + any_(content), key=key, **where)  # type: ignore[arg-type]


def gc(length: int) -> bytes:
    return b"\x00" + varint(length)


def block(client: int, clock: int, *structs: bytes) -> bytes:
    return varint(len(structs)) + varint(client) + varint(clock) + b"".join(structs)


def deletions(*clients: tuple[int, list[tuple[int, int]]]) -> bytes:
    out = bytearray(varint(len(clients)))
    for client, ranges in clients:
        out += varint(client) + varint(len(ranges))
        for clock, length in ranges:
            out += varint(clock) + varint(length)
    return bytes(out)


def update(*blocks: bytes, deleted: bytes = b"\x00") -> bytes:
    return varint(len(blocks)) + b"".join(blocks) + deleted


def note(client: int, clock: int = 0, *, id: str = ELEMENT_ID, kind: str = "note", text: str = "") -> list[bytes]:
    """The structs of a note: its map, t, g, txt and, in one item, its text; 4 clocks and the text's."""
    here = (client, clock)
    structs = [
        item(7, b"\x01", parent="els", key=id),
        value("t", kind, parent=here),
        value("g", [0, 0, 184, 104], parent=here),
        item(7, b"\x02", parent=here, key="txt"),
    ]
    if text:
        structs.append(item(4, string(text), parent=(client, clock + 3)))
    return structs


def move(client: int, clock: int, x: int, after: tuple[int, int]) -> bytes:
    """A move of an element whose geometry stands at `after`, and is replaced."""
    return update(
        block(client, clock, item(8, b"\x01" + any_([x, 0, 184, 104]), origin=after)),
        deleted=deletions((after[0], [(after[1], 1)])),
    )


def send(board: Board, data: bytes) -> Edit:
    """Take an update onto a board, all the way."""
    edit = board.inspect(data)
    board.admit(edit)
    board.commit()
    return edit
