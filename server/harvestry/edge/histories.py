"""The history of a board in the database: put in place of another as a whole, measured, and what was erased of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, func, insert, select, update

from harvestry.core.access import BoardId
from harvestry.core.keeping import Position, cut
from harvestry.core.ports import Erasure, Keeping, Rebuilt, Stale

from . import tables
from .hot import HotStatement
from .soundness import snapshot_checksum

__all__ = [
    "add_erasures",
    "advance",
    "erasures",
    "keep_snapshot",
    "position",
    "remove",
    "replace",
    "require_epoch",
    "retired",
    "shorten",
    "size",
]

_ADVANCE = HotStatement(
    update(tables.boards)
    .where(tables.boards.c.id == bindparam("its_id"), tables.boards.c.epoch == bindparam("its_epoch"))
    .values(head=bindparam("its_head"))
)

# Everything that is kept of a board under its id, except for the list of what was erased.
_OF_A_BOARD = (
    tables.log,
    tables.snapshots,
    tables.leases,
    tables.retired,
    tables.authors,
    tables.happenings,
    tables.vault,
    tables.seats,
    tables.codes,
    tables.links,
)


def replace(db: Connection, rebuilt: Rebuilt) -> None:
    """Put a new history in the place of the old one.

    Raises:
        Stale: If the board has gone on since it was rebuilt.
    """
    board = rebuilt.board
    epoch, seq = rebuilt.after
    require_epoch(db, board, epoch)
    if _last_seq(db, board) != seq:
        raise Stale(f"board {board}: expected it at {seq}, got {_last_seq(db, board)}")
    gone = {
        *retired(db, board),
        *rebuilt.retired,
        *db.scalars(select(tables.leases.c.client).where(_at(tables.leases, board))),
    }
    # It has been like this since the last thing that came, as far as anybody may still know.
    at = _last_date(db, board)
    for table in (tables.log, tables.snapshots, tables.leases, tables.retired, tables.authors):
        db.execute(delete(table).where(_at(table, board)))
    state = rebuilt.state
    _add_snapshot(db, board, epoch=rebuilt.epoch, seq=seq + 1, state=state, at=at)
    if gone:
        db.execute(insert(tables.retired), [{"board": board, "client": client} for client in sorted(gone)])
    if rebuilt.authors:
        rows = [{"board": board, "element": element, "holder": holder} for element, holder in rebuilt.authors.items()]
        db.execute(insert(tables.authors), rows)
    table = tables.boards
    db.execute(update(table).where(table.c.id == board).values(epoch=rebuilt.epoch, title=rebuilt.title, head=seq + 1))
    _fill_up(db, rebuilt)
    for seat in rebuilt.forgotten:
        db.execute(delete(tables.seats).where(tables.seats.c.board == board, tables.seats.c.id == seat))
    for kind, key in rebuilt.rows:
        vault = tables.vault
        db.execute(delete(vault).where(vault.c.board == board, vault.c.kind == kind, vault.c.key == key))
    for (kind, key), body in rebuilt.pruned.items():
        vault = tables.vault
        row = (vault.c.board == board, vault.c.kind == kind, vault.c.key == key)
        db.execute(update(vault).where(*row).values(body=body))
    add_erasures(db, board, rebuilt.erasures)
    read_back = db.execute(select(tables.snapshots).where(_at(tables.snapshots, board))).one()
    if read_back.state != state:
        raise OSError(f"board {board}: the new history does not read back as it was written")


def _fill_up(db: Connection, rebuilt: Rebuilt) -> None:
    known = set(db.scalars(select(tables.links.c.id).where(_at(tables.links, rebuilt.board))))
    for link in rebuilt.links:
        if link.id not in known:
            db.execute(
                insert(tables.links),
                {
                    "board": rebuilt.board,
                    "id": link.id,
                    "role": link.role.value,
                    "created_at": link.created_at,
                    "revoked": link.revoked,
                    "closed": link.closed,
                },
            )
    there = set(db.scalars(select(tables.seats.c.id).where(_at(tables.seats, rebuilt.board))))
    for seat in rebuilt.seats:
        if seat.id not in there:
            role = None if seat.role is None else seat.role.value
            row = {"board": rebuilt.board, "id": seat.id, "link": seat.link, "name": seat.name, "hue": seat.hue}
            db.execute(insert(tables.seats), {**row, "role": role, "removed": seat.removed})


def keep_snapshot(db: Connection, board: BoardId, *, epoch: int, seq: int, state: bytes) -> None:
    """Keep a state beside the log, in place of an earlier one of the same position."""
    log, snapshots = tables.log, tables.snapshots
    at = db.scalar(select(log.c.at).where(_at(log, board), log.c.seq == seq))
    if at is None:
        at = db.scalar(select(snapshots.c.at).where(_at(snapshots, board), snapshots.c.seq == seq))
    db.execute(delete(snapshots).where(_at(snapshots, board), snapshots.c.seq == seq))
    _add_snapshot(db, board, epoch=epoch, seq=seq, state=state, at=at or 0)


def shorten(db: Connection, board: BoardId, keeping: Keeping | None) -> None:
    """Let go of the log and of snapshots that nobody needs any more."""
    log, snapshots = tables.log, tables.snapshots
    found = db.execute(
        select(snapshots.c.seq, snapshots.c.at, func.length(snapshots.c.state))
        .where(_at(snapshots, board))
        .order_by(snapshots.c.seq)
    ).all()
    kept = [(int(seq), int(at), int(length)) for seq, at, length in found]
    if db.scalar(select(log.c.seq).where(_at(log, board), log.c.seq == 1)) is not None:
        kept.insert(0, (0, 0, 0))
    positions: list[Position] = []
    after, until = 0, None
    for seq, at, length in reversed(kept):
        part = select(func.sum(func.length(log.c.body))).where(_at(log, board), log.c.seq > seq)
        after += int(db.scalar(part if until is None else part.where(log.c.seq <= until)) or 0)
        positions.append(Position(seq, at, length, after))
        until = seq
    found_cut = cut(positions[::-1], keeping)
    if found_cut is not None:
        base, gone = found_cut
        db.execute(delete(log).where(_at(log, board), log.c.seq <= base))
        for seq in gone:
            db.execute(delete(snapshots).where(_at(snapshots, board), snapshots.c.seq == seq))


def _add_snapshot(db: Connection, board: BoardId, *, epoch: int, seq: int, state: bytes, at: int) -> None:
    checksum = snapshot_checksum(board, seq, epoch, state)
    row = {"board": board, "seq": seq, "epoch": epoch, "sha256": checksum, "state": state, "at": at}
    db.execute(insert(tables.snapshots), row)


def remove(db: Connection, board: BoardId, erasure: Erasure) -> None:
    """Take a board away with all that is kept of it; only the list still names it."""
    for table in _OF_A_BOARD:
        db.execute(delete(table).where(_at(table, board)))
    db.execute(delete(tables.boards).where(tables.boards.c.id == board))
    add_erasures(db, board, [erasure])


def retired(db: Connection, board: BoardId) -> frozenset[int]:
    """The clientIDs of a board's earlier epochs."""
    return frozenset(db.scalars(select(tables.retired.c.client).where(_at(tables.retired, board))))


def size(db: Connection, board: BoardId) -> int:
    """Bytes of the log and the snapshots of a board."""
    log, snapshots = tables.log, tables.snapshots
    logged = db.scalar(select(func.sum(func.length(log.c.body))).where(_at(log, board))) or 0
    return int(logged) + int(
        db.scalar(select(func.sum(func.length(snapshots.c.state))).where(_at(snapshots, board))) or 0
    )


def erasures(db: Connection) -> dict[BoardId, list[Erasure]]:
    """All that was ever erased, by board."""
    table = tables.erasures
    found: dict[BoardId, list[Erasure]] = {}
    for row in db.execute(select(table).order_by(table.c.board, table.c.at, table.c.kind, table.c.target)):
        found.setdefault(BoardId(row.board), []).append(Erasure(row.kind, row.target, row.at))
    return found


def add_erasures(db: Connection, board: BoardId, added: Sequence[Erasure]) -> None:
    """Put on the list what is not on it."""
    table = tables.erasures
    known = {(row.kind, row.target) for row in db.execute(select(table).where(table.c.board == board))}
    for erasure in added:
        if (erasure.kind, erasure.target) not in known:
            known.add((erasure.kind, erasure.target))
            row = {"board": board, "kind": erasure.kind, "target": erasure.target, "at": erasure.at}
            db.execute(insert(table), row)


def position(db: Connection, board: BoardId) -> tuple[int, int] | None:
    """The (epoch, seq) of a board; None if there is none."""
    epoch = db.scalar(select(tables.boards.c.epoch).where(tables.boards.c.id == board))
    return None if epoch is None else (epoch, _last_seq(db, board))


def advance(db: Connection, board: BoardId, *, epoch: int, seq: int) -> None:
    """Say that the log goes on to a position.

    Raises:
        Stale: If the board is in another epoch, or gone.
    """
    if _ADVANCE.run(db, {"its_id": board, "its_epoch": epoch, "its_head": seq}) != 1:
        require_epoch(db, board, epoch)


def require_epoch(db: Connection, board: BoardId, epoch: int) -> None:
    """Stop whoever goes by a history that is no more.

    Raises:
        Stale: If the board is in another epoch, or gone.
    """
    current = db.scalar(select(tables.boards.c.epoch).where(tables.boards.c.id == board))
    if current != epoch:
        raise Stale(f"board {board}: expected epoch {epoch}, got {current}")


def _last_seq(db: Connection, board: BoardId) -> int:
    log, snapshots = tables.log, tables.snapshots
    return max(
        db.scalar(select(func.max(log.c.seq)).where(_at(log, board))) or 0,
        db.scalar(select(func.max(snapshots.c.seq)).where(_at(snapshots, board))) or 0,
    )


def _last_date(db: Connection, board: BoardId) -> int:
    dates = (
        db.scalar(select(func.max(table.c.at)).where(_at(table, board))) for table in (tables.log, tables.snapshots)
    )
    return max(int(date or 0) for date in dates)


def _at(table: Table, board: BoardId) -> ColumnElement[bool]:
    return table.c.board == board
