"""The canary scan: nothing of a sealed note is in any byte that anybody but its author is sent, in any form."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
from pycrdt import Doc
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from harvestry.core import yprotocol
from harvestry.core.errors import Refusal
from harvestry.core.protocol import Hello, encode
from harvestry.edge.client import NativeClient
from support.canaries import forms_of, found_in
from support.gatherings import PLAN
from support.sealing import Draft
from support.server import Gathering, ServerProcess
from support.tap import Tap

AUTHORS = 8
NOTES = 3


def canary(author: int, number: int) -> str:
    """Words that occur nowhere else; outside ASCII too, so that JSON escapes them."""
    return f"kanari{author}{number} sieht über den Fluß 🌾 {hashlib.md5(bytes([author, number])).hexdigest()}"


CANARIES = {author: [canary(author, number) for number in range(NOTES)] for author in range(AUTHORS)}
ALL = [words for notes in CANARIES.values() for words in notes]


@pytest.mark.parametrize("words", [ALL[0]])
def test_the_scan_finds_every_form(words: str) -> None:
    for form, needle in forms_of(words).items():
        assert found_in(b"before" + needle + b"after", [words]), form
    for shift in range(5):
        around = b"x" * shift + words.encode() + b"y" * 7
        for packed in (base64.b64encode(around), base64.urlsafe_b64encode(around), gzip.compress(around)):
            assert found_in(b"..." + packed + b"...", [words])
        assert found_in(b"..." + zlib.compress(around), [words])
    assert found_in(json.dumps([words]).encode(), [words])
    assert found_in(words.encode()[:-1], [words]) == {}


@dataclass
class Scene:
    """A gathering on a real server, and everybody's line to it."""

    server: ServerProcess
    gathering: Gathering
    stack: AsyncExitStack
    taps: dict[str, Tap]

    async def tap(self, name: str) -> Tap:
        tap = self.taps[name] = await self.stack.enter_async_context(Tap(self.server.port))
        return tap

    async def client(
        self, name: str, role: str = "participant", *, token: str = "", leaves: bool = False
    ) -> NativeClient:
        """Somebody with a client of ours, who perhaps is gone as soon as they are here."""
        tap = self.taps.get(name) or await self.tap(name)
        token = token or self.gathering.tokens[role]
        client = await NativeClient.connect(tap.url, self.gathering.board, token, name=name)
        if leaves:
            await client.drop()
        else:
            self.stack.push_async_callback(client.close)
        return client

    async def raw(self, name: str) -> None:
        """A socket that knows nothing of what it is sent, and only listens."""
        tap = await self.tap(name)
        address = f"{tap.url.replace('http', 'ws', 1)}/ws/{self.gathering.board}"
        socket = await self.stack.enter_async_context(connect(address, compression=None, max_size=None, proxy=None))
        await socket.send(encode(Hello(v=1, token=self.gathering.participant, name=name)))
        await socket.recv()

    async def stock(self, name: str) -> None:
        """A stock client that asks for the board and for awareness."""
        tap = await self.tap(name)
        address = f"{tap.url.replace('http', 'ws', 1)}/yjs/{self.gathering.board}"
        protocol = Subprotocol(f"harvestry.{self.gathering.participant}")
        socket = await self.stack.enter_async_context(
            connect(address, subprotocols=[protocol], compression=None, max_size=None, proxy=None)
        )
        await socket.send(yprotocol.encode_step1(Doc[object]().get_state()))
        await socket.recv()

    async def http(self, name: str, role: str) -> None:
        """Whatever may be asked for over HTTP, as it is and compressed."""
        tap = await self.tap(name)
        board = f"/api/boards/{self.gathering.board}"
        paths = [board, f"{board}/state", f"{board}/links", "/api/templates", "/metrics", "/healthz", "/readyz", "/"]
        async with httpx.AsyncClient(base_url=tap.url, trust_env=False) as client:
            for path in paths:
                for coding in ("gzip", "identity"):
                    headers = {
                        "Authorization": f"Bearer {self.gathering.tokens[role]}",
                        "Accept-Encoding": coding,
                    }
                    await client.get(path, headers=headers)

    def leaks(self) -> dict[str, dict[str, str]]:
        """What anybody has been sent of notes that are not their own."""
        found = {}
        for name, tap in self.taps.items():
            own = CANARIES.get(int(name.removeprefix("author"))) if name.startswith("author") else None
            leaked = found_in(bytes(tap.heard), [words for words in ALL if own is None or words not in own])
            if leaked:
                found[name] = leaked
        return found


def opened(**terms: object) -> dict[str, object]:
    phases = [{**p, "opens": [{**p["opens"][0], **terms}]} if p["key"] == "write" else p for p in PLAN["phases"]]
    return {**PLAN, "phases": phases}


async def told(client: NativeClient, count: int) -> None:
    """Wait until somebody is told that so many sealed notes are theirs."""
    await client.until(lambda: len(client.own.get("sealing", {}).get("notes", ())) >= count)


@pytest.mark.parametrize("attribution", ["none", "named"])
def test_ps01_ps02_ps03_no_byte_of_a_sealed_note_reaches_anybody_but_its_author(
    start_server: Callable[..., ServerProcess], attribution: str
) -> None:
    """[SEA-1] Hosts, the display, a raw socket, a stock client, who comes late or again, and the HTTP API.

    [PS-01] [PS-02] [PS-03] [PS-18] [PS-48]
    """
    server = start_server()
    gathering = server.make_gathering("Alder Vale")

    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            scene = Scene(server, gathering, stack, {})
            host = await scene.client("host", "host")
            await scene.client("cohost", "cohost")
            await scene.client("display", "display")
            await scene.raw("raw")
            await scene.stock("stock")
            authors = [await scene.client(f"author{number}") for number in range(AUTHORS)]
            leaver = await scene.client("leaver", leaves=True)
            await host.command("show.load", plan=opened(attribution=attribution, longest=400))
            await host.command("show.start")
            await host.command("show.go", phase="write")
            drafts = {
                number: [Draft(f"{number}/{n}", words) for n, words in enumerate(CANARIES[number])]
                for number in range(AUTHORS)
            }
            for number, author in enumerate(authors):
                for draft in drafts[number]:
                    await author.command("seal.write", **draft.args)
                # What is refused is said to its author alone, and does not repeat the words.
                for wrong in ({"text": CANARIES[number][0] * 9}, {"region": "nowhere"}, {"note": "?"}):
                    with pytest.raises(Refusal):
                        await author.command("seal.write", **{**drafts[number][0].args, **wrong})
                await told(author, NOTES)
            with pytest.raises(Refusal):
                await host.command("seal.drop", note=drafts[0][0].note)
            await scene.client("leaver", token=leaver.resume)
            # Another device of an author is sent what is theirs, and nobody else's.
            again = await scene.client("author0", token=authors[0].resume)
            await told(again, NOTES)
            await scene.client("late")
            await scene.http("page of the host", "host")
            await scene.http("page of somebody", "participant")
            # Everything that was under way has arrived once a command of each has its answer.
            for client in (host, again, *authors):
                await client.command("clock")
            assert scene.leaks() == {}
            log = server.log().encode()
            assert found_in(log, ALL) == {}
            for draft in (draft for own in drafts.values() for draft in own):
                assert draft.note.encode() not in log
                assert draft.key_hash.encode() not in log

            await host.command("seal.reveal")
            for client in (host, again, *authors):
                await client.until(lambda client=client: len(client.elements()) == 3 + AUTHORS * NOTES)  # type: ignore[misc]
            await scene.client("later still")
            leaks = scene.leaks()
            # The scan is no idle one: now all of it is there for everybody.
            for name in ("host", "raw", "stock", "author0", "later still"):
                own = len(CANARIES[0]) if name == "author0" else 0
                assert len(leaks[name]) == len(ALL) - own

    asyncio.run(scenario())
