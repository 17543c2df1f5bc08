"""Who would like to go on with whom, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harvestry.core.access import SeatId

__all__ = ["Connecting", "Wish"]


@dataclass(frozen=True, slots=True)
class Wish:
    """That somebody would like to go on with somebody.

    Attributes:
        declined: The other one said no, and whoever offered is not told.
        withdrawn: Whoever offered took it back. Only a no is kept like this, so that it need not be said again.
    """

    declined: bool
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Connecting:
    """What people have said of going on with each other, by who said it and of whom. From the vault."""

    wishes: Mapping[tuple[SeatId, SeatId], Wish] = field(default_factory=dict)

    def is_mutual(self, one: SeatId, other: SeatId) -> bool:
        """Whether both have said so, and neither has said no."""
        wishes = self.wishes.get((one, other)), self.wishes.get((other, one))
        return all(wish is not None and not wish.declined for wish in wishes)
