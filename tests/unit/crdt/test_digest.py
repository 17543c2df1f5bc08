"""Equal boards have equal digests, however they came about; the least difference shows."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Doc, Map, Text

from harvestry_crdt import Board, DamagedBoard, Element, Patch, Put, SetTitle, digest_of
from support.storm import Seeded, Storm, carry_out, view_of


def note(id: str, *, text: str = "words", deleted: bool = False) -> Element:
    return Element(id, "note", (0, 0, 184, 104), None, "a0", "barley", text, {}, None, 0, deleted)


def board_of(*changes: Any) -> bytes:
    board = Board(client_id=7)
    board.write([SetTitle("Harvest"), Put(note("A" * 12)), *changes])
    board.commit()
    try:
        return board.encode()
    finally:
        board.close()


def test_the_same_board_by_two_ways_has_one_digest() -> None:
    """[STO-6] A log replayed entry by entry, and the state that stands for it; with every kind and every operation."""
    doc: Doc[Any] = Doc(client_id=10)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    storm = Storm(Seeded(3), "abcd")
    for _ in range(600):
        carry_out(doc, storm.next(view_of(doc)).action)
    assert digest_of(None, updates) == digest_of(doc.get_update())
    assert digest_of(Doc().get_update(), updates) == digest_of(None, [doc.get_update()])


def test_replicas_that_took_the_same_in_another_order_have_one_digest() -> None:
    docs: list[Doc[Any]] = [Doc(client_id=client) for client in (10, 11)]
    base = board_of()
    for doc in docs:
        doc.get("els", type=Map)
        doc.apply_update(base)
        before = doc.get_state()
        doc.get("els", type=Map)["A" * 12]["g"] = [doc.client_id, 0, 184, 104]
        doc.get("els", type=Map)["A" * 12]["txt"].insert(0, str(doc.client_id))
        assert doc.get_state() != before
    ours, theirs = (doc.get_update() for doc in docs)
    assert digest_of(base, [ours, theirs]) == digest_of(base, [theirs, ours])


@pytest.mark.parametrize(
    "change",
    [
        SetTitle("Harvest."),
        Put(note("B" * 12)),
        Patch("A" * 12, {"txt": "word"}),
        Patch("A" * 12, {"g": [1, 0, 184, 104]}),
        Patch("A" * 12, {"del": 1}),
        Patch("A" * 12, {"c": None}),
    ],
    ids=str,
)
def test_the_least_difference_shows(change: Any) -> None:
    ours, theirs = digest_of(board_of()), digest_of(board_of(change))
    assert ours.view != theirs.view


def test_ink_is_read_by_its_bytes() -> None:
    def ink(payload: bytes) -> bytes:
        doc: Doc[Any] = Doc(client_id=10)
        doc.get("els", type=Map)["A" * 12] = Map({"t": "ink", "g": [0, 0, 1, 1], "z": "a0", "d": payload})
        return doc.get_update()

    assert digest_of(ink(b"\x01\x02")) == digest_of(ink(b"\x01\x02"))
    assert digest_of(ink(b"\x01\x02")).view != digest_of(ink(b"\x01\x03")).view


def test_an_update_that_is_missing_shows_in_the_state_vector() -> None:
    doc: Doc[Any] = Doc(client_id=10)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    els = doc.get("els", type=Map)
    for number in range(3):
        els[f"{number:012}"] = Map({"t": "note", "g": [0, 0, 1, 1], "z": "a0", "txt": Text("x")})
    whole = digest_of(None, updates)
    for missing in range(3):
        partial = digest_of(None, [update for number, update in enumerate(updates) if number != missing])
        assert partial.state_vector != whole.state_vector


def test_bytes_that_are_no_board_are_damage() -> None:
    with pytest.raises(DamagedBoard):
        digest_of(b"rubbish")
    with pytest.raises(DamagedBoard):
        digest_of(board_of()[:-1])
