"""Votes under attack on a real server: a hundred people at once, forged tokens, two windows, and the files."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from harvestry.core.errors import Refusal
from harvestry.edge.client import NativeClient
from support.gatherings import PLAN
from support.polls import OPTIONS, token_of
from support.server import Gathering, ServerProcess

POLL = "the-poll-itself0"
PEOPLE = 100
BUDGET, MOST = 3, 2


async def begun(server: ServerProcess, gathering: Gathering) -> NativeClient:
    """A host who has loaded the plan, begun, put three notes in the region, and opened a vote about them."""
    host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Rosa")
    await host.command("show.load", plan=PLAN)
    await host.command("show.start")
    await host.until(lambda: bool(host.gathering) and host.gathering["show"]["stage"] == "live")
    regions = {region["key"]: region["element"] for region in host.gathering["show"]["regions"]}
    for number, option in enumerate(OPTIONS):
        await host.put(
            option, "note", (20, 20 + 120 * number, 184, 104), text=f"Option {number}", parent=regions["focus"]
        )
    await host.settle()
    asks = {"kind": "dots", "question": "Where?", "region": "focus", "budget": BUDGET, "most": MOST}
    await host.command("poll.open", poll=POLL, asks=asks)
    return host


async def code_of(answer: Awaitable[object]) -> str:
    """What a command was refused with; empty if it was granted, and then it was answered with nothing."""
    try:
        assert await answer is None
    except Refusal as refusal:
        return refusal.code
    return ""


def cast(client: NativeClient, token: str, ballot: dict[str, int]) -> Awaitable[object]:
    return client.command("poll.cast", poll=POLL, token=token, ballot=ballot)


class Voter:
    """Somebody who votes, changes their mind, and tries what is not allowed, in an order of chance's."""

    def __init__(self, number: int, client: NativeClient) -> None:
        self.client = client
        self.token = token_of(("own", number))
        self.chance = random.Random(number)
        self.counts: dict[str, int] = {}

    async def vote(self) -> None:
        ballot = self._ballot()
        assert await code_of(cast(self.client, self.token, ballot)) == ""
        self.counts = ballot

    async def attack(self, others: list[Voter]) -> None:
        """After everybody has voted: no attempt but those with one's own token changes anything."""
        tries: list[Callable[[], Awaitable[None]]] = [
            *[self.vote] * 3,
            *[self._too_much] * 3,
            *[self._forged] * 3,
            self._elsewhere,
        ]
        self.chance.shuffle(tries)
        for attempt in tries:
            await attempt()

    async def replay(self, others: list[Voter]) -> None:
        """Before one's own vote: others' tokens are good for nothing."""
        for other in self.chance.sample(others, 3):
            assert await code_of(cast(self.client, other.token, self._ballot())) == "spent"

    def _ballot(self) -> dict[str, int]:
        dots = Counter(self.chance.choices(OPTIONS, k=self.chance.randint(0, BUDGET)))
        return {option: min(count, MOST) for option, count in dots.items()}

    async def _too_much(self) -> None:
        assert await code_of(cast(self.client, self.token, {OPTIONS[0]: 3})) == "most"
        assert await code_of(cast(self.client, self.token, {OPTIONS[0]: 2, OPTIONS[1]: 2})) == "budget"

    async def _forged(self) -> None:
        assert await code_of(cast(self.client, token_of(self.chance.random()), self._ballot())) == "spent"

    async def _elsewhere(self) -> None:
        assert await code_of(cast(self.client, self.token, {"not-there___": 1})) == "option"


async def all_at_once(doings: Iterable[Awaitable[Any]]) -> list[Any]:
    return list(await asyncio.gather(*doings))


def test_a_hundred_at_once_spend_no_more_than_their_budgets(server: ServerProcess, gathering: Gathering) -> None:
    """[DEC-1] [DEC-3] Each seat counts once; forged and replayed tokens are good for nothing."""

    async def scenario() -> None:
        host = await begun(server, gathering)
        url, board, token = server.url, gathering.board, gathering.participant
        clients = await all_at_once(
            NativeClient.connect(url, board, token, name=f"Voter {number}") for number in range(PEOPLE)
        )
        voters = [Voter(number, client) for number, client in enumerate(clients)]
        early, late = voters[: PEOPLE // 2], voters[PEOPLE // 2 :]
        await all_at_once(voter.vote() for voter in early)
        await all_at_once([*(voter.replay(early) for voter in late), *(voter.attack(early) for voter in early)])
        await all_at_once(voter.vote() for voter in late)
        await all_at_once(voter.attack(early) for voter in voters)
        await host.until(lambda: host.gathering["deciding"]["polls"][0]["turnout"] == PEOPLE)
        (poll,) = host.gathering["deciding"]["polls"]
        assert (poll["result"], poll["of"]) == (None, PEOPLE + 1)
        await host.command("poll.close", poll=POLL)
        await host.until(lambda: not host.gathering["deciding"]["polls"][0]["open"])
        result = host.gathering["deciding"]["polls"][0]["result"]
        expected: Counter[str] = Counter()
        for voter in voters:
            expected.update(voter.counts)
        assert result["n"] == PEOPLE
        assert result["totals"] == {option: count for option, count in expected.items() if count}
        assert sum(result["totals"].values()) <= BUDGET * PEOPLE
        for voter in voters[:5]:
            assert await code_of(cast(voter.client, voter.token, {})) == "closed"
        await all_at_once(client.close() for client in (host, *clients))

    asyncio.run(scenario())


def test_two_windows_of_each_seat_at_once_count_once(server: ServerProcess, gathering: Gathering) -> None:
    """[DEC-1]"""

    async def scenario() -> None:
        host = await begun(server, gathering)
        url, board = server.url, gathering.board
        firsts = [await NativeClient.connect(url, board, gathering.participant, name=f"V{n}") for n in range(20)]
        seconds = await all_at_once(NativeClient.connect(url, board, first.resume, name="Again") for first in firsts)
        both = list(itertools.chain.from_iterable(zip(firsts, seconds, strict=True)))
        codes = await all_at_once(
            code_of(cast(client, token_of(number), {OPTIONS[number % 2]: 1})) for number, client in enumerate(both)
        )
        for pair in zip(codes[::2], codes[1::2], strict=True):
            assert sorted(pair) == ["", "spent"]
        await host.command("poll.close", poll=POLL)
        await host.until(lambda: not host.gathering["deciding"]["polls"][0]["open"])
        result = host.gathering["deciding"]["polls"][0]["result"]
        assert result["n"] == sum(result["totals"].values()) == len(firsts)
        await all_at_once(client.close() for client in (host, *both))

    asyncio.run(scenario())


def test_after_the_close_no_file_says_who_voted_or_what(start_server: Callable[..., ServerProcess]) -> None:
    """[DEC-4] Neither the tables nor what was written ahead of them, while the server goes on."""
    server = start_server()
    gathering = server.make_gathering()

    async def scenario() -> None:
        host = await begun(server, gathering)
        clients = await all_at_once(
            NativeClient.connect(server.url, gathering.board, gathering.participant, name=f"Voter {number}")
            for number in range(60)
        )
        for client in clients:
            client.token = token_of(client.seat)
            await cast(client, client.token, {OPTIONS[0]: 1})
        marks = [hashlib.sha256(f"{POLL}/1/{client.token}".encode()).hexdigest() for client in clients]
        secrets = [mark.encode() for mark in marks] + [f"{POLL}{client.seat}".encode() for client in clients]
        before = found_in(server.data, secrets)
        assert set(before) >= set(secrets)
        await host.command("poll.close", poll=POLL)
        async with asyncio.timeout(60):
            while found_in(server.data, [*secrets, b'"kind":"ballot"', b'"kind":"spent"']):
                # The write-ahead log is cut after the commit, as soon as nobody reads it.
                await host.settle()
        await all_at_once(client.close() for client in (host, *clients))

    asyncio.run(scenario())


def found_in(folder: Path, needles: list[bytes]) -> list[bytes]:
    """Which of them some file holds."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [needle for needle in needles if any(needle in content for content in files)]
