"""Rooms by board: loaded when somebody comes, carried out while they live, unloaded when nobody is left."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from harvestry.core.access import BoardId, LinkId
from harvestry.core.errors import CloseCode, DiskTrouble, InvalidState, PeerError
from harvestry.core.events import (
    LinkRevoked,
    Replacing,
    RestDue,
    Stopping,
)
from harvestry.core.limits import Limits, Millis
from harvestry.core.ports import Stale, Store, StoredBoard
from harvestry.core.rebuilding import is_worthwhile, rebuilt
from harvestry_crdt import Board

from .clock import LoopClock, Timer
from .live_room import FIRST_PAUSE_MS, LiveRoom, tell_damage
from .metrics import Metrics
from .verifier import Unverified, Verifier, VerifierStopped

__all__ = ["Hub", "Policy", "UnknownBoard"]

T = TypeVar("T")

# How long to leave a disk alone that failed, at most.
_LAST_PAUSE_MS = 8_000
# When to try again to cut the write-ahead log that somebody reads.
_CUT_AGAIN_MS = 500

_log = logging.getLogger(__name__)


class UnknownBoard(Exception):
    """There is no such board."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When rooms are written out and let go."""

    idle_unload_ms: int = 30_000
    rest_ms: int = 300_000
    snapshot_entries: int = 500
    snapshot_bytes: int = 262_144
    snapshot_ms: int = 10_000
    compact_bytes: int = 65_536
    rewind_ms: int = 10_800_000
    rewind_bytes: int = 67_108_864


class Hub:
    """Every room of this process; an async context manager that owns all their work."""

    def __init__(
        self, store: Store, clock: LoopClock, *, limits: Limits, policy: Policy, metrics: Metrics | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.limits = limits
        self.policy = policy
        self.metrics = metrics or Metrics()
        self.verifier = Verifier(clock)
        self._rooms: dict[BoardId, LiveRoom] = {}
        self.metrics.rooms = self._rooms.__len__
        self._loading: dict[BoardId, asyncio.Future[LiveRoom]] = {}
        self._unloading: set[BoardId] = set()
        self._held: dict[BoardId, asyncio.Future[None]] = {}
        self._revoked: set[tuple[BoardId, LinkId]] = set()
        self._tasks = asyncio.TaskGroup()
        self._sweeper: Timer | None = None
        self._recovering: asyncio.Future[bool] | None = None
        self._recovered_at = Millis(-(10**9))
        self._last_pause_ms = FIRST_PAUSE_MS
        self._pausing: set[asyncio.Future[None]] = set()
        self._stopping = False
        self._tidying: asyncio.Future[None] | None = None
        self._tidies_again = False
        # Erases elements of a board that its room wants erased; whoever keeps the boards' histories sets it.
        self.erase: Callable[[BoardId, frozenset[str]], None] = _refuse
        # The same for a whole board, at a date in Unix milliseconds.
        self.erase_all: Callable[[BoardId, int], None] = _refuse

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._sweep_later()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everybody, commit what waits, and wait for all of it."""
        self._stopping = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        rooms = list(self._rooms.values())
        for pausing in self._pausing:
            _wake(pausing)
        for room in rooms:
            room.handle(Stopping())
        for room in rooms:
            await room.ended.wait()
        await self.verifier.stop()
        await self._tasks.__aexit__(kind, error, trace)

    async def enter(self, board: BoardId) -> LiveRoom:
        """The live room of a board. Between this and what the caller does with it there may be no other await.

        Raises:
            UnknownBoard: If there is no such board.
            DamagedBoard: If it does not load.
            PeerError: If the server is shutting down.
        """
        while (room := self._rooms.get(board)) is None or room.is_over:
            if self._stopping:
                raise PeerError(CloseCode.RESTARTING, "the server is restarting")
            if (held := self._held.get(board)) is not None:
                await asyncio.shield(held)
                continue
            if board not in self._loading:
                self._loading[board] = self.spawn(self._load(board))
            await asyncio.shield(self._loading[board])
        return room

    @asynccontextmanager
    async def alone(self, board: BoardId) -> AsyncIterator[None]:
        """Hold a board's records alone: whoever is in its room is told to load afresh, and nobody enters meanwhile."""
        while (held := self._held.get(board)) is not None:
            await asyncio.shield(held)
        self._held[board] = done = asyncio.get_running_loop().create_future()
        try:
            if (loading := self._loading.get(board)) is not None:
                with suppress(Exception):
                    await asyncio.shield(loading)
            if (room := self._rooms.get(board)) is not None:
                room.handle(Replacing())
                await room.ended.wait()
            yield
        finally:
            del self._held[board]
            done.set_result(None)

    def leave_no_trace(self) -> None:
        """What was just forgotten is to be in no file any more: have the write-ahead log cut, once for all who ask."""
        if self._tidying is None or self._tidying.done():
            self._tidying = self.spawn(self._cut_log())
        else:
            self._tidies_again = True

    async def _cut_log(self) -> None:
        while True:
            self._tidies_again = False
            try:
                is_cut = await self.store.tidy(thoroughly=False)
            except DiskTrouble as error:
                _log.warning("what was forgotten is still in the write-ahead log: %s", error)
                is_cut = False
            if (is_cut and not self._tidies_again) or not await self.pause(_CUT_AGAIN_MS):
                return

    def revoked(self, board: BoardId, link: LinkId) -> None:
        """A link has been revoked: whoever came by it leaves."""
        # Somebody may be between having the token looked at and joining.
        self._revoked.add((board, link))
        if (room := self._rooms.get(board)) is not None:
            room.handle(LinkRevoked(link))

    def is_revoked(self, board: BoardId, link: LinkId) -> bool:
        """Whether a link has been revoked in the lifetime of this process."""
        return (board, link) in self._revoked

    def room(self, board: BoardId) -> LiveRoom | None:
        """The room of a board, if it is loaded."""
        return self._rooms.get(board)

    def forget(self, room: LiveRoom) -> None:
        """A room has ended."""
        if self._rooms.get(room.board) is room:
            del self._rooms[room.board]

    def spawn(self, work: Coroutine[object, object, T]) -> asyncio.Future[T]:
        """Run work in the hub's task group; its failure is its future's alone."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        async def run() -> None:
            try:
                result = await work
            except Exception as error:  # noqa: BLE001 - handed to whoever waits
                if not future.cancelled():
                    future.set_exception(error)
            else:
                if not future.cancelled():
                    future.set_result(result)

        self._tasks.create_task(run())
        return future

    async def read(self, board: BoardId) -> tuple[StoredBoard, Board, int]:
        """A board as it is on disk, its document, and what the server writes under in it.

        Raises:
            UnknownBoard: If there is no such board.
            DamagedBoard: If nothing of it can be read.
            DiskTrouble: If the disk cannot be read just now.
        """
        stored = await self.store.load(board)
        if stored is None:
            raise UnknownBoard(board)
        client_id = _fresh_client_id(stored)
        return stored, await asyncio.to_thread(_at_rest, stored, client_id), client_id

    async def writable(self) -> bool:
        """Wait until the store takes writes again, together with every room that waits; False if the server ends."""
        if self._recovering is None or self._recovering.done():
            self._recovering = self.spawn(self._recover())
        return await asyncio.shield(self._recovering)

    async def _recover(self) -> bool:
        # Trouble that comes back soon is the same trouble.
        is_new = self.clock.now() - self._recovered_at > _LAST_PAUSE_MS * 4
        pause_ms = FIRST_PAUSE_MS if is_new else min(self._last_pause_ms * 2, _LAST_PAUSE_MS)
        while await self.pause(pause_ms):
            try:
                await self.store.recover()
            except DiskTrouble:
                pause_ms = min(pause_ms * 2, _LAST_PAUSE_MS)
            else:
                self._recovered_at, self._last_pause_ms = self.clock.now(), pause_ms
                _log.warning("the disk takes writes again")
                return True
        return False

    async def pause(self, ms: int) -> bool:
        """Let time pass; False if the server is to end, and then at once."""
        if self._stopping:
            return False
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.clock.call_at(Millis(self.clock.now() + ms), lambda: _wake(woken))
        self._pausing.add(woken)
        try:
            await woken
        finally:
            self._pausing.discard(woken)
            timer.cancel()
        return not self._stopping

    async def _load(self, board: BoardId) -> LiveRoom:
        try:
            stored, document, client_id = await self.read(board)
            room = LiveRoom(self, stored, document, client_id=client_id)
            self._rooms[board] = room
            _log.info("room loaded at seq %d", stored.seq, extra={"room": board})
            tell_damage(stored)
            return room
        finally:
            del self._loading[board]

    def _sweep_later(self) -> None:
        pause_ms = max(1, self.policy.idle_unload_ms // 2)
        self._sweeper = self.clock.call_at(Millis(self.clock.now() + pause_ms), self._sweep)

    def _sweep(self) -> None:
        for room in self._rooms.values():
            if room.idle_for_ms >= self.policy.idle_unload_ms and room.board not in self._unloading:
                self._unloading.add(room.board)
                self.watch(self.spawn(self._unload(room)), room.board)
            elif room.quiet_for_ms >= self.policy.rest_ms:
                room.handle(RestDue())
        self._sweep_later()

    async def _unload(self, room: LiveRoom) -> None:
        try:
            if room.has_unsaved_entries:
                await room.save_snapshot()
        finally:
            self._unloading.discard(room.board)
        # Somebody may have come in the meantime; then the room lives on.
        if room.idle_for_ms >= self.policy.idle_unload_ms:
            room.handle(Stopping())
            _log.info("room unloaded", extra={"room": room.board})
            # A gathering that goes on looks back further than to when its people last had a break.
            if room.has_changed and not room.is_under_way:
                await self._compact(room.board)

    async def _compact(self, board: BoardId) -> None:
        """Rebuild a board that nobody is in, if that saves much; whoever comes meanwhile is not kept waiting."""
        size = await self.store.size(board)
        if size < self.policy.compact_bytes or (stored := await self.store.load(board)) is None:
            return
        if stored.damage is not None:
            return
        history = await asyncio.to_thread(rebuilt, stored, client_id=_fresh_client_id(stored))
        if not is_worthwhile(stored, history, size=size):
            return
        if board in self._rooms or board in self._loading or board in self._held or self._stopping:
            return
        async with self.alone(board):
            await self.store.replace(history)
        await self.store.tidy(thoroughly=False)
        _log.info("compacted from %d bytes to %d", size, len(history.state), extra={"room": board})

    def watch(self, work: asyncio.Future[None], board: BoardId) -> None:
        """Log it if work that nobody waits for fails; the log holds all a snapshot does, so nothing is lost."""

        def done(finished: asyncio.Future[None]) -> None:
            match None if finished.cancelled() else finished.exception():
                case None | VerifierStopped() | Stale() | PeerError(code=CloseCode.TRY_LATER):
                    pass  # the server or the room ended first
                case DiskTrouble() as error:
                    self.metrics.snapshots_failed += 1
                    _log.warning("a snapshot has to wait: %s", error, extra={"room": board})
                case Unverified() as error:
                    self.metrics.snapshots_failed += 1
                    _log.error("a snapshot was not kept: %s", error, extra={"room": board})
                case error:
                    self.metrics.snapshots_failed += 1
                    _log.error("a snapshot failed: %s", type(error).__name__, exc_info=error, extra={"room": board})

        work.add_done_callback(done)


def _at_rest(stored: StoredBoard, client_id: int) -> Board:
    """The board as bytes, put together; a document is made of it when somebody edits."""
    board = Board.load(stored.state, stored.updates, client_id=client_id, resting=True)
    board.encode()
    return board


def _refuse(board: BoardId, _: object) -> None:
    raise InvalidState(f"nobody keeps the history of {board}")


def _wake(pausing: asyncio.Future[None]) -> None:
    if not pausing.done():
        pausing.set_result(None)


def _fresh_client_id(stored: StoredBoard) -> int:
    """What the server writes under until it restarts; Yjs draws its ids from the same 32 bits."""
    while (client_id := secrets.randbits(32)) in stored.leases or client_id in stored.retired:
        pass
    return client_id
