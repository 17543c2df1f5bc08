"""A locked board and software we did not write: its edits are undone under it, and it goes on without a reload."""

from __future__ import annotations

import asyncio

from harvestry.edge.client import NativeClient
from support.node_yjs import NodeYjs
from support.replicas import PycrdtReplica, converge, note, recolour, server_log, server_state
from support.server import Gathering, ServerProcess
from support.storm import Erase, Insert, Remove, Set

CANARY = "canary"


def test_real_yjs_on_a_locked_board_ends_equal_with_everybody_and_goes_on(
    server: ServerProcess, gathering: Gathering
) -> None:
    """[POL-2] [POL-3] [SYN-8] [GAT-8] Offender, bystander and a fresh joiner; later edits are kept."""

    async def scenario() -> None:
        host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Host")
        async with NodeYjs() as node:
            offender = await node.open("offender", server.url, gathering.board, gathering.participant)
            other = await node.open("other", server.url, gathering.board, gathering.participant)
            bystander = PycrdtReplica("bystander", server, gathering)
            await bystander.connect()
            await offender.act(note("sharednote00", "begin end"))
            await offender.act(note("anothernote0", "stays"))
            before = await offender.values()
            await bystander.until(values=before)
            await host.command("lock", locked=True)
            await offender.act(note("offended0000", CANARY))
            await offender.act(Insert("sharednote00", "txt", 6, CANARY))
            await offender.act(Erase("sharednote00", "txt", 0, 4))
            await offender.act(recolour("sharednote00", "mere"))
            await offender.act(Set("sharednote00", "s", {"prompt": CANARY}))
            await offender.act(Remove("anothernote0"))
            await offender.act(Insert("offended0000", "txt", 0, CANARY))
            # It sees its own edits undone, by ordinary updates.
            await offender.until(values=before)
            await host.command("lock", locked=False)
            await offender.act(Insert("sharednote00", "txt", 5, " kept"))
            await offender.act(recolour("anothernote0", "sage"))
            joiner = await node.open("joiner", server.url, gathering.board, gathering.participant)
            values, vector = await converge([offender, other, bystander, joiner])
            assert values["sharednote00"]["txt"] == "begin kept end"
            assert values["sharednote00"]["c"] == "oat"
            assert values["anothernote0"]["txt"] == "stays"
            assert values["anothernote0"]["c"] == "sage"
            assert "offended0000" not in values
            stored = await server_log(server, gathering)
            rows = [*(() if stored.state is None else (stored.state,)), *stored.updates]
            state = await server_state(server, gathering)
            for updates in (rows, [state], [await offender.encode()]):
                reading = await node.read(updates)
                assert not reading.pending
                assert reading.values == values
                assert reading.vector == vector
            assert all(CANARY.encode() not in row for row in (*rows, state))
            await bystander.disconnect()
        await host.close()

    asyncio.run(scenario())
