"""The terms of a phase and software we did not write: what it may not do is undone under it, and it goes on."""

from __future__ import annotations

import asyncio

from harvestry.edge.client import NativeClient
from support.gatherings import PLAN
from support.node_yjs import NodeYjs
from support.replicas import converge, server_log
from support.server import Gathering, ServerProcess
from support.storm import Create, Insert, Remove

CANARY = "canary"


def test_real_yjs_writes_where_the_phase_lets_it_and_nowhere_else(server: ServerProcess, gathering: Gathering) -> None:
    """[POL-10] [POL-11] [SYN-8] [GAT-8] At the stock door, where nobody is told anything."""

    async def scenario() -> None:
        host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Host")
        await host.command("show.load", plan=PLAN)
        await host.command("show.start")
        await host.command("show.go", phase="tell")
        async with NodeYjs() as node:
            writer = await node.open("writer", server.url, gathering.board, gathering.participant)
            other = await node.open("other", server.url, gathering.board, gathering.participant)
            await converge([writer, other])
            frames = {values["txt"]: id for id, values in (await writer.values()).items()}

            def note(id: str, region: str, words: str) -> Create:
                values = {"g": [10, 10, 184, 104], "z": "a0", "p": frames[region]}
                return Create(id, "note", values, words)

            await writer.act(note("openopenopen", "Stories", "begin end"))
            await writer.act(note("closedclosed", "What we see", CANARY))
            values, _ = await converge([writer, other])
            assert "closedclosed" not in values
            assert values["openopenopen"]["txt"] == "begin end"
            await host.command("show.go", phase="arrive")
            await writer.act(Insert("openopenopen", "txt", 0, CANARY))
            await writer.act(Remove("openopenopen"))
            # It sees its own edits undone, by ordinary updates.
            await writer.until(values=values)
            await host.command("show.go", phase="tell")
            await writer.act(Insert("openopenopen", "txt", 5, " kept"))
            values, _ = await converge([writer, other])
            assert values["openopenopen"]["txt"] == "begin kept end"
            stored = await server_log(server, gathering)
            assert all(
                CANARY.encode() not in row
                for row in (*(() if stored.state is None else (stored.state,)), *stored.updates)
            )
        await host.close()

    asyncio.run(scenario())
