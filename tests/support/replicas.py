"""Replicas in Python that speak to a real server: pycrdt by its own provider, and our native client.

All replicas, those in Node and on y-py included, can do the same few things, so that a scenario need not know which is
which. Waiting is for something to hold, looked at again whenever the replica changed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import httpx
from pycrdt import Doc, Provider
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from harvestry.core.access import BoardId
from harvestry.core.ports import StoredBoard
from harvestry.edge.client import NativeClient
from harvestry.edge.gatherings import open_archive
from support.server import Gathering, ServerProcess
from support.storm import Action, Create, Seeded, Set, Storm, carry_out, read_vector, view_of

__all__ = [
    "NativeReplica",
    "PycrdtReplica",
    "Replica",
    "Watch",
    "converge",
    "dial",
    "note",
    "recolour",
    "server_log",
    "server_state",
    "short_client_id",
    "weather",
]

PATIENCE_S = 60.0


class Replica(Protocol):
    """What every replica can do."""

    name: str

    async def act(self, action: Action) -> None: ...
    async def values(self) -> dict[str, dict[str, Any]]: ...
    async def vector(self) -> dict[int, int]: ...
    async def until(
        self, *, vector: Mapping[int, int] | None = None, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None: ...
    async def disconnect(self) -> None: ...
    async def connect(self) -> None: ...


def short_client_id() -> int:
    """A client id of 32 bits, as Yjs draws them; pycrdt's own have 53, of which y-py loses the upper ones."""
    return random.getrandbits(32) | 1


class Watch:
    """Conditions that somebody waits for."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._end: ConnectionClosed | None = None

    def ended(self, end: ConnectionClosed) -> None:
        """The server closed: nothing that is waited for will come, unless both sides closed in peace."""
        if end.rcvd is not None and end.rcvd.code >= 1_002:
            self._end = end
            self.changed()

    def changed(self) -> None:
        """Look again, once the engine has left its transaction."""
        asyncio.get_running_loop().call_soon(self._look)

    async def until(self, condition: Callable[[], bool]) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((condition, future))
        self._look()
        await asyncio.wait_for(future, PATIENCE_S)

    def _look(self) -> None:
        for condition, future in self._waiting:
            if not future.done() and condition():
                future.set_result(None)
            elif not future.done() and self._end is not None:
                future.set_exception(self._end)
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]


async def dial(server: ServerProcess, board: str, token: str) -> ClientConnection:
    """A socket at the stock door."""
    return await connect(
        server.stock(board),
        subprotocols=[Subprotocol(f"harvestry.{token}")],
        compression=None,
        max_size=None,
        proxy=None,
    )


class _SocketChannel:
    """A WebSocket as pycrdt's provider wants it."""

    def __init__(self, socket: ClientConnection, path: str, watch: Watch) -> None:
        self._socket = socket
        self._watch = watch
        self.path = path

    def __aiter__(self) -> _SocketChannel:
        return self

    async def __anext__(self) -> bytes:
        return await self.recv()

    async def send(self, message: bytes) -> None:
        with suppress(ConnectionClosed):
            await self._socket.send(message)

    async def recv(self) -> bytes:
        try:
            return await self._socket.recv(decode=False)
        except ConnectionClosed as end:
            self._watch.ended(end)
            raise StopAsyncIteration from None


class PycrdtReplica:
    """A pycrdt document on pycrdt's own provider."""

    def __init__(self, name: str, server: ServerProcess, gathering: Gathering, *, token: str | None = None) -> None:
        self.name = name
        self.doc: Doc[Any] = Doc(client_id=short_client_id())
        self._server = server
        self._gathering = gathering
        self._token = token if token is not None else gathering.participant
        self._watch = Watch()
        self._observing = self.doc.observe(lambda _: self._watch.changed())
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Connect, and wait for sync."""
        synced: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._provide(synced), name=self.name)
        await asyncio.wait_for(synced, PATIENCE_S)

    async def disconnect(self) -> None:
        if self._task is not None:
            self._stop.set()
            await self._task
            self._task = None

    async def act(self, action: Action) -> None:
        carry_out(self.doc, action)

    async def values(self) -> dict[str, dict[str, Any]]:
        return view_of(self.doc)

    async def vector(self) -> dict[int, int]:
        return read_vector(self.doc.get_state())

    async def until(
        self, *, vector: Mapping[int, int] | None = None, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        await self._watch.until(
            lambda: (
                (vector is None or read_vector(self.doc.get_state()) == vector)
                and (values is None or view_of(self.doc) == values)
            )
        )

    async def _provide(self, synced: asyncio.Future[None]) -> None:
        async with (
            await dial(self._server, self._gathering.board, self._token) as socket,
            Provider(self.doc, _SocketChannel(socket, self._gathering.board, self._watch)) as provider,
        ):
            await provider.synced.wait()
            synced.set_result(None)
            await self._stop.wait()


class NativeReplica:
    """Our native client."""

    def __init__(self, name: str, server: ServerProcess, gathering: Gathering) -> None:
        self.name = name
        self.doc: Doc[Any] = Doc(client_id=short_client_id())
        self._server = server
        self._gathering = gathering
        self._token = gathering.participant
        self._client: NativeClient | None = None

    @property
    def client(self) -> NativeClient:
        assert self._client is not None
        return self._client

    async def connect(self) -> None:
        self._client = await NativeClient.connect(
            self._server.url, self._gathering.board, self._token, name=self.name, doc=self.doc
        )
        self._token = self._client.resume

    async def disconnect(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def act(self, action: Action) -> None:
        if self._client is None:
            carry_out(self.doc, action)
        else:
            await self._client._edit(lambda: self._carry_out(action))

    def _carry_out(self, action: Action) -> None:
        carry_out(self.doc, action)

    async def values(self) -> dict[str, dict[str, Any]]:
        return view_of(self.doc)

    async def vector(self) -> dict[int, int]:
        return read_vector(self.doc.get_state())

    async def until(
        self, *, vector: Mapping[int, int] | None = None, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        await self.client.until(
            lambda: (
                (vector is None or read_vector(self.doc.get_state()) == vector)
                and (values is None or view_of(self.doc) == values)
            )
        )


async def weather(replicas: Sequence[Replica], seed: int, *, edits: int) -> None:
    """Let every replica edit, all at once, whatever it sees."""

    async def edit(number: int, replica: Replica) -> None:
        storm = Storm(Seeded(seed * 1_000 + number), f"r{number:03d}")
        for _ in range(edits):
            await replica.act(storm.next(await replica.values()).action)
            await asyncio.sleep(0)  # a turn for the others; the pace is theirs

    async with asyncio.TaskGroup() as group:
        for number, replica in enumerate(replicas):
            group.create_task(edit(number, replica))


async def converge(replicas: Sequence[Replica]) -> tuple[dict[str, dict[str, Any]], dict[int, int]]:
    """Wait until all replicas know everything, assert that they show the same, and return it.

    A state vector counts what was written, not what was deleted. So everybody writes once more: who has that, has
    everything before it.
    """
    for number, replica in enumerate(replicas):
        await replica.act(Create(f"last{number:08d}", "note", {"g": [0, 0, 184, 104], "z": "a0"}, "that was all"))
    known: dict[int, int] = {}
    for replica in replicas:
        for client, clock in (await replica.vector()).items():
            known[client] = max(clock, known.get(client, 0))
    for replica in replicas:
        await replica.until(vector=known)
    values = await replicas[0].values()
    for replica in replicas:
        assert await replica.values() == values, f"{replica.name} shows something else than {replicas[0].name}"
    return values, known


def note(element: str, text: str, *, x: int = 0) -> Create:
    """A note as people make them."""
    return Create(element, "note", {"g": [x, 0, 184, 104], "z": "a0", "c": "oat"}, text)


def recolour(element: str, colour: str) -> Set:
    return Set(element, "c", colour)


async def server_state(server: ServerProcess, gathering: Gathering) -> bytes:
    """The board as the server gives it to joiners."""
    headers = {"Authorization": f"Bearer {gathering.participant}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, trust_env=False) as client:
        answer = await client.get(f"/api/boards/{gathering.board}/state")
    answer.raise_for_status()
    return answer.content


async def server_log(server: ServerProcess, gathering: Gathering) -> StoredBoard:
    """The board as it is on disk."""
    async with open_archive(server.data, server.data / "harvestry.db") as archive:
        stored = await archive.store.load(BoardId(gathering.board))
    assert stored is not None
    return stored
