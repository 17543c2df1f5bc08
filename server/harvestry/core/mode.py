"""Whether a board can be written to, as everybody in the room is told."""

from __future__ import annotations

from enum import Enum

__all__ = ["Mode", "mode_of"]


class Mode(Enum):
    """The word for it on the wire."""

    OPEN = "open"
    LOCKED = "locked"


def mode_of(*, locked: bool) -> Mode:
    """The one that counts most of those that hold."""
    return Mode.LOCKED if locked else Mode.OPEN
