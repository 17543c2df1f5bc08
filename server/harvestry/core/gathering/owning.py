"""What somebody has of their own in a gathering: to be read, found by a key, and taken back, all of it, at any time.

What stands on the board with their name they can read there; here is what is hidden even from them. Taking everything
back erases it as a note that is withdrawn is. What is the group's by now stays: a record that it agreed on, or that
others have put their names to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from harvestry.core.access import SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import Change, Element, Patch

from .authorship import ERASED_AFTER_MS, AuthorKey, Withdrawn
from .base import Actor, Command, Moment, Outcome, Row, RowKey
from .connecting import forgotten
from .plan import NO_WORDS
from .polls import Choice, Reason
from .sealed import LEAVING, SEALED, Leaving, hash_of
from .state import State

__all__ = ["COMMANDS", "Aside", "Delete", "Deleted", "Find", "decide", "delete", "found"]

# What is told at once of what was set aside.
_MOST_TOLD: Final = 40


class Aside(Command):
    """Read one's own words that hosts have set aside, and that nobody else is told."""

    kind: Literal["own.aside"] = "own.aside"


class Find(Command):
    """Ask which note without a name is one's own, by its key."""

    kind: Literal["own.find"] = "own.find"
    key: AuthorKey


class Delete(Command):
    """Take back everything that stands under one's own name, and what is held for oneself alone."""

    kind: Literal["own.delete"] = "own.delete"


COMMANDS: Final = (Aside, Find, Delete)


def decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    """What comes of a command about what is one's own.

    Raises:
        Refusal: `unknown` if a key is no note's.
    """
    match command:
        case Aside():
            kept = {id: one for id, one in state.moderating.kept.items() if one.author == actor.seat}
            told = [{"element": id, "text": _words(one.values)} for id, one in sorted(kept.items())]
            return Outcome(value={"notes": told[:_MOST_TOLD]})
        case Find(key=key):
            return Outcome(value={"element": _found(state, key)})
        case Delete():
            deleted = delete(state, actor.seat, moment)
            return replace(deleted.outcome, value={"gone": deleted.gone, "stays": deleted.stays})
        case _:
            raise InvalidState(f"{command.kind} is no command about what is one's own")


def _found(state: State, key: str) -> str:
    element = found(state, (key,)).get(key)
    if element is None:
        raise Refusal("unknown", "This key is no note's here.")
    return element


def found(state: State, keys: Iterable[str]) -> dict[str, str]:
    """The notes without a name that keys are of, by key; no note that is about to be taken back.

    All notes are gone through once, however many keys there are, and each is held against the few keys it may be of.
    A key is one note's: clients draw one for each, and `sealing` writes nothing more under one that is on the board.
    """
    hashes: dict[str, list[str]] = {}
    for key in keys:
        # Two spellings may be of the same bytes.
        hashes.setdefault(hash_of(key), []).append(key)
    tried: dict[str, list[str]] = {}
    for hashed in hashes:
        tried.setdefault(hashed[0], []).append(hashed)
    fits: dict[str, str] = {}
    for element, row in state.sealing.keys.items():
        hint = row.proof.hint
        # As many are tried whether or not one fits.
        for hashed in hashes if hint is None else tried.get(hint, ()):
            if row.proof.is_of(hashed) and element not in state.sealing.returning:
                fits |= dict.fromkeys(hashes[hashed], element)
    return fits


@dataclass(frozen=True, slots=True)
class Deleted:
    """What comes of taking everything back.

    Attributes:
        gone: How many elements go.
        stays: How many are the group's by now.
    """

    outcome: Outcome
    gone: int
    stays: int


def delete(state: State, seat: SeatId, moment: Moment) -> Deleted:
    """Take back everything that stands under a seat's own name, and what is held for it alone."""
    # Only what is theirs is read: a board may have a thousand times as much.
    made = moment.board.made().get(seat, ())
    elements = {
        id: element
        for id in made
        if moment.board.author(id) == seat and (element := moment.board.element(id)) is not None
    }
    mine = set(elements)
    mine |= {id for id, one in state.moderating.kept.items() if one.author == seat}
    mine -= state.sealing.leaving.keys()
    stays = {id for id in mine if _is_the_groups(state, id, seat)}
    going = sorted(mine - stays)
    elements |= {id: element for id in mine - elements.keys() if (element := moment.board.element(id)) is not None}
    here = {id for id in mine if id in elements and not elements[id].deleted}
    changes = tuple(_taken_off(elements[id]) for id in going if id in here)
    rows: dict[RowKey, Row | None] = {(LEAVING, id): Leaving(due=moment.now + ERASED_AFTER_MS) for id in going}
    rows |= {(SEALED, key): None for key in state.sealing.of_seat.get(seat, ())}
    rows |= {("reason", id): _unsaid(reason) for id, reason in state.deciding.reasons.items() if reason.seat == seat}
    rows |= {
        ("ballot", mark): ballot.model_copy(update={"seat": None, "reason": None, "reasons": {}})
        for mark, ballot in state.deciding.ballots.items()
        if ballot.seat == seat
    }
    rows |= {("mod.said", id): None for id, said in state.moderating.said.items() if said.by == seat}
    rows |= {("named", f"{id}:{seat}"): None for id, names in state.recording.names.items() if seat in names}
    rows |= {
        ("stood", f"{id}:{one.at}"): None
        for id, stood in state.recording.standing.items()
        for one in stood
        if one.seat == seat
    }
    rows |= forgotten(state, seat)
    rows |= {("offered", id): None for id, offer in state.recording.offers.items() if seat in (offer.to, offer.by)}
    count = sum(id in here or id in state.moderating.kept for id in going)
    happened = (Withdrawn(at=moment.now, count=count),) if count else ()
    outcome = Outcome(happened, rows=rows, changes=changes, leaves_no_trace=bool(rows))
    return Deleted(outcome, count, len(stays & here))


def _words(values: Mapping[str, object]) -> str:
    """What something says that was set aside, a line for each field of a card."""
    fields = values.get("d") if values.get("t") == "card" else None
    said = [text for key, text in fields.items() if key not in NO_WORDS] if isinstance(fields, Mapping) else []
    texts = [values.get("txt"), *said]
    return "\n".join(text for text in texts if isinstance(text, str) and text)


def _unsaid(reason: Reason) -> Reason | None:
    """What stays of a reason: that somebody objected, until they say themselves that it is met."""
    if reason.choice is not Choice.OBJECTION:
        return None
    return reason.model_copy(update={"text": "", "seat": None})


def _is_the_groups(state: State, id: str, seat: SeatId) -> bool:
    return id in state.recording.agreed or bool(state.recording.names.get(id, {}).keys() - {seat})


def _taken_off(element: Element) -> Change:
    words: dict[str, object] = {} if element.text is None else {"txt": ""}
    # What others put into a frame stays where it is until the frame is erased, and goes on in the next one above.
    return Patch(element.id, words if element.kind == "frame" else {"del": 1, **words})
