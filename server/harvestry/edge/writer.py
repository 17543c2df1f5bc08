"""The one thread that writes to a database: it takes everything that waits and commits it together.

One fsync then serves everybody who wrote in the meantime. A write's future completes only after the transaction that
holds it is on disk, and fails if nobody can say that it is.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from harvestry.core.errors import DiskTrouble

__all__ = ["Writer"]

T = TypeVar("T")

# One transaction takes at most so much; what is more waits for the next, so that nobody's receipt waits for it all.
_MAX_WRITES = 256
_MAX_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class _Write(Generic[T]):
    run: Callable[[Connection], T]
    size: int
    future: asyncio.Future[T]
    recovers: Callable[[], None] | None = None
    alone: Callable[[], T] | None = None


class Writer:
    """A writer thread and its queue.

    Once the disk has failed a write, every write fails with the same error until `recover`: what is on disk has to be
    looked at before anything is put on top of it.

    Args:
        engine: Its connections begin a write transaction at once.
        loop: Where futures are completed.
        failed: What to tell of an error; a `DiskTrouble` if it is the disk's.

    Attributes:
        trouble: Why no write is taken; None if all is well.
    """

    def __init__(
        self, engine: Engine, loop: asyncio.AbstractEventLoop, *, failed: Callable[[Exception], Exception]
    ) -> None:
        self._engine = engine
        self._loop = loop
        self._failed = failed
        self.trouble: DiskTrouble | None = None
        # The thread's own, kept from one transaction to the next; after an error there is none.
        self._connection: Connection | None = None
        self._queue: deque[_Write[object]] = deque()
        self._signal = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="harvestry-writer", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[Connection], T], *, size: int = 0) -> asyncio.Future[T]:
        """Have a write done in the next transaction; to be called in the loop.

        Args:
            run: Does the write; called again by itself if it had to share a transaction that failed.
            size: About how many bytes it writes.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._enqueue(_Write(run, size, future))
        return future

    def recover(self, attempt: Callable[[], None]) -> asyncio.Future[None]:
        """Take writes again if an attempt at it succeeds; it runs in the thread, alone."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._enqueue(_Write(lambda _: None, _MAX_BYTES, future, recovers=attempt))
        return future

    def alone(self, run: Callable[[], T]) -> asyncio.Future[T]:
        """Have something done in the thread between two transactions; everything that is written meanwhile waits."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._enqueue(_Write(lambda _: run(), 0, future, alone=run))
        return future

    def stop(self) -> None:
        """Finish what waits, then end the thread; blocks until it has ended."""
        with self._signal:
            self._stopped = True
            self._signal.notify()
        self._thread.join()

    def _enqueue(self, write: _Write[T]) -> None:
        with self._signal:
            if self._stopped:
                raise RuntimeError("the writer has stopped")
            self._queue.append(write)  # type: ignore[arg-type]
            self._signal.notify()

    def _run(self) -> None:
        while batch := self._take():
            attempt = batch[0].recovers
            outcomes = self._commit(batch) if attempt is None else [self._recover(attempt)]
            if len(batch) > 1 and isinstance(outcomes[0], BaseException) and self.trouble is None:
                # One bad write must not fail its neighbours: each gets a transaction of its own.
                outcomes = [outcome for write in batch for outcome in self._commit([write])]
            self._loop.call_soon_threadsafe(_complete, batch, outcomes)
        self._disconnect()

    def _take(self) -> list[_Write[object]]:
        with self._signal:
            while not self._queue and not self._stopped:
                self._signal.wait()
            batch: list[_Write[object]] = []
            size = 0
            while self._queue and len(batch) < _MAX_WRITES and size < _MAX_BYTES:
                if batch and (batch[0].alone or self._queue[0].alone or self._queue[0].recovers):
                    break
                batch.append(self._queue.popleft())
                size += batch[-1].size
            return batch

    def _commit(self, batch: list[_Write[object]]) -> list[object]:
        if self.trouble is not None:
            return [self.trouble] * len(batch)
        if (run := batch[0].alone) is not None:
            return [self._alone(run)]
        try:
            connection = self._connection = self._connection or self._engine.connect()
            with connection.begin():
                return [write.run(connection) for write in batch]
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the write
            self._disconnect()
            return [self._told(error)] * len(batch)

    def _disconnect(self) -> None:
        """Give the connection back; the next transaction takes one anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _alone(self, run: Callable[[], object]) -> object:
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for it; commits may fare better
            return self._failed(error)

    def _recover(self, attempt: Callable[[], None]) -> object:
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
            return self._told(error)
        self.trouble = None
        return None

    def _told(self, error: Exception) -> Exception:
        told = self._failed(error)
        if isinstance(told, DiskTrouble):
            self.trouble = told
        if told is not error:
            told.__cause__ = error
        return told


def _complete(batch: list[_Write[object]], outcomes: list[object]) -> None:
    for write, outcome in zip(batch, outcomes, strict=True):
        if write.future.cancelled():
            continue
        if isinstance(outcome, Exception):
            write.future.set_exception(outcome)
        else:
            write.future.set_result(outcome)
