"""One WebSocket, whichever door it came through: messages in, one at a time; messages out, in order, through one
bounded outbox; and one end.

Behind our own server a connection is direct (`direct.py`); behind any other ASGI server it is plain (`plain.py`).
"""

from __future__ import annotations

import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeAlias

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.limits import Limits, Millis
from harvestry.core.outbox import Fanout, Outbox

from .clock import LoopClock, Timer
from .metrics import Metrics

__all__ = ["Connection", "Handler"]

Handler: TypeAlias = Callable[[bytes | str], None]

_log = logging.getLogger(__name__)

# How long a close waits behind messages the peer is slow to read.
_CLOSE_GRACE_MS = 5_000


class Connection(ABC):
    """An accepted WebSocket.

    Args:
        label: What log lines call it: the board and the door, never a name or a token.
    """

    def __init__(
        self, websocket: WebSocket, *, limits: Limits, clock: LoopClock, metrics: Metrics, label: dict[str, object]
    ) -> None:
        self._websocket = websocket
        self._clock = clock
        self._metrics = metrics
        self._outbox = Outbox(limits, metrics.tally)
        self._closing: tuple[CloseCode, str] | None = None
        self._close_timer: Timer | None = None
        self.label = label
        self._opened_at = clock.now()
        self._frames_in = self._bytes_in = self._frames_out = self._bytes_out = 0
        self._handle: Handler = lambda _: None
        self._caught_up: Callable[[], None] = lambda: None
        self._holds = 0
        self._notice: bytes | None = None
        self._is_behind = False

    # ---- for the room ----------------------------------------------------------------------------------------------

    @abstractmethod
    def offer(self, message: bytes | Fanout) -> None:
        """Send a message after what was offered before, unless the reader is too slow for its outbox."""

    def close(self, code: CloseCode, reason: str) -> None:
        """End the connection after what has been offered; the first reason stands."""
        if self._closing is None:
            self._closing = (code, reason)
            self._close_timer = self._clock.call_at(Millis(self._clock.now() + _CLOSE_GRACE_MS), self._eject)
            self._finish()

    def hold(self) -> None:
        """Handle no more messages, and read none, until `release` has been called as often."""
        self._holds += 1

    def release(self) -> None:
        """Undo one `hold`."""
        self._holds -= 1

    # ---- for the doors ---------------------------------------------------------------------------------------------

    def when_caught_up(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when a slow reader, spared presence, has read everything."""
        self._caught_up = tell

    def when_too_slow(self, notice: bytes) -> None:
        """Have a reader that is too slow told this in place of what waits, instead of letting it go at once."""
        self._notice = notice

    def begin_again(self) -> None:
        """A reader that was told of being too slow has heard it: it is sent messages again.

        Raises:
            PeerError: If it was not told.
        """
        if not self._is_behind:
            raise PeerError(CloseCode.MALFORMED, "sync from somebody who is not behind")
        self._is_behind = False

    async def receive(self) -> bytes | str:
        """The next message, before `run`.

        Raises:
            WebSocketDisconnect: If there is none.
        """
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data: bytes | str | None = message.get("bytes")
        if data is None:
            data = message.get("text") or ""
        self._count(data)
        return data

    @abstractmethod
    async def run(self, handle: Handler) -> None:
        """Read and write until either side ends the connection; `handle` gets every message, in order."""

    async def refuse(self, code: CloseCode, reason: str) -> None:
        """End a connection that never got as far as `run`."""
        self.close(code, reason)
        # It may be gone before we can say so, or never read it; the timer of `close` is for that.
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await self._last_words(code, reason)

    def opened(self) -> None:
        """Log that the connection is open."""
        self._metrics.opened(str(self.label["door"]))
        _log.info("connection opened", extra=self.label)

    def closed(self) -> None:
        """Log that it is not, and what passed through it."""
        if self._close_timer is not None:
            self._close_timer.cancel()
        code = self._closing[0].value if self._closing is not None else CloseCode.NORMAL.value
        self._metrics.closed(str(self.label["door"]), code)
        _log.info(
            "connection closed after %d ms, %d frames and %d bytes in, %d frames and %d bytes out",
            self._clock.now() - self._opened_at,
            self._frames_in,
            self._bytes_in,
            self._frames_out,
            self._bytes_out,
            extra={**self.label, "code": code},
        )

    # ---- inside ----------------------------------------------------------------------------------------------------

    @abstractmethod
    def _finish(self) -> None:
        """Say goodbye, now or when everything offered has been sent."""

    @abstractmethod
    def _eject(self) -> None:
        """End it now: the peer does not read."""

    @abstractmethod
    async def _last_words(self, code: CloseCode, reason: str) -> None:
        """See a connection off that is not running."""

    def _too_slow(self) -> None:
        """What was offered has no room; and nothing else will have, until the reader begins again."""
        if self._outbox.begin_again(self._clock.now()) and self._notice is not None:
            self._outbox.offer(self._notice)
            self._is_behind = True
            return
        self._outbox.clear()
        self._closing = (CloseCode.TRY_LATER, "too slow: come back and catch up")
        self._eject()

    def _take(self, message: bytes | str) -> None:
        """Handle a message; whatever is wrong with it, or with us, ends this connection and no other."""
        if self._closing is not None:
            return
        try:
            self._handle(message)
        except PeerError as error:
            self.close(error.code, error.reason)
        except Exception:  # noqa: BLE001 - hostile input is normal; a bug of ours ends one connection
            _log.exception("a fault of ours", extra=self.label)
            self.close(CloseCode.FAULT, "a fault of ours; please come back")

    def _count(self, message: bytes | str) -> None:
        self._frames_in += 1
        self._bytes_in += len(message)
        self._metrics.bytes_in += len(message)

    def _count_out(self, size: int) -> None:
        self._frames_out += 1
        self._bytes_out += size
        self._metrics.bytes_out += size
