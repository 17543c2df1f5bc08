"""A region is put back from what a real database kept: after restarts, snapshots, a crowd's log, and erasures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgpack
import pytest
from pycrdt import Doc, Map, Text

from harvestry.core import events
from harvestry.core.access import LinkId, Role
from harvestry.core.errors import CloseCode, DiskTrouble
from harvestry.core.limits import Limits
from harvestry.core.outbox import Fanout
from harvestry.core.ports import LinkRecord, NewBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import Command, ConnId
from harvestry.core.rebuilding import Wish
from harvestry.edge.hub import Hub, Policy
from harvestry.edge.live_room import LiveRoom
from harvestry.edge.store import SqlStore
from harvestry.edge.upkeep import Upkeep
from harvestry_crdt import Board
from support.clock import ManualClock
from support.gatherings import PLAN
from support.rooms import BOARD, identity

LINKS = tuple(LinkRecord(LinkId(role.value.ljust(12, "_")), BOARD, role, 1) for role in Role)
A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
PATIENCE_S = 60.0


@dataclass
class Stage:
    """A hub on a database, Rosa who hosts in it, and her copy of the board."""

    store: SqlStore
    hub: Hub
    clock: ManualClock
    client: int
    messages: list[list[Any]] = field(default_factory=list)
    closed: CloseCode | None = None
    number: int = 0

    def hold(self) -> None: ...
    def release(self) -> None: ...

    def offer(self, frame: bytes | Fanout) -> None:
        self.messages.append(msgpack.unpackb(frame.full if isinstance(frame, Fanout) else frame))

    def close(self, code: CloseCode, reason: str) -> None:
        self.closed = code

    async def come(self) -> None:
        self.messages.clear()
        self.live: LiveRoom = await self.hub.enter(BOARD)
        self.conn: ConnId = self.live.join(self, identity("Rosa", Role.HOST), door=Door.NATIVE)
        await self.until(lambda: any(message[0] == "welcome" for message in self.messages))
        self.client += 1
        self.doc: Doc[Any] = Doc(client_id=self.client)
        self.doc.get("els", type=Map)
        self._read = 0
        self.els()

    def els(self) -> Any:
        """The elements as Rosa sees them."""
        for message in self.messages[self._read :]:
            if message[0] == "welcome" and message[1]["update"]:
                self.doc.apply_update(message[1]["update"])
            elif message[0] == "tick" and message[2]:
                self.doc.apply_update(message[2])
        self._read = len(self.messages)
        return self.doc.get("els", type=Map)

    def texts(self) -> dict[str, str]:
        """What stands among the stories."""
        els = self.els()
        living = [id for id in els if not els[id].get("del") and els[id].get("p") == self.stories]
        return {id: str(els[id]["txt"]) for id in living}

    async def do(self, command: str, **args: object) -> list[Any]:
        self.number += 1
        number = self.number
        self.live.handle(events.CommandReceived(self.conn, Command(number, command, args)))

        def answers() -> list[list[Any]]:
            return [m for m in self.messages if m[0] in ("result", "failed") and m[1] == number]

        await self.until(lambda: bool(answers()))
        return answers()[0]

    async def begin(self) -> None:
        await self.come()
        for command, args in (("show.load", {"plan": PLAN}), ("show.start", {}), ("show.go", {"phase": "tell"})):
            assert (await self.do(command, **args))[0] == "result"
        view = next(message[1] for message in reversed(self.messages) if message[0] == "gathering")
        self.stories = next(one["element"] for one in view["show"]["regions"] if one["key"] == "stories")

    async def write(self, id: str, words: str) -> None:
        """Rosa makes a note, or gives it other words, and it is on disk."""
        els, before = self.els(), self.doc.get_state()
        if id in els:
            text = els[id]["txt"]
            text.clear()
            text.insert(0, words)
        else:
            values = {"t": "note", "g": [0, 0, 184, 104], "p": self.stories, "z": "a0", "txt": Text(words)}
            els[id] = Map(values)
        self.number += 1
        seq = self.live._room.seq
        self.live.handle(events.EditReceived(self.conn, self.number, self.doc.get_update(before)))
        await self.until(lambda: self.live._room.seq > seq)
        self.clock.turn(1_000)

    def date(self) -> int:
        """Now, as the room has it, with everything that came before in the past."""
        date = self.live._room._loaded.hosting.date(self.clock.now())
        self.clock.turn(1_000)
        return date

    async def until(self, condition: Callable[[], bool], *, step: int = 1) -> None:
        """Let the disk go on until something holds, and the clock by a few steps of so many milliseconds."""
        deadline, turns = time.monotonic() + PATIENCE_S, 0
        while not condition():
            assert time.monotonic() < deadline, "it never came about"
            await asyncio.to_thread(lambda: None)
            if turns < 200:
                turns += 1
                self.clock.turn(step)


async def trusting(*_: object) -> None:
    """Every snapshot reads as its log."""


@asynccontextmanager
async def staged(folder: Path, clock: ManualClock, *, client: int = 1_000, **policy: int) -> AsyncIterator[Stage]:
    store = await SqlStore.open(folder / "harvestry.db")
    try:
        if await store.summary(BOARD) is None:
            document = Board(client_id=7)
            await store.create(NewBoard(BOARD, "", clock.wall(), LINKS, (document.commit(),)))
            document.close()
        async with Hub(store, clock, limits=Limits(), policy=Policy(**policy)) as hub:
            # A process that replays each snapshot has its own tests, and takes its time.
            hub.verifier.verify = trusting  # type: ignore[method-assign]
            yield Stage(store, hub, clock, client)
    finally:
        await store.close()


def play(scenario: Callable[[ManualClock], Coroutine[None, None, None]]) -> None:
    asyncio.run(scenario(ManualClock()))


def test_a_region_is_put_back_after_a_restart(tmp_path: Path) -> None:
    """[REW-1] [REW-6]"""

    async def scenario(clock: ManualClock) -> None:
        async with staged(tmp_path, clock) as stage:
            await stage.begin()
            await stage.write(A, "first")
            then, stories = stage.date(), stage.stories
            await stage.write(A, "second")
            await stage.write(B, "new")
        async with staged(tmp_path, clock, client=2_000) as stage:
            await stage.come()
            stage.stories = stories
            assert stage.texts() == {A: "second", B: "new"}
            answer = await stage.do("mod.rewind", region="stories", at=then)
            assert stage.texts() == {A: "first"}
            again = await stage.do("mod.rewind", region="stories", at=answer[2]["before"])
            assert again[0] == "result"
            assert stage.texts() == {A: "second", B: "new"}

    play(scenario)


def test_snapshots_cut_no_past_that_is_still_to_be_had(tmp_path: Path) -> None:
    """[REW-6] Many are written out meanwhile, and the log they stand for is kept as long as is set."""

    async def scenario(clock: ManualClock) -> None:
        async with staged(tmp_path, clock, snapshot_entries=2, snapshot_ms=0, rewind_ms=10_800_000) as stage:
            await stage.begin()
            await stage.write(A, "words 0")
            then = stage.date()
            for number in range(1, 9):
                await stage.write(A, f"words {number}")
                await stage.until(lambda: not stage.live._is_saving)
            assert stage.hub.metrics.snapshots >= 4
            assert (await stage.do("mod.rewind", region="stories", at=then))[0] == "result"
            assert stage.texts() == {A: "words 0"}

    play(scenario)


def test_a_past_that_is_no_longer_kept_is_refused_and_told(tmp_path: Path) -> None:
    """[REW-6]"""

    async def scenario(clock: ManualClock) -> None:
        async with staged(tmp_path, clock, snapshot_entries=2, snapshot_ms=0, rewind_ms=0) as stage:
            await stage.begin()
            await stage.write(A, "words 0")
            then = stage.date()
            for number in range(1, 9):
                await stage.write(A, f"words {number}")
                await stage.until(lambda: not stage.live._is_saving)
            assert (await stage.do("mod.rewind", region="stories", at=then))[2] == "gone"
            since = (await stage.do("mod.past"))[2]["since"]
            assert since > then
            assert (await stage.do("mod.rewind", region="stories", at=since))[0] == "result"
            assert stage.texts()[A] in {f"words {number}" for number in range(1, 9)}

    play(scenario)


def test_what_was_erased_is_in_no_past(tmp_path: Path) -> None:
    """[REW-3] [REW-6] [PS-28]"""

    async def scenario(clock: ManualClock) -> None:
        async with staged(tmp_path, clock) as stage:
            await stage.begin()
            await stage.write(A, "erased")
            await stage.write(B, "kept")
            then = stage.date()
            upkeep = Upkeep(stage.store, stage.hub.alone, wall=clock.wall)
            await upkeep.erase(BOARD, Wish(frozenset({A})))
            await stage.come()
            assert (await stage.do("mod.rewind", region="stories", at=then - 600_000))[2] == "gone"
            # Of the time since, it is known without what was erased.
            await stage.write(B, "other words")
            assert (await stage.do("mod.rewind", region="stories", at=then))[0] == "result"
            assert stage.texts() == {B: "kept"}

    play(scenario)


def test_a_board_of_a_gathering_that_goes_on_is_not_compacted(tmp_path: Path) -> None:
    """[REW-6] Its people have a break, and come back to the whole of its past."""

    async def scenario(clock: ManualClock) -> None:
        async with staged(tmp_path, clock, idle_unload_ms=1_000, compact_bytes=1) as stage:
            await stage.begin()
            await stage.write(A, "x" * 3_000)
            then = stage.date()
            for number in range(12):
                await stage.write(A, str(number) * 3_000)
            await stage.write(A, "short")
            stage.live.leave(stage.conn)
            live = stage.live
            await stage.until(lambda: live.is_over, step=500)
            # Whatever the hub does once nobody is here, it has done.
            await stage.until(lambda: not stage.hub._tasks._tasks)
            await stage.come()
            assert (await stage.do("mod.rewind", region="stories", at=then))[0] == "result"
            assert stage.texts() == {A: "x" * 3_000}

    play(scenario)


@pytest.mark.parametrize("trouble", [DiskTrouble("no such disk"), ValueError("a bug of ours")], ids=["disk", "bug"])
def test_a_past_that_cannot_be_read_is_said_so_and_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    async def scenario(clock: ManualClock) -> None:
        async with staged(tmp_path, clock) as stage:
            await stage.begin()
            await stage.write(A, "first")
            then = stage.date()

            async def fails(*_: object, **__: object) -> None:
                raise trouble

            with monkeypatch.context() as patched:
                patched.setattr(SqlStore, "recall", fails)
                assert (await stage.do("mod.rewind", region="stories", at=then))[2] == "lost"
            assert (await stage.do("mod.rewind", region="stories", at=then))[0] == "result"

    play(scenario)
