"""What an edit costs between the frame and the log, and what loading a board costs: `python3 run.py bench gate`.

A board of many elements takes small updates as Yjs clients make them, each inspected, admitted and committed, one by
one and in the batches of a busy tick. Beside them the bare engine applies the same updates in the same run: compare
with that, since machines differ. CPU time of this thread; the median of several repeats.
"""

from __future__ import annotations

import argparse
import base64
import gc
import json
import os
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pycrdt import Doc

from harvestry_crdt import Board
from harvestry_crdt.gate import Gate

_SERVER = (1 << 53) - 1
_PEOPLE = Path(__file__).with_name("_people.mjs")


def people(elements: int, updates: int) -> tuple[bytes, dict[str, list[bytes]]]:
    """A board made by real Yjs clients, and so many updates of each gesture on it."""
    node = shutil.which("node")
    if node is None:
        raise SystemExit("expected the program node on PATH; run.py puts it there")
    command = [node, str(_PEOPLE), str(elements), str(updates)]
    made = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    decode = base64.b64decode
    return decode(made["state"]), {name: list(map(decode, stream)) for name, stream in made["streams"].items()}


def load(state: bytes) -> Board:
    return Board.load(state, (), client_id=_SERVER)


def into_engine(state: bytes) -> Doc[Any]:
    doc = Doc[Any]()
    doc.apply_update(state)
    return doc


def bare(doc: Doc[Any], stream: Sequence[bytes]) -> float:
    """Microseconds for an update in the engine alone."""
    start = time.thread_time_ns()
    for update in stream:
        doc.apply_update(update)
    return (time.thread_time_ns() - start) / len(stream) / 1_000


def whole(board: Board, stream: Sequence[bytes], batch: int) -> float:
    """Microseconds for an update, everything together: no clock is read in between."""
    start = time.thread_time_ns()
    for first in range(0, len(stream), batch):
        for update in stream[first : first + batch]:
            board.admit(board.inspect(update))
        board.commit()
    return (time.thread_time_ns() - start) / len(stream) / 1_000


def stages(board: Board, stream: Sequence[bytes], batch: int) -> tuple[float, float, float]:
    """Microseconds for an update in `inspect`, `admit` and `commit`; reading the clock adds to each."""
    now = time.thread_time_ns
    inspecting = admitting = committing = 0
    for first in range(0, len(stream), batch):
        for update in stream[first : first + batch]:
            start = now()
            edit = board.inspect(update)
            between = now()
            board.admit(edit)
            inspecting += between - start
            admitting += now() - between
        start = now()
        board.commit()
        committing += now() - start
    per = len(stream) * 1_000
    return inspecting / per, admitting / per, committing / per


def median_ms(work: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.thread_time_ns()
        work()
        taken.append((time.thread_time_ns() - start) / 1e6)
    return statistics.median(taken)


def measure(state: bytes, stream: Sequence[bytes], *, repeats: int, batch: int) -> list[float]:
    """Medians: the engine alone, three stages and the whole one by one, the three stages and the whole in batches."""
    engine = into_engine(state)
    boards = [load(state) for _ in range(4)]
    gc.collect()
    share = len(stream) // repeats
    rows = []
    for first in range(0, share * repeats, share):
        part = stream[first : first + share]
        # Side by side in time, so that a slow spell of the machine falls on all of them.
        rows.append(
            (
                bare(engine, part),
                *stages(boards[0], part, 1),
                whole(boards[1], part, 1),
                *stages(boards[2], part, batch),
                whole(boards[3], part, batch),
            )
        )
    for board in boards:
        board.close()
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="run.py bench gate", description=__doc__)
    parser.add_argument("--elements", type=int, default=10_000)
    parser.add_argument("--updates", type=int, default=300, help="of each gesture, in each repeat")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--batch", type=int, default=16, help="updates to a commit, beside one by one")
    options = parser.parse_args()
    state, streams = people(options.elements, options.updates * options.repeats)
    print(f"machine   {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(f"board     {options.elements:,} elements, {len(state):,} bytes")
    print("CPU time in µs for an update; ratio: to the engine alone")
    stage_names = f"{'inspect':>8}{'admit':>6}{'commit':>7}{'all':>7}{'ratio':>6}"
    print(f"{'':10}{'bytes':>6}{'engine':>7} | one by one {stage_names} | by {options.batch:<3}{stage_names}")
    table = []
    for name, stream in streams.items():
        row = measure(state, stream, repeats=options.repeats, batch=options.batch)
        table.append(row)
        engine = row[0]
        print(f"{name:10}{statistics.mean(map(len, stream)):6.0f}{engine:7.1f} |", end="")
        for width, part in ((11, row[1:5]), (6, row[5:9])):
            inspecting, admitting, committing, all_ = part
            print(f"{'':{width}}{inspecting:9.1f}{admitting:6.1f}{committing:7.1f}{all_:7.1f}", end="")
            print(f"{all_ / engine:6.1f}", end=" |" if width == 11 else "\n")
    repeats = options.repeats
    print(
        f"loading   {median_ms(lambda: load(state), repeats):.0f} ms;"
        f" of it {median_ms(lambda: Gate(_SERVER).absorb(state), repeats):.0f} ms for the gate's index,"
        f" {median_ms(lambda: into_engine(state), repeats):.0f} ms for the engine"
    )


if __name__ == "__main__":
    main()
