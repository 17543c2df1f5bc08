"""Erasing a whole gathering: a host asks for it, everybody is told, and until its time has come hosts can take it back.

The time is kept as a row of the vault, named after it, so that it comes whether or not anybody is there. When it has
come, nothing of the gathering is left to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Area, Command, Happening, Moment, Outcome, Row
from .capabilities import HOSTS
from .parts import Title
from .state import Asked, Erasing, State

__all__ = ["ERASING", "ERASURE", "ErasesAt"]

ERASURE: Final = "erasure"

# Long enough for everybody to hear of it; shorter while it is nobody's but the hosts'.
_COOLS_OFF_MS: Final = 24 * 3_600_000
_ALONE_MS: Final = 10 * 60_000
# Between asking for it once and once more: at first a minute, and each time twice as long, up to a day. Both asking and
# taking back are written down for good, and never refused for want of room.
_SOON_MS: Final = 60_000
_LONGEST_MS: Final = 24 * 3_600_000


class AskErasure(Command):
    """Have the whole gathering erased after a while: board, people, links, everything.

    Attributes:
        title: What the gathering is called, said once more, so that nobody does it by a slip.
    """

    kind: Literal["erase.ask"] = "erase.ask"
    title: Title


class KeepAll(Command):
    """Do not erase it after all."""

    kind: Literal["erase.keep"] = "erase.keep"


class ErasureAsked(Happening):
    """A host asked for the gathering to be erased."""

    kind: Literal["erase.asked"] = "erase.asked"
    due: int


class ErasureTakenBack(Happening):
    """It is not to be erased after all."""

    kind: Literal["erase.kept"] = "erase.kept"


class ErasesAt(Row):
    """The gathering is to be erased; the key is when, in Unix milliseconds.

    Attributes:
        at: When it was asked for, in Unix milliseconds.
        by: Who asked; not `seat`, because it holds when they are erased.
    """

    kind: Literal["erasure"] = "erasure"
    at: int
    by: str


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    now = state.erasing
    match command:
        case AskErasure(title=title):
            if now is not None:
                raise Refusal("asked", "It is to be erased already.")
            plan = state.show.plan
            if plan is None or title.strip() != plan.title.strip():
                raise Refusal("title", "This is not what the gathering is called.")
            last = state.erasure_asked
            if last.times and moment.now - last.at < min(_SOON_MS << min(last.times - 1, 16), _LONGEST_MS):
                raise Refusal("soon", "This was asked for only just now. Wait a little.")
            due = moment.now + (_ALONE_MS if _is_alone(state, actor.seat, moment) else _COOLS_OFF_MS)
            row = ErasesAt(at=moment.now, by=actor.seat)
            return Outcome(
                (ErasureAsked(at=moment.now, by=actor.seat, due=due),),
                rows={(ERASURE, str(due)): row},
                value={"due": due},
            )
        case KeepAll():
            if now is None:
                return Outcome()
            return Outcome((ErasureTakenBack(at=moment.now, by=actor.seat),), rows={(ERASURE, str(now.due)): None})
        case _:
            raise InvalidState(f"{command.kind} is no command about erasing")


def _is_alone(state: State, seat: SeatId, moment: Moment) -> bool:
    """Whether nobody but hosts has ever come, and nothing on the board is anybody's but this seat's.

    Whoever was removed has been here, and so has whoever wrote before there was a run of show.
    """
    people = state.people
    if people.others or people.removed or any(role not in HOSTS for role in people.roles.values()):
        return False
    return moment.board.made().keys() <= {seat}


def _evolve(state: State, happening: Happening) -> State:
    match happening:
        case ErasureAsked(at=at):
            # When it is due the row says: it is what the time is kept by.
            return replace(state, erasure_asked=Asked(state.erasure_asked.times + 1, at))
        case ErasureTakenBack():
            return state
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to a whole gathering")


def _keep(state: State, _: str, key: str, row: Row | None) -> State:
    if not isinstance(row, ErasesAt):
        return replace(state, erasing=None)
    return replace(state, erasing=Erasing(SeatId(row.by), row.at, int(key)))


def _common(state: State, _: Role) -> Mapping[str, object]:
    now = state.erasing
    return {"due": None} if now is None else {"by": now.by, "at": now.at, "due": now.due}


ERASING = Area(
    name="erasing",
    commands=(AskErasure, KeepAll),
    happenings=(ErasureAsked, ErasureTakenBack),
    rows=(ErasesAt,),
    decide=_decide,
    evolve=_evolve,
    keep=_keep,
    common=_common,
)
