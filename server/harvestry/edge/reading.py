"""One board as it is on disk, read with suspicion: what does not add up ends the reading, and is never guessed at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias

from sqlalchemy import Connection, Row, Select, TextClause, select, text
from sqlalchemy.exc import DBAPIError

from harvestry.core.access import BoardId, Holder, SeatId
from harvestry.core.ports import History, Recalled, StoredBoard
from harvestry_crdt import DamagedBoard

from . import tables
from .soundness import is_damage, log_checksum, snapshot_checksum

__all__ = ["Reading"]

_Row: TypeAlias = Row[tuple[object, ...]]

# As text, so that no type of ours reads a value that is of another: the row may hold anything.
_LOG = text("SELECT board, seq, epoch, crc32, body FROM room_log WHERE board = :board AND seq > :after ORDER BY seq")
_ENTRY = text("SELECT board, seq, epoch, crc32, body FROM room_log WHERE board = :board AND seq = :seq")
# What is no date is none of ours; such a position is found by those around it.
_WHEN = "board = :board AND typeof(at) = 'integer'"
_LOG_AT = text(f"SELECT seq, at FROM room_log WHERE {_WHEN} AND at <= :at ORDER BY seq DESC LIMIT 1")  # noqa: S608
_LOG_FIRST = text(f"SELECT seq, at FROM room_log WHERE {_WHEN} ORDER BY seq LIMIT 1")  # noqa: S608
_LOG_LAST = text(f"SELECT seq, at FROM room_log WHERE {_WHEN} ORDER BY seq DESC LIMIT 1")  # noqa: S608
_SNAPSHOT_FIRST = text(f"SELECT seq, at FROM snapshots WHERE {_WHEN} ORDER BY seq LIMIT 1")  # noqa: S608
_SNAPSHOT_LAST = text(f"SELECT seq, at FROM snapshots WHERE {_WHEN} ORDER BY seq DESC LIMIT 1")  # noqa: S608
_SNAPSHOT = text("SELECT board, seq, epoch, sha256, state FROM snapshots WHERE board = :board AND seq = :seq")


class Reading:
    """Reads one board in one transaction.

    Attributes:
        damage: What is wrong, in the order in which it was met.
    """

    def __init__(self, db: Connection, board: BoardId) -> None:
        self._db = db
        self._board = board
        self.damage: list[str] = []

    def everything(self) -> StoredBoard | None:
        """The board as far as it is sound; None if there is none.

        Raises:
            DamagedBoard: If nothing of it is.
        """
        board = self._board
        row = self._db.execute(select(tables.boards).where(tables.boards.c.id == board)).one_or_none()
        if row is None:
            return None
        base, state = self._newest_snapshot()
        # An older snapshot and a longer log are the same board; only what nothing stands in for is damage.
        passed_over, self.damage = self.damage, []
        updates, reached = self._updates(base)
        if reached != self._last_position(row.head):
            self.damage += passed_over
            self.damage = self.damage or [f"the log ends at entry {reached}"]
        leases = self._rows(select(tables.leases).where(tables.leases.c.board == board), "who wrote")
        retired = self._rows(select(tables.retired).where(tables.retired.c.board == board), "who wrote before")
        before = len(self.damage)
        happenings = self._happenings()
        vault = self._rows(select(tables.vault).where(tables.vault.c.board == board), "the gathering")
        is_gathering = bool(happenings) or len(self.damage) > before
        authors = self._rows(select(tables.authors).where(tables.authors.c.board == board), "who made what")
        is_unsure = is_gathering and len(self.damage) > before
        holders = {record.holder for record in (*leases, *authors)}
        seats = self._rows(select(tables.seats).where(tables.seats.c.board == board), "who is called what")
        if self.damage and reached == 0:
            raise DamagedBoard(f"board {board}: {self.damage[0]}")
        return StoredBoard(
            board=board,
            title=row.title,
            epoch=row.epoch,
            seq=reached,
            snapshot_seq=base,
            state=state,
            updates=updates,
            leases={lease.client: Holder(lease.holder) for lease in leases},
            authors={author.element: Holder(author.holder) for author in authors},
            seats={SeatId(seat.id): seat.name for seat in seats if happenings or seat.id in holders},
            retired=frozenset(record.client for record in retired),
            locked=row.locked,
            happenings=happenings,
            vault={(record.kind, record.key): record.body for record in vault},
            damage="; ".join(self.damage) or None,
            is_unsure=is_unsure,
            at=max((row.at for row in (self._dated(_LOG_LAST), self._dated(_SNAPSHOT_LAST)) if row), default=0),
        )

    def history(self, until: int) -> History:
        """What would be loaded if the log ended at `until`.

        Raises:
            DamagedBoard: If not all of it is sound.
        """
        base, state = self._newest_snapshot(until=until)
        updates, reached = self._updates(base, until=until)
        if reached < until:
            raise DamagedBoard(f"board {self._board}: {'; '.join(self.damage) or 'the log has ended before'}")
        return History(state, updates)

    def recalled(self, at: int | None) -> Recalled:
        """What would be loaded if the log ended at a time in Unix milliseconds.

        Raises:
            DamagedBoard: If not all of that is sound.
        """
        first = self._dated(_LOG_FIRST)
        # The log from its beginning, or else from a snapshot on.
        oldest = first if first is not None and first.seq == 1 else self._dated(_SNAPSHOT_FIRST) or first
        if oldest is None:
            return Recalled(None, None)
        if at is None or at < oldest.at:
            return Recalled(oldest.at, None)
        last = self._dated(_LOG_AT, at=at)
        return Recalled(oldest.at, self.history(oldest.seq if last is None else max(last.seq, oldest.seq)))

    def _dated(self, query: TextClause, **values: object) -> _Row | None:
        try:
            return self._db.execute(query, {"board": self._board, **values}).one_or_none()
        except (DBAPIError, sqlite3.Error) as error:
            _raise_unless_damage(error)
            return None

    def problems(self) -> list[str]:
        """Everything that is wrong with the board, also where something else stands in for it."""
        spoilt = [seq for seq in self._snapshot_positions() if self._snapshot(seq) is None]
        with suppress(DamagedBoard):  # said in `damage` as well
            self.everything()
        return list(dict.fromkeys([*self.damage, *(f"the snapshot at entry {seq} is damaged" for seq in spoilt)]))

    def _snapshot(self, seq: int) -> bytes | None:
        row = self._row(_SNAPSHOT, seq)
        return row.state if row is not None and _is_sound_snapshot(row, self._board, seq) else None

    def _newest_snapshot(self, *, until: int | None = None) -> tuple[int, bytes | None]:
        for seq in self._snapshot_positions():
            if until is not None and seq > until:
                continue
            state = self._snapshot(seq)
            if state is not None:
                return seq, state
            self.damage.append(f"the snapshot at entry {seq} is damaged")
        return 0, None

    def _snapshot_positions(self) -> list[int]:
        query = text("SELECT seq FROM snapshots WHERE board = :board ORDER BY seq DESC")
        try:
            found = self._db.scalars(query, {"board": self._board}).all()
        except (DBAPIError, sqlite3.Error) as error:
            _raise_unless_damage(error)
            self.damage.append("the list of snapshots is damaged")
            return []
        return [seq for seq in found if isinstance(seq, int)]

    def _updates(self, base: int, *, until: int | None = None) -> tuple[list[bytes], int]:
        """The updates after a position, and the position of the last one before anything is wrong."""
        updates: list[bytes] = []
        for row in self._entries(base):
            expected = base + len(updates) + 1
            if until is not None and expected > until:
                break
            if row is None or row.seq != expected:
                self.damage.append(f"entry {expected} of the log cannot be found")
                break
            if not _is_sound_entry(row, self._board):
                self.damage.append(f"entry {expected} of the log does not match its checksum")
                break
            updates.append(row.body)
        return updates, base + len(updates)

    def _entries(self, base: int) -> Iterator[_Row | None]:
        position = base
        try:
            for row in self._db.execute(_LOG, {"board": self._board, "after": base}):
                yield row
                position += 1
        except (DBAPIError, sqlite3.Error) as error:
            _raise_unless_damage(error)
        else:
            return
        # The driver reads one row ahead, and an error there takes the row before with it.
        while True:
            position += 1
            single = self._row(_ENTRY, position)
            yield single
            if single is None:
                return

    def _happenings(self) -> tuple[bytes, ...]:
        sound: list[bytes] = []
        table = tables.happenings
        query = select(table).where(table.c.board == self._board).order_by(table.c.number)
        for expected, row in enumerate(self._rows(query, "what happened"), start=1):
            body = row.body
            if row.number != expected or log_checksum(self._board, expected, 0, body) != row.crc32:
                self.damage.append(f"what happened in the gathering cannot be read from {expected} on")
                break
            sound.append(body)
        return tuple(sound)

    def _row(self, query: TextClause, seq: int) -> _Row | None:
        try:
            return self._db.execute(query, {"board": self._board, "seq": seq}).one_or_none()
        except (DBAPIError, sqlite3.Error) as error:
            _raise_unless_damage(error)
            return None

    def _last_position(self, head: object) -> int:
        """How far the board reached, as other rows have it; -1 if they do not make sense."""
        return max([head, *self._snapshot_positions()]) if isinstance(head, int) else -1

    def _rows(self, query: Select[tuple[object, ...]] | TextClause, what: str) -> Sequence[_Row]:
        try:
            return self._db.execute(query).all()
        except (DBAPIError, sqlite3.Error, ValueError, TypeError) as error:
            _raise_unless_damage(error)
            self.damage.append(f"the record of {what} is damaged")
            return []


def _is_sound_entry(row: _Row, board: BoardId) -> bool:
    return (
        row.board == board
        and isinstance(row.body, bytes)
        and isinstance(row.epoch, int)
        and log_checksum(board, row.seq, row.epoch, row.body) == row.crc32
    )


def _is_sound_snapshot(row: _Row, board: BoardId, seq: int) -> bool:
    return (
        row.board == board
        and row.seq == seq
        and isinstance(row.state, bytes)
        and isinstance(row.epoch, int)
        and snapshot_checksum(board, seq, row.epoch, row.state) == row.sha256
    )


def _raise_unless_damage(error: Exception) -> None:
    # A value of a type that is none of ours is damage as well.
    if isinstance(error, DBAPIError | sqlite3.Error) and not is_damage(error):
        raise error
