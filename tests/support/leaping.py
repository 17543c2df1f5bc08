"""A real server in the test's own loop, on a clock that leaps: minutes pass at once, and what was due rings.

Between leaps the clock runs as the machine's does, so that ticks, commits and sockets go on as they would.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from harvestry.app import address_of, listen, running
from harvestry.config import Settings
from harvestry.core.access import Role
from harvestry.core.limits import Millis
from harvestry.edge.clock import SystemClock
from harvestry.edge.gatherings import open_archive
from harvestry.edge.transport import DirectProtocol

__all__ = ["LeapingClock", "LeapingServer"]


@dataclass(eq=False)
class _Alarm:
    clock: LeapingClock
    at: Millis
    ring: Callable[[], object]
    handle: asyncio.TimerHandle | None = None

    def set(self) -> None:
        delay = max(0, self.at - self.clock.now()) / 1_000
        self.handle = asyncio.get_running_loop().call_later(delay, self._rings)

    def cancel(self) -> None:
        self.clock.alarms.discard(self)
        if self.handle is not None:
            self.handle.cancel()

    def _rings(self) -> None:
        self.clock.alarms.discard(self)
        self.ring()


class LeapingClock:
    """The machine's clock, ahead of it by as much as it has leapt.

    Attributes:
        alarms: What has been set and has not rung.
    """

    def __init__(self) -> None:
        self._machine = SystemClock()
        self._ahead = 0
        self.alarms: set[_Alarm] = set()

    def now(self) -> Millis:
        return Millis(self._machine.now() + self._ahead)

    def wall(self) -> int:
        return self._machine.wall() + self._ahead // 1_000

    def call_at(self, at: Millis, ring: Callable[[], object]) -> _Alarm:
        alarm = _Alarm(self, at, ring)
        self.alarms.add(alarm)
        alarm.set()
        return alarm

    def leap(self, seconds: float) -> None:
        """So much time has passed; what became due rings as soon as the loop comes to it."""
        self._ahead += int(seconds * 1_000)
        for alarm in tuple(self.alarms):
            if alarm.handle is not None:
                alarm.handle.cancel()
            alarm.set()


class LeapingServer:
    """The whole application behind a socket, as `harvestry serve` runs it, but for its clock.

    Attributes:
        url: Where it is, while it runs; the port stays the same when it starts again.
    """

    def __init__(self, data: Path) -> None:
        self.clock = LeapingClock()
        self.data = data
        self.url = ""
        self._port = 0

    async def make(self, title: str) -> tuple[str, dict[Role, str]]:
        """A new board and a link token for each role."""
        async with open_archive(self.data, Settings(data=self.data).database) as archive:
            made = await archive.create(title)
        return made.board, dict(made.tokens)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """The server, until the block ends."""
        listener = listen("127.0.0.1", self._port)
        self.url = address_of(listener)
        self._port = listener.getsockname()[1]
        async with running(Settings(data=self.data), clock=self.clock) as app:
            server = _Server(
                uvicorn.Config(
                    app.public,
                    # Ours are plain functions that return a coroutine, in which uvicorn does not recognise ASGI 3.
                    interface="asgi3",
                    lifespan="off",
                    ws=DirectProtocol,
                    log_config=None,
                    timeout_graceful_shutdown=2,
                )
            )
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                await server.ready.wait()
                yield
            finally:
                server.should_exit = True
                await task


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready; signals are the test runner's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
