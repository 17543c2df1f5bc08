"""Filling a board from a template, as the people it names: real connections, writing at the same time.

Nothing here has a privilege that a browser lacks. What stands on a seeded board came through the door, the gate and the
log.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from harvestry.core.template import Planned, Template
from harvestry.edge.client import NativeClient

__all__ = ["seed"]


async def seed(
    template: Template,
    *,
    base_url: str,
    board: str,
    host_token: str,
    participant_token: str,
    progress: Callable[[int], None],
) -> None:
    """Write a template's gathering onto an empty board.

    Args:
        template: What to write, and the names of those who do.
        base_url: The server's address.
        board: The board's id.
        host_token: Lets the template's hosts in.
        participant_token: Lets its people in.
        progress: Called with 1 each time a note is on disk.
    """
    tokens = [host_token] * len(template.hosts) + [participant_token] * len(template.people)
    async with AsyncExitStack() as stack:
        opening = (
            NativeClient.connect(base_url, board, token, name=name)
            for token, name in zip(tokens, template.names, strict=True)
        )
        clients = [await stack.enter_async_context(client) for client in await asyncio.gather(*opening)]
        await _prepare(clients[0], template.frames())
        async with asyncio.TaskGroup() as group:
            for seat, client in enumerate(clients):
                group.create_task(_take_part(client, template, seat, progress))


async def _prepare(host: NativeClient, frames: Sequence[Planned]) -> None:
    for planned in frames:
        await _put(host, planned)
    await host.settle()


async def _take_part(client: NativeClient, template: Template, seat: int, progress: Callable[[int], None]) -> None:
    """One person: write your notes, give others' notes their colour once they are there, draw your connectors."""
    notes = template.notes()
    for planned in notes:
        if planned.writer == seat:
            await client.presence(cursor=planned.element.geometry[:2])
            await client.saved(await _put(client, planned))
            progress(1)
    for planned in notes:
        if planned.sorter == seat:
            await _until_there(client, planned.element.id)
            await client.patch(planned.element.id, c=planned.element.colour)
    for planned in template.connectors():
        if planned.writer == seat:
            for end in planned.ends:
                await _until_there(client, end)
            await _put(client, planned)
    await client.settle()


async def _until_there(client: NativeClient, element: str) -> None:
    await client.until(lambda: client.has(element))


async def _put(client: NativeClient, planned: Planned) -> int:
    element = planned.element
    return await client.put(
        element.id,
        element.kind,
        element.geometry,
        text=element.text,
        parent=element.parent,
        colour="oat" if planned.sorter is not None else element.colour,
        z=element.z,
        style=element.style,
        payload=element.payload,
    )
