"""The store alone, in a process that is killed or stopped in the middle of a write storm.

Every entry's content follows from its board and position, so whatever a file holds says by itself whether it is right.
The child says which positions are committed through a pipe, which outlives it.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from crash.tally import Tally
from harvestry.core.access import BoardId, Holder
from harvestry.core.errors import DiskTrouble
from harvestry.core.ports import Entry, NewBoard, StoredBoard
from harvestry.edge.reading import Reading
from harvestry.edge.store import SqlStore, open_engines

BOARDS = tuple(BoardId(f"crash_board_{number:04}") for number in range(3))
# Few enough that the write-ahead log is never begun anew within a cycle, so that its length says what is in it.
MOST_ENTRIES = 150


@cache
def body(board: str, seq: int) -> bytes:
    """What an entry holds."""
    chance = random.Random(f"{board} {seq}")
    return f"{board} {seq} ".encode() + chance.randbytes(chance.choice((20, 200, 2_000)))


@cache
def state(board: str, seq: int) -> bytes:
    """What stands for everything up to a position."""
    return f"state {board} {seq} ".encode() + random.Random(f"state {board} {seq}").randbytes(5_000)


async def make(path: Path) -> None:
    """A database with the boards in it."""
    store = await SqlStore.open(path)
    for board in BOARDS:
        await store.create(NewBoard(board, "Crash", 1, (), (body(board, 1),)))
    await store.close()


def read(path: Path) -> dict[str, StoredBoard]:
    """The boards as they are in a file."""
    reads, writes = open_engines(path)
    try:
        with reads.connect() as db:
            found = {board: Reading(db, board).everything() for board in BOARDS}
        return {board: stored for board, stored in found.items() if stored is not None}
    finally:
        reads.dispose()
        writes.dispose()


def check(path: Path, promised: dict[str, int], tally: Tally) -> dict[str, int]:
    """Look for everything promised, and that what is there is right; returns how far each board goes."""
    reached = {}
    boards = read(path)
    for board, seq in promised.items():
        stored = boards.get(board)
        if stored is None or stored.damage is not None or stored.seq < seq:
            tally.broken.append(f"{board}: promised {seq}, got {stored and (stored.seq, stored.damage)}")
            continue
        after = [body(board, seq) for seq in range(stored.snapshot_seq + 1, stored.seq + 1)]
        whole = stored.state == (state(board, stored.snapshot_seq) if stored.snapshot_seq else None)
        if not whole or list(stored.updates) != after or len(stored.leases) != stored.seq - 1:
            tally.broken.append(f"{board}: holds something else than was written, at {stored.seq}")
        tally.checked += seq
        reached[board] = stored.seq
    return reached


async def write(path: Path, chance: random.Random, pipe: int, reached: dict[str, int]) -> None:
    """Append without end; each line in the pipe is a promise: board, position, length of the write-ahead log."""
    reads, writes = open_engines(path)
    store = SqlStore(reads, writes)
    log = f"{path}-wal"

    async def board(name: BoardId, own: random.Random) -> None:
        for seq in range(reached[name] + 1, reached[name] + MOST_ENTRIES):
            await store.append(Entry(name, 1, seq, body(name, seq), {seq: Holder("server")}))
            os.write(pipe, f"{name} {seq} {os.stat(log).st_size}\n".encode())  # noqa: PTH116 - nothing else runs here
            if own.random() < 0.05:
                await store.save_snapshot(name, epoch=1, seq=seq, state=state(name, seq))

    await asyncio.gather(*(board(name, random.Random(chance.random())) for name in BOARDS))
    os.write(pipe, b"end\n")
    await asyncio.Event().wait()


class Child:
    """A writer in a forked process, and what it has promised."""

    def __init__(self, path: Path, chance: random.Random, reached: dict[str, int]) -> None:
        self.promised = dict(reached)
        self.log_bytes = 0
        self._rest = b""
        receiving, sending = os.pipe()
        seed = chance.random()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(receiving)
                asyncio.run(write(path, random.Random(seed), sending, reached))
            finally:
                os._exit(1)
        os.close(sending)
        self._pipe = receiving

    def listen(self, lines: int) -> None:
        """Wait for so many promises."""
        while lines > 0 and (chunk := os.read(self._pipe, 65_536)):
            lines -= chunk.count(b"\n")
            if self._take(chunk):
                return

    def _take(self, chunk: bytes) -> bool:
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            if line == b"end":
                return True
            board, seq, size = line.decode().split()
            self.promised[board] = max(self.promised[board], int(seq))
            self.log_bytes = max(self.log_bytes, int(size))
        return False

    def stop(self) -> None:
        """Hold it where it stands, in the middle of whatever it does, and take in what it has said."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)
        os.set_blocking(self._pipe, False)
        try:
            while chunk := os.read(self._pipe, 65_536):
                self._take(chunk)
        except BlockingIOError:
            pass
        os.set_blocking(self._pipe, True)

    def kill(self) -> None:
        """End it as it stands, and take in what it has said."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        while chunk := os.read(self._pipe, 65_536):
            self._take(chunk)
        os.close(self._pipe)


def kill_storage(folder: Path, *, cycles: int, seed: int) -> Tally:
    """Kill -9 of the writing process, over and over on the same file."""
    tally, chance = Tally(f"kill -9 of the store, seed {seed}"), random.Random(seed)
    path = folder / "killed.db"
    asyncio.run(make(path))
    reached: dict[str, int] = dict.fromkeys(BOARDS, 1)
    for _ in range(cycles):
        child = Child(path, chance, reached)
        child.listen(chance.randint(1, 60))
        child.kill()
        found = check(path, child.promised, tally)
        tally.cycles += 1
        tally.seen["entries kept beyond the promised"] += sum(found[b] - child.promised[b] for b in found)
        if tally.broken:
            break
        reached = found
    return tally


def cut_power(folder: Path, *, cycles: int, seed: int) -> Tally:
    """Copies of the files as a power cut could leave them: what was not synced is cut off, torn, or rubbish."""
    tally, chance = Tally(f"power cut, seed {seed}"), random.Random(seed)
    path, copy = folder / "cut.db", folder / "copy.db"
    for number in range(cycles):
        for each in folder.glob("cut.db*"):
            each.unlink()
        asyncio.run(make(path))
        child = Child(path, chance, dict.fromkeys(BOARDS, 1))
        child.listen(chance.randint(1, 200))
        child.stop()
        for each in folder.glob("copy.db*"):
            each.unlink()
        shutil.copyfile(path, copy)
        log = Path(f"{path}-wal").read_bytes()
        # Another commit may have begun when a promise took the length; everything from there on may be anything.
        kept = chance.randint(min(child.log_bytes, len(log)), len(log))
        tail = (b"", bytes(len(log) - kept), chance.randbytes(len(log) - kept))[number % 3]
        Path(f"{copy}-wal").write_bytes(log[:kept] + tail)
        promised = dict(child.promised)
        child.kill()
        check(copy, promised, tally)
        tally.cycles += 1
        tally.seen["bytes of the log taken away"] += len(log) - kept
    return tally


def fail_commits(folder: Path, *, cycles: int, seed: int) -> Tally:
    """A disk that fails one commit in four, at the write or at the sync, with I/O errors and for want of room."""
    tally, chance = Tally(f"I/O errors, seed {seed}"), random.Random(seed)
    path = folder / "failing.db"
    asyncio.run(make(path))

    def fail(_: Connection) -> None:
        if chance.random() < 0.25:
            code = chance.choice((sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_FULL))
            error = sqlite3.OperationalError("the disk fails")
            error.sqlite_errorcode = code
            raise error

    async def storm() -> dict[str, int]:
        reads, writes = open_engines(path)
        store = SqlStore(reads, writes)
        event.listen(writes, "commit", fail)
        event.listen(writes, "begin", fail)
        reached: dict[str, int] = dict.fromkeys(BOARDS, 1)
        while tally.cycles < cycles:
            board = chance.choice(BOARDS)
            entries = [
                Entry(board, 1, seq, body(board, seq), {seq: Holder("server")})
                for seq in range(reached[board] + 1, reached[board] + chance.randint(2, 6))
            ]
            outcomes: list[Any] = await asyncio.gather(
                *(store.append(entry) for entry in entries), return_exceptions=True
            )
            for entry, outcome in zip(entries, outcomes, strict=True):
                if outcome is None:
                    reached[board] = entry.seq
                elif not isinstance(outcome, DiskTrouble):
                    tally.broken.append(f"{type(outcome).__name__}: {outcome}")
            tally.cycles += 1
            tally.seen["writes that failed"] += sum(outcome is not None for outcome in outcomes)
            while store._writer.trouble is not None:
                try:
                    await store.recover()
                except DiskTrouble:
                    tally.seen["recoveries that failed"] += 1
            stored = await store.load(board)
            if stored is None or stored.seq != reached[board]:
                tally.broken.append(f"{board}: promised {reached[board]}, got {stored and stored.seq}")
        await store.close()
        return reached

    check(path, asyncio.run(storm()), tally)
    with closing(sqlite3.connect(path)) as db:
        if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            tally.broken.append("the file is damaged")
    return tally
