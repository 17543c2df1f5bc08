"""The stock door's messages: y-protocols framing, read strictly.

The layout is that of y-protocols `PROTOCOL.md`: a variable-length message type, then its body. One WebSocket message
holds exactly one protocol message; what follows it makes the frame malformed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from .errors import CloseCode, PeerError

__all__ = [
    "AwarenessEntry",
    "AwarenessQuery",
    "AwarenessUpdate",
    "StockMessage",
    "SyncStep1",
    "SyncStep2",
    "SyncUpdate",
    "encode_awareness",
    "encode_step1",
    "encode_step2",
    "encode_update",
    "parse",
]

_SYNC, _AWARENESS, _QUERY_AWARENESS = 0, 1, 3
_STEP1, _STEP2, _UPDATE = 0, 1, 2

# A provider repeats what others told it, so one frame may name many clients; a room of a thousand fits.
MAX_AWARENESS_ENTRIES = 1_024
MAX_AWARENESS_STATE_BYTES = 2_048
# What one call stack reads, a deeper one cannot write again: the bound is far from what either can.
MAX_AWARENESS_DEPTH = 32
# 2^53 − 1: the largest clientID and clock that Yjs can write.
_MAX_INTEGER = 2**53 - 1
# Eight groups of seven bits hold 53 bits.
_MAX_INTEGER_BYTES = 8


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """What the sender has, as a state vector that nobody has looked into yet."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """What the other side lacked, as one update."""

    update: bytes


@dataclass(frozen=True, slots=True)
class SyncUpdate:
    """A change that just happened."""

    update: bytes


@dataclass(frozen=True, slots=True)
class AwarenessEntry:
    """One client's state: a JSON value, or None when it left. `clock` orders the states of one client."""

    client: int
    clock: int
    state: object


@dataclass(frozen=True, slots=True)
class AwarenessUpdate:
    """States of one or more clients."""

    entries: tuple[AwarenessEntry, ...]


@dataclass(frozen=True, slots=True)
class AwarenessQuery:
    """Asks for every state there is."""


StockMessage: TypeAlias = SyncStep1 | SyncStep2 | SyncUpdate | AwarenessUpdate | AwarenessQuery


def parse(frame: bytes) -> StockMessage:
    """The message in one whole frame.

    Raises:
        PeerError: If the frame is not exactly one message that a client may send.
    """
    reader = _Reader(frame)
    kind = reader.integer()
    message: StockMessage
    if kind == _SYNC:
        message = _sync(reader)
    elif kind == _AWARENESS:
        message = _awareness(_Reader(reader.binary()))
    elif kind == _QUERY_AWARENESS:
        message = AwarenessQuery()
    else:
        _malformed("unknown message type")
    reader.finish()
    return message


def encode_step1(state_vector: bytes) -> bytes:
    """The frame of a sync step 1."""
    return bytes((_SYNC, _STEP1)) + _binary(state_vector)


def encode_step2(update: bytes) -> bytes:
    """The frame of a sync step 2."""
    return bytes((_SYNC, _STEP2)) + _binary(update)


def encode_update(update: bytes) -> bytes:
    """The frame of an update."""
    return bytes((_SYNC, _UPDATE)) + _binary(update)


def encode_awareness(entries: Iterable[AwarenessEntry]) -> bytes:
    """The frame of an awareness update; without entries it is still one, and serves as a heartbeat."""
    # JSON may hold half a surrogate pair, which only ASCII escapes can carry.
    parts = [
        _integer(entry.client)
        + _integer(entry.clock)
        + _binary(json.dumps(entry.state, separators=(",", ":")).encode("ascii"))
        for entry in entries
    ]
    return bytes((_AWARENESS,)) + _binary(_integer(len(parts)) + b"".join(parts))


def _sync(reader: _Reader) -> StockMessage:
    kind = reader.integer()
    body = reader.binary()
    if kind == _STEP1:
        return SyncStep1(body)
    if kind == _STEP2:
        return SyncStep2(body)
    if kind == _UPDATE:
        return SyncUpdate(body)
    return _malformed("unknown sync message")


def _awareness(reader: _Reader) -> AwarenessUpdate:
    count = reader.integer()
    if count > MAX_AWARENESS_ENTRIES:
        _malformed(f"more than {MAX_AWARENESS_ENTRIES} awareness entries")
    entries = tuple(AwarenessEntry(reader.integer(), reader.integer(), _state(reader.binary())) for _ in range(count))
    reader.finish()
    return AwarenessUpdate(entries)


def _state(text: bytes) -> object:
    if len(text) > MAX_AWARENESS_STATE_BYTES:
        _malformed(f"awareness state over {MAX_AWARENESS_STATE_BYTES} bytes")
    try:
        state: object = json.loads(text.decode(), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise PeerError(CloseCode.MALFORMED, "awareness state is not JSON") from error
    if _is_deeper(state, MAX_AWARENESS_DEPTH):
        _malformed(f"awareness state nested over {MAX_AWARENESS_DEPTH}")
    if state is not None and not isinstance(state, dict):
        _malformed("expected an object or null as awareness state")
    return state


def _is_deeper(value: object, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [item for each in level for item in _items(each) if isinstance(item, dict | list)]
    return bool(level)


def _items(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise ValueError("a number beyond all bounds")
    return value


def _integer(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _binary(data: bytes) -> bytes:
    return _integer(len(data)) + data


def _malformed(reason: str) -> NoReturn:
    raise PeerError(CloseCode.MALFORMED, reason)


class _Reader:
    """A cursor over bytes; every read is checked against what is left."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def integer(self) -> int:
        value = byte = 0
        for shift in range(0, 7 * _MAX_INTEGER_BYTES, 7):
            if self._position >= len(self._data):
                _malformed("truncated frame")
            byte = self._data[self._position]
            self._position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        if byte >= 0x80 or value > _MAX_INTEGER:
            _malformed("integer over 53 bits")
        return value

    def binary(self) -> bytes:
        length = self.integer()
        if length > len(self._data) - self._position:
            _malformed("truncated frame")
        self._position += length
        return self._data[self._position - length : self._position]

    def finish(self) -> None:
        if self._position != len(self._data):
            _malformed("trailing bytes")
