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
from .capabilities import HOSTS, SEATED, TEAM
from .finishing import is_coarse
from .parts import Key, Part, Seat
from .people import Came, Seated
from .state import Share, State

__all__ = ["DEVICES", "renamed", "require_turn", "shows", "table_of"]

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
    """Give a table a device that its people share."""

    kind: Literal["device.set_up"] = "device.set_up"
    table: Key | None = None
    people: Annotated[tuple[Newcomer, ...], Field(max_length=MOST_AT_ONE)] = ()
    own: Own | None = None


class Add(Command):
    """One more person at a device."""

    kind: Literal["device.add"] = "device.add"
    device: Seat
    name: FirstName
    pin: Pin | None = None


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


def renamed(state: State, seat: SeatId, name: str) -> Mapping[RowKey, Row | None]:
    """The rows once somebody has another name."""
    share = state.devices.shares.get(seat)
    return {} if share is None else {(_SHARES, seat): _row(seat, replace(share, name=name))}


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case SetUp():
            return _set_up(state, command, actor, moment)
        case Add(device=device, name=name, pin=pin):
            return _add(state, SeatId(device), Newcomer(name=name, pin=pin), actor, moment)
        case ChoosePin(pin=pin):
            share = state.devices.shares.get(actor.seat)
            if share is None:
                raise Refusal("unknown", "Your seat is on no shared device.")
            return Outcome(rows={(_SHARES, actor.seat): _row(actor.seat, _locked(share, pin, moment.draw))})
        case _:
            raise InvalidState(f"{command.kind} is no command about devices")


def _set_up(state: State, command: SetUp, actor: Actor, moment: Moment) -> Outcome:
    people = state.people
    table = people.at.get(actor.seat) if command.table is None else command.table
    if actor.role is Role.TABLE and table != people.at.get(actor.seat):
        raise Refusal("table", "You host another table.")
    if table is None or table not in people.tables:
        raise Refusal("table", "There is no such table. Make the tables first.")
    if not 1 <= len(command.people) + (command.own is not None) <= MOST_AT_ONE:
        raise Refusal("invalid", f"Between one and {MOST_AT_ONE} people share a device.")
    if sum(seat in people.roles for seat in state.devices.tables) >= MAX_DEVICES:
        raise Refusal("full", f"There are {MAX_DEVICES} shared devices. Take one away first.")
    if command.own is not None and actor.seat in state.devices.shares:
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
    seated = _seated(state, device, link, table, command.people, actor, moment)
    placed = Placed(at=moment.now, by=actor.seat, device=device, table=table, people=len(own) + len(command.people))
    return Outcome(
        (came, *seated.happenings, placed),
        rows={**own, **seated.rows},
        seats=(FreshSeat(device, link, name, Role.DISPLAY), *seated.seats),
        value={"device": device},
    )


def _add(state: State, device: SeatId, person: Newcomer, actor: Actor, moment: Moment) -> Outcome:
    table = table_of(state, device)
    if table is None or not shows(state, device, actor.seat):
        raise Refusal("unknown", "There is no such device of yours.")
    if len(_sharing(state, device)) >= MOST_AT_ONE:
        raise Refusal("invalid", f"Between one and {MOST_AT_ONE} people share a device.")
    link = state.people.links[device]
    seated = _seated(state, device, link, table, (person,), actor, moment)
    placed = Placed(at=moment.now, by=actor.seat, device=device, table=table, people=1)
    return replace(seated, happenings=(*seated.happenings, placed), value={"device": device})


def _seated(
    state: State,
    device: SeatId,
    link: LinkId,
    table: str,
    newcomers: tuple[Newcomer, ...],
    actor: Actor,
    moment: Moment,
) -> Outcome:
    """Seats for people, each at the table as if it had come by itself."""
    happened: list[Happening] = []
    rows: dict[RowKey, Row | None] = {}
    fresh: list[FreshSeat] = []
    for person in newcomers:
        seat, name = SeatId(_id(moment.draw)), clean_name(person.name)
        happened.append(Came(at=moment.now, by=actor.seat, seat=seat, role=Role.PARTICIPANT.value, link=link))
        rows[_SHARES, seat] = _row(seat, _locked(Share(device, name), person.pin, moment.draw))
        fresh.append(FreshSeat(seat, link, name, Role.PARTICIPANT))
    if fresh and table in state.people.tables:
        seats: dict[str, str] = {str(of): at for of, at in state.people.at.items()} | {one.id: table for one in fresh}
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


def _follows(state: State, happening: Happening, _: Moment) -> Outcome:
    if happening.kind != "people.removed":
        return Outcome()
    # With their own seat, or with the device: then its people keep their seats, and come back by their own links.
    ended = SeatId(getattr(happening, "seat", ""))
    gone = {seat for seat, share in state.devices.shares.items() if ended in (seat, share.device)}
    return Outcome(rows={(_SHARES, seat): None for seat in gone})


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve(state: State, happening: Happening) -> State:
    match happening:
        case Placed(device=device, table=table):
            tables = {**state.devices.tables, SeatId(device): table}
            return replace(state, devices=replace(state.devices, tables=tables))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to devices")


def _keep_all(state: State, _: str, rows: Mapping[str, Row | None]) -> State:
    shares = {seat: share for seat, share in state.devices.shares.items() if seat not in rows}
    for seat, row in rows.items():
        if isinstance(row, Shares):
            shares[SeatId(seat)] = Share(SeatId(row.device), row.name, row.salt, row.proof)
    return replace(state, devices=replace(state.devices, shares=shares))


# ---- view ----------------------------------------------------------------------------------------------------------


def _sharing(state: State, device: SeatId) -> dict[SeatId, Share]:
    """Who shares a device, in the order they came."""
    of_device = {seat: share for seat, share in state.devices.shares.items() if share.device == device}
    return {seat: of_device[seat] for seat in state.people.roles if seat in of_device}


def _common(state: State, role: Role) -> Mapping[str, object]:
    # Whoever shares a device may never have been connected, and is called by their name all the same.
    devices = {
        device: {"table": table, "seats": {seat: share.name for seat, share in _sharing(state, device).items()}}
        for device, table in state.devices.tables.items()
        if device in state.people.roles
    }
    return {"devices": devices if role in SEATED else {}}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    table, share = table_of(state, seat), state.devices.shares.get(seat)
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
    seats = differing(before.devices.shares, after.devices.shares)
    strips = (
        before.devices is not after.devices
        or before.people is not after.people
        or before.deciding.spent is not after.deciding.spent
        or before.finishing is not after.finishing
        or before.show is not after.show
    )
    return seats | set(after.devices.tables) if strips else seats


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
