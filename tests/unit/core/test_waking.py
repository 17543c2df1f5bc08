"""A room whose board rests: it is joined as bytes, and what needs the document waits for it, in order."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Doc

from harvestry.core import events, room, yprotocol
from harvestry.core.access import Role
from harvestry.core.catchup import CatchUp
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board
from support.rooms import Bench, Writer, identity, ids

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.handle(events.RestDue())
    assert not bench.room._loaded.board.is_awake
    return bench


def wake(bench: Bench) -> None:
    bench.room._loaded.board.wake()
    bench.handle(events.Awake())


def test_people_come_and_go_without_waking_a_board(bench: Bench) -> None:
    """[SYN-1, SYN-12]"""
    ann = bench.join(identity("Ann"))
    assert ids([bench.welcome(ann)["update"]]) == set()
    stock = bench.join(door=Door.STOCK)
    bench.handle(events.Step1Received(stock, b"\x00"))
    bench.handle(events.StateWanted(1))
    bench.join(identity("Ben"), since=(1, 1), state_vector=b"\x01\x07\x01")
    bench.handle(events.Left(ann))
    bench.settle()
    assert len(bench.of(events.StateReady)) == 1
    assert bench.of(events.WakeBoard) == []
    assert not bench.room._loaded.board.is_awake


def test_a_rename_wakes_nothing(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.command(ann, "rename", name="Anna")
    bench.settle()
    assert ["result", 1, None] in bench.messages(ann)
    assert bench.of(events.WakeBoard) == []


def test_the_first_edit_wakes_the_board_once_and_everything_after_it_waits_in_order(bench: Bench) -> None:
    """[SYN-3, SYN-12]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben", Role.HOST))
    bench.settle()
    bench.clear()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    bench.command(ben, "title", title="Later")
    bench.handle(events.Left(ann))
    cat = bench.join(identity("Cat"))
    assert len(bench.of(events.WakeBoard)) == 1
    assert bench.entries == []
    assert bench.frames(cat) == []
    assert not bench.room.is_idle
    wake(bench)
    bench.settle()
    assert ids([entry.update for entry in bench.entries if entry.update]) == {A, B}
    assert ids([bench.welcome(cat)["update"], *bench.updates(cat)]) == {A, B}
    assert bench.room.people() == [row for row in bench.room.people() if row[2] in ("Ben", "Cat")]
    assert ["titled", "Later"] in bench.happened(ben)


def test_nothing_overtakes_what_waits_when_the_board_is_awake_before_the_room_hears_of_it(bench: Bench) -> None:
    """[SYN-3, SYN-12]"""
    stock = bench.join(door=Door.STOCK)
    bench.settle()
    bench.clear()
    writer = Writer(10)
    bench.edit(stock, writer.note(A))
    bench.room._loaded.board.wake()
    bench.edit(stock, writer.note(B))
    bench.handle(events.Awake())
    bench.settle()
    assert ids([entry.update for entry in bench.entries if entry.update]) == {A, B}
    assert not any(frame.startswith(b"\x00\x00") for frame in bench.frames(stock)), "asked for what it had sent"


def test_so_much_waits_and_then_the_room_stops_reading(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    for number in range(bench.limits.max_batch_edits):
        bench.edit(ann, writer.note(f"{number:012}"), number + 1)
    assert bench.room.is_congested
    wake(bench)
    bench.settle()
    assert not bench.room.is_congested


def test_a_state_vector_that_knows_something_wakes_the_board(bench: Bench) -> None:
    stock = bench.join(door=Door.STOCK)
    bench.handle(events.Step1Received(stock, b"\x01\x07\x01"))
    assert len(bench.of(events.WakeBoard)) == 1
    wake(bench)
    assert len(bench.frames(stock)) == 3  # step 1, awareness, and now step 2


def test_a_board_that_does_not_wake_ends_the_room_and_loses_no_promise(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.handle(events.WakeFailed())
    assert bench.closes() == {ann: CloseCode.FAULT}
    assert bench.receipts(ann) == []
    assert bench.room.is_over


def test_a_room_that_stops_while_its_board_wakes_keeps_what_was_sent(bench: Bench) -> None:
    """[LIM-4]"""
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.handle(events.Stopping())
    assert bench.of(events.Drained) == []
    wake(bench)
    bench.settle()
    assert ids([entry.update for entry in bench.entries if entry.update]) == {A}
    assert len(bench.of(events.Drained)) == 1


def test_a_board_does_not_rest_while_a_commit_is_in_flight() -> None:
    bench = Bench()
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.handle(events.RestDue())
    assert bench.room._loaded.board.is_awake
    bench.settle()
    bench.handle(events.RestDue())
    assert not bench.room._loaded.board.is_awake
    assert ids([bench.welcome(bench.join(identity("Ben")))["update"]]) == {A}


# ---- catching up -----------------------------------------------------------------------------------------------------


def test_who_has_just_loaded_the_board_gets_what_came_after_it() -> None:
    """[SYN-1]"""
    bench = Bench()
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    for number, id in enumerate((A, B), 1):
        bench.edit(ann, writer.note(id), number)
        bench.settle()
    state = bench.of(events.Persist)[0].entry.update
    assert state is not None
    for seq, wanted in ((1, {A, B}), (2, {B}), (3, None)):
        newcomer = bench.join(identity("Ben"), since=(1, seq), state_vector=b"\x00")
        update = bench.welcome(newcomer)["update"]
        doc: Doc[Any] = Doc()
        for row in [entry.update for entry in bench.entries[: seq - 1] if entry.update] + ([update] if update else []):
            doc.apply_update(row)
        assert (update is None) == (wanted is None)
        assert wanted is None or ids([doc.get_update()]) == {A, B}


def test_what_is_too_far_back_is_answered_by_state_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(client_id=7)
    board.commit()
    catch_up = CatchUp(board, 1)
    for _ in range(1_000):
        catch_up.committed(bytes(1_000))
    assert not catch_up.reaches(800)
    assert catch_up.reaches(1_001)
    assert not catch_up.reaches(1_002)
    assert catch_up._bytes <= 131_072


def test_the_same_question_at_the_same_position_has_the_very_same_answer() -> None:
    board = Board(client_id=7)
    catch_up = CatchUp(board, 0)
    catch_up.committed(board.commit())
    assert catch_up.step2(b"\x01\x07\x01") is catch_up.step2(b"\x01\x07\x01")
    assert catch_up.step2(b"\x00") is catch_up.step2(b"\x00")
    assert catch_up.diff(b"\x00") is catch_up.whole()
    for number in range(100):
        catch_up.diff(bytes((1, 9, number)))
    assert len(catch_up._diffs) <= 8
    with pytest.raises(PeerError) as caught:
        catch_up.diff(b"\x05")
    assert caught.value.code is CloseCode.MALFORMED
    before = catch_up.whole()
    catch_up.committed(b"\x00\x00")
    assert catch_up.whole() == before


def test_the_room_asks_its_document_for_nothing_in_a_herd(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.settle()
    encoded: list[int] = []
    real = room.Board.encode

    def counted(board: Board) -> bytes:
        encoded.append(1)
        return real(board)

    monkeypatch.setattr(room.Board, "encode", counted)
    herd: list[ConnId] = []
    for _ in range(20):
        conn = bench.join(door=Door.STOCK)
        bench.handle(events.Step1Received(conn, b"\x00"))
        herd.append(conn)
    assert len(encoded) == 1
    answers = [
        frame
        for conn in herd
        for frame in bench.frames(conn)
        if isinstance(message := yprotocol.parse(frame), yprotocol.SyncStep2) and ids([message.update]) == {A}
    ]
    assert len(answers) == len(herd)
    assert all(answer is answers[0] for answer in answers)


def test_who_made_what_is_encoded_once_for_all_who_come(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.settle()
    herd = [bench.join(identity(f"P{number}")) for number in range(20)]
    assert {str(bench.welcome(conn)["authors"]) for conn in herd} == {str({A: bench.welcome(ann)["seat"]})}
    assert bench.room._loaded.admission.packed_authors() is bench.room._loaded.admission.packed_authors()
    bench.edit(herd[0], Writer(11).note(B))
    bench.settle()
    assert bench.welcome(bench.join())["authors"].keys() == {A, B}


def test_answers_that_are_kept_stay_within_bounds() -> None:
    """[LIM-2] Whoever asks for a board from every position there is fills no memory with it."""
    board = Board(client_id=7)
    update = board.commit()
    writer = Writer(10)
    for number in range(40):
        board.admit(board.inspect(writer.note(f"{number:012}", "w" * 10_000)))
    catch_up = CatchUp(board, 0)
    catch_up.committed(update)
    catch_up.committed(board.commit())
    for number in range(8):
        catch_up.step2(bytes((1, 9, number)))
    assert sum(map(len, catch_up._diffs.values())) <= 1_048_576
    assert sum(len(kept.full) for kept in catch_up._steps.values()) <= 1_048_576
    assert catch_up.step2(bytes((1, 9, 7))) is catch_up.step2(bytes((1, 9, 7)))
    for _ in range(200):
        catch_up.committed(update)
    for seq in range(10, 200):
        assert catch_up.since(seq)
    assert len(catch_up._since) <= 8
