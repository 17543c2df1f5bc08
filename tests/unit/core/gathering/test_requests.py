"""What table hosts and harvesters ask hosts for: granted with one press, or gone without a trace."""

from __future__ import annotations

from typing import Any

import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.protocol import ConnId
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import Writer, identity

A, B, C = "AAAAAAAAAAAA", "BBBBBBBBBBBB", "CCCCCCCCCCCC"
REASON = "it names a neighbour and a canary"
ANN, BEN, TOVE, VERA = (name.ljust(12, "_") for name in ("Ann", "Ben", "Tove", "Vera"))


class Room(HostedBench):
    """Two tables: at East sit Tove, who hosts it, and Ann; at West sits Ben. Vera harvests. Everybody tells stories."""

    def begin(self, attribution: str = "named") -> None:
        phases = [dict(phase) for phase in PLAN["phases"]]
        phases[1]["opens"] = [{"region": "stories", "attribution": attribution}]
        self.host_it(plan(phases=phases))
        self.ben = self.join(identity("Ben"))
        self.tove = self.join(identity("Tove", Role.TABLE))
        self.vera = self.join(identity("Vera", Role.HARVESTER))
        self.settle()
        self.seat({ANN: "east", TOVE: "east", BEN: "west"})
        self.go("tell")
        self.number = 0
        self.write(self.ann, A)
        self.write(self.ben, B)

    def seat(self, seats: dict[str, str]) -> None:
        self.do(self.host, "people.tables", tables={"east": "East", "west": "West"}, seats=seats)

    def write(self, conn: ConnId, id: str) -> None:
        """Somebody puts a note among the stories."""
        self.number += 1
        writer = Writer(100 + self.number)
        for update in self.updates(self.host):
            writer.apply(update)
        before = writer.doc.get_state()
        with writer.doc.transaction():
            writer.note(id, "words")
            frame = next(r["element"] for r in self.view(self.host)["show"]["regions"] if r["key"] == "stories")
            writer.els[id]["p"] = frame
        self.edit(conn, writer.doc.get_update(before), self.number)
        self.settle()

    def asked(self, conn: ConnId | None = None) -> list[dict[str, Any]]:
        """What hosts are asked for, or what somebody else is told of it."""
        told: list[dict[str, Any]] = self.view(self.host if conn is None else conn)["requests"]["open"]
        return told

    def first(self) -> str:
        return str(self.asked()[0]["request"])

    def what(self) -> list[str]:
        return [one["what"] for one in self.asked()]

    def powers(self) -> list[str]:
        return [power["what"] for power in self.view(self.host)["moderating"]["powers"]]


@pytest.fixture
def room() -> Room:
    room = Room()
    room.begin()
    return room


def test_a_table_host_asks_for_time_and_a_host_gives_it_with_one_press(room: Room) -> None:
    """[TAB-1] Hosts alone see it, and it is the host who gives the time."""
    ends = room.view(room.host)["show"]["timer"]["ends"]
    room.do(room.tove, "request.time", seconds=120)
    (asked,) = room.asked()
    assert (asked["what"], asked["seconds"], asked["by"]) == ("time", 120, TOVE)
    assert room.own(room.tove)["requests"]["open"] == [asked]
    for other in (room.ann, room.ben, room.vera, room.tove):
        assert room.asked(other) == []
    room.do(room.host, "request.grant", request=asked["request"])
    assert room.view(room.host)["show"]["timer"]["ends"] == ends + 120_000
    assert room.powers()[-1] == "gave 120 seconds"
    assert room.view(room.host)["moderating"]["powers"][-1]["by"] == "Rosa________"
    assert room.asked() == []
    assert room.refused(room.host, "request.grant", request=asked["request"]) == "unknown"


def test_a_table_host_asks_for_the_clock_to_stand(room: Room) -> None:
    """[TAB-1]"""
    assert room.refused(room.tove, "request.stop", stopped=False) == "already"
    room.do(room.tove, "request.stop", stopped=True)
    room.do(room.host, "request.grant", request=room.first())
    assert room.view(room.host)["show"]["timer"]["ends"] is None


def test_asking_again_is_asking_once_and_ends_with_the_step(room: Room) -> None:
    """[TAB-1]"""
    room.do(room.tove, "request.time", seconds=60)
    room.do(room.tove, "request.time", seconds=120)
    assert [one["seconds"] for one in room.asked()] == [120]
    room.do(room.tove, "request.aside", element=A, reason=REASON)
    room.go("sort")
    assert room.what() == ["aside"]


def test_a_harvester_proposes_to_set_a_note_aside_and_a_host_does_it_with_the_reason_given(room: Room) -> None:
    """[TAB-2]"""
    room.do(room.vera, "request.aside", element=B, reason=REASON)
    assert room.asked()[0]["reason"] == REASON
    assert room.view(room.ben)["moderating"]["aside"] == []
    room.do(room.host, "request.grant", request=room.first())
    assert room.view(room.ben)["moderating"]["aside"][0]["reason"] == REASON
    assert room.powers()[-1] == f"set a note aside: {REASON}"
    room.do(room.vera, "request.restore", element=B, reason="it does not")
    room.do(room.host, "request.grant", request=room.first())
    assert room.view(room.ben)["moderating"]["aside"] == []


@pytest.mark.parametrize("way", ["declined", "taken back"])
def test_words_of_a_proposal_leave_no_trace_when_it_comes_to_nothing(room: Room, way: str) -> None:
    """[TAB-2] Nobody but hosts and whoever asked was ever sent them, and they are in no happening."""
    room.clear()
    room.do(room.vera, "request.aside", element=B, reason=REASON)
    if way == "declined":
        room.do(room.host, "request.decline", request=B)
    else:
        room.do(room.vera, "request.drop", request=B)
    assert room.asked() == []
    assert room.of(events.LeaveNoTrace)
    for conn in (room.ann, room.ben, room.tove):
        assert all(REASON.encode() not in frame for frame in room.frames(conn))
    assert all(REASON.encode() not in body for entry in room.entries for body in entry.happenings)
    assert all(REASON.encode() not in body for body in room.reloaded().vault.values())
    assert room.messages(room.ben, "gathering") == []


def test_a_table_host_proposes_for_what_their_own_table_wrote(room: Room) -> None:
    """[TAB-2] [PEO-6]"""
    assert room.refused(room.tove, "request.aside", element=B, reason=REASON) == "table"
    assert room.refused(room.tove, "request.aside", element="nothing_here", reason=REASON) == "table"
    room.do(room.tove, "request.aside", element=A, reason=REASON)
    room.do(room.host, "request.grant", request=A)
    room.do(room.tove, "request.restore", element=A, reason="a mistake")
    assert room.what() == ["restore"]


def test_where_no_names_are_to_be_a_table_host_learns_nothing_of_who_wrote_what() -> None:
    """[TAB-2] [PS-01] The refusal is the same for a note of the own table and for one of another."""
    room = Room()
    room.begin(attribution="none")
    answers = [room.answer(room.tove, "request.aside", element=id, reason=REASON)[2:] for id in (A, B)]
    assert answers[0] == answers[1]
    assert answers[0][0] == "table"


def test_one_asks_at_a_time_about_a_note_and_what_a_host_does_by_themselves_answers_it(room: Room) -> None:
    """[TAB-2]"""
    room.do(room.vera, "request.aside", element=A, reason=REASON)
    assert room.refused(room.tove, "request.aside", element=A, reason="mine") == "asked"
    assert room.refused(room.tove, "request.drop", request=A) == "unknown"
    room.do(room.host, "mod.aside", element=A, reason="another reason")
    assert room.asked() == []
    assert room.refused(room.vera, "request.aside", element=A, reason=REASON) == "unknown"


def test_a_table_host_asks_for_people_to_come_or_go(room: Room) -> None:
    """[TAB-3] A host moves them with one press; nobody else is moved."""
    assert room.refused(room.tove, "request.move", seat=VERA, table="west") == "table"
    assert room.refused(room.tove, "request.move", seat=ANN, table="east") == "already"
    assert room.refused(room.tove, "request.move", seat=ANN, table="north") == "invalid"
    assert room.refused(room.tove, "request.move", seat="nobody_here_", table="east") == "unknown"
    room.do(room.tove, "request.move", seat=BEN, table="east")
    assert room.view(room.host)["people"]["at"][BEN] == "west"
    room.do(room.host, "request.grant", request=room.first())
    assert room.view(room.host)["people"]["at"] == {ANN: "east", TOVE: "east", BEN: "east"}


def test_what_somebody_asks_for_goes_with_their_seat_and_is_there_after_a_restart(room: Room) -> None:
    """[TAB-1]"""
    room.do(room.tove, "request.move", seat=BEN, table="east")
    room.do(room.vera, "request.aside", element=A, reason=REASON)
    again = Room(stored=room.reloaded())
    again.host = again.join(identity("Rosa", Role.HOST))
    again.settle()
    assert sorted(again.what()) == ["aside", "move"]
    again.do(again.host, "people.remove", seat=TOVE)
    assert again.what() == ["aside"]


def test_nobody_asks_for_more_than_can_be_read(room: Room) -> None:
    """[LIM-2]"""
    ids = [f"note{number:08}" for number in range(21)]
    for id in ids:
        room.write(room.host, id)
    for id in ids[:20]:
        room.do(room.vera, "request.aside", element=id, reason="too many")
    assert room.refused(room.vera, "request.aside", element=ids[20], reason="too many") == "full"
