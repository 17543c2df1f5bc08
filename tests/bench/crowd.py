"""Everybody writes: 600 people in one room, 3,000 updates a second in all."""

from __future__ import annotations

from ._bench import Options, Report, main, number
from ._crowd import play_everywhere


def bench(options: Options) -> Report:
    people, rate, seconds = options.pick(600, 12), options.pick(3_000, 60), options.pick(5, 1)
    report = Report(
        "Everybody writes",
        f"{people} people in one room, all of them writers, {rate:,} updates a second for {seconds} s.",
    )
    steps = play_everywhere(options, report, people=people, writers=people, rate=rate, seconds=seconds, probes=2)
    if (ours := steps.get("ours")) is not None:
        report.target(
            "p95 ≤ 60 ms at ≤ 45 % of a core",
            f"{number(ours.p95)} ms at {ours.server:.0%}",
            ours.p95 <= 60 and ours.server <= 0.45 and not ours.missing,
        )
    return report


if __name__ == "__main__":
    main(bench, "crowd", __doc__)
