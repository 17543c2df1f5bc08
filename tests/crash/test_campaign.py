"""A sample of each campaign; `python3 run.py bench crash` runs them for as long as one likes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from crash.flips import flip_bytes
from crash.tally import Tally

if sys.platform != "linux":
    pytest.skip("the campaigns fork, hold processes and limit their files, which takes Linux", allow_module_level=True)

from crash.server import copy_server, fill_disk, hold_still, kill_server
from crash.storage import cut_power, fail_commits, kill_storage


def kept(tally: Tally) -> None:
    print(tally)
    assert tally.broken == []


def test_the_store_keeps_every_promise_through_kill_nine(tmp_path: Path) -> None:
    """[STO-1] [STO-2]"""
    kept(kill_storage(tmp_path, cycles=8, seed=1))


def test_the_store_keeps_every_promise_through_a_power_cut(tmp_path: Path) -> None:
    """[STO-1]"""
    kept(cut_power(tmp_path, cycles=6, seed=1))


def test_the_store_promises_nothing_that_the_disk_did_not_take(tmp_path: Path) -> None:
    """[STO-7]"""
    kept(fail_commits(tmp_path, cycles=60, seed=1))


def test_a_byte_that_changes_on_the_disk_is_found_out(tmp_path: Path) -> None:
    """[STO-5]"""
    kept(flip_bytes(tmp_path, cycles=40, seed=1))


def test_the_server_keeps_every_promise_through_kill_nine(tmp_path: Path) -> None:
    """[STO-1] [STO-6] [SYN-3] [SEA-1]"""
    kept(kill_server(tmp_path, cycles=2, seed=1))


def test_the_files_of_a_server_at_work_keep_every_promise_at_any_moment(tmp_path: Path) -> None:
    """[STO-1] [SEA-1] [SYN-3]"""
    kept(copy_server(tmp_path, cycles=2, seed=1))


def test_a_server_that_is_held_still_loses_nothing_and_nobody(tmp_path: Path) -> None:
    """[SYN-3] [SYN-6]"""
    kept(hold_still(tmp_path, cycles=3, seed=1))


@pytest.mark.parametrize("mounted", [False, True], ids=["limited", "mounted"])
def test_a_disk_without_room_loses_nothing_and_nobody(tmp_path: Path, mounted: bool) -> None:
    """[STO-7]"""
    if mounted and os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    kept(fill_disk(tmp_path, cycles=2, seed=1, mounted=mounted))
