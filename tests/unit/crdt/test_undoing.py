"""Taking back what an edit did: one kind of operation at a time, and what comes after it."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Doc, Map, Text, UndoManager

from fuzz.gate import agree
from harvestry_crdt import Board, Edit, Element, Operation, Put, SetTitle
from harvestry_crdt.wire import decode_update
from support.storm import read_vector, view_of
from support.updates import (
    ANN,
    BEN,
    SERVER,
    block,
    deletions,
    item,
    note,
    string,
    update,
    value,
)

X, Y = "abcdefghijkl", "mnopqrstuvwx"
CANARY = "canary"


def element(id: str = X, kind: str = "note", **changes: object) -> Element:
    values: dict[str, object] = {
        "id": id,
        "kind": kind,
        "geometry": (1, 2, 184, 104),
        "parent": None,
        "z": "a0",
        "colour": "oat",
        "text": "hello world",
        "style": {"bold": True, "size": 1.5, "no": 2},
        "payload": None,
        "locked": 0,
        "deleted": False,
    }
    return Element(**{**values, **changes})  # type: ignore[arg-type]


CARD = element(kind="card", payload={"ht": "decision", "what": "we do", "who": "Ann"})
INK = element(kind="ink", text=None, payload=b"\x00\xff")


class Author:
    """Somebody with a copy of the board."""

    def __init__(self, board: Board, client_id: int = ANN) -> None:
        self.board = board
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.doc.apply_update(board.encode())
        self.made: list[bytes] = []
        self.watch = self.doc.observe(lambda event: self.made.append(event.update))

    @property
    def els(self) -> Map[Any]:
        els: Map[Any] = self.doc.get("els", type=Map)
        return els

    def sends(self) -> Edit:
        (made,) = self.made
        self.made.clear()
        return self.board.inspect(made)

    def hears(self, diff: bytes) -> None:
        self.doc.apply_update(diff)
        self.made.clear()


def board_with(*elements: Element, client_id: int = SERVER) -> Board:
    board = Board(client_id=client_id)
    board.write([SetTitle("Orchard"), *(Put(each) for each in elements)])
    board.commit()
    return board


def undo_all(board: Board, edit: Edit) -> bytes:
    board.admit(edit, undo=edit.operations)
    diff = board.commit()
    agree(board)
    return diff


def _type(els: Map[Any]) -> None:
    els[X]["txt"].insert(5, CANARY)


def _erase(els: Map[Any]) -> None:
    del els[X]["txt"][2:10]


def _type_and_erase_in_many_places(els: Map[Any]) -> None:
    text = els[X]["txt"]
    for at in (10, 4, 2):
        del text[at : at + 1]
        text.insert(at, CANARY)


def _move(els: Map[Any]) -> None:
    els[X]["g"] = [9, 9, 9, 9]


def _restyle(els: Map[Any]) -> None:
    els[X]["s"] = {"prompt": CANARY}


def _say_true_for_one(els: Map[Any]) -> None:
    els[X]["lk"] = True


def _bleach(els: Map[Any]) -> None:
    del els[X]["c"]


def _give_a_parent(els: Map[Any]) -> None:
    els[X]["p"] = Y


def _remove(els: Map[Any]) -> None:
    del els[X]


def _create(els: Map[Any]) -> None:
    els[Y] = Map({"t": "note", "g": [0, 0, 9, 9], "txt": Text(CANARY), "s": {"prompt": CANARY}})


def _replace(els: Map[Any]) -> None:
    del els[X]
    els[X] = Map({"t": "note", "g": [0, 0, 9, 9], "txt": Text(CANARY)})


def _do_everything(els: Map[Any]) -> None:
    _create(els)
    _type_and_erase_in_many_places(els)
    _move(els)
    _bleach(els)


@pytest.mark.parametrize(
    "act",
    [
        _type,
        _erase,
        _type_and_erase_in_many_places,
        _move,
        _restyle,
        _say_true_for_one,
        _bleach,
        _give_a_parent,
        _remove,
        _create,
        _replace,
        _do_everything,
    ],
)
@pytest.mark.parametrize(
    "before", [element(), element(locked=1, text="éllo 😀worlds"), CARD, INK], ids=lambda e: e.kind
)
def test_what_is_undone_leaves_everybody_with_what_was_there(act: Any, before: Element) -> None:
    """[GAT-8]"""
    if before.text is None and act in (_type, _erase, _type_and_erase_in_many_places, _do_everything):
        return
    board = board_with(before)
    title = board.title
    author, bystander = Author(board), Author(board, BEN)
    raw = view_of(board._doc)
    with author.doc.transaction():
        act(author.els)
    edit = author.sends()
    assert edit.operations
    diff = undo_all(board, edit)
    assert view_of(board._doc) == raw
    # True equals 1 in Python, and nowhere else.
    assert [repr(view_of(board._doc)[X].get(key)) for key in ("lk", "g")] == [repr(raw[X].get(k)) for k in ("lk", "g")]
    assert board.elements() == {X: before}
    assert board.title == title
    for replica in (author, bystander, Author(board, 12)):
        replica.hears(diff)
        assert view_of(replica.doc) == raw
        assert read_vector(replica.doc.get_state()) == read_vector(board.state_vector())
    assert CANARY.encode() not in diff
    assert CANARY.encode() not in board.encode()


def test_only_what_is_named_is_undone() -> None:
    board = board_with(element(), element(Y))
    author = Author(board)
    with author.doc.transaction():
        author.els[X]["g"] = [9, 9, 9, 9]
        author.els[X]["txt"].insert(0, "kept ")
        author.els[Y]["txt"].insert(0, CANARY)
        author.els["-" * 12] = Map({"t": "note", "g": [0, 0, 9, 9], "txt": Text("kept too")})
    edit = author.sends()
    undone = [each for each in edit.operations if each.element == Y or each.key == "g"]
    assert len(undone) == 2
    board.admit(edit, undo=undone)
    author.hears(board.commit())
    agree(board)
    assert board.elements()[X] == element(text="kept hello world")
    assert board.elements()[Y] == element(Y)
    assert board.elements()["-" * 12].text == "kept too"
    assert view_of(author.doc) == view_of(board._doc)


def test_the_lock_of_a_new_element_can_be_undone_alone() -> None:
    board = board_with()
    author = Author(board)
    author.els[X] = Map({"t": "note", "g": [0, 0, 9, 9], "lk": 1, "txt": Text("kept")})
    board.admit(author.sends(), undo=[Operation(X, "lk", "unset", None)])
    author.hears(board.commit())
    assert (board.elements()[X].locked, board.elements()[X].text) == (0, "kept")
    assert view_of(author.doc) == view_of(board._doc)


def test_a_title_gets_back_what_it_was_or_was_not() -> None:
    for titled in (True, False):
        board = Board(client_id=SERVER)
        board.write([SetTitle("Orchard")] if titled else [])
        board.commit()
        author = Author(board)
        author.doc.get("meta", type=Map)["title"] = CANARY
        diff = undo_all(board, author.sends())
        author.hears(diff)
        assert board.title == author.doc.get("meta", type=Map).get("title", "") == ("Orchard" if titled else "")
        assert CANARY.encode() not in diff


def test_the_fields_of_a_card_get_back_their_words_and_a_new_field_goes() -> None:
    board = board_with(CARD)
    author = Author(board)
    raw = view_of(board._doc)
    with author.doc.transaction():
        card = author.els[X]["d"]
        card["ht"] = "action"
        del card["what"][0:2]
        card["who"].insert(3, CANARY)
        card["when"] = Text(CANARY)
    diff = undo_all(board, author.sends())
    author.hears(diff)
    assert view_of(board._doc) == view_of(author.doc) == raw
    assert CANARY.encode() not in diff + board.encode()
    # The name is free again.
    author.els[X]["d"]["when"] = Text("soon")
    board.admit(author.sends())
    author.hears(board.commit())
    agree(board)
    assert view_of(author.doc)[X]["d"]["when"] == view_of(board._doc)[X]["d"]["when"] == "soon"


@pytest.mark.parametrize("together", [True, False], ids=["in one commit", "in two"])
@pytest.mark.parametrize("server", [3, SERVER], ids=["server below", "server above"])
def test_what_the_author_does_next_without_knowing_is_kept(server: int, together: bool) -> None:
    """[GAT-8] Whichever of the two clientIDs is higher, which is how engines order concurrent writes."""
    board = board_with(element(), client_id=server)
    author, bystander = Author(board), Author(board, BEN)
    diffs = []
    with author.doc.transaction():
        author.els[X]["c"] = "mere"
        author.els[X]["txt"].insert(5, CANARY)
        author.doc.get("meta", type=Map)["title"] = "undone"
    edit = author.sends()
    board.admit(edit, undo=edit.operations)
    if not together:
        diffs.append(board.commit())
    with author.doc.transaction():
        author.els[X]["c"] = "sage"
        author.els[X]["txt"].insert(5 + len(CANARY), "!")
        author.doc.get("meta", type=Map)["title"] = "kept"
    board.admit(author.sends())
    diffs.append(board.commit())
    agree(board)
    assert board.elements()[X] == element(colour="sage", text="hello! world")
    assert board.title == "kept"
    for diff in diffs:
        author.hears(diff)
        bystander.hears(diff)
        assert CANARY.encode() not in diff
    assert view_of(author.doc) == view_of(bystander.doc) == view_of(board._doc)


def test_what_others_write_meanwhile_wins_over_what_was_put_back() -> None:
    board = board_with(element())
    author, other = Author(board), Author(board, BEN)
    author.els[X]["c"] = "mere"
    edit = author.sends()
    board.admit(edit, undo=edit.operations)
    board.commit()
    other.els[X]["c"] = "sage"
    board.admit(other.sends())
    board.commit()
    assert board.elements()[X].colour == "sage"
    # Of two people the engine decides, as it always does.
    author.els[X]["c"] = "damson"
    board.admit(author.sends())
    board.commit()
    assert board.elements()[X].colour in ("sage", "damson")
    agree(board)


def test_two_undone_writes_of_one_key_leave_the_value_before_both() -> None:
    board = board_with(element())
    author = Author(board)
    for colour in ("mere", "sage", "damson"):
        author.els[X]["c"] = colour
        edit = author.sends()
        board.admit(edit, undo=edit.operations)
        if colour != "mere":
            board.commit()
    assert board.elements()[X].colour == "oat"
    agree(board)


def test_what_is_written_into_an_undone_element_is_gone_with_it() -> None:
    board = board_with()
    data = update(block(ANN, 0, *note(ANN, text="a")))
    edit = board.inspect(data)
    board.admit(edit, undo=edit.operations)
    later = update(block(ANN, 5, item(4, string(CANARY), origin=(ANN, 4)), value("c", "oat", parent=(ANN, 0))))
    edit = board.inspect(later)
    assert {operation.element for operation in edit.operations} == {X}
    board.admit(edit)
    diff = board.commit()
    agree(board)
    assert board.elements() == {}
    assert CANARY.encode() not in diff + board.encode()
    assert read_vector(board.state_vector())[ANN] == 5 + len(CANARY) + 1


def test_words_deleted_in_hundreds_of_places_come_back_all_the_same() -> None:
    words = "ab" * 400
    board = board_with(element(text=words))
    text = next(place for place in board._gate.index.nodes if place.length == len(words))
    client, _ = text.item
    first = next(left for left, _, place in board._gate.index.clients[client].walk(0, 1 << 30) if place & 15 == 15)
    edit = board.inspect(update(deleted=deletions((client, [(first + at, 1) for at in range(0, 800, 2)]))))
    diff = undo_all(board, edit)
    assert board.elements()[X].text == words
    # In one piece, and not in four hundred.
    assert sum(len(structs) for *_, structs in decode_update(diff, trusted=True)[0]) < 5


def test_undoing_what_the_edit_did_not_do_changes_nothing() -> None:
    board = board_with(element())
    author = Author(board)
    author.els[X]["c"] = "mere"
    foreign = [Operation(Y, "txt", "text", (1, 0)), Operation(Y, None, "remove", None), Operation(X, "z", "set", "b0")]
    board.admit(author.sends(), undo=foreign)
    board.commit()
    agree(board)
    assert board.elements() == {X: element(colour="mere")}


@pytest.mark.parametrize("undone", [True, False], ids=["still locked", "unlocked meanwhile"])
@pytest.mark.parametrize("server", [3, SERVER], ids=["server below", "server above"])
def test_an_author_who_takes_a_removal_back_before_hearing_that_it_was_undone_is_not_thrown_out(
    server: int, undone: bool
) -> None:
    """[GAT-8] Undo in Yjs makes the element again, beside the one the server put back."""
    board = board_with(element(), client_id=server)
    author, bystander = Author(board), Author(board, BEN)
    steps = UndoManager(scopes=[author.els])
    del author.els[X]
    edit = author.sends()
    diffs = [undo_all(board, edit)]
    assert steps.undo()
    edit = author.sends()
    assert [operation.action for operation in edit.operations] == ["create"]
    board.admit(edit, undo=edit.operations if undone else ())
    diffs.append(board.commit())
    agree(board)
    assert board.elements() == {X: element()}
    for replica in (author, bystander):
        for diff in diffs:
            replica.hears(diff)
        assert view_of(replica.doc) == view_of(board._doc)
        assert read_vector(replica.doc.get_state()) == read_vector(board.state_vector())
    # It can be written in, removed and brought back as ever.
    bystander.els[X]["txt"].insert(0, "! ")
    board.admit(bystander.sends())
    author.hears(board.commit())
    agree(board)
    assert board.elements()[X].text == "! hello world"
    del author.els[X]
    board.admit(author.sends())
    board.commit()
    agree(board)
    assert board.elements() == {}
    assert steps.undo()
    board.admit(author.sends())
    board.commit()
    agree(board)
    assert set(board.elements()) == {X}


def test_what_two_people_bring_back_at_once_is_there_once() -> None:
    """[SYN-2] Both removed it before they heard of each other, and both thought better of it."""
    board = board_with(element())
    people = [Author(board, client) for client in (ANN, BEN)]
    undos = [UndoManager(scopes=[person.els]) for person in people]
    diffs = []
    for person in people:
        del person.els[X]
        board.admit(person.sends())
        diffs.append(board.commit())
    for person, steps in zip(people, undos, strict=True):
        assert steps.undo()
        board.admit(person.sends())
        diffs.append(board.commit())
        agree(board)
    for person in people:
        for diff in diffs:
            if diff:
                person.hears(diff)
        assert view_of(person.doc) == view_of(board._doc)
    assert board.elements() == {X: element()}
