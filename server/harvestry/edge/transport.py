"""uvicorn's WebSocket protocol, with what a public door needs added: a connection can be ended without waiting for its
reader, and nothing a peer sends outside of whole messages adds up in memory.

ASGI has no word for the first. A close message waits until the peer has read what was sent before; a peer that never
reads would hold its socket, and what waits in it, for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from harvestry.core.errors import CloseCode

__all__ = ["EjectableProtocol", "ejector"]

_EXTENSION = "harvestry.eject"
# How long a peer that was told of its end has to read it.
_GRACE_S = 5.0
# Empty fragments count nothing towards the size of a message, and could be sent for ever.
_MOST_FRAGMENTS = 1_024


class EjectableProtocol(WebSocketsSansIOProtocol):
    """Offers `harvestry.eject(code, reason)` as an ASGI extension."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][_EXTENSION] = {"eject": self.eject}

    def eject(self, code: int, reason: str) -> None:
        """Put a close frame behind what waits, and abort if the peer has not taken it after a short while."""
        if not self.close_sent and not self.transport.is_closing():
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            if self.read_paused:
                self.read_paused = False
                self.transport.resume_reading()
        self._abort_later()

    def handle_ping(self) -> None:
        # Pings are read even while messages are not; a peer that reads no answers gets no more of them (RFC 6455
        # §5.5.3 lets pongs be left out).
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < _MOST_FRAGMENTS:
            super().handle_cont(event)
        elif not self.close_sent:
            self.frames = []
            self.eject(CloseCode.TOO_BIG.value, f"a message in more than {_MOST_FRAGMENTS} fragments")

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            # Text is refused whatever it says, so nobody need know whether it is UTF-8.
            self.frames = [b""]
        super().send_receive_event_to_app()

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


def ejector(websocket: WebSocket) -> Callable[[CloseCode, str], None] | None:
    """The extension of this connection, if the server in front of us has it."""
    extension = websocket.scope.get("extensions", {}).get(_EXTENSION)
    if extension is None:
        return None
    eject: Callable[[int, str], None] = extension["eject"]
    return lambda code, reason: eject(code.value, reason)
