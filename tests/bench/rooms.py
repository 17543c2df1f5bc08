"""Many rooms at once: 200 of five people each, four of whom write, 4,000 updates a second in all."""

from __future__ import annotations

from ._bench import Options, Report, main, number
from ._crowd import play_everywhere


def bench(options: Options) -> Report:
    rooms, rate, seconds = options.pick(200, 4), options.pick(4_000, 80), options.pick(5, 1)
    report = Report(
        "Many rooms",
        f"{rooms} rooms of 5 people, 4 of whom write; {rate:,} updates a second in all for {seconds} s, "
        "watched in ten of the rooms.",
    )
    steps = play_everywhere(
        options,
        report,
        people=5,
        writers=4,
        rate=rate,
        seconds=seconds,
        rooms=rooms,
        probed_rooms=min(10, rooms),
        probes=1,
    )
    if (ours := steps.get("ours")) is not None:
        report.target(
            "p95 ≤ 40 ms at ≤ 50 % of a core",
            f"{number(ours.p95)} ms at {ours.server:.0%}",
            ours.p95 <= 40 and ours.server <= 0.5 and not ours.missing,
        )
    return report


if __name__ == "__main__":
    main(bench, "rooms", __doc__)
