"""A disk that fails: nothing is promised, nothing is shown, nobody is sent away, and in the end nothing is missing."""

from __future__ import annotations

import pytest

from harvestry.core import events, yprotocol
from harvestry.core.access import Role
from harvestry.core.errors import CloseCode
from harvestry.core.mode import DAMAGED, PAUSED
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from support.rooms import Bench, Writer, identity, ids

A, B, C = "A" * 12, "B" * 12, "C" * 12


@pytest.fixture
def bench() -> Bench:
    return Bench()


def fail(bench: Bench) -> list[events.Effect]:
    """The commit in flight fails; what it was to hold is nowhere."""
    effects = bench.handle(events.CommitFailed())
    bench.entries.pop()
    return effects


def answers(bench: Bench, conn: ConnId) -> list[yprotocol.StockMessage]:
    return [yprotocol.parse(frame) for frame in bench.frames(conn)]


def test_a_failed_commit_receipts_nothing_and_pauses_the_room(bench: Bench) -> None:
    """[STO-7]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.clear()
    bench.edit(ann, Writer(10).note(A))
    bench.wait(100)
    assert events.Reload() in fail(bench)
    bench.settle()
    assert bench.closes() == {}
    assert (bench.receipts(ann), bench.updates(ben)) == ([], [])
    assert bench.happened(ben) == [["mode", "paused"]]
    assert not bench.room.is_over


def test_while_it_pauses_edits_are_neither_taken_nor_refused(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A))
    bench.wait(100)
    fail(bench)
    for again in (False, True):
        bench.clear()
        bench.edit(ann, writer.note(B), 2 + again)
        bench.settle()
        assert bench.of(events.Persist) == []
        assert (bench.receipts(ann), bench.messages(ann, "refused"), bench.messages(ann, "resync")) == ([], [], [])
        if not again:
            bench.reload()


def test_afterwards_what_is_sent_again_is_saved_as_if_nothing_had_been(bench: Bench) -> None:
    """[STO-7]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    writer = Writer(10)
    edits = [writer.note(A), writer.note(B), writer.note(C)]
    bench.edit(ann, edits[0], 1)
    bench.wait(100)
    bench.edit(ann, edits[1], 2)
    fail(bench)
    bench.edit(ann, edits[2], 3)
    bench.reload()
    bench.clear()
    bench.handle(events.Writable())
    bench.settle()
    assert bench.happened(ann) == [["mode", "open"]]
    for cseq, update in enumerate(edits, start=1):
        bench.edit(ann, update, cseq)
    bench.settle()
    assert bench.receipts(ann)[-1] == 3
    assert ids([bench.stored.updates[0], *bench.updates(ben)]) == {A, B, C}  # type: ignore[union-attr]
    assert [entry.seq for entry in bench.entries] == [2, 3]


def test_an_edit_that_overtakes_its_predecessors_return_is_not_receipted_before_them(bench: Bench) -> None:
    """[STO-7] A receipt covers all before it, and a deletion builds on no clock: only its number tells."""
    state = Writer(9).note(A)
    ann = bench.join(identity("Ann"))
    bench.edit(ann, state, 1)
    bench.settle()
    writer = Writer(10, state)
    lost = writer.note(B)
    before = writer.doc.get_state()
    with writer.doc.transaction():
        del writer.els[A]
    late = writer.doc.get_update(before)
    bench.edit(ann, lost, 2)
    bench.wait(100)
    fail(bench)
    bench.reload()
    bench.handle(events.Writable())
    bench.clear()
    bench.edit(ann, late, 3)
    bench.settle()
    assert (bench.receipts(ann), bench.messages(ann, "resync")) == ([], [])
    bench.edit(ann, lost, 2)
    bench.edit(ann, late, 3)
    bench.settle()
    assert bench.receipts(ann)[-1] == 3
    assert ids([state, *bench.updates(ann)]) == {B}


def test_one_edit_that_stands_for_all_that_was_passed_over_is_taken(bench: Bench) -> None:
    """A gap was answered while the board paused: the answer has a new number, and the old ones never come again."""
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    first, second = writer.note(A), writer.note(B)
    bench.edit(ann, first, 1)
    bench.wait(100)
    fail(bench)
    bench.reload()
    bench.edit(ann, second, 2)
    bench.handle(events.Writable())
    whole = writer.doc.get_update()
    bench.edit(ann, whole, 3)
    bench.edit(ann, whole, 3)
    bench.settle()
    assert bench.receipts(ann)[-1] == 3


def test_what_was_parked_waits_for_its_return_too(bench: Bench) -> None:
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    writer = Writer(10)
    first, second = writer.note(A), writer.note(B)
    bench.edit(ann, second, 2)
    assert len(bench.messages(ann, "resync")) == 1
    bench.edit(ben, Writer(11).note(C), 1)
    bench.wait(100)
    fail(bench)
    bench.reload()
    bench.handle(events.Writable())
    bench.clear()
    bench.edit(ann, first, 1)
    bench.edit(ann, second, 2)
    bench.settle()
    assert bench.receipts(ann)[-1] == 2


def test_stock_clients_are_asked_for_what_they_have(bench: Bench) -> None:
    """[STO-7]"""
    stock = bench.join(identity("Stu", seat=None), door=Door.STOCK)
    watcher = bench.join(identity("Olga", Role.OBSERVER, seat=None), door=Door.STOCK)
    for conn in (stock, watcher):
        bench.handle(events.Step1Received(conn, b"\x00"))
    bench.settle()
    writer = Writer(10)
    bench.edit(stock, writer.note(A), 0)
    bench.wait(100)
    fail(bench)
    bench.edit(stock, writer.note(B), 0)
    bench.reload()
    bench.clear()
    bench.handle(events.Writable())
    (question,) = [message for message in answers(bench, stock) if isinstance(message, yprotocol.SyncStep1)]
    assert not any(isinstance(message, yprotocol.SyncStep1) for message in answers(bench, watcher))
    bench.edit(stock, writer.doc.get_update(question.state_vector), 0)
    bench.settle()
    assert ids([update.update for update in answers(bench, watcher) if isinstance(update, yprotocol.SyncUpdate)]) == {
        A,
        B,
    }


def test_who_comes_meanwhile_gets_the_board_as_it_is_on_disk(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.settle()
    bench.edit(ann, writer.note(B), 2)
    bench.wait(100)
    fail(bench)
    early = bench.join(identity("Ben"))
    stock = bench.join(identity("Stu", seat=None), door=Door.STOCK)
    bench.handle(events.Step1Received(stock, b"\x00"))
    bench.handle(events.StateWanted(1))
    assert bench.frames(early) == []
    assert bench.of(events.StateReady) == []
    bench.reload()
    late = bench.join(identity("Cleo"))
    for conn in (early, late):
        assert bench.welcome(conn)["mode"] == "paused"
        assert ids([bench.welcome(conn)["update"]]) == {A}
    (ready,) = bench.of(events.StateReady)
    assert ids([ready.state]) == {A}
    (step2,) = [message for message in answers(bench, stock) if isinstance(message, yprotocol.SyncStep2)]
    assert ids([step2.update]) == {A}
    assert not any(isinstance(message, yprotocol.SyncStep1) for message in answers(bench, stock))
    bench.handle(events.Writable())
    assert bench.welcome(bench.join(identity("Dan")))["mode"] == "open"


def test_a_command_is_told_to_come_back(bench: Bench) -> None:
    host = bench.join(identity("Hana", Role.HOST))
    bench.settle()
    bench.command(host, "title", title="Harvest")
    bench.wait(100)
    fail(bench)
    assert bench.messages(host, "failed") == [["failed", 1, "paused", PAUSED]]
    bench.command(host, "title", title="Harvest")
    assert len(bench.messages(host, "failed")) == 2
    bench.reload()
    bench.handle(events.Writable())
    bench.command(host, "title", title="Harvest")
    bench.settle()
    assert bench.messages(host, "result") == [["result", 1, None]]


def test_what_was_written_under_in_vain_is_free_again(bench: Bench) -> None:
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A), 1)
    bench.wait(100)
    fail(bench)
    bench.reload()
    bench.handle(events.Writable())
    bench.edit(ben, Writer(10).note(B), 1)
    bench.settle()
    assert bench.receipts(ben) == [1]


def test_a_disk_that_fails_again_pauses_again(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    update = Writer(10).note(A)
    for _ in range(3):
        bench.edit(ann, update, 1)
        bench.wait(100)
        fail(bench)
        bench.reload()
        bench.handle(events.Writable())
        bench.wait(100)
    bench.edit(ann, update, 1)
    bench.settle()
    assert bench.receipts(ann) == [1]
    assert [event[1] for event in bench.happened(ann) if event[0] == "mode"] == ["paused", "open"] * 3


def test_a_disk_that_holds_another_board_than_was_promised_ends_the_room(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A), 1)
    bench.wait(100)
    fail(bench)
    bench.reload(epoch=2)
    assert bench.closes() == {ann: CloseCode.TRY_LATER}
    assert bench.of(events.Broken)


def test_a_board_that_cannot_be_loaded_again_ends_the_room(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A), 1)
    bench.wait(100)
    fail(bench)
    bench.handle(events.ReloadFailed())
    assert bench.closes() == {ann: CloseCode.FAULT}


def test_a_room_that_is_to_end_does_not_wait_for_the_disk(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A), 1)
    bench.wait(100)
    bench.handle(events.StateWanted(1))
    bench.handle(events.Stopping())
    assert not bench.room.is_over
    fail(bench)
    assert bench.room.is_over
    assert bench.of(events.Drained)
    assert bench.of(events.StateReady) == []


# ---- damage --------------------------------------------------------------------------------------------------------


@pytest.fixture
def damaged(bench: Bench) -> Bench:
    ann = bench.join(identity("Ann"))
    bench.edit(ann, Writer(10).note(A), 1)
    bench.settle()
    return Bench(stored=bench.reloaded(damage="entry 3 of the log does not match its checksum"))


def test_a_damaged_board_is_shown_and_not_written_to(damaged: Bench) -> None:
    """[STO-5]"""
    ann, olga = damaged.join(identity("Ann")), damaged.join(identity("Olga", Role.OBSERVER))
    for conn in (ann, olga):
        assert damaged.welcome(conn)["mode"] == "damaged"
        assert ids([damaged.welcome(conn)["update"]]) == {A}
    damaged.edit(ann, Writer(11).note(B), 4)
    assert damaged.messages(ann, "refused") == [["refused", 4, "damaged", DAMAGED, []]]
    damaged.command(damaged.join(identity("Hana", Role.HOST)), "title", title="Harvest")
    assert "damaged" in [message[2] for message in damaged.messages(ConnId(3), "failed")]
    damaged.settle()
    assert damaged.of(events.Persist) == []
    assert damaged.closes() == {}


def test_a_stock_client_looks_at_a_damaged_board_and_is_not_listened_to(damaged: Bench) -> None:
    stock = damaged.join(identity("Stu", seat=None), door=Door.STOCK)
    damaged.handle(events.Step1Received(stock, b"\x00"))
    (step2,) = [message for message in answers(damaged, stock) if isinstance(message, yprotocol.SyncStep2)]
    assert ids([step2.update]) == {A}
    assert not any(isinstance(message, yprotocol.SyncStep1) for message in answers(damaged, stock))
    damaged.clear()
    damaged.edit(stock, Writer(11).note(B), 0)
    damaged.settle()
    assert damaged.frames(stock) == []


def test_damage_that_shows_after_a_failed_commit_stays(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A), 1)
    bench.wait(100)
    fail(bench)
    bench.reload(damage="the log ends at entry 1")
    bench.handle(events.Writable())
    bench.settle()
    assert bench.happened(ann)[-1] == ["mode", "damaged"]
    bench.edit(ann, Writer(10).note(A), 1)
    assert [message[2] for message in bench.messages(ann, "refused")] == ["damaged"]
