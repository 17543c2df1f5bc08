"""Who takes part, and as what: roles and who leads, seats that end, the lobby, and tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from harvestry.core.access import LinkId, Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from . import asking, succession
from .asking import Answer, Ask, Asked, Consent, Consented
from .base import Actor, Area, Command, Happening, Moment, Outcome, Row, differing
from .capabilities import HOSTS, SEATED, TEAM
from .parts import Key, Seat, Title
from .state import People, State

__all__ = ["PEOPLE", "as_now", "came", "seen", "waits"]

MAX_TABLES = 200

Promotion = Literal["cohost", "harvester", "table", "participant", "observer"]


class HandOver(Command):
    """Let another host lead; or lead oneself, once the leading host is gone."""

    kind: Literal["people.lead"] = "people.lead"
    seat: Seat


class Promote(Command):
    """Give somebody another role."""

    kind: Literal["people.promote"] = "people.promote"
    seat: Seat
    role: Promotion


class Remove(Command):
    """End a seat."""

    kind: Literal["people.remove"] = "people.remove"
    seat: Seat


class Lobby(Command):
    """Have newcomers wait until they are let in, or not any more; then whoever waits is let in."""

    kind: Literal["people.lobby"] = "people.lobby"
    on: bool


class Admit(Command):
    """Let somebody in who waits, or everybody who does."""

    kind: Literal["people.admit"] = "people.admit"
    seat: Seat | None = None


class Tables(Command):
    """Who sits where, as a whole."""

    kind: Literal["people.tables"] = "people.tables"
    tables: Annotated[dict[Key, Title], Field(max_length=MAX_TABLES)]
    seats: dict[Seat, Key]


class Came(Happening):
    """A seat is here for the first time."""

    kind: Literal["people.came"] = "people.came"
    seat: str
    role: str
    link: str = ""


class Led(Happening):
    """Somebody leads from now on."""

    kind: Literal["people.led"] = "people.led"
    seat: str


class Offered(Happening):
    """The leading host has been gone for a while: co-hosts may take over."""

    kind: Literal["people.offered"] = "people.offered"


class Returned(Happening):
    """The leading host is back."""

    kind: Literal["people.returned"] = "people.returned"


class Promoted(Happening):
    """A seat has another role."""

    kind: Literal["people.promoted"] = "people.promoted"
    seat: str
    role: str


class Removed(Happening):
    """A seat has ended, and the link it came by takes no newcomers any more."""

    kind: Literal["people.removed"] = "people.removed"
    seat: str
    link: str


class LobbySet(Happening):
    """Newcomers wait from now on, or not any more."""

    kind: Literal["people.lobby_set"] = "people.lobby_set"
    on: bool


class Admitted(Happening):
    """Seats that waited were let in."""

    kind: Literal["people.admitted"] = "people.admitted"
    seats: tuple[str, ...]


class Seated(Happening):
    """Who sits at which table."""

    kind: Literal["people.seated"] = "people.seated"
    tables: dict[str, str]
    seats: dict[str, str]


# ---- who is here ---------------------------------------------------------------------------------------------------


def came(state: State, seat: SeatId, role: Role, link: LinkId, at: int) -> tuple[Happening, ...]:
    """What happens when a seat connects."""
    people = state.people
    if seat in people.removed:
        return ()
    if seat in people.roles:
        is_back = seat == people.lead and people.offered_at is not None
        return (Returned(at=at, by=seat),) if is_back else ()
    happened: tuple[Happening, ...] = (Came(at=at, by=seat, seat=seat, role=role.value, link=link),)
    if people.lead is None and role is Role.HOST:
        happened = (*happened, Led(at=at, by=seat, seat=seat))
    return happened


def seen(state: State, present: frozenset[SeatId], waiting: Mapping[SeatId, tuple[str, LinkId]], at: int) -> State:
    """The state with the seats that are connected, and those that wait with their names and links, as it is now."""
    people = state.people
    away = {
        seat: people.away.get(seat, at)
        for seat, role in people.roles.items()
        if role is not Role.PARTICIPANT and role in SEATED and seat not in present
    }
    if away == people.away and waiting == people.waiting:
        return state
    return replace(state, people=replace(people, away=away, waiting=dict(waiting)))


def as_now(state: State, now: State) -> State:
    """A state with who is connected and who waits as another one has it."""
    people = replace(state.people, away=now.people.away, waiting=now.people.waiting)
    return state if people == state.people else replace(state, people=people)


def waits(state: State, seat: SeatId | None, role: Role) -> bool:
    """Whether somebody has to wait until a host lets them in; without a seat, until the lobby is opened."""
    people = state.people
    # A display has no name that a host could let in; it shows what a host has put up in the room.
    if not people.has_lobby or role in HOSTS or role is Role.DISPLAY:
        return False
    return seat not in people.roles and seat not in people.admitted


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case HandOver():
            return _hand_over(state, command, actor, moment.now)
        case Promote():
            return _promote(state, command, actor, moment.now)
        case Remove():
            return _remove(state.people, command, actor, moment.now)
        case Lobby(on=on):
            if on is state.people.has_lobby:
                return Outcome()
            return Outcome((LobbySet(at=moment.now, by=actor.seat, on=on),))
        case Admit(seat=seat):
            waiting = tuple(state.people.waiting) if seat is None else (seat,)
            if not waiting or not state.people.waiting.keys() >= set(waiting):
                raise Refusal("unknown", "Nobody waits.")
            return Outcome((Admitted(at=moment.now, by=actor.seat, seats=waiting),))
        case Tables():
            return _seat(state.people, command, actor, moment.now)
        case Consent() | Ask() | Answer():
            return asking.decide(state.people, command, actor, moment)
        case _:
            raise InvalidState(f"{command.kind} is no command about people")


def _role_of(people: People, seat: str) -> Role:
    """The role of somebody who has a seat here.

    Raises:
        Refusal: If there is no such seat, or there is none any more.
    """
    role = people.roles.get(SeatId(seat))
    if role is None:
        raise Refusal("unknown", "There is nobody in this seat.")
    return role


def _hand_over(state: State, command: HandOver, actor: Actor, at: int) -> Outcome:
    people = state.people
    role = _role_of(people, command.seat)
    if role not in HOSTS:
        raise Refusal("host", "Only a host or a co-host can lead. Make them a co-host first.")
    takes_over = command.seat == actor.seat and succession.may_take_over(state)
    if people.lead != actor.seat and not takes_over:
        raise Refusal("lead", "Whoever leads can hand over to you.")
    return Outcome((Led(at=at, by=actor.seat, seat=command.seat),) if command.seat != people.lead else ())


def _require_reach(people: People, seat: str, role: Role, actor: Actor) -> None:
    """A host cannot do without the one who leads, and a co-host cannot do away with a host."""
    if seat == people.lead:
        raise Refusal("lead", "They lead the gathering. Somebody else has to lead first.")
    if role is Role.HOST and actor.role is not Role.HOST:
        raise Refusal("host", "Only a host can do this to a host.")


def _promote(state: State, command: Promote, actor: Actor, at: int) -> Outcome:
    people = state.people
    before, role = _role_of(people, command.seat), Role(command.role)
    _require_reach(people, command.seat, before, actor)
    if before is Role.DISPLAY:
        raise Refusal("display", "A room display has no other role.")
    if before is role:
        return Outcome()
    share = state.devices.shares.get(SeatId(command.seat))
    if role in TEAM and share is not None and share.device in people.roles and not share.proof:
        # They could not take their next turn, in which alone they can choose one.
        raise Refusal("needs_pin", "They share a table’s device without a PIN. They choose one in their turn first.")
    happened = Promoted(at=at, by=actor.seat, seat=command.seat, role=role.value)
    return Outcome((happened,), roles={SeatId(command.seat): role})


def _remove(people: People, command: Remove, actor: Actor, at: int) -> Outcome:
    seat = SeatId(command.seat)
    if seat == actor.seat:
        raise Refusal("self", "You cannot end your own seat. Another host can.")
    if seat in people.waiting:
        _, link = people.waiting[seat]
    else:
        _require_reach(people, seat, _role_of(people, seat), actor)
        link = people.links[seat]
    return Outcome(
        (Removed(at=at, by=actor.seat, seat=seat, link=link),),
        rows=asking.forgotten(people, seat),
        removed=frozenset({seat}),
        value={"link": link},
    )


def _seat(people: People, command: Tables, actor: Actor, at: int) -> Outcome:
    for seat, table in command.seats.items():
        if _role_of(people, seat) not in SEATED:
            raise Refusal("invalid", "Whoever looks on sits at no table.")
        if table not in command.tables:
            raise Refusal("invalid", f"There is no table {table}.")
    return Outcome((Seated(at=at, by=actor.seat, tables=command.tables, seats=command.seats),))


# ---- what is due ---------------------------------------------------------------------------------------------------


def _due(state: State, _: frozenset[SeatId], moment: Moment) -> Outcome:
    if succession.offer_is_due(state):
        return Outcome((Offered(at=moment.now),))
    heir = succession.successor(state.people)
    if heir is None:
        return Outcome()
    led = Led(at=moment.now, seat=heir)
    if state.people.roles[heir] in HOSTS:
        return Outcome((led,))
    promoted = Promoted(at=moment.now, seat=heir, role=Role.COHOST.value)
    return Outcome((promoted, led), roles={heir: Role.COHOST})


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve_state(state: State, happening: Happening) -> State:
    return replace(state, people=_evolve(state.people, happening))


def _evolve(people: People, happening: Happening) -> People:
    match happening:
        case Came(seat=seat, role=role, link=link):
            return replace(
                people,
                roles={**people.roles, SeatId(seat): Role(role)},
                links={**people.links, SeatId(seat): LinkId(link)},
                others=people.others or Role(role) not in HOSTS,
            )
        case Led(seat=seat):
            return replace(people, lead=SeatId(seat), offered_at=None)
        case Offered(at=at):
            return replace(people, offered_at=at)
        case Returned():
            return replace(people, offered_at=None)
        case Promoted(seat=seat, role=role):
            return replace(people, roles={**people.roles, SeatId(seat): Role(role)})
        case Removed(seat=seat, link=link):
            ended = SeatId(seat)
            return replace(
                people,
                roles={other: role for other, role in people.roles.items() if other != ended},
                at={other: table for other, table in people.at.items() if other != ended},
                away={other: since for other, since in people.away.items() if other != ended},
                removed=people.removed | {ended},
                closed=people.closed | {LinkId(link)},
            )
        case LobbySet(on=on):
            return replace(people, has_lobby=on)
        case Admitted(seats=seats):
            return replace(people, admitted=people.admitted | set(map(SeatId, seats)))
        case Seated(tables=tables, seats=seats):
            return replace(people, tables=tables, at={SeatId(seat): table for seat, table in seats.items()})
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to people")


def _keep(state: State, kind: str, key: str, row: Row | None) -> State:
    return replace(state, people=asking.keep(state.people, kind, key, row))


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, role: Role) -> Mapping[str, object]:
    people = state.people
    told: dict[str, object] = {
        "lead": people.lead,
        "seats": sum(role in SEATED for role in people.roles.values()),
        "roles": {seat: role.value for seat, role in people.roles.items() if role is not Role.PARTICIPANT},
        "tables": people.tables,
        "at": people.at,
        "lobby": people.has_lobby,
        "asking": asking.seen_asking(people, role),
    }
    if role in HOSTS:
        told |= {
            "consented": asking.totals(people),
            "waiting": {seat: name for seat, (name, _) in people.waiting.items()},
            "away": people.away,
            "offer": succession.offer_of(state, role),
        }
    return told


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    people = state.people
    role = people.roles.get(seat)
    if role is None:
        return {}
    return {
        "role": role.value,
        "table": people.at.get(seat),
        "consent": people.consent.get(seat),
        "asking": asking.asking_of(people, seat),
    }


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.people, after.people
    if old is new:
        return ()
    asking = {seat for seat, _ in differing(old.asking, new.asking)}
    return differing(old.roles, new.roles) | differing(old.at, new.at) | differing(old.consent, new.consent) | asking


PEOPLE = Area(
    name="people",
    commands=(HandOver, Promote, Remove, Lobby, Admit, Tables, Consent, Ask, Answer),
    happenings=(Came, Led, Offered, Returned, Promoted, Removed, LobbySet, Admitted, Seated),
    decide=_decide,
    evolve=_evolve_state,
    common=_common,
    rows=(Consented, Asked),
    keep=_keep,
    own=_own,
    touched=_touched,
    wakes_at=succession.wakes_at,
    due=_due,
)
