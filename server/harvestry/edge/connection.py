"""One WebSocket, whichever door it came through: one reader, one writer, one bounded outbox between."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.limits import Limits, Millis
from harvestry.core.outbox import Fanout, Outbox

from .clock import LoopClock, Timer
from .metrics import Metrics
from .transport import ejector

__all__ = ["Connection"]

_log = logging.getLogger(__name__)

# How long a close waits behind frames the peer is slow to read.
_CLOSE_GRACE_MS = 5_000


class Connection:
    """An accepted WebSocket.

    Args:
        label: What log lines call it: the board and the door, never a name or a token.
    """

    def __init__(
        self,
        websocket: WebSocket,
        *,
        limits: Limits,
        clock: LoopClock,
        metrics: Metrics,
        label: dict[str, object],
    ) -> None:
        self._websocket = websocket
        self._clock = clock
        self._metrics = metrics
        self._outbox = Outbox(limits, metrics.tally)
        self._something = asyncio.Event()
        self._closing: tuple[CloseCode, str] | None = None
        self._close_timer: Timer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.label = label
        self._opened_at = clock.now()
        self._frames_in = self._bytes_in = self._frames_out = self._bytes_out = 0
        self._caught_up: Callable[[], None] = lambda: None

    # ---- for the room ----------------------------------------------------------------------------------------------

    def offer(self, frame: bytes | Fanout) -> None:
        """Queue a frame; a reader who is too slow for its outbox is disconnected."""
        if self._closing is not None:
            return
        if self._outbox.offer(frame):
            self._something.set()
        else:
            self._outbox.clear()
            self._closing = (CloseCode.TRY_LATER, "too slow: come back and catch up")
            self._eject()

    def close(self, code: CloseCode, reason: str) -> None:
        """End the connection after what has been queued; the first reason stands."""
        if self._closing is None:
            self._closing = (code, reason)
            self._something.set()
            self._close_timer = self._clock.call_at(Millis(self._clock.now() + _CLOSE_GRACE_MS), self._eject)

    # ---- for the doors ---------------------------------------------------------------------------------------------

    def when_caught_up(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when a slow reader, spared presence, has read everything."""
        self._caught_up = tell

    async def receive(self) -> bytes | str:
        """The next WebSocket message.

        Raises:
            WebSocketDisconnect: If there is none.
        """
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data: bytes | str | None = message.get("bytes")
        if data is None:
            data = message.get("text") or ""
        self._frames_in += 1
        self._bytes_in += len(data)
        self._metrics.bytes_in += len(data)
        return data

    async def run(self, handle: Callable[[bytes | str], Awaitable[None]]) -> None:
        """Read and write until either side ends the connection; `handle` gets every message, in order."""
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            reader = group.create_task(self._read(handle))
            self._tasks = [writer, reader]
            writer.add_done_callback(lambda _: reader.cancel())
            reader.add_done_callback(lambda _: writer.cancel())

    async def refuse(self, code: CloseCode, reason: str) -> None:
        """End a connection that never got as far as `run`."""
        self.close(code, reason)
        # It may be gone before we can say so, or never read it; the timer of `close` is for that.
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await self._websocket.close(code.value, reason)

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

    # ---- the two tasks ---------------------------------------------------------------------------------------------

    async def _read(self, handle: Callable[[bytes | str], Awaitable[None]]) -> None:
        while True:
            try:
                frame = await self.receive()
                if self._closing is None:
                    await handle(frame)
            except WebSocketDisconnect:
                return
            except PeerError as error:
                self.close(error.code, error.reason)
            except Exception:  # noqa: BLE001 - hostile input is normal; a bug of ours ends one connection
                _log.exception("a fault of ours", extra=self.label)
                self.close(CloseCode.FAULT, "a fault of ours; please come back")

    async def _write(self) -> None:
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                while (frame := self._outbox.peek()) is not None:
                    await self._websocket.send_bytes(frame)
                    self._outbox.done()
                    self._frames_out += 1
                    self._bytes_out += len(frame)
                    self._metrics.bytes_out += len(frame)
                if self._closing is not None:
                    code, reason = self._closing
                    await self._websocket.close(code.value, reason)
                    return
                if self._outbox.caught_up():
                    self._caught_up()
        except WebSocketDisconnect:
            return

    def _eject(self) -> None:
        """End it now: the peer does not read."""
        if self._closing is not None and (eject := ejector(self._websocket)) is not None:
            eject(*self._closing)
        for task in self._tasks:
            task.cancel()
