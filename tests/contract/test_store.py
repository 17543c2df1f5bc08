"""What every store does, whichever it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harvestry.core.access import BoardId, Holder, LinkId, Role, SeatId
from harvestry.core.ports import (
    Bearer,
    Entry,
    Erasure,
    FreshLink,
    FreshSeat,
    History,
    Keeping,
    LinkRecord,
    NewBoard,
    Rebuilt,
    Recalled,
    SeatRecord,
    Stale,
    Store,
    StoredBoard,
    Summary,
)
from harvestry.edge.store import SqlStore
from support.memory_store import MemoryStore

BOARD, OTHER = BoardId("board_number_one"), BoardId("board_number_two")
HOST = LinkRecord(LinkId("hhhhhhhhhhhh"), BOARD, Role.HOST, 10)
GUEST = LinkRecord(LinkId("gggggggggggg"), BOARD, Role.PARTICIPANT, 11)
SEAT = SeatId("ssssssssssss")

Scenario = Callable[[Store], Awaitable[None]]
Runner = Callable[[Scenario], None]


@asynccontextmanager
async def memory(_: Path) -> AsyncIterator[Store]:
    yield MemoryStore()


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Store]:
    store = await SqlStore.open(folder / "store.db")
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture(params=[memory, sqlite], ids=["memory", "sqlite"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """Runs a scenario on a store that already holds one board."""

    def runner(scenario: Scenario) -> None:
        async def whole() -> None:
            async with request.param(tmp_path) as store:
                await store.create(NewBoard(BOARD, "Harvest", 10, (GUEST, HOST), (b"one",)))
                await scenario(store)

        asyncio.run(whole())

    return runner


async def loaded(store: Store) -> StoredBoard:
    stored = await store.load(BOARD)
    assert stored is not None
    return stored


def test_a_new_board_is_as_it_was_made(run: Runner) -> None:
    """[STO-4]"""

    async def scenario(store: Store) -> None:
        assert await store.summary(BOARD) == Summary(BOARD, "Harvest", 1)
        assert await store.links(BOARD) == [HOST, GUEST]
        assert await loaded(store) == StoredBoard(BOARD, "Harvest", 1, 1, 0, None, [b"one"], {}, {}, {}, at=10_000)

    run(scenario)


def test_there_is_nothing_where_nothing_was_made(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        assert await store.summary(OTHER) is None
        assert await store.load(OTHER) is None
        assert await store.link(BOARD, LinkId("nnnnnnnnnnnn")) is None
        assert await store.seat(BOARD, SEAT) is None
        assert not await store.revoke_link(BOARD, LinkId("nnnnnnnnnnnn"))

    run(scenario)


def test_no_board_is_made_twice(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        with pytest.raises(Exception):  # noqa: B017 - each store has its own
            await store.create(NewBoard(BOARD, "Another", 12, ()))
        summary = await store.summary(BOARD)
        assert summary is not None
        assert summary.title == "Harvest"

    run(scenario)


def test_an_entry_is_kept_with_everything_in_it(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.add_seat(BOARD, seat=SEAT, link=GUEST.id, name="Ann", most=10)
        leases, authors = {10: Holder(SEAT), 2**53 - 1: Holder("server")}, {"AAAAAAAAAAAA": Holder(SEAT)}
        await store.append(Entry(BOARD, 1, 2, b"two", leases, authors, at=20_000))
        await store.append(Entry(BOARD, 1, 2, None, renames={SEAT: "Ann of Ely"}, title="Better"))
        assert await loaded(store) == StoredBoard(
            board=BOARD,
            title="Better",
            epoch=1,
            seq=2,
            snapshot_seq=0,
            state=None,
            updates=[b"one", b"two"],
            leases={10: Holder(SEAT), 2**53 - 1: Holder("server")},
            authors={"AAAAAAAAAAAA": Holder(SEAT)},
            seats={SEAT: "Ann of Ely"},
            at=20_000,
        )

    run(scenario)


def test_a_position_of_the_log_is_written_once(run: Runner) -> None:
    """[STO-2]"""

    async def scenario(store: Store) -> None:
        with pytest.raises(Exception):  # noqa: B017 - each store has its own
            await store.append(Entry(BOARD, 1, 1, b"again"))
        assert (await loaded(store)).updates == [b"one"]

    run(scenario)


def test_an_entry_that_fails_leaves_nothing(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.append(Entry(BOARD, 1, 2, b"two", {10: Holder(SEAT)}))
        with pytest.raises(Exception):  # noqa: B017 - each store has its own
            await store.append(Entry(BOARD, 1, 3, b"three", {10: Holder("thief")}, {"AAAAAAAAAAAA": Holder("thief")}))
        stored = await loaded(store)
        assert (stored.seq, stored.leases, stored.authors) == (2, {10: Holder(SEAT)}, {})

    run(scenario)


def test_a_snapshot_stands_for_what_came_before_it(run: Runner) -> None:
    """[STO-3]"""

    async def scenario(store: Store) -> None:
        await store.append(Entry(BOARD, 1, 2, b"two"))
        await store.save_snapshot(BOARD, epoch=1, seq=2, state=b"both")
        await store.append(Entry(BOARD, 1, 3, b"three"))
        stored = await loaded(store)
        assert (stored.seq, stored.snapshot_seq, stored.state, stored.updates) == (3, 2, b"both", [b"three"])

    run(scenario)


def test_what_led_to_a_position_can_be_asked_for(run: Runner) -> None:
    """[STO-6]"""

    async def scenario(store: Store) -> None:
        for seq in range(2, 6):
            await store.append(Entry(BOARD, 1, seq, b"%d" % seq))
        assert await store.history(BOARD, until=3) == History(None, [b"one", b"2", b"3"])
        await store.save_snapshot(BOARD, epoch=1, seq=3, state=b"three")
        await store.save_snapshot(BOARD, epoch=1, seq=5, state=b"five")
        assert await store.history(BOARD, until=2) == History(None, [b"one", b"2"])
        assert await store.history(BOARD, until=4) == History(b"three", [b"4"])
        assert await store.history(BOARD, until=5) == History(b"five", [])

    run(scenario)


def test_a_board_can_be_had_as_it_was_at_a_time(run: Runner) -> None:
    """[REW-6]"""

    async def scenario(store: Store) -> None:
        for seq in range(2, 6):
            await store.append(Entry(BOARD, 1, seq, b"%d" % seq, at=20_000 * seq))
        # One without an update is no position.
        await store.append(Entry(BOARD, 1, 5, None, title="Better", at=110_000))
        assert (await loaded(store)).at == 100_000
        assert await store.recall(BOARD, at=None) == Recalled(10_000, None)
        assert await store.recall(BOARD, at=9_999) == Recalled(10_000, None)
        assert await store.recall(BOARD, at=39_999) == Recalled(10_000, History(None, [b"one"]))
        assert await store.recall(BOARD, at=60_000) == Recalled(10_000, History(None, [b"one", b"2", b"3"]))
        await store.save_snapshot(BOARD, epoch=1, seq=3, state=b"three")
        assert await store.recall(BOARD, at=80_001) == Recalled(10_000, History(b"three", [b"4"]))
        assert await store.recall(BOARD, at=10**15) == Recalled(10_000, History(b"three", [b"4", b"5"]))

    run(scenario)


async def write_on(store: Store, keeping: Keeping | None) -> None:
    """Twelve entries, a minute apart, and a snapshot of every second."""
    for seq in range(2, 13):
        await store.append(Entry(BOARD, 1, seq, b"%02d" % seq, at=60_000 * seq))
        if seq % 2 == 0:
            await store.save_snapshot(BOARD, epoch=1, seq=seq, state=b"until %02d" % seq, keeping=keeping)


@pytest.mark.parametrize(
    ("keeping", "since"),
    [
        # As much as is safe, and nothing else.
        (None, 60_000 * 8),
        (Keeping(60_000 * 9, 1_000), 60_000 * 8),
        # From the newest snapshot that is old enough.
        (Keeping(60_000 * 5, 1_000), 60_000 * 4),
        (Keeping(60_000 * 4, 1_000), 60_000 * 4),
        # From the beginning of the log.
        (Keeping(0, 1_000), 10_000),
        # As much as there is room for: three snapshots of eight bytes, and so many entries of two.
        (Keeping(0, 3 * 8 + 12), 60_000 * 8),
        (Keeping(0, 4 * 8 + 12), 60_000 * 6),
    ],
)
def test_the_past_is_kept_as_long_as_is_asked(keeping: Keeping | None, since: int, run: Runner) -> None:
    """[REW-6] [STO-3]"""

    async def scenario(store: Store) -> None:
        await write_on(store, keeping)
        assert (await store.recall(BOARD, at=None)).since == since
        assert (await store.recall(BOARD, at=since - 1)).history is None
        history = (await store.recall(BOARD, at=60_000 * 9)).history
        assert history == History(b"until 08", [b"09"])
        stored = await loaded(store)
        assert (stored.seq, stored.state, stored.updates) == (12, b"until 12", [])

    run(scenario)


def test_a_new_history_begins_when_the_old_one_ended(run: Runner) -> None:
    """[REW-6] What was erased is in no past, and the board as it is now is known since its last change."""

    async def scenario(store: Store) -> None:
        await write_on(store, Keeping(0, 1_000))
        after = (1, 12)
        await store.replace(Rebuilt(BOARD, after, 2, b"afresh", frozenset(), {}, "Harvest"))
        assert (await store.recall(BOARD, at=60_000 * 12 - 1)) == Recalled(60_000 * 12, None)
        assert (await store.recall(BOARD, at=60_000 * 12)).history == History(b"afresh", [])
        await store.append(Entry(BOARD, 2, 14, b"14", at=60_000 * 14))
        assert (await store.recall(BOARD, at=60_000 * 14)).history == History(b"afresh", [b"14"])

    run(scenario)


def test_the_same_snapshot_may_be_saved_twice(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.save_snapshot(BOARD, epoch=1, seq=1, state=b"first")
        await store.save_snapshot(BOARD, epoch=1, seq=1, state=b"second")
        assert (await loaded(store)).state == b"second"

    run(scenario)


def test_many_snapshots_later_the_board_is_the_same(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        for seq in range(2, 12):
            await store.append(Entry(BOARD, 1, seq, b"%d" % seq))
            if seq % 2 == 0:
                await store.save_snapshot(BOARD, epoch=1, seq=seq, state=b"until %d" % seq)
        stored = await loaded(store)
        assert (stored.seq, stored.state, stored.updates) == (11, b"until 10", [b"11"])

    run(scenario)


def test_a_revoked_link_stays_and_says_so(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        assert await store.revoke_link(BOARD, GUEST.id)
        assert await store.revoke_link(BOARD, GUEST.id)
        link = await store.link(BOARD, GUEST.id)
        assert link is not None
        assert link.revoked
        assert [link.revoked for link in await store.links(BOARD)] == [False, True]

    run(scenario)


def test_a_link_can_be_added(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        link = LinkRecord(LinkId("oooooooooooo"), BOARD, Role.OBSERVER, 12)
        await store.add_link(link)
        assert await store.link(BOARD, link.id) == link

    run(scenario)


def test_seats_are_given_hues_in_turn(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        hues = []
        for number in range(10):
            seat = SeatId(f"seat_{number:07}")
            record = await store.add_seat(BOARD, seat=seat, link=GUEST.id, name=f"Person {number}", most=10)
            assert record is not None
            assert await store.seat(BOARD, seat) == record == SeatRecord(seat, BOARD, GUEST.id, record.name, record.hue)
            hues.append(record.hue)
        assert hues == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1]
        assert await store.count_seats(BOARD) == 10
        late = SeatId("seat_too_late")
        assert await store.add_seat(BOARD, seat=late, link=GUEST.id, name="Late", most=10) is None
        assert await store.seat(BOARD, late) is None

    run(scenario)


def test_a_bearer_is_found_by_link_and_by_seat(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        seat = await store.add_seat(BOARD, seat=SEAT, link=GUEST.id, name="Ann", most=10)
        assert await store.bearer(BOARD, link=GUEST.id, seat=None) == Bearer(GUEST, None)
        assert await store.bearer(BOARD, link=None, seat=SEAT) == Bearer(GUEST, seat)
        assert await store.bearer(BOARD, link=LinkId("no_such_link"), seat=None) == Bearer(None, None)
        assert await store.bearer(BOARD, link=None, seat=SeatId("no_such_seat")) == Bearer(None, None)
        assert await store.bearer(BOARD, link=None, seat=None) == Bearer(None, None)
        assert await store.bearer(BoardId("no_such_board_16"), link=GUEST.id, seat=SEAT) is None
        await store.revoke_link(BOARD, GUEST.id)
        assert await store.bearer(BOARD, link=None, seat=SEAT) == Bearer(replace(GUEST, revoked=True), seat)

    run(scenario)


def test_seats_are_taken_for_people_with_one_link_that_takes_nobody_else(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.add_seat(BOARD, seat=SEAT, link=GUEST.id, name="Ann", most=10)
        link = LinkId("dddddddddddd")
        fresh = [
            FreshSeat(SeatId("device______"), link, "Device at East", Role.DISPLAY),
            FreshSeat(SeatId("ava_________"), link, "Ava", Role.PARTICIPANT),
        ]
        await store.append(Entry(BOARD, 1, 0, None, seats=fresh, at=77_000))
        # A seat more, later.
        await store.append(
            Entry(BOARD, 1, 0, None, seats=[replace(fresh[1], id=SeatId("ben_________"), name="Ben")], at=88_000)
        )
        made = LinkRecord(link, BOARD, Role.PARTICIPANT, 77, closed=True)
        assert await store.link(BOARD, link) == made
        seats = [await store.seat(BOARD, SeatId(id)) for id in ("device______", "ava_________", "ben_________")]
        assert seats == [
            SeatRecord(SeatId("device______"), BOARD, link, "Device at East", 1, Role.DISPLAY),
            SeatRecord(SeatId("ava_________"), BOARD, link, "Ava", 2),
            SeatRecord(SeatId("ben_________"), BOARD, link, "Ben", 3),
        ]
        assert await store.add_seat(BOARD, seat=SeatId("somebody____"), link=link, name="X", most=10) is None
        # When one of them ends, no link takes the place of theirs.
        links = len(await store.links(BOARD))
        gone = {SeatId("ava_________"): FreshLink(LinkId("ffffffffffff"), 99)}
        await store.append(Entry(BOARD, 1, 0, None, removed=gone))
        assert len(await store.links(BOARD)) == links
        assert await store.link(BOARD, link) == made

    run(scenario)


def test_seats_that_have_written_nothing_are_not_loaded(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.add_seat(BOARD, seat=SEAT, link=GUEST.id, name="Ann", most=10)
        assert (await loaded(store)).seats == {}

    run(scenario)


def test_it_answers_when_asked(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.ping()

    run(scenario)


def test_recovering_when_nothing_is_wrong_changes_nothing(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await store.recover()
        assert (await loaded(store)).updates == [b"one"]
        await store.append(Entry(BOARD, 1, 2, b"two"))

    run(scenario)


REBUILT = Rebuilt(BOARD, (1, 2), 2, b"afresh", frozenset({11}), {"AAAAAAAAAAAA": Holder(SEAT)}, "Afresh")


async def written(store: Store) -> None:
    """Two entries, a snapshot, leases and authors."""
    await store.add_seat(BOARD, seat=SEAT, link=GUEST.id, name="Ann", most=10)
    authors = {"AAAAAAAAAAAA": Holder(SEAT), "BBBBBBBBBBBB": Holder(SEAT)}
    await store.append(Entry(BOARD, 1, 2, b"two", {10: Holder(SEAT)}, authors))
    await store.save_snapshot(BOARD, epoch=1, seq=2, state=b"both")


def test_a_new_history_takes_rows_of_the_vault_with_it_that_it_names(run: Runner) -> None:
    """[ERA-1]"""

    async def scenario(store: Store) -> None:
        await written(store)
        rows = {("note", "a"): b"one", ("note", "b"): b"two", ("key", "a"): b"three"}
        await store.append(Entry(BOARD, 1, 2, None, vault=rows))
        gone, pruned = frozenset({("note", "a"), ("key", "c")}), {("key", "a"): b"less", ("key", "d"): b"is not there"}
        await store.replace(replace(REBUILT, rows=gone, pruned=pruned))
        assert (await loaded(store)).vault == {("note", "b"): b"two", ("key", "a"): b"less"}

    run(scenario)


def test_a_new_history_takes_the_place_of_the_old_one(run: Runner) -> None:
    """[EPO-2] The log goes on counting; of leases only the numbers are left, and nobody may take one again."""

    async def scenario(store: Store) -> None:
        await written(store)
        await store.replace(REBUILT)
        assert await store.summary(BOARD) == Summary(BOARD, "Afresh", 2)
        authors, seats = {"AAAAAAAAAAAA": Holder(SEAT)}, {SEAT: "Ann"}
        stored = StoredBoard(
            BOARD, "Afresh", 2, 3, 3, b"afresh", [], {}, authors, seats, frozenset({10, 11}), at=10_000
        )
        assert await loaded(store) == stored
        await store.append(Entry(BOARD, 2, 4, b"four", {12: Holder(SEAT)}))
        await store.save_snapshot(BOARD, epoch=2, seq=4, state=b"more")
        await store.replace(replace(REBUILT, after=(2, 4), epoch=7, retired=frozenset({13})))
        again = await loaded(store)
        assert (again.epoch, again.seq, again.retired) == (7, 5, frozenset({10, 11, 12, 13}))

    run(scenario)


def test_a_history_of_a_board_that_went_on_is_stale(run: Runner) -> None:
    """[EPO-2]"""

    async def scenario(store: Store) -> None:
        await written(store)
        before = await loaded(store)
        for after in ((1, 1), (1, 3), (2, 2)):
            with pytest.raises(Stale):
                await store.replace(replace(REBUILT, after=after))
        assert await loaded(store) == before

    run(scenario)


def test_a_room_of_an_earlier_epoch_can_write_nothing(run: Runner) -> None:
    """[EPO-2]"""

    async def scenario(store: Store) -> None:
        await written(store)
        await store.replace(REBUILT)
        before = await loaded(store)
        with pytest.raises(Stale):
            await store.append(Entry(BOARD, 1, 4, b"stale"))
        with pytest.raises(Stale):
            await store.save_snapshot(BOARD, epoch=1, seq=4, state=b"stale")
        assert await loaded(store) == before

    run(scenario)


def test_a_history_brings_links_and_seats_and_takes_seats_away(run: Runner) -> None:
    async def scenario(store: Store) -> None:
        await written(store)
        await store.revoke_link(BOARD, GUEST.id)
        brought = SeatRecord(SeatId("nnnnnnnnnnnn"), BOARD, GUEST.id, "New", 3)
        link = LinkRecord(LinkId("llllllllllll"), BOARD, Role.OBSERVER, 13)
        await store.replace(replace(REBUILT, links=(GUEST, link), seats=(brought,), forgotten=frozenset({SEAT})))
        assert [each.revoked for each in await store.links(BOARD)] == [False, True, False]
        assert await store.seat(BOARD, SEAT) is None
        assert await store.seat(BOARD, brought.id) == brought

    run(scenario)


def test_a_board_that_is_removed_leaves_its_name_on_a_list_and_nothing_else(run: Runner) -> None:
    """[ERA-4]"""

    async def scenario(store: Store) -> None:
        await written(store)
        erased = Erasure("element", "BBBBBBBBBBBB", 20)
        await store.replace(replace(REBUILT, erasures=(erased,)))
        assert await store.size(BOARD) == len(REBUILT.state)
        assert [summary.board for summary in await store.boards()] == [BOARD]
        gone = Erasure("board", "", 21)
        await store.remove(BOARD, gone)
        await store.tidy(thoroughly=True)
        assert await store.load(BOARD) is None
        assert await store.boards() == []
        assert await store.erasures() == {BOARD: [erased, gone]}

    run(scenario)
