"""The tick: when everybody is told what is new, and what is in it."""

from __future__ import annotations

from . import yprotocol
from .batch import Batch
from .effects import Effects
from .events import Deliver, TakenBack
from .limits import Millis, tick_interval
from .loaded import LoadedBoard
from .presence import Door, Roster
from .protocol import encode
from .tally import Tally
from .ticks import TickPieces

__all__ = ["Ticker"]


class Ticker:
    """The ticks of one room, the rarer the more people are in it."""

    def __init__(self, out: Effects, loaded: LoadedBoard, roster: Roster, *, tally: Tally, now: Millis) -> None:
        self._out = out
        self._loaded = loaded
        self._roster = roster
        self._tally = tally
        self._next = now

    def due(self, *, commits: bool) -> Millis | None:
        """When the next tick, or the commit before it, is to begin; None if there is nothing to tell.

        Args:
            commits: Whether something waits to be committed.
        """
        if commits:
            return self._next
        due = self._roster.due
        return None if due is None else max(self._next, due)

    def begin(self, now: Millis) -> None:
        """It begins now, and the one after it an interval later."""
        self._next = Millis(now + tick_interval(len(self._roster)))

    def tick(self, batch: Batch, now: Millis) -> None:
        """Tell everybody what is durable now, in one frame.

        Args:
            batch: What has become durable with it.
            now: Monotonic time.
        """
        self._tally.receipts += len(batch.receipts)
        # First, so that the author can put words aside before the tick takes them off the board.
        for conn, notice in batch.neutralised:
            if conn in self._roster:
                self._out.send(conn, encode(notice))
        tellings, happened = self._roster.tell(now)
        pieces = TickPieces(
            self._loaded.seq,
            update=batch.update or None,
            receipts=[number for pair in batch.receipts.items() for number in pair],
            events=happened,
        )
        if pieces.is_heavy and len(tellings) > 1:
            self._out.add(Deliver(self._roster.audience(Door.NATIVE), pieces.fanout(None)))
            pieces = TickPieces(self._loaded.seq)
        for conns, news in tellings:
            if news is not None or not pieces.is_bare:
                self._out.add(Deliver(conns, pieces.fanout(news)))
        if batch.update and (audience := self._roster.audience(Door.STOCK)):
            self._out.deliver(audience, yprotocol.encode_update(batch.update))
        for conn, result in batch.answers:
            if conn in self._roster:
                self._out.send(conn, encode(result))
        for ticket, value in batch.taken_back:
            self._out.add(TakenBack(ticket, value))
