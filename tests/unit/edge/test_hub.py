"""Rooms come and go, and whatever fails is somebody's, never everybody's."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

import msgpack
import pytest

from harvestry.core import events, room
from harvestry.core.access import BoardId, LinkId, Role
from harvestry.core.errors import CloseCode, DiskTrouble, PeerError
from harvestry.core.limits import Limits, Millis
from harvestry.core.outbox import Fanout
from harvestry.core.ports import Entry, LinkRecord, NewBoard, Rebuilt, StoredBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from harvestry.edge.hub import Hub, Policy, UnknownBoard
from harvestry.edge.live_room import LiveRoom
from harvestry_crdt import Board, EngineFault
from support.clock import ManualClock
from support.memory_store import MemoryStore
from support.rooms import BOARD, Writer, identity, ids

LIMITS = Limits()
LINK = LinkRecord(LinkId("participant_"), BOARD, Role.PARTICIPANT, 1)


class Ear:
    """A connection that remembers what it was sent."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.closed: CloseCode | None = None
        self.holds = 0

    def hold(self) -> None:
        self.holds += 1

    def release(self) -> None:
        self.holds -= 1

    def offer(self, frame: bytes | Fanout) -> None:
        self.frames.append(frame.full if isinstance(frame, Fanout) else frame)

    def close(self, code: CloseCode, reason: str) -> None:
        self.closed = code


class Reader:
    """A connection that has one more message to handle when it may read on."""

    def __init__(self, live: LiveRoom, event: events.Event) -> None:
        self.live = live
        self.event = event
        self.is_held = False

    def hold(self) -> None:
        assert not self.is_held
        self.is_held = True

    def release(self) -> None:
        assert self.is_held
        self.is_held = False
        self.live.handle(self.event)


class Stage:
    """A hub with a store and a clock that the test turns."""

    def __init__(self, hub: Hub, store: MemoryStore, clock: ManualClock) -> None:
        self.hub = hub
        self.store = store
        self.clock = clock

    async def enter(self, name: str = "Ann", *, door: Door = Door.NATIVE) -> tuple[LiveRoom, ConnId, Ear]:
        live = await self.hub.enter(BOARD)
        ear = Ear()
        return live, live.join(ear, identity(name), door=door), ear

    async def turn(self, ms: int = 1_000) -> None:
        """Let time pass, and everything that follows from it happen."""
        self.clock.turn(ms)
        for _ in range(50):
            await asyncio.sleep(0)
        # A board that rests is woken in a thread of its own.
        while any(live._room._loaded.waking.is_under_way for live in self.hub._rooms.values()):
            await asyncio.to_thread(lambda: None)
        for _ in range(50):
            await asyncio.sleep(0)


def play(
    scenario: Callable[[Stage], Awaitable[None]],
    *,
    limits: Limits = LIMITS,
    **policy: int,
) -> None:
    async def whole() -> None:
        store, clock = MemoryStore(), ManualClock()
        document = Board(client_id=7)
        await store.create(NewBoard(BOARD, "", 1, (LINK,), (document.commit(),)))
        document.close()
        async with Hub(store, clock, limits=limits, policy=Policy(**policy)) as hub:
            await scenario(Stage(hub, store, clock))

    asyncio.run(whole())


def test_a_room_is_loaded_once_for_all_who_come_together() -> None:
    async def scenario(stage: Stage) -> None:
        rooms = await asyncio.gather(*(stage.hub.enter(BOARD) for _ in range(20)))
        assert len({id(live) for live in rooms}) == 1

    play(scenario)


def test_there_is_no_room_without_a_board() -> None:
    async def scenario(stage: Stage) -> None:
        with pytest.raises(UnknownBoard):
            await stage.hub.enter(BoardId("no_such_board_16"))
        await stage.hub.enter(BOARD)

    play(scenario)


def test_an_edit_is_stored_and_told() -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        _, _, ear = await stage.enter("Ben")
        await stage.turn()
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await stage.turn()
        stored = await stage.store.load(BOARD)
        assert stored is not None
        assert ids(stored.updates) == {"A" * 12}
        assert b"A" * 12 in ear.frames[-1]

    play(scenario)


def test_who_edits_too_fast_is_read_again_when_the_time_has_come() -> None:
    """[LIM-5]"""

    async def scenario(stage: Stage) -> None:
        live, conn, ear = await stage.enter()
        await stage.turn()
        writer = Writer(10)
        live.handle(events.EditReceived(conn, 1, writer.note("A" * 12)))
        await stage.turn(0)
        assert ear.holds == 0
        live.handle(events.EditReceived(conn, 2, writer.note("B" * 12)))
        assert ear.holds == 1
        await stage.turn(400)
        assert ear.holds == 1
        await stage.turn(700)
        assert ear.holds == 0
        live.leave(conn)

    play(scenario, limits=Limits(max_edit_rate=1, max_edit_burst=1))


def modes(ear: Ear) -> list[str]:
    """What a connection was told about whether the board can be written to."""
    told = []
    for frame in ear.frames:
        kind, *fields = msgpack.unpackb(frame)
        told += [fields[0]["mode"]] if kind == "welcome" else []
        told += [event[1] for event in (fields[4] or [] if kind == "tick" else []) if event[0] == "mode"]
    return told


def test_a_failed_commit_pauses_the_room_until_the_disk_takes_writes_again(caplog: pytest.LogCaptureFixture) -> None:
    """[STO-7]"""

    async def scenario(stage: Stage) -> None:
        live, conn, ann = await stage.enter()
        _, _, ben = await stage.enter("Ben")
        await stage.turn()
        stage.store.fails = DiskTrouble("database or disk is full")
        update = Writer(10).note("A" * 12)
        live.handle(events.EditReceived(conn, 1, update))
        await until(stage, lambda: bool(stage.hub._pausing))
        await stage.turn(100)
        assert modes(ann) == modes(ben) == ["open", "paused"]
        again, _, late = await stage.enter("Cleo")
        await until(stage, lambda: modes(late) == ["paused"])
        assert again is live
        await stage.turn(60_000)
        assert modes(late) == ["paused"]
        stage.store.fails = None
        await stage.turn(8_000)
        await stage.turn(100)
        assert modes(late) == ["paused", "open"]
        assert not any(b"A" * 12 in frame for frame in ben.frames)
        live.handle(events.EditReceived(conn, 1, update))
        await until(stage, lambda: 2 in stage.store._shelves[BOARD].log)
        await stage.turn()
        stored = await stage.store.load(BOARD)
        assert stored is not None
        assert (stored.seq, ids(stored.updates)) == (2, {"A" * 12})
        assert b"A" * 12 in ben.frames[-1]
        assert (ann.closed, ben.closed, late.closed) == (None, None, None)
        assert not any(record.exc_info for record in caplog.records)

    play(scenario)


def test_a_disk_that_fails_is_left_alone_for_longer_and_longer() -> None:
    async def scenario(stage: Stage) -> None:
        asked: list[int] = []

        async def recover() -> None:
            asked.append(stage.clock.now())
            raise DiskTrouble("database or disk is full")

        live, conn, _ = await stage.enter()
        await stage.turn()
        stage.store.fails = DiskTrouble("database or disk is full")
        stage.store.recover = recover  # type: ignore[method-assign]
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await until(stage, lambda: bool(stage.hub._pausing))
        for _ in range(400):
            await stage.turn(50)
        pauses = [after - before for before, after in pairwise(asked)]
        assert pauses == sorted(pauses)
        assert pauses[:3] == [500, 1_000, 2_000]
        assert max(pauses) <= 8_050

    play(scenario)


def test_all_rooms_wait_for_one_disk_together() -> None:
    async def scenario(stage: Stage) -> None:
        asked = 0

        async def recover() -> None:
            nonlocal asked
            asked += 1

        stage.store.recover = recover  # type: ignore[method-assign]
        first, second = (asyncio.ensure_future(stage.hub.writable()) for _ in range(2))
        await stage.turn(0)
        await stage.turn(250)
        assert (await first, await second, asked) == (True, True, 1)

    play(scenario)


def test_a_server_that_ends_does_not_wait_for_the_disk() -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        await stage.turn()
        stage.store.fails = DiskTrouble("database or disk is full")
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await until(stage, lambda: bool(stage.hub._pausing))

    play(scenario)


def test_a_paused_room_that_everybody_left_is_let_go_without_a_snapshot(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        await stage.turn()
        stage.store.fails = DiskTrouble("database or disk is full")
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await until(stage, lambda: bool(stage.hub._pausing))
        live.leave(conn)
        await stage.turn(2_000)
        await until(stage, lambda: stage.hub.room(BOARD) is None)
        assert "snapshot" not in caplog.text

    play(scenario, idle_unload_ms=1_000)


def test_a_board_that_does_not_load_any_more_ends_the_room(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, ann = await stage.enter()
        await stage.turn()
        stage.store.fails = DiskTrouble("database or disk is full")
        del stage.store._shelves[BOARD].log[1]
        stage.store._shelves[BOARD].log[2] = b"its predecessor is gone"
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await until(stage, lambda: ann.closed is CloseCode.FAULT)
        assert "the board cannot be loaded again" in caplog.text
        assert stage.hub.room(BOARD) is None

    play(scenario)


def test_a_damaged_board_is_shown_and_the_operator_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """[STO-5]"""

    async def scenario(stage: Stage) -> None:
        real = stage.store.load

        async def load(board: BoardId) -> StoredBoard | None:
            stored = await real(board)
            return None if stored is None else replace(stored, damage="entry 2 of the log cannot be found")

        stage.store.load = load  # type: ignore[method-assign]
        live, conn, ann = await stage.enter()
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await stage.turn()
        assert modes(ann) == ["damaged"]
        assert [record.levelname for record in caplog.records if "entry 2 of the log" in record.message] == ["ERROR"]
        live.leave(conn)
        await stage.turn(2_000)
        await until(stage, lambda: stage.hub.room(BOARD) is None)
        assert stage.store._shelves[BOARD].snapshots == {}

    play(scenario, idle_unload_ms=1_000)


def test_a_fault_of_the_engine_ends_the_room_with_1011(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Board) -> bytes:
        raise EngineFault("the engine failed")

    async def scenario(stage: Stage) -> None:
        live, conn, ann = await stage.enter()
        await stage.turn()
        with monkeypatch.context() as patch:
            patch.setattr(room.Board, "commit", fail)
            live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
            await stage.turn()
        assert ann.closed is CloseCode.FAULT
        again, _, _ = await stage.enter()
        assert again is not live

    play(scenario)


def test_an_empty_room_is_written_out_and_let_go() -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await stage.turn(100)
        live.leave(conn)
        await stage.turn(100)
        await stage.turn(900)
        assert stage.hub.room(BOARD) is live
        await stage.turn(1_000)
        await until(stage, lambda: stage.hub.room(BOARD) is None)
        stored = await stage.store.load(BOARD)
        assert stored is not None
        assert stored.snapshot_seq == stored.seq == 2
        again, _, _ = await stage.enter()
        assert again is not live

    play(scenario, idle_unload_ms=1_000)


def test_a_room_with_somebody_in_it_stays() -> None:
    async def scenario(stage: Stage) -> None:
        live, _, _ = await stage.enter()
        for _ in range(10):
            await stage.turn(1_000)
        assert stage.hub.room(BOARD) is live

    play(scenario, idle_unload_ms=1_000)


def test_a_busy_board_is_written_out_now_and_then() -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        writer = Writer(10)
        for number in range(10):
            live.handle(events.EditReceived(conn, number + 1, writer.note(f"{number:012}")))
            await stage.turn()
        await until(stage, lambda: bool(stage.store._shelves[BOARD].snapshots))

    play(scenario, snapshot_entries=5)


def test_a_board_is_not_written_out_again_at_once_however_fast_its_log_grows() -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        writer = Writer(10)
        cseq = 0

        async def write(entries: int) -> None:
            nonlocal cseq
            for _ in range(entries):
                cseq += 1
                live.handle(events.EditReceived(conn, cseq, writer.note(f"{cseq:012}")))
                await stage.turn()

        def snapshots() -> list[int]:
            return sorted(stage.store._shelves[BOARD].snapshots)

        await write(2)
        await until(stage, lambda: len(snapshots()) == 1 and not live._is_saving)
        first = snapshots()
        await write(6)
        assert not live._is_saving
        assert snapshots() == first
        await stage.turn(10_000)
        await write(1)
        await until(stage, lambda: len(snapshots()) == 2)
        # All of the log that was left is in it.
        assert snapshots() == [*first, 1 + cseq]

    play(scenario, snapshot_entries=2, snapshot_ms=10_000)


def test_a_failed_snapshot_harms_nobody(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(self: MemoryStore, board: BoardId, **_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(MemoryStore, "save_snapshot", fail)

    async def scenario(stage: Stage) -> None:
        live, conn, ann = await stage.enter()
        writer = Writer(10)
        for number in range(4):
            live.handle(events.EditReceived(conn, number + 1, writer.note(f"{number:012}")))
            await stage.turn()
        await until(stage, lambda: "a snapshot failed" in caplog.text)
        assert ann.closed is None

    play(scenario, snapshot_entries=2)


def test_a_snapshot_that_does_not_read_as_its_log_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    """[STO-6]"""

    async def scenario(stage: Stage) -> None:
        live, conn, ann = await stage.enter()
        writer = Writer(10)
        for number in range(2):
            live.handle(events.EditReceived(conn, number + 1, writer.note(f"{number:012}")))
            await stage.turn()
        # What is on disk becomes another board than the one in memory; each is a good one by itself.
        log = stage.store._shelves[BOARD].log
        log[3] = Writer(10, Board.load(None, [log[1], log[2]], client_id=8).encode()).note("another note")
        live.handle(events.EditReceived(conn, 3, writer.note("A" * 12)))
        await until(stage, lambda: "a snapshot was not kept: it does not read as its log does" in caplog.text)
        assert stage.store._shelves[BOARD].snapshots == {}
        assert sorted(log) == [1, 2, 3, 4]
        live.handle(events.EditReceived(conn, 4, writer.note("B" * 12)))
        await stage.turn()
        assert (ann.closed, sorted(log)) == (None, [1, 2, 3, 4, 5])
        assert [record.levelname for record in caplog.records if "not kept" in record.message] == ["ERROR"]

    play(scenario, snapshot_entries=4)


def test_the_state_is_encoded_and_compressed_once_for_all() -> None:
    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        first, second = await asyncio.gather(live.state(), live.state())
        assert first is second
        assert gzip.decompress(first.gzipped) == first.state
        live.handle(events.EditReceived(conn, 1, Writer(10).note("A" * 12)))
        await stage.turn()
        third = await live.state()
        assert (third.seq, ids([third.state])) == (2, {"A" * 12})

    play(scenario)


def test_a_full_room_takes_nobody_in() -> None:
    async def whole() -> None:
        store = MemoryStore()
        document = Board(client_id=7)
        await store.create(NewBoard(BOARD, "", 1, (LINK,), (document.commit(),)))
        document.close()
        async with Hub(store, ManualClock(), limits=Limits(max_connections=1), policy=Policy()) as hub:
            live = await hub.enter(BOARD)
            live.join(Ear(), identity("Ann"), door=Door.NATIVE)
            with pytest.raises(PeerError) as caught:
                live.join(Ear(), identity("Ben"), door=Door.NATIVE)
            assert caught.value.code is CloseCode.TRY_LATER

    asyncio.run(whole())


def test_the_end_commits_what_waits_and_closes_everybody() -> None:
    kept: list[MemoryStore] = []
    ears: list[Ear] = []

    async def scenario(stage: Stage) -> None:
        live, conn, ear = await stage.enter()
        await stage.turn()
        writer = Writer(10)
        live.handle(events.EditReceived(conn, 1, writer.note("A" * 12)))
        live.handle(events.EditReceived(conn, 2, writer.note("B" * 12)))
        kept.append(stage.store)
        ears.append(ear)

    play(scenario)
    stored = asyncio.run(kept[0].load(BOARD))  # type: ignore[arg-type]
    assert stored is not None
    assert ids(stored.updates) == {"A" * 12, "B" * 12}
    assert ears[0].closed is CloseCode.RESTARTING


def test_revoking_a_link_reaches_the_room_that_is_loaded() -> None:
    async def scenario(stage: Stage) -> None:
        _, _, ear = await stage.enter()
        stage.hub.revoked(BOARD, LINK.id)
        assert ear.closed is CloseCode.REVOKED
        stage.hub.revoked(BoardId("no_such_board_16"), LINK.id)

    play(scenario)


def test_nobody_joins_by_a_link_that_was_revoked_while_the_token_was_looked_at() -> None:
    """[TOK-3] Between the look at the records and the join there are awaits; the room may not even be loaded."""

    async def scenario(stage: Stage) -> None:
        stage.hub.revoked(BOARD, LINK.id)
        with pytest.raises(PeerError) as refused:
            await stage.enter()
        assert refused.value.code is CloseCode.REVOKED

    play(scenario)


def test_reading_pauses_while_a_batch_is_full() -> None:
    async def whole() -> None:
        store, clock = MemoryStore(), ManualClock()
        document = Board(client_id=7)
        await store.create(NewBoard(BOARD, "", 1, (LINK,), (document.commit(),)))
        document.close()
        async with Hub(store, clock, limits=Limits(max_batch_edits=2), policy=Policy()) as hub:
            stage = Stage(hub, store, clock)
            live, conn, _ = await stage.enter()
            await stage.turn()
            writer = Writer(10)
            for number in range(3):
                live.handle(events.EditReceived(conn, number + 1, writer.note(f"{number:012}")))
            readers = [Reader(live, events.EditReceived(conn, n, writer.note(f"{n:012}"))) for n in (4, 5, 6)]
            for reader in readers:
                live.pace(reader)
            assert [reader.is_held for reader in readers] == [True, True, True]
            await stage.turn()
            # What the first two have read fills the next batch, and the third waits for that.
            assert [reader.is_held for reader in readers] == [False, False, True]
            await stage.turn()
            assert [reader.is_held for reader in readers] == [False, False, False]
            await stage.turn()
            stored = await store.load(BOARD)
            assert stored is not None
            assert len(ids(stored.updates)) == 6

    asyncio.run(whole())


async def until(stage: Stage, condition: Callable[[], bool]) -> None:
    """Let work in threads finish; the clock stands still meanwhile, up to a second of the machine's time."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.to_thread(lambda: None)
            await stage.turn(0)


def test_time_is_the_tests() -> None:
    clock = ManualClock()
    rung: list[int] = []
    clock.call_at(Millis(clock.now() + 10), lambda: rung.append(1))
    clock.call_at(Millis(clock.now() + 10), lambda: rung.append(2)).cancel()
    clock.turn(9)
    assert rung == []
    clock.turn(1)
    assert rung == [1]


def test_nobody_enters_while_a_history_is_replaced_and_then_all_are_in_the_new_one() -> None:
    """[EPO-4]"""

    async def scenario(stage: Stage) -> None:
        live, conn, ear = await stage.enter()
        live.handle(events.EditReceived(conn, 1, Writer(100).note("aaaaaaaaaaaa")))
        async with stage.hub.alone(BOARD):
            assert ear.closed is CloseCode.REBUILT
            newcomer = asyncio.ensure_future(stage.enter("Bob"))
            other = asyncio.ensure_future(_replaced(stage))
            await stage.turn()
            assert not newcomer.done()
            assert not other.done()
            await _replace(stage)
        again, _, _ = await newcomer
        await other
        assert again is not live
        last, _, _ = await stage.enter("Cay")
        state = await last.state()
        assert (state.epoch, ids([state.state])) == (3, {"aaaaaaaaaaaa"})

    play(scenario)


def test_a_history_that_could_not_be_replaced_leaves_the_room_to_be_loaded_as_it_was() -> None:
    """[EPO-2]"""

    async def scenario(stage: Stage) -> None:
        await stage.enter()
        with pytest.raises(ValueError, match="no"):
            async with stage.hub.alone(BOARD):
                raise ValueError("no")
        live, _, _ = await stage.enter()
        assert (await live.state()).epoch == 1

    play(scenario)


async def _replaced(stage: Stage) -> None:
    async with stage.hub.alone(BOARD):
        await _replace(stage)


async def _replace(stage: Stage) -> None:
    stored = await stage.store.load(BOARD)
    assert stored is not None
    board = Board.load(stored.state, stored.updates, client_id=8)
    state, retired = board.rebuilt(client_id=1_000 + stored.epoch), board.known_client_ids()
    after = (stored.epoch, stored.seq)
    await stage.store.replace(Rebuilt(BOARD, after, stored.epoch + 1, state, retired, stored.authors, ""))


async def _edited(stage: Stage, live: LiveRoom, conn: ConnId, moves: int) -> None:
    """A note that was moved and recoloured by turns, which leaves much behind."""
    writer = Writer(100)
    live.handle(events.EditReceived(conn, 1, writer.note("aaaaaaaaaaaa")))
    for move in range(moves):
        before = writer.doc.get_state()
        writer.els["aaaaaaaaaaaa"]["g"] = [move, 0, 184, 104]
        writer.els["aaaaaaaaaaaa"]["c"] = ("sage", "oat")[move % 2]
        live.handle(events.EditReceived(conn, 2 + move, writer.doc.get_update(before)))
        if move % 50 == 0:
            await stage.turn()


async def _unloaded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the hub let go of the empty room, and do all that follows; returns the epoch of the board."""
    works: list[asyncio.Future[None]] = []
    watch = stage.hub.watch
    monkeypatch.setattr(stage.hub, "watch", lambda work, board: (works.append(work), watch(work, board)))
    await stage.turn(2_000)
    assert works
    await asyncio.wait(works, timeout=30)
    assert stage.hub.room(BOARD) is None
    summary = await stage.store.summary(BOARD)
    assert summary is not None
    return summary.epoch


def test_a_board_that_was_much_edited_is_rebuilt_once_nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """[EPO-5]"""

    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        await _edited(stage, live, conn, 400)
        live.leave(conn)
        await stage.turn()
        assert await _unloaded(stage, monkeypatch) == 2
        again, _, _ = await stage.enter()
        state = await again.state()
        assert ids([state.state]) == {"aaaaaaaaaaaa"}
        assert len(state.state) < 300

    play(scenario, idle_unload_ms=1_500, snapshot_entries=1_000, compact_bytes=2_000)


@pytest.mark.parametrize(("moves", "compact_bytes"), [(400, 1_000_000), (2, 1)])
def test_a_board_of_which_little_would_be_saved_keeps_its_history(
    monkeypatch: pytest.MonkeyPatch, moves: int, compact_bytes: int
) -> None:
    """[EPO-5] Copies of it stay good."""

    async def scenario(stage: Stage) -> None:
        live, conn, _ = await stage.enter()
        await _edited(stage, live, conn, moves)
        live.leave(conn)
        await stage.turn()
        assert await _unloaded(stage, monkeypatch) == 1

    play(scenario, idle_unload_ms=1_500, snapshot_entries=1_000, compact_bytes=compact_bytes)


@pytest.mark.parametrize("ends", [False, True])
def test_who_asks_for_the_board_and_goes_away_breaks_nothing(ends: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """[SYN-3] A server that ends gives up on requests that take too long, and a commit may take long."""

    async def scenario(stage: Stage) -> None:
        live, conn, ear = await stage.enter()
        await stage.turn()
        disk, append = asyncio.Event(), stage.store.append

        async def slow(entry: Entry) -> None:
            await disk.wait()
            await append(entry)

        monkeypatch.setattr(stage.store, "append", slow)
        writer = Writer(10)
        live.handle(events.EditReceived(conn, 1, writer.note("A" * 12)))
        await stage.turn()
        asked = asyncio.create_task(live.state())
        await stage.turn()
        assert live._tickets
        asked.cancel()
        await stage.turn()
        live.handle(events.EditReceived(conn, 2, writer.note("B" * 12)))
        if ends:
            live.handle(events.Stopping())
        disk.set()
        await stage.turn()
        await stage.turn()
        stored = await stage.store.load(BOARD)
        assert stored is not None
        assert ids(stored.updates) == {"A" * 12, "B" * 12}
        assert live._tickets == {}
        assert ear.closed is (CloseCode.RESTARTING if ends else None)

    play(scenario)
