"""What a gathering does by itself when its time comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harvestry.core import events
from harvestry.core.access import Role, SeatId
from harvestry.core.gathering import base, gathering
from harvestry.core.gathering.show import SHOW, TimeAdded
from harvestry.core.gathering.state import State
from harvestry_crdt import SetTitle
from support.gatherings import HostedBench
from support.rooms import WALL, identity

MINUTE = 60_000


def wakes_at(state: State) -> int | None:
    """When the time of a phase is up, once."""
    show = state.show
    if show.at is None or show.timer is None or show.runs[show.at].extra:
        return None
    return show.timer.ends_at


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[SeatId]]:
    """Every phase goes on for a minute more and says so in the title; returns who was there each time."""
    seen: list[frozenset[SeatId]] = []

    def due(_: State, present: frozenset[SeatId], moment: base.Moment) -> base.Outcome:
        seen.append(present)
        return base.Outcome((TimeAdded(at=moment.now, seconds=60),), changes=(SetTitle("a minute more"),))

    areas = (replace(SHOW, wakes_at=wakes_at, due=due), *gathering.AREAS[1:])
    monkeypatch.setattr(gathering, "AREAS", areas)
    return seen


def test_what_is_due_is_done_at_its_time_and_once(present: list[frozenset[SeatId]]) -> None:
    bench = HostedBench()
    bench.host_it()
    bench.go("arrive")
    assert any(effect.at > bench.now + MINUTE for effect in bench.of(events.WakeAt))
    bench.wait(MINUTE)
    bench.settle()
    assert present == []
    bench.wait(MINUTE)
    bench.settle()
    assert present == [{SeatId("Rosa________"), SeatId("Ann_________")}]
    assert ["titled", "a minute more"] in bench.happened(bench.ann)
    assert bench.view(bench.ann)["show"]["timer"]["ends"] > WALL * 1_000 + bench.now


def test_what_is_due_waits_until_the_board_can_be_saved_and_is_awake(present: list[frozenset[SeatId]]) -> None:
    bench = HostedBench()
    bench.host_it()
    bench.go("arrive")
    bench.handle(events.RestDue())
    bench.clear()
    bench.wait(3 * MINUTE)
    assert len(bench.of(events.WakeBoard)) == 1
    assert bench.entries[-1].happenings == [] or b"show.added" not in bench.entries[-1].happenings[0]
    document = bench.room._loaded.board
    document.wake()
    bench.handle(events.Awake())
    bench.settle()
    assert b"show.added" in bench.entries[-1].happenings[0]


def test_what_became_due_while_nobody_was_here_is_done_when_somebody_comes(
    present: list[frozenset[SeatId]],
) -> None:
    bench = HostedBench()
    bench.host_it()
    bench.go("arrive")
    stored = bench.reloaded()
    again = HostedBench(stored=stored, wall=WALL + 3_600)
    again.handle(events.TickDue())
    again.room._loaded.board.wake()
    again.handle(events.Awake())
    again.host = again.join(identity("Rosa", Role.HOST))
    again.settle()
    assert again.view(again.host)["show"]["timer"]["ends"] > (WALL + 3_600) * 1_000
