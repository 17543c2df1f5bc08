"""What may leave the gathering: a level for everybody, which only ever moves towards less once it has begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from harvestry.core.access import Role
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome, Row
from .plan import Capture
from .state import Stage, State

__all__ = ["CAPTURE", "UNEXPORTED", "Unexported"]

UNEXPORTED = "unexported"


class SetCapture(Command):
    """Let less leave from now on; before the beginning, also more."""

    kind: Literal["show.capture"] = "show.capture"
    level: Capture


class CaptureSet(Happening):
    """Another level holds from now on, for what was said before too."""

    kind: Literal["show.captured"] = "show.captured"
    level: Capture


class Unexported(Row):
    """The element that the row is named after never reaches a file: its author does not wish it.

    Nothing in it leads to the author, for the element may be one of nobody's.
    """

    kind: Literal["unexported"] = "unexported"


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case SetCapture(level=level):
            if state.show.plan is None:
                raise Refusal("no_plan", "There is no run of show yet. Choose a template first.")
            now = state.show.plan.capture
            if level is now:
                return Outcome()
            if level.rank < now.rank and state.show.stage is not Stage.READY:
                raise Refusal(
                    "begun", "People have written knowing what may leave. From here on it can only become less."
                )
            if level.rank < now.rank and actor.role is not Role.HOST:
                raise Refusal("host", "Only a host can let more leave. A co-host can let less.")
            return Outcome((CaptureSet(at=moment.now, by=actor.seat, level=level),))
        case _:
            raise InvalidState(f"{command.kind} is no command about what may leave")


def _evolve(state: State, happening: Happening) -> State:
    match happening:
        case CaptureSet(level=level, at=at, by=by):
            plan = state.show.plan
            if plan is None:
                raise InvalidState("there is no run of show")
            capture = replace(state.capture, before=plan.capture, at=at, by=by)
            show = replace(state.show, plan=plan.model_copy(update={"capture": level}))
            return replace(state, show=show, capture=capture)
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to what may leave")


def _keep(state: State, _: str, key: str, row: Row | None) -> State:
    before = state.capture.unexported
    unexported = before - {key} if row is None else before | {key}
    return replace(state, capture=replace(state.capture, unexported=unexported))


def _common(state: State, _: Role) -> Mapping[str, object]:
    capture, plan = state.capture, state.show.plan
    return {
        "level": None if plan is None else plan.capture.value,
        "before": None if capture.before is None else capture.before.value,
        "at": capture.at,
        "by": capture.by,
    }


CAPTURE = Area(
    name="capture",
    commands=(SetCapture,),
    happenings=(CaptureSet,),
    rows=(Unexported,),
    decide=_decide,
    evolve=_evolve,
    keep=_keep,
    common=_common,
)
