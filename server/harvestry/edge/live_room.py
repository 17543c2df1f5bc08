"""A live room and the world around it: its connections, the store, a timer."""

from __future__ import annotations

import asyncio
import gzip
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

from harvestry.core.access import Identity, LinkId, SeatId
from harvestry.core.errors import CloseCode, DiskTrouble, PeerError
from harvestry.core.events import (
    Awake,
    Broken,
    Close,
    CommitFailed,
    Committed,
    Deliver,
    Drained,
    EditReceived,
    Effect,
    Erase,
    EraseAll,
    Event,
    Hold,
    Joined,
    LeaveNoTrace,
    Left,
    Persist,
    Recall,
    Recalled,
    Reload,
    Reloaded,
    ReloadFailed,
    Send,
    StateReady,
    StateWanted,
    TakeBack,
    TakenBack,
    TickDue,
    WakeAt,
    WakeBoard,
    WakeFailed,
    Writable,
)
from harvestry.core.limits import Millis
from harvestry.core.mode import Mode
from harvestry.core.outbox import Fanout
from harvestry.core.ports import Keeping, StoredBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from harvestry.core.room import Room
from harvestry_crdt import Board

from .clock import Timer
from .library import shipped
from .recalling import recall

if TYPE_CHECKING:
    from .hub import Hub

__all__ = ["FIRST_PAUSE_MS", "BoardState", "LiveRoom", "Reader", "Receiver", "tell_damage"]

# How long to leave a disk alone that failed, at first.
FIRST_PAUSE_MS = 250
# For how long somebody waits who asks over HTTP for something to be written.
_PATIENCE_S = 10.0

_log = logging.getLogger(__name__)


class Reader(Protocol):
    """Whoever reads for a connection, and can be told to wait."""

    def hold(self) -> None: ...
    def release(self) -> None: ...


class Receiver(Reader, Protocol):
    """Where a connection's frames go."""

    def offer(self, frame: bytes | Fanout) -> None: ...
    def close(self, code: CloseCode, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class BoardState:
    """A board at a position of its log; `gzipped` is the same, compressed once for everybody."""

    epoch: int
    seq: int
    state: bytes
    gzipped: bytes


class LiveRoom:
    """A room and the world around it: connections, the store, a timer."""

    def __init__(self, hub: Hub, stored: StoredBoard, board: Board, *, client_id: int) -> None:
        self._hub = hub
        self._clock = hub.clock
        self._store = hub.store
        self._policy = hub.policy
        self.board = stored.board
        self._metrics = hub.metrics
        self._document = board
        self._room = Room(
            stored,
            board,
            client_id=client_id,
            limits=hub.limits,
            now=self._clock.now(),
            wall=self._clock.wall(),
            tally=hub.metrics.tally,
            draw=secrets.token_bytes,
            library=shipped(),
        )
        self._receivers: dict[ConnId, Receiver] = {}
        self._last_conn = 0
        self._timer: Timer | None = None
        self._tickets: dict[int, asyncio.Future[StateReady]] = {}
        self._taking: dict[int, asyncio.Future[object]] = {}
        self._last_ticket = 0
        self._state: asyncio.Future[BoardState] | None = None
        self._state_seq = -1
        self._entry_bytes = 0
        self._commit_began = 0.0
        # When the oldest edit of the next commit came, and of the one in flight.
        self._edit_came: float | None = None
        self._oldest_came: float | None = None
        self._loaded_seq = stored.seq
        self._unsaved_entries = stored.seq - stored.snapshot_seq
        self._unsaved_bytes = sum(len(update) for update in stored.updates)
        self._is_saving = False
        self._saved_at = Millis(-(10**9))
        self._held: list[Reader] = []
        self.ended = asyncio.Event()
        self._idle_since = self._committed_at = self._clock.now()

    # ---- for the doors ---------------------------------------------------------------------------------------------

    def join(
        self,
        receiver: Receiver,
        identity: Identity,
        *,
        door: Door,
        state_vector: bytes | None = None,
        since: tuple[int, int] | None = None,
        resume: str = "",
    ) -> ConnId:
        """Take a connection in; from now on its frames go to `receiver`.

        Raises:
            PeerError: If the room is full, or the link was revoked since it was looked at.
        """
        self.require_place()
        if self._hub.is_revoked(self.board, identity.link):
            raise PeerError(CloseCode.REVOKED, "this link has been revoked")
        self._last_conn += 1
        conn = ConnId(self._last_conn)
        self._receivers[conn] = receiver
        self.handle(Joined(conn, identity, door, state_vector, since, resume))
        return conn

    def require_place(self) -> None:
        """Ask before anything is made for a newcomer, who would come back and have it made again.

        Raises:
            PeerError: If the room is full.
        """
        if self._room.is_full:
            raise PeerError(CloseCode.TRY_LATER, "this room is full")

    def leave(self, conn: ConnId) -> None:
        """The connection is gone."""
        self._receivers.pop(conn, None)
        self.handle(Left(conn))

    def people(self) -> list[list[object]]:
        """Who is here, as `[conn, seat, name, role, hue]`."""
        return self._room.people()

    def users_of(self, link: LinkId) -> int:
        """How many are here by a link."""
        return self._room.users_of(link)

    @property
    def has_ended(self) -> bool:
        """Whether the gathering has ended."""
        return self._room.has_ended

    @property
    def is_under_way(self) -> bool:
        """Whether there is a run of show, and it has not come to its end."""
        return self._room.is_gathering and not self._room.has_ended

    @property
    def shows_door(self) -> bool:
        """Whether displays may be told how people come in."""
        return self._room.shows_door

    def shows_device(self, device: SeatId, to: SeatId) -> bool:
        """Whether somebody may open a table's shared device in another browser."""
        return self._room.shows_device(device, to)

    def require_turn(self, device: SeatId, seat: SeatId, pin: str | None) -> None:
        """Let somebody sit down at a table's shared device.

        Raises:
            Refusal: If this is not their device, or not their PIN.
        """
        self._room.require_turn(device, seat, pin)

    def waits(self, who: Identity) -> bool:
        """Whether somebody has to wait until a host lets them in."""
        return self._room.waits(who)

    def is_welcomed(self, who: Identity) -> bool:
        """Whether somebody is in the room, and everybody is told so."""
        return self._room.is_welcomed(who)

    def pace(self, reader: Reader) -> None:
        """Have somebody read no more until the room can take more; to be asked after each message."""
        if self._room.is_congested:
            reader.hold()
            self._held.append(reader)

    async def state(self, *, joining: bool = False) -> BoardState:
        """The board as it is on disk, encoded and compressed once per position of the log.

        Args:
            joining: Whoever asks goes on over a socket, which brings what came after. A herd that joins while others
                write then shares one state, although the log goes on.
        """
        position = self._state_seq
        if self._state is None or not (self._room.reaches(position) if joining else self._room.seq == position):
            if self.is_over:
                raise PeerError(CloseCode.TRY_LATER, "the board is being loaded again")
            self._last_ticket += 1
            ticket = self._last_ticket
            # A quiet room answers at once, and the ticket is gone by then.
            answer = self._tickets[ticket] = asyncio.get_running_loop().create_future()
            self.handle(StateWanted(ticket))
            ready = await answer
            if self._state is None or self._state_seq < ready.seq:
                self._state_seq = ready.seq
                self._state = self._hub.spawn(_compressed(ready))
        return await asyncio.shield(self._state)

    async def take_back(self, seat: SeatId, keys: Sequence[str]) -> object:
        """Take back what is a seat's that a host has ended, and wait until it is durable.

        Returns:
            How many notes are `gone`, and how many `stays`, as the group's.

        Raises:
            PeerError: If the board takes nothing just now.
        """
        self._last_ticket += 1
        ticket = self._last_ticket
        answer = self._taking[ticket] = asyncio.get_running_loop().create_future()
        try:
            self.handle(TakeBack(ticket, seat, tuple(keys)))
            async with asyncio.timeout(_PATIENCE_S):
                value = await answer
        except TimeoutError:
            value = None
        finally:
            self._taking.pop(ticket, None)
        if value is None:
            raise PeerError(CloseCode.TRY_LATER, "nothing can be saved just now")
        return value

    @property
    def is_over(self) -> bool:
        """The room takes nobody in any more."""
        return self._room.is_over

    @property
    def quiet_for_ms(self) -> int:
        """For how long nothing has been committed."""
        return self._clock.now() - self._committed_at

    @property
    def idle_for_ms(self) -> int:
        """For how long nobody has been here."""
        return self._clock.now() - self._idle_since if self._room.is_idle else 0

    def handle(self, event: Event) -> None:
        """Tell the room what happened, and do what it wants done."""
        if self._edit_came is None and isinstance(event, EditReceived):
            self._edit_came = self._metrics.now()
        now = self._clock.now()
        for effect in self._room.handle(event, now=now):
            self._carry_out(effect)
        if self._held and not self._room.is_congested:
            asyncio.get_running_loop().call_soon(self._let_read)
        if not self._room.is_idle:
            self._idle_since = now

    def _let_read(self) -> None:
        """Let those read who were held, in the order they came, until it is too much again."""
        held, self._held = self._held, []
        for index, reader in enumerate(held):
            if self._room.is_congested:
                self._held += held[index:]
                return
            reader.release()

    # ---- effects ---------------------------------------------------------------------------------------------------

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(conn, frame):
                self._offer(conn, frame)
            case Deliver(conns, fanout):
                receivers = self._receivers
                for conn in conns:
                    if (reader := receivers.get(conn)) is not None:
                        reader.offer(fanout)
            case Persist(entry):
                self._entry_bytes = len(entry.update or b"")
                self._commit_began = self._metrics.now()
                self._oldest_came, self._edit_came = self._edit_came, None
                asyncio.ensure_future(self._store.append(entry)).add_done_callback(self._persisted)
            case Reload():
                self._hub.spawn(self._recover()).add_done_callback(self._recovered)
            case Recall():
                self._hub.spawn(recall(self._store, self.board, effect)).add_done_callback(self._recalled)
            case Hold(conn, until):
                if (receiver := self._receivers.get(conn)) is not None:
                    receiver.hold()
                    self._clock.call_at(until, receiver.release)
            case WakeAt(at):
                self._wake_at(at)
            case WakeBoard():
                self._hub.spawn(asyncio.to_thread(self._document.wake)).add_done_callback(self._woken)
            case Close(conn, code, reason):
                if (receiver := self._receivers.pop(conn, None)) is not None:
                    receiver.close(code, reason)
            case StateReady(ticket):
                answer = self._tickets.pop(ticket)
                if not answer.done():  # Whoever asked may have given up.
                    answer.set_result(effect)
            case TakenBack(ticket, value):
                if (asked := self._taking.get(ticket)) is not None and not asked.done():
                    asked.set_result(value)
            case LeaveNoTrace():
                self._hub.leave_no_trace()
            case Erase(elements):
                self._hub.erase(self.board, elements)
            case EraseAll(due):
                self._hub.erase_all(self.board, due)
            case Broken():
                _log.error("room broke and will be loaded again", extra={"room": self.board})
                self._end()
            case Drained():
                self._end()
            case _:
                assert_never(effect)

    def _offer(self, conn: ConnId, frame: bytes | Fanout) -> None:
        if (receiver := self._receivers.get(conn)) is not None:
            receiver.offer(frame)

    def _woken(self, work: asyncio.Future[None]) -> None:
        if (error := work.exception()) is not None:
            _log.error("a board did not wake: %s", type(error).__name__, exc_info=error, extra={"room": self.board})
            self.handle(WakeFailed())
        elif self.is_over:
            self._document.close()
        else:
            self.handle(Awake())

    def _persisted(self, write: asyncio.Future[None]) -> None:
        error = None if write.cancelled() else write.exception()
        if write.cancelled() or error is not None:
            self._metrics.commits_failed += 1
            if isinstance(error, DiskTrouble):
                _log.error("a commit failed, and the room waits: %s", error, extra={"room": self.board})
            else:
                _log.error("a commit failed: %s", type(error).__name__, exc_info=error, extra={"room": self.board})
            self.handle(CommitFailed())
            return
        self._committed_at = self._clock.now()
        self._unsaved_entries += 1
        self._unsaved_bytes += self._entry_bytes
        self._metrics.committed(self._commit_began, self._entry_bytes)
        came, self._oldest_came = self._oldest_came, None
        self.handle(Committed())
        if came is not None:
            self._metrics.ticks.add(self._metrics.now() - came)
        if self._is_snapshot_due():
            self._hub.watch(self._hub.spawn(self.save_snapshot()), self.board)

    def _is_snapshot_due(self) -> bool:
        """Whether the log has grown long, and the room has had a while without the work of cutting it."""
        policy = self._policy
        if self._unsaved_entries < policy.snapshot_entries and self._unsaved_bytes < policy.snapshot_bytes:
            return False
        rested = self._clock.now() - self._saved_at >= policy.snapshot_ms
        return rested and not (self.is_over or self._is_saving)

    async def save_snapshot(self) -> None:
        """Write the board out as one state, so that loading it is quick.

        Only what reads as the stored log does may stand for it, whatever memory or the engine made of the board.

        Raises:
            Unverified: If it does not; the log stays as long as it is.
        """
        self._unsaved_entries = self._unsaved_bytes = 0
        self._is_saving = True
        try:
            state = await self.state()
            history = await self._store.history(self.board, until=state.seq)
            await self._hub.verifier.verify(history, state.state)
            await self._store.save_snapshot(
                self.board, epoch=state.epoch, seq=state.seq, state=state.state, keeping=self._keeping()
            )
            self._metrics.snapshots += 1
        finally:
            self._is_saving = False
            self._saved_at = self._clock.now()

    def _keeping(self) -> Keeping | None:
        """How much of its past a board keeps while it is a gathering's, for hosts to put things back to."""
        if not self._room.is_gathering:
            return None
        policy = self._policy
        return Keeping(self._clock.wall() * 1_000 - policy.rewind_ms, policy.rewind_bytes)

    @property
    def has_changed(self) -> bool:
        """Whether anything was written since the board was loaded."""
        return self._room.seq != self._loaded_seq

    @property
    def has_unsaved_entries(self) -> bool:
        """Whether loading the board would replay any of its log, and a snapshot could spare that."""
        return self._unsaved_entries > 0 and self._room.mode not in (Mode.PAUSED, Mode.DAMAGED)

    async def _recover(self) -> None:
        """After a commit failed: load the board from disk, and wait until the disk takes writes again."""
        while not self.ended.is_set():
            try:
                stored, document, client_id = await self._hub.read(self.board)
            except DiskTrouble as error:
                _log.warning("the board cannot be read again yet: %s", error, extra={"room": self.board})
                if not await self._hub.pause(FIRST_PAUSE_MS):
                    return
            else:
                if self._room.is_over:
                    document.close()
                    return
                tell_damage(stored)
                self._document = document
                self.handle(Reloaded(stored, document, client_id))
                break
        if await self._hub.writable() and not self.is_over:
            _log.info("the room goes on", extra={"room": self.board})
            self.handle(Writable())

    def _recovered(self, work: asyncio.Future[None]) -> None:
        if not work.cancelled() and (error := work.exception()) is not None:
            _log.error("the board cannot be loaded again: %s", error, exc_info=error, extra={"room": self.board})
            self.handle(ReloadFailed())

    def _recalled(self, work: asyncio.Future[Recalled]) -> None:
        self.handle(work.result())

    def _wake_at(self, at: Millis) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_at(at, lambda: self.handle(TickDue()))

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for future in self._tickets.values():
            if not future.done():
                future.set_exception(PeerError(CloseCode.TRY_LATER, "the board is being loaded again"))
        self._tickets.clear()
        self._room.release()
        self._hub.forget(self)
        self.ended.set()


async def _compressed(ready: StateReady) -> BoardState:
    gzipped = await asyncio.to_thread(gzip.compress, ready.state, 1, mtime=0)
    return BoardState(ready.epoch, ready.seq, ready.state, gzipped)


def tell_damage(stored: StoredBoard) -> None:
    if stored.damage is not None:
        _log.error(
            "the board is damaged, and shown as far as it is sound: %s", stored.damage, extra={"room": stored.board}
        )
