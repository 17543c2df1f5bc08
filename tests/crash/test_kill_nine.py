"""A server that is killed in the middle of a write storm: nothing that was saved is missing, nothing is there twice."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from crash.writers import SHARED, Writer, check_promises, read, storm
from support.server import ServerProcess
from support.storm import view_of

CYCLES = 4
WRITERS = 4


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_that_was_saved_or_seen_is_missing_after_kill_nine(tmp_path: Path, seed: int) -> None:
    """[STO-1] [SYN-3] [SYN-6]"""
    chance = random.Random(seed)
    with ServerProcess(tmp_path) as server:
        gathering = server.make_gathering()

        async def scenario() -> None:
            writers = [Writer(f"w{number}w{number}") for number in range(WRITERS)]
            first = Writer("first")
            await first.arrive(server, gathering)
            assert first.client is not None
            await first.client.saved(await first.client.put(SHARED, "note", (0, 0, 184, 104), text=""))
            await first.lose()
            for cycle in range(CYCLES):
                edits = await storm(writers, server, gathering, chance)
                await asyncio.to_thread(server.start)
                promised = check_promises(await read(server, gathering), writers)
                print(f"seed {seed}, cycle {cycle}: killed after {edits} edits, {promised} words promised, 0 missing")

            # Everybody comes back, and in the end all they ever wrote is there, exactly once.
            for writer in writers:
                await writer.arrive(server, gathering)
            for writer in writers:
                assert writer.client is not None
                await writer.client.settle()
            board = await read(server, gathering)
            for writer in writers:
                for note, count in writer.written.items():
                    words = [word for word in board[note]["txt"].split() if word.startswith(f"{writer.name}.")]
                    assert sorted(words) == sorted(f"{writer.name}.{number}" for number in range(1, count + 1))
                assert view_of(writer.doc) == board
                await writer.lose()
            assert sum(len(note["txt"].split()) for note in board.values()) == sum(
                sum(writer.written.values()) for writer in writers
            )

        asyncio.run(scenario())
