"""What every benchmark shares: its options, its table, and the order in which servers are asked."""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harvestry_crdt import Element

from ._load import Load
from ._machine import describe, prepare
from ._servers import OWN, SUBJECTS, Running, Subject, install_peers
from ._traffic import Traffic

__all__ = ["Bench", "Options", "Report", "Table", "main", "number", "times"]


@dataclass
class Table:
    """Rows of what was measured; the first column names the server."""

    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        self.rows.append(cells)
        print("  " + " · ".join(f"{cell}" for cell in cells), flush=True)

    def markdown(self) -> str:
        lines = ["| " + " | ".join(self.columns) + " |", "| --- " + "| ---: " * (len(self.columns) - 1) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(lines)

    def plain(self) -> str:
        widths = [max(len(row[i]) for row in [self.columns, *self.rows]) for i in range(len(self.columns))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in [self.columns, *self.rows]
        )


@dataclass
class Report:
    """One benchmark's outcome: tables, what they mean, and targets that were met or missed."""

    title: str
    text: str
    tables: list[tuple[str, Table]] = field(default_factory=list)
    targets: list[tuple[str, str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    command: str = ""
    seconds: float = 0.0

    def table(self, caption: str, columns: Sequence[str]) -> Table:
        print(f"\n{self.title}{': ' + caption if caption else ''}", flush=True)
        print("  " + " · ".join(columns), flush=True)
        table = Table(columns)
        self.tables.append((caption, table))
        return table

    def target(self, what: str, measured: str, is_met: bool) -> None:
        self.targets.append((what, measured, is_met))

    def markdown(self) -> str:
        parts = [f"## {self.title}", f"`{self.command}` · {self.text}"]
        for caption, table in self.tables:
            parts += [f"**{caption}**"] if caption else []
            parts.append(table.markdown())
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        return "\n\n".join(parts)


@dataclass
class Options:
    """How this run goes.

    Attributes:
        quick: A smoke run of seconds: it shows that everything works, and measures nothing.
    """

    quick: bool
    subjects: Sequence[Subject]
    folder: Path
    traffic: Traffic = field(default_factory=Traffic)

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def without(self, *keys: str) -> list[Subject]:
        """The servers of this run, but not these."""
        return [subject for subject in self.subjects if subject.key not in keys]

    @contextmanager
    def surviving(self, report: Report, subject: Subject) -> Iterator[None]:
        """A peer that fails a benchmark fails it, and the run goes on; our own failures are errors."""
        try:
            yield
        except Exception as error:
            if subject.is_ours or subject.key == "floor":
                raise
            traceback.print_exc()
            report.notes.append(f"{subject.label} failed here: {type(error).__name__}: {str(error)[:200]}")

    @contextmanager
    def serving(
        self, report: Report, subject: Subject, boards: Sequence[Sequence[Element]]
    ) -> Iterator[tuple[Running, Load]]:
        """A started server with these boards, and a load generator for it."""
        with self.surviving(report, subject), subject.running(self.folder, boards) as server, Load(server.port) as load:
            yield server, load


Bench = Callable[[Options], Report]


def number(value: float, digits: int = 3) -> str:
    """A figure with so many significant digits, and commas."""
    if math.isnan(value):
        return "–"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def times(value: float, base: float) -> str:
    """How often the base goes into the value."""
    return "–" if not base or math.isnan(value) or math.isnan(base) else f"{number(value / base, 2)} ×"


def options_of(arguments: Sequence[str], prog: str, description: str | None) -> tuple[Options, argparse.Namespace]:
    """Parse the command line, install what is wanted, and prepare the machine."""
    keys = [subject.key for subject in SUBJECTS]
    parser = argparse.ArgumentParser(prog=f"run.py bench {prog}", description=description)
    parser.add_argument("--quick", action="store_true", help="a smoke run of seconds; its figures mean nothing")
    parser.add_argument("--only", default="", help=f"servers, separated by commas, of: {', '.join(keys)}")
    parser.add_argument("--without-peers", action="store_true", help=f"the same as --only {','.join(OWN)}")
    given = parser.parse_args(arguments)
    wanted = [key for key in given.only.split(",") if key] or (list(OWN) if given.without_peers else keys)
    if unknown := [key for key in wanted if key not in keys]:
        parser.error(f"unknown server: {', '.join(unknown)}; there are {', '.join(keys)}")
    if any(key not in OWN for key in wanted) and (reason := install_peers()) is not None:
        print(f"Without the peers: {reason}", file=sys.stderr)
        wanted = [key for key in wanted if key in OWN]
    prepare()
    folder = Path(tempfile.mkdtemp(prefix="harvestry-bench-"))
    return Options(given.quick, [subject for subject in SUBJECTS if subject.key in wanted], folder), given


def run(bench: Bench, options: Options, command: str) -> Report:
    """Run one benchmark and time it."""
    started = time.monotonic()
    report = bench(options)
    report.seconds = time.monotonic() - started
    report.command = command
    return report


def main(bench: Bench, name: str, description: str | None) -> None:
    """The command line of one benchmark."""
    options, _ = options_of(sys.argv[1:], name, description)
    print(describe())
    try:
        report = run(bench, options, f"python3 run.py bench {name}")
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)
    print(f"\n{report.title}\n{report.text}")
    for caption, table in report.tables:
        print(f"\n{caption}\n{table.plain()}" if caption else f"\n{table.plain()}")
    for note in report.notes:
        print(f"- {note}")
    for what, measured, is_met in report.targets:
        if not options.quick:
            print(f"{'met   ' if is_met else 'MISSED'}  {what}: {measured}")
    print(f"{report.seconds:.0f} s")
