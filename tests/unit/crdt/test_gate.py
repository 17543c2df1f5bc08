"""The gate against literal updates: causality, honest races, and what a living element cannot lose."""

import pytest

from harvestry_crdt import (
    Board,
    ForgedUpdate,
    MalformedUpdate,
    MissingPredecessor,
    Operation,
    SchemaBreach,
    SetTitle,
)
from harvestry_crdt.wire import decode_state_vector
from support.updates import (
    ANN,
    BEN,
    ELEMENT_ID,
    SERVER,
    any_,
    block,
    deletions,
    gc,
    item,
    move,
    note,
    send,
    string,
    update,
    value,
    varint,
)

X = ELEMENT_ID


# Causality


def test_a_repeat_is_empty(board: Board) -> None:
    data = update(block(ANN, 0, *note(ANN, text="hi")))
    edit = board.inspect(data)
    assert edit.is_empty
    assert edit.client_ids == ()
    assert edit.operations == ()
    board.admit(edit)
    assert board.commit() == b""


def test_inspecting_changes_nothing(board: Board) -> None:
    data = move(ANN, 6, 5, (ANN, 2))
    assert board.inspect(data) == board.inspect(data)
    assert board.commit() == b""
    assert board.known_client_ids() == {ANN, SERVER}


def test_a_gap_is_answered_with_what_is_known(board: Board) -> None:
    """[GAT-5]"""
    with pytest.raises(MissingPredecessor) as caught:
        board.inspect(update(block(ANN, 8, gc(1))))
    assert decode_state_vector(caught.value.state_vector) == {ANN: 6, SERVER: 1}


@pytest.mark.parametrize(
    "where",
    [
        {"origin": (BEN, 0)},
        {"origin": (ANN, 4), "right": (BEN, 0)},
        {"right": (BEN, 0)},
        {"parent": (BEN, 0)},
        {"origin": (ANN, 99)},
    ],
)
def test_a_reference_to_nothing_known_is_a_gap(board: Board, where: dict[str, tuple[int, int]]) -> None:
    with pytest.raises(MissingPredecessor):
        board.inspect(update(block(11, 0, item(4, string("x"), **where))))  # type: ignore[arg-type]


def test_a_known_beginning_is_skipped(board: Board) -> None:
    """[SYN] A client that merged "hi" and " there" into one struct before it came back."""
    edit = send(board, update(block(ANN, 4, item(4, string("hi there"), parent=(ANN, 3)))))
    assert edit.operations == (Operation(X, "txt", "text", (6, 0)),)
    assert board.elements()[X].text == "hi there"


def test_clients_that_refer_to_each_other_in_one_update_are_put_in_order(board: Board) -> None:
    send(
        board,
        update(
            block(BEN, 0, item(4, string("b"), origin=(11, 0)), item(4, string("d"), origin=(11, 1))),
            block(11, 0, item(4, string("a"), origin=(ANN, 5)), item(4, string("c"), origin=(BEN, 0))),
        ),
    )
    assert board.elements()[X].text == "hiabcd"


def test_the_servers_id_is_nobody_elses(board: Board) -> None:
    with pytest.raises(ForgedUpdate):
        board.inspect(update(block(SERVER, 1, gc(1))))


def test_two_clients_may_be_admitted_before_one_commit(board: Board) -> None:
    first = board.inspect(move(ANN, 6, 5, (ANN, 2)))
    second = board.inspect(update(block(BEN, 0, item(4, string("!"), origin=(ANN, 5)))))
    board.admit(first)
    board.admit(second)
    third = board.inspect(update(block(BEN, 1, item(4, string("?"), origin=(BEN, 0)))))
    board.admit(third)
    diff = board.commit()
    other = Board.load(None, (), client_id=1)
    assert diff
    assert board.commit() == b""
    assert board.elements()[X].text == "hi!?"
    assert board.elements()[X].geometry == (5, 0, 184, 104)
    assert other.elements() == {}


def test_an_edit_overtaken_by_a_removal_is_judged_again(board: Board) -> None:
    late = board.inspect(move(BEN, 0, 5, (ANN, 2)))
    board.admit(board.inspect(update(deleted=deletions((ANN, [(0, 6)])))))
    board.admit(late)
    board.commit()
    assert board.elements() == {}


def test_an_edit_that_another_made_illegal_is_refused_when_admitted(board: Board) -> None:
    other = "mnopqrstuvwx"
    first = board.inspect(update(block(BEN, 0, *note(BEN, id=other))))
    second = board.inspect(update(block(11, 0, *note(11, id=other))))
    board.admit(first)
    with pytest.raises(SchemaBreach):
        board.admit(second)
    board.commit()
    assert set(board.elements()) == {X, other}


# Honest races


def test_an_edit_of_something_removed_is_taken_and_does_nothing(board: Board) -> None:
    assert send(board, update(deleted=deletions((ANN, [(0, 6)])))).operations == (Operation(X, None, "remove", None),)
    late = update(
        block(
            BEN,
            0,
            item(8, b"\x01" + any_([1, 2, 3, 4]), origin=(ANN, 2)),
            item(4, string("late 😀"), origin=(ANN, 5)),
            value("c", "oat", parent=(ANN, 0)),
        )
    )
    edit = send(board, late)
    assert edit.operations == (Operation(X, "txt", "lost", (7, 0)),)
    assert not edit.is_empty
    assert board.inspect(late).is_empty
    assert board.elements() == {}
    again = Board.load(board.encode(), (), client_id=1)
    assert again.inspect(late).is_empty
    later = update(block(BEN, 9, item(4, string("x"), origin=(BEN, 8))))
    assert again.inspect(later).operations == board.inspect(later).operations == ()


def test_every_letter_typed_into_something_removed_is_told_as_lost(board: Board) -> None:
    """An author who has not heard yet types on, after letters of their own that are nowhere."""
    send(board, update(deleted=deletions((ANN, [(0, 6)]))))
    first = send(board, update(block(BEN, 0, item(4, string("a"), origin=(ANN, 5)))))
    second = send(board, update(block(BEN, 1, item(4, string("😀"), origin=(BEN, 0)))))
    third = send(board, update(block(BEN, 3, item(4, string("b"), origin=(BEN, 0), right=(BEN, 1)))))
    assert [edit.operations for edit in (first, second, third)] == [
        (Operation(X, "txt", "lost", (units, 0)),) for units in (1, 2, 1)
    ]
    send(board, update(block(BEN, 4, *note(BEN, 4, id="mnopqrstuvwx"))))
    assert set(board.elements()) == {"mnopqrstuvwx"}
    assert Board.load(board.encode(), (), client_id=1).state_vector() == board.state_vector()


def test_words_are_lost_only_if_their_author_still_wants_them(board: Board) -> None:
    send(board, update(deleted=deletions((ANN, [(0, 6)]))))
    typed = item(4, string("no"), origin=(ANN, 5))
    assert send(board, update(block(BEN, 0, typed), deleted=deletions((BEN, [(0, 2)])))).operations == ()
    assert send(board, update(deleted=deletions((BEN, [(0, 2)])))).operations == ()


def test_words_beside_the_removal_of_their_element_are_not_lost_to_somebody_else(board: Board) -> None:
    data = update(block(BEN, 0, item(4, string("x"), origin=(ANN, 5))), deleted=deletions((ANN, [(0, 6)])))
    assert send(board, data).operations == (Operation(X, None, "remove", None),)


def test_text_in_an_element_that_is_only_hidden_is_not_lost(board: Board) -> None:
    send(board, update(block(ANN, 6, value("del", 1, parent=(ANN, 0)))))
    assert send(board, update(block(BEN, 0, item(4, string("x"), origin=(ANN, 5))))).operations == (
        Operation(X, "txt", "text", (1, 0)),
    )


def test_made_and_removed_offline_arrives_as_nothing(board: Board) -> None:
    other = "mnopqrstuvwx"
    data = update(block(BEN, 0, item(1, varint(1), parent="els", key=other), gc(8)), deleted=deletions((BEN, [(0, 9)])))
    edit = send(board, data)
    assert edit.operations == ()
    assert set(board.elements()) == {X}


def test_removed_and_brought_back_is_created_again(board: Board) -> None:
    send(board, update(deleted=deletions((ANN, [(0, 6)]))))
    structs = note(ANN, 6, text="back")
    structs[0] = item(7, b"\x01", origin=(ANN, 0))
    edit = send(board, update(block(ANN, 6, *structs)))
    assert [operation.action for operation in edit.operations] == ["create"]
    assert board.elements()[X].text == "back"


def test_several_moves_made_offline_are_one_operation_each_that_lasts(board: Board) -> None:
    structs = [item(8, b"\x02" + any_([1, 0, 9, 9]) + any_([2, 0, 9, 9]), origin=(ANN, 2))]
    structs.append(item(8, b"\x01" + any_([3, 0, 9, 9]), origin=(ANN, 7)))
    edit = send(board, update(block(ANN, 6, *structs), deleted=deletions((ANN, [(2, 1), (6, 2)]))))
    assert edit.operations == (Operation(X, "g", "set", [3, 0, 9, 9]),)
    assert board.elements()[X].geometry == (3, 0, 9, 9)


# What a living element cannot lose


@pytest.mark.parametrize("clock", [1, 3])
def test_the_kind_and_the_text_of_a_living_element_cannot_be_deleted(board: Board, clock: int) -> None:
    """[GAT-7]"""
    with pytest.raises(SchemaBreach):
        board.inspect(update(deleted=deletions((ANN, [(clock, 1)]))))


@pytest.mark.parametrize("clock", [0, 1, 3])
def test_nothing_is_smothered_by_content_that_is_deleted_at_birth(board: Board, clock: int) -> None:
    with pytest.raises(SchemaBreach):
        board.inspect(update(block(BEN, 0, item(1, varint(1), origin=(ANN, clock)))))


@pytest.mark.parametrize(
    "data",
    [
        update(deleted=deletions((ANN, [(2, 1)]))),
        update(block(BEN, 0, item(1, varint(1), origin=(ANN, 2)))),
        update(block(1, 0, value("g", [1, 1, 1, 1], parent=(ANN, 0))), deleted=deletions((ANN, [(2, 1)]))),
    ],
    ids=["deleted", "smothered", "deleted beside a write that loses"],
)
def test_geometry_that_an_update_takes_away_is_put_back_in_the_same_commit(board: Board, data: bytes) -> None:
    edit = send(board, data)
    assert all(operation.action == "set" for operation in edit.operations)
    x, y, w, h = board.elements()[X].geometry
    assert (x, y, w, h) in ((0, 0, 184, 104), (1, 1, 1, 1))
    assert "g" in board._els[X]  # type: ignore[operator]
    assert Board.load(board.encode(), (), client_id=1).elements() == board.elements()
    board.write([SetTitle("the server goes on")])
    assert board.commit()


def test_an_element_brought_back_without_geometry_gets_some(board: Board) -> None:
    send(board, update(deleted=deletions((ANN, [(0, 6)]))))
    structs = [item(7, b"\x01", origin=(ANN, 0)), value("t", "note", parent=(ANN, 6))]
    send(board, update(block(ANN, 6, *structs)))
    assert "g" in board._els[X]  # type: ignore[operator]


def test_a_colour_may_be_taken_away(board: Board) -> None:
    send(board, update(block(ANN, 6, value("c", "oat", parent=(ANN, 0)))))
    edit = send(board, update(deleted=deletions((ANN, [(6, 1)]))))
    assert edit.operations == (Operation(X, "c", "unset", None),)
    assert board.elements()[X].colour is None


# Regressions


def test_an_item_cannot_continue_in_another_place(board: Board) -> None:
    """Engines take the known beginning for the left neighbour, the parent from the struct: two lists tied together."""
    send(board, update(block(BEN, 0, *note(BEN, id="mnopqrstuvwx", text="other"))))
    with pytest.raises(MalformedUpdate):
        board.inspect(update(block(ANN, 4, item(4, string("hi there"), parent=(BEN, 3)))))
    with pytest.raises(MalformedUpdate):
        board.inspect(update(block(ANN, 4, item(4, string("hi there"), origin=(BEN, 5)))))


def test_a_known_beginning_does_not_excuse_a_missing_neighbour(board: Board) -> None:
    """The engine would keep the struct pending, and its author with it."""
    with pytest.raises(MissingPredecessor):
        board.inspect(update(block(ANN, 4, item(4, string("hi there"), parent=(11, 3)))))
    with pytest.raises(MissingPredecessor):
        board.inspect(update(block(ANN, 4, item(4, string("hi there"), origin=(11, 3)))))


def test_ink_that_an_update_takes_away_is_put_back() -> None:
    board = Board(client_id=SERVER)
    binary = item(3, varint(2) + b"\x01\x02", parent=(ANN, 0), key="d")
    send(board, update(block(ANN, 0, *note(ANN, kind="ink")[:3], binary)))
    send(board, update(deleted=deletions((ANN, [(3, 1)]))))
    assert board.elements()[X].payload == b"\x01\x02"


def test_clients_that_wait_for_each_other_by_turns_make_no_circle(board: Board) -> None:
    """Each needs the other's beginning only; seen from the end it looks like a circle."""
    send(
        board,
        update(
            block(11, 0, item(4, string("a"), origin=(ANN, 5)), item(4, string("c"), origin=(BEN, 0))),
            block(
                BEN,
                0,
                item(4, string("b"), origin=(11, 0)),
                item(4, string("d"), origin=(11, 1)),
                item(4, string("e"), origin=(BEN, 1)),
            ),
        ),
    )
    assert board.elements()[X].text == "hiabcde"


def test_a_write_that_follows_an_older_value_is_not_sure_to_replace_the_present_one(board: Board) -> None:
    """It names as deleted both what it follows and what stands there now, and then loses to the latter."""
    send(board, move(ANN, 6, 5, (ANN, 2)))
    struct = item(8, b"\x01" + any_([9, 9, 9, 9]), origin=(ANN, 2))
    send(board, update(block(1, 0, struct), deleted=deletions((ANN, [(2, 1), (6, 1)]))))
    assert "g" in board._els[X]  # type: ignore[operator]
    assert board.elements()[X].geometry == (5, 0, 184, 104)


def test_a_value_that_is_followed_in_the_same_update_is_known_to_be_gone(board: Board) -> None:
    """Merging deletes what is followed, even if the update does not say so; the index must not go on without it."""
    steps = [item(8, b"\x01" + any_([n, n, 9, 9]), origin=(ANN, origin)) for n, origin in ((1, 2), (2, 6))]
    send(board, update(block(ANN, 6, *steps), deleted=deletions((ANN, [(2, 1)]))))
    again = Board.load(board.encode(), (), client_id=1)
    assert list(board._gate.index.clients[ANN].gone) == list(again._gate.index.clients[ANN].gone) == [2, 3, 6, 7]


@pytest.mark.parametrize("client", [1, 11])
@pytest.mark.parametrize(
    "before",
    [
        [update(deleted=deletions((ANN, [(0, 6)])))],
        [update(block(BEN, 0, item(1, varint(1), parent="els", key="mnopqrstuvwx")))],
        [update(block(BEN, 0, value("c", "oat", parent=(ANN, 0))))],
        [update(block(BEN, 0, value("c", "oat", parent=(ANN, 0))), deleted=deletions((BEN, [(0, 1)])))],
    ],
    ids=["removed", "removed before it came", "coloured", "bleached"],
)
@pytest.mark.parametrize("id", [X, "mnopqrstuvwx"])
def test_what_comes_second_under_a_key_may_lose_and_the_index_knows(
    board: Board, client: int, before: list[bytes], id: str
) -> None:
    """Which of two concurrent writes wins is the engine's to say; the gate must not take the loser for living."""
    for data in before:
        send(board, data)
    structs = [value("c", "mere", parent=(ANN, 0))] if id in board.elements() else note(client, id=id)
    send(board, update(block(client, 0, *structs)))
    again = Board.load(board.encode(), (), client_id=2)
    kept, made = board._gate.index, again._gate.index
    assert set(kept.living) == set(made.living) == set(board.elements())
    for known, runs in kept.clients.items():
        assert list(runs.gone) == list(made.clients[known].gone), known


@pytest.mark.parametrize("follows", [True, False])
def test_an_element_made_removed_and_made_again_in_one_update_follows_itself(board: Board, follows: bool) -> None:
    """Of two that do not follow each other, only the engine's order tells which one lives."""
    other = "mnopqrstuvwx"
    again = note(BEN, 4, id=other)
    if follows:
        again[0] = item(7, b"\x01", origin=(BEN, 0))
    data = update(block(BEN, 0, *note(BEN, id=other), *again), deleted=deletions((BEN, [(0, 4)])))
    if not follows:
        with pytest.raises(SchemaBreach):
            board.inspect(data)
        return
    send(board, data)
    assert set(board._gate.index.living) == set(board.elements()) == {X, other}


def test_what_goes_with_a_removed_element_is_known_to_be_gone(board: Board) -> None:
    send(board, update(deleted=deletions((ANN, [(0, 1)]))))
    assert board.inspect(update(deleted=deletions((ANN, [(0, 6)])))).is_empty
