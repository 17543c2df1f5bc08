"""The board: what the server writes, what leaves it, what it reads as, and loading it again."""

from dataclasses import replace
from typing import Any

import pytest
from pycrdt import Doc, Map

from harvestry_crdt import (
    Board,
    DamagedBoard,
    Element,
    EngineFault,
    MalformedUpdate,
    Patch,
    Put,
    Remove,
    SetTitle,
)
from harvestry_crdt.wire import decode_state_vector, decode_update, encode_state_vector
from support.updates import ELEMENT_ID, block, deletions, item, note, string, update

SERVER = 999
X = ELEMENT_ID


def element(**changes: object) -> Element:
    values: dict[str, object] = {
        "id": X,
        "kind": "note",
        "geometry": (1, 2, 184, 104),
        "parent": None,
        "z": "a0",
        "colour": "oat",
        "text": "words 😀",
        "style": {"bold": True, "size": 1.5, "no": 2},
        "payload": None,
        "locked": 0,
        "deleted": False,
    }
    return Element(**{**values, **changes})  # type: ignore[arg-type]


ALL_KINDS = [
    element(),
    element(kind="text", colour=None, style={}),
    element(kind="shape", payload={"shape": "rect"}),
    element(kind="frame", text="Title", parent="mnopqrstuvwx"),
    element(kind="conn", text=None, payload={"a": {"id": X}, "b": {"x": 1, "y": 2}}),
    element(kind="ink", text=None, payload=b"\x00\xff"),
    element(kind="image", text=None, payload={"hash": "ab" * 32, "w": 1, "h": 2, "alt": ""}),
    element(kind="stamp", text=None, payload={"stamp": "heart"}, locked=1),
    element(kind="card", payload={"ht": "decision", "what": "we do", "who": ""}, deleted=True),
]


def written(*changes: object) -> Board:
    board = Board(client_id=SERVER)
    board.write(changes)  # type: ignore[arg-type]
    board.commit()
    return board


def test_a_new_board_commits_its_version() -> None:
    board = Board(client_id=SERVER)
    doc = Doc[Any]()
    doc.apply_update(board.commit())
    assert dict(doc.get("meta", type=Map)) == {"v": 1}
    assert board.commit() == b""


@pytest.mark.parametrize("wanted", ALL_KINDS, ids=lambda value: value.kind)
def test_every_kind_reads_back_as_it_was_put(wanted: Element) -> None:
    board = written(Put(wanted))
    assert board.elements() == {X: wanted}
    assert Board.load(board.encode(), (), client_id=1).elements() == {X: wanted}


@pytest.mark.parametrize("wanted", ALL_KINDS, ids=lambda value: value.kind)
def test_what_the_server_writes_passes_its_own_gate(wanted: Element) -> None:
    source = written(Put(wanted))
    board = Board(client_id=1)
    edit = board.inspect(source.encode())
    board.admit(edit)
    board.commit()
    assert board.elements() == {X: wanted}


def test_putting_an_element_that_lives_changes_only_what_differs() -> None:
    board = written(Put(element()))
    board.write([Put(element(geometry=(5, 5, 5, 5), text="word 😀s"))])
    blocks, _ = decode_update(board.commit())
    assert board.elements() == {X: element(geometry=(5, 5, 5, 5), text="word 😀s")}
    assert sum(len(structs) for *_, structs in blocks) <= 3
    board.write([Put(element(geometry=(5, 5, 5, 5), text="word 😀s"))])
    assert board.commit() == b""


def test_a_patch_sets_and_unsets_keys() -> None:
    board = written(Put(element()), Patch(X, {"c": None, "g": [9, 9, 9, 9], "txt": "wörds 😁", "del": 1}))
    assert board.elements()[X] == element(colour=None, geometry=(9, 9, 9, 9), text="wörds 😁", deleted=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "a"), ("a", ""), ("aa", "aaa"), ("😀", "😁"), ("x😀y", "x😀😀y"), ("שלום", "שלם"), ("ab", "ba")],
)
def test_any_text_turns_into_any_other(before: str, after: str) -> None:
    board = written(Put(element(text=before)), Patch(X, {"txt": after}))
    assert board.elements()[X].text == after


def test_changes_of_what_is_not_there_change_nothing() -> None:
    board = written()
    board.write([Remove(X), Patch(X, {"c": "oat"})])
    assert board.commit() == b""


def test_removing_forgets_the_words() -> None:
    board = written(Put(element(text="canary")))
    board.write([Remove(X)])
    board.commit()
    assert board.elements() == {}
    assert b"canary" not in board.encode()


def test_accept_and_neutralise_leaves_no_trace_of_the_words() -> None:
    board = written()
    board.admit(board.inspect(update(block(7, 0, *note(7, text="canary")))))
    board.write([Remove(X)])
    diff = board.commit()
    assert b"canary" not in diff
    assert b"canary" not in board.encode()
    later = board.inspect(update(block(7, 10, item(4, string("late"), origin=(7, 9)))))
    assert [(operation.element, operation.action) for operation in later.operations] == [(X, "lost")]
    assert not later.is_empty


@pytest.mark.parametrize(
    "change",
    [
        Put(element(kind="bomb")),
        Put(element(id="short")),
        Put(element(colour="red")),
        Put(element(geometry=(0, 0, 0, 0))),
        Put(element(kind="card", payload={"ht": "x", "Bad Name": "y"})),
        Patch(X, {"t": "text"}),
        Patch(X, {"t": None}),
        Patch(X, {"g": None}),
        Patch(X, {"by": "me"}),
        SetTitle("x" * 201),
    ],
)
def test_the_server_is_held_to_the_schema(change: object) -> None:
    board = written(Put(element()))
    board.write([change])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"."):
        board.commit()


def test_the_title_is_set_and_read() -> None:
    board = written(SetTitle("Orchard"))
    assert board.title == "Orchard"
    board.write([SetTitle("Orchard")])
    assert board.commit() == b""


def test_the_servers_own_structs_are_known_after_the_commit() -> None:
    board = written(Put(element(text="ab")))
    (_, first, end, _) = decode_update(board.encode())[0][0]
    assert first == 0
    edit = board.inspect(update(block(7, 0, item(4, string("!"), origin=(SERVER, end - 1)))))
    assert [operation.action for operation in edit.operations] == ["text"] or not edit.is_empty


def test_a_commit_tells_only_its_own_deletions() -> None:
    board = written(Put(element()))
    board.write([Patch(X, {"c": "mere"})])
    board.commit()
    board.write([Patch(X, {"g": [5, 5, 5, 5]})])
    _, deleted = decode_update(board.commit())
    assert [len(ranges) for _, ranges in deleted] == [1]


def test_an_honest_update_is_sent_on_as_it_came() -> None:
    board = written()
    data = update(block(7, 0, *note(7, text="hi")))
    board.admit(board.inspect(data))
    diff = board.commit()
    assert decode_update(diff)[0][0][:3] == (7, 0, 6)


def test_a_peer_gets_what_it_lacks() -> None:
    board = written(Put(element()))
    doc = Doc[Any]()
    doc.apply_update(board.diff(b"\x00"))
    board.write([Patch(X, {"c": "mere"})])
    board.commit()
    doc.apply_update(board.diff(doc.get_state()))
    assert decode_state_vector(doc.get_state()) == decode_state_vector(board.state_vector())
    assert decode_update(board.diff(board.state_vector()), trusted=True)[0] == []


def test_a_state_vector_that_claims_more_than_there_is_gets_nothing_new() -> None:
    board = written(Put(element()))
    assert decode_update(board.diff(encode_state_vector({SERVER: 1 << 30, 5: 5})), trusted=True)[0] == []


def test_a_malformed_state_vector_is_refused() -> None:
    with pytest.raises(MalformedUpdate):
        written().diff(b"\xff")


@pytest.mark.parametrize("data", [b"", b"\x01", b"\xff" * 20, b"\x01" * 9])
def test_storage_that_does_not_load_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedBoard):
        Board.load(data, (), client_id=1)
    with pytest.raises(DamagedBoard):
        Board.load(None, (data,), client_id=1)


def test_storage_with_a_gap_is_damaged() -> None:
    board = written()
    first = update(block(7, 0, *note(7, text="hi")))
    board.admit(board.inspect(first))
    board.commit()
    second = update(block(7, 6, item(4, string("!"), origin=(7, 5))))
    with pytest.raises(DamagedBoard):
        Board.load(None, [second], client_id=1)


def test_a_board_loads_from_a_state_and_what_came_after() -> None:
    board = written(Put(element()))
    state = board.encode()
    board.write([Patch(X, {"c": "mere"})])
    diffs = [board.commit()]
    again = Board.load(state, diffs, client_id=SERVER + 1)
    assert again.elements() == board.elements()
    assert again.state_vector() == board.state_vector()
    assert again.commit() == b""


def test_loading_nothing_makes_a_new_board() -> None:
    board = Board.load(None, (), client_id=SERVER)
    assert board.commit() != b""


def test_an_engine_that_fails_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    board = written()
    board.admit(board.inspect(update(block(7, 0, *note(7)))))

    class Panic(BaseException):
        pass

    class Engine:
        def transaction(self) -> None:
            raise Panic

    monkeypatch.setattr(board, "_doc", Engine())
    with pytest.raises(EngineFault):
        board.commit()


def test_closing_twice_is_harmless() -> None:
    board = written()
    board.close()
    board.close()


def test_deletions_that_merging_makes_by_itself_are_known() -> None:
    board = written()
    board.admit(board.inspect(update(block(7, 0, *note(7)))))
    board.commit()
    for client in (5, 9):
        board.admit(
            board.inspect(update(block(client, 0, item(8, b"\x01\x77" + string("oat"), parent=(7, 0), key="c"))))
        )
    board.commit()
    assert board.inspect(update(deleted=deletions((5, [(0, 1)])))).is_empty
    assert not board.inspect(update(deleted=deletions((9, [(0, 1)])))).is_empty


EVERY_KIND = [replace(kind, id=f"{number:012}") for number, kind in enumerate(ALL_KINDS)]


def test_a_board_at_rest_is_the_bytes_it_was_stored_as_and_wakes_for_whoever_needs_more() -> None:
    whole = written(SetTitle("Rest"), *(Put(one) for one in EVERY_KIND))
    state = whole.encode()
    resting = Board.load(state, (), client_id=5, resting=True)
    assert resting.encode() is state
    assert resting.state_vector() == whole.state_vector()
    assert resting.diff(b"\x00")
    assert resting.is_awake
    assert resting.elements() == whole.elements()


def test_a_board_at_rest_holds_what_came_after_its_state() -> None:
    board = Board(client_id=SERVER)
    rows = [board.commit()]
    for number in range(5):
        board.write([Put(element(text=f"words {number}"))])
        rows.append(board.commit())
    resting = Board.load(rows[0], rows[1:], client_id=5, resting=True)
    assert resting.state_vector() == board.state_vector()
    assert not resting.is_awake
    assert Board.load(resting.encode(), (), client_id=6).elements() == board.elements()
    assert not resting.is_awake
    assert b"words 3" not in resting.encode()
    resting.wake()
    assert resting.elements() == board.elements()


def test_an_edited_board_rests_without_losing_anything_and_goes_on() -> None:
    board = written(SetTitle("Rest"), Put(element()))
    before = board.elements()
    board.rest()
    assert not board.is_awake
    board.write([Patch(X, {"c": "mere"})])
    assert board.is_awake
    board.commit()
    assert board.elements()[X].colour == "mere"
    assert before[X].colour == "oat"
    assert board.title == "Rest"


def test_a_board_with_something_queued_does_not_rest() -> None:
    board = written(Put(element()))
    board.write([Patch(X, {"c": "mere"})])
    board.rest()
    assert board.is_awake
    assert board.commit()


def test_an_empty_board_at_rest_is_born_with_its_version_when_it_wakes() -> None:
    resting = Board.load(None, (), client_id=SERVER, resting=True)
    assert resting.state_vector() == b"\x00"
    resting.wake()
    assert resting.commit()


def test_damage_in_a_board_at_rest_shows_when_it_wakes() -> None:
    resting = Board.load(b"\x01\x02\x03", (), client_id=5, resting=True)
    with pytest.raises(DamagedBoard):
        resting.wake()
    with pytest.raises(DamagedBoard):
        Board.load(b"\x01\x02\x03", (b"\x01",), client_id=5, resting=True).encode()
