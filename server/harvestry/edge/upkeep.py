"""Upkeep: boards that are rebuilt, erased from and brought back, each alone, and each looked at again afterwards."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

from harvestry.core.access import BoardId
from harvestry.core.errors import HarvestryError
from harvestry.core.gathering.erasing import ERASURE
from harvestry.core.ports import Erasure, LinkRecord, NewBoard, Rebuilt, SeatRecord, Stale, StoredBoard
from harvestry.core.rebuilding import UnknownSeat, Wish, erased, rebuilt
from harvestry_crdt import Board, DamagedBoard, digest_of

from .hub import UnknownBoard
from .store import SqlStore

__all__ = ["ErasedBoard", "Outcome", "Saved", "Upkeep", "alone_here", "fresh_client_id", "leap"]

# A restored board may meet copies that went on after the backup, in epochs of the same numbers: it leaps over them.
_FARTHEST_LEAP = 1 << 20

# What is saved at least when every board is compacted: half of it.
_LEAST_GAIN = 2


class ErasedBoard(HarvestryError):
    """The whole board is on the list of what was erased."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done to a board.

    Attributes:
        epoch: The new one; 0 if the board is gone.
        before: Bytes of log and snapshots.
        after: The same, now.
        elements: Ids of the elements that went.
        seats: Ids of the people who went.
    """

    board: BoardId
    epoch: int
    before: int
    after: int
    elements: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """A board in a backup, with the people and the links it had."""

    stored: StoredBoard
    links: tuple[LinkRecord, ...]
    seats: tuple[SeatRecord, ...]
    erasures: tuple[Erasure, ...]


class Upkeep:
    """The upkeep of one store.

    Args:
        store: Whose boards.
        alone: Holds a board's records alone, whoever is in its room.
        wall: Unix time in seconds.
    """

    def __init__(
        self,
        store: SqlStore,
        alone: Callable[[BoardId], AbstractAsyncContextManager[None]],
        *,
        wall: Callable[[], int],
    ) -> None:
        self._store = store
        self._alone = alone
        self._wall = wall

    async def compact(self, board: BoardId, *, always: bool = True) -> Outcome:
        """Rebuild a board without what is gone.

        Args:
            board: Which.
            always: Even if little is saved; else such a board stays as it is, and nobody is disturbed.

        Raises:
            UnknownBoard: If there is none.
            DamagedBoard: If it does not load; it stays as it is.
        """
        if not always:
            stored, before, history = await self._rebuilt(board)
            if len(history.state) * _LEAST_GAIN > before:
                return Outcome(board, stored.epoch, before, before)
        async with self._alone(board):
            _, before, history = await self._rebuilt(board)
            await self._replace(history)
        return Outcome(board, history.epoch, before, len(history.state))

    async def erase(self, board: BoardId, wish: Wish, *, strict: bool = True) -> Outcome:
        """Take elements or people off a board, and every trace of them out of the store; `tidy` clears the files.

        Args:
            board: Which.
            wish: What is to go.
            strict: Refuse to erase an element that is not there.

        Raises:
            UnknownBoard: If there is none.
            UnknownElement: If an element is not on it; nothing is erased.
            UnknownSeat: If nobody of that seat was there; nothing is erased.
            DamagedBoard: If it does not load; it stays as it is.
        """
        for seat in wish.seats:
            if await self._store.seat(board, seat) is None:
                raise UnknownSeat(seat)
        async with self._alone(board):
            stored, before = await self._load(board), await self._store.size(board)
            history, gone = await asyncio.to_thread(
                erased, stored, wish, client_id=fresh_client_id(stored), at=self._wall(), strict=strict
            )
            await self._replace(history)
        return Outcome(board, history.epoch, before, len(history.state), tuple(sorted(gone)), tuple(sorted(wish.seats)))

    async def remove(self, board: BoardId) -> Outcome:
        """Erase a whole gathering: board, links, seats, names.

        Raises:
            UnknownBoard: If there is none.
        """
        async with self._alone(board):
            return await self._remove(board)

    async def remove_named(self, board: BoardId, kind: str, key: str) -> bool:
        """Erase a whole gathering whose vault has that row, once nobody can take it away any more.

        Returns:
            False if it has no such row, and stays.
        """
        async with self._alone(board):
            if key not in (await self._store.named(kind)).get(board, ()):
                return False
            await self._remove(board)
        return True

    async def _remove(self, board: BoardId) -> Outcome:
        if await self._store.summary(board) is None:
            raise UnknownBoard(board)
        before = await self._store.size(board)
        await self._store.remove(board, Erasure("board", "", self._wall()))
        return Outcome(board, 0, before, 0)

    async def bring_back(self, saved: Saved) -> Outcome:
        """Put a board of a backup in the place of the one here, or make it. What was erased stays erased.

        Raises:
            ErasedBoard: If the whole board was.
            DamagedBoard: If the board in the backup does not load.
        """
        board = saved.stored.board
        here = (await self._store.erasures()).get(board, ())
        listed = [*here, *saved.erasures]
        if any(erasure.kind == "board" for erasure in listed):
            raise ErasedBoard(board)
        if saved.stored.damage is not None:
            raise DamagedBoard(saved.stored.damage)
        async with self._alone(board):
            if await self._store.position(board) is None:
                links = tuple(saved.links)
                await self._store.create(NewBoard(board, saved.stored.title, self._wall(), links))
            position = await self._store.position(board)
            if position is None:
                raise Stale(board)
            before = await self._store.size(board)
            known = await self._known_clients(board)
            # That it was to be erased may have been taken back since.
            vault = {key: row for key, row in saved.stored.vault.items() if key[0] != ERASURE}
            # The history that ends is the one here; what is rebuilt is the one in the backup.
            stored = replace(
                saved.stored, epoch=position[0], seq=position[1], retired=saved.stored.retired | known, vault=vault
            )
            history, gone = await asyncio.to_thread(
                erased,
                stored,
                Wish.of(listed),
                client_id=fresh_client_id(stored),
                at=self._wall(),
                leap=leap(),
                strict=False,
            )
            seats = tuple(seat for seat in saved.seats if seat.id not in history.forgotten)
            history = replace(
                history,
                links=saved.links,
                seats=seats,
                erasures=tuple(listed),
                retired=history.retired | stored.retired,
            )
            await self._replace(history)
        return Outcome(board, history.epoch, before, len(history.state), tuple(sorted(gone)))

    async def tidy(self) -> None:
        """Write the database anew, so that nothing that is gone is left in any file.

        Raises:
            StillRead: If somebody reads for so long that it cannot be.
        """
        await self._store.tidy(thoroughly=True)

    async def _rebuilt(self, board: BoardId) -> tuple[StoredBoard, int, Rebuilt]:
        stored, before = await self._load(board), await self._store.size(board)
        return stored, before, await asyncio.to_thread(rebuilt, stored, client_id=fresh_client_id(stored))

    async def _load(self, board: BoardId) -> StoredBoard:
        stored = await self._store.load(board)
        if stored is None:
            raise UnknownBoard(board)
        if stored.damage is not None:
            # What is shown is a part of it, and what is written afresh would be all that is left.
            raise DamagedBoard(stored.damage)
        return stored

    async def _known_clients(self, board: BoardId) -> frozenset[int]:
        """Whoever wrote to the board that is here; of one that does not load, whoever holds a lease."""
        try:
            stored = await self._store.load(board)
            if stored is None:
                return frozenset()
            document = await asyncio.to_thread(Board.load, stored.state, stored.updates, client_id=0)
        except DamagedBoard:
            return frozenset()
        known = document.known_client_ids()
        document.close()
        return known | stored.retired | stored.leases.keys()

    async def _replace(self, history: Rebuilt) -> None:
        await self._store.replace(history)
        again = await self._load(history.board)
        if (again.state, again.epoch, list(again.updates)) != (history.state, history.epoch, []):
            raise DamagedBoard("what was written does not read back as it was written")
        # Whoever comes next finds what the engine makes of it.
        await asyncio.to_thread(digest_of, again.state, again.updates)


@asynccontextmanager
async def alone_here(_: BoardId) -> AsyncIterator[None]:
    """Nobody else is at work on the data folder."""
    yield


def fresh_client_id(stored: StoredBoard) -> int:
    """An id that nobody ever wrote under; Yjs draws its own from the same 32 bits."""
    while (client_id := secrets.randbits(32)) in stored.leases or client_id in stored.retired:
        pass
    return client_id


def leap() -> int:
    """How far the epoch of a restored board goes on."""
    return 1 + secrets.randbelow(_FARTHEST_LEAP)
