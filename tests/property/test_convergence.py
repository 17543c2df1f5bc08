"""Whatever is edited, and whatever happens to the frames: all replicas end up equal, and so does the server's disk.

Byte equality is not looked for, since engines merge structs differently; state vectors, values and typed elements are.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map

from harvestry_crdt import COLOURS as SCHEMA_COLOURS
from harvestry_crdt import KEYS as SCHEMA_KEYS
from harvestry_crdt import KINDS as SCHEMA_KINDS
from harvestry_crdt import Board
from support.naive import SoloBoard
from support.network import FAULTS, Network
from support.peers import NativePeer
from support.storm import COLOURS, KINDS, OPERATIONS, Create, Seeded, Set, Storm, carry_out, read_vector, view_of

# Long enough that most runs see every fault; hypothesis brings the short ones, which shrink.
LONG_RUN_STEPS = 400
LONG_RUNS = 60


class Drawn:
    """Chance that hypothesis decides, and can shrink."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def integer(self, low: int, high: int) -> int:
        return self._source.randint(low, high)


def assert_converged(network: Network) -> None:
    """Everybody holds the same, the room holds the same, and a room loaded from the log holds the same."""
    server = Doc[Any]()
    for row in network.disk.rows:
        server.apply_update(row)
    vector, values = read_vector(server.get_state()), view_of(server)
    stored = network.disk.stored()
    reloaded = Board.load(stored.state, stored.updates, client_id=77)
    elements = reloaded.elements()
    for peer in network.peers:
        assert read_vector(peer.doc.get_state()) == vector, f"{peer.name} knows something else"
        assert view_of(peer.doc) == values, f"{peer.name} shows something else"
        assert Board.load(peer.doc.get_update(), (), client_id=77).elements() == elements
        assert peer.doc.get("meta", type=Map).get("title", "") == reloaded.title
    whole_log = Board.load(None, network.disk.rows, client_id=77)
    assert read_vector(reloaded.state_vector()) == read_vector(whole_log.state_vector()) == vector
    assert whole_log.elements() == elements
    assert reloaded.title == network.disk.title
    assert {name: element.kind for name, element in elements.items()} == {name: values[name]["t"] for name in values}
    network.naive.check(values)


@pytest.mark.parametrize("seed", range(LONG_RUNS))
def test_replicas_converge_through_a_network_that_reorders_duplicates_and_drops(seed: int) -> None:
    """[SYN-1] [SYN-2] [SYN-3] [SYN-4] [SYN-5] [GAT-6]"""
    network = Network(Seeded(seed), natives=2, stocks=2)
    for _ in range(LONG_RUN_STEPS):
        network.step()
    network.settle()
    assert_converged(network)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    source=st.randoms(use_true_random=False),
    natives=st.integers(0, 3),
    stocks=st.integers(0, 2),
    steps=st.integers(1, 60),
)
def test_replicas_converge_in_the_shortest_runs_too(
    source: random.Random, natives: int, stocks: int, steps: int
) -> None:
    """[SYN-2]"""
    network = Network(Drawn(source), natives=max(natives, 1), stocks=stocks)
    for _ in range(steps):
        network.step()
    network.settle()
    assert_converged(network)


@pytest.mark.parametrize("seed", range(20))
def test_edits_that_are_never_concurrent_lead_exactly_where_a_plain_dict_leads(seed: int) -> None:
    """[SYN-2]"""
    chance = Seeded(seed)
    network = Network(chance, natives=2, stocks=1)
    model = SoloBoard()
    network.settle()
    for _ in range(60):
        peer = network.peers[chance.integer(0, len(network.peers) - 1)]
        gust = peer.storm.next(view_of(peer.doc))
        if peer.act(gust.action):
            model.note(gust.action)
        network.settle()
        assert view_of(peer.doc) == model.board
    for peer in network.peers:
        assert view_of(peer.doc) == model.board


def test_the_storm_brings_every_kind_every_operation_and_every_fault() -> None:
    """A generator that quietly stopped making frames would make every other test here weaker."""
    done: set[tuple[str, str]] = set()
    faults: Counter[str] = Counter()
    for seed in range(LONG_RUNS // 3):
        network = Network(Seeded(seed), natives=2, stocks=2)
        for _ in range(LONG_RUN_STEPS):
            network.step()
        done |= {(gust.operation, gust.kind) for gust in network.gusts}
        faults += network.faults
    assert {operation for operation, _ in done} == set(OPERATIONS)
    for operation in (
        "create",
        "move",
        "resize",
        "recolour",
        "reparent",
        "reorder",
        "restyle",
        "lock",
        "delete",
        "remove",
    ):
        assert {kind for name, kind in done if name == operation} == set(KINDS), operation
    assert {kind for name, kind in done if name == "insert"} == {"note", "text", "shape", "frame", "card"}
    assert set(faults) == set(FAULTS)


def test_the_storm_knows_the_schema() -> None:
    storm = Storm(Seeded(0), "test")
    doc = Doc[Any]()
    keys: set[str] = set()
    for _ in range(1_200):
        gust = storm.next(view_of(doc))
        carry_out(doc, gust.action)
        keys |= _keys_of(gust.action)
    assert keys == set(SCHEMA_KEYS)
    assert set(KINDS) == set(SCHEMA_KINDS)
    assert COLOURS == SCHEMA_COLOURS


def _keys_of(action: object) -> set[str]:
    match action:
        case Create(_, _, values, text):
            return {"t", *values, *(() if text is None else ("txt",))}
        case Set(_, key, _):
            return {key.partition(".")[0]}
        case _:
            return set()


def test_a_loss_that_nobody_made_good_is_noticed() -> None:
    """The check itself: two replicas of which one missed an edit are not called equal."""
    network = Network(Seeded(3), natives=2, stocks=1)
    for _ in range(LONG_RUN_STEPS):
        network.step()
    network.settle()
    one, other = network.peers[0], network.peers[1]
    assert isinstance(one, NativePeer)
    one.act(one.storm.next(_living(view_of(other.doc))).action)
    with pytest.raises(AssertionError):
        assert_converged(network)


def _living(view: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return {name: values for name, values in view.items() if values["t"] == "note"}
