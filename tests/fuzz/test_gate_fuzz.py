"""Any bytes end in a GateError or in an edit that the engine carries; nothing else, and never a hang."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_WORKER = Path(__file__).with_name("gate_worker.py")
_FRAMES = 4_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_updates_are_refused_or_carried(seed: int) -> None:
    """In a child, since a fault of the engine may be a crash or an endless loop that nothing here can end. [GAT-2]"""
    child = subprocess.run(
        [sys.executable, str(_WORKER), str(seed), str(_FRAMES)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert child.returncode == 0, f"seed {seed}: {child.stderr[-4_000:]}"
    count = json.loads(child.stdout)
    assert sum(count.values()) >= _FRAMES
    assert count["refused"] > count["applied"] > _FRAMES // 100
