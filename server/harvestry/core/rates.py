"""How often one connection, and one person on several, may edit and be seen to move.

Nothing is lost over it. Whoever edits too fast is read more slowly; of presence that comes too fast the latest is kept.
"""

from __future__ import annotations

from .access import Holder, Identity
from .limits import Limits, Millis
from .protocol import ConnId

__all__ = ["Bucket", "Rates"]


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
        self._refill(now)
        self._tokens -= tokens
        return self._until(0)

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

    def _refill(self, now: Millis) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now

    def _until(self, tokens: float) -> Millis:
        missing = tokens - self._tokens
        return Millis(0) if missing <= 0 else Millis(int(missing / self._rate) + 1)


class Rates:
    """The buckets of one room."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._edits: dict[ConnId, Bucket] = {}
        self._moves: dict[ConnId, Bucket] = {}
        # As many as there are seats; kept, so that coming back does not fill them.
        self._seats: dict[Holder, Bucket] = {}

    def joined(self, conn: ConnId, identity: Identity, now: Millis) -> None:
        """A connection is here. Stock clients that came by one link are not one person, and share nothing."""
        limits = self._limits
        self._edits[conn] = Bucket(limits.max_edit_rate, limits.max_edit_burst, now)
        self._moves[conn] = Bucket(limits.max_presence_rate, limits.max_presence_rate, now)
        if identity.seat is not None:
            self._seats.setdefault(identity.holder, Bucket(limits.max_edit_rate, limits.max_edit_burst, now))

    def left(self, conn: ConnId) -> None:
        """A connection is gone."""
        self._edits.pop(conn, None)
        self._moves.pop(conn, None)

    def edited(self, conn: ConnId, identity: Identity, now: Millis, *, worth: int = 1) -> Millis:
        """An edit came, or one that is worth several; how long to wait before the connection is read again."""
        delay = self._edits[conn].spend(now, worth)
        shared = self._seats.get(identity.holder)
        return delay if shared is None else max(delay, shared.spend(now, worth))

    def moved(self, conn: ConnId, now: Millis) -> Millis:
        """Presence came; how long it has to wait, and then ask again."""
        return self._moves[conn].take(now)
