"""A board that is rebuilt: who is here is told, and who comes with an old copy brings nothing back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pycrdt import Doc, Map

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry.core.yprotocol import encode_step1
from harvestry_crdt import Board
from support.rooms import Bench, Writer, identity, ids, texts

OLD = 100


def rebuilt(bench: Bench, *, without: str = "") -> Bench:
    """The same board under a new epoch, with everybody gone, and perhaps an element."""
    stored = bench.reloaded()
    board = Board.load(None, stored.updates, client_id=2)
    state = board.rebuilt(client_id=3, without={without})
    retired = board.known_client_ids() | stored.leases.keys()
    return Bench(
        stored=replace(
            stored,
            epoch=2,
            seq=stored.seq + 1,
            snapshot_seq=stored.seq + 1,
            state=state,
            updates=[],
            leases={},
            retired=frozenset(retired),
        )
    )


def with_an_old_copy(*, without: str = "") -> tuple[Bench, Writer]:
    """A rebuilt board with one note, and a replica of it from before."""
    bench = Bench()
    conn = bench.join()
    writer = Writer(OLD, bench.welcome(conn)["update"])
    bench.edit(conn, writer.note("aaaaaaaaaaaa", "words"))
    bench.settle()
    return rebuilt(bench, without=without), writer


def test_what_was_sent_before_has_its_receipt_before_everybody_is_closed() -> None:
    """[EPO-4]"""
    bench = Bench()
    conn = bench.join()
    observer = bench.join(identity("Bob", Role.OBSERVER))
    writer = Writer(OLD, bench.welcome(conn)["update"])
    bench.edit(conn, writer.note("aaaaaaaaaaaa"), cseq=1)
    bench.handle(events.Replacing())
    bench.edit(conn, writer.note("bbbbbbbbbbbb"), cseq=2)
    bench.command(conn, "rename", name="Anna")
    assert bench.closes() == {}
    bench.commit()
    assert bench.receipts(conn) == [1]
    assert bench.closes() == {conn: 4410, observer: 4410}
    assert bench.of(events.Drained)
    assert ids([entry.update for entry in bench.entries if entry.update]) == {"aaaaaaaaaaaa"}


def test_a_room_in_which_nothing_waits_ends_at_once() -> None:
    """[EPO-4] And whoever comes in the last moment hears the same."""
    bench = Bench()
    conn = bench.join()
    bench.edit(conn, Writer(OLD, bench.welcome(conn)["update"]).note("aaaaaaaaaaaa"))
    bench.handle(events.Replacing())
    late = bench.join(identity("Late"))
    assert bench.closes() == {late: 4410}
    bench.commit()
    assert bench.closes() == {conn: 4410, late: 4410}
    quiet = Bench()
    quiet.handle(events.Replacing())
    assert quiet.of(events.Drained)


@pytest.mark.parametrize("door", Door)
def test_an_old_copy_brings_nothing_back(door: Door) -> None:
    """[EPO-3] Neither whole, nor an edit on it, nor a deletion, nor under a clientID that never wrote before."""
    _, writer = with_an_old_copy()
    whole = writer.doc.get_update()
    edits = [whole, writer.move("aaaaaaaaaaaa", 9), writer.note("bbbbbbbbbbbb", "more")]
    before = writer.doc.get_state()
    del writer.els["bbbbbbbbbbbb"]
    edits.append(writer.doc.get_update(before))
    stranger: Doc[Any] = Doc(client_id=200)
    stranger.get("els", type=Map)
    stranger.apply_update(whole)
    before = stranger.get_state()
    stranger.get("els", type=Map)["aaaaaaaaaaaa"]["txt"].insert(0, "still ")
    edits.append(stranger.get_update(before))
    for edit in edits:
        bench, _ = with_an_old_copy()
        conn = bench.join(door=door)
        bench.edit(conn, edit, cseq=1 if door is Door.NATIVE else 0)
        bench.settle()
        assert bench.closes() == {conn: 4410}
        assert bench.entries == []


@pytest.mark.parametrize("door", Door)
def test_what_was_left_out_does_not_come_back(door: Door) -> None:
    """[EPO-3] An old copy of what the board no longer holds is nothing that the gate has anything against."""
    bench, writer = with_an_old_copy(without="aaaaaaaaaaaa")
    conn = bench.join(identity("Host", Role.HOST), door=door)
    bench.edit(conn, writer.doc.get_update(), cseq=1 if door is Door.NATIVE else 0)
    bench.settle()
    assert bench.closes() == {conn: 4410}
    assert bench.entries == []


def test_a_fresh_copy_is_edited_as_ever() -> None:
    """[EPO-3]"""
    bench, _ = with_an_old_copy()
    conn = bench.join()
    update = bench.welcome(conn)["update"]
    assert texts(update) == {"aaaaaaaaaaaa": "words"}
    writer = Writer(300, update)
    bench.edit(conn, writer.move("aaaaaaaaaaaa", 9))
    bench.settle()
    assert bench.receipts(conn) == [1]
    assert bench.closes() == {}


def test_whoever_says_what_epoch_they_had_is_given_the_whole_board() -> None:
    """[EPO-3] And the epoch says that it is another."""
    bench, writer = with_an_old_copy()
    conn = bench.join(state_vector=writer.doc.get_state(), since=(1, 2))
    welcome = bench.welcome(conn)
    assert welcome["epoch"] == 2
    assert texts(welcome["update"]) == {"aaaaaaaaaaaa": "words"}


def test_whoever_names_an_old_copy_without_its_epoch_is_closed() -> None:
    """[EPO-3] Else it would merge two boards into one."""
    bench, writer = with_an_old_copy()
    native = bench.join(state_vector=writer.doc.get_state())
    stock = bench.join(identity("Bob"), door=Door.STOCK)
    bench.handle(events.Step1Received(stock, writer.doc.get_state()))
    assert bench.closes() == {native: 4410, stock: 4410}
    assert encode_step1(writer.doc.get_state()) not in bench.frames(stock)
