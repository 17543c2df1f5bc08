"""One server for the session, one browser for each module; gatherings and people for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from harvestry_crdt import Element
from support.browser import WIDE, LetIn, MakeGathering, OpenGathering, Person, Size, aside, launch
from support.cable import Cable
from support.server import ServerProcess


# Of the module, not the session: Playwright's loop runs in the main thread for as long as it is open, and no other test
# could run a loop of its own meanwhile.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server"), client=True) as server:
        yield server


@pytest.fixture
def make_gathering(server: ServerProcess) -> MakeGathering:
    def make(*elements: Element, title: str = "Winter in Alder Vale") -> OpenGathering:
        made = aside(lambda: server.make_gathering(title, elements))
        return OpenGathering(made.board, server.url, made.tokens)

    return make


@pytest.fixture
def cable(server: ServerProcess) -> Iterator[Cable]:
    """A line to the session's server that the test may cut."""
    with Cable(server.port) as cable:
        yield cable


@pytest.fixture
def let_in(chromium: Browser) -> Iterator[LetIn]:
    people: list[Person] = []
    with ExitStack() as stack:

        def let_in(gathering: OpenGathering, *, size: Size = WIDE, **options: Any) -> Person:
            width, height = size
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                # Views jump instead of gliding, so that a place on the screen stays where it was found.
                reduced_motion=options.pop("reduced_motion", "reduce"),
                color_scheme=options.pop("color_scheme", "light"),
                locale="en-GB",
                **options,
            )
            stack.callback(context.close)
            people.append(Person(context, gathering.base_url))
            return people[-1]

        yield let_in
        unexpected = [line for person in people for line in person.unexpected()]
    assert unexpected == []
