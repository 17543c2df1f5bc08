"""What rooms and outboxes did, as plain numbers that only grow; whoever watches reads them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """Sums over every room and every connection that was given this tally.

    Attributes:
        edits: Edits that arrived, repeats and refused ones included.
        receipts: Receipts sent; one covers every edit of its connection up to its number.
        refused: Edits that were not taken, by code: the gate's and those of `Refused`.
        neutralised: Edits that were taken and undone in part, by code.
        presence_dropped: Frames from which presence was left out for a slow reader.
        queues_dropped: Times that everything waiting for a slow reader was dropped.
    """

    edits: int = 0
    receipts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    neutralised: Counter[str] = field(default_factory=Counter)
    presence_dropped: int = 0
    queues_dropped: int = 0
