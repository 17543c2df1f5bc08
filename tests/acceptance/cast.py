"""The people of a hosted gathering and their devices: what they do, and every byte that reaches them."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection

from harvestry.core.errors import Refusal
from harvestry.edge.client import NativeClient

__all__ = ["Client", "Seat", "Tap", "b64", "element_id"]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def element_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Tap:
    """Every frame that reached a device, in order."""

    frames: list[bytes] = field(default_factory=list)

    def holds(self, words: str, since: int = 0) -> bool:
        """Whether any frame after the first so many has these words in it."""
        return any(words.encode() in frame for frame in self.frames[since:])


class _Recorded:
    """A socket whose incoming frames are written down."""

    def __init__(self, socket: ClientConnection, tap: Tap) -> None:
        self._socket = socket
        self._tap = tap

    async def recv(self, *, decode: bool) -> bytes:
        frame = await self._socket.recv(decode=decode)
        assert isinstance(frame, bytes)
        self._tap.frames.append(frame)
        return frame

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


class Client(NativeClient):
    """A connection that keeps what it hears."""

    def __init__(self, socket: ClientConnection, doc: Any, welcome: Mapping[str, Any]) -> None:
        self.tap = Tap()
        super().__init__(_Recorded(socket, self.tap), doc, welcome)  # type: ignore[arg-type]

    @property
    def show(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.gathering["show"]
        return found

    def region(self, key: str) -> str:
        """The frame of a region on the board."""
        return next(region["element"] for region in self.show["regions"] if region["key"] == key)

    def within(self, parent: str) -> dict[str, dict[str, Any]]:
        """What stands in a frame, by id."""
        return {key: each for key, each in self.elements().items() if each.get("p") == parent and not each.get("del")}

    def texts(self, region: str) -> list[str]:
        """The words of the notes in a region."""
        return sorted(str(each["txt"]) for each in self.within(self.region(region)).values() if each["t"] == "note")

    async def refused(self, name: str, /, **args: object) -> str:
        """Ask for what is not granted; returns the code."""
        try:
            await self.command(name, **args)
        except Refusal as refusal:
            return refusal.code
        raise AssertionError(f"{name} was granted")


@dataclass(eq=False)
class Seat:
    """A person: at a device of their own, or taking their turn at the device of a table.

    Attributes:
        taps: Of every connection the seat ever had.
        keys: The author's key of each sealed note of theirs, by note.
        tokens: Of each poll they voted in.
    """

    name: str
    url: str
    board: str
    token: str
    taps: list[Tap] = field(default_factory=list)
    keys: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    id: str = ""
    client: Client | None = None

    @property
    def at(self) -> Client:
        """Their connection, which must be open."""
        assert self.client is not None, self.name
        return self.client

    async def come(self) -> Client:
        """Connect, with a new replica as a page that has been loaded afresh."""
        self.client = await Client.connect(self.url, self.board, self.token, name=self.name)
        self.token, self.id = self.client.resume, self.client.seat
        self.taps.append(self.client.tap)
        # The gathering comes right behind the welcome.
        await self.client.settle()
        return self.client

    async def go(self) -> None:
        """Close the page."""
        await self.at.close()
        self.client = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Client]:
        """Take one's turn at a device: nobody else is at it, and nothing is left on it afterwards."""
        if self.client is not None:
            yield self.client
            return
        client = await self.come()
        try:
            yield client
        finally:
            await self.go()

    async def seal(self, region: str, text: str) -> str:
        """Write a sealed note; returns the id it has while it is sealed."""
        note, key = b64(secrets.token_bytes(12)), secrets.token_bytes(32)
        self.keys[note] = key
        async with self.turn() as client:
            await client.command(
                "seal.write", note=note, region=region, text=text, key=b64(hashlib.sha256(key).digest())
            )
        return note

    async def note(self, region: str, text: str, *, kind: str = "note") -> str:
        """Write a note on the board, in a region."""
        key = element_id()
        async with self.turn() as client:
            cseq = await client.put(key, kind, (20, 120, 184, 104), text=text, parent=client.region(region))
            await client.saved(cseq)
        return key

    async def cast(self, poll: str, ballot: object, **more: object) -> None:
        """Vote, or vote otherwise."""
        token = self.tokens.setdefault(poll, b64(secrets.token_bytes(16)))
        async with self.turn() as client:
            await client.command("poll.cast", poll=poll, token=token, ballot=ballot, **more)

    def heard(self, words: str) -> bool:
        """Whether these words ever reached a device of theirs."""
        return any(tap.holds(words) for tap in self.taps)
