"""The gate against literal updates: what policy is told, and what the schema refuses."""

import pytest

from harvestry_crdt import (
    Board,
    ForgedUpdate,
    GateError,
    MalformedUpdate,
    MissingPredecessor,
    Operation,
    SchemaBreach,
)
from support.updates import (
    ANN,
    BEN,
    ELEMENT_ID,
    SERVER,
    block,
    deletions,
    item,
    note,
    send,
    string,
    update,
    value,
    varint,
)

X = ELEMENT_ID


# Operations


def test_a_new_element_is_one_operation_with_all_it_begins_with() -> None:
    board = Board(client_id=SERVER)
    data = update(block(ANN, 0, *note(ANN, text="hi"), value("c", "oat", parent=(ANN, 0))))
    edit = board.inspect(data)
    assert edit.client_ids == (ANN,)
    initial = {"txt": 2, "t": "note", "g": [0, 0, 184, 104], "c": "oat"}
    assert edit.operations == (Operation(X, None, "create", initial),)


def test_text_is_counted_in_utf16_units(board: Board) -> None:
    data = update(block(ANN, 6, item(4, string("😀"), origin=(ANN, 5))), deleted=deletions((ANN, [(4, 1)])))
    assert send(board, data).operations == (Operation(X, "txt", "text", (2, 1)),)


def test_the_title_is_an_operation_of_the_board(board: Board) -> None:
    edit = send(board, update(block(ANN, 6, value("title", "Harvest", parent="meta"))))
    assert edit.operations == (Operation(None, "title", "meta", "Harvest"),)
    assert board.title == "Harvest"


def test_a_removal_names_the_element_alone(board: Board) -> None:
    assert board.inspect(update(deleted=deletions((ANN, [(0, 1)])))).operations == (Operation(X, None, "remove", None),)


# Schema


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("shape", {"shape": "ellipse"}),
        ("stamp", {"stamp": "heart"}),
        ("image", {"hash": "0a" * 32, "w": 4, "h": 3, "alt": "a hedge"}),
        ("conn", {"a": {"id": X}, "b": {"x": 1, "y": -2}, "route": "curve", "label": "so"}),
        ("ink", b"\x01\x02"),
    ],
)
def test_payloads_of_every_kind_are_taken_and_read_back(kind: str, payload: object) -> None:
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *note(ANN, kind=kind)[:3], value("d", payload, parent=(ANN, 0)))))
    assert board.elements()[X].payload == payload


def test_an_end_of_a_connector_may_be_a_bare_id_and_reads_as_the_long_form() -> None:
    board = Board(client_id=SERVER)
    payload = {"a": X, "b": {"x": 1, "y": 2}}
    send(board, update(block(ANN, 0, *note(ANN, kind="conn")[:3], value("d", payload, parent=(ANN, 0)))))
    assert board.elements()[X].payload == {"a": {"id": X}, "b": {"x": 1, "y": 2}}


def test_ink_is_taken_as_binary_content_which_is_how_yjs_writes_it() -> None:
    board = Board(client_id=SERVER)
    binary = item(3, varint(2) + b"\x01\x02", parent=(ANN, 0), key="d")
    send(board, update(block(ANN, 0, *note(ANN, kind="ink")[:3], binary)))
    assert board.elements()[X].payload == b"\x01\x02"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("note", {"shape": "ellipse"}),
        ("note", b"\x01"),
        ("shape", b"\x01"),
        ("shape", {"shape": "star"}),
        ("stamp", {"stamp": "Not a name"}),
        ("image", {"hash": "short", "w": 4, "h": 3}),
        ("conn", {"a": {"id": X}}),
        ("conn", {"a": "not an id", "b": {"id": X}}),
        ("conn", {"a": {"id": X, "x": 1}, "b": {"x": 1, "y": 2}}),
        ("ink", b""),
        ("ink", [1, 2]),
        ("ink", b"x" * 65_537),
        ("card", {"ht": "action"}),
    ],
)
def test_payloads_that_do_not_suit_the_kind_are_refused(kind: str, payload: object) -> None:
    with pytest.raises(SchemaBreach):
        Board(client_id=SERVER).inspect(
            update(block(ANN, 0, *note(ANN, kind=kind)[:3], value("d", payload, parent=(ANN, 0))))
        )


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("p", "short"),
        ("z", ""),
        ("z", "a" * 65),
        ("z", "a b"),
        ("c", "red"),
        ("lk", "yes"),
        ("lk", 9),
        ("s", {"a": None}),
        ("s", {"a": "x" * 601}),
        ("s", {f"a{n}": 1 for n in range(17)}),
        ("s", {"a b": 1}),
        ("s", []),
        ("del", 2),
        ("del", True),
        ("txt", "plain"),
        ("zz", 1),
    ],
)
def test_values_that_a_key_may_not_hold_are_refused(board: Board, key: str, content: object) -> None:
    with pytest.raises(SchemaBreach):
        board.inspect(update(block(ANN, 6, value(key, content, parent=(ANN, 0)))))


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("p", None),
        ("p", X),
        ("z", "a0V"),
        ("c", "mere"),
        ("lk", 1),
        ("lk", False),
        ("s", {"no": 3, "b": True}),
        ("del", 1),
    ],
)
def test_values_that_a_key_may_hold_are_taken(board: Board, key: str, content: object) -> None:
    edit = send(board, update(block(ANN, 6, value(key, content, parent=(ANN, 0)))))
    assert edit.operations == (Operation(X, key, "set", content),)


def card(client: int) -> list[bytes]:
    here = (client, 0)
    return [
        *note(client, kind="card"),
        item(7, b"\x01", parent=here, key="d"),
        value("ht", "action", parent=(client, 4)),
        item(7, b"\x02", parent=(client, 4), key="who"),
        item(4, string("me"), parent=(client, 6)),
    ]


def test_the_fields_of_a_card_are_texts() -> None:
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *card(ANN))))
    edit = send(board, update(block(BEN, 0, item(4, string("!"), origin=(ANN, 8)))))
    assert edit.operations == (Operation(X, "d.who", "text", (1, 0)),)
    assert board.elements()[X].payload == {"ht": "action", "who": "me!"}


def test_the_words_of_a_field_of_a_removed_card_are_told_as_lost() -> None:
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *card(ANN))))
    send(board, update(deleted=deletions((ANN, [(0, 9)]))))
    edit = send(board, update(block(BEN, 0, item(4, string("you"), origin=(ANN, 8)))))
    assert edit.operations == (Operation(X, "d.who", "lost", (3, 0)),)


@pytest.mark.parametrize(
    "struct",
    [
        item(7, b"\x02", parent=(ANN, 4), key="who"),
        item(7, b"\x02", origin=(ANN, 6)),
        item(1, varint(1), origin=(ANN, 6)),
        item(7, b"\x01", parent=(ANN, 4), key="map"),
        item(7, b"\x02", parent=(ANN, 4), key="Not A Name"),
        value("who", "plain", parent=(ANN, 4)),
        item(7, b"\x01", origin=(ANN, 4)),
        value("ht", "Not a name", parent=(ANN, 4)),
    ],
)
def test_the_fields_of_a_card_are_made_once_and_are_texts(struct: bytes) -> None:
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *card(ANN))))
    with pytest.raises(SchemaBreach):
        board.inspect(update(block(BEN, 0, struct)))


def test_a_card_has_at_most_sixteen_fields() -> None:
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *card(ANN))))
    fields = [item(7, b"\x02", parent=(ANN, 4), key=f"field_{n}") for n in range(16)]
    send(board, update(block(BEN, 0, *fields[:15])))
    with pytest.raises(SchemaBreach):
        board.inspect(update(block(BEN, 15, fields[15])))


def test_a_lost_harvest_type_is_put_back() -> None:
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *card(ANN))))
    send(board, update(deleted=deletions((ANN, [(5, 1)]))))
    assert board.elements()[X].payload == {"ht": "action", "who": "me"}


@pytest.mark.parametrize(("length", "taken"), [(15_998, True), (15_999, False)])
def test_a_text_is_bounded_in_utf16_units(board: Board, length: int, taken: bool) -> None:
    data = update(block(ANN, 6, item(4, string("x" * (length - 2) + "😀"), origin=(ANN, 5))))
    if taken:
        send(board, data)
    else:
        with pytest.raises(SchemaBreach):
            board.inspect(data)


def test_what_two_write_at_once_up_to_the_clients_bound_is_taken_from_both(board: Board) -> None:
    send(board, update(block(ANN, 6, item(4, string("a" * 3_990), origin=(ANN, 5)))))
    send(board, update(block(BEN, 0, item(4, string("b" * 3_990), origin=(ANN, 5)))))
    text = board.elements()[X].text or ""
    assert (text.count("a"), text.count("b")) == (3_990, 3_990)


def test_what_is_deleted_in_the_same_update_does_not_count_towards_the_length(board: Board) -> None:
    data = update(block(ANN, 6, item(4, string("x" * 15_999), origin=(ANN, 5))), deleted=deletions((ANN, [(4, 1)])))
    send(board, data)
    assert len(board.elements()[X].text or "") == 16_000


@pytest.mark.parametrize(
    "data",
    [
        update(deleted=deletions((ANN, [(6, 1)]))),
        update(deleted=deletions((ANN, [(7, 1)]))),
        update(block(BEN, 0, item(4, string("x"), origin=(ANN, 6)))),
        update(block(BEN, 0, item(4, string("x"), right=(ANN, 7)))),
        update(block(ANN, 6, item(4, string("😀😀"), origin=(ANN, 5))), deleted=deletions((ANN, [(8, 1)]))),
    ],
)
def test_a_surrogate_pair_is_never_split(board: Board, data: bytes) -> None:
    send(board, update(block(ANN, 6, item(4, string("😀"), origin=(ANN, 5)))))
    with pytest.raises(MalformedUpdate):
        board.inspect(data)


def test_a_pair_survives_reloading(board: Board) -> None:
    send(board, update(block(ANN, 6, item(4, string("😀"), origin=(ANN, 5)))))
    again = Board.load(board.encode(), (), client_id=1)
    with pytest.raises(MalformedUpdate):
        again.inspect(update(deleted=deletions((ANN, [(6, 1)]))))


def test_errors_have_stable_codes() -> None:
    assert {error.code for error in (MalformedUpdate, ForgedUpdate, SchemaBreach, MissingPredecessor)} == {
        "malformed",
        "forged",
        "schema",
        "missing",
    }
    assert all(
        issubclass(error, GateError) for error in (MalformedUpdate, ForgedUpdate, SchemaBreach, MissingPredecessor)
    )
