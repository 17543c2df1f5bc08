"""A thousand sockets cut at once, who all come back at once, while others go on working in the same room."""

from __future__ import annotations

import statistics

from ._bench import Options, Report, main, number, times
from ._crowd import Crowd, Overwhelmed
from ._doors import Known
from ._load import OPEN, quantile
from ._machine import cpu_seconds, peak_mb, reset_peak
from ._traffic import board_elements

STAYING = 20


def bench(options: Options) -> Report:
    cut, elements = options.pick(1_000, 30), options.pick(1_000, 50)
    report = Report(
        "Reconnect storm",
        f"{cut:,} of {cut + STAYING:,} sockets in a room of {elements:,} notes are reset at once, and connect again "
        "at once with the state vector they hold (and, at our native door, their seat). The others stay, and one of "
        "them writes 20 updates a second; “stall” is the longest that one of these updates took.",
    )
    table = report.table(
        "",
        ["server", "back: p50 ms", "last ms", "× ours", "CPU s", "stall ms", "MB peak", "kB each"],
    )
    lasts: dict[str, float] = {}
    for subject in options.without("hocuspocus-33"):
        with options.serving(report, subject, [board_elements(elements)]) as (server, load):
            crowd = Crowd(subject, server, load, options.traffic, people=STAYING, writers=1, updates=1_000)
            crowd.begin()
            clients = load.open(subject.door, server.rooms[0], cut, greet=subject.key == "ours", within_s=40)
            if any(client.state != OPEN for client in clients):
                raise Overwhelmed(f"{sum(client.state == OPEN for client in clients)} of {cut} came in")
            load.quiet(1.0, 8.0)
            vector = crowd.probes[0].encoded_vector()
            known = [
                Known(vector=vector, resume=client.known.resume) if subject.key == "ours" else Known(vector=vector)
                for client in clients
            ]
            reset_peak(server.pid)
            crowd.forget()
            load.meanwhile(crowd.plan(20, options.pick(25, 3)))
            load.idle(0.3)
            cpu = cpu_seconds(server.pid)
            load.cut(clients)
            back = load.open(subject.door, server.rooms[0], cut, at_once=cut, known=known, within_s=30)
            load.quiet(0.3, 2.0)
            load.meanwhile([])
            load.idle(0.5)
            there = [client for client in back if client.state == OPEN]
            taken = [(client.opened_at - back[0].started_at) * 1_000 for client in there]
            if not taken:
                raise Overwhelmed("nobody came back")
            lasts[subject.key] = max(taken)
            table.add(
                subject.label,
                number(statistics.median(taken)),
                number(max(taken)) + ("" if len(there) == cut else f" ({len(there)} of {cut})"),
                times(max(taken), lasts.get("ours", 0)),
                number(cpu_seconds(server.pid) - cpu, 2),
                number(quantile(crowd.latencies_ms(), 1.0)),
                f"{peak_mb(server.pid):.0f}",
                number(sum(client.received for client in there) / len(there) / 1_000),
            )
    return report


if __name__ == "__main__":
    main(bench, "reconnect", __doc__)
