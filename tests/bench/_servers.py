"""The servers under test: how each is started, filled, stopped and killed, and the doors to talk to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import hatch_build

from harvestry.config import Settings
from harvestry.core.access import Role
from harvestry.edge.gatherings import open_archive
from harvestry_crdt import Element
from support.server import ROOT, ServerProcess

from ._doors import Door, FloorDoor, HocuspocusDoor, NativeDoor, Room, StockDoor, YDoor
from ._load import Ledger, Load, Probe
from ._machine import free_port, on_the_servers_core
from ._traffic import encoded

__all__ = ["SUBJECTS", "Running", "Subject", "WontStart", "install_peers", "node_program", "settings"]

PEERS = Path(__file__).parent / "peers"
PEER_VENV = ROOT / ".venv-bench"
PATIENCE_S = 30.0

# What the bench's load needs beyond the defaults: some writers here do the work of a whole room, and one of them
# makes 36,000 steps in a few seconds. A setting that this version does not know is left out.
_PERMITTED: Mapping[str, object] = {
    "max_seats": 20_000,
    "max_edit_rate": 100_000,
    "max_edit_burst": 100_000,
    "max_seat_elements": 20_000,
    "max_seat_bytes": 100_000_000,
    "max_board_elements": 20_000,
    "max_board_bytes": 200_000_000,
}


def settings() -> dict[str, object]:
    """The settings of our server in every benchmark."""
    return {name: value for name, value in _PERMITTED.items() if name in Settings.model_fields}


class WontStart(Exception):
    """A server did not come up."""


class Running(ABC):
    """A server with boards on it.

    Attributes:
        rooms: One for each board, in order.
        data: Where it keeps them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.rooms: list[Room] = []
        self.port = 0

    @property
    @abstractmethod
    def pid(self) -> int: ...

    @property
    @abstractmethod
    def is_alive(self) -> bool: ...

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None:
        """End it as it wants to be ended."""

    @abstractmethod
    def kill(self) -> None: ...

    @abstractmethod
    def fill(self, door: Door, boards: Sequence[Sequence[Element]]) -> None:
        """Have these boards on it, and on its disk."""

    def restart(self) -> None:
        self.stop()
        self.start()


class OurServer(Running):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = ServerProcess(folder, settings=settings())
        self.data = self._server.data

    @property
    def pid(self) -> int:
        return self._server.process.pid

    @property
    def is_alive(self) -> bool:
        return self._server._process is not None and self._server.process.poll() is None

    def start(self) -> None:
        with on_the_servers_core():
            self._server.start()
        self.port = self._server.port

    def stop(self) -> None:
        if self.is_alive:
            self._server.stop()

    def kill(self) -> None:
        if self._server._process is not None:
            self._server.kill()

    def fill(self, door: Door, boards: Sequence[Sequence[Element]]) -> None:
        async def make() -> None:
            async with open_archive(self.data, self.data / "harvestry.db") as archive:
                for elements in boards:
                    made = await archive.create("Bench", elements)
                    self.rooms.append(Room(made.board, {role.value: made.tokens[role] for role in Role}))

        with asyncio.Runner() as runner:
            runner.run(make())

    def log(self) -> str:
        """What the server has said."""
        return self._server.log()


class PeerServer(Running):
    """A program that prints a line when it is ready.

    Args:
        command: Makes the command, from the folder of the data and the port.
        settle_s: How long it wants to write what it was given, before it is stopped.
    """

    def __init__(
        self,
        folder: Path,
        command: Callable[[Path, int], Sequence[str]],
        *,
        environment: Callable[[Path, int], Mapping[str, str]] = lambda data, port: {},
        settle_s: float = 0.5,
    ) -> None:
        super().__init__(folder)
        self._command = command
        self._environment = environment
        self._settle_s = settle_s
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        port = free_port()
        log = self.folder / "peer.log"
        with log.open("a", encoding="utf-8") as errors, on_the_servers_core():
            self._process = subprocess.Popen(
                self._command(self.data, port),
                cwd=PEERS,
                env={**os.environ, "NODE_OPTIONS": "", **self._environment(self.data, port)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        said = ""
        deadline = time.monotonic() + PATIENCE_S
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            # From the descriptor itself: a line in a reader's buffer would not wake a selector.
            while (left := deadline - time.monotonic()) > 0 and selector.select(left):
                more = os.read(descriptor, 65_536)
                if not more:
                    break
                said += more.decode()
                for line in said.splitlines(keepends=True):
                    if line.startswith("{") and line.endswith("\n"):
                        self.port = json.loads(line)["port"]
                        return
                    if line.startswith("running at"):
                        self.port = port
                        return
        self.kill()
        raise WontStart(f"it did not start: {log.read_text(encoding='utf-8')[-600:]}")

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def fill(self, door: Door, boards: Sequence[Sequence[Element]]) -> None:
        self.rooms = [Room(f"board-{number}") for number in range(len(boards))]
        if not any(boards):
            return
        # By the door, as an application would: a client brings the board, and another sees it there.
        self.start()
        with Load(self.port) as load:
            for room, elements in zip(self.rooms, boards, strict=True):
                if elements:
                    (writer,) = load.open(door, room, 1)
                    load.edit(writer, encoded(elements))
                    probe = Probe(Ledger())
                    load.open(door, room, 1, probes=[probe])
                    if not load.until(lambda probe=probe: bool(probe.vector()), PATIENCE_S):
                        raise WontStart("a board did not arrive")
            load.idle(self._settle_s)
        self.stop()


class FloorServer(PeerServer):
    """The relay; its boards are files."""

    def fill(self, door: Door, boards: Sequence[Sequence[Element]]) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        for number, elements in enumerate(boards):
            self.rooms.append(Room(f"board-{number}"))
            if elements:
                (self.data / f"board-{number}").write_bytes(encoded(elements))


class Subject:
    """One server at one of its doors.

    Attributes:
        key: What it is called on the command line.
        label: What it is called in a table.
        make: Makes the server, given a folder.
        stores: Whether it keeps anything.
    """

    def __init__(
        self, key: str, label: str, door: Door, make: Callable[[Path], Running], *, stores: bool = True
    ) -> None:
        self.key = key
        self.label = label
        self.door = door
        self.make = make
        self.stores = stores

    @property
    def is_ours(self) -> bool:
        return isinstance(self.door, NativeDoor | StockDoor)

    @contextlib.contextmanager
    def running(self, folder: Path, boards: Sequence[Sequence[Element]], *, start: bool = True) -> Iterator[Running]:
        """The server on a fresh folder with these boards; killed at the end, whatever happened."""
        own = folder / self.key
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True)
        server = self.make(own)
        try:
            server.fill(self.door, boards)
            if start:
                server.start()
            yield server
        finally:
            server.kill()
            shutil.rmtree(own, ignore_errors=True)


def node_program() -> str | None:
    """The Node that the peers run on."""
    node = hatch_build.find_node()
    return None if node is None else str(node.program)


def _node() -> str:
    program = node_program()
    if program is None:
        raise WontStart("there is no Node")
    return program


def _floor(folder: Path) -> Running:
    return FloorServer(folder, lambda data, port: [sys.executable, str(PEERS / "floor.py"), str(data)])


def _y_websocket(folder: Path) -> Running:
    server = PEERS / "node_modules" / "@y" / "websocket-server" / "src" / "server.js"
    return PeerServer(
        folder,
        lambda data, port: [_node(), str(server)],
        environment=lambda data, port: {"HOST": "127.0.0.1", "PORT": str(port), "YPERSISTENCE": str(data / "leveldb")},
    )


def _hocuspocus(flush: str) -> Callable[[Path], Running]:
    return lambda folder: PeerServer(
        folder,
        lambda data, port: [_node(), str(PEERS / "hocuspocus.mjs"), str(data), flush],
        environment=lambda data, port: {"PORT": str(port)},
        # It writes two seconds after the last edit.
        settle_s=3.0,
    )


def _pycrdt(folder: Path) -> Running:
    python = PEER_VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    return PeerServer(
        folder, lambda data, port: [str(python), str(PEERS / "pycrdt_websocket.py"), str(data), str(port)]
    )


SUBJECTS: Sequence[Subject] = (
    Subject("ours", "Harvestry", NativeDoor(), OurServer),
    Subject("stock", "Harvestry, stock door", StockDoor(), OurServer),
    Subject("floor", "the floor: a bare relay", FloorDoor(), _floor, stores=False),
    Subject("y-websocket", "@y/websocket-server 0.1.1", YDoor(), _y_websocket),
    Subject("hocuspocus", "Hocuspocus 4.7", HocuspocusDoor(), _hocuspocus("default")),
    Subject("hocuspocus-33", "Hocuspocus 4.7, flushDelay 33", HocuspocusDoor(), _hocuspocus("33")),
    Subject("pycrdt", "pycrdt-websocket 0.16.5", YDoor(), _pycrdt),
)
OWN = ("ours", "stock", "floor")


def install_peers() -> str | None:
    """Fetch the peers from the public registries, unless they are there.

    Returns:
        None, or the reason why they cannot be had.
    """
    node = hatch_build.find_node()
    if node is None:
        return "there is no Node"
    try:
        hatch_build.install_packages(PEERS, node, say=print)
    except hatch_build.BuildProblem as problem:
        return str(problem)
    requirements = PEERS / "requirements.txt"
    mark = PEER_VENV / ".requirements"
    if not mark.is_file() or mark.read_text() != requirements.read_text():
        print("Fetching pycrdt-websocket", flush=True)
        python = PEER_VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        for command in (
            [sys.executable, "-m", "venv", str(PEER_VENV)],
            [
                str(python),
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "--no-input",
                "--only-binary",
                ":all:",
                "-r",
                str(requirements),
            ],
        ):
            done = subprocess.run(
                command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=300
            )
            if done.returncode != 0:
                return f"pip could not fetch pycrdt-websocket: {done.stdout[-400:]}"
        mark.write_text(requirements.read_text())
    return None
