"""The room: the live instance of a board. Events in, effects out.

Three rules hold at every step. Nobody is told of a change before the transaction that holds it is on disk. There is one
commit in flight at a time, and whoever joins is welcomed from the durable state between two of them. What is logged and
sent is the room's own update, never bytes a peer sent.

This file says who of the room is told of each event, and in which order they do what is due: `entrance.py` has who
comes and goes, `admission.py` what is taken in, `commits.py` the commit in flight, `ticker.py` what everybody is told
after it, `appearances.py` what people do, and `course.py` what the gathering needs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias, assert_never

from harvestry_crdt import Board, EngineFault

from . import events
from .access import Identity, LinkId, SeatId
from .appearances import Appearances
from .batch import Batch
from .commits import Commits
from .course import Course
from .effects import Effects
from .entrance import Entrance
from .errors import REBUILT, CloseCode, PeerError
from .gathering.state import Stage
from .gathering.templates import Library
from .limits import Limits, Millis
from .loaded import LoadedBoard
from .mode import DAMAGED, Mode
from .ports import StoredBoard
from .presence import Door, Member, Roster
from .protocol import Command
from .rates import Rates
from .tally import Tally
from .ticker import Ticker

__all__ = ["Room"]

NOT_SAVED = "the board could not be saved; your changes are kept on your device"

# As a tuple, which is faster to ask about than a union.
_HEARD = (events.PresenceReceived, events.EditReceived, events.AwarenessReceived)
_Heard: TypeAlias = events.PresenceReceived | events.EditReceived | events.AwarenessReceived

# A large edit is worth one for each so many bytes: the gate looks at every struct of it.
_BYTES_AN_EDIT = 8_192
# A question of a few bytes, and the answer may be a whole board: it is worth so many edits.
_STEP1_WORTH = 10

# What a room does no more once its end has begun.
_WRITES = events.EditReceived | events.CommandReceived
_TAKEN_IN = _WRITES | events.Step1Received | events.Recalled


class Room:
    """One board, everybody in it, and what is on its way to disk.

    Args:
        stored: The board's records as loaded.
        board: The board loaded from them, at rest or awake; the room owns it from now on.
        client_id: What the server writes under in this process.
        wall: Unix time in seconds at `now`.
        tally: What is counted, beside what other rooms count.
        draw: So many bytes from a cryptographic source.
        library: The runs of show there are to begin with.
    """

    def __init__(
        self,
        stored: StoredBoard,
        board: Board,
        *,
        client_id: int,
        limits: Limits,
        now: Millis,
        wall: int,
        tally: Tally,
        draw: Callable[[int], bytes],
        library: Library | None = None,
    ) -> None:
        def date(at: Millis) -> int:
            return wall * 1_000 + at - now

        self._limits = limits
        self._out = out = Effects()
        self._loaded = loaded = LoadedBoard(
            stored,
            board,
            client_id=client_id,
            limits=limits,
            tally=tally,
            now=now,
            date=date,
            draw=draw,
            library=library or Library(),
        )
        self._roster = roster = Roster()
        self._rates = rates = Rates(limits)
        self._appearances = Appearances(out, loaded, roster, rates, limits=limits, now=now, wall=wall)
        self._commits = Commits(out, loaded, roster, self._appearances, date=date, draw=draw)
        self._entrance = Entrance(out, loaded, roster, rates, self._commits, self._appearances, limits=limits)
        self._course = Course(out, loaded, roster, self._commits, self._appearances, self._entrance)
        self._course.show(now)
        self._ticker = Ticker(out, loaded, roster, tally=tally, now=now)
        # Who outside the room wants the whole board.
        self._tickets: list[int] = []
        # What everybody hears at the end, once it has begun.
        self._ending: tuple[CloseCode, str] | None = None
        self._over = False

    # ---- what the edge may ask -------------------------------------------------------------------------------------

    @property
    def seq(self) -> int:
        """The position of the last durable update."""
        return self._loaded.seq

    @property
    def is_idle(self) -> bool:
        """Nobody is here and nothing waits."""
        if len(self._roster) or self._entrance.outside:
            return False
        loaded, course = self._loaded, self._course
        waits = self._commits.in_flight or self._tickets or loaded.waking.is_under_way or course.is_at_work
        return not waits and loaded.admission.pending.is_empty

    @property
    def mode(self) -> Mode:
        """Whether it can be written to, as far as it is durable."""
        return self._commits.mode

    @property
    def is_over(self) -> bool:
        """The room has ended, or broke."""
        return self._over

    @property
    def is_congested(self) -> bool:
        """As much waits as one commit takes: stop reading for a moment."""
        pending = self._loaded.admission.pending
        waiting = pending.edits + len(pending.answers) + len(self._loaded.waking.waiting)
        return waiting >= self._limits.max_batch_edits or pending.size >= self._limits.max_batch_bytes

    @property
    def is_full(self) -> bool:
        """As many are here as may be."""
        return len(self._roster) + self._entrance.outside >= self._limits.max_connections

    def people(self) -> list[list[object]]:
        """Who is here, as `[conn, seat, name, role, hue]`."""
        return self._roster.people()

    def users_of(self, link: LinkId) -> int:
        """How many are here whose right to it rests on a link."""
        return self._entrance.users_of(link)

    @property
    def is_gathering(self) -> bool:
        """Whether there is a run of show."""
        return self._loaded.hosting.state.show.plan is not None

    @property
    def has_ended(self) -> bool:
        """Whether the gathering has ended, or is about to."""
        return self._loaded.hosting.state.show.stage is Stage.CLOSED

    @property
    def shows_door(self) -> bool:
        """Whether displays may be told how people come in."""
        state = self._loaded.hosting.state
        return state.show.plan is not None and not state.moderating.hides_door

    def shows_device(self, device: SeatId, to: SeatId) -> bool:
        """Whether somebody may open a table's shared device in another browser."""
        return self._loaded.hosting.shows_device(device, to)

    def require_turn(self, device: SeatId, seat: SeatId, pin: str | None) -> None:
        """Let somebody sit down at a table's shared device.

        Raises:
            Refusal: If this is not their device, or not their PIN.
        """
        self._loaded.hosting.require_turn(device, seat, pin)

    def waits(self, who: Identity) -> bool:
        """Whether somebody has to wait until a host lets them in."""
        return self._loaded.hosting.waits(who)

    def is_welcomed(self, who: Identity) -> bool:
        """Whether somebody with a seat is here, and everybody is told so."""
        here = (member for member in self._roster.everyone() if member.welcomed)
        return who.seat is not None and any(member.identity.seat == who.seat for member in here)

    def reaches(self, seq: int) -> bool:
        """Whether somebody who has the board of that position is brought up to date without asking the document."""
        return self._loaded.catch_up.reaches(seq)

    def release(self) -> None:
        """Let go of the document's memory; the room is over."""
        self._loaded.board.close()

    # ---- events ----------------------------------------------------------------------------------------------------

    def handle(self, event: events.Event, *, now: Millis) -> list[events.Effect]:
        """Advance the room by one event.

        Args:
            event: What the edge observed.
            now: Monotonic time.

        Returns:
            Effects for the edge to carry out, in order.
        """
        if self._over:
            return []
        loaded = self._loaded
        try:
            if (loaded.waking.waiting or not loaded.board.is_awake) and self._holds_back(event):
                if len(loaded.waking.waiting) == 1:
                    self._out.add(events.WakeBoard())
            else:
                self._dispatch(event, now)
            self._advance(now)
        except EngineFault:
            self._break(CloseCode.FAULT, "the board had to be loaded again")
        return self._out.take()

    def _holds_back(self, event: events.Event) -> bool:
        waking = self._loaded.waking
        if not self._commits.takes_edits and not waking.is_under_way and isinstance(event, _WRITES):
            return False  # It comes to nothing; no document need be decoded for it.
        return waking.holds_back(event, self._loaded.position)

    def _dispatch(self, event: events.Event, now: Millis) -> None:
        if self._ending is not None and isinstance(event, _TAKEN_IN):
            return
        if isinstance(event, _HEARD):
            self._hear(event, now)
            return
        match event:
            case events.Joined(conn) if self._ending is not None:
                self._out.close(conn, *self._ending)
            case events.Joined():
                self._entrance.join(event, now)
            case events.Left(conn):
                self._entrance.leave(conn)
            case events.CommandReceived(conn, command):
                self._entrance.serve(conn, partial(self._command, command, now=now))
            case events.Step1Received(conn):
                self._entrance.serve(conn, partial(self._ask, event=event, now=now))
            case events.AwarenessWanted(conn):
                self._entrance.serve(conn, partial(self._appearances.introduce, now=now))
            case events.CaughtUp(conn):
                self._entrance.serve(conn, self._entrance.tell_presence)
            case events.StateWanted(ticket):
                self._tickets.append(ticket)
                self._answer_tickets()
            case events.TakeBack():
                self._take_back(event, now)
            case events.Awake():
                for waiting in self._loaded.waking.release():
                    self._dispatch(waiting, now)
            case events.WakeFailed():
                self._break(CloseCode.FAULT, "the board could not be opened for writing")
            case events.RestDue():
                if self._commits.is_settled:
                    self._loaded.board.rest()
            case events.Committed():
                self._committed(now)
            case events.CommitFailed():
                self._commits.failed()
            case events.Reloaded():
                self._reloaded(event, now)
            case events.ReloadFailed():
                self._break(CloseCode.FAULT, "the board cannot be loaded again")
            case events.Writable():
                self._commits.go_on()
                self._entrance.go_on(now)
            case events.Recalled():
                self._loaded.recalling.found(event)
            case events.TickDue():
                self._out.woken()
            case events.LinkRevoked(link):
                self._entrance.revoke(link)
            case events.Replacing():
                # Whoever is here stays until what they sent before has its receipt.
                self._ending = CloseCode.REBUILT, REBUILT
            case events.Stopping():
                self._ending = CloseCode.RESTARTING, "the server is restarting"
                self._entrance.dismiss(*self._ending)
            case _:
                assert_never(event)

    def _hear(self, event: _Heard, now: Millis) -> None:
        """What nearly all messages are: as `Entrance.serve`, but nothing is made on the way."""
        member = self._roster.get(event.conn)
        if member is None:
            return
        try:
            if isinstance(event, events.EditReceived):
                self._edit(member, event, now)
            else:
                self._appearances.hear(member, event, now)
        except PeerError as error:
            self._entrance.close(member.conn, error.code, error.reason)

    # ---- edits, commands, questions --------------------------------------------------------------------------------

    def _edit(self, member: Member, event: events.EditReceived, now: Millis) -> None:
        self._slow_down(member, now, worth=1 + len(event.update) // _BYTES_AN_EDIT)
        admission = self._loaded.admission
        if self._loaded.is_damaged:
            if member.door is Door.STOCK:
                return
            member.refused = ("damaged", DAMAGED)
        elif self._commits.is_paused:
            admission.pass_over(member, event.cseq)
            return
        elif admission.waits_for_resend(member, event.cseq):
            return
        answer = admission.handle(member, event.cseq, event.update)
        if answer is not None:
            self._out.send(member.conn, answer)
        if labour := admission.labour:
            admission.labour = 0
            self._slow_down(member, now, worth=labour)

    def _command(self, command: Command, member: Member, now: Millis) -> None:
        self._slow_down(member, now, worth=self._loaded.hosting.worth(command, member.identity.seat))
        # What time it is does not depend on the disk.
        if self._commits.takes_edits or command.name == "clock":
            answer = self._loaded.commands.handle(member, command, self._roster.everyone(), now)
        else:
            answer = self._commits.not_now(command.n)
        if answer is not None:
            self._out.send(member.conn, answer)

    def _take_back(self, event: events.TakeBack, now: Millis) -> None:
        if self._commits.takes_edits:
            value = self._loaded.hosting.take_back(event.seat, event.keys, now)
            self._loaded.admission.pending.taken_back.append((event.ticket, value))
        else:
            self._out.add(events.TakenBack(event.ticket, None))

    def _ask(self, member: Member, event: events.Step1Received, now: Millis) -> None:
        self._slow_down(member, now, worth=_STEP1_WORTH)
        self._entrance.answer(event, member)

    def _slow_down(self, member: Member, now: Millis, *, worth: int = 1) -> None:
        if delay := self._rates.edited(member.conn, now, worth=worth):
            self._out.add(events.Hold(member.conn, Millis(now + delay)))

    def _answer_tickets(self) -> None:
        if self._tickets and self._commits.is_settled:
            epoch, seq = self._loaded.position
            for ticket in self._tickets:
                self._out.add(events.StateReady(ticket, epoch, seq, self._loaded.catch_up.whole()))
            self._tickets.clear()

    # ---- what is due, and what is done ------------------------------------------------------------------------------

    def _advance(self, now: Millis) -> None:
        """Do what is due, and ask to be woken for what is not."""
        if self._ending is not None:
            self._drain(now, *self._ending)
            return
        self._appearances.advance(now)
        self._course.advance(now)
        commits = self._commits.is_due
        if (at := self._ticker.due(commits=commits)) is not None:
            if now < at:
                self._out.wake_by(at)
            else:
                self._ticker.begin(now)
                self._tell(now, commits=commits)
                self._course.look_back(now)
        if (airs_at := self._appearances.wakes_at) is not None:
            self._out.wake_by(airs_at)

    def _tell(self, now: Millis, *, commits: bool) -> None:
        """Tell what is new; what has to be written down first is told by the commit."""
        batch = self._commits.begin(now) if commits else Batch()
        if batch is not None:
            self._ticker.tick(batch, now)

    def _committed(self, now: Millis) -> None:
        batch = self._commits.done()
        self._ticker.tick(batch, now)
        self._course.committed(batch, now)
        self._settled(now)

    def _reloaded(self, event: events.Reloaded, now: Millis) -> None:
        if not event.stored.damage and (event.stored.epoch, event.stored.seq) != self._loaded.position:
            event.board.close()
            self._break(CloseCode.TRY_LATER, NOT_SAVED)
            return
        self._commits.reloaded(event, now)
        self._course.show(now)
        self._entrance.has_moved = True
        self._settled(now)

    def _settled(self, now: Millis) -> None:
        """Memory holds what is on disk: let in who may come now, and answer who waited for it."""
        if self._ending is None:
            self._entrance.let_in(now)
        self._entrance.settled(now)
        self._answer_tickets()

    # ---- the end ---------------------------------------------------------------------------------------------------

    def _drain(self, now: Millis, code: CloseCode, reason: str) -> None:
        if self._commits.is_due:
            self._tell(now, commits=True)
        if self._commits.in_flight is None:
            self._answer_tickets()
            self._entrance.dismiss(code, reason)
            self._over = True
            self._out.add(events.Drained())

    def _break(self, code: CloseCode, reason: str) -> None:
        self._entrance.dismiss(code, reason)
        self._over = True
        self._out.add(events.Broken())
