"""One note dragged about for ten minutes by a stock client that sends every step: what is left of 36,000 moves."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

from pycrdt import Doc, Map, Text

from support.server import ROOT, environment

from ._bench import Options, Report, main, number, times
from ._load import Ledger, Load, Probe
from ._machine import cpu_seconds, disk_bytes
from ._servers import Running, Subject

# What may be on its way: a client on a good line is never further ahead, and no server is drowned.
WINDOW = 400
MB = 1e6


def drag(steps: int) -> tuple[int, list[bytes], list[int]]:
    """The client, the updates of making a note and moving it so often, and the clock after each."""
    doc: Doc[Any] = Doc(client_id=1_234_567)
    made: list[bytes] = []
    observing = doc.observe(lambda event: made.append(event.update))
    elements: Map[Any] = doc.get("els", type=Map)
    own_id = "draggedabout"
    with doc.transaction():
        elements.update({own_id: Map({"t": "note", "g": [0, 0, 184, 104], "z": "a0", "c": "oat", "txt": Text("")})})
    first = len(made)
    note = elements[own_id]
    for step in range(1, steps + 1):
        note["g"] = [step % 3_000, step * 7 % 2_000, 184, 104]
    doc.unobserve(observing)
    # Making the note takes t, g, z, c, its text and itself.
    clocks = [6] * first + [6 + step for step in range(1, steps + 1)]
    return 1_234_567, made, clocks


def compact(server: Running, board: str) -> bool:
    """Let our own server's command rebuild the board; False if this version has none."""
    shown = subprocess.run(
        [sys.executable, "-m", "harvestry", "compact", "--help"],
        env=environment({}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode != 0:
        return False
    subprocess.run(
        [sys.executable, "-m", "harvestry", "compact", board, "--data", str(server.data)],
        env=environment({}),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return True


def bench(options: Options) -> Report:
    steps = options.pick(36_000, 400)
    client, updates, clocks = drag(steps)
    sent = sum(map(len, updates))
    report = Report(
        "Ten minutes of dragging",
        f"{steps:,} moves of one note ({sent / MB:.2f} MB of updates), each sent, as fast as the server takes them "
        f"with {WINDOW} on their way; then a stop, the size of the data folder, a start and a cold join.",
    )
    table = report.table(
        "",
        ["server", "moves/s", "CPU µs a move", "disk MB", "× ours", "cold join ms", "bytes of the board", "moves kept"],
    )
    disks: dict[str, float] = {}

    def join(server: Running, subject: Subject) -> tuple[str, str, str]:
        """How long a cold join takes, how large the board is, and how many of the moves are on it."""
        server.start()
        with Load(server.port) as load:
            probe = Probe(Ledger())
            (joiner,) = load.open(subject.door, server.rooms[0], 1, probes=[probe])
            arrived = joiner.opened_at
            if load.until(lambda: probe.vector().get(client, 0) >= clocks[-1], 3):
                arrived = time.perf_counter()
            kept = max(0, probe.vector().get(client, 0) - clocks[0])
        return number((arrived - joiner.started_at) * 1_000), f"{joiner.largest:,}", f"{kept:,}"

    for subject in options.without("hocuspocus-33", "floor", "ours"):
        with options.surviving(report, subject), subject.running(options.folder, [[]]) as server:
            with Load(server.port) as load:
                probe = Probe(Ledger())
                load.open(subject.door, server.rooms[0], 1, probes=[probe])
                (writer,) = load.open(subject.door, server.rooms[0], 1)
                # y-websocket begins to store a board when it has read it, and nobody waits for that.
                load.idle(0.5)
                cpu = cpu_seconds(server.pid)
                started = time.perf_counter()
                deadline = started + 60
                at = 0
                while at < len(updates) and time.perf_counter() < deadline:
                    seen = probe.seen.get(client, 0)
                    while at < len(updates) and clocks[at] <= seen + WINDOW:
                        load.edit(writer, updates[at])
                        at += 1
                    load.idle(0.001)
                arrived = load.until(lambda probe=probe: probe.seen.get(client, 0) >= clocks[-1], 20)
                seconds = time.perf_counter() - started
                cpu = cpu_seconds(server.pid) - cpu
                if not arrived:
                    report.notes.append(f"{subject.label}: {at:,} moves were sent, and not all arrived in time.")
                load.idle(4.0 if not options.quick else 1.0)
            server.stop()
            disk = disks[subject.key] = disk_bytes(server.data) / MB
            row = (number(at / seconds), number(cpu / max(1, at) * 1e6))
            table.add(subject.label, *row, number(disk), times(disk, disks.get("stock", 0)), *join(server, subject))
            if subject.is_ours:
                server.stop()
                if compact(server, server.rooms[0].name):
                    disk = disk_bytes(server.data) / MB
                    # Compaction writes the board under clients of its own; there are no moves any more.
                    took, size, _ = join(server, subject)
                    ratio = times(disk, disks["stock"])
                    table.add("… after compaction", "", "", number(disk), ratio, took, size, "–")
                    report.target(
                        "36,000 drag steps: ≤ 0.1 MB on disk after compaction, join ≤ 100 ms",
                        f"{number(disk)} MB, {took} ms",
                        disk <= 0.1 and float(took.replace(",", "")) <= 100,
                    )
    report.notes.append(
        "All servers were given the same updates, which write position and size as one key, so that Yjs can merge "
        "what is overwritten. With x and y as two keys, as is usual, every move would stay for ever."
    )
    report.notes.append(
        "“bytes of the board” is the message that brings it. “moves kept”: how far the board is after the restart; a "
        "store that writes behind is given four seconds before the stop."
    )
    return report


if __name__ == "__main__":
    main(bench, "history", __doc__)
