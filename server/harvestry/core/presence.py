"""Who is in the room and what they do right now; composed by the server, kept in memory, never logged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import Enum

from .access import Identity, LinkId, Role, SeatId
from .audience import Audience
from .limits import Millis
from .protocol import ConnId, Packed, Presence
from .showing import Showing, shown_presence
from .sight import Sight, Telling

__all__ = ["Door", "Member", "Roster"]

_NOTHING = Presence()


class Door(Enum):
    """The way a connection came in."""

    NATIVE = "native"
    STOCK = "stock"


@dataclass(slots=True)
class Member:
    """One connection, from its arrival to its end.

    Attributes:
        welcomed: Whether it has been told the board's state, and so takes part in ticks. An update that arrives before
            what it builds on stays pending, and yrs encodes a document wrongly once something was pending in it.
        refused: Why its edits are refused; what follows a refused edit builds on it.
        parked: Edits that wait for a predecessor, oldest first, as (cseq, update).
        taken_ahead: The highest cseq taken while others were parked.
        passed_over: The latest cseq that was not taken in because the board could not be saved; 0 if there is none.
        client_ids: What it has written under.
        presence: What it does.
        shown: What others are told of that.
        awareness: The stock client's own awareness id, once it has named it.
        takes_turns: Its seat is on a shared device, or is one: it comes and goes with each turn.
    """

    conn: ConnId
    identity: Identity
    door: Door
    welcomed: bool = False
    refused: tuple[str, str] | None = None
    parked: list[tuple[int, bytes]] = field(default_factory=list)
    taken_ahead: int = 0
    passed_over: int = 0
    presence: Presence = _NOTHING
    shown: Presence = _NOTHING
    awareness: int | None = None
    client_ids: set[int] = field(default_factory=set)
    takes_turns: bool = False

    @property
    def row(self) -> list[object]:
        """The member as people see it: `[conn, seat, name, role, hue]`."""
        identity = self.identity
        return [self.conn, identity.holder, identity.name, identity.role.value, identity.hue]


class Roster:
    """The members of a room and what changed among them since the last tick."""

    def __init__(self) -> None:
        self._members: dict[ConnId, Member] = {}
        # The rows of those who are welcomed, encoded: a herd is told of itself as often as one of it comes.
        self._rows: dict[ConnId, bytes] = {}
        # Not a dict by door: in Python 3.11 an enum's hash is a call, and this is asked for each message.
        self._natives = Audience()
        self._stocks = Audience()
        self._sight = Sight()
        self._events: list[list[object]] = []
        self._showing = Showing.ALL
        # Who takes turns at a shared device would tell by coming and going when they write. While nothing may tell
        # that, those who have come are unseen, and those who have gone linger.
        self._unseen: set[ConnId] = set()
        self._lingering: dict[ConnId, SeatId | None] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, conn: ConnId) -> bool:
        return conn in self._members

    def get(self, conn: ConnId) -> Member | None:
        """The member, or None if it is gone."""
        return self._members.get(conn)

    def everyone(self) -> tuple[Member, ...]:
        """All members, the earliest first."""
        return tuple(self._members.values())

    def audience(self, door: Door) -> tuple[ConnId, ...]:
        """The welcomed connections at one door."""
        return (self._natives if door is Door.NATIVE else self._stocks).all

    def people(self) -> list[list[object]]:
        """The rows of all welcomed members."""
        return [m.row for m in self._members.values() if m.welcomed and m.conn not in self._unseen]

    def packed_people(self, to: Member) -> Packed:
        """`people` for the wire, in the order they were welcomed, as somebody is told, who is always among them."""
        if to.conn in self._unseen:
            return Packed.row([*self._rows.values(), Packed.of(to.row).encoded])
        return Packed.row(self._rows.values())

    def is_unseen(self, conn: ConnId) -> bool:
        """Whether nobody is told yet that somebody has come."""
        return conn in self._unseen

    def lingers(self, conn: ConnId) -> bool:
        """Whether nobody is told yet that somebody has gone."""
        return conn in self._lingering

    def came_by(self, link: LinkId) -> tuple[Member, ...]:
        """The members whose right to be here rests on one link."""
        return tuple(member for member in self._members.values() if member.identity.link == link)

    def arrive(self, member: Member) -> None:
        """Take in a member that has not been welcomed yet."""
        self._members[member.conn] = member

    def welcome(self, member: Member) -> None:
        """The member knows the board's state: it takes part from now on."""
        member.welcomed = True
        if member.door is Door.STOCK:
            self._stocks.add(member.conn)
        else:
            self._natives.add(member.conn)
            self._sight.arrive(member.conn)
            if member.takes_turns and self._showing is Showing.QUIET:
                self._unseen.add(member.conn)
            # A client may say what it does before it hears that it is welcome.
            self._sight.look(member.conn, member.presence.view)
            self._move_in_sight(member, Millis(0))
        self._appear(member)

    def leave(self, conn: ConnId) -> Member | None:
        """Let a member go; None if it is gone already."""
        member = self._members.pop(conn, None)
        if member is not None and member.welcomed:
            if member.door is Door.STOCK:
                self._stocks.remove(conn)
            else:
                self._natives.remove(conn)
                self._sight.leave(conn)
            if conn in self._unseen:
                self._unseen.remove(conn)
            elif member.takes_turns and self._showing is Showing.QUIET:
                self._lingering[conn] = member.identity.seat
            else:
                self._disappear(conn)
        return member

    def end(self, seats: Collection[SeatId]) -> tuple[ConnId, ...]:
        """Seats have ended, which everybody may be told at once; returns their connections that lingered."""
        for member in self._members.values():
            if member.identity.seat in seats:
                member.takes_turns = False
        ended = tuple(conn for conn, seat in self._lingering.items() if seat in seats)
        for conn in ended:
            del self._lingering[conn]
            self._disappear(conn)
        return ended

    def rename(self, seat: SeatId, name: str) -> tuple[Member, ...]:
        """Everybody on one seat bears a new name; returns them."""
        renamed = tuple(member for member in self._members.values() if member.identity.seat == seat)
        for member in renamed:
            member.identity = replace(member.identity, name=name)
            if member.conn in self._rows:
                self._rows[member.conn] = Packed.of(member.row).encoded
        self._events.append(["renamed", seat, name])
        return renamed

    def promote(self, member: Member, role: Role, now: Millis) -> None:
        """A member has another role from now on; people see it join again as that."""
        member.identity = replace(member.identity, role=role)
        if member.welcomed:
            self._appear(member)
        self._let_see(member, now)

    def call(self, member: Member, name: str) -> None:
        """A member without a seat has said its name; people see it join again under it."""
        if member.identity.name != name:
            member.identity = replace(member.identity, name=name)
            if member.welcomed:
                self._appear(member)

    def _appear(self, member: Member) -> None:
        """Tell everybody that a member is here, as what it is by now, if that may be told."""
        if member.conn in self._unseen:
            return
        row = member.row
        self._rows[member.conn] = Packed.of(row).encoded
        self._events.append(["joined", row])

    def _disappear(self, conn: ConnId) -> None:
        del self._rows[conn]
        self._events.append(["left", conn])

    def _move_in_sight(self, member: Member, now: Millis) -> None:
        if member.shown != _NOTHING and member.conn not in self._unseen:
            self._sight.move(member.conn, member.shown, now)

    def move(self, member: Member, presence: Presence, now: Millis) -> bool:
        """Note what a native member does and looks at; False if what others are told of it is the same as before."""
        before, member.presence = member.presence, presence
        if member.welcomed and before.view != presence.view:
            self._sight.look(member.conn, presence.view)
        return before != presence and self._let_see(member, now)

    def show(self, showing: Showing, now: Millis) -> tuple[Member, ...]:
        """Tell more or less of what people do from now on; returns those of whom others are told something else."""
        if showing is self._showing:
            return ()
        self._showing = showing
        for conn in self._lingering:
            self._disappear(conn)
        self._lingering.clear()
        unseen, self._unseen = self._unseen, set()
        for conn in unseen:
            member = self._members[conn]
            self._move_in_sight(member, now)
            self._appear(member)
        return tuple(m for m in self._members.values() if self._let_see(m, now) or m.conn in unseen)

    def _let_see(self, member: Member, now: Millis) -> bool:
        shown = shown_presence(member.presence, member.identity.role, self._showing)
        if shown == member.shown:
            return False
        member.shown = shown
        if member.welcomed and member.door is Door.NATIVE and member.conn not in self._unseen:
            self._sight.move(member.conn, shown, now)
        return True

    def announce(self, event: list[object]) -> None:
        """Put an event into the next tick."""
        self._events.append(event)

    @property
    def due(self) -> Millis | None:
        """From when on the roster has something to tell; None if it has nothing."""
        return Millis(0) if self._events else self._sight.due

    def tell(self, now: Millis) -> tuple[list[Telling], list[list[object]]]:
        """Presence, and to whom, and the events for everybody, since the last tick; they count as told."""
        events, self._events = self._events, []
        return self._sight.tell(now), events

    def presence(self) -> bytes | None:
        """Everybody's presence, for somebody who has seen none of it."""
        return self._sight.everything()
