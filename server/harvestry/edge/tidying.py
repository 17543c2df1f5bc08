"""Giving back what is gone: freed pages to the disk, and the write-ahead log to nothing.

SQLite overwrites what it deletes, but where rows were moved from one page to another, or waited in the write-ahead log,
copies stay behind. Only a database that is written anew, and a log that is cut to nothing, hold nothing of them.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Engine

from harvestry.core.ports import StillRead

__all__ = ["BUSY_TIMEOUT_MS", "tidy"]

# How long a connection waits for another process.
BUSY_TIMEOUT_MS = 10_000
_PATIENCE_MS = 2_000


def tidy(engine: Engine, *, thoroughly: bool) -> bool:
    """Give back free space; to be called where nobody else writes.

    Args:
        engine: A SQLite database's.
        thoroughly: Write the database anew.

    Returns:
        Whether the write-ahead log holds nothing any more; false if somebody reads it just now.

    Raises:
        StillRead: If somebody reads for so long that the log cannot be cut.
    """
    with engine.connect() as connection:
        # Outside of a transaction, which `begin` would start for any other way to execute it.
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise TypeError("expected a SQLite database")
        # Whoever writes waits for us: a log that somebody reads is cut another time.
        raw.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS if thoroughly else 0}").close()
        try:
            busy = _tidy(raw, thoroughly=thoroughly)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            busy = True
        finally:
            raw.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}").close()
    if busy and thoroughly:
        raise StillRead("Somebody reads the database, perhaps for a backup; try again when they have done")
    return not busy


def _tidy(raw: sqlite3.Connection, *, thoroughly: bool) -> bool:
    """Whether the write-ahead log could not be cut."""
    if thoroughly:
        # The copy that SQLite works on is nobody's business either.
        raw.execute("PRAGMA temp_store = MEMORY").close()
        raw.execute("VACUUM").close()
    else:
        raw.execute("PRAGMA incremental_vacuum").fetchall()
    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(busy)
