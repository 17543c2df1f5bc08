"""What a ballot may say, in each kind of poll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from harvestry.core.errors import Refusal

from .base import BoardReader
from .marking import words_in
from .options import digest, is_option, words
from .plan import PollKind, PollPlan
from .polls import FINGERS, LOW, Ballot, Choice, Given, Marked, marks_in

__all__ = ["require_valid"]

_STARS: Final = range(1, 6)


def require_valid(asks: PollPlan, ballot: Ballot, board: BoardReader, *, region: str | None) -> None:
    """Lets a ballot pass as it is, or refuses it as a whole.

    Args:
        asks: What the poll asks.
        ballot: As it would be kept.
        board: What can be voted on lies there.
        region: The element of the region that the poll is about, if it is about one and that is on the board.

    Raises:
        Refusal: `invalid`, `reason`, `option`, `most`, `budget` or `changed`.
    """
    _require_reasons_where_they_go(asks.kind, ballot)
    match asks.kind:
        case PollKind.CONSENT:
            if not isinstance(ballot.given, Choice):
                raise Refusal("invalid", "Expected consent, concern or objection.")
            if ballot.given is Choice.OBJECTION and ballot.reason is None:
                raise Refusal("reason", "Say what would do harm, so that the group can work with it.")
        case PollKind.FIST:
            if not isinstance(ballot.given, int):
                raise Refusal("invalid", "Expected a number from 0 to 5.")
        case PollKind.DOTS:
            dots = _numbers(ballot, range(1, asks.most + 1))
            _require_options(dots, board, region)
            if sum(dots.values()) > asks.budget:
                raise Refusal("budget", f"You have {asks.budget} dots.")
        case PollKind.RATING:
            _require_options(_numbers(ballot, _STARS), board, region)
        case PollKind.FISTS:
            _require_options(_numbers(ballot, FINGERS), board, region)
        case PollKind.BALANCE:
            if not isinstance(ballot.given, dict) or not all(isinstance(each, tuple) for each in ballot.given.values()):
                raise Refusal("invalid", "Expected two marks for each note.")
            _require_options(ballot.given, board, region)
        case PollKind.MARKS:
            marks = marks_in(ballot.given)
            if marks is None:
                raise Refusal("invalid", "Mark words of the drafts: nothing else is an answer here.")
            _require_options(marks, board, region)
            if sum(len(marked.rings) + len(marked.jars) for marked in marks.values()) > asks.budget:
                raise Refusal("budget", f"You have {asks.budget} marks.")
            for element, marked in marks.items():
                _require_words(marked, element, board)


def _require_reasons_where_they_go(kind: PollKind, ballot: Ballot) -> None:
    given = ballot.given
    if ballot.seat is not None and ballot.reason is None and not ballot.reasons:
        raise Refusal("invalid", "A name goes with a reason.")
    if ballot.reason is not None and not _is_asked_why(given):
        raise Refusal("invalid", "A reason goes with a concern, an objection, or two fingers or fewer.")
    held = given if kind is PollKind.FISTS and isinstance(given, dict) else {}
    if not all(isinstance(fingers := held.get(id), int) and fingers <= LOW for id in ballot.reasons):
        raise Refusal("invalid", "A reason goes with two fingers or fewer.")


def _is_asked_why(given: Given) -> bool:
    return given <= LOW if isinstance(given, int) else given in (Choice.CONCERN, Choice.OBJECTION)


def _numbers(ballot: Ballot, allowed: range) -> Mapping[str, int]:
    """What it gives to each thing."""
    given = ballot.given if isinstance(ballot.given, dict) else None
    numbers = {} if given is None else {id: number for id, number in given.items() if isinstance(number, int)}
    if given is None or len(numbers) < len(given) or any(number < allowed.start for number in numbers.values()):
        raise Refusal("invalid", "Expected a number for each note.")
    if any(number not in allowed for number in numbers.values()):
        raise Refusal("most", f"At most {allowed.stop - 1} for one.")
    return numbers


def _require_options(given: Iterable[str], board: BoardReader, region: str | None) -> None:
    if region is None or not all(is_option(board, region, element) for element in given):
        raise Refusal("option", "Only what is in this region can be voted on.")


def _require_words(marked: Marked, element: str, board: BoardReader) -> None:
    draft = board.element(element)
    if draft is None or digest(draft) != marked.words:
        raise Refusal("changed", "The words of a draft were changed since you marked them. Look at it again.")
    last = max(last for _, last in (*marked.rings, *marked.jars))
    if last >= len(words_in(words(draft))):
        raise Refusal("invalid", "A mark lies past the last word. Look at the draft again.")
