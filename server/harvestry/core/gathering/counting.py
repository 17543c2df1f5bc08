"""What ballots add up to. Under five voters nothing is told but how many they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final, TypeVar

from harvestry.core.errors import InvalidState

from .plan import PollKind
from .polls import FINGERS, Balance, Choice, Given, Heat, Marked, Outcome, Place, Result, Span

__all__ = ["FEWEST", "count"]

T = TypeVar("T")

# With fewer, what one person answered can be told from what the others did.
FEWEST: Final = 5
# How many words a result tells of: each view of the gathering has them.
_MOST_TOLD: Final = 2_000
_NOTHING: Final[Mapping[str, str]] = {}


def count(
    kind: PollKind, ballots: Iterable[Given], *, changed: tuple[str, ...] = (), drafts: Mapping[str, str] = _NOTHING
) -> Result:
    """The result of a round, whatever order its ballots come in.

    Args:
        kind: Of which all ballots are.
        ballots: One for each voter.
        changed: Things that were given other words since the round began.
        drafts: Digests of what is there to be marked, as it reads now, by element.

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
        case PollKind.FISTS:
            return _fists(given, changed)
        case PollKind.BALANCE:
            return _balance(given, changed)
        case PollKind.MARKS:
            return _marked(given, drafts)


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
        totals={str(height): fingers.count(height) for height in FINGERS},
        mean=_mean(fingers),
        median=_median(fingers),
        spread=(min(fingers), max(fingers)),
        changed=changed,
    )


def _dots(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    dots: Counter[str] = Counter()
    for each in given:
        dots.update(_by_element(each))
    return Result(n=len(given), totals=dict(sorted(dots.items())), changed=tuple(e for e in changed if e in dots))


def _rated(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    stars = _enough(map(_by_element, given))
    return Result(
        n=len(given),
        totals={element: len(each) for element, each in stars.items()},
        mean={element: _mean(each) for element, each in stars.items()},
        spread={element: (min(each), max(each)) for element, each in stars.items()},
        changed=tuple(element for element in changed if element in stars),
    )


def _fists(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    result = _rated(given, changed)
    fists = _enough(map(_by_element, given))
    return result.model_copy(
        update={
            "median": {element: _median(each) for element, each in fists.items()},
            "fingers": {element: tuple(map(each.count, FINGERS)) for element, each in fists.items()},
        }
    )


def _balance(given: Sequence[Given], changed: tuple[str, ...]) -> Result:
    marks = _enough(map(_pairs_by_element, given))
    return Result(
        n=len(given),
        totals={element: len(each) for element, each in marks.items()},
        balance={
            element: Balance(today=_place([today for today, _ in each]), wanted=_place([wanted for _, wanted in each]))
            for element, each in marks.items()
        },
        changed=tuple(element for element in changed if element in marks),
    )


def _marked(given: Sequence[Given], drafts: Mapping[str, str]) -> Result:
    """Marks count for the words that were read. Of a draft that few have marked as it reads, nothing is told."""
    read: dict[str, list[Marked]] = {}
    before: dict[str, int] = {}
    for each in given:
        for element, marked in _marks_by_element(each).items():
            if marked.words == drafts.get(element):
                read.setdefault(element, []).append(marked)
            elif element in drafts:
                before[element] = before.get(element, 0) + 1
    enough = {draft: marks for draft, marks in read.items() if len(marks) >= FEWEST}
    return Result(
        n=len(given),
        totals={draft: len(marks) for draft, marks in sorted(enough.items())},
        heat=_heat(enough),
        changed=tuple(sorted(id for id, many in before.items() if many + len(read.get(id, ())) >= FEWEST)),
    )


def _heat(read: Mapping[str, Sequence[Marked]]) -> dict[str, Heat]:
    """By draft; of so many words that not all can be told, those of drafts that most people marked."""
    heat: dict[str, Heat] = {}
    told = 0
    for draft, marks in sorted(read.items(), key=lambda item: (-len(item[1]), item[0])):
        rings = _tally(span for marked in marks for span in marked.rings)
        jars = _tally(span for marked in marks for span in marked.jars)
        if told + len(rings) + len(jars) > _MOST_TOLD:
            continue  # A shorter one may fit.
        told += len(rings) + len(jars)
        heat[draft] = Heat(rings=rings, jars=jars)
    return dict(sorted(heat.items()))


def _tally(spans: Iterable[Span]) -> tuple[tuple[int, int], ...]:
    steps = Counter[int]()
    for first, last in spans:
        steps[first] += 1
        steps[last + 1] -= 1
    counts = accumulate(steps[word] for word in range(max(steps, default=0)))
    return tuple((word, many) for word, many in enumerate(counts) if many)


def _enough(ballots: Iterable[Mapping[str, T]]) -> Mapping[str, list[T]]:
    """What was given to each thing. Of what few have said anything of, nothing is told either."""
    by_element: dict[str, list[T]] = {}
    for ballot in ballots:
        for element, each in ballot.items():
            by_element.setdefault(element, []).append(each)
    return {element: given for element, given in sorted(by_element.items()) if len(given) >= FEWEST}


def _place(marks: list[int]) -> Place:
    return Place(median=_median(marks), spread=(min(marks), max(marks)))


def _mean(values: list[int]) -> float:
    return round(sum(values) / len(values), 2)


def _median(values: list[int]) -> float:
    ordered = sorted(values)
    return (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


def _by_element(given: Given) -> Mapping[str, int]:
    numbers = {id: each for id, each in _things(given).items() if isinstance(each, int)}
    return _all_of(numbers, given)


def _pairs_by_element(given: Given) -> Mapping[str, tuple[int, int]]:
    pairs = {id: each for id, each in _things(given).items() if isinstance(each, tuple)}
    return _all_of(pairs, given)


def _marks_by_element(given: Given) -> Mapping[str, Marked]:
    marks = {id: each for id, each in _things(given).items() if isinstance(each, Marked)}
    return _all_of(marks, given)


def _things(given: Given) -> Mapping[str, int | tuple[int, int] | Marked]:
    if not isinstance(given, dict):
        raise InvalidState("a ballot of another kind of poll")
    return {**given}


def _all_of(found: Mapping[str, T], given: Given) -> Mapping[str, T]:
    if len(found) < len(_things(given)):
        raise InvalidState("a ballot of another kind of poll")
    return found
