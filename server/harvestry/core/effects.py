"""What a room wants done, in the order it came to want it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import events
from .errors import CloseCode
from .limits import Millis
from .outbox import Fanout
from .protocol import ConnId

__all__ = ["Effects"]


class Effects:
    """The effects of one event, until the edge takes them, and the one wish to be woken."""

    def __init__(self) -> None:
        self._effects: list[events.Effect] = []
        self._wake: Millis | None = None

    def take(self) -> list[events.Effect]:
        """Everything since this was last asked."""
        if not (effects := self._effects):
            return []
        self._effects = []
        return effects

    def add(self, effect: events.Effect) -> None:
        """Want something done, after everything before it."""
        self._effects.append(effect)

    def extend(self, effects: Sequence[events.Effect]) -> None:
        """Want several things done, in their order."""
        self._effects += effects

    def send(self, conn: ConnId, frame: bytes) -> None:
        """One frame to one connection."""
        self._effects.append(events.Send(conn, frame))

    def deliver(self, conns: tuple[ConnId, ...], frame: bytes) -> None:
        """A frame to many connections, none of which may miss it."""
        self._effects.append(events.Deliver(conns, Fanout(frame, lambda: frame)))

    def news(self, news: Iterable[tuple[tuple[ConnId, ...], bytes]]) -> None:
        """Several such frames, each with its connections."""
        for conns, frame in news:
            self.deliver(conns, frame)

    def close(self, conn: ConnId, code: CloseCode, reason: str) -> None:
        """End a connection. Whoever is in the room leaves it first (`Entrance.close`)."""
        self._effects.append(events.Close(conn, code, reason))

    def wake_by(self, at: Millis) -> None:
        """Be woken at that time, unless it is to be earlier anyway."""
        if self._wake is None or at < self._wake:
            self._wake = at
            self._effects.append(events.WakeAt(at))

    def woken(self) -> None:
        """The time has come; nothing is waited for any more."""
        self._wake = None
