"""Yjs reads a log in which much was undone as the server does, and waits for nothing."""

from __future__ import annotations

import asyncio

import pytest

from support.node_yjs import NodeYjs
from support.scene import Scene
from support.storm import Seeded, read_vector, view_of


@pytest.mark.parametrize("seed", range(8))
def test_yjs_reads_what_is_left_of_undone_edits(seed: int) -> None:
    """[GAT-8] [SYN-8]"""
    scene = Scene(Seeded(1_000 + seed), delay=seed % 2 == 0)
    for _ in range(80):
        scene.step()
    scene.finish()

    async def scenario() -> None:
        async with NodeYjs() as node:
            for updates in (scene.sent, [scene.board.encode()], [scene.offender.doc.get_update()]):
                reading = await node.read(updates)
                assert not reading.pending
                assert reading.values == view_of(scene.board._doc)
                assert reading.vector == read_vector(scene.board.state_vector())
                assert reading.meta == {"v": 1, "title": "Orchard"}

    asyncio.run(scenario())
