"""What every target of the campaign has in common: counts, the frame at hand, and what went wrong with it."""

from __future__ import annotations

import mmap
import time
from collections import Counter
from pathlib import Path

__all__ = ["MAX_CPU_S", "Finding", "Watch"]

# One frame may not cost more processor time than this, whatever is in it.
MAX_CPU_S = 0.05
_SPOT_BYTES = 1 << 20


class Finding(Exception):
    """Something that must not be."""


class Watch:
    """Looks on while frames are tried.

    Args:
        spot: A file that holds the frame at hand, for a parent that has to end a child which hangs.

    Attributes:
        count: What happened, by name.
        slowest: The most processor time one frame took, in seconds.
        frame: The latest frame.
    """

    def __init__(self, spot: Path | None = None) -> None:
        self.count: Counter[str] = Counter()
        self.slowest = 0.0
        self.frame = b""
        self._spot: mmap.mmap | None = None
        if spot is not None:
            with spot.open("w+b") as file:
                file.truncate(_SPOT_BYTES)
                self._spot = mmap.mmap(file.fileno(), _SPOT_BYTES)

    def begin(self, frame: bytes) -> float:
        """A frame is about to be tried; returns when, for `end`."""
        self.frame = frame
        spot = self._spot
        if spot is not None:
            kept = frame[: _SPOT_BYTES - 4]
            spot[: 4 + len(kept)] = len(kept).to_bytes(4, "big") + kept
        return time.thread_time()

    def end(self, began: float) -> float:
        """The frame has been tried; returns the processor time it took, in seconds."""
        took = time.thread_time() - began
        if took > self.slowest:
            self.slowest = took
        return took

    @staticmethod
    def left_in(spot: Path) -> bytes:
        """The frame at hand when a child ended."""
        data = spot.read_bytes()
        return data[4 : 4 + int.from_bytes(data[:4], "big")]
