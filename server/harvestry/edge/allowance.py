"""How often each of many may ask for something that costs the server much."""

from __future__ import annotations

from collections import OrderedDict

from harvestry.core.limits import Millis
from harvestry.core.rates import Bucket

from .codes import TooOften

__all__ = ["Allowance"]

_MOST_KNOWN = 4_096


class Allowance:
    """Buckets for those who were heard of last.

    Args:
        each_second: How often each of them may ask, on the whole.
        at_once: How often at once.
    """

    def __init__(self, *, each_second: float, at_once: int) -> None:
        self._each_second = each_second
        self._at_once = at_once
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, who: str, now: Millis) -> None:
        """Let somebody ask once.

        Raises:
            TooOften: If they have asked too often.
        """
        bucket = self._of.pop(who, None) or Bucket(self._each_second, self._at_once, now)
        self._of[who] = bucket
        if len(self._of) > _MOST_KNOWN:
            self._of.popitem(last=False)
        if wait_ms := bucket.take(now):
            raise TooOften(wait_ms // 1_000 + 1, "This was asked too often. Wait a moment.")
