"""A region is put back to how it was: all of it, nothing else, and never what somebody took back on purpose."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Map, Text

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.limits import Millis
from harvestry.core.protocol import ConnId
from harvestry_crdt import Element
from support.gatherings import PLAN, plan
from support.rewinding import RewindBench
from support.rooms import identity
from support.sealing import Draft

A, B, C, D = "AAAAAAAAAAAA", "BBBBBBBBBBBB", "CCCCCCCCCCCC", "DDDDDDDDDDDD"
THEME = "TTTTTTTTTTTT"
SECRET = Draft("secret", "a secret")
SORTED = {"key": "mix", "title": "Mix", "minutes": 5, "moving": "all", "opens": [{"region": "stories"}]}
FIELDS = [{"key": "what", "label": "What", "needed": True}]
RECORDS = {"key": "deeds", "title": "Deeds", "kind": "record", "frame": [900, 700, 800, 600], "fields": FIELDS}


class Room(RewindBench):
    """A room in which Ann has told a story, and everybody may sort."""

    def begin(self) -> None:
        self.host_it(plan(regions=[*PLAN["regions"], RECORDS], phases=[*PLAN["phases"], SORTED]))
        self.ben = self.join(identity("Ben"))
        self.go("mix")
        self.clients = 100
        self.make(self.ann, A, "a story")

    def make(self, conn: ConnId, id: str, words: str, **keys: Any) -> None:
        """Somebody makes a note among the stories, or something else."""
        values = {"t": "note", "g": [10, 10, 184, 104], "z": "a0", "p": self.frame("stories"), **keys}
        self.change(conn, lambda els: els.__setitem__(id, Map({**values, "txt": Text(words)})))

    def patch(self, conn: ConnId, id: str, **keys: Any) -> None:
        """Somebody sets keys of an element."""

        def apply(els: Any) -> None:
            for name, value in keys.items():
                els[id][name] = value

        self.change(conn, apply)

    def reword(self, conn: ConnId, id: str, words: str) -> None:
        def apply(els: Any) -> None:
            text = els[id]["txt"]
            text.clear()
            text += words

        self.change(conn, apply)

    def change(self, conn: ConnId, apply: Any) -> None:
        self.clients += 1
        writer = self.writer(self.clients)
        before = writer.doc.get_state()
        with writer.doc.transaction():
            apply(writer.els)
        self.sends(conn, writer.doc.get_update(before))

    def living(self) -> dict[str, Element]:
        frames = {region["element"] for region in self.view(self.host)["show"]["regions"]}
        return {id: e for id, e in self.elements().items() if not e.deleted and id not in frames}


@pytest.fixture
def room() -> Room:
    room = Room()
    room.begin()
    return room


def test_everything_in_a_region_is_as_it_was(room: Room) -> None:
    """[REW-1] Words, places and looks; what was deleted is there again under its id, what was made is gone."""
    room.make(room.ann, B, "soon gone")
    room.make(room.ben, THEME, "a theme", t="frame")
    room.patch(room.ben, A, p=THEME)
    then, before = room.date, room.living()
    room.reword(room.ann, A, "another story")
    room.patch(room.ben, A, p=room.frame("see"), g=[1, 2, 184, 104], c="mere")
    room.change(room.ann, lambda els: els.__delitem__(B))
    room.patch(room.ben, THEME, **{"del": 1})
    room.make(room.ben, C, "new")
    told = room.rewind("stories", then)
    assert room.living() == before
    assert (told["back"], told["changed"], told["away"], told["home"], told["stays"]) == (2, 1, 1, 0, [])
    assert room.elements()[C].text == "new"


def test_to_put_it_back_to_just_before_undoes_it(room: Room) -> None:
    """[REW-2] Nothing that anybody wrote is lost."""
    then = room.date
    room.reword(room.ann, A, "a better story")
    room.make(room.ben, B, "more")
    before = room.living()
    told = room.rewind("stories", then)
    assert room.living() != before
    again = room.rewind("stories", told["before"])
    assert room.living() == before
    assert again["before"] > told["before"]
    last = room.view(room.ann)["rewinding"]["last"]["stories"]
    assert (last["to"], last["before"]) == (told["before"], again["before"])


def test_it_is_one_transaction_of_the_servers(room: Room) -> None:
    """[REW-1]"""
    then = room.date
    room.reword(room.ann, A, "another")
    room.make(room.ben, B, "new")
    count = len(room.entries)
    room.rewind("stories", then)
    (entry,) = [entry for entry in room.entries[count:] if entry.update]
    assert len(entry.happenings) == 1
    assert not entry.authors
    assert set(entry.leases.values()) <= {"server"}


def test_other_regions_and_what_lies_in_none_stay(room: Room) -> None:
    """[REW-1]"""
    room.make(room.host, B, "seen", p=room.frame("see"))
    room.make(room.host, C, "nowhere", p=None, g=[5_000, 5_000, 184, 104])
    then = room.date
    room.reword(room.host, B, "seen again")
    room.patch(room.host, C, c="mere")
    room.make(room.host, D, "seen too", p=room.frame("see"))
    before = room.living()
    assert room.rewind("stories", then)["before"] is None
    assert room.living() == before


def test_what_was_moved_in_goes_home_with_its_new_words(room: Room) -> None:
    """[REW-1] Its words are no business of this region."""
    room.make(room.host, B, "seen", p=room.frame("see"), g=[3, 4, 184, 104])
    then = room.date
    room.patch(room.ben, B, p=room.frame("stories"), g=[99, 98, 184, 104])
    room.reword(room.host, B, "seen better")
    assert room.rewind("stories", then)["home"] == 1
    found = room.living()[B]
    assert (found.parent, found.geometry[:2], found.text) == (room.frame("see"), (3, 4), "seen better")


def test_what_cannot_go_home_stays_and_is_named(room: Room) -> None:
    """[REW-4] The region it came from is being written in sealed by now."""
    room.make(room.host, B, "seen", p=room.frame("see"))
    then = room.date
    room.patch(room.ben, B, p=room.frame("stories"))
    room.go("write")
    assert room.rewind("stories", then)["stays"] == [B]
    assert room.living()[B].parent == room.frame("stories")


def test_a_home_whose_theme_is_gone_is_the_region_around_it(room: Room) -> None:
    room.make(room.host, THEME, "a theme", t="frame", p=room.frame("see"), g=[100, 50, 300, 200])
    room.make(room.host, B, "seen", p=THEME, g=[1, 2, 184, 104])
    then = room.date
    room.patch(room.host, B, p=room.frame("stories"))
    room.change(room.host, lambda els: els.__delitem__(THEME))
    room.rewind("stories", then)
    found = room.living()[B]
    assert (found.parent, found.geometry[:2]) == (room.frame("see"), (101, 52))


def test_what_was_set_aside_stays_aside(room: Room) -> None:
    """[REW-3]"""
    then = room.date
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    room.rewind("stories", then)
    assert A not in room.living()
    room.do(room.host, "mod.restore", element=A)
    assert room.living()[A].text == "a story"


def test_what_a_host_has_put_back_since_is_not_taken_away_again(room: Room) -> None:
    """[REW-3] How it was then was a host's doing, and a host has thought better of it."""
    room.do(room.host, "mod.aside", element=A, reason="names a person")
    then = room.date
    room.do(room.host, "mod.restore", element=A)
    room.make(room.ben, B, "new")
    assert room.rewind("stories", then)["away"] == 1
    assert room.living()[A].text == "a story"


def sealed(room: Room) -> str:
    """Ann has written a sealed note, and it is revealed; returns its element."""
    room.go("write")
    room.do(room.ann, "seal.write", **SECRET.args)
    room.do(room.host, "seal.reveal")
    (found,) = [id for id, element in room.living().items() if element.text == "a secret"]
    return found


def test_what_was_withdrawn_never_comes_back(room: Room) -> None:
    """[REW-3] [PS-28]"""
    note = sealed(room)
    then = room.date
    room.do(room.ann, "seal.withdraw", element=note, key=SECRET.key)
    room.rewind("see", then)
    assert note not in room.living()
    assert room.elements()[note].text == ""


def test_words_that_an_author_took_back_by_their_key_do_not_come_back(room: Room) -> None:
    """[REW-3] Where it lies is put back; what it says is between its author and their key."""
    note = sealed(room)
    place = room.living()[note].geometry
    then = room.date
    room.do(room.ann, "seal.reword", element=note, key=SECRET.key, text="other words")
    room.live_through(10)
    room.go("sort")
    room.patch(room.ben, note, g=[700, 500, 184, 104])
    room.rewind("see", then)
    assert (room.living()[note].text, room.living()[note].geometry) == ("other words", place)


def test_a_region_is_not_put_back_to_before_its_reveal(room: Room) -> None:
    """[REW-4] What was sealed then would be lost to everybody."""
    then = room.date
    note = sealed(room)
    assert room.refused(room.host, "mod.rewind", region="see", at=then) == "revealed"
    assert note in room.living()


def test_what_was_added_after_the_reveal_stays(room: Room) -> None:
    """[REW-3]"""
    sealed(room)
    then = room.date
    room.do(room.ben, "seal.late", **Draft("late", "better late").args)
    room.go("sort")
    room.make(room.host, B, "new", p=room.frame("see"))
    assert room.rewind("see", then)["away"] == 1
    assert "better late" in {element.text for element in room.living().values()}


def test_a_region_is_not_put_back_while_it_is_written_in_sealed(room: Room) -> None:
    """[REW-4]"""
    then = room.date
    room.go("write")
    assert room.refused(room.host, "mod.rewind", region="see", at=then) == "sealed"


def test_what_is_voted_on_stays_as_it_is_until_the_vote_is_closed(room: Room) -> None:
    """[REW-4]"""
    then = room.date
    room.reword(room.ann, A, "other words")
    asks = {"kind": "dots", "question": "Which?", "region": "stories", "budget": 1, "most": 1}
    room.do(room.host, "poll.open", poll="p" * 16, asks=asks)
    assert room.refused(room.host, "mod.rewind", region="stories", at=then) == "voting"
    room.do(room.host, "poll.close", poll="p" * 16)
    room.rewind("stories", then)
    assert room.living()[A].text == "a story"


def test_results_stay(room: Room) -> None:
    """[REW-3]"""
    then = room.date
    room.do(room.host, "poll.open", poll="p" * 16, asks={"kind": "fist", "question": "So?"})
    room.do(room.ann, "poll.cast", poll="p" * 16, token="A" * 22, ballot=3)
    room.do(room.host, "poll.close", poll="p" * 16)
    (card,) = [id for id, element in room.living().items() if element.kind == "card"]
    room.patch(room.host, card, p=room.frame("stories"), g=[5, 5, 420, 260])
    room.make(room.ben, B, "new")
    assert room.rewind("stories", then)["away"] == 1
    assert room.living()[card].parent == room.frame("stories")


def test_what_the_group_has_agreed_on_stays_until_it_is_opened_again(room: Room) -> None:
    """[REW-3]"""
    card = {"t": "card", "g": [0, 0, 300, 200], "z": "a1", "p": room.frame("deeds")}
    fields = {"ht": "action", "what": Text("ask the mill")}
    room.change(room.host, lambda els: els.__setitem__(B, Map({**card, "txt": Text(""), "d": Map(fields)})))
    then = room.date
    room.change(room.host, lambda els: els[B]["d"]["what"].insert(0, "do not "))
    room.do(room.host, "record.agree", element=B, agreed=True)
    assert room.rewind("deeds", then)["before"] is None
    room.do(room.host, "record.agree", element=B, agreed=False)
    assert room.rewind("deeds", then)["changed"] == 1


def test_a_lock_is_neither_put_on_nor_taken_off(room: Room) -> None:
    """[REW-3]"""
    room.patch(room.host, A, lk=1)
    then = room.date
    room.patch(room.host, A, lk=0, c="mere")
    room.rewind("stories", then)
    assert (room.living()[A].locked, room.living()[A].colour) == (0, None)


def test_a_name_never_comes_back_to_a_note(room: Room) -> None:
    """[REW-3] A table's title in a note's style says who wrote it."""
    room.patch(room.host, A, s={"table": "The oaks", "bold": True})
    then = room.date
    room.patch(room.host, A, s={"bold": False})
    room.rewind("stories", then)
    assert room.living()[A].style == {"bold": True}
    room.patch(room.host, A, s={"table": "The elms"})
    room.rewind("stories", then)
    assert room.living()[A].style == {"bold": True, "table": "The elms"}


def test_fields_of_a_card_are_as_they_were(room: Room) -> None:
    card = {"t": "card", "g": [0, 0, 300, 200], "z": "a1", "p": room.frame("stories")}
    room.change(
        room.host,
        lambda els: els.__setitem__(
            B, Map({**card, "txt": Text("card"), "d": Map({"ht": "action", "what": Text("ask")})})
        ),
    )
    then, before = room.date, room.living()
    room.change(room.host, lambda els: els[B]["d"].__setitem__("who", Text("Ann")))
    room.change(room.host, lambda els: els[B]["d"]["what"].insert(0, "do not "))
    room.rewind("stories", then)
    assert room.living() == before


# ---- the way to the past -------------------------------------------------------------------------------------------


def test_it_can_be_looked_at_before_it_is_done(room: Room) -> None:
    """[REW-5]"""
    then = room.date
    room.reword(room.ann, A, "other words")
    before, powers = room.living(), room.view(room.ann)["moderating"]["powers"]
    told = room.rewind("stories", then, look=True)
    assert (told["changed"], told["before"]) == (1, None)
    assert room.living() == before
    assert room.view(room.ann)["moderating"]["powers"] == powers


def test_everybody_reads_that_it_was_done(room: Room) -> None:
    """[REW-5] [PS-33]"""
    then = room.date
    room.reword(room.ann, A, "other words")
    room.live_through(300)
    room.rewind("stories", then)
    power = room.view(room.ann)["moderating"]["powers"][-1]
    assert power["what"] == "put “Stories” back to how it was 5 minutes earlier"
    assert power["about"] == "stories"


def test_how_far_back_is_told_and_what_lies_before_is_refused(room: Room) -> None:
    """[REW-6]"""
    room.since = room.date
    assert room.do(room.host, "mod.past") == {"since": room.since}
    assert room.refused(room.host, "mod.rewind", region="stories", at=room.since - 1) == "gone"
    assert room.rewind("stories", room.since)["since"] == room.since


def test_a_time_to_come_and_a_region_that_is_not_there_are_refused(room: Room) -> None:
    assert room.refused(room.host, "mod.rewind", region="stories", at=room.date + 60_000) == "future"
    assert room.refused(room.host, "mod.rewind", region="nowhere", at=1) == "unknown"
    # The board was there, and nothing on it.
    assert room.refused(room.host, "mod.rewind", region="stories", at=1) == "gone"


def test_what_people_do_while_the_past_is_read_counts(room: Room) -> None:
    """[REW-2] It is put back as it is when it is done, and not as it was when a host asked."""
    then = room.date
    room.held = True
    room.command(room.host, "mod.rewind", region="stories", at=then)
    (wish,) = room.of(events.Recall)
    room.reword(room.ann, A, "written meanwhile")
    room.make(room.ben, B, "made meanwhile")
    assert room.living()[A].text == "written meanwhile"
    writer = room.writer(900)
    before = writer.doc.get_state()
    writer.els[A]["g"] = [20, 20, 184, 104]
    room.edit(room.ann, writer.doc.get_update(before), 50)
    before = writer.doc.get_state()
    writer.els[A]["txt"].insert(0, "and this: ")
    # A commit is in flight, and this is admitted for the next: not yet on the board when the past is here.
    room.edit(room.ann, writer.doc.get_update(before), 51)
    room.tell_past(wish)
    room.settle()
    assert {id: element.text for id, element in room.living().items()} == {A: "a story"}
    (result,) = room.messages(room.host, "result")[-1:]
    assert (result[2]["changed"], result[2]["away"]) == (1, 1)
    room.held = False
    told = room.rewind("stories", result[2]["before"])
    assert {id: element.text for id, element in room.living().items()} == {
        A: "and this: written meanwhile",
        B: "made meanwhile",
    }
    assert told["back"] == 1


def test_the_past_is_read_once_all_of_it_is_on_disk(room: Room) -> None:
    """[REW-1] Its last commit may still be on its way when a host asks."""
    writer = room.writer(900)
    room.edit(room.ann, writer.move(A, 30), 50)
    assert len(room.entries) > room._committed
    then = room.entries[-1].at
    room.now = Millis(room.now + 10)
    room.held = True
    room.command(room.host, "mod.rewind", region="stories", at=then)
    assert room.of(events.Recall) == []
    room.commit()
    assert [wish.at for wish in room.of(events.Recall)] == [then]


def test_every_update_has_a_later_date_than_the_one_before(room: Room) -> None:
    """[REW-6] Even at once after a restart, and when the machine's clock goes back."""
    dates = [entry.at for entry in room.entries if entry.update]
    again = Room(stored=room.reloaded(at=dates[-1]), wall=room.wall - 3_600)
    again.ann = again.join(identity("Ann"))
    writer = again.writer(900)
    for cseq in range(1, 4):
        again.edit(again.ann, writer.move(A, cseq), cseq)
        again.wait(0)
        while len(again.entries) > again._committed:
            again.commit()
        again.wait(200)
    dates += [entry.at for entry in again.entries if entry.update]
    assert len(dates) > 4
    assert dates == sorted(set(dates))


def test_one_thing_is_put_back_at_a_time(room: Room) -> None:
    then = room.date
    room.held = True
    room.command(room.host, "mod.rewind", region="stories", at=then)
    assert room.refused(room.host, "mod.rewind", region="see", at=then) == "busy"


def test_a_past_that_cannot_be_read_is_said_so(room: Room) -> None:
    then = room.date
    room.held = True
    room.command(room.host, "mod.rewind", region="stories", at=then)
    (wish,) = room.of(events.Recall)
    room.handle(events.Recalled(wish.ticket, is_lost=True))
    room.settle()
    assert room.messages(room.host, "failed")[-1][2] == "lost"
    room.held = False
    room.rewind("stories", then)


def test_nothing_is_left_waiting_when_the_board_cannot_be_saved(room: Room) -> None:
    then = room.date
    room.held = True
    room.command(room.host, "mod.rewind", region="stories", at=then)
    (wish,) = room.of(events.Recall)
    writer = room.writer(900)
    room.edit(room.ann, writer.move(A, 5), 50)
    room.wait(1_000)
    room.handle(events.CommitFailed())
    assert room.messages(room.host, "failed")[-1][1:3] == [1, "paused"]
    room.reload()
    room.handle(events.Writable())
    room.tell_past(wish)
    room.settle()
    assert room.living()[A].text == "a story"


def test_a_host_who_is_none_any_more_puts_nothing_back(room: Room) -> None:
    """[CAP-1] What they may is looked at when it is done, too."""
    room.make(room.ben, B, "new")
    other = room.join(identity("Cleo", Role.COHOST))
    then = room.date
    room.reword(room.ann, A, "other words")
    room.held = True
    room.command(other, "mod.rewind", region="stories", at=then)
    (wish,) = room.of(events.Recall)
    room.do(room.host, "people.promote", seat="Cleo________", role="participant")
    room.tell_past(wish)
    room.settle()
    assert room.messages(other, "failed")[-1][2] == "role"
    assert room.living()[A].text == "other words"
