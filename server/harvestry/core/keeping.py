"""How much of a board's log and of its snapshots is kept: enough to be safe, and for a while enough to look back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .ports import Keeping

__all__ = ["Position", "cut"]

# With fewer snapshots, the log from its beginning is the only other way to the board.
_SAFE: Final = 3
# Between those that are kept to look back: none of them is needed, each saves replaying so much of the log.
_SPACED_MS: Final = 300_000


@dataclass(frozen=True, slots=True)
class Position:
    """A snapshot, or the empty board that a log begins with.

    Attributes:
        at: When the last update in it came, in Unix milliseconds.
        size: Its bytes.
        log: Bytes of the log after it.
    """

    seq: int
    at: int
    size: int
    log: int


def cut(positions: Sequence[Position], keeping: Keeping | None) -> tuple[int, frozenset[int]] | None:
    """What can go.

    Args:
        positions: All snapshots, oldest first; before them the empty board at 0, if the log still begins there.
        keeping: How much of the past stays beyond what is safe.

    Returns:
        The position up to which the log goes, and the snapshots that go; None if all of it stays.
    """
    if sum(one.seq > 0 for one in positions) < _SAFE:
        return None
    floor = base = len(positions) - _SAFE
    if keeping is not None:
        room = keeping.most_bytes - sum(one.size for one in positions[floor:])
        while base > 0 and positions[base].at > keeping.since:
            earlier = positions[base - 1]
            room -= earlier.size
            if earlier.log > room:
                break
            base -= 1
    gone = {one.seq for one in positions[:base]}
    last = positions[base]
    for one in positions[base + 1 : floor]:
        if one.at - last.at < _SPACED_MS:
            gone.add(one.seq)
        else:
            last = one
    return positions[base].seq, frozenset(gone)
