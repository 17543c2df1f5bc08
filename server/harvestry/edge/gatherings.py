"""Boards made, read and examined from the command line, beside a running server or without one."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from harvestry.core.access import BOARD_ID, BoardId, LinkId, Role, Token, TokenKind, issue
from harvestry.core.gathering.base import Draw
from harvestry.core.gathering.gathering import DamagedGathering, fold, prepared
from harvestry.core.gathering.leaving import Leaving, leaving
from harvestry.core.gathering.plan import Plan
from harvestry.core.ports import LinkRecord, NewBoard, StoredBoard
from harvestry_crdt import Board, Change, Element, Put, SetTitle

from .auth import load_key, new_board_id, new_short_id
from .hub import UnknownBoard
from .store import SqlStore

__all__ = ["Archive", "NewGathering", "open_archive"]


@dataclass(frozen=True, slots=True)
class NewGathering:
    """A gathering just made, and a token for each role."""

    board: BoardId
    tokens: dict[Role, str]

    def links(self, base: str) -> dict[Role, str]:
        """The addresses people open."""
        return {role: f"{base.rstrip('/')}/b/{self.board}#{token}" for role, token in self.tokens.items()}


@dataclass(frozen=True, slots=True)
class Archive:
    """The data folder, opened for one task."""

    store: SqlStore
    key: bytes

    async def create(
        self, title: str, elements: Iterable[Element] = (), *, plan: Plan | None = None, begins: bool = False
    ) -> NewGathering:
        """Make a gathering with one link for each role; a running server finds it when the first person comes.

        With a plan it has that run of show, and if it `begins`, the first phase of it goes on from now.
        """
        frames: tuple[Change, ...] = ()
        happened: tuple[bytes, ...] = ()
        if plan is not None:
            draw = Draw(secrets.token_bytes(32))
            frames, happened = prepared(plan, draw, at=time.time_ns() // 1_000_000, begins=begins)
        document = Board(client_id=secrets.randbits(32))
        document.write([SetTitle(title), *(Put(element) for element in elements), *frames])
        update = document.commit()
        document.close()
        board, now = new_board_id(), int(time.time())
        links = {role: LinkRecord(LinkId(new_short_id()), board, role, now) for role in Role}
        await self.store.create(NewBoard(board, title, now, tuple(links.values()), (update,), happened))
        return NewGathering(
            board, {role: issue(self.key, board, Token(TokenKind.LINK, link.id)) for role, link in links.items()}
        )

    async def damage_of(self, board: str) -> str | None:
        """What is wrong with the log of a board; None if it is sound."""
        stored = await self.store.load(BoardId(board))
        return None if stored is None else stored.damage

    async def read(self, board: str) -> tuple[str, dict[str, Element]]:
        """The title and the elements of a board as it is on disk.

        Raises:
            UnknownBoard: If there is no such board.
            DamagedBoard: If it does not load.
        """
        return _read(await self._load(board))

    async def leaving(self, board: str) -> Leaving:
        """What may leave a board as it is on disk: every export is made of this.

        Raises:
            UnknownBoard: If there is no such board.
            DamagedBoard: If it does not load.
            DamagedGathering: If what the group agreed on cannot be read, and so nothing may.
            NothingLeaves: If the group agreed on that.
        """
        stored = await self._load(board)
        if stored.is_unsure:
            raise DamagedGathering("what was agreed on may be missing")
        state = fold(stored.happenings, stored.vault)
        title, elements = _read(stored)
        return leaving(state, title, elements, authors=stored.authors, names=stored.seats)

    async def _load(self, board: str) -> StoredBoard:
        stored = await self.store.load(BoardId(board)) if BOARD_ID.fullmatch(board) else None
        if stored is None:
            raise UnknownBoard(board)
        return stored


def _read(stored: StoredBoard) -> tuple[str, dict[str, Element]]:
    document = Board.load(stored.state, stored.updates, client_id=secrets.randbits(32))
    try:
        return document.title, document.elements()
    finally:
        document.close()


@asynccontextmanager
async def open_archive(folder: Path, database: Path) -> AsyncIterator[Archive]:
    """Open the data folder, making it if need be.

    Raises:
        OSError: If it cannot be used.
    """
    key = load_key(folder)
    store = await SqlStore.open(database)
    try:
        yield Archive(store, key)
    finally:
        await store.close()
