"""The machine's clocks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from harvestry.core.limits import Millis
from harvestry.core.ports import Clock

__all__ = ["LoopClock", "SystemClock", "Timer"]


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None: ...


class LoopClock(Clock, Protocol):
    """A clock that also rings; the edge takes its time from one, so that a test can turn it."""

    def call_at(self, at: Millis, ring: Callable[[], object]) -> Timer:
        """Call `ring` in the loop at that time."""


class SystemClock:
    """The machine's clocks, read in the running loop."""

    def now(self) -> Millis:
        return Millis(int(time.monotonic() * 1_000))

    def wall(self) -> int:
        return int(time.time())

    def call_at(self, at: Millis, ring: Callable[[], object]) -> Timer:
        delay_ms = max(0, at - self.now())
        return asyncio.get_running_loop().call_later(delay_ms / 1_000, ring)
