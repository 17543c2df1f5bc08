"""The way of a WebSocket to its door."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from harvestry.edge.admin import ByPort
from harvestry.edge.doors import OriginCheck, Sockets
from harvestry.edge.http import SecurityHeaders


class Waiting:
    """What somebody waits for who came by a door, or by the application."""

    def __init__(self, board: str | None) -> None:
        self.board = board

    def __await__(self) -> Any:
        yield


def door(websocket: WebSocket) -> Awaitable[None]:
    return Waiting(websocket.path_params["board"])


def application(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
    return Waiting(None)


async def receive() -> Any: ...


async def send(message: Any) -> None: ...


def comes(kind: str, path: str) -> Waiting:
    public = SecurityHeaders(OriginCheck(Sockets(application, {"ws": door, "yjs": door}), allowed=()))
    scope = {"type": kind, "path": path, "headers": [(b"host", b"here")], "server": ("127.0.0.1", 80)}
    waiting = ByPort(public, application, 81)(scope, receive, send)
    # Nothing else waits with it: that would stay in memory as long as the connection does.
    assert isinstance(waiting, Waiting)
    return waiting


@pytest.mark.parametrize("first", ["ws", "yjs"])
def test_nothing_on_the_way_to_a_door_waits_for_the_end_of_a_websocket(first: str) -> None:
    assert comes("websocket", f"/{first}/some_board").board == "some_board"


@pytest.mark.parametrize("path", ["", "/", "/ws", "/ws/", "/ws/board/", "/ws/board/more", "ws/board", "/other/board"])
def test_a_websocket_to_any_other_address_goes_to_the_application(path: str) -> None:
    assert comes("websocket", path).board is None


def test_a_request_for_a_page_goes_to_the_application() -> None:
    assert comes("http", "/ws/some_board").board is None
