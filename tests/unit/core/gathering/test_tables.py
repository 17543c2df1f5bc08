"""What table hosts do for their own table, and nobody at another one is told."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Doc, Map

from harvestry.core.access import Role
from harvestry.core.protocol import ConnId
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import identity
from support.sealing import Draft

EAST, WEST = ("Tove", "Ann", "Ida", "Jon"), ("Wim", "Ben", "Kai", "Lea")
PAPER = Draft("paper", "the bus stops at six", region="stories")


def seat(name: str) -> str:
    return name.ljust(12, "_")


class Room(HostedBench):
    """Two tables of four: Tove hosts East, Wim hosts West; Vera harvests."""

    def begin(self, **write: Any) -> None:
        phases = [dict(phase) for phase in PLAN["phases"]]
        opens = {"region": "see", "visibility": "sealed-table", "attribution": "table"}
        phases[2] = {**phases[2], "opens": [opens], **write}
        self.host_it(plan(phases=phases))
        self.conns = {"Ann": self.ann, "Vera": self.join(identity("Vera", Role.HARVESTER))}
        for name in (*EAST, *WEST):
            if name != "Ann":
                role = Role.TABLE if name in ("Tove", "Wim") else Role.PARTICIPANT
                self.conns[name] = self.join(identity(name, role))
        self.settle()
        at = {seat(name): "east" for name in EAST} | {seat(name): "west" for name in WEST}
        self.do(self.host, "people.tables", tables={"east": "East", "west": "West"}, seats=at)

    def __getitem__(self, name: str) -> ConnId:
        return self.conns[name]

    def tables(self, name: str) -> dict[str, Any]:
        """What goes on at somebody's table, as they are told."""
        told: dict[str, Any] = self.own(self[name])["tables"]
        return told

    def read(self, name: str) -> list[str]:
        """What somebody reads that is sealed."""
        return sorted(note["text"] for note in self.own(self[name])["sealing"]["notes"])

    def write(self, name: str, text: str) -> None:
        self.do(self[name], "seal.write", **Draft(name + text, text).args)

    def notes(self) -> list[dict[str, Any]]:
        doc: Doc[Any] = Doc()
        els = doc.get("els", type=Map)
        for update in self.updates(self.host):
            doc.apply_update(update)
        made = [{**els[id].to_py(), "id": id} for id in els.keys()]  # noqa: SIM118
        return [element for element in made if element["t"] == "note" and not element.get("del")]

    def powers(self) -> list[str]:
        return [power["what"] for power in self.view(self.host)["moderating"]["powers"]]


@pytest.fixture
def room() -> Room:
    room = Room()
    room.begin(tables_reveal=True)
    return room


def test_a_table_has_a_time_of_its_own_that_only_it_and_the_team_are_told(room: Room) -> None:
    """[TAB-4]"""
    room.go("tell")
    room.clear()
    room.do(room["Tove"], "table.timer", seconds=120)
    timer = room.tables("Ann")["timer"]
    assert timer["seconds"] == 120
    assert [room.tables(name)["timer"] for name in EAST] == [timer] * 4
    assert room.messages(room["Ben"], "own") == []
    assert "timers" not in room.view(room["Ben"])["tables"]
    assert room.view(room.host)["tables"]["timers"] == {"east": timer}
    assert room.powers()[-1] == "gave East a timer of 2:00"
    assert room.refused(room["Tove"], "table.timer", table="west", seconds=60) == "table"
    room.do(room.host, "table.timer", table="west", seconds=60)
    assert room.tables("Ben")["timer"]["seconds"] == 60
    room.do(room["Tove"], "table.timer", seconds=0)
    assert room.tables("Ann")["timer"] is None
    room.go("sort")
    assert room.tables("Ben")["timer"] is None


def test_a_table_host_calls_their_own_table_and_nobody_else(room: Room) -> None:
    """[TAB-5]"""
    room.go("tell")
    room.clear()
    room.do(room["Tove"], "table.summon", region="stories", hold=30)
    assert [room.tables(name)["summon"]["by"] for name in EAST] == [seat("Tove")] * 4
    assert room.messages(room["Ben"], "own") == []
    assert room.view(room["Ben"])["moderating"]["summon"] is None
    assert room.refused(room["Tove"], "table.summon", region="stories", hold=30) == "held"
    assert room.refused(room["Tove"], "table.summon", table="west", region="stories") == "table"
    assert room.refused(room["Tove"], "table.summon", region="nowhere") == "unknown"
    assert room.powers()[-1] == "called East to “Stories” and holds the view for 30 seconds"
    room.live_through(31)
    assert room.tables("Ann")["summon"] is None
    room.do(room.host, "table.summon", table="west", view=[0, 0, 800, 600])
    assert room.tables("Ben")["summon"]["view"] == [0, 0, 800, 600]
    room.do(room["Wim"], "table.release")
    assert room.tables("Ben")["summon"] is None


def test_people_choose_their_table_once_hosts_let_them(room: Room) -> None:
    """[TAB-6]"""
    assert room.refused(room["Ann"], "table.choose", table="west") == "choosing"
    room.do(room.host, "table.choosing", on=True)
    assert room.view(room["Ann"])["tables"]["choosing"] is True
    room.do(room["Ann"], "table.choose", table="west")
    assert room.own(room["Ann"])["people"]["table"] == "west"
    assert room.refused(room["Ann"], "table.choose", table="north") == "unknown"
    assert room.powers()[-1] == "lets people choose their table"


def test_nobody_leaves_a_table_that_writes_as_one(room: Room) -> None:
    """[TAB-6] [PS-01] Nor sits down alone at one that is empty."""
    late = room.join(identity("Cleo"))
    room.do(room.host, "table.choosing", on=True)
    room.go("write")
    assert room.refused(room["Ann"], "table.choose", table="west") == "kept"
    room.do(late, "table.choose", table="east")
    tables = {"east": "East", "west": "West", "north": "North"}
    room.do(room.host, "people.tables", tables=tables, seats=room.view(room.host)["people"]["at"])
    mia = room.join(identity("Mia"))
    assert room.refused(mia, "table.choose", table="north") == "small"


def test_nobody_sits_down_where_notes_of_before_are_read_by_the_table_alone(room: Room) -> None:
    """[TAB-6]"""
    room.do(room.host, "table.choosing", on=True)
    room.go("write")
    room.write("Ben", "for us four")
    room.do(room["Wim"], "table.reveal")
    room.go("sort")
    assert room.refused(room["Ann"], "table.choose", table="west") == "kept"
    assert room.read("Ann") == []
    room.do(room.host, "seal.reveal", phase="write")
    room.do(room.host, "seal.reveal", phase="write")
    room.do(room["Ann"], "table.choose", table="west")


def test_a_table_is_shown_its_own_notes_by_whoever_hosts_it(room: Room) -> None:
    """[TAB-7] [SEA-2] Where the step says so, that table alone, and hosts never before all are."""
    room.go("write")
    room.write("Ann", "east one")
    room.write("Ben", "west one")
    room.do(room["Tove"], "table.reveal")
    assert [room.read(name) for name in EAST] == [["east one"]] * 4
    assert room.own(room["Ida"])["sealing"]["handed"] == ["see"]
    assert [room.read(name) for name in WEST] == [[], ["west one"], [], []]
    assert room.own(room["Ben"])["sealing"]["handed"] == []
    assert room.notes() == []
    assert room.powers()[-1] == "revealed “What we see” to East"
    assert room.refused(room["Tove"], "table.reveal") == "revealed"
    # East has read its notes: nobody adds to them unasked; West goes on.
    assert room.refused(room["Ida"], "seal.write", **Draft("Ida", "too late").args) == "revealed"
    room.write("Kai", "west two")
    room.do(room["Ida"], "seal.late", **Draft("Ida", "late, and asked").args)
    assert room.read("Ann") == ["east one", "late, and asked"]
    # A host shows West its own first, and then everybody everything.
    room.do(room.host, "seal.reveal")
    assert room.read("Lea") == ["west one", "west two"]
    assert room.read("Jon") == ["east one", "late, and asked"]
    room.do(room.host, "seal.reveal")
    assert sorted(note["txt"] for note in room.notes()) == ["east one", "late, and asked", "west one", "west two"]


def test_once_each_table_was_shown_its_own_the_next_reveal_is_to_all(room: Room) -> None:
    """[TAB-7]"""
    room.go("write")
    room.write("Ann", "east one")
    room.write("Ben", "west one")
    room.do(room["Tove"], "table.reveal")
    again = Room(stored=room.reloaded())
    again.host, again.conns = again.join(identity("Rosa", Role.HOST)), {}
    again.conns["Wim"] = again.join(identity("Wim", Role.TABLE))
    again.settle()
    again.do(again["Wim"], "table.reveal")
    again.do(again.host, "seal.reveal")
    assert sorted(note["txt"] for note in again.notes()) == ["east one", "west one"]
    assert {note["s"]["table"] for note in again.notes()} == {"East", "West"}


def test_where_the_step_does_not_say_so_hosts_alone_reveal() -> None:
    """[TAB-7]"""
    room = Room()
    room.begin()
    room.go("write")
    room.write("Ann", "east one")
    assert room.refused(room["Tove"], "table.reveal") == "hosts"
    assert room.read("Ida") == []


@pytest.mark.parametrize("who", ["Tove", "Vera"])
def test_what_is_put_in_from_paper_is_the_tables_and_never_a_persons(room: Room, who: str) -> None:
    """[TAB-8]"""
    room.go("tell")
    before = len(room.entries)
    args = {"region": "stories", "text": PAPER.text, "key": PAPER.key_hash}
    room.do(room[who], "table.note", table="east", **args)
    assert room.do(room[who], "table.note", table="east", **args) == {"there": True}
    (note,) = room.notes()
    assert (note["txt"], note["s"]["table"]) == (PAPER.text, "East")
    told = [entry for entry in room.entries[before:] if entry.update is not None]
    assert len(told) == 1
    for entry in told:
        assert not entry.happenings
        assert all(seat(who).encode() not in body for body in entry.vault.values() if body is not None)
    # Nobody's: neither whoever put it in nor a host gives it other words on the board; the key does.
    room.do(room[who], "seal.withdraw", element=note["id"], key=PAPER.key)
    assert room.notes() == []


def test_a_table_host_writes_for_no_other_table_and_where_the_step_is_open(room: Room) -> None:
    """[TAB-8]"""
    room.go("tell")
    args = {"region": "stories", "text": PAPER.text, "key": PAPER.key_hash}
    assert room.refused(room["Tove"], "table.note", table="west", **args) == "table"
    assert room.refused(room["Vera"], "table.note", **args) == "table"
    assert room.refused(room["Tove"], "table.note", **{**args, "region": "see"}) == "closed"
    assert room.refused(room["Tove"], "table.note", **{**args, "text": " "}) == "invalid"
    room.do(room.host, "mod.lock", region="stories", locked=True)
    assert room.refused(room["Tove"], "table.note", **args) == "locked"


def test_what_is_put_in_while_a_step_is_sealed_waits_for_the_reveal_as_all_does(room: Room) -> None:
    """[TAB-8] [SEA-1]"""
    room.go("write")
    room.write("Ann", "east one")
    args = {"text": PAPER.text, "key": PAPER.key_hash, "region": "see"}
    room.do(room["Tove"], "table.note", **args)
    assert room.do(room["Tove"], "table.note", **args) == {"there": True}
    assert room.notes() == []
    assert room.read("Tove") == []
    room.do(room["Tove"], "table.reveal")
    assert room.read("Tove") == ["east one", PAPER.text]
    room.do(room.host, "seal.reveal")
    room.do(room.host, "seal.reveal")
    assert {note["s"]["table"] for note in room.notes()} == {"East"}


def test_where_no_table_is_to_be_known_none_stands_on_what_is_put_in() -> None:
    """[TAB-8] [PS-01] A note shows as much as the step has it, and not more."""
    room = Room()
    room.begin(opens=[{"region": "see", "visibility": "sealed-open", "attribution": "none"}])
    room.go("write")
    room.do(room["Vera"], "table.note", table="east", text=PAPER.text, key=PAPER.key_hash, region="see")
    room.do(room.host, "seal.reveal")
    (note,) = room.notes()
    assert not note.get("s")
