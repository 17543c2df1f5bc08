"""y-py, the abandoned engine, as a foreign replica, where Python still has a wheel of it.

It has no provider, so the y-protocols framing is done here with pycrdt's helpers. Its garbage collector stays off: with
it, honest concurrent edits make it panic when it encodes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from pycrdt import YMessageType, YSyncMessageType, read_message, write_message
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from support.replicas import PATIENCE_S, Watch, dial, short_client_id
from support.server import Gathering, ServerProcess
from support.storm import Action, Create, Erase, Insert, Remove, Set, Unset, plain, read_vector

__all__ = ["YpyReplica"]

# Its type stubs contradict the module they describe.
y_py: Any = import_module("y_py")


class YpyReplica:
    """A YDoc and the little it takes to keep it in step."""

    def __init__(self, name: str, server: ServerProcess, gathering: Gathering) -> None:
        self.name = name
        self.doc = y_py.YDoc(client_id=short_client_id(), offset_kind="utf16", skip_gc=True)
        self._elements = self.doc.get_map("els")
        self._server = server
        self._gathering = gathering
        self._watch = Watch()
        self._socket: ClientConnection | None = None
        self._synced = asyncio.Event()
        self._unsent: list[bytes] = []
        self._is_remote = False
        self._observing = self.doc.observe_after_transaction(self._observed)
        self._receiving: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self._synced = asyncio.Event()
        self._socket = await dial(self._server, self._gathering.board, self._gathering.participant)
        self._receiving = asyncio.create_task(self._receive(self._socket), name=self.name)
        await self._send(YSyncMessageType.SYNC_STEP1, y_py.encode_state_vector(self.doc))
        await asyncio.wait_for(self._synced.wait(), PATIENCE_S)

    async def disconnect(self) -> None:
        if self._socket is not None and self._receiving is not None:
            await self._socket.close()
            await self._receiving
            self._socket = None

    async def act(self, action: Action) -> None:
        with self.doc.begin_transaction() as transaction:
            self._carry_out(transaction, action)
        unsent, self._unsent = self._unsent, []
        for update in unsent:
            await self._send(YSyncMessageType.SYNC_UPDATE, update)

    async def values(self) -> dict[str, dict[str, Any]]:
        return {name: _read(element) for name, element in self._elements.items()}

    async def vector(self) -> dict[int, int]:
        return read_vector(y_py.encode_state_vector(self.doc))

    async def until(
        self, *, vector: Mapping[int, int] | None = None, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        await self._watch.until(
            lambda: (
                (vector is None or read_vector(y_py.encode_state_vector(self.doc)) == vector)
                and (values is None or {name: _read(element) for name, element in self._elements.items()} == values)
            )
        )

    # --- the wire ---

    async def _send(self, kind: YSyncMessageType, body: bytes) -> None:
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(bytes((YMessageType.SYNC, kind)) + write_message(body))

    async def _receive(self, socket: ClientConnection) -> None:
        while True:
            try:
                frame = await socket.recv(decode=False)
            except ConnectionClosed as end:
                self._watch.ended(end)
                return
            if frame[0] != YMessageType.SYNC:
                continue
            body = read_message(frame[2:])
            if frame[1] == YSyncMessageType.SYNC_STEP1:
                await self._send(YSyncMessageType.SYNC_STEP2, y_py.encode_state_as_update(self.doc, body))
                continue
            self._is_remote = True
            y_py.apply_update(self.doc, body)
            self._is_remote = False
            if frame[1] == YSyncMessageType.SYNC_STEP2:
                self._synced.set()
            self._watch.changed()

    def _observed(self, event: Any) -> None:
        if not self._is_remote:
            self._unsent.append(event.get_update())

    # --- editing ---

    def _carry_out(self, transaction: Any, action: Action) -> None:
        if isinstance(action, Create):
            if action.kind == "ink":
                return  # this engine reads bytes and cannot write them
            self._elements.set(transaction, action.id, y_py.YMap(_prelim(action)))
            return
        element = self._elements.get(action.id)
        if element is None:
            return
        match action:
            case Remove(name):
                self._elements.pop(transaction, name)
            case Set(_, "d.ht", value):
                element.get("d").set(transaction, "ht", value)
            case Set(_, key, value):
                element.set(transaction, key, value)
            case Unset(_, key):
                element.pop(transaction, key, None)
            case Insert(_, field, at, text):
                shared = _shared(element, field)
                shared.insert(transaction, _units(str(shared)[:at]), text)
            case Erase(_, field, at, count):
                shared = _shared(element, field)
                start, end = _units(str(shared)[:at]), _units(str(shared)[: at + count])
                shared.delete_range(transaction, start, end - start)


def _prelim(action: Create) -> dict[str, object]:
    values: dict[str, object] = {"t": action.kind, **action.values}
    if action.text is not None:
        values["txt"] = y_py.YText(action.text)
    payload = values.get("d")
    if action.kind == "card" and isinstance(payload, Mapping):
        values["d"] = y_py.YMap({key: item if key == "ht" else y_py.YText(item) for key, item in payload.items()})
    return values


def _shared(element: Any, field: str) -> Any:
    return element.get("txt") if field == "txt" else element.get("d").get(field.removeprefix("d."))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _read(value: Any) -> Any:
    if isinstance(value, y_py.YText):
        return str(value)
    if isinstance(value, y_py.YMap):
        return {key: _read(item) for key, item in value.items()}
    return plain(value)
