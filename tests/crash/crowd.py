"""A gathering that is under way through every crash: what people were answered, and what the server has to keep of it.

A host goes from step to step, reveals, and asks for votes; others write sealed notes, throw some away, vote, and put
notes on the board. Each waits for the answer to one thing before they do the next, so that a crash leaves at most one
of theirs in doubt; whatever was answered has to be there afterwards, once, and sealed if it was not revealed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException

from crash.tally import Tally
from crash.writers import PATIENCE_S, read
from harvestry.core.errors import Refusal
from harvestry.edge.client import ConnectionEnded, NativeClient
from support.polls import token_of
from support.sealing import Draft
from support.server import Gathering, ServerProcess

__all__ = ["Crowd"]

GUESTS = 6
STEPS = 58
_FRAME = [0, 0, 4_000, 4_000]
_OPENS = [{"region": "wall", "visibility": "sealed-open", "attribution": "none"}, {"region": "talk"}]
PLAN = {
    "title": "A gathering that is killed",
    "regions": [
        {"key": "wall", "title": "Wall", "frame": _FRAME},
        {"key": "talk", "title": "Talk", "frame": [5_000, 0, 4_000, 4_000]},
    ],
    "phases": [{"key": f"step-{n}", "title": f"Step {n}", "minutes": 5, "opens": _OPENS} for n in range(STEPS)],
}


@dataclass
class Guest:
    """Somebody who takes part, and remembers what they were answered.

    Attributes:
        sealed: Words of a note → `asked` until the answer is there, then `kept` or `refused`; `dropping` and `dropped`
            likewise.
        placed: Words that were put on the board → whether the server called them saved.
        votes: Poll → whether the vote was answered.
    """

    name: str
    token: str = ""
    client: NativeClient | None = None
    sealed: dict[str, str] = field(default_factory=dict)
    placed: dict[str, bool] = field(default_factory=dict)
    votes: dict[str, bool] = field(default_factory=dict)

    async def arrive(self, server: ServerProcess, gathering: Gathering, role: str = "participant") -> NativeClient:
        """Connect, to the seat they have if they have one."""
        token = self.token or gathering.tokens[role]
        self.client = await NativeClient.connect(server.url, gathering.board, token, name=self.name)
        self.client.patience_s = PATIENCE_S
        self.token = self.client.resume
        return self.client

    async def take_part(self, client: NativeClient, chance: random.Random) -> None:
        """Do something, and wait for the answer."""
        show = client.gathering["show"]
        match chance.choice(("write", "write", "write", "drop", "vote", "vote", "put")):
            case "write":
                words = f"{self.name}.sealed.{len(self.sealed)}"
                self.sealed[words] = "asked"
                self.sealed[words] = await _answered(client, "seal.write", "kept", **Draft(words, words, "wall").args)
            case "drop":
                kept = [words for words, fate in self.sealed.items() if fate == "kept"]
                if kept:
                    words = chance.choice(kept)
                    self.sealed[words] = "dropping"
                    # What stands on the board already is not thrown away.
                    note = Draft(words, words).note
                    self.sealed[words] = await _answered(client, "seal.drop", "dropped", "kept", note=note)
            case "vote":
                for poll in client.gathering["deciding"]["polls"]:
                    if poll["open"]:
                        self.votes.setdefault(poll["poll"], False)
                        token = token_of((self.name, poll["poll"]))
                        args = {"poll": poll["poll"], "token": token, "ballot": chance.randint(0, 5)}
                        if await _answered(client, "poll.cast", "kept", **args) == "kept":
                            self.votes[poll["poll"]] = True
            case "put":
                words = f"{self.name}.placed.{len(self.placed)}"
                talk = next(region["element"] for region in show["regions"] if region["key"] == "talk")
                self.placed[words] = False
                id = f"{self.name}{len(self.placed):08d}"[:12]
                await client.saved(await client.put(id, "note", (20, 20, 184, 104), text=words, parent=talk))
                self.placed[words] = True


async def _answered(client: NativeClient, command: str, kept: str, refused: str = "refused", **args: object) -> str:
    try:
        await client.command(command, **args)
    except Refusal:
        return refused
    return kept


@dataclass
class Promises:
    """What everybody had been answered at one moment.

    Attributes:
        guests: As they were then, without their connections.
        at: The step that goes on, and the one that was asked for; None if there was none yet.
        revealed: Steps whose reveal was answered.
        polls: Poll → how far it is: `asked`, then `open` or `refused`, `closing`, `closed`.
    """

    guests: list[Guest]
    at: tuple[str | None, str | None]
    revealed: frozenset[str]
    polls: dict[str, str]


class Crowd:
    """A host and their guests.

    Args:
        gathering: Made for them alone.

    Attributes:
        is_over: They finish what they do, and go.
        goes_on: They do nothing new while it is cleared.
    """

    def __init__(self, server: ServerProcess, gathering: Gathering) -> None:
        self._server = server
        self._gathering = gathering
        self._host = Guest("host")
        self._guests = [Guest(f"g{number}g{number}") for number in range(GUESTS)]
        self._step = -1
        self._at: tuple[str | None, str | None] = (None, None)
        self._revealed: set[str] = set()
        self._polls: dict[str, str] = {}
        self.is_over = False
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def begin(self) -> None:
        """Load the run of show and begin."""
        host = await self._host.arrive(self._server, self._gathering, "host")
        await host.command("show.load", plan=PLAN)
        await host.command("show.start")
        self._step, self._at = 0, ("step-0", "step-0")
        await host.close()

    async def take_part(self, chance: random.Random) -> None:
        """Let everybody come back and go on until the connection ends."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._lead(random.Random(chance.random())))
            for guest in self._guests:
                group.create_task(self._go_on(guest, random.Random(chance.random())))

    async def _go_on(self, guest: Guest, chance: random.Random) -> None:
        with contextlib.suppress(ConnectionEnded, OSError, WebSocketException):
            client = await guest.arrive(self._server, self._gathering)
            await client.until(lambda: bool(client.gathering))
            while not self.is_over:
                await self.goes_on.wait()
                await guest.take_part(client, chance)
                await asyncio.sleep(0)
        await self._away(guest)

    async def _lead(self, chance: random.Random) -> None:
        with contextlib.suppress(ConnectionEnded, OSError, WebSocketException):
            host = await self._host.arrive(self._server, self._gathering, "host")
            await host.until(lambda: bool(host.gathering))
            while not self.is_over:
                await self.goes_on.wait()
                await self._moves(host, chance)
                await asyncio.sleep(0)
        await self._away(self._host)

    async def _moves(self, host: NativeClient, chance: random.Random) -> None:
        """The host does one thing."""
        step, polls = f"step-{self._step}", self._polls
        match chance.choice(("wait", "wait", "wait", "go", "reveal", "poll", "close")):
            case "wait":
                await host.command("clock")
            case "go" if self._step + 1 < STEPS:
                self._step += 1
                following, before = f"step-{self._step}", self._at
                self._at = (before[0], following)
                is_kept = await _answered(host, "show.go", "kept", phase=following) == "kept"
                self._at = (following, following) if is_kept else before
            case "reveal":
                # Asked again, it was revealed before; and a step that a crash kept from beginning has nothing sealed.
                if await _answered(host, "seal.reveal", "kept", phase=step) == "kept":
                    self._revealed.add(step)
            case "poll" if len(polls) < 90:
                poll = token_of(len(polls))[:16]
                polls[poll] = "asked"
                polls[poll] = await _answered(
                    host, "poll.open", "open", poll=poll, asks={"kind": "fist", "question": "So?"}
                )
            case "close" if still := [poll for poll, fate in polls.items() if fate == "open"]:
                poll = chance.choice(still)
                polls[poll] = "closing"
                polls[poll] = await _answered(host, "poll.close", "closed", "open", poll=poll)

    async def _away(self, guest: Guest) -> None:
        if guest.client is not None:
            await guest.client.close()
            guest.client = None

    def promises(self) -> Promises:
        """What the server owes everybody now."""
        guests = [
            Guest(guest.name, guest.token, None, dict(guest.sealed), dict(guest.placed), dict(guest.votes))
            for guest in self._guests
        ]
        return Promises(guests, self._at, frozenset(self._revealed), dict(self._polls))

    # ---- afterwards ------------------------------------------------------------------------------------------------

    async def check(self, server: ServerProcess, promises: Promises, tally: Tally) -> str:
        """Look for all of it on a server that was started again; returns the step that goes on there."""
        async with contextlib.AsyncExitStack() as stack:
            host = await self._come_back(stack, server, self._host)
            board = await read(server, self._gathering)
            texts = Counter(str(element.get("txt")) for element in board.values())
            show, polls = host.gathering["show"], host.gathering["deciding"]["polls"]
            tally.checked += 1
            if promises.at[0] is not None and show["at"] not in promises.at:
                tally.broken.append(f"{show['at']} goes on instead of one of {promises.at}")
            revealed = {phase["key"] for phase in show["phases"] if phase["revealed"]}
            tally.checked += len(promises.revealed)
            tally.broken += [f"the reveal of {step} is undone" for step in promises.revealed - revealed]
            for guest in promises.guests:
                if guest.token:
                    client = await self._come_back(stack, server, guest)
                    own = client.own["sealing"]["notes"]
                    _check_notes(guest, own, texts, tally)
                    tally.broken += [f"{n['text']} is sealed after its reveal" for n in own if n["phase"] in revealed]
                    cast = set(client.own["deciding"]["cast"])
                    for poll, was_answered in guest.votes.items():
                        if was_answered and promises.polls[poll] == "open":
                            tally.checked += 1
                            if poll not in cast:
                                tally.broken.append(f"{guest.name} voted in {poll}, and may vote again")
            _check_polls(promises, {poll["poll"]: poll for poll in polls}, tally)
        _check_vault(server, self._gathering, revealed, {p["poll"] for p in polls if p["open"]}, tally)
        return str(show["at"])

    def settle(self, at: str) -> None:
        """The step that was in doubt is known now."""
        self._at = (at, at)

    @property
    def count(self) -> Counter[str]:
        """What was answered so far, by kind."""
        fates = Counter(fate for guest in self._guests for fate in guest.sealed.values())
        return Counter(
            {
                "sealed notes answered": fates["kept"] + fates["dropped"],
                "votes answered": sum(sum(guest.votes.values()) for guest in self._guests),
                "steps and reveals answered": self._step + len(self._revealed),
                "notes in the gathering saved": sum(sum(guest.placed.values()) for guest in self._guests),
            }
        )

    async def _come_back(self, stack: contextlib.AsyncExitStack, server: ServerProcess, guest: Guest) -> NativeClient:
        client = await NativeClient.connect(server.url, self._gathering.board, guest.token, name=guest.name)
        stack.push_async_callback(client.close)
        await client.until(lambda: bool(client.gathering) and bool(client.own))
        return client


def _check_notes(guest: Guest, own: list[dict[str, Any]], texts: Counter[str], tally: Tally) -> None:
    """Each note is sealed or on the board, once, or nowhere; as it was answered."""
    tally.checked += len(guest.sealed) + len(guest.placed)
    sealed = Counter(note["text"] for note in own)
    for words, fate in guest.sealed.items():
        times = texts[words] + sealed[words]
        if times > 1 or (fate == "kept" and not times) or (fate in ("refused", "dropped") and times):
            where = f"{texts[words]} times on the board and {sealed[words]} times sealed"
            tally.broken.append(f"{words} was {fate}, and is {where}")
    for words, was_saved in guest.placed.items():
        if texts[words] > 1 or (was_saved and not texts[words]):
            tally.broken.append(f"{words} is {texts[words]} times on the board; saved: {was_saved}")


def _check_polls(promises: Promises, polls: dict[str, dict[str, Any]], tally: Tally) -> None:
    """A vote that was answered counts, and each once."""
    for id, fate in promises.polls.items():
        tally.checked += 1
        if id not in polls:
            if fate not in ("asked", "refused"):
                tally.broken.append(f"{id} was {fate}, and there is no such vote")
            continue
        poll = polls[id]
        asked = sum(id in guest.votes for guest in promises.guests)
        answered = sum(guest.votes.get(id, False) for guest in promises.guests)
        counted = poll["turnout"]
        if not answered <= counted <= asked:
            tally.broken.append(f"{answered} of {asked} votes in {id} were answered, and {counted} counted")
        if (fate == "closed" and poll["open"]) or (fate == "open" and not poll["open"]):
            tally.broken.append(f"{id} was {fate}, and is not")
        result = poll["result"]
        if (
            result is not None
            and not result["suppressed"]
            and result["n"]
            and sum(result["totals"].values()) != counted
        ):
            tally.broken.append(f"{counted} votes in {id} came to {result['totals']}")


def _check_vault(server: ServerProcess, gathering: Gathering, revealed: set[str], open: set[str], tally: Tally) -> None:
    """What is over has left nothing behind: no sealed note of a step that was revealed, no ballot of a closed vote."""
    with contextlib.closing(sqlite3.connect(server.data / "harvestry.db")) as db:
        rows = db.execute("SELECT kind, key, body FROM vault WHERE board = ?", (gathering.board,)).fetchall()
    votes: dict[str, Counter[str]] = {"spent": Counter(), "ballot": Counter()}
    for kind, _, body in rows:
        text = bytes(body).decode()
        if kind == "note" and any(f'"phase":"{step}"' in text for step in revealed):
            tally.broken.append(f"the vault keeps what was revealed: {text}")
        if kind in votes:
            (poll,) = [part.split('"')[0] for part in text.split('"poll":"')[1:]]
            votes[kind][poll] += 1
    tally.checked += len(rows)
    if votes["spent"] != votes["ballot"]:
        tally.broken.append(f"seats have voted {votes['spent']}, and the ballots are {votes['ballot']}")
    tally.broken += [f"ballots of {poll} outlive its close" for poll in votes["ballot"].keys() - open]
