"""What waits for a board's past: one command at a time, until that has been read and everything else is in place."""

from __future__ import annotations

from dataclasses import dataclass

from .access import Identity
from .errors import InvalidState, Refusal
from .events import Recall, Recalled
from .gathering.base import Command
from .gathering.past import Past
from .protocol import ConnId

__all__ = ["LATER", "Asked", "Recalling"]

# In the place of an answer: it comes once the past is known.
LATER = object()


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that cannot be decided without the board's past.

    Attributes:
        n: What its sender calls it.
    """

    conn: ConnId
    n: int
    who: Identity
    command: Command
    at: int | None


class Recalling:
    """The way to the board's past and back.

    Attributes:
        asked: The command that waits.
    """

    def __init__(self) -> None:
        self.asked: Asked | None = None
        self._ticket = 0
        self._is_sent = False
        self._found: Recalled | None = None

    def ask(self, asked: Asked) -> None:
        """Have a command wait.

        Raises:
            Refusal: If another one does.
        """
        if self.asked is not None:
            raise Refusal("busy", "A host is putting something back already. Try again in a moment.")
        self.asked, self._is_sent, self._found = asked, False, None
        self._ticket += 1

    def wish(self) -> Recall | None:
        """What is to be read, if it is not yet; to be asked while everything that came by then is on disk."""
        if self.asked is None or self._is_sent:
            return None
        self._is_sent = True
        return Recall(self._ticket, self.asked.at)

    def found(self, recalled: Recalled) -> None:
        """The past has been read; nothing is done about what nobody waits for any more."""
        if self.asked is not None and recalled.ticket == self._ticket:
            self._found = recalled

    @property
    def is_ready(self) -> bool:
        """Whether the command that waits can be decided."""
        return self._found is not None

    def take(self, *, before: int) -> tuple[Asked, Past | None]:
        """The command that waits, and the past; None if that cannot be read. Nothing waits any more.

        Args:
            before: The time whose board is the present one, in Unix milliseconds.
        """
        asked, found = self.asked, self._found
        self.asked = self._found = None
        if asked is None or found is None:
            raise InvalidState("nothing waits for the past")
        return asked, None if found.is_lost else Past(found.since, before, found.elements)

    def abandon(self) -> list[tuple[ConnId, int]]:
        """Nothing waits any more; who asked, and what they call it."""
        asked, self.asked, self._found = self.asked, None, None
        return [] if asked is None else [(asked.conn, asked.n)]
