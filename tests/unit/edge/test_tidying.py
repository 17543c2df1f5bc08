"""What is deleted is in no file any more, wherever SQLite had moved it in the meantime."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from harvestry.core.ports import StillRead
from harvestry.edge.store import open_engines
from harvestry.edge.tidying import tidy

CANARY = b"quetzalcanary"


def fill(file: Path, writes: Engine, seed: int) -> None:
    """Two tables that grow in every place at once, so that rows are moved from page to page; then one half goes."""
    chance = random.Random(seed)
    with writes.begin() as db:
        for table, form in (("seats", ""), ("names", "WITHOUT ROWID")):
            db.exec_driver_sql(f"CREATE TABLE {table} (board TEXT, id TEXT, name TEXT, PRIMARY KEY (board, id)) {form}")
        for number in range(600):
            table, board = chance.choice(("seats", "names")), chance.choice("ab")
            words = f"{CANARY.decode()}{number}" if board == "a" else f"other{number}"
            row = (board, f"{chance.getrandbits(48):012x}", words * chance.randint(1, 8))
            db.exec_driver_sql(f"INSERT INTO {table} VALUES (?, ?, ?)", row)
    tidy(writes, thoroughly=False)
    assert CANARY in file.read_bytes()
    with writes.begin() as db:
        for table in ("seats", "names"):
            db.exec_driver_sql(f"DELETE FROM {table} WHERE board = 'a'")


# SQLite's own overwriting of what is deleted leaves copies with the first seven.
@pytest.mark.parametrize("seed", [10, 11, 12, 13, 22, 23, 29, 1, 2, 3])
def test_nothing_is_left_in_any_file(tmp_path: Path, seed: int) -> None:
    """[ERA-3]"""
    file = tmp_path / "store.db"
    reads, writes = open_engines(file)
    fill(file, writes, seed)
    tidy(writes, thoroughly=True)
    assert {found.name for found in tmp_path.iterdir() if CANARY in found.read_bytes()} == set()
    assert (tmp_path / "store.db-wal").stat().st_size == 0
    writes.dispose()
    reads.dispose()


def test_freed_space_is_given_back_while_nobody_is_made_to_wait(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    reads, writes = open_engines(file)
    fill(file, writes, 1)
    before = file.stat().st_size
    tidy(writes, thoroughly=False)
    assert file.stat().st_size < before
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN").close()
        reader.execute("SELECT count(*) FROM seats").fetchone()
        with writes.begin() as db:
            db.exec_driver_sql("DELETE FROM seats")
        tidy(writes, thoroughly=False)
        with pytest.raises(StillRead):
            tidy(writes, thoroughly=True)
    tidy(writes, thoroughly=True)
    writes.dispose()
    reads.dispose()
