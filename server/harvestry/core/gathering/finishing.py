"""Who has finished what the step that goes on asks for: one figure for all, and nobody's name with it.

It can be taken back and is forgotten with the step, and therefore it is no happening. Where something is written that
is held back or not to be named, the figure is one of quarters and is told on a fixed tick: a count that goes up by one
as somebody puts their pen down would say who that was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome, Row
from .capabilities import SEATED, TEAM
from .parts import Key
from .plan import Attribution
from .sealing import quarters
from .state import FinishedFigure, State

__all__ = ["FINISHING", "figure", "is_coarse"]

_FINISHED = "finished"
# Those who do what a step asks; who runs it is not waited for.
_ASKED = SEATED - TEAM
# After one of these what was asked is over: a step, or what was sealed in it.
_OVER = frozenset({"show.entered", "show.closed", "seal.revealed"})


class Finish(Command):
    """Say that one has finished what a step asks, or take it back."""

    kind: Literal["step.finished"] = "step.finished"
    phase: Key
    finished: bool = True


class HasFinished(Row):
    """Somebody has finished the step that goes on; its key is the seat."""

    kind: Literal["finished"] = "finished"
    seat: str


def is_coarse(state: State) -> bool:
    """Whether a count would tell of people at work: something is held back, or written without names."""
    show = state.show
    if show.phase is None or show.is_revealed:
        return False
    return any(o.visibility.is_held or o.attribution is not Attribution.NAMED for o in show.phase.opens)


def figure(state: State) -> FinishedFigure:
    """How many have finished, as exactly as it may be told."""
    if state.show.phase is None:
        return FinishedFigure()
    asked = {seat for seat, role in state.people.roles.items() if role in _ASKED}
    finished = len(asked & state.finishing.seats)
    if is_coarse(state):
        return FinishedFigure(share=quarters(finished, len(asked)))
    return FinishedFigure(count=finished, of=len(asked))


def _decide(state: State, command: Command, actor: Actor, _: Moment) -> Outcome:
    match command:
        case Finish(phase=phase, finished=finished):
            if phase != state.show.at:
                raise Refusal("moved", "The group has gone on to another step.")
            row = HasFinished(seat=actor.seat) if finished else None
            is_said = actor.seat in state.finishing.seats
            return Outcome() if finished is is_said else Outcome(rows={(_FINISHED, actor.seat): row})
        case _:
            raise InvalidState(f"{command.kind} finishes nothing")


def _follows(state: State, happening: Happening, _: Moment) -> Outcome:
    # What one table is shown is not over for the others.
    if happening.kind in _OVER and getattr(happening, "table", None) is None:
        return Outcome(rows={(_FINISHED, seat): None for seat in state.finishing.seats})
    seat = SeatId(getattr(happening, "seat", "")) if happening.kind in ("people.removed", "people.promoted") else None
    return Outcome(rows={(_FINISHED, seat): None}) if seat in state.finishing.seats and seat else Outcome()


def _evolve(_: State, happening: Happening) -> State:
    raise InvalidState(f"{happening.kind} is nothing that is finished")


def _keep_all(state: State, _: str, rows: Mapping[str, Row | None]) -> State:
    finished = {SeatId(key) for key, row in rows.items() if row is not None}
    seats = (state.finishing.seats - {SeatId(key) for key in rows}) | finished
    return replace(state, finishing=replace(state.finishing, seats=seats))


def _common(state: State, _: Role) -> Mapping[str, object]:
    told = state.finishing.told
    return {"share": told.share, "count": told.count, "of": told.of}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    return {"finished": seat in state.finishing.seats}


def _touched(before: State, after: State) -> Collection[str]:
    return before.finishing.seats ^ after.finishing.seats


FINISHING = Area(
    name="finishing",
    commands=(Finish,),
    happenings=(),
    rows=(HasFinished,),
    decide=_decide,
    evolve=_evolve,
    keep_all=_keep_all,
    common=_common,
    own=_own,
    touched=_touched,
    follows=_follows,
)
