"""The numbers of one application, for Prometheus.

Whatever happens often adds to a plain number; names, labels and text are made only when somebody reads them. No label
holds anything of a person or a board: they are doors, codes of ours, and kinds.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvestry import __version__
from harvestry.core.presence import Door
from harvestry.core.tally import Tally

__all__ = ["Metrics", "Spread"]

# Seconds. A commit on a good disk takes one to ten milliseconds, a full room's tick a tenth of a second; over two and a
# half seconds people notice, and how far over no longer matters.
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Spread:
    """How many durations fell between which bounds."""

    __slots__ = ("_counts", "_sum")

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self._counts[bisect_left(_BOUNDS, seconds)] += 1
        self._sum += seconds

    def family(self, name: str, text: str) -> Metric:
        """As Prometheus has it: every bucket holds what the ones before it hold."""
        total = 0
        buckets: list[tuple[str, float]] = []
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), self._counts, strict=True):
            total += count
            buckets.append((bound, float(total)))
        return HistogramMetricFamily(name, text, buckets=buckets, sum_value=self._sum)


class Metrics:
    """Everything that is counted, each in a registry of its own, so that several applications fit in one process.

    Args:
        timer: Seconds that only grow, for durations.

    Attributes:
        tally: What the core counts; rooms and outboxes are given it.
        rooms: How many rooms are live right now.
        commits: How long the store takes for an entry.
        ticks: How long the oldest edit of each commit waits for the tick that carries its receipt.
    """

    def __init__(self, timer: Callable[[], float] = time.perf_counter) -> None:
        self.now = timer
        self.tally = Tally()
        self.rooms: Callable[[], int] = lambda: 0
        self.connections: Counter[str] = Counter({door.value: 0 for door in Door})
        self.closes: Counter[int] = Counter()
        self.commits = Spread()
        self.ticks = Spread()
        self.commits_failed = 0
        self.log_entries = 0
        self.log_bytes = 0
        self.snapshots = 0
        self.snapshots_failed = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    # ---- what happens ----------------------------------------------------------------------------------------------

    def opened(self, door: str) -> None:
        """A connection is open."""
        self.connections[door] += 1

    def closed(self, door: str, code: int) -> None:
        """A connection is not open any more."""
        self.connections[door] -= 1
        self.closes[code] += 1

    def committed(self, began: float, update_bytes: int) -> None:
        """An entry that was handed to the store at `began` is on disk; it has an update of that size, or none."""
        self.commits.add(self.now() - began)
        if update_bytes:
            self.log_entries += 1
            self.log_bytes += update_bytes

    # ---- what is told ----------------------------------------------------------------------------------------------

    def collect(self) -> Iterator[Metric]:
        """Every family, for the registry."""
        tally = self.tally
        yield GaugeMetricFamily("harvestry_rooms", "Rooms in memory.", self.rooms())
        doors = GaugeMetricFamily("harvestry_connections", "Open WebSockets.", labels=["door"])
        yield _labelled(doors, self.connections.items())
        yield _counter("edits", "Edits that arrived, repeats and refused ones included.", tally.edits)
        yield _counter("receipts", "Receipts sent; one covers every edit of its connection so far.", tally.receipts)
        yield _counters("neutralised", "Edits taken and undone in part.", "code", tally.neutralised)
        yield _counters("refusals", "Edits not taken.", "code", tally.refused)
        yield _counters("closes", "WebSockets closed.", "code", {str(code): n for code, n in self.closes.items()})
        yield self.commits.family("harvestry_commit_seconds", "From handing an entry to the store until it is on disk.")
        yield self.ticks.family(
            "harvestry_tick_seconds", "From the arrival of a commit's oldest edit until its receipt is on its way."
        )
        yield _counter("commit_failures", "Entries that are not on disk, or nobody can say.", self.commits_failed)
        yield _counter("log_entries", "Updates written to logs.", self.log_entries)
        yield _counter("log_bytes", "Bytes of updates written to logs.", self.log_bytes)
        yield _counter("snapshots", "Boards written out whole.", self.snapshots)
        yield _counter("snapshot_failures", "Boards that could not be written out whole.", self.snapshots_failed)
        drops = {"presence": tally.presence_dropped, "queue": tally.queues_dropped}
        yield _counters(
            "outbox_drops", "Presence left out of a frame, or all that waited, for a slow reader.", "what", drops
        )
        yield _counter("bytes_in", "Bytes of WebSocket messages read.", self.bytes_in)
        yield _counter("bytes_out", "Bytes of WebSocket messages written.", self.bytes_out)
        yield _labelled(GaugeMetricFamily("harvestry_info", "The version.", labels=["version"]), [(__version__, 1)])

    def route(self) -> Route:
        """Where they are read."""
        return Route("/metrics", self._answer, methods=["GET"])

    async def _answer(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(generate_latest(self.registry), headers=headers, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _counter(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(f"harvestry_{name}", text, value)


def _counters(name: str, text: str, label: str, values: dict[str, int] | Counter[str]) -> Metric:
    return _labelled(CounterMetricFamily(f"harvestry_{name}", text, labels=[label]), values.items())


def _labelled(
    family: CounterMetricFamily | GaugeMetricFamily, values: Iterable[tuple[str, int]]
) -> CounterMetricFamily | GaugeMetricFamily:
    for label, value in values:
        family.add_metric([label], value)
    return family
