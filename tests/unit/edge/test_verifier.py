"""The child that replays boards: right answers, and no question that it cannot survive."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgpack
import pytest

from harvestry.core.ports import History
from harvestry.edge import verifier as module
from harvestry.edge.verification import read_frame, write_frame
from harvestry.edge.verifier import Unverified, Verifier, VerifierStopped
from harvestry_crdt import Board
from support.clock import ManualClock
from support.rooms import Writer


def log() -> list[bytes]:
    board = Board(client_id=7)
    first = board.commit()
    board.close()
    writer = Writer(10, first)
    return [first, writer.note("A" * 12), writer.note("B" * 12), writer.move("A" * 12, 5)]


def state_of(updates: list[bytes]) -> bytes:
    board = Board.load(None, updates, client_id=8)
    try:
        return board.encode()
    finally:
        board.close()


def hanging() -> subprocess.Popen[bytes]:
    """A child that takes every question and never answers."""
    program = "import sys; sys.stdin.buffer.read()"
    return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def play(scenario: Callable[[Verifier, ManualClock], Awaitable[None]], *, max_seconds: float = 60) -> None:
    async def whole() -> None:
        clock = ManualClock()
        verifier = Verifier(clock, max_seconds=max_seconds)
        try:
            await scenario(verifier, clock)
        finally:
            await verifier.stop()

    asyncio.run(whole())


@pytest.mark.skipif(sys.platform == "win32", reason="priorities of another kind")
def test_the_child_gives_way_to_the_server_from_its_start() -> None:
    async def scenario(verifier: Verifier, _: ManualClock) -> None:
        await verifier.verify(History(None, log()), state_of(log()))
        assert verifier._child is not None
        assert os.getpriority(os.PRIO_PROCESS, verifier._child.pid) == 10

    play(scenario)


def test_what_reads_as_its_log_is_good_and_nothing_else_is() -> None:
    """[STO-6]"""

    async def scenario(verifier: Verifier, _: ManualClock) -> None:
        updates = log()
        await verifier.verify(History(None, updates), state_of(updates))
        await verifier.verify(History(state_of(updates[:2]), updates[2:]), state_of(updates))
        with pytest.raises(Unverified, match="as far as its log"):
            await verifier.verify(History(None, updates), state_of(updates[:3]))
        with pytest.raises(Unverified, match="as far as its log"):
            await verifier.verify(History(None, [*updates[:2], updates[3]]), state_of(updates))
        other = Writer(10, updates[0])
        with pytest.raises(Unverified, match="as its log does"):
            await verifier.verify(History(None, updates[:2]), state_of([updates[0], other.note("A" * 12, "w0rds")]))
        with pytest.raises(Unverified, match="do not make a board"):
            await verifier.verify(History(b"rubbish", []), state_of(updates))

    play(scenario)


def test_one_child_answers_many_and_goes_when_it_is_not_needed() -> None:
    async def scenario(verifier: Verifier, clock: ManualClock) -> None:
        updates = log()
        await asyncio.gather(*(verifier.verify(History(None, updates), state_of(updates)) for _ in range(5)))
        first = verifier._child
        assert first is not None
        await verifier.verify(History(None, updates), state_of(updates))
        assert verifier._child is first
        clock.turn(60_000)
        await asyncio.to_thread(verifier._thread.submit(lambda: None).result)
        assert verifier._child is None
        assert first.returncode is not None
        await verifier.verify(History(None, updates), state_of(updates))

    play(scenario)


def test_a_child_that_dies_is_no_yes_and_the_next_question_has_a_new_one() -> None:
    async def scenario(verifier: Verifier, _: ManualClock) -> None:
        updates = log()
        await verifier.verify(History(None, updates), state_of(updates))
        child = verifier._child
        assert child is not None
        child.kill()
        child.wait()
        with pytest.raises(Unverified, match="ended or took too long"):
            await verifier.verify(History(None, updates), state_of(updates))
        await verifier.verify(History(None, updates), state_of(updates))

    play(scenario)


def test_a_child_that_hangs_is_ended() -> None:
    async def scenario(verifier: Verifier, _: ManualClock) -> None:
        updates = log()
        verifier._child = child = hanging()
        with pytest.raises(Unverified, match="ended or took too long"):
            await verifier.verify(History(None, updates), state_of(updates))
        assert child.returncode not in (None, 0)

    play(scenario, max_seconds=0.05)


def test_stopping_does_not_wait_for_an_answer() -> None:
    async def scenario(verifier: Verifier, _: ManualClock) -> None:
        updates = log()
        verifier._child = hanging()
        asking = [asyncio.ensure_future(verifier.verify(History(None, updates), state_of(updates))) for _ in range(2)]
        await asyncio.sleep(0)
        await verifier.stop()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        assert all(outcome is None or isinstance(outcome, VerifierStopped) for outcome in outcomes)
        assert isinstance(outcomes[1], VerifierStopped)

    play(scenario)


def test_the_child_ends_with_the_server() -> None:
    child = module._start()
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    assert child.wait(30) == 0
    child.stdout.close()


def test_the_child_may_not_run_for_ever_or_take_all_memory() -> None:
    child = module._start()
    assert child.stdin is not None
    assert child.stdout is not None
    updates = log()
    write_frame(child.stdin, msgpack.packb([None, updates, state_of(updates)]))
    assert read_frame(child.stdout) == msgpack.packb(None)
    if (report := Path(f"/proc/{child.pid}/limits")).exists():
        limits = {line[:26].strip(): line[26:46].strip() for line in report.read_text().splitlines()}
        assert limits["Max address space"] == str(2 << 30)
        assert 60 <= int(limits["Max cpu time"]) <= 70
    child.stdin.close()
    assert child.wait(30) == 0
    child.stdout.close()
