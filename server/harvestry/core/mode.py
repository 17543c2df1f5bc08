"""Whether a board can be written to, as everybody in the room is told."""

from __future__ import annotations

from enum import Enum

__all__ = ["DAMAGED", "PAUSED", "Mode", "mode_of"]

PAUSED = "The board cannot be saved just now. Your changes are kept on your device and saved as soon as it can be."
DAMAGED = "This board is damaged and can only be looked at; whoever runs the server has been told."


class Mode(Enum):
    """The word for it on the wire."""

    OPEN = "open"
    LOCKED = "locked"
    PAUSED = "paused"
    DAMAGED = "damaged"


def mode_of(*, locked: bool, paused: bool = False, damaged: bool = False) -> Mode:
    """The one that counts most of those that hold."""
    if damaged:
        return Mode.DAMAGED
    if paused:
        return Mode.PAUSED
    return Mode.LOCKED if locked else Mode.OPEN
