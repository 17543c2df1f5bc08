"""Rates: who edits too fast is read more slowly, who moves too fast is seen where they are last. Nothing is lost."""

from __future__ import annotations

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.limits import Limits, Millis
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId, Presence
from harvestry.core.rates import Bucket, Buckets
from harvestry.core.yprotocol import AwarenessEntry, AwarenessUpdate
from support.rooms import Bench, Writer, identity, ids

NOW = Millis(1_000)
SLOW = Limits(max_edit_rate=10, max_edit_burst=3, max_presence_rate=2)


def test_a_bucket_gives_a_burst_and_then_a_rate() -> None:
    bucket = Bucket(10, 3, NOW)
    assert [bucket.take(NOW) for _ in range(5)] == [0, 0, 0, 101, 101]
    assert bucket.take(Millis(1_101)) == 0
    assert bucket.take(Millis(1_101)) > 0
    # A long pause fills it, and no more than that.
    assert [bucket.take(Millis(99_000)) for _ in range(4)][:3] == [0, 0, 0]
    assert bucket.take(Millis(99_000)) > 0


def test_credit_is_paid_back_at_the_rate() -> None:
    bucket = Bucket(10, 2, NOW)
    assert [bucket.spend(NOW) for _ in range(4)] == [0, 0, 101, 201]
    assert bucket.spend(Millis(1_301)) == 0


def test_buckets_that_may_not_be_forgotten_hold_whoever_else_comes() -> None:
    """[DEV-2]"""
    buckets = Buckets(1 / 60, 2, forgets_spent=False)
    assert [buckets.of("one", NOW).take(NOW) > 0 for _ in range(3)] == [False, False, True]
    for turn in range(2):
        for number in range(10_000):
            other = buckets.of(f"{turn}/{number}", NOW)
            other.take(NOW)
            if number % 2:
                other.give_back()
    assert buckets.of("one", NOW).take(NOW) > 0
    # Once they are full again they are let go.
    later = Millis(NOW + 120_000)
    for number in range(30_000):
        buckets.of(f"later/{number}", later)
    assert len(buckets) < 10_000


def test_a_clock_that_stands_still_gives_nothing() -> None:
    bucket = Bucket(1_000, 1, NOW)
    assert [bucket.take(NOW) for _ in range(3)] == [0, 2, 2]


def holds(bench: Bench) -> list[tuple[ConnId, int]]:
    return [(hold.conn, hold.until - bench.now) for hold in bench.of(events.Hold)]


def test_too_many_edits_are_all_taken_and_the_next_is_read_later() -> None:
    """[LIM-5]"""
    bench = Bench(limits=SLOW)
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    writer, other = Writer(10), Writer(11)
    bench.edit(ben, other.note("B" * 12), 1)
    for cseq in range(1, 6):
        bench.edit(ann, writer.note(f"{cseq:012}"), cseq)
    assert holds(bench) == [(ann, 101), (ann, 201)]
    bench.settle()
    assert bench.receipts(ann)[-1] == 5
    assert len(ids(bench.updates(ann))) == 6
    bench.clear()
    bench.wait(1_000)
    bench.edit(ann, writer.note("C" * 12), 6)
    assert holds(bench) == []


def test_the_connections_of_one_seat_share_its_rate_and_those_of_one_link_do_not() -> None:
    """[LIM-5]"""
    bench = Bench(limits=SLOW)
    tabs = [bench.join(identity("Ann")) for _ in range(2)]
    for number in range(4):
        bench.edit(tabs[number % 2], Writer(10 + number).note(f"{number:012}"), 1 + number)
    assert [conn for conn, _ in holds(bench)] == [tabs[1]]
    bench.clear()
    bots = [bench.join(identity("Guest", seat=None), door=Door.STOCK) for _ in range(2)]
    for number in range(4, 10):
        bench.edit(bots[number % 2], Writer(10 + number).note(f"{number:012}"), 0)
    assert holds(bench) == []


def test_each_has_a_bucket_of_their_own_and_whoever_was_heard_of_last_is_known() -> None:
    buckets = Buckets(1, 1)
    assert buckets.of("ann", Millis(0)).take(Millis(0)) == 0
    assert buckets.of("ben", Millis(0)).take(Millis(0)) == 0
    assert buckets.of("ann", Millis(0)).take(Millis(0)) > 0
    for number in range(4_095):
        buckets.of(f"passer-by {number}", Millis(0))
    assert buckets.of("ann", Millis(0)).take(Millis(0)) > 0
    assert buckets.of("ben", Millis(0)).take(Millis(0)) == 0


def test_leaving_and_coming_back_fills_no_bucket() -> None:
    bench = Bench(limits=SLOW)
    for number in range(4):
        ann = bench.join(identity("Ann"))
        bench.edit(ann, Writer(10 + number).note(f"{number:012}"), 1)
        bench.handle(events.Left(ann))
    assert len(holds(bench)) == 1


def test_of_presence_that_comes_too_fast_the_latest_is_shown_in_time() -> None:
    """[PRE-3] [LIM-5]"""
    bench = Bench(limits=SLOW)
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    for x in range(6):
        bench.handle(events.PresenceReceived(ann, Presence(cursor=(x, 0))))
        bench.wait(50)
    assert bench.room._roster.get(ann).presence.cursor == (1, 0)  # type: ignore[union-attr]
    wake = min(wake.at for wake in bench.of(events.WakeAt) if wake.at > bench.now)
    bench.wait(wake - bench.now)
    assert bench.room._roster.get(ann).presence.cursor == (5, 0)  # type: ignore[union-attr]
    bench.settle()
    assert bench.messages(ben, "tick")


def test_presence_of_somebody_who_left_is_forgotten() -> None:
    bench = Bench(limits=SLOW)
    ann = bench.join(identity("Ann", Role.OBSERVER))
    for x in range(4):
        bench.handle(events.PresenceReceived(ann, Presence(cursor=(x, 0))))
    bench.handle(events.Left(ann))
    bench.settle()
    assert bench.room._appearances._late == {}


def test_awareness_is_paced_like_presence() -> None:
    """[LIM-5]"""
    bench = Bench(limits=SLOW)
    bot = bench.join(identity("Guest", seat=None), door=Door.STOCK)
    for clock in range(5):
        entry = AwarenessEntry(77, clock, {"cursor": clock})
        bench.handle(events.AwarenessReceived(bot, AwarenessUpdate((entry,))))
    assert bench.room._appearances._awareness._states[77] == {"cursor": 1}
    bench.wait(600)
    assert bench.room._appearances._awareness._states[77] == {"cursor": 4}


def test_what_had_to_be_put_back_counts_as_edits() -> None:
    """[LIM-5] A few bytes take away a whole board, and putting it back may keep nobody busy for ever."""
    bench = Bench(limits=SLOW)
    host, ann = bench.join(identity("Hanna", Role.HOST)), bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    many = [f"{number:012}" for number in range(20)]
    with writer.doc.transaction():
        for id in many:
            writer.note(id, "w" * 2_560)
    bench.edit(host, writer.doc.get_update(), 1)
    bench.command(host, "lock", locked=True)
    bench.settle()
    bench.clear()
    robber = Writer(20, bench.welcome(bench.join(identity("Ben")))["update"])
    before = robber.doc.get_state()
    del robber.els[many[0]]["txt"][0:2_560]
    bench.edit(ann, robber.doc.get_update(before), 1)
    # Three were free: one for the edit, two of ten for the words.
    assert holds(bench) == [(ann, 801)]
    bench.settle()
    bench.wait(10_000)
    bench.clear()
    before = robber.doc.get_state()
    with robber.doc.transaction():
        for id in many[1:]:
            del robber.els[id]
    bench.edit(ann, robber.doc.get_update(before), 2)
    assert holds(bench) == [(ann, 1_701)]
    bench.settle()
    state = bench.welcome(bench.join(identity("Cat")))["update"]
    assert ids([state]) == set(many)


def test_a_large_edit_counts_as_several() -> None:
    """[LIM-5]"""
    bench = Bench(limits=SLOW)
    ann = bench.join(identity("Ann"))
    bench.edit(ann, Writer(10).note("A" * 12, "w" * 40_000), 1)
    # Three were free; one is the edit, and 40,000 bytes are four more.
    assert holds(bench) == [(ann, 201)]


def test_reading_a_parked_edit_again_counts_as_edits() -> None:
    """[LIM-5] Every small edit has it read again, and it may never be complete."""
    bench = Bench(limits=SLOW)
    ann = bench.join(identity("Ann"))
    writer = Writer(10)
    writer.note("A" * 12)
    bench.edit(ann, writer.note("B" * 12, "w" * 20_000), 1)
    bench.wait(60_000)
    bench.clear()
    other = Writer(11)
    bench.edit(ann, other.note("C" * 12), 2)
    # Three were free: one is the edit, and twenty thousand bytes are nineteen more.
    assert holds(bench) == [(ann, 1_701)]
    assert bench.closes() == {}


def test_commands_count_as_edits_granted_or_not() -> None:
    """[LIM-5] A client that floods them is read more slowly, like one that floods edits; each has its answer."""
    bench = Bench(limits=SLOW)
    ann = bench.join(identity("Ann"))
    for name in ("show.go", "clock", "no.such.command", "lock", "seal.write"):
        bench.command(ann, name)
    assert [delay for _, delay in holds(bench)] == [101, 201]
    bench.settle()
    assert len([m for m in bench.messages(ann) if m[0] in ("result", "failed")]) == 5
