"""Software we did not write, at the stock door, beside a native client: all of it ends up with the same board."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from harvestry_crdt import Board
from support.node_yjs import NodeYjs
from support.replicas import (
    NativeReplica,
    PycrdtReplica,
    Replica,
    converge,
    note,
    recolour,
    server_log,
    server_state,
    weather,
)
from support.server import Gathering, ServerProcess
from support.storm import Insert, Remove, Seeded, Set, Storm, Unset, view_of

EDITS = 60


@asynccontextmanager
async def everybody(server: ServerProcess, gathering: Gathering) -> AsyncIterator[tuple[NodeYjs, Sequence[Replica]]]:
    """Two Yjs replicas on WebsocketProviders, a pycrdt one on pycrdt's provider, and a native client."""
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(NodeYjs())
        token = gathering.participant
        replicas: list[Replica] = [
            await node.open("yjs", server.url, gathering.board, token),
            await node.open("yjs too", server.url, gathering.board, token),
        ]
        for replica in (PycrdtReplica("pycrdt", server, gathering), NativeReplica("native", server, gathering)):
            await replica.connect()
            stack.push_async_callback(replica.disconnect)
            replicas.append(replica)
        yield node, replicas


@pytest.mark.parametrize("seed", range(4))
def test_yjs_pycrdt_and_a_native_client_converge_with_the_server(
    server: ServerProcess, gathering: Gathering, seed: int
) -> None:
    """[SYN-8]"""

    async def scenario() -> None:
        async with everybody(server, gathering) as (node, replicas):
            await weather(replicas, seed, edits=EDITS)
            values, vector = await converge(replicas)
            state = await node.read([await server_state(server, gathering)])
            assert state.values == values
            # The title was the server's, and everybody has it.
            assert state.vector == vector
            assert state.meta["title"] == "A gathering"
            assert not state.pending

    asyncio.run(scenario())


def test_edits_of_one_note_made_at_once_are_all_there(server: ServerProcess, gathering: Gathering) -> None:
    """[SYN-2] [SYN-8]"""

    async def scenario() -> None:
        async with everybody(server, gathering) as (_, replicas):
            shared = note("theonenote00", "begin end")
            await replicas[0].act(shared)
            for replica in replicas:
                await replica.until(vector=await replicas[0].vector())
            words = ["Yjs 👍 ", "مرحبا ", "pycrdt é ", "native 🏳️‍🌈 "]
            async with asyncio.TaskGroup() as group:
                for replica, word in zip(replicas, words, strict=True):
                    group.create_task(replica.act(Insert(shared.id, "txt", 6, word)))
                    group.create_task(replica.act(note(f"own{replica.name.replace(' ', '_'):_<9}", word)))
                group.create_task(replicas[1].act(recolour(shared.id, "mere")))
                group.create_task(replicas[3].act(Set(shared.id, "g", [7, 8, 200, 100])))
            values, _ = await converge(replicas)
            text: str = values[shared.id]["txt"]
            assert text.startswith("begin ")
            assert text.endswith("end")
            assert sorted(text[6:-3]) == sorted("".join(words))
            assert all(word in text for word in words)
            assert values[shared.id]["c"] == "mere"
            assert values[shared.id]["g"] == [7, 8, 200, 100]
            assert len(values) == 1 + 2 * len(replicas)

    asyncio.run(scenario())


@pytest.mark.parametrize("offline", ["yjs", "pycrdt"])
def test_a_stock_client_that_was_offline_catches_up_both_ways(
    server: ServerProcess, gathering: Gathering, offline: str
) -> None:
    """[SYN-6]"""

    async def scenario() -> None:
        async with everybody(server, gathering) as (_, replicas):
            away = next(replica for replica in replicas if replica.name == offline)
            others = [replica for replica in replicas if replica is not away]
            for number in range(3):
                await away.act(note(f"before{number:06d}", "before"))
            for replica in others:
                await replica.until(vector=await away.vector())
            await away.disconnect()

            await away.act(note("madeoffline0", "written without a network"))
            await away.act(Insert("before000000", "txt", 0, "away: "))
            await away.act(Remove("before000001"))
            await others[0].act(Insert("before000000", "txt", 6, " and here"))
            await others[2].act(recolour("before000001", "sage"))
            await others[1].act(Set("before000002", "del", 1))

            await away.connect()
            values, _ = await converge(replicas)
            assert values["madeoffline0"]["txt"] == "written without a network"
            assert values["before000000"]["txt"] == "away: before and here"
            assert "before000001" not in values
            assert values["before000002"]["del"] == 1

    asyncio.run(scenario())


def test_a_provider_whose_socket_breaks_comes_back_by_itself_and_loses_nothing(
    server: ServerProcess, gathering: Gathering
) -> None:
    """[SYN-6]"""

    async def scenario() -> None:
        async with NodeYjs() as node:
            one = await node.open("one", server.url, gathering.board, gathering.participant)
            other = await node.open("other", server.url, gathering.board, gathering.participant)
            for number in range(5):
                await one.act(note(f"fromone{number:05d}", "sent just before"))
                await one.cut()
                await other.act(note(f"other{number:07d}", "meanwhile"))
            values, _ = await converge([one, other])
            assert len(values) == 12

    asyncio.run(scenario())


def test_undo_in_yjs_takes_back_its_own_step_alone(server: ServerProcess, gathering: Gathering) -> None:
    """[SYN-10]"""

    async def scenario() -> None:
        async with everybody(server, gathering) as (node, replicas):
            mine = await node.open("undoer", server.url, gathering.board, gathering.participant)
            everyone = [mine, *replicas]
            await mine.act(note("undonenote00", "one"))
            await mine.act(Insert("undonenote00", "txt", 3, " two"))
            for replica in replicas:
                await replica.until(vector=await mine.vector())
            await replicas[2].act(Insert("undonenote00", "txt", 7, " three"))
            await replicas[3].act(recolour("undonenote00", "damson"))
            before, _ = await converge(everyone)
            assert before["undonenote00"]["txt"] == "one two three"

            # The last of its steps is the note that `converge` made, then the word " two".
            assert await mine.undo()
            assert await mine.undo()
            after, _ = await converge(everyone)
            assert after["undonenote00"]["txt"] == "one three"
            assert after["undonenote00"]["c"] == "damson"

    asyncio.run(scenario())


def test_undo_of_a_removal_in_yjs_brings_the_whole_element_back(server: ServerProcess, gathering: Gathering) -> None:
    """[SYN-10]"""

    async def scenario() -> None:
        async with everybody(server, gathering) as (node, replicas):
            mine = await node.open("undoer", server.url, gathering.board, gathering.participant)
            storm = Storm(Seeded(5), "undo")
            made: list[str] = []
            while len(made) < 12:
                gust = storm.next({})
                made.append(gust.action.id)
                await mine.act(gust.action)
            full = await mine.values()
            for element in made:
                await mine.act(Remove(element))
            for replica in replicas:
                await replica.until(vector=await mine.vector())
            for _ in made:
                assert await mine.undo()
            values, _ = await converge([mine, *replicas])
            assert {element: values[element] for element in made} == full
            assert await mine.undo()  # the note of `converge`
            assert await mine.redo()
            await converge([mine, *replicas])

    asyncio.run(scenario())


@pytest.mark.parametrize("seed", range(4))
def test_yjs_reads_in_our_log_what_pycrdt_reads(server: ServerProcess, gathering: Gathering, seed: int) -> None:
    """[SYN-8] [STO-3] The oracle: what we keep is what Yjs would keep, row by row and as one state."""

    async def scenario() -> None:
        async with everybody(server, gathering) as (node, replicas):
            await weather(replicas, 100 + seed, edits=EDITS)
            # A stock client may also take elements away while others write in them.
            await replicas[0].act(Unset("last00000000", "c"))
            values, vector = await converge(replicas)
            stored = await server_log(server, gathering)
            rows = [*(() if stored.state is None else (stored.state,)), *stored.updates]
            board = Board.load(stored.state, stored.updates, client_id=1)
            for updates in (rows, [board.encode()], [await server_state(server, gathering)]):
                reading = await node.read(updates)
                assert not reading.pending
                assert reading.values == values
                assert reading.vector == vector
            assert view_of(board._doc) == values
            assert board.elements().keys() == values.keys()
            for client in replicas:
                theirs = await client.encode() if hasattr(client, "encode") else client.doc.get_update()  # type: ignore[attr-defined]
                assert Board.load(theirs, (), client_id=1).elements() == board.elements()

    asyncio.run(scenario())
