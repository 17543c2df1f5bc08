"""Putting a region back to how it was at a time: everything in it, and nothing else.

What was deleted since comes back under its id, what was made since is taken off softly, what was moved goes back to
where it was. So whatever is replaced can be had again, by putting the region back to the moment just before. What its
author, the group or a host has decided on purpose stays as it is: what is sealed, withdrawn, set aside or locked,
whose name stands with what, and results.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal

from pydantic import Field

from harvestry.core.access import Role
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import KINDS, LIMITS, Change, Element, Patch, Put

from .base import Actor, Area, Command, Happening, Moment, Outcome, Recall
from .lying import Ground, around, frames_of, within
from .parts import Key, Part
from .past import PutBack
from .plan import Plan
from .state import State

__all__ = ["REWINDING", "Rewound", "remembered"]

# The title of a table in the style of a note says who wrote it.
_TABLE: Final = "table"
# What comes along with what comes along; nobody nests so deep.
_ROUNDS: Final = 8
# What every engine still counts in whole milliseconds.
_LATEST: Final = (1 << 53) - 1


# ---- commands and happenings ---------------------------------------------------------------------------------------


class Rewind(Command):
    """Put a region back to how it was.

    Attributes:
        at: Unix milliseconds.
        look: Only say what would come of it.
    """

    kind: Literal["mod.rewind"] = "mod.rewind"
    region: Key
    at: Annotated[int, Field(ge=0, le=_LATEST)]
    look: bool = False


class LookBack(Command):
    """Say how far back the board is known."""

    kind: Literal["mod.past"] = "mod.past"


class Rewound(Happening):
    """A region was put back to how it was.

    Attributes:
        to: How it was then, in Unix milliseconds.
        before: The board just before, in Unix milliseconds.
    """

    kind: Literal["mod.rewound"] = "mod.rewound"
    region: Key
    to: int
    before: int


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case LookBack():
            if moment.past is None:
                return Outcome(recall=Recall())
            return Outcome(value={"since": moment.past.since})
        case Rewind():
            return _rewind(state, command, actor, moment)
        case _:
            raise InvalidState(f"{command.kind} puts nothing back")


def _rewind(state: State, command: Rewind, actor: Actor, moment: Moment) -> Outcome:
    plan, at = state.show.plan, command.at
    region = None if plan is None else plan.region(command.region)
    if plan is None or region is None:
        raise Refusal("unknown", "There is no such region.")
    if at >= moment.now:
        raise Refusal("future", "This time has not come yet. Choose an earlier one.")
    keys = within(plan, region.key)
    held = _held(state, plan)
    if keys & held:
        raise Refusal("sealed", "People are writing here, and nothing is shown yet. Reveal it first.")
    if any(at < state.rewinding.revealed.get(key, 0) for key in keys | around(plan, region.key)):
        raise Refusal("revealed", "What was written here has been revealed since. Choose a time after that.")
    past = moment.past
    if past is None:
        return Outcome(recall=Recall(at))
    if past.elements is None:
        raise Refusal("gone", "How the board was then is not kept any more. Choose a later time.")
    if region.element is None or (frame := past.elements.get(region.element)) is None or frame.deleted:
        raise Refusal("gone", "This region was not on the board then. Choose a later time.")
    found = _Found(state, plan, keys, held, at, moment.board.elements(), past.elements)
    found.put_back(moment)
    if _is_voted_on(state, plan, keys, found):
        raise Refusal("voting", "People are voting on what is here. Close the vote first.")
    if len(found.now.elements) + found.new > LIMITS["elements"]:
        raise Refusal("full", "The board has no room for what would come back.")
    told: dict[str, object] = {**found.told(), "since": past.since}
    if command.look or not found.changes:
        return Outcome(value={**told, "before": None})
    happened = Rewound(at=moment.now, by=actor.seat, region=region.key, to=at, before=past.before)
    return Outcome((happened,), changes=tuple(found.changes), value={**told, "before": past.before})


def _held(state: State, plan: Plan) -> frozenset[str]:
    """The regions in which something is written that does not go through the board."""
    phase = state.show.phase
    if phase is None or state.show.is_revealed:
        return frozenset()
    openings = {region.key: plan.opening(phase, region.key) for region in plan.regions}
    return frozenset(key for key, opening in openings.items() if opening is not None and opening.visibility.is_held)


def _is_voted_on(state: State, plan: Plan, keys: frozenset[str], found: _Found) -> bool:
    """Whether an open vote is about what is in these regions."""
    for poll in state.deciding.polls.values():
        if poll.is_open and (
            (poll.asks.region is not None and not keys.isdisjoint(within(plan, poll.asks.region)))
            or poll.about in found.touched
        ):
            return True
    return False


@dataclass(slots=True)
class _Found:
    """What has become of some regions since a time, and what puts it back, as it grows.

    Attributes:
        keys: The regions.
        held: Regions into which nothing can be put.
        back: How many come back that were deleted.
        away: How many are taken off that were made since.
        changed: How many get their place, words or looks again.
        home: How many go back to where they were moved from.
        stays: What was moved here and cannot go back.
        new: How many of the changes make an element.
        sent: What goes back to where it was moved from.
    """

    state: State
    plan: Plan
    keys: frozenset[str]
    held: frozenset[str]
    at: int
    elements: Mapping[str, Element]
    past: Mapping[str, Element]
    changes: list[Change] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    back: int = 0
    away: int = 0
    changed: int = 0
    home: int = 0
    new: int = 0
    stays: list[str] = field(default_factory=list)
    now: Ground = field(init=False)
    then: Ground = field(init=False)

    def __post_init__(self) -> None:
        frames = frames_of(self.plan)
        self.now, self.then = Ground(self.elements, frames), Ground(self.past, frames)

    def told(self) -> dict[str, object]:
        """What came of it, or would."""
        return {
            "back": self.back,
            "away": self.away,
            "changed": self.changed,
            "home": self.home,
            "stays": sorted(self.stays),
        }

    def put_back(self, moment: Moment) -> None:
        """Find out what has to change."""
        apart = self._apart()
        were = {id for id in self.past if id not in apart and self._lies_here(self.then, id)}
        are = {id for id in self.elements if id not in apart and self._lies_here(self.now, id)}
        there = self.elements.keys() | were
        # Frames that were deleted then hold what was in them, and are not put back.
        holding = were | (self.elements.keys() & frames_of(self.plan).keys())
        for id in sorted(were):
            self._as_it_was(id, holding, is_here=id in are, is_nobodys=moment.board.author(id) is None)
        for id in sorted(are - were):
            self._send_off(id, there)
        self._leave_behind(were, apart, there)

    def _leave_behind(self, were: set[str], apart: set[str], there: AbstractSet[str]) -> None:
        """What has come to stand in something that comes back, or to begin there, does not come along."""
        frames = frames_of(self.plan)
        others = self.elements.keys() - were
        for _ in range(_ROUNDS):
            after = Ground(self._after(), frames)
            along = [
                id
                for id, element in sorted(self.elements.items())
                if id not in were
                and id not in apart
                and id not in self.stays
                and self._lies_here(after, id)
                and (id in self.sent or element.kind == "conn" or element.parent in were)
            ]
            if not along:
                return
            outside = {id for id in others if after.region_of(id) not in self.keys and frames.get(id) not in self.keys}
            for id in along:
                if id in self.sent:
                    # Where it came from lies here by now.
                    self.home += id not in self.touched
                    parent, geometry = self.then.stand(id, outside)
                    self._patch(id, {"p": parent, "g": list(geometry)})
                elif self.elements[id].kind == "conn":
                    self._send_off(id, there)
                else:
                    parent, geometry = self.now.stand(id, others)
                    self._patch(id, {"p": parent, "g": list(geometry)})

    def _after(self) -> dict[str, Element]:
        """The board once all is done."""
        after = dict(self.elements)
        for change in self.changes:
            match change:
                case Put(element):
                    after[element.id] = element
                case Patch(id, values):
                    after[id] = _patched(after[id], values)
                case _:
                    raise InvalidState("only elements are put back")
        return after

    def _patch(self, id: str, values: Mapping[str, object]) -> None:
        self.changes.append(Patch(id, values))
        self.touched.add(id)

    def _lies_here(self, ground: Ground, id: str) -> bool:
        return ground.lives(id) and ground.region_of(id) in self.keys

    def _apart(self) -> set[str]:
        """What is left alone, wherever it is: the regions themselves, what the group decided, what is aside or gone."""
        state = self.state
        cards = {of.card for poll in state.deciding.polls.values() for of in poll.rounds if of.card is not None}
        aside = state.moderating.aside.keys() | state.moderating.kept.keys()
        return {*frames_of(self.plan), *cards, *state.recording.agreed, *aside, *state.sealing.leaving}

    def _as_it_was(self, id: str, there: AbstractSet[str], *, is_here: bool, is_nobodys: bool) -> None:
        was, present = self.past[id], self.elements.get(id)
        if was.kind not in KINDS:
            return
        parent, geometry = self.then.stand(id, there)
        was = replace(was, parent=parent, geometry=geometry)
        if present is None or present.kind != was.kind:
            self.changes.append(Put(was))
            self.new += present is None
            self.back += 1
            self.touched.add(id)
            return
        # The words of a revealed note are changed by whoever has its key, on purpose, and by nobody else.
        words = not (is_nobodys and id in self.state.sealing.keys)
        values = _differences(present, was, words=words)
        if not values:
            return
        self._patch(id, values)
        if present.deleted:
            self.back += 1
        else:
            self.changed += 1

    def _send_off(self, id: str, there: AbstractSet[str]) -> None:
        was, present = self.past.get(id), self.elements[id]
        if was is None or was.deleted:
            aside_from, aside_until = self.state.rewinding.spans.get(id, (0, 0))
            if aside_from <= self.at < aside_until:
                return  # It was set aside then, and a host has put it back on purpose.
            if id in self.state.sealing.keys:
                return  # It was written sealed, and its author alone takes it off the board.
            self._patch(id, {"del": 1})
            self.away += 1
            return
        if self.then.region_of(id) in self.held:
            self.stays.append(id)
            return
        parent, geometry = self.then.stand(id, there)
        values: dict[str, object] = {"p": parent, "g": list(geometry), "z": was.z or None}
        if isinstance(was.payload, Mapping) and isinstance(present.payload, Mapping) and was.kind == "conn":
            # It lies where it begins.
            values["d"] = {**present.payload, "a": was.payload["a"]}
        differing = {key: value for key, value in values.items() if value != _plain(present)[key]}
        if differing:
            self._patch(id, differing)
            self.home += 1
        self.sent.add(id)


def _plain(element: Element) -> dict[str, object]:
    """The keys of an element that are put back, as they are on the wire."""
    return {
        "p": element.parent,
        "g": list(element.geometry),
        "z": element.z or None,
        "c": element.colour,
        "s": dict(element.style) or None,
        "d": element.payload,
        "txt": element.text,
    }


def _patched(element: Element, values: Mapping[str, object]) -> Element:
    """An element with other keys, as far as they say where it lies."""
    geometry, parent = values.get("g", element.geometry), values.get("p", element.parent)
    x, y, w, h = geometry if isinstance(geometry, list | tuple) else element.geometry
    return replace(
        element,
        geometry=(x, y, w, h),
        parent=parent if isinstance(parent, str) else None,
        payload=values.get("d", element.payload),
        deleted=values.get("del") == 1 if "del" in values else element.deleted,
    )


def _differences(present: Element, was: Element, *, words: bool) -> dict[str, object]:
    """The keys that make one element look like the other; whether it is locked stays as it is."""
    style = {name: value for name, value in was.style.items() if name != _TABLE}
    if _TABLE in present.style:
        style[_TABLE] = present.style[_TABLE]
    before, after = _plain(present), _plain(replace(was, style=style))
    values = {name: value for name, value in after.items() if value != before[name]}
    for name in ("txt", "d"):
        # Neither can be lost, and a text is a whole one or none.
        if name in values and (values[name] is None or (name == "txt" and not words)):
            del values[name]
    if present.deleted:
        values["del"] = None
    return values


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    match happening:
        case Rewound(region=region, at=at, to=to, before=before):
            last = {**state.rewinding.last, region: PutBack(at, to, before)}
            return replace(state, rewinding=replace(state.rewinding, last=last))
        case _:
            raise InvalidState(f"{happening.kind} puts nothing back")


def remembered(state: State, happening: Part) -> State:
    """The state with what has to be known of anything that happened, should it be put back to before."""
    kind, at = getattr(happening, "kind", ""), getattr(happening, "at", 0)
    now = state.rewinding
    match kind:
        case "seal.revealed" if getattr(happening, "to", "all") == "all":
            after = replace(now, revealed={**now.revealed, getattr(happening, "region", ""): at})
        case "mod.aside":
            after = replace(now, asides={**now.asides, getattr(happening, "element", ""): at})
        case "mod.restored":
            id = getattr(happening, "element", "")
            asides = {other: since for other, since in now.asides.items() if other != id}
            after = replace(now, asides=asides, spans={**now.spans, id: (now.asides.get(id, at), at)})
        case _:
            return state
    return replace(state, rewinding=after)


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, _: Role) -> Mapping[str, object]:
    now = state.rewinding
    return {
        "last": {key: {"at": one.at, "to": one.to, "before": one.before} for key, one in now.last.items()},
        "revealed": dict(now.revealed),
    }


REWINDING = Area(
    name="rewinding",
    commands=(Rewind, LookBack),
    happenings=(Rewound,),
    decide=_decide,
    evolve=_evolve,
    common=_common,
)
