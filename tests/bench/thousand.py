"""A thousand people in one room, 20 of whom write 100 updates a second in all."""

from __future__ import annotations

from ._bench import Options, Report, main, number
from ._crowd import play_everywhere


def bench(options: Options) -> Report:
    people, rate, seconds = options.pick(1_000, 15), options.pick(100, 40), options.pick(6, 1)
    writers = options.pick(20, 4)
    report = Report(
        "A thousand people in one room",
        f"{people:,} people, {writers} of them write {rate} updates a second in all for {seconds} s.",
    )
    steps = play_everywhere(options, report, people=people, writers=writers, rate=rate, seconds=seconds)
    if (ours := steps.get("ours")) is not None:
        report.target(
            "1,000 people on one core, p95 < 150 ms",
            f"{number(ours.p95)} ms at {ours.server:.0%}",
            ours.p95 < 150 and not ours.missing,
        )
    return report


if __name__ == "__main__":
    main(bench, "thousand", __doc__)
