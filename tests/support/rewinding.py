"""A gathering on the bench whose past can be read, as a store would read it."""

from __future__ import annotations

from typing import Any

from harvestry.core import events
from harvestry.core.access import SeatId, holder_of_seat
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board, Element

from .gatherings import HostedBench
from .rooms import Writer

__all__ = ["RewindBench"]

_READER = 99


class RewindBench(HostedBench):
    """A hosted bench that answers what the room asks about its past.

    Attributes:
        since: The earliest time that is known, in Unix milliseconds.
        held: Whether what is asked for is kept waiting until `tell_past`.
    """

    since: int = 0
    held: bool = False

    def handle(self, event: events.Event) -> list[events.Effect]:
        effects = super().handle(event)
        if not self.held:
            for effect in effects:
                if isinstance(effect, events.Recall):
                    self.tell_past(effect)
        return effects

    def tell_past(self, wish: events.Recall) -> None:
        """Answer what was asked about the past."""
        if wish.at is None or wish.at < self.since:
            super().handle(events.Recalled(wish.ticket, self.since))
        else:
            super().handle(events.Recalled(wish.ticket, self.since, self.elements(wish.at)))

    def elements(self, at: int | None = None) -> dict[str, Element]:
        """What was on the board at a time, as far as it is on disk; by default what is there now."""
        assert self.stored is not None
        kept = [e for e in self.entries[: self._committed] if e.update and (at is None or e.at <= at)]
        updates = [*self.stored.updates, *(entry.update for entry in kept if entry.update)]
        board = Board.load(self.stored.state, updates, client_id=_READER)
        try:
            return board.elements()
        finally:
            board.close()

    @property
    def date(self) -> int:
        """Now, in Unix milliseconds, after everything that came so far."""
        self.wait(1_000)
        return self.wall * 1_000 + self.now - 1_000 - 1

    def frame(self, region: str) -> str:
        """The element of a region."""
        regions = self.view(self.host)["show"]["regions"]
        element: str = next(each["element"] for each in regions if each["key"] == region)
        return element

    def rewind(self, region: str, at: int, **more: Any) -> dict[str, Any]:
        """Put a region back; returns the answer."""
        answer = self.do(self.host, "mod.rewind", region=region, at=at, **more)
        assert isinstance(answer, dict)
        return answer

    def writer(self, client: int) -> Writer:
        """A replica of the board as it is now."""
        assert self.stored is not None
        writer = Writer(client)
        for update in [*self.stored.updates, *(e.update for e in self.entries[: self._committed] if e.update)]:
            writer.apply(update)
        return writer

    def sends(self, conn: ConnId, update: bytes) -> None:
        """Somebody edits, and it is on disk."""
        self.edit(conn, update, self._next_cseq(conn))
        self.settle()

    def _next_cseq(self, conn: ConnId) -> int:
        counts: dict[ConnId, int] = self.__dict__.setdefault("_cseqs", {})
        counts[conn] = counts.get(conn, 0) + 1
        return counts[conn]


def holder(name: str) -> str:
    """Whose name stands with what somebody of that name makes."""
    return str(holder_of_seat(SeatId(name.ljust(12, "_")[:12])))
