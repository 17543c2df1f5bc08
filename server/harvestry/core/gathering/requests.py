"""What only hosts do, and others ask them for: time, a move to another table, a note set aside or put back.

A host grants it with one press, and then it is the host who does it; or declines it, and nobody else ever reads why it
was asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated, Final, Literal, Never

from pydantic import Field, StringConstraints

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome, RowKey, differing
from .capabilities import HOSTS
from .leaving import may_be_named
from .moderating import Restored, WasSetAside, put_back, set_aside
from .parts import ElementId, Key, Reason, Row, Seat
from .people import Removed, Seated
from .requested import REQUEST, Requested
from .show import Closed, Entered, Stopped, TimeAdded
from .state import State
from .writers import require_own_table, table_of

__all__ = ["REQUESTS"]

# Of one seat, beside one each about time.
_MOST_EACH: Final = 20

RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:-]{1,32}$")]


# ---- commands ------------------------------------------------------------------------------------------------------


class AskTime(Command):
    """Ask for more time in the step that goes on."""

    kind: Literal["request.time"] = "request.time"
    seconds: Annotated[int, Field(ge=30, le=900)]


class AskStop(Command):
    """Ask for the clock to stand, or to run on."""

    kind: Literal["request.stop"] = "request.stop"
    stopped: bool


class AskMove(Command):
    """Ask for somebody to sit at another table, to or from one's own."""

    kind: Literal["request.move"] = "request.move"
    seat: Seat
    table: Key


class AskAside(Command):
    """Ask for something to be set aside, and say why."""

    kind: Literal["request.aside"] = "request.aside"
    element: ElementId
    reason: Reason


class AskRestore(Command):
    """Ask for something that was set aside to be put back, and say why."""

    kind: Literal["request.restore"] = "request.restore"
    element: ElementId
    reason: Reason


class TakeBack(Command):
    """Ask no longer."""

    kind: Literal["request.drop"] = "request.drop"
    request: RequestId


class Grant(Command):
    """Do what was asked for."""

    kind: Literal["request.grant"] = "request.grant"
    request: RequestId


class Decline(Command):
    """Do not do it."""

    kind: Literal["request.decline"] = "request.decline"
    request: RequestId


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case AskTime(seconds=seconds):
            asked = Requested(at=moment.now, seat=actor.seat, what="time", phase=state.show.at, seconds=seconds)
            return _ask(f"time:{actor.seat}", asked)
        case AskStop(stopped=stopped):
            timer = state.show.timer
            if timer is not None and (timer.ends_at is None) is stopped:
                raise Refusal("already", "The clock is stopped already." if stopped else "The clock runs.")
            asked = Requested(at=moment.now, seat=actor.seat, what="stop", phase=state.show.at, stopped=stopped)
            return _ask(f"stop:{actor.seat}", asked)
        case AskMove():
            return _ask_move(state, command, actor, moment.now)
        case AskAside(element=id, reason=reason):
            _require_about(state, id, actor, moment)
            # Whether it could be is seen now and not when a host presses.
            set_aside(state, id, reason, actor, moment)
            return _ask_about(state, "aside", id, reason, actor, moment.now)
        case AskRestore(element=id, reason=reason):
            _require_about(state, id, actor, moment)
            put_back(state, id, actor, moment)
            return _ask_about(state, "restore", id, reason, actor, moment.now)
        case TakeBack(request=key):
            return _forgotten(key) if _open(state, key).seat == actor.seat else _unknown()
        case Grant(request=key):
            return _grant(state, _open(state, key), actor, moment).then(_forgotten(key))
        case Decline(request=key):
            _open(state, key)
            return _forgotten(key)
        case _:
            raise InvalidState(f"{command.kind} is no command about what is asked for")


def _ask(key: str, asked: Requested) -> Outcome:
    """Ask, in place of what the same seat asked for before about the same."""
    return Outcome(rows={(REQUEST, key): asked}, value={"request": key})


def _ask_move(state: State, command: AskMove, actor: Actor, at: int) -> Outcome:
    people = state.people
    own = require_own_table(state, actor)
    seat = SeatId(command.seat)
    if seat not in people.roles or people.roles[seat] in (Role.OBSERVER, Role.DISPLAY):
        raise Refusal("unknown", "There is nobody in this seat who sits at a table.")
    if command.table not in people.tables:
        raise Refusal("invalid", f"There is no table {command.table}.")
    if own not in (command.table, table_of(state, seat)):
        raise Refusal("table", "You can ask for people who leave your table, or come to it.")
    if table_of(state, seat) == command.table:
        raise Refusal("already", "They sit there already.")
    asked = Requested(at=at, seat=actor.seat, what="move", who=seat, table=command.table)
    return _ask_once(state, f"move:{seat}", asked)


def _ask_about(state: State, what: Literal["aside", "restore"], id: str, reason: str, actor: Actor, at: int) -> Outcome:
    return _ask_once(state, id, Requested(at=at, seat=actor.seat, what=what, element=id, reason=reason))


def _ask_once(state: State, key: str, asked: Requested) -> Outcome:
    """Ask for what only one asks for at a time."""
    there = state.requests.open.get(key)
    if there is not None and there.seat != asked.seat:
        raise Refusal("asked", "Somebody has asked hosts about this already.")
    others = sum(one.seat == asked.seat and one.phase is None for one in state.requests.open.values())
    if there is None and others >= _MOST_EACH:
        raise Refusal("full", f"You have asked for {_MOST_EACH} things. A host has to answer first.")
    return _ask(key, asked)


def _require_about(state: State, id: str, actor: Actor, moment: Moment) -> None:
    """Harvesters ask about anything; table hosts about what is their own table's, as everybody may know.

    Where no names are to be, what nobody signed could be of their table or not: an answer would tell.
    """
    if actor.role is not Role.TABLE:
        return
    own = require_own_table(state, actor)
    if own != _table_behind(state, id, moment):
        raise Refusal("table", "You can ask this about what your table has written.")


def _table_behind(state: State, id: str, moment: Moment) -> str | None:
    """The table that something is of, if everybody may know."""
    kept, element = state.moderating.kept.get(id), moment.board.element(id)
    style: object = kept.values.get("s") if kept is not None else None if element is None else element.style
    title = style.get("table") if isinstance(style, Mapping) else None
    if title is not None:
        return next((key for key, known in state.people.tables.items() if known == title), None)
    author = moment.board.author(id) if kept is None else kept.author
    if author is None or not may_be_named(state, moment.board.elements(), id):
        return None
    return table_of(state, SeatId(author))


def _grant(state: State, asked: Requested, actor: Actor, moment: Moment) -> Outcome:
    at, by = moment.now, actor.seat
    match asked.what:
        case "time":
            return Outcome((TimeAdded(at=at, by=by, seconds=asked.seconds),))
        case "stop":
            return Outcome((Stopped(at=at, by=by, stopped=asked.stopped),))
        case "move":
            people = state.people
            seat, table = SeatId(asked.who or ""), asked.table or ""
            if seat not in people.roles or table not in people.tables:
                raise Refusal("gone", "This cannot be done any more. Decline it.")
            seats: dict[str, str] = {other: own for other, own in people.at.items() if other != seat}
            seated = Seated(at=at, by=by, tables=dict(people.tables), seats={**seats, seat: table})
            return Outcome((seated,))
        case "aside":
            return set_aside(state, asked.element or "", asked.reason, actor, moment)
        case "restore":
            return put_back(state, asked.element or "", actor, moment)


def _open(state: State, key: str) -> Requested:
    asked = state.requests.open.get(key)
    return _unknown() if asked is None else asked


def _unknown() -> Never:
    raise Refusal("unknown", "Nobody asks for this any more.")


def _forgotten(*keys: str) -> Outcome:
    rows: dict[RowKey, Row | None] = {(REQUEST, key): None for key in keys}
    return Outcome(rows=rows, leaves_no_trace=True)


def _follows(state: State, happening: Happening, _: Moment) -> Outcome:
    """What is asked for ends with its step, with whoever asked, and once it has come about."""
    over = [key for key, one in state.requests.open.items() if _is_over(state, one, happening)]
    return _forgotten(*over) if over else Outcome()


def _is_over(state: State, asked: Requested, happening: Happening) -> bool:
    match happening:
        case Entered() | Closed():
            return asked.phase is not None
        case WasSetAside(element=id):
            return asked.what == "aside" and asked.element == id
        case Restored(element=id):
            return asked.what == "restore" and asked.element == id
        case Removed(seat=seat):
            return seat in (asked.seat, asked.who)
        case Seated():
            return asked.what == "move" and table_of(state, SeatId(asked.who or "")) == asked.table
        case _:
            return False


# ---- keep, view ----------------------------------------------------------------------------------------------------


def _evolve(_: State, happening: Happening) -> State:
    raise InvalidState(f"{happening.kind} is nothing that happens to what is asked for")


def _keep(state: State, _: str, key: str, row: Row | None) -> State:
    return replace(state, requests=state.requests.keep(key, row))


def _common(state: State, role: Role) -> Mapping[str, object]:
    return {"open": _told(state, None)} if role in HOSTS else {"open": []}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    return {"open": _told(state, seat)}


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.requests.open, after.requests.open
    return {one.seat for key in differing(old, new) for open in (old, new) if (one := open.get(key)) is not None}


def _told(state: State, seat: SeatId | None) -> list[Mapping[str, object]]:
    """What is asked for, by everybody or by one seat; what was asked for first comes first."""
    mine = [(key, one) for key, one in state.requests.open.items() if seat in (None, one.seat)]
    return [
        {
            "request": key,
            "at": one.at,
            "by": one.seat,
            "what": one.what,
            "seconds": one.seconds,
            "stopped": one.stopped,
            "who": one.who,
            "table": one.table,
            "element": one.element,
            "reason": one.reason,
        }
        for key, one in sorted(mine, key=lambda pair: (pair[1].at, pair[0]))
    ]


REQUESTS = Area(
    name="requests",
    commands=(AskTime, AskStop, AskMove, AskAside, AskRestore, TakeBack, Grant, Decline),
    happenings=(),
    rows=(Requested,),
    decide=_decide,
    evolve=_evolve,
    keep=_keep,
    common=_common,
    own=_own,
    touched=_touched,
    follows=_follows,
)
