"""Presence on the wire: a byte that says what to forget, then a row for each connection that has something new.

The layout is that of `docs/protocol.md` §2, and `tests/vectors/protocol.json` holds examples. A row tells only what
changed, and tells it whole, so that a reader who has missed some of them is out of date but never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from .protocol import ConnId, Drag, Point, Presence

__all__ = ["Forget", "PresenceNews", "Row", "difference", "encode_news", "parse_news", "row", "whole"]

CURSOR, NO_CURSOR = 1, 2
SELECTION = 4
EDITING, NO_EDITING = 8, 16
DRAG, NO_DRAG = 32, 64

_ID_BYTES = 12
_NOTHING = Presence()


class Forget(IntEnum):
    """What a reader forgets before it takes in the rows."""

    NOTHING = 0
    CURSORS = 1
    EVERYTHING = 2


@dataclass(frozen=True, slots=True)
class Row:
    """What changed of one connection's presence: the fields that the bits name."""

    conn: ConnId
    fields: int
    presence: Presence

    def over(self, before: Presence) -> Presence:
        """The presence of somebody who has been told another before."""
        return Presence(
            cursor=self.presence.cursor if self.fields & (CURSOR | NO_CURSOR) else before.cursor,
            selection=self.presence.selection if self.fields & SELECTION else before.selection,
            editing=self.presence.editing if self.fields & (EDITING | NO_EDITING) else before.editing,
            drag=self.presence.drag if self.fields & (DRAG | NO_DRAG) else before.drag,
        )


@dataclass(frozen=True, slots=True)
class PresenceNews:
    """What one message tells."""

    forget: Forget
    rows: tuple[Row, ...]


def difference(before: Presence, after: Presence) -> int:
    """The fields that changed, as the bits of a row."""
    fields = 0
    if after.cursor != before.cursor:
        fields = NO_CURSOR if after.cursor is None else CURSOR
    if after.selection != before.selection:
        fields |= SELECTION
    if after.editing != before.editing:
        fields |= NO_EDITING if after.editing is None else EDITING
    if after.drag != before.drag:
        fields |= NO_DRAG if after.drag is None else DRAG
    return fields


def whole(presence: Presence) -> int:
    """The fields that say something at all."""
    return difference(_NOTHING, presence)


def row(conn: ConnId, fields: int, presence: Presence) -> bytes:
    """One row with those fields of a connection's presence."""
    out = bytearray()
    _put(out, conn)
    out.append(fields)
    if fields & CURSOR and presence.cursor is not None:
        for number in presence.cursor:
            _put(out, number << 1 if number >= 0 else ~(number << 1))
    if fields & SELECTION:
        _put(out, len(presence.selection))
        for element in presence.selection:
            out += element.encode("ascii")
    if fields & EDITING and presence.editing is not None:
        out += presence.editing.encode("ascii")
    if fields & DRAG and presence.drag is not None:
        for number in presence.drag:
            _put(out, number << 1 if number >= 0 else ~(number << 1))
    return bytes(out)


def encode_news(forget: Forget, rows: Iterable[bytes]) -> bytes:
    """What a tick carries."""
    return bytes((forget,)) + b"".join(rows)


def parse_news(data: bytes) -> PresenceNews:
    """What a tick carried: for clients in Python; the browser's is `web/src/net/presence.ts`.

    Raises:
        ValueError: If it is not exactly that.
    """
    reader = _Reader(data)
    forget = Forget(reader.byte())
    rows = []
    while not reader.is_at_end:
        rows.append(reader.row())
    return PresenceNews(forget, tuple(rows))


def _put(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def is_at_end(self) -> bool:
        return self._position == len(self._data)

    def byte(self) -> int:
        return self._take(1)[0]

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def row(self) -> Row:
        conn, fields = ConnId(self.number()), self.byte()
        if not fields or fields & 0x80 or any(fields & pair == pair for pair in (0x03, 0x18, 0x60)):
            raise ValueError("no such fields")
        presence = Presence(
            cursor=cast(Point, self._signed(2)) if fields & CURSOR else None,
            selection=tuple(self._id() for _ in range(self.number())) if fields & SELECTION else (),
            editing=self._id() if fields & EDITING else None,
            drag=cast(Drag, self._signed(4)) if fields & DRAG else None,
        )
        return Row(conn, fields, presence)

    def _signed(self, count: int) -> tuple[int, ...]:
        numbers = [self.number() for _ in range(count)]
        return tuple(number >> 1 ^ -(number & 1) for number in numbers)

    def _id(self) -> str:
        return self._take(_ID_BYTES).decode("ascii")

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._data):
            raise ValueError("truncated presence")
        taken, self._position = self._data[self._position : end], end
        return taken
