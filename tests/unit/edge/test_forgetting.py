"""What is left on disk of sealed notes: after a reveal no seat beside a note, and of a withdrawn note no word."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgpack
import pytest

from harvestry.core import events
from harvestry.core.access import LinkId, Role
from harvestry.core.errors import CloseCode, DiskTrouble
from harvestry.core.limits import Limits, Millis
from harvestry.core.outbox import Fanout
from harvestry.core.ports import LinkRecord, NewBoard, StillRead
from harvestry.core.presence import Door
from harvestry.core.protocol import Command, ConnId
from harvestry.edge.backup import make_backup
from harvestry.edge.forgetting import Forgetting
from harvestry.edge.hub import Hub, Policy, UnknownBoard
from harvestry.edge.live_room import LiveRoom
from harvestry.edge.store import SqlStore
from harvestry.edge.upkeep import Upkeep
from harvestry_crdt import Board
from support.clock import ManualClock
from support.gatherings import PLAN
from support.rooms import BOARD, identity
from support.sealing import Draft

LINKS = tuple(LinkRecord(LinkId(role.value.ljust(12, "_")), BOARD, role, 1) for role in Role)
PEOPLE = ("Ann", "Bob", "Cid", "Dot")
CANARY = "quetzalcanary"
PATIENCE_S = 60.0


class Ear:
    """A connection that remembers what it was sent."""

    def __init__(self) -> None:
        self.messages: list[list[Any]] = []
        self.closed: CloseCode | None = None

    def hold(self) -> None: ...
    def release(self) -> None: ...

    def offer(self, frame: bytes | Fanout) -> None:
        self.messages.append(msgpack.unpackb(frame.full if isinstance(frame, Fanout) else frame))

    def close(self, code: CloseCode, reason: str) -> None:
        self.closed = code


@dataclass
class Stage:
    """A hub on a real database, with a clock that the test turns."""

    folder: Path
    store: SqlStore
    hub: Hub
    clock: ManualClock
    conns: dict[str, tuple[LiveRoom, ConnId, Ear]] = field(default_factory=dict)
    number: int = 0

    async def come(self, name: str, role: Role = Role.PARTICIPANT) -> Ear:
        live, ear = await self.hub.enter(BOARD), Ear()
        self.conns[name] = live, live.join(ear, identity(name, role), door=Door.NATIVE), ear
        await self.until(lambda: any(message[0] == "welcome" for message in ear.messages))
        return ear

    async def do(self, name: str, command: str, **args: object) -> list[Any]:
        live, conn, ear = self.conns[name]
        self.number += 1
        number = self.number
        live.handle(events.CommandReceived(conn, Command(number, command, args)))

        def answers() -> list[list[Any]]:
            return [m for m in ear.messages if m[0] in ("result", "failed") and m[1] == number]

        await self.until(lambda: bool(answers()))
        return answers()[0]

    async def until(self, condition: Callable[[], bool], *, ms: int = 200) -> None:
        """Let the disk go on until something holds, and the clock by a few ticks, or more."""
        deadline, turns = time.monotonic() + PATIENCE_S, 0
        while not condition():
            assert time.monotonic() < deadline, "it never came about"
            await asyncio.to_thread(lambda: None)
            if turns < ms:
                turns += 1
                self.clock.turn(1)

    async def seal(self) -> dict[str, Draft]:
        """A gathering in which four have sealed a note each."""
        await self.come("Rosa", Role.HOST)
        for name in PEOPLE:
            await self.come(name)
        for command, args in (("show.load", {"plan": PLAN}), ("show.start", {}), ("show.go", {"phase": "write"})):
            assert (await self.do("Rosa", command, **args))[0] == "result"
        drafts = {name: Draft(name, f"{CANARY} of {name.lower()[::-1]}") for name in PEOPLE}
        for name, draft in drafts.items():
            for text in ("at first", draft.text):
                assert (await self.do(name, "seal.write", **{**draft.args, "text": text}))[0] == "result"
        return drafts

    async def cut(self) -> None:
        """Wait until the write-ahead log was cut."""
        await self.until(lambda: self.hub._tidying is not None and self.hub._tidying.done(), ms=2_000)

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.folder.iterdir() if file.is_file()}

    def rows(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Every row of every table."""
        with closing(sqlite3.connect(self.folder / "harvestry.db")) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return [(table, row) for table in tables for row in db.execute(f"SELECT * FROM {table}")]

    def element(self, text: str) -> str:
        """The element that says so, on whatever is stored."""
        elements = self.elements()
        (found,) = [id for id, element in elements.items() if element.text == text]
        return found

    def elements(self) -> dict[str, Any]:
        with closing(sqlite3.connect(self.folder / "harvestry.db")) as db:
            state = db.execute("SELECT state, seq FROM snapshots ORDER BY seq DESC").fetchone() or (None, 0)
            updates = [
                body for (body,) in db.execute("SELECT body FROM room_log WHERE seq > ? ORDER BY seq", (state[1],))
            ]
        board = Board.load(state[0], updates, client_id=1)
        elements = board.elements()
        board.close()
        return elements


def play(folder: Path, scenario: Callable[[Stage], Awaitable[None]]) -> None:
    async def whole() -> None:
        clock = ManualClock()
        store = await SqlStore.open(folder / "harvestry.db")
        if not await store.boards():
            board = Board(client_id=7)
            await store.create(NewBoard(BOARD, "", 1, LINKS, (board.commit(),)))
            board.close()
        try:
            async with Hub(store, clock, limits=Limits(), policy=Policy()) as hub:
                forgetting = Forgetting(store, hub, Upkeep(store, hub.alone, wall=clock.wall))
                hub.erase, hub.erase_all = forgetting.erase, forgetting.erase_all
                await forgetting.resume()
                await scenario(Stage(folder, store, hub, clock))
        finally:
            await store.close()

    asyncio.run(whole())


def test_ps16_after_a_reveal_no_row_and_no_file_joins_a_note_to_a_seat(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """[SEA-5] [PS-16] [PS-18] Every table's bytes, the files with what was written ahead, a backup, and the log."""
    caplog.set_level(logging.DEBUG, logger="harvestry")

    async def scenario(stage: Stage) -> None:
        drafts = await stage.seal()
        # More than one page of the database holds, so that rows are moved about.
        for name in PEOPLE:
            for number in range(3):
                long = Draft(f"{name} {number}", f"{CANARY} {number} of {name.lower()[::-1]} ".ljust(270, "."))
                drafts[long.word] = long
                assert (await stage.do(name, "seal.write", **long.args))[0] == "result"
        before = b"".join(stage.files().values())
        # The search is no idle one.
        for draft in drafts.values():
            assert draft.note.encode() in before
        assert (await stage.do("Rosa", "seal.reveal"))[0] == "result"
        await stage.cut()
        seats = {str(identity(name).seat) for name in PEOPLE}
        notes = {stage.element(draft.text) for draft in drafts.values()}
        for table, row in stage.rows():
            body = repr(row)
            words = CANARY in body or any(note in body for note in notes)
            assert not (words and any(seat in body for seat in seats)), (table, row)
            assert not any(draft.note in body or draft.key_hash in body for draft in drafts.values())
        # What an author's client called a note, and sent of its key, stood in the same row as their seat.
        for name, content in stage.files().items():
            for draft in drafts.values():
                assert draft.note.encode() not in content, name
                assert draft.key_hash.encode() not in content, name
        backup = tmp_path / "backup"
        await make_backup(stage.folder / "harvestry.db", backup, key=None, progress=lambda *_: None)
        saved = backup.read_bytes()
        assert CANARY.encode() in saved
        for draft in drafts.values():
            assert draft.note.encode() not in saved
            assert draft.key_hash.encode() not in saved
        said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
        assert not any(secret in said for secret in (*seats, *notes, CANARY))
        assert "room loaded" in said

    play(tmp_path, scenario)


def test_the_log_is_cut_once_nobody_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[SEA-5]"""

    async def scenario(stage: Stage) -> None:
        drafts = await stage.seal()
        answers: list[bool | Exception] = [False, DiskTrouble("full"), True, True]
        tidy, asked = stage.store.tidy, []

        def later(*, thoroughly: bool) -> asyncio.Future[bool]:
            answer = answers[len(asked)]
            asked.append(thoroughly)
            if answer is True:
                return tidy(thoroughly=thoroughly)
            future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(False)
            return future

        monkeypatch.setattr(stage.store, "tidy", later)
        await stage.do("Rosa", "seal.reveal")
        await stage.cut()
        assert asked == [False] * 3
        assert not any(
            draft.note.encode() in content for content in stage.files().values() for draft in drafts.values()
        )

    play(tmp_path, scenario)


def test_ps28_what_is_withdrawn_is_in_no_file_within_a_minute(tmp_path: Path) -> None:
    """[SEA-9] [PS-28] Two notes go together; everybody is sent for the board without them."""

    async def scenario(stage: Stage) -> None:
        drafts = await stage.seal()
        await stage.do("Rosa", "seal.reveal")
        for name in ("Ann", "Bob"):
            draft = drafts[name]
            await stage.do(name, "seal.withdraw", element=stage.element(draft.text), key=draft.key)
        gone = [drafts[name].text for name in ("Ann", "Bob")]
        _, _, ear = stage.conns["Cid"]
        stage.clock.turn(30_000)
        await stage.until(lambda: ear.closed is CloseCode.REBUILT)
        await stage.until(lambda: not any(text.encode() in c for c in stage.files().values() for text in gone))
        left = [element.text for element in stage.elements().values() if element.kind == "note"]
        assert sorted(left) == sorted(drafts[name].text for name in ("Cid", "Dot"))
        again = await stage.come("Cid")
        (welcome,) = [message[1] for message in again.messages if message[0] == "welcome"]
        assert welcome["epoch"] == 2
        views = [message[1] for message in again.messages if message[0] == "gathering"]
        assert views[-1]["sealing"]["withdrawn"] == 2
        assert not [row for table, row in stage.rows() if table == "vault" and "gone" in row]
        # A backup of before brings them back no more.
        assert len([row for table, row in stage.rows() if table == "erasures"]) == 2
        # Once is enough.
        stage.clock.turn(120_000)
        await stage.do("Cid", "clock")
        assert again.closed is None

    play(tmp_path, scenario)


def test_what_was_to_be_erased_when_the_server_stopped_is_erased_when_it_starts(tmp_path: Path) -> None:
    """[SEA-9]"""
    drafts: dict[str, Draft] = {}

    async def first(stage: Stage) -> None:
        drafts.update(await stage.seal())
        await stage.do("Rosa", "seal.reveal")
        draft = drafts["Ann"]
        await stage.do("Ann", "seal.withdraw", element=stage.element(draft.text), key=draft.key)

    async def second(stage: Stage) -> None:
        text = drafts["Ann"].text.encode()
        await stage.until(lambda: not any(text in content for content in stage.files().values()))
        assert len(stage.elements()) == 3 + 3

    play(tmp_path, first)
    play(tmp_path, second)


def test_what_cannot_be_erased_is_tried_again_and_nobody_is_sent_away_over_and_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(stage: Stage) -> None:
        drafts = await stage.seal()
        await stage.do("Rosa", "seal.reveal")
        text = drafts["Ann"].text
        fails = [DiskTrouble("full"), None, StillRead("a backup"), None]
        replace, tidy = stage.store.replace, stage.store.tidy

        def failing(work: Callable[..., Any]) -> Callable[..., Any]:
            def attempt(*args: Any, **more: Any) -> Any:
                if more.get("thoroughly") is False or (error := fails.pop(0)) is None:
                    return work(*args, **more)
                raise error

            return attempt

        monkeypatch.setattr(stage.store, "replace", failing(replace))
        await stage.do("Ann", "seal.withdraw", element=stage.element(text), key=drafts["Ann"].key)
        stage.clock.turn(20_000)
        await stage.until(lambda: stage.conns["Rosa"][2].closed is CloseCode.REBUILT)
        rosa = await stage.come("Rosa", Role.HOST)
        stage.clock.turn(60_000)
        await stage.do("Rosa", "clock")
        assert rosa.closed is None
        monkeypatch.setattr(stage.store, "tidy", failing(tidy))
        stage.clock.turn(300_000)
        await stage.until(lambda: rosa.closed is CloseCode.REBUILT)
        await stage.until(lambda: len(fails) <= 1)
        stage.clock.turn(Millis(5_000))
        await stage.until(lambda: not any(text.encode() in content for content in stage.files().values()))
        assert fails == []

    play(tmp_path, scenario)


_TEN_MINUTES, _A_DAY = 10 * 60_000, 24 * 3_600_000


def words_on_disk(stage: Stage) -> bool:
    """Whether any file holds a word or a name of the gathering."""
    return any(CANARY.encode() in content or b"Winter in Alder" in content for content in stage.files().values())


def test_a_whole_gathering_is_in_no_file_once_its_time_has_come(tmp_path: Path) -> None:
    """[ERA-5] With everybody sent away, and no way back in."""

    async def scenario(stage: Stage) -> None:
        await stage.seal()
        await stage.do("Rosa", "seal.reveal")
        assert (await stage.do("Ann", "erase.ask", title=PLAN["title"]))[2] == "role"
        assert (await stage.do("Rosa", "erase.ask", title="Another"))[2] == "title"
        assert (await stage.do("Rosa", "erase.ask", title=PLAN["title"]))[0] == "result"
        stage.clock.turn(_A_DAY - _TEN_MINUTES)
        assert (await stage.do("Ann", "clock"))[0] == "result"
        assert words_on_disk(stage)
        ear = stage.conns["Ann"][2]
        stage.clock.turn(_TEN_MINUTES + 2_000)
        await stage.until(lambda: ear.closed is not None)
        await stage.until(lambda: not words_on_disk(stage))
        assert [table for table, _ in stage.rows() if table not in ("alembic_version", "erasures")] == []
        with pytest.raises(UnknownBoard):
            await stage.hub.enter(BOARD)

    play(tmp_path, scenario)


def test_what_is_taken_back_in_time_stays(tmp_path: Path) -> None:
    """[ERA-5]"""

    async def scenario(stage: Stage) -> None:
        await stage.come("Rosa", Role.HOST)
        await stage.come("Ann")
        await stage.do("Rosa", "show.load", plan=PLAN)
        await stage.do("Rosa", "erase.ask", title=PLAN["title"])
        stage.clock.turn(_A_DAY - _TEN_MINUTES)
        assert (await stage.do("Rosa", "erase.keep"))[0] == "result"
        stage.clock.turn(2 * _TEN_MINUTES)
        assert (await stage.do("Ann", "clock"))[0] == "result"
        assert stage.conns["Ann"][2].closed is None

    play(tmp_path, scenario)


def test_a_gathering_is_erased_though_nobody_is_there_and_the_server_was_restarted(tmp_path: Path) -> None:
    """[ERA-5] Ten minutes are enough while nobody but hosts has come."""

    async def first(stage: Stage) -> None:
        await stage.come("Rosa", Role.HOST)
        await stage.do("Rosa", "show.load", plan=PLAN)
        answer = await stage.do("Rosa", "erase.ask", title=PLAN["title"])
        assert answer[2]["due"] <= stage.clock.wall() * 1_000 + _TEN_MINUTES + 1_000
        assert words_on_disk(stage)

    async def second(stage: Stage) -> None:
        stage.clock.turn(_TEN_MINUTES + 2_000)
        await stage.until(lambda: not words_on_disk(stage))

    play(tmp_path, first)
    play(tmp_path, second)


class Waits:
    """A hub in which time never passes, and that counts what waits for it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.waiting: list[int] = []

    def spawn(self, work: Coroutine[object, object, object]) -> asyncio.Future[object]:
        return asyncio.ensure_future(work)

    async def pause(self, ms: int) -> bool:
        self.waiting.append(ms)
        try:
            await asyncio.Event().wait()
        finally:
            self.waiting.remove(ms)
        return True


def test_of_one_board_only_the_date_that_was_asked_for_last_is_waited_for() -> None:
    """[ERA-5] However often a host asks and takes it back, one thing waits."""

    async def work() -> None:
        hub = Waits()
        forgetting = Forgetting(None, hub, None)  # type: ignore[arg-type]
        now = hub.clock.wall() * 1_000
        for due in (now + 3_000, now + 1_000, now + 9_000):
            forgetting.erase_all(BOARD, due)
            await asyncio.sleep(0)
        # Two in one breath, too.
        for due in (now + 4_000, now + 5_000):
            forgetting.erase_all(BOARD, due)
        for _ in range(5):
            await asyncio.sleep(0)
        assert hub.waiting == [5_000]

    asyncio.run(work())
