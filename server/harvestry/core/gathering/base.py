"""What the areas of a gathering share: who acts, when, and what comes of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from harvestry.core.access import Role, SeatId
from harvestry.core.limits import Limits
from harvestry.core.ports import FreshSeat
from harvestry_crdt import Change, Element

from .parts import Part, Row
from .past import Past
from .state import State
from .templates import Library

__all__ = [
    "Actor",
    "Area",
    "BoardReader",
    "Command",
    "Draw",
    "Happening",
    "Moment",
    "Outcome",
    "Recall",
    "Row",
    "RowKey",
    "differing",
]

K = TypeVar("K")
V = TypeVar("V")

# Where a row of the vault lies: what it is, and which one.
RowKey = tuple[str, str]


class Command(Part):
    """What somebody wishes done; `kind` is its name on the wire."""

    kind: str


class Happening(Part):
    """What was done, for good: the fold of all happenings is the gathering.

    Attributes:
        at: Unix time in milliseconds.
        by: The seat that did it; empty when nobody in particular did.
    """

    kind: str
    at: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        role: As it is now, which may be another than that of their link.
        present: Seats that are connected, this one included.
    """

    seat: SeatId
    role: Role
    name: str
    present: frozenset[SeatId] = frozenset()


class Draw:
    """Chance, drawn from one seed: the same seed gives the same, and nobody who lacks it can tell what comes.

    Args:
        seed: At least 16 bytes from a cryptographic source.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._count = 0

    def take(self, size: int) -> bytes:
        """So many fresh bytes, at most 32."""
        self._count += 1
        return hmac.digest(self._seed, b"draw" + self._count.to_bytes(8, "big"), hashlib.sha256)[:size]

    def keyed(self, message: bytes) -> bytes:
        """A hash that only this seed gives: to order by it is to shuffle, and tells nothing of when things came."""
        return hmac.digest(self._seed, b"order" + message, hashlib.sha256)


class BoardReader(Protocol):
    """What may be asked of the board."""

    def element(self, id: str) -> Element | None: ...
    def elements(self) -> Mapping[str, Element]: ...
    def author(self, id: str) -> str | None:
        """The holder that made an element; None if nobody's name is with it."""

    def made(self) -> Mapping[str, Collection[str]]:
        """The elements that each holder has made, also those that are not on the board any more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a command is decided, and what else there is to know.

    Attributes:
        now: Unix time in milliseconds.
        most_seats: How many seats there may be, those that were ended included.
        library: The plans there are to begin with.
        past: What was on the board before; None unless a command asked for it.
    """

    now: int
    draw: Draw
    board: BoardReader
    most_seats: int = Limits().max_seats
    library: Library = field(default_factory=Library)
    past: Past | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """A command cannot be decided without the board's past: decide it again with that.

    Attributes:
        at: Unix time in milliseconds; None to learn only how far back is known.
    """

    at: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a command, all of it in one commit.

    Attributes:
        happenings: In order.
        rows: Rows of the vault to be kept, or with None to be forgotten.
        changes: What the server writes on the board.
        signed: Elements among `changes` that carry a holder's name, and whose; all others carry nobody's.
        seats: Seats that are taken for people.
        roles: Seats that have another role from now on.
        removed: Seats that end.
        leaves_no_trace: What is forgotten of `rows` is to be in no file soon after.
        value: The answer to whoever asked, as plain data.
        recall: Nothing comes of it yet: it is decided once that is known.
    """

    happenings: tuple[Happening, ...] = ()
    rows: Mapping[RowKey, Row | None] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    signed: Mapping[str, str] = field(default_factory=dict)
    seats: tuple[FreshSeat, ...] = ()
    roles: Mapping[SeatId, Role] = field(default_factory=dict)
    removed: frozenset[SeatId] = frozenset()
    leaves_no_trace: bool = False
    value: object = None
    recall: Recall | None = None

    def then(self, more: Outcome) -> Outcome:
        """Both, this one first; the answer is this one's."""
        return Outcome(
            happenings=self.happenings + more.happenings,
            rows={**self.rows, **more.rows},
            changes=self.changes + more.changes,
            signed={**self.signed, **more.signed},
            seats=self.seats + more.seats,
            roles={**self.roles, **more.roles},
            removed=self.removed | more.removed,
            leaves_no_trace=self.leaves_no_trace or more.leaves_no_trace,
            value=self.value,
            recall=self.recall,
        )


@dataclass(frozen=True, slots=True)
class Area:
    """One concern of a gathering: its own commands, happenings and rows, and nobody else's.

    Attributes:
        decide: What comes of a command of somebody who may give it (`capabilities.py` has seen to that). Raises
            `Refusal` if it cannot be, as things are.
        evolve: The state after something that happened.
        keep: The state once a row of the vault of that kind and key is kept, or with None forgotten.
        keep_all: The same for all rows of a kind that come in one commit, by key. An area has it that may have a
            thousand of them: to copy what there is for each of them would take a second.
        common: What everybody of a role sees alike.
        own: What one seat sees beside that, and nobody else.
        touched: The seats for which `own` may say something else in the second state than in the first; None for any.
            A room of a thousand is told of each sealed note, and one seat of them has news in it.
        wakes_at: When something is due that nobody asks for, in Unix milliseconds; None if nothing is.
        due: What comes of it when that time is there, given the seats that are connected.
        follows: What comes of something that happened in any area, in the same commit; the state is the one after all
            that the command itself made happen.
    """

    name: str
    commands: tuple[type[Command], ...]
    happenings: tuple[type[Happening], ...]
    decide: Callable[[State, Command, Actor, Moment], Outcome]
    evolve: Callable[[State, Happening], State]
    common: Callable[[State, Role], Mapping[str, object]]
    rows: tuple[type[Row], ...] = ()
    keep: Callable[[State, str, str, Row | None], State] | None = None
    keep_all: Callable[[State, str, Mapping[str, Row | None]], State] | None = None
    own: Callable[[State, SeatId], Mapping[str, object]] | None = None
    touched: Callable[[State, State], Collection[str] | None] | None = None
    wakes_at: Callable[[State], int | None] | None = None
    due: Callable[[State, frozenset[SeatId], Moment], Outcome] | None = None
    follows: Callable[[State, Happening, Moment], Outcome] | None = None


_ABSENT: Final = object()


def differing(before: Mapping[K, V], after: Mapping[K, V]) -> set[K]:
    """The keys under which two mappings do not hold the very same."""
    if before is after:
        return set()
    return {key for key, value in after.items() if before.get(key, _ABSENT) is not value} | (
        before.keys() - after.keys()
    )
