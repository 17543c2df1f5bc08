"""Coming in by a code, waiting at the door, and being sent away, in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
from playwright.sync_api import expect

from harvestry.edge.client import NativeClient
from support.browser import LetIn, MakeGathering, OpenGathering, aside
from support.elements import note


def play(gathering: OpenGathering, *commands: tuple[str, dict[str, Any]]) -> None:
    """A host comes, does something, and goes."""

    async def work() -> None:
        token = gathering.tokens["host"]
        async with await NativeClient.connect(gathering.base_url, gathering.board, token, name="Rosa") as host:
            for name, args in commands:
                await host.command(name, **args)

    aside(lambda: run(work()))


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_somebody_types_a_code_waits_at_the_door_is_let_in_and_removed(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[PEO-3, PEO-4, PEO-5]"""
    gathering = make_gathering(note("Trust"))
    play(gathering, ("show.load", {"template": "board-reset"}), ("people.lobby", {"on": True}))
    headers = {"Authorization": f"Bearer {gathering.tokens['host']}"}
    with httpx.Client(base_url=gathering.base_url, headers=headers) as http:
        path = f"/api/boards/{gathering.board}/links"
        link = next(row for row in http.get(path).json()["links"] if row["role"] == "participant")
        code = http.post(f"{path}/{link['id']}/code").json()["code"]

        ann = let_in(gathering)
        ann.tolerate(r"40[34]")
        ann.page.goto(f"{gathering.base_url}/join")
        field = ann.page.get_by_label("Or type the code from the room")
        field.fill("NOTHIN")
        field.press("Enter")
        expect(ann.page.get_by_role("alert").get_by_text("This code opens nothing")).to_be_visible()
        field.fill(f"{code[:3].lower()} {code[3:]}")
        field.press("Enter")
        ann.page.get_by_label("What should people call you?").fill("Ann")
        ann.page.get_by_role("button", name="Join", exact=True).click()
        expect(ann.page.get_by_role("heading", name="A host will let you in")).to_be_visible()
        expect(ann.page.get_by_text("Trust")).to_have_count(0)
        ann.page.reload()
        expect(ann.page.get_by_role("heading", name="A host will let you in")).to_be_visible()
        play(gathering, ("people.admit", {}))
        ann.is_seated()

        seat = {}

        async def find() -> None:
            token = gathering.tokens["host"]
            async with await NativeClient.connect(gathering.base_url, gathering.board, token, name="Rosa") as host:
                seat.update({name: id for id, name, _, _ in host.people.values()})

        aside(lambda: run(find()))
        play(gathering, ("people.remove", {"seat": seat["Ann"]}))
        expect(ann.page.get_by_role("heading", name="Your seat has ended")).to_be_visible()
        ann.page.reload()
        expect(ann.page.get_by_role("heading", name="Your seat has ended")).to_be_visible()
