"""One server at a time on a data folder.

Two would each hold a board in memory and write on without the other. The lock is SQLite's own, on an empty file beside
the database: it works wherever the database does, and ends with the process however that ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from harvestry.core.errors import HarvestryError

__all__ = ["Occupied", "occupied"]


class Occupied(HarvestryError):
    """Another server is at work on the data folder."""


@contextmanager
def occupied(folder: Path) -> Iterator[None]:
    """Hold a data folder, which is there, against other servers; commands that make and read boards do not ask.

    Raises:
        Occupied: If another server holds it.
        OSError: If it cannot be used.
    """
    try:
        lock = sqlite3.connect(folder / "server.lock", timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    with closing(lock):
        try:
            # Nothing is ever written, so no journal need lie about either.
            lock.execute("PRAGMA journal_mode = MEMORY").close()
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Occupied(
                    f"Another server is at work on {folder}; stop it, or choose another with --data"
                ) from None
            raise OSError(str(error)) from error
        yield
