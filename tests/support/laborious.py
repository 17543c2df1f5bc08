"""Updates that cost the engine much more to merge than they have bytes, and the boards that make them so."""

from collections.abc import Iterator

from harvestry_crdt import Board
from support.updates import ANN, ELEMENT_ID, SERVER, any_, block, item, note, send, string, update, value, varint

_GEOMETRY = b"\x01" + any_([1, 1, 9, 9])


def board_with_a_note() -> Board:
    """A note of Ann's that says "hi": its geometry is her clock 2, its letters are 4 and 5."""
    board = Board(client_id=SERVER)
    send(board, update(block(ANN, 0, *note(ANN, text="hi"))))
    return board


def strangers(first: int, count: int) -> bytes:
    """So many clients that each give the note a colour, and know of no other."""
    return update(*[block(first + n, 0, value("c", "oat", parent=(ANN, 0))) for n in range(count)])


def by_turns(pieces: int, *, letters: bool, frame: int = 1_000) -> Iterator[bytes]:
    """Two clients move the note, or write in it, by turns: the engine can join nothing."""
    clocks = [0, 0]
    last = (ANN, 5) if letters else (ANN, 2)
    for first in range(0, pieces, frame):
        begin = list(clocks)
        structs: list[list[bytes]] = [[], []]
        for turn in range(first, min(first + frame, pieces)):
            who = turn % 2
            structs[who].append(item(4, string("x"), origin=last) if letters else item(0xA8, _GEOMETRY, origin=last))
            last = (20 + who, clocks[who])
            clocks[who] += 1
        yield update(*[block(20 + who, begin[who], *structs[who]) for who in (0, 1) if structs[who]])


def late_moves(count: int) -> bytes:
    """So many moves that all follow the note's first geometry."""
    return update(block(50, 0, *[item(0xA8, _GEOMETRY, origin=(ANN, 2))] * count))


def late_letters(count: int) -> bytes:
    """So many letters that all follow the first of the note's."""
    return update(block(50, 0, *[item(4, string("y"), origin=(ANN, 4))] * count))


def stillborn(count: int) -> bytes:
    """So many elements of one id, each removed before it came."""
    return update(block(50, 0, *[item(1, varint(1), parent="els", key="mnopqrstuvwx")] * count))


__all__ = ["ELEMENT_ID", "board_with_a_note", "by_turns", "late_letters", "late_moves", "stillborn", "strangers"]
