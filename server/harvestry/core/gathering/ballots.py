"""What a ballot may say, in each kind of poll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from harvestry.core.errors import Refusal

from .base import BoardReader
from .options import is_option
from .plan import PollKind, PollPlan
from .polls import Ballot, Choice

__all__ = ["require_valid"]

_MOST_STARS: Final = 5


def require_valid(asks: PollPlan, ballot: Ballot, board: BoardReader, *, region: str | None) -> None:
    """Lets a ballot pass as it is, or refuses it as a whole.

    Args:
        asks: What the poll asks.
        ballot: As it would be kept.
        board: What can be voted on lies there.
        region: The element of the region that the poll is about, if it is about one and that is on the board.

    Raises:
        Refusal: `invalid`, `reason`, `option`, `most` or `budget`.
    """
    _require_reason_where_it_goes(ballot)
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
            dots = _numbers(ballot)
            _require_options(dots, board, region)
            _require_at_most(dots, asks.most)
            if sum(dots.values()) > asks.budget:
                raise Refusal("budget", f"You have {asks.budget} dots.")
        case PollKind.RATING:
            stars = _numbers(ballot)
            _require_options(stars, board, region)
            _require_at_most(stars, _MOST_STARS)


def _require_reason_where_it_goes(ballot: Ballot) -> None:
    is_asked = ballot.given in (Choice.CONCERN, Choice.OBJECTION)
    if (ballot.reason is not None or ballot.seat is not None) and not is_asked:
        raise Refusal("invalid", "A reason goes with a concern or an objection.")
    if ballot.seat is not None and ballot.reason is None:
        raise Refusal("invalid", "A name goes with a reason.")


def _numbers(ballot: Ballot) -> dict[str, int]:
    """What it gives to each thing."""
    if not isinstance(ballot.given, dict):
        raise Refusal("invalid", "Expected a number for each note.")
    return ballot.given


def _require_options(given: Iterable[str], board: BoardReader, region: str | None) -> None:
    if region is None or not all(is_option(board, region, element) for element in given):
        raise Refusal("option", "Only what is in this region can be voted on.")


def _require_at_most(numbers: Mapping[str, int], most: int) -> None:
    if any(number > most for number in numbers.values()):
        raise Refusal("most", f"At most {most} for one.")
