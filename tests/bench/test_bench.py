"""Every benchmark still runs: a smoke run of seconds, of our own server and of the floor. No figure is looked at."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "abuse",
    "crowd",
    "fanout",
    "history",
    "join",
    "kill",
    "lone",
    "memory",
    "peers",
    "presence",
    "reconnect",
    "rooms",
    "thousand",
]


@pytest.mark.skipif(sys.platform != "linux", reason="the benchmarks read /proc and give each side a core")
@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_runs(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", "--quick", "--only", "stock" if name == "history" else "ours,floor"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "tests", ROOT)))},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^Harvestry.* \d", done.stdout, re.MULTILINE), done.stdout
    assert "not all arrived" not in done.stdout
    assert "nan" not in done.stdout.lower().split()
