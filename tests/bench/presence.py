"""Everybody moves a cursor twenty times a second, 300 people in one room: how old a cursor is when it is seen.

Each state that arrives at a probe counts with its age. A server may leave states out (the latest wins), so how many of
a person's moves are seen in a second stands beside it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ._bench import Options, Report, main, number, times
from ._doors import View
from ._load import OPEN, Ledger, Load, Planned, Probe, frame, quantile
from ._machine import cpu_seconds
from ._servers import Running, Subject
from ._traffic import board_elements

HZ = 20
# The board that the cursors are on, and what one person sees of it: a laptop's screen at a comfortable size.
WORLD = (6_000, 4_000)
SCREEN = (1_600, 1_000)


@dataclass(frozen=True, slots=True)
class Storm:
    """What one server made of it.

    Attributes:
        seen_hz: Moves a second that a probe saw of one person, over those it saw anything of.
        people: How many it saw moving.
    """

    ages_ms: list[float]
    seen_hz: float
    people: float
    server: float
    frames: float
    kilobytes: float
    late_ms: float


def storm(
    subject: Subject, server: Running, load: Load, *, people: int, seconds: float, screen: tuple[int, int]
) -> Storm | None:
    """Let all cursors move, each on its person's own screen; None if not everybody came in."""
    probes = [Probe(Ledger()) for _ in range(2)]
    sent: dict[int, list[float]] = {}
    for probe in probes:
        probe.watch_cursors = sent
    clients = load.open(subject.door, server.rooms[0], people, probes=probes)
    if any(client.state != OPEN for client in clients):
        return None
    load.quiet(0.3, 5.0)
    dice = random.Random(5)
    views: dict[int, View] = {}
    places: dict[int, list[int]] = {}
    for client in clients:
        left, top = (dice.randrange(world - side + 1) for world, side in zip(WORLD, screen, strict=True))
        views[client.number] = (left, top, *screen)
        places[client.number] = [left + dice.randrange(screen[0]), top + dice.randrange(screen[1])]
    counts = dict.fromkeys(places, 0)

    def moves(length: float) -> list[Planned]:
        plan = []
        phases = {client.number: dice.random() for client in clients}
        for turn in range(round(length * HZ)):
            for client in clients:
                place, view = places[client.number], views[client.number]
                for axis in (0, 1):
                    low, high = view[axis], view[axis] + view[axis + 2] - 1
                    place[axis] = min(high, max(low, place[axis] + dice.randrange(-40, 41)))
                count = counts[client.number]
                counts[client.number] = count + 1
                payload = subject.door.cursor(client.room, client.number, count, (place[0], place[1]), view)
                note: Callable[[float], None] = sent.setdefault(client.number, []).append
                plan.append(Planned((turn + phases[client.number]) / HZ, client, frame(payload), partial(note)))
        plan.sort(key=lambda planned: planned.at)
        return plan

    warm_up, measured = moves(1.0), moves(seconds)
    load.play(warm_up)
    frames = sum(client.frames for client in clients)
    received = sum(client.received for client in clients)
    cpu = cpu_seconds(server.pid)
    started = time.perf_counter()
    for probe in probes:
        probe.is_counting = True
    played = load.play(measured)
    load.idle(0.3)
    length = time.perf_counter() - started
    ages = [age * 1_000 for probe in probes for age in probe.ages]
    moving = sum(len(probe.counted) for probe in probes)
    return Storm(
        ages_ms=ages,
        seen_hz=len(ages) / max(1, moving) / seconds,
        people=moving / len(probes),
        server=(cpu_seconds(server.pid) - cpu) / length,
        frames=(sum(client.frames for client in clients) - frames) / people / length,
        kilobytes=(sum(client.received for client in clients) - received) / people / length / 1_000,
        late_ms=played.late_p99_ms,
    )


def bench(options: Options) -> Report:
    people, seconds = options.pick(300, 12), options.pick(6, 1)
    report = Report(
        "Presence storm",
        f"{people} people in one room on a board of {WORLD[0]:,} × {WORLD[1]:,} units, every cursor moves {HZ} times "
        f"a second for {seconds} s. Everybody looks at {SCREEN[0]:,} × {SCREEN[1]:,} of it somewhere, as on "
        "a laptop, and moves there; in “all in view” everybody looks at the whole. Only our native door makes a "
        "difference.",
    )
    columns = [
        "server",
        "p50 ms",
        "p95 ms",
        "core",
        "kB/s each",
        "× ours",
        "frames/s",
        "people seen",
        "moves/s of each",
    ]
    table = report.table("", columns)
    storms: dict[str, Storm] = {}
    ours = next((subject for subject in options.subjects if subject.key == "ours"), None)
    subjects = [*options.subjects]
    if ours is not None:
        subjects.insert(1, Subject("ours-all", "Harvestry, all in view", ours.door, ours.make))
    for subject in subjects:
        with options.serving(report, subject, [board_elements(options.pick(300, 10))]) as (server, load):
            screen = WORLD if subject.key == "ours-all" else SCREEN
            found = storm(subject, server, load, people=people, seconds=seconds, screen=screen)
            if found is None:
                report.notes.append(f"{subject.label}: not everybody came in.")
                continue
            storms[subject.key] = found
            base = storms.get("ours", found)
            table.add(
                subject.label,
                number(quantile(found.ages_ms, 0.5)),
                number(quantile(found.ages_ms, 0.95)),
                f"{found.server:.0%}",
                number(found.kilobytes),
                f"core {times(found.server, base.server)}, bytes {times(found.kilobytes, base.kilobytes)}",
                number(found.frames),
                number(found.people),
                number(found.seen_hz) + (f", late by {found.late_ms:.0f} ms" if found.late_ms > 20 else ""),
            )
    if (mine := storms.get("ours")) is not None:
        p95 = quantile(mine.ages_ms, 0.95)
        report.target(
            "300 cursors at 20 Hz: p95 ≤ 50 ms, ≤ 30 % of a core, ≤ 40 kB/s a client",
            f"{number(p95)} ms, {mine.server:.0%}, {number(mine.kilobytes)} kB/s",
            p95 <= 50 and mine.server <= 0.3 and mine.kilobytes <= 40,
        )
    return report


if __name__ == "__main__":
    main(bench, "presence", __doc__)
