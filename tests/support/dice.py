"""Chance from a seed, for fuzzing: the same seed rolls the same on every machine and every Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Dice"]

T = TypeVar("T")


class Dice:
    """Quick choices; the standard methods cost more than what is being tested."""

    def __init__(self, seed: int | str) -> None:
        source = random.Random(seed)
        self.roll = source.random
        self.bytes = source.randbytes

    def below(self, end: int) -> int:
        """A whole number from 0 to before `end`."""
        return int(self.roll() * end)

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included; what a `Storm` asks for."""
        return low + int(self.roll() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.roll() * len(options))]

    def once_in(self, times: int) -> bool:
        return self.roll() * times < 1
