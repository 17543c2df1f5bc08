"""The index: runs of clocks, and what of them is deleted."""

from hypothesis import given
from hypothesis import strategies as st

from harvestry_crdt.index import Runs


def test_neighbours_in_one_place_are_one_run() -> None:
    runs = Runs(7)
    for place in (16, 16, 17, 17, 16):
        runs.add(2, place)
    assert list(runs.starts) == [0, 4, 8]
    assert [runs.place(clock) for clock in range(10)] == [16] * 4 + [17] * 4 + [16] * 2


def test_a_draft_joins_the_run_it_continues() -> None:
    runs, draft = Runs(7), Runs(7, 2)
    runs.add(2, 16)
    draft.add(3, 16)
    draft.add(1, 17)
    runs.extend(draft)
    assert (list(runs.starts), list(runs.places), runs.end) == ([0, 5], [16, 17], 6)


def test_walking_yields_each_run_it_touches() -> None:
    runs = Runs(7)
    runs.add(3, 16)
    runs.add(3, 17)
    runs.add(3, 18)
    assert runs.walk(2, 8) == [(2, 3, 16), (3, 6, 17), (6, 8, 18)]
    assert runs.walk(3, 6) == [(3, 6, 17)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=30), st.integers(0, 60), st.integers(1, 20))
def test_deleted_ranges_agree_with_a_set(ranges: list[tuple[int, int]], first: int, length: int) -> None:
    runs, gone = Runs(7), set[int]()
    for start, size in ranges:
        runs.delete(start, start + size)
        gone.update(range(start, start + size))
    assert {clock for i in range(0, len(runs.gone), 2) for clock in range(runs.gone[i], runs.gone[i + 1])} == gone
    assert list(runs.gone) == sorted(set(runs.gone)), "ranges are ascending and apart"
    there = runs.still_there(first, first + length)
    assert {clock for a, b in there for clock in range(a, b)} == set(range(first, first + length)) - gone
