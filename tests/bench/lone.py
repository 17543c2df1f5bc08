"""One person writes in a room where nineteen others look on: how long until they see it."""

from __future__ import annotations

from ._bench import Options, Report, main, number
from ._crowd import play_everywhere


def bench(options: Options) -> Report:
    people, rate, seconds = options.pick(20, 5), options.pick(5, 20), options.pick(6, 1)
    report = Report(
        "A lone writer", f"{people} people in one room, one writes {rate} updates a second for {seconds} s."
    )
    steps = play_everywhere(options, report, people=people, writers=1, rate=rate, seconds=seconds)
    if "ours" in steps:
        report.target("visible at others, p50 ≤ 5 ms", f"{number(steps['ours'].p50)} ms", steps["ours"].p50 <= 5)
    return report


if __name__ == "__main__":
    main(bench, "lone", __doc__)
