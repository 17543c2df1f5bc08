"""pycrdt-websocket as its documentation sets it up: its ASGI server on uvicorn, and its SQLite store for each room.

Arguments: the folder of the data, and the port.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import uvicorn
from pycrdt.store import SQLiteYStore, YDocNotFound
from pycrdt.websocket import ASGIServer, WebsocketServer, YRoom

folder, port = Path(sys.argv[1]), int(sys.argv[2])


class Store(SQLiteYStore):
    db_path = str(folder / "boards.db")


class StoringServer(WebsocketServer):
    """A server whose rooms begin with what their store holds."""

    def __init__(self) -> None:
        super().__init__()
        self._making = asyncio.Lock()

    async def get_room(self, name: str) -> YRoom:
        async with self._making:
            if name not in self.rooms:
                store = Store(path=name)
                room = YRoom(ready=False, ystore=store)
                self.rooms[name] = room
                await self.start_room(room)
                await store.started.wait()
                with contextlib.suppress(YDocNotFound):
                    await store.apply_updates(room.ydoc)
                room.ready = True
        room = self.rooms[name]
        await self.start_room(room)
        return room


class Announcing(uvicorn.Server):
    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)
        print(json.dumps({"port": port}), flush=True)


async def main() -> None:
    websocket_server = StoringServer()
    config = uvicorn.Config(ASGIServer(websocket_server), host="127.0.0.1", port=port, log_level="warning")
    async with websocket_server:
        await Announcing(config).serve()


asyncio.run(main())
