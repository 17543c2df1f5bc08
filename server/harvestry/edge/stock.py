"""The stock door, `/yjs/{board}`: any Yjs provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from starlette.websockets import WebSocket

from harvestry.core import yprotocol
from harvestry.core.access import BoardId, Identity
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.events import AwarenessReceived, AwarenessWanted, EditReceived, Step1Received
from harvestry.core.limits import Limits
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId

from .auth import Gatekeeper
from .clock import LoopClock
from .connection import Connection
from .doors import admitted, connected, label_of
from .hub import Hub
from .live_room import LiveRoom

__all__ = ["StockDoor"]

_PREFIX = "harvestry."


@dataclass(frozen=True, slots=True)
class StockDoor:
    """Takes stock clients from their token to their last message."""

    hub: Hub
    gatekeeper: Gatekeeper
    clock: LoopClock
    limits: Limits

    async def serve(self, websocket: WebSocket) -> None:
        """The whole life of one connection."""
        board = websocket.path_params["board"]
        offered: list[str] = websocket.scope.get("subprotocols", [])
        subprotocol = next((offer for offer in offered if offer.startswith(_PREFIX)), None)
        await websocket.accept(subprotocol=subprotocol)
        label = label_of(websocket, Door.STOCK)
        connection = connected(websocket, limits=self.limits, clock=self.clock, metrics=self.hub.metrics, label=label)
        async with admitted(connection):
            token = "" if subprotocol is None else subprotocol.removeprefix(_PREFIX)
            credentials = await self.gatekeeper.check(board, token)
            room = await self.hub.enter(BoardId(board))
            await self._stay(connection, room, credentials.identity())

    async def _stay(self, connection: Connection, room: LiveRoom, identity: Identity) -> None:
        conn = room.join(connection, identity, door=Door.STOCK)

        def handle(frame: bytes | str) -> None:
            if isinstance(frame, str):
                raise PeerError(CloseCode.MALFORMED, "text frames are not spoken here")
            _pass_on(yprotocol.parse(frame), room, conn)
            room.pace(connection)

        try:
            await connection.run(handle)
        finally:
            room.leave(conn)


def _pass_on(message: yprotocol.StockMessage, room: LiveRoom, conn: ConnId) -> None:
    match message:
        case yprotocol.SyncStep1(state_vector):
            room.handle(Step1Received(conn, state_vector))
        case yprotocol.SyncStep2(update) | yprotocol.SyncUpdate(update):
            room.handle(EditReceived(conn, 0, update))
        case yprotocol.AwarenessUpdate():
            room.handle(AwarenessReceived(conn, message))
        case yprotocol.AwarenessQuery():
            room.handle(AwarenessWanted(conn))
        case _:
            assert_never(message)
