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
        answer: Answers questions, in their order, by what has been committed when it is called; runs in `readers`. For
            a question that fails alone its exception is the answer; one that it raises is everybody's.
    """

    def __init__(
        self,
        readers: Executor,
        loop: asyncio.AbstractEventLoop,
        answer: Callable[[Sequence[Q]], Sequence[A | Exception]],
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
        try:
            work = self._loop.run_in_executor(self._readers, self._answer, [question for question, _ in asked])
        except RuntimeError as error:
            # The readers have been shut down: nobody is answered any more, and nobody is to wait for it.
            gone, self._waiting = [*asked, *self._waiting], []
            for _, future in gone:
                if not future.done():
                    future.set_exception(error)
            return
        self._is_reading = True
        work.add_done_callback(partial(self._have_read, [future for _, future in asked]))

    def _have_read(self, futures: Sequence[asyncio.Future[A]], work: asyncio.Future[Sequence[A | Exception]]) -> None:
        self._is_reading = False
        error = asyncio.CancelledError() if work.cancelled() else work.exception()
        answers = work.result() if error is None else ()
        for index, future in enumerate(futures):
            if future.done():
                continue  # Whoever asked may have given up.
            if error is not None:
                future.set_exception(error)
            elif isinstance(answer := answers[index], Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        if self._waiting:
            self._read()
