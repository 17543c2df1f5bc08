"""Bringing a gathering to a step of its run of show, as the people in it, over real connections."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, cast

from harvestry.core.under_way import Act, UnderWay
from harvestry.edge.client import NativeClient

__all__ = ["bring_under_way"]

# A note, the room around it, and what the head of a region takes, in world units.
_NOTE, _GAP, _PAD, _HEAD = (184, 104), 12, 16, 84
_THEME_PAD, _THEME_HEAD = 8, 48


async def bring_under_way(
    what: UnderWay, *, base_url: str, board: str, host_token: str, participant_token: str
) -> None:
    """Go through the steps of a gathering that has its run of show, up to the one that goes on.

    Args:
        what: Who says what.
        base_url: The server's address.
        board: The board's id.
        host_token: Lets its hosts in.
        participant_token: Lets its people in.
    """
    tokens = [host_token] * len(what.hosts) + [participant_token] * len(what.people)
    async with AsyncExitStack() as stack:
        opening = (
            NativeClient.connect(base_url, board, token, name=name)
            for token, name in zip(tokens, (*what.hosts, *what.people), strict=True)
        )
        clients = [await stack.enter_async_context(client) for client in await asyncio.gather(*opening)]
        host, people = clients[0], clients[len(what.hosts) :]
        await host.command("show.start")
        for act in what.acts:
            await _play(host, people, act)
        await host.command("show.go", phase=what.at)
        await _sort(host, people, what)


async def _play(host: NativeClient, people: Sequence[NativeClient], act: Act) -> None:
    """One phase: each person writes their own, side by side, and what was held back is revealed."""
    await host.command("show.go", phase=act.phase)
    await host.until(lambda: bool(host.gathering) and _show(host)["at"] == act.phase)
    phase = _phase(host, act.phase)
    held = next(opening["visibility"] != "open" for opening in phase["opens"] if opening["region"] == act.region)
    frame, across = _frame(host, act.region)

    async def write(client: NativeClient, mine: Sequence[tuple[int, str]]) -> None:
        for number, text in mine:
            if held:
                await client.command("seal.write", **_sealed(act.region, text))
            else:
                await _until_there(client, frame)
                await client.saved(
                    await client.put(_id(), "note", _place(number, across), text=text, parent=frame, colour="oat")
                )

    numbered = list(enumerate(act.notes))
    async with asyncio.TaskGroup() as group:
        for seat, client in enumerate(people):
            group.create_task(write(client, numbered[seat :: len(people)]))
    if held:
        await host.command("seal.reveal")


async def _sort(host: NativeClient, people: Sequence[NativeClient], what: UnderWay) -> None:
    """A few notes are in themes already; the rest is left to whoever comes."""
    frame, _ = _frame(host, what.sorted_in)
    notes = {str(element["txt"]): id for id, element in host.elements().items() if element["t"] == "note"}
    wide = _NOTE[0] + 2 * _THEME_PAD
    for column, (title, texts) in enumerate(what.sorted):
        tall = _THEME_HEAD + len(texts) * (_NOTE[1] + _GAP)
        theme = _id()
        box = (_PAD + column * (wide + 2 * _GAP), _HEAD, wide, tall)
        await host.saved(await host.put(theme, "frame", box, text=title, parent=frame))
        for row, text in enumerate(texts):
            client = people[(column + row) % len(people)]
            await _until_there(client, theme, notes[text])
            place = (_THEME_PAD, _THEME_HEAD + row * (_NOTE[1] + _GAP), *_NOTE)
            await client.saved(await client.patch(notes[text], p=theme, g=list(place)))


async def _until_there(client: NativeClient, *elements: str) -> None:
    await client.until(lambda: all(map(client.has, elements)))


def _phase(client: NativeClient, key: str) -> Mapping[str, Any]:
    (phase,) = [phase for phase in _show(client)["phases"] if phase["key"] == key]
    return cast("Mapping[str, Any]", phase)


def _frame(client: NativeClient, region: str) -> tuple[str, int]:
    """The frame of a region, and how many notes stand beside each other in it."""
    (element,) = [each["element"] for each in _show(client)["regions"] if each["key"] == region]
    _, _, width, _ = cast("Sequence[int]", client.elements()[element]["g"])
    return str(element), max(1, (width - 2 * _PAD + _GAP) // (_NOTE[0] + _GAP))


def _show(client: NativeClient) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", client.gathering["show"])


def _place(number: int, across: int) -> tuple[int, int, int, int]:
    row, column = divmod(number, across)
    return _PAD + column * (_NOTE[0] + _GAP), _HEAD + row * (_NOTE[1] + _GAP), *_NOTE


def _sealed(region: str, text: str) -> dict[str, object]:
    """What the client of a person sends who writes something that is held back; they forget their key."""
    digest = hashlib.sha256(secrets.token_bytes(32)).digest()
    key = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"note": secrets.token_urlsafe(12), "region": region, "text": text, "key": key}


def _id() -> str:
    return secrets.token_urlsafe(9)
