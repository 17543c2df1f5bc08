"""Hosts at work, and seen to be: locking, setting aside, asking for other words, calling together, the log of it."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Doc, Map

from harvestry.core.access import Role
from harvestry.core.gathering.gathering import AREAS
from harvestry.core.gathering.powers import NO_POWERS, POWERS
from harvestry.core.protocol import ConnId
from support.gatherings import HostedBench
from support.rooms import Writer, identity

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
CANARY = "a name and a canary"


class Room(HostedBench):
    """A room in which Ann has written a note and everybody tells stories."""

    def begin(self) -> None:
        self.host_it()
        self.ben = self.join(identity("Ben"))
        self.go("tell")
        self.cseq = 0
        self.put(A, CANARY)

    def put(self, id: str, words: str, **more: Any) -> None:
        """Ann puts a note among the stories."""
        writer = self.replica()
        before = writer.doc.get_state()
        with writer.doc.transaction():
            writer.note(id, words)
            writer.els[id]["p"] = self.frame("stories")
            for key, value in more.items():
                writer.els[id][key] = value
        self.send(self.ann, writer.doc.get_update(before))

    def send(self, conn: ConnId, update: bytes) -> list[str]:
        """Somebody sends an edit; returns what they are told."""
        before = len(self.messages(conn, "neutralised"))
        self.cseq += 1
        self.edit(conn, update, self.cseq)
        self.settle()
        return [message[2] for message in self.messages(conn, "neutralised")[before:]]

    def replica(self, number: int = 0) -> Writer:
        """Somebody's copy of the board."""
        writer = Writer(100 + self.cseq * 10 + number)
        for update in self.updates(self.host):
            writer.apply(update)
        return writer

    def board(self) -> dict[str, Any]:
        doc: Doc[Any] = Doc()
        els = doc.get("els", type=Map)
        for update in self.updates(self.host):
            doc.apply_update(update)
        return {id: els[id].to_py() for id in els.keys()}  # noqa: SIM118

    def moderating(self, conn: ConnId | None = None) -> dict[str, Any]:
        told: dict[str, Any] = self.view(self.ben if conn is None else conn)["moderating"]
        return told

    def powers(self) -> list[str]:
        return [power["what"] for power in self.moderating()["powers"]]


@pytest.fixture
def room() -> Room:
    room = Room()
    room.begin()
    return room


def test_only_hosts_change_anything_in_a_region_that_is_locked(room: Room) -> None:
    """[MOD-1]"""
    room.do(room.host, "mod.lock", region="stories", locked=True)
    assert room.moderating()["locked"] == ["stories"]
    writer = room.replica()
    assert room.send(room.ann, writer.move(A, 5)) == ["element_locked"]
    assert room.send(room.host, room.replica(1).move(A, 7)) == []
    room.do(room.host, "mod.lock", region="stories", locked=False)
    assert room.send(room.ann, room.replica(2).move(A, 9)) == []
    assert room.refused(room.host, "mod.lock", region="nowhere", locked=True) == "unknown"


def test_what_is_set_aside_leaves_the_board_with_its_words_and_everybody_sees_why(room: Room) -> None:
    """[MOD-2] [PS-34] Text hidden, reason public, the author told privately."""
    room.clear()
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    told = {"element": A, "region": "stories", "reason": "names a person"}
    for conn in (room.ann, room.ben, room.host):
        assert room.moderating(conn)["aside"] == [told]
        assert all(CANARY.encode() not in frame for frame in room.frames(conn))
    assert room.own(room.ann)["moderating"]["aside"] == [A]
    assert all("moderating" not in m[1] or not m[1]["moderating"]["aside"] for m in room.messages(room.ben, "own"))
    entry = room.entries[-1]
    assert all(CANARY.encode() not in body for body in entry.happenings)
    assert CANARY.encode() not in (entry.update or b"")
    newcomer = room.join(identity("Cleo"))
    assert CANARY.encode() not in room.welcome(newcomer)["update"]


def test_what_was_set_aside_comes_back_as_it_was(room: Room) -> None:
    """[MOD-2] [PS-34] Restorable, and nobody rewrote it."""
    before = room.board()[A]
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    assert room.board()[A]["txt"] == ""
    again = Room(stored=room.reloaded())
    again.host, again.ben, again.cseq = again.join(identity("Rosa", Role.HOST)), again.join(identity("Ben")), 50
    again.settle()
    assert again.moderating()["aside"][0]["element"] == A
    again.do(again.host, "mod.restore", element=A)
    assert again.moderating()["aside"] == []
    doc: Doc[Any] = Doc()
    els = doc.get("els", type=Map)
    for update in [*again.stored.updates, *again.updates(again.host)]:  # type: ignore[union-attr]
        doc.apply_update(update)
    assert els[A].to_py() == before
    assert again.welcome(again.ben)["authors"] == {A: "Ann_________"}
    assert again.refused(again.host, "mod.restore", element=A) == "unknown"


@pytest.mark.parametrize("deed", ["words", "back", "anew"])
def test_nobody_changes_what_is_set_aside(room: Room, deed: str) -> None:
    """[MOD-2]"""
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    for number, conn in enumerate((room.ann, room.host)):
        writer = room.replica(number)
        before = writer.doc.get_state()
        with writer.doc.transaction():
            if deed == "words":
                writer.els[A]["txt"].insert(0, "again")
            elif deed == "back":
                del writer.els[A]["del"]
            else:
                writer.note(A, "anew")
        assert room.send(conn, writer.doc.get_update(before)) == ["aside"]
    assert room.board()[A] == {**room.board()[A], "txt": "", "del": 1}


def test_what_has_no_words_is_taken_away_and_put_back_whole(room: Room) -> None:
    """[MOD-2]"""
    writer = room.replica()
    before = writer.doc.get_state()
    stroke = {"t": "ink", "g": [1, 2, 30, 40], "z": "b1", "d": b"\x00\x01", "p": room.frame("stories"), "c": "mere"}
    with writer.doc.transaction():
        writer.els[B] = Map(stroke)
    assert room.send(room.ann, writer.doc.get_update(before)) == []
    there = room.board()[B]
    room.do(room.host, "mod.aside", element=B, reason="drawn over others")
    assert B not in room.board()
    room.do(room.host, "mod.restore", element=B)
    assert room.board()[B] == there


def test_regions_and_themes_are_not_set_aside(room: Room) -> None:
    assert room.refused(room.host, "mod.aside", element=room.frame("stories"), reason="no") == "frame"
    assert room.refused(room.host, "mod.aside", element="Z" * 12, reason="no") == "unknown"
    assert room.refused(room.host, "mod.aside", element=A, reason="  ") == "invalid"


def test_other_words_are_asked_for_by_the_note_and_not_by_its_author(room: Room) -> None:
    """[MOD-3]"""
    room.do(room.host, "mod.ask", element=A)
    assert room.moderating(room.ann)["rewording"] == room.moderating(room.ben)["rewording"] == [A]
    room.do(room.host, "mod.ask", element=A, asked=False)
    assert room.moderating()["rewording"] == []
    assert room.refused(room.host, "mod.ask", element="Z" * 12) == "unknown"


def test_a_view_is_held_three_minutes_at_most_and_not_renewed_in_silence(room: Room) -> None:
    """[MOD-4] [PS-39]"""
    assert room.refused(room.host, "mod.summon", region="see", hold=181) == "invalid"
    assert room.refused(room.host, "mod.summon", hold=10) == "invalid"
    room.do(room.host, "mod.summon", region="see", hold=180)
    summon = room.moderating()["summon"]
    assert (summon["region"], summon["hold"], summon["by"]) == ("see", 180, "Rosa________")
    assert room.refused(room.host, "mod.summon", region="see", hold=180) == "held"
    room.wait(170_000)
    room.settle()
    assert room.moderating()["summon"] == summon
    room.wait(20_000)
    room.settle()
    assert room.moderating()["summon"] is None
    assert "called everybody to “What we see” and holds the view for 180 seconds" in room.powers()


def test_a_call_without_a_hold_lasts_a_minute_or_until_it_is_released(room: Room) -> None:
    """[MOD-4]"""
    room.do(room.host, "mod.summon", view=[0, 0, 800, 600])
    assert (room.moderating()["summon"]["view"], room.moderating()["summon"]["hold"]) == ([0, 0, 800, 600], 0)
    room.wait(70_000)
    room.settle()
    assert room.moderating()["summon"] is None
    room.do(room.host, "mod.summon", view=[0, 0, 800, 600])
    room.do(room.host, "mod.summon", region="stories", hold=60)
    room.do(room.host, "mod.release")
    assert room.moderating()["summon"] is None
    room.do(room.host, "mod.release")
    assert room.powers()[-1] == "released the view"


def test_a_hold_ends_though_nobody_was_here(room: Room) -> None:
    """[MOD-4] [PS-39]"""
    room.do(room.host, "mod.summon", region="see", hold=60)
    again = Room(stored=room.reloaded(), wall=room.wall + 3_600)
    again.host = again.join(identity("Rosa", Role.HOST))
    again.settle()
    assert again.moderating(again.host)["summon"] is None


def test_the_spotlight_and_the_cursors_are_the_hosts(room: Room) -> None:
    """[MOD-4]"""
    room.do(room.host, "mod.spotlight", element=A)
    room.do(room.host, "mod.cursors", hidden=True)
    assert (room.moderating()["spotlight"], room.moderating()["cursors"]) == (A, False)
    room.do(room.host, "mod.spotlight")
    room.do(room.host, "mod.cursors", hidden=False)
    assert (room.moderating()["spotlight"], room.moderating()["cursors"]) == (None, True)
    room.do(room.host, "mod.spotlight", element=A)
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    assert room.moderating()["spotlight"] is None


def test_displays_show_how_to_join_until_the_host_team_turns_it_off(room: Room) -> None:
    """[MOD-8]"""
    assert room.moderating()["door"]
    assert room.room.shows_door
    room.do(room.host, "mod.display", door=False)
    assert not room.moderating()["door"]
    assert not room.room.shows_door
    room.do(room.host, "mod.display", door=True)
    assert [power["what"] for power in room.moderating()["powers"]][-2:] == [
        "no longer shows how to join on the display",
        "shows how to join on the display",
    ]


def test_the_bell_is_told_to_everybody_and_rests_after_it_rang(room: Room) -> None:
    """[MOD-7]"""
    assert room.moderating()["bell"] is None
    room.do(room.host, "mod.bell")
    rung = {"at": room.moderating()["powers"][-1]["at"], "by": "Rosa________"}
    for conn in (room.ann, room.host):
        assert room.moderating(conn)["bell"] == rung
    assert room.powers()[-1] == "rang the bell"
    assert room.refused(room.host, "mod.bell") == "soon"
    wall, cohost = room.join(identity("Wall", Role.DISPLAY)), room.join(identity("Cleo", Role.COHOST))
    assert room.refused(cohost, "mod.bell") == "soon"
    room.wait(5_000)
    room.do(cohost, "mod.bell")
    assert room.moderating(wall)["bell"]["by"] == "Cleo________"


def test_the_host_team_speaks_among_themselves_and_with_table_hosts(room: Room) -> None:
    """[MOD-5] Nobody else is told, and it is no happening."""
    harvester = room.join(identity("Hal", Role.HARVESTER))
    table = room.join(identity("Tess", Role.TABLE))
    room.settle()
    room.do(harvester, "mod.say", text="Two minutes more?")
    said = [("Hal_________", "Two minutes more?")]
    for conn in (room.host, harvester, table):
        assert [(one["by"], one["text"]) for one in room.moderating(conn)["team"]] == said
    for conn in (room.ann, room.ben):
        assert room.moderating(conn)["team"] == []
        assert all(b"Two minutes more?" not in frame for frame in room.frames(conn))
    assert all(b"minutes more" not in body for entry in room.entries for body in entry.happenings)
    assert room.refused(room.ann, "mod.say", text="Me too") == "role"
    room.do(table, "mod.say", text="Please")
    assert room.moderating(room.host)["team"][-1]["by"] == "Tess________"
    # Whoever is no table host any more hears nothing of it.
    room.do(room.host, "people.promote", seat="Tess________", role="participant")
    assert room.moderating(table)["team"] == []
    for number in range(120):
        room.command(room.host, "mod.say", text=f"{number}")
        if number % 30 == 0:
            room.settle()
    room.settle()
    told = room.moderating(room.host)["team"]
    assert len(told) <= 100
    assert told[-1]["text"] == "119"


def test_every_power_that_was_used_is_told_to_everybody_in_plain_words(room: Room) -> None:
    """[MOD-6] [PS-36]"""
    room.do(room.host, "show.add", seconds=60)
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    room.do(room.host, "mod.restore", element=A)
    room.do(room.host, "show.go", phase="sort")
    assert room.powers() == [
        "chose the run of show “Winter in Alder Vale”",
        "began the gathering",
        "opened “Arrive”",
        "opened “Tell”",
        "gave 60 seconds",
        "set a note aside: names a person",
        "put a note back",
        "opened “Sort what we see”",
    ]
    for conn in (room.ann, room.host, room.join(identity("Olga", Role.OBSERVER))):
        assert room.moderating(conn)["powers"] == room.moderating()["powers"]
    assert {power["by"] for power in room.moderating()["powers"]} == {"Rosa________"}


def test_whatever_happens_is_a_power_or_is_known_to_be_none() -> None:
    """[MOD-6] [PS-36] No new power goes unseen because somebody forgot it here."""
    kinds = {str(happening.model_fields["kind"].default) for area in AREAS for happening in area.happenings}
    assert kinds - NO_POWERS <= set(POWERS)
    assert not NO_POWERS & set(POWERS)
