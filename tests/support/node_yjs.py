"""Yjs itself: replicas in a Node process, driven over lines of JSON, and Yjs as the reader of other people's bytes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.storm import Action, plain

__all__ = ["NodeError", "NodeReplica", "NodeYjs", "Reading"]

NODE_FOLDER = Path(__file__).resolve().parent.parent / "interop" / "node"
PATIENCE_MS = 60_000
# The process answers its own deadlines; this one is for a process that hangs.
GRACE_S = 5.0
MAX_LINE_BYTES = 64 * 1024 * 1024


class NodeError(Exception):
    """The Node side says that a command failed, or is gone."""


class Reading:
    """What Yjs reads in somebody's bytes.

    Attributes:
        values: `{element: values}`, plain.
        vector: The state vector, `{client: clock}`.
        meta: The board's own map, plain.
        pending: Whether Yjs waits for something that was never sent.
    """

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.values: dict[str, dict[str, Any]] = plain(answer["values"])
        self.vector = _vector(answer["vector"])
        self.meta: dict[str, Any] = plain(answer["meta"])
        self.pending: bool = answer["pending"]


class NodeYjs:
    """One Node process and the conversation with it; an asynchronous context manager."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._number = 0

    async def __aenter__(self) -> Self:
        node = shutil.which("node")
        if node is None:
            raise NodeError("expected the program node on PATH; run.py puts it there")
        self._process = await asyncio.create_subprocess_exec(
            node,
            "replica.mjs",
            cwd=NODE_FOLDER,
            env={**os.environ, "NODE_OPTIONS": ""},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE_BYTES,
        )
        self._reading = asyncio.create_task(self._read(), name="answers of Node")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._reading is not None
        # The end of its input is the end of the process, and its sockets close with it.
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), GRACE_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading

    async def open(
        self,
        name: str,
        base_url: str,
        board: str,
        token: str,
        *,
        client_id: int | None = None,
        user: Mapping[str, str] | None = None,
        patience_ms: int = PATIENCE_MS,
    ) -> NodeReplica:
        """A new replica on a WebsocketProvider of its own, synced; with a patience of 0 it is not waited for."""
        url = "ws" + base_url.rstrip("/").removeprefix("http") + "/yjs"
        await self.ask(
            "open",
            replica=name,
            url=url,
            board=board,
            token=token,
            clientId=client_id,
            user=user,
            patience=patience_ms,
        )
        return NodeReplica(self, name)

    async def read(self, updates: Sequence[bytes]) -> Reading:
        """What Yjs makes of updates, applied one by one to a fresh document."""
        return Reading(await self.ask("read", updates=[update.hex() for update in updates]))

    async def ask(self, command: str, **arguments: object) -> Any:
        """The answer to one command.

        Raises:
            NodeError: If it failed there.
        """
        assert self._process is not None
        assert self._process.stdin is not None
        self._number += 1
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        line = json.dumps({"n": self._number, "do": command, **arguments})
        self._process.stdin.write(line.encode() + b"\n")
        return await asyncio.wait_for(answer, PATIENCE_MS / 1_000 + GRACE_S)

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            reply = json.loads(line)
            answer = self._answers.pop(reply["n"])
            if answer.done():
                continue
            if "error" in reply:
                answer.set_exception(NodeError(reply["error"]))
            else:
                answer.set_result(reply["ok"])
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NodeError("the Node process is gone"))


class NodeReplica:
    """A Y.Doc on a WebsocketProvider, over there."""

    def __init__(self, node: NodeYjs, name: str) -> None:
        self._node = node
        self.name = name

    async def act(self, action: Action) -> None:
        await self._ask("act", action={"do": type(action).__name__.lower(), **plain(asdict(action))})

    async def values(self) -> dict[str, dict[str, Any]]:
        values: dict[str, dict[str, Any]] = plain(await self._ask("values"))
        return values

    async def vector(self) -> dict[int, int]:
        return _vector(await self._ask("vector"))

    async def until(
        self, *, vector: Mapping[int, int] | None = None, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        await self._ask("until", vector=vector, values=values, patience=PATIENCE_MS)

    async def undo(self) -> bool:
        """Take back this replica's latest step with Yjs's UndoManager."""
        done: bool = await self._ask("undo")
        return done

    async def redo(self) -> bool:
        done: bool = await self._ask("redo")
        return done

    async def encode(self) -> bytes:
        return bytes.fromhex(await self._ask("encode"))

    async def client_id(self) -> int:
        value: int = await self._ask("clientId")
        return value

    async def disconnect(self) -> None:
        await self._ask("disconnect")

    async def connect(self) -> None:
        """Connect, and wait for sync."""
        await self._ask("connect", patience=PATIENCE_MS)

    async def cut(self) -> None:
        """End the socket as an accident does, and wait until the provider has come back by itself."""
        await self._ask("cut", patience=PATIENCE_MS)

    async def closed(self) -> int:
        """Wait until the server closes, and say with which code."""
        close = await self._ask("closed", patience=PATIENCE_MS)
        code: int = close["code"]
        return code

    async def people(self) -> dict[int, dict[str, Any]]:
        """The awareness states that this replica sees, its own included."""
        return {int(client): state for client, state in (await self._ask("people")).items()}

    async def set_awareness(self, state: Mapping[str, object] | None) -> None:
        await self._ask("setAwareness", state=state)

    async def until_person(self, name: str, *, present: bool = True) -> None:
        await self._ask("untilPerson", name=name, present=present, patience=PATIENCE_MS)

    async def send_raw(self, frame: bytes) -> None:
        await self._ask("sendRaw", hex=frame.hex())

    async def close(self) -> None:
        await self._ask("close")

    async def _ask(self, command: str, **arguments: object) -> Any:
        return await self._node.ask(command, replica=self.name, **arguments)


def _vector(answer: Mapping[str, int]) -> dict[int, int]:
    return {int(client): clock for client, clock in answer.items()}
