"""What waits for one reader, bounded.

A reader that falls behind first loses presence, which the next tick replaces anyway; then it loses the connection, and
comes back by state vector. Updates, receipts and events are never left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from .limits import Limits
from .tally import Tally

__all__ = ["Fanout", "Outbox"]


class Fanout:
    """One frame for many readers, encoded once; `lean` is the same without presence, made when first asked for.

    Attributes:
        full: The frame for readers who keep up.
    """

    __slots__ = ("_lean", "_make_lean", "full")

    def __init__(self, full: bytes, lean: Callable[[], bytes | None]) -> None:
        self.full = full
        self._make_lean = lean
        self._lean: bytes | bool | None = False

    @property
    def lean(self) -> bytes | None:
        """The frame for readers who fall behind; None if it held presence alone."""
        if isinstance(self._lean, bool):
            self._lean = self._make_lean()
        return self._lean


class Outbox:
    """The frames that wait for one reader, oldest first.

    The oldest is on its way, and does not count: a board of any size can be joined while others are busy on it.
    """

    __slots__ = ("_bytes", "_frames", "_limits", "_tally", "missed_presence")

    def __init__(self, limits: Limits, tally: Tally) -> None:
        self._limits = limits
        self._tally = tally
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self.missed_presence = False

    @property
    def queued_bytes(self) -> int:
        """How much waits behind the frame that is on its way."""
        return self._bytes

    def offer(self, frame: bytes | Fanout) -> bool:
        """Queue a frame.

        Returns:
            False if the reader is too slow: nothing was queued, and the connection is to be closed.
        """
        if isinstance(frame, Fanout):
            if self._bytes > self._limits.presence_outbox_bytes:
                lean = frame.lean
                if lean is not frame.full:
                    self.missed_presence = True
                    self._tally.presence_dropped += 1
                if lean is None:
                    return True
                frame = lean
            else:
                frame = frame.full
        if self._frames:
            if self._bytes + len(frame) > self._limits.max_outbox_bytes:
                self._tally.queues_dropped += 1
                return False
            self._bytes += len(frame)
        self._frames.append(frame)
        return True

    def peek(self) -> bytes | None:
        """The frame that is on its way, until `done`."""
        return self._frames[0] if self._frames else None

    def done(self) -> None:
        """The oldest frame has been handed to the network."""
        self._frames.popleft()
        if self._frames:
            self._bytes -= len(self._frames[0])

    def clear(self) -> None:
        """Forget everything that waits."""
        self._frames.clear()
        self._bytes = 0

    def caught_up(self) -> bool:
        """Whether presence was left out and nothing waits any more; asking resets it."""
        if self.missed_presence and not self._frames:
            self.missed_presence = False
            return True
        return False
