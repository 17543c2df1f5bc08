"""The Yjs v1 wire, strictly: bytes in, plain values out, or `MalformedUpdate`.

Nothing here knows the board. A decoded update is made of tuples and ints, because building an object for each struct
costs more than reading it. What an honest Yjs or Yrs replica never writes is refused even where engines accept it.
Format: yjs `src/utils/UpdateDecoder.js`, lib0 `decoding.js`.
"""

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from struct import unpack_from
from typing import Final, NoReturn

from harvestry_crdt.errors import MalformedUpdate
from harvestry_crdt.schema import KEYS, LIMITS

# An array of four integers, in our own bytes, where it need not be read.
_GEOMETRY: Final = re.compile(rb"\x75\x04(?:\x7d[\x80-\xff]*[\x00-\x7f]){4}").match

# The keys of an element, found by their bytes.
_KEYS: Final = {bytes((len(name), *name.encode())): name for name in KEYS}

# Content references, the low five bits of a struct's first byte.
GC: Final = 0
DELETED: Final = 1
BINARY: Final = 3
STRING: Final = 4
TYPE: Final = 7
ANY: Final = 8

# Type references that a board may hold.
MAP_TYPE: Final = 1
TEXT_TYPE: Final = 2

_HAS_ORIGIN: Final = 0x80
_HAS_RIGHT: Final = 0x40
_HAS_KEY: Final = 0x20

_MAX_CLIENT: Final = (1 << 53) - 1
_CLOCK_END: Final = 1 << 31

_REFUSED_CONTENT: Final = {
    2: "JSON content",
    5: "an embed",
    6: "formatting",
    9: "a subdocument",
    10: "a skip",
}

# (clock, length, content ref, origin client or -1, origin clock, right client or -1, right clock,
#  parent: root name, (client, clock) or None when an origin tells, key or None, content)
Struct = tuple[int, int, int, int, int, int, int, str | tuple[int, int] | None, str | None, object]
# (client, first clock, clock after the last, structs)
Block = tuple[int, int, int, list[Struct]]
# (client, [(first clock, clock after the last), …] ascending; they may touch, and do not overlap)
Deletions = tuple[int, list[tuple[int, int]]]


def _refuse(reason: str) -> NoReturn:
    raise MalformedUpdate(reason)


def _rest_of_varint(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Read on after a first byte with its continuation bit set; 53 bits at most, and no padding."""
    value = first & 0x7F
    shift = 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift > 49:
            _refuse("varint longer than 53 bits")
    if value > _MAX_CLIENT:
        _refuse("varint longer than 53 bits")
    return value, at


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned varint and the position after it.

    Raises:
        IndexError: If the bytes end first; the decoders below turn it into `MalformedUpdate`.
        MalformedUpdate: If it needs more than 53 bits.
    """
    byte = data[at]
    at += 1
    return (byte, at) if byte < 0x80 else _rest_of_varint(data, at, byte)


def read_string(data: bytes, at: int) -> tuple[str, int]:
    """A string and the position after it; raises as `read_varint` does."""
    size = data[at]
    at += 1
    if size >= 0x80:
        size, at = _rest_of_varint(data, at, size)
    end = at + size
    if end > len(data):
        _refuse("string longer than the update")
    try:
        return data[at:end].decode(), end
    except UnicodeDecodeError:
        _refuse("string is not UTF-8")


def _read_integer(data: bytes, at: int) -> tuple[int, int]:
    """A signed varint: six bits and the sign in the first byte. Negative zero is refused: engines lose it."""
    byte = data[at]
    at += 1
    value = byte & 0x3F
    if byte >= 0x80:
        shift = 6
        while True:
            more = data[at]
            at += 1
            value |= (more & 0x7F) << shift
            if more < 0x80:
                break
            shift += 7
            if shift > 48:
                _refuse("integer longer than 53 bits")
        if value > _MAX_CLIENT:
            _refuse("integer longer than 53 bits")
    if byte & 0x40:
        if value == 0:
            _refuse("negative zero")
        return -value, at
    return value, at


def _read_float(data: bytes, at: int, form: str, size: int) -> tuple[int | float, int]:
    end = at + size
    if end > len(data):
        _refuse("number cut short")
    (value,) = unpack_from(form, data, at)
    if not isfinite(value):
        _refuse("number is not finite")
    whole = int(value)
    if whole != value:
        return float(value), end
    # A whole number is an integer however it was written: that is how every engine writes it again.
    if not whole and data[at] & 0x80:
        _refuse("negative zero")
    if abs(whole) > _MAX_CLIENT:
        _refuse("integer longer than 53 bits")
    return whole, end


def read_any(data: bytes, at: int, depth: int = LIMITS["any_depth"]) -> tuple[object, int]:
    """One lib0 `any` and the position after it; raises as `read_varint` does. Recursion is bounded by `depth`."""
    tag = data[at]
    at += 1
    if tag == 125:
        return _read_integer(data, at)
    if tag == 119:
        return read_string(data, at)
    if tag == 117 or tag == 118:
        if not depth:
            _refuse("value nested too deep")
        count, at = read_varint(data, at)
        if count > len(data) - at:
            _refuse("count larger than the update")
        if tag == 117:
            items: list[object] = []
            for _ in range(count):
                # Mostly numbers, as in a geometry.
                item, at = _read_integer(data, at + 1) if data[at] == 125 else read_any(data, at, depth - 1)
                items.append(item)
            return items, at
        entries: dict[str, object] = {}
        for _ in range(count):
            key, at = read_string(data, at)
            if key in entries or key == "__proto__":
                _refuse("object key twice or reserved")
            entries[key], at = read_any(data, at, depth - 1)
        return entries, at
    if tag == 124:
        return _read_float(data, at, ">f", 4)
    if tag == 123:
        return _read_float(data, at, ">d", 8)
    if tag == 120:
        return True, at
    if tag == 121:
        return False, at
    if tag == 126:
        return None, at
    if tag == 116:
        return _read_binary(data, at)
    _refuse("value that the engines do not carry unchanged")


def _read_binary(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = read_varint(data, at)
    end = at + size
    if end > len(data):
        _refuse("binary longer than the update")
    return data[at:end], end


def utf16_pairs(text: str) -> list[int]:
    """Offsets, in UTF-16 units, of the second half of each surrogate pair."""
    found = []
    at = 0
    for char in text:
        if char > "\uffff":
            found.append(at + 1)
            at += 2
        else:
            at += 1
    return found


def decode_update(data: bytes, *, trusted: bool = False) -> tuple[list[Block], list[Deletions]]:
    """Read a whole v1 update.

    Args:
        data: The update.
        trusted: Our own engine wrote it: the limits on counts, which are for peers, do not apply.

    Returns:
        The client blocks as they came, and what is deleted, each client once, ranges ascending.

    Raises:
        MalformedUpdate: Whatever else the bytes are.
    """
    try:
        return _decode_update(data, LIMITS["any_depth"], trusted)
    except IndexError:
        raise MalformedUpdate("update cut short") from None


def _decode_update(data: bytes, depth: int, trusted: bool) -> tuple[list[Block], list[Deletions]]:
    size = len(data)
    most_structs = size if trusted else LIMITS["structs"]
    longest_run = _CLOCK_END if trusted else LIMITS["run"]
    # Every varint below is read in line while it is one byte; the call is for the rest.
    block_count = data[0]
    at = 1
    if block_count >= 0x80:
        block_count, at = _rest_of_varint(data, at, block_count)
    if block_count > (size if trusted else LIMITS["client_blocks"]):
        _refuse("too many clients in one update")
    blocks: list[Block] = []
    seen: set[int] = set()
    # The last parent: the next is often the same.
    same = (-1, 0)
    spelled = b""
    for _ in range(block_count):
        count = data[at]
        at += 1
        if count >= 0x80:
            count, at = _rest_of_varint(data, at, count)
        if not count:
            _refuse("client without structs")
        most_structs -= count
        if most_structs < 0:
            _refuse("too many structs in one update")
        client, at = read_varint(data, at)
        if client in seen:
            _refuse("client twice in one update")
        seen.add(client)
        clock = data[at]
        at += 1
        if clock >= 0x80:
            clock, at = _rest_of_varint(data, at, clock)
        first = clock
        structs: list[Struct] = []
        for _ in range(count):
            info = data[at]
            at += 1
            ref = info & 0x1F
            origin_client = right_client = -1
            origin_clock = right_clock = 0
            parent: str | tuple[int, int] | None = None
            key: str | None = None
            content: object = None
            if ref == GC:
                if info:
                    _refuse("GC with item flags")
                length, at = read_varint(data, at)
                if not 0 < length <= longest_run:
                    _refuse("empty or too long a run")
                structs.append((clock, length, 0, -1, 0, -1, 0, None, None, None))
                clock += length
                continue
            if ref in _REFUSED_CONTENT:
                _refuse(f"{_REFUSED_CONTENT[ref]} in a board")
            if info & _HAS_ORIGIN:
                origin_client = data[at]
                at += 1
                if origin_client >= 0x80:
                    origin_client, at = _rest_of_varint(data, at, origin_client)
                origin_clock = data[at]
                at += 1
                if origin_clock >= 0x80:
                    origin_clock, at = _rest_of_varint(data, at, origin_clock)
            if info & _HAS_RIGHT:
                right_client = data[at]
                at += 1
                if right_client >= 0x80:
                    right_client, at = _rest_of_varint(data, at, right_client)
                right_clock = data[at]
                at += 1
                if right_clock >= 0x80:
                    right_clock, at = _rest_of_varint(data, at, right_clock)
            if not info & 0xC0:
                how = data[at]
                at += 1
                if how == 1:
                    parent, at = read_string(data, at)
                elif how == 0 and spelled and data.startswith(spelled, at):
                    at += len(spelled)
                    parent = same
                elif how == 0:
                    start = at
                    parent_client = data[at]
                    at += 1
                    if parent_client >= 0x80:
                        parent_client, at = _rest_of_varint(data, at, parent_client)
                    parent_clock = data[at]
                    at += 1
                    if parent_clock >= 0x80:
                        parent_clock, at = _rest_of_varint(data, at, parent_clock)
                    parent = same = (parent_client, parent_clock)
                    spelled = data[start:at]
                else:
                    _refuse("unknown form of parent")
                if info & _HAS_KEY:
                    key = _KEYS.get(data[at : at + 1 + data[at]])
                    if key is None:
                        key, at = read_string(data, at)
                    else:
                        at += 1 + len(key)
            if ref == ANY:
                length = data[at]
                at += 1
                if length >= 0x80:
                    length, at = _rest_of_varint(data, at, length)
                if length > size - at:
                    _refuse("count larger than the update")
                geometry = _GEOMETRY(data, at) if trusted and length == 1 else None
                if geometry is not None:
                    at = geometry.end()
                    content = ()
                elif length == 1:
                    value, at = read_any(data, at, depth)
                    # Of our own bytes only names are wanted; a whole board of values would be kept for nothing.
                    content = (value,) if not trusted or type(value) is str else ()
                else:
                    values = []
                    for _ in range(length):
                        value, at = read_any(data, at, depth)
                        values.append(value)
                    content = tuple(values)
            elif ref == STRING:
                text, at = read_string(data, at)
                content = text
                length = len(text)
                if not text.isascii():
                    length += sum(char > "\uffff" for char in text)
            elif ref == TYPE:
                content = data[at]
                at += 1
                length = 1
                if content != MAP_TYPE and content != TEXT_TYPE:
                    _refuse("type that a board does not hold")
            elif ref == DELETED:
                length, at = read_varint(data, at)
                if length > longest_run:
                    _refuse("empty or too long a run")
            elif ref == BINARY:
                content, at = _read_binary(data, at)
                length = 1
            else:
                _refuse("unknown content")
            if not length:
                _refuse("item without length")
            structs.append(
                (
                    clock,
                    length,
                    ref,
                    origin_client,
                    origin_clock,
                    right_client,
                    right_clock,
                    parent,
                    key,
                    content,
                )
            )
            clock += length
        if clock > _CLOCK_END:
            _refuse("clock of 2^31 or more")
        blocks.append((client, first, clock, structs))
    deletions, at = _read_deletions(data, at, size if trusted else LIMITS["delete_ranges"], trusted)
    if at != size:
        _refuse("bytes after the update")
    return blocks, deletions


def _read_deletions(data: bytes, at: int, most_ranges: int, trusted: bool) -> tuple[list[Deletions], int]:
    client_count, at = read_varint(data, at)
    if client_count > len(data) - at:
        _refuse("count larger than the update")
    deletions: list[Deletions] = []
    seen: set[int] = set()
    for _ in range(client_count):
        client, at = read_varint(data, at)
        count, at = read_varint(data, at)
        if client in seen:
            _refuse("client twice in one update")
        seen.add(client)
        most_ranges -= count
        if not count or most_ranges < 0:
            _refuse("no or too many deletions in one update")
        ranges: list[tuple[int, int]] = []
        last = -1
        ordered = True
        for _ in range(count):
            first = data[at]
            at += 1
            if first >= 0x80:
                first, at = _rest_of_varint(data, at, first)
            length = data[at]
            at += 1
            if length >= 0x80:
                length, at = _rest_of_varint(data, at, length)
            if not length:
                _refuse("deletion without length")
            ordered = ordered and first > last
            last = first + length
            ranges.append((first, last))
        if not ordered and trusted:
            ranges = _merge(ranges)
        elif not ordered:
            # They stay apart where they touch: the engine cuts at each of their ends.
            ranges.sort()
            last = 0
            for first, end in ranges:
                if first < last:
                    _refuse("deletions that overlap")
                last = end
        deletions.append((client, ranges))
    return deletions, at


def decode_delete_set(data: bytes) -> list[Deletions]:
    """Read a v1 delete set that our own engine wrote.

    Raises:
        MalformedUpdate: If it is anything else.
    """
    try:
        deletions, at = _read_deletions(data, 0, len(data), True)
    except IndexError:
        raise MalformedUpdate("delete set cut short") from None
    if at != len(data):
        _refuse("bytes after the delete set")
    return deletions


def _merge(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged


def encode_varint(value: int) -> bytes:
    """An unsigned varint."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_state_vector(clocks: Mapping[int, int]) -> bytes:
    """A v1 state vector; clients with clock 0 are left out, the order is fixed."""
    known = sorted(((client, clock) for client, clock in clocks.items() if clock), reverse=True)
    out = bytearray(encode_varint(len(known)))
    for client, clock in known:
        out += encode_varint(client)
        out += encode_varint(clock)
    return bytes(out)


def decode_state_vector(data: bytes) -> dict[int, int]:
    """Read a peer's state vector.

    Raises:
        MalformedUpdate: If it is anything but a strict v1 state vector.
    """
    try:
        count, at = read_varint(data, 0)
        if count > (len(data) - at) // 2:
            _refuse("count larger than the state vector")
        clocks: dict[int, int] = {}
        for _ in range(count):
            client, at = read_varint(data, at)
            clock, at = read_varint(data, at)
            if client in clocks:
                _refuse("client twice in one state vector")
            if clock > _CLOCK_END:
                _refuse("clock of 2^31 or more")
            clocks[client] = clock
    except IndexError:
        raise MalformedUpdate("state vector cut short") from None
    if at != len(data):
        _refuse("bytes after the state vector")
    return clocks
