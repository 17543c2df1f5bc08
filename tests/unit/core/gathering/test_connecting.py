"""Going on with each other: told to two people and to nobody else, and true once both have said so."""

from __future__ import annotations

import pytest

from harvestry.core.access import Role
from harvestry.core.gathering.connecting import MOST_OFFERS
from harvestry.core.gathering.gathering import fold, own, rows_about
from harvestry.core.protocol import ConnId
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import identity

PHASES = [PLAN["phases"][0], {"key": "leave", "title": "Leave", "minutes": 2, "connects": True}]


class Room(HostedBench):
    """Ann, Ben and Cleo take their leave; Rosa hosts, and Otto looks on."""

    def begin(self) -> None:
        self.host_it(plan(phases=PHASES))
        self.ben, self.cleo = self.join(identity("Ben")), self.join(identity("Cleo"))
        self.otto = self.join(identity("Otto", Role.OBSERVER))
        self.settle()
        self.go("leave")

    def seat(self, conn: ConnId) -> str:
        return str(self.messages(conn, "welcome")[0][1]["seat"])

    def told(self, conn: ConnId) -> dict[str, list[str]]:
        return dict(self.own(conn)["connecting"])

    def offer(self, by: ConnId, to: ConnId, offered: bool = True) -> None:
        self.do(by, "connect.offer", seat=self.seat(to), offered=offered)


@pytest.fixture
def room() -> Room:
    room = Room()
    room.begin()
    return room


def test_an_offer_is_told_to_the_one_it_is_made_to_and_is_true_once_both_say_so(room: Room) -> None:
    """[CON-1]"""
    ann, ben = room.seat(room.ann), room.seat(room.ben)
    room.offer(room.ann, room.ben)
    assert room.told(room.ben) == {"offered": [ann], "offering": [], "mutual": []}
    assert room.told(room.ann) == {"offered": [], "offering": [ben], "mutual": []}
    room.offer(room.ann, room.ben)
    room.offer(room.ben, room.ann)
    assert room.told(room.ann) == {"offered": [], "offering": [], "mutual": [ben]}
    assert room.told(room.ben) == {"offered": [], "offering": [], "mutual": [ann]}
    room.offer(room.ann, room.ben, offered=False)
    assert room.told(room.ann) == {"offered": [ben], "offering": [], "mutual": []}


def test_whoever_was_told_no_cannot_ask_again_and_again(room: Room) -> None:
    """[CON-2] Taking an offer back and making it again looks to whoever made it as new, and is told nobody."""
    ann, ben = room.seat(room.ann), room.seat(room.ben)
    nothing: dict[str, list[str]] = {"offered": [], "offering": [], "mutual": []}
    room.offer(room.ann, room.ben)
    room.do(room.ben, "connect.decline", seat=ann)
    before = len(room.messages(room.ben, "own"))
    for _ in range(3):
        room.offer(room.ann, room.ben, offered=False)
        assert room.told(room.ann) == nothing
        room.offer(room.ann, room.ben)
        assert room.told(room.ann) == {**nothing, "offering": [ben]}
    assert room.told(room.ben) == nothing
    assert len(room.messages(room.ben, "own")) == before
    assert room.refused(room.ben, "connect.decline", seat=ann) == "unknown"
    # What was taken back is not there to be answered; what is offered anew by whoever said no is.
    room.offer(room.ann, room.ben, offered=False)
    room.offer(room.ben, room.ann)
    assert room.told(room.ann) == {**nothing, "offered": [ben]}
    room.offer(room.ann, room.ben)
    assert room.told(room.ann) == {**nothing, "mutual": [ben]}


def test_a_no_looks_like_no_answer(room: Room) -> None:
    """[CON-2]"""
    room.offer(room.ann, room.ben)
    before = len(room.messages(room.ann))
    room.do(room.ben, "connect.decline", seat=room.seat(room.ann))
    assert len(room.messages(room.ann)) == before
    assert room.told(room.ben) == {"offered": [], "offering": [], "mutual": []}
    assert room.refused(room.ben, "connect.decline", seat=room.seat(room.ann)) == "unknown"
    # Whoever thinks again says so.
    room.offer(room.ben, room.ann)
    assert room.told(room.ann)["mutual"] == [room.seat(room.ben)]
    room.do(room.ann, "connect.decline", seat=room.seat(room.ben))
    assert room.told(room.ann) == {"offered": [], "offering": [], "mutual": []}
    assert room.told(room.ben)["mutual"] == []


def wire(swapped: bool) -> dict[str, list[object]]:
    """What everybody else hears while Ann offers to Ben and he says yes, or to Cleo; Dan is in neither."""
    room = Room()
    room.begin()
    dan = room.join(identity("Dan"))
    room.settle()
    others = {"host": room.host, "observer": room.otto, "dan": dan, "left out": room.ben if swapped else room.cleo}
    before = {name: len(room.messages(conn)) for name, conn in others.items()}
    other = room.cleo if swapped else room.ben
    room.offer(room.ann, other)
    room.offer(other, room.ann)
    room.do(other, "connect.decline", seat=room.seat(room.ann))
    return {name: room.messages(conn)[before[name] :] for name, conn in others.items()}


def test_nobody_else_hears_anything_whoever_offers_to_whom() -> None:
    """[CON-3] Hosts neither, in no frame at all."""
    assert wire(swapped=False) == wire(swapped=True) == {"host": [], "observer": [], "dan": [], "left out": []}


def test_nothing_of_it_happens_for_good_and_what_one_alone_said_lapses_at_the_end(room: Room) -> None:
    """[CON-4]"""
    ann, ben, cleo = (room.seat(conn) for conn in (room.ann, room.ben, room.cleo))
    happened = sum(len(entry.happenings) for entry in room.entries)
    room.offer(room.ann, room.ben)
    room.offer(room.ben, room.ann)
    room.offer(room.cleo, room.ann)
    assert sum(len(entry.happenings) for entry in room.entries) == happened
    room.do(room.host, "show.close")
    assert room.told(room.ann) == {"offered": [], "offering": [], "mutual": [ben]}
    assert room.told(room.cleo) == {"offered": [], "offering": [], "mutual": []}
    vault = {key: body for entry in room.entries for key, body in entry.vault.items()}
    kept = {key: body for key, body in vault.items() if body is not None}
    assert {key for key in kept if key[0] == "connect"} == {("connect", f"{ann}:{ben}"), ("connect", f"{ben}:{ann}")}
    assert rows_about(kept, [], [room.messages(room.ben, "welcome")[0][1]["seat"]]) >= {("connect", f"{ann}:{ben}")}
    state = fold([body for entry in room.entries for body in entry.happenings], kept)
    assert own(state, room.messages(room.ben, "welcome")[0][1]["seat"])["connecting"] == room.told(room.ben)
    assert room.refused(room.cleo, "connect.offer", seat=ben) == "closed"
    assert cleo


def test_it_is_asked_in_its_step_of_people_who_take_part(room: Room) -> None:
    """[CON-5]"""
    assert room.refused(room.ann, "connect.offer", seat=room.seat(room.ann)) == "self"
    assert room.refused(room.ann, "connect.offer", seat=room.seat(room.otto)) == "unknown"
    assert room.refused(room.ann, "connect.offer", seat="Z" * 12) == "unknown"
    assert room.refused(room.otto, "connect.offer", seat=room.seat(room.ann)) == "role"
    for number in range(MOST_OFFERS):
        room.offer(room.ann, room.join(identity(f"P{number}")))
    assert room.refused(room.ann, "connect.offer", seat=room.seat(room.ben)) == "full"
    room.offer(room.ben, room.cleo)
    room.do(room.host, "people.remove", seat=room.seat(room.cleo))
    assert room.told(room.ben) == {"offered": [], "offering": [], "mutual": []}
    room.go("arrive")
    assert room.refused(room.ben, "connect.offer", seat=room.seat(room.ann)) == "closed"
