"""What waits for one reader, bounded.

A reader that falls behind first loses presence, which the next tick replaces anyway; then everything that waits for it,
and begins again by state vector; and at last the connection. Single updates, receipts and events are never left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from .framing import framed
from .limits import Limits, Millis
from .tally import Tally

__all__ = ["Fanout", "Outbox"]

# A reader may begin again twice in so long a time; the third time it is let go.
_BEGINNINGS, _WITHIN_MS = 2, 60_000


class Fanout:
    """One message for many readers, encoded once; `lean` is the same without presence, made when first asked for.

    Attributes:
        full: The message for readers who keep up.
        framed: The same as one WebSocket frame; everybody is written the very same object.
    """

    __slots__ = ("_lean", "_make_lean", "framed", "full")

    def __init__(self, full: bytes, lean: Callable[[], bytes | None]) -> None:
        self.full = full
        self._make_lean = lean
        self._lean: bytes | bool | None = False
        self.framed = framed(full)

    @property
    def lean(self) -> bytes | None:
        """The message for readers who fall behind; None if it held presence alone."""
        if isinstance(self._lean, bool):
            self._lean = self._make_lean()
        return self._lean


class Outbox:
    """The messages that wait for one reader, oldest first.

    The oldest is on its way, and does not count: a board of any size can be joined while others are busy on it.
    """

    __slots__ = ("_begun", "_bytes", "_limits", "_messages", "_tally", "missed_presence")

    def __init__(self, limits: Limits, tally: Tally) -> None:
        self._limits = limits
        self._tally = tally
        self._messages: deque[bytes] | None = None
        self._bytes = 0
        self._begun: tuple[Millis, ...] = ()
        self.missed_presence = False

    @property
    def queued_bytes(self) -> int:
        """How much waits behind the message that is on its way."""
        return self._bytes

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on its way."""
        return not self._messages

    def offer(self, message: bytes | Fanout) -> bool:
        """Queue a message.

        Returns:
            False if the reader is too slow: nothing was queued.
        """
        if isinstance(message, Fanout):
            if self._bytes > self._limits.presence_outbox_bytes:
                lean = message.lean
                if lean is not message.full:
                    self.missed_presence = True
                    self._tally.presence_dropped += 1
                if lean is None:
                    return True
                message = lean
            else:
                message = message.full
        if self._messages:
            if self._bytes + len(message) > self._limits.max_outbox_bytes:
                self._tally.queues_dropped += 1
                return False
            self._bytes += len(message)
            self._messages.append(message)
        else:
            # Most readers never let anything wait, and an empty queue is larger than all else in here.
            self._messages = deque((message,))
        return True

    def peek(self) -> bytes | None:
        """The message that is on its way, until `done`."""
        return self._messages[0] if self._messages else None

    def done(self) -> None:
        """The oldest message has been handed to the network.

        Raises:
            IndexError: If none was on its way (a bug in the caller).
        """
        if not self._messages:
            raise IndexError("nothing was on its way")
        self._messages.popleft()
        if self._messages:
            self._bytes -= len(self._messages[0])
        else:
            self._messages = None

    def clear(self) -> None:
        """Forget everything that waits."""
        self._messages = None
        self._bytes = 0

    def begin_again(self, now: Millis) -> bool:
        """Forget everything but what is on its way; False if this reader has had to too often."""
        self._begun = (*(at for at in self._begun if now - at < _WITHIN_MS), now)
        on_its_way = self.peek()
        self.clear()
        if on_its_way is not None:
            self._messages = deque((on_its_way,))
        self.missed_presence = False
        return len(self._begun) <= _BEGINNINGS

    def caught_up(self) -> bool:
        """Whether presence was left out and nothing waits any more; asking resets it."""
        if self.missed_presence and not self._messages:
            self.missed_presence = False
            return True
        return False
