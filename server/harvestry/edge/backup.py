"""Backups: the whole database in one file, made beside a running server, and read back before it counts.

The file is a database of ours with two tables more: what each board reads as, so that years later it can be said
whether it still does, and the key, if that was wished for.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from harvestry.core.access import BoardId
from harvestry.core.errors import HarvestryError
from harvestry.core.ports import Erasure
from harvestry_crdt import DamagedBoard, digest_of

from .hub import UnknownBoard
from .store import SqlStore
from .upkeep import Saved, Upkeep, alone_here

__all__ = ["BackupFile", "BadBackup", "Kept", "Progress", "make_backup", "open_backup", "restore_folder", "sweep"]

# What is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

_PAGES_A_STEP = 2_048
_MANIFEST = "harvestry_backup"
_KEY = "harvestry_key"
_DRAFT = ".restore-"


class BadBackup(HarvestryError):
    """A file that is no backup, or not the backup it was."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One board in a backup.

    Attributes:
        digest: Of all that can be read on it, in hex; empty if it is damaged, and was copied as it is.
    """

    board: BoardId
    epoch: int
    seq: int
    digest: str


async def make_backup(database: Path, output: Path, *, key: bytes | None, progress: Progress) -> list[Kept]:
    """Copy a database that may be in use, and read the copy back.

    Args:
        database: The file; a server may be at work on it.
        output: The file to make; it appears whole or not at all.
        key: Put into the file too, so that links work again after a restore.
        progress: Told how far it is.

    Raises:
        OSError: If the file cannot be written.
        BadBackup: If the copy does not read as the database.
    """
    draft = output.with_name(f".{output.name}-{secrets.token_hex(4)}")
    try:
        _make(draft)
        await asyncio.to_thread(_copy, database, draft, progress)
        kept = await _kept(draft, progress)
        await asyncio.to_thread(_complete, draft, kept, key)
        draft.replace(output)
        await asyncio.to_thread(_sync, output.parent)
    finally:
        _discard(draft)
    return kept


def _copy(database: Path, draft: Path, progress: Progress) -> None:
    with _reading(database) as source, closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        # As long as this transaction lives the source stands still for us; without it, whoever writes would have the
        # copy begin again and again.
        source.execute("BEGIN").close()
        try:
            before = _digest_of_rows(source)
            source.backup(
                copy,
                pages=_PAGES_A_STEP,
                progress=lambda _, left, total: progress("pages", total - left, total),
                sleep=0,
            )
        finally:
            source.execute("ROLLBACK").close()
        if _digest_of_rows(copy) != before:
            raise BadBackup("The copy does not read back as the database")


def _complete(draft: Path, kept: Sequence[Kept], key: bytes | None) -> None:
    """Put in what makes the copy a backup, and have SQLite look at it."""
    with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        copy.execute(f"CREATE TABLE {_MANIFEST} (board TEXT PRIMARY KEY, epoch INT, seq INT, digest TEXT)")
        rows = [(each.board, each.epoch, each.seq, each.digest) for each in kept]
        copy.executemany(f"INSERT INTO {_MANIFEST} VALUES (?, ?, ?, ?)", rows)  # noqa: S608 - a name of ours
        if key is not None:
            copy.execute(f"CREATE TABLE {_KEY} (key BLOB)")
            copy.execute(f"INSERT INTO {_KEY} VALUES (?)", (key,))  # noqa: S608
        _require_sound(copy, draft)
    _sync(draft)


async def _kept(file: Path, progress: Progress) -> list[Kept]:
    store = await SqlStore.open(file)
    try:
        boards = await store.boards()
        kept = []
        for number, summary in enumerate(boards, start=1):
            board = summary.board
            epoch, seq = await store.position(board) or (0, 0)
            kept.append(Kept(board, epoch, seq, await _digest(store, board)))
            progress("boards", number, len(boards))
        return kept
    finally:
        await store.close()


async def _digest(store: SqlStore, board: BoardId) -> str:
    try:
        stored = await store.load(board)
        if stored is None or stored.damage is not None:
            return ""
        return (await asyncio.to_thread(digest_of, stored.state, stored.updates)).view.hex()
    except DamagedBoard:
        return ""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup that was found to be what it was when it was made.

    Attributes:
        kept: Its boards.
        key: The key in it, if there is one.
        store: A copy of it, brought to the current schema.
    """

    kept: Sequence[Kept]
    key: bytes | None
    store: SqlStore

    async def board(self, board: BoardId) -> Saved:
        """A board of it.

        Raises:
            UnknownBoard: If it is not in there.
            DamagedBoard: If it was damaged when the backup was made.
        """
        stored = await self.store.load(board)
        if stored is None:
            raise UnknownBoard(board)
        erasures = (await self.store.erasures()).get(board, ())
        return Saved(
            stored, tuple(await self.store.links(board)), tuple(await self.store.seats(board)), tuple(erasures)
        )


@asynccontextmanager
async def open_backup(file: Path, folder: Path) -> AsyncIterator[BackupFile]:
    """Open a backup for reading; the file stays as it is.

    Args:
        file: The backup.
        folder: Where a copy can be worked on; it is gone at the end.

    Raises:
        BadBackup: If it is none, or does not read as it did.
        OSError: If it cannot be read or copied.
    """
    draft = _draft(folder)
    try:
        async with _unpacked(file, draft) as backup:
            yield backup
    finally:
        _discard(draft)


@asynccontextmanager
async def _unpacked(file: Path, draft: Path) -> AsyncIterator[BackupFile]:
    kept, key = await asyncio.to_thread(_unpack, file, draft)
    try:
        store = await SqlStore.open(draft)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise BadBackup(f"{file} is not a backup of Harvestry") from error
    try:
        for each in kept:
            if await _digest(store, each.board) != each.digest:
                raise BadBackup(f"The board {each.board} in {file} does not read as it did; the file is damaged")
        yield BackupFile(kept, key, store)
    finally:
        await store.close()


def _unpack(file: Path, draft: Path) -> tuple[list[Kept], bytes | None]:
    if not file.is_file():
        raise BadBackup(f"There is no file {file}")
    _make(draft)
    try:
        with _reading(file) as source, closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            _require_sound(source, file)
            source.backup(copy)
            rows = copy.execute(f"SELECT board, epoch, seq, digest FROM {_MANIFEST} ORDER BY board").fetchall()  # noqa: S608
            copy.execute(f"DROP TABLE {_MANIFEST}")
            key = None
            if copy.execute("SELECT count(*) FROM sqlite_schema WHERE name = ?", (_KEY,)).fetchone() == (1,):
                (key,) = copy.execute(f"SELECT key FROM {_KEY}").fetchone()  # noqa: S608
                copy.execute(f"DROP TABLE {_KEY}")
    except sqlite3.Error as error:
        raise BadBackup(f"{file} is not a backup of Harvestry, or is damaged: {error}") from error
    return [Kept(BoardId(board), epoch, seq, digest) for board, epoch, seq, digest in rows], key


async def restore_folder(
    file: Path, database: Path, *, lists: Sequence[Path], at: int, progress: Progress
) -> tuple[list[Kept], bytes | None]:
    """Put a backup in the place of a database. Nobody else may be at work on it.

    Every board gets a new epoch, because copies that went on after the backup must not be mixed with it; what the lists
    of erasures name is erased again.

    Args:
        file: The backup.
        database: What it takes the place of, if it is there.
        lists: Databases or backups whose lists of erasures count too, beside the one that goes and the backup's own.
        at: Unix time in seconds.
        progress: Told how far it is.

    Returns:
        What is there now, and the key that was in the backup.

    Raises:
        BadBackup: If the backup is none, or does not read as it did; nothing is changed.
        DamagedBoard: If a board does not read back; nothing is changed.
    """
    listed = await asyncio.to_thread(_listed, [each for each in (database, *lists) if each.is_file()])
    draft = _draft(database.parent)
    try:
        async with _unpacked(file, draft) as backup:
            await backup.store.add_erasures(listed)
            erasures = await backup.store.erasures()
            upkeep = Upkeep(backup.store, alone_here, wall=lambda: at)
            restored: list[Kept] = []
            for number, each in enumerate(backup.kept, start=1):
                again = await _again(upkeep, backup, each, erasures.get(each.board, ()))
                restored += [] if again is None else [again]
                progress("boards", number, len(backup.kept))
            await upkeep.tidy()
        await asyncio.to_thread(_switch, draft, database)
    finally:
        _discard(draft)
    return restored, backup.key


async def _again(upkeep: Upkeep, backup: BackupFile, each: Kept, erasures: Sequence[Erasure]) -> Kept | None:
    """One board, in a new epoch and without what was erased; None if it was erased as a whole."""
    if any(erasure.kind == "board" for erasure in erasures):
        await upkeep.remove(each.board)
        return None
    if not each.digest:
        return each  # It was damaged, and is left as it is.
    outcome = await upkeep.bring_back(await backup.board(each.board))
    digest = await _digest(backup.store, each.board)
    if digest != each.digest and not (outcome.elements or any(erasure.kind == "seat" for erasure in erasures)):
        raise DamagedBoard(f"the board {each.board} does not read back as it was in the backup")
    return Kept(each.board, outcome.epoch, each.seq + 1, digest)


def _switch(draft: Path, database: Path) -> None:
    """Put one database in the place of another, whose write-ahead log must not be taken for the new one's."""
    if database.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(database, isolation_level=None)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    for leftover in _beside(database):
        leftover.unlink(missing_ok=True)
    _sync(draft)
    draft.replace(database)
    _sync(database.parent)


def _listed(files: Sequence[Path]) -> dict[BoardId, list[Erasure]]:
    """What the lists in some databases name; one that has none, or is none, names nothing."""
    listed: dict[BoardId, list[Erasure]] = {}
    for file in files:
        with suppress(sqlite3.Error), _reading(file) as source:
            for board, kind, target, at in source.execute("SELECT board, kind, target, at FROM erasures"):
                listed.setdefault(BoardId(board), []).append(Erasure(kind, target, at))
    return listed


def _digest_of_rows(database: sqlite3.Connection) -> str:
    """Everything in a database, table by table."""
    digest = hashlib.sha256()
    names = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
    )
    for (name,) in names.fetchall():
        digest.update(repr(name).encode())
        for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - names of ours
            digest.update(repr(row).encode())
    return digest.hexdigest()


def _require_sound(database: sqlite3.Connection, file: Path) -> None:
    """SQLite's own opinion of a file."""
    (verdict, *_) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise BadBackup(f"{file} is damaged: {verdict}")


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout = 10000").close()
        yield connection


def sweep(folder: Path) -> None:
    """Take away what a restore that was killed has left: it may hold what was erased. Nobody else may be at work."""
    for leftover in folder.glob(f"{_DRAFT}*"):
        leftover.unlink(missing_ok=True)


def _draft(folder: Path) -> Path:
    return folder / f"{_DRAFT}{secrets.token_hex(8)}.db"


def _make(file: Path) -> None:
    """An empty file that its owner alone can read."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _discard(draft: Path) -> None:
    for leftover in (draft, *_beside(draft)):
        leftover.unlink(missing_ok=True)


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + ending) for ending in ("-wal", "-shm", "-journal")]


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no such thing.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
