"""What ballots add up to. Under five voters nothing is told but how many they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
    n = len(given)
    suppressed = n < FEWEST
    match kind:
        case PollKind.CONSENT:
            # A group has to know whether it may go on, however small it is; who said what, it does not learn by that.
            choices = Counter(choice for choice in given if isinstance(choice, Choice))
            totals = {} if suppressed else {choice.value: choices[choice] for choice in Choice}
            return Result(n=n, suppressed=suppressed, totals=totals, outcome=_outcome(choices), changed=changed)
        case _ if suppressed:
            return Result(n=n, suppressed=True)
        case PollKind.FIST:
            fingers = [each for each in given if isinstance(each, int)]
            return Result(
                n=n,
                totals={str(height): fingers.count(height) for height in range(6)},
                mean=_mean(fingers),
                spread=(min(fingers), max(fingers)),
                changed=changed,
            )
        case PollKind.DOTS:
            dots: Counter[str] = Counter()
            for each in given:
                dots.update(_by_element(each))
            return Result(n=n, totals=dict(sorted(dots.items())), changed=tuple(e for e in changed if e in dots))
        case PollKind.RATING:
            return _rated(given, changed)


def _outcome(choices: Counter[Choice]) -> Outcome | None:
    if not choices:
        return None
    if choices[Choice.OBJECTION]:
        return "objections"
    return "concerns" if choices[Choice.CONCERN] else "consented"


def _rated(given: Iterable[Given], changed: tuple[str, ...]) -> Result:
    n = 0
    marks: dict[str, list[int]] = {}
    for each in given:
        n += 1
        for element, stars in _by_element(each).items():
            marks.setdefault(element, []).append(stars)
    # Of what few have rated, nothing is told either.
    enough = {element: stars for element, stars in sorted(marks.items()) if len(stars) >= FEWEST}
    return Result(
        n=n,
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
