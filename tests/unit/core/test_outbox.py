"""What waits for one reader is bounded, and presence goes first."""

from __future__ import annotations

import pytest

from harvestry.core.limits import Limits, Millis
from harvestry.core.outbox import Fanout, Outbox
from harvestry.core.tally import Tally

LIMITS = Limits(max_outbox_bytes=100, presence_outbox_bytes=50)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(LIMITS, Tally())


def drain(outbox: Outbox) -> list[bytes]:
    frames = []
    while (frame := outbox.peek()) is not None:
        frames.append(frame)
        outbox.done()
    return frames


def test_frames_leave_in_the_order_they_came(outbox: Outbox) -> None:
    for frame in (b"a", b"b", b"c"):
        assert outbox.offer(frame)
    assert drain(outbox) == [b"a", b"b", b"c"]
    assert outbox.queued_bytes == 0


def test_what_does_not_fit_is_not_taken(outbox: Outbox) -> None:
    assert outbox.offer(b"on its way")
    assert outbox.offer(b"x" * 60)
    assert not outbox.offer(b"x" * 41)
    assert outbox.offer(b"x" * 40)
    assert outbox.queued_bytes == 100
    outbox.done()
    assert outbox.queued_bytes == 40
    assert outbox.offer(b"x" * 60)


def test_a_frame_on_its_way_leaves_room_for_others_whatever_its_size(outbox: Outbox) -> None:
    assert outbox.offer(b"x" * 1_000)
    assert outbox.offer(b"x" * 100)
    assert not outbox.offer(b"x")


def test_a_slow_reader_is_spared_presence(outbox: Outbox) -> None:
    """[LIM-2]"""
    outbox.offer(b"on its way")
    outbox.offer(b"x" * 51)
    assert outbox.offer(Fanout(b"full" * 100, lambda: b"lean"))
    assert outbox.offer(Fanout(b"presence", lambda: None))
    assert drain(outbox) == [b"on its way", b"x" * 51, b"lean"]
    assert outbox.caught_up()
    assert not outbox.caught_up()


def test_a_quick_reader_is_not(outbox: Outbox) -> None:
    outbox.offer(Fanout(b"full", lambda: b"lean"))
    assert drain(outbox) == [b"full"]
    assert not outbox.caught_up()


def test_nobody_missed_presence_in_a_frame_that_had_none(outbox: Outbox) -> None:
    outbox.offer(b"on its way")
    outbox.offer(b"x" * 51)
    frame = b"update"
    outbox.offer(Fanout(frame, lambda: frame))
    assert drain(outbox)[2:] == [frame]
    assert not outbox.caught_up()


def test_a_lean_frame_is_made_once_and_only_if_somebody_needs_it() -> None:
    made: list[int] = []

    def lean() -> bytes:
        made.append(1)
        return b"lean"

    fanout = Fanout(b"full", lean)
    assert made == []
    assert (fanout.lean, fanout.lean) == (b"lean", b"lean")
    assert made == [1]


def test_a_reader_begins_again_behind_what_is_on_its_way(outbox: Outbox) -> None:
    """[LIM-2]"""
    outbox.offer(b"on its way")
    outbox.offer(b"x" * 51)
    outbox.offer(Fanout(b"presence", lambda: None))
    assert outbox.begin_again(Millis(0))
    assert outbox.queued_bytes == 0
    assert outbox.offer(b"x" * 100)
    assert drain(outbox) == [b"on its way", b"x" * 100]
    assert not outbox.caught_up()


def test_the_third_time_in_a_minute_is_once_too_often(outbox: Outbox) -> None:
    assert outbox.begin_again(Millis(0))
    assert outbox.begin_again(Millis(59_999))
    assert outbox.begin_again(Millis(60_000))
    assert not outbox.begin_again(Millis(60_001))
