"""The floor: what comes in goes to everybody in one frame per 33 ms, written straight to each transport.

No document, no storage, no tokens, no limits. It is not a server anybody could use; it shows what the transport alone
costs in Python, with the libraries Harvestry uses. A joiner gets the bytes of one file.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

TICK_S = 0.033


class TellingProtocol(WebSocketsSansIOProtocol):
    """Lets the application have the transport."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["transport"] = self.transport


def framed(payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return b"\x82" + bytes((length,)) + payload
    if length < 65_536:
        return b"\x82\x7e" + struct.pack(">H", length) + payload
    return b"\x82\x7f" + struct.pack(">Q", length) + payload


class Room:
    """The transports of one room, and what waits for the tick."""

    def __init__(self, welcome: bytes) -> None:
        self.welcome = welcome
        self.transports: set[asyncio.Transport] = set()
        self._edits: list[bytes] = []
        self._cursors: dict[bytes, bytes] = {}
        self._is_due = False

    def take(self, message: bytes) -> None:
        if message[:1] == b"\x01":
            self._cursors[message[1:3]] = message
        else:
            self._edits.append(message)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        messages = [*self._edits, *self._cursors.values()]
        self._edits, self._cursors, self._is_due = [], {}, False
        data = framed(b"\x00" + b"".join(struct.pack(">I", len(message)) + message for message in messages))
        for transport in self.transports:
            transport.write(data)


class Relay:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rooms: dict[str, Room] = {}

    async def serve(self, websocket: WebSocket) -> None:
        name = websocket.path_params["room"]
        await websocket.accept()
        room = self._rooms.get(name)
        if room is None:
            file = self._folder / name
            room = self._rooms[name] = Room(framed(b"\x02" + (file.read_bytes() if file.is_file() else b"")))
        transport: asyncio.Transport = websocket.scope["transport"]
        receive: Callable[[], Awaitable[Any]] = websocket.receive
        try:
            while (message := await receive())["type"] == "websocket.receive":
                data: bytes = message["bytes"]
                if data[:1] == b"\x02":
                    transport.write(room.welcome)
                    room.transports.add(transport)
                else:
                    room.take(data)
        except WebSocketDisconnect:
            pass
        finally:
            room.transports.discard(transport)


def main() -> None:
    relay = Relay(Path(sys.argv[1]))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2_048)
    app = Starlette(routes=[WebSocketRoute("/{room}", relay.serve)])
    config = uvicorn.Config(
        app, ws=TellingProtocol, loop="uvloop", log_config=None, access_log=False, ws_per_message_deflate=False
    )
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
