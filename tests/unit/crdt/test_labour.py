"""What merging costs is bounded by the gate, since the engine has no bound of its own: it compares each with each."""

from collections.abc import Callable

import pytest

from harvestry_crdt import LIMITS, Board, SchemaBreach
from support.laborious import board_with_a_note, by_turns, late_letters, late_moves, stillborn, strangers
from support.updates import ANN, BEN, any_, block, deletions, item, move, send, string, update, value, varint


def pieces(board: Board) -> list[int]:
    return sorted(board._gate.index.pieces.values())


def test_only_so_many_strangers_write_one_key(board: Board) -> None:
    """[GAT-9] A thousand at once is more than a gathering; twenty thousand stop the server for seconds, and again at
    loading."""
    rivals = LIMITS["rivals"]
    taken = 1
    send(board, strangers(1_000, 1))
    while taken < rivals - 63:
        send(board, strangers(1_000 + taken, 64))
        taken += 64
    send(board, strangers(1_000 + taken, rivals + 1 - taken))
    for client in (999_999, 1):
        with pytest.raises(SchemaBreach):
            board.inspect(update(block(client, 0, value("c", "oat", parent=(ANN, 0)))))
        again = Board.load(board.encode(), (), client_id=2)
        with pytest.raises(SchemaBreach):
            again.inspect(update(block(client, 0, value("c", "oat", parent=(ANN, 0)))))
    # Who knows of another's goes on, and other keys are nobody's rivals.
    follows = item(0xA8, b"\x01" + any_("mere"), origin=(1_000, 0))
    send(board, update(block(BEN, 0, follows, value("del", 1, parent=(ANN, 0)))))


@pytest.mark.parametrize(("late", "taken"), [(12, True), (13, False)])
def test_what_follows_an_older_value_costs_a_look_at_every_piece_since(late: int, taken: bool) -> None:
    """[GAT-9]"""
    board = board_with_a_note()
    for data in by_turns(8_000, letters=False):
        send(board, data)
    assert pieces(board) == [8_000]
    if taken:
        send(board, late_moves(late))
    else:
        with pytest.raises(SchemaBreach):
            board.inspect(late_moves(late))


@pytest.mark.parametrize(("late", "taken"), [(660, True), (668, False)])
def test_letters_cost_a_look_at_every_piece_of_their_text(late: int, taken: bool) -> None:
    """[GAT-9]"""
    board = board_with_a_note()
    for data in by_turns(2_667, letters=True, frame=600):
        send(board, data)
    assert pieces(board) == [2_667]
    if taken:
        send(board, late_letters(late))
    else:
        with pytest.raises(SchemaBreach):
            board.inspect(late_letters(late))


@pytest.mark.parametrize("make", [late_moves, stillborn])
def test_one_client_cannot_fight_with_itself(board: Board, make: Callable[[int], bytes]) -> None:
    """[GAT-9] No honest client forgets what it wrote itself."""
    send(board, make(400))
    with pytest.raises(SchemaBreach):
        board.inspect(make(1_000))


def test_rivals_for_an_id_are_bounded_though_none_of_them_lives(board: Board) -> None:
    structs = [item(1, varint(1), parent="els", key="mnopqrstuvwx")] * 100
    # The last of these knows of a thousand before it.
    for frame in range(10):
        send(board, update(block(50, frame * 100, *structs)))
    send(board, update(block(50, 1_000, structs[0])))
    with pytest.raises(SchemaBreach):
        board.inspect(update(block(50, 1_001, structs[0])))


def test_a_field_that_was_gone_before_it_came_is_refused() -> None:
    """Nobody takes a field out of a card that lives, and any number of them could share one name."""
    card = Board(client_id=999)
    structs = [
        item(7, b"\x01", parent="els", key="abcdefghijkl"),
        value("t", "card", parent=(ANN, 0)),
        value("g", [0, 0, 9, 9], parent=(ANN, 0)),
        item(7, b"\x02", parent=(ANN, 0), key="txt"),
        item(7, b"\x01", parent=(ANN, 0), key="d"),
        value("ht", "action", parent=(ANN, 4)),
    ]
    send(card, update(block(ANN, 0, *structs)))
    with pytest.raises(SchemaBreach):
        card.inspect(update(block(BEN, 0, item(1, varint(1), parent=(ANN, 4), key="who"))))


def test_who_goes_on_where_they_left_off_makes_no_piece(board: Board) -> None:
    """A day's dragging and typing of one person is one piece, to the engine as to the gate."""
    clock, last = 6, 2
    for step in range(50):
        send(board, move(ANN, clock, step, (ANN, last)).replace(b"\x88", b"\xa8", 1))
        clock, last = clock + 1, clock
    assert pieces(board) == [1]
    before = (ANN, 5)
    for _ in range(50):
        send(board, update(block(ANN, clock, item(4, string("x"), origin=before))))
        before = (ANN, clock)
        clock += 1
    assert pieces(board) == [1, 1]
    steps = [item(0xA8, b"\x01" + any_([n, 0, 9, 9]), origin=(ANN, clock + n - 1 if n else last)) for n in range(8_000)]
    send(board, update(block(ANN, clock, *steps), deleted=deletions((ANN, [(last, 1), (clock, 7_999)]))))
    assert pieces(board) == [1, 2]


def test_a_loaded_board_counts_as_the_engine_stored_it() -> None:
    board = board_with_a_note()
    for data in by_turns(2_000, letters=False):
        send(board, data)
    assert pieces(Board.load(board.encode(), (), client_id=1)) == pieces(board) == [2_000]
