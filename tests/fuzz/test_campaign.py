"""A sample of every target, and that the campaign notices what it is for. `run.py bench fuzz` goes on for longer."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from fuzz.campaign import Campaign
from fuzz.child import TARGETS, Target
from fuzz.findings import Finding, Watch
from fuzz.gate import GateTarget
from fuzz.gatherings import GatheringsTarget
from fuzz.rooms import RoomsTarget
from harvestry.core import hosting
from harvestry.core.batch import Batch
from harvestry.core.gathering.gathering import view
from harvestry_crdt.inspection import Inspection

SECONDS = {"gate": 8.0, "frames": 2.0, "rooms": 5.0, "gatherings": 8.0, "oracle": 5.0, "sockets": 5.0}


def a_child(body: str) -> list[str]:
    """A child that says what it begins, and then does something else."""
    begin = "import json, sys, time; seed = int(sys.argv[2]); print(json.dumps({'begin': seed}), flush=True)\n"
    return [sys.executable, "-c", begin + body]


def play(target: Target, seeds: int) -> None:
    for seed in range(seeds):
        target.run(seed)


@pytest.mark.parametrize("target", TARGETS)
def test_whatever_is_tried_nothing_is_found(target: str, tmp_path: Path) -> None:
    """[GAT-2] [LIM-1] [SYN-2] [SYN-3] [SYN-8]"""
    if target == "oracle":
        assert shutil.which("node"), "expected the program node on PATH; run.py puts it there"
    report = Campaign(tmp_path).play(target, 1, SECONDS[target])
    assert report.found == []
    assert report.seeds > 0
    assert report.count["frames"] > 100
    if target == "gate":
        assert report.count["malformed"] > report.count["admitted"] > report.count["frames"] // 20
        assert report.slowest < 0.05
    if target == "gatherings":
        assert report.count["wishes"] > report.count["result"] > 0
        assert report.count["folds"] > 0
    if target == "oracle":
        assert report.count["comparisons"] >= 2


def test_a_child_that_hangs_is_ended_and_the_next_seed_begins(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, silence_s=0.2)
    report = campaign.play("gate", 7, 0, command=a_child("time.sleep(600)"))
    assert [(found.seed, found.what) for found in report.found] == [(7, "silent for 0 s")]
    assert report.hangs == 1
    assert json.loads((tmp_path / "gate-7.json").read_text())["seed"] == 7


def test_a_child_that_crashes_is_a_finding_with_its_frame(tmp_path: Path) -> None:
    body = "open(sys.argv[4], 'wb').write(b'\\0\\0\\0\\2\\xab\\xcd'); raise SystemExit('it broke')"
    report = Campaign(tmp_path).play("gate", 9, 0, command=a_child(body))
    (found,) = report.found
    assert (found.seed, found.what, found.frame) == (9, "exit code 1", "abcd")
    assert "it broke" in found.trace
    assert report.crashes == 1


def test_memory_that_grows_is_a_finding_once(tmp_path: Path) -> None:
    said = {"seed": 1, "count": {"frames": 5}, "slowest": 0.001}
    lines = "".join(f"print(json.dumps({ {**said, 'rss': rss}!r}))\n" for rss in (10, 20, 31, 40))
    report = Campaign(tmp_path, growth_bytes=20).play("gate", 1, 0, command=a_child(lines))
    (found,) = report.found
    assert "memory grew" in found.what
    assert (report.growth, report.seeds, report.count["frames"], report.slowest) == (30, 4, 20, 0.001)


def test_a_gate_that_lets_something_through_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the rule that several values under one key are gone together, a few boards are enough."""
    monkeypatch.setattr(Inspection, "_is_deleted_whole", lambda *_: True)
    target = GateTarget(Watch())
    with pytest.raises((Finding, AssertionError)):
        play(target, 30)


def test_a_receipt_that_comes_too_early_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """[SYN-3]"""
    kept = Batch.receipt
    monkeypatch.setattr(Batch, "receipt", lambda self, conn, cseq: kept(self, conn, cseq + 1))
    target = RoomsTarget(Watch())
    with pytest.raises(Finding, match="a receipt for what is not durable"):
        play(target, 60)


def test_what_leaks_of_a_sealed_note_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """[SEA-1]"""
    leak = lambda state, role: {**view(state, role), "leak": [n.text for n in state.sealing.notes.values()]}  # noqa: E731
    monkeypatch.setattr(hosting, "view", leak)
    target = GatheringsTarget(Watch())
    with pytest.raises(Finding, match="words of seat"):
        play(target, 60)


def test_a_happening_that_is_kept_nowhere_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """[STO-1]"""
    kept = hosting.evolve
    monkeypatch.setattr(hosting, "evolve", lambda state, happening: kept(kept(state, happening), happening))
    target = GatheringsTarget(Watch())
    with pytest.raises(Finding, match="another gathering"):
        play(target, 60)


def test_the_same_seed_tells_the_same_story() -> None:
    stories = []
    for _ in range(2):
        watch = Watch()
        GateTarget(watch).run(5)
        stories.append((watch.count, watch.frame))
    assert stories[0] == stories[1]
