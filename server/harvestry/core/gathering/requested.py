"""What table hosts and harvesters ask hosts for, as the vault keeps it: rows, and the slice of the state they make.

Whoever asks may do so in words that nobody else is to read, about somebody else's note. So what is asked for is no
happening: granted, declined or taken back, it is in no file soon after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .parts import Row

__all__ = ["REQUEST", "Requested", "Requests", "What"]

REQUEST = "request"

What = Literal["time", "stop", "move", "aside", "restore"]


class Requested(Row):
    """Something that somebody asks hosts for; the row is named after what it is about.

    Attributes:
        at: Unix milliseconds.
        seat: Who asks. When they are erased, so is this.
        phase: The phase it is about, as far as it is about one.
        seconds: How much time.
        stopped: Whether the clock is to stand or to run on.
        who: The seat that is to move to `table`.
        element: What is to be set aside, or put back.
        reason: Why.
    """

    kind: Literal["request"] = "request"
    at: int
    seat: str
    what: What
    phase: str | None = None
    seconds: int = 0
    stopped: bool = False
    who: str | None = None
    table: str | None = None
    element: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Requests:
    """What is asked for and not answered yet.

    Attributes:
        open: By the keys of their rows.
    """

    open: Mapping[str, Requested] = field(default_factory=dict)

    def keep(self, key: str, row: Row | None) -> Requests:
        """The slice once a row is kept, or with None forgotten."""
        others = {other: one for other, one in self.open.items() if other != key}
        return replace(self, open={**others, key: row} if isinstance(row, Requested) else others)
