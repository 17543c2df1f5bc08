"""Awareness towards the stock door: when it leaves, and to whom.

Changes leave at most every 50 ms. Providers take a connection for dead that is silent for half a minute, so everything
is told again under new clocks often enough for that. Nobody is sent their own state.
"""

from __future__ import annotations

from collections.abc import Sequence

from .awareness import Awareness
from .events import Deliver, Send
from .limits import Millis
from .outbox import Fanout
from .presence import Door, Member, Roster
from .yprotocol import AwarenessEntry, encode_awareness

__all__ = ["Airing"]

# Providers take awareness clocks for 32-bit numbers; at twenty a second, counted from 2026, they last until 2032.
_INTERVAL = Millis(50)
_EPOCH = 1_767_225_600


class Airing:
    """The awareness of one room, on its way to stock clients.

    Args:
        heartbeat_ms: The longest silence towards them.
        wall: Unix time in seconds at `now`.

    Attributes:
        awareness: The states themselves.
    """

    def __init__(self, roster: Roster, *, heartbeat_ms: int, now: Millis, wall: int) -> None:
        # A machine without a clock of its own may begin in 1970, until the network tells it better.
        born = max(0, wall - _EPOCH) * 1_000 - now
        self.awareness = Awareness(lambda at: (born + at) // _INTERVAL)
        self._roster = roster
        self._heartbeat_ms = heartbeat_ms
        self._next = now
        self._next_heartbeat: Millis | None = None

    def due(self, now: Millis) -> Sequence[Send | Deliver]:
        """What is to leave now; it counts as told."""
        if not self._roster.audience(Door.STOCK):
            self._next_heartbeat = None
            return ()
        effects: list[Send | Deliver] = []
        if self._next_heartbeat is None or now >= self._next_heartbeat:
            if self._next_heartbeat is not None:
                effects += self._spread(self.awareness.everything(now))
            self._next_heartbeat = Millis(now + self._heartbeat_ms)
        if self.awareness.restless and now >= self._next:
            self._next = Millis(now + _INTERVAL)
            if changes := self.awareness.changes(now):
                effects += self._spread(changes)
        return effects

    @property
    def wakes_at(self) -> Millis | None:
        """When something will be due, if nothing happens before; None if nothing will."""
        heartbeat = self._next_heartbeat
        if heartbeat is not None and self.awareness.restless:
            return min(heartbeat, self._next)
        return heartbeat

    def everything(self, member: Member, now: Millis) -> Send:
        """All states but their own, for one stock client."""
        others = [entry for entry in self.awareness.everything(now) if entry.client != member.awareness]
        return Send(member.conn, encode_awareness(others))

    def _spread(self, entries: list[AwarenessEntry]) -> list[Send | Deliver]:
        named = {entry.client for entry in entries}
        effects: list[Send | Deliver] = []
        shared = []
        for conn in self._roster.audience(Door.STOCK):
            member = self._roster.get(conn)
            if member is not None and member.awareness in named:
                others = [entry for entry in entries if entry.client != member.awareness]
                effects.append(Send(conn, encode_awareness(others)))
            else:
                shared.append(conn)
        if shared:
            frame = encode_awareness(entries)
            effects.append(Deliver(tuple(shared), Fanout(frame, lambda: frame)))
        return effects
