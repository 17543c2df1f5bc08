"""uvicorn's WebSocket protocol, with two things added: ends that reach their peer, and ends that do not wait for it.

ASGI has no word for the second. A close message waits until the peer has read what was sent before; a peer that never
reads would hold its socket, and what waits in it, for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from harvestry.core.errors import CloseCode

__all__ = ["EjectableProtocol", "ejector"]

_EXTENSION = "harvestry.eject"
# How long a peer that was told of its end has to read it.
_GRACE_S = 5.0


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
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_GRACE_S, self.transport.abort)

    def handle_parser_exception(self) -> None:
        """Say why, and then swallow what is still on its way, for a while.

        Closing at once would answer bytes that nobody has read with a reset, and a reset may overtake the close frame:
        whoever sent a frame that is too large would never learn it.
        """
        if self.close_sent:
            return
        said = self.conn.close_sent
        if said is not None:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": said.code, "reason": said.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.write_eof()
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(_GRACE_S, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.close_timer = self.loop.call_later(_GRACE_S, self.transport.abort)


def ejector(websocket: WebSocket) -> Callable[[CloseCode, str], None] | None:
    """The extension of this connection, if the server in front of us has it."""
    extension = websocket.scope.get("extensions", {}).get(_EXTENSION)
    if extension is None:
        return None
    eject: Callable[[int, str], None] = extension["eject"]
    return lambda code, reason: eject(code.value, reason)
