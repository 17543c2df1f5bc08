"""Who writes where: what a region's terms come to for one seat."""

from __future__ import annotations

from typing import Final

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import Refusal

from .base import Actor
from .plan import Attribution, Phase, Visibility, Writers
from .state import State

__all__ = [
    "FEWEST_AT_A_TABLE",
    "hides_at_tables",
    "may_write",
    "require_company",
    "require_own_table",
    "table_of",
    "table_read_by",
    "writing_seats",
]

# At a smaller table everybody knows who wrote what, whatever is written above it.
FEWEST_AT_A_TABLE: Final = 4

_TEAM: Final = frozenset({Role.HOST, Role.COHOST, Role.HARVESTER})
_SCRIBES: Final = _TEAM | {Role.TABLE}
_AT_TABLES: Final = frozenset({Visibility.TABLE, Visibility.SEALED_TABLE})
_PEOPLE: Final = _TEAM | {Role.TABLE, Role.PARTICIPANT}


def table_of(state: State, seat: SeatId) -> str | None:
    """The table a seat is at, by key."""
    return state.people.at.get(seat)


def require_own_table(state: State, actor: Actor, table: str | None = None) -> str:
    """The table that somebody acts for: whoever hosts one for their own, the host team for any. None is one's own.

    Raises:
        Refusal: `table` if it is not theirs, if they sit at none, or if there is none of that key.
    """
    own = table_of(state, actor.seat)
    if actor.role is Role.TABLE and own is None:
        raise Refusal("table", "You sit at no table yet. A host can seat you at yours.")
    if actor.role is Role.TABLE and table not in (None, own):
        raise Refusal("table", "You can do this for your own table only.")
    wanted = table or own
    if wanted is None or wanted not in state.people.tables:
        raise Refusal("table", "Choose a table first.")
    return wanted


def table_read_by(state: State, seat: SeatId) -> str | None:
    """The table whose notes a seat reads: its own; of the host team the one they sit in with, once it has been told."""
    if state.people.roles.get(seat) not in _TEAM:
        return table_of(state, seat)
    visit = state.visiting.get(seat)
    return visit.table if visit is not None and visit.here else None


def may_write(state: State, seat: SeatId, role: Role, writers: Writers) -> bool:
    """Whether terms let a seat write; hosts may anywhere."""
    if role in (Role.HOST, Role.COHOST):
        return True
    match writers:
        case Writers.ALL:
            return role in _PEOPLE
        case Writers.TABLE:
            return role in _SCRIBES or (role in _PEOPLE and table_of(state, seat) is not None)
        case Writers.SCRIBE:
            return role in _SCRIBES
        case Writers.HARVEST:
            return role in _TEAM
        case Writers.HOST:
            return False


def writing_seats(state: State, phase: Phase) -> frozenset[SeatId]:
    """Who is expected to write what is sealed in a phase. Hosts may, and are counted only where nobody else does."""
    wanted = [opening.writers for opening in phase.opens if opening.visibility.is_held]
    able = {
        seat: role
        for seat, role in state.people.roles.items()
        if any(may_write(state, seat, role, writers) for writers in wanted)
    }
    others = frozenset(seat for seat, role in able.items() if role not in _TEAM)
    return others or frozenset(able)


def require_company(state: State, phase: Phase) -> None:
    """Let a phase begin only if a table is no mask for one or two people.

    Raises:
        Refusal: `small` if something of a table is not to be named, and a table has fewer than four.
    """
    if not hides_at_tables(phase):
        return
    counts = dict.fromkeys(state.people.tables, 0)
    for seat, table in state.people.at.items():
        if table in counts and state.people.roles.get(seat) in _PEOPLE:
            counts[table] += 1
    small = [key for key, count in counts.items() if 0 < count < FEWEST_AT_A_TABLE]
    if small:
        raise Refusal(
            "small",
            f"{state.people.tables[small[0]]} has fewer than {FEWEST_AT_A_TABLE} people, so that notes without a name "
            "would still tell who wrote them. Put people together, or let the whole group write as one.",
        )


def hides_at_tables(phase: Phase) -> bool:
    """Whether something that is written in a phase has a table behind it, and nobody's name."""
    return any(
        opening.attribution is Attribution.TABLE
        or (opening.attribution is Attribution.NONE and opening.visibility in _AT_TABLES)
        for opening in phase.opens
    )
