"""What only a database has: durability, damage, one writer for many."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, event, inspect, select, text, update

from harvestry.core.access import BoardId, Holder, LinkId, Role, SeatId
from harvestry.core.errors import DiskTrouble
from harvestry.core.ports import Bearer, Entry, LinkRecord, NewBoard, StoredBoard
from harvestry.edge import schema, tables
from harvestry.edge.hot import HotQuery, HotStatement
from harvestry.edge.store import SqlStore, open_engines
from harvestry_crdt import DamagedBoard

BOARD = BoardId("board_number_one")


def on_disk(path: Path, scenario: Callable[[SqlStore], Awaitable[None]]) -> None:
    async def whole() -> None:
        store = await SqlStore.open(path)
        try:
            await scenario(store)
        finally:
            await store.close()

    asyncio.run(whole())


def change(path: Path, statement: str, *values: object) -> None:
    """Do to the file what no code of ours would."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one board: six entries, a snapshot at 2 and at 4."""
    path = tmp_path / "store.db"

    async def fill(store: SqlStore) -> None:
        await store.create(NewBoard(BOARD, "Harvest", 10, (), (b"1",)))
        for seq in range(2, 7):
            await store.append(Entry(BOARD, 1, seq, b"%d" % seq))
            if seq in (2, 4):
                await store.save_snapshot(BOARD, epoch=1, seq=seq, state=b"until %d" % seq)

    on_disk(path, fill)
    return path


def read(path: Path) -> StoredBoard:
    found: list[StoredBoard] = []

    async def scenario(store: SqlStore) -> None:
        stored = await store.load(BOARD)
        assert stored is not None
        found.append(stored)

    on_disk(path, scenario)
    return found[0]


def load(path: Path) -> tuple[bytes | None, list[bytes]]:
    stored = read(path)
    return stored.state, list(stored.updates)


def contents(path: Path) -> list[str]:
    """Everything in the database, as SQL."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    assert load(path) == (b"until 4", [b"5", b"6"])


def test_a_damaged_snapshot_gives_way_to_the_one_before(path: Path) -> None:
    change(path, "UPDATE snapshots SET state = ? WHERE seq = 4", b"until 5")
    assert load(path) == (b"until 2", [b"3", b"4", b"5", b"6"])


def test_without_any_good_snapshot_the_whole_log_is_replayed(path: Path) -> None:
    change(path, "UPDATE snapshots SET state = ?", b"rubbish")
    assert load(path) == (None, [b"1", b"2", b"3", b"4", b"5", b"6"])


@pytest.mark.parametrize(
    ("statement", "damage"),
    [
        ("UPDATE room_log SET body = X'37' WHERE seq = 5", "entry 5 of the log does not match its checksum"),
        ("UPDATE room_log SET crc32 = crc32 + 1 WHERE seq = 5", "entry 5 of the log does not match its checksum"),
        ("UPDATE room_log SET body = 'text' WHERE seq = 5", "entry 5 of the log does not match its checksum"),
        ("UPDATE room_log SET body = X'' WHERE seq = 5", "entry 5 of the log does not match its checksum"),
        ("DELETE FROM room_log WHERE seq = 5", "entry 5 of the log cannot be found"),
        ("UPDATE room_log SET seq = 'five' WHERE seq = 5", "entry 5 of the log cannot be found"),
        ("DELETE FROM room_log WHERE seq >= 5", "the log ends at entry 4"),
    ],
)
def test_a_damaged_log_is_read_as_far_as_it_is_sound(path: Path, statement: str, damage: str) -> None:
    """[STO-5]"""
    change(path, statement)
    before = contents(path)
    stored = read(path)
    assert (stored.state, stored.updates, stored.seq, stored.damage) == (b"until 4", [], 4, damage)
    assert contents(path) == before


def test_rows_that_changed_places_are_damage(path: Path) -> None:
    """[STO-5] Each is sound by itself; a damaged index would lead to the wrong one like this."""
    change(path, "UPDATE room_log SET seq = 99 WHERE seq = 5")
    change(path, "UPDATE room_log SET seq = 5 WHERE seq = 6")
    change(path, "UPDATE room_log SET seq = 6 WHERE seq = 99")
    stored = read(path)
    assert (stored.seq, stored.damage) == (4, "entry 5 of the log does not match its checksum")
    change(path, "UPDATE snapshots SET seq = 3 WHERE seq = 2")
    change(path, "UPDATE snapshots SET state = X'00' WHERE seq = 4")
    assert read(path).snapshot_seq == 0


@pytest.mark.parametrize("statement", ["UPDATE boards SET head = 5", "UPDATE boards SET head = 'six'"])
def test_a_log_of_another_length_than_was_written_is_damage(path: Path, statement: str) -> None:
    """[STO-5] Nobody can say which of the two is right."""
    change(path, statement)
    assert (read(path).seq, read(path).damage) == (6, "the log ends at entry 6")


def test_a_database_of_before_is_sound_afterwards_as_far_as_it_was(path: Path) -> None:
    """Heads and checksums of rows' places came with a migration."""
    change(path, "UPDATE snapshots SET sha256 = ?, state = ?", hashlib.sha256(b"old").digest(), b"old")
    for seq in (5, 6):
        change(path, "UPDATE room_log SET crc32 = ? WHERE seq = ?", zlib.crc32(b"%d" % seq), seq)
    change(path, "ALTER TABLE boards DROP COLUMN head")
    for table in ("happenings", "vault", "codes"):
        change(path, f"DROP TABLE {table}")
    for column in ("role", "removed"):
        change(path, f"ALTER TABLE seats DROP COLUMN {column}")
    change(path, "ALTER TABLE links DROP COLUMN closed")
    for table in ("room_log", "snapshots"):
        change(path, f"ALTER TABLE {table} DROP COLUMN at")
    change(path, "UPDATE alembic_version SET version_num = '0003'")
    stored = read(path)
    assert (stored.state, stored.updates, stored.damage) == (b"old", [b"5", b"6"], None)
    # It was like this from the day on which it was brought to the new shape.
    assert stored.at > 1_700_000_000_000
    change(path, "UPDATE room_log SET crc32 = ? WHERE seq = 6", zlib.crc32(b"6"))
    assert read(path).damage == "entry 6 of the log does not match its checksum"


def test_an_entry_that_is_lost_at_the_beginning_costs_nothing_as_long_as_a_snapshot_is_sound(path: Path) -> None:
    change(path, "DELETE FROM room_log WHERE seq = 1")
    stored = read(path)
    assert (stored.seq, stored.damage) == (6, None)


def test_without_a_sound_snapshot_the_log_is_read_up_to_the_damage(path: Path) -> None:
    """[STO-5]"""
    change(path, "UPDATE snapshots SET state = ?", b"rubbish")
    change(path, "DELETE FROM room_log WHERE seq = 4")
    stored = read(path)
    assert (stored.state, stored.updates, stored.seq) == (None, [b"1", b"2", b"3"], 3)
    assert stored.damage is not None
    assert stored.damage.startswith("entry 4 of the log cannot be found")


def test_a_board_of_which_nothing_is_sound_is_damage(path: Path) -> None:
    """[STO-5]"""
    change(path, "UPDATE snapshots SET state = ?", b"rubbish")
    change(path, "DELETE FROM room_log WHERE seq <= 4")
    with pytest.raises(DamagedBoard, match=BOARD):
        read(path)
    change(path, "DELETE FROM room_log")
    with pytest.raises(DamagedBoard, match=BOARD):
        read(path)


def test_no_snapshot_stands_for_a_log_that_is_damaged(path: Path) -> None:
    """[STO-6]"""
    change(path, "DELETE FROM room_log WHERE seq = 5")

    async def scenario(store: SqlStore) -> None:
        assert (await store.history(BOARD, until=4)).state == b"until 4"
        with pytest.raises(DamagedBoard, match="entry 5"):
            await store.history(BOARD, until=6)

    on_disk(path, scenario)


def test_the_log_is_cut_only_behind_three_snapshots(path: Path) -> None:
    def kept() -> tuple[list[int], list[int]]:
        connection = sqlite3.connect(path)
        try:
            snapshots = [row[0] for row in connection.execute("SELECT seq FROM snapshots ORDER BY seq")]
            return snapshots, [row[0] for row in connection.execute("SELECT seq FROM room_log ORDER BY seq")]
        finally:
            connection.close()

    assert kept() == ([2, 4], [1, 2, 3, 4, 5, 6])

    async def third(store: SqlStore) -> None:
        await store.save_snapshot(BOARD, epoch=1, seq=6, state=b"until 6")

    on_disk(path, third)
    assert kept() == ([2, 4, 6], [3, 4, 5, 6])

    async def fourth(store: SqlStore) -> None:
        await store.append(Entry(BOARD, 1, 7, b"7"))
        await store.save_snapshot(BOARD, epoch=1, seq=7, state=b"until 7")

    on_disk(path, fourth)
    assert kept() == ([4, 6, 7], [5, 6, 7])


def test_one_bad_write_does_not_fail_its_neighbours(path: Path) -> None:
    async def scenario(store: SqlStore) -> None:
        outcomes = await asyncio.gather(
            store.append(Entry(BOARD, 1, 7, b"7")),
            store.append(Entry(BOARD, 1, 3, b"again")),
            store.append(Entry(BOARD, 1, 8, b"8", {1: Holder("server")})),
            return_exceptions=True,
        )
        assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
        stored = await store.load(BOARD)
        assert stored is not None
        assert stored.seq == 8

    on_disk(path, scenario)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE seats SET name = CAST(x'ff' AS TEXT)", DamagedBoard),
        ("UPDATE seats SET role = 'nonsense'", ValueError),
    ],
    ids=["name", "role"],
)
def test_a_row_that_cannot_be_read_fails_whose_it_is_and_no_neighbours(
    path: Path, statement: str, error: type[Exception]
) -> None:
    link, seat = LinkId("link_to_here"), SeatId("seat_of_anna")

    async def scenario(store: SqlStore) -> None:
        await store.add_link(LinkRecord(link, BOARD, Role.PARTICIPANT, 10))
        assert await store.add_seat(BOARD, seat=seat, link=link, name="Anna", most=9) is not None
        change(path, statement)
        asked = [
            store.bearer(BOARD, link=None if one == 2 else link, seat=seat if one == 2 else None) for one in range(5)
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(answers.pop(2), error)
        assert [isinstance(answer, Bearer) and answer.link is not None for answer in answers] == [True] * 4

    on_disk(path, scenario)


def test_writes_that_wait_together_share_few_transactions(path: Path) -> None:
    async def scenario(store: SqlStore) -> None:
        commits: list[int] = []
        event.listen(store._writes, "commit", lambda _: commits.append(1))
        await asyncio.gather(*(store.append(Entry(BOARD, 1, seq, b"x")) for seq in range(7, 1_007)))
        assert len(commits) <= 10

    on_disk(path, scenario)


@contextmanager
def full_disk(store: SqlStore) -> Iterator[None]:
    """The database may not grow by more than a page: what a full disk looks like from inside."""
    with store._writes.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")

    event.listen(store._writes, "begin", begun)
    try:
        yield
    finally:
        event.remove(store._writes, "begin", begun)
        event.listen(store._writes, "begin", lambda db: db.exec_driver_sql("PRAGMA max_page_count = 1000000000"))


def failing_sync(store: SqlStore) -> list[str]:
    """Every commit fails at its end, as if the disk had not taken it, until the list is empty."""
    failing = ["disk I/O error"]

    def committing(_: Connection) -> None:
        if failing:
            error = sqlite3.OperationalError(failing[0])
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error

    event.listen(store._writes, "commit", committing)
    return failing


def test_a_full_disk_fails_every_write_until_the_store_has_recovered(path: Path) -> None:
    """[STO-7]"""

    async def scenario(store: SqlStore) -> None:
        with full_disk(store):
            with pytest.raises(DiskTrouble, match="full"):
                await store.append(Entry(BOARD, 1, 7, bytes(100_000)))
            # Even if this one would fit: what is on disk has to be looked at first.
            with pytest.raises(DiskTrouble, match="full"):
                await store.append(Entry(BOARD, 1, 7, b"7"))
            with pytest.raises(DiskTrouble, match="full"):
                await store.add_link(LinkRecord(LinkId("oooooooooooo"), BOARD, Role.OBSERVER, 12))
            with pytest.raises(DiskTrouble):
                await store.ping()
            with pytest.raises(DiskTrouble, match="full"):
                await store.recover()
            assert len(await store.links(BOARD)) == 0
        with pytest.raises(DiskTrouble):
            await store.append(Entry(BOARD, 1, 7, bytes(100_000)))
        await store.recover()
        await store.append(Entry(BOARD, 1, 7, bytes(100_000)))
        await store.ping()

    on_disk(path, scenario)
    assert load(path)[1] == [b"5", b"6", bytes(100_000)]


def test_a_commit_that_could_not_be_synced_is_never_there(path: Path) -> None:
    """[STO-7] Its pages may be in the log and read as if they were on disk; the next connection must not find them."""

    async def scenario(store: SqlStore) -> None:
        failing = failing_sync(store)
        with pytest.raises(DiskTrouble, match="disk I/O error"):
            await store.append(Entry(BOARD, 1, 7, b"7"))
        with pytest.raises(DiskTrouble, match="disk I/O error"):
            await store.recover()
        stored = await store.load(BOARD)
        assert stored is not None
        assert stored.seq == 6
        failing.clear()
        await store.recover()
        stored = await store.load(BOARD)
        assert stored is not None
        assert stored.seq == 6
        await store.append(Entry(BOARD, 1, 7, b"seven"))

    on_disk(path, scenario)
    assert load(path)[1] == [b"5", b"6", b"seven"]


def test_a_statement_compiled_once_does_what_it_says(path: Path) -> None:
    reads, writes = open_engines(path)
    table = tables.boards
    statement = HotStatement(
        update(table).where(table.c.id == bindparam("its_id")).values(title=bindparam("its_title"))
    )
    with writes.begin() as db:
        for title in ("First", "Second"):
            assert statement.run(db, {"its_title": title, "its_id": BOARD}) == 1
        assert statement.run(db, {"its_id": "nobody's", "its_title": "Third"}) == 0
        assert db.scalar(select(table.c.title)) == "Second"
    for engine in (reads, writes):
        engine.dispose()


def test_a_query_compiled_once_finds_what_there_is(path: Path) -> None:
    reads, writes = open_engines(path)
    table = tables.boards
    query = HotQuery(select(table.c.title, table.c.created_at).where(table.c.id == bindparam("its_id")))
    with reads.connect() as db:
        assert query.row(db, {"its_id": BOARD}) == ("Harvest", 10)
        assert query.row(db, {"its_id": "nobody's"}) is None
    for engine in (reads, writes):
        engine.dispose()


def test_closing_finishes_what_waits(path: Path) -> None:
    async def scenario() -> None:
        store = await SqlStore.open(path)
        writes = [store.append(Entry(BOARD, 1, seq, b"x")) for seq in range(7, 107)]
        await store.close()
        await asyncio.gather(*writes)

    asyncio.run(scenario())
    assert len(load(path)[1]) == 102


def test_every_connection_writes_through_to_the_disk(path: Path) -> None:
    for engine in open_engines(path):
        with engine.connect() as connection:
            values = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
            }
        engine.dispose()
        assert values == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


def test_the_migrations_make_the_tables_of_the_code(path: Path) -> None:
    reads, writes = open_engines(path)
    schema.upgrade(writes)
    found = inspect(reads)
    for table in tables.metadata.tables.values():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table.name)
        }
        dialect = reads.dialect
        assert columns == {
            column.name: (column.type.compile(dialect), bool(column.nullable)) for column in table.columns
        }
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [
            column.name for column in table.primary_key.columns
        ]
    assert set(found.get_table_names()) == {*tables.metadata.tables, "alembic_version"}
    for engine in (reads, writes):
        engine.dispose()


def test_deleted_words_do_not_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    canary = b"canary-0123456789abcdef"

    async def scenario(store: SqlStore) -> None:
        await store.create(NewBoard(BOARD, "", 10, (), (canary * 300,)))
        for seq in (2, 3, 4):
            await store.append(Entry(BOARD, 1, seq, b"x"))
            await store.save_snapshot(BOARD, epoch=1, seq=seq, state=b"y")
        with store._writes.connect() as connection:
            connection.execute(text("SELECT 1"))

    on_disk(path, scenario)
    assert canary not in path.read_bytes()
