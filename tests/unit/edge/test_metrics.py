"""What is counted, and that it says nothing about anybody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.errors import CloseCode
from harvestry.core.limits import Limits
from harvestry.core.outbox import Fanout, Outbox
from harvestry.core.ports import NewBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import Edit, encode
from harvestry.core.tally import Tally
from harvestry.edge.client import NativeClient
from harvestry.edge.hub import Hub, Policy
from harvestry.edge.metrics import Metrics, Spread
from harvestry_crdt import Board
from support.clock import ManualClock
from support.memory_store import MemoryStore
from support.rooms import BOARD, Bench, Writer, identity
from support.server import ServerProcess

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
# An update under nobody's rules, and one that mutes client 77.
RUBBISH, MUTE = b"\xff" * 5, bytes.fromhex("01014d0000808080800800")


class _Deaf:
    """A connection that hears nothing."""

    def offer(self, frame: bytes | Fanout) -> None: ...
    def close(self, code: CloseCode, reason: str) -> None: ...


async def _settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    registry: CollectorRegistry = metrics.registry
    return registry.get_sample_value(name, labels)


def test_a_duration_counts_in_every_bucket_that_holds_it() -> None:
    spread = Spread()
    for seconds in (0.0, 0.001, 0.0011, 2.5, 99.0):
        spread.add(seconds)
    family = spread.family("what_seconds", "What.")
    samples = {sample.labels.get("le", sample.name): sample.value for sample in family.samples}
    assert samples["0.001"] == 2
    assert samples["0.0025"] == samples["1.0"] == 3
    assert samples["2.5"] == 4
    assert samples["+Inf"] == samples["what_seconds_count"] == 5
    assert samples["what_seconds_sum"] == pytest.approx(101.5021)


def test_two_applications_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.opened("native")
    assert value(one, "harvestry_connections", door="native") == 1
    assert value(other, "harvestry_connections", door="native") == 0


def test_a_commit_is_timed_from_the_store_and_a_tick_from_its_oldest_edit() -> None:
    """The timer stands still but for what this test lets pass."""
    now = [100.0]

    async def work() -> Metrics:
        store, clock = MemoryStore(), ManualClock()
        document = Board(client_id=7)
        await store.create(NewBoard(BOARD, "", 1, (), (document.commit(),)))
        document.close()
        metrics = Metrics(lambda: now[0])
        async with Hub(store, clock, limits=Limits(), policy=Policy(), metrics=metrics) as hub:
            assert value(metrics, "harvestry_rooms") == 0
            room = await hub.enter(BOARD)
            assert value(metrics, "harvestry_rooms") == 1
            ann = room.join(_Deaf(), identity("Ann"), door=Door.NATIVE)
            room._document.wake()
            writer = Writer(5)
            clock.turn(100)
            room.handle(events.EditReceived(ann, 1, writer.note(A)))
            # The first commit has begun, and the store has not answered yet.
            now[0] += 0.002
            room.handle(events.EditReceived(ann, 2, writer.note(B)))
            now[0] += 0.004
            await _settle()
            now[0] += 0.02
            clock.turn(100)
            await _settle()
        return metrics

    metrics = asyncio.run(work())
    for name, longest in (("harvestry_commit_seconds", "0.01"), ("harvestry_tick_seconds", "0.025")):
        assert value(metrics, f"{name}_count") == 2
        assert value(metrics, f"{name}_bucket", le=longest) == 2
    assert value(metrics, "harvestry_commit_seconds_sum") == pytest.approx(0.006)
    assert value(metrics, "harvestry_tick_seconds_sum") == pytest.approx(0.006 + 0.024)
    assert value(metrics, "harvestry_log_entries_total") == 2
    assert value(metrics, "harvestry_edits_total") == value(metrics, "harvestry_receipts_total") == 2
    assert value(metrics, "harvestry_rooms") == 0


def test_a_commit_that_fails_is_counted_and_not_timed() -> None:
    async def work() -> Metrics:
        store, clock = MemoryStore(), ManualClock()
        document = Board(client_id=7)
        await store.create(NewBoard(BOARD, "", 1, (), (document.commit(),)))
        document.close()
        async with Hub(store, clock, limits=Limits(), policy=Policy()) as hub:
            room = await hub.enter(BOARD)
            ann = room.join(_Deaf(), identity("Ann"), door=Door.NATIVE)
            room._document.wake()
            clock.turn(100)
            store.fails = OSError("the disk is full")
            room.handle(events.EditReceived(ann, 1, Writer(5).note(A)))
            await _settle()
            store.fails = None
        return hub.metrics

    metrics = asyncio.run(work())
    assert value(metrics, "harvestry_commit_failures_total") == 1
    assert value(metrics, "harvestry_commit_seconds_count") == 0
    assert value(metrics, "harvestry_receipts_total") == 0


def test_every_edit_that_is_not_taken_counts_once_under_its_code() -> None:
    bench = Bench()
    ann, olu = bench.join(identity("Ann")), bench.join(identity("Olu", Role.OBSERVER))
    sam = bench.join(identity("Sam", Role.OBSERVER, seat=None), door=Door.STOCK)
    bench.settle()
    anns = Writer(10)
    good = anns.note(A)
    bench.edit(ann, good, 1)
    bench.edit(ann, good, 1)
    bench.settle()
    for conn in (olu, sam):
        bench.edit(conn, Writer(11).note(B))
    for number, bad in enumerate((RUBBISH, MUTE, anns.note(B))):
        bench.edit(bench.join(identity(f"Bad {number}")), bad)
    ben = bench.join(identity("Ben"))
    for cseq in (1, 2):
        bench.edit(ben, Writer(12).title("Mine now"), cseq)
    assert bench.tally.edits == 9
    # The repeat is receipted once more.
    assert bench.tally.receipts == 2
    assert bench.tally.refused == {"role": 2, "malformed": 2, "forged": 1}
    # One edit, and its repeat.
    assert bench.tally.neutralised == {"role": 1}


def test_what_a_slow_reader_is_not_sent_is_counted() -> None:
    """[LIM-2]"""
    tally = Tally()
    outbox = Outbox(Limits(max_outbox_bytes=100, presence_outbox_bytes=50), tally)
    outbox.offer(b"on its way")
    outbox.offer(b"x" * 51)
    outbox.offer(Fanout(b"full", lambda: b"lean"))
    outbox.offer(Fanout(b"presence", lambda: None))
    outbox.offer(b"x" * 20)
    assert (tally.presence_dropped, tally.queues_dropped) == (2, 0)
    assert not outbox.offer(b"x" * 40)
    assert (tally.presence_dropped, tally.queues_dropped) == (2, 1)


def test_a_server_tells_its_numbers_and_nothing_about_anybody(start_server: Callable[..., ServerProcess]) -> None:
    """[TOK-2]"""
    server = start_server()
    gathering = server.make_gathering()

    async def visit() -> str:
        async with asyncio.timeout(30):
            ann = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Annabella")
            await ann.saved(await ann.put(A, "note", (0, 0, 184, 104), text="words of Annabella"))
            ben = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Benedict")
            await ben._socket.send(encode(Edit(1, RUBBISH)))
            await ben._socket.wait_closed()
            # The room has told Ann that Ben is gone once it is done with him.
            await ann.until(lambda: len(ann.people) == 1)
            answer = await asyncio.to_thread(httpx.get, f"{server.url}/metrics")
            await ann.close()
            assert ann.resume not in answer.text
            return answer.text

    text = asyncio.run(visit())
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["harvestry_rooms",] == 1
    assert found["harvestry_connections", "native"] == 1
    assert found["harvestry_edits_total",] == 2
    assert found["harvestry_receipts_total",] == 1
    assert found["harvestry_refusals_total", "malformed"] == 1
    assert found["harvestry_closes_total", "4422"] == 1
    assert found["harvestry_commit_seconds_count",] == found["harvestry_tick_seconds_count",] == 1
    assert found["harvestry_bytes_in_total",] > 100
    assert found["harvestry_bytes_out_total",] > 100
    for private in (gathering.board, *gathering.tokens.values(), "Annabella", "Benedict", "words", "127.0.0.1", A):
        assert private not in text
    labels = set(re.findall(r"[{,](\w+)=", text))
    assert labels == {"door", "code", "le", "what", "version"}


def test_the_numbers_are_told_to_no_foreign_page_and_kept_by_nobody(server: ServerProcess) -> None:
    """[TOK-6]"""
    assert httpx.get(f"{server.url}/metrics", headers={"Origin": "https://evil.example"}).status_code == 403
    answer = httpx.get(f"{server.url}/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert httpx.post(f"{server.url}/metrics").status_code == 405
