"""`kill -9` in the middle of work: what others had seen, and is gone after a restart."""

from __future__ import annotations

import time

from ._bench import Options, Report, main, number
from ._crowd import Crowd
from ._load import Ledger, Load, Probe
from ._traffic import board_elements


def bench(options: Options) -> Report:
    rates, seconds = ((100, 800), 6) if not options.quick else ((50,), 1)
    report = Report(
        "kill -9",
        f"20 people, of whom ten write; after {seconds} s the server is killed in the middle of it and started "
        "again. An update counts as lost if another person had it on the screen before, and it is not on the board "
        "afterwards.",
    )
    table = report.table("", ["server", "updates/s", "seen by others", "lost", "share", "work lost, s"])
    for subject in options.without("hocuspocus-33", "floor"):
        for rate in rates:
            with options.surviving(report, subject), subject.running(options.folder, [board_elements(20)]) as server:
                with Load(server.port) as load:
                    crowd = Crowd(
                        subject, server, load, options.traffic, people=20, writers=10, updates=round(rate * seconds)
                    )
                    crowd.begin()
                    load.play(crowd.plan(rate, seconds))
                    killed = time.perf_counter()
                    server.kill()
                    # What is in the sockets still reaches the screens.
                    load.idle(0.5)
                seen: dict[int, int] = {}
                for probe in crowd.probes:
                    for client, clock in probe.seen.items():
                        seen[client] = max(clock, seen.get(client, 0))
                server.start()
                with Load(server.port) as load:
                    after = Probe(Ledger())
                    load.open(subject.door, server.rooms[0], 1, probes=[after])
                    load.idle(0.3)
                    load.quiet(0.5, 5.0)
                    kept = after.vector()
                shown = lost = 0
                first_lost = killed
                for client, entries in crowd.ledger.sent.items():
                    for clock, at in entries:
                        if clock <= seen.get(client, 0):
                            shown += 1
                            if clock > kept.get(client, 0):
                                lost += 1
                                first_lost = min(first_lost, at)
                table.add(
                    subject.label,
                    f"{rate}",
                    f"{shown:,}",
                    f"{lost:,}",
                    f"{lost / max(1, shown):.0%}",
                    number(killed - first_lost),
                )
                if subject.key == "ours" and rate == rates[-1]:
                    report.target("nothing that others had seen is gone", f"{lost} of {shown:,}", lost == 0)
    report.notes.append(
        "The process is killed, not the machine: what a server has handed to the kernel survives here even without "
        "fsync. Ours is synced before it is shown. The campaign over many cycles is `python3 run.py bench crash`."
    )
    return report


if __name__ == "__main__":
    main(bench, "kill", __doc__)
