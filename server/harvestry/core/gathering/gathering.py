"""A gathering: commands in, happenings out, and what each person sees. Pure; puts the areas together.

`decide` and `evolve` of an area are called for its own commands and happenings only. The gathering is the fold of its
happenings and the rows of the vault, and nothing else.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from pydantic import ValidationError

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import HarvestryError, InvalidState, Refusal
from harvestry_crdt import Change, Element, Patch

from .base import Actor, Command, Draw, Happening, Moment, Outcome, Row, RowKey
from .capabilities import require
from .capture import CAPTURE
from .connecting import CONNECTING
from .deciding import DECIDING, asked, forgotten
from .devices import DEVICES
from .erasing import ERASING, ERASURE
from .finishing import FINISHING
from .moderating import MODERATING
from .parts import Part
from .people import PEOPLE
from .plan import Plan
from .powers import noted
from .quoting import requoted
from .recording import RECORDING
from .requests import REQUESTS
from .results import quotes, rewritten
from .rewinding import REWINDING, remembered
from .sealing import SEALING
from .show import SHOW, Entered, Loaded, Started, frames
from .state import State
from .tables import TABLES
from .visiting import VISITING

__all__ = [
    "COMMANDS",
    "DamagedGathering",
    "decide",
    "due",
    "dump",
    "evolve",
    "fold",
    "kept",
    "latest",
    "own",
    "parse_command",
    "prepared",
    "read_happening",
    "read_row",
    "rows_about",
    "touched",
    "unquoted",
    "view",
    "wakes_at",
]

P = TypeVar("P", bound=Part)


class DamagedGathering(HarvestryError):
    """What is stored of a gathering makes none."""


# In this order views are built and rows taken in.
AREAS: Final = (
    SHOW,
    PEOPLE,
    SEALING,
    CAPTURE,
    DECIDING,
    MODERATING,
    REQUESTS,
    TABLES,
    RECORDING,
    CONNECTING,
    FINISHING,
    VISITING,
    REWINDING,
    ERASING,
    DEVICES,
)


def _kind(part: type[Part]) -> str:
    return str(part.model_fields["kind"].default)


COMMANDS: Final = {_kind(command): (command, area) for area in AREAS for command in area.commands}
_HAPPENINGS: Final = {_kind(happening): (happening, area) for area in AREAS for happening in area.happenings}
_ROWS: Final = {_kind(row): (row, area) for area in AREAS for row in area.rows}
# The fields of a row that are dates: when it was made, or when something is due.
_DATES: Final = {
    kind: names for kind, (row, _) in _ROWS.items() if (names := [n for n in ("at", "due") if n in row.model_fields])
}
_FOLLOWERS: Final = tuple(area.follows for area in AREAS if area.follows is not None)


# ---- what is written down ------------------------------------------------------------------------------------------


def dump(part: Part) -> bytes:
    """A happening or a row as it is stored."""
    return part.model_dump_json(exclude_defaults=False).encode()


def read_happening(body: bytes) -> Happening:
    """A happening as it was stored.

    Raises:
        DamagedGathering: If it is none.
    """
    return _read(body, {kind: made for kind, (made, _) in _HAPPENINGS.items()})


def read_row(body: bytes) -> Row:
    """A row of the vault as it was stored.

    Raises:
        DamagedGathering: If it is none.
    """
    return _read(body, {kind: made for kind, (made, _) in _ROWS.items()})


def _read(body: bytes, kinds: Mapping[str, type[P]]) -> P:
    try:
        return kinds[json.loads(body)["kind"]].model_validate_json(body)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedGathering("something that is stored of the gathering cannot be read") from error


def parse_command(name: str, args: Mapping[str, object]) -> Command | None:
    """A command as it came, or None if there is none of that name.

    Raises:
        Refusal: If its arguments are not such a command's.
    """
    known = COMMANDS.get(name)
    if known is None:
        return None
    try:
        return known[0].model_validate_json(json.dumps({**args, "kind": name}, allow_nan=False))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise Refusal("invalid", f"This is not how {name} is asked for{': ' + where if where else ''}.") from error
    except (TypeError, ValueError) as error:
        raise Refusal("invalid", f"This is not how {name} is asked for.") from error


def prepared(plan: Plan, draw: Draw, *, at: int, begins: bool) -> tuple[tuple[Change, ...], tuple[bytes, ...]]:
    """A gathering that is made with a run of show: what stands on its board, and what has happened so far, as stored.

    `at` is Unix time in milliseconds; if it `begins`, its first phase goes on from then.
    """
    plan, changes = frames(plan, draw)
    happened: list[Happening] = [Loaded(at=at, plan=plan)]
    if begins:
        first = plan.phases[0]
        happened += [Started(at=at), Entered(at=at, phase=first.key)]
        if (opened := asked(first, draw, at=at)) is not None:
            happened.append(opened)
    return changes, tuple(map(dump, happened))


# ---- decide and evolve ---------------------------------------------------------------------------------------------


def decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    """What comes of a command.

    Raises:
        Refusal: If it is not granted.
    """
    require(state, actor.role, command.kind)
    return _followed(state, COMMANDS[command.kind][1].decide(state, command, actor, moment), moment)


def _followed(state: State, outcome: Outcome, moment: Moment) -> Outcome:
    """An outcome, and what comes of it in other areas."""
    state = _after(state, outcome)
    waiting = deque(outcome.happenings)
    while waiting:
        happening = waiting.popleft()
        for follows in _FOLLOWERS:
            more = follows(state, happening, moment)
            state = _after(state, more)
            outcome = outcome.then(more)
            waiting.extend(more.happenings)
    return outcome.then(Outcome(changes=requoted(state, outcome, moment.board)))


def _after(state: State, outcome: Outcome) -> State:
    for happening in outcome.happenings:
        state = evolve(state, happening)
    return kept(state, outcome.rows)


def wakes_at(state: State) -> int | None:
    """When something is due that nobody asks for, in Unix milliseconds; None if nothing is."""
    times = [at for area in AREAS if area.wakes_at is not None and (at := area.wakes_at(state)) is not None]
    return min(times, default=None)


def due(state: State, present: frozenset[SeatId], moment: Moment) -> Iterator[Outcome]:
    """What is due by now, an outcome for each area that has something; each is decided on the same state."""
    for area in AREAS:
        if area.wakes_at is None or area.due is None:
            continue
        at = area.wakes_at(state)
        if at is not None and at <= moment.now:
            yield _followed(state, area.due(state, present, moment), moment)


def evolve(state: State, happening: Happening) -> State:
    """The state after something that happened."""
    before, state = state, remembered(_HAPPENINGS[happening.kind][1].evolve(state, happening), happening)
    powers = noted(before, state, happening)
    if powers is not state.moderating.powers:
        state = replace(state, moderating=replace(state.moderating, powers=powers))
    return state


def kept(state: State, rows: Mapping[RowKey, Row | None]) -> State:
    """The state once rows of the vault are kept, or with None forgotten."""
    by_kind: dict[str, dict[str, Row | None]] = {}
    for (kind, key), row in rows.items():
        by_kind.setdefault(kind, {})[key] = row
    for kind, of_kind in by_kind.items():
        area = _ROWS[kind][1]
        if area.keep_all is not None:
            state = area.keep_all(state, kind, of_kind)
        elif area.keep is not None:
            for key, row in of_kind.items():
                state = area.keep(state, kind, key, row)
        else:
            raise InvalidState(f"nothing keeps {kind}")
    return state


def fold(happenings: Iterable[bytes], rows: Mapping[RowKey, bytes]) -> State:
    """The gathering as it is stored.

    Raises:
        DamagedGathering: If what is stored makes none.
    """
    state = State()
    try:
        for body in happenings:
            state = evolve(state, read_happening(body))
        state = kept(state, {key: read_row(body) for key, body in rows.items()})
    except (InvalidState, KeyError) as error:
        raise DamagedGathering("what is stored of the gathering does not add up") from error
    return state


def latest(happenings: Sequence[bytes], rows: Mapping[RowKey, bytes]) -> int:
    """The latest date, in Unix milliseconds, in what is stored of a gathering; 0 if there is none.

    Raises:
        DamagedGathering: If something that has a date cannot be read.
    """
    dates = [read_happening(happenings[-1]).at] if happenings else []
    dated = ((body, name) for (kind, _), body in rows.items() for name in _DATES.get(kind, ()))
    return max((*dates, *(getattr(read_row(body), name) for body, name in dated)), default=0)


def rows_about(rows: Mapping[RowKey, bytes], elements: Collection[str], seats: Collection[SeatId]) -> frozenset[RowKey]:
    """The rows of the vault that are kept of elements or of people who are erased.

    Raises:
        DamagedGathering: If a row cannot be read.
    """
    return frozenset(key for key, body in rows.items() if _is_about(key, read_row(body), elements, seats))


def unquoted(
    happenings: Iterable[bytes], rows: Mapping[RowKey, bytes], left: Mapping[str, Element], gone: Collection[str]
) -> tuple[tuple[Change, ...], Mapping[RowKey, bytes | None]]:
    """What has to be written so that nothing quotes elements which are erased: on the board, and rows of the vault.

    A row that goes altogether is None.

    Args:
        happenings: Of the gathering, as stored.
        rows: Of its vault, as stored.
        left: What is on the board without them.
        gone: The elements that go.

    Raises:
        DamagedGathering: If what is stored makes no gathering.
    """
    state = fold(happenings, rows)
    pruned = forgotten(state, gone)
    deciding = kept(state, pruned).deciding
    changes = [
        Patch(card.id, {"txt": text, "d": fields})
        for poll in deciding.polls.values()
        if any(id in gone for id in quotes(poll))
        for card, text, fields in rewritten(deciding, poll, left.get)
    ]
    return tuple(changes), {key: None if row is None else dump(row) for key, row in pruned.items()}


def _is_about(key: RowKey, row: Row, elements: Collection[str], seats: Collection[SeatId]) -> bool:
    if key[0] == ERASURE:
        return False  # It is about the gathering: erasing whoever asked for it does not call it off.
    if key[1] in elements or getattr(row, "element", None) in elements:
        return True
    return getattr(row, "seat", None) in seats or getattr(row, "by", None) in seats


# ---- view ----------------------------------------------------------------------------------------------------------


def view(state: State, role: Role) -> Mapping[str, object]:
    """What everybody of a role sees alike, by area."""
    return {area.name: area.common(state, role) for area in AREAS}


def own(state: State, seat: SeatId) -> Mapping[str, object]:
    """What one seat sees beside that, and nobody else."""
    return {area.name: area.own(state, seat) for area in AREAS if area.own is not None}


def touched(before: State, after: State) -> frozenset[str] | None:
    """The seats for which `own` may say something else in the second state than in the first; None for any."""
    seats: set[str] = set()
    for area in AREAS:
        if area.own is not None:
            found = None if area.touched is None else area.touched(before, after)
            if found is None:
                return None
            seats |= set(found)
    return frozenset(seats)
