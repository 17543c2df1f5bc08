"""Whose a token is, and new seats, in the database: what everybody who comes has looked up or written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from sqlalchemy import Connection, bindparam, func, insert, select

from harvestry.core.access import BoardId, LinkId, Role, SeatId
from harvestry.core.ports import Bearer, LinkRecord, SeatRecord

from . import tables
from .hot import HotQuery, HotStatement

__all__ = ["HUES", "Question", "add_seat", "find"]

# A board, and what of it a token names.
Question: TypeAlias = tuple[BoardId, LinkId | None, SeatId | None]

HUES = 8

_BOARD = HotQuery(select(tables.boards.c.id).where(tables.boards.c.id == bindparam("board")))
_LINK = HotQuery(
    select(tables.links.c.role, tables.links.c.created_at, tables.links.c.revoked, tables.links.c.closed).where(
        tables.links.c.board == bindparam("board"), tables.links.c.id == bindparam("link")
    )
)
_SEAT = HotQuery(
    select(
        tables.seats.c.link, tables.seats.c.name, tables.seats.c.hue, tables.seats.c.role, tables.seats.c.removed
    ).where(tables.seats.c.board == bindparam("board"), tables.seats.c.id == bindparam("seat"))
)
_SEATS = HotQuery(select(func.count()).select_from(tables.seats).where(tables.seats.c.board == bindparam("board")))
_SIT = HotStatement(insert(tables.seats))


def find(db: Connection, questions: Sequence[Question]) -> list[Bearer | Exception | None]:
    """What the records say of the bearers of tokens, one for each question; None where there is no such board, and what
    went wrong where a row cannot be read.
    """
    # Explicitly, or each statement would see the database of its own moment.
    with db.begin():
        return [_outcome(db, question) for question in questions]


def add_seat(db: Connection, board: BoardId, *, seat: SeatId, link: LinkId, name: str, most: int) -> SeatRecord | None:
    """The new seat; None if there are as many as may be, or if the link takes no newcomers (any more)."""
    (count,) = cast(tuple[int], _SEATS.row(db, {"board": board}))
    by = _link(db, board, link)
    if count >= most or by is None or by.closed or by.revoked:
        return None
    record = SeatRecord(seat, board, link, name, count % HUES)
    row = {"board": board, "id": seat, "link": link, "name": name, "hue": record.hue, "role": None, "removed": False}
    _SIT.run(db, row)
    return record


def _outcome(db: Connection, question: Question) -> Bearer | Exception | None:
    try:
        return _bearer(db, *question)
    except Exception as error:  # noqa: BLE001 - told to whoever asked
        return error


def _bearer(db: Connection, board: BoardId, link: LinkId | None, seat: SeatId | None) -> Bearer | None:
    if _BOARD.row(db, {"board": board}) is None:
        return None
    sits = None if seat is None else _seat(db, board, seat)
    follows = link if sits is None else sits.link
    return Bearer(None if follows is None else _link(db, board, follows), sits)


def _link(db: Connection, board: BoardId, link: LinkId) -> LinkRecord | None:
    row = _LINK.row(db, {"board": board, "link": link})
    if row is None:
        return None
    role, created_at, revoked, closed = cast(tuple[str, int, int, int], row)
    return LinkRecord(link, board, Role(role), created_at, bool(revoked), bool(closed))


def _seat(db: Connection, board: BoardId, seat: SeatId) -> SeatRecord | None:
    row = _SEAT.row(db, {"board": board, "seat": seat})
    if row is None:
        return None
    link, name, hue, role, removed = cast(tuple[str, str, int, str | None, int], row)
    return SeatRecord(seat, board, LinkId(link), name, hue, None if role is None else Role(role), bool(removed))
