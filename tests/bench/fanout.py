"""How long an edit takes to everybody else, what it costs the server, and how much of it a server can take.

300 people in one room, 20 of them write: first 100 updates a second in all, then twice as many from step to step until
they are not with everybody within 100 ms any more.
"""

from __future__ import annotations

from ._bench import Options, Report, main, number, times
from ._crowd import Crowd, Overwhelmed, Step
from ._traffic import board_elements

# What a room has to reach before it counts as overwhelmed.
LIMIT_MS = 100.0
STEPS = (200, 400, 800, 1_600, 3_200, 6_400, 12_800)


def bench(options: Options) -> Report:
    people, writers = options.pick(300, 12), options.pick(20, 4)
    rate, seconds = options.pick(100, 40), options.pick(6, 1)
    ramp, ramp_s = (STEPS, 2.5) if not options.quick else ((100,), 0.5)
    report = Report(
        "Fan-out",
        f"{people} people in one room of 300 notes, {writers} of them write; {rate} updates a second for {seconds} s, "
        f"then doubled each {ramp_s:g} s until the 95th percentile passes {LIMIT_MS:.0f} ms or updates go missing.",
    )
    table = report.table(
        f"{rate} updates a second",
        [
            "server",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "core",
            "CPU ms per 1,000 deliveries",
            "× floor",
            "× ours",
            "frames/s",
            "kB/s each",
        ],
    )
    steps: dict[str, Step] = {}
    best: dict[str, tuple[float, Step | None]] = {}
    updates = rate * (seconds + round(2 * ramp_s)) + 2 * sum(round(step * ramp_s) for step in ramp)
    for subject in options.subjects:
        with options.serving(report, subject, [board_elements(options.pick(300, 20))]) as (server, load):
            crowd = Crowd(subject, server, load, options.traffic, people=people, writers=writers, updates=updates)
            if not crowd.is_complete or not crowd.begin():
                raise Overwhelmed(f"{crowd.present} of {people} came in")
            step = steps[subject.key] = crowd.play(rate, seconds)
            is_good = step.p95 < LIMIT_MS and not step.missing
            best[subject.key] = (rate, step) if is_good else (0, None)
            for offered in ramp if is_good else (rate, *ramp):
                # A step is lost when it is lost twice: one of the two may be the machine's fault.
                for _ in range(2):
                    step = crowd.play(offered, ramp_s, drain_s=2.0)
                    if step.p95 < LIMIT_MS and not step.missing:
                        best[subject.key] = (offered, step)
                        break
                else:
                    break
    floor = steps["floor"].per_thousand_ms if "floor" in steps else 0.0
    ours = steps["ours"].per_thousand_ms if "ours" in steps else 0.0
    for subject in options.subjects:
        if (found := steps.get(subject.key)) is not None:
            table.add(
                subject.label,
                number(found.p50),
                number(found.p95),
                number(found.p99),
                f"{found.server:.0%}",
                number(found.per_thousand_ms),
                times(found.per_thousand_ms, floor),
                times(found.per_thousand_ms, ours),
                number(found.frames),
                number(found.kilobytes),
            )
    top = report.table(
        f"highest rate with p95 under {LIMIT_MS:.0f} ms",
        ["server", "updates/s", "deliveries/s", "ours is", "p95 ms", "core", "generator's core"],
    )
    ours_best = best.get("ours", (0, None))[0]
    for subject in options.subjects:
        reached, at_best = best.get(subject.key, (0, None))
        if at_best is not None:
            top.add(
                subject.label,
                f"{'≥ ' if reached == ramp[-1] else ''}{reached:,.0f}",
                f"{reached * people:,.0f}",
                times(ours_best, reached),
                number(at_best.p95),
                f"{at_best.server:.0%}",
                f"{at_best.played.busy:.0%}",
            )
    if ours and floor:
        report.target(
            "server CPU per 1,000 deliveries ≤ 1.3 × the bare relay's, commits included",
            f"{number(ours)} ms, {times(ours, floor)} its {number(floor)} ms",
            ours <= 1.3 * floor,
        )
    rivals = [steps[key].per_thousand_ms for key in ("hocuspocus", "hocuspocus-33") if key in steps]
    if ours and rivals:
        report.target(
            "server CPU per 1,000 deliveries below Hocuspocus at any setting",
            f"{number(ours)} ms against {number(min(rivals))} ms",
            ours < min(rivals),
        )
    if "ours" in best:
        report.target("p95 under 100 ms at ≥ 6,400 updates/s", f"{ours_best:,.0f}/s", ours_best >= 6_400)
    return report


if __name__ == "__main__":
    main(bench, "fanout", __doc__)
