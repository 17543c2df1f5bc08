"""Snapshots, checked against the log before they may stand for it: one child process, started when it is needed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import msgpack

from harvestry.core.errors import HarvestryError
from harvestry.core.limits import Millis
from harvestry.core.ports import History

from .clock import LoopClock, Timer
from .verification import MAX_SECONDS, read_frame, write_frame

__all__ = ["Unverified", "Verifier", "VerifierStopped"]

# Starting costs some 130 ms of a core, keeping it some 25 MB.
_KEPT_IDLE_MS = 60_000
_NICENESS = 10


class Unverified(HarvestryError):
    """A snapshot does not read as the log it would stand for, or nobody could say."""


class VerifierStopped(HarvestryError):
    """The server ends; there was no time to look."""


class Verifier:
    """Replays what is stored in a child process, one board at a time; the others wait.

    To be used in one loop, and stopped at the end.
    """

    def __init__(self, clock: LoopClock, *, max_seconds: float = MAX_SECONDS) -> None:
        self._clock = clock
        self._max_seconds = max_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="harvestry-verifier")
        self._child: subprocess.Popen[bytes] | None = None
        self._idle: Timer | None = None
        self._is_stopped = False

    async def verify(self, history: History, state: bytes) -> None:
        """Hold a state against what is stored; returns if both read the same and reach equally far.

        Raises:
            Unverified: If they do not, or if the child ended, hung or took too much.
            VerifierStopped: If the server ends meanwhile.
        """
        if self._idle is not None:
            self._idle.cancel()
        try:
            answer = await self._in_thread(history, state)
        finally:
            if not self._is_stopped:
                self._idle = self._clock.call_at(Millis(self._clock.now() + _KEPT_IDLE_MS), self._retire)
        if answer is not None:
            raise Unverified(answer)

    async def stop(self) -> None:
        """End the child, whatever it is doing."""
        self._is_stopped = True
        if self._idle is not None:
            self._idle.cancel()
        if (child := self._child) is not None:
            child.kill()
        await asyncio.to_thread(self._thread.shutdown)
        self._end_child()

    async def _in_thread(self, history: History, state: bytes) -> str | None:
        if self._is_stopped:
            raise VerifierStopped
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, history, state)

    def _ask(self, history: History, state: bytes) -> str | None:
        if self._is_stopped:
            raise VerifierStopped
        child = self._child = self._child or _start()
        assert child.stdin is not None  # noqa: S101 - it was started with pipes
        assert child.stdout is not None  # noqa: S101
        patience = threading.Timer(self._max_seconds, child.kill)
        patience.start()
        try:
            write_frame(child.stdin, msgpack.packb([history.state, list(history.updates), state]))
            answer = read_frame(child.stdout)
        except OSError:
            answer = None
        finally:
            patience.cancel()
        if answer is None:
            self._end_child()
            if self._is_stopped:
                raise VerifierStopped
            raise Unverified("the process that replays it ended or took too long")
        verdict: str | None = msgpack.unpackb(answer)
        return verdict

    def _retire(self) -> None:
        self._thread.submit(self._end_child)

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                # What was still to be written to it nobody will read.
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()


def _start() -> subprocess.Popen[bytes]:
    # The same code as here, installed or not; a Rust panic's words, which may be people's, are nobody's to read.
    path = os.pathsep.join(entry for entry in sys.path if entry)
    child = subprocess.Popen(
        [sys.executable, "-m", "harvestry.edge.verification"],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    # By us and not by itself, because starting takes more of a core than most boards do.
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, child.pid, _NICENESS)
    return child
