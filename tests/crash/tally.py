"""What a campaign counts, and what it says at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Tally"]


@dataclass
class Tally:
    """One campaign.

    Attributes:
        what: Its name and seed.
        cycles: How often something was cut, killed, flipped or filled.
        checked: Promises that were looked for afterwards.
        broken: Those that were not kept, each in a sentence.
        seen: What else happened, counted.
    """

    what: str
    cycles: int = 0
    checked: int = 0
    broken: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        seen = ", ".join(f"{count} {name}" for name, count in sorted(self.seen.items()))
        line = f"{self.what}: {self.cycles} cycles, {self.checked} promises checked, {len(self.broken)} broken"
        return f"{line} ({seen})" if seen else line
