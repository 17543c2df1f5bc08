"""Records: cards with fields, names that their owners put on them, and words that the group has agreed on.

Nobody puts another's name on anything. What somebody is asked to take is told to them and to whoever asked, and to
nobody else, until they say yes from their own seat. All of that can be taken back, and none of it is a happening.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, Literal

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import Element

from .base import Actor, Area, BoardReader, Command, Happening, Moment, Outcome, RowKey, differing
from .capabilities import SEATED
from .parts import ElementId, Row, Seat
from .plan import Names, Region
from .records import Name, Named, Offer, Offered, Part, Recording, lacking, promised
from .state import State

__all__ = ["RECORDING"]

# On so many records somebody has their name, and so many offers of theirs are open.
MOST_NAMES: Final = 100
MOST_OFFERS: Final = 50
_NAMED: Final = "named"
_OFFERED: Final = "offered"
# Frames in frames: nobody nests so deep, and a loop ends here.
_DEEPEST: Final = 32
_PARTS: Final[Mapping[Names, frozenset[Part]]] = {
    Names.NONE: frozenset(),
    Names.COMMIT: frozenset({"commit"}),
    Names.LEAD: frozenset({"lead", "help"}),
}


# ---- commands ------------------------------------------------------------------------------------------------------


class Take(Command):
    """Put one's own name on a record, as it reads now."""

    kind: Literal["record.take"] = "record.take"
    element: ElementId
    part: Part


class Leave(Command):
    """Take one's own name off again."""

    kind: Literal["record.leave"] = "record.leave"
    element: ElementId


class MakeOffer(Command):
    """Ask somebody to lead an action, or no longer."""

    kind: Literal["record.offer"] = "record.offer"
    element: ElementId
    seat: Seat
    offered: bool = True


class Decline(Command):
    """Say no to what one is asked to lead."""

    kind: Literal["record.decline"] = "record.decline"
    element: ElementId


class Agree(Command):
    """Mark a record as agreed, so that its words stay as they are; or no longer."""

    kind: Literal["record.agree"] = "record.agree"
    element: ElementId
    agreed: bool


# ---- happenings ----------------------------------------------------------------------------------------------------


class Agreed(Happening):
    """The group agreed on a record, or goes on with its words."""

    kind: Literal["record.agreed"] = "record.agreed"
    element: ElementId
    agreed: bool


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    now = state.recording
    match command:
        case Take(element=id, part=part):
            return _take(state, id, part, actor, moment)
        case Leave(element=id):
            if actor.seat not in now.names.get(id, {}):
                return Outcome()
            return Outcome(rows={_name_key(id, actor.seat): None})
        case MakeOffer():
            return _offer(state, command, actor, moment)
        case Decline(element=id):
            rows = {(_OFFERED, key): _declined(o) for key, o in _offers_to(now, actor.seat) if o.element == id}
            if not rows:
                raise Refusal("unknown", "This is not offered to you any more.")
            return Outcome(rows=rows)
        case Agree(element=id, agreed=agreed):
            return _agree(state, id, agreed, actor, moment)
        case _:
            raise InvalidState(f"{command.kind} is no command about records")


def _take(state: State, id: str, part: Part, actor: Actor, moment: Moment) -> Outcome:
    region, element = _record(state, moment.board, id)
    if part not in _PARTS[region.names]:
        raise Refusal("kind", "Nobody puts their name here like this.")
    _require_whole(region, element)
    now = state.recording
    mine = now.names.get(id, {}).get(actor.seat)
    if part == "lead" and _lead(now, id) not in (None, actor.seat):
        raise Refusal("led", "Somebody leads this already. You can help.")
    if mine is None and sum(actor.seat in names for names in now.names.values()) >= MOST_NAMES:
        raise Refusal("full", f"Your name is on {MOST_NAMES} things already. Take it off one of them first.")
    row = Named(element=id, seat=actor.seat, part=part, words=promised(region, element), at=moment.now)
    rows: dict[RowKey, Row | None] = {_name_key(id, actor.seat): row}
    if part == "lead":
        # It is taken: it is offered to nobody any more.
        rows |= {(_OFFERED, key): None for key, offer in now.offers.items() if offer.element == id}
    return Outcome(rows=rows)


def _offer(state: State, command: MakeOffer, actor: Actor, moment: Moment) -> Outcome:
    id, to, now = command.element, SeatId(command.seat), state.recording
    key = _offer_key(id, to, actor.seat)
    before = now.offers.get(key[1])
    if not command.offered:
        # That they said no is kept: they are not asked again by whoever takes the offer back first.
        return Outcome() if before is None or before.declined else Outcome(rows={key: None})
    region, element = _record(state, moment.board, id)
    if region.names is not Names.LEAD:
        raise Refusal("kind", "This is not offered to anybody: people put their own names here.")
    _require_whole(region, element)
    if to == actor.seat:
        raise Refusal("self", "Put your own name on it instead.")
    if state.people.roles.get(to) not in SEATED:
        raise Refusal("unknown", "There is nobody in this seat who could take it.")
    if _lead(now, id) is not None:
        raise Refusal("led", "Somebody leads this already.")
    if before is not None:
        if before.declined:
            raise Refusal("declined", "They have said no to this.")
        return Outcome()
    if sum(offer.by == actor.seat for offer in now.offers.values()) >= MOST_OFFERS:
        raise Refusal("full", f"You have offered {MOST_OFFERS} things to people already. Take one back first.")
    return Outcome(rows={key: Offered(element=id, seat=to, by=actor.seat)})


def _agree(state: State, id: str, agreed: bool, actor: Actor, moment: Moment) -> Outcome:
    if agreed is (id in state.recording.agreed):
        return Outcome()
    if agreed:
        region, element = _record(state, moment.board, id)
        _require_whole(region, element)
    return Outcome((Agreed(at=moment.now, by=actor.seat, element=id, agreed=agreed),))


def _record(state: State, board: BoardReader, id: str) -> tuple[Region, Element]:
    """A card in a region of records, and that region: the innermost one it lies in.

    Raises:
        Refusal: `unknown` if there is no such record.
    """
    plan = state.show.plan
    frames = {region.element: region for region in (() if plan is None else plan.regions)}
    record = board.element(id)
    above = record
    for _ in range(_DEEPEST):
        if above is None or above.deleted or above.parent is None:
            break
        region = frames.get(above.parent)
        if region is not None and record is not None:
            if record.kind == "card" and region.fields:
                return region, record
            break
        above = board.element(above.parent)
    raise Refusal("unknown", "There is no such record on the board any more.")


def _require_whole(region: Region, element: Element) -> None:
    """Let nobody stand for, and no group agree on, what has not been said."""
    if missing := lacking(region, element):
        raise Refusal("incomplete", f"This is not complete yet: {', '.join(missing)}.")


def _lead(now: Recording, id: str) -> SeatId | None:
    return next((seat for seat, name in now.names.get(id, {}).items() if name.part == "lead"), None)


def _offers_to(now: Recording, seat: SeatId) -> list[tuple[str, Offer]]:
    return [(key, offer) for key, offer in now.offers.items() if offer.to == seat and not offer.declined]


def _declined(offer: Offer) -> Offered:
    return Offered(element=offer.element, seat=offer.to, by=offer.by, declined=True)


def _name_key(id: str, seat: str) -> RowKey:
    return _NAMED, f"{id}:{seat}"


def _offer_key(id: str, seat: str, by: str) -> RowKey:
    return _OFFERED, f"{id}:{seat}:{by}"


# ---- evolve, keep, follows -----------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    now = state.recording
    match happening:
        case Agreed(element=id, agreed=agreed):
            left = now.agreed | {id} if agreed else now.agreed - {id}
            return replace(state, recording=replace(now, agreed=left))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to records")


def _keep(state: State, kind: str, key: str, row: Row | None) -> State:
    return replace(state, recording=_kept(state.recording, kind, key, row))


def _kept(now: Recording, kind: str, key: str, row: Row | None) -> Recording:
    match row:
        case Named(element=id, seat=seat):
            names = {**now.names.get(id, {}), SeatId(seat): Name(row.part, row.words, row.at)}
            return replace(now, names={**now.names, id: _in_order(names)})
        case Offered(element=id, seat=seat, by=by, declined=declined):
            return replace(now, offers={**now.offers, key: Offer(id, SeatId(seat), SeatId(by), declined)})
        case None if kind == _NAMED:
            id, _, seat = key.partition(":")
            names = {other: name for other, name in now.names.get(id, {}).items() if other != seat}
            others = {other: of for other, of in now.names.items() if other != id}
            return replace(now, names={**others, id: names} if names else others)
        case None:
            return replace(now, offers={other: offer for other, offer in now.offers.items() if other != key})
        case _:
            raise InvalidState(f"{kind} is no row of records")


def _in_order(names: Mapping[SeatId, Name]) -> dict[SeatId, Name]:
    """Whoever came first is first, however the vault keeps its rows."""
    return dict(sorted(names.items(), key=lambda item: (item[1].at, item[0])))


def _follows(state: State, happening: Happening, _: Moment) -> Outcome:
    """Whoever is removed stands for nothing any more and cannot say so: what they led is free again."""
    if happening.kind != "people.removed":
        return Outcome()
    seat, now = getattr(happening, "seat", ""), state.recording
    rows: dict[RowKey, Row | None] = {_name_key(id, seat): None for id, names in now.names.items() if seat in names}
    rows |= {(_OFFERED, key): None for key, offer in now.offers.items() if seat in (offer.to, offer.by)}
    return Outcome(rows=rows)


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, _: Role) -> Mapping[str, object]:
    now = state.recording
    names = {id: [[seat, name.part, name.words] for seat, name in of.items()] for id, of in now.names.items()}
    return {"names": names, "agreed": sorted(now.agreed)}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    offers = sorted(state.recording.offers.items())
    return {
        "offered": [[offer.element, offer.by] for _, offer in offers if offer.to == seat and not offer.declined],
        "offering": [[offer.element, offer.to, offer.declined] for _, offer in offers if offer.by == seat],
    }


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.recording.offers, after.recording.offers
    changed = [one for key in differing(old, new) for offers in (old, new) if (one := offers.get(key)) is not None]
    return {seat for offer in changed for seat in (offer.to, offer.by)}


RECORDING = Area(
    name="recording",
    commands=(Take, Leave, MakeOffer, Decline, Agree),
    happenings=(Agreed,),
    decide=_decide,
    evolve=_evolve,
    common=_common,
    rows=(Named, Offered),
    keep=_keep,
    own=_own,
    touched=_touched,
    follows=_follows,
)
