"""Fixtures for tests of the board."""

import pytest

from harvestry_crdt import Board
from support.updates import ANN, SERVER, block, note, send, update


@pytest.fixture
def board() -> Board:
    """A board with one note of Ann's that says "hi"; her next clock is 6."""
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *note(ANN, text="hi"))))
    return board
