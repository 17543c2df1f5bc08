"""The regression corpus: every hostile frame ever found, and the one answer to it."""

import json
from pathlib import Path

import pytest

from harvestry_crdt import Board, GateError, MissingPredecessor
from support.updates import any_, block, gc, item, note, update, value, varint

_SERVER = 999
_SEQUENCES = json.loads((Path(__file__).parents[2] / "vectors" / "out_of_order.json").read_text(encoding="utf-8"))
_VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "updates.json").read_text(encoding="utf-8"))


def _board() -> Board:
    board = Board(client_id=_SERVER)
    board.commit()
    return board


def _answer(board: Board, data: bytes) -> str:
    try:
        edit = board.inspect(data)
    except GateError as error:
        return error.code
    board.admit(edit)
    board.commit()
    return "ok"


@pytest.mark.parametrize("vector", _VECTORS, ids=[vector["name"] for vector in _VECTORS])
def test_every_known_frame_has_its_answer(vector: dict[str, str]) -> None:
    """[GAT-1, GAT-4]"""
    board = _board()
    assert _answer(board, bytes.fromhex(vector["hex"])) == vector["answer"]
    assert Board.load(board.encode(), (), client_id=1).elements() == board.elements()


@pytest.mark.parametrize("depth", [5, 10_000, 26_300, 100_000])
def test_values_nested_deep_are_refused_without_recursion(depth: int) -> None:
    nested = b"\x75\x01" * depth + b"\x7e"
    assert _answer(_board(), update(block(7, 0, item(8, b"\x01" + nested, parent="meta", key="v")))) == "malformed"


def test_maps_nested_a_hundred_thousand_deep_are_refused() -> None:
    structs = [item(7, b"\x01", parent="els", key="abcdefghijkl")]
    structs += [item(7, b"\x01", parent=(7, clock), key="d") for clock in range(100_000)]
    assert _answer(_board(), update(block(7, 0, *structs))) == "malformed"


def test_maps_nested_a_few_deep_are_refused_too() -> None:
    structs = [*note(7), item(7, b"\x01", parent=(7, 0), key="d"), item(7, b"\x01", parent=(7, 4), key="d")]
    assert _answer(_board(), update(block(7, 0, *structs))) == "schema"


@pytest.mark.parametrize("clients", [65, 32_000, 40_000])
def test_more_clients_than_people_send_are_refused(clients: int) -> None:
    blocks = [block(1_000 + n, 0, value("title", "x", parent="meta")) for n in range(clients)]
    assert _answer(_board(), update(*blocks)) == "malformed"


def test_sixty_four_clients_are_taken() -> None:
    blocks = [block(1_000 + n, 0, value("title", f"{n}", parent="meta")) for n in range(64)]
    assert _answer(_board(), update(*blocks)) == "ok"


@pytest.mark.parametrize(("structs", "answer"), [(8_192, "ok"), (8_193, "malformed")])
def test_structs_of_one_update_are_bounded(structs: int, answer: str) -> None:
    assert _answer(_board(), update(block(7, 0, *([gc(1)] * structs)))) == answer


@pytest.mark.parametrize(("length", "answer"), [(100_000, "ok"), (100_001, "malformed"), (1 << 30, "malformed")])
@pytest.mark.parametrize("ref", [0, 1])
def test_runs_without_content_are_bounded(ref: int, length: int, answer: str) -> None:
    run = gc(length) if ref == 0 else item(1, varint(length), parent="els", key="abcdefghijkl")
    assert _answer(_board(), update(block(7, 0, run))) == answer


def test_the_nine_updates_that_hung_the_engine_are_each_refused_out_of_order() -> None:
    """Rebuilt as a chain of values in an array, sent backwards: nothing may ever become pending."""
    frames = [
        update(block(100, clock, item(8, b"\x02" + any_(None) * 2, origin=(100, clock - 1))))
        for clock in range(17, 1, -2)
    ]
    board = _board()
    for frame in frames:
        with pytest.raises(MissingPredecessor):
            board.inspect(frame)
    assert board.commit() == b""


@pytest.mark.parametrize("sequence", _SEQUENCES, ids=[sequence["name"] for sequence in _SEQUENCES])
def test_sequences_that_kill_the_engine_never_reach_it(sequence: dict[str, list[dict[str, str]]]) -> None:
    """[GAT-1] Found by applying changed updates out of order, each of them well formed."""
    board = _board()
    before = board.encode()
    for frame in sequence["frames"]:
        assert _answer(board, bytes.fromhex(frame["hex"])) == frame["answer"] != "ok"
    assert board.encode() == before
