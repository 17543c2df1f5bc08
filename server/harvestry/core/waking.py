"""What waits while a resting board is being decoded.

A room that nobody edits holds its board as bytes, and can be joined like that. The first event that needs the document
has it woken, which takes a while on a large board; it and all that come meanwhile wait in the order they came.
"""

from __future__ import annotations

from harvestry_crdt import Board

from . import events
from .catchup import NOTHING_KNOWN
from .presence import Door

__all__ = ["Waking"]


# As a tuple, which is faster to ask about than a union.
_DOINGS = (events.PresenceReceived, events.AwarenessReceived)


class Waking:
    """The events that wait for one board's document.

    Attributes:
        waiting: They, oldest first.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self.waiting: list[events.Event] = []

    @property
    def is_under_way(self) -> bool:
        """Whether the document is being decoded for somebody."""
        return bool(self.waiting)

    def holds_back(self, event: events.Event, position: tuple[int, int]) -> bool:
        """Whether an event has to wait; it is kept if so.

        Args:
            event: What has just happened.
            position: The (epoch, seq) of the board.
        """
        if not self.waiting and isinstance(event, _DOINGS):
            return False  # As nearly all that comes to a board nobody edits.
        if isinstance(event, events.Awake | events.WakeFailed | events.StateWanted | events.TickDue):
            return False
        # The board is awake a little before we are told; until then nothing overtakes what waits.
        if not self.waiting and (self._board.is_awake or not _needs_document(event, position)):
            return False
        self.waiting.append(event)
        return True

    def release(self) -> list[events.Event]:
        """The events that waited; nothing waits any more."""
        waiting, self.waiting = self.waiting, []
        return waiting


def _needs_document(event: events.Event, position: tuple[int, int]) -> bool:
    match event:
        case events.EditReceived() | events.Recalled() | events.TakeBack():
            return True
        case events.CommandReceived(_, command):
            return command.name != "rename"
        case events.Step1Received(_, state_vector):
            return state_vector != NOTHING_KNOWN
        case events.Joined(door=Door.NATIVE, state_vector=known, since=since):
            return known is not None and known != NOTHING_KNOWN and since != position
        case _:
            return False
