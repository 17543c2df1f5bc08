"""Telling what was written from what is read: checksums of rows, and which of SQLite's errors mean damage.

A checksum covers a row's place as well as its content: a damaged index leads to a row that is sound by itself, and
somebody else's.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib

from sqlalchemy.exc import DBAPIError

__all__ = ["is_damage", "is_trouble", "log_checksum", "reason_of", "snapshot_checksum"]

_DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_MISMATCH,
}


def log_checksum(board: str, seq: int, epoch: int, body: bytes) -> int:
    """What `crc32` of a log entry is."""
    return zlib.crc32(body, zlib.crc32(f"{board} {epoch} {seq}".encode()))


def snapshot_checksum(board: str, seq: int, epoch: int, state: bytes) -> bytes:
    """What `sha256` of a snapshot is."""
    return hashlib.sha256(f"{board} {epoch} {seq} ".encode() + state).digest()


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the file does not hold what was written to it."""
    cause = _cause(error)
    if not isinstance(cause, sqlite3.DatabaseError):
        return False
    # Text that is not UTF-8 is an error of the driver's own, without a code; else the low byte is the kind.
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    return "decode to UTF-8" in str(cause) if code is None else code & 0xFF in _DAMAGE


def is_trouble(error: BaseException) -> bool:
    """Whether an error is the file's or the machine's, and not the statement's: a full disk, an I/O error, damage."""
    return is_damage(error) or isinstance(_cause(error), sqlite3.OperationalError)


def reason_of(error: BaseException) -> str:
    """What the database says, without the statement and what it was to hold."""
    return str(_cause(error))


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error
