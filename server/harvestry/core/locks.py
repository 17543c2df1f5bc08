"""Which elements are locked: what the board says, and what waits for the next commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harvestry_crdt import Board, Operation

__all__ = ["Locks"]


class Locks:
    """The locked elements of one board, asked by `in`.

    The board is asked once about each element that matters, since nearly all edits are of unlocked ones.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._known: dict[str, bool] = {}
        self._pending: dict[str, bool] = {}

    def __contains__(self, element: object) -> bool:
        if not isinstance(element, str):
            return False
        locked = self._pending.get(element)
        if locked is None:
            locked = self._known.get(element)
        if locked is None:
            locked = self._known[element] = self._board.is_locked(element)
        return locked

    def admitted(self, operations: Iterable[Operation]) -> None:
        """These will be part of the next commit; what follows is judged by them."""
        for operation in operations:
            element, value = operation.element, operation.value
            if element is None:
                continue
            if operation.key == "lk":
                self._pending[element] = operation.action == "set" and bool(value)
            elif operation.action == "create":
                self._pending[element] = isinstance(value, Mapping) and bool(value.get("lk"))

    def applied(self) -> None:
        """The commit has begun: from here on the board knows, and of two who wrote at once it says who won."""
        for element in self._pending:
            self._known.pop(element, None)
        self._pending.clear()
