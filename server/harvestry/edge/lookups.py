"""Small questions to a database: whatever comes while others are being answered is answered with the next ones, in one
read. A herd at the door then asks a few times and not a thousand, and nobody alone waits for anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Generic, TypeVar

__all__ = ["Lookups"]

Q = TypeVar("Q")
A = TypeVar("A")

# One read answers at most so many, so that the first need not wait long for the last.
_MOST = 64


class Lookups(Generic[Q, A]):
    """Questions of one kind.

    Args:
        readers: Where reading goes on.
        loop: Where futures are completed.
        answer: Answers questions, in their order, by what has been committed when it is called; runs in `readers`.
    """

    def __init__(
        self,
        readers: Executor,
        loop: asyncio.AbstractEventLoop,
        answer: Callable[[Sequence[Q]], Sequence[A]],
    ) -> None:
        self._readers = readers
        self._loop = loop
        self._answer = answer
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._is_reading = False

    def ask(self, question: Q) -> asyncio.Future[A]:
        """The answer to a question; to be called in the loop."""
        future: asyncio.Future[A] = self._loop.create_future()
        self._waiting.append((question, future))
        if not self._is_reading:
            self._read()
        return future

    def _read(self) -> None:
        asked, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        work = self._loop.run_in_executor(self._readers, self._answer, [question for question, _ in asked])
        self._is_reading = True
        work.add_done_callback(partial(self._have_read, [future for _, future in asked]))

    def _have_read(self, futures: Sequence[asyncio.Future[A]], work: asyncio.Future[Sequence[A]]) -> None:
        self._is_reading = False
        error = asyncio.CancelledError() if work.cancelled() else work.exception()
        answers = work.result() if error is None else ()
        for index, future in enumerate(futures):
            if future.done():
                continue  # Whoever asked may have given up.
            if error is None:
                future.set_result(answers[index])
            else:
                future.set_exception(error)
        if self._waiting:
            self._read()
