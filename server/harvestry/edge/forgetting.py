"""What is erased from every file because people asked for it.

Notes that their authors took back go within a minute, several of one board together; whole gatherings when their time
has come, whether or not anybody is there.
"""

from __future__ import annotations

import asyncio
import logging

from harvestry.core.access import BoardId
from harvestry.core.errors import HarvestryError, InvalidState
from harvestry.core.gathering.erasing import ERASURE
from harvestry.core.gathering.sealed import LEAVING
from harvestry.core.rebuilding import Wish
from harvestry_crdt import DamagedBoard

from .hub import Hub, UnknownBoard
from .store import SqlStore
from .upkeep import Upkeep

__all__ = ["Forgetting"]

# A board that cannot be erased from is left alone this long: each attempt sends everybody for a new copy.
_PAUSE_MS = 300_000
# When to try again to write the database anew, after somebody read it.
_CLEAR_AGAIN_MS = 2_000

_log = logging.getLogger(__name__)


class Forgetting:
    """Erases what rooms want erased, in the hub's task group."""

    def __init__(self, store: SqlStore, hub: Hub, upkeep: Upkeep) -> None:
        self._store = store
        self._hub = hub
        self._upkeep = upkeep
        # What is wanted of each board that is being worked on, or waits to be tried again.
        self._wanted: dict[BoardId, frozenset[str]] = {}
        # When a board is to be erased as a whole, as it was asked for last; and what waits for that, one for a board.
        self._ends: dict[BoardId, int] = {}
        self._waiting: dict[BoardId, asyncio.Task[object]] = {}

    def erase(self, board: BoardId, elements: frozenset[str]) -> None:
        """Erase elements of a board, which has a new history then."""
        is_under_way = board in self._wanted
        self._wanted[board] = self._wanted.get(board, frozenset()) | elements
        if not is_under_way:
            self._hub.spawn(self._work(board))

    def erase_all(self, board: BoardId, due: int) -> None:
        """Erase a whole board at a date, in Unix milliseconds, if its vault says so then."""
        self._ends[board] = due
        if (waiting := self._waiting.pop(board, None)) is not None:
            waiting.cancel()
        self._hub.spawn(self._end(board, due))

    async def resume(self) -> None:
        """Erase what was to be erased when the server stopped."""
        for board, elements in (await self._store.named(LEAVING)).items():
            self.erase(board, frozenset(elements))
        for board, dates in (await self._store.named(ERASURE)).items():
            self.erase_all(board, min(map(int, dates)))

    async def _work(self, board: BoardId) -> None:
        try:
            while elements := self._wanted[board]:
                if await self._erase(board, elements):
                    self._wanted[board] -= elements
                elif not await self._hub.pause(_PAUSE_MS):
                    return
            while not await self._clear() and await self._hub.pause(_CLEAR_AGAIN_MS):
                pass
        finally:
            del self._wanted[board]

    async def _end(self, board: BoardId, due: int) -> None:
        if self._ends.get(board) != due or not await self._has_come(board, due):
            return
        while (is_gone := await self._remove(board, due)) is None:
            if not await self._hub.pause(_PAUSE_MS):
                return
        while is_gone and not await self._clear() and await self._hub.pause(_CLEAR_AGAIN_MS):
            pass

    async def _has_come(self, board: BoardId, due: int) -> bool:
        """Wait for a date; False if the server is to end. Another date for this board ends the waiting."""
        task = asyncio.current_task()
        if task is None:
            raise InvalidState("nothing waits outside of a task")
        self._waiting[board] = task
        try:
            while (left := due - self._hub.clock.wall() * 1_000) > 0:
                if not await self._hub.pause(left):
                    return False
            return True
        finally:
            if self._waiting.get(board) is task:
                del self._waiting[board]

    async def _remove(self, board: BoardId, due: int) -> bool | None:
        """Whether it is gone; None if that has to be tried again."""
        try:
            # Asked before as well: to hold the board alone is to send everybody away.
            if str(due) not in (await self._store.named(ERASURE)).get(board, ()):
                return False
            is_gone = await self._upkeep.remove_named(board, ERASURE, str(due))
        except UnknownBoard:
            return False  # The operator was quicker.
        except HarvestryError as error:
            _log.error("a gathering is not erased yet: %s", type(error).__name__, extra={"room": board})
            return None
        if is_gone:
            _log.info("erased the gathering", extra={"room": board})
        return is_gone

    async def _erase(self, board: BoardId, elements: frozenset[str]) -> bool:
        try:
            await self._upkeep.erase(board, Wish(elements), strict=False)
        except UnknownBoard:
            return True  # It was erased as a whole.
        except (HarvestryError, DamagedBoard) as error:
            _log.error("what was withdrawn is not erased yet: %s", type(error).__name__, extra={"room": board})
            return False
        _log.info("erased what was withdrawn", extra={"room": board})
        return True

    async def _clear(self) -> bool:
        try:
            await self._upkeep.tidy()
        except HarvestryError as error:
            _log.warning("what was withdrawn is still in the files: %s", error)
            return False
        return True
