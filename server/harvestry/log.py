"""Log lines: to stderr, one line each, with the fields of where they come from and never a note, a name or a token."""

from __future__ import annotations

import logging
import sys

__all__ = ["set_up"]

_FIELDS = ("room", "door", "connection", "code")


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        fields = [f"{name}={getattr(record, name)}" for name in _FIELDS if hasattr(record, name)]
        head, newline, trace = line.partition("\n")
        return " ".join([head, *fields]) + newline + trace


def set_up(level: str) -> None:
    """Send the lines of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # uvicorn reports each request with its path; we report connections ourselves, and libraries only when they worry.
    for name in ("uvicorn", "uvicorn.error", "alembic", "asyncio", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
