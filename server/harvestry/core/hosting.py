"""The gathering in a room: commands become part of the next commit, and what has changed is told after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from harvestry_crdt import Board, Element, Put

from . import protocol
from .access import Holder, Identity, Role, SeatId
from .admission import Admission
from .errors import NO_NEWCOMERS, SEAT_ENDED, CloseCode, Refusal
from .gathering import authorship, base, devices, finishing, owning, people, sealing
from .gathering.gathering import (
    DamagedGathering,
    decide,
    due,
    dump,
    evolve,
    fold,
    kept,
    latest,
    own,
    parse_command,
    touched,
    view,
    wakes_at,
)
from .gathering.state import FinishedFigure, Stage, State
from .gathering.templates import Library
from .history import LATER, Asked, Recalling
from .limits import Millis
from .ports import StoredBoard
from .presence import Door, Member
from .protocol import Command, ConnId, Failed, Result
from .showing import Showing, showing_of

__all__ = ["Hosting"]

# What happens is kept for good, and read again whenever the board is loaded. A long gathering comes to a hundredth of
# this; who goes on pressing a switch for days does not go on for ever.
MAX_KEPT_BYTES = 16_000_000
# What somebody may still need then, and what cannot be done without end.
# Erasing may be asked for at intervals that grow.
_ALWAYS = frozenset({"people.remove", "show.close", "erase.ask", "erase.keep"})
# To find out whether a note is on the board is to try its key on every note; on so many it is worth an edit.
_KEYS_AN_EDIT = 100
# So it is to read so many elements.
_ELEMENTS_AN_EDIT = 20

# How often at most everybody is told how many have voted, or finished.
_TURNOUT_MS = 1_000
# How often figures are told that stay as they are in between, whether or not they have changed.
_PULSE_MS = 10_000

News: TypeAlias = tuple[tuple[ConnId, ...], bytes]


class Hosting:
    """The gathering of one board.

    Args:
        now: Monotonic time.
        wall: What the machine takes for the date, in Unix milliseconds, of a monotonic time.
        draw: So many bytes from a cryptographic source.
        library: The plans there are to begin with.
        most_seats: How many seats there may be, those that were ended included.
        recalling: Where commands wait that need the board's past.

    Attributes:
        is_damaged: What is stored of the gathering makes none.
    """

    def __init__(
        self,
        stored: StoredBoard,
        board: Board,
        admission: Admission,
        *,
        now: Millis,
        wall: Callable[[Millis], int],
        draw: Callable[[int], bytes],
        library: Library,
        most_seats: int,
        recalling: Recalling,
    ) -> None:
        self._board = board
        self._admission = admission
        self._wall = wall
        self._draw = draw
        self._library = library
        self._most_seats = most_seats
        self._recalling = recalling
        # As it will be once everything that waits is on disk, and as it is there now.
        self.is_damaged = False
        try:
            self._state = fold(stored.happenings, stored.vault)
        except DamagedGathering:
            self._state, self.is_damaged = State(), True
        self._kept_bytes = sum(map(len, stored.happenings))
        # A machine's clock may be set back by hours. A gathering's dates are not: what was to be over in a minute is.
        known = 0 if self.is_damaged else max(stored.at, latest(stored.happenings, stored.vault))
        self._ahead = max(0, known - wall(now))
        self._durable = self._committed = self._state
        self._asked: State | None = None
        self._wakes_at: Millis | None = None
        # The figure of progress as it was told, since when it is, and when it is told next.
        self._figure: int | None = None
        self._pulsing: int | None = None
        self._pulses_at: Millis | None = None
        # How many have finished as it was told, and what: a step, which time, revealed or not.
        self._finished = FinishedFigure()
        self._finishing: object = None
        # The note that each seat has asked hosts to withdraw, while it waits. It leads from a seat to a note that may
        # be theirs, and so it is here and in no file.
        self._pleading: dict[SeatId, str] = {}
        self._keep_figure()
        admission.grounds.under(self._state)
        # Turnouts as they were told, when, and whether more have voted since.
        self._turnouts = self._durable.deciding.turnouts
        self._turned_out_at = Millis(0)
        self._is_behind = False
        self._keep_turnouts()
        # What each kind of person was told last, and each seat that is here; and the state in which they were told.
        self._told = self._durable
        self._views: dict[Role, bytes] = {}
        self._owns: dict[SeatId, bytes] = {}

    def date(self, now: Millis) -> int:
        """The date in Unix milliseconds, as everything in the gathering is dated."""
        return self._wall(now) + self._ahead

    @property
    def state(self) -> State:
        """The gathering, with what waits for the next commit."""
        return self._state

    def handle(self, member: Member, command: Command, present: Iterable[Member], now: Millis) -> tuple[bool, object]:
        """Carry out a command, if it is one of a gathering's.

        Returns:
            Whether it was one, and the answer to it once it is durable; `LATER` if it waits for the board's past.

        Raises:
            Refusal: If it is not granted.
        """
        wish = parse_command(command.name, command.args)
        if wish is None:
            return False, None
        identity = member.identity
        if identity.seat is None or identity.seat in self._state.people.removed:
            raise Refusal("role", "This needs a seat of your own.")
        everyone = tuple(present)
        had_plan = self._state.show.plan is not None
        if isinstance(wish, authorship.Plead):
            self._require_one_plea(identity.seat, wish.element)
        outcome = decide(self._state, wish, self._actor(identity, identity.seat, everyone), self._moment(now))
        if isinstance(wish, authorship.Plead):
            self._pleading[identity.seat] = wish.element
        if outcome.recall is not None:
            self._recalling.ask(Asked(member.conn, command.n, identity, wish, outcome.recall.at))
            return True, LATER
        self._grant(wish, outcome)
        if self._state.show.plan is not None and not had_plan:
            self.joined(member, now)
            for other in everyone:
                self.joined(other, now)
        return True, outcome.value

    def recalled(self, present: Iterable[Member], now: Millis, *, before: int) -> tuple[ConnId, Result | Failed]:
        """Decide what waited for the board's past, which is here; everything admitted is on the board by now.

        Args:
            present: Everybody who is here.
            now: Monotonic time.
            before: The time whose board is the present one, in Unix milliseconds.

        Returns:
            Who asked, and the answer: a result once it is durable, a failure at once.
        """
        asked, past = self._recalling.take(before=before)
        seat = asked.who.seat
        if seat is None or seat in self._state.people.removed:
            return asked.conn, Failed(asked.n, "role", "This needs a seat of your own.")
        if past is None:
            told = "How the board was then cannot be read just now. Try again in a moment."
            return asked.conn, Failed(asked.n, "lost", told)
        moment = replace(self._moment(now), past=past)
        try:
            outcome = decide(self._state, asked.command, self._actor(asked.who, seat, present), moment)
            self._grant(asked.command, outcome)
        except Refusal as refusal:
            return asked.conn, Failed(asked.n, refusal.code, refusal.message)
        return asked.conn, Result(asked.n, outcome.value)

    def _actor(self, who: Identity, seat: SeatId, present: Iterable[Member]) -> base.Actor:
        # What was made of them a moment ago counts, although it is not on disk yet.
        role = self._state.people.roles.get(seat, who.role)
        return base.Actor(seat, role, who.name, _seats_of(present))

    def _require_one_plea(self, seat: SeatId, element: str) -> None:
        """One at a time for each seat, so that nobody takes everybody's.

        Raises:
            Refusal: `waits`.
        """
        waiting = self._pleading.get(seat)
        if waiting in self._state.sealing.pleas and waiting != element:
            raise Refusal("waits", "Hosts have yet to answer for the note you asked about last.")

    def _grant(self, command: base.Command, outcome: base.Outcome) -> None:
        if outcome.happenings and self._kept_bytes >= MAX_KEPT_BYTES and command.kind not in _ALWAYS:
            raise Refusal("full", "So much has happened here that nothing more can be kept.")
        self._take(outcome)

    def worth(self, command: Command, seat: SeatId | None) -> int:
        """How many edits a command of a seat is worth, by what it may cost."""
        if command.name in ("request.aside", "request.restore"):
            return 1 + self._board.count() // _ELEMENTS_AN_EDIT
        if command.name == "own.delete" and seat is not None:
            return 1 + len(self._admission.grounds.made().get(Holder(seat), ())) // _ELEMENTS_AN_EDIT
        tries_keys = command.name in ("seal.write", "seal.late", "table.note", "own.find")
        return 1 + (len(self._state.sealing.keys) // _KEYS_AN_EDIT if tries_keys else 0)

    def take_back(self, seat: SeatId, keys: Iterable[str], now: Millis) -> Mapping[str, int]:
        """Take back what is a seat's that a host has ended, as its owner wishes: nobody sits on it any more.

        What has no name goes later, each at its own time, so that the room cannot tell from the moment whose it was.

        Args:
            seat: Whose.
            keys: Those of its notes without a name, as base64url; one that is no note's is passed over.
            now: Monotonic time.

        Returns:
            How many notes are `gone`, and how many are the group's by now, so that each of them `stays`.
        """
        if self._state.show.plan is None or seat not in self._state.people.removed:
            return {"gone": 0, "stays": 0}
        found = owning.found(self._state, keys)
        for key, element in found.items():
            is_nameless = self._admission.author_of(element) is None
            wish = authorship.Withdraw(element=element, key=key, later=is_nameless)
            self._take(authorship.withdraw(self._state, wish, self._moment(now)))
        outcome = owning.delete(self._state, seat, self._moment(now))
        self._take(outcome.outcome)
        return {"gone": len(found) + outcome.gone, "stays": outcome.stays}

    def joined(self, member: Member, now: Millis) -> None:
        """Somebody has come; a gathering remembers every seat."""
        if member.identity.seat is not None and self._state.show.plan is not None:
            identity = member.identity
            happened = people.came(self._state, member.identity.seat, identity.role, identity.link, self.date(now))
            self._take(base.Outcome(happened))

    def renamed(self, seat: SeatId, name: str) -> None:
        """Somebody has another name from the next commit on."""
        self._take(base.Outcome(rows=devices.renamed(self._state, seat, name)))

    def takes_turns(self, seat: SeatId | None) -> bool:
        """Whether a seat comes and goes with turns: it is on a shared device, or is one, whose page is loaded anew."""
        return seat is not None and devices.takes_turns(self._durable, seat)

    def shows_device(self, device: SeatId, to: SeatId) -> bool:
        """Whether somebody may open a table's device elsewhere, as it is on disk."""
        return devices.shows(self._durable, device, to)

    def require_turn(self, device: SeatId, seat: SeatId, pin: str | None) -> None:
        """Let somebody sit down at a table's device, as it is on disk.

        Raises:
            Refusal: If this is not their device, or not their PIN.
        """
        devices.require_turn(self._durable, device, seat, pin)

    @property
    def is_ending(self) -> bool:
        """Whether the gathering ends with the next commit."""
        return self._state.show.stage is Stage.CLOSED and self._durable.show.stage is not Stage.CLOSED

    def seen(self, members: Iterable[Member], waiting: Iterable[Identity], now: Millis) -> bool:
        """Note who is connected and who waits to be let in, which is written nowhere; whether there is news in it."""
        if self._state.show.plan is None:
            return False
        names = {who.seat: (who.name, who.link) for who in waiting if who.seat is not None}
        present = _seats_of(members)
        # Between their turns they sit at their device.
        sharing = devices.sharing(self._state)
        at_hand = present | {seat for seat, device in sharing.items() if device in present}
        if self.showing is Showing.QUIET:
            # The page of a device is loaded anew after each turn, and the device is not here either meanwhile. Of the
            # lead it is told all the same: others have to be able to go on.
            gathered = self._state.people
            at_hand |= sharing.keys() - gathered.away.keys() - {gathered.lead}
        for seat in self._owns.keys() - present:
            del self._owns[seat]
        self._state = people.seen(self._state, at_hand, names, self.date(now))
        before, self._durable = self._durable, people.as_now(self._durable, self._state)
        return before is not self._durable

    def waits(self, who: Identity) -> bool:
        """Whether somebody has to wait until they are let in, as it is on disk or about to be."""
        return any(people.waits(state, who.seat, who.role) for state in (self._durable, self._state))

    def turned_away(self, who: Identity) -> tuple[CloseCode, str] | None:
        """Why somebody cannot be here at all, as it is on disk; None if they can."""
        gathered = self._durable.people
        if who.seat in gathered.removed:
            return CloseCode.SEAT_ENDED, SEAT_ENDED
        if who.seat is None and who.link in gathered.closed:
            return CloseCode.REVOKED, NO_NEWCOMERS
        return None

    @property
    def wakes_at(self) -> Millis | None:
        """When something is due that nobody asks for, in monotonic time; None if nothing is."""
        if self._asked is not self._state:
            # Asked after each event, and answered once for each state.
            at = wakes_at(self._state)
            self._asked, self._wakes_at = self._state, None if at is None else self._monotonic(at)
        return self._wakes_at

    def due(self, present: Iterable[Member], now: Millis) -> bool:
        """Do what is due by now.

        Returns:
            False if it writes on a board that is at rest; it is still due then.
        """
        moment = self._moment(now)
        outcomes = list(due(self._state, _seats_of(present), moment))
        if not self._board.is_awake and any(outcome.changes for outcome in outcomes):
            return False
        for outcome in outcomes:
            self._take(outcome)
        return True

    def committed(self, state: State) -> None:
        """It is on disk."""
        if state is self._committed:
            return  # As nearly always: people have edited.
        self._committed = state
        self._durable = people.as_now(state, self._state)
        self._keep_figure()
        self._keep_turnouts()

    @property
    def showing(self) -> Showing:
        """What may be shown of what people do."""
        return showing_of(self._durable)

    def has_no_name(self, element: str) -> bool:
        """Whether an element was sealed, and nobody's name stands with it."""
        return element in self._durable.sealing.keys and self._admission.author_of(element) is None

    @property
    def leaving(self) -> tuple[Millis, frozenset[str]] | None:
        """When, in monotonic time, which elements are to be erased from every file; None if none are."""
        found = authorship.leaving(self._durable)
        return None if found is None else (self._monotonic(found[0]), found[1])

    @property
    def erased_at(self) -> int | None:
        """When the whole gathering is to be erased, in Unix milliseconds; None if it is not."""
        erasing = self._durable.erasing
        return None if erasing is None else erasing.due

    @property
    def pulses_at(self) -> Millis | None:
        """When the figure of progress, or turnouts, are told next, in monotonic time; None if there is none to tell."""
        if not self._is_behind:
            return self._pulses_at
        at = Millis(self._turned_out_at + _TURNOUT_MS)
        return at if self._pulses_at is None else min(at, self._pulses_at)

    def pulse(self, members: Iterable[Member], now: Millis) -> list[News]:
        """What is not told as soon as it changes."""
        if now >= self._turned_out_at + _TURNOUT_MS:
            self._turnouts, self._turned_out_at = self._durable.deciding.turnouts, now
            if self._pulses_at is None:
                self._finished = finishing.figure(self._durable)
            self._keep_turnouts()
        if self._pulses_at is None or now < self._pulses_at:
            return self.news(members)
        # Figures of people at work, for everybody and whether or not they have changed: a change would tell who wrote.
        before = self._figure, self._finished.share
        self._figure, self._finished = sealing.progress(self._durable), finishing.figure(self._durable)
        self._pulses_at = None
        self._keep_figure(now)
        self._keep_turnouts()
        if any(figure is not None for figure in (*before, self._figure, self._finished.share)):
            self._views.clear()
        return self.news(members)

    def _keep_turnouts(self) -> None:
        """Turnouts stay as they were told: a room that votes is told of it once a second, not for each vote."""
        deciding = self._durable.deciding
        turnouts = deciding.turnouts
        # A new round begins with nobody.
        told = {id: min(self._turnouts.get(id, 0), count) for id, count in turnouts.items()}
        is_behind = self._keep_finished()
        self._is_behind = is_behind or told != turnouts
        if told != deciding.told:
            self._durable = replace(self._durable, deciding=replace(deciding, told=told))

    def _keep_finished(self) -> bool:
        """How many have finished stays as it was told as well; returns whether it is behind."""
        show = self._durable.show
        run = show.runs.get(show.at or "")
        what = None if run is None else (show.at, run.times, run.revealed)
        figure = finishing.figure(self._durable)
        is_coarse = self._pulses_at is not None
        if what != self._finishing:
            # What is new begins with nobody, and the coarse figure with its next time.
            self._finishing, self._finished = what, FinishedFigure() if is_coarse else figure
        if self._finished != self._durable.finishing.told:
            told = replace(self._durable.finishing, told=self._finished)
            self._durable = replace(self._durable, finishing=told)
        return not is_coarse and self._finished != figure

    def _keep_figure(self, now: Millis | None = None) -> None:
        """The figure stays as it was told; and the next time is so many whole steps after the phase was opened."""
        show = self._durable.show
        began = show.runs[show.at or ""].opened_at if finishing.is_coarse(self._durable) else None
        if began is None:
            self._figure = self._pulses_at = self._pulsing = None
        elif began != self._pulsing or self._pulses_at is None:
            if began != self._pulsing:
                self._pulsing, self._figure = began, None
            since = 0 if now is None else max(0, now - self._monotonic(began))
            self._pulses_at = Millis(self._monotonic(began) + (since // _PULSE_MS + 1) * _PULSE_MS)
        if self._durable.sealing.progress != self._figure:
            self._durable = replace(self._durable, sealing=replace(self._durable.sealing, progress=self._figure))

    def greet(self, member: Member) -> list[bytes]:
        """What somebody is told who has just been welcomed."""
        if self._durable.show.plan is None:
            return []
        # What others were told last stays noted: if this is newer, they have yet to hear of it.
        role, seat = member.identity.role, member.identity.seat
        frames = [self._view_of(role)]
        self._views.setdefault(role, frames[0])
        if seat is not None:
            frames.append(self._own_of(seat))
            self._owns.setdefault(seat, frames[1])
        return frames

    def news(self, members: Iterable[Member]) -> list[News]:
        """What has changed since it was last told, and for whom."""
        by_role: dict[Role, list[ConnId]] = {}
        by_seat: dict[SeatId, list[ConnId]] = {}
        seats = touched(self._told, self._durable)
        self._told = self._durable
        for member in members:
            if member.door is Door.NATIVE and member.welcomed:
                seat = member.identity.seat
                by_role.setdefault(member.identity.role, []).append(member.conn)
                if seat is not None and (seats is None or seat in seats or seat not in self._owns):
                    by_seat.setdefault(seat, []).append(member.conn)
        news: list[News] = []
        for role, conns in by_role.items():
            frame = self._view_of(role)
            if frame != self._views.get(role):
                news.append((tuple(conns), frame))
            self._views[role] = frame
        for seat, conns in by_seat.items():
            frame = self._own_of(seat)
            if frame != self._owns.get(seat):
                news.append((tuple(conns), frame))
            self._owns[seat] = frame
        return news

    def _monotonic(self, date: int) -> Millis:
        return Millis(date - self.date(Millis(0)))

    def _moment(self, now: Millis) -> base.Moment:
        reader = _Reader(self._board, self._admission)
        return base.Moment(self.date(now), base.Draw(self._draw(32)), reader, self._most_seats, self._library)

    def _view_of(self, role: Role) -> bytes:
        return protocol.encode(protocol.Gathering(view(self._durable, role)))

    def _own_of(self, seat: SeatId) -> bytes:
        return protocol.encode(protocol.Own(own(self._durable, seat)))

    def _take(self, outcome: base.Outcome) -> None:
        pending = self._admission.pending
        state = self._state
        for happening in outcome.happenings:
            state = evolve(state, happening)
            pending.happenings.append(body := dump(happening))
            self._kept_bytes += len(body)
        state = kept(state, outcome.rows)
        pending.vault.update({key: None if row is None else dump(row) for key, row in outcome.rows.items()})
        if outcome.changes:
            self._board.write(outcome.changes)
            self._admission.grounds.written(outcome.changes)
            self._admission.server_writes()
            for change in outcome.changes:
                if isinstance(change, Put) and (holder := outcome.signed.get(change.element.id)) is not None:
                    self._admission.sign(change.element.id, Holder(holder))
        pending.seats += outcome.seats
        pending.roles.update(outcome.roles)
        pending.removed |= outcome.removed
        pending.leaves_no_trace |= outcome.leaves_no_trace
        self._state = state
        self._admission.grounds.under(state)


class _Reader:
    """The board as the gathering may ask about it."""

    def __init__(self, board: Board, admission: Admission) -> None:
        self._board = board
        self._admission = admission

    def element(self, id: str) -> Element | None:
        return self._board.element(id)

    def elements(self) -> Mapping[str, Element]:
        return self._board.elements()

    def author(self, id: str) -> str | None:
        return self._admission.author_of(id)

    def made(self) -> Mapping[str, Collection[str]]:
        return {str(holder): elements for holder, elements in self._admission.grounds.made().items()}


def _seats_of(members: Iterable[Member]) -> frozenset[SeatId]:
    return frozenset(member.identity.seat for member in members if member.identity.seat is not None)
