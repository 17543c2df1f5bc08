"""Edits that are taken and undone, on the network that loses, repeats and reorders: all replicas end up equal.

A host and participants edit at once; the host locks the board, and elements, whenever chance says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc

from harvestry_crdt import Board
from support.dice import Dice
from support.hosted import Hosted
from support.network import Network
from support.peers import Peer
from support.storm import Seeded, read_vector, view_of

STEPS = 300


def assert_equal(network: Network) -> dict[str, dict[str, Any]]:
    """Everybody shows what the log says, in every letter; returns it."""
    server = Doc[Any]()
    for row in network.disk.rows:
        server.apply_update(row)
    values, vector = view_of(server), read_vector(server.get_state())
    loaded = Board.load(None, network.disk.rows, client_id=77)
    assert read_vector(loaded.state_vector()) == vector
    for peer in network.peers:
        assert read_vector(peer.doc.get_state()) == vector, f"{peer.name} knows something else"
        assert view_of(peer.doc) == values, f"{peer.name} shows something else"
        assert Board.load(peer.doc.get_update(), (), client_id=77).elements() == loaded.elements()
    return values


@pytest.mark.parametrize("seed", range(24))
def test_replicas_converge_while_a_host_locks_and_unlocks(seed: int) -> None:
    """[SYN-1] [SYN-2] [SYN-3] [GAT-6]"""
    network = Hosted(Seeded(seed))
    for _ in range(STEPS):
        network.step()
    network.settle()
    assert_equal(network)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(seed=st.integers(0, 1 << 30), steps=st.integers(1, 80))
def test_replicas_converge_in_the_shortest_runs_too(seed: int, steps: int) -> None:
    """[SYN-2]"""
    network = Hosted(Dice(seed))
    for _ in range(steps):
        network.step()
    network.settle()
    assert_equal(network)


@pytest.mark.parametrize("seed", range(10))
def test_on_a_locked_board_nothing_of_what_others_do_stays(seed: int) -> None:
    """[SYN-2] [GAT-6]"""
    network = Hosted(Seeded(1_000 + seed))
    for _ in range(STEPS // 2):
        network.step()
    network.settle()
    network.lock(True)
    network.settle()
    before = assert_equal(network)
    told = network.told()
    for _ in range(30):
        peer = network._any(network.others)
        peer.act(peer.storm.next(view_of(peer.doc)).action)
        if network._chance.integer(0, 4) == 0:
            network.settle()
    network.settle()
    assert assert_equal(network) == before
    assert (network.told() - told)["locked"] > 0
    network.lock(False)
    network.settle()
    network.others[0].act(_a_note(network.others[0]))
    network.settle()
    assert assert_equal(network) != before


@pytest.mark.parametrize("seed", range(10))
def test_what_a_host_has_locked_nobody_else_changes(seed: int) -> None:
    """[SYN-2] [GAT-6]"""
    network = Hosted(Seeded(2_000 + seed))
    for _ in range(STEPS // 2):
        network.step()
    network.lock(False)
    network.settle()
    locked = _locked(assert_equal(network))
    for _ in range(60):
        peer = network._any(network.others)
        view = view_of(peer.doc)
        # Only what is locked is tried, where there is any.
        peer.act(peer.storm.next({id: view[id] for id in locked if id in view} or view).action)
        if network._chance.integer(0, 4) == 0:
            network.settle()
    network.settle()
    after = assert_equal(network)
    assert _locked(after) == locked


def test_these_runs_bring_every_reason() -> None:
    """A model that quietly stopped locking would make every test here weaker."""
    told: Counter[str] = Counter()
    for seed in range(8):
        network = Hosted(Seeded(seed))
        for _ in range(STEPS):
            network.step()
        network.settle()
        told += network.told()
    # Writing into something removed needs a meeting that is rare in so few runs.
    assert set(told) >= {"locked", "element_locked", "role"}


def _locked(view: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {id: dict(values) for id, values in view.items() if values.get("lk")}


def _a_note(peer: Peer) -> Any:
    while (gust := peer.storm.next({})).kind != "note":
        pass
    return gust.action
