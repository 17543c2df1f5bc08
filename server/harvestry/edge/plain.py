"""A connection behind any ASGI server: a task that reads, a task that writes, and the outbox between."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from harvestry.core.errors import CloseCode
from harvestry.core.limits import Limits
from harvestry.core.outbox import Fanout

from .clock import LoopClock
from .connection import Connection, Handler
from .metrics import Metrics

__all__ = ["PlainConnection"]


class PlainConnection(Connection):
    """A connection by the words of ASGI alone.

    It cannot end a peer that does not read: its tasks end, and the rest is the server's.
    """

    def __init__(
        self, websocket: WebSocket, *, limits: Limits, clock: LoopClock, metrics: Metrics, label: dict[str, object]
    ) -> None:
        super().__init__(websocket, limits=limits, clock=clock, metrics=metrics, label=label)
        self._something = asyncio.Event()
        self._reads = asyncio.Event()
        self._reads.set()
        self._tasks: list[asyncio.Task[None]] = []

    def offer(self, message: bytes | Fanout) -> None:
        if self._closing is not None or self._is_behind:
            return
        if self._outbox.offer(message):
            self._something.set()
        else:
            self._too_slow()

    def hold(self) -> None:
        super().hold()
        self._reads.clear()

    def release(self) -> None:
        super().release()
        if not self._holds:
            self._reads.set()

    async def run(self, handle: Handler) -> None:
        self._handle = handle
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            reader = group.create_task(self._read())
            self._tasks = [writer, reader]
            writer.add_done_callback(lambda _: reader.cancel())
            reader.add_done_callback(lambda _: writer.cancel())

    async def _read(self) -> None:
        try:
            while True:
                await self._reads.wait()
                self._take(await self.receive())
        except WebSocketDisconnect:
            return

    async def _write(self) -> None:
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                while (message := self._outbox.peek()) is not None:
                    await self._websocket.send_bytes(message)
                    self._outbox.done()
                    self._count_out(len(message))
                if self._closing is not None:
                    code, reason = self._closing
                    await self._websocket.close(code.value, reason)
                    return
                if self._outbox.caught_up():
                    self._caught_up()
        except WebSocketDisconnect:
            return

    def _finish(self) -> None:
        self._something.set()

    def _eject(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _last_words(self, code: CloseCode, reason: str) -> None:
        await self._websocket.close(code.value, reason)
