"""Where the server puts notes in a region: rows from the left, inside its frame and below what stands there."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Final

from harvestry_crdt import Element

__all__ = ["NOTE", "grid", "lowest"]

# A note as people make it: width and height in world units.
NOTE: Final = (184, 104)
_GAP = 12
# Left, right and bottom of a frame; its title and prompt stand above.
_MARGIN, _HEAD = 24, 84
# Of notes that overlap so much shows at least, as long as the frame allows it.
_SHOWING = 36


def grid(size: tuple[int, int], count: int, *, below: int) -> list[tuple[int, int]]:
    """Places for so many notes, relative to the frame, row by row.

    Args:
        size: The frame's width and height.
        count: How many.
        below: Where what stands in it already ends; 0 if nothing does.

    Notes overlap if there are too many of them for the room there is, first in height and then in width. What stands
    there already is overlapped only if not even one row fits below it.
    """
    if count == 0:
        return []
    width, height = size
    left, right = min(_MARGIN, width // 8), max(width - _MARGIN, NOTE[0])
    top, bottom = min(_HEAD, height // 4), height - _MARGIN
    if below and below + _GAP + NOTE[1] <= bottom:
        top = max(top, below + _GAP)
    columns = min(count, max(1, (right - left + _GAP) // (NOTE[0] + _GAP)))
    across = NOTE[0] + _GAP
    room = max(0, bottom - top - NOTE[1])
    while (ceil(count / columns) - 1) * _SHOWING > room and columns < count:
        narrower = max(0, right - left - NOTE[0]) // columns
        if narrower < _SHOWING:
            break
        columns, across = columns + 1, narrower
    rows = ceil(count / columns)
    down = NOTE[1] + _GAP if rows == 1 else min(NOTE[1] + _GAP, room // (rows - 1))
    return [(left + number % columns * across, top + number // columns * down) for number in range(count)]


def lowest(elements: Iterable[Element]) -> int:
    """Where elements of one frame end."""
    return max((element.geometry[1] + element.geometry[3] for element in elements), default=0)
