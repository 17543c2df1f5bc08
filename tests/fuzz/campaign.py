"""The campaign: children that try frames, and a parent that ends those that hang and keeps what they found.

A child that crashes takes its seed with it: `--target NAME --seed N --minutes 0` plays exactly that one again.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.child import TARGETS
from fuzz.findings import Watch

__all__ = ["Campaign", "Found", "Report"]

ROOT = Path(__file__).parents[2]
# One seed takes a second or two, and far longer beside other work; whoever is silent for so long hangs.
SILENCE_S = 600.0
# A child begins anew after so long, so that nothing a thousand boards leave behind is mistaken for one board's doing.
TURN_S = 90.0
MAX_GROWTH_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: the target and seed that lead to it, and the frame at hand."""

    target: str
    seed: int
    what: str
    frame: str
    trace: str = field(default="", repr=False)

    def write(self, folder: Path) -> Path:
        """Keep it as a vector."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.target}-{self.seed}.json"
        said = {"target": self.target, "seed": self.seed, "what": self.what, "hex": self.frame, "trace": self.trace}
        path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        return path


@dataclass(slots=True)
class Report:
    """What one target did.

    Attributes:
        growth: The most that one child's memory grew from its first seed to any later one.
    """

    target: str
    count: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    seeds: int = 0
    crashes: int = 0
    hangs: int = 0
    slowest: float = 0.0
    growth: int = 0
    seconds: float = 0.0
    processor_s: float = 0.0

    def lines(self) -> list[str]:
        """For people."""
        frames = self.count["frames"]
        rate = frames / self.processor_s if self.processor_s else 0.0
        wrong = f"{len(self.found)} findings, {self.crashes} crashes, {self.hangs} hangs"
        return [
            f"{self.target}: {frames:,} frames, {self.seeds:,} seeds, {rate:,.0f} frames/s of one processor, {wrong}",
            f"  slowest frame {self.slowest * 1_000:.1f} ms, memory grew by {self.growth / 2**20:.1f} MB at most",
            "  " + ", ".join(f"{name} {n:,}" for name, n in sorted(self.count.items()) if name != "frames"),
        ]


class Campaign:
    """Plays targets in children.

    Args:
        folder: Where findings are kept.
        silence_s: How long a child may take for one seed.
    """

    def __init__(self, folder: Path, *, silence_s: float = SILENCE_S, growth_bytes: int = MAX_GROWTH_BYTES) -> None:
        self.folder = folder
        self.silence_s = silence_s
        self.growth_bytes = growth_bytes

    def play(self, target: str, seed: int, seconds: float, *, command: Sequence[str] = ()) -> Report:
        """Try one target for a while, in one child after the other; an interrupt ends it, and it is told so far.

        Args:
            target: Its name in the table of children.
            seed: The first seed; they count up by one.
            seconds: For how long; 0 plays the one seed.
            command: What to start instead of a child of ours, for tests of this class.
        """
        report = Report(target)
        before = _children_s()
        began = time.monotonic()
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                left = seconds - (time.monotonic() - began)
                seed = self._turn(report, seed, max(0.0, min(TURN_S, left)), command) + 1
                if time.monotonic() - began >= seconds:
                    break
        report.seconds = time.monotonic() - began
        report.processor_s = _children_s() - before
        return report

    def _turn(self, report: Report, seed: int, seconds: float, command: Sequence[str]) -> int:
        """One child's life; returns the last seed it began."""
        with tempfile.TemporaryDirectory() as folder:
            spot = Path(folder) / "spot"
            arguments = [report.target, str(seed), str(max(seconds, 0.001)), str(spot)]
            with subprocess.Popen(
                [*(command or (sys.executable, "-m", "fuzz.child")), *arguments],
                env=_environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as child:
                try:
                    last, hangs = self._listen(report, child, seed)
                except KeyboardInterrupt:
                    child.kill()
                    raise
                if hangs:
                    child.kill()
                _, said = child.communicate()
            frame = Watch.left_in(spot).hex() if spot.is_file() else ""
        if hangs:
            report.hangs += 1
            self._found(report, Found(report.target, last, f"silent for {self.silence_s:.0f} s", frame))
        elif child.returncode != 0:
            report.crashes += 1
            self._found(report, Found(report.target, last, f"exit code {child.returncode}", frame, said[-4_000:]))
        return last

    def _listen(self, report: Report, child: subprocess.Popen[str], seed: int) -> tuple[int, bool]:
        """Take in what a child says; returns the last seed it began, and whether it hangs."""
        assert child.stdout is not None
        base = 0
        last = seed
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(self.silence_s):
                    return last, True
                line = child.stdout.readline()
                if not line:
                    return last, False
                said = json.loads(line)
                if "begin" in said:
                    last = said["begin"]
                    continue
                report.seeds += 1
                report.count.update(said["count"])
                report.slowest = max(report.slowest, said["slowest"])
                base = base or said["rss"]
                growth = said["rss"] - base
                if growth > self.growth_bytes >= report.growth:
                    what = f"memory grew by {growth / 2**20:.0f} MB from the child's first seed"
                    self._found(report, Found(report.target, last, what, ""))
                report.growth = max(report.growth, growth)
                if "finding" in said:
                    self._found(report, Found(report.target, last, said["finding"], said["frame"], said["trace"]))

    def _found(self, report: Report, found: Found) -> None:
        report.found.append(found)
        path = found.write(self.folder)
        print(f"FOUND {found.target} --seed {found.seed}: {found.what} ({path})", flush=True)


def _environment() -> Mapping[str, str]:
    path = [str(ROOT / name) for name in ("server", "crdt", "tests")]
    # Hashes that differ from run to run would make one seed two stories.
    return {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join([*path, *sys.path])}


def _children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def names() -> list[str]:
    """Every target."""
    return list(TARGETS)
