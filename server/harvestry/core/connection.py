"""The order of messages on one native connection: hello first and once, slices put together.

What comes out is what the room can act on; everything about single messages is `protocol`'s.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

from .errors import CloseCode, PeerError
from .protocol import (
    MAX_PART_TOTAL_BYTES,
    PROTOCOL_VERSION,
    Command,
    Edit,
    Hello,
    Part,
    Ping,
    Presence,
    Sync,
    parse,
)

__all__ = ["NativeConnection", "Request"]

Request: TypeAlias = Hello | Edit | Presence | Sync | Command | Ping


class NativeConnection:
    """The native door's side of one connection, as far as it is the same in every room."""

    __slots__ = ("_count", "_cseq", "_greeted", "_slices", "_total")

    def __init__(self) -> None:
        self._greeted = False
        self._slices: list[bytes] = []
        self._cseq = 0
        self._count = 0
        self._total = 0

    def receive(self, frame: bytes | str) -> Request | None:
        """The request in one WebSocket message; None while an edit is still incomplete.

        Raises:
            PeerError: If the frame is malformed, or not what may come now.
        """
        if isinstance(frame, str):
            raise PeerError(CloseCode.MALFORMED, "text frames are not spoken here")
        message = parse(frame)
        if not self._greeted:
            return self._greet(message)
        match message:
            case Hello():
                raise PeerError(CloseCode.SECOND_HELLO, "second hello")
            case Part():
                return self._join(message)
            case Edit():
                if self._slices:
                    raise PeerError(CloseCode.MALFORMED, "an edit between the parts of another")
                return message
            case Presence() | Sync() | Command() | Ping():
                return message
            case _:
                assert_never(message)

    def _greet(self, message: object) -> Hello:
        if not isinstance(message, Hello):
            raise PeerError(CloseCode.MALFORMED, "the first message must be hello")
        if message.v != PROTOCOL_VERSION:
            raise PeerError(CloseCode.VERSION, f"expected protocol version {PROTOCOL_VERSION}, got {message.v}")
        self._greeted = True
        return message

    def _join(self, part: Part) -> Edit | None:
        if part.index == 0 and not self._slices:
            self._cseq, self._count, self._total = part.cseq, part.count, 0
        elif (part.cseq, part.index, part.count) != (self._cseq, len(self._slices), self._count):
            raise PeerError(CloseCode.MALFORMED, "parts out of order")
        self._total += len(part.data)
        if self._total > MAX_PART_TOTAL_BYTES:
            raise PeerError(CloseCode.TOO_BIG, f"an edit over {MAX_PART_TOTAL_BYTES} bytes")
        self._slices.append(part.data)
        if len(self._slices) < self._count:
            return None
        slices, self._slices = self._slices, []
        return Edit(self._cseq, b"".join(slices))
