"""The demo as it runs: the first start fills a board over the real WebSocket, the second finds it there."""

import asyncio
import re
import signal
import socket
from pathlib import Path
from typing import Self

import pytest

from harvestry import demo
from harvestry.config import Settings
from harvestry.core.template import Template
from harvestry.edge.client import NativeClient

LINK = re.compile(r"(Host|Participant|Observer|To host|To take part) +(http://\S+)/b/(\S+)#(\S+)")
ROLES = {"Host", "Participant", "Observer"}
UNDER_WAY = {"To host", "To take part"}
PATIENCE_S = 60


class Start:
    """One start of the demo, from its first words to the signal that ends it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self._is_ready = asyncio.Event()
        self._settings = Settings(data=folder, port=0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        monkeypatch.setattr(demo.typer, "echo", self._hear)

    def _hear(self, words: str) -> None:
        self.said.append(words)
        if "Ctrl-C" in words:
            self._is_ready.set()

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(demo.serve_demo(self._settings, self._listener))
        ready = asyncio.create_task(self._is_ready.wait())
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait((ready, self._serving), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        return self

    async def __aexit__(self, *error: object) -> None:
        if not self._serving.done():
            signal.raise_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._serving
        finally:
            self._listener.close()

    @property
    def links(self) -> dict[str, tuple[str, str, str]]:
        """Role → address, board, token."""
        return {role: (address, board, token) for role, address, board, token in LINK.findall("\n".join(self.said))}

    async def join(self, role: str, name: str) -> NativeClient:
        address, board, token = self.links[role]
        return await NativeClient.connect(address, board, token, name=name)


def assert_is_the_template(client: NativeClient, template: Template) -> None:
    elements = client.elements()
    planned = [*template.frames(), *template.notes(), *template.connectors()]
    assert set(elements) == {each.element.id for each in planned}
    for each in planned:
        element = elements[each.element.id]
        assert (element["t"], element.get("txt"), element.get("c")) == (
            each.element.kind,
            each.element.text,
            each.element.colour,
        )
        assert tuple(element["g"]) == each.element.geometry  # type: ignore[arg-type]
        assert client.seats[client.authors[each.element.id]] == template.names[each.writer]


def test_the_first_start_fills_the_board_and_the_second_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[RUN-2]"""

    async def story() -> None:
        template = demo.load_template()
        async with Start(tmp_path, monkeypatch) as first:
            assert "Seeding 120 notes from 24 people …" in first.said
            assert set(first.links) == ROLES | UNDER_WAY
            async with await first.join("Observer", "Onlooker") as onlooker:
                assert onlooker.title == template.title
                assert_is_the_template(onlooker, template)
                assert len(set(onlooker.authors.values())) == 24
        async with Start(tmp_path, monkeypatch) as second:
            assert not any("Seeding" in words for words in second.said)
            assert {role: link[1:] for role, link in second.links.items()} == {
                role: link[1:] for role, link in first.links.items()
            }
            async with await second.join("Participant", "Late") as late:
                assert_is_the_template(late, template)

    asyncio.run(story())


def test_a_gathering_is_under_way_at_the_step_where_notes_are_sorted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[RUN-2]"""

    async def story() -> None:
        under_way = demo.load_under_way()
        written = [text for act in under_way.acts for text in act.notes]
        async with (
            Start(tmp_path, monkeypatch) as start,
            await start.join("To take part", "Late") as late,
            await start.join("To host", "Rosa") as rosa,
        ):
            await late.until(lambda: bool(late.gathering))
            show = late.gathering["show"]
            assert (show["stage"], show["at"], show["title"]) == ("live", under_way.at, under_way.title)
            assert [phase["key"] for phase in show["phases"] if phase["revealed"]] == ["arrive-hope", "drivers-write"]
            notes = {id: element for id, element in late.elements().items() if element["t"] == "note"}
            assert sorted(str(note["txt"]) for note in notes.values()) == sorted(written)
            themes = {str(e["txt"]): id for id, e in late.elements().items() if e["t"] == "frame"}
            for title, texts in under_way.sorted:
                inside = {note["txt"] for note in notes.values() if note.get("p") == themes[title]}
                assert inside == set(texts)
            # What was said in a round has its speaker's name; what was written alone has nobody's.
            named = {str(notes[id]["txt"]) for id in notes if id in late.authors}
            assert named == set(under_way.acts[0].notes)
            assert await rosa.command("show.go", since=under_way.at) is None

    asyncio.run(story())


def test_a_signal_while_the_board_is_being_filled_ends_it_quietly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[LIM-4]"""

    async def story() -> None:
        async def interrupted(*arguments: object, **named: object) -> None:
            signal.raise_signal(signal.SIGINT)
            await asyncio.Event().wait()

        monkeypatch.setattr(demo, "seed", interrupted)
        async with Start(tmp_path, monkeypatch) as start:
            assert start.links == {}

    asyncio.run(story())


def test_an_interrupted_first_start_begins_again_with_a_fresh_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[RUN-2]"""

    async def broken(*arguments: object, **named: object) -> None:
        raise ConnectionResetError

    async def first() -> None:
        with pytest.raises(ConnectionResetError):
            async with Start(tmp_path, monkeypatch):
                pass

    async def second() -> None:
        async with Start(tmp_path, monkeypatch) as again:
            assert "Seeding 120 notes from 24 people …" in again.said

    with monkeypatch.context() as patched:
        patched.setattr(demo, "seed", broken)
        asyncio.run(first())
    # Its own loop, as a second start is its own process.
    asyncio.run(second())
