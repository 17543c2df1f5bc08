"""What somebody lacks of the board: all of it, what came after a position, or what a state vector does not know.

Each answer is made once for everybody who asks the same at the same position of the log, because people come in herds:
when a gathering begins, and when a network comes back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from harvestry_crdt import Board, MalformedUpdate, merge

from .errors import CloseCode, PeerError
from .outbox import Fanout
from .yprotocol import encode_step2

__all__ = ["NOTHING_KNOWN", "CatchUp"]

Q = TypeVar("Q")
T = TypeVar("T")

# The state vector of an empty document; the answer to it is the whole board, which a board at rest has at hand.
NOTHING_KNOWN = b"\x00"

# How far back `since` reaches.
_MAX_BYTES = 131_072
_MAX_UPDATES = 256
# Different state vectors answered at one position; people who stayed together have the same.
_MAX_ANSWERS = 8
# Of large answers the latest alone is kept: they are copied for the wire, and somebody may ask for all there are.
_MAX_ANSWER_BYTES = 1_048_576


class CatchUp:
    """The answers for one board.

    Args:
        board: Asked only between two commits.
        seq: The position of the board.
    """

    def __init__(self, board: Board, seq: int) -> None:
        self._board = board
        self._oldest = seq
        self._updates: deque[bytes] = deque()
        self._bytes = 0
        self._whole: bytes | None = None
        self._state_vector: bytes | None = None
        self._since: dict[int, bytes] = {}
        self._diffs: dict[bytes, bytes] = {}
        self._steps: dict[bytes, Fanout] = {}

    def committed(self, update: bytes) -> None:
        """The log has gone on by one update."""
        self._whole = self._state_vector = None
        self._since.clear()
        self._diffs.clear()
        self._steps.clear()
        self._updates.append(update)
        self._bytes += len(update)
        while self._bytes > _MAX_BYTES or len(self._updates) > _MAX_UPDATES:
            self._bytes -= len(self._updates.popleft())
            self._oldest += 1

    def reaches(self, seq: int) -> bool:
        """Whether all that came after a position is at hand."""
        return self._oldest <= seq <= self._oldest + len(self._updates)

    def since(self, seq: int) -> bytes | None:
        """What came after a position that is reached, as one update; None if nothing did."""
        after = seq - self._oldest
        if after == len(self._updates):
            return None
        answer = self._since.get(seq)
        if answer is None:
            answer = merge([*self._updates][after:])
            _remember(self._since, seq, answer, len)
        return answer

    def whole(self) -> bytes:
        """The board as one update."""
        if self._whole is None:
            self._whole = self._board.encode()
        return self._whole

    def state_vector(self) -> bytes:
        """What the board knows."""
        if self._state_vector is None:
            self._state_vector = self._board.state_vector()
        return self._state_vector

    def diff(self, state_vector: bytes) -> bytes:
        """What a state vector does not know.

        Raises:
            PeerError: If it is not a state vector.
        """
        if state_vector == NOTHING_KNOWN:
            return self.whole()
        answer = self._diffs.get(state_vector)
        if answer is None:
            try:
                answer = self._board.diff(state_vector)
            except MalformedUpdate as error:
                raise PeerError(CloseCode.MALFORMED, "malformed state vector") from error
            _remember(self._diffs, state_vector, answer, len)
        return answer

    def step2(self, state_vector: bytes) -> Fanout:
        """The same as a message of the stock door.

        Raises:
            PeerError: If it is not a state vector.
        """
        message = self._steps.get(state_vector)
        if message is None:
            encoded = encode_step2(self.diff(state_vector))
            message = Fanout(encoded, lambda: encoded)
            _remember(self._steps, state_vector, message, lambda kept: len(kept.full))
        return message


def _remember(answers: dict[Q, T], question: Q, answer: T, size_of: Callable[[T], int]) -> None:
    answers[question] = answer
    while len(answers) > _MAX_ANSWERS or (len(answers) > 1 and sum(map(size_of, answers.values())) > _MAX_ANSWER_BYTES):
        del answers[next(iter(answers))]
