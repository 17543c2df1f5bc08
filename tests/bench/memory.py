"""What connections that do nothing occupy, and loaded rooms that nobody edits."""

from __future__ import annotations

from ._bench import Options, Report, main, number, times
from ._load import OPEN
from ._machine import memory_of
from ._traffic import board_elements

# The code for connections is loaded, and the allocator warm, before anything is counted.
WARM_UP = 20


def bench(options: Options) -> Report:
    connections, rooms, elements = options.pick(1_000, 30), options.pick(30, 3), options.pick(1_000, 50)
    report = Report(
        "Memory",
        f"The growth of the process's proportional share (PSS): {connections:,} idle connections in one room with an "
        f"empty board; {rooms} boards of {elements:,} notes with one idle reader each.",
    )
    table = report.table(
        "", ["server", "started MB", "MB per 1,000 idle connections", "× ours", "MB per loaded room", "× ours"]
    )
    idle: dict[str, float] = {}
    loaded: dict[str, float] = {}
    for subject in options.without("hocuspocus-33"):
        with options.serving(report, subject, [[]]) as (server, load):
            started = memory_of(server.pid).pss
            load.open(subject.door, server.rooms[0], WARM_UP)
            load.quiet(0.3, 3.0)
            before = memory_of(server.pid).pss
            clients = load.open(subject.door, server.rooms[0], connections, within_s=40)
            load.quiet(1.0, 8.0)
            there = sum(client.state == OPEN for client in clients)
            idle[subject.key] = (memory_of(server.pid).pss - before) / max(1, there) * 1_000
            if there < connections:
                report.notes.append(f"{subject.label}: {there} of {connections} came in.")
        boards = [board_elements(elements)] * (rooms + 1)
        if subject.stores:
            with options.serving(report, subject, boards) as (server, load):
                load.open(subject.door, server.rooms[0], 1)
                load.quiet(0.3, 3.0)
                before = memory_of(server.pid).pss
                for room in server.rooms[1:]:
                    load.open(subject.door, room, 1)
                load.quiet(0.5, 5.0)
                loaded[subject.key] = (memory_of(server.pid).pss - before) / rooms
        if subject.key in idle:
            room = loaded.get(subject.key, float("nan"))
            table.add(
                subject.label,
                number(started),
                number(idle[subject.key]),
                times(idle[subject.key], idle.get("ours", 0)),
                number(room),
                times(room, loaded.get("ours", 0)),
            )
    if "ours" in idle:
        report.target("≤ 24 MB per 1,000 idle connections", f"{number(idle['ours'])} MB", idle["ours"] <= 24)
        report.target(
            "≤ 1 MB per loaded room of 1,000 elements that nobody edits",
            f"{number(loaded['ours'])} MB",
            loaded["ours"] <= 1,
        )
    return report


if __name__ == "__main__":
    main(bench, "memory", __doc__)
