"""A connection behind our own server: what is offered is written at once, what arrives is handled where it is read.

Nothing of ours runs for it while nothing happens; one task waits for its end.
"""

from __future__ import annotations

from starlette.websockets import WebSocket

from harvestry.core.errors import CloseCode
from harvestry.core.framing import framed
from harvestry.core.limits import Limits
from harvestry.core.outbox import Fanout

from .clock import LoopClock
from .connection import Connection, Handler
from .metrics import Metrics
from .transport import Wire

__all__ = ["DirectConnection"]


class DirectConnection(Connection):
    """A connection whose server lets us at the transport."""

    def __init__(
        self,
        websocket: WebSocket,
        wire: Wire,
        *,
        limits: Limits,
        clock: LoopClock,
        metrics: Metrics,
        label: dict[str, object],
    ) -> None:
        super().__init__(websocket, limits=limits, clock=clock, metrics=metrics, label=label)
        self._wire = wire
        wire.when_clear(self._sent)

    def offer(self, message: bytes | Fanout) -> None:
        if self._closing is not None or self._is_behind:
            return
        if self._outbox.is_empty:
            if isinstance(message, Fanout):
                has_gone = self._write(message.framed, len(message.full))
            else:
                has_gone = self._write(framed(message), len(message))
            if has_gone:
                return
            # It is on its way, and everything else waits behind it.
        if not self._outbox.offer(message):
            self._too_slow()

    def hold(self) -> None:
        super().hold()
        if self._holds == 1:
            self._wire.hold()

    def release(self) -> None:
        super().release()
        if not self._holds:
            self._wire.release()

    async def run(self, handle: Handler) -> None:
        self._handle = handle
        self._wire.listen(self._heard)
        await self._wire.ended()

    def _heard(self, message: bytes | str) -> None:
        self._count(message)
        self._take(message)

    def _write(self, frame: bytes, size: int) -> bool:
        self._count_out(size)
        return self._wire.write(frame)

    def _sent(self) -> None:
        """All that was written has gone to the network: write on."""
        if not self._outbox.is_empty:
            self._outbox.done()
        while (message := self._outbox.peek()) is not None:
            if not self._write(framed(message), len(message)):
                return
            self._outbox.done()
        if self._closing is not None:
            self._finish()
        elif self._outbox.caught_up():
            self._caught_up()

    def _finish(self) -> None:
        if self._outbox.is_empty:
            self._eject()

    def _eject(self) -> None:
        if self._closing is not None:
            code, reason = self._closing
            self._wire.end(code.value, reason)

    async def _last_words(self, code: CloseCode, reason: str) -> None:
        pass  # They have been said.
