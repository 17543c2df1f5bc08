"""What the author of a revealed note may still do with it, by a key and by no name: take it back, or reword it.

Taking it back erases it: the board is rebuilt without it. Other words come from the server a little later than they
were asked for, so that nobody can tell from the moment who it was.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from harvestry.core.access import SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import LIMITS, Change, Patch

from .base import Actor, Command, Happening, Moment, Outcome, RowKey
from .capture import UNEXPORTED
from .parts import ElementId, Row, Words, units
from .sealed import (
    AUTHORSHIP,
    LEAVING,
    PLEA,
    RETURNING,
    REWORDING,
    Authorship,
    Leaving,
    Plea,
    Proof,
    Returning,
    Rewording,
    Sealing,
    hash_of,
)
from .state import State

__all__ = [
    "ERASED_AFTER_MS",
    "AuthorKey",
    "Heed",
    "Heeded",
    "Plead",
    "Reword",
    "Withdraw",
    "Withdrawn",
    "decide",
    "due",
    "leaving",
    "wakes_at",
    "withdraw",
]

# The first to be due takes all others along; each time the board has a new history.
ERASED_AFTER_MS: Final = 20_000
_REWORDED_AFTER_MS: Final = (2_000, 6_000)
# What goes with other things of the same author goes apart from them, and each at its own time.
_RETURNED_AFTER_MS: Final = (2_000, 40_000)
# For so many notes hosts are asked at a time.
_MOST_PLEAS: Final = 50

# The key itself, of 16 to 96 bytes, as base64url.
AuthorKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]

# Nobody's: what a key is held against if there is nothing to hold it against, so that it takes as long.
_NOBODY = Authorship(proof=Proof(salt="", digest="A" * 43))


class Withdraw(Command):
    """Take one's own note off the board, and out of everything that is kept.

    Attributes:
        later: At a time that is drawn, because other things of the same author go as well.
    """

    kind: Literal["seal.withdraw"] = "seal.withdraw"
    element: ElementId
    key: AuthorKey
    later: bool = False


class Reword(Command):
    """Give one's own note other words."""

    kind: Literal["seal.reword"] = "seal.reword"
    element: ElementId
    key: AuthorKey
    text: Words


class Plead(Command):
    """Ask hosts to withdraw a note without a name, as its author who lost the key. They learn no more than that."""

    kind: Literal["seal.plead"] = "seal.plead"
    element: ElementId


class Heed(Command):
    """Withdraw a note for which somebody asked that, or leave it."""

    kind: Literal["seal.heed"] = "seal.heed"
    element: ElementId
    withdraw: bool


class Heeded(Happening):
    """A host withdrew a note, as somebody asked; neither which nor who asked."""

    kind: Literal["seal.heeded"] = "seal.heeded"


class Withdrawn(Happening):
    """A note was taken back, or several at once; neither which nor whose."""

    kind: Literal["seal.withdrawn"] = "seal.withdrawn"
    count: int = 1


def decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    """What comes of a command about a revealed note.

    Raises:
        Refusal: `unknown` if there is no such note, or if the key is not its.
    """
    pleas = state.sealing.pleas
    match command:
        case Withdraw():
            return withdraw(state, command, moment)
        case Reword(element=element, key=key, text=text):
            _require(state.sealing, element, key)
            if not text.strip():
                raise Refusal("invalid", "A note needs words.")
            if units(text) > LIMITS["text"]:
                raise Refusal("long", f"A note has at most {LIMITS['text']} characters.")
            return Outcome(rows={(REWORDING, element): Rewording(text=text, due=_drawn(_REWORDED_AFTER_MS, moment))})
        case Plead(element=element):
            _require_nameless(state.sealing, element, moment)
            if element not in pleas and len(pleas) >= _MOST_PLEAS:
                raise Refusal("full", "Hosts are asked for so many notes already. Ask for a word with them.")
            return Outcome(rows={(PLEA, element): Plea()})
        case Heed(element=element, withdraw=is_granted):
            if element not in pleas:
                raise Refusal("unknown", "Nobody asked for this note to be withdrawn.")
            if not is_granted:
                return Outcome(rows={(PLEA, element): None})
            _require_nameless(state.sealing, element, moment)
            return Outcome((Heeded(at=moment.now, by=actor.seat),)).then(_withdrawn(element, moment))
        case _:
            raise InvalidState(f"{command.kind} is no command about a revealed note")


def withdraw(state: State, command: Withdraw, moment: Moment) -> Outcome:
    """What comes of taking a note back by its key.

    Raises:
        Refusal: `unknown` if there is no such note, or if the key is not its.
    """
    element = command.element
    _require(state.sealing, element, command.key)
    if not command.later:
        return _withdrawn(element, moment)
    if element in state.sealing.returning:
        return Outcome()
    return Outcome(rows={(RETURNING, element): Returning(due=_drawn(_RETURNED_AFTER_MS, moment))})


def _drawn(within: tuple[int, int], moment: Moment) -> int:
    least, most = within
    return moment.now + least + int.from_bytes(moment.draw.take(4), "big") % (most - least + 1)


def _withdrawn(element: str, moment: Moment) -> Outcome:
    rows: dict[RowKey, Row | None] = {
        (AUTHORSHIP, element): None,
        (REWORDING, element): None,
        (RETURNING, element): None,
        (UNEXPORTED, element): None,
        (PLEA, element): None,
        (LEAVING, element): Leaving(due=moment.now + ERASED_AFTER_MS),
    }
    changes: tuple[Change, ...] = ()
    if moment.board.element(element) is not None:
        changes = (Patch(element, {"del": 1, "txt": ""}),)
    return Outcome((Withdrawn(at=moment.now),), rows=rows, changes=changes)


def _require(sealing: Sealing, element: str, key: str) -> None:
    if not sealing.keys.get(element, _NOBODY).proof.is_of(hash_of(key)):
        raise Refusal("unknown", "This is not a note that you can change.")


def _require_nameless(sealing: Sealing, element: str, moment: Moment) -> None:
    """Whoever's name is with a note takes it back themselves, and no host does.

    Raises:
        Refusal: `unknown` if it is no note without a name.
    """
    if element not in sealing.keys or moment.board.author(element) is not None:
        raise Refusal("unknown", "This is not a note without a name.")


def wakes_at(state: State) -> int | None:
    """When the next note has its new words, or is taken back."""
    sealing = state.sealing
    dates = [row.due for row in sealing.rewording.values()] + [row.due for row in sealing.returning.values()]
    return min(dates, default=None)


def due(state: State, _: frozenset[SeatId], moment: Moment) -> Outcome:
    """New words for notes whose time has come, in no order that tells when they were asked for; others go."""
    going = sorted(id for id, row in state.sealing.returning.items() if row.due <= moment.now)
    ready = {id: row for id, row in state.sealing.rewording.items() if row.due <= moment.now}
    here = [id for id in sorted(ready) if (element := moment.board.element(id)) is not None and not element.deleted]
    changes = tuple(Patch(id, {"txt": ready[id].text}) for id in here)
    outcome = Outcome(rows={(REWORDING, id): None for id in ready}, changes=changes)
    for id in going:
        outcome = outcome.then(_withdrawn(id, moment))
    return outcome


def leaving(state: State) -> tuple[int, frozenset[str]] | None:
    """When, in Unix milliseconds, which elements are to be erased; None if none are."""
    waits = state.sealing.leaving
    return (min(row.due for row in waits.values()), frozenset(waits)) if waits else None
