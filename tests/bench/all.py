"""Every benchmark, one after the other, and docs/benchmarks.md written anew. Twenty minutes on a quiet machine."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from support.server import ROOT

from . import abuse, crowd, fanout, history, join, kill, lone, memory, presence, reconnect, rooms, thousand
from ._bench import Report, options_of, run
from ._machine import describe, version_of
from ._servers import node_program, settings

ALL = (fanout, lone, crowd, thousand, rooms, presence, join, reconnect, memory, history, abuse, kill)
PAGE = ROOT / "docs" / "benchmarks.md"

# The words of the page; what is in double braces is put in.
TEMPLATE = Path(__file__).parent / "page.md"


def versions() -> str:
    """What was compared."""
    libraries = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("harvestry", "pycrdt", "uvicorn", "websockets", "starlette", "uvloop")
    )
    node = node_program()
    shown = "none" if node is None else version_of([node, "--version"])
    return f"{libraries}, SQLite {sqlite3.sqlite_version}, Node {shown}"


def page(reports: Sequence[Report], machine: str, *, peers: bool) -> str:
    """The whole of docs/benchmarks.md."""
    minutes = sum(report.seconds for report in reports) / 60
    rows = [
        f"| {what} | {measured} | {'met' if is_met else '**missed**'} |"
        for report in reports
        for what, measured, is_met in report.targets
    ]
    parts = {
        "run": f"**{time.strftime('%Y-%m-%d')}**, {minutes:.0f} minutes. {machine}. {versions()}."
        + ("" if peers else " The peers could not be had."),
        "targets": "\n".join(["| target | measured | |", "| --- | --- | --- |", *rows]),
        "settings": ", ".join(f"`{name}={value}`" for name, value in settings().items()) or "none in this version",
        "reports": "\n\n".join(report.markdown() for report in reports),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return text


def main() -> None:
    options, _ = options_of(sys.argv[1:], "all", __doc__)
    machine = describe()
    print(machine)
    reports: list[Report] = []
    try:
        for module in ALL:
            name = module.__name__.rpartition(".")[2]
            report = run(module.bench, options, f"python3 run.py bench {name}")
            reports.append(report)
            print(f"  {report.seconds:.0f} s", flush=True)
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)
    written = page(reports, machine, peers=any(subject.key == "pycrdt" for subject in options.subjects))
    if options.quick:
        print(f"\nA quick run: {PAGE.relative_to(ROOT)} is left as it is.")
    else:
        PAGE.write_text(written, encoding="utf-8")
        print(f"\nWritten to {PAGE.relative_to(ROOT)}.")
    for report in reports:
        for what, measured, is_met in report.targets if not options.quick else ():
            print(f"{'met   ' if is_met else 'MISSED'}  {what}: {measured}")


if __name__ == "__main__":
    main()
