"""Takes the screenshots of the documentation: `python tests/upkeep/screenshots.py`, with the client built.

A host and participants at their browsers, in the invented gathering of the tests. Written as WebP, because a page of
documentation should load quickly.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("server", "crdt", "tests")]

from support.browser import OpenGathering, Person, aside, launch  # noqa: E402
from support.elements import note  # noqa: E402
from support.hands import Hands  # noqa: E402
from support.sealing import Draft  # noqa: E402
from support.server import ServerProcess  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
DESK = (1600, 1000)
PHONE = (390, 844)
WALL = (1600, 900)
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
        {
            "key": "choose",
            "title": "Choose",
            "instruction": "Three dots each, two at most on one.",
            "minutes": 5,
            "poll": {"kind": "dots", "question": "Where shall we begin?", "region": "see", "budget": 3, "most": 2},
        },
    ],
}
STORIES = (
    "Mr Ali’s forty-one phone calls",
    "The receptionist who noticed",
    "A key safe, a neighbour and a Sunday",
    "The coat left on the chair",
)
SEEN = (
    "Grief is everywhere and unplanned for",
    "Carers named in every plan",
    "One record that people can read themselves",
    "Waiting is when people get ill",
    "Damp homes fill our wards",
    "At 18 the whole team changes at once",
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
        if role == "display":
            # A screen on a wall has nobody to give a name.
            person.page.goto(gathering.link(role))
            expect(person.page.get_by_role("main", name="Room display")).to_be_visible()
        else:
            person.join(gathering.link(role), name)
        return person

    return come


def together(gathering: OpenGathering, jo: Hands, come: Callable[..., Person], amara: Person, ben: Person) -> None:
    """What is revealed, voted on, and seen by the whole room; for somebody at a desk, and with a phone."""
    amara.page.emulate_media(color_scheme="light")
    now = {person: person.page.get_by_role("main", name="Now") for person in (amara, ben)}
    field = now[amara].get_by_role("textbox", name="Your note")
    field.fill("Shift two per cent to prevention")
    now[amara].get_by_role("button", name="Add this note").click()
    amara.has_saved()
    field.fill("People get worse while they wait for us")
    photograph(amara, "writing-alone")
    with ExitStack() as stack:
        others = [stack.enter_context(Hands(gathering, "participant", f"Guest {n}")) for n in range(len(SEEN))]
        for other, words in zip(others, SEEN, strict=True):
            other.do("seal.write", **Draft(words, words).args)
        jo.do("seal.reveal")
        for person in (amara, ben):
            expect(now[person]).to_contain_text("Just revealed")
        wall = come("", "display", WALL)
        photograph(amara, "revealed")
        photograph(ben, "revealed-phone")
        photograph(wall, "room-display")
        jo.go("choose")
        for person in (amara, ben):
            more = (
                now[person].get_by_role("group", name=f"Dots for {SEEN[1]}").get_by_role("button", name="One dot more")
            )
            more.click()
        photograph(amara, "voting")
        photograph(ben, "voting-phone")
        ids = [gathering.element(words).id for words in SEEN]
        for number, other in enumerate(others):
            other.cast({ids[1]: 2, ids[number // 2 + 2]: 1})
        jo.do("poll.close", poll=jo.poll()["poll"])
        for person in (amara, ben):
            expect(now[person].get_by_role("region", name="Result")).to_be_visible()
        photograph(amara, "result")
        photograph(ben, "result-phone")


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
            together(gathering, jo, come, amara, ben)
        with Hands(gathering, name="Jo Tait"):
            sunita = come("Sunita", "host", PHONE, has_touch=True)
            sunita.page.get_by_role("button", name="Open the host console").click()
            photograph(sunita, "hosting-phone")
        browser.close()


if __name__ == "__main__":
    main()
