"""y-py, the engine that this project was first asked to use, as one of the foreign replicas."""

from __future__ import annotations

import asyncio

import pytest

from support.node_yjs import NodeYjs
from support.replicas import NativeReplica, PycrdtReplica, Replica, converge, note, server_state, weather
from support.server import Gathering, ServerProcess
from support.storm import Insert, Remove
from support.ypy import YpyReplica


@pytest.mark.parametrize("seed", range(3))
def test_y_py_converges_with_yjs_pycrdt_a_native_client_and_the_server(
    server: ServerProcess, gathering: Gathering, seed: int
) -> None:
    """[SYN-8]"""

    async def scenario() -> None:
        async with NodeYjs() as node:
            replicas: list[Replica] = [
                YpyReplica("y-py", server, gathering),
                YpyReplica("y-py too", server, gathering),
                PycrdtReplica("pycrdt", server, gathering),
                NativeReplica("native", server, gathering),
            ]
            for replica in replicas:
                await replica.connect()
            replicas.append(await node.open("yjs", server.url, gathering.board, gathering.participant))
            await weather(replicas, 200 + seed, edits=40)
            values, vector = await converge(replicas)
            state = await node.read([await server_state(server, gathering)])
            assert state.values == values
            assert state.vector == vector
            for replica in replicas:
                await replica.disconnect()

    asyncio.run(scenario())


def test_y_py_that_was_offline_catches_up_both_ways(server: ServerProcess, gathering: Gathering) -> None:
    """[SYN-6]"""

    async def scenario() -> None:
        away = YpyReplica("y-py", server, gathering)
        native = NativeReplica("native", server, gathering)
        await away.connect()
        await native.connect()
        await away.act(note("before000000", "before"))
        await away.act(note("before000001", "before"))
        await native.until(vector=await away.vector())
        await away.disconnect()
        await away.act(Insert("before000000", "txt", 0, "away: "))
        await away.act(note("madeoffline0", "written without a network"))
        await native.act(Insert("before000000", "txt", 6, " and here"))
        await native.act(Remove("before000001"))
        await native.client.settle()
        await away.connect()
        values, _ = await converge([away, native])
        assert values["before000000"]["txt"] == "away: before and here"
        assert values["madeoffline0"]["txt"] == "written without a network"
        assert "before000001" not in values
        await away.disconnect()
        await native.disconnect()

    asyncio.run(scenario())
