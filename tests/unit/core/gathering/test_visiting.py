"""The host team at tables: announced before they see anything, and told when they leave."""

from __future__ import annotations

from typing import Any

import pytest

from harvestry.core.access import Role
from harvestry.core.gathering.gathering import dump, fold
from harvestry.core.gathering.visiting import ANNOUNCED_MS, Began
from harvestry.core.protocol import ConnId
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import START, WALL, identity
from support.sealing import Draft

WORDS = "the heron at the weir"
TABLES = {"east": "By the window", "west": "By the door"}
SEATS = {"Ann_________": "east", "Ben_________": "east", "Wim_________": "west"}
ROSA = "Rosa________"


class Room(HostedBench):
    """A room in which Ann has written something that only her table reads."""

    def begin(self, visibility: str = "table") -> None:
        opens = [{"region": "see", "visibility": visibility, "attribution": "named"}]
        self.host_it(plan(phases=[{**PLAN["phases"][2], "opens": opens}, PLAN["phases"][3]]))
        self.ben, self.wim = self.join(identity("Ben")), self.join(identity("Wim"))
        self.hal = self.join(identity("Hal", Role.HARVESTER))
        self.settle()
        self.do(self.host, "people.tables", tables=TABLES, seats=SEATS)
        self.go("write")
        self.do(self.ann, "seal.write", **Draft("a", WORDS).args)
        if visibility == "sealed-table":
            self.do(self.host, "seal.reveal")

    def settled(self) -> None:
        """Let commits succeed, and no time pass."""
        while len(self.entries) > self._committed:
            self.commit()

    def words(self, conn: ConnId) -> list[str]:
        return [note["text"] for note in self.own(conn)["sealing"]["notes"]]

    def visits(self, conn: ConnId | None = None) -> dict[str, Any]:
        visits: dict[str, Any] = self.view(self.ann if conn is None else conn)["visiting"]["visits"]
        return visits

    def powers(self) -> list[tuple[str, str]]:
        return [(power["by"], power["what"]) for power in self.view(self.ben)["moderating"]["powers"]]


@pytest.fixture(params=["table", "sealed-table"])
def room(request: pytest.FixtureRequest) -> Room:
    room = Room()
    room.begin(request.param)
    return room


@pytest.mark.parametrize("who", ["host", "hal"])
def test_ps37_a_table_is_told_before_a_host_or_a_harvester_sees_its_notes(room: Room, who: str) -> None:
    """[VIS-1] [PS-37]"""
    conn: ConnId = getattr(room, who)
    seat = ROSA if who == "host" else "Hal_________"
    assert room.words(room.ben) == [WORDS]
    assert room.words(conn) == []
    room.do(conn, "visit.begin", table="east")
    # Told at once, to everybody alike, and nothing is seen yet.
    begins = room.visits()[seat]["from"]
    for other in (room.ann, room.ben, room.wim, room.host):
        assert room.visits(other) == {seat: {"table": "east", "from": begins, "here": False}}
    assert room.powers()[-1] == (seat, "is about to sit in with By the window")
    assert begins == room.view(room.ann)["moderating"]["powers"][-1]["at"] + ANNOUNCED_MS
    room.wait(begins - WALL * 1_000 + START - 1 - room.now)
    room.settled()
    assert all(WORDS.encode() not in frame for frame in room.frames(conn))
    room.wait(1)
    room.settled()
    assert room.words(conn) == [WORDS]
    assert room.visits() == {seat: {"table": "east", "from": begins, "here": True}}
    assert room.words(room.wim) == []


def test_ps37_what_the_table_writes_meanwhile_is_seen_and_nothing_after_leaving(room: Room) -> None:
    """[VIS-1] [PS-37]"""
    room.do(room.host, "visit.begin", table="east")
    room.live_through(6)
    assert room.words(room.host) == [WORDS]
    room.do(room.host, "visit.end")
    assert room.words(room.host) == []
    assert room.visits() == {}
    assert room.powers()[-1] == (ROSA, "left By the window")
    room.do(room.host, "visit.end")
    assert room.powers()[-2] == (ROSA, "sits in with By the window")


def test_ps37_a_seat_at_the_table_is_no_way_around_being_announced(room: Room) -> None:
    """[VIS-2] [PS-37]"""
    room.do(room.host, "people.tables", tables=TABLES, seats={**SEATS, ROSA: "east"})
    assert room.words(room.host) == []
    assert room.visits()[ROSA]["table"] == "east"
    assert not room.visits()[ROSA]["here"]
    room.live_through(6)
    assert room.words(room.host) == [WORDS]
    # Nor is it one to be made a host of a sudden: what was one's table is visited from now on.
    room.do(room.host, "people.promote", seat="Ben_________", role="cohost")
    assert room.words(room.ben) == []
    assert not room.visits()["Ben_________"]["here"]
    room.live_through(6)
    assert room.words(room.ben) == [WORDS]


def test_ps37_another_table_is_another_visit(room: Room) -> None:
    """[VIS-1] [PS-37]"""
    room.do(room.host, "visit.begin", table="west")
    room.live_through(6)
    assert room.words(room.host) == []
    room.do(room.host, "visit.begin", table="east")
    assert [what for _, what in room.powers()[-2:]] == [
        "left By the door",
        "is about to sit in with By the window",
    ]
    assert room.words(room.host) == []
    room.do(room.host, "visit.begin", table="east")
    assert len(room.visits()) == 1
    assert room.refused(room.host, "visit.begin", table="nowhere") == "unknown"
    assert room.refused(room.ann, "visit.begin", table="west") == "role"


@pytest.mark.parametrize("end", ["demoted", "removed", "no table", "closed"])
def test_ps37_a_visit_ends_with_what_it_needs(room: Room, end: str) -> None:
    """[VIS-2] [PS-37]"""
    room.do(room.hal, "visit.begin", table="east")
    room.live_through(6)
    match end:
        case "demoted":
            room.do(room.host, "people.promote", seat="Hal_________", role="participant")
        case "removed":
            room.do(room.host, "people.remove", seat="Hal_________")
        case "no table":
            room.do(room.host, "people.tables", tables={"west": "By the door"}, seats={"Wim_________": "west"})
        case _:
            room.do(room.host, "show.close")
    assert room.visits() == {}
    if end != "removed":
        assert room.words(room.hal) == []


def test_ps37_a_visit_goes_on_over_a_restart_and_is_announced_to_whoever_comes(room: Room) -> None:
    """[VIS-1] [PS-37]"""
    room.do(room.host, "visit.begin", table="east")
    again = Room(stored=room.reloaded(), wall=room.wall + 60)
    again.ann, again.host = again.join(identity("Ann")), again.join(identity("Rosa", Role.HOST))
    again.settle()
    assert again.visits()[ROSA]["table"] == "east"
    assert again.words(again.host) == [WORDS]
    assert again.visits()[ROSA]["here"]


def test_a_visit_that_ended_in_the_same_moment_begins_no_more_and_breaks_nothing() -> None:
    """A room is the fold of what happened: something that does not fit would keep it from ever loading again."""
    late = Began(at=1, by="Rosa________", table="east")
    assert fold([dump(late)], {}).visiting == {}
