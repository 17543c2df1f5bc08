"""The room: the live instance of a board. Events in, effects out.

Three rules hold at every step. Nobody is told of a change before the transaction that holds it is on disk. There is one
commit in flight at a time, and whoever joins is welcomed from the durable state between two of them. What is logged and
sent is the room's own update, never bytes a peer sent.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TypeAlias, assert_never

from harvestry_crdt import LIMITS, Board, EngineFault, vector_clients

from . import events, yprotocol
from .access import Capability, Holder, Identity, LinkId, Role, SeatId, allows, holder_of_seat
from .admission import Admission
from .airing import Airing
from .awareness import native_client
from .batch import Batch
from .catchup import CatchUp
from .commands import Commands
from .errors import REBUILT, CloseCode, InvalidState, PeerError
from .gathering.state import Stage, State
from .gathering.templates import Library
from .hosting import Hosting
from .leases import SERVER, Leases
from .limits import Limits, Millis, tick_interval
from .mode import DAMAGED, PAUSED, Mode, mode_of
from .outbox import Fanout
from .ports import Entry, FreshLink, StoredBoard
from .presence import Door, Member, Roster
from .protocol import Command, ConnId, Failed, Lobby, Welcome, clean_name, encode
from .rates import Rates
from .showing import Showing
from .tally import Tally
from .ticks import TickPieces
from .waking import Waking

__all__ = ["Room"]

NOT_SAVED = "the board could not be saved; your changes are kept on your device"

# As a tuple, which is faster to ask about than a union.
_HEARD = (events.PresenceReceived, events.EditReceived, events.AwarenessReceived)
_Heard: TypeAlias = events.PresenceReceived | events.EditReceived | events.AwarenessReceived

# A large edit is worth one for each so many bytes: the gate looks at every struct of it.
_BYTES_AN_EDIT = 8_192
# A question of a few bytes, and the answer may be a whole board: it is worth so many edits.
_STEP1_WORTH = 10

# What is due again at once waits this long, in milliseconds.
_SOON = 16

# What a room does no more once its end has begun.
_WRITES = events.EditReceived | events.CommandReceived
_TAKEN_IN = _WRITES | events.Step1Received


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
        self._id = stored.board
        self._draw = draw
        self._library = library or Library()
        self._date: Callable[[Millis], int] = lambda at: wall * 1_000 + at - now
        self._epoch = stored.epoch
        self._limits = limits
        self._tally = tally
        self._adopt(stored, board, client_id)
        self._is_paused = False
        # What is in memory is what is on disk, or will be with the commit in flight.
        self._is_sound = True
        self._roster = Roster()
        self._told_mode = self.mode
        self._rates = Rates(limits)
        # Presence that came too fast, the latest of each connection.
        self._late: dict[ConnId, events.PresenceReceived | events.AwarenessReceived] = {}
        self._next_late = now
        self._airing = Airing(self._roster, heartbeat_ms=limits.heartbeat_ms, now=now, wall=wall)
        self._awareness = self._airing.awareness
        self._showing = Showing.ALL
        self._show(now)

        self._commit: Batch | None = None
        self._joiners: list[events.Joined] = []
        # Who is to be let in first; they are told nothing, and nothing they say is heard.
        self._lobby: dict[ConnId, events.Joined] = {}
        self._crowd_changed = True
        self._questions: dict[ConnId, events.Step1Received] = {}
        self._tickets: list[int] = []

        self._next_tick = now
        self._wake: Millis | None = None
        self._is_erasing = False
        # What everybody hears at the end, once it has begun.
        self._ending: tuple[CloseCode, str] | None = None
        self._over = False
        self._out: list[events.Effect] = []

    def _adopt(self, stored: StoredBoard, board: Board, client_id: int) -> None:
        """Take the board over as it was loaded."""
        self._board = board
        self._seq = stored.seq
        self._title = stored.title
        self._seats: dict[Holder, str] = {holder_of_seat(seat): name for seat, name in stored.seats.items()}
        self._leases = Leases(
            stored.leases, is_known=self._is_known, most=self._limits.max_client_ids, retired=stored.retired
        )
        self._leases.grant({client_id: SERVER})
        self._admission = Admission(
            board,
            self._leases,
            dict(stored.authors),
            self._limits,
            self._tally,
            client_id=client_id,
            locked=stored.locked,
            size=len(stored.state or b"") + sum(len(update) for update in stored.updates),
        )
        self._hosting = Hosting(stored, board, self._admission, wall=self._date, draw=self._draw, library=self._library)
        self._commands = Commands(board, self._admission, self._hosting)
        self._locked = stored.locked
        self._filling = self._admission.filling()
        self._catch_up = CatchUp(board, stored.seq)
        self._waking = Waking(board)
        self._is_damaged = stored.damage is not None or self._hosting.is_damaged

    # ---- what the edge may ask -------------------------------------------------------------------------------------

    @property
    def seq(self) -> int:
        """The position of the last durable update."""
        return self._seq

    @property
    def is_idle(self) -> bool:
        """Nobody is here and nothing waits."""
        if len(self._roster) or self._lobby:
            return False
        is_erasing = self._takes_edits and self._hosting.leaving is not None
        waits = self._commit or self._tickets or self._waking.is_under_way or is_erasing
        return not waits and self._admission.pending.is_empty

    @property
    def mode(self) -> Mode:
        """Whether it can be written to, as far as it is durable."""
        return mode_of(locked=self._locked, paused=self._is_paused, damaged=self._is_damaged)

    @property
    def is_over(self) -> bool:
        """The room has ended, or broke."""
        return self._over

    @property
    def is_congested(self) -> bool:
        """As much waits as one commit takes: stop reading for a moment."""
        pending = self._admission.pending
        waiting = pending.edits + len(pending.answers) + len(self._waking.waiting)
        return waiting >= self._limits.max_batch_edits or pending.size >= self._limits.max_batch_bytes

    @property
    def is_full(self) -> bool:
        """As many are here as may be."""
        return len(self._roster) + len(self._lobby) >= self._limits.max_connections

    def people(self) -> list[list[object]]:
        """Who is here, as `[conn, seat, name, role, hue]`."""
        return self._roster.people()

    def users_of(self, link: LinkId) -> int:
        """How many are here whose right to it rests on a link."""
        waiting = sum(event.identity.link == link for event in self._lobby.values())
        return len(self._roster.came_by(link)) + waiting

    @property
    def has_ended(self) -> bool:
        """Whether the gathering has ended, or is about to."""
        return self._hosting.state.show.stage is Stage.CLOSED

    def waits(self, who: Identity) -> bool:
        """Whether somebody has to wait until a host lets them in."""
        return self._hosting.waits(who)

    def is_welcomed(self, who: Identity) -> bool:
        """Whether somebody with a seat is here, and everybody is told so."""
        here = (member for member in self._roster.everyone() if member.welcomed)
        return who.seat is not None and any(member.identity.seat == who.seat for member in here)

    def reaches(self, seq: int) -> bool:
        """Whether somebody who has the board of that position is brought up to date without asking the document."""
        return self._catch_up.reaches(seq)

    def release(self) -> None:
        """Let go of the document's memory; the room is over."""
        self._board.close()

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
        try:
            if (self._waking.waiting or not self._board.is_awake) and self._holds_back(event):
                if len(self._waking.waiting) == 1:
                    self._out.append(events.WakeBoard())
            else:
                self._dispatch(event, now)
            self._advance(now)
        except EngineFault:
            self._break(CloseCode.FAULT, "the board had to be loaded again")
        if not (out := self._out):
            return []
        self._out = []
        return out

    def _holds_back(self, event: events.Event) -> bool:
        if not self._takes_edits and not self._waking.is_under_way and isinstance(event, _WRITES):
            return False  # It comes to nothing; no document need be decoded for it.
        return self._waking.holds_back(event, (self._epoch, self._seq))

    def _dispatch(self, event: events.Event, now: Millis) -> None:
        if self._ending is not None and isinstance(event, _TAKEN_IN):
            return
        if isinstance(event, _HEARD):
            self._hear(event, now)
            return
        match event:
            case events.Joined():
                self._join(event, now)
            case events.Left(conn):
                self._leave(conn)
            case events.CommandReceived(conn, command):
                self._of_member(conn, partial(self._command, command, now=now))
            case events.Step1Received(conn):
                self._of_member(conn, partial(self._ask, event=event, now=now))
            case events.AwarenessWanted(conn):
                self._of_member(conn, lambda member: self._out.append(self._airing.everything(member, now)))
            case events.CaughtUp(conn):
                self._of_member(conn, self._tell_presence)
            case events.StateWanted(ticket):
                self._tickets.append(ticket)
                self._answer_tickets()
            case events.Awake():
                for waiting in self._waking.release():
                    self._dispatch(waiting, now)
            case events.WakeFailed():
                self._break(CloseCode.FAULT, "the board could not be opened for writing")
            case events.RestDue():
                if self._is_ready:
                    self._board.rest()
            case events.Committed():
                self._committed(now)
            case events.CommitFailed():
                self._commit_failed()
            case events.Reloaded():
                self._reloaded(event, now)
            case events.ReloadFailed():
                self._break(CloseCode.FAULT, "the board cannot be loaded again")
            case events.Writable():
                self._writable()
            case events.TickDue():
                self._wake = None
            case events.LinkRevoked(link):
                self._revoke(link)
            case events.Replacing():
                # Whoever is here stays until what they sent before has its receipt.
                self._ending = CloseCode.REBUILT, REBUILT
            case events.Stopping():
                self._ending = CloseCode.RESTARTING, "the server is restarting"
                self._dismiss(*self._ending)
            case _:
                assert_never(event)

    def _hear(self, event: _Heard, now: Millis) -> None:
        """What nearly all messages are: as `_of_member`, but nothing is made on the way."""
        member = self._roster.get(event.conn)
        if member is None:
            return
        try:
            if isinstance(event, events.EditReceived):
                self._edit(member, event, now)
            else:
                self._be_seen(member, event, now)
        except PeerError as error:
            self._close(member.conn, error.code, error.reason)

    def _of_member(self, conn: ConnId, action: Callable[[Member], None]) -> None:
        """Do what a connection asked for; what it got wrong ends that connection and no other."""
        member = self._roster.get(conn)
        if member is None:
            return  # It was closed while this was on its way.
        try:
            action(member)
        except PeerError as error:
            self._close(conn, error.code, error.reason)

    # ---- coming and going ------------------------------------------------------------------------------------------

    def _join(self, event: events.Joined, now: Millis) -> None:
        if event.conn in self._roster:
            raise InvalidState(f"connection {event.conn} has joined already")
        self._crowd_changed = True
        if self._ending is None and self._stays_outside(event):
            return
        member = Member(event.conn, event.identity, event.door)
        self._roster.arrive(member)
        self._rates.joined(event.conn, event.identity, now)
        if self._ending is not None:
            self._close(event.conn, *self._ending)
        elif self._is_ready:
            self._of_member(event.conn, lambda member: self._welcome(member, event, now))
        else:
            self._joiners.append(event)

    def _stays_outside(self, event: events.Joined) -> bool:
        """Whether somebody is not to be here, or not yet: then they are sent away, or wait in the lobby."""
        if (end := self._hosting.turned_away(event.identity)) is not None:
            self._close(event.conn, *end)
            return True
        if not self._hosting.waits(event.identity):
            return False
        self._leave(event.conn)
        self._lobby[event.conn] = event
        if event.door is Door.NATIVE:
            identity = event.identity
            self._send(event.conn, encode(Lobby(identity.holder, identity.name, event.resume)))
        return True

    def _let_in(self, now: Millis) -> None:
        """Whoever waited and need not any more comes in, or is sent away."""
        lobby, self._lobby = self._lobby, {}
        for event in lobby.values():
            if self._hosting.waits(event.identity) and self._hosting.turned_away(event.identity) is None:
                self._lobby[event.conn] = event
            else:
                self._join(event, now)

    def _welcome(self, member: Member, event: events.Joined, now: Millis) -> None:
        if member.door is Door.STOCK:
            if self._takes_edits and allows(member.identity.role, Capability.EDIT):
                self._send(member.conn, yprotocol.encode_step1(self._board.state_vector()))
            self._out.append(self._airing.everything(member, now))
            return
        self._roster.welcome(member)
        identity = member.identity
        self._awareness.stir(member)
        self._send(
            member.conn,
            encode(
                Welcome(
                    board=self._id,
                    title=self._title,
                    conn=member.conn,
                    seat=identity.holder,
                    name=identity.name,
                    role=identity.role.value,
                    hue=identity.hue,
                    resume=event.resume,
                    epoch=self._epoch,
                    seq=self._seq,
                    sv=self._board.state_vector(),
                    update=self._missing_of(event),
                    people=self._roster.people(),
                    seats={str(seat): name for seat, name in self._seats.items()},
                    authors=self._admission.packed_authors(),
                    limits={
                        "frame": self._limits.max_frame_bytes,
                        "text": LIMITS["text"],
                        "elements": self._limits.max_board_elements,
                    },
                    mode=self.mode.value,
                    filling=self._filling,
                )
            ),
        )
        for frame in self._hosting.greet(member):
            self._send(member.conn, frame)
        if self._takes_edits:
            self._hosting.joined(member, now)
        self._tell_presence(member)

    def _missing_of(self, event: events.Joined) -> bytes | None:
        if event.since == (self._epoch, self._seq):
            return None
        if event.since is not None:
            epoch, seq = event.since
            if epoch != self._epoch:
                return self._catch_up.whole()
            if self._catch_up.reaches(seq):
                return self._catch_up.since(seq)
        if event.state_vector is None:
            return self._catch_up.whole()
        self._leases.require_current(vector_clients(event.state_vector))
        return self._catch_up.diff(event.state_vector)

    def _leave(self, conn: ConnId) -> None:
        self._crowd_changed = True
        self._lobby.pop(conn, None)
        member = self._roster.leave(conn)
        if member is None:
            return
        self._rates.left(conn)
        self._late.pop(conn, None)
        self._joiners = [joiner for joiner in self._joiners if joiner.conn != conn]
        self._questions.pop(conn, None)
        if member.door is Door.NATIVE:
            self._awareness.drop(native_client(member))
        elif member.awareness is not None:
            self._awareness.drop(member.awareness)

    def _revoke(self, link: LinkId) -> None:
        lobby = [joined.conn for joined in self._lobby.values() if joined.identity.link == link]
        for conn in [*(member.conn for member in self._roster.came_by(link)), *lobby]:
            self._close(conn, CloseCode.REVOKED, "this link has been revoked")

    # ---- edits, presence, commands ---------------------------------------------------------------------------------

    def _edit(self, member: Member, event: events.EditReceived, now: Millis) -> None:
        self._slow_down(member, now, worth=1 + len(event.update) // _BYTES_AN_EDIT)
        if self._is_damaged:
            if member.door is Door.STOCK:
                return
            member.refused = ("damaged", DAMAGED)
        elif self._is_paused:
            self._admission.pass_over(member, event.cseq)
            return
        elif self._admission.waits_for_resend(member, event.cseq):
            return
        answer = self._admission.handle(member, event.cseq, event.update)
        if answer is not None:
            self._send(member.conn, answer)
        if labour := self._admission.labour:
            self._admission.labour = 0
            self._slow_down(member, now, worth=labour)

    def _slow_down(self, member: Member, now: Millis, *, worth: int = 1) -> None:
        if delay := self._rates.edited(member.conn, member.identity, now, worth=worth):
            self._out.append(events.Hold(member.conn, Millis(now + delay)))

    def _is_known(self, client: int) -> bool:
        return client in self._board.known_client_ids()

    def _be_seen(self, member: Member, event: events.PresenceReceived | events.AwarenessReceived, now: Millis) -> None:
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
        if presence.editing is not None and self._hosting.has_no_name(presence.editing):
            # Only its author would write in it, and they do so by its key.
            presence = replace(presence, editing=None)
        if self._roster.move(member, presence, now):
            self._awareness.stir(member)

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

    def _command(self, command: Command, member: Member, now: Millis) -> None:
        if not self._takes_edits:
            self._send(member.conn, encode(self._not_now(command.n)))
            return
        answer = self._commands.handle(member, command, self._roster.everyone(), now)
        if answer is not None:
            self._send(member.conn, answer)

    # ---- the tick --------------------------------------------------------------------------------------------------

    def _advance(self, now: Millis) -> None:
        """Do what is due, and ask to be woken for what is not."""
        if self._ending is not None:
            self._drain(now, *self._ending)
            return
        self._out += self._airing.due(now)
        if self._late:
            self._catch_up_with_late(now)
        if self._crowd_changed:
            self._crowd_changed = False
            if self._hosting.seen(self._roster.everyone(), (joined.identity for joined in self._lobby.values()), now):
                self._deliver(self._hosting.news(self._roster.everyone()))
        if (due_at := self._hosting.wakes_at) is not None and self._takes_edits:
            self._host(due_at, now)
        if (pulses_at := self._hosting.pulses_at) is not None:
            if now >= pulses_at:
                self._deliver(self._hosting.pulse(self._roster.everyone(), now))
            if (pulses_at := self._hosting.pulses_at) is not None:
                self._wake_by(pulses_at)
        leaving = self._hosting.leaving
        if leaving is not None and self._takes_edits and not self._is_erasing:
            self._erase_by(*leaving, now=now)
        commits = self._commit is None and not self._admission.pending.is_empty
        due = self._roster.due
        if commits or due is not None:
            at = self._next_tick if commits or due is None else max(self._next_tick, due)
            if now >= at:
                self._next_tick = Millis(now + tick_interval(len(self._roster)))
                if commits:
                    self._begin_commit(now)
                else:
                    self._tick(None, now)
            else:
                self._wake_by(at)
        if (airs_at := self._airing.wakes_at) is not None:
            self._wake_by(airs_at)

    def _host(self, due_at: Millis, now: Millis) -> None:
        """Have the gathering do what is due by itself, or be woken for it."""
        if now >= due_at:
            if self._waking.is_under_way:
                return  # Once it is awake we are here again.
            if not self._hosting.due(self._roster.everyone(), now):
                self._waking.waiting.append(events.TickDue())
                self._out.append(events.WakeBoard())
                return
            if (next_at := self._hosting.wakes_at) is None:
                return
            due_at = max(next_at, Millis(now + _SOON))
        self._wake_by(due_at)

    def _erase_by(self, at: Millis, elements: frozenset[str], *, now: Millis) -> None:
        """Have what was withdrawn erased once it is time; the board then goes on elsewhere, in a new history."""
        if now < at:
            self._wake_by(at)
        else:
            self._is_erasing = True
            self._out.append(events.Erase(elements))

    def _catch_up_with_late(self, now: Millis) -> None:
        if now >= self._next_late:
            late, self._late = self._late, {}
            for event in late.values():
                self._hear(event, now)
        if self._late:
            self._wake_by(self._next_late)

    def _begin_commit(self, now: Millis) -> None:
        batch = self._admission.hand_over()
        batch.gathering = self._hosting.state
        batch.update = self._board.commit()
        title = self._board.title if self._board.is_awake else self._title
        if title != self._title:
            batch.title = title
        if not batch.has_records:
            self._tick(batch, now)
            return
        self._commit = batch
        self._out.append(
            events.Persist(
                Entry(
                    board=self._id,
                    epoch=self._epoch,
                    seq=self._seq + 1 if batch.update else self._seq,
                    update=batch.update or None,
                    leases=batch.leases,
                    authors=batch.authors,
                    renames=batch.renames,
                    title=batch.title,
                    locked=batch.locked,
                    happenings=batch.happenings,
                    vault=batch.vault,
                    roles=batch.roles,
                    removed={seat: self._fresh_link(now) for seat in batch.removed},
                    ends_codes=self._hosting.is_ending,
                )
            )
        )

    def _fresh_link(self, now: Millis) -> FreshLink:
        id = base64.urlsafe_b64encode(self._draw(9)).decode()
        return FreshLink(LinkId(id), self._date(now) // 1_000)

    def _committed(self, now: Millis) -> None:
        batch, self._commit = self._commit, None
        if batch is None:
            raise InvalidState("no commit is in flight")
        if batch.update:
            self._seq += 1
            self._catch_up.committed(batch.update)
            self._admission.grown(len(batch.update))
            self._tell_filling()
        if batch.title is not None:
            self._title = batch.title
            self._roster.announce(["titled", batch.title])
        if batch.locked is not None:
            self._locked = batch.locked
            self._announce_mode()
        self._seats.update(batch.writers)
        for seat, name in batch.renames.items():
            for member in self._roster.rename(seat, name):
                if member.door is Door.NATIVE:
                    self._awareness.stir(member)
            # Who wrote for the first time while the rename was on its way still stands there under the old name.
            for names in (self._seats, self._admission.pending.writers):
                if holder_of_seat(seat) in names:
                    names[holder_of_seat(seat)] = name
        self._admission.made_durable(batch)
        for holder, elements in batch.authored().items():
            self._roster.announce(["authored", holder, elements])
        self._tick(batch, now)
        if batch.gathering is not None:
            self._gathered(batch, batch.gathering, now)
        self._admit_waiting(now)

    def _gathered(self, batch: Batch, gathering: State, now: Millis) -> None:
        """What is new in the gathering is durable: tell it, and act on it."""
        self._hosting.committed(gathering)
        self._show(now)
        if batch.leaves_no_trace:
            self._out.append(events.LeaveNoTrace())
        # Of hardly any commit, and there may be a thousand members.
        for member in self._roster.everyone() if batch.removed or batch.roles else ():
            if (end := self._hosting.turned_away(member.identity)) is not None:
                self._close(member.conn, *end)
            elif (role := batch.roles.get(member.identity.seat or SeatId(""))) is not None:
                self._promote(member, role, now)
        if batch.happenings or batch.vault:
            self._deliver(self._hosting.news(self._roster.everyone()))
        if self._lobby:
            self._let_in(now)

    def _promote(self, member: Member, role: Role, now: Millis) -> None:
        could_edit = allows(member.identity.role, Capability.EDIT)
        self._roster.promote(member, role, now)
        if member.door is Door.NATIVE:
            self._awareness.stir(member)
        elif allows(role, Capability.EDIT) and not could_edit and self._takes_edits:
            # Only writers are asked for what they have.
            self._send(member.conn, yprotocol.encode_step1(self._board.state_vector()))

    def _deliver(self, news: Iterable[tuple[tuple[ConnId, ...], bytes]]) -> None:
        for conns, frame in news:
            self._out.append(events.Deliver(conns, Fanout(frame, partial(_same, frame))))

    def _show(self, now: Millis) -> None:
        """Show as much of what people do as the gathering lets be shown, as far as it is durable."""
        showing = self._hosting.showing
        if showing is not self._showing:
            self._showing = showing
            for member in self._roster.show(showing, now):
                self._awareness.stir(member)
            self._awareness.show(showing)

    def _admit_waiting(self, now: Millis) -> None:
        """Answer who came while memory was ahead of the disk."""
        joiners, self._joiners = self._joiners, []
        for event in joiners:
            if not self._stays_outside(event):
                self._of_member(event.conn, partial(self._welcome, event=event, now=now))
        questions, self._questions = self._questions, {}
        for conn, question in questions.items():
            self._of_member(conn, partial(self._answer_step1, question))
        self._answer_tickets()

    def _tell_filling(self) -> None:
        """Warn of a board that is nearly full; once for each per cent, and once when it is not any more."""
        filling = self._admission.filling()
        if filling != self._filling:
            what, percent = filling or ((self._filling or ("elements", 0))[0], 0)
            self._filling = filling
            self._roster.announce(["filling", what, percent])

    def _announce_mode(self) -> None:
        if self.mode is not self._told_mode:
            self._told_mode = self.mode
            self._roster.announce(["mode", self.mode.value])

    def _tick(self, batch: Batch | None, now: Millis) -> None:
        """Tell everybody what is durable now, in one frame."""
        batch = batch or Batch()
        self._tally.receipts += len(batch.receipts)
        # First, so that the author can put words aside before the tick takes them off the board.
        for conn, notice in batch.neutralised:
            if conn in self._roster:
                self._send(conn, encode(notice))
        tellings, happened = self._roster.tell(now)
        pieces = TickPieces(
            self._seq,
            update=batch.update or None,
            receipts=[number for pair in batch.receipts.items() for number in pair],
            events=happened,
        )
        if pieces.is_heavy and len(tellings) > 1:
            self._out.append(events.Deliver(self._roster.audience(Door.NATIVE), pieces.fanout(None)))
            pieces = TickPieces(self._seq)
        for conns, news in tellings:
            if news is not None or not pieces.is_bare:
                self._out.append(events.Deliver(conns, pieces.fanout(news)))
        if batch.update and (audience := self._roster.audience(Door.STOCK)):
            frame = yprotocol.encode_update(batch.update)
            self._out.append(events.Deliver(audience, Fanout(frame, lambda: frame)))
        for conn, result in batch.answers:
            if conn in self._roster:
                self._send(conn, encode(result))

    # ---- answers ---------------------------------------------------------------------------------------------------

    def _ask(self, member: Member, event: events.Step1Received, now: Millis) -> None:
        self._slow_down(member, now, worth=_STEP1_WORTH)
        self._answer_step1(event, member)

    def _answer_step1(self, question: events.Step1Received, member: Member) -> None:
        if not self._is_ready:
            # What it has only grows, so the latest question asks for the least.
            self._questions[member.conn] = question
            return
        self._leases.require_current(vector_clients(question.state_vector))
        self._out.append(events.Deliver((member.conn,), self._catch_up.step2(question.state_vector)))
        if not member.welcomed:
            # Only now does it hold what later updates build on.
            self._roster.welcome(member)

    def _answer_tickets(self) -> None:
        if self._is_ready:
            for ticket in self._tickets:
                self._out.append(events.StateReady(ticket, self._epoch, self._seq, self._catch_up.whole()))
            self._tickets.clear()

    def _tell_presence(self, member: Member) -> None:
        if member.door is Door.NATIVE and (news := self._roster.presence()) is not None:
            self._send(member.conn, TickPieces(self._seq).fanout(news).full)

    # ---- when the disk fails ---------------------------------------------------------------------------------------

    @property
    def _is_ready(self) -> bool:
        """Memory holds what is on disk, neither more nor less."""
        return self._is_sound and self._commit is None

    @property
    def _takes_edits(self) -> bool:
        return not (self._is_paused or self._is_damaged)

    def _commit_failed(self) -> None:
        """Take nothing more in and promise nothing; what memory holds beyond the disk has to go."""
        failed, self._commit = self._commit, None
        self._is_paused, self._is_sound = True, False
        for conn, n in self._admission.abandon(failed, self._roster.everyone()):
            if conn in self._roster:
                self._send(conn, encode(self._not_now(n)))
        self._announce_mode()
        self._out.append(events.Reload())

    def _reloaded(self, event: events.Reloaded, now: Millis) -> None:
        if not event.stored.damage and (event.stored.epoch, event.stored.seq) != (self._epoch, self._seq):
            event.board.close()
            self._break(CloseCode.TRY_LATER, NOT_SAVED)
            return
        self._board.close()
        self._adopt(event.stored, event.board, event.client_id)
        self._is_sound = True
        self._show(now)
        self._announce_mode()
        self._crowd_changed = True
        self._admit_waiting(now)
        self._let_in(now)

    def _writable(self) -> None:
        """Go on: browsers send again what has no receipt, and stock clients are asked for what they have."""
        self._is_paused = False
        self._announce_mode()
        if self._takes_edits:
            question = yprotocol.encode_step1(self._board.state_vector())
            for member in self._roster.everyone():
                if member.door is Door.STOCK and allows(member.identity.role, Capability.EDIT):
                    self._send(member.conn, question)

    def _not_now(self, n: int) -> Failed:
        return Failed(n, self.mode.value, DAMAGED if self._is_damaged else PAUSED)

    # ---- the end ---------------------------------------------------------------------------------------------------

    def _drain(self, now: Millis, code: CloseCode, reason: str) -> None:
        if self._commit is None and not self._admission.pending.is_empty:
            self._begin_commit(now)
        if self._commit is None:
            self._answer_tickets()
            self._dismiss(code, reason)
            self._over = True
            self._out.append(events.Drained())

    def _break(self, code: CloseCode, reason: str) -> None:
        self._dismiss(code, reason)
        self._over = True
        self._out.append(events.Broken())

    def _dismiss(self, code: CloseCode, reason: str) -> None:
        for conn in [*(member.conn for member in self._roster.everyone()), *self._lobby]:
            self._close(conn, code, reason)

    # ---- small things ----------------------------------------------------------------------------------------------

    def _send(self, conn: ConnId, frame: bytes) -> None:
        self._out.append(events.Send(conn, frame))

    def _close(self, conn: ConnId, code: CloseCode, reason: str) -> None:
        self._leave(conn)
        self._out.append(events.Close(conn, code, reason))

    def _wake_by(self, at: Millis) -> None:
        if self._wake is None or at < self._wake:
            self._wake = at
            self._out.append(events.WakeAt(at))


def _same(frame: bytes) -> bytes:
    return frame
