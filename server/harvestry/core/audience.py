"""Who is told the same: many are told it many times, and now and then one of them comes or goes, or all at once."""

from __future__ import annotations

from .protocol import ConnId

__all__ = ["Audience"]


class Audience:
    """Connections in the order they came."""

    __slots__ = ("_all", "_conns")

    def __init__(self) -> None:
        self._conns: dict[ConnId, None] = {}
        self._all: tuple[ConnId, ...] | None = ()

    def __bool__(self) -> bool:
        return bool(self._conns)

    def add(self, conn: ConnId) -> None:
        """Somebody is told from now on."""
        self._conns[conn] = None
        self._all = None

    def remove(self, conn: ConnId) -> None:
        """Somebody is told no more.

        Raises:
            KeyError: If they were not (a bug in the caller).
        """
        del self._conns[conn]
        self._all = None

    @property
    def all(self) -> tuple[ConnId, ...]:
        """Everybody; the same tuple until somebody comes or goes."""
        if self._all is None:
            # Not for each who leaves: when a network fails a thousand do, and each would cost a thousand.
            self._all = tuple(self._conns)
        return self._all
