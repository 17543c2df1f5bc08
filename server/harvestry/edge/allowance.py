"""How often each of many may ask for something that costs the server much."""

from __future__ import annotations

from harvestry.core.limits import Millis
from harvestry.core.rates import Buckets

from .codes import TooOften

__all__ = ["Allowance"]


class Allowance:
    """A bucket for each, and no answer for whoever has emptied theirs.

    Args:
        each_second: How often each of them may ask, on the whole.
        at_once: How often at once.
    """

    def __init__(self, *, each_second: float, at_once: int) -> None:
        self._buckets = Buckets(each_second, at_once)

    def take(self, who: str, now: Millis) -> None:
        """Let somebody ask once.

        Raises:
            TooOften: If they have asked too often.
        """
        if wait_ms := self._buckets.of(who, now).take(now):
            raise TooOften(wait_ms // 1_000 + 1, "This was asked too often. Wait a moment.")
