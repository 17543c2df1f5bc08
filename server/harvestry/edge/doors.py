"""The way to both doors, and what both do: a page's origin, deadlines, one answer to each thing that can go wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from harvestry.core.access import BOARD_ID
from harvestry.core.errors import CloseCode, DiskTrouble, PeerError
from harvestry.core.limits import Limits, Millis
from harvestry.core.origin import is_allowed
from harvestry.core.presence import Door
from harvestry_crdt import DamagedBoard

from .clock import LoopClock
from .connection import Connection
from .direct import DirectConnection
from .hub import UnknownBoard
from .metrics import Metrics
from .plain import PlainConnection
from .transport import wire_of

__all__ = ["OriginCheck", "Sockets", "admitted", "connected", "label_of", "within"]

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Sockets:
    """Takes each WebSocket straight to its door; everything else, and every other address, goes to the application.

    What a WebSocket has passed on its way in stays in memory for as long as it is open: each layer and each route of an
    application is a call that waits for its end, and there are a dozen. So nothing of ours on the way to a door is a
    coroutine.

    Args:
        doors: By the first part of the address; the second is the board.
    """

    def __init__(self, app: ASGIApp, doors: Mapping[str, Callable[[WebSocket], Awaitable[None]]]) -> None:
        self._app = app
        self._doors = doors

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "websocket":
            match scope["path"].split("/"):
                case ["", first, board] if board and first in self._doors:
                    scope["path_params"] = {"board": board}
                    return self._doors[first](WebSocket(scope, receive, send))
        return self._app(scope, receive, send)


class OriginCheck:
    """Answers requests from pages of other origins with 403, before anything is looked up.

    Plain ASGI, because Starlette's own middleware class lets WebSockets through unseen.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = allowed

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] in ("http", "websocket") and not self._is_allowed(scope):
            body = '{"error":{"code":"origin","message":"This page may not talk to this server."}}'
            return PlainTextResponse(body, 403, media_type="application/json")(scope, receive, send)
        return self._app(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        return is_allowed(headers.get(b"origin"), host=headers.get(b"host", ""), allowed=self._allowed)


def label_of(websocket: WebSocket, door: Door) -> dict[str, object]:
    """What log lines call a connection. An address is whatever a stranger writes, so only a board's id is repeated."""
    board = websocket.path_params["board"]
    room = board if BOARD_ID.fullmatch(board) else "?"
    return {"room": room, "door": door.value, "connection": hex(id(websocket))}


def connected(
    websocket: WebSocket, *, limits: Limits, clock: LoopClock, metrics: Metrics, label: dict[str, object]
) -> Connection:
    """A connection over an accepted WebSocket, as direct as the server in front of us lets it be."""
    wire = wire_of(websocket)
    if wire is None:
        return PlainConnection(websocket, limits=limits, clock=clock, metrics=metrics, label=label)
    return DirectConnection(websocket, wire, limits=limits, clock=clock, metrics=metrics, label=label)


@asynccontextmanager
async def admitted(connection: Connection) -> AsyncIterator[None]:
    """The life of an accepted connection: whatever ends it early becomes one close code."""
    connection.opened()
    try:
        yield
    except WebSocketDisconnect:
        pass
    except Exception as error:  # noqa: BLE001 - the one place where errors become close codes
        code, reason = _close_of(error)
        if code is CloseCode.FAULT:
            _log.exception("a fault of ours", extra=connection.label)
        await connection.refuse(code, reason)
    finally:
        connection.closed()


def _close_of(error: Exception) -> tuple[CloseCode, str]:
    match error:
        case PeerError(code=code, reason=reason):
            return code, reason
        case UnknownBoard():
            return CloseCode.UNKNOWN_BOARD, "there is no such board"
        case DamagedBoard():
            return CloseCode.FAULT, "this board cannot be loaded; whoever runs the server has been told"
        case DiskTrouble():
            return CloseCode.TRY_LATER, "the server cannot use its disk just now"
        case _:
            return CloseCode.FAULT, "a fault of ours; please come back"


async def within(clock: LoopClock, deadline_ms: int, work: Coroutine[object, object, T], late: Exception) -> T:
    """The result of some work, if it is there in time.

    Raises:
        Exception: `late`, if it is not.
    """
    scope = asyncio.timeout(None)
    timer = clock.call_at(Millis(clock.now() + deadline_ms), lambda: scope.reschedule(0.0))
    try:
        async with scope:
            return await work
    except TimeoutError:
        if scope.expired():
            raise late from None
        raise
    finally:
        timer.cancel()
