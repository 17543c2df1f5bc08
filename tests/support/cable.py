"""A cable: a TCP line to a server that a test can cut and mend.

Its own address stays the same whatever happens behind it, so a page keeps its origin while the line is down and while
the server is replaced by another process.
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

__all__ = ["Cable"]

T = TypeVar("T")

CHUNK_BYTES = 65_536
PATIENCE_S = 60.0


class Cable:
    """One line, whole at first.

    Attributes:
        port: Where browsers connect.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._is_whole = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._silenced: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cable", daemon=True)
        self._thread.start()
        self._listener = self._run(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port: int = self._listener.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection and let no new one through; both ends notice at once."""
        self._run(self._cut())

    def swallow(self) -> None:
        """Lose what is sent on the connections there are, and break none: as a router that forgot them."""
        self._silenced |= self._writers

    def mend(self, server_port: int | None = None) -> None:
        """Let connections through again, to another server if one is named."""
        self._server_port = server_port or self._server_port
        self._is_whole = True

    def close(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_whole:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            self._writers.discard(writer)
            writer.transport.abort()
            return
        self._writers.add(there_writer)
        await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if writer in self._silenced:
                    continue
                writer.write(chunk)
                await writer.drain()
        self._writers.discard(writer)
        self._silenced.discard(writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _cut(self) -> None:
        self._is_whole = False
        for writer in self._writers:
            writer.transport.abort()

    async def _close(self) -> None:
        await self._cut()
        self._listener.close()
        await self._listener.wait_closed()
        own = asyncio.current_task()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not own), return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)
