"""Phases carry permissions for edits: what is sent at either door, and what of it stays on the board."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pycrdt import Map, Text

from harvestry.core.access import Role
from harvestry.core.presence import Door
from support.gatherings import PLAN, plan
from support.rooms import Writer, identity
from support.writing import WritingBench

A, B, C, D = "AAAAAAAAAAAA", "BBBBBBBBBBBB", "CCCCCCCCCCCC", "DDDDDDDDDDDD"


class Room(WritingBench):
    """Rosa hosts; Ann and Ben take part and edit."""

    def begin(self, of: dict[str, Any] | None = None) -> None:
        self.host_it(of)
        self.ben = self.join(identity("Ben"))
        self.settle()


def puts(id: str, parent: str | None = None, kind: str = "note", words: str = "words", **more: Any) -> Any:
    """An edit that puts something on the board."""
    values: dict[str, Any] = {"t": kind, "g": [10, 10, 184, 104], "z": "a0", **more}
    if kind in ("note", "text", "frame", "shape"):
        values["txt"] = Text(words)
    if parent is not None:
        values["p"] = parent
    return lambda els: els.__setitem__(id, Map(values))


def sets(id: str, key: str, value: object) -> Any:
    return lambda els: els[id].__setitem__(key, value)


def types(id: str, words: str) -> Any:
    return lambda els: els[id]["txt"].insert(0, words)


@pytest.fixture
def room() -> Room:
    room = Room()
    room.begin()
    return room


def test_before_the_beginning_hosts_prepare_and_nobody_else_writes(room: Room) -> None:
    """[POL-10]"""
    assert room.writes(room.ann, puts(A)) == "not_begun"
    assert room.messages(room.ann, "neutralised")[-1][3] == "The gathering has not begun."
    assert room.writes(room.host, puts(B)) is None
    assert room.writes(room.ann, types(B, "more ")) == "not_begun"
    assert A not in room.board()
    assert room.board()[B]["txt"] == "words"


def test_without_a_run_of_show_everybody_writes() -> None:
    """[POL-10]"""
    room = Room()
    room.host = room.join(identity("Rosa", Role.HOST))
    room.ann = room.join(identity("Ann"))
    assert room.writes(room.ann, puts(A)) is None
    assert room.writes(room.host, types(A, "more ")) is None
    assert room.board()[A]["txt"] == "more words"


def test_one_writes_in_the_region_that_is_open_and_nowhere_else(room: Room) -> None:
    """[POL-10] [POL-14]"""
    room.go("tell")
    stories, see = room.frame("stories"), room.frame("see")
    assert room.writes(room.ann, puts(A, stories)) is None
    assert room.writes(room.ann, puts(B, see)) == "closed"
    sentence = "Writing is closed. It opens with “Write what we see”."
    assert room.messages(room.ann, "neutralised")[-1][3:] == [sentence, [B]]
    assert room.writes(room.ann, puts(C)) == "closed"
    assert room.writes(room.ann, puts(D, g=[5_000, 5_000, 184, 104])) == "outside"
    assert set(room.board()) & {A, B, C, D} == {A}


def test_a_note_in_nothing_belongs_to_the_region_around_its_middle(room: Room) -> None:
    """[POL-10]"""
    room.go("tell")
    # The region `stories` is 800 wide and begins at 900.
    assert room.writes(room.ann, puts(A, g=[900, 0, 184, 104])) is None
    assert room.writes(room.ann, puts(B, g=[809, 0, 184, 104])) is None
    assert room.writes(room.ann, puts(C, g=[807, 0, 184, 104])) == "outside"
    room.writes(room.host, sets(room.frame("stories"), "g", [3_000, 0, 800, 600]))
    assert room.writes(room.ann, puts(C, g=[900, 0, 184, 104])) == "outside"
    assert room.writes(room.ann, puts(D, g=[3_000, 0, 184, 104])) is None


def test_a_note_in_a_theme_belongs_to_the_region_of_the_theme(room: Room) -> None:
    """[POL-10]"""
    room.go("tell")
    stories = room.frame("stories")
    # In one edit, and the note named first.
    both = [puts(B, A), puts(A, stories, "frame", "A theme")]
    assert room.writes(room.ann, lambda els: [put(els) for put in both]) is None
    assert room.writes(room.ben, puts(C, A)) is None
    room.go("arrive")
    assert room.writes(room.ben, puts(D, A)) == "closed"
    assert set(room.board()) >= {A, B, C}


def test_a_note_does_not_ride_into_a_region_on_what_may_not_be_moved(room: Room) -> None:
    """[POL-15] The frame stays where it is, and with it what is put into it."""
    room.go("tell")
    stories, see = room.frame("stories"), room.frame("see")
    room.writes(room.host, puts(A, see, "frame", "A theme"))
    room.writes(room.ann, lambda els: None)
    writer = room.replicas[room.ann]
    before = writer.doc.get_state()
    with writer.doc.transaction():
        writer.els[A]["p"] = stories
        puts(B, A)(writer.els)
    room.edit(room.ann, writer.doc.get_update(before), 10)
    room.settle()
    told = {message[2]: message[4] for message in room.messages(room.ann, "neutralised")}
    assert told == {"moving": [A], "closed": [B]}
    assert room.board()[A]["p"] == see
    assert B not in room.board()


def test_frames_in_a_circle_are_nowhere(room: Room) -> None:
    room.go("tell")
    pair = [puts(A, B, "frame"), puts(B, A, "frame")]
    assert room.writes(room.ann, lambda els: [put(els) for put in pair]) == "outside"
    assert room.writes(room.host, lambda els: [put(els) for put in pair]) is None
    assert room.writes(room.ann, puts(C, A)) == "outside"


def test_a_connector_belongs_to_the_region_of_what_it_begins_at(room: Room) -> None:
    """[POL-10]"""
    room.go("tell")
    room.writes(room.ann, puts(A, room.frame("stories")))
    ends = {"a": {"id": A}, "b": {"x": 0, "y": 0}}
    assert room.writes(room.ann, puts(B, kind="conn", g=[-9_000, 0, 1, 1], d=ends)) is None
    nowhere = {"a": {"x": 0, "y": 0}, "b": {"id": A}}
    assert room.writes(room.ann, puts(C, kind="conn", g=[-9_000, 0, 1, 1], d=nowhere)) == "outside"


def test_nobody_changes_the_words_of_somebody_else_hosts_included(room: Room) -> None:
    """[POL-11] [PS-34] Hosts moderate; they never rewrite."""
    room.go("tell")
    room.writes(room.ann, puts(A, room.frame("stories")))
    for conn in (room.host, room.ben):
        assert room.writes(conn, types(A, "not ")) == "not_yours"
        assert room.writes(conn, sets(A, "del", 1)) == "not_yours"
        assert room.writes(conn, lambda els: els.__delitem__(A)) == "not_yours"
        # Nor by putting another in its place.
        assert room.writes(conn, puts(A, room.frame("stories"), words="other words")) == "not_yours"
    assert room.writes(room.ann, types(A, "my ")) is None
    assert room.board()[A]["txt"] == "my words"
    assert "del" not in room.board()[A]
    assert room.writes(room.ann, sets(A, "del", 1)) is None


def test_moving_is_for_whom_the_phase_says(room: Room) -> None:
    """[POL-12]"""
    room.go("tell")
    room.writes(room.ann, puts(A, room.frame("stories")))
    assert room.writes(room.ben, sets(A, "g", [1, 1, 184, 104])) == "moving"
    assert room.messages(room.ben, "neutralised")[-1][3] == "Moving is closed. It opens with “Sort what we see”."
    assert room.writes(room.ben, sets(A, "c", "mere")) == "moving"
    assert room.writes(room.ann, sets(A, "g", [2, 2, 184, 104])) is None
    assert room.writes(room.host, sets(A, "g", [3, 3, 184, 104])) is None
    room.go("sort")
    assert room.writes(room.ben, sets(A, "g", [4, 4, 184, 104])) is None
    assert room.writes(room.ben, puts(B, room.frame("stories"), "frame", "A theme")) is None
    assert room.writes(room.ann, types(B, "It is ")) is None
    assert room.writes(room.ben, sets(A, "p", B)) is None
    assert room.writes(room.ann, types(A, "late ")) == "closed"
    assert room.board()[A]["p"] == B
    assert room.board()[B]["txt"] == "It is A theme"


def test_a_sealed_region_takes_nothing_through_the_board_from_anybody(room: Room) -> None:
    """[POL-13]"""
    room.go("tell")
    see = room.frame("see")
    assert room.writes(room.host, puts(A, see)) is None
    assert room.writes(room.host, puts(B, room.frame("stories"))) is None
    room.go("write")
    for conn in (room.host, room.ann):
        assert room.writes(conn, puts(C, see)) == "sealed"
        assert room.writes(conn, puts(C)) == "sealed"
        assert room.writes(conn, sets(A, "g", [9, 9, 184, 104])) == "sealed"
        assert room.writes(conn, types(A, "more ")) == "sealed"
        assert room.writes(conn, sets(B, "p", see)) == "sealed"
    assert C not in room.board()
    assert room.board()[A]["g"] == [10, 10, 184, 104]


def test_one_has_as_many_notes_as_the_opening_says_and_a_host_as_many_as_they_like() -> None:
    """[POL-10]"""
    room = Room()
    phases = [{"key": "tell", "title": "Tell", "minutes": 5, "opens": [{"region": "stories", "limit": 2}]}]
    room.begin(plan(phases=phases))
    room.go("tell")
    stories = room.frame("stories")
    three = [puts(id, stories) for id in (A, B, C)]
    assert room.writes(room.ann, lambda els: [put(els) for put in three]) == "limit"
    assert len(set(room.board()) & {A, B, C}) == 2
    first = next(iter(set(room.board()) & {A, B, C}))
    assert room.writes(room.ann, puts(D, stories, "shape", d={"shape": "rect"})) is None
    assert room.writes(room.ann, puts("E" * 12, stories)) == "limit"
    assert room.writes(room.ann, sets(first, "del", 1)) is None
    assert room.writes(room.ann, puts("F" * 12, stories)) is None
    assert room.writes(room.ann, lambda els: els[first].__delitem__("del")) == "limit"
    assert room.writes(room.ben, puts("G" * 12, stories)) is None
    for letter in "HIJ":
        assert room.writes(room.host, puts(letter * 12, stories)) is None


def test_after_the_end_only_the_host_team_changes_anything(room: Room) -> None:
    """[POL-10]"""
    harvester = room.join(identity("Hal", Role.HARVESTER))
    room.go("tell")
    room.writes(room.ann, puts(A, room.frame("stories")))
    room.do(room.host, "show.close")
    assert room.writes(room.ann, types(A, "late ")) == "ended"
    assert room.writes(room.ann, puts(B, room.frame("stories"))) == "ended"
    assert room.writes(harvester, sets(A, "g", [1, 1, 184, 104])) is None
    assert room.writes(harvester, puts(C, room.frame("stories"))) is None
    assert room.writes(room.host, types(A, "late ")) == "not_yours"


def test_the_frame_of_a_region_is_the_hosts_even_when_its_lock_is_off(room: Room) -> None:
    """[POL-11]"""
    room.go("tell")
    stories = room.frame("stories")
    assert room.writes(room.ann, sets(stories, "g", [0, 0, 90, 90])) == "element_locked"
    assert room.writes(room.host, sets(stories, "lk", 0)) is None
    assert room.writes(room.ann, sets(stories, "g", [0, 0, 90, 90])) == "role"
    assert room.writes(room.host, types(stories, "Our ")) is None


def test_an_edit_is_judged_by_the_phase_it_comes_in_even_before_that_is_on_disk(room: Room) -> None:
    """[POL-10] In one tick and in the order of arrival."""
    room.go("tell")
    stories = room.frame("stories")
    writer = Writer(200)
    for update in room.updates(room.host):
        writer.apply(update)

    def note(id: str) -> bytes:
        before = writer.doc.get_state()
        with writer.doc.transaction():
            puts(id, stories)(writer.els)
        return writer.doc.get_update(before)

    room.edit(room.ben, note(A), 1)
    room.command(room.host, "show.go", phase="arrive")
    room.edit(room.ben, note(B), 2)
    room.command(room.host, "show.go", phase="tell")
    room.edit(room.ben, note(C), 3)
    room.settle()
    assert [[told[1], told[2], told[4]] for told in room.messages(room.ben, "neutralised")] == [[2, "closed", [B]]]
    assert set(room.board()) & {A, B, C} == {A, C}


def test_the_stock_door_obeys_the_same_terms(room: Room) -> None:
    """[POL-10]"""
    room.go("tell")
    stock = room.join(identity("Stock", seat=None), door=Door.STOCK)
    writer = Writer(300)
    for update in room.updates(room.host):
        writer.apply(update)
    for id, region in ((A, "stories"), (B, "see")):
        before = writer.doc.get_state()
        with writer.doc.transaction():
            puts(id, room.frame(region))(writer.els)
        room.edit(stock, writer.doc.get_update(before), 0)
    room.settle()
    assert set(room.board()) & {A, B} == {A}
    assert stock not in room.closes()


def test_terms_hold_after_a_restart(room: Room) -> None:
    """[POL-10]"""
    room.go("tell")
    room.writes(room.ann, puts(A, room.frame("stories")))
    again = Room(stored=room.reloaded())
    again.host, again.ann = again.join(identity("Rosa", Role.HOST)), again.join(identity("Ann"))
    again.settle()
    writer = Writer(400, again.welcome(again.ann)["update"])
    see, stories = again.frame("see"), again.frame("stories")
    for number, (id, region) in enumerate(((B, see), (C, stories)), start=1):
        before = writer.doc.get_state()
        with writer.doc.transaction():
            puts(id, region)(writer.els)
        again.edit(again.ann, writer.doc.get_update(before), number)
    again.settle()
    assert [[told[1], told[2], told[4]] for told in again.messages(again.ann, "neutralised")] == [[1, "closed", [B]]]


def test_a_plan_has_the_phases_that_these_tests_go_to() -> None:
    assert [phase["key"] for phase in PLAN["phases"]] == ["arrive", "tell", "write", "sort", "choose"]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_known_of_where_things_lie_is_what_the_board_says(room: Room, seed: int) -> None:
    """Whoever else moves the same thing at once, hears of it late, or has it undone."""
    dice = random.Random(seed)
    room.begin(plan(phases=[{"key": "sort", "title": "Sort", "minutes": 6, "moving": "all"}]))
    room.go("sort")
    assert room.writes(room.host, puts(A, room.frame("see"))) is None
    assert room.writes(room.host, puts(B, room.frame("stories"), "frame")) is None
    assert room.writes(room.host, puts(C, B)) is None
    things = [A, B, C, room.frame("see")]
    conns = [room.host, room.ann, room.ben]
    writers = {conn: Writer(500 + number) for number, conn in enumerate(conns)}
    heard = dict.fromkeys(conns, 0)
    cseq = dict.fromkeys(conns, 1_000)
    grounds = room.room._loaded.admission.grounds
    for _ in range(60):
        conn = dice.choice(conns)
        writer, element = writers[conn], dice.choice(things)
        if dice.random() < 0.4 or not heard[conn]:
            updates = room.updates(conn)
            for update in [room.welcome(conn)["update"] or b"\0\0", *updates]:
                writer.apply(update)
            heard[conn] = 1
        before = writer.doc.get_state()
        with writer.doc.transaction():
            match dice.randrange(4):
                case 0:
                    writer.els[element]["p"] = dice.choice([None, B, room.frame("see"), room.frame("stories")])
                case 1 if dice.random() < 0.3:
                    writer.els[element]["del"] = dice.randrange(2)
                case _:
                    writer.els[element]["g"] = [dice.randrange(900), dice.randrange(900), 184, 104]
        cseq[conn] += 1
        room.edit(conn, writer.doc.get_update(before), cseq[conn])
        if dice.random() < 0.5:
            room.settle()
            found = {id: room.room._loaded.board.placing(id) for id in things}
            assert {id: grounds.place(id) for id in things} == found
            boxes = grounds._boxes
            assert boxes is None or boxes == grounds._measure()
