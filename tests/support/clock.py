"""A clock that stands still until a test turns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harvestry.core.limits import Millis

__all__ = ["ManualClock"]


@dataclass
class _Alarm:
    at: Millis
    ring: Callable[[], object]
    is_set: bool = True

    def cancel(self) -> None:
        self.is_set = False


class ManualClock:
    """Time as the test has it; alarms ring in order while it turns."""

    def __init__(self) -> None:
        self._now = Millis(1_000_000)
        self._alarms: list[_Alarm] = []

    def now(self) -> Millis:
        return self._now

    def wall(self) -> int:
        return 1_800_000_000 + self._now // 1_000

    def call_at(self, at: Millis, ring: Callable[[], object]) -> _Alarm:
        alarm = _Alarm(at, ring)
        self._alarms.append(alarm)
        return alarm

    def turn(self, ms: int) -> None:
        """Let time pass; what an alarm sets for within that time rings too."""
        end = Millis(self._now + ms)
        while due := [alarm for alarm in self._alarms if alarm.is_set and alarm.at <= end]:
            first = min(due, key=lambda alarm: alarm.at)
            self._now = Millis(max(self._now, first.at))
            first.cancel()
            first.ring()
        self._alarms = [alarm for alarm in self._alarms if alarm.is_set]
        self._now = end
