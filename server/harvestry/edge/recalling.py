"""What was on a board at an earlier time: read from the store, and put together beside the loop."""

from __future__ import annotations

import asyncio
import logging

from harvestry.core.access import BoardId
from harvestry.core.errors import DiskTrouble
from harvestry.core.events import Recall, Recalled
from harvestry.core.ports import History, Store
from harvestry_crdt import Board, DamagedBoard, Element

__all__ = ["recall"]

# The board is only read; nothing is ever written under this.
_NOBODY = 1

_log = logging.getLogger(__name__)


async def recall(store: Store, board: BoardId, wish: Recall) -> Recalled:
    """What a room asked for; lost if it cannot be read."""
    try:
        kept = await store.recall(board, at=wish.at)
        if kept.history is None:
            return Recalled(wish.ticket, kept.since)
        return Recalled(wish.ticket, kept.since, await asyncio.to_thread(_elements, kept.history))
    except (DiskTrouble, DamagedBoard) as error:
        _log.error("the past of a board cannot be read: %s", error, extra={"room": board})
    except Exception:  # noqa: BLE001 - whatever it is, somebody waits for an answer
        _log.exception("the past of a board cannot be read", extra={"room": board})
    return Recalled(wish.ticket, is_lost=True)


def _elements(history: History) -> dict[str, Element]:
    board = Board.load(history.state, history.updates, client_id=_NOBODY)
    try:
        return board.elements()
    finally:
        board.close()
