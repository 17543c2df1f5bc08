"""A WebSocket without a network: a real server protocol on one side, a real client's on the other, and a line between
that a test cuts into pieces or blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.websockets import WebSocket
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.limits import Limits
from harvestry.edge.connection import Connection
from harvestry.edge.doors import connected
from harvestry.edge.metrics import Metrics
from support.clock import ManualClock

__all__ = ["LIMITS", "Line", "Peer", "pause", "play"]

LIMITS = Limits(max_outbox_bytes=100, presence_outbox_bytes=50)
MAX_FRAME_BYTES = 4_096


class Line(asyncio.Transport):
    """The server's end: what it writes goes to `arrived`, or waits while nobody reads.

    Attributes:
        written: Every object the server wrote, as it is.
        arrived: What has gone over the line.
        is_reading: Whether the server reads.
    """

    def __init__(self) -> None:
        super().__init__()
        self.protocol: Any = None
        self.written: list[bytes] = []
        self.arrived = bytearray()
        self.waiting = bytearray()
        self.is_blocked = False
        self.is_paused = False
        self.high_water: int | None = None
        self.was_closed = self.was_aborted = False

    def write(self, data: Any) -> None:
        self.written.append(data)
        if not self.is_blocked:
            self.arrived += data
            return
        self.waiting += data
        if not self.is_paused:
            self.is_paused = True
            self.protocol.pause_writing()

    def block(self) -> None:
        """The other side stops reading, and the network holds nothing."""
        self.is_blocked = True

    def unblock(self) -> None:
        """It reads again, all there is."""
        self.is_blocked = False
        self.arrived += self.waiting
        self.waiting.clear()
        if self.is_paused:
            self.is_paused = False
            self.protocol.resume_writing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high_water = high

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    reads = True

    def is_closing(self) -> bool:
        return self.was_closed

    def close(self) -> None:
        self.was_closed = True

    def abort(self) -> None:
        self.was_closed = self.was_aborted = True


class Peer:
    """Somebody at the other end of a connection of ours.

    Args:
        server: The server's protocol class.
        greeting: What the server's side does with the connection before it runs.
    """

    def __init__(
        self, server: type[WebSocketsSansIOProtocol], greeting: Callable[[Connection], Awaitable[None]] | None = None
    ) -> None:
        self.clock = ManualClock()
        self.metrics = Metrics()
        self.handled: list[bytes | str] = []
        self.heard: list[Frame] = []
        self._greeting = greeting
        self._connected: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
        self.has_ended = False
        self.line = Line()
        config = Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
        )
        config.load()
        self.protocol: Any = server(config, ServerState(), {}, asyncio.get_running_loop())
        self.line.protocol = self.protocol
        self.protocol.connection_made(self.line)
        self._client = ClientProtocol(parse_uri("ws://board.example/ws"), max_size=None)
        self._client.send_request(self._client.connect())
        self._send()

    @classmethod
    async def meet(
        cls, server: type[WebSocketsSansIOProtocol], greeting: Callable[[Connection], Awaitable[None]] | None = None
    ) -> Peer:
        """A peer whose connection is accepted, and running unless it is being greeted."""
        peer = cls(server, greeting)
        peer.connection = await peer._connected
        await pause()
        peer.listen()
        return peer

    connection: Connection

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        websocket = WebSocket(scope, receive, send)
        await websocket.accept()
        connection = connected(
            websocket, limits=LIMITS, clock=self.clock, metrics=self.metrics, label={"door": "native"}
        )
        self._connected.set_result(connection)
        if self._greeting is not None:
            await self._greeting(connection)
        await connection.run(self._handle)
        self.has_ended = True

    def _handle(self, message: bytes | str) -> None:
        self.handled.append(message)
        if message == b"bad":
            raise PeerError(CloseCode.MALFORMED, "bad")
        if message == b"bug":
            raise ZeroDivisionError
        if message == b"hold":
            self.connection.hold()

    # ---- what the peer does ----------------------------------------------------------------------------------------

    def say(self, *messages: bytes | str) -> None:
        """Send messages, in one piece."""
        for message in messages:
            if isinstance(message, str):
                self._client.send_text(message.encode())
            else:
                self._client.send_binary(message)
        self._send()

    def say_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.protocol.data_received(data)

    def hang_up(self) -> None:
        """Close in good order."""
        self._client.send_close(1000)
        self._send()

    def vanish(self) -> None:
        """The network is gone."""
        self.protocol.connection_lost(OSError())

    def _send(self) -> None:
        self.protocol.data_received(b"".join(self._client.data_to_send()))

    # ---- what the peer has heard -----------------------------------------------------------------------------------

    def frames(self) -> list[bytes]:
        """The messages that have arrived."""
        return [bytes(frame.data) for frame in self.listen() if frame.opcode is Opcode.BINARY]

    def closes(self) -> list[int]:
        """The codes of the close frames that have arrived."""
        return [int.from_bytes(frame.data[:2], "big") for frame in self.listen() if frame.opcode is Opcode.CLOSE]

    def listen(self) -> list[Frame]:
        """Every frame that has arrived."""
        if self.line.arrived:
            self._client.receive_data(bytes(self.line.arrived))
            self.line.arrived.clear()
            self.heard += [event for event in self._client.events_received() if isinstance(event, Frame)]
        return self.heard


async def pause() -> None:
    """Let everything that can happen without time passing happen."""
    for _ in range(20):
        await asyncio.sleep(0)


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario to its end."""

    async def whole() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(whole())
