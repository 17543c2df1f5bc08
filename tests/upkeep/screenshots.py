"""Takes the screenshots of the documentation: `python tests/upkeep/screenshots.py`, with the client built.

A host and participants at their browsers, in the invented gathering of the tests. Written as WebP, because a page of
documentation should load quickly.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("server", "crdt", "tests")]

from support.browser import OpenGathering, Person, aside, launch  # noqa: E402
from support.elements import note  # noqa: E402
from support.hands import Hands  # noqa: E402
from support.server import ServerProcess  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
DESK = (1600, 1000)
PHONE = (390, 844)
QUALITY = 82

PLAN: dict[str, Any] = {
    "title": "Winter in Alder Vale",
    "purpose": "Agree where to begin.",
    "regions": [
        {
            "key": "see",
            "title": "What we see",
            "prompt": "What is shaping life for the people we serve? One thing on each note.",
            "frame": [0, 0, 1000, 680],
        },
        {
            "key": "stories",
            "title": "Stories we brought",
            "prompt": "A moment when care joined up, or did not.",
            "frame": [1040, 0, 480, 330],
        },
        {
            "key": "purpose",
            "title": "Our purpose",
            "prompt": "Words that ring true.",
            "frame": [1040, 360, 480, 320],
        },
    ],
    "phases": [
        {"key": "arrive", "title": "Arrive", "minutes": 4},
        {
            "key": "tell",
            "title": "Tell a story",
            "instruction": "A moment when care joined up, or did not. One sentence is enough.",
            "minutes": 8,
            "opens": [{"region": "stories"}],
        },
        {
            "key": "write",
            "title": "Write what we see",
            "instruction": "One thing on each note. Nobody reads it before the reveal.",
            "minutes": 6,
            "opens": [{"region": "see", "visibility": "sealed-open", "attribution": "none"}],
        },
        {"key": "sort", "title": "Sort what we see", "minutes": 8, "moving": "all"},
        {"key": "draft", "title": "Draft our purpose", "minutes": 12, "opens": [{"region": "purpose"}]},
    ],
}
STORIES = (
    "Mr Ali’s forty-one phone calls",
    "The receptionist who noticed",
    "A key safe, a neighbour and a Sunday",
    "The coat left on the chair",
)


def photograph(person: Person, name: str) -> None:
    """Write what a person sees."""
    cdp = person.cdp()
    person.page.wait_for_timeout(600)
    taken = cdp.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    cdp.detach()
    (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))


def visitor(browser: Browser, gathering: OpenGathering) -> Callable[..., Person]:
    def come(name: str, role: str, size: tuple[int, int], **options: Any) -> Person:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", locale="en-GB", **options
        )
        person = Person(context, gathering.base_url)
        person.join(gathering.link(role), name)
        return person

    return come


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        ServerProcess(Path(folder), client=True) as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        stories = [
            note(text, 1060 + (index % 2) * 220, 92 + (index // 2) * 116, colour="oat")
            for index, text in enumerate(STORIES)
        ]
        made = aside(lambda: server.make_gathering("Winter in Alder Vale", stories))
        gathering = OpenGathering(made.board, server.url, made.tokens)
        come = visitor(browser, gathering)
        with Hands(gathering) as jo:
            jo.do("show.load", plan=PLAN)
            jo.do("show.start")
            rosa = come("Rosa Mendes", "host", DESK)
            amara = come("Amara Osei", "participant", DESK)
            ben = come("Ben", "participant", PHONE, has_touch=True)
            for person in (rosa, amara, ben):
                expect(person.page.get_by_role("region", name="What we are doing now")).to_be_visible()
            rosa.page.get_by_role("button", name="Next: Tell a story").click()
            expect(amara.page.get_by_role("button", name="Write a note")).to_be_visible()
            photograph(rosa, "hosting")
            photograph(amara, "taking-part")
            amara.page.emulate_media(color_scheme="dark")
            photograph(amara, "taking-part-dark")
            jo.do("show.go", phase="write")
            expect(ben.page.get_by_role("textbox", name="Your note")).to_be_visible()
            photograph(ben, "writing-alone-phone")
        with Hands(gathering, name="Jo Tait"):
            sunita = come("Sunita", "host", PHONE, has_touch=True)
            sunita.page.get_by_role("button", name="Open the host console").click()
            photograph(sunita, "hosting-phone")
        browser.close()


if __name__ == "__main__":
    main()
