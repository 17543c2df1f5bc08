"""The run of show: phases in their order, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harvestry.core.access import Role
from harvestry.core.errors import InvalidState, Refusal
from harvestry.core.ordering import order_key
from harvestry_crdt import Change, Element, Patch, Put

from .base import Actor, Area, BoardReader, Command, Draw, Happening, Moment, Outcome
from .parts import Key, Prose, Title
from .plan import Phase, Plan, Region
from .state import Run, Show, Stage, State, Timer
from .templates import MAX_PARTS, Library, Unfit
from .writers import require_company

__all__ = ["SHOW", "Entered", "Loaded", "Started", "frames", "new_element_id", "next_phase"]

_MINUTE = 60_000


# ---- commands ------------------------------------------------------------------------------------------------------


class Load(Command):
    """Take a run of show as this gathering's own, with its regions on the board. Only before it has begun.

    Attributes:
        template: Its name in the library instead of a plan, or several that follow each other.
        title: What it is called; else as the plan says.
        purpose: What it is for; else as the plan says.
    """

    kind: Literal["show.load"] = "show.load"
    plan: Plan | None = None
    template: Key | Annotated[tuple[Key, ...], Field(min_length=1, max_length=MAX_PARTS)] | None = None
    title: Title | None = None
    purpose: Prose | None = None

    @model_validator(mode="after")
    def _has_one_of_both(self) -> Self:
        if (self.plan is None) is (self.template is None):
            raise ValueError("either a plan or a template")
        return self


class Start(Command):
    """Begin with the first phase."""

    kind: Literal["show.start"] = "show.start"


class Go(Command):
    """Go on to a phase: the next one that was not done, or a named one, which may have been done or lie far ahead."""

    kind: Literal["show.go"] = "show.go"
    phase: Key | None = None
    # What the host saw when they asked; a second press, or a co-host's, must not skip a phase.
    since: Key | None = None


class Skip(Command):
    """Pass a phase over, or take that back."""

    kind: Literal["show.skip"] = "show.skip"
    phase: Key
    skipped: bool = True


class Arrange(Command):
    """Change what is still to come: its order, minutes, titles, terms. What has begun stays as it was agreed."""

    kind: Literal["show.arrange"] = "show.arrange"
    phases: tuple[Phase, ...]


class AddTime(Command):
    """Give the phase that goes on more time, or less."""

    kind: Literal["show.add"] = "show.add"
    seconds: Annotated[int, Field(ge=-3_600, le=3_600)]


class Stop(Command):
    """Stop the clock of the phase, or let it run on."""

    kind: Literal["show.stop"] = "show.stop"
    stopped: bool


class Close(Command):
    """End the gathering."""

    kind: Literal["show.close"] = "show.close"


class Reopen(Command):
    """Go on after the end."""

    kind: Literal["show.reopen"] = "show.reopen"


# ---- happenings ----------------------------------------------------------------------------------------------------


class Loaded(Happening):
    """A run of show was taken."""

    kind: Literal["show.loaded"] = "show.loaded"
    plan: Plan


class Started(Happening):
    """The gathering began."""

    kind: Literal["show.started"] = "show.started"


class Entered(Happening):
    """A phase was opened, and the one before it closed."""

    kind: Literal["show.entered"] = "show.entered"
    phase: Key


class Skipped(Happening):
    """A phase was passed over, or that was taken back."""

    kind: Literal["show.skipped"] = "show.skipped"
    phase: Key
    skipped: bool


class Arranged(Happening):
    """What is to come was changed; `phases` are all of them."""

    kind: Literal["show.arranged"] = "show.arranged"
    phases: tuple[Phase, ...]


class TimeAdded(Happening):
    """The phase that goes on got more time, or less."""

    kind: Literal["show.added"] = "show.added"
    seconds: int


class Stopped(Happening):
    """The clock was stopped, or runs on."""

    kind: Literal["show.stopped"] = "show.stopped"
    stopped: bool


class Closed(Happening):
    """The gathering ended."""

    kind: Literal["show.closed"] = "show.closed"


class Reopened(Happening):
    """It goes on after its end."""

    kind: Literal["show.reopened"] = "show.reopened"


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    show = state.show
    at, by = moment.now, actor.seat
    match command:
        case Load():
            return _load(show, command, by, moment)
        case Start():
            plan = _plan(show)
            if show.stage is not Stage.READY:
                raise Refusal("begun", "The gathering has begun already.")
            first = next((phase for phase in plan.phases if phase.key not in show.skipped), None)
            if first is None:
                raise Refusal("nothing", "Every step is passed over. Take one back first.")
            require_company(state, first)
            return Outcome((Started(at=at, by=by), Entered(at=at, by=by, phase=first.key)))
        case Go():
            return _go(state, command, at, by)
        case Skip(phase=key, skipped=skipped):
            _phase(show, key)
            if key == show.at:
                raise Refusal("running", "This step goes on now. Go to another one instead.")
            return Outcome((Skipped(at=at, by=by, phase=key, skipped=skipped),))
        case Arrange(phases=phases):
            return _arrange(show, phases, at, by)
        case AddTime(seconds=seconds):
            _running(show)
            return Outcome((TimeAdded(at=at, by=by, seconds=seconds),))
        case Stop(stopped=stopped):
            _running(show)
            if show.timer is not None and (show.timer.ends_at is None) is stopped:
                return Outcome()
            return Outcome((Stopped(at=at, by=by, stopped=stopped),))
        case Close():
            _live(show)
            return Outcome((Closed(at=at, by=by),))
        case Reopen():
            if show.stage is not Stage.CLOSED:
                raise Refusal("running", "The gathering has not ended.")
            return Outcome((Reopened(at=at, by=by),))
        case _:
            raise InvalidState(f"{command.kind} is no command of the run of show")


def _load(show: Show, command: Load, by: str, moment: Moment) -> Outcome:
    if show.stage not in (Stage.NONE, Stage.READY):
        raise Refusal("begun", "The gathering has begun. Change the steps that are still to come instead.")
    plan, changes = frames(_wanted(command, moment.library), moment.draw)
    return Outcome((Loaded(at=moment.now, by=by, plan=plan),), changes=(*_taken_away(show, moment.board), *changes))


def _wanted(command: Load, library: Library) -> Plan:
    """The plan as it came, or as the library has it, under the name and for the purpose that were given."""
    plan = command.plan
    if command.template is not None:
        keys = (command.template,) if isinstance(command.template, str) else command.template
        try:
            plan = library.plan(keys)
        except Unfit as error:
            raise Refusal("invalid", f"These do not go together: {error}.") from error
    if plan is None:
        raise Refusal("unknown", "There is no such template.")
    changes = {"title": command.title, "purpose": command.purpose}
    return plan.model_copy(update={name: value for name, value in changes.items() if value is not None})


def _taken_away(show: Show, board: BoardReader) -> tuple[Change, ...]:
    """The frames of a run of show that another takes the place of, as far as nothing was put into them."""
    if show.plan is None:
        return ()
    ours = {region.element for region in show.plan.regions}
    alive = {id: element for id, element in board.elements().items() if not element.deleted}
    used = {element.parent for id, element in alive.items() if id not in ours}
    # What holds something that is used is used itself.
    while more := {e.parent for id, e in alive.items() if id in used and e.parent is not None} - used:
        used |= more
    return tuple(Patch(id, {"del": 1}) for id in sorted(alive) if id in ours and id not in used)


def _go(state: State, command: Go, at: int, by: str) -> Outcome:
    show = state.show
    _live(show)
    if command.since is not None and command.since != show.at:
        raise Refusal("moved", "Another host has gone on already.")
    if command.phase is not None:
        phase = _phase(show, command.phase)
        if phase.key == show.at:
            raise Refusal("running", "This step goes on now.")
        require_company(state, phase)
        return Outcome((Entered(at=at, by=by, phase=phase.key),))
    following = next_phase(show)
    if following is None:
        raise Refusal("last", "This is the last step. End the gathering, or open a step again.")
    require_company(state, following)
    return Outcome((Entered(at=at, by=by, phase=following.key),))


def next_phase(show: Show) -> Phase | None:
    """The phase that follows the one that goes on; done ones and those passed over are not gone to again."""
    if show.plan is None:
        return None
    keys = [phase.key for phase in show.plan.phases]
    here = keys.index(show.at) + 1 if show.at in keys else 0
    return next((p for p in show.plan.phases[here:] if p.key not in show.runs and p.key not in show.skipped), None)


def _arrange(show: Show, phases: tuple[Phase, ...], at: int, by: str) -> Outcome:
    plan = _plan(show)
    if show.stage is Stage.CLOSED:
        raise Refusal("closed", "The gathering has ended.")
    try:
        # Checked as a whole: names of regions, and that no phase is there twice.
        Plan(title=plan.title, regions=plan.regions, phases=phases, purpose=plan.purpose, capture=plan.capture)
    except ValueError as error:
        raise Refusal("invalid", "These steps do not fit together.") from error
    before = {phase.key: phase for phase in plan.phases}
    after = {phase.key: phase for phase in phases}
    for key in show.runs:
        if after.get(key) != before[key]:
            raise Refusal("begun", "Steps that have begun stay as they were agreed.")
    return Outcome((Arranged(at=at, by=by, phases=phases),))


def _plan(show: Show) -> Plan:
    if show.plan is None:
        raise Refusal("no_plan", "There is no run of show yet. Choose a template first.")
    return show.plan


def _live(show: Show) -> Plan:
    plan = _plan(show)
    if show.stage is Stage.READY:
        raise Refusal("not_begun", "The gathering has not begun.")
    if show.stage is Stage.CLOSED:
        raise Refusal("closed", "The gathering has ended.")
    return plan


def _running(show: Show) -> None:
    _live(show)
    if show.at is None:
        raise Refusal("no_phase", "No step goes on.")


def _phase(show: Show, key: str) -> Phase:
    phase = _plan(show).phase(key)
    if phase is None:
        raise Refusal("unknown", "There is no such step.")
    return phase


def frames(plan: Plan, draw: Draw) -> tuple[Plan, tuple[Change, ...]]:
    """The plan with a frame on the board for each region, and the changes that put them there.

    Frames are locked, so that only hosts move them; a region's prompt stands in the frame's style, where clients look
    for it.
    """
    placed: list[Region] = []
    changes: list[Change] = []
    elements: dict[str, str] = {}
    number = 0
    for position, region in enumerate(plan.regions, start=1):
        element = region.element or new_element_id(draw)
        elements[region.key] = element
        placed.append(region.model_copy(update={"element": element}))
        style: dict[str, object] = {"prompt": region.prompt} if region.prompt else {}
        if region.within is None:
            number += 1
            style["no"] = number
        changes.append(
            Put(
                Element(
                    id=element,
                    kind="frame",
                    geometry=region.frame,
                    parent=None if region.within is None else elements[region.within],
                    z=order_key(position),
                    colour=None,
                    text=region.title,
                    style=style,
                    payload=None,
                    locked=1,
                    deleted=False,
                )
            )
        )
    return plan.model_copy(update={"regions": tuple(placed)}), tuple(changes)


def new_element_id(draw: Draw) -> str:
    """A fresh id for something on the board."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(alphabet[byte & 63] for byte in draw.take(12))


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve_state(state: State, happening: Happening) -> State:
    return replace(state, show=_evolve(state.show, happening))


def _evolve(show: Show, happening: Happening) -> Show:
    at = happening.at
    match happening:
        case Loaded(plan=plan):
            return replace(show, stage=Stage.READY, plan=plan)
        case Started():
            return replace(show, stage=Stage.LIVE, started_at=at)
        case Entered(phase=key):
            return _entered(show, key, at)
        case Skipped(phase=key, skipped=skipped):
            return replace(show, skipped=show.skipped | {key} if skipped else show.skipped - {key})
        case Arranged(phases=phases):
            return replace(show, plan=_loaded(show).model_copy(update={"phases": phases}))
        case TimeAdded(seconds=seconds):
            return _added(show, seconds * 1_000, at)
        case Stopped(stopped=stopped):
            return replace(show, timer=_stopped(show.timer, at) if stopped else _running_on(show.timer, at))
        case Closed():
            return replace(_left(show, at), stage=Stage.CLOSED, closed_at=at, timer=None, at=None)
        case Reopened():
            return replace(show, stage=Stage.LIVE, closed_at=None)
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to the run of show")


def _loaded(show: Show) -> Plan:
    if show.plan is None:
        raise InvalidState("there is no run of show")
    return show.plan


def _entered(show: Show, key: str, at: int) -> Show:
    phase = _loaded(show).phase(key)
    if phase is None:
        raise InvalidState(f"there is no phase {key}")
    show = _left(show, at)
    before = show.runs.get(key)
    if before is None:
        run = Run(opened_at=at)
    else:
        spent = before.spent + (before.closed_at or at) - before.opened_at
        run = replace(before, opened_at=at, closed_at=None, spent=spent, times=before.times + 1)
    length = phase.minutes * _MINUTE
    return replace(
        show,
        at=key,
        runs={**show.runs, key: run},
        timer=Timer(ends_at=at + length),
        skipped=show.skipped - {key},
    )


def _left(show: Show, at: int) -> Show:
    if show.at is None:
        return show
    run = replace(show.runs[show.at], closed_at=at)
    return replace(show, runs={**show.runs, show.at: run})


def _added(show: Show, extra: int, at: int) -> Show:
    if show.at is None or show.timer is None:
        raise InvalidState("no phase goes on")
    timer = show.timer
    if timer.ends_at is None:
        timer = replace(timer, left=max(0, timer.left + extra))
    else:
        # After the end, time is given from now on and not from when it was up.
        timer = replace(timer, ends_at=max(timer.ends_at, at if extra > 0 else 0) + extra)
    run = show.runs[show.at]
    return replace(show, timer=timer, runs={**show.runs, show.at: replace(run, extra=run.extra + extra)})


def _stopped(timer: Timer | None, at: int) -> Timer | None:
    if timer is None or timer.ends_at is None:
        return timer
    return Timer(ends_at=None, left=max(0, timer.ends_at - at))


def _running_on(timer: Timer | None, at: int) -> Timer | None:
    if timer is None or timer.ends_at is not None:
        return timer
    return Timer(ends_at=at + timer.left)


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, _: Role) -> Mapping[str, object]:
    show = state.show
    if show.plan is None:
        return {"stage": show.stage.value}
    timer = show.timer
    return {
        "stage": show.stage.value,
        "title": show.plan.title,
        "purpose": show.plan.purpose,
        "at": show.at,
        "started": show.started_at,
        "closed": show.closed_at,
        "timer": None if timer is None else {"ends": timer.ends_at, "left": timer.left},
        "phases": [_told(show, phase) for phase in show.plan.phases],
        "regions": [
            {
                "key": r.key,
                "title": r.title,
                "prompt": r.prompt,
                "kind": r.kind,
                "element": r.element,
                "makes": r.makes,
                "fields": [field.model_dump(mode="json") for field in r.fields],
                "names": r.names.value,
                "serves": list(r.serves),
            }
            for r in show.plan.regions
        ],
        "capture": show.plan.capture.value,
    }


def _told(show: Show, phase: Phase) -> Mapping[str, object]:
    run = show.runs.get(phase.key)
    return {
        "key": phase.key,
        "title": phase.title,
        "instruction": phase.instruction,
        "minutes": phase.minutes,
        "opens": [opening.model_dump(mode="json") for opening in phase.opens],
        "moving": phase.moving.value,
        "poll": None if phase.poll is None else phase.poll.model_dump(mode="json"),
        "connects": phase.connects,
        "cursors": phase.cursors,
        "tables_reveal": phase.tables_reveal,
        "yields": phase.yields,
        "check": phase.check,
        "skipped": phase.key in show.skipped,
        "opened": None if run is None else run.opened_at,
        "left": None if run is None else run.closed_at,
        "spent": 0 if run is None else run.spent,
        "extra": 0 if run is None else run.extra,
        "revealed": run is not None and run.revealed,
    }


SHOW = Area(
    name="show",
    commands=(Load, Start, Go, Skip, Arrange, AddTime, Stop, Close, Reopen),
    happenings=(Loaded, Started, Entered, Skipped, Arranged, TimeAdded, Stopped, Closed, Reopened),
    decide=_decide,
    evolve=_evolve_state,
    common=_common,
)
