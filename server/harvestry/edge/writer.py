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


class Writer:
    """A writer thread and its queue.

    Args:
        engine: Its connections begin a write transaction at once.
        loop: Where futures are completed.
    """

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
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
        with self._signal:
            if self._stopped:
                raise RuntimeError("the writer has stopped")
            self._queue.append(_Write(run, size, future))  # type: ignore[arg-type]
            self._signal.notify()
        return future

    def stop(self) -> None:
        """Finish what waits, then end the thread; blocks until it has ended."""
        with self._signal:
            self._stopped = True
            self._signal.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._take():
            outcomes = self._commit(batch)
            if len(batch) > 1 and isinstance(outcomes[0], BaseException):
                # One bad write must not fail its neighbours: each gets a transaction of its own.
                outcomes = [outcome for write in batch for outcome in self._commit([write])]
            self._loop.call_soon_threadsafe(_complete, batch, outcomes)

    def _take(self) -> list[_Write[object]]:
        with self._signal:
            while not self._queue and not self._stopped:
                self._signal.wait()
            batch: list[_Write[object]] = []
            size = 0
            while self._queue and len(batch) < _MAX_WRITES and size < _MAX_BYTES:
                batch.append(self._queue.popleft())
                size += batch[-1].size
            return batch

    def _commit(self, batch: list[_Write[object]]) -> list[object]:
        try:
            with self._engine.begin() as connection:
                return [write.run(connection) for write in batch]
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the write
            return [error] * len(batch)


def _complete(batch: list[_Write[object]], outcomes: list[object]) -> None:
    for write, outcome in zip(batch, outcomes, strict=True):
        if write.future.cancelled():
            continue
        if isinstance(outcome, Exception):
            write.future.set_exception(outcome)
        else:
            write.future.set_result(outcome)
