"""Rebuilding: the same board written down afresh, without a trace of what it no longer holds.

A Yjs document remembers that something was there after it is gone, and the log remembers what it was. What is written
here comes from the values people can read and from nothing else: one client's structs, in a fixed order, no deletions.
Equal boards therefore give equal bytes under equal client ids, so the bytes also serve to compare boards by.
"""

from collections.abc import Collection, Iterable, Mapping
from struct import pack, unpack
from types import MappingProxyType
from typing import Final

from pycrdt import Doc, Map, Text

from harvestry_crdt.errors import MalformedUpdate
from harvestry_crdt.reading import plain
from harvestry_crdt.schema import utf16_length
from harvestry_crdt.wire import (
    ANY,
    BINARY,
    MAP_TYPE,
    STRING,
    TEXT_TYPE,
    TYPE,
    decode_state_vector,
    decode_update,
    encode_varint,
)

_HAS_KEY: Final = 0x20
# lib0 writes an integer as one up to 31 bits, and as a float beyond.
_MOST_INTEGER: Final = (1 << 31) - 1

_NOTHING: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType({})


def rebuild(
    meta: "Map[object]",
    els: "Map[object]",
    *,
    client_id: int,
    without: Collection[str] = (),
    patches: Mapping[str, Mapping[str, object]] = _NOTHING,
) -> bytes:
    """A board as one update by one client; to be called inside a transaction.

    Whatever the engine hands out is kept, known to the schema or not.

    Args:
        meta: The board's own map.
        els: Its elements.
        client_id: Under which everything is written; nobody may ever have written under it.
        without: Elements to leave out, with all that is in them.
        patches: Element → keys that get another plain value; None leaves the key out.
    """
    writer = _Writer(client_id)
    for key, value in sorted(meta.items()):
        writer.entry(_root("meta"), key, value)
    for id, entry in sorted(els.items()):
        if id in without:
            continue
        changed = patches.get(id)
        if changed is None or not isinstance(entry, Map):
            writer.entry(_root("els"), id, entry)
        else:
            gone = {key for key, value in changed.items() if value is None}
            values = {**dict(entry.items()), **changed}
            writer.map(_root("els"), id, {key: value for key, value in values.items() if key not in gone})
    return writer.update()


def named_clients(update: bytes) -> frozenset[int]:
    """Every client that an update writes under, builds on or deletes from; nothing if it is no update at all."""
    try:
        blocks, deletions = decode_update(update)
    except MalformedUpdate:
        return frozenset()
    named = {client for client, _ in deletions}
    for client, _, _, structs in blocks:
        named.add(client)
        for struct in structs:
            named.update((struct[3], struct[5]))
            if type(struct[7]) is tuple:
                named.add(struct[7][0])
    named.discard(-1)
    return frozenset(named)


def vector_clients(state_vector: bytes) -> frozenset[int]:
    """Every client that a state vector names; nothing if it is no state vector at all."""
    try:
        return frozenset(decode_state_vector(state_vector))
    except MalformedUpdate:
        return frozenset()


def striking(state: bytes, clients: Collection[int]) -> bytes:
    """An update that deletes what some clients typed into texts.

    Args:
        state: A board as the engine encodes it.
        clients: Whose words go.
    """
    return _deleting(state, clients, words_only=True)


def written_keys(state: bytes, clients: Collection[int]) -> dict[str, frozenset[str]]:
    """The keys of elements whose present values some clients wrote; elements that they made are left out.

    Args:
        state: A board as the engine encodes it.
        clients: Whose writing is looked for.
    """
    doc: Doc[Map[object]] = Doc()
    els: Map[object] = doc.get("els", type=Map)
    doc.apply_update(state)
    before = {id: set(entry.keys()) for id, entry in els.items() if isinstance(entry, Map)}
    # Without what they wrote, this is what is missing.
    doc.apply_update(_deleting(state, clients, words_only=False))
    after = {id: set(entry.keys()) for id, entry in els.items() if isinstance(entry, Map)}
    return {id: frozenset(before[id] - keys) for id, keys in after.items() if before[id] - keys}


def _deleting(state: bytes, clients: Collection[int], *, words_only: bool) -> bytes:
    found: list[tuple[int, list[tuple[int, int]]]] = []
    for client, _, _, structs in decode_update(state, trusted=True)[0]:
        ranges = [(struct[0], struct[1]) for struct in structs if struct[2] == STRING or not words_only]
        if client in clients and ranges:
            found.append((client, ranges))
    out = bytearray(b"\x00" + encode_varint(len(found)))
    for client, ranges in found:
        out += encode_varint(client) + encode_varint(len(ranges))
        for clock, length in ranges:
            out += encode_varint(clock) + encode_varint(length)
    return bytes(out)


def _root(name: str) -> bytes:
    return b"\x01" + _string(name)


class _Writer:
    """The structs of one client, in the order they are asked for."""

    def __init__(self, client_id: int) -> None:
        self._client = encode_varint(client_id)
        self._structs = bytearray()
        self._count = 0
        self._clock = 0

    def update(self) -> bytes:
        """All that was written."""
        if not self._count:
            return b"\x00\x00"
        return b"\x01" + encode_varint(self._count) + self._client + b"\x00" + bytes(self._structs) + b"\x00"

    def entry(self, parent: bytes, key: str, value: object) -> None:
        """One entry of a map."""
        if isinstance(value, Map):
            self.map(parent, key, dict(value.items()))
        elif isinstance(value, Text):
            made = self._item(TYPE, parent, key, bytes((TEXT_TYPE,)), 1)
            if text := str(value):
                self._item(STRING, made, None, _string(text), utf16_length(text))
        elif isinstance(value, bytes | bytearray):
            self._item(BINARY, parent, key, encode_varint(len(value)) + value, 1)
        else:
            self._item(ANY, parent, key, b"\x01" + _any(plain(value)), 1)

    def map(self, parent: bytes, key: str, values: Mapping[str, object]) -> None:
        """One entry that is a map itself."""
        made = self._item(TYPE, parent, key, bytes((MAP_TYPE,)), 1)
        for name, value in sorted(values.items()):
            self.entry(made, name, value)

    def _item(self, ref: int, parent: bytes, key: str | None, content: bytes, length: int) -> bytes:
        """Write one item; returns it as the parent of others."""
        clock = self._clock
        self._clock += length
        self._count += 1
        self._structs += bytes((ref if key is None else ref | _HAS_KEY,)) + parent
        if key is not None:
            self._structs += _string(key)
        self._structs += content
        return b"\x00" + self._client + encode_varint(clock)


def _string(text: str) -> bytes:
    data = text.encode()
    return encode_varint(len(data)) + data


def _any(value: object) -> bytes:
    """A plain value as lib0 writes it; keys in order, which engines do not promise."""
    match value:
        case None:
            return b"\x7e"
        case bool():
            return b"\x78" if value else b"\x79"
        case int() if abs(value) <= _MOST_INTEGER:
            return b"\x7d" + _integer(value)
        case int() | float():
            return _float(value)
        case str():
            return b"\x77" + _string(value)
        case bytes():
            return b"\x74" + encode_varint(len(value)) + value
        case list():
            return b"\x75" + encode_varint(len(value)) + _joined(_any(item) for item in value)
        case dict():
            entries = (_string(key) + _any(item) for key, item in sorted(value.items()))
            return b"\x76" + encode_varint(len(value)) + _joined(entries)
        case _:
            raise TypeError(f"expected a plain value, got {type(value).__name__}")


def _joined(parts: Iterable[bytes]) -> bytes:
    return b"".join(parts)


def _integer(value: int) -> bytes:
    """A signed varint: six bits and the sign in the first byte."""
    sign, rest = (0x40, -value) if value < 0 else (0, value)
    first, rest = rest & 0x3F | sign, rest >> 6
    return bytes((first | 0x80,)) + encode_varint(rest) if rest else bytes((first,))


def _float(value: float) -> bytes:
    try:
        single = pack(">f", value)
    except OverflowError:
        single = b""
    if single and unpack(">f", single)[0] == value:
        return b"\x7c" + single
    return b"\x7b" + pack(">d", value)
