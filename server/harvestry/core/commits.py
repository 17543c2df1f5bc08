"""The one commit in flight: what is in it, what it changes for all, and what becomes of the room when it fails."""

from __future__ import annotations

import base64
from collections.abc import Callable

from . import events
from .access import LinkId
from .appearances import Appearances
from .batch import Batch
from .effects import Effects
from .errors import InvalidState
from .limits import Millis
from .loaded import LoadedBoard
from .mode import DAMAGED, PAUSED, Mode, mode_of
from .ports import Entry, FreshLink
from .presence import Roster
from .protocol import Failed, encode

__all__ = ["Commits"]


class Commits:
    """The commits of one room, one after the other.

    Args:
        date: The date, in Unix milliseconds, of a monotonic time.
        draw: So many bytes from a cryptographic source.

    Attributes:
        is_paused: A commit failed, and the disk takes none yet.
        in_flight: What is on its way to disk.
    """

    def __init__(
        self,
        out: Effects,
        loaded: LoadedBoard,
        roster: Roster,
        appearances: Appearances,
        *,
        date: Callable[[Millis], int],
        draw: Callable[[int], bytes],
    ) -> None:
        self._out = out
        self._loaded = loaded
        self._roster = roster
        self._appearances = appearances
        self._date = date
        self._draw = draw
        self.in_flight: Batch | None = None
        self.is_paused = False
        # What is in memory is what is on disk, or will be with the commit in flight.
        self._is_sound = True
        self._told_mode = self.mode

    @property
    def mode(self) -> Mode:
        """Whether the board can be written to, as far as it is durable."""
        return mode_of(locked=self._loaded.locked, paused=self.is_paused, damaged=self._loaded.is_damaged)

    @property
    def is_settled(self) -> bool:
        """Memory holds what is on disk, neither more nor less."""
        return self._is_sound and self.in_flight is None

    @property
    def takes_edits(self) -> bool:
        """Whether anything can be written at all."""
        return not (self.is_paused or self._loaded.is_damaged)

    @property
    def is_due(self) -> bool:
        """Something waits to be committed, and can be."""
        return self.in_flight is None and not self._loaded.admission.pending.is_empty

    def begin(self, now: Millis) -> Batch | None:
        """Have everything that waits made durable.

        Returns:
            The batch, if there is nothing in it to write down: it is done then. None if it is on its way.
        """
        loaded = self._loaded
        batch = loaded.admission.hand_over()
        batch.gathering = loaded.hosting.state
        batch.update = loaded.board.commit()
        title = loaded.board.title if loaded.board.is_awake else loaded.title
        if title != loaded.title:
            batch.title = title
        if not batch.has_records:
            return batch
        self.in_flight = batch
        # Later than all before, whatever the clock does: a board is asked for by its date.
        loaded.dated = max(loaded.hosting.date(now), loaded.dated + 1)
        epoch, seq = loaded.position
        self._out.add(
            events.Persist(
                Entry(
                    board=loaded.id,
                    epoch=epoch,
                    seq=seq + 1 if batch.update else seq,
                    update=batch.update or None,
                    leases=batch.leases,
                    authors=batch.authors,
                    renames=batch.renames,
                    title=batch.title,
                    locked=batch.locked,
                    happenings=batch.happenings,
                    vault=batch.vault,
                    seats=tuple(batch.seats),
                    roles=batch.roles,
                    removed={seat: self._fresh_link(now) for seat in batch.removed},
                    ends_codes=loaded.hosting.is_ending,
                    at=loaded.dated,
                )
            )
        )
        return None

    def done(self) -> Batch:
        """The commit in flight is on disk: what it changes for everybody is part of the next tick.

        Raises:
            InvalidState: If there was none (a bug in the caller).
        """
        batch, self.in_flight = self.in_flight, None
        if batch is None:
            raise InvalidState("no commit is in flight")
        self._loaded.committed(batch)
        if batch.update:
            self._tell_filling()
        if batch.title is not None:
            self._roster.announce(["titled", batch.title])
        if batch.locked is not None:
            self._announce_mode()
        for seat, name in batch.renames.items():
            self._appearances.rename(seat, name)
        for holder, elements in batch.authored().items():
            self._roster.announce(["authored", holder, elements])
        return batch

    def failed(self) -> None:
        """Take nothing more in and promise nothing; what memory holds beyond the disk has to go."""
        failed, self.in_flight = self.in_flight, None
        self.is_paused, self._is_sound = True, False
        for batch in (failed, self._loaded.admission.pending):
            for ticket, _ in () if batch is None else batch.taken_back:
                self._out.add(events.TakenBack(ticket, None))
        waiting = self._loaded.admission.abandon(failed, self._roster.everyone())
        for conn, n in [*waiting, *self._loaded.recalling.abandon()]:
            if conn in self._roster:
                self._out.send(conn, self.not_now(n))
        self._announce_mode()
        self._out.add(events.Reload())

    def reloaded(self, event: events.Reloaded, now: Millis) -> None:
        """What is in memory is what is on disk again."""
        self._loaded.load_again(event.stored, event.board, client_id=event.client_id, now=now)
        self._is_sound = True
        self._announce_mode()

    def go_on(self) -> None:
        """The disk takes writes again."""
        self.is_paused = False
        self._announce_mode()

    def not_now(self, n: int) -> bytes:
        """The answer to a command that cannot be carried out, as nothing can be written."""
        return encode(Failed(n, self.mode.value, DAMAGED if self._loaded.is_damaged else PAUSED))

    def _fresh_link(self, now: Millis) -> FreshLink:
        id = base64.urlsafe_b64encode(self._draw(9)).decode()
        return FreshLink(LinkId(id), self._date(now) // 1_000)

    def _tell_filling(self) -> None:
        """Warn of a board that is nearly full; once for each per cent, and once when it is not any more."""
        before, filling = self._loaded.filling, self._loaded.admission.filling()
        if filling != before:
            what, percent = filling or ((before or ("elements", 0))[0], 0)
            self._loaded.filling = filling
            self._roster.announce(["filling", what, percent])

    def _announce_mode(self) -> None:
        if self.mode is not self._told_mode:
            self._told_mode = self.mode
            self._roster.announce(["mode", self.mode.value])
