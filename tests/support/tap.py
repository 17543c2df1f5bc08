"""A tap on the line: clients connect through it, and every byte the server sends is kept, whatever they make of it."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self

__all__ = ["Tap"]

_CHUNK_BYTES = 65_536


class Tap:
    """One person's line to a server.

    Attributes:
        heard: All that came from the server, over all connections made through here.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self.heard = bytearray()
        self._carrying: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer, keeps=True))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, keeps: bool = False) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK_BYTES):
                if keeps:
                    self.heard += chunk
                writer.write(chunk)
                await writer.drain()
        writer.close()
