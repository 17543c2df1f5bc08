"""Boards of the engine for tests that start from elements."""

from collections.abc import Iterable, Sequence

from harvestry_crdt import Board, Change, Element, Put


def through_a_board(elements: Iterable[Element], changes: Sequence[Change] = ()) -> dict[str, Element]:
    """What the engine hands out again, after these changes: equal values, in orders of its own."""
    board = Board(client_id=7)
    try:
        board.write([Put(element) for element in elements])
        board.commit()
        board.write(changes)
        board.commit()
        return board.elements()
    finally:
        board.close()
