"""What a campaign of the fuzzer found, each cut down to what it needs, with what it did before it was mended."""

import pytest

from harvestry_crdt import Board, GateError
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
    note,
    send,
    string,
    update,
    value,
)

EVE = 11
OTHER_ID = "zyxwvutsrqpo"
G = [1, 2, 3, 4]


@pytest.fixture
def board() -> Board:
    board = Board(client_id=SERVER)
    board.commit()
    return board


def answer(board: Board, data: bytes) -> str:
    """What the gate says; nothing of what it takes is committed."""
    try:
        board.admit(board.inspect(data))
    except GateError as error:
        return error.code
    return "ok"


def is_sound(board: Board) -> bool:
    """Whether the engine's own bytes load, and hold what the board shows."""
    board.commit()
    again = Board.load(board.encode(), (), client_id=1)
    return again.elements() == board.elements() and again.state_vector() == board.state_vector()


@pytest.mark.parametrize(
    "child",
    [
        value("g", G, parent=(EVE, 0)),
        item(4, string("x"), parent=(EVE, 0)),
        item(7, b"\x02", parent=(EVE, 0), key="txt"),
    ],
    ids=["value", "text", "type"],
)
def test_what_came_into_something_removed_holds_nothing(board: Board, child: bytes) -> None:
    """The engine failed on the whole commit, and the room broke, each time anew. [GAT-2]"""
    send(board, update(block(ANN, 0, *note(ANN))))
    # All in one transaction: at its end the engine collects the value, and nothing would be amiss.
    assert answer(board, update(deleted=deletions((ANN, [(0, 1)])))) == "ok"
    assert answer(board, update(block(EVE, 0, value("z", "a1", parent=(ANN, 0))))) == "ok"
    assert answer(board, update(block(BEN, 0, child))) == "malformed"
    assert is_sound(board)


def test_a_text_that_came_into_something_removed_may_be_written_in(board: Board) -> None:
    """An honest author does not know yet that all of it is gone."""
    send(board, update(block(ANN, 0, *note(ANN))))
    assert answer(board, update(deleted=deletions((ANN, [(0, 1)])))) == "ok"
    late = [item(7, b"\x01", parent=(ANN, 0), key="d"), item(7, b"\x02", parent=(EVE, 0), key="who")]
    assert answer(board, update(block(EVE, 0, *late, item(4, string("hi"), parent=(EVE, 1))))) == "ok"
    assert answer(board, update(block(EVE, 4, item(4, string("!"), origin=(EVE, 3))))) == "ok"
    assert is_sound(board)


@pytest.mark.parametrize("is_left", [True, False])
def test_words_stand_beside_nothing_that_is_gone_while_their_other_neighbour_lives(board: Board, is_left: bool) -> None:
    """Yrs put them there, Yjs did not: browsers showed something else than the server. [GAT-5]"""
    send(board, update(block(ANN, 0, *note(ANN, text="words")), block(EVE, 0, gc(2))))
    lives, gone = (ANN, 4), (EVE, 1)
    origin, right = (gone, lives) if is_left else (lives, gone)
    assert answer(board, update(block(BEN, 0, item(4, string("x"), origin=origin, right=right)))) == "malformed"


def test_no_entry_takes_the_place_of_an_element_by_a_neighbour_that_is_gone(board: Board) -> None:
    """It overwrote somebody's element, unseen by the gate. [GAT-5]"""
    send(board, update(block(ANN, 0, *note(ANN)), block(EVE, 0, gc(1))))
    entry = item(7, b"\x01", origin=(ANN, 0), right=(EVE, 0))
    assert answer(board, update(block(BEN, 0, entry))) == "malformed"
    assert set(board.elements()) == {ELEMENT_ID}


def test_no_word_becomes_an_element_by_neighbours_in_something_removed(board: Board) -> None:
    """The engine took the place from the left neighbour, an entry of `els`, which is no text. [GAT-4]"""
    send(board, update(block(ANN, 0, *note(ANN, text="words"))))
    assert answer(board, update(deleted=deletions((ANN, [(0, 1)])))) == "ok"
    word = item(4, string("x"), origin=(ANN, 0), right=(ANN, 4))
    assert answer(board, update(block(BEN, 0, word))) == "malformed"


@pytest.mark.parametrize(
    ("gone", "said"), [([], "malformed"), ([(0, 1)], "malformed"), ([(1, 1)], "malformed"), ([(0, 2)], "ok")]
)
def test_several_values_in_one_item_are_gone_all_together(board: Board, gone: list[tuple[int, int]], said: str) -> None:
    """Engines merge values under a key only once they are deleted; of others, a reload knew more deleted."""
    send(board, update(block(ANN, 0, *note(ANN), value("c", "oat", parent=(ANN, 0)))))
    both = item(8, b"\x02" + any_("mere") + any_("sage"), origin=(ANN, 4))
    last = value("c", "mere", origin=(EVE, 1))
    deleted = deletions(*([(EVE, gone)] if gone else []), (ANN, [(4, 1)]))
    assert answer(board, update(block(EVE, 0, both, last), deleted=deleted)) == said


def test_deletions_that_overlap_cut_no_pair_in_two(board: Board) -> None:
    """Put together they ended beside the pair, but the engine cut at each end, and lost the letter behind it."""
    send(board, update(block(ANN, 0, *note(ANN, text="né😀é"))))
    assert answer(board, update(deleted=deletions((ANN, [(6, 2), (7, 1)])))) == "malformed"
    assert answer(board, update(deleted=deletions((ANN, [(7, 1), (6, 1)])))) == "malformed"
    assert answer(board, update(deleted=deletions((ANN, [(6, 2), (5, 1)])))) == "ok"
    assert is_sound(board)
    assert board.elements()[ELEMENT_ID].text == "né"


@pytest.mark.parametrize("key", [3, 4])
def test_an_element_is_not_made_without_what_its_words_stand_in(board: Board, key: int) -> None:
    """The gate went on counting words in a text that was not there. [GAT-7]"""
    structs = [*note(ANN, kind="card"), item(7, b"\x01", parent=(ANN, 0), key="d")]
    assert answer(board, update(block(ANN, 0, *structs), deleted=deletions((ANN, [(key, 1)])))) == "schema"
    assert answer(board, update(block(ANN, 0, *structs), deleted=deletions((ANN, [(0, 1)])))) == "ok"
