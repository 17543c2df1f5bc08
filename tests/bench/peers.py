"""The servers that Harvestry is compared with: fetch them, start each, and see an edit go through and stay."""

from __future__ import annotations

from ._bench import Options, Report, main, number
from ._crowd import Crowd, Overwhelmed
from ._traffic import board_elements


def bench(options: Options) -> Report:
    report = Report(
        "Peers", "Each server is started, given a board of 20 notes, and one client's edits are seen by another."
    )
    table = report.table("", ["server", "edits seen", "stored and back after a restart"])
    for subject in options.subjects:
        with options.serving(report, subject, [board_elements(20)]) as (server, load):
            crowd = Crowd(subject, server, load, options.traffic, people=3, writers=1, probes=1, updates=20)
            if not crowd.is_complete or not crowd.begin():
                raise Overwhelmed("the first edit did not arrive")
            step = crowd.play(20, 0.5)
            written = len(crowd.probes[0].vector())
            kept = "–"
            if subject.stores:
                load.idle(0.5)
                server.restart()
                load.reopen(server.port)
                again = Crowd(subject, server, load, options.traffic, people=1, writers=0, probes=1)
                load.idle(1.0)
                kept = "yes" if len(again.probes[0].vector()) == written else "no"
            table.add(subject.label, number(len(step.latencies_ms)), kept)
    return report


if __name__ == "__main__":
    main(bench, "peers", __doc__)
