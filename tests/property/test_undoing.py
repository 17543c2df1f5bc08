"""Whatever an edit does can be taken back in the transaction that applies it, and everybody ends up with one board."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.gate import agree
from harvestry_crdt import Board, SetTitle
from support.scene import SERVER, Replica, Scene
from support.storm import Seeded, Storm, read_vector, view_of

STEPS = 60


class Drawn:
    """Chance that hypothesis decides, and can shrink."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def integer(self, low: int, high: int) -> int:
        return self._source.randint(low, high)


@pytest.mark.parametrize("delay", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_everybody_ends_with_one_board_and_no_byte_of_what_was_undone(seed: int, delay: bool) -> None:
    """[GAT-8] [SYN-2]"""
    scene = Scene(Seeded(seed), delay=delay)
    for _ in range(STEPS):
        scene.step()
    scene.finish()
    assert scene.canaries


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(source=st.randoms(use_true_random=False), delay=st.booleans(), steps=st.integers(1, 30))
def test_the_shortest_scenes_end_with_one_board_too(source: random.Random, delay: bool, steps: int) -> None:
    """[GAT-8]"""
    scene = Scene(Drawn(source), delay=delay)
    for _ in range(steps):
        scene.step()
    scene.finish()


@pytest.mark.parametrize("seed", range(30))
def test_an_edit_that_is_wholly_undone_leaves_the_board_as_it_was(seed: int) -> None:
    """[GAT-8] And what its author does afterwards, knowing of it or not, is kept."""
    chance = Seeded(seed)
    board = Board(client_id=SERVER)
    board.write([SetTitle("Orchard")])
    first = board.commit()
    author, storm = Replica(7, first), Storm(chance, "auth")
    for step in range(STEPS):
        update = author.act(storm.next(view_of(author.doc)).action)
        if update is None:
            continue
        before = view_of(board._doc)
        edit = board.inspect(update)
        undone = step % 3 != 0 and step > 12
        board.admit(edit, undo=edit.operations if undone else ())
        diff = board.commit()
        agree(board)
        if undone:
            assert view_of(board._doc) == before
        author.doc.apply_update(diff)
        assert view_of(author.doc) == view_of(board._doc)
        assert read_vector(author.doc.get_state()) == read_vector(board.state_vector())
