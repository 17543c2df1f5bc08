"""One room with many people, some of whom write: set up once, then played at any rate."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ._bench import Options, Report, number, times
from ._load import OPEN, Client, Ledger, Load, Planned, Played, Probe, frame, quantile
from ._machine import cpu_seconds
from ._servers import Running, Subject
from ._traffic import Script, Traffic, board_elements

__all__ = ["Crowd", "Overwhelmed", "Step", "play_everywhere"]


@dataclass(frozen=True, slots=True)
class Step:
    """What one rate gave.

    Attributes:
        offered: Updates a second.
        latencies_ms: Of every update at every probe where it became visible.
        missing: Updates that did not become visible at some probe in time.
        server: Share of the server's core.
        per_thousand_ms: CPU in milliseconds per 1,000 deliveries; a delivery is one update reaching one client.
        frames: Frames a second to each client.
        kilobytes: kB a second to each client.
    """

    offered: float
    latencies_ms: Sequence[float]
    missing: int
    server: float
    per_thousand_ms: float
    frames: float
    kilobytes: float
    played: Played

    @property
    def is_late(self) -> bool:
        """Whether the generator could not send at the times it should have; the figures are then its own."""
        return self.played.late_p99_ms > 20

    @property
    def p50(self) -> float:
        return quantile(self.latencies_ms, 0.5)

    @property
    def p95(self) -> float:
        return quantile(self.latencies_ms, 0.95)

    @property
    def p99(self) -> float:
        return quantile(self.latencies_ms, 0.99)


class Overwhelmed(Exception):
    """A server did not get as far as the measurement."""


class Crowd:
    """People in rooms of one server.

    Args:
        people: In each room; its first are probes, the next are writers, the rest read.
        writers: In each room.
        probes: In each of the first `probed_rooms`.
    """

    def __init__(
        self,
        subject: Subject,
        server: Running,
        load: Load,
        traffic: Traffic,
        *,
        people: int,
        writers: int,
        probes: int = 3,
        rooms: int = 1,
        probed_rooms: int = 1,
        updates: int = 0,
    ) -> None:
        self._server = server
        self._load = load
        self.people = people
        self.ledger = Ledger()
        self.probes: list[Probe] = []
        self.clients: list[Client] = []
        self._writers: list[tuple[Client, Script]] = []
        self._position: dict[int, int] = {}
        self._turn = itertools.cycle(range(writers * rooms))
        scripts = iter(traffic.scripts(writers * rooms, -(-updates // max(1, writers * rooms)) + 2))
        # Writers are among the people; where all are, the probes write too.
        watching = max(0, min(probes, people))
        for index in range(rooms):
            mine = [Probe(self.ledger) for _ in range(watching if index < probed_rooms else 0)]
            clients = load.open(subject.door, server.rooms[index], people, probes=mine)
            self.probes += mine
            self.clients += clients
            self._writers += [(client, next(scripts)) for client in clients[people - writers :]]
        if rooms > 1:
            # Rooms take turns, so that each gets its updates spread over the time.
            self._writers = [self._writers[i * writers + j] for j in range(writers) for i in range(rooms)]

    @property
    def is_complete(self) -> bool:
        return all(client.state == OPEN for client in self.clients)

    @property
    def present(self) -> int:
        return sum(client.state == OPEN for client in self.clients)

    def begin(self) -> bool:
        """Have everybody's first notes on the board; returns whether the probes saw them in time."""
        for client, script in self._writers:
            self._load.edit(client, script.first)
            self._load.quiet(0.0, 0.0)
        probed = {client.room.name for client in self.clients if client.probe is not None}
        last = {script.client for client, script in self._writers if client.room.name in probed}
        seen = self._load.until(lambda: last <= set().union(*(probe.vector() for probe in self.probes)), 20.0)
        self._load.quiet(0.3, 5.0)
        return seen

    def plan(self, rate: float, seconds: float) -> list[Planned]:
        """So many updates a second for so long, in all rooms together, each noted when it is sent."""
        plan = []
        dice = random.Random(round(rate))
        for index in range(round(rate * seconds)):
            client, script = self._writers[next(self._turn)]
            turn = self._position.get(script.client, 0)
            self._position[script.client] = turn + 1
            client.edits += 1
            data = frame(client.door.edit(client.room, client.edits, script.updates[turn]))
            note: Callable[[float], None] = partial(self.ledger.note, script.client, script.clocks[turn])
            plan.append(Planned((index + dice.random()) / rate, client, data, note))
        plan.sort(key=lambda planned: planned.at)
        return plan

    def forget(self) -> None:
        """Begin to count anew."""
        for probe in self.probes:
            probe.latencies = []
            probe.visible = 0

    @property
    def visible(self) -> int:
        """How many times an update became visible at a probe, since counting began."""
        return sum(probe.visible for probe in self.probes)

    def has_seen(self, count: int) -> bool:
        return self.visible >= count

    def latencies_ms(self) -> list[float]:
        """Of every update at every probe, since counting began."""
        return [latency * 1_000 for probe in self.probes for latency in probe.latencies]

    def play(self, rate: float, seconds: float, *, drain_s: float = 4.0) -> Step:
        """Offer so many updates a second for so long, and see what comes of it."""
        plan = self.plan(rate, seconds)
        self.forget()
        watched = self.probes_expect(plan)
        frames = sum(client.frames for client in self.clients)
        received = sum(client.received for client in self.clients)
        cpu = cpu_seconds(self._server.pid)
        started = time.perf_counter()
        played = self._load.play(plan)
        self._load.until(partial(self.has_seen, watched), drain_s)
        # What was still on its way belongs to it: a server that falls behind goes on working.
        length = time.perf_counter() - started
        used = cpu_seconds(self._server.pid) - cpu
        people = max(1, len(self.clients))
        share_seen = self.visible / watched if watched else 1.0
        deliveries = max(1.0, len(plan) * self.people * share_seen)
        return Step(
            offered=rate,
            latencies_ms=self.latencies_ms(),
            missing=watched - self.visible,
            server=used / length,
            per_thousand_ms=used * 1_000 / (deliveries / 1_000),
            frames=(sum(client.frames for client in self.clients) - frames) / people / length,
            kilobytes=(sum(client.received for client in self.clients) - received) / people / length / 1_000,
            played=played,
        )

    def probes_expect(self, plan: Sequence[Planned]) -> int:
        """How many times updates of this plan should become visible at probes."""
        by_room: dict[str, int] = {}
        for client in self.clients:
            if client.probe is not None:
                by_room[client.room.name] = by_room.get(client.room.name, 0) + 1
        return sum(by_room.get(planned.client.room.name, 0) for planned in plan)


STEP_COLUMNS = ("server", "p50 ms", "p95 ms", "p99 ms", "core", "× ours", "missing", "frames/s", "kB/s each")


def play_everywhere(
    options: Options,
    report: Report,
    *,
    people: int,
    writers: int,
    rate: float,
    seconds: float,
    elements: int = 0,
    rooms: int = 1,
    probed_rooms: int = 1,
    probes: int = 3,
    caption: str = "",
) -> dict[str, Step]:
    """The same people at the same rate on every server; adds a row for each, and returns the steps by server."""
    table = report.table(caption, STEP_COLUMNS)
    steps: dict[str, Step] = {}
    for subject in options.subjects:
        with options.serving(report, subject, [board_elements(elements)] * rooms) as (server, load):
            crowd = Crowd(
                subject,
                server,
                load,
                options.traffic,
                people=people,
                writers=writers,
                probes=probes,
                rooms=rooms,
                probed_rooms=probed_rooms,
                updates=round(rate * seconds),
            )
            if not crowd.is_complete or not crowd.begin():
                raise Overwhelmed(f"{crowd.present} of {people * rooms} came in, or their first notes did not arrive")
            step = steps[subject.key] = crowd.play(rate, seconds)
            ours = steps.get("ours")
            table.add(
                subject.label,
                number(step.p50),
                number(step.p95),
                number(step.p99),
                f"{step.server:.0%}",
                "–" if ours is None else f"p95 {times(step.p95, ours.p95)}, core {times(step.server, ours.server)}",
                f"{step.missing:,}" + (f", late by {step.played.late_p99_ms:.0f} ms" if step.is_late else ""),
                number(step.frames),
                number(step.kilobytes),
            )
    return steps
