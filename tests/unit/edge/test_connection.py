"""One WebSocket: frames in order, bounded, and an end whatever the other side does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.limits import Limits
from harvestry.core.outbox import Fanout
from harvestry.edge.connection import Connection
from harvestry.edge.metrics import Metrics
from support.clock import ManualClock

LIMITS = Limits(max_outbox_bytes=100, presence_outbox_bytes=50)


class Peer:
    """The other side of a WebSocket, as an ASGI server presents it."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[Message] = asyncio.Queue()
        self.heard: list[Message] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.ejected: tuple[int, str] | None = None
        scope = {"type": "websocket", "extensions": {"harvestry.eject": {"eject": self.eject}}}
        self.websocket = WebSocket(scope, self.said.get, self.hear)
        self.clock = ManualClock()
        self.metrics = Metrics()
        self.connection = Connection(
            self.websocket, limits=LIMITS, clock=self.clock, metrics=self.metrics, label={"door": "native"}
        )
        self.handled: list[bytes | str] = []

    async def hear(self, message: Message) -> None:
        await self.reads.wait()
        self.heard.append(message)

    def eject(self, code: int, reason: str) -> None:
        self.ejected = (code, reason)
        self.said.put_nowait({"type": "websocket.disconnect", "code": code})

    def say(self, data: bytes | str) -> None:
        key = "bytes" if isinstance(data, bytes) else "text"
        self.said.put_nowait({"type": "websocket.receive", key: data})

    def hang_up(self) -> None:
        self.said.put_nowait({"type": "websocket.disconnect", "code": 1000})

    async def handle(self, data: bytes | str) -> None:
        self.handled.append(data)
        if data == b"bad":
            raise PeerError(CloseCode.MALFORMED, "bad")
        if data == b"bug":
            raise ZeroDivisionError

    def frames(self) -> list[bytes]:
        return [message["bytes"] for message in self.heard if message["type"] == "websocket.send"]

    def closes(self) -> list[int]:
        return [message["code"] for message in self.heard if message["type"] == "websocket.close"]


def play(scenario: Callable[[Peer], Awaitable[None]]) -> Peer:
    async def whole() -> Peer:
        peer = Peer()
        peer.said.put_nowait({"type": "websocket.connect"})
        await peer.websocket.accept()
        async with asyncio.timeout(10):
            running = asyncio.create_task(peer.connection.run(peer.handle))
            await scenario(peer)
            await running
        peer.connection.closed()
        return peer

    return asyncio.run(whole())


async def pause() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_frames_are_sent_in_order() -> None:
    async def scenario(peer: Peer) -> None:
        for frame in (b"1", b"2", b"3"):
            peer.connection.offer(frame)
        await pause()
        peer.hang_up()

    assert play(scenario).frames() == [b"1", b"2", b"3"]


def test_what_was_queued_is_sent_before_the_close() -> None:
    async def scenario(peer: Peer) -> None:
        peer.connection.offer(b"last words")
        peer.connection.close(CloseCode.REVOKED, "revoked")
        peer.connection.close(CloseCode.FAULT, "too late to matter")
        peer.connection.offer(b"nobody hears this")

    peer = play(scenario)
    assert peer.frames() == [b"last words"]
    assert peer.closes() == [CloseCode.REVOKED]


def test_what_a_peer_gets_wrong_closes_with_its_code_and_nothing_more_is_handled() -> None:
    async def scenario(peer: Peer) -> None:
        for data in (b"good", b"bad", b"more"):
            peer.say(data)

    peer = play(scenario)
    assert peer.handled == [b"good", b"bad"]
    assert peer.closes() == [CloseCode.MALFORMED]


def test_a_bug_of_ours_closes_with_1011_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(peer: Peer) -> None:
        peer.say(b"bug")

    assert play(scenario).closes() == [CloseCode.FAULT]
    assert "ZeroDivisionError" in caplog.text


def test_a_peer_that_does_not_read_is_ejected_when_its_outbox_is_full() -> None:
    """[LIM-2]"""

    async def scenario(peer: Peer) -> None:
        peer.reads.clear()
        for _ in range(4):
            peer.connection.offer(b"x" * 40)
            await pause()

    peer = play(scenario)
    assert peer.ejected is not None
    assert peer.ejected[0] == CloseCode.TRY_LATER
    assert peer.frames() == []


def test_a_peer_that_does_not_read_its_close_is_ejected_after_a_while() -> None:
    async def scenario(peer: Peer) -> None:
        peer.reads.clear()
        peer.connection.offer(b"x")
        peer.connection.close(CloseCode.REVOKED, "revoked")
        await pause()
        peer.clock.turn(4_999)
        assert peer.ejected is None
        peer.clock.turn(1)

    assert play(scenario).ejected == (CloseCode.REVOKED, "revoked")


def test_a_reader_that_was_spared_presence_is_reported_once_it_has_caught_up() -> None:
    told: list[int] = []

    async def scenario(peer: Peer) -> None:
        peer.connection.when_caught_up(lambda: told.append(1))
        peer.reads.clear()
        for frame in (b"on its way", b"x" * 51):
            peer.connection.offer(frame)
            await pause()
        peer.connection.offer(Fanout(b"presence", lambda: None))
        await pause()
        assert told == []
        peer.reads.set()
        await pause()
        peer.hang_up()

    assert play(scenario).frames() == [b"on its way", b"x" * 51]
    assert told == [1]
