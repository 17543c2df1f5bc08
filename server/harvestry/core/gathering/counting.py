"""What ballots add up to. Under five voters nothing is told but how many they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from harvestry.core.errors import InvalidState

from .plan import PollKind
from .polls import Choice, Given, Outcome, Result

__all__ = ["FEWEST", "count"]

# With fewer, what one person answered can be told from what the others did.
FEWEST: Final = 5


def count(kind: PollKind, ballots: Iterable[Given], *, changed: tuple[str, ...] = ()) -> Result:
    """The result of a round, whatever order its ballots come in.

    Args:
        kind: Of which all ballots are.
        ballots: One for each voter.
        changed: Things that were given other words since the round began.

    Raises:
        InvalidState: If a ballot is of another kind.
    """
    given = list(ballots)
    match kind:
        case PollKind.CONSENT:
            return _consent(given, changed)
        case _ if len(given) < FEWEST:
            return Result(n=len(given), suppressed=True)
        case PollKind.FIST:
            return _fist(given, changed)
        case PollKind.DOTS:
            return _dots(given, changed)
        case PollKind.RATING:
            return _rated(given, changed)


def _consent(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    # A group has to know whether it may go on, however small it is; who said what, it does not learn by that.
    suppressed = len(given) < FEWEST
    choices = Counter(choice for choice in given if isinstance(choice, Choice))
    totals = {} if suppressed else {choice.value: choices[choice] for choice in Choice}
    return Result(n=len(given), suppressed=suppressed, totals=totals, outcome=_outcome(choices), changed=changed)


def _outcome(choices: Counter[Choice]) -> Outcome | None:
    if not choices:
        return None
    if choices[Choice.OBJECTION]:
        return "objections"
    return "concerns" if choices[Choice.CONCERN] else "consented"


def _fist(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    fingers = [each for each in given if isinstance(each, int)]
    return Result(
        n=len(given),
        totals={str(height): fingers.count(height) for height in range(6)},
        mean=_mean(fingers),
        spread=(min(fingers), max(fingers)),
        changed=changed,
    )


def _dots(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    dots: Counter[str] = Counter()
    for each in given:
        dots.update(_by_element(each))
    return Result(n=len(given), totals=dict(sorted(dots.items())), changed=tuple(e for e in changed if e in dots))


def _rated(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    marks: dict[str, list[int]] = {}
    for each in given:
        for element, stars in _by_element(each).items():
            marks.setdefault(element, []).append(stars)
    # Of what few have rated, nothing is told either.
    enough = {element: stars for element, stars in sorted(marks.items()) if len(stars) >= FEWEST}
    return Result(
        n=len(given),
        totals={element: len(stars) for element, stars in enough.items()},
        mean={element: _mean(stars) for element, stars in enough.items()},
        spread={element: (min(stars), max(stars)) for element, stars in enough.items()},
        changed=tuple(element for element in changed if element in enough),
    )


def _mean(values: list[int]) -> float:
    return round(sum(values) / len(values), 2)


def _by_element(given: Given) -> Mapping[str, int]:
    if not isinstance(given, dict):
        raise InvalidState("a ballot of another kind of poll")
    return given
