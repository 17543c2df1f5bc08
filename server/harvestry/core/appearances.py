"""How people appear to others: what they say of themselves, no faster than they may, and as much as may be shown.

It leaves with the ticks at the native door (`presence.py`), and as awareness at the stock one (`airing.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeAlias

from . import events, yprotocol
from .access import Role, SeatId
from .airing import Airing
from .awareness import native_client
from .effects import Effects
from .limits import Limits, Millis
from .loaded import LoadedBoard
from .presence import Door, Member, Roster
from .protocol import ConnId, clean_name
from .rates import Rates
from .showing import Showing

__all__ = ["Appearances"]

_Said: TypeAlias = events.PresenceReceived | events.AwarenessReceived


class Appearances:
    """The appearances of everybody in one room.

    Args:
        wall: Unix time in seconds at `now`.
    """

    def __init__(
        self,
        out: Effects,
        loaded: LoadedBoard,
        roster: Roster,
        rates: Rates,
        *,
        limits: Limits,
        now: Millis,
        wall: int,
    ) -> None:
        self._out = out
        self._loaded = loaded
        self._roster = roster
        self._rates = rates
        # What came too fast, the latest of each connection.
        self._late: dict[ConnId, _Said] = {}
        self._next_late = now
        self._airing = Airing(roster, heartbeat_ms=limits.heartbeat_ms, now=now, wall=wall)
        self._awareness = self._airing.awareness
        self._showing = Showing.ALL
        # Who has gone, and nobody is told yet.
        self._lingering: list[Member] = []

    def hear(self, member: Member, event: _Said, now: Millis) -> None:
        """Take what somebody says of themselves, or keep it until its time comes if they say too much."""
        if delay := self._rates.moved(member.conn, now):
            due = Millis(now + delay)
            self._next_late = min(due, self._next_late) if self._late else due
            self._late[member.conn] = event
            return
        if self._late:
            self._late.pop(member.conn, None)
        if isinstance(event, events.AwarenessReceived):
            self._aware(event.update, member)
            return
        presence = event.presence
        if presence.editing is not None and self._loaded.hosting.has_no_name(presence.editing):
            # Only its author would write in it, and they do so by its key.
            presence = replace(presence, editing=None)
        if self._roster.move(member, presence, now):
            self._stir((member,))

    def welcome(self, member: Member) -> None:
        """Somebody of the native door is here, and everybody is told, if they may be."""
        self._roster.welcome(member)
        self._stir((member,))

    def introduce(self, member: Member, now: Millis) -> None:
        """Tell a stock client of everybody but itself."""
        self._out.add(self._airing.everything(member, now))

    def rename(self, seat: SeatId, name: str) -> None:
        """Everybody on one seat bears a new name."""
        self._stir(self._roster.rename(seat, name))

    def promote(self, member: Member, role: Role, now: Millis) -> None:
        """Somebody has another role from now on."""
        self._roster.promote(member, role, now)
        self._stir((member,))

    def forget(self, member: Member) -> None:
        """Somebody has gone."""
        self._late.pop(member.conn, None)
        if self._roster.lingers(member.conn):
            self._lingering.append(member)
        elif member.door is Door.NATIVE:
            self._awareness.drop(native_client(member))
        elif member.awareness is not None:
            self._awareness.drop(member.awareness)

    def end(self, seats: Collection[SeatId]) -> None:
        """Seats have ended: whoever sat on them lingers no more."""
        ended = self._roster.end(seats)
        for member in self._lingering:
            if member.conn in ended:
                self._awareness.drop(native_client(member))
        self._lingering = [member for member in self._lingering if member.conn not in ended]

    def show(self, showing: Showing, now: Millis) -> bool:
        """Show more or less of what people do from now on; False if it is as much as before."""
        changes = showing is not self._showing
        if changes:
            self._showing = showing
            for member in self._roster.show(showing, now):
                self._awareness.stir(member)
            for member in self._lingering:
                self._awareness.drop(native_client(member))
            self._lingering.clear()
            self._awareness.show(showing)
        return changes

    def advance(self, now: Millis) -> None:
        """Tell stock clients what is due, and hear what came too fast."""
        self._out.extend(self._airing.due(now))
        if self._late:
            self._catch_up(now)

    @property
    def wakes_at(self) -> Millis | None:
        """When stock clients are told something, if nothing happens before; None if they are not."""
        return self._airing.wakes_at

    def _catch_up(self, now: Millis) -> None:
        if now >= self._next_late:
            late, self._late = self._late, {}
            for conn, event in late.items():
                if (member := self._roster.get(conn)) is not None:
                    self.hear(member, event, now)
        if self._late:
            self._out.wake_by(self._next_late)

    def _aware(self, update: yprotocol.AwarenessUpdate, member: Member) -> None:
        entry = self._awareness.speaks(member, update.entries)
        if entry is None:
            return
        if entry.state is None:
            self._awareness.drop(entry.client)
            return
        self._awareness.put(entry.client, entry.state, member)
        user = entry.state.get("user") if isinstance(entry.state, dict) else None
        name = user.get("name") if isinstance(user, dict) else None
        if isinstance(name, str) and member.identity.seat is None:
            self._roster.call(member, clean_name(name))

    def _stir(self, members: tuple[Member, ...]) -> None:
        for member in members:
            if member.door is Door.NATIVE and not self._roster.is_unseen(member.conn):
                self._awareness.stir(member)
