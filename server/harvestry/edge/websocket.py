"""The native door, `/ws/{board}`."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.websockets import WebSocket

from harvestry.core.access import BoardId, Identity
from harvestry.core.connection import NativeConnection
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.events import CaughtUp, CommandReceived, EditReceived, PresenceReceived
from harvestry.core.limits import Limits
from harvestry.core.presence import Door
from harvestry.core.protocol import Behind, Command, ConnId, Edit, Hello, Ping, Pong, Presence, Sync, encode

from .auth import Gatekeeper
from .clock import LoopClock
from .connection import Connection
from .doors import admitted, connected, label_of, within
from .hub import Hub
from .live_room import LiveRoom

__all__ = ["NativeDoor"]


@dataclass(frozen=True, slots=True)
class NativeDoor:
    """Takes native clients from their first message to their last."""

    hub: Hub
    gatekeeper: Gatekeeper
    clock: LoopClock
    limits: Limits
    hello_timeout_ms: int

    async def serve(self, websocket: WebSocket) -> None:
        """The whole life of one connection."""
        board = websocket.path_params["board"]
        await websocket.accept()
        label = label_of(websocket, Door.NATIVE)
        connection = connected(websocket, limits=self.limits, clock=self.clock, metrics=self.hub.metrics, label=label)
        native = NativeConnection()
        async with admitted(connection):
            hello = await self._hello(connection, native)
            credentials = await self.gatekeeper.check(board, hello.token)
            (await self.hub.enter(BoardId(board))).require_place()
            credentials = await self.gatekeeper.seated(credentials, hello.name)
            identity = credentials.identity()
            resume = "" if credentials.seat is None else self.gatekeeper.resume_token(credentials.seat)
            room = await self.hub.enter(BoardId(board))
            await self._stay(connection, native, room, hello, identity, resume)

    async def _hello(self, connection: Connection, native: NativeConnection) -> Hello:
        late = PeerError(CloseCode.HELLO_TIMEOUT, "no hello in time")
        frame = await within(self.clock, self.hello_timeout_ms, connection.receive(), late)
        request = native.receive(frame)
        if not isinstance(request, Hello):
            raise PeerError(CloseCode.MALFORMED, "the first message must be hello")
        return request

    async def _stay(
        self,
        connection: Connection,
        native: NativeConnection,
        room: LiveRoom,
        hello: Hello,
        identity: Identity,
        resume: str,
    ) -> None:
        def join(state_vector: bytes | None, since: tuple[int, int] | None) -> ConnId:
            conn = room.join(
                connection, identity, door=Door.NATIVE, state_vector=state_vector, since=since, resume=resume
            )
            connection.when_caught_up(lambda: room.handle(CaughtUp(conn)))
            return conn

        conn = join(hello.sv, hello.since)
        connection.when_too_slow(encode(Behind()))

        def handle(frame: bytes | str) -> None:
            nonlocal conn
            request = native.receive(frame)
            if isinstance(request, Sync):
                # What it missed is unknown, so it comes in anew, and is welcomed with all of it.
                connection.begin_again()
                room.leave(conn)
                conn = join(request.sv, None)
            elif request is not None:
                _pass_on(request, room, conn, connection)
                room.pace(connection)

        try:
            await connection.run(handle)
        finally:
            room.leave(conn)


def _pass_on(
    request: Edit | Presence | Command | Ping | Hello, room: LiveRoom, conn: ConnId, connection: Connection
) -> None:
    match request:
        case Edit(cseq, update):
            room.handle(EditReceived(conn, cseq, update))
        case Presence():
            room.handle(PresenceReceived(conn, request))
        case Command():
            room.handle(CommandReceived(conn, request))
        case Ping(n):
            connection.offer(encode(Pong(n)))
        case Hello():
            raise PeerError(CloseCode.SECOND_HELLO, "second hello")
