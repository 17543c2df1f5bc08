"""Writing alone and revealing together."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.gathering import gathering
from harvestry.core.gathering.layout import NOTE, grid
from harvestry.core.ordering import order_key, position_above
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board, Element
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import START, WALL, Writer, identity
from support.sealing import Draft

SEE = {"region": "see", "visibility": "sealed-open", "attribution": "none", "limit": 4}


def opened(**terms: object) -> dict[str, Any]:
    """The plan, with other terms for what is sealed in it."""
    phases = [{**p, "opens": [{**SEE, **terms}]} if p["key"] == "write" else p for p in PLAN["phases"]]
    return plan(phases=phases)


def bench_of(**terms: object) -> HostedBench:
    """A room in which sealed writing goes on."""
    bench = HostedBench()
    bench.host_it(opened(**terms))
    bench.go("write")
    return bench


@pytest.fixture
def bench() -> HostedBench:
    return bench_of()


def notes(bench: HostedBench, conn: ConnId) -> list[str]:
    """The words of what a connection is told is its own."""
    return [note["text"] for note in bench.own(conn)["sealing"]["notes"]]


def board(bench: HostedBench) -> dict[str, Element]:
    """The board as it is stored."""
    stored = bench.reloaded()
    document = Board.load(stored.state, stored.updates, client_id=99)
    elements = document.elements()
    document.close()
    return elements


def written(bench: HostedBench) -> list[Element]:
    """The notes that stand on the board, from the bottom up."""
    return sorted((e for e in board(bench).values() if e.kind == "note"), key=lambda e: e.z)


def vault(bench: HostedBench, kind: str) -> dict[str, dict[str, Any]]:
    """The rows of one kind, by key."""
    return {key: json.loads(body) for (of, key), body in bench.reloaded().vault.items() if of == kind}


# ---- writing -------------------------------------------------------------------------------------------------------


def test_ps01_a_sealed_note_is_told_to_its_author_and_to_nobody_else(bench: HostedBench) -> None:
    """[SEA-1] [PS-01]"""
    bob, wall = bench.join(identity("Bob")), bench.join(identity("Wall", Role.DISPLAY))
    bench.settle()
    before = {conn: len(bench.frames(conn)) for conn in (bench.host, bob, wall)}
    draft = Draft("a", "The bus does not stop here.")
    bench.do(bench.ann, "seal.write", **draft.args)
    assert notes(bench, bench.ann) == [draft.text]
    assert bench.own(bench.ann)["sealing"]["notes"][0] == {
        "note": draft.note,
        "region": "see",
        "phase": "write",
        "text": draft.text,
        "late": False,
    }
    # Not even that something was written.
    assert {conn: len(bench.frames(conn)) for conn in before} == before
    assert written(bench) == []


def test_ps06_sealed_notes_survive_a_restart_and_another_device_of_the_seat(bench: HostedBench) -> None:
    """[SEA-8] [PS-06]"""
    for word in "abc":
        bench.do(bench.ann, "seal.write", **Draft(word, f"note {word}").args)
    phone = bench.join(identity("Ann"))
    bench.settle()
    assert notes(bench, phone) == ["note a", "note b", "note c"]
    again = HostedBench(stored=bench.reloaded())
    ann = again.join(identity("Ann"))
    host = again.join(identity("Rosa", Role.HOST))
    assert notes(again, ann) == ["note a", "note b", "note c"]
    assert notes(again, host) == []


def test_a_note_has_other_words_and_is_thrown_away(bench: HostedBench) -> None:
    draft = Draft("a", "first")
    bench.do(bench.ann, "seal.write", **draft.args)
    bench.do(bench.ann, "seal.write", **Draft("a", "second").args)
    assert notes(bench, bench.ann) == ["second"]
    bench.do(bench.ann, "seal.drop", note=draft.note)
    assert notes(bench, bench.ann) == []
    assert vault(bench, "note") == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "x" * 281}, "long"),
        ({"text": "\U0001f33e" * 141}, "long"),
        ({"text": "  \n"}, "invalid"),
        ({"text": ""}, "invalid"),
        ({"note": "short"}, "invalid"),
        ({"key": "short"}, "invalid"),
        ({"region": "stories"}, "closed"),
        ({"region": "nowhere"}, "closed"),
    ],
)
def test_what_is_not_to_be_written_is_refused(bench: HostedBench, changes: dict[str, object], code: str) -> None:
    assert bench.refused(bench.ann, "seal.write", **{**Draft("a", "words").args, **changes}) == code
    assert vault(bench, "note") == {}


def test_one_person_writes_as_many_as_the_terms_say(bench: HostedBench) -> None:
    for word in "abcd":
        bench.do(bench.ann, "seal.write", **Draft(word, word).args)
    assert bench.refused(bench.ann, "seal.write", **Draft("e", "e").args) == "limit"
    bench.do(bench.ann, "seal.write", **Draft("d", "other words").args)
    bob = bench.join(identity("Bob"))
    bench.do(bob, "seal.write", **Draft("e", "e").args)


@pytest.mark.parametrize(
    ("writers", "role", "code"),
    [
        ("all", Role.PARTICIPANT, None),
        ("all", Role.HOST, None),
        ("all", Role.OBSERVER, "role"),
        ("host", Role.PARTICIPANT, "role"),
        ("host", Role.COHOST, None),
        ("harvest", Role.HARVESTER, None),
        ("harvest", Role.PARTICIPANT, "role"),
        ("scribe", Role.TABLE, None),
        ("scribe", Role.PARTICIPANT, "role"),
        ("table", Role.PARTICIPANT, "role"),
    ],
)
def test_who_writes_is_what_the_terms_say(writers: str, role: Role, code: str | None) -> None:
    bench = bench_of(writers=writers)
    zoe = bench.join(identity("Zoe", role))
    if code is None:
        bench.do(zoe, "seal.write", **Draft("a", "words").args)
    else:
        assert bench.refused(zoe, "seal.write", **Draft("a", "words").args) == code


def test_ps48_somebody_elses_note_and_none_at_all_are_refused_alike(bench: HostedBench) -> None:
    """[SEA-10] [PS-48]"""
    draft = Draft("a", "words")
    bench.do(bench.ann, "seal.write", **draft.args)
    for conn in (bench.host, bench.join(identity("Bob"))):
        answers = [bench.answer(conn, "seal.drop", note=note) for note in (draft.note, Draft("none", "").note)]
        assert answers[0] == answers[1]
        assert answers[0][2] == "unknown"
    # A name that another uses is free for everybody.
    bench.do(bench.host, "seal.write", **Draft("a", "of the host").args)
    assert notes(bench, bench.ann) == ["words"]


def test_ps03_hosts_are_told_no_more_than_anybody(bench: HostedBench) -> None:
    """[PS-03]"""
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    assert notes(bench, bench.host) == []
    assert bench.view(bench.host)["sealing"] == {
        "progress": None,
        "handed": [],
        "withdrawn": 0,
        "withdrawn_at": None,
        "pleas": [],
    }


# ---- the reveal ----------------------------------------------------------------------------------------------------


def test_ps10_a_reveal_is_one_update_with_all_notes_in_it_and_forgets_who_wrote_them(bench: HostedBench) -> None:
    """[SEA-2] [PS-10]"""
    bob = bench.join(identity("Bob"))
    for conn, word in ((bench.ann, "a"), (bob, "b"), (bench.ann, "c")):
        bench.do(conn, "seal.write", **Draft(word, f"note {word}").args)
    before = len(bench.updates(bob))
    bench.do(bench.host, "seal.reveal")
    assert len(bench.updates(bob)) == before + 1
    assert bench.updates(bob)[before] == bench.updates(bench.ann)[-1]
    stand = written(bench)
    assert sorted(note.text or "" for note in stand) == ["note a", "note b", "note c"]
    frame = bench.view(bob)["show"]["regions"][0]["element"]
    assert {(n.parent, n.colour, n.geometry[2:], n.locked) for n in stand} == {(frame, "oat", NOTE, 0)}
    stored = bench.reloaded()
    assert not {note.id for note in stand} & stored.authors.keys()
    assert set(stored.leases.values()) == {"server"}
    assert notes(bench, bench.ann) == []
    assert vault(bench, "note") == {}
    assert b"Ann" not in b"".join(stored.vault.values())
    assert bench.view(bob)["show"]["phases"][2]["revealed"]


def test_ps10_the_order_follows_from_chance_and_not_from_when_notes_came() -> None:
    """[PS-10]"""
    orders = set()
    for turn in range(12):
        bench = bench_of()
        bench.seed += 1_000 * turn
        for word in "abcd":
            bench.do(bench.ann, "seal.write", **Draft(word, word).args)
        bench.do(bench.host, "seal.reveal")
        orders.add("".join(note.text or "" for note in written(bench)))
    assert len(orders) > 6


def test_ps11_the_order_is_the_same_whoever_wrote_and_whenever_notes_came() -> None:
    """[SEA-3] [PS-11] With the same chance, exchanged texts make the same board."""
    boards = []
    for texts in (("one", "two"), ("two", "one")):
        bench = bench_of()
        bob = bench.join(identity("Bob"))
        for conn, word, text in ((bench.ann, "a", texts[0]), (bob, "b", texts[1])):
            bench.do(conn, "seal.write", **Draft(word, text).args)
        bench.do(bench.host, "seal.reveal")
        boards.append([(n.id, n.z, n.geometry, n.text) for n in written(bench)])
    assert boards[0] == boards[1]


@pytest.mark.parametrize(("attribution", "signed"), [("named", {"Ann_________"}), ("table", set()), ("none", set())])
def test_a_name_stands_with_a_note_only_if_the_terms_say_so(attribution: str, signed: set[str]) -> None:
    """[SEA-4]"""
    bench = HostedBench()
    bench.host_it(opened(attribution="named"))
    bench.go("write")
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    # Terms that have begun cannot be changed; what an older server let be must still not tell more.
    stored = bench.reloaded()
    body = stored.vault[("note", *vault(bench, "note"))]
    less = {("note", *vault(bench, "note")): body.replace(b'"named"', f'"{attribution}"'.encode())}
    again = HostedBench(stored=type(stored)(**{**{f: getattr(stored, f) for f in stored.__slots__}, "vault": less}))
    again.host = again.join(identity("Rosa", Role.HOST))
    again.do(again.host, "seal.reveal")
    (note,) = written(again)
    assert {again.reloaded().authors.get(note.id)} - {None} == signed


def test_ps16_ps17_the_terms_of_what_has_begun_cannot_be_changed(bench: HostedBench) -> None:
    """[SEA-4] [PS-16] [PS-17]"""
    for terms in ({"attribution": "named"}, {"visibility": "open"}, {"attribution": "table"}):
        assert bench.refused(bench.host, "show.arrange", phases=opened(**terms)["phases"]) == "begun"
    bench.do(bench.host, "show.go", phase="sort")
    assert bench.refused(bench.host, "show.arrange", phases=opened(attribution="named")["phases"]) == "begun"


def test_only_hosts_reveal_and_only_once(bench: HostedBench) -> None:
    assert bench.refused(bench.ann, "seal.reveal") == "role"
    bench.do(bench.host, "seal.reveal")
    assert bench.refused(bench.host, "seal.reveal") == "revealed"
    bench.do(bench.host, "show.go", phase="tell")
    assert bench.refused(bench.host, "seal.reveal") == "nothing"
    assert bench.refused(bench.host, "seal.reveal", phase="sort") == "nothing"
    assert bench.refused(bench.host, "seal.reveal", phase="nowhere") == "nothing"


def test_ps07_a_phase_that_is_left_takes_no_note_and_can_be_revealed_later(bench: HostedBench) -> None:
    """[SEA-8] [PS-07]"""
    draft = Draft("a", "words")
    bench.do(bench.ann, "seal.write", **draft.args)
    bench.do(bench.host, "show.go", phase="sort")
    assert [(n["text"], n["late"]) for n in bench.own(bench.ann)["sealing"]["notes"]] == [("words", True)]
    assert written(bench) == []
    assert bench.refused(bench.ann, "seal.write", **Draft("b", "too late").args) == "not_now"
    bench.do(bench.host, "seal.reveal", phase="write", region="see")
    assert [note.text for note in written(bench)] == ["words"]
    assert bench.view(bench.ann)["show"]["phases"][2]["revealed"]


@pytest.mark.parametrize("text", ["\0", "a\nb\r\n\tc", "\u2028\u202e\ufeff", "\U0001f33e" * 140, "e\u0301\u200d"])
def test_any_words_come_onto_the_board_as_they_were_written(bench: HostedBench, text: str) -> None:
    bench.do(bench.ann, "seal.write", **Draft("a", text).args)
    bench.do(bench.host, "seal.reveal")
    assert [note.text for note in written(bench)] == [text]


def test_regions_are_revealed_one_by_one_and_the_phase_with_the_last() -> None:
    bench = HostedBench()
    opens = [SEE, {**SEE, "region": "stories"}]
    bench.host_it(plan(phases=[{**PLAN["phases"][2], "opens": opens}]))
    bench.go("write")
    bench.do(bench.ann, "seal.write", **Draft("a", "seen").args)
    bench.do(bench.ann, "seal.write", **Draft("b", "told", region="stories").args)
    bench.do(bench.host, "seal.reveal", region="stories")
    assert [note.text for note in written(bench)] == ["told"]
    assert not bench.view(bench.ann)["show"]["phases"][0]["revealed"]
    bench.do(bench.ann, "seal.write", **Draft("c", "seen too").args)
    assert bench.refused(bench.ann, "seal.write", **Draft("d", "d", region="stories").args) == "revealed"
    bench.do(bench.host, "seal.reveal")
    assert sorted(note.text or "" for note in written(bench)) == ["seen", "seen too", "told"]
    assert bench.view(bench.ann)["show"]["phases"][0]["revealed"]


def test_revealed_notes_stand_inside_their_frame_and_below_what_is_there(bench: HostedBench) -> None:
    frame = bench.view(bench.ann)["show"]["regions"][0]["element"]
    writer = Writer(4711, bench.welcome(bench.join(identity("Cid")))["update"])
    bench.go("tell")
    bench.edit(bench.host, writer.note("here________"))
    bench.settle()
    before = writer.doc.get_state()
    here = writer.els["here________"]
    here["p"], here["g"], here["z"] = frame, [24, 84, 184, 104], "b0z"
    bench.edit(bench.host, writer.doc.get_update(before), cseq=2)
    bench.go("write")
    for word in "abcd":
        bench.do(bench.ann, "seal.write", **Draft(word, word).args)
    bench.do(bench.host, "seal.reveal")
    new = [note for note in written(bench) if note.id != "here________"]
    assert len(new) == 4
    for note in new:
        x, y, w, h = note.geometry
        assert 0 <= x <= 800 - w
        assert 188 <= y <= 600 - h
        assert note.z > "b0z"
    assert len({note.z for note in new}) == 4


def test_a_note_that_missed_the_reveal_is_added_when_its_author_says_so(bench: HostedBench) -> None:
    """[SEA-8]"""
    bench.do(bench.host, "seal.reveal")
    draft = Draft("a", "words")
    assert bench.refused(bench.ann, "seal.write", **draft.args) == "revealed"
    assert written(bench) == []
    bench.do(bench.ann, "seal.late", **draft.args)
    (note,) = written(bench)
    assert (note.text, note.colour) == ("words", "oat")
    assert note.id not in bench.reloaded().authors
    assert b"Ann" not in bench.entries[-1].happenings[0]
    # Whoever lost the answer asks again, and finds it there.
    assert bench.do(bench.ann, "seal.late", **draft.args) == {"there": True}
    bench.do(bench.host, "show.go", phase="sort")
    bench.do(bench.ann, "seal.late", **Draft("b", "later still").args)
    assert len(written(bench)) == 2


def test_a_note_that_was_revealed_while_its_answer_was_lost_is_not_added_twice(bench: HostedBench) -> None:
    draft = Draft("a", "words")
    bench.do(bench.ann, "seal.write", **draft.args)
    bench.do(bench.host, "seal.reveal")
    assert bench.do(bench.ann, "seal.write", **draft.args) == {"there": True}
    assert bench.do(bench.ann, "seal.late", **draft.args) == {"there": True}
    assert len(written(bench)) == 1


def test_nothing_is_late_before_the_reveal_and_late_notes_are_not_without_end(bench: HostedBench) -> None:
    assert bench.refused(bench.ann, "seal.late", **Draft("a", "words").args) == "closed"
    bench.do(bench.host, "seal.reveal")
    codes = [bench.answer(bench.ann, "seal.late", **Draft(str(n), str(n)).args) for n in range(23)]
    assert [code[0] for code in codes] == ["result"] * 22 + ["failed"]
    assert codes[-1][2] == "full"


def test_what_a_failed_commit_lost_is_still_sealed(bench: HostedBench) -> None:
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    bench.command(bench.host, "seal.reveal")
    bench.wait(200)
    bench.handle(events.CommitFailed())
    bench.entries.pop()
    bench.reload()
    bench.handle(events.Writable())
    assert written(bench) == []
    bench.do(bench.host, "seal.reveal")
    assert [note.text for note in written(bench)] == ["words"]


def test_a_reveal_leaves_no_trace_in_what_the_store_writes_ahead(bench: HostedBench) -> None:
    """[SEA-5]"""
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    bench.do(bench.ann, "seal.drop", note=Draft("a", "").note)
    assert bench.of(events.LeaveNoTrace) == []
    bench.do(bench.host, "seal.reveal")
    assert len(bench.of(events.LeaveNoTrace)) == 1


# ---- progress ------------------------------------------------------------------------------------------------------


def crowd(bench: HostedBench, size: int) -> list[ConnId]:
    """So many participants, Ann among them."""
    return [bench.ann, *(bench.join(identity(f"P{number}")) for number in range(1, size))]


def test_ps04_progress_is_one_figure_in_quarters_every_ten_seconds_whether_or_not_it_changed() -> None:
    """[SEA-7] [PS-04]"""
    bench = HostedBench()
    bench.host_it()
    people = crowd(bench, 8)
    bench.go("write")
    told = len(bench.messages(people[1], "gathering"))
    for conn, word in zip(people[:5], "abcde", strict=False):
        bench.do(conn, "seal.write", **Draft(word, word).args)
    began = bench.view(bench.host)["show"]["phases"][2]["opened"] - WALL * 1_000 + START
    # Whatever is written, nothing is told before its time.
    bench.wait(began + 9_999 - bench.now)
    assert len(bench.messages(people[1], "gathering")) == told
    for seconds in (10, 20, 30):
        bench.wait(began + seconds * 1_000 - 1 - bench.now)
        before = len(bench.messages(people[1], "gathering"))
        bench.wait(1)
        assert len(bench.messages(people[1], "gathering")) == before + 1 == told + seconds // 10
        assert bench.view(people[1])["sealing"]["progress"] == 50
    # Whoever comes in between is told what everybody was told.
    for conn, word in zip(people[5:], "fgh", strict=True):
        bench.do(conn, "seal.write", **Draft(word, word).args)
    late = bench.join(identity("Late", Role.OBSERVER))
    bench.wait(17)
    bench.commit()
    told = bench.view(people[1])["sealing"]["progress"]
    assert bench.view(late)["sealing"]["progress"] == told
    bench.wait(10_000)
    assert bench.view(late)["sealing"]["progress"] == 100
    bench.do(bench.host, "seal.reveal")
    assert bench.view(late)["sealing"]["progress"] is None
    told = len(bench.messages(late, "gathering"))
    bench.wait(60_000)
    assert len(bench.messages(late, "gathering")) == told


def test_ps04_there_is_no_figure_among_fewer_than_eight() -> None:
    """[SEA-7] [PS-04]"""
    bench = HostedBench()
    bench.host_it()
    for conn, word in zip(crowd(bench, 7), "abcdefg", strict=True):
        bench.settle()
        if bench.view(bench.host)["show"]["stage"] == "ready":
            bench.go("write")
        bench.do(conn, "seal.write", **Draft(word, word).args)
    told = len(bench.messages(bench.host, "gathering"))
    bench.wait(30_000)
    assert bench.view(bench.host)["sealing"]["progress"] is None
    assert len(bench.messages(bench.host, "gathering")) == told


# ---- places and order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(800, 600), (184, 104), (40, 40), (400, 2_000), (100_000, 40)])
@pytest.mark.parametrize("count", [0, 1, 7, 96, 1_200])
@pytest.mark.parametrize("below", [0, 300, 5_000])
def test_a_grid_fits_its_frame(size: tuple[int, int], count: int, below: int) -> None:
    places = grid(size, count, below=below)
    assert len(places) == count
    for x, y in places:
        assert 0 <= x <= max(size[0] - NOTE[0], 24)
        assert 0 <= y <= max(size[1] - NOTE[1], 84)


def test_a_grid_overlaps_nothing_if_there_is_room() -> None:
    places = grid((1_000, 2_000), 40, below=400)
    assert min(y for _, y in places) > 400
    assert all(abs(x - u) >= NOTE[0] or abs(y - v) >= NOTE[1] for x, y in places for u, v in places if (x, y) != (u, v))


@pytest.mark.parametrize("position", [0, 1, 61, 62, 3_905, 3_906, 250_000])
def test_what_comes_on_top_sorts_after_any_key(position: int) -> None:
    key = order_key(position)
    assert position_above(key) == position + 1
    assert order_key(position_above(key + "zzV")) > key + "zzV"
    assert position_above("Zz") == 0


def test_rows_and_happenings_are_read_as_they_were_written(bench: HostedBench) -> None:
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    bench.do(bench.host, "seal.reveal")
    stored = bench.reloaded()
    state = gathering.fold(stored.happenings, stored.vault)
    assert len(state.sealing.keys) == 1
    assert state.sealing.revealed == {("write", "see")}


# ---- walls and columns ---------------------------------------------------------------------------------------------


def test_what_holds_for_a_wall_holds_for_the_columns_in_it() -> None:
    bench = HostedBench()
    columns = [
        {"key": "left", "title": "Left", "within": "see", "frame": [20, 80, 300, 400]},
        {"key": "right", "title": "Right", "within": "see", "frame": [340, 80, 300, 400]},
    ]
    opens = [SEE, {**SEE, "region": "right", "attribution": "named"}]
    phase = {**PLAN["phases"][2], "opens": opens}
    bench.host_it(plan(regions=[*PLAN["regions"], *columns], phases=[phase]))
    bench.go("write")
    for word in "abcd":
        bench.do(bench.ann, "seal.write", **Draft(word, word, region="see" if word == "a" else "left").args)
    # The wall and its column have one limit between them.
    assert bench.refused(bench.ann, "seal.write", **Draft("e", "e", region="left").args) == "limit"
    bench.do(bench.ann, "seal.write", **Draft("f", "f", region="right").args)
    bench.do(bench.host, "seal.reveal", region="see")
    frames = {region["key"]: region["element"] for region in bench.view(bench.ann)["show"]["regions"]}
    assert {(n.text, n.parent) for n in written(bench)} == {("a", frames["see"]), *((x, frames["left"]) for x in "bcd")}
    assert bench.refused(bench.ann, "seal.write", **Draft("g", "g", region="left").args) == "revealed"
    bench.do(bench.ann, "seal.late", **Draft("g", "g", region="left").args)
    bench.do(bench.host, "seal.reveal")
    (named,) = [n for n in written(bench) if n.parent == frames["right"]]
    assert bench.reloaded().authors[named.id] == "Ann_________"
    assert len(written(bench)) == 6


def test_nobody_but_a_host_writes_in_a_region_that_a_host_has_locked(bench: HostedBench) -> None:
    """Whatever locks it: the state is what counts."""
    state = bench.room._loaded.hosting._state
    bench.room._loaded.hosting._state = replace(state, moderating=replace(state.moderating, locked=frozenset({"see"})))
    assert bench.refused(bench.ann, "seal.write", **Draft("a", "words").args) == "locked"
    bench.do(bench.host, "seal.write", **Draft("a", "words").args)
