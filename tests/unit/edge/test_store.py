"""What only a database has: durability, damage, one writer for many."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from harvestry.core.access import BoardId, Holder
from harvestry.core.ports import Entry, NewBoard
from harvestry.edge import schema, tables
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


def load(path: Path) -> tuple[bytes | None, list[bytes]]:
    found: list[tuple[bytes | None, list[bytes]]] = []

    async def scenario(store: SqlStore) -> None:
        stored = await store.load(BOARD)
        assert stored is not None
        found.append((stored.state, list(stored.updates)))

    on_disk(path, scenario)
    return found[0]


def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    assert load(path) == (b"until 4", [b"5", b"6"])


def test_a_damaged_snapshot_gives_way_to_the_one_before(path: Path) -> None:
    change(path, "UPDATE snapshots SET state = ? WHERE seq = 4", b"until 5")
    assert load(path) == (b"until 2", [b"3", b"4", b"5", b"6"])


def test_without_any_good_snapshot_the_whole_log_is_replayed(path: Path) -> None:
    change(path, "UPDATE snapshots SET state = ?", b"rubbish")
    assert load(path) == (None, [b"1", b"2", b"3", b"4", b"5", b"6"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE room_log SET body = X'37' WHERE seq = 5",
        "DELETE FROM room_log WHERE seq = 5",
        "UPDATE room_log SET seq = 9 WHERE seq = 6",
    ],
)
def test_a_damaged_log_is_reported_and_not_guessed_at(path: Path, statement: str) -> None:
    """[STO-5]"""
    change(path, statement)
    with pytest.raises(DamagedBoard, match=BOARD):
        load(path)


def test_a_snapshot_that_nothing_can_stand_in_for_is_damage(path: Path) -> None:
    change(path, "UPDATE snapshots SET state = ?", b"rubbish")
    change(path, "DELETE FROM room_log WHERE seq <= 4")
    with pytest.raises(DamagedBoard):
        load(path)
    change(path, "DELETE FROM room_log")
    with pytest.raises(DamagedBoard):
        load(path)


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


def test_writes_that_wait_together_share_few_transactions(path: Path) -> None:
    async def scenario(store: SqlStore) -> None:
        commits: list[int] = []
        from sqlalchemy import event

        event.listen(store._writes, "commit", lambda _: commits.append(1))
        await asyncio.gather(*(store.append(Entry(BOARD, 1, seq, b"x")) for seq in range(7, 1_007)))
        assert len(commits) <= 10

    on_disk(path, scenario)


def test_a_failed_disk_fails_the_write_and_the_next_one_succeeds(path: Path) -> None:
    async def scenario(store: SqlStore) -> None:
        # The file may not grow by more than a page: what a full disk looks like from inside.
        with store._writes.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        with store._writes.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(Exception, match="full"):
            await store.append(Entry(BOARD, 1, 7, bytes(100_000)))
        with store._writes.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        await store.append(Entry(BOARD, 1, 7, bytes(100_000)))

    on_disk(path, scenario)


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
