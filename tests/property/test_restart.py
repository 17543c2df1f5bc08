"""A server that ends at any moment and starts again from its log is the server it was."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvestry_crdt import Board
from support.network import Network
from support.storm import Seeded, read_vector

STEPS = 300


@pytest.mark.parametrize("seed", range(20))
def test_a_board_loaded_from_any_snapshot_and_the_rows_after_it_is_the_board(seed: int) -> None:
    """[STO-3]"""
    network = Network(Seeded(seed), natives=2, stocks=1)
    for _ in range(STEPS):
        network.step()
    rows = network.disk.rows
    whole = Board.load(None, rows, client_id=77)
    for at in range(0, len(rows), max(1, len(rows) // 8)):
        snapshot = Board.load(None, rows[:at], client_id=78).encode()
        again = Board.load(snapshot, rows[at:], client_id=79)
        assert again.elements() == whole.elements()
        assert read_vector(again.state_vector()) == read_vector(whole.state_vector())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(seed=st.integers(0, 10_000), source=st.randoms(use_true_random=False))
def test_a_server_that_restarts_in_the_middle_goes_on_where_it_was(seed: int, source: random.Random) -> None:
    """[SYN-9] [STO-2]"""
    network = Network(Seeded(seed), natives=2, stocks=1)
    for _ in range(4):
        for _ in range(source.randint(1, 60)):
            network.step()
        network.crash()
    network.settle()
    whole = Board.load(None, network.disk.rows, client_id=77)
    for peer in network.peers:
        assert read_vector(peer.doc.get_state()) == read_vector(whole.state_vector())
        assert Board.load(peer.doc.get_update(), (), client_id=77).elements() == whole.elements()
