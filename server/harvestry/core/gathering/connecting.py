"""Going on with each other: somebody would like to talk on with somebody, and both know once both have said so.

An offer is told to the one it is made to and to the one who made it, and to nobody else, hosts included. Whoever does
not answer, or says no, looks the same to whoever offered. None of it is a happening, and none of it leaves in a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome, RowKey, differing
from .capabilities import SEATED
from .parts import Row, Seat
from .state import State
from .wishes import Connecting, Wish

__all__ = ["CONNECTING", "forgotten"]

# With more people nobody goes on talking.
MOST_OFFERS: Final = 20
_KIND: Final = "connect"


class MakeOffer(Command):
    """Say that one would like to go on with somebody, or no longer."""

    kind: Literal["connect.offer"] = "connect.offer"
    seat: Seat
    offered: bool = True


class Decline(Command):
    """Say no to somebody, who is not told."""

    kind: Literal["connect.decline"] = "connect.decline"
    seat: Seat


class Connect(Row):
    """An offer. Its key is who made it and to whom, with a colon between."""

    kind: Literal["connect"] = "connect"
    by: str
    seat: str
    declined: bool = False
    withdrawn: bool = False


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, _: Moment) -> Outcome:
    match command:
        case MakeOffer(seat=seat, offered=True):
            return _offer(state, SeatId(seat), actor)
        case MakeOffer(seat=seat):
            wish = state.connecting.wishes.get((actor.seat, SeatId(seat)))
            if wish is None or wish.withdrawn:
                return Outcome()
            # A no outlives the offer: who was told no does not ask again and again.
            no = Connect(by=actor.seat, seat=seat, declined=True, withdrawn=True) if wish.declined else None
            return Outcome(rows={_key(actor.seat, seat): no})
        case Decline(seat=seat):
            wish = state.connecting.wishes.get((SeatId(seat), actor.seat))
            if wish is None or wish.declined or wish.withdrawn:
                raise Refusal("unknown", "They have not offered this to you, or not any more.")
            # A no to something both have said is also one's own.
            rows: dict[RowKey, Row | None] = {_key(seat, actor.seat): Connect(by=seat, seat=actor.seat, declined=True)}
            if (actor.seat, SeatId(seat)) in state.connecting.wishes:
                rows[_key(actor.seat, seat)] = None
            return Outcome(rows=rows)
        case _:
            raise InvalidState(f"{command.kind} is no command about going on with each other")


def _offer(state: State, to: SeatId, actor: Actor) -> Outcome:
    wishes = state.connecting.wishes
    theirs = wishes.get((to, actor.seat))
    mine = wishes.get((actor.seat, to))
    if mine is not None and not mine.withdrawn:
        return Outcome()
    if theirs is not None and theirs.withdrawn:
        theirs = None
    phase = state.show.phase
    # Whoever is asked may answer until the end.
    if theirs is None and (phase is None or not phase.connects):
        raise Refusal("closed", "This is asked in another step.")
    if to == actor.seat:
        raise Refusal("self", "Choose somebody else.")
    if state.people.roles.get(to) not in SEATED:
        raise Refusal("unknown", "There is nobody in this seat who takes part.")
    if sum(by == actor.seat and not wish.withdrawn for (by, _), wish in wishes.items()) >= MOST_OFFERS:
        raise Refusal("full", f"{MOST_OFFERS} people are the most. Take one back first.")
    is_declined = mine is not None and mine.declined
    rows: dict[RowKey, Row | None] = {_key(actor.seat, to): Connect(by=actor.seat, seat=to, declined=is_declined)}
    # Whoever said no and offers it now has another mind.
    if theirs is not None and theirs.declined:
        rows[_key(to, actor.seat)] = Connect(by=to, seat=actor.seat)
    elif theirs is None and (to, actor.seat) in wishes:
        rows[_key(to, actor.seat)] = None
    return Outcome(rows=rows)


def _key(by: str, to: str) -> RowKey:
    return _KIND, f"{by}:{to}"


# ---- keep, follows -------------------------------------------------------------------------------------------------


def _evolve(_: State, happening: Happening) -> State:
    raise InvalidState(f"{happening.kind} is nothing that happens when people go on with each other")


def _keep(state: State, _: str, key: str, row: Row | None) -> State:
    by, _, to = key.partition(":")
    pair = SeatId(by), SeatId(to)
    wishes = {other: wish for other, wish in state.connecting.wishes.items() if other != pair}
    if isinstance(row, Connect):
        wishes[pair] = Wish(row.declined, row.withdrawn)
    return replace(state, connecting=Connecting(wishes))


def _follows(state: State, happening: Happening, _: Moment) -> Outcome:
    """At the end of a gathering what only one has said lapses; and all of it with whoever is removed."""
    now = state.connecting
    if happening.kind == "show.closed":
        return Outcome(rows={_key(*pair): None for pair in now.wishes if not now.is_mutual(*pair)})
    if happening.kind == "people.removed":
        return Outcome(rows=forgotten(state, getattr(happening, "seat", "")))
    return Outcome()


def forgotten(state: State, seat: str) -> Mapping[RowKey, Row | None]:
    """The rows of all that somebody has offered, and was offered, as those of somebody who goes."""
    return {_key(*pair): None for pair in state.connecting.wishes if seat in pair}


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(_: State, __: Role) -> Mapping[str, object]:
    return {}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    now = state.connecting
    return {
        "offered": sorted(
            by
            for (by, to), wish in now.wishes.items()
            if to == seat and not wish.declined and not wish.withdrawn and not now.is_mutual(by, to)
        ),
        "offering": sorted(
            to
            for (by, to), wish in now.wishes.items()
            if by == seat and not wish.withdrawn and not now.is_mutual(by, to)
        ),
        "mutual": sorted(to for by, to in now.wishes if by == seat and now.is_mutual(by, to)),
    }


def _touched(before: State, after: State) -> set[str]:
    pairs = differing(before.connecting.wishes, after.connecting.wishes)
    return {seat for pair in pairs for seat in pair}


CONNECTING = Area(
    name="connecting",
    commands=(MakeOffer, Decline),
    happenings=(),
    decide=_decide,
    evolve=_evolve,
    common=_common,
    rows=(Connect,),
    keep=_keep,
    own=_own,
    touched=_touched,
    follows=_follows,
)
