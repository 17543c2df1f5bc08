"""Somebody without a browser: gives commands at the native door of a running server, and hears what is told."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import msgpack
from websockets.sync.client import connect

from .browser import OpenGathering

__all__ = ["Hands"]

PATIENCE_S = 60.0


class Hands:
    """One seat at the native door.

    Args:
        gathering: Where.
        role: By which link they come.
    """

    def __init__(self, gathering: OpenGathering, role: str = "host", name: str = "Rosa") -> None:
        url = f"{gathering.base_url.replace('http', 'ws', 1)}/ws/{gathering.board}"
        self._connecting = connect(url, proxy=None, open_timeout=PATIENCE_S)
        self._hello = {"v": 1, "token": gathering.tokens[role], "name": name}
        self._count = 0
        self.view: dict[str, Any] = {}
        self.own: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._socket = self._connecting.__enter__()
        self._send("hello", self._hello)
        while (message := self._take())[0] != "welcome":
            pass
        self.seat = str(message[1]["seat"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connecting.__exit__(kind, error, trace)

    def do(self, command: str, /, **args: object) -> Any:
        """Give a command and wait until it is durable; returns the answer.

        Raises:
            AssertionError: If it is refused.
        """
        self._count += 1
        self._send("command", self._count, command, args)
        while True:
            message = self._take()
            if message[0] in ("result", "failed") and message[1] == self._count:
                assert message[0] == "result", message
                return message[2]

    def go(self, phase: str) -> None:
        """Begin if need be, and go to a phase; it goes on when this returns."""
        self.wait(lambda: "show" in self.view)
        if self.view["show"]["stage"] == "ready":
            self.do("show.start")
            self.wait(lambda: self.at is not None)
        if self.at != phase:
            self.do("show.go", phase=phase)
            self.wait(lambda: self.at == phase)

    def wait(self, until: Callable[[], bool]) -> None:
        """Listen until what is told makes this true.

        Raises:
            TimeoutError: If nothing is told for a while.
        """
        while not until():
            self._take()

    @property
    def at(self) -> str | None:
        """The phase that goes on, as this seat was last told."""
        at: str | None = self.view["show"].get("at")
        return at

    def poll(self) -> dict[str, Any]:
        """The poll that was opened last, as this seat was last told."""
        self.do("clock")
        self.wait(lambda: bool(self.view.get("deciding", {}).get("polls")))
        poll: dict[str, Any] = self.view["deciding"]["polls"][-1]
        return poll

    def cast(self, ballot: object) -> None:
        """Vote in the poll that was opened last."""
        self.do("poll.cast", poll=self.poll()["poll"], token=secrets.token_urlsafe(16), ballot=ballot)

    def _send(self, *parts: object) -> None:
        self._socket.send(msgpack.packb(parts))

    def _take(self) -> list[Any]:
        frame = self._socket.recv(timeout=PATIENCE_S)
        message: list[Any] = msgpack.unpackb(frame, strict_map_key=False)
        if message[0] == "gathering":
            self.view = message[1]
        elif message[0] == "own":
            self.own = message[1]
        return message
