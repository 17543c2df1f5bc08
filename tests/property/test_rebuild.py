"""A board that is rebuilt is the board people saw, and holds nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pycrdt import Doc, Map, Text

from harvestry_crdt import Board, Element, Put, named_clients, striking
from harvestry_crdt.wire import DELETED, GC, decode_update
from support.network import Network
from support.node_yjs import NodeYjs
from support.storm import Seeded, plain, read_vector, view_of

STEPS = 300
FRESH = 5_000_000


def stormy(seed: int) -> list[bytes]:
    """The log of a room that saw some weather."""
    network = Network(Seeded(seed), natives=2, stocks=1)
    for _ in range(STEPS):
        network.step()
    # The server may have died at the last step, with everything still in flight.
    network.settle()
    return network.disk.rows


def raw(state: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What another reader of the engine finds: the board's own map, and every element with every key."""
    doc: Doc[Any] = Doc()
    meta = doc.get("meta", type=Map)
    doc.apply_update(state)
    return plain(meta.to_py()), view_of(doc)


def shape(state: bytes) -> set[int]:
    """The kinds of content in an update by one client that deletes nothing."""
    blocks, deletions = decode_update(state)
    assert deletions == []
    (block,) = blocks
    assert (block[0], block[1]) == (FRESH, 0)
    return {struct[2] for struct in block[3]}


@pytest.mark.parametrize("seed", range(24))
def test_a_rebuilt_board_reads_as_before_and_remembers_nothing(seed: int) -> None:
    """[EPO-1]"""
    rows = stormy(seed)
    board = Board.load(None, rows, client_id=77)
    state = board.rebuilt(client_id=FRESH)
    assert raw(state) == raw(board.encode())
    again = Board.load(state, (), client_id=78)
    assert (again.elements(), again.title) == (board.elements(), board.title)
    assert again.known_client_ids() == {FRESH}
    assert shape(state).isdisjoint({GC, DELETED})


@pytest.mark.parametrize("seed", range(8))
def test_equal_boards_are_rebuilt_to_equal_bytes(seed: int) -> None:
    """[EPO-1] Whatever their histories, and in whatever order an engine hands things out."""
    rows = stormy(seed)
    board = Board.load(None, rows, client_id=77)
    state = board.rebuilt(client_id=FRESH)
    assert Board.load(None, rows, client_id=79).rebuilt(client_id=FRESH) == state
    assert Board.load(state, (), client_id=80).rebuilt(client_id=FRESH) == state
    other = Board.load(state, (), client_id=81)
    other.write([Put(note("otherelement", "one more"))])
    other.commit()
    assert other.rebuilt(client_id=FRESH) != state
    assert other.rebuilt(client_id=FRESH, without={"otherelement"}) == state


@pytest.mark.parametrize("seed", range(8))
def test_a_rebuilt_board_passes_the_gate_as_somebody_s_update(seed: int) -> None:
    """[EPO-1]"""
    state = Board.load(None, stormy(seed), client_id=77).rebuilt(client_id=FRESH)
    board = Board(client_id=82)
    board.admit(board.inspect(state))
    board.commit()
    assert raw(board.encode())[1] == raw(state)[1]


def test_yjs_reads_a_rebuilt_board_as_it_reads_the_board() -> None:
    """[EPO-1] And edits made on it merge."""

    async def scenario() -> None:
        async with NodeYjs() as node:
            for seed in range(12):
                board = Board.load(None, stormy(seed), client_id=77)
                state = board.rebuilt(client_id=FRESH)
                before, after = await node.read([board.encode()]), await node.read([state])
                assert (after.values, after.meta) == (before.values, before.meta)
                assert not after.pending
                assert after.vector == read_vector(Board.load(state, (), client_id=78).state_vector())

    asyncio.run(scenario())


def test_what_the_schema_does_not_know_is_kept() -> None:
    """[EPO-1] A later version may have left it there."""
    doc: Doc[Any] = Doc(client_id=9)
    els = doc.get("els", type=Map)
    odd = {"deep": [1, -2.5, 2**40, True, None, {"b": "\U0001f33e", "a": b"\x00\xff"}], "whole": -3_000_000_000}
    with doc.transaction():
        els["aaaaaaaaaaaa"] = Map({"t": "gadget", "g": [0, 0, 1, 1], "s": odd, "p": None, "txt": Text("\U0001f33eé")})
    board = Board.load(doc.get_update(), (), client_id=10)
    state = board.rebuilt(client_id=FRESH)
    assert raw(state) == raw(doc.get_update())
    assert raw(state)[1]["aaaaaaaaaaaa"]["s"] == plain(odd)
    assert Board.load(state, (), client_id=11).rebuilt(client_id=FRESH) == state


def test_elements_can_be_left_out_and_keys_changed() -> None:
    board = Board(client_id=1)
    board.write([Put(note("aaaaaaaaaaaa", "kept")), Put(note("bbbbbbbbbbbb", "secret"))])
    board.commit()
    patches = {"aaaaaaaaaaaa": {"g": [5, 6, 7, 8], "z": None}}
    state = board.rebuilt(client_id=FRESH, without={"bbbbbbbbbbbb"}, patches=patches)
    assert b"secret" not in state
    assert raw(state)[1] == {"aaaaaaaaaaaa": {"t": "note", "g": [5, 6, 7, 8], "c": "sage", "txt": "kept"}}


def test_ten_minutes_of_dragging_leave_nothing() -> None:
    """36,000 steps by a client that also writes two keys a step, which is what costs most."""
    board = Board(client_id=1)
    board.write([Put(note("aaaaaaaaaaaa", "dragged"))])
    board.commit()
    small = len(board.rebuilt(client_id=FRESH))
    doc: Doc[Any] = Doc(client_id=2)
    els = doc.get("els", type=Map)
    doc.apply_update(board.encode())
    with doc.transaction():
        for step in range(36_000):
            els["aaaaaaaaaaaa"]["g"] = [step, -step, 184, 104]
            els["aaaaaaaaaaaa"]["c"] = ("sage", "oat")[step % 2]
    board = Board.load(doc.get_update(), (), client_id=3)
    assert len(board.encode()) > 100_000
    assert len(board.rebuilt(client_id=FRESH)) < small + 40


@pytest.mark.parametrize("seed", range(6))
def test_what_some_clients_typed_can_be_struck_out(seed: int) -> None:
    rows = stormy(seed)
    board = Board.load(None, rows, client_id=77)
    state = board.encode()
    clients = sorted(board.known_client_ids())[:1]
    words = striking(state, clients)
    assert named_clients(words) <= frozenset(clients)
    left = Board.load(state, [words], client_id=78)
    mine = "".join(
        str(struct[9])
        for client, _, _, structs in decode_update(left.encode(), trusted=True)[0]
        for struct in structs
        if struct[2] == 4 and client in clients
    )
    assert mine == ""
    assert left.elements().keys() == board.elements().keys()
    assert Board.load(state, [striking(state, [FRESH])], client_id=79).elements() == board.elements()


def test_every_client_an_update_names_is_found() -> None:
    board = Board(client_id=1)
    board.write([Put(note("aaaaaaaaaaaa", "words"))])
    first = board.commit()
    assert named_clients(first) == {1}
    doc: Doc[Any] = Doc(client_id=2)
    els = doc.get("els", type=Map)
    doc.apply_update(board.encode())
    vector = doc.get_state()
    els["aaaaaaaaaaaa"]["txt"].insert(2, "more")
    assert named_clients(doc.get_update(vector)) == {1, 2}
    vector = doc.get_state()
    del els["aaaaaaaaaaaa"]
    assert named_clients(doc.get_update(vector)) == {1, 2}
    assert named_clients(b"rubbish") == frozenset()


def note(id: str, text: str) -> Element:
    """A note."""
    return Element(id, "note", (0, 0, 184, 104), None, "a0", "sage", text, {}, None, 0, False)
