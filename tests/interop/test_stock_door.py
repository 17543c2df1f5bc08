"""What the stock door allows a provider, and what it does not."""

from __future__ import annotations

import asyncio

import pytest
from pycrdt import Awareness, Doc, read_message
from websockets.exceptions import ConnectionClosed

from harvestry.core.yprotocol import AwarenessEntry, encode_awareness
from support.node_yjs import NodeYjs
from support.replicas import NativeReplica, PycrdtReplica, converge, dial, note, server_state
from support.server import Gathering, ServerProcess


def test_stock_and_native_people_see_each_others_names(server: ServerProcess, gathering: Gathering) -> None:
    """[PRE-1] [PRE-2]"""

    async def scenario() -> None:
        async with NodeYjs() as node:
            native = NativeReplica("Amina", server, gathering)
            await native.connect()
            stock = await node.open(
                "stock", server.url, gathering.board, gathering.participant, user={"name": "Björn", "color": "#336699"}
            )
            await stock.until_person("Amina")
            await native.client.until(lambda: "Björn" in {name for _, name, _, _ in native.client.people.values()})
            await native.client.command("rename", name="Amina B.")
            await stock.until_person("Amina B.")
            await native.client.presence(cursor=(12, 34))
            await native.disconnect()
            await stock.until_person("Amina B.", present=False)

    asyncio.run(scenario())


def test_a_provider_that_leaves_is_gone_for_everybody(server: ServerProcess, gathering: Gathering) -> None:
    """[PRE-2]"""

    async def scenario() -> None:
        async with NodeYjs() as node:
            token = gathering.participant
            one = await node.open("one", server.url, gathering.board, token, user={"name": "One", "color": "#000000"})
            other = await node.open("other", server.url, gathering.board, token)
            await other.until_person("One")
            await one.close()
            await other.until_person("One", present=False)

    asyncio.run(scenario())


def test_a_forged_awareness_state_is_not_shown(server: ServerProcess, gathering: Gathering) -> None:
    """[PRE-1] [PRE-4] A connection speaks for one awareness client, its own; what it says of others reaches nobody."""

    async def scenario() -> None:
        async with NodeYjs() as node:
            native = NativeReplica("Amina", server, gathering)
            await native.connect()
            token = gathering.participant
            victim = await node.open("victim", server.url, gathering.board, token, user={"name": "Vera", "color": "#0"})
            witness = await node.open("witness", server.url, gathering.board, token)
            forger = await node.open("forger", server.url, gathering.board, token, user={"name": "Fay", "color": "#0"})
            await witness.until_person("Vera")
            await witness.until_person("Amina")
            await forger.until_person("Vera")
            people = await forger.people()
            for client in [*people, 4_000_000_001]:
                if client != await forger.client_id():
                    lie = AwarenessEntry(client, 2**31 - 2, {"user": {"name": "Mallory"}})
                    await forger.send_raw(encode_awareness([lie]))
                    gone = AwarenessEntry(client, 2**31 - 1, None)
                    await forger.send_raw(encode_awareness([gone]))
            # Whoever sees this has seen what the forger sent before it, if it was sent on at all.
            await forger.set_awareness({"user": {"name": "Fay is done"}})
            await witness.until_person("Fay is done")
            names = {state["user"]["name"] for state in (await witness.people()).values() if "user" in state}
            assert names == {"Vera", "Amina", "Fay is done"}
            await native.client.until(
                lambda: "Fay is done" in {name for _, name, _, _ in native.client.people.values()}
            )
            assert "Mallory" not in {name for _, name, _, _ in native.client.people.values()}
            await victim.until_person("Fay is done")
            assert (await victim.people())[await victim.client_id()]["user"]["name"] == "Vera"
            await native.disconnect()

    asyncio.run(scenario())


def test_an_observers_edits_reach_nobody_and_its_connection_stays(server: ServerProcess, gathering: Gathering) -> None:
    """[TOK-5]"""

    async def scenario() -> None:
        async with NodeYjs() as node:
            writer = await node.open("writer", server.url, gathering.board, gathering.participant)
            observer = await node.open("observer", server.url, gathering.board, gathering.observer)
            native = NativeReplica("Amina", server, gathering)
            await native.connect()
            await writer.act(note("fromwriter00", "for all to see"))
            await observer.until(vector=await writer.vector())

            await observer.act(note("fromobserver", "nobody asked"))
            await observer.set_awareness({"user": {"name": "Observer is done"}})
            await writer.until_person("Observer is done")
            await writer.act(note("fromwriter01", "and on it goes"))
            values, vector = await converge([writer, native])
            assert "fromobserver" not in values
            assert "fromobserver" in await observer.values()
            assert (await node.read([await server_state(server, gathering)])).vector == vector
            # It still gets what others write.
            await observer.until(values={**values, "fromobserver": (await observer.values())["fromobserver"]})
            await native.disconnect()

    asyncio.run(scenario())


@pytest.mark.parametrize(("change", "code"), [("token", 4401), ("other board", 4401), ("no board", 4404)])
def test_a_provider_without_the_right_token_is_closed_for_good(
    server: ServerProcess, gathering: Gathering, change: str, code: int
) -> None:
    """[TOK-1] [LIM-1]"""
    other = server.make_gathering()
    token = {"token": gathering.participant.swapcase(), "other board": other.participant}.get(
        change, gathering.participant
    )
    board = "no-such-board--0" if change == "no board" else gathering.board

    async def scenario() -> None:
        async with NodeYjs() as node:
            stranger = await node.open("stranger", server.url, board, token, patience_ms=0)
            assert await stranger.closed() == code
            assert await stranger.values() == {}
        socket = await dial(server, board, token)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code

    asyncio.run(scenario())


def test_pycrdts_awareness_reads_what_we_send(server: ServerProcess, gathering: Gathering) -> None:
    async def scenario() -> None:
        native = NativeReplica("Amina", server, gathering)
        await native.connect()
        stock = PycrdtReplica("pycrdt", server, gathering)
        await stock.connect()
        awareness = Awareness(Doc())
        async with await dial(server, gathering.board, gathering.participant) as socket:
            while not any(state.get("user", {}).get("name") == "Amina" for state in awareness.states.values()):
                frame = await asyncio.wait_for(socket.recv(decode=False), 10)
                if frame[0] == 1:
                    awareness.apply_awareness_update(read_message(frame[1:]), "remote")
        await stock.disconnect()
        await native.disconnect()

    asyncio.run(scenario())
