"""What ballots add up to, whatever they say and in whatever order they come."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harvestry.core.gathering.counting import FEWEST, count
from harvestry.core.gathering.plan import PollKind
from harvestry.core.gathering.polls import Given, Result

THINGS = tuple(f"thing-{number:06}" for number in range(4))
STAND = st.integers(0, 100)
BALLOTS: dict[PollKind, st.SearchStrategy[Given]] = {
    PollKind.FISTS: st.dictionaries(st.sampled_from(THINGS), st.integers(0, 5)),
    PollKind.BALANCE: st.dictionaries(st.sampled_from(THINGS), st.tuples(STAND, STAND)),
}


def answers(ballots: list[Given], thing: str) -> list[object]:
    return [ballot[thing] for ballot in ballots if isinstance(ballot, dict) and thing in ballot]


@settings(deadline=None)
@given(st.data(), st.sampled_from(list(BALLOTS)))
def test_of_each_thing_nothing_is_told_or_all_that_belongs_together(data: st.DataObject, kind: PollKind) -> None:
    """[DEC-6] [DEC-14] And it is the same in any order."""
    ballots = data.draw(st.lists(BALLOTS[kind], max_size=12))
    result = count(kind, ballots)
    assert count(kind, data.draw(st.permutations(ballots))) == result
    assert result.n == len(ballots)
    told = {thing: len(answers(ballots, thing)) for thing in THINGS if len(answers(ballots, thing)) >= FEWEST}
    assert result.totals == told
    assert result.fingers.keys() == (told.keys() if kind is PollKind.FISTS else set())
    assert result.balance.keys() == (told.keys() if kind is PollKind.BALANCE else set())
    for thing, number in told.items():
        agree(result, thing, number)


def agree(result: Result, thing: str, number: int) -> None:
    """The figures of one thing hold together."""
    if thing in result.fingers:
        held = result.fingers[thing]
        assert isinstance(result.mean, dict)
        assert isinstance(result.median, dict)
        assert isinstance(result.spread, dict)
        low, high = result.spread[thing]
        assert sum(held) == number
        assert (low, high) == (min(f for f in range(6) if held[f]), max(f for f in range(6) if held[f]))
        assert low <= result.median[thing] <= high
        assert result.mean[thing] == round(sum(f * many for f, many in enumerate(held)) / number, 2)
        # As many are at it or below as are at it or above, and these are at least half.
        assert 2 * sum(held[: int(result.median[thing]) + 1]) >= number
    else:
        for place in (result.balance[thing].today, result.balance[thing].wanted):
            assert place.spread[0] <= place.median <= place.spread[1]
