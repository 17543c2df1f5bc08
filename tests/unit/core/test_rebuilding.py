"""What is erased is gone, what is not is as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pycrdt import Doc, Map, Text

from harvestry.core.access import BoardId, Holder, SeatId
from harvestry.core.gathering.gathering import dump
from harvestry.core.gathering.plan import Attribution
from harvestry.core.gathering.sealed import Authorship, Proof, Sealed
from harvestry.core.ports import Erasure, Rebuilt, StoredBoard
from harvestry.core.rebuilding import UnknownElement, Wish, erased, is_worthwhile, rebuilt
from harvestry_crdt import Board, DamagedBoard, Element

ANN, BOB = SeatId("ann_________"), SeatId("bob_________")
FRESH = 900
PROOF = Proof.of("A" * 43, bytes(32))


def stored() -> StoredBoard:
    """Ann (client 10) and Bob (client 20) on one board, with words of each in what the other made."""
    doc: Doc[Any] = Doc(client_id=10)
    els = doc.get("els", type=Map)
    doc.get("meta", type=Map)["v"] = 1
    with doc.transaction():
        els["frame_______"] = Map({"t": "frame", "g": [100, 200, 500, 500], "txt": Text("a frame")})
        els["inner_______"] = Map({"t": "frame", "g": [5, 6, 90, 90], "p": "frame_______", "txt": Text("inside")})
        els["annsnote____"] = Map({"t": "note", "g": [1, 2, 184, 104], "p": "inner_______", "txt": Text("of Ann")})
        els["annsconn____"] = Map({"t": "conn", "g": [0, 0, 1, 1], "d": {"a": {"x": 0, "y": 0}, "b": {"x": 1, "y": 1}}})
        els["annscard____"] = Map({"t": "card", "g": [0, 0, 9, 9], "d": Map({"ht": "theme", "title": Text("Card")})})
        els["gone________"] = Map({"t": "note", "g": [0, 0, 9, 9], "del": 1, "txt": Text("deleted words")})
    bob: Doc[Any] = Doc(client_id=20)
    els = bob.get("els", type=Map)
    bob.apply_update(doc.get_update())
    with bob.transaction():
        els["bobsnote____"] = Map({"t": "note", "g": [7, 8, 184, 104], "p": "frame_______", "txt": Text("of Bob")})
        els["annsnote____"]["txt"].insert(3, "BOBWROTE ")
        els["annscard____"]["d"]["title"].insert(0, "BOBTITLED ")
        els["annsconn____"]["d"] = {"a": {"x": 0, "y": 0}, "b": {"x": 2, "y": 2}, "label": "BOBLABEL"}
        els["annsnote____"]["s"] = {"prompt": "BOBSTYLE", "bold": True}
        els["annsnote____"]["c"] = "sage"
    authors = {id: Holder(BOB if id == "bobsnote____" else ANN) for id in els}
    leases = {10: Holder(ANN), 20: Holder(BOB)}
    seats = {ANN: "Ann", BOB: "Bob"}
    return StoredBoard(BoardId("a" * 16), "", 3, 7, 0, None, [bob.get_update()], leases, authors, seats)


def read(history: Rebuilt) -> dict[str, Element]:
    board = Board.load(history.state, (), client_id=1)
    try:
        return board.elements()
    finally:
        board.close()


def erase(wish: Wish) -> tuple[Rebuilt, frozenset[str]]:
    return erased(stored(), wish, client_id=FRESH, at=50)


BEFORE = read(rebuilt(stored(), client_id=FRESH))


def test_a_rebuilt_board_goes_on_in_the_next_epoch_and_keeps_its_authors() -> None:
    """[EPO-1] [EPO-3]"""
    history = rebuilt(stored(), client_id=FRESH, leap=5)
    assert (history.after, history.epoch, history.retired) == ((3, 7), 8, frozenset({10, 20}))
    assert history.authors == stored().authors
    assert BEFORE.keys() == history.authors.keys()


def test_an_element_goes_with_its_words_and_nothing_else_goes() -> None:
    """[ERA-1]"""
    history, gone = erase(Wish(elements=frozenset({"annsnote____"})))
    assert gone == {"annsnote____"}
    assert b"of Ann"[:3] not in history.state.replace(b"of Bob", b"")
    assert read(history) == {id: element for id, element in BEFORE.items() if id not in gone}
    assert "annsnote____" not in history.authors
    assert history.erasures == (Erasure("element", "annsnote____", 0),)


def test_what_is_deleted_goes() -> None:
    """[ERA-1]"""
    history, gone = erase(Wish(deleted=True))
    assert gone == {"gone________"}
    assert b"deleted words" not in history.state
    assert b"deleted words" in rebuilt(stored(), client_id=FRESH).state


def test_what_stands_in_a_frame_that_goes_stays_where_it_was() -> None:
    """[ERA-1]"""
    history, _ = erase(Wish(elements=frozenset({"inner_______"})))
    note = read(history)["annsnote____"]
    assert (note.geometry, note.parent) == ((6, 8, 184, 104), "frame_______")
    history, _ = erase(Wish(elements=frozenset({"inner_______", "frame_______"})))
    note = read(history)["annsnote____"]
    assert (note.geometry, note.parent) == ((106, 208, 184, 104), None)
    assert read(history)["bobsnote____"].geometry == (107, 208, 184, 104)


def test_a_person_goes_with_all_they_made_and_typed() -> None:
    """[ERA-2]"""
    history, gone = erase(Wish(seats=frozenset({BOB})))
    assert gone == {"bobsnote____"}
    for words in (b"of Bob", b"BOBWROTE", b"BOBTITLED", b"BOBLABEL", b"BOBSTYLE"):
        assert words in rebuilt(stored(), client_id=FRESH).state
        assert words not in history.state
    left = read(history)
    assert left["annsnote____"].text == "of Ann"
    assert dict(left["annsnote____"].style) == {"bold": True}
    assert left["annscard____"].payload == {"ht": "theme", "title": "Card"}
    assert left["annsconn____"].payload == {"a": {"x": 0, "y": 0}, "b": {"x": 2, "y": 2}}
    assert (history.forgotten, history.erasures[-1]) == (frozenset({BOB}), Erasure("seat", BOB, 0))
    history, gone = erase(Wish(seats=frozenset({ANN})))
    assert read(history).keys() == {"bobsnote____"}


def test_what_is_kept_back_of_a_person_or_about_an_element_goes_with_them() -> None:
    """[ERA-2] Sealed notes name their author until they are revealed; then they are named after their element."""
    terms: dict[str, Any] = {"number": 1, "phase": "write", "region": "see", "attribution": Attribution.NONE}
    notes = {
        ("note", key): Sealed(note=key, seat=seat, text=f"of {seat}", proof=PROOF, **terms)
        for key, seat in (("one", ANN), ("two", BOB), ("three", ANN))
    }
    rows = {**notes, ("key", "bobsnote____"): Authorship(proof=PROOF), ("key", "annsnote____"): Authorship(proof=PROOF)}
    board = replace(stored(), vault={key: dump(row) for key, row in rows.items()})
    of_ann, _ = erased(board, Wish(seats=frozenset({ANN})), client_id=FRESH, at=50)
    assert of_ann.rows == {("note", "one"), ("note", "three"), ("key", "annsnote____")}
    of_bobs, _ = erased(board, Wish(frozenset({"bobsnote____"})), client_id=FRESH, at=50)
    assert of_bobs.rows == {("key", "bobsnote____")}
    assert rebuilt(board, client_id=FRESH).rows == frozenset()


def test_a_drawing_that_somebody_put_into_another_s_element_takes_it_along() -> None:
    """[ERA-2] Nothing else is in there."""
    doc: Doc[Any] = Doc(client_id=10)
    els = doc.get("els", type=Map)
    els["ink_________"] = Map({"t": "ink", "g": [0, 0, 9, 9], "d": b"first"})
    bob: Doc[Any] = Doc(client_id=20)
    bob_els = bob.get("els", type=Map)
    bob.apply_update(doc.get_update())
    bob_els["ink_________"]["d"] = b"second"
    board = replace(stored(), updates=[bob.get_update()], authors={"ink_________": Holder(ANN)})
    history, gone = erased(board, Wish(seats=frozenset({BOB})), client_id=FRESH, at=1)
    assert gone == {"ink_________"}
    assert b"second" not in history.state


def test_what_is_not_there_is_not_erased_unless_a_list_names_it() -> None:
    """[ERA-1] [ERA-4]"""
    wish = Wish(elements=frozenset({"nowhere_____", "gone________"}))
    with pytest.raises(UnknownElement, match="nowhere_____"):
        erase(wish)
    listed = [Erasure("element", "nowhere_____", 1), Erasure("element", "gone________", 2), Erasure("seat", BOB, 3)]
    assert Wish.of(listed) == Wish(wish.elements, frozenset({BOB}))
    _, gone = erased(stored(), Wish.of(listed), client_id=FRESH, at=50, strict=False)
    assert gone == {"gone________", "bobsnote____"}


def test_a_board_that_does_not_load_is_left_alone() -> None:
    damaged = replace(stored(), updates=[b"rubbish"])
    with pytest.raises(DamagedBoard):
        rebuilt(damaged, client_id=FRESH)
    with pytest.raises(DamagedBoard):
        erased(damaged, Wish(deleted=True), client_id=FRESH, at=1)


def test_rebuilding_unasked_has_to_save_much() -> None:
    """[EPO-5]"""
    board = stored()
    history = rebuilt(board, client_id=FRESH)
    assert not is_worthwhile(board, history, size=2 * len(history.state))
    assert is_worthwhile(board, history, size=17 * len(history.state))
    assert is_worthwhile(replace(board, updates=[b"x" * 5 * len(history.state)]), history, size=0)
