"""Statements of every commit, compiled once and handed to the driver as they are: finding a known one, and tending to
its result, costs SQLAlchemy several times what SQLite takes to run it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Delete, Insert, Update

__all__ = ["HotStatement"]


class HotStatement:
    """A statement without results, whose parameters are plain values of the driver's."""

    def __init__(self, statement: Insert | Update | Delete) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def run(self, db: Connection, values: Mapping[str, object]) -> int:
        """Execute it with these values, all of them by name; how many rows it concerned.

        Errors are the driver's own.
        """
        known = self._compiled.get(db.dialect.name)
        if known is None:
            compiled = self._statement.compile(dialect=db.dialect, column_keys=list(values))
            order = getattr(compiled, "positiontup", None)
            known = self._compiled[db.dialect.name] = str(compiled), None if order is None else tuple(order)
        text, order = known
        cursor = db.connection.cursor()
        try:
            cursor.execute(text, values if order is None else tuple([values[name] for name in order]))
            return cursor.rowcount
        finally:
            cursor.close()
