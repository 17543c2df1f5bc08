"""Shared devices: a table around one browser, whose people each have a seat of their own.

A device is itself a seat, of role display: it shows what a display may see, and writes nothing. Whose it is, are
participants who sit at its table. To act they sit down at it for a turn, with their PIN if they have one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from harvestry.core.access import LinkId, Role, SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry.core.ports import FreshSeat
from harvestry.core.protocol import MAX_NAME_CHARACTERS, clean_name

from .base import Actor, Area, Command, Draw, Happening, Moment, Outcome, Row, RowKey, differing
from .capabilities import HOSTS, SEATED, TABLE_HOSTS, TEAM
from .finishing import is_coarse
from .parts import Key, Part, Seat
from .people import Came, Removed, Seated
from .state import Share, State

__all__ = ["DEVICES", "renamed", "require_turn", "sharing", "shows", "table_of", "takes_turns"]

MOST_AT_ONE = 12
MAX_DEVICES = 100

_SHARES = "shares"
_SALT_BYTES = 12
_ID_BYTES = 9

Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
FirstName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME_CHARACTERS)]


class Newcomer(Part):
    """Somebody for whom a seat is taken."""

    name: FirstName
    pin: Pin | None = None


class Own(Part):
    """Whoever sets the device up shares it as well, on the seat they have."""

    pin: Pin | None = None


class SetUp(Command):
    """Give a table a device that its people share.

    Attributes:
        back: People of devices that were taken away, who go on at this one on the seats they have.
        wish: Drawn by whoever asks: the same wish again, as after a broken line, makes no second device.
    """

    kind: Literal["device.set_up"] = "device.set_up"
    table: Key | None = None
    people: Annotated[tuple[Newcomer, ...], Field(max_length=MOST_AT_ONE)] = ()
    back: Annotated[tuple[Seat, ...], Field(max_length=MOST_AT_ONE)] = ()
    own: Own | None = None
    wish: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{12,32}$")] | None = None


class Add(Command):
    """One more person at a device: somebody new, or `back` from a device that was taken away."""

    kind: Literal["device.add"] = "device.add"
    device: Seat
    name: FirstName | None = None
    pin: Pin | None = None
    back: Seat | None = None


class ChoosePin(Command):
    """Choose the PIN of one's own seat on a shared device, or do without."""

    kind: Literal["device.pin"] = "device.pin"
    pin: Pin | None = None


class Placed(Happening):
    """A table has a shared device, or a person more at one."""

    kind: Literal["device.placed"] = "device.placed"
    device: str
    table: str
    people: int
    wish: str = ""


class Shares(Row):
    """Somebody shares a device; its key is the seat.

    Attributes:
        salt: Base64; empty without a PIN.
        proof: Base64 of the HMAC-SHA256 of the PIN under the salt. It keeps a PIN from being read by accident, and not
            from whoever has the database: there are ten thousand.
    """

    kind: Literal["shares"] = "shares"
    device: str
    seat: str
    name: str
    salt: str = ""
    proof: str = ""


# ---- what the edge asks --------------------------------------------------------------------------------------------


def table_of(state: State, device: SeatId) -> str | None:
    """The table whose device a seat is; None if it is none, or none any more."""
    return state.devices.tables.get(device) if device in state.people.roles else None


def shows(state: State, device: SeatId, to: SeatId) -> bool:
    """Whether somebody may open a device in another browser: a host, or who hosts its table."""
    role, table = state.people.roles.get(to), table_of(state, device)
    return table is not None and (role in HOSTS or (role is Role.TABLE and state.people.at.get(to) == table))


def require_turn(state: State, device: SeatId, seat: SeatId, pin: str | None) -> None:
    """Let somebody sit down at a device.

    Raises:
        Refusal: `unknown` if they do not share it, `pin` if it is not theirs, and `needs_pin` if nobody is to sit on
            this seat without one.
    """
    share = state.devices.shares.get(seat)
    if table_of(state, device) is None or share is None or share.device != device or seat not in state.people.roles:
        raise Refusal("unknown", "This seat is not on this device.")
    if share.proof:
        if not hmac.compare_digest(share.proof, _proof(share.salt, pin or "")):
            raise Refusal("pin", "This is not the PIN of this seat.")
    elif state.people.roles[seat] in TEAM:
        raise Refusal("needs_pin", "The host team sits down at a shared device with a PIN only.")


def sharing(state: State) -> Mapping[SeatId, SeatId]:
    """Who shares a device that there is, and which."""
    return {
        seat: share.device for seat, share in state.devices.shares.items() if table_of(state, share.device) is not None
    }


def takes_turns(state: State, seat: SeatId) -> bool:
    """Whether a seat comes and goes with turns: it is on a shared device, or is one."""
    share = state.devices.shares.get(seat)
    return table_of(state, seat if share is None else share.device) is not None


def renamed(state: State, seat: SeatId, name: str) -> Mapping[RowKey, Row | None]:
    """The rows once somebody has another name."""
    share = state.devices.shares.get(seat)
    return {} if share is None else {(_SHARES, seat): _row(seat, replace(share, name=name))}


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case SetUp():
            return _set_up(state, command, actor, moment)
        case Add():
            return _add(state, command, actor, moment)
        case ChoosePin(pin=pin):
            share = _living(state, actor.seat)
            if share is None:
                raise Refusal("unknown", "Your seat is on no shared device.")
            if pin is None and actor.role in TEAM:
                raise Refusal("needs_pin", "The host team sits down at a shared device with a PIN only.")
            return Outcome(rows={(_SHARES, actor.seat): _row(actor.seat, _locked(share, pin, moment.draw))})
        case _:
            raise InvalidState(f"{command.kind} is no command about devices")


def _set_up(state: State, command: SetUp, actor: Actor, moment: Moment) -> Outcome:
    people = state.people
    if command.wish is not None and (made := state.devices.asked.get((actor.seat, command.wish))) is not None:
        return Outcome(value={"device": made})
    table = people.at.get(actor.seat) if command.table is None else command.table
    if actor.role is Role.TABLE and table != people.at.get(actor.seat):
        raise Refusal("table", "You host another table.")
    if table is None or table not in people.tables:
        raise Refusal("table", "There is no such table. Make the tables first.")
    back = _back(state, command.back, actor)
    count = len(command.people) + len(back) + (command.own is not None)
    if not 1 <= count <= MOST_AT_ONE:
        raise Refusal("invalid", f"Between one and {MOST_AT_ONE} people share a device.")
    if sum(seat in people.roles for seat in state.devices.tables) >= MAX_DEVICES:
        raise Refusal("full", f"There are {MAX_DEVICES} shared devices. Take one away first.")
    if command.own is not None and (_living(state, actor.seat) is not None or actor.seat in back):
        raise Refusal("already", "Your seat is on a shared device already.")
    if command.own is not None and command.own.pin is None and actor.role in TEAM:
        raise Refusal("needs_pin", "The host team sits down at a shared device with a PIN only.")
    device, link = SeatId(_id(moment.draw)), LinkId(_id(moment.draw))
    name = clean_name(f"Device at {people.tables[table]}")
    came = Came(at=moment.now, by=actor.seat, seat=device, role=Role.DISPLAY.value, link=link)
    own: Mapping[RowKey, Row | None] = {}
    if command.own is not None:
        share = _locked(Share(device, actor.name), command.own.pin, moment.draw)
        own = {(_SHARES, actor.seat): _row(actor.seat, share)}
    seated = _seated(state, device, link, table, command.people, back, actor, moment)
    placed = Placed(at=moment.now, by=actor.seat, device=device, table=table, people=count, wish=command.wish or "")
    return Outcome(
        (came, *seated.happenings, placed),
        rows={**own, **seated.rows},
        seats=(FreshSeat(device, link, name, Role.DISPLAY), *seated.seats),
        value={"device": device},
    )


def _add(state: State, command: Add, actor: Actor, moment: Moment) -> Outcome:
    device = SeatId(command.device)
    if (command.name is None) is (command.back is None):
        raise Refusal("invalid", "Somebody new has a name, and somebody who comes back a seat.")
    table = table_of(state, device)
    if table is None or not shows(state, device, actor.seat):
        raise Refusal("unknown", "There is no such device of yours.")
    if len(_sharing(state, device)) >= MOST_AT_ONE:
        raise Refusal("invalid", f"Between one and {MOST_AT_ONE} people share a device.")
    link = state.people.links[device]
    newcomers = () if command.name is None else (Newcomer(name=command.name, pin=command.pin),)
    back = {} if command.back is None else _back(state, (command.back,), actor)
    seated = _seated(state, device, link, table, newcomers, back, actor, moment)
    placed = Placed(at=moment.now, by=actor.seat, device=device, table=table, people=1)
    return replace(seated, happenings=(*seated.happenings, placed), value={"device": device})


def _living(state: State, seat: SeatId) -> Share | None:
    """Somebody's part in a device that there is."""
    share = state.devices.shares.get(seat)
    return None if share is None or table_of(state, share.device) is None else share


def _left(state: State) -> dict[SeatId, Share]:
    """The people of devices that were taken away: they have their seats, and nowhere to sit down on them."""
    return {
        seat: share
        for seat, share in state.devices.shares.items()
        if seat in state.people.roles and table_of(state, share.device) is None
    }


def _back(state: State, seats: tuple[Seat, ...], actor: Actor) -> dict[SeatId, Share]:
    """People who come back to a device, with the names and PINs they had."""
    left = _left(state)
    back: dict[SeatId, Share] = {}
    for seat in map(SeatId, seats):
        is_theirs = actor.role in HOSTS or state.people.at.get(seat) == state.people.at.get(actor.seat)
        if seat not in left or not is_theirs:
            raise Refusal("unknown", "This seat was on no device that was taken away.")
        if state.people.roles[seat] in TEAM and not left[seat].proof:
            raise Refusal("needs_pin", "The host team sits down at a shared device with a PIN only.")
        back[seat] = left[seat]
    return back


def _seated(
    state: State,
    device: SeatId,
    link: LinkId,
    table: str,
    newcomers: tuple[Newcomer, ...],
    back: Mapping[SeatId, Share],
    actor: Actor,
    moment: Moment,
) -> Outcome:
    """Seats for people, each at the table as if it had come by itself.

    Raises:
        Refusal: `full`, if the gathering would have more seats than it may.
    """
    there = len(state.people.roles) + len(state.people.removed)
    # The device has one too.
    if there + len(newcomers) + (device not in state.people.roles) > moment.most_seats:
        raise Refusal("full", "This gathering has as many seats as it can take.")
    happened: list[Happening] = []
    rows: dict[RowKey, Row | None] = {
        (_SHARES, seat): _row(seat, replace(share, device=device)) for seat, share in back.items()
    }
    fresh: list[FreshSeat] = []
    for person in newcomers:
        seat, name = SeatId(_id(moment.draw)), clean_name(person.name)
        happened.append(Came(at=moment.now, by=actor.seat, seat=seat, role=Role.PARTICIPANT.value, link=link))
        rows[_SHARES, seat] = _row(seat, _locked(Share(device, name), person.pin, moment.draw))
        fresh.append(FreshSeat(seat, link, name, Role.PARTICIPANT))
    seated = [*back, *(one.id for one in fresh)]
    if seated and table in state.people.tables:
        seats: dict[str, str] = {str(of): at for of, at in state.people.at.items()} | dict.fromkeys(seated, table)
        # By nobody in particular: it changes nobody's table, and that there is a device is told by itself.
        happened.append(Seated(at=moment.now, tables=dict(state.people.tables), seats=seats))
    return Outcome(tuple(happened), rows=rows, seats=tuple(fresh))


def _id(draw: Draw) -> str:
    return base64.urlsafe_b64encode(draw.take(_ID_BYTES)).decode()


def _locked(share: Share, pin: str | None, draw: Draw) -> Share:
    if pin is None:
        return replace(share, salt="", proof="")
    salt = base64.b64encode(draw.take(_SALT_BYTES)).decode()
    return replace(share, salt=salt, proof=_proof(salt, pin))


def _proof(salt: str, pin: str) -> str:
    return base64.b64encode(hmac.digest(salt.encode(), pin.encode(), hashlib.sha256)).decode()


def _row(seat: SeatId, share: Share) -> Shares:
    return Shares(device=share.device, seat=seat, name=share.name, salt=share.salt, proof=share.proof)


def _follows(state: State, happening: Happening, moment: Moment) -> Outcome:
    """A seat that ends leaves its device; with whoever may give a table a device those end that they gave.

    They had the way into it in their hands. Its people keep their seats and their PINs for the next device.
    """
    of = SeatId(getattr(happening, "seat", ""))
    match happening.kind:
        case "people.removed":
            gone = _gone(state, of)
        case "people.promoted" if state.people.roles.get(of) not in TABLE_HOSTS:
            gone = frozenset()
        case _:
            return Outcome()
    ended = [at for at, by in state.devices.by.items() if by == of and table_of(state, at) is not None]
    return Outcome(
        # By nobody in particular: it comes of a power that is told by itself.
        tuple(Removed(at=moment.now, seat=at, link=state.people.links[at]) for at in ended),
        rows={(_SHARES, seat): None for seat in gone},
        removed=frozenset(ended),
    )


def _gone(state: State, ended: SeatId) -> frozenset[SeatId]:
    """Who is on no device any more, and waits for none, once a seat has ended that may be a device's."""
    gone = {ended} & state.devices.shares.keys()
    if ended in state.devices.tables:
        links = state.people.links
        given = {links[device] for device in state.devices.tables}
        # Whoever came by a link of their own goes on with that.
        gone |= {seat for seat in state.devices.on.get(ended, ()) if links[seat] not in given}
    return frozenset(gone)


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    match happening:
        case Placed(by=by, device=device, table=table, wish=wish):
            known, made = state.devices, SeatId(device)
            return replace(
                state,
                devices=replace(
                    known,
                    tables={**known.tables, made: table},
                    by={made: SeatId(by), **known.by},
                    asked={**known.asked, (by, wish): made} if wish else known.asked,
                ),
            )
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to devices")


def _keep_all(state: State, _: str, rows: Mapping[str, Row | None]) -> State:
    shares = {seat: share for seat, share in state.devices.shares.items() if seat not in rows}
    for seat, row in rows.items():
        if isinstance(row, Shares):
            shares[SeatId(seat)] = Share(SeatId(row.device), row.name, row.salt, row.proof)
    order = {seat: n for n, seat in enumerate(state.people.roles)}
    on: dict[SeatId, tuple[SeatId, ...]] = {}
    for seat in sorted(shares, key=lambda seat: order.get(seat, len(order))):
        device = shares[seat].device
        on[device] = (*on.get(device, ()), seat)
    return replace(state, devices=replace(state.devices, shares=shares, on=on))


# ---- view ----------------------------------------------------------------------------------------------------------


def _sharing(state: State, device: SeatId) -> dict[SeatId, Share]:
    """Who shares a device, in the order they came."""
    known, roles = state.devices, state.people.roles
    return {seat: known.shares[seat] for seat in known.on.get(device, ()) if seat in roles}


def _common(state: State, role: Role) -> Mapping[str, object]:
    # Whoever shares a device may never have been connected, and is called by their name all the same.
    devices = {
        device: {"table": table, "seats": {seat: share.name for seat, share in _sharing(state, device).items()}}
        for device, table in state.devices.tables.items()
        if device in state.people.roles
    }
    told: dict[str, object] = {"devices": devices if role in SEATED else {}}
    if role in TABLE_HOSTS:
        told["left"] = {seat: share.name for seat, share in _left(state).items()}
    return told


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    table, share = table_of(state, seat), _living(state, seat)
    return {
        "strip": None if table is None else _strip(state, seat, table),
        "shares": None if share is None else {"pin": bool(share.proof)},
    }


def _strip(state: State, device: SeatId, table: str) -> Mapping[str, object]:
    """What a device shows of its people: who has voted, so that nobody is passed over, and never what.

    Who has finished is shown where the group is told a count; where it is told a share, a name would tell more.
    """
    spent = state.deciding.spent
    coarse = is_coarse(state)
    return {
        "table": table,
        "title": state.people.tables.get(table, ""),
        "seats": [
            {
                "seat": seat,
                "name": share.name,
                "pin": bool(share.proof),
                "voted": sorted(poll for poll, seats in spent.items() if seat in seats),
                "finished": None if coarse else seat in state.finishing.seats,
            }
            for seat, share in _sharing(state, device).items()
        ],
    }


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.devices, after.devices
    seats: set[SeatId] = differing(old.shares, new.shares)
    if before.people.roles is not after.people.roles:
        ended = [device for device in new.tables if device in before.people.roles and device not in after.people.roles]
        seats |= {seat for device in ended for seat in old.on.get(device, ())}
    if old is not new or before.people.tables is not after.people.tables or before.show is not after.show:
        return seats | {device for device in new.tables if device in after.people.roles}
    moved = before.finishing.seats ^ after.finishing.seats
    spent, now_spent = before.deciding.spent, after.deciding.spent
    for poll in differing(spent, now_spent):
        moved |= spent.get(poll, frozenset()) ^ now_spent.get(poll, frozenset())
    return seats | {share.device for seat in moved if (share := new.shares.get(seat)) is not None}


DEVICES = Area(
    name="devices",
    commands=(SetUp, Add, ChoosePin),
    happenings=(Placed,),
    rows=(Shares,),
    decide=_decide,
    evolve=_evolve,
    keep_all=_keep_all,
    common=_common,
    own=_own,
    touched=_touched,
    follows=_follows,
)
