"""The host team at tables: whoever of it wishes to see what a table sees is announced there first, and sits in then.

A seat at a table is not enough for them: the table is told when they come, whoever put them there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome
from .capabilities import TEAM
from .parts import Key
from .state import State, Visit

__all__ = ["ANNOUNCED_MS", "VISITING"]

# For so long a table knows that somebody comes before they see anything: time to end a sentence.
ANNOUNCED_MS: Final = 5_000


class SitIn(Command):
    """Sit in with a table, which is told first."""

    kind: Literal["visit.begin"] = "visit.begin"
    table: Key


class Leave(Command):
    """Leave the table that one sits in with."""

    kind: Literal["visit.end"] = "visit.end"


class Announced(Happening):
    """Somebody of the host team is about to sit in with a table; `by` is them."""

    kind: Literal["visit.announced"] = "visit.announced"
    table: Key


class Began(Happening):
    """They see what the table sees."""

    kind: Literal["visit.began"] = "visit.began"
    table: Key


class Ended(Happening):
    """They do not any more."""

    kind: Literal["visit.ended"] = "visit.ended"
    table: Key


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    visit = state.visiting.get(actor.seat)
    match command:
        case SitIn(table=table):
            if table not in state.people.tables:
                raise Refusal("unknown", "There is no such table.")
            if visit is not None and visit.table == table:
                return Outcome()
            left = () if visit is None else (Ended(at=moment.now, by=actor.seat, table=visit.table),)
            return Outcome((*left, Announced(at=moment.now, by=actor.seat, table=table)))
        case Leave():
            return Outcome() if visit is None else Outcome((Ended(at=moment.now, by=actor.seat, table=visit.table),))
        case _:
            raise InvalidState(f"{command.kind} is no visit")


def _follows(state: State, happening: Happening, moment: Moment) -> Outcome:
    if happening.kind not in ("people.seated", "people.promoted", "people.removed", "show.closed"):
        return Outcome()
    ends = happening.kind == "show.closed"
    return Outcome((*_over(state, moment.now, all_end=ends), *(() if ends else _seated(state, moment.now))))


def _over(state: State, at: int, *, all_end: bool) -> Iterator[Happening]:
    people = state.people
    for seat, visit in state.visiting.items():
        if all_end or people.roles.get(seat) not in TEAM or visit.table not in people.tables:
            yield Ended(at=at, by=seat, table=visit.table)


def _seated(state: State, at: int) -> Iterator[Happening]:
    """Those of the host team who have been given a seat at a table come to it like everybody else of them."""
    for seat, table in state.people.at.items():
        if state.people.roles.get(seat) in TEAM and seat not in state.visiting:
            yield Announced(at=at, by=seat, table=table)


def _evolve(state: State, happening: Happening) -> State:
    seat = SeatId(happening.by)
    match happening:
        case Announced(table=table, at=at):
            return replace(state, visiting={**state.visiting, seat: Visit(table, at + ANNOUNCED_MS)})
        case Began():
            if (visit := state.visiting.get(seat)) is None:
                return state  # It ended in the same moment.
            return replace(state, visiting={**state.visiting, seat: replace(visit, here=True)})
        case Ended():
            return replace(state, visiting={other: visit for other, visit in state.visiting.items() if other != seat})
        case _:
            raise InvalidState(f"{happening.kind} is no visit")


def _wakes_at(state: State) -> int | None:
    return min((visit.begins_at for visit in state.visiting.values() if not visit.here), default=None)


def _due(state: State, _: frozenset[SeatId], moment: Moment) -> Outcome:
    come = [
        Began(at=moment.now, by=seat, table=visit.table)
        for seat, visit in state.visiting.items()
        if not visit.here and visit.begins_at <= moment.now
    ]
    return Outcome(tuple(come))


def _common(state: State, _: Role) -> Mapping[str, object]:
    return {
        "visits": {
            seat: {"table": visit.table, "from": visit.begins_at, "here": visit.here}
            for seat, visit in state.visiting.items()
        }
    }


VISITING = Area(
    name="visiting",
    commands=(SitIn, Leave),
    happenings=(Announced, Began, Ended),
    decide=_decide,
    evolve=_evolve,
    common=_common,
    wakes_at=_wakes_at,
    due=_due,
    follows=_follows,
)
