"""How soon somebody is gone whom a host sends away, or whose link is revoked, while others are at work."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from harvestry.core import yprotocol
from harvestry.edge.client import NativeClient
from support.gatherings import PLAN
from support.server import Gathering, ServerProcess

from ._bench import Options, Report, number
from ._load import quantile

WRITERS = 10


async def _ended(server: ServerProcess, gathering: Gathering, ann: NativeClient) -> list[Awaitable[float]]:
    """When each of somebody's two sockets is closed: one at the native door, one at the stock door."""
    protocol = Subprotocol(f"harvestry.{ann.resume}")
    stock = await connect(server.stock(gathering.board), subprotocols=[protocol], max_size=None, proxy=None)
    await stock.send(yprotocol.encode_step1(b"\x00"))

    async def native() -> float:
        await ann.until_ended()
        return time.perf_counter()

    async def other() -> float:
        try:
            while True:
                await stock.recv()
        except ConnectionClosed:
            return time.perf_counter()

    return [asyncio.ensure_future(native()), asyncio.ensure_future(other())]


async def _measure(server: ServerProcess, turns: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"a host removes them": [], "their link is revoked": []}
    async with AsyncExitStack() as stack:
        gathering = await asyncio.to_thread(server.make_gathering)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, trust_env=False))
        headers = {"Authorization": f"Bearer {gathering.host}"}
        host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Rosa")
        stack.push_async_callback(host.close)
        await host.command("show.load", plan=PLAN)
        await host.command("show.start")
        await host.command("show.go", phase="tell")
        table = gathering.tokens["table"]
        writers = [await NativeClient.connect(server.url, gathering.board, table, name=f"W{n}") for n in range(WRITERS)]

        async def write(client: NativeClient, number: int) -> None:
            note = f"note{number:08d}"
            await client.put(note, "note", (0, 0, 184, 104), text="")
            while True:
                await client.type_text(note, 0, "x")
                await asyncio.sleep(0.05)

        work = [asyncio.create_task(write(client, number)) for number, client in enumerate(writers)]

        async def turn(name: str, ends: Callable[[NativeClient, str], Awaitable[object]]) -> None:
            rows = (await http.get(f"/api/boards/{gathering.board}/links", headers=headers)).json()["links"]
            link = next(r for r in rows if r["role"] == "participant" and not r["closed"] and not r["revoked"])
            ann = await NativeClient.connect(server.url, gathering.board, link["token"], name="Ann")
            closed = await _ended(server, gathering, ann)
            await host.command("clock")
            began = time.perf_counter()
            await ends(ann, link["id"])
            took[name] += [(at - began) * 1_000 for at in await asyncio.gather(*closed)]

        async def revoke(_: NativeClient, link: str) -> None:
            await http.delete(f"/api/boards/{gathering.board}/links/{link}", headers=headers)
            await http.post(f"/api/boards/{gathering.board}/links", json={"role": "participant"}, headers=headers)

        for _ in range(turns):
            await turn("a host removes them", lambda ann, _: host.command("people.remove", seat=ann.seat))
            await turn("their link is revoked", revoke)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        for client in writers:
            await client.drop()
    return took


def sent_away(report: Report, options: Options) -> None:
    """Adds the figures to a report."""
    turns = options.pick(20, 2)
    table = report.table("sent away", ["server", "what", "times", "p50 ms", "longest ms"])
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder)) as server:
        took = asyncio.run(_measure(server, turns))
    for what, each in took.items():
        longest = quantile(each, 1.0)
        table.add("Harvestry", what, f"{len(each)}", number(quantile(each, 0.5)), number(longest))
    report.notes.append(
        f"Sent away: {WRITERS} people type 20 letters a second each; from the host's wish to the end of each socket, "
        "one at each door."
    )
    report.target(
        "whoever is removed is gone within 1 s, whose link is revoked within 2 s",
        ", ".join(f"{what}: {number(quantile(each, 1.0))} ms at the longest" for what, each in took.items()),
        quantile(took["a host removes them"], 1.0) < 1_000 and quantile(took["their link is revoked"], 1.0) < 2_000,
    )
