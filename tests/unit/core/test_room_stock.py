"""The room towards stock clients: y-protocols, with the server speaking for everybody."""

from __future__ import annotations

import json

import pytest
from pycrdt import Map

from harvestry.core import events, yprotocol
from harvestry.core.access import Role
from harvestry.core.errors import CloseCode
from harvestry.core.limits import Limits, Millis
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId, Presence
from harvestry.core.yprotocol import AwarenessEntry, AwarenessUpdate
from support.rooms import Bench, Writer, identity, ids, texts

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
NOTHING = b"\x00"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def bot(bench: Bench, role: Role = Role.PARTICIPANT, *, synced: bool = True) -> ConnId:
    conn = bench.join(identity("Guest", role, seat=None), door=Door.STOCK)
    if synced:
        bench.handle(events.Step1Received(conn, NOTHING))
    return conn


def heard(bench: Bench, conn: ConnId) -> list[yprotocol.StockMessage]:
    return [yprotocol.parse(frame) for frame in bench.frames(conn)]


def states(bench: Bench, conn: ConnId) -> list[AwarenessEntry]:
    updates = [message for message in heard(bench, conn) if isinstance(message, AwarenessUpdate)]
    return [entry for update in updates for entry in update.entries]


def says(bench: Bench, conn: ConnId, client: int, state: object, clock: int = 1) -> None:
    bench.handle(events.AwarenessReceived(conn, AwarenessUpdate((AwarenessEntry(client, clock, state),))))


def test_a_writer_is_asked_what_it_has_and_told_what_it_lacks(bench: Bench) -> None:
    conn = bot(bench)
    step1, _, step2 = heard(bench, conn)
    assert isinstance(step1, yprotocol.SyncStep1)
    assert isinstance(step2, yprotocol.SyncStep2)
    assert texts(step2.update) == {}


def test_an_observer_is_not_asked_for_anything(bench: Bench) -> None:
    kinds = [type(message) for message in heard(bench, bot(bench, Role.OBSERVER))]
    assert yprotocol.SyncStep1 not in kinds
    assert yprotocol.SyncStep2 in kinds


def test_both_doors_see_each_others_edits(bench: Bench) -> None:
    ann, conn = bench.join(identity("Ann")), bot(bench)
    bench.settle()
    bench.clear()
    bench.edit(ann, Writer(10).note(A))
    bench.edit(conn, Writer(11).note(B), 0)
    bench.settle()
    assert ids(bench.updates(ann)) == {A, B}
    updates = [message.update for message in heard(bench, conn) if isinstance(message, yprotocol.SyncUpdate)]
    assert ids(updates) == {A, B}


def test_no_update_is_sent_before_the_board_it_builds_on(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    conn = bot(bench, synced=False)
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.settle()
    assert not [message for message in heard(bench, conn) if isinstance(message, yprotocol.SyncUpdate)]
    bench.handle(events.Step1Received(conn, NOTHING))
    (step2,) = [message for message in heard(bench, conn) if isinstance(message, yprotocol.SyncStep2)]
    assert texts(step2.update) == {A: "words"}


def test_a_question_during_a_commit_is_answered_after_it(bench: Bench) -> None:
    ann, conn = bench.join(identity("Ann")), bot(bench)
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.clear()
    bench.handle(events.Step1Received(conn, NOTHING))
    assert heard(bench, conn) == []
    bench.commit()
    (step2,) = [message for message in heard(bench, conn) if isinstance(message, yprotocol.SyncStep2)]
    assert texts(step2.update) == {A: "words"}


def test_a_gap_is_answered_with_sync_step_1(bench: Bench) -> None:
    """[SYN-5]"""
    conn = bot(bench)
    bench.clear()
    writer = Writer(10)
    writer.note(A)
    bench.edit(conn, writer.note(B), 0)
    assert heard(bench, conn) == [yprotocol.SyncStep1(b"\x01\x07\x01")]
    bench.edit(conn, writer.doc.get_update(), 0)
    bench.settle()
    assert len(bench.entries) == 1


def test_an_observers_edits_are_ignored_whatever_they_are(bench: Bench) -> None:
    conn = bot(bench, Role.OBSERVER)
    bench.clear()
    bench.edit(conn, Writer(10).note(A), 0)
    bench.edit(conn, b"rubbish", 0)
    bench.settle()
    assert bench.entries == []
    assert bench.closes() == {}


def test_what_is_not_granted_ends_a_stock_connection() -> None:
    bench = Bench(limits=Limits(max_client_ids=1))
    conn = bot(bench)
    bench.edit(conn, Writer(10).note(A), 0)
    assert bench.closes() == {conn: CloseCode.BAD_UPDATE}


def test_what_is_not_allowed_is_undone_for_a_stock_client_by_an_ordinary_update(bench: Bench) -> None:
    """[POL-2]"""
    conn = bot(bench)
    writer = Writer(10)
    bench.edit(conn, writer.title("Mine"), 0)
    bench.settle()
    assert bench.closes() == {}
    (update,) = [message.update for message in heard(bench, conn) if isinstance(message, yprotocol.SyncUpdate)]
    writer.apply(update)
    assert "title" not in writer.doc.get("meta", type=Map)
    bench.edit(conn, writer.note(A), 0)
    bench.settle()
    assert ids([message.update for message in heard(bench, conn) if isinstance(message, yprotocol.SyncUpdate)]) == {A}


def test_a_host_may_name_the_board_through_the_stock_door(bench: Bench) -> None:
    conn = bot(bench, Role.HOST)
    ann = bench.join(identity("Ann"))
    bench.edit(conn, Writer(10).title("Harvest"), 0)
    bench.settle()
    assert [entry.title for entry in bench.entries] == ["Harvest"]
    assert ["titled", "Harvest"] in bench.happened(ann)


def test_a_malformed_state_vector_is_malformed(bench: Bench) -> None:
    conn = bot(bench)
    bench.handle(events.Step1Received(conn, b"\x05\x01"))
    assert bench.closes() == {conn: CloseCode.MALFORMED}


def test_a_client_id_belongs_to_the_link_and_survives_a_reconnect(bench: Bench) -> None:
    conn = bot(bench)
    writer = Writer(10)
    bench.edit(conn, writer.note(A), 0)
    bench.settle()
    bench.handle(events.Left(conn))
    bench.edit(bot(bench), writer.move(A, 5), 0)
    bench.settle()
    assert len(bench.entries) == 2
    assert bench.entries[0].leases == {10: "link:participant_"}
    assert bench.closes() == {}


def test_a_client_speaks_for_the_first_awareness_client_it_names_alone(bench: Bench) -> None:
    """[PRE-1, PRE-4]"""
    bob, eve = bot(bench), bot(bench)
    bench.clear()
    says(bench, bob, 10, {"user": {"name": "Bob"}})
    bench.settle()
    says(bench, eve, 11, {"user": {"name": "Eve"}})
    bench.settle()
    bench.clear()
    says(bench, eve, 10, {"user": {"name": "Not Bob"}}, clock=99)
    says(bench, eve, 12, {"user": {"name": "Another"}})
    says(bench, eve, 10, None, clock=100)
    bench.settle()
    assert states(bench, bob) == []


def test_a_client_that_first_repeats_another_still_gets_its_own(bench: Bench) -> None:
    bob, eve = bot(bench), bot(bench)
    says(bench, bob, 10, {"user": {"name": "Bob"}})
    says(bench, eve, 10, {"user": {"name": "Bob"}})
    says(bench, eve, 9, None)
    says(bench, eve, 11, {"n": 1})
    bench.settle()
    assert 11 in {entry.client for entry in states(bench, bob)}


def test_nobody_is_sent_its_own_awareness(bench: Bench) -> None:
    bob, eve = bot(bench), bot(bench)
    says(bench, bob, 10, {"n": 1})
    bench.handle(events.AwarenessWanted(bob))
    bench.settle()
    bench.wait(20_000)
    assert 10 not in {entry.client for entry in states(bench, bob)}
    assert 10 in {entry.client for entry in states(bench, eve)}


def test_the_clock_is_the_servers(bench: Bench) -> None:
    bob, eve = bot(bench), bot(bench)
    clocks = []
    for clock in (2**50, 3, 1):
        bench.clear()
        says(bench, bob, 10, {"n": clock}, clock=clock)
        bench.settle()
        clocks += [entry.clock for entry in states(bench, eve)]
    assert clocks == sorted(set(clocks))
    assert len(clocks) == 3
    assert clocks[-1] < 2**32


def test_the_same_state_is_told_again_under_a_newer_clock(bench: Bench) -> None:
    """A provider that has forgotten a state in a reconnect takes it back only under a newer clock."""
    bob, eve = bot(bench), bot(bench)
    says(bench, bob, 10, {"n": 1})
    bench.settle()
    bench.clear()
    for _ in range(3):
        bench.handle(events.AwarenessWanted(eve))
    clocks = [entry.clock for entry in states(bench, eve) if entry.client == 10]
    assert clocks == sorted(set(clocks))
    assert len(clocks) == 3


def test_asking_over_and_over_drives_no_clock_far_ahead(bench: Bench) -> None:
    bob, eve = bot(bench), bot(bench)
    says(bench, bob, 10, {"n": 1})
    bench.settle()
    first = states(bench, eve)[-1].clock
    for _ in range(5_000):
        bench.handle(events.AwarenessWanted(eve))
        last = states(bench, eve)[-1].clock
        bench.clear()
    assert last <= first + 1_300


def test_on_a_machine_that_thinks_it_is_1970_clocks_run_all_the_same() -> None:
    bench = Bench(wall=0)
    bob, eve = bot(bench), bot(bench)
    says(bench, bob, 10, {"n": 1})
    bench.settle()
    bench.wait(60_000)
    bench.wait(60_000)
    clocks = [entry.clock for entry in states(bench, eve) if entry.client == 10]
    assert clocks == sorted(set(clocks))
    assert clocks[0] > 0
    assert clocks[-1] >= 120_000 // 50


def test_a_client_that_asks_again_and_again_during_a_commit_is_answered_once(bench: Bench) -> None:
    bob, ann = bot(bench), bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.clear()
    for _ in range(1_000):
        bench.handle(events.Step1Received(bob, NOTHING))
    bench.commit()
    (step2,) = [message for message in heard(bench, bob) if isinstance(message, yprotocol.SyncStep2)]
    assert ids([step2.update]) == {A}


def test_the_clock_goes_on_over_a_restart(bench: Bench) -> None:
    bob, eve = bot(bench), bot(bench)
    for n in range(100):
        says(bench, bob, 10, {"n": n})
        bench.wait(50)
    before = max(entry.clock for entry in states(bench, eve))
    later = Bench(now=Millis(5))
    later_bob, later_eve = bot(later), bot(later)
    later.now = Millis(later.now + (bench.now - 1_000))
    says(later, later_bob, 10, {"n": 0})
    later.settle()
    assert min(entry.clock for entry in states(later, later_eve)) > before


def test_people_of_the_native_door_appear_as_awareness(bench: Bench) -> None:
    ann, eve = bench.join(identity("Ann")), bot(bench)
    bench.handle(events.PresenceReceived(ann, Presence(cursor=(3, 4))))
    bench.settle()
    latest = states(bench, eve)[-1]
    assert latest.state["user"]["name"] == "Ann"  # type: ignore[index]
    assert latest.state["cursor"] == {"x": 3, "y": 4}  # type: ignore[index]
    assert latest.client > 2**32
    bench.clear()
    bench.handle(events.Left(ann))
    bench.settle()
    assert [entry.state for entry in states(bench, eve)] == [None]


def test_a_newcomer_hears_of_everybody(bench: Bench) -> None:
    bench.join(identity("Ann"))
    bob = bot(bench)
    says(bench, bob, 10, {"user": {"name": "Bob"}})
    eve = bot(bench, synced=False)
    names = {json.dumps(entry.state, sort_keys=True) for entry in states(bench, eve)}
    assert len(names) == 2


def test_a_stock_client_hears_something_at_least_every_15_seconds(bench: Bench) -> None:
    bench.join(identity("Ann"))
    eve = bot(bench)
    bench.settle()
    for _ in range(4):
        bench.clear()
        bench.wait(15_000)
        assert [entry.clock for entry in states(bench, eve)]


def test_the_heartbeat_stops_with_the_last_stock_client(bench: Bench) -> None:
    bench.join(identity("Ann"))
    bench.handle(events.Left(bot(bench)))
    bench.settle()
    bench.clear()
    bench.wait(60_000)
    bench.wait(60_000)
    assert bench.effects == []


def test_the_name_a_stock_client_gives_itself_reaches_everybody_tidied(bench: Bench) -> None:
    ann, eve = bench.join(identity("Ann")), bot(bench)
    says(bench, eve, 10, {"user": {"name": "  Eve\u0007 the\n1st "}})
    bench.settle()
    rows = [event[1] for event in bench.happened(ann) if event[0] == "joined" and event[1][0] == eve]
    assert [row[2] for row in rows] == ["Guest", "Eve the 1st"]


def test_the_name_of_a_seat_is_not_changed_by_awareness(bench: Bench) -> None:
    conn = bench.join(identity("Ann"), door=Door.STOCK)
    bench.handle(events.Step1Received(conn, NOTHING))
    says(bench, conn, 10, {"user": {"name": "Somebody else"}})
    assert bench.room.people()[0][2] == "Ann"


def test_awareness_is_sent_at_most_twenty_times_a_second() -> None:
    bench = Bench(limits=Limits())
    bob, eve = bot(bench), bot(bench)
    bench.settle()
    bench.clear()
    for n in range(100):
        says(bench, bob, 10, {"n": n})
        bench.wait(10)
    assert len(states(bench, eve)) <= 21


def test_nobody_is_told_of_people_who_had_left_before_they_came(bench: Bench) -> None:
    """A room that no stock client is in keeps nothing of those who come and go."""
    for _ in range(20):
        bench.handle(events.Left(bench.join(identity("Ann"))))
        bench.settle()
    ben = bench.join(identity("Ben"))
    bench.settle()
    conn = bot(bench)
    bench.settle()
    named = {entry.client - 2**32: entry.state for entry in states(bench, conn)}
    assert named.keys() == {ben}
    bench.handle(events.Left(ben))
    bench.settle()
    assert states(bench, conn)[-1].state is None


def test_who_asks_for_the_board_again_and_again_is_read_more_slowly() -> None:
    """[LIM-5] A question is a few bytes, and its answer may be a board."""
    bench = Bench(limits=Limits(max_edit_rate=10, max_edit_burst=25))
    conn = bot(bench)
    bench.handle(events.Step1Received(conn, NOTHING))
    assert bench.of(events.Hold) == []
    bench.handle(events.Step1Received(conn, NOTHING))
    (hold,) = bench.of(events.Hold)
    assert (hold.conn, hold.until - bench.now) == (conn, 501)
    assert len([message for message in heard(bench, conn) if isinstance(message, yprotocol.SyncStep2)]) == 3
