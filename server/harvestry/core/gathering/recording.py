"""Records: cards with fields, names that their owners put on them, and words that the group has agreed on.

How an action stands is said by whoever leads it or helps, and of one that nobody has by the host team. Nobody puts
another's name on anything. What somebody is asked to take is told to them and to whoever asked, and to nobody else,
until they say yes from their own seat. All of that can be taken back, and none of it is a happening.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import Element

from .base import Actor, Area, BoardReader, Command, Happening, Moment, Outcome, RowKey, differing
from .capabilities import SEATED, TEAM
from .parts import ElementId, Reason, Row, Seat
from .plan import Names, Region
from .records import (
    OWN_WORDS,
    REASONED,
    Name,
    Named,
    Offer,
    Offered,
    Part,
    Recording,
    Standing,
    Status,
    Stood,
    lacking,
    promised,
    record_region,
)
from .state import State

__all__ = ["MOST_NAMES", "MOST_OFFERS", "MOST_OVERTAKEN", "MOST_STANDINGS", "RECORDING"]

# On so many records somebody has their name, and so many offers of theirs are open.
MOST_NAMES: Final = 100
MOST_OFFERS: Final = 50
_NAMED: Final = "named"
_OFFERED: Final = "offered"
_STOOD: Final = "stood"
# How an action stood is kept so far back: what came before is forgotten.
MOST_STANDINGS: Final = 12
# So much of what somebody said of how things stand is kept, on all records: enough for each that has their name. Of it,
# so much that has been overtaken since.
MOST_SAID: Final = MOST_NAMES
MOST_OVERTAKEN: Final = 24
_PARTS: Final[Mapping[Names, frozenset[Part]]] = {
    Names.NONE: frozenset(),
    Names.COMMIT: frozenset({"commit"}),
    Names.LEAD: frozenset({"lead", "help"}),
}


def _in_one_line(text: str) -> str:
    """Without line breaks: what is said beside a record is a paragraph in files, and could be made to look like two."""
    return " ".join(text.split())


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


class Say(Command):
    """Add a line of one's own to one's name, give it other words, or with none take it away."""

    kind: Literal["record.say"] = "record.say"
    element: ElementId
    own: Annotated[str, StringConstraints(max_length=OWN_WORDS, strip_whitespace=True), AfterValidator(_in_one_line)]


class SetStatus(Command):
    """Say how an action stands, and why if it is stuck or let go."""

    kind: Literal["record.status"] = "record.status"
    element: ElementId
    status: Status
    reason: Annotated[Reason, AfterValidator(_in_one_line)] | None = None

    @model_validator(mode="after")
    def _has_a_reason_where_one_is_needed(self) -> Self:
        if self.reason == "" or (self.reason is not None) is not (self.status in REASONED):
            raise ValueError("a reason goes with what is stuck or let go, and with nothing else")
        return self


# ---- happenings ----------------------------------------------------------------------------------------------------


class Agreed(Happening):
    """The group agreed on a record, or goes on with its words."""

    kind: Literal["record.agreed"] = "record.agreed"
    element: ElementId
    agreed: bool


class StatusSet(Happening):
    """The host team said how an action stands that nobody had. Why, and what others say, is in the vault."""

    kind: Literal["record.stood"] = "record.stood"
    element: ElementId
    status: Status


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    now = state.recording
    match command:
        case Take(element=id, part=part):
            return _take(state, id, part, actor, moment)
        case Leave(element=id):
            name = now.names.get(id, {}).get(actor.seat)
            if name is None:
                return Outcome()
            return Outcome(rows={_name_key(id, actor.seat): None}, leaves_no_trace=bool(name.own))
        case MakeOffer():
            return _offer(state, command, actor, moment)
        case Decline(element=id):
            rows = {(_OFFERED, key): _declined(o) for key, o in _offers_to(now, actor.seat) if o.element == id}
            if not rows:
                raise Refusal("unknown", "This is not offered to you any more.")
            return Outcome(rows=rows)
        case Say(element=id, own=own):
            return _say(state, id, own, actor)
        case SetStatus():
            return _set_status(state, command, actor, moment)
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
    own = "" if mine is None else mine.own
    row = Named(element=id, seat=actor.seat, part=part, words=promised(region, element), at=moment.now, own=own)
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


def _say(state: State, id: str, own: str, actor: Actor) -> Outcome:
    name = state.recording.names.get(id, {}).get(actor.seat)
    if name is None:
        raise Refusal("unknown", "Your name is not on this.")
    if own == name.own:
        return Outcome()
    row = Named(element=id, seat=actor.seat, part=name.part, words=name.words, at=name.at, own=own)
    return Outcome(rows={_name_key(id, actor.seat): row}, leaves_no_trace=bool(name.own))


def _set_status(state: State, command: SetStatus, actor: Actor, moment: Moment) -> Outcome:
    id, status = command.element, command.status
    region, _ = _record(state, moment.board, id)
    if region.names is not Names.LEAD:
        raise Refusal("kind", "Nothing is done here that could be on its way.")
    names = state.recording.names.get(id, {})
    if names and actor.seat not in names:
        raise Refusal("theirs", "Whoever leads this, or helps, says how it stands.")
    if not names and actor.role not in TEAM:
        raise Refusal("theirs", "Put your name to it first: whoever leads this, or helps, says how it stands.")
    before = state.recording.standing.get(id, ())
    last = before[-1] if before else None
    if (status, command.reason) == (("not_started", None) if last is None else (last.status, last.reason)):
        return Outcome()
    at = moment.now if last is None else max(moment.now, last.at + 1)
    by_team = not names
    row = Stood(element=id, seat=actor.seat, status=status, at=at, by_team=by_team, reason=command.reason)
    gone = _crowded_out(state, id, actor.seat, moment.board)
    rows: dict[RowKey, Row | None] = {_stood_key(*where): None for where in gone}
    rows[_stood_key(id, at)] = row
    happened = (StatusSet(at=moment.now, by=actor.seat, element=id, status=status),) if by_team else ()
    return Outcome(happened, rows=rows, leaves_no_trace=any(one.reason for one in gone.values()))


def _crowded_out(state: State, id: str, seat: SeatId, board: BoardReader) -> dict[tuple[str, int], Standing]:
    """What is forgotten once a seat says one thing more of how something stands, by element and time."""
    standing = state.recording.standing
    gone: dict[tuple[str, int], Standing] = {}
    here = list(standing.get(id, ()))
    while len(here) >= MOST_STANDINGS:
        # Nobody pushes out what others said before what they said themselves, nor the last thing that another said.
        latest = {one.seat: one.at for one in here}
        own = next((one for one in here if one.seat == seat), None)
        first = own or next((one for one in here if one.at != latest[one.seat]), here[0])
        here.remove(first)
        gone[id, first.at] = first
    said = [
        (on, one, on == id or one is not of[-1])
        for on, of in standing.items()
        for one in of
        if one.seat == seat and (on, one.at) not in gone
    ]
    said.sort(key=lambda each: (each[1].at, each[0]))
    over, overtaken = len(said) + 1 - MOST_SAID, sum(is_overtaken for _, _, is_overtaken in said)
    if over <= 0 and overtaken <= MOST_OVERTAKEN:
        return gone
    # What is not on the board any more goes first, then what has been overtaken, and the oldest first of each.
    said.sort(key=lambda each: (_is_there(board, each[0]), not each[2]))
    for on, one, is_overtaken in said:
        if over > 0 or (is_overtaken and overtaken > MOST_OVERTAKEN):
            gone[on, one.at] = one
            over, overtaken = over - 1, overtaken - is_overtaken
    return gone


def _is_there(board: BoardReader, id: str) -> bool:
    element = board.element(id)
    return element is not None and not element.deleted


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
    found = record_region(state.show.plan, board.element, id)
    if found is None:
        raise Refusal("unknown", "There is no such record on the board any more.")
    return found


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


def _stood_key(id: str, at: int) -> RowKey:
    return _STOOD, f"{id}:{at}"


# ---- evolve, keep, follows -----------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    now = state.recording
    match happening:
        case Agreed(element=id, agreed=agreed):
            left = now.agreed | {id} if agreed else now.agreed - {id}
            return replace(state, recording=replace(now, agreed=left))
        case StatusSet():
            # It is read in the log of powers; how the action stands now is in the vault.
            return state
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to records")


def _keep_all(state: State, kind: str, rows: Mapping[str, Row | None]) -> State:
    return replace(state, recording=_kept(state.recording, kind, rows))


def _kept(now: Recording, kind: str, rows: Mapping[str, Row | None]) -> Recording:
    match kind:
        case "named":
            return replace(now, names=_names(now.names, rows))
        case "offered":
            offers = dict(now.offers)
            for key, row in rows.items():
                if isinstance(row, Offered):
                    offers[key] = Offer(row.element, SeatId(row.seat), SeatId(row.by), row.declined)
                else:
                    offers.pop(key, None)
            return replace(now, offers=offers)
        case "stood":
            return replace(now, standing=_standing(now.standing, rows))
        case _:
            raise InvalidState(f"{kind} is no row of records")


def _names(
    names: Mapping[str, Mapping[SeatId, Name]], rows: Mapping[str, Row | None]
) -> dict[str, Mapping[SeatId, Name]]:
    changed: dict[str, dict[SeatId, Name]] = {}
    for key, row in rows.items():
        id, _, seat = key.partition(":")
        of = changed.setdefault(id, dict(names.get(id, {})))
        if isinstance(row, Named):
            of[SeatId(seat)] = Name(row.part, row.words, row.at, row.own)
        else:
            of.pop(SeatId(seat), None)
    every: dict[str, Mapping[SeatId, Name]] = {**names, **{id: _in_order(of) for id, of in changed.items()}}
    return {id: of for id, of in every.items() if of}


def _standing(
    standing: Mapping[str, tuple[Standing, ...]], rows: Mapping[str, Row | None]
) -> dict[str, tuple[Standing, ...]]:
    changed: dict[str, dict[str, Standing]] = {}
    for key, row in rows.items():
        id, _, since = key.partition(":")
        of = changed.setdefault(id, {str(one.at): one for one in standing.get(id, ())})
        if isinstance(row, Stood):
            of[since] = Standing(row.status, row.at, SeatId(row.seat), row.by_team, row.reason)
        else:
            of.pop(since, None)
    every = {**standing, **{id: tuple(sorted(of.values(), key=lambda one: one.at)) for id, of in changed.items()}}
    return {id: of for id, of in every.items() if of}


def _in_order(names: Mapping[SeatId, Name]) -> dict[SeatId, Name]:
    """Whoever came first is first, however the vault keeps its rows."""
    return dict(sorted(names.items(), key=lambda item: (item[1].at, item[0])))


def _follows(state: State, happening: Happening, _: Moment) -> Outcome:
    """Whoever is removed stands for nothing any more and cannot say so: what they led is free again.

    How it stood stays, and not what they said to it: they may have been removed for that.
    """
    if happening.kind != "people.removed":
        return Outcome()
    seat, now = getattr(happening, "seat", ""), state.recording
    rows: dict[RowKey, Row | None] = {_name_key(id, seat): None for id, names in now.names.items() if seat in names}
    own = any(names[SeatId(seat)].own for names in now.names.values() if seat in names)
    rows |= {(_OFFERED, key): None for key, offer in now.offers.items() if seat in (offer.to, offer.by)}
    reasons = {
        _stood_key(id, one.at): Stood(element=id, seat=seat, status=one.status, at=one.at, by_team=one.by_team)
        for id, of in now.standing.items()
        for one in of
        if one.seat == seat and one.reason is not None
    }
    return Outcome(rows={**rows, **reasons}, leaves_no_trace=own or bool(reasons))


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, _: Role) -> Mapping[str, object]:
    now = state.recording
    # What is off the board, because a host set it aside or its author took it back, is so with what was said to it.
    off = state.moderating.kept.keys() | state.sealing.leaving.keys()
    # In an order that does not tell which was kept first: the vault does not know, and what is told outlasts a restart.
    names = {
        id: [[seat, one.part, one.words, one.own] for seat, one in of.items()]
        for id, of in sorted(now.names.items())
        if id not in off
    }
    standing = {id: [_stands(state, id, one) for one in of] for id, of in sorted(now.standing.items()) if id not in off}
    return {"names": names, "agreed": sorted(now.agreed), "standing": standing}


def _stands(state: State, id: str, one: Standing) -> list[object]:
    """How an action stood, as it is told: with a name only while its owner has it there."""
    return [one.status, one.at, one.seat if _is_named(state, id, one) else None, one.reason]


def _is_named(state: State, id: str, one: Standing) -> bool:
    return (one.by_team and one.seat not in state.people.removed) or one.seat in state.recording.names.get(id, {})


def _unnamed(state: State, seat: SeatId) -> list[list[object]]:
    """Which standings are a seat's own though everybody is told them without a name."""
    return [
        [id, one.at]
        for id, of in sorted(state.recording.standing.items())
        for one in of
        if one.seat == seat and not _is_named(state, id, one)
    ]


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    offers = sorted(state.recording.offers.items())
    return {
        "offered": [[offer.element, offer.by] for _, offer in offers if offer.to == seat and not offer.declined],
        "offering": [[offer.element, offer.to, offer.declined] for _, offer in offers if offer.by == seat],
        "stood": _unnamed(state, seat),
    }


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.recording.offers, after.recording.offers
    changed = [one for key in differing(old, new) for offers in (old, new) if (one := offers.get(key)) is not None]
    return {seat for offer in changed for seat in (offer.to, offer.by)} | _who_stood(before, after)


def _who_stood(before: State, after: State) -> set[str]:
    """Whoever has said how something stands that has other names or standings than before."""
    old, new = before.recording, after.recording
    ids = {*differing(old.names, new.names), *differing(old.standing, new.standing)}
    return {one.seat for id in ids for now in (old, new) for one in now.standing.get(id, ())}


RECORDING = Area(
    name="recording",
    commands=(Take, Leave, Say, MakeOffer, Decline, Agree, SetStatus),
    happenings=(Agreed, StatusSet),
    decide=_decide,
    evolve=_evolve,
    common=_common,
    rows=(Named, Offered, Stood),
    keep_all=_keep_all,
    own=_own,
    touched=_touched,
    follows=_follows,
)
