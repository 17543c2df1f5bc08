"""How much of a board each person has made, and how full it is.

Elements are counted as they come and go, those included that are deleted but kept so that undo brings them back: they
take their room until the board is compacted. The bytes of a person are the words they wrote that are still there, one
byte for each UTF-16 unit, and the strokes they drew; they are kept as an upper bound and measured when that matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from harvestry_crdt import Board, Operation

from .access import Holder
from .leases import Leases
from .limits import Limits
from .policy import Headroom, weight

__all__ = ["Quotas"]

# From this much on people are told.
_FILLING_PERCENT = 90
# Encoding a board to learn its size takes a while: once for each hundredth of what it may hold.
_MEASURES = 100


class Quotas:
    """The quotas of one board.

    Args:
        author_of: Who made an element, if anybody knows.
        size: How many bytes the board takes at most.
    """

    def __init__(
        self,
        board: Board,
        limits: Limits,
        leases: Leases,
        *,
        author_of: Callable[[str], Holder | None],
        size: int,
    ) -> None:
        self._board = board
        self._limits = limits
        self._leases = leases
        self._author_of = author_of
        self._elements: Counter[Holder] | None = None
        self._strokes: dict[Holder, set[str]] = {}
        self._ghosts = 0
        self._has_undone = False
        self._count = 0
        self._bytes: dict[Holder, int] = {}
        # How often anything was taken away from the board, now and when each person was measured.
        self._losses = 0
        self._measured: dict[Holder, int] = {}
        # How often anything was made, now and when the elements of each person were counted.
        self._gains = self._gains_counted = 0
        self._size = size
        self._size_measured = 0

    def board_left(self) -> Headroom:
        """What the board can still take."""
        return Headroom(self._limits.max_board_elements - self._living(), self._limits.max_board_bytes - self._size)

    def seat_left(self, holder: Holder, operations: Sequence[Operation]) -> Headroom:
        """What one person may still add, looked at closely if these would be too much."""
        limits = self._limits
        if self._elements is None:
            self._elements = self._count_elements()
            for element, author in self._authors(self._board.living("ink")).items():
                self._strokes.setdefault(author, set()).add(element)
        made = sum(operation.action == "create" for operation in operations)
        if self._elements[holder] + made > limits.max_seat_elements and self._gains != self._gains_counted:
            # What several bring back at once is one thing, made several times.
            self._elements = self._count_elements()
            self._gains_counted = self._gains
        added = sum(weight(operation) for operation in operations)
        if holder not in self._bytes or (
            self._bytes[holder] + added > limits.max_seat_bytes and self._measured[holder] != self._losses
        ):
            self._bytes[holder] = self._measure(holder)
            self._measured[holder] = self._losses
        return Headroom(limits.max_seat_elements - self._elements[holder], limits.max_seat_bytes - self._bytes[holder])

    def admitted(self, holder: Holder, operations: Sequence[Operation]) -> None:
        """An edit is part of the next commit; what is undone of it is left out."""
        for operation in operations:
            action, value = operation.action, operation.value
            if action == "text" and isinstance(value, tuple):
                come, gone = value
                self._add(holder, come)
                self._losses += gone > 0
            elif action == "remove":
                self._losses += 1
                self._recount(operation, -1)
            elif action == "create":
                self._gains += 1
                self._add(holder, weight(operation))
                self._recount(operation, 1)
            elif operation.key == "d":
                self._losses += 1
                self._add(holder, weight(operation))

    def undone(self, elements: int) -> None:
        """Some of an edit is undone in the next commit, and so many elements with it, and takes room until then."""
        self._ghosts += elements
        self._has_undone = True

    def applied(self) -> None:
        """The commit has begun: what was undone is gone."""
        self._ghosts = 0
        self._losses += self._has_undone
        self._gains += self._has_undone
        self._has_undone = False

    def grown(self, size: int) -> None:
        """The board's log has grown by so many bytes, the board by no more."""
        self._size += size
        limit = self._limits.max_board_bytes
        nearly = self._size * 100 >= limit * _FILLING_PERCENT
        if nearly and self._size - self._size_measured >= limit // _MEASURES:
            self._size = self._size_measured = len(self._board.encode())

    def filling(self) -> tuple[str, int] | None:
        """What of the board's room is nearly taken, and to how many per cent; None while there is plenty."""
        shares = {
            "elements": self._living() * 100 // self._limits.max_board_elements,
            "bytes": self._size * 100 // self._limits.max_board_bytes,
        }
        what = max(shares, key=shares.__getitem__)
        return (what, min(100, shares[what])) if shares[what] >= _FILLING_PERCENT else None

    def _living(self) -> int:
        if self._board.is_awake:
            self._count = self._board.count() - self._ghosts
        return self._count

    def _authors(self, elements: Iterable[str]) -> dict[str, Holder]:
        known = ((element, self._author_of(element)) for element in elements)
        return {element: author for element, author in known if author is not None}

    def _count_elements(self) -> Counter[Holder]:
        return Counter(self._authors(self._board.living()).values())

    def _measure(self, holder: Holder) -> int:
        return self._board.weight(self._leases.of(holder), self._strokes.get(holder, ()))

    def _add(self, holder: Holder, weight: int) -> None:
        if holder in self._bytes:
            self._bytes[holder] += weight

    def _recount(self, operation: Operation, change: int) -> None:
        if self._elements is not None and operation.element is not None:
            author = self._author_of(operation.element)
            if author is not None:
                self._elements[author] += change
                value = operation.value
                if isinstance(value, Mapping) and value.get("t") == "ink":
                    self._strokes.setdefault(author, set()).add(operation.element)
