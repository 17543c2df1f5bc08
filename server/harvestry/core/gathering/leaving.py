"""What may leave a gathering as a file: what the group agreed on, and each person for their own words.

A name that somebody put on a record themselves stands with it at every level at which anything leaves: it is there to
be read. Whoever wants none of their words to leave is named nowhere.

Every export is made of what is returned here, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harvestry.core.access import Holder, SeatId
from harvestry.core.errors import HarvestryError
from harvestry_crdt import Element

from .plan import Attribution, Capture, Moving, Plan, Region, Visibility
from .records import Part, Status, head, linked, promised, record_region
from .results import quotes, rewritten
from .state import State

__all__ = ["Leaving", "NothingLeaves", "Recorded", "Signature", "Stand", "leaving", "may_be_named"]


class NothingLeaves(HarvestryError):
    """The group agreed that nothing leaves the gathering."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A name that its owner put on a record.

    Attributes:
        own: What they say to it; empty for nothing.
        earlier: The record said something else then.
    """

    name: str
    part: Part
    own: str
    earlier: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """How an action stood from a time on, in Unix milliseconds; nobody is named who said so."""

    status: Status
    at: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands beside the words of a record.

    Attributes:
        names: Whoever leads comes first, then whoever came first.
        serves: What it serves and may leave too, in the record's own order: elements, and what each says first.
        status: How it stood, the latest last.
    """

    names: tuple[Signature, ...] = ()
    agreed: bool = False
    serves: Mapping[str, str] = field(default_factory=dict)
    status: tuple[Stand, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """What may leave.

    Attributes:
        elements: As they stand on the board. What may not leave is among them as deleted and without words, so that
            what is in it, or ends on it, finds its place.
        authors: By whom an element is, as far and in such words as the group agreed.
        withdrawn: How many things were taken back, and are to be dropped from earlier files.
        records: What stands beside the words of records, by element.
    """

    title: str
    elements: tuple[Element, ...]
    authors: Mapping[str, str]
    withdrawn: int = 0
    records: Mapping[str, Recorded] = field(default_factory=dict)


def leaving(
    state: State,
    title: str,
    elements: Mapping[str, Element],
    *,
    authors: Mapping[str, Holder],
    names: Mapping[SeatId, str],
) -> Leaving:
    """What may leave of a board, with all that is on it, who made what as far as that is kept, and the seats' names.

    Raises:
        NothingLeaves: If nothing may.
    """
    plan = state.show.plan
    if plan is not None and plan.capture is Capture.NOTHING:
        raise NothingLeaves(title)
    kept_back = state.capture.unexported | {
        id for id, holder in authors.items() if state.people.consent.get(SeatId(holder)) is False
    }
    there = {id: _gone(element) if id in kept_back else element for id, element in elements.items()}
    for poll in state.deciding.polls.values():
        if not kept_back.isdisjoint(quotes(poll)):
            for card, text, fields in rewritten(state.deciding, poll, there.get):
                there[card.id] = replace(card, text=text, payload=fields)
    return Leaving(
        title,
        tuple(there.values()),
        {} if plan is None else _authors(state, plan, elements, authors, names),
        state.sealing.withdrawn,
        _records(state, elements, there, names),
    )


def may_be_named(state: State, elements: Mapping[str, Element], id: str) -> bool:
    """Whether a name may stand with something on the board, as far as the terms it was written under go."""
    plan = state.show.plan
    return plan is None or not (_may_be_mixed(state, plan) or id not in elements or id in _nameless(plan, elements))


def _gone(element: Element) -> Element:
    text = None if element.text is None else ""
    return replace(element, deleted=True, text=text, payload=None, style={})


def _records(
    state: State, elements: Mapping[str, Element], there: Mapping[str, Element], names: Mapping[SeatId, str]
) -> dict[str, Recorded]:
    # What lies in a theme is a record also where the theme may not leave.
    found = {
        id: record_region(state.show.plan, elements.get, id)
        for id, each in there.items()
        if each.kind == "card" and not each.deleted
    }
    return {
        id: recorded
        for id, record in found.items()
        if record is not None and (recorded := _recorded(state, record, elements, there, names)) != Recorded()
    }


def _recorded(
    state: State,
    record: tuple[Region, Element],
    elements: Mapping[str, Element],
    there: Mapping[str, Element],
    names: Mapping[SeatId, str],
) -> Recorded:
    region, element = record
    plan, consent, now = state.show.plan, state.people.consent, promised(region, element)
    on = state.recording.names.get(element.id, {})
    signed = [
        Signature(names[seat], name.part, name.own, earlier=name.words != now)
        for seat, name in on.items()
        if names.get(seat) and consent.get(seat) is not False
    ]
    return Recorded(
        tuple(sorted(signed, key=lambda one: one.part != "lead")),
        element.id in state.recording.agreed,
        {
            id: head(plan, elements.get, there[id])
            for id in linked(region, element)
            if id in there and not there[id].deleted
        },
        tuple(
            Stand(one.status, one.at, None if consent.get(one.seat) is False else one.reason)
            for one in state.recording.standing.get(element.id, ())
        ),
    )


def _authors(
    state: State,
    plan: Plan,
    elements: Mapping[str, Element],
    authors: Mapping[str, Holder],
    names: Mapping[SeatId, str],
) -> dict[str, str]:
    if plan.capture not in (Capture.NAMED, Capture.ROLE) or _may_be_mixed(state, plan):
        return {}
    nameless = _nameless(plan, elements)
    said: dict[str, str] = {}
    for id, holder in authors.items():
        seat = SeatId(holder)
        role = state.people.roles.get(seat)
        name = names.get(seat) if plan.capture is Capture.NAMED else None if role is None else role.value
        if id in elements and id not in nameless and name:
            said[id] = name
    return said


def _may_be_mixed(state: State, plan: Plan) -> bool:
    """Whether somebody may have moved what was written without a name to where names are.

    Who wrote it is kept as long as it is theirs to edit, and where it was written is not: then nobody is named at all.
    """
    ran = [phase for phase in plan.phases if phase.key in state.show.runs]
    openings = (opening for phase in ran for opening in phase.opens)
    without = any(o.visibility is Visibility.OPEN and o.attribution is not Attribution.NAMED for o in openings)
    return without and any(phase.moving in (Moving.ALL, Moving.TABLE) for phase in ran)


def _nameless(plan: Plan, elements: Mapping[str, Element]) -> frozenset[str]:
    """What lies in a region that was ever open without names, and the region is known by its frame."""
    without = {
        opening.region
        for phase in plan.phases
        for opening in phase.opens
        if opening.attribution is not Attribution.NAMED
    }
    frames = {r.element for r in plan.regions if r.key in without or r.within in without}
    return frozenset(id for id in elements if not frames.isdisjoint(_around(id, elements)))


def _around(id: str, elements: Mapping[str, Element]) -> set[str]:
    """The frames that something lies in, from the inside out."""
    around: set[str] = set()
    parent = elements[id].parent
    while parent is not None and parent not in around:
        around.add(parent)
        parent = elements[parent].parent if parent in elements else None
    return around
