"""What goes on at one table: its own timer, being called together, who sits there, and what it writes.

A table host does this for their own table, and nobody at another one is told; hosts do it for any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome, differing
from .capabilities import TEAM
from .moderating import Called, called, until_of
from .parts import Key
from .state import State, Summon, TableTimer
from .table_notes import RevealToTable, Transcribe, reveal, transcribe
from .writers import hides_at_tables, require_company, require_own_table, table_of

__all__ = ["TABLES"]

MAX_TIMER_S = 3_600


# ---- commands ------------------------------------------------------------------------------------------------------


class SetTimer(Command):
    """Give a table a time of its own within the step, from now on.

    Attributes:
        table: Which; None for one's own.
        seconds: 0 to have none any more.
    """

    kind: Literal["table.timer"] = "table.timer"
    table: Key | None = None
    seconds: Annotated[int, Field(ge=0, le=MAX_TIMER_S)]


class CallTable(Called):
    """Call a table to a place, and hold its view there for a while if need be."""

    kind: Literal["table.summon"] = "table.summon"
    table: Key | None = None


class ReleaseTable(Command):
    """Let a table look where it likes again."""

    kind: Literal["table.release"] = "table.release"
    table: Key | None = None


class LetChoose(Command):
    """Let people choose their table, or not any more."""

    kind: Literal["table.choosing"] = "table.choosing"
    on: bool


class Choose(Command):
    """Sit down at a table of one's choice."""

    kind: Literal["table.choose"] = "table.choose"
    table: Key


# ---- happenings ----------------------------------------------------------------------------------------------------


class Timed(Happening):
    """A table has a time of its own, or with 0 seconds none any more."""

    kind: Literal["table.timed"] = "table.timed"
    table: Key
    phase: Key
    seconds: int


class TableCalled(Happening):
    """A table was called somewhere."""

    kind: Literal["table.summoned"] = "table.summoned"
    table: Key
    region: Key | None
    view: tuple[int, int, int, int] | None
    hold: int


class TableReleased(Happening):
    """A call to a table is over; by nobody, if its time was."""

    kind: Literal["table.released"] = "table.released"
    table: Key


class ChoosingSet(Happening):
    """People choose their table from now on, or not any more."""

    kind: Literal["table.choosing"] = "table.choosing"
    on: bool


class Chose(Happening):
    """Somebody sat down at a table."""

    kind: Literal["table.chose"] = "table.chose"
    table: Key


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    at, by = moment.now, actor.seat
    match command:
        case SetTimer(table=wanted, seconds=seconds):
            table = require_own_table(state, actor, wanted)
            if not seconds and state.tabling.timer(table, state.show.at) is None:
                return Outcome()
            return Outcome((Timed(at=at, by=by, table=table, phase=state.show.at or "", seconds=seconds),))
        case CallTable(table=wanted, region=region, view=view, hold=hold):
            table = require_own_table(state, actor, wanted)
            called(state, command, state.tabling.summons.get(table))
            return Outcome((TableCalled(at=at, by=by, table=table, region=region, view=view, hold=hold),))
        case ReleaseTable(table=wanted):
            table = require_own_table(state, actor, wanted)
            return Outcome((TableReleased(at=at, by=by, table=table),) if table in state.tabling.summons else ())
        case LetChoose(on=on):
            return Outcome((ChoosingSet(at=at, by=by, on=on),) if on is not state.tabling.choosing else ())
        case Choose(table=table):
            return _choose(state, table, actor, at)
        case RevealToTable():
            return reveal(state, command, actor, moment)
        case Transcribe():
            return transcribe(state, command, actor, moment)
        case _:
            raise InvalidState(f"{command.kind} is no command about a table")


def _choose(state: State, table: str, actor: Actor, at: int) -> Outcome:
    if not state.tabling.choosing:
        raise Refusal("choosing", "Hosts seat people. You can ask for a word with one.")
    if table not in state.people.tables:
        raise Refusal("unknown", "There is no such table.")
    before, phase = table_of(state, actor.seat), state.show.phase
    if before == table:
        return Outcome()
    chose = Chose(at=at, by=actor.seat, table=table)
    if phase is not None and hides_at_tables(phase):
        if before is not None:
            raise Refusal("kept", f"In “{phase.title}” each table writes for itself. You can change after it.")
        require_company(_evolve(state, chose), phase)
    reads = (state.sealing.notes[key] for key in state.sealing.of_table.get(table, ()))
    if any(note.phase != state.show.at for note in reads):
        # They wrote for each other, and for nobody who came later.
        raise Refusal(
            "kept", f"{state.people.tables[table]} still has notes that only it reads. A host can seat you there."
        )
    return Outcome((chose,))


# ---- evolve, due ---------------------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    now = state.tabling
    match happening:
        case Timed(table=table, phase=phase, seconds=seconds, at=at):
            timers = {other: timer for other, timer in now.timers.items() if other != table}
            if seconds:
                timers[table] = TableTimer(phase, at + seconds * 1_000, seconds)
            return replace(state, tabling=replace(now, timers=timers))
        case TableCalled(table=table, region=region, view=view, hold=hold, at=at, by=by):
            summon = Summon(SeatId(by), region, view, until_of(at, hold), hold)
            return replace(state, tabling=replace(now, summons={**now.summons, table: summon}))
        case TableReleased(table=table):
            summons = {other: summon for other, summon in now.summons.items() if other != table}
            return replace(state, tabling=replace(now, summons=summons))
        case ChoosingSet(on=on):
            return replace(state, tabling=replace(now, choosing=on))
        case Chose(table=table, by=by):
            return replace(state, people=replace(state.people, at={**state.people.at, SeatId(by): table}))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens at a table")


def _wakes_at(state: State) -> int | None:
    return min((summon.until for summon in state.tabling.summons.values()), default=None)


def _due(state: State, _: frozenset[SeatId], moment: Moment) -> Outcome:
    over = [table for table, summon in state.tabling.summons.items() if summon.until <= moment.now]
    return Outcome(tuple(TableReleased(at=moment.now, table=table) for table in over))


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, role: Role) -> Mapping[str, object]:
    told: dict[str, object] = {"choosing": state.tabling.choosing}
    if role in TEAM:
        tables = state.people.tables
        told["timers"] = {table: timer for table in tables if (timer := _timer(state, table)) is not None}
        told["summons"] = {table: summon.told for table, summon in state.tabling.summons.items() if table in tables}
    return told


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    table = table_of(state, seat)
    summon = state.tabling.summons.get(table or "")
    return {
        "timer": None if table is None else _timer(state, table),
        "summon": None if summon is None else summon.told,
    }


def _touched(before: State, after: State) -> Collection[str] | None:
    if before.tabling is not after.tabling or before.show.at != after.show.at:
        return None
    return differing(before.people.at, after.people.at)


def _timer(state: State, table: str) -> Mapping[str, int] | None:
    timer = state.tabling.timer(table, state.show.at)
    return None if timer is None else {"ends": timer.ends_at, "seconds": timer.seconds}


TABLES = Area(
    name="tables",
    commands=(SetTimer, CallTable, ReleaseTable, LetChoose, Choose, RevealToTable, Transcribe),
    happenings=(Timed, TableCalled, TableReleased, ChoosingSet, Chose),
    decide=_decide,
    evolve=_evolve,
    common=_common,
    own=_own,
    touched=_touched,
    wakes_at=_wakes_at,
    due=_due,
)
