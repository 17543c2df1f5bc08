"""The native door's messages: strict msgpack in, typed values out, and back.

One table, `MESSAGES`, names every message. Parsing is the only validation there is: what comes out of `parse` needs no
second look. Nothing is allocated for a frame before its structure has been measured, so that a short frame cannot claim
a large one's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NewType, TypeAlias, cast

import msgpack

from .errors import CloseCode, PeerError

__all__ = [
    "MESSAGES",
    "PROTOCOL_VERSION",
    "Behind",
    "ClientMessage",
    "Command",
    "ConnId",
    "Edit",
    "Failed",
    "Gathering",
    "Hello",
    "Lobby",
    "Neutralised",
    "Own",
    "Packed",
    "Part",
    "Ping",
    "Pong",
    "Presence",
    "Refused",
    "Result",
    "Resync",
    "ServerMessage",
    "Sync",
    "Tick",
    "Welcome",
    "clean_line",
    "clean_name",
    "encode",
    "parse",
]

PROTOCOL_VERSION = 1

ConnId = NewType("ConnId", int)
Seq: TypeAlias = int
Point: TypeAlias = tuple[int, int]
Drag: TypeAlias = tuple[int, int, int, int]
View: TypeAlias = tuple[int, int, int, int]

MAX_DEPTH = 8
MAX_ITEMS = 4_096
MAX_NAME_CHARACTERS = 60
MAX_TOKEN_CHARACTERS = 200
MAX_SELECTION = 100
_JOINERS = "\u200c\u200d"
_EDGES = " " + _JOINERS
MAX_PARTS = 128
MAX_PART_TOTAL_BYTES = 4 * 1024 * 1024
# The largest integer JavaScript holds exactly; both ends count with it.
MAX_SAFE_INTEGER = 2**53 - 1
# Ten boards wide: a cursor may leave the board, but not the range in which every client can draw.
MAX_COORDINATE = 10_000_000


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message: who this is and what it already holds."""

    v: int
    token: str = field(repr=False)
    name: str | None = None
    sv: bytes | None = None
    since: tuple[int, Seq] | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A Yjs v1 update; `cseq` counts up from 1 on each device."""

    cseq: int
    update: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A slice of an edit that is too large for one frame."""

    cseq: int
    index: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Presence:
    """What one connection does right now; world units, the latest wins.

    Attributes:
        view: The part of the board it looks at, which is told to nobody.
    """

    cursor: Point | None = None
    selection: tuple[str, ...] = ()
    editing: str | None = None
    drag: Drag | None = None
    view: View | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sync:
    """The answer to `Behind`: what the client holds, or None if it cannot say."""

    sv: bytes | None


@dataclass(frozen=True, slots=True)
class Command:
    """A wish the server grants or refuses; `n` ties the answer to it."""

    n: int
    name: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a `Pong` with the same number."""

    n: int


ClientMessage: TypeAlias = Hello | Edit | Part | Presence | Sync | Command | Ping


@dataclass(frozen=True, slots=True)
class Packed:
    """A value that has been encoded already, because many messages hold it."""

    encoded: bytes

    @classmethod
    def of(cls, value: object) -> Packed:
        return cls(bytes(msgpack.packb(value, use_bin_type=True)))

    @classmethod
    def row(cls, items: Collection[bytes]) -> Packed:
        """An array of values that have been encoded, too."""
        return cls(msgpack.Packer().pack_array_header(len(items)) + b"".join(items))


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to `Hello`; fields as in `docs/protocol.md` §2."""

    board: str
    title: str
    conn: int
    seat: str
    name: str
    role: str
    hue: int
    resume: str = field(repr=False)
    epoch: int
    seq: Seq
    sv: bytes
    update: bytes | None
    people: Packed
    seats: Mapping[str, str]
    authors: Packed
    limits: Mapping[str, int]
    mode: str
    filling: tuple[str, int] | None = None
    v: int = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Tick:
    """The one frame a room sends per tick: what was committed, and what changed beside it; `presence` as in `rows`."""

    seq: Seq
    update: bytes | None = None
    receipts: Sequence[int] | None = None
    presence: bytes | None = None
    events: Sequence[Sequence[object]] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """That edit was not taken, and nothing of it is on the board."""

    cseq: int
    code: str
    message: str
    elements: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Neutralised:
    """That edit was taken, and undone on these elements; what else it did stays."""

    cseq: int
    code: str
    message: str
    elements: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Resync:
    """Something before an edit is missing here; `sv` says what is known."""

    sv: bytes


@dataclass(frozen=True, slots=True)
class Behind:
    """You read too slowly, and what waited for you is gone; say `Sync` and be welcomed again."""


@dataclass(frozen=True, slots=True)
class Result:
    """A command was carried out."""

    n: int
    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """A command was not carried out."""

    n: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to `Ping`."""

    n: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """What everybody of one role sees of the gathering, by area; whole each time."""

    view: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Own:
    """What one seat sees of the gathering beside that; whole each time."""

    view: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lobby:
    """Wait until a host lets you in; then you are welcomed.

    Attributes:
        resume: The token that brings this seat back.
    """

    seat: str
    name: str
    resume: str


_Plain: TypeAlias = Tick | Refused | Neutralised | Resync | Behind | Result | Failed | Pong | Gathering | Own | Lobby
ServerMessage: TypeAlias = Welcome | _Plain


def parse(frame: bytes) -> ClientMessage:
    """The message in one whole frame.

    Raises:
        PeerError: If the frame is not exactly one message of a client, in the documented shape.
    """
    unpack = _UNPACK_FLAT.get(frame[1:3])
    if unpack is None:
        _measure(frame)
        unpack = msgpack.unpackb
    try:
        value: object = unpack(frame, raw=False, strict_map_key=True)
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise _malformed("not msgpack") from error
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        raise _malformed("expected an array that begins with a message type")
    message = MESSAGES.get(value[0])
    if message is None:
        raise _malformed("unknown message type")
    return message(value[1:])


def encode(message: ServerMessage | ClientMessage) -> bytes:
    """The frame that carries a message; the same message gives the same bytes."""
    if isinstance(message, Welcome):
        return _encode_welcome(message)
    return bytes(msgpack.packb(_plain(message), use_bin_type=True))


def clean_name(text: str) -> str:
    """A name as people see it: no control characters, single spaces, at most 60 characters, "Guest" if none is left."""
    return clean_line(text)[:MAX_NAME_CHARACTERS].rstrip(_EDGES) or "Guest"


def clean_line(text: str) -> str:
    """One line of words as people see it: single spaces, nothing that controls a terminal or turns a line around.

    Joiners stay inside of words: Persian and Hindi are spelt with them, and emoji are made with them.
    """
    shown = "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
    return " ".join(word for part in shown.split() if (word := part.strip(_JOINERS)))


# ---- client messages, one parser each ------------------------------------------------------------------------------


def _hello(fields: list[object]) -> Hello:
    (body,) = _exactly(fields, 1)
    if not isinstance(body, dict) or not body.keys() <= {"v", "token", "name", "sv", "since"}:
        raise _malformed("expected a map of known keys in hello")
    name, sv, since = body.get("name"), body.get("sv"), body.get("since")
    return Hello(
        v=_count(body.get("v")),
        token=_string(body.get("token"), MAX_TOKEN_CHARACTERS),
        name=None if name is None else _string(name, MAX_NAME_CHARACTERS),
        sv=None if sv is None else _bytes(sv),
        since=None if since is None else _since(since),
    )


def _edit(fields: list[object]) -> Edit:
    cseq, update = _exactly(fields, 2)
    return Edit(_count(cseq, least=1), _bytes(update))


def _part(fields: list[object]) -> Part:
    cseq, index, count, data = _exactly(fields, 4)
    part = Part(_count(cseq, least=1), _count(index), _count(count, least=1), _bytes(data))
    if not part.index < part.count <= MAX_PARTS:
        raise _malformed(f"expected index < count <= {MAX_PARTS} in part")
    return part


def _presence(fields: list[object]) -> Presence:
    # Clients that look at nothing, such as bots, leave the view out.
    cursor, selection, editing, drag, view = fields if len(fields) == 5 else (*_exactly(fields, 4), None)
    return Presence(
        None if cursor is None else cast(Point, _coordinates(cursor, 2)),
        () if selection is None else _selection(selection),
        None if editing is None else _element_id(editing),
        None if drag is None else cast(Drag, _coordinates(drag, 4)),
        None if view is None else _view(view),
    )


def _sync(fields: list[object]) -> Sync:
    (sv,) = _exactly(fields, 1)
    return Sync(None if sv is None else _bytes(sv))


def _command(fields: list[object]) -> Command:
    n, name, args = _exactly(fields, 3)
    if not isinstance(args, dict):
        raise _malformed("expected a map of arguments in command")
    return Command(_count(n), _string(name, 32), args)


def _ping(fields: list[object]) -> Ping:
    (n,) = _exactly(fields, 1)
    return Ping(_count(n))


MESSAGES: Mapping[str, Callable[[list[object]], ClientMessage]] = {
    "hello": _hello,
    "edit": _edit,
    "part": _part,
    "presence": _presence,
    "sync": _sync,
    "command": _command,
    "ping": _ping,
}


# Nearly all frames are one of these two, told by their first letters. They hold no map and no array longer than a
# selection, so they need not be measured before they are unpacked; what is nested too deeply has the wrong shape.
_UNPACK_FLAT = {
    b"\xa4e": partial(msgpack.unpackb, max_array_len=3, max_map_len=0, max_ext_len=0),
    b"\xa8p": partial(msgpack.unpackb, max_array_len=MAX_SELECTION, max_map_len=0, max_ext_len=0),
}


def _exactly(fields: list[object], count: int) -> list[object]:
    if len(fields) != count:
        raise _malformed(f"expected {count} fields, got {len(fields)}")
    return fields


def _count(value: object, *, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= MAX_SAFE_INTEGER:
        raise _malformed(f"expected an integer of at least {least}")
    return value


def _string(value: object, longest: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise _malformed(f"expected a string of 1 to {longest} characters")
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise _malformed("expected binary")
    return value


def _since(value: object) -> tuple[int, Seq]:
    if not isinstance(value, list) or len(value) != 2:
        raise _malformed("expected [epoch, seq] in since")
    return _count(value[0]), _count(value[1])


def _element_id(value: object) -> str:
    if not isinstance(value, str) or len(value) != 12 or not value.isascii():
        raise _malformed("expected an element id")
    return value


def _selection(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_SELECTION:
        raise _malformed(f"expected up to {MAX_SELECTION} element ids in selection")
    return tuple(_element_id(item) for item in value)


def _view(value: object) -> View:
    x, y, w, h = _coordinates(value, 4)
    if w < 0 or h < 0:
        raise _malformed("expected a view with a width and a height")
    return x, y, w, h


def _integers(values: list[object]) -> list[int]:
    numbers = [number for number in values if type(number) is int]
    if len(numbers) != len(values):
        raise _malformed(f"expected {len(values)} integers")
    return numbers


def _coordinates(value: object, count: int) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) != count:
        raise _malformed(f"expected {count} integers")
    for number in value:
        if type(number) is not int:
            raise _malformed(f"expected {count} integers")
        if not -MAX_COORDINATE <= number <= MAX_COORDINATE:
            return tuple(max(-MAX_COORDINATE, min(MAX_COORDINATE, each)) for each in _integers(value))
    return tuple(value)


# ---- values on the wire --------------------------------------------------------------------------------------------


_WELCOME_KEYS = ("v", "board", "title", "conn", "seat", "name", "role", "hue", "resume", "epoch", "seq", "sv")
_WELCOME_REST = ("update", "people", "seats", "authors", "limits", "mode", "filling")


def _encode_welcome(message: Welcome) -> bytes:
    """Field by field: for a hundred people who come at once, what all of them are told is encoded once."""
    pack = msgpack.Packer(use_bin_type=True).pack
    keys = (*_WELCOME_KEYS, *_WELCOME_REST)
    parts = [b"\x92", pack("welcome"), msgpack.Packer().pack_map_header(len(keys))]
    for key in keys:
        value = getattr(message, key)
        parts += (pack(key), value.encoded if isinstance(value, Packed) else pack(value))
    return b"".join(parts)


def _plain(message: _Plain | ClientMessage) -> list[object]:
    match message:
        case Tick(seq, update, receipts, presence, events):
            return ["tick", seq, update, receipts or None, presence or None, events or None]
        case Refused(cseq, code, text, elements):
            return ["refused", cseq, code, text, elements]
        case Neutralised(cseq, code, text, elements):
            return ["neutralised", cseq, code, text, elements]
        case Resync(sv):
            return ["resync", sv]
        case Behind():
            return ["behind"]
        case Result(n, value):
            return ["result", n, value]
        case Failed(n, code, text):
            return ["failed", n, code, text]
        case Pong(n):
            return ["pong", n]
        case Gathering(view):
            return ["gathering", view]
        case Own(view):
            return ["own", view]
        case Lobby(seat, name, resume):
            return ["lobby", {"seat": seat, "name": name, "resume": resume}]
        case Hello():
            body = {key: getattr(message, key) for key in ("v", "token", "name", "sv", "since")}
            return ["hello", {key: value for key, value in body.items() if value is not None}]
        case Edit(cseq, update):
            return ["edit", cseq, update]
        case Part(cseq, index, count, data):
            return ["part", cseq, index, count, data]
        case Presence(cursor, selection, editing, drag, view):
            return ["presence", cursor, selection, editing, drag, view]
        case Sync(sv):
            return ["sync", sv]
        case Command(n, name, args):
            return ["command", n, name, args]
        case Ping(n):
            return ["ping", n]


def _malformed(reason: str) -> PeerError:
    return PeerError(CloseCode.MALFORMED, reason)


# ---- the msgpack structure, before anything is built ---------------------------------------------------------------

# What follows a first byte: for a scalar, so many bytes; for a string or binary, a length so wide; for an array or map,
# a count so wide, and the items for each of it.
_SCALARS = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8}
_SCALARS |= {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_LENGTHS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_COUNTS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _measure(frame: bytes) -> None:
    """Walk the frame's structure without building it.

    Raises:
        PeerError: If it is not exactly one value within the limits of depth and items, free of extension types.
    """
    end = len(frame)
    position = 0
    items = 0
    open_items = [1]
    while open_items:
        if open_items[-1] == 0:
            open_items.pop()
            continue
        open_items[-1] -= 1
        items += 1
        if position >= end:
            raise _malformed("truncated msgpack")
        head = frame[position]
        position += 1
        children = 0
        if head < 0x80 or head >= 0xE0:
            continue
        if head < 0x90:
            children = 2 * (head & 0x0F)
        elif head < 0xA0:
            children = head & 0x0F
        elif head < 0xC0:
            position += head & 0x1F
        elif head in _SCALARS:
            position += _SCALARS[head]
        elif head in _LENGTHS:
            width = _LENGTHS[head]
            position += width + int.from_bytes(frame[position : position + width], "big")
        elif head in _COUNTS:
            width, per_count = _COUNTS[head]
            children = per_count * int.from_bytes(frame[position : position + width], "big")
            position += width
        else:
            raise _malformed("extension types are not spoken here")
        if position > end:
            raise _malformed("truncated msgpack")
        if children:
            if len(open_items) > MAX_DEPTH:
                raise _malformed(f"nesting over {MAX_DEPTH}")
            if items + children > MAX_ITEMS:
                raise _malformed(f"more than {MAX_ITEMS} items")
            open_items.append(children)
    if position != end:
        raise _malformed("trailing bytes")
