"""What was on the board before, and what a gathering keeps in mind about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harvestry_crdt import Element

__all__ = ["Past", "PutBack", "Rewinding"]


@dataclass(frozen=True, slots=True)
class Past:
    """The board at an earlier time. Times are Unix milliseconds.

    Attributes:
        since: The earliest time that is known; None if none is.
        before: The time whose board is the present one, as it is just before anything more is written.
        elements: Everything that was on the board, deleted ones too; None if that time is not known.
    """

    since: int | None
    before: int
    elements: Mapping[str, Element] | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """A region was put back to how it was. Times are Unix milliseconds.

    Attributes:
        to: How it was then.
        before: To put it back to this undoes that.
    """

    at: int
    to: int
    before: int


@dataclass(frozen=True, slots=True)
class Rewinding:
    """What is kept in mind of the past. Times are Unix milliseconds.

    Attributes:
        last: How each region was put back last.
        revealed: When something was last revealed in each region.
        asides: Since when an element is set aside.
        spans: From when until when an element was set aside, the last time of those that are over.
    """

    last: Mapping[str, PutBack] = field(default_factory=dict)
    revealed: Mapping[str, int] = field(default_factory=dict)
    asides: Mapping[str, int] = field(default_factory=dict)
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
