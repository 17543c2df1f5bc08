"""How often one connection, and one person on several, may edit and be seen to move.

Nothing is lost over it. Whoever edits too fast is read more slowly; of presence that comes too fast the latest is kept.
"""

from __future__ import annotations

from collections import OrderedDict

from .access import Holder, Identity
from .limits import Limits, Millis
from .protocol import ConnId

__all__ = ["Bucket", "Buckets", "Rates"]

_AT_ONCE = Millis(0)
_MOST_KNOWN = 4_096


class Bucket:
    """Tokens that come at a steady rate, up to a number, and go one by one.

    Args:
        rate: Tokens a second.
        burst: How many there may be, and how many there are at first.
    """

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: Millis) -> None:
        self._rate = rate / 1_000
        self._burst = burst
        self._tokens = burst
        self._at = now

    def spend(self, now: Millis, tokens: int = 1) -> Millis:
        """Take tokens, on credit if there are too few; how long until the credit is paid back."""
        # Asked twice for each edit, and therefore in one piece.
        left = self._tokens + (now - self._at) * self._rate
        if left > self._burst:
            left = self._burst
        left -= tokens
        self._tokens, self._at = left, now
        return _AT_ONCE if left >= 0 else self._until(0)

    def take(self, now: Millis) -> Millis:
        """Take a token if there is one; else how long until there is."""
        if now != self._at:
            self._refill(now)
        if self._tokens < 1:
            return self._until(1)
        self._tokens -= 1
        return Millis(0)

    def give_back(self) -> None:
        """Undo one `take`."""
        self._tokens = min(self._burst, self._tokens + 1)

    def is_full(self, now: Millis) -> bool:
        """Whether it is as a new one is."""
        self._refill(now)
        return self._tokens >= self._burst

    def _refill(self, now: Millis) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now

    def _until(self, tokens: float) -> Millis:
        missing = tokens - self._tokens
        return Millis(0) if missing <= 0 else Millis(int(missing / self._rate) + 1)


class Buckets:
    """One bucket each for many, of whom those heard of last are known.

    Args:
        rate: Tokens a second of each.
        burst: How many each has at most, and at first.
        forgets_spent: Whether a bucket may be forgotten before it is full again, as it has to be where anybody can come
            by any number of names. Where it may not, all are known that are not full.
    """

    def __init__(self, rate: float, burst: float, *, forgets_spent: bool = True) -> None:
        self._rate = rate
        self._burst = burst
        self._forgets_spent = forgets_spent
        self._most = _MOST_KNOWN
        # Whoever was heard of last is last.
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """How many are known."""
        return len(self._of)

    def of(self, who: str, now: Millis) -> Bucket:
        """Somebody's bucket; a full one if they are new, or were forgotten."""
        bucket = self._of.pop(who, None) or Bucket(self._rate, self._burst, now)
        self._of[who] = bucket
        if len(self._of) > self._most:
            if self._forgets_spent:
                self._of.popitem(last=False)
            else:
                self._of = OrderedDict((name, one) for name, one in self._of.items() if not one.is_full(now))
                self._of[who] = bucket
                self._most = max(_MOST_KNOWN, 2 * len(self._of))
        return bucket


class Rates:
    """The buckets of one room."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # The connection's own, and the one of its seat.
        self._edits: dict[ConnId, tuple[Bucket, Bucket | None]] = {}
        self._moves: dict[ConnId, Bucket] = {}
        # As many as there are seats; kept, so that coming back does not fill them.
        self._seats: dict[Holder, Bucket] = {}

    def joined(self, conn: ConnId, identity: Identity, now: Millis) -> None:
        """A connection is here. Stock clients that came by one link are not one person, and share nothing."""
        limits = self._limits
        shared = None
        if identity.seat is not None:
            fresh = Bucket(limits.max_edit_rate, limits.max_edit_burst, now)
            shared = self._seats.setdefault(identity.holder, fresh)
        self._edits[conn] = Bucket(limits.max_edit_rate, limits.max_edit_burst, now), shared
        self._moves[conn] = Bucket(limits.max_presence_rate, limits.max_presence_rate, now)

    def left(self, conn: ConnId) -> None:
        """A connection is gone."""
        self._edits.pop(conn, None)
        self._moves.pop(conn, None)

    def edited(self, conn: ConnId, now: Millis, *, worth: int = 1) -> Millis:
        """An edit came, or one that is worth several; how long to wait before the connection is read again."""
        own, shared = self._edits[conn]
        delay = own.spend(now, worth)
        return delay if shared is None else max(delay, shared.spend(now, worth))

    def moved(self, conn: ConnId, now: Millis) -> Millis:
        """Presence came; how long it has to wait, and then ask again."""
        return self._moves[conn].take(now)
