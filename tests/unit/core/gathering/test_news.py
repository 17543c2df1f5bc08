"""Whom a room tells what is new in its gathering: all who have news in it, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from harvestry.core import events, hosting
from harvestry.core.access import SeatId
from harvestry.core.gathering.gathering import AREAS
from harvestry.core.gathering.state import State
from harvestry.core.protocol import ConnId
from support.gatherings import HostedBench
from support.rooms import identity


def write(bench: HostedBench, conn: ConnId, number: int, text: str = "a word") -> None:
    bench.do(conn, "seal.write", note=f"{number:016}", key=f"{number:043}", region="see", text=text)


def test_each_area_that_tells_a_seat_its_own_knows_whom_a_change_touches() -> None:
    assert [area.name for area in AREAS if area.own is not None and area.touched is None] == []


def test_a_sealed_note_is_told_to_its_author_and_worked_out_for_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = HostedBench()
    bench.host_it()
    ben = bench.join(identity("Ben"))
    bench.go("write")
    asked: list[SeatId] = []
    own = hosting.own

    def counting(state: State, seat: SeatId) -> Any:
        asked.append(seat)
        return own(state, seat)

    before = len(bench.messages(ben))
    with monkeypatch.context() as patch:
        patch.setattr(hosting, "own", counting)
        bench.command(bench.ann, "seal.write", note="0" * 16, key="0" * 43, region="see", text="a word")
        bench.wait(200)
        bench.handle(events.Committed())
    assert asked == [identity("Ann").seat]
    assert [note["text"] for note in bench.own(bench.ann)["sealing"]["notes"]] == ["a word"]
    assert [message for message in bench.messages(ben)[before:] if message[0] in ("own", "gathering")] == []


def test_whoever_comes_back_is_told_of_what_becomes_as_it_was_when_they_left() -> None:
    bench = HostedBench()
    bench.host_it()
    bench.go("write")
    write(bench, bench.ann, 1)
    phone = bench.join(identity("Ann"))
    bench.handle(events.Left(bench.ann))
    bench.handle(events.Left(phone))
    # In another step the note reads as late.
    bench.go("sort")
    back = bench.join(identity("Ann"))
    bench.settle()
    assert bench.own(back)["sealing"]["notes"][0]["late"] is True
    bench.go("write")
    assert bench.own(back)["sealing"]["notes"][0]["late"] is False


def test_somebody_with_two_screens_is_told_on_both() -> None:
    bench = HostedBench()
    bench.host_it()
    bench.go("write")
    phone = bench.join(identity("Ann"))
    bench.settle()
    write(bench, phone, 1)
    write(bench, bench.ann, 2)
    assert bench.own(bench.ann) == bench.own(phone)
    assert len(bench.own(phone)["sealing"]["notes"]) == 2
