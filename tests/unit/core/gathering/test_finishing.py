"""Who has finished: one figure, nobody's name, and nothing that tells when somebody puts their pen down."""

from __future__ import annotations

import pytest

from harvestry.core.access import Role
from harvestry.core.protocol import ConnId
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import START, WALL, identity

NOTHING = {"share": None, "count": None, "of": None}


def crowd(size: int, phase: str = "tell", of: dict[str, object] | None = None) -> tuple[HostedBench, list[ConnId]]:
    """A room in which so many take part in a step beside their host."""
    bench = HostedBench()
    bench.host_it(of)
    people = [bench.ann, *(bench.join(identity(f"P{number}")) for number in range(1, size))]
    bench.settle()
    bench.go(phase)
    return bench, people


def figure(bench: HostedBench, conn: ConnId) -> object:
    return bench.view(conn)["finishing"]


def finish(bench: HostedBench, conn: ConnId, phase: str = "tell", *, finished: bool = True) -> None:
    bench.do(conn, "step.finished", phase=phase, finished=finished)


def rows(bench: HostedBench) -> set[str]:
    """What is on disk of who has finished."""
    return {key for kind, key in bench.reloaded().vault if kind == "finished"}


def test_a_count_is_told_in_a_step_with_names_and_is_taken_back() -> None:
    """[FIN-1]"""
    bench, (ann, ben) = crowd(2)
    assert figure(bench, ben) == {"share": None, "count": 0, "of": 2}
    assert bench.own(ann)["finishing"] == {"finished": False}
    finish(bench, ann)
    bench.live_through(1)
    for conn in (ann, ben, bench.host):
        assert figure(bench, conn) == {"share": None, "count": 1, "of": 2}
    assert bench.own(ann)["finishing"] == {"finished": True}
    assert [bench.own(conn)["finishing"] for conn in (ben, bench.host)] == [{"finished": False}] * 2
    finish(bench, ann)
    finish(bench, ann, finished=False)
    bench.live_through(1)
    assert figure(bench, ben) == {"share": None, "count": 0, "of": 2}
    assert rows(bench) == set()


def test_nobody_is_told_who_has_finished_and_no_happening_says_it() -> None:
    """[FIN-1] Whoever of two it is, everybody else is sent the same bytes."""
    sent = []
    for one in (0, 1):
        bench, people = crowd(3)
        bench.clear()
        finish(bench, people[one])
        bench.live_through(2)
        sent.append([bench.frames(conn) for conn in (people[2], bench.host)])
        assert not any(entry.happenings for entry in bench.entries[-1:])
    assert sent[0] == sent[1]


def test_many_who_finish_at_once_are_told_once_a_second() -> None:
    """[FIN-1]"""
    bench, people = crowd(12)
    bench.live_through(2)
    before = len(bench.messages(bench.host, "gathering"))
    for conn in people:
        bench.command(conn, "step.finished", phase="tell")
        bench.wait(20)
        bench.commit()
    bench.live_through(2)
    assert figure(bench, bench.host) == {"share": None, "count": 12, "of": 12}
    # The first at once, and the others together.
    assert len(bench.messages(bench.host, "gathering")) <= before + 2


OPEN_WITHOUT_NAMES = plan(
    phases=[{**PLAN["phases"][1], "key": "write", "opens": [{"region": "stories", "attribution": "none"}]}]
)


@pytest.mark.parametrize("of", [PLAN, OPEN_WITHOUT_NAMES], ids=["sealed", "open without names"])
def test_ps04_where_no_name_is_kept_it_is_told_in_quarters_on_a_fixed_tick(of: dict[str, object]) -> None:
    """[FIN-2] [PS-04]"""
    bench, people = crowd(9, "write", of)
    opened = max(phase["opened"] or 0 for phase in bench.view(bench.host)["show"]["phases"])
    began = opened - WALL * 1_000 + START
    told = len(bench.messages(people[1], "gathering"))
    for conn in people[:5]:
        finish(bench, conn, "write")
    bench.wait(began + 9_999 - bench.now)
    assert len(bench.messages(people[1], "gathering")) == told
    assert figure(bench, people[1]) == NOTHING
    for seconds in (10, 20, 30):
        bench.wait(began + seconds * 1_000 - 1 - bench.now)
        assert len(bench.messages(people[1], "gathering")) == told + seconds // 10 - 1
        bench.wait(1)
        # Whether or not it has changed.
        assert len(bench.messages(people[1], "gathering")) == told + seconds // 10
        assert figure(bench, people[1]) == {"share": 50, "count": None, "of": None}
    for conn in people[5:]:
        finish(bench, conn, "write")
    assert figure(bench, bench.host) == {"share": 50, "count": None, "of": None}
    bench.wait(began + 40_000 - bench.now)
    assert figure(bench, bench.host) == {"share": 100, "count": None, "of": None}


def test_ps04_a_vote_that_is_counted_meanwhile_does_not_move_it() -> None:
    """[FIN-2] [PS-04] Turnouts are told once a second, and take nothing with them."""
    bench, people = crowd(9, "write")
    bench.do(bench.host, "poll.open", poll="0" * 16, asks={"kind": "fist", "question": "So?"})
    for conn in people:
        bench.command(conn, "step.finished", phase="write")
    bench.command(people[3], "poll.cast", poll="0" * 16, token="A" * 22, ballot=3)
    bench.wait(100)
    bench.commit()
    bench.commit()
    bench.wait(1_000)
    assert len(rows(bench)) == 9
    assert bench.view(bench.host)["deciding"]["polls"][0]["turnout"] == 1
    assert figure(bench, bench.host) == NOTHING


def test_ps04_among_fewer_than_eight_nothing_is_told_where_no_name_is_kept() -> None:
    """[FIN-2] [PS-04]"""
    bench, people = crowd(7, "write")
    told = len(bench.messages(bench.host, "gathering"))
    for conn in people:
        finish(bench, conn, "write")
    bench.wait(30_000)
    assert figure(bench, bench.host) == NOTHING
    assert len(bench.messages(bench.host, "gathering")) == told


def test_it_is_forgotten_with_the_step_with_the_reveal_and_with_the_seat() -> None:
    """[FIN-3]"""
    bench, people = crowd(9, "write")
    for conn in people:
        finish(bench, conn, "write")
    assert len(rows(bench)) == 9
    bench.wait(10_000)
    assert figure(bench, people[1]) == {"share": 100, "count": None, "of": None}
    bench.do(bench.host, "seal.reveal")
    assert rows(bench) == set()
    # Who has read what was revealed may be counted.
    assert figure(bench, people[1]) == {"share": None, "count": 0, "of": 9}
    finish(bench, people[0], "write")
    finish(bench, people[1], "write")
    bench.do(bench.host, "people.remove", seat="P1__________")
    assert rows(bench) == {"Ann_________"}
    bench.do(bench.host, "show.go", phase="tell")
    assert rows(bench) == set()
    assert figure(bench, people[2]) == {"share": None, "count": 0, "of": 8}
    assert bench.refused(people[2], "step.finished", phase="write") == "moved"
    finish(bench, people[2])
    bench.do(bench.host, "show.close")
    assert rows(bench) == set()
    assert figure(bench, people[2]) == NOTHING


def test_whoever_runs_the_step_is_not_waited_for() -> None:
    """[FIN-1]"""
    bench, (ann, _) = crowd(2)
    table = bench.join(identity("Tess", Role.TABLE))
    bench.join(identity("Hal", Role.HARVESTER))
    bench.join(identity("Olga", Role.OBSERVER))
    bench.settle()
    finish(bench, table)
    finish(bench, ann)
    bench.live_through(1)
    assert figure(bench, ann) == {"share": None, "count": 2, "of": 3}
    bench.do(bench.host, "people.promote", seat="Ann_________", role="cohost")
    bench.live_through(1)
    assert figure(bench, ann) == {"share": None, "count": 1, "of": 2}
    assert rows(bench) == {"Tess________"}


def test_what_was_said_is_there_after_a_restart() -> None:
    """[FIN-3]"""
    bench, (ann, _) = crowd(2)
    finish(bench, ann)
    again = HostedBench(stored=bench.reloaded())
    ann = again.join(identity("Ann"))
    again.settle()
    assert again.own(ann)["finishing"] == {"finished": True}
    assert figure(again, ann) == {"share": None, "count": 1, "of": 2}
