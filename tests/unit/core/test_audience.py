"""Who is told the same, in the order they came."""

from __future__ import annotations

import pytest

from harvestry.core.audience import Audience
from harvestry.core.protocol import ConnId


def test_whoever_comes_is_told_last_and_whoever_goes_is_told_no_more() -> None:
    audience = Audience()
    assert not audience
    assert audience.all == ()
    for number in (3, 1, 2):
        audience.add(ConnId(number))
    assert audience.all == (3, 1, 2)
    audience.remove(ConnId(3))
    audience.add(ConnId(3))
    assert audience.all == (1, 2, 3)
    for number in (1, 2, 3):
        audience.remove(ConnId(number))
    assert not audience
    assert audience.all == ()


def test_it_is_the_same_tuple_until_somebody_comes_or_goes() -> None:
    audience = Audience()
    audience.add(ConnId(1))
    assert audience.all is audience.all


def test_whoever_was_not_told_cannot_go() -> None:
    with pytest.raises(KeyError):
        Audience().remove(ConnId(1))
