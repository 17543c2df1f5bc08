"""Boards in a database: an ordered log, snapshots, links, seats.

Whatever a call reports as written is on disk. Whatever does not add up when it is read is reported as damaged, and
never guessed at.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, Row, Select, create_engine, delete, event, func, insert, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from harvestry.core.access import BoardId, LinkId, Role, SeatId
from harvestry.core.errors import DiskTrouble
from harvestry.core.ports import (
    Bearer,
    Entry,
    Erasure,
    FreshLink,
    History,
    Keeping,
    LinkRecord,
    NewBoard,
    Rebuilt,
    Recalled,
    SeatRecord,
    StoredBoard,
    Summary,
)
from harvestry_crdt import DamagedBoard

from . import bearers, histories, schema, tables, tidying
from .hot import HotStatement
from .lookups import Lookups
from .reading import Reading
from .soundness import is_damage, is_trouble, log_checksum, reason_of
from .writer import Writer

__all__ = ["SqlStore", "open_engines"]

T = TypeVar("T")

_READERS = 2
_LOG = HotStatement(insert(tables.log))


class SqlStore:
    """The `Store` port on SQLAlchemy Core; SQLite in WAL mode, one writer thread.

    To be opened in the loop that uses it, with `open`.
    """

    def __init__(self, reads: Engine, writes: Engine) -> None:
        self._reads = reads
        self._writes = writes
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(writes, self._loop, failed=_failed)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="harvestry-reader")
        self._bearers: Lookups[bearers.Question, Bearer | None] = Lookups(self._readers, self._loop, self._find)

    @classmethod
    async def open(cls, path: Path) -> Self:
        """The store in a file, brought to the current schema."""
        reads, writes = open_engines(path)
        try:
            await asyncio.to_thread(schema.upgrade, writes)
        except BaseException:
            writes.dispose()
            raise
        return cls(reads, writes)

    async def close(self) -> None:
        """Finish what waits and let go of the file."""
        await asyncio.to_thread(self._writer.stop)
        self._readers.shutdown()
        self._reads.dispose()
        self._writes.dispose()

    # ---- boards ----------------------------------------------------------------------------------------------------

    def create(self, board: NewBoard) -> asyncio.Future[None]:
        def write(db: Connection) -> None:
            row = {"id": board.board, "title": board.title, "epoch": 1, "created_at": board.created_at}
            db.execute(insert(tables.boards), {**row, "head": len(board.updates)})
            for link in board.links:
                db.execute(insert(tables.links), _link_row(link))
            for seq, body in enumerate(board.updates, start=1):
                db.execute(insert(tables.log), _log_row(board.board, seq, 1, body, at=board.created_at * 1_000))
            _add_happenings(db, board.board, len(board.updates), board.happenings)

        return self._writer.submit(write)

    async def summary(self, board: BoardId) -> Summary | None:
        def read(db: Connection) -> Summary | None:
            row = db.execute(select(tables.boards).where(tables.boards.c.id == board)).one_or_none()
            return None if row is None else Summary(board, row.title, row.epoch)

        return await self._read(read)

    async def load(self, board: BoardId) -> StoredBoard | None:
        return await self._read(lambda db: Reading(db, board).everything())

    async def history(self, board: BoardId, *, until: int) -> History:
        return await self._read(lambda db: Reading(db, board).history(until))

    async def recall(self, board: BoardId, *, at: int | None) -> Recalled:
        return await self._read(lambda db: Reading(db, board).recalled(at))

    def append(self, entry: Entry) -> asyncio.Future[None]:
        return self._writer.submit(lambda db: _append(db, entry), size=len(entry.update or b""))

    def replace(self, rebuilt: Rebuilt) -> asyncio.Future[None]:
        return self._writer.submit(lambda db: histories.replace(db, rebuilt), size=len(rebuilt.state))

    def save_snapshot(
        self, board: BoardId, *, epoch: int, seq: int, state: bytes, keeping: Keeping | None = None
    ) -> asyncio.Future[None]:
        def write(db: Connection) -> None:
            histories.require_epoch(db, board, epoch)
            histories.keep_snapshot(db, board, epoch=epoch, seq=seq, state=state)
            histories.shorten(db, board, keeping)

        return self._writer.submit(write, size=len(state))

    async def boards(self) -> Sequence[Summary]:
        query = select(tables.boards).order_by(tables.boards.c.created_at, tables.boards.c.id)
        return await self._read(
            lambda db: [Summary(BoardId(row.id), row.title, row.epoch) for row in db.execute(query)]
        )

    async def size(self, board: BoardId) -> int:
        return await self._read(lambda db: histories.size(db, board))

    async def erasures(self) -> Mapping[BoardId, Sequence[Erasure]]:
        return await self._read(histories.erasures)

    def add_erasures(self, listed: Mapping[BoardId, Sequence[Erasure]]) -> asyncio.Future[None]:
        """Put on the list what another store's names."""

        def write(db: Connection) -> None:
            for board, erasures in listed.items():
                histories.add_erasures(db, board, erasures)

        return self._writer.submit(write)

    def remove(self, board: BoardId, erasure: Erasure) -> asyncio.Future[None]:
        return self._writer.submit(lambda db: histories.remove(db, board, erasure))

    def tidy(self, *, thoroughly: bool) -> asyncio.Future[bool]:
        return self._writer.alone(lambda: tidying.tidy(self._writes, thoroughly=thoroughly))

    async def position(self, board: BoardId) -> tuple[int, int] | None:
        """The (epoch, seq) of a board, even of one that does not load; None if there is none."""
        return await self._read(lambda db: histories.position(db, board))

    async def seats(self, board: BoardId) -> Sequence[SeatRecord]:
        """Every seat of a board."""
        query = select(tables.seats).where(tables.seats.c.board == board).order_by(tables.seats.c.id)
        return await self._read(lambda db: [_seat(row) for row in db.execute(query)])

    async def named(self, kind: str) -> Mapping[BoardId, Sequence[str]]:
        """The keys of all rows of one kind in the vaults, by board."""
        table = tables.vault
        query = select(table.c.board, table.c.key).where(table.c.kind == kind)

        def read(db: Connection) -> dict[BoardId, list[str]]:
            found: dict[BoardId, list[str]] = {}
            for row in db.execute(query):
                found.setdefault(BoardId(row.board), []).append(row.key)
            return found

        return await self._read(read)

    async def ping(self) -> None:
        """Raises if the database does not answer, or takes no writes."""
        if self._writer.trouble is not None:
            raise self._writer.trouble
        await self._read(lambda db: db.execute(select(1)).one())

    async def examine(self) -> dict[str, list[str]]:
        """What is wrong with the database as a whole, under "", and with each board, under its id."""

        def read(db: Connection) -> dict[str, list[str]]:
            found = {"": [str(line) for line in db.scalars(text("PRAGMA quick_check(5)")) if line != "ok"]}
            for board in db.scalars(select(tables.boards.c.id).order_by(tables.boards.c.id)).all():
                found[board] = Reading(db, BoardId(board)).problems()
            return {of: problems for of, problems in found.items() if problems}

        return await self._read(read)

    async def recover(self) -> None:
        def run() -> None:
            # What the failed transaction left in the write-ahead log is behind its end as long as a connection of the
            # time lives, and could come to life in the next one: a page that failed to reach the disk reads as if it
            # had. So the log is emptied first, and only then everybody begins afresh.
            _checkpoint(self._writes)
            self._writes.dispose()
            self._reads.dispose()
            with self._writes.begin() as db:
                # As much as some commits need; a full disk has room for a row long before it has room to work.
                db.exec_driver_sql("CREATE TABLE probe (body BLOB NOT NULL)")
                db.exec_driver_sql("INSERT INTO probe VALUES (zeroblob(65536))")
                db.exec_driver_sql("DROP TABLE probe")

        await self._writer.recover(run)

    # ---- links and seats -------------------------------------------------------------------------------------------

    async def links(self, board: BoardId) -> Sequence[LinkRecord]:
        table = tables.links
        query = select(table).where(table.c.board == board).order_by(table.c.created_at, table.c.id)
        return await self._read(lambda db: [_link(row) for row in db.execute(query)])

    async def link(self, board: BoardId, link: LinkId) -> LinkRecord | None:
        def read(db: Connection) -> LinkRecord | None:
            row = db.execute(_link_query(board, link)).one_or_none()
            return None if row is None else _link(row)

        return await self._read(read)

    def add_link(self, link: LinkRecord) -> asyncio.Future[None]:
        def write(db: Connection) -> None:
            db.execute(insert(tables.links), _link_row(link))

        return self._writer.submit(write)

    def revoke_link(self, board: BoardId, link: LinkId) -> asyncio.Future[bool]:
        table = tables.links
        statement = update(table).where(table.c.board == board, table.c.id == link).values(revoked=True)
        return self._writer.submit(lambda db: db.execute(statement).rowcount == 1)

    def set_code(self, link: LinkRecord, hash: bytes, *, expires_at: int) -> asyncio.Future[bool]:
        codes = tables.codes

        def write(db: Connection) -> bool:
            own = (codes.c.board == link.board, codes.c.link == link.id)
            if db.execute(select(codes.c.link).where(codes.c.hash == hash)).one_or_none() is not None:
                return False
            db.execute(delete(codes).where(*own))
            row = {"board": link.board, "link": link.id, "hash": hash, "expires_at": expires_at}
            db.execute(insert(codes), row)
            return True

        return self._writer.submit(write)

    async def link_of_code(self, hash: bytes, *, now: int) -> LinkRecord | None:
        codes, links = tables.codes, tables.links
        query = (
            select(links)
            .join(codes, (codes.c.board == links.c.board) & (codes.c.link == links.c.id))
            .where(codes.c.hash == hash, codes.c.expires_at > now, ~links.c.revoked, ~links.c.closed)
        )

        def read(db: Connection) -> LinkRecord | None:
            row = db.execute(query).one_or_none()
            return None if row is None else _link(row)

        return await self._read(read)

    async def seat(self, board: BoardId, seat: SeatId) -> SeatRecord | None:
        def read(db: Connection) -> SeatRecord | None:
            row = db.execute(_seat_query(board, seat)).one_or_none()
            return None if row is None else _seat(row)

        return await self._read(read)

    def bearer(self, board: BoardId, *, link: LinkId | None, seat: SeatId | None) -> asyncio.Future[Bearer | None]:
        return self._bearers.ask((board, link, seat))

    def add_seat(
        self, board: BoardId, *, seat: SeatId, link: LinkId, name: str, most: int
    ) -> asyncio.Future[SeatRecord | None]:
        return self._writer.submit(lambda db: bearers.add_seat(db, board, seat=seat, link=link, name=name, most=most))

    async def count_seats(self, board: BoardId) -> int:
        return await self._read(lambda db: _count_seats(db, board))

    async def _read(self, read: Callable[[Connection], T]) -> T:
        return await self._loop.run_in_executor(self._readers, self._run, read)

    def _find(self, asked: Sequence[bearers.Question]) -> list[Bearer | Exception | None]:
        found = self._run(lambda db: bearers.find(db, asked))
        return [_told(one) if isinstance(one, Exception) else one for one in found]

    def _run(self, read: Callable[[Connection], T]) -> T:
        """Read, in one of the threads for it."""
        try:
            with self._reads.connect() as connection:
                return read(connection)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise _told(error) from error


def _told(error: Exception) -> Exception:
    """What those are told whose reading failed."""
    return DamagedBoard(reason_of(error)) if is_damage(error) else _failed(error)


def _failed(error: Exception) -> Exception:
    """What callers are told when the database fails."""
    return DiskTrouble(reason_of(error)) if is_trouble(error) else error


def _checkpoint(engine: Engine) -> None:
    """Bring the write-ahead log into the database, and begin a new one.

    Raises:
        DiskTrouble: If somebody reads for so long that it cannot be.
    """
    with engine.connect() as connection:
        # Outside of a transaction, which `begin` would start for any other way to execute it.
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the engine is SQLite's
        busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise DiskTrouble("the database is being read")


def open_engines(path: Path) -> tuple[Engine, Engine]:
    """Engines for reading and for writing one SQLite file.

    They differ in how a transaction begins: a writer takes its lock at once, for SQLite cannot wait for a lock in the
    middle of a transaction.
    """
    return _engine(path, begin="BEGIN"), _engine(path, begin="BEGIN IMMEDIATE")


def _engine(path: Path, *, begin: str) -> Engine:
    # An error is logged with its statement; what people wrote and are called is not for the log.
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own transactions begin too late and commit before DDL; ours begin below.
        connection.isolation_level = None
        try:
            for pragma in (
                f"busy_timeout = {tidying.BUSY_TIMEOUT_MS}",
                # Heeded by a database that is just being made: what is freed can be given back a little at a time.
                "auto_vacuum = INCREMENTAL",
                "journal_mode = WAL",
                # WAL with NORMAL may lose the last commits in a power cut; what was called saved has to stay.
                "synchronous = FULL",
                "secure_delete = ON",
                "foreign_keys = ON",
            ):
                connection.execute(f"PRAGMA {pragma}").close()
        except sqlite3.Error:
            # The pool never learns of a connection whose set-up failed: a file that is no database, a full disk.
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # By the driver itself, for the same reason as hot statements.
        connection.connection.cursor().execute(begin)

    return engine


def _append(db: Connection, entry: Entry) -> None:
    board = entry.board
    if entry.update is None:
        histories.require_epoch(db, board, entry.epoch)
    else:
        histories.advance(db, board, epoch=entry.epoch, seq=entry.seq)
        _LOG.run(db, _log_row(board, entry.seq, entry.epoch, entry.update, at=entry.at))
    if entry.leases:
        rows = [{"board": board, "client": client, "holder": holder} for client, holder in entry.leases.items()]
        db.execute(insert(tables.leases), rows)
    if entry.authors:
        rows = [{"board": board, "element": element, "holder": holder} for element, holder in entry.authors.items()]
        db.execute(insert(tables.authors), rows)
    for seat, name in entry.renames.items():
        table = tables.seats
        db.execute(update(table).where(table.c.board == board, table.c.id == seat).values(name=name))
    _of_gathering(db, entry)
    changes = {"title": entry.title, "locked": entry.locked}
    if any(value is not None for value in changes.values()):
        values = {name: value for name, value in changes.items() if value is not None}
        db.execute(update(tables.boards).where(tables.boards.c.id == board).values(**values))


def _of_gathering(db: Connection, entry: Entry) -> None:
    board = entry.board
    _add_happenings(db, board, entry.seq, entry.happenings)
    vault, seats = tables.vault, tables.seats
    for (kind, key), body in entry.vault.items():
        db.execute(delete(vault).where(vault.c.board == board, vault.c.kind == kind, vault.c.key == key))
        if body is not None:
            db.execute(insert(vault), {"board": board, "kind": kind, "key": key, "body": body})
    _add_seats(db, entry)
    for seat, role in entry.roles.items():
        db.execute(update(seats).where(seats.c.board == board, seats.c.id == seat).values(role=role.value))
    for seat, fresh in entry.removed.items():
        db.execute(update(seats).where(seats.c.board == board, seats.c.id == seat).values(removed=True))
        _close_link(db, board, seat, fresh)
    if entry.ends_codes:
        db.execute(delete(tables.codes).where(tables.codes.c.board == board))


def _add_seats(db: Connection, entry: Entry) -> None:
    for fresh in entry.seats:
        if db.execute(_link_query(entry.board, fresh.link)).one_or_none() is None:
            link = LinkRecord(fresh.link, entry.board, Role.PARTICIPANT, entry.at // 1_000, closed=True)
            db.execute(insert(tables.links), _link_row(link))
        hue = _count_seats(db, entry.board) % bearers.HUES
        role = None if fresh.role is Role.PARTICIPANT else fresh.role.value
        row = {"board": entry.board, "id": fresh.id, "link": fresh.link, "name": fresh.name, "hue": hue, "role": role}
        db.execute(insert(tables.seats), row)


def _close_link(db: Connection, board: BoardId, seat: SeatId, fresh: FreshLink) -> None:
    """Let the link that made a seat make no other; another link of its role takes its place."""
    record = db.execute(_seat_query(board, seat)).one_or_none()
    row = None if record is None else db.execute(_link_query(board, LinkId(record.link))).one_or_none()
    if row is None or row.closed or row.revoked:
        return
    links = tables.links
    db.execute(update(links).where(links.c.board == board, links.c.id == row.id).values(closed=True))
    db.execute(insert(links), _link_row(LinkRecord(fresh.id, board, Role(row.role), fresh.created_at)))


def _add_happenings(db: Connection, board: BoardId, seq: int, bodies: Sequence[bytes]) -> None:
    if not bodies:
        return
    table = tables.happenings
    last = db.scalar(select(func.max(table.c.number)).where(table.c.board == board)) or 0
    for number, body in enumerate(bodies, start=last + 1):
        crc32 = log_checksum(board, number, 0, body)
        db.execute(insert(table), {"board": board, "number": number, "seq": seq, "crc32": crc32, "body": body})


def _log_row(board: BoardId, seq: int, epoch: int, body: bytes, *, at: int) -> dict[str, object]:
    crc32 = log_checksum(board, seq, epoch, body)
    return {"board": board, "seq": seq, "epoch": epoch, "kind": "u", "crc32": crc32, "body": body, "at": at}


def _link_row(link: LinkRecord) -> dict[str, object]:
    return {
        "board": link.board,
        "id": link.id,
        "role": link.role.value,
        "created_at": link.created_at,
        "revoked": link.revoked,
        "closed": link.closed,
    }


def _link(row: Row[tuple[object, ...]]) -> LinkRecord:
    return LinkRecord(LinkId(row.id), BoardId(row.board), Role(row.role), row.created_at, row.revoked, row.closed)


def _seat(row: Row[tuple[object, ...]]) -> SeatRecord:
    role = None if row.role is None else Role(row.role)
    return SeatRecord(SeatId(row.id), BoardId(row.board), LinkId(row.link), row.name, row.hue, role, row.removed)


def _link_query(board: BoardId, link: LinkId) -> Select[tuple[object, ...]]:
    return select(tables.links).where(tables.links.c.board == board, tables.links.c.id == link)


def _seat_query(board: BoardId, seat: SeatId) -> Select[tuple[object, ...]]:
    return select(tables.seats).where(tables.seats.c.board == board, tables.seats.c.id == seat)


def _count_seats(db: Connection, board: BoardId) -> int:
    return db.scalar(select(func.count()).select_from(tables.seats).where(tables.seats.c.board == board)) or 0
