"""Yjs itself with a copy of a board from before it was rebuilt."""

from __future__ import annotations

import asyncio

from harvestry.core.access import BoardId
from harvestry.core.rebuilding import Wish
from harvestry.core.yprotocol import encode_update
from harvestry.edge.announcement import announced
from harvestry.edge.auth import load_key
from harvestry.edge.remote import RemoteUpkeep
from support.node_yjs import NodeYjs
from support.replicas import server_state
from support.server import Gathering, ServerProcess
from support.storm import Create, Insert

A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


def note(id: str, text: str) -> Create:
    return Create(id, "note", {"g": [0, 0, 184, 104], "z": "a0"}, text)


def keeper(server: ServerProcess) -> RemoteUpkeep:
    said = announced(server.data)
    assert said is not None
    return RemoteUpkeep(said.admin, load_key(server.data))


def test_a_provider_with_an_old_copy_is_kept_out_and_a_new_one_goes_on(
    server: ServerProcess, gathering: Gathering
) -> None:
    """[EPO-1] [EPO-3] However often it comes back, and by whatever connection its copy is sent."""

    async def scenario() -> None:
        async with NodeYjs() as node:
            token, board = gathering.participant, BoardId(gathering.board)
            old = await node.open("old", server.url, board, token)
            other = await node.open("other", server.url, board, token)
            await old.act(note(A, "to be erased"))
            await old.act(note(B, "stays"))
            await other.until(values=await old.values())
            before = await old.values()
            await keeper(server).erase(board, Wish(elements=frozenset({A})))
            assert await old.closed() == 4410
            # It comes back by itself, with its old document and new edits on it, as providers do.
            await old.act(Insert(A, "txt", 0, "still "))
            await old.act(note(C, "on an old copy"))
            copy = await old.encode()
            fresh = await node.open("fresh", server.url, board, token)
            assert await fresh.values() == {B: before[B]}
            await fresh.send_raw(encode_update(copy))
            assert await fresh.closed() == 4410
            last = await node.open("last", server.url, board, token)
            await last.act(Insert(B, "txt", 0, "this "))
            again = await node.open("again", server.url, board, token)
            await again.until(values=await last.values())
            assert (await again.values())[B]["txt"] == "this stays"
            assert (await node.read([await server_state(server, gathering)])).values == await again.values()

    asyncio.run(scenario())


def test_yjs_reads_a_compacted_board_as_it_read_the_board(server: ServerProcess, gathering: Gathering) -> None:
    """[EPO-1]"""

    async def scenario() -> None:
        async with NodeYjs() as node:
            token, board = gathering.participant, BoardId(gathering.board)
            writer = await node.open("writer", server.url, board, token)
            await writer.act(note(A, "\U0001f33e words"))
            for at in range(20):
                await writer.act(Insert(A, "txt", at % 3, "é"))
            seen = await node.open("seen", server.url, board, token)
            await seen.until(values=await writer.values())
            values = await seen.values()
            outcome = await keeper(server).compact(board)
            assert outcome.epoch == 2
            fresh = await node.open("fresh", server.url, board, token)
            assert await fresh.values() == values

    asyncio.run(scenario())
