"""The course of the gathering in a room: what falls due by itself, what a commit of it brings about, who is told."""

from __future__ import annotations

from . import events
from .access import Capability, SeatId, allows
from .appearances import Appearances
from .batch import Batch
from .commits import Commits
from .effects import Effects
from .entrance import Entrance
from .limits import Millis
from .loaded import LoadedBoard
from .presence import Roster
from .protocol import Result, encode

__all__ = ["Course"]

# What is due again at once waits this long, in milliseconds.
_SOON = 16


class Course:
    """What a room does for the gathering (`Hosting`) on its board."""

    def __init__(
        self,
        out: Effects,
        loaded: LoadedBoard,
        roster: Roster,
        commits: Commits,
        appearances: Appearances,
        entrance: Entrance,
    ) -> None:
        self._out = out
        self._loaded = loaded
        self._roster = roster
        self._commits = commits
        self._appearances = appearances
        self._entrance = entrance
        self._is_erasing = False
        self._erased_at = loaded.hosting.erased_at

    @property
    def is_at_work(self) -> bool:
        """What was withdrawn is to be erased from every file, now or soon, or somebody waits for the board's past."""
        if self._loaded.recalling.asked is not None:
            return True
        return self._commits.takes_edits and self._loaded.hosting.leaving is not None

    def committed(self, batch: Batch, now: Millis) -> None:
        """What is new in the gathering is durable: act on it, and tell it."""
        hosting = self._loaded.hosting
        if batch.gathering is not None:
            hosting.committed(batch.gathering)
        if (due := hosting.erased_at) != self._erased_at:
            self._erased_at = due
            if due is not None:
                self._out.add(events.EraseAll(due))
        self.show(now)
        if batch.leaves_no_trace:
            self._out.add(events.LeaveNoTrace())
        if batch.removed or batch.roles:
            self._place(batch, now)
        if batch.happenings or batch.vault:
            self._out.news(hosting.news(self._roster.everyone()))

    def show(self, now: Millis) -> None:
        """Show as much of what people do as the gathering lets be shown, as far as it is durable."""
        if self._appearances.show(self._loaded.hosting.showing, now):
            # Who is away may be told again, or not any more.
            self._entrance.has_moved = True

    def advance(self, now: Millis) -> None:
        """Do what is due, and ask to be woken for what is not."""
        hosting = self._loaded.hosting
        if self._entrance.has_moved:
            self._entrance.has_moved = False
            if hosting.seen(self._roster.everyone(), self._entrance.waiting(), now):
                self._out.news(hosting.news(self._roster.everyone()))
        if (due_at := hosting.wakes_at) is not None and self._commits.takes_edits:
            self._do_by(due_at, now)
        if (pulses_at := hosting.pulses_at) is not None:
            if now >= pulses_at:
                self._out.news(hosting.pulse(self._roster.everyone(), now))
            if (pulses_at := hosting.pulses_at) is not None:
                self._out.wake_by(pulses_at)
        leaving = hosting.leaving
        if leaving is not None and self._commits.takes_edits and not self._is_erasing:
            self._erase_by(*leaving, now=now)
        self.look_back(now)

    def look_back(self, now: Millis) -> None:
        """Have the board's past read, or do what waited for it once everything that was admitted is on the board."""
        loaded = self._loaded
        recalling = loaded.recalling
        if recalling.asked is None:
            return
        if self._commits.in_flight is None and (wish := recalling.wish()) is not None:
            self._out.add(wish)
        if recalling.is_ready and self._commits.takes_edits and loaded.board.is_settled:
            conn, answer = loaded.hosting.recalled(self._roster.everyone(), now, before=loaded.dated)
            if isinstance(answer, Result):
                loaded.admission.pending.answers.append((conn, answer))
                self._out.wake_by(Millis(now + _SOON))
            elif conn in self._roster:
                self._out.send(conn, encode(answer))

    def _place(self, batch: Batch, now: Millis) -> None:
        """Whoever was removed goes, and whoever has another role gets it."""
        self._appearances.end(batch.removed)
        for member in self._roster.everyone():
            if (end := self._loaded.hosting.turned_away(member.identity)) is not None:
                self._entrance.close(member.conn, *end)
            elif (role := batch.roles.get(member.identity.seat or SeatId(""))) is not None:
                could_edit = allows(member.identity.role, Capability.EDIT)
                self._appearances.promote(member, role, now)
                if not could_edit:
                    self._entrance.question(member)

    def _do_by(self, due_at: Millis, now: Millis) -> None:
        """Have the gathering do what is due by itself, or be woken for it."""
        if now >= due_at:
            waking, hosting = self._loaded.waking, self._loaded.hosting
            if waking.is_under_way:
                return  # Once it is awake we are here again.
            if not hosting.due(self._roster.everyone(), now):
                waking.waiting.append(events.TickDue())
                self._out.add(events.WakeBoard())
                return
            if (next_at := hosting.wakes_at) is None:
                return
            due_at = max(next_at, Millis(now + _SOON))
        self._out.wake_by(due_at)

    def _erase_by(self, at: Millis, elements: frozenset[str], *, now: Millis) -> None:
        """Have what was withdrawn erased once it is time; the board then goes on elsewhere, in a new history."""
        if now < at:
            self._out.wake_by(at)
        else:
            self._is_erasing = True
            self._out.add(events.Erase(elements))
