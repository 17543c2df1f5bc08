"""How long an edit takes to everybody else, and what it costs the server: `python3 run.py bench fanout`.

One room on one server process; some of its people write at a steady rate. The clients share one Python process, so with
many people the latencies say more about them than about the server: read the server's CPU first. Linux alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harvestry.edge.client import NativeClient
from support.server import Gathering, ServerProcess


@dataclass
class Measured:
    """What was seen: latencies from the writer's call to each reader's copy of the board, in milliseconds."""

    latencies_ms: list[float] = field(default_factory=list)
    deliveries: int = 0
    received_bytes: int = 0
    seconds: float = 0.0

    def quantile(self, share: float) -> float:
        return statistics.quantiles(self.latencies_ms, n=1_000)[round(share * 1_000) - 1]


def note_id(writer: int, number: int) -> str:
    return f"{writer:06d}{number:06d}"


async def measure(
    address: str, gathering: Gathering, *, people: int, writers: int, rate: float, seconds: float
) -> Measured:
    """Let `writers` of `people` make `rate` notes a second in all, and watch them arrive at everybody."""
    measured = Measured()
    sent: dict[str, float] = {}
    clients = [
        await NativeClient.connect(address, gathering.board, gathering.participant, name=f"Person {number}")
        for number in range(people)
    ]

    def watch(client: NativeClient) -> None:
        def ticked(fields: Sequence[object]) -> None:
            now = time.perf_counter()
            for event in fields[4] or []:  # type: ignore[attr-defined]
                if event[0] == "authored" and event[1] != client.seat:
                    measured.latencies_ms += [(now - sent[own_id]) * 1_000 for own_id in event[2] if own_id in sent]
                    measured.deliveries += len(event[2])

        client.on_tick = ticked

    async def write(writer: int) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time() + writer / rate
        for number in range(max(1, round(rate * seconds / writers))):
            await asyncio.sleep(max(0.0, started + number * writers / rate - loop.time()))
            own_id = note_id(writer, number)
            sent[own_id] = time.perf_counter()
            await clients[writer].put(
                own_id, "note", (number * 200, writer * 120, 184, 104), text="A note of the bench"
            )

    for client in clients:
        watch(client)
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for writer in range(writers):
            group.create_task(write(writer))
    await asyncio.gather(*(client.settle() for client in clients))
    measured.seconds = time.perf_counter() - started
    measured.received_bytes = sum(client.bytes_received for client in clients)
    await asyncio.gather(*(client.close() for client in clients))
    return measured


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, by the kernel's account of it (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(prog="run.py bench fanout", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--writers", type=int, default=10)
    parser.add_argument("--rate", type=float, default=50, help="edits a second, all writers together")
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    load = vars(options)
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder)) as server:
        gathering = server.make_gathering("Bench")
        before = cpu_seconds(server.process.pid)
        measured = asyncio.run(measure(server.url, gathering, **load))
        used = cpu_seconds(server.process.pid) - before
    shares = ", ".join(f"p{share * 100:g} {measured.quantile(share):.1f} ms" for share in (0.5, 0.95, 0.99))
    per_person = measured.received_bytes / options.people / measured.seconds / 1_000
    print(f"machine     {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print("load        " + ", ".join(f"{name} {value:g}" for name, value in load.items()))
    print(f"latency     {shares}, from the writer's call to another's copy of the board")
    cost = f"{used / measured.deliveries * 1e6:.1f} ms per 1,000 deliveries"
    print(f"server CPU  {used / measured.seconds:.0%} of a core, {cost}, joining included")
    print(f"traffic     {measured.deliveries:,} deliveries, {per_person:.1f} kB/s to each person")


if __name__ == "__main__":
    main()
