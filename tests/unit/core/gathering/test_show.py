"""The run of show: phases in their order, and the time."""

from __future__ import annotations

import pytest

from harvestry.core import events
from harvestry.core.access import Role
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import WALL, identity

MINUTE = 60_000


@pytest.fixture
def bench() -> HostedBench:
    bench = HostedBench()
    bench.host_it()
    return bench


def now(bench: HostedBench) -> int:
    return WALL * 1_000 + bench.now - 1_000


def at(bench: HostedBench) -> str | None:
    return bench.view(bench.ann)["show"]["at"]


def test_a_plan_puts_its_regions_on_the_board_and_everybody_is_told(bench: HostedBench) -> None:
    show = bench.view(bench.ann)["show"]
    assert (show["stage"], show["at"], show["title"]) == ("ready", None, PLAN["title"])
    assert [phase["key"] for phase in show["phases"]] == ["arrive", "tell", "write", "sort", "choose"]
    assert len(bench.updates(bench.ann)) == 1
    assert len({region["element"] for region in show["regions"]}) == 3


def test_phases_follow_each_other_until_the_last(bench: HostedBench) -> None:
    """[GTH-2]"""
    bench.do(bench.host, "show.start")
    seen = [at(bench)]
    for _ in range(4):
        bench.do(bench.host, "show.go", since=at(bench))
        seen.append(at(bench))
    assert seen == ["arrive", "tell", "write", "sort", "choose"]
    assert bench.refused(bench.host, "show.go") == "last"


def test_a_second_press_does_not_skip_a_phase(bench: HostedBench) -> None:
    """[GTH-2]"""
    bench.do(bench.host, "show.start")
    bench.do(bench.host, "show.go", since="arrive")
    assert bench.refused(bench.host, "show.go", since="arrive") == "moved"
    assert at(bench) == "tell"


def test_a_phase_that_is_passed_over_is_not_gone_to_and_can_be_taken_back(bench: HostedBench) -> None:
    bench.do(bench.host, "show.skip", phase="tell")
    bench.do(bench.host, "show.start")
    bench.do(bench.host, "show.go")
    assert at(bench) == "write"
    bench.do(bench.host, "show.skip", phase="tell", skipped=False)
    bench.do(bench.host, "show.go", phase="tell")
    assert at(bench) == "tell"
    assert bench.refused(bench.host, "show.skip", phase="tell") == "running"


def test_a_reopened_phase_keeps_what_it_spent_and_begins_its_time_anew(bench: HostedBench) -> None:
    bench.go("tell")
    bench.wait(2 * MINUTE)
    bench.do(bench.host, "show.go")
    bench.do(bench.host, "show.go", phase="tell")
    run = next(phase for phase in bench.view(bench.ann)["show"]["phases"] if phase["key"] == "tell")
    assert 2 * MINUTE <= run["spent"] < 2 * MINUTE + 10_000
    assert run["left"] is None
    ends = bench.view(bench.ann)["show"]["timer"]["ends"]
    assert 4 * MINUTE < ends - now(bench) <= 5 * MINUTE


def test_time_is_added_and_stopped_and_is_never_less_than_nothing(bench: HostedBench) -> None:
    """[GTH-3]"""
    bench.go("arrive")
    began = bench.view(bench.ann)["show"]["timer"]["ends"]
    bench.do(bench.host, "show.add", seconds=60)
    assert bench.view(bench.ann)["show"]["timer"]["ends"] == began + MINUTE
    bench.do(bench.host, "show.stop", stopped=True)
    left = bench.view(bench.ann)["show"]["timer"]
    assert left["ends"] is None
    assert 2 * MINUTE < left["left"] <= 3 * MINUTE
    bench.do(bench.host, "show.add", seconds=-600)
    assert bench.view(bench.ann)["show"]["timer"] == {"ends": None, "left": 0}
    bench.do(bench.host, "show.add", seconds=30)
    bench.do(bench.host, "show.stop", stopped=False)
    assert 0 < bench.view(bench.ann)["show"]["timer"]["ends"] - now(bench) <= 30_000


def test_time_given_after_the_end_counts_from_then(bench: HostedBench) -> None:
    """[GTH-3]"""
    bench.go("arrive")
    bench.wait(10 * MINUTE)
    bench.do(bench.host, "show.add", seconds=60)
    assert MINUTE - 5_000 < bench.view(bench.ann)["show"]["timer"]["ends"] - now(bench) <= MINUTE


def test_what_is_to_come_can_be_arranged_and_what_has_begun_cannot(bench: HostedBench) -> None:
    phases = PLAN["phases"]
    bench.go("tell")
    bench.do(bench.host, "show.arrange", phases=[phases[0], phases[1], phases[3], phases[2]])
    bench.do(bench.host, "show.go")
    assert at(bench) == "sort"
    assert bench.refused(bench.host, "show.arrange", phases=[{**phases[0], "minutes": 9}, *phases[1:]]) == "begun"
    nowhere = {**phases[4], "key": "more", "opens": [{"region": "nowhere"}]}
    assert bench.refused(bench.host, "show.arrange", phases=[*phases, nowhere]) == "invalid"


def test_a_gathering_ends_and_can_go_on(bench: HostedBench) -> None:
    bench.go("tell")
    bench.do(bench.host, "show.close")
    assert bench.view(bench.ann)["show"]["stage"] == "closed"
    assert bench.refused(bench.host, "show.go") == "not_now"
    bench.do(bench.host, "show.reopen")
    bench.do(bench.host, "show.go")
    assert at(bench) == "write"


def test_a_plan_is_not_replaced_once_it_has_begun(bench: HostedBench) -> None:
    bench.do(bench.host, "show.load", plan=plan(title="Another"))
    assert bench.view(bench.ann)["show"]["title"] == "Another"
    bench.do(bench.host, "show.start")
    assert bench.refused(bench.host, "show.load", plan=PLAN) == "not_now"


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"plan": {}},
        {"plan": {**PLAN, "phases": []}},
        {"plan": {**PLAN, "phases": [PLAN["phases"][0]] * 2}},
        {"plan": {**PLAN, "secret": 1}},
        {"plan": PLAN, "more": 1},
        {"plan": b"bytes"},
    ],
)
def test_what_is_no_plan_is_refused(args: dict[str, object]) -> None:
    bench = HostedBench()
    bench.host = bench.join(identity("Rosa", Role.HOST))
    assert bench.refused(bench.host, "show.load", **args) == "invalid"


def test_the_gathering_is_the_same_after_a_restart(bench: HostedBench) -> None:
    """[GTH-1]"""
    bench.go("write")
    bench.do(bench.host, "show.add", seconds=60)
    before = bench.view(bench.host)
    again = HostedBench(stored=bench.reloaded())
    again.host = again.join(identity("Rosa", Role.HOST))
    assert again.view(again.host) == before


def test_what_a_commit_lost_has_not_happened(bench: HostedBench) -> None:
    """[GTH-1]"""
    bench.go("tell")
    bench.command(bench.host, "show.go")
    bench.wait(200)
    bench.handle(events.CommitFailed())
    bench.entries.pop()
    bench.reload()
    bench.handle(events.Writable())
    assert at(bench) == "tell"
    bench.do(bench.host, "show.go", since="tell")
    assert at(bench) == "write"
