"""A gathering on a bad day: disks that fail, clocks that jump, a machine that is held still."""

from __future__ import annotations

import pytest

from harvestry.core import events, hosting
from harvestry.core.access import Role
from support.gatherings import PLAN, HostedBench, plan
from support.polls import PollBench
from support.rooms import WALL, identity
from support.sealing import Draft

HOUR = 3_600


def fail(room: HostedBench) -> None:
    """The commit in flight fails, and the board is loaded again as it was before."""
    room.handle(events.CommitFailed())
    room.entries.pop()
    room.reload()


def texts(room: HostedBench) -> list[str]:
    stored = room.reloaded()
    return [body.decode() for (kind, _), body in stored.vault.items() if kind == "note"]


def test_a_reveal_that_could_not_be_saved_shows_nothing_and_can_be_asked_for_again() -> None:
    """[STO-7] [SEA-1]"""
    room = HostedBench()
    room.host_it()
    room.go("write")
    for number in range(3):
        room.do(room.ann, "seal.write", **Draft(f"n{number}", f"canary {number}").args)
    room.clear()
    room.command(room.host, "seal.reveal")
    room.wait(100)
    fail(room)
    assert [message[2] for message in room.messages(room.host, "failed")] == ["paused"]
    assert all(b"canary" not in frame for frame in room.frames(room.host))
    assert len(texts(room)) == 3
    room.handle(events.Writable())
    room.settle()
    room.do(room.host, "seal.reveal")
    assert texts(room) == []
    assert sum(frame.count(b"canary") for frame in room.updates(room.host)) == 3


def test_a_vote_that_could_not_be_saved_can_be_given_again_and_counts_once() -> None:
    """[STO-7]"""
    room = PollBench()
    room.gather(3)
    room.go("arrive")
    poll = room.open("fist")
    room.command(room.ann, "poll.cast", **room.vote(room.ann, poll, 4))
    room.wait(100)
    fail(room)
    assert [message[2] for message in room.messages(room.ann, "failed")] == ["paused"]
    assert room.refused(room.ann, "poll.cast", **room.vote(room.ann, poll, 4)) == "paused"
    room.handle(events.Writable())
    for _ in range(2):
        room.cast(room.ann, poll, 4)
    assert (len(room.vault("ballot")), len(room.vault("spent"))) == (1, 1)
    room.do(room.host, "poll.close", poll=poll)
    assert room.poll(poll)["result"]["n"] == 1


def test_whoever_comes_while_nothing_can_be_saved_takes_part_once_it_can() -> None:
    """[STO-7] Also those whose coming was in the commit that failed."""
    room = HostedBench()
    room.host_it()
    room.go("arrive")
    early = room.join(identity("Early"))
    room.wait(100)
    fail(room)
    room.join(identity("Late", Role.COHOST))
    room.settle()
    room.handle(events.Writable())
    room.settle()
    assert room.view(room.host)["people"]["seats"] == 4
    room.do(room.host, "people.promote", seat="Early_______", role="table")
    assert room.own(early)["people"]["role"] == "table"
    room.do(room.host, "people.lead", seat="Late________")


def test_what_time_it_is_is_told_while_nothing_can_be_saved() -> None:
    """[STO-7] Whoever comes back meanwhile counts down to the right moment."""
    room = HostedBench()
    room.host_it()
    room.command(room.ann, "people.ask", what="hand")
    room.wait(100)
    fail(room)
    assert room.do(room.ann, "clock") == room.room._loaded.hosting.date(room.now) - 8 * 200


@pytest.mark.parametrize("jump", [-5 * HOUR, 5 * HOUR])
def test_a_clock_that_is_hours_off_after_a_restart_takes_no_time_back(jump: int) -> None:
    """[GTH-5] What is said to last seconds lasts seconds, and what happened before is not later than now."""
    room = HostedBench()
    room.host_it()
    room.go("write")
    room.do(room.ann, "seal.write", **(draft := Draft("one", "words")).args)
    room.do(room.host, "seal.reveal")
    element = next(iter(row for kind, row in room.reloaded().vault if kind == "key"))
    room.do(room.host, "mod.summon", region="see", hold=60)
    room.do(room.ann, "seal.reword", element=element, key=draft.key, text="something else")
    later = again(room, jump)
    assert later.room._loaded.hosting.date(later.now) >= room.view(room.host)["moderating"]["summon"]["until"] - 60_000
    later.live_through(8)
    assert any(b"something else" in update for update in later.updates(later.host))
    later.live_through(60)
    assert later.view(later.host)["moderating"]["summon"] is None
    later.do(later.host, "show.go")
    dates = [power["at"] for power in later.view(later.host)["moderating"]["powers"]]
    assert dates == sorted(dates)


def test_what_is_withdrawn_is_erased_in_seconds_although_the_clock_was_set_back() -> None:
    """[GTH-5]"""
    room = HostedBench()
    room.host_it()
    room.go("write")
    room.do(room.ann, "seal.write", **(draft := Draft("one", "words")).args)
    room.do(room.host, "seal.reveal")
    element = next(iter(row for kind, row in room.reloaded().vault if kind == "key"))
    room.do(room.ann, "seal.withdraw", element=element, key=draft.key)
    later = again(room, -5 * HOUR)
    later.live_through(21)
    assert [effect.elements for effect in later.of(events.Erase)] == [frozenset({element})]


def test_a_host_is_given_the_time_to_come_back_to_a_server_that_was_held_still() -> None:
    """[PEO-2] Offer and succession were both due when it went on; the host was at the door all the while."""
    room = HostedBench()
    room.host_it()
    carla = room.join(identity("Carla", Role.COHOST))
    room.go("arrive")
    room.handle(events.Left(room.host))
    room.wait(60_000)
    room.settle()
    offer = room.view(carla)["people"]["offer"]
    assert room.view(carla)["people"]["lead"] == "Rosa________"
    assert offer["at"] - room.room._loaded.hosting.date(room.now) > 15_000
    room.join(identity("Rosa", Role.HOST))
    room.live_through(60)
    assert room.view(carla)["people"]["lead"] == "Rosa________"


def test_a_host_who_does_not_come_back_to_it_is_followed_all_the_same() -> None:
    """[PEO-2]"""
    room = HostedBench()
    room.host_it()
    carla = room.join(identity("Carla", Role.COHOST))
    room.go("arrive")
    room.handle(events.Left(room.host))
    room.wait(60_000)
    room.live_through(21)
    assert room.view(carla)["people"]["lead"] == "Carla_______"


def again(room: HostedBench, jump: int) -> HostedBench:
    """The room as it is loaded after a restart, on a machine whose date is so many seconds off."""
    later = HostedBench(stored=room.reloaded(), wall=WALL + jump, seed=1_000)
    later.host = later.join(identity("Rosa", Role.HOST))
    later.ann = later.join(identity("Ann"))
    later.settle()
    return later


def test_asking_after_a_note_among_many_counts_as_many_edits() -> None:
    """[LIM-5] Its key is tried on each."""
    room = HostedBench()
    phases = [{**phase, "opens": [{**o, "limit": 50} for o in phase.get("opens", ())]} for phase in PLAN["phases"]]
    room.host_it(plan(phases=phases))
    authors = [room.join(identity(f"Author{number}")) for number in range(5)]
    room.go("write")
    for author in authors:
        for number in range(50):
            room.command(author, "seal.write", **Draft(f"{author}/{number}", "words").args)
        room.settle()
    room.do(room.host, "seal.reveal")
    room.clear()
    for number in range(601):
        room.command(room.ann, "seal.write", **Draft(f"again {number}", "words").args)
    assert len(room.of(events.Hold)) == 601 - 200


def test_what_happens_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """[LIM-6] A restart does not give more room; somebody can still be removed, and the gathering ended."""
    monkeypatch.setattr(hosting, "MAX_KEPT_BYTES", 6_000)
    room = HostedBench()
    room.host_it()
    room.go("tell")
    for _ in range(120):
        room.command(room.host, "show.add", seconds=60)
    room.settle()
    refused = [message[2] for message in room.messages(room.host, "failed")]
    assert 0 < len(refused) < 120
    assert set(refused) == {"full"}
    assert sum(map(len, room.reloaded().happenings)) < 7_000
    again = HostedBench(stored=room.reloaded())
    again.host, again.ann = again.join(identity("Rosa", Role.HOST)), again.join(identity("Ann"))
    assert again.refused(again.host, "show.add", seconds=60) == "full"
    again.do(again.ann, "people.ask", what="hand")
    again.do(again.host, "people.remove", seat="Ann_________")
    again.do(again.host, "show.close")
