"""The demo's board, as people first see it. With HARVESTRY_WRITE_IMAGES=1 this also takes the picture of the README."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from support.browser import DESKTOP, PHONE, LetIn, OpenGathering, Person, Size
from support.server import environment

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "demo-board.png"
# Large enough for the words of the notes to be drawn while the whole board is in view.
PICTURE_SIZE = (2000, 1250)
LINK = re.compile(r"^\s+(Host|Participant|Observer)\s+(http://\S+)/b/([^#]+)#(\S+)$")
REGIONS = 6
LEAST_NOTES = 110
# As far as fractions of pixels allow.
WHOLE = 0.999


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenGathering]:
    """The gathering of `harvestry demo`, as its printed links lead to it."""
    command = [sys.executable, "-m", "harvestry", "demo", "--port", "0", "--data", str(tmp_path_factory.mktemp("demo"))]
    with subprocess.Popen(command, env=environment({}), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        tokens: dict[str, str] = {}
        address, board = "", ""
        for line in process.stdout:
            if found := LINK.match(line):
                role, address, board, token = found.groups()
                tokens[role.lower()] = token
            if len(tokens) == 3:
                break
        yield OpenGathering(board, address, tokens)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()


def test_the_demo_board_has_its_regions_and_notes_in_view_and_in_the_outline(
    demo: OpenGathering, let_in: LetIn
) -> None:
    amara = let_in(demo, size=PICTURE_SIZE)
    amara.join(demo.link("participant"), "Amara")
    for region in visible_regions(amara):
        expect(region).to_be_in_viewport(ratio=WHOLE)
    amara.has_saved()
    if os.environ.get("HARVESTRY_WRITE_IMAGES") == "1":
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        amara.screenshot(PICTURE)

    amara.open_outline()
    heads = [row for row in notes_by_region(amara) if row]
    assert len(heads) >= REGIONS
    assert sum(heads) >= LEAST_NOTES


def notes_by_region(person: Person) -> list[int]:
    """The counts beside the regions of the outline, each folded up so that all of them are in view."""
    expect(person.rows.first).to_be_visible()
    person.rows.first.click()
    person.page.keyboard.press("Home")
    while True:
        focused = person.page.locator("[role=treeitem]:focus")
        person.page.keyboard.press("ArrowLeft")
        if focused.get_attribute("aria-posinset") == focused.get_attribute("aria-setsize"):
            break
        person.page.keyboard.press("ArrowDown")
    counts = person.rows.get_by_text(re.compile(r"^\d+ notes?$")).all_inner_texts()
    return [int(count.split()[0]) for count in counts]


@pytest.mark.parametrize("size", [DESKTOP, (834, 1112)], ids=["desktop", "tablet"])
def test_the_demo_board_opens_whole_on_larger_screens(demo: OpenGathering, let_in: LetIn, size: Size) -> None:
    rosa = let_in(demo, size=size)
    rosa.join(demo.link("observer"), "Rosa")
    rosa.fits_its_width()
    for region in visible_regions(rosa):
        expect(region).to_be_in_viewport(ratio=WHOLE)


def test_a_phone_opens_the_demo_board_at_its_first_region(demo: OpenGathering, let_in: LetIn) -> None:
    rosa = let_in(demo, size=PHONE, has_touch=True, is_mobile=True)
    rosa.join(demo.link("observer"), "Rosa")
    rosa.fits_its_width()
    first, *_ = visible_regions(rosa)
    expect(first).to_be_in_viewport()
    # From near enough to read, which is why not all of the region is in view; the whole board is one tap away.
    note = rosa.board.get_by_role("option", name=re.compile(r"^Note")).first
    expect(note).to_be_in_viewport(ratio=WHOLE)
    rosa.page.get_by_role("button", name="Show the whole board").tap()
    expect(first).to_be_in_viewport(ratio=WHOLE)


def visible_regions(person: Person) -> list[Locator]:
    """Those among the things that can be reached from where the view is."""
    regions = person.board.get_by_role("option", name=re.compile(r"^Region"))
    expect(regions.first).to_be_attached()
    return regions.all()
