"""Hosts at work: what is locked, set aside, asked to be reworded; where everybody is called; and seen to be done.

Hosts moderate, they never rewrite. What is set aside leaves the board with its words, which the vault keeps until it is
put back; everybody sees that something was, and why.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import Change, Element, Patch, Put, Remove

from .base import Actor, Area, BoardReader, Command, Happening, Moment, Outcome, differing
from .capabilities import TEAM
from .parts import ElementId, Key, Reason, Row, Words
from .plan import Plan
from .state import Aside, Kept, Moderating, Rung, Said, State, Summon

__all__ = ["MODERATING", "Called", "Restored", "WasSetAside", "called", "put_back", "set_aside", "until_of"]

# Longer, and a view that is held is no help any more but a hand on somebody's neck.
MAX_HOLD_S: Final = 180
# For so long somebody may follow a call that holds nothing.
_CALLED_S: Final = 60
_KEPT: Final = "mod.kept"
_SAID: Final = "mod.said"
# A bell that rings all the time is heard by nobody.
_BELL_RESTS_MS: Final = 5_000
# Table hosts hear what the host team says among themselves, and answer.
_TEAM_HEARS: Final = TEAM | {Role.TABLE}
# What the team said last.
_MOST_SAID: Final = 100
# Kinds that keep their place on the board while they are set aside, without their words.
_WORDED: Final = frozenset({"note", "text", "shape"})

_Coordinate = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
_Size = Annotated[int, Field(ge=1, le=2_000_000)]


# ---- commands ------------------------------------------------------------------------------------------------------


class Lock(Command):
    """Let only hosts change anything in a region, or everybody again."""

    kind: Literal["mod.lock"] = "mod.lock"
    region: Key
    locked: bool


class SetAside(Command):
    """Take something off the board, with its words; the group sees that, and why."""

    kind: Literal["mod.aside"] = "mod.aside"
    element: ElementId
    reason: Reason


class Restore(Command):
    """Put back what was set aside, as it was."""

    kind: Literal["mod.restore"] = "mod.restore"
    element: ElementId


class Ask(Command):
    """Ask the author of something, whoever that is, for other words; or no longer."""

    kind: Literal["mod.ask"] = "mod.ask"
    element: ElementId
    asked: bool = True


class Called(Command):
    """A call to a place.

    Attributes:
        view: x, y, width, height in world units.
        hold: Seconds; 0 to call and not to hold.
    """

    region: Key | None = None
    view: tuple[_Coordinate, _Coordinate, _Size, _Size] | None = None
    hold: Annotated[int, Field(ge=0, le=MAX_HOLD_S)] = 0

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if (self.region is None) is (self.view is None):
            raise ValueError("either a region or a view")
        return self


class CallTogether(Called):
    """Call everybody to a place, and hold their view there for a while if need be."""

    kind: Literal["mod.summon"] = "mod.summon"


class Release(Command):
    """Let everybody look where they like again."""

    kind: Literal["mod.release"] = "mod.release"


class Spotlight(Command):
    """Show everybody which element is spoken of, or none any more."""

    kind: Literal["mod.spotlight"] = "mod.spotlight"
    element: ElementId | None = None


class HideCursors(Command):
    """Show nobody's cursor, or those that the step shows."""

    kind: Literal["mod.cursors"] = "mod.cursors"
    hidden: bool


class Ring(Command):
    """Ring a bell that everybody sees, and hears if they wish to."""

    kind: Literal["mod.bell"] = "mod.bell"


class ShowOnDisplays(Command):
    """Let the displays in the room show how people come in, or no longer."""

    kind: Literal["mod.display"] = "mod.display"
    door: bool


class Say(Command):
    """Say something to the host team and the table hosts."""

    kind: Literal["mod.say"] = "mod.say"
    text: Words


# ---- happenings ----------------------------------------------------------------------------------------------------


class Locked(Happening):
    """A region was locked or unlocked."""

    kind: Literal["mod.locked"] = "mod.locked"
    region: Key
    locked: bool


class WasSetAside(Happening):
    """Something was set aside; its words are in the vault."""

    kind: Literal["mod.aside"] = "mod.aside"
    element: ElementId
    region: Key | None
    reason: str


class Restored(Happening):
    """Something was put back."""

    kind: Literal["mod.restored"] = "mod.restored"
    element: ElementId


class Asked(Happening):
    """Other words were asked for, or are not any more."""

    kind: Literal["mod.asked"] = "mod.asked"
    element: ElementId
    asked: bool


class Summoned(Happening):
    """Everybody was called somewhere."""

    kind: Literal["mod.summoned"] = "mod.summoned"
    region: Key | None
    view: tuple[int, int, int, int] | None
    hold: int


class Released(Happening):
    """A call is over; by nobody, if its time was."""

    kind: Literal["mod.released"] = "mod.released"


class Spotlit(Happening):
    """An element is spoken of, or none any more."""

    kind: Literal["mod.spotlit"] = "mod.spotlit"
    element: ElementId | None


class CursorsSet(Happening):
    """Cursors are hidden, or not any more."""

    kind: Literal["mod.cursors"] = "mod.cursors"
    hidden: bool


class Rang(Happening):
    """The bell rang."""

    kind: Literal["mod.rang"] = "mod.rang"


class Displayed(Happening):
    """Displays show how people come in, or do not any more."""

    kind: Literal["mod.displayed"] = "mod.displayed"
    door: bool


# ---- rows of the vault ---------------------------------------------------------------------------------------------


class KeptElement(Row):
    """An element that was set aside, with its words.

    Attributes:
        values: Its keys on the wire; bytes are base64 under `bytes`.
        seat: Who made it; None if nobody's name is with it. When they are erased, so is this.
    """

    kind: Literal["mod.kept"] = "mod.kept"
    values: dict[str, Any]
    seat: str | None


class SaidToTeam(Row):
    """Something that was said to the host team."""

    kind: Literal["mod.said"] = "mod.said"
    at: int
    seat: str
    text: str


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    at, by, now = moment.now, actor.seat, state.moderating
    match command:
        case Lock(region=region, locked=locked):
            _require_region(state, region)
            if (region in now.locked) is locked:
                return Outcome()
            return Outcome((Locked(at=at, by=by, region=region, locked=locked),))
        case SetAside(element=id, reason=reason):
            return set_aside(state, id, reason, actor, moment)
        case Restore(element=id):
            return put_back(state, id, actor, moment)
        case Ask(element=id, asked=asked):
            if asked and id not in now.rewording:
                _present(moment.board, id)
            elif asked is (id in now.rewording):
                return Outcome()
            return Outcome((Asked(at=at, by=by, element=id, asked=asked),))
        case CallTogether(region=region, view=view, hold=hold):
            called(state, command, now.summon)
            return Outcome((Summoned(at=at, by=by, region=region, view=view, hold=hold),))
        case Release():
            return Outcome() if now.summon is None else Outcome((Released(at=at, by=by),))
        case Spotlight(element=spot):
            if spot is not None:
                _present(moment.board, spot)
            return Outcome() if spot == now.spotlight else Outcome((Spotlit(at=at, by=by, element=spot),))
        case HideCursors(hidden=hidden):
            return Outcome() if hidden is now.hides_cursors else Outcome((CursorsSet(at=at, by=by, hidden=hidden),))
        case Ring():
            if now.bell is not None and at < now.bell.at + _BELL_RESTS_MS:
                raise Refusal("soon", "The bell has just rung.")
            return Outcome((Rang(at=at, by=by),))
        case ShowOnDisplays(door=door):
            return Outcome() if door is not now.hides_door else Outcome((Displayed(at=at, by=by, door=door),))
        case Say(text=text):
            return _say(now, text, actor, moment)
        case _:
            raise InvalidState(f"{command.kind} is no command of a moderator")


def set_aside(state: State, id: str, reason: str, actor: Actor, moment: Moment) -> Outcome:
    """An element taken off the board, with its words.

    Raises:
        Refusal: `unknown` if it is not there, `frame` if it is a region or a theme.
    """
    element = _present(moment.board, id)
    if element.kind == "frame":
        raise Refusal("frame", "Regions and themes stay. Set the notes in them aside.")
    happened = WasSetAside(
        at=moment.now,
        by=actor.seat,
        element=element.id,
        region=_region_of(state.show.plan, moment.board, element),
        reason=reason,
    )
    # What keeps its place can be taken back by its author even now, and so be erased as anything else.
    worded = element.kind in _WORDED
    change: Change = Patch(element.id, {"del": 1, "txt": ""}) if worded else Remove(element.id)
    # A card of results reads anew when it comes back: kept, its words would outlast what they quote and is erased.
    quoting = {of.card for poll in state.deciding.polls.values() for of in poll.rounds}
    said = replace(element, text="", payload={"ht": "result"}) if element.id in quoting else element
    row = KeptElement(values=_packed(said), seat=moment.board.author(element.id))
    return Outcome((happened,), rows={(_KEPT, element.id): row}, changes=(change,))


def put_back(state: State, id: str, actor: Actor, moment: Moment) -> Outcome:
    """What was set aside, put back as it was.

    Raises:
        Refusal: `unknown` if there is no such thing, `there` if it is on the board.
    """
    kept = state.moderating.kept.get(id)
    if kept is None or id in state.sealing.leaving:
        raise Refusal("unknown", "There is nothing set aside here.")
    there = moment.board.element(id)
    if there is not None and not there.deleted:
        raise Refusal("there", "This is on the board already.")
    element = _unpacked(id, kept.values)
    if element.parent is not None and moment.board.element(element.parent) is None:
        element = replace(element, parent=_frame_of(state, id))
    happened = Restored(at=moment.now, by=actor.seat, element=id)
    return Outcome((happened,), rows={(_KEPT, id): None}, changes=(Put(element),))


def called(state: State, call: Called, there: Summon | None) -> None:
    """Let a call be made, beside the one that is there already.

    Raises:
        Refusal: `unknown` without such a region, `held` if a view that is held would be held on.
    """
    if call.region is not None:
        _require_region(state, call.region)
    if there is not None and there.hold and call.hold:
        raise Refusal("held", "The view is held already. Release it first.")


def until_of(at: int, hold: int) -> int:
    """When a call that was made at a time is over by itself, both in Unix milliseconds; `hold` in seconds."""
    return at + (hold or _CALLED_S) * 1_000


def _say(now: Moderating, text: str, actor: Actor, moment: Moment) -> Outcome:
    key = base64.urlsafe_b64encode(moment.draw.take(12)).decode()
    latest = sorted(now.said, key=lambda each: now.said[each].at)
    # The time is all that tells the order, after a restart too: no two are of the same millisecond.
    at = max(moment.now, now.said[latest[-1]].at + 1) if latest else moment.now
    rows: dict[tuple[str, str], Row | None] = {(_SAID, key): SaidToTeam(at=at, seat=actor.seat, text=text)}
    rows |= {(_SAID, old): None for old in latest[: max(0, len(latest) - _MOST_SAID + 1)]}
    return Outcome(rows=rows)


def _require_region(state: State, key: str) -> None:
    if state.show.plan is None or state.show.plan.region(key) is None:
        raise Refusal("unknown", "There is no such region.")


def _present(board: BoardReader, id: str) -> Element:
    element = board.element(id)
    if element is None or element.deleted:
        raise Refusal("unknown", "This is not on the board any more.")
    return element


def _region_of(plan: Plan | None, board: BoardReader, element: Element) -> str | None:
    frames = {region.element: region.key for region in (() if plan is None else plan.regions)}
    seen: set[str] = set()
    parent = element.parent
    while parent is not None and parent not in seen:
        if parent in frames:
            return frames[parent]
        seen.add(parent)
        above = board.element(parent)
        parent = None if above is None else above.parent
    return None


def _frame_of(state: State, id: str) -> str | None:
    aside = state.moderating.aside.get(id)
    plan = state.show.plan
    region = None if aside is None or aside.region is None or plan is None else plan.region(aside.region)
    return None if region is None else region.element


def _packed(element: Element) -> dict[str, Any]:
    payload = element.payload
    if isinstance(payload, bytes):
        payload = {"bytes": base64.b64encode(payload).decode()}
    return {
        "t": element.kind,
        "g": list(element.geometry),
        "p": element.parent,
        "z": element.z,
        "c": element.colour,
        "txt": element.text,
        "s": dict(element.style),
        "d": payload,
        "lk": element.locked,
    }


def _unpacked(id: str, values: Mapping[str, Any]) -> Element:
    payload = values["d"]
    if values["t"] == "ink":
        payload = base64.b64decode(payload["bytes"])
    x, y, w, h = values["g"]
    return Element(
        id=id,
        kind=values["t"],
        geometry=(x, y, w, h),
        parent=values["p"],
        z=values["z"],
        colour=values["c"],
        text=values["txt"],
        style=values["s"],
        payload=payload,
        locked=values["lk"],
        deleted=False,
    )


# ---- evolve, keep, due ---------------------------------------------------------------------------------------------


def _evolve_state(state: State, happening: Happening) -> State:
    return replace(state, moderating=_evolve(state.moderating, happening))


def _evolve(now: Moderating, happening: Happening) -> Moderating:
    match happening:
        case Locked(region=region, locked=locked):
            return replace(now, locked=now.locked | {region} if locked else now.locked - {region})
        case WasSetAside(element=id, region=region, reason=reason):
            aside = {**now.aside, id: Aside(region, reason)}
            spotlight = None if now.spotlight == id else now.spotlight
            return replace(now, aside=aside, rewording=now.rewording - {id}, spotlight=spotlight)
        case Restored(element=id):
            return replace(now, aside={key: one for key, one in now.aside.items() if key != id})
        case Asked(element=id, asked=asked):
            return replace(now, rewording=now.rewording | {id} if asked else now.rewording - {id})
        case Summoned(region=region, view=view, hold=hold, at=at, by=by):
            return replace(now, summon=Summon(SeatId(by), region, view, until_of(at, hold), hold))
        case Released():
            return replace(now, summon=None)
        case Spotlit(element=spot):
            return replace(now, spotlight=spot)
        case CursorsSet(hidden=hidden):
            return replace(now, hides_cursors=hidden)
        case Displayed(door=door):
            return replace(now, hides_door=not door)
        case Rang(at=at, by=by):
            return replace(now, bell=Rung(at, SeatId(by)))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that a moderator does")


def _keep(state: State, kind: str, key: str, row: Row | None) -> State:
    now = state.moderating
    match row:
        case KeptElement(values=values, seat=author):
            return replace(state, moderating=replace(now, kept={**now.kept, key: Kept(values, author)}))
        case SaidToTeam(at=at, seat=seat, text=text):
            return replace(state, moderating=replace(now, said={**now.said, key: Said(at, SeatId(seat), text)}))
        case None if kind == _KEPT:
            kept = {id: one for id, one in now.kept.items() if id != key}
            return replace(state, moderating=replace(now, kept=kept))
        case None:
            return replace(state, moderating=replace(now, said={id: one for id, one in now.said.items() if id != key}))
        case _:
            raise InvalidState(f"{kind} is no row of a moderator")


def _wakes_at(state: State) -> int | None:
    summon = state.moderating.summon
    return None if summon is None else summon.until


def _due(state: State, _: frozenset[SeatId], moment: Moment) -> Outcome:
    at = _wakes_at(state)
    return Outcome() if at is None or at > moment.now else Outcome((Released(at=moment.now),))


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, role: Role) -> Mapping[str, object]:
    now = state.moderating
    summon = now.summon
    said = sorted(now.said.values(), key=lambda one: one.at) if role in _TEAM_HEARS else ()
    return {
        "locked": sorted(now.locked),
        "aside": [
            {"element": id, "region": one.region, "reason": one.reason}
            for id, one in now.aside.items()
            if id in now.kept
        ],
        "rewording": sorted(now.rewording),
        "summon": None if summon is None else summon.told,
        "spotlight": now.spotlight,
        "cursors": not now.hides_cursors,
        "door": not now.hides_door,
        "bell": None if now.bell is None else {"at": now.bell.at, "by": now.bell.by},
        "powers": [{"at": p.at, "by": p.by, "what": p.what, "about": p.about} for p in now.powers],
        "team": [{"at": one.at, "by": one.by, "text": one.text} for one in said],
    }


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    kept = state.moderating.kept
    return {"aside": sorted(id for id, one in kept.items() if one.author == seat)}


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.moderating.kept, after.moderating.kept
    changed = [one for id in differing(old, new) for kept in (old, new) if (one := kept.get(id)) is not None]
    return {one.author for one in changed if one.author is not None}


MODERATING = Area(
    name="moderating",
    commands=(Lock, SetAside, Restore, Ask, CallTogether, Release, Spotlight, HideCursors, ShowOnDisplays, Ring, Say),
    happenings=(Locked, WasSetAside, Restored, Asked, Summoned, Released, Spotlit, CursorsSet, Displayed, Rang),
    rows=(KeptElement, SaidToTeam),
    decide=_decide,
    evolve=_evolve_state,
    keep=_keep,
    common=_common,
    own=_own,
    touched=_touched,
    wakes_at=_wakes_at,
    due=_due,
)
