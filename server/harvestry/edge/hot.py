"""Statements of every commit, compiled once: finding a known one costs SQLAlchemy more than SQLite takes to run it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, CursorResult, Delete, Insert, Update

__all__ = ["HotStatement"]


class HotStatement:
    """A statement without results, whose parameters are plain values of the driver's."""

    def __init__(self, statement: Insert | Update | Delete) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def run(self, db: Connection, values: Mapping[str, object]) -> CursorResult[tuple[object, ...]]:
        """Execute it with these values, all of them by name."""
        known = self._compiled.get(db.dialect.name)
        if known is None:
            compiled = self._statement.compile(dialect=db.dialect, column_keys=list(values))
            order = getattr(compiled, "positiontup", None)
            known = self._compiled[db.dialect.name] = str(compiled), None if order is None else tuple(order)
        text, order = known
        if order is None:
            return db.exec_driver_sql(text, dict(values))
        return db.exec_driver_sql(text, tuple(values[name] for name in order))
