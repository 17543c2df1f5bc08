"""Joining a board: cold from disk, warm, and a hundred people at once.

Until all bytes of the board are there; what it takes to unpack and draw them is the browser's own time, and the same
whoever sends them. Our own client fetches the board over HTTP and joins from there, and so does the generator.
"""

from __future__ import annotations

import statistics

from ._bench import Options, Report, main, number, times
from ._doors import NativeDoor
from ._load import OPEN, Client, Load
from ._machine import cpu_seconds, disk_bytes, memory_of, peak_mb, reset_peak
from ._servers import Subject
from ._traffic import board_elements, encoded

COLUMNS = (
    "server",
    "cold ms",
    "warm ms",
    "herd p50 ms",
    "herd last ms",
    "× ours",
    "herd CPU s",
    "MB before → peak",
    "kB a joiner",
    "disk MB",
)


def took_ms(client: Client) -> float:
    return (client.opened_at - client.started_at) * 1_000


def bench(options: Options) -> Report:
    herd, restarts = options.pick(100, 6), options.pick(3, 1)
    report = Report(
        "Join and join herd",
        f"Cold: the first to come after a start of the server, median of {restarts} starts. Warm: the next. Herd: "
        f"{herd} more at once, until the median one and the last have the whole board.",
    )
    for elements in (1_000, 10_000) if not options.quick else (50,):
        board = board_elements(elements)
        size = len(encoded(board))
        table = report.table(f"{elements:,} notes, {size / 1_000:,.0f} kB as a Yjs update", COLUMNS)
        colds: dict[str, float] = {}
        lasts: dict[str, float] = {}
        for subject in options.without("hocuspocus-33"):
            own = (
                Subject("ours", subject.label, NativeDoor(like_a_browser=True), subject.make)
                if subject.key == "ours"
                else subject
            )
            # y-websocket answers its first client with nothing and sends the board afterwards.
            need = 0 if subject.key == "ours" else size // 2
            with options.surviving(report, subject), own.running(options.folder, [board], start=False) as server:
                disk = disk_bytes(server.data)
                cold, warm = [], []
                for _ in range(restarts):
                    server.start()
                    with Load(server.port) as load:
                        for times_ms in (cold, warm):
                            (client,) = load.open(own.door, server.rooms[0], 1, need_bytes=need)
                            times_ms.append(took_ms(client))
                    if len(cold) < restarts:
                        server.stop()
                with Load(server.port) as load:
                    (first,) = load.open(own.door, server.rooms[0], 1, need_bytes=need)
                    before = memory_of(server.pid).rss
                    reset_peak(server.pid)
                    cpu = cpu_seconds(server.pid)
                    crowd = load.open(own.door, server.rooms[0], herd, at_once=herd, need_bytes=need)
                    cpu = cpu_seconds(server.pid) - cpu
                    peak = peak_mb(server.pid)
                    there = [client for client in crowd if client.state == OPEN]
                    taken = [(client.opened_at - crowd[0].started_at) * 1_000 for client in there]
                colds[subject.key] = statistics.median(cold)
                lasts[subject.key] = max(taken)
                table.add(
                    subject.label,
                    number(colds[subject.key]),
                    number(statistics.median(warm)),
                    number(statistics.median(taken)),
                    number(lasts[subject.key]) + ("" if len(there) == herd else f" ({len(there)} of {herd})"),
                    f"cold {times(colds[subject.key], colds.get('ours', 0))}, last "
                    f"{times(lasts[subject.key], lasts.get('ours', 0))}",
                    number(cpu, 2),
                    f"{before:.0f} → {peak:.0f}",
                    number(first.received / 1_000),
                    number(disk / 1e6),
                )
        if "ours" in lasts and elements == 10_000:
            report.target(
                "10,000 elements, 100 at once, the last one ≤ 0.3 s",
                f"{lasts['ours'] / 1_000:.2f} s",
                lasts["ours"] <= 300,
            )
            report.target(
                "10,000 elements, cold from disk ≤ 130 ms", f"{number(colds['ours'])} ms", colds["ours"] <= 130
            )
    report.notes.append(
        "“MB before → peak” is resident memory. Ours sends the board compressed over HTTP; the peers send it as it is."
    )
    return report


if __name__ == "__main__":
    main(bench, "join", __doc__)
