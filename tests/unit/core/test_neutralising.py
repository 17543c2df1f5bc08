"""Honest races: taken, undone, and told to their author before anybody sees anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Doc, Map, Text

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry_crdt import Board
from support.rooms import SERVER_CLIENT, Bench, Writer, identity, ids, texts

A, B, C = "AAAAAAAAAAAA", "BBBBBBBBBBBB", "CCCCCCCCCCCC"
HOST = identity("Hanna", Role.HOST)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def whole(bench: Bench) -> dict[str, str]:
    """The words on the board as a newcomer gets them."""
    state: bytes = bench.welcome(bench.join(identity("Newcomer")))["update"]
    return texts(state)


def notices(bench: Bench, conn: Any) -> list[list[Any]]:
    return [[*message[1:3], message[4]] for message in bench.messages(conn, "neutralised")]


def test_an_edit_of_a_locked_board_is_taken_undone_and_told_before_the_tick(bench: Bench) -> None:
    """[POL-2] [POL-3] [SYN-3] [GAT-8]"""
    host, ann, ben = bench.join(HOST), bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.command(host, "lock", locked=True)
    bench.settle()
    bench.clear()
    bench.edit(ann, Writer(10).note(A, "canary"), 7)
    assert bench.messages(ann) == []
    bench.settle()
    kinds = [message[0] for message in bench.messages(ann)]
    assert kinds == ["neutralised", "tick"]
    assert notices(bench, ann) == [[7, "locked", [A]]]
    assert bench.messages(ann, "neutralised")[0][3] == "A host has locked this board."
    assert bench.receipts(ann) == [7]
    assert bench.messages(ben, "neutralised") == []
    assert bench.closes() == {}
    assert all(b"canary" not in frame for conn in (host, ann, ben) for frame in bench.frames(conn))
    assert all(b"canary" not in (entry.update or b"") for entry in bench.entries)
    assert whole(bench) == {}


def test_a_lock_holds_for_what_is_handled_after_it_and_for_nothing_before(bench: Bench) -> None:
    """[POL-3] In one tick and in the order of arrival."""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.commit()
    bench.edit(ann, writer.note(B), 2)
    bench.command(host, "lock", locked=True)
    bench.edit(ann, writer.note(C), 3)
    bench.command(host, "lock", locked=False)
    bench.edit(ann, writer.note("D" * 12), 4)
    bench.settle()
    assert notices(bench, ann) == [[3, "locked", [C]]]
    assert bench.receipts(ann) == [1, 4]
    assert whole(bench).keys() == {A, B, "D" * 12}


def test_a_host_edits_a_locked_board(bench: Bench) -> None:
    host = bench.join(HOST)
    bench.command(host, "lock", locked=True)
    bench.edit(host, Writer(10).note(A), 1)
    bench.settle()
    assert notices(bench, host) == []
    assert whole(bench).keys() == {A}


def test_the_mode_is_told_when_it_is_durable(bench: Bench) -> None:
    """[POL-3]"""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    assert bench.welcome(ann)["mode"] == "open"
    bench.settle()
    bench.command(host, "lock", locked=True)
    assert bench.entries[-1].locked is True
    assert bench.entries[-1].update is None
    assert ["mode", "locked"] not in bench.happened(ann)
    bench.settle()
    assert ["mode", "locked"] in bench.happened(ann)
    assert bench.messages(host, "result") == [["result", 1, None]]
    assert bench.welcome(bench.join(identity("Ben")))["mode"] == "locked"
    bench.clear()
    bench.command(host, "lock", locked=True)
    bench.settle()
    assert bench.happened(ann) == []
    bench.command(host, "lock", locked=False)
    bench.settle()
    assert bench.happened(ann) == [["mode", "open"]]


def test_a_lock_survives_a_restart(bench: Bench) -> None:
    """[POL-3]"""
    host = bench.join(HOST)
    bench.command(host, "lock", locked=True)
    bench.settle()
    later = Bench(stored=bench.reloaded())
    ann = later.join(identity("Ann"))
    assert later.welcome(ann)["mode"] == "locked"
    later.edit(ann, Writer(10).note(A), 1)
    later.settle()
    assert notices(later, ann) == [[1, "locked", [A]]]


@pytest.mark.parametrize(
    ("who", "args", "code"),
    [
        (identity("Ann"), {"locked": True}, "role"),
        (identity("Ann", Role.OBSERVER), {"locked": True}, "role"),
        (HOST, {"locked": 1}, "invalid"),
        (HOST, {}, "invalid"),
        (HOST, {"locked": True, "more": 1}, "invalid"),
    ],
)
def test_only_a_host_locks_and_says_so_clearly(bench: Bench, who: Any, args: dict[str, Any], code: str) -> None:
    """[POL-3]"""
    conn = bench.join(who)
    bench.settle()
    bench.command(conn, "lock", **args)
    bench.settle()
    assert [message[2] for message in bench.messages(conn, "failed")] == [code]
    assert bench.entries == []


def test_a_participants_title_is_put_back_and_their_next_edit_is_kept(bench: Bench) -> None:
    """[POL-2] [POL-5]"""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.command(host, "title", title="Orchard")
    bench.settle()
    writer = Writer(10, bench.welcome(bench.join(identity("Ben")))["update"])
    bench.clear()
    bench.edit(ann, writer.title("Mine now"), 1)
    bench.edit(ann, writer.note(A), 2)
    bench.settle()
    assert notices(bench, ann) == [[1, "role", []]]
    for update in bench.updates(ann):
        writer.apply(update)
    assert writer.doc.get("meta", type=Map)["title"] == "Orchard"
    assert set(writer.els) == {A}
    assert [event for event in bench.happened(host) if event[0] == "titled"] == []
    assert all(entry.title is None for entry in bench.entries[1:])


def test_a_locked_element_is_for_hosts_to_change(bench: Bench) -> None:
    """[POL-4] In the very tick of the lock as well, and after a restart."""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    bench.settle()
    hosts = Writer(20, writer.doc.get_update())
    before = hosts.doc.get_state()
    hosts.els[A]["lk"] = 1
    bench.edit(host, hosts.doc.get_update(before), 1)
    bench.edit(ann, writer.move(A, 5), 3)
    bench.edit(ann, writer.move(B, 5), 4)
    bench.settle()
    bench.edit(ann, writer.move(A, 6), 5)
    bench.edit(host, hosts.move(A, 7), 2)
    bench.settle()
    assert notices(bench, ann) == [[3, "element_locked", [A]], [5, "element_locked", [A]]]
    stored = bench.reloaded()
    later = Bench(stored=stored)
    ann = later.join(identity("Ann"))
    later.edit(ann, writer.move(A, 8), 6)
    later.settle()
    assert notices(later, ann) == [[6, "element_locked", [A]]]
    elements = Board.load(later.stored.state, later.reloaded().updates, client_id=5).elements()  # type: ignore[union-attr]
    assert elements[A].geometry[0] == 7
    assert elements[A].locked == 1
    assert elements[B].geometry[0] == 5


def test_a_lock_that_a_participant_set_holds_nobody_up(bench: Bench) -> None:
    """[POL-4]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    writer = Writer(10)
    before = writer.doc.get_state()
    writer.els[A] = Map({"t": "note", "g": [0, 0, 9, 9], "lk": 1, "txt": Text("kept")})
    bench.edit(ann, writer.doc.get_update(before), 1)
    bens = Writer(11, writer.doc.get_update())
    bench.edit(ben, bens.move(A, 5), 1)
    bench.settle()
    assert notices(bench, ann) == [[1, "role", [A]]]
    assert notices(bench, ben) == []
    assert whole(bench) == {A: "kept"}


@pytest.mark.parametrize("settled", [False, True])
def test_what_is_written_on_something_that_was_undone_is_undone_for_the_same_reason(
    bench: Bench, settled: bool
) -> None:
    """[POL-6]"""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.command(host, "lock", locked=True)
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.command(host, "lock", locked=False)
    if settled:
        bench.settle()
    before = writer.doc.get_state()
    writer.els[A]["txt"].insert(0, "canary")
    bench.edit(ann, writer.doc.get_update(before), 2)
    bench.edit(ann, writer.note(B), 3)
    bench.settle()
    if not settled:
        assert notices(bench, ann) == [[1, "locked", [A]], [2, "locked", [A]]]
    assert whole(bench).keys() == {B}
    assert all(b"canary" not in (entry.update or b"") for entry in bench.entries)


def test_an_author_who_left_before_hearing_is_told_when_the_edit_comes_again(bench: Bench) -> None:
    """[POL-2] [SYN-4]"""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.command(host, "lock", locked=True)
    update = Writer(10).note(A)
    bench.edit(ann, update, 1)
    bench.handle(events.Left(ann))
    bench.settle()
    again = bench.join(identity("Ann"))
    bench.edit(again, update, 1)
    bench.settle()
    assert notices(bench, again) == [[1, "locked", [A]]]
    assert [message[0] for message in bench.messages(again)][-2:] == ["neutralised", "tick"]
    assert bench.receipts(again) == [1]


def test_nobody_is_the_author_of_what_was_undone(bench: Bench) -> None:
    host, ann, ben = bench.join(HOST), bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.command(host, "lock", locked=True)
    bench.edit(ann, Writer(10).note(A), 1)
    bench.command(host, "lock", locked=False)
    bench.settle()
    bench.edit(ben, Writer(11).note(A), 1)
    bench.settle()
    assert bench.closes() == {}
    assert [entry.authors for entry in bench.entries if entry.authors] == [{A: "Ben_________"}]
    assert notices(bench, ben) == []


def test_the_id_that_the_server_undoes_under_is_leased_once(bench: Bench) -> None:
    """[GAT-3]"""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.edit(ann, Writer(10).title("Mine"), 1)
    bench.settle()
    bench.command(host, "title", title="Orchard")
    bench.settle()
    assert [client for entry in bench.entries for client in entry.leases] == [SERVER_CLIENT, 10]


def test_a_stock_client_sees_its_edit_undone_and_goes_on(bench: Bench) -> None:
    """[POL-2]"""
    host = bench.join(HOST)
    conn = bench.join(identity("Guest", seat=None), door=Door.STOCK)
    bench.handle(events.Step1Received(conn, b"\x00"))
    bench.command(host, "lock", locked=True)
    writer = Writer(10)
    bench.edit(conn, writer.note(A), 0)
    bench.command(host, "lock", locked=False)
    bench.settle()
    bench.edit(conn, writer.note(B), 0)
    bench.settle()
    assert bench.closes() == {}
    assert ids([writer.doc.get_update()]) == {A, B}
    assert whole(bench).keys() == {B}
    assert bench.tally.neutralised == {"locked": 1}


def test_words_written_in_something_that_was_removed_meanwhile_are_told_to_their_author(bench: Bench) -> None:
    """[POL-9] A host too; nothing is undone, and the rest of the edit stays."""
    host, bot = bench.join(HOST), bench.join(identity("Guest", seat=None), door=Door.STOCK)
    writer = Writer(10)
    bench.edit(host, writer.note(A), 1)
    bench.settle()
    remover = Writer(11, writer.doc.get_update())
    made: list[bytes] = []
    watch = remover.doc.observe(lambda event: made.append(event.update))
    del remover.els[A]
    remover.doc.unobserve(watch)
    bench.edit(bot, made[0], 0)
    before = writer.doc.get_state()
    with writer.doc.transaction():
        writer.els[A]["txt"].insert(0, "lost")
        writer.els[B] = Map({"t": "note", "g": [0, 0, 9, 9], "txt": Text("kept")})
    bench.edit(host, writer.doc.get_update(before), 2)
    bench.settle()
    assert notices(bench, host) == [[2, "removed", [A]]]
    assert bench.receipts(host)[-1] == 2
    assert whole(bench) == {B: "kept"}


def test_what_was_put_back_can_be_changed_by_everybody_again(bench: Bench) -> None:
    """[POL-6] An element that was replaced, or brought back, while the board was locked is none that never lived."""
    host, ann, ben = bench.join(HOST), bench.join(identity("Ann")), bench.join(identity("Ben"))
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.settle()
    bench.command(host, "lock", locked=True)
    made: list[bytes] = []
    watch = writer.doc.observe(lambda event: made.append(event.update))
    with writer.doc.transaction():
        del writer.els[A]
        writer.els[A] = Map({"t": "note", "g": [0, 0, 9, 9], "txt": Text("canary")})
    writer.doc.unobserve(watch)
    bench.edit(ann, made[0], 2)
    bench.command(host, "lock", locked=False)
    bench.settle()
    state: bytes = bench.welcome(bench.join(identity("Cem")))["update"]
    assert texts(state) == {A: "words"}
    bens = Writer(11, state)
    before = bens.doc.get_state()
    bens.els[A]["txt"].insert(0, "more ")
    bench.edit(ben, bens.doc.get_update(before), 1)
    bench.settle()
    assert notices(bench, ben) == []
    later = bench.join(identity("Dan"))
    assert texts(bench.welcome(later)["update"]) == {A: "more words"}


def test_a_field_that_was_undone_can_be_made_by_somebody_else_later(bench: Bench) -> None:
    """[POL-2] [POL-3] And what its first author goes on typing in theirs is told of as what it is."""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.settle()
    anns, bens = Writer(10), Writer(20)

    def typed(writer: Writer, change: Callable[[Any], object]) -> bytes:
        before = writer.doc.get_state()
        change(writer.els)
        return writer.doc.get_update(before)

    card = {"t": "card", "g": [0, 0, 184, 104], "z": "a0"}
    bench.edit(ann, typed(anns, lambda els: els.update({A: Map({**card, "d": Map({"ht": "x"})})})), 1)
    bench.settle()
    bench.command(host, "lock", locked=True)
    bench.edit(ann, typed(anns, lambda els: els[A]["d"].update({"who": Text("canary")})), 2)
    bench.settle()
    bench.command(host, "lock", locked=False)
    bench.settle()
    ben = bench.join(identity("Ben"))
    bens.apply(bench.welcome(ben)["update"])
    bench.clear()
    bench.edit(ben, typed(bens, lambda els: els[A]["d"].update({"who": Text("words")})), 1)
    bench.settle()
    assert notices(bench, ben) == []
    bench.edit(ann, typed(anns, lambda els: els[A]["d"]["who"].insert(0, "more ")), 3)
    bench.settle()
    assert notices(bench, ann) == [[3, "locked", [A]]]
    after: Doc[Any] = Doc()
    after.apply_update(bench.welcome(bench.join(identity("Newcomer")))["update"])
    assert str(after.get("els", type=Map)[A]["d"]["who"]) == "words"


def test_who_repeats_everything_again_and_again_is_told_of_it_once(bench: Bench) -> None:
    """[SYN-4] [POL-2] A repeat is a few bytes, and may not cost the room a message for each edit in it."""
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    bench.settle()
    bench.command(host, "lock", locked=True)
    writer = Writer(10)
    for number, id in enumerate((A, B, C), start=1):
        bench.edit(ann, writer.note(id), number)
    bench.settle()
    again = bench.join(identity("Ann"))
    bench.settle()
    bench.clear()
    everything: bytes = writer.doc.get_update()
    for number in range(1, 20):
        bench.edit(again, everything, number)
    bench.settle()
    # The first is committed at once, and all the others together.
    assert notices(bench, again) == [[1, "locked", [A, B, C]], [2, "locked", [A, B, C]]]
    assert bench.receipts(again)[-1] == 19
    bench.clear()
    bench.edit(again, everything, 20)
    bench.settle()
    assert notices(bench, again) == [[20, "locked", [A, B, C]]]
