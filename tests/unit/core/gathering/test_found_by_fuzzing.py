"""What the fuzzer found in gatherings, each once more by itself."""

from __future__ import annotations

from typing import Any

from harvestry.core.access import Role, SeatId
from harvestry.core.gathering.gathering import fold, own, view
from support.gatherings import HostedBench
from support.rooms import Writer

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"


def after_a_restart(room: HostedBench, of: Role | SeatId) -> Any:
    """What is shown to a role, or to a seat, of what is stored; a store reads rows in the order of their keys."""
    stored = room.reloaded()
    state = fold(stored.happenings, dict(sorted(stored.vault.items())))
    return view(state, of) if isinstance(of, Role) else own(state, of)


def test_what_the_team_said_in_one_moment_stays_in_its_order_after_a_restart() -> None:
    room = HostedBench()
    room.host_it()
    said = [f"message {number}" for number in range(9)]
    for text in said:
        room.command(room.host, "mod.say", text=text)
    room.settle()
    assert [one["text"] for one in room.view(room.host)["moderating"]["team"]] == said
    assert [one["text"] for one in after_a_restart(room, Role.HOST)["moderating"]["team"]] == said


def test_what_was_set_aside_of_ones_own_is_told_in_one_order() -> None:
    room = HostedBench()
    room.host_it()
    room.go("tell")
    frame = next(r["element"] for r in room.view(room.host)["show"]["regions"] if r["key"] == "stories")
    writer = Writer(44, room.welcome(room.ann)["update"])
    for update in room.updates(room.ann):
        writer.apply(update)
    before = writer.doc.get_state()
    with writer.doc.transaction():
        for id in (A, B):
            writer.note(id)
            writer.els[id]["p"] = frame
    room.edit(room.ann, writer.doc.get_update(before))
    room.settle()
    for id in (B, A):
        room.do(room.host, "mod.aside", element=id, reason="It names somebody.")
    assert room.own(room.ann)["moderating"]["aside"] == [A, B]
    assert after_a_restart(room, SeatId("Ann_________"))["moderating"]["aside"] == [A, B]
