"""Who takes part, and as what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import StringConstraints

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome
from .state import People, State

__all__ = ["PEOPLE", "came"]

Seat = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{12}$")]


class HandOver(Command):
    """Let another host lead."""

    kind: Literal["people.lead"] = "people.lead"
    seat: Seat


class Came(Happening):
    """A seat is here for the first time."""

    kind: Literal["people.came"] = "people.came"
    seat: str
    role: str


class Led(Happening):
    """Somebody leads from now on."""

    kind: Literal["people.led"] = "people.led"
    seat: str


def came(state: State, seat: SeatId, role: Role, at: int) -> tuple[Happening, ...]:
    """What happens when a seat connects: nothing, if it has been here."""
    people = state.people
    if seat in people.roles:
        return ()
    happened: tuple[Happening, ...] = (Came(at=at, by=seat, seat=seat, role=role.value),)
    if people.lead is None and role is Role.HOST:
        happened = (*happened, Led(at=at, by=seat, seat=seat))
    return happened


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case HandOver(seat=seat):
            if state.people.roles.get(SeatId(seat)) not in (Role.HOST, Role.COHOST):
                raise Refusal("unknown", "Only a host or co-host can lead.")
            return Outcome((Led(at=moment.now, by=actor.seat, seat=seat),))
        case _:
            raise InvalidState(f"{command.kind} is no command about people")


def _evolve_state(state: State, happening: Happening) -> State:
    return replace(state, people=_evolve(state.people, happening))


def _evolve(people: People, happening: Happening) -> People:
    match happening:
        case Came(seat=seat, role=role):
            return replace(people, roles={**people.roles, SeatId(seat): Role(role)})
        case Led(seat=seat):
            return replace(people, lead=SeatId(seat))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to people")


def _common(state: State, _: Role) -> Mapping[str, object]:
    people = state.people
    counted = [role for role in people.roles.values() if role not in (Role.OBSERVER, Role.DISPLAY)]
    return {"lead": people.lead, "seats": len(counted)}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    role = state.people.roles.get(seat)
    return {} if role is None else {"role": role.value}


PEOPLE = Area(
    name="people",
    commands=(HandOver,),
    happenings=(Came, Led),
    decide=_decide,
    evolve=_evolve_state,
    common=_common,
    own=_own,
)
