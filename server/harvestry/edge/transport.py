"""uvicorn's WebSocket protocol, with what a public door and a full room need added, offered as one ASGI extension.

ASGI has no word for any of it. A message goes to an application through a queue and a task's wake-up, and back through
another; a room of hundreds pays that for each of them, many times a second. Here a frame is written to the transport
at once, and a message is handed over where it is read. ASGI's close waits until the peer has read what was sent
before; a peer that never reads would hold its socket, and what waits in it, for ever. Here a connection can be ended.

What a peer sends outside of whole messages does not add up in memory, and reading stops while the reader is held.
"""

from __future__ import annotations

from asyncio import BaseTransport
from collections.abc import Callable
from typing import Protocol, cast

from starlette.websockets import WebSocket
from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import OPEN

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

from harvestry.core.errors import CloseCode

__all__ = ["DirectProtocol", "Wire", "wire_of"]

_EXTENSION = "harvestry.direct"
# How long a peer that was told of its end has to read it.
_GRACE_S = 5.0
# Empty fragments count nothing towards the size of a message, and could be sent for ever.
_MOST_FRAGMENTS = 1_024
# One peer's messages that are handled before everybody else's turn comes.
_MOST_AT_ONCE = 64

# RFC 6455, section 5.2. A whole binary message, and the bits of the second byte.
_WHOLE_BINARY = 0x82
_MASKED = 0x80
_SHORT = 125
_TWO_BYTES, _EIGHT_BYTES = 126, 127


class Wire(Protocol):
    """A WebSocket whose bytes one may write and read directly."""

    def write(self, frame: bytes) -> bool:
        """Send a whole frame, after what was written before; nothing happens once the connection is ending.

        Returns:
            Whether all that was written has gone to the network.
        """

    def when_clear(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when what had to wait has all gone to the network."""

    def listen(self, take: Callable[[bytes | str], None]) -> None:
        """Hand every message to `take` from now on, the ones that wait first; ASGI's receive tells of the end alone."""

    def hold(self) -> None:
        """Read no more until `release`."""

    def release(self) -> None:
        """Read on."""

    async def ended(self) -> None:
        """Wait until the connection is over, or one side has ended it; whoever waits has said `listen` before."""

    def end(self, code: int, reason: str) -> None:
        """Put a close frame behind what waits, and abort if the peer has not taken it after a short while."""


class DirectProtocol(WebSocketsSansIOProtocol):
    """Offers itself, a `Wire`, as the ASGI extension `harvestry.direct`."""

    # Every connection holds these; most of the time they are nothing.
    _rest = b""
    _take: Callable[[bytes | str], None] | None = None
    _tell_clear: Callable[[], None] | None = None
    _reads = False
    _waits_its_turn = False
    _is_clear = True

    # ---- for the application: Wire ---------------------------------------------------------------------------------

    def write(self, frame: bytes) -> bool:
        # Whatever ends a connection either says so in `close_sent` or closes the transport.
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frame)
        return self._is_clear

    def when_clear(self, tell: Callable[[], None]) -> None:
        self._tell_clear = tell

    def listen(self, take: Callable[[bytes | str], None]) -> None:
        self._take = take
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for message in waiting:
            if message["type"] == "websocket.receive":
                data = message.get("bytes")
                take("" if data is None else data)
            else:
                self.queue.put_nowait(message)
        self.release()

    def hold(self) -> None:
        if not self.close_sent:
            self.read_paused = True
            self._read_or_not()

    def release(self) -> None:
        self.read_paused = False
        self._read_or_not()
        self._read()

    async def ended(self) -> None:
        # From the queue itself: a call that waits in another is half a kilobyte for as long as the connection lives.
        while (await self.queue.get())["type"] != "websocket.disconnect":
            pass

    def end(self, code: int, reason: str) -> None:
        if self.conn.state is OPEN and not self.transport.is_closing():
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.release()
        self._abort_later()

    # ---- reading ---------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            super().data_received(data)
            return
        self._rest = self._rest + data if self._rest else data
        self._read()

    def _read(self) -> None:
        """Take the frames that have arrived whole, for as long as nobody says to hold."""
        if self._reads or self._waits_its_turn:
            return
        self._reads = True
        try:
            self._rest = self._rest[self._read_frames(self._rest) :]
        finally:
            self._reads = False

    def _read_frames(self, data: bytes) -> int:
        """Read whole frames; returns where the first stands that is still to be read."""
        position, end = 0, len(data)
        left = _MOST_AT_ONCE
        while position + 2 <= end and not self.read_paused and not self.transport.is_closing():
            if not left:
                self._waits_its_turn = True
                self._read_or_not()
                self.loop.call_soon(self._take_turn)
                break
            left -= 1
            size = data[position + 1] - _MASKED
            if (
                data[position] == _WHOLE_BINARY
                and 0 <= size <= _TWO_BYTES
                and (take := self._take) is not None
                and self.conn.state is OPEN
                and self.conn.current_size is None
            ):
                # What nearly all messages are; everything else is for the library to judge.
                start = position + 6
                if size == _TWO_BYTES:
                    start, size = start + 2, int.from_bytes(data[position + 2 : position + 4], "big")
                if size <= _SHORT or size <= self.config.ws_max_size:
                    if start + size > end:
                        return position
                    position = start + size
                    take(apply_mask(data[start:position], data[start - 4 : start]))
                    continue
            stop = self._end_of_frame(data, position)
            if stop > end:
                break
            super().data_received(data[position:stop])
            position = stop
        return position

    def _end_of_frame(self, data: bytes, start: int) -> int:
        """Where the frame ends that begins at `start`; the end of the data if it need not be awaited, being wrong."""
        masked, size = data[start + 1] & _MASKED, data[start + 1] & ~_MASKED
        head = 6
        if size >= _TWO_BYTES:
            width = 2 if size == _TWO_BYTES else 8
            head += width
            if start + head > len(data):
                return len(data) + 1
            size = int.from_bytes(data[start + 2 : start + 2 + width], "big")
        if not masked or size > self.config.ws_max_size:
            return len(data)
        return start + head + size

    def _take_turn(self) -> None:
        self._waits_its_turn = False
        self._read_or_not()
        self._read()

    def _read_or_not(self) -> None:
        """Have the transport read what we would take, and no more."""
        if self.transport.is_closing():
            return
        if self.read_paused or self._waits_its_turn:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            # Text is refused whatever it says, so nobody need know whether it is UTF-8.
            self.frames = [b""]
        if self._take is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        self._take("" if self.curr_msg_data_type == "text" else data)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < _MOST_FRAGMENTS:
            super().handle_cont(event)
        elif not self.close_sent:
            self.frames = []
            self.end(CloseCode.TOO_BIG.value, f"a message in more than {_MOST_FRAGMENTS} fragments")

    def handle_ping(self) -> None:
        # Pings are read even while messages are not; a peer that reads no answers gets no more of them (RFC 6455
        # §5.5.3 lets pongs be left out).
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)

    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        self._read()
        return message

    # ---- the connection --------------------------------------------------------------------------------------------

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        # We are told at once when the network does not take everything, and what waits is ours to choose.
        self.transport.set_write_buffer_limits(high=0)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][_EXTENSION] = {"wire": self}

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            # Some kilobytes of headers, of which nobody asks again.
            self.scope["headers"] = []
            del self.request, self.response
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            # An answer instead of a WebSocket is an end as good as any; uvicorn would log it as a fault of ours.
            self.handshake_complete = True
        self._read()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._is_clear = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_clear = True
        if self._tell_clear is not None:
            self._tell_clear()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # Whoever goes before the answer goes by themselves.
        self.handshake_complete = True
        self._rest = b""
        self._take = self._tell_clear = None

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._abort_later()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._abort_later()

    def _abort_later(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_GRACE_S, self.transport.abort)


def wire_of(websocket: WebSocket) -> Wire | None:
    """The extension of this connection, if the server in front of us has it."""
    extension = websocket.scope.get("extensions", {}).get(_EXTENSION)
    return None if extension is None else cast(Wire, extension["wire"])
