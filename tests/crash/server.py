"""The whole server under load: killed, held still, without room on its disk; browsers' and stock clients' writers."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pycrdt import Doc, Map, Text, YMessageType, create_sync_message, create_update_message, handle_sync_message
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from crash.crowd import Crowd
from crash.tally import Tally
from crash.writers import SHARED, Writer, check_promises, missing, read, storm
from support.server import Gathering, ServerProcess
from support.storm import view_of

__all__ = ["copy_server", "fill_disk", "hold_still", "kill_server"]

WRITERS = 3
# So few that boards are verified, kept and cut all the time.
SETTINGS = {"snapshot_entries": 2, "snapshot_ms": 0, "idle_unload_ms": 500}
# Long enough that boards are verified within it, which takes a child process a second at times; and short, so that many
# a crash comes while people arrive.
LONG_STORM, SHORT_STORM = 2_500, 400
# Edits between two troubles.
MOST_EDITS = 60
# What a line of the log may say above INFO, when servers are killed and disks fail.
EXPECTED = re.compile(
    "^[^ ]+ [^ ]+ (INFO|DEBUG) |the disk takes writes again|the disk does not take writes|a commit failed, and the room"
    "|the board cannot be read again yet|a snapshot has to wait|what was forgotten is still in the write-ahead log"
)


class StockWriter:
    """A provider of y-protocols: it hears of no receipts, but what it has from the server has to stay."""

    def __init__(self, name: str) -> None:
        self.note = name.ljust(12, "s")
        self.name = name
        self.doc: Doc[Any] = Doc()
        self.count = 0
        self.seen: set[str] = set()
        self.sent_away: str | None = None

    async def write(self, server: ServerProcess, gathering: Gathering, chance: random.Random) -> None:
        """Write, and listen in between, until the connection ends."""
        subprotocols: Any = [f"harvestry.{gathering.participant}"]
        try:
            async with connect(server.stock(gathering.board), subprotocols=subprotocols, compression=None) as socket:
                await socket.send(create_sync_message(self.doc))
                while True:
                    frame = await socket.recv(decode=False)
                    if frame[0] != YMessageType.SYNC:
                        continue
                    answer = handle_sync_message(frame[1:], self.doc)
                    if answer is not None:
                        await socket.send(answer)
                    elif chance.random() < 0.8:
                        await socket.send(create_update_message(self._say()))

        except ConnectionClosed as error:
            if error.rcvd is not None:
                self.sent_away = str(error.rcvd)
        except (WebSocketException, OSError):
            pass  # that was the kill

    def lose(self) -> None:
        """Take stock of what was seen when the connection ended."""
        for values in view_of(self.doc).values():
            self.seen |= {word for word in values["txt"].split() if not word.startswith(f"{self.name}.")}

    def _say(self) -> bytes:
        before = self.doc.get_state()
        els: Map[Any] = self.doc.get("els", type=Map)
        self.count += 1
        with self.doc.transaction():
            if self.note not in els:
                els[self.note] = Map({"t": "note", "g": [0, 0, 184, 104], "z": "a0", "txt": Text("")})
            words: Text = els[self.note]["txt"]
            words += f"{self.name}.{self.count} "
        return self.doc.get_update(before)


async def _begin(server: ServerProcess, gathering: Gathering) -> list[Writer]:
    writers = [Writer(f"w{number}w{number}") for number in range(WRITERS)]
    first = Writer("first")
    await first.arrive(server, gathering)
    assert first.client is not None
    await first.client.saved(await first.client.put(SHARED, "note", (0, 0, 184, 104), text=""))
    await first.lose()
    return writers


async def _end(server: ServerProcess, gathering: Gathering, writers: list[Writer], tally: Tally) -> None:
    """Everybody has come back: in the end all they ever wrote is there, exactly once."""
    for writer in writers:
        if writer.client is None:
            await writer.arrive(server, gathering)
    for writer in writers:
        assert writer.client is not None
        await writer.client.settle()
    board = await read(server, gathering)
    for writer in writers:
        for note, count in writer.written.items():
            words = [word for word in board[note]["txt"].split() if word.startswith(f"{writer.name}.")]
            tally.checked += count
            if sorted(words) != sorted(f"{writer.name}.{number}" for number in range(1, count + 1)):
                tally.broken.append(f"{writer.name} wrote {count} words in {note}, and {len(words)} are there")
        await writer.lose()


def _check(board: dict[str, dict[str, Any]], writers: list[Writer], tally: Tally) -> None:
    try:
        tally.checked += check_promises(board, writers)
    except AssertionError as error:
        tally.broken.append(str(error))


def _snapshots(server: ServerProcess) -> int:
    with contextlib.closing(sqlite3.connect(server.data / "harvestry.db")) as db:
        (count,) = db.execute("SELECT count(*) FROM snapshots").fetchone()
    return int(count)


class _Log:
    """The server's log, read as it grows: every line above INFO has to be one that is expected."""

    def __init__(self, server: ServerProcess, tally: Tally) -> None:
        self._server = server
        self._tally = tally
        self._read = 0

    def check(self) -> None:
        """Read on."""
        log = self._server.log_path.read_bytes()
        new, self._read = log[self._read :].decode(errors="replace"), len(log)
        for line in new.splitlines():
            self._tally.seen["lines of the server's log"] += 1
            if not EXPECTED.search(line):
                self._tally.broken.append(f"in the server's log: {line}")


def kill_server(folder: Path, *, cycles: int, seed: int) -> Tally:
    """Kill -9 in the middle of a storm of writers, and of a gathering, while boards are verified and logs cut."""
    tally, chance = Tally(f"kill -9 of the server, seed {seed}"), random.Random(seed)
    with ServerProcess(folder, settings=SETTINGS) as server:
        gathering, log = server.make_gathering(), _Log(server, tally)
        crowd = Crowd(server, server.make_gathering())

        async def campaign() -> None:
            writers = await _begin(server, gathering)
            await crowd.begin()
            stock = StockWriter("s")
            while tally.cycles < cycles and not tally.broken:
                own = random.Random(chance.random())
                others = [stock.write(server, gathering, own), crowd.take_part(own)]
                most = chance.choice((*(SHORT_STORM,) * 4, LONG_STORM))
                tally.seen["edits"] += await storm(writers, server, gathering, chance, others, most_edits=most)
                stock.lose()
                await asyncio.to_thread(server.start)
                tally.seen["snapshots that a cycle ended with"] += _snapshots(server)
                board = await read(server, gathering)
                _check(board, writers, tally)
                words = {word for note in board.values() for word in note["txt"].split()}
                if stock.sent_away is not None:
                    tally.broken.append(f"the stock client was sent away: {stock.sent_away}")
                tally.checked += len(stock.seen)
                tally.broken += [f"a stock client saw {word}, which is gone" for word in stock.seen - words]
                crowd.settle(await crowd.check(server, crowd.promises(), tally))
                log.check()
                tally.cycles += 1
            tally.seen["edits of a stock client"] = stock.count
            await _end(server, gathering, writers, tally)

        asyncio.run(campaign())
    log.check()
    tally.seen += crowd.count
    return tally


def copy_server(folder: Path, *, cycles: int, seed: int) -> Tally:
    """The files as they are at any moment, as a machine that fails leaves them: another server goes on from a copy.

    The one that they are copied from is held still meanwhile, and nobody has to come back.
    """
    tally, chance = Tally(f"files copied while the server works, seed {seed}"), random.Random(seed)
    with ServerProcess(folder, settings=SETTINGS) as server:
        gathering, log = server.make_gathering(), _Log(server, tally)
        crowd = Crowd(server, server.make_gathering())

        async def campaign() -> None:
            writers = await _begin(server, gathering)
            await crowd.begin()
            for writer in writers:
                await writer.arrive(server, gathering)

            async def write(writer: Writer, own: random.Random) -> None:
                while True:
                    await crowd.goes_on.wait()
                    await writer.write(own)
                    tally.seen["edits"] += 1
                    await asyncio.sleep(0)

            work = [asyncio.create_task(write(writer, random.Random(chance.random()))) for writer in writers]
            work.append(asyncio.create_task(crowd.take_part(random.Random(chance.random()))))
            while tally.cycles < cycles and not tally.broken:
                enough = tally.seen["edits"] + chance.randint(1, SHORT_STORM)
                await _as_soon_as(lambda: tally.seen["edits"] >= enough or any(task.done() for task in work))  # noqa: B023
                if any(task.done() for task in work):
                    tally.broken.append("somebody was sent away")
                    break
                place = folder / f"copy-{tally.cycles}"
                server.process.send_signal(signal.SIGSTOP)
                # However long it takes to look at the copy, nobody writes more than a note holds.
                crowd.goes_on.clear()
                try:
                    for writer in writers:
                        writer.take_stock()
                    saved = [(writer, dict(writer.saved)) for writer in writers]
                    promises = crowd.promises()
                    await asyncio.to_thread(shutil.copytree, server.data, place / "data")
                finally:
                    server.process.send_signal(signal.SIGCONT)
                other = ServerProcess(place, settings=SETTINGS)
                # In a thread, for whoever is at work meanwhile answers pings.
                await asyncio.to_thread(other.start)
                try:
                    board = await read(other, gathering)
                    for writer, counts in saved:
                        tally.checked += sum(counts.values())
                        tally.broken += missing(board, writer.name, counts)
                    await crowd.check(other, promises, tally)
                finally:
                    await asyncio.to_thread(other.stop)
                _Log(other, tally).check()
                shutil.rmtree(place)
                log.check()
                crowd.goes_on.set()
                tally.cycles += 1
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            for writer in writers:
                await writer.lose()

        asyncio.run(campaign())
    log.check()
    tally.seen += crowd.count
    return tally


async def _trouble(
    server: ServerProcess,
    gathering: Gathering,
    crowd: Crowd,
    tally: Tally,
    *,
    cycles: int,
    chance: random.Random,
    begin: Callable[[], None],
    until: Callable[[list[Writer]], bool],
    end: Callable[[], None],
) -> None:
    """Let everybody write and take part, with trouble now and then; nobody may lose a word, nor the connection."""
    writers = await _begin(server, gathering)
    await crowd.begin()
    for writer in writers:
        await writer.arrive(server, gathering)
    quiet = False

    async def write(writer: Writer, own: random.Random) -> None:
        while not quiet:
            await writer.write(own)
            tally.seen["edits"] += 1
            await asyncio.sleep(0)

    async def meddle() -> None:
        nonlocal quiet
        while tally.cycles < cycles:
            enough = tally.seen["edits"] + chance.randint(1, MOST_EDITS)
            await _as_soon_as(lambda: tally.seen["edits"] >= enough)  # noqa: B023 - awaited at once
            begin()
            try:
                await _as_soon_as(lambda: until(writers))
            finally:
                end()
            tally.cycles += 1
        quiet = crowd.is_over = True

    async with asyncio.TaskGroup() as group:
        for writer in writers:
            group.create_task(write(writer, random.Random(chance.random())))
        group.create_task(crowd.take_part(random.Random(chance.random())))
        group.create_task(meddle())
    for writer in writers:
        if writer.client is None or writer.client.ended is not None:
            tally.broken.append(f"{writer.name} was sent away")
    await _end(server, gathering, writers, tally)
    await crowd.check(server, crowd.promises(), tally)
    tally.seen += crowd.count


async def _as_soon_as(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - what it waits for happens in another process
        await asyncio.sleep(0)


def hold_still(folder: Path, *, cycles: int, seed: int) -> Tally:
    """SIGSTOP, until everybody waits for receipts, and SIGCONT."""
    tally, chance = Tally(f"SIGSTOP, seed {seed}"), random.Random(seed)
    with ServerProcess(folder, settings=SETTINGS) as server:
        gathering, crowd = server.make_gathering(), Crowd(server, server.make_gathering())
        asyncio.run(
            _trouble(
                server,
                gathering,
                crowd,
                tally,
                cycles=cycles,
                chance=chance,
                begin=lambda: server.process.send_signal(signal.SIGSTOP),
                until=lambda writers: all(writer.is_stuck for writer in writers),
                end=lambda: server.process.send_signal(signal.SIGCONT),
            )
        )
    _Log(server, tally).check()
    return tally


def fill_disk(folder: Path, *, cycles: int, seed: int, mounted: bool) -> Tally:
    """No room for another page, until everybody is told so, and room again.

    Args:
        folder: Holds everything.
        mounted: With a small file system of its own, which takes root; else by a limit on the size of its files.
    """
    kind = "full file system" if mounted else "files that may not grow"
    tally, chance = Tally(f"{kind}, seed {seed}"), random.Random(seed)
    data = folder / "data"
    data.mkdir()
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", data], check=True)
    try:
        with ServerProcess(folder, settings=SETTINGS) as server:
            gathering, crowd = server.make_gathering(), Crowd(server, server.make_gathering())
            ballast = data / "ballast"

            def begin() -> None:
                if mounted:
                    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                        while file.write(bytes(4_096)):
                            pass
                else:
                    # Less than the database has already, and enough for the server's lines.
                    _let_files_grow(server, 40_000)

            def end() -> None:
                ballast.unlink(missing_ok=True)
                _let_files_grow(server, resource.RLIM_INFINITY)

            def told(writers: list[Writer]) -> bool:
                clients = [writer.client for writer in writers]
                return all(client is not None and client.mode == "paused" for client in clients)

            asyncio.run(
                _trouble(
                    server, gathering, crowd, tally, cycles=cycles, chance=chance, begin=begin, until=told, end=end
                )
            )
        _Log(server, tally).check()
    finally:
        if mounted:
            subprocess.run(["umount", data], check=True)
    return tally


def _let_files_grow(server: ServerProcess, to: int) -> None:
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (to, hard))
