"""Statements of every commit and every join, compiled once and handed to the driver as they are: finding a known one,
and tending to its result, costs SQLAlchemy several times what SQLite takes to run it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import ClauseElement, Connection

__all__ = ["HotQuery", "HotStatement"]

_Values: TypeAlias = Mapping[str, object]


class _Hot:
    """A statement, compiled when it is first run."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def _ready(self, db: Connection, values: _Values) -> tuple[str, _Values | tuple[object, ...]]:
        """The statement's text and its parameters, as the driver wants them."""
        known = self._compiled.get(db.dialect.name)
        if known is None:
            compiled = self._statement.compile(dialect=db.dialect, column_keys=list(values))
            order = getattr(compiled, "positiontup", None)
            known = self._compiled[db.dialect.name] = str(compiled), None if order is None else tuple(order)
        text, order = known
        return text, values if order is None else tuple([values[name] for name in order])


class HotStatement(_Hot):
    """A statement without results, whose parameters are plain values of the driver's."""

    def run(self, db: Connection, values: _Values) -> int:
        """Execute it with these values, all of them by name; how many rows it concerned.

        Errors are the driver's own.
        """
        text, parameters = self._ready(db, values)
        cursor = db.connection.cursor()
        try:
            cursor.execute(text, parameters)
            return cursor.rowcount
        finally:
            cursor.close()


class HotQuery(_Hot):
    """A question whose answer is one row, of plain values of the driver's: SQLite's has whole numbers for booleans."""

    def row(self, db: Connection, values: _Values) -> Sequence[object] | None:
        """The first row of the answer to these values, all of them by name; None if there is none.

        Errors are the driver's own.
        """
        text, parameters = self._ready(db, values)
        cursor = db.connection.cursor()
        try:
            cursor.execute(text, parameters)
            found: Sequence[object] | None = cursor.fetchone()
            return found
        finally:
            cursor.close()
