"""Gives a stored board another history, as compacting does, while no server runs on it."""

import asyncio
from collections.abc import Collection
from pathlib import Path

from harvestry.core.access import BoardId
from harvestry.core.ports import Rebuilt
from harvestry.edge.gatherings import open_archive
from harvestry_crdt import Board

__all__ = ["rebuild"]

# Nobody draws this id in a test.
CLIENT_ID = 7


def rebuild(data: Path, board: str, *, without: Collection[str] = ()) -> None:
    """The same board under the next epoch.

    Args:
        data: The data folder.
        without: Elements that are left out.
    """

    async def write() -> None:
        async with open_archive(data, data / "harvestry.db") as archive:
            stored = await archive.store.load(BoardId(board))
            assert stored is not None, f"there is no board {board}"
            document = Board.load(stored.state, stored.updates, client_id=CLIENT_ID)
            state = document.rebuilt(client_id=CLIENT_ID, without=without)
            document.close()
            await archive.store.replace(
                Rebuilt(
                    board=BoardId(board),
                    after=(stored.epoch, stored.seq),
                    epoch=stored.epoch + 1,
                    state=state,
                    retired=frozenset(),
                    authors={key: holder for key, holder in stored.authors.items() if key not in without},
                    title=stored.title,
                )
            )

    with asyncio.Runner() as runner:
        runner.run(write())
