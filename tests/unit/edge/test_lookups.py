"""Small questions to a database, asked by a herd."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from harvestry.edge.lookups import Lookups

UNREADABLE = -1


class Desk:
    """Answers with squares, once it is let."""

    def __init__(self) -> None:
        self.reads: list[list[int]] = []
        self.may = Event()
        self.trouble: Exception | None = None

    def answer(self, questions: Sequence[int]) -> list[int | Exception]:
        self.reads.append(list(questions))
        assert self.may.wait(20)
        if self.trouble is not None:
            raise self.trouble
        return [OSError("unreadable") if question == UNREADABLE else question**2 for question in questions]


def play(scenario: Callable[[Desk, Lookups[int, int]], Awaitable[None]]) -> None:
    async def whole() -> None:
        desk = Desk()
        with ThreadPoolExecutor(2) as readers:
            async with asyncio.timeout(20):
                await scenario(desk, Lookups(readers, asyncio.get_running_loop(), desk.answer))

    asyncio.run(whole())


def test_what_comes_while_others_are_answered_is_answered_together() -> None:
    async def scenario(desk: Desk, lookups: Lookups[int, int]) -> None:
        asked = [lookups.ask(number) for number in range(100)]
        desk.may.set()
        assert await asyncio.gather(*asked) == [number**2 for number in range(100)]
        assert [len(read) for read in desk.reads] == [1, 64, 35]

    play(scenario)


def test_whoever_gives_up_is_not_missed() -> None:
    async def scenario(desk: Desk, lookups: Lookups[int, int]) -> None:
        first, second, third = (lookups.ask(number) for number in range(3))
        first.cancel()
        second.cancel()
        desk.may.set()
        assert await third == 4
        assert await lookups.ask(5) == 25

    play(scenario)


def test_a_read_that_fails_fails_those_it_was_for_and_no_others() -> None:
    async def scenario(desk: Desk, lookups: Lookups[int, int]) -> None:
        desk.trouble = OSError("no disk")
        desk.may.set()
        for _ in range(2):
            with pytest.raises(OSError, match="no disk"):
                await lookups.ask(1)
        desk.trouble = None
        assert await lookups.ask(2) == 4

    play(scenario)


def test_a_question_that_fails_alone_fails_nobody_elses() -> None:
    async def scenario(desk: Desk, lookups: Lookups[int, int]) -> None:
        asked = [lookups.ask(number) for number in (1, 2, UNREADABLE, 3)]
        desk.may.set()
        first, second, failed, third = await asyncio.gather(*asked, return_exceptions=True)
        assert (first, second, third) == (1, 4, 9)
        assert isinstance(failed, OSError)
        assert [len(read) for read in desk.reads] == [1, 3]

    play(scenario)


def test_nobody_waits_once_the_readers_are_gone() -> None:
    async def scenario(desk: Desk, _: Lookups[int, int]) -> None:
        readers = ThreadPoolExecutor(1)
        lookups: Lookups[int, int] = Lookups(readers, asyncio.get_running_loop(), desk.answer)
        asked = [lookups.ask(number) for number in range(100)]
        readers.shutdown(wait=False)
        desk.may.set()
        assert await asked[0] == 0
        for gone in [*asked[1:], lookups.ask(1)]:
            with pytest.raises(RuntimeError):
                await gone

    play(scenario)
