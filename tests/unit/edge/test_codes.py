"""Short codes: what they open, for how long, and how slowly they are guessed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import pytest

from harvestry.core.access import BoardId, LinkId, Role, SeatId
from harvestry.core.limits import Millis
from harvestry.core.ports import Entry, FreshLink, LinkRecord, NewBoard
from harvestry.edge.allowance import Allowance
from harvestry.edge.codes import ALPHABET, LIFETIME_S, Codes, TooOften, draw_code
from support.clock import ManualClock
from support.memory_store import MemoryStore

BOARD = BoardId("Jx4mP0qLr8sT2uVw")
LINK = LinkRecord(LinkId("participant_"), BOARD, Role.PARTICIPANT, 0)
OTHER = LinkRecord(LinkId("table_______"), BOARD, Role.TABLE, 0)


class Desk:
    """Codes over a store in memory."""

    def __init__(self, *draws: str) -> None:
        self.store = MemoryStore()
        self.clock = ManualClock()
        given: Iterator[str] = iter(draws)
        self.codes = Codes(b"k" * 32, self.store, self.clock, draw=(lambda: next(given)) if draws else draw_code)

    async def open(self) -> Desk:
        await self.store.create(NewBoard(BOARD, "A gathering", 0, (LINK, OTHER)))
        return self

    async def opens(self, code: str, address: str = "192.0.2.1") -> str | None:
        link = await self.codes.link_of(code, address)
        return None if link is None else link.id


def test_a_code_has_no_look_alikes_and_is_read_however_it_is_typed() -> None:
    assert not set(ALPHABET) & set("0OQ1IL2Z5S6G8BUV")
    assert len(ALPHABET) == len(set(ALPHABET))

    async def work() -> None:
        desk = await Desk().open()
        code, expires_at = await desk.codes.make(LINK)
        assert re.fullmatch(f"[{ALPHABET}]{{6}}", code)
        assert expires_at == desk.clock.wall() + 24 * 3_600
        for typed in (code, code.lower(), f" {code[:3]}-{code[3:]} "):
            assert await desk.opens(typed) == LINK.id

    asyncio.run(work())


def test_a_code_on_the_wall_stays_until_another_is_made_or_it_is_nearly_over() -> None:
    async def work() -> None:
        desk = await Desk("ACDEFH", "JKMNPR", "TWXY34").open()
        both = await asyncio.gather(desk.codes.current(LINK), desk.codes.current(LINK))
        assert [code for code, _ in both] == ["ACDEFH", "ACDEFH"]
        await desk.codes.make(LINK)
        assert (await desk.codes.current(LINK))[0] == "JKMNPR"
        desk.clock.turn(22 * 3_600_000)
        assert (await desk.codes.current(LINK))[0] == "TWXY34"
        assert await desk.opens("TWXY34") == LINK.id

    asyncio.run(work())


def test_a_code_that_ended_with_its_gathering_is_not_shown_again_when_that_goes_on() -> None:
    async def work() -> None:
        desk = await Desk("ACDEFH", "JKMNPR").open()
        assert (await desk.codes.current(LINK))[0] == "ACDEFH"
        await desk.store.append(Entry(BOARD, 1, 0, None, ends_codes=True))
        assert await desk.opens("ACDEFH") is None
        assert (await desk.codes.current(LINK))[0] == "JKMNPR"
        assert await desk.opens("JKMNPR") == LINK.id

    asyncio.run(work())


def test_nobody_keeps_the_server_trying_keys() -> None:
    """Each seat, and each board, may have it done so often at once, and then again in time."""
    allowance = Allowance(each_second=0.05, at_once=3)
    for _ in range(3):
        allowance.take("Ann", Millis(0))
    with pytest.raises(TooOften) as often:
        allowance.take("Ann", Millis(0))
    assert (often.value.seconds, often.value.told) == (21, "This was asked too often. Wait a moment.")
    allowance.take("Bob", Millis(0))
    allowance.take("Ann", Millis(20_001))


def test_what_is_stored_of_a_code_does_not_tell_it() -> None:
    async def work() -> None:
        desk = await Desk("ACDEFH").open()
        await desk.codes.make(LINK)
        assert "ACDEFH" not in repr(vars(desk.store))
        stranger = Codes(b"x" * 32, desk.store, desk.clock)
        assert await stranger.link_of("ACDEFH", "192.0.2.1") is None

    asyncio.run(work())


def test_another_code_takes_the_place_of_the_first_and_no_two_links_share_one() -> None:
    async def work() -> None:
        desk = await Desk("AAAAAA", "AAAAAA", "CCCCCC", "DDDDDD").open()
        await desk.codes.make(LINK)
        assert (await desk.codes.make(OTHER))[0] == "CCCCCC"
        await desk.codes.make(LINK)
        assert [await desk.opens(code) for code in ("AAAAAA", "CCCCCC", "DDDDDD")] == [None, OTHER.id, LINK.id]

    asyncio.run(work())


@pytest.mark.parametrize("end", ["time", "gathering", "revoked", "closed"])
def test_a_code_is_over_with_its_time_its_link_and_its_gathering(end: str) -> None:
    """[PEO-5] [PS-41]"""

    async def work() -> None:
        desk = await Desk().open()
        code, _ = await desk.codes.make(LINK)
        if end == "time":
            desk.clock.turn((LIFETIME_S - 1) * 1_000)
            assert await desk.opens(code) == LINK.id
            desk.clock.turn(1_000)
        elif end == "gathering":
            await desk.store.append(Entry(BOARD, 1, 0, None, ends_codes=True))
        elif end == "revoked":
            await desk.store.revoke_link(BOARD, LINK.id)
        else:
            seat = await desk.store.add_seat(BOARD, seat=SeatId("s" * 12), link=LINK.id, name="Ann", most=9)
            assert seat is not None
            fresh = FreshLink(LinkId("fresh_______"), 0)
            await desk.store.append(Entry(BOARD, 1, 0, None, removed={seat.id: fresh}))
        assert await desk.opens(code) is None

    asyncio.run(work())


def test_guessing_is_slowed_down_for_one_address_and_the_right_code_is_no_exception() -> None:
    """[PEO-5] [PS-41]"""

    async def work() -> None:
        desk = await Desk().open()
        code, _ = await desk.codes.make(LINK)
        for number in range(20):
            # A right one in between gives nothing back of the wrong ones.
            assert await desk.opens(code) == LINK.id
            assert await desk.opens(f"WRONG{number}") is None
        for typed in ("WRONG", code):
            with pytest.raises(TooOften) as told:
                await desk.opens(typed)
            assert 0 < told.value.seconds <= 11
        assert await desk.opens(code, "192.0.2.2") == LINK.id
        desk.clock.turn(10_001)
        assert await desk.opens(code) == LINK.id

    asyncio.run(work())


def test_one_household_is_one_address_and_all_together_are_slowed_down_too() -> None:
    """[PEO-5] [PS-41]"""

    async def work() -> None:
        desk = await Desk().open()
        for number in range(20):
            await desk.opens("WRONG", f"2001:db8:1:2::{number:x}")
        with pytest.raises(TooOften):
            await desk.opens("WRONG", "2001:db8:1:2::ffff")
        # What is turned down costs the others nothing.
        for _ in range(500):
            with pytest.raises(TooOften):
                await desk.opens("WRONG", "2001:db8:1:2::ffff")
        for number in range(40):
            await desk.opens("WRONG", f"198.51.100.{number}")
        with pytest.raises(TooOften):
            await desk.opens("WRONG", "203.0.113.1")
        desk.clock.turn(2_001)
        assert await desk.opens("WRONG", "203.0.113.1") is None

    asyncio.run(work())
