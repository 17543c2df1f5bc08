"""A real server in a process of its own, on a free port, for tests that want the whole thing.

`start` returns once the server has said that it takes connections; nothing here sleeps or polls.
"""

from __future__ import annotations

import asyncio
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from harvestry.core.access import Role
from harvestry.edge.gatherings import open_archive
from harvestry_crdt import Element

__all__ = ["Gathering", "ServerProcess"]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Gathering:
    """A gathering and one token for each role; `links` are what people open in a browser."""

    board: str
    tokens: Mapping[str, str]
    links: Mapping[str, str]

    @property
    def host(self) -> str:
        return self.tokens["host"]

    @property
    def participant(self) -> str:
        return self.tokens["participant"]

    @property
    def observer(self) -> str:
        return self.tokens["observer"]


class ServerProcess:
    """A server on a data folder. It can be stopped, killed and started again, on the same port unless told otherwise.

    Args:
        folder: Holds the data and the server's log lines, `server.log`.
        settings: Settings by name, as in `config.Settings`.
        client: Whether it serves the built web client, which must then exist.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, object] | None = None, client: bool = False) -> None:
        self.data = folder / "data"
        self.log_path = folder / "server.log"
        self.settings = dict(settings or {})
        self.client = client
        self.port = 0
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill() if error is not None else self.stop()

    @property
    def process(self) -> subprocess.Popen[str]:
        """The running process."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process

    @property
    def ws_url(self) -> str:
        """The address with the scheme of WebSockets."""
        return self.url.replace("http", "ws", 1)

    def native(self, board: str) -> str:
        """The address of the native door."""
        return f"{self.ws_url}/ws/{board}"

    def stock(self, board: str) -> str:
        """The address of the stock door."""
        return f"{self.ws_url}/yjs/{board}"

    def log(self) -> str:
        """Everything the server has logged so far."""
        return self.log_path.read_text(encoding="utf-8")

    def start(self) -> Self:
        """Start the server and wait until it takes connections."""
        arguments = ["serve", "--port", str(self.port), "--data", str(self.data), "--ready-json"]
        if not self.client:
            arguments.append("--without-client")
        with self.log_path.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "harvestry", *arguments],
                env=environment(self.settings),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        ready = json.loads(self._first_line() or "null")
        if ready is None:
            self.kill()
            raise RuntimeError(f"the server did not start:\n{self.log()}")
        self.url, self.port = ready["url"], ready["port"]
        return self

    def stop(self) -> int:
        """Ask the server to stop and wait until it has; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._wait()

    def kill(self) -> int:
        """End the server as a power cut would, as far as a process can."""
        self.process.kill()
        return self._wait()

    def make_gathering(self, title: str = "A gathering", elements: Iterable[Element] = ()) -> Gathering:
        """A fresh gathering in the data folder; the server need not run."""

        async def make() -> Gathering:
            async with open_archive(self.data, self.data / "harvestry.db") as archive:
                made = await archive.create(title, elements)
            links = made.links(self.url or "http://127.0.0.1")
            return Gathering(
                made.board,
                {role.value: made.tokens[role] for role in Role},
                {role.value: links[role] for role in Role},
            )

        with asyncio.Runner() as runner:
            return runner.run(make())

    def _first_line(self) -> str:
        stdout = self.process.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            return stdout.readline() if selector.select(PATIENCE_S) else ""

    def _wait(self) -> int:
        process, self._process = self.process, None
        code = process.wait(PATIENCE_S)
        if process.stdout is not None:
            process.stdout.close()
        return code


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    """The environment of a child that runs the project's own code with those settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HARVESTRY_")}
    path = os.pathsep.join([str(ROOT / "server"), str(ROOT / "crdt"), own.get("PYTHONPATH", "")])
    given = {f"HARVESTRY_{name.upper()}": str(value) for name, value in settings.items()}
    return {**own, **given, "PYTHONPATH": path.rstrip(os.pathsep)}
