"""What is told of what people do while a step goes on."""

from __future__ import annotations

from typing import Any

import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId, Presence
from harvestry.core.showing import Showing, shown_presence
from harvestry.core.yprotocol import AwarenessEntry, AwarenessUpdate, parse
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import identity
from support.sealing import Draft

BUSY = Presence(cursor=(10, 20), selection=("abcdefghijkl",), editing="abcdefghijkl", drag=(1, 2, 3, 4))
STILL = Presence()


def bench_of(**changes: Any) -> HostedBench:
    bench = HostedBench()
    bench.host_it(plan(phases=[{**phase, **changes.get(phase["key"], {})} for phase in PLAN["phases"]]))
    bench.settle()
    return bench


def guest(bench: HostedBench, name: str) -> ConnId:
    """Somebody with a stock client, who knows the board."""
    conn = bench.join(identity(name, seat=None), door=Door.STOCK)
    bench.handle(events.Step1Received(conn, b"\0"))
    return conn


def move(bench: HostedBench, conn: ConnId, presence: Presence = BUSY) -> None:
    bench.handle(events.PresenceReceived(conn, presence))
    bench.settle()


def seen(bench: HostedBench, by: ConnId, of: ConnId) -> Presence:
    return bench.presence(by).get(of, STILL)


def stock_states(bench: HostedBench, conn: ConnId) -> dict[int, Any]:
    """What a stock client has been told of the others, the latest of each."""
    told: dict[int, Any] = {}
    for frame in bench.frames(conn):
        message = parse(frame)
        if isinstance(message, AwarenessUpdate):
            told |= {entry.client: entry.state for entry in message.entries}
    return told


def test_ps05_while_something_is_sealed_without_a_name_nothing_tells_who_is_at_work() -> None:
    """[SEA-6] [PS-05]"""
    bench = bench_of(arrive={"cursors": "all"})
    bot = guest(bench, "Bot")
    bench.go("arrive")
    move(bench, bench.ann)
    move(bench, bench.host)
    assert seen(bench, bench.host, bench.ann) == BUSY
    assert seen(bench, bench.ann, bench.host) == BUSY
    assert any(state and state.get("cursor") for state in stock_states(bench, bot).values())
    bench.go("write")
    bench.settle()
    assert seen(bench, bench.host, bench.ann) == STILL
    assert seen(bench, bench.ann, bench.host) == STILL
    assert all(not (state or {}).get("cursor") for state in stock_states(bench, bot).values())
    assert all(not (state or {}).get("selection") for state in stock_states(bench, bot).values())
    # Whatever anybody does now, nobody hears a thing.
    before = {conn: len(bench.frames(conn)) for conn in (bench.host, bench.ann, bot)}
    for x in range(20):
        move(bench, bench.ann, Presence(cursor=(x, 0), editing="abcdefghijkl", view=(0, 0, x + 1, 1)))
        bench.handle(events.AwarenessReceived(bot, AwarenessUpdate((AwarenessEntry(7, x, {"cursor": x}),))))
        bench.wait(17)
    after = {conn: len(bench.frames(conn)) for conn in before}
    # What keeps a provider's connection alive comes at its own times.
    assert after[bot] - before.pop(bot) <= 3
    assert {conn: after[conn] for conn in before} == before
    late = bench.join(identity("Late"))
    bench.settle()
    assert seen(bench, late, bench.ann) == STILL
    bench.do(bench.host, "seal.reveal")
    bench.settle()
    assert seen(bench, late, bench.host) == BUSY


def test_ps05_a_stock_client_is_shown_by_its_name_alone() -> None:
    """[PS-05]"""
    bench = bench_of()
    bot = guest(bench, "Bot")
    other = guest(bench, "Other")
    bench.go("write")
    state = {"user": {"name": "Bot", "color": "#123", "typing": True}, "cursor": 1, "pointer": 2, "selection": ["a"]}
    bench.handle(events.AwarenessReceived(bot, AwarenessUpdate((AwarenessEntry(7, 1, state),))))
    bench.settle()
    assert stock_states(bench, other)[7] == {"user": {"name": "Bot", "color": "#123"}}
    bench.do(bench.host, "seal.reveal")
    bench.settle()
    assert stock_states(bench, other)[7] == {"user": {"name": "Bot", "color": "#123"}, "selection": ["a"]}
    bench.do(bench.host, "show.close")
    bench.settle()
    assert stock_states(bench, other)[7] == state


def test_ps14_nobody_is_seen_writing_in_a_note_without_a_name() -> None:
    """[SEA-6] [PS-14] Its author gives it other words by its key, and nobody else does."""
    bench = bench_of(sort={"cursors": "all"})
    bench.go("write")
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    bench.do(bench.host, "seal.reveal")
    bench.go("sort")
    (element,) = [key for of, key in bench.reloaded().vault if of == "key"]
    move(bench, bench.ann, Presence(cursor=(1, 2), editing=element))
    assert seen(bench, bench.host, bench.ann) == Presence(cursor=(1, 2))
    move(bench, bench.ann, BUSY)
    assert seen(bench, bench.host, bench.ann) == BUSY


def test_a_sealed_phase_with_names_is_not_quiet() -> None:
    opens = [{**PLAN["phases"][2]["opens"][0], "attribution": "named"}]
    bench = bench_of(write={"opens": opens, "cursors": "all"})
    bench.go("write")
    bench.do(bench.ann, "seal.write", **Draft("a", "words").args)
    move(bench, bench.ann)
    assert seen(bench, bench.host, bench.ann) == BUSY


@pytest.mark.parametrize(
    ("cursors", "role", "cursor"),
    [
        ("hosts", Role.PARTICIPANT, None),
        ("hosts", Role.HOST, (10, 20)),
        ("hosts", Role.COHOST, (10, 20)),
        ("hosts", Role.HARVESTER, (10, 20)),
        ("all", Role.PARTICIPANT, (10, 20)),
        ("nobody", Role.PARTICIPANT, None),
        ("nobody", Role.HOST, None),
    ],
)
def test_cursors_are_shown_as_the_phase_says(cursors: str, role: Role, cursor: tuple[int, int] | None) -> None:
    """[SEA-6]"""
    bench = bench_of(arrive={"cursors": cursors})
    zoe = bench.join(identity("Zoe", role))
    bench.go("arrive")
    move(bench, zoe)
    told = seen(bench, bench.ann, zoe)
    assert told.cursor == cursor
    # What somebody holds shows on the thing itself.
    assert (told.selection, told.editing, told.drag) == (BUSY.selection, BUSY.editing, BUSY.drag)


def test_a_board_without_a_run_of_show_shows_everybody_and_so_does_one_that_has_not_begun() -> None:
    bench = bench_of()
    move(bench, bench.ann)
    assert seen(bench, bench.host, bench.ann) == BUSY
    bench.go("arrive")
    bench.settle()
    assert seen(bench, bench.host, bench.ann).cursor is None


def test_what_is_shown_is_the_same_after_a_restart_and_after_a_failed_commit() -> None:
    bench = bench_of()
    bench.go("write")
    again = HostedBench(stored=bench.reloaded())
    host, ann = again.join(identity("Rosa", Role.HOST)), again.join(identity("Ann"))
    again.settle()
    move(again, ann)
    assert seen(again, host, ann) == STILL
    bench.command(bench.host, "seal.reveal")
    bench.wait(200)
    bench.handle(events.CommitFailed())
    bench.entries.pop()
    bench.reload()
    bench.handle(events.Writable())
    move(bench, bench.ann)
    assert seen(bench, bench.host, bench.ann) == STILL


@pytest.mark.parametrize("showing", list(Showing))
def test_where_somebody_looks_is_known_to_the_server_whatever_is_shown(showing: Showing) -> None:
    looking = Presence(cursor=(1, 2), view=(0, 0, 10, 10))
    assert shown_presence(looking, Role.PARTICIPANT, showing).view == looking.view
