"""What real Yjs clients send is never refused, and comes out of the board as Yjs has it."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvestry_crdt import Board, Element

_BOARDS = json.loads((Path(__file__).parents[2] / "vectors" / "honest.json").read_text(encoding="utf-8"))
_SERVER = 2**53 - 1


def _values(element: Element) -> dict[str, Any]:
    """An element with the keys it has on the wire; what is at its default counts as not there."""
    payload = {"bytes": element.payload.hex()} if isinstance(element.payload, bytes) else element.payload
    values = {
        "t": element.kind,
        "g": list(element.geometry),
        "p": element.parent,
        "z": element.z or None,
        "c": element.colour,
        "lk": element.locked or None,
        "s": dict(element.style) or None,
        "del": 1 if element.deleted else None,
        "txt": element.text,
        "d": payload,
    }
    return {key: value for key, value in values.items() if value is not None}


def _expected(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and (key, value) != ("lk", 0)}


@pytest.mark.parametrize("batch", [1, 5, 1_000])
@pytest.mark.parametrize("recorded", _BOARDS, ids=[recorded["name"] for recorded in _BOARDS])
def test_honest_updates_are_taken_and_mean_what_yjs_means(recorded: dict[str, Any], batch: int) -> None:
    board = Board(client_id=_SERVER)
    diffs = []
    for count, text in enumerate(recorded["updates"]):
        data = bytes.fromhex(text)
        board.admit(board.inspect(data))
        assert board.inspect(data).is_empty
        if count % batch == 0:
            diffs.append(board.commit())
    diffs.append(board.commit())
    assert {id: _values(element) for id, element in board.elements().items()} == {
        id: _expected(values) for id, values in recorded["elements"].items()
    }
    assert board.title == recorded["title"]
    for again in (
        Board.load(board.encode(), (), client_id=1),
        Board.load(None, [diff for diff in diffs if diff], client_id=1),
    ):
        assert again.elements() == board.elements()
        assert again.state_vector() == board.state_vector()
        assert all(again.inspect(bytes.fromhex(text)).is_empty for text in recorded["updates"])


@pytest.mark.parametrize("recorded", _BOARDS, ids=[recorded["name"] for recorded in _BOARDS])
def test_the_index_knows_what_the_engine_knows(recorded: dict[str, Any]) -> None:
    """Kept up edit by edit, the index equals the one made from the engine's own state."""
    board = Board(client_id=_SERVER)
    for text in recorded["updates"]:
        board.admit(board.inspect(bytes.fromhex(text)))
        board.commit()
    kept, made = board._gate.index, Board.load(board.encode(), (), client_id=1)._gate.index
    assert set(kept.living) == set(made.living) == set(board.elements())
    for client, runs in kept.clients.items():
        assert runs.end == made.clients[client].end
        assert list(runs.gone) == list(made.clients[client].gone)
    for index in (kept, made):
        for node in index.nodes:
            if node.kind == 4 and node.is_alive():
                element = board.elements()[node.element.name]
                text = element.payload[node.name] if isinstance(element.payload, dict) and node.name else element.text
                assert node.length == len(str(text).encode("utf-16-le")) // 2
