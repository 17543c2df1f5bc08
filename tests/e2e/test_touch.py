"""Phones: fingers, tabs, the bottom sheet, and never a page that scrolls sideways."""

import pytest
from playwright.sync_api import expect

from support.browser import PHONE, SMALL_PHONE, LetIn, MakeGathering, Person, Size
from support.elements import note, region

PHONES = pytest.mark.parametrize("size", [PHONE, SMALL_PHONE], ids=["390", "320"])


def go_to(person: Person, view: str) -> None:
    person.page.get_by_role("navigation", name="Views").get_by_role("button", name=view).tap()


@PHONES
def test_a_phone_writes_chooses_and_colours_with_a_thumb(
    make_gathering: MakeGathering, let_in: LetIn, size: Size
) -> None:
    stories = region(1, "Stories we brought", size=(420, 520))
    gathering = make_gathering(stories, note("Trust", 40, 100, parent=stories))
    amara = let_in(gathering, size=size, has_touch=True, is_mobile=True)
    amara.page.goto(gathering.link("participant"))
    amara.fits_its_width()
    amara.page.get_by_label("What should people call you?").fill("Amara")
    amara.page.get_by_role("button", name="Join").tap()
    amara.is_seated()
    amara.fits_its_width()

    amara.page.get_by_role("combobox", name="Region").select_option("1 Stories we brought")
    amara.quick_add("Nobody rang back")
    amara.has_saved()
    assert gathering.element("Nobody rang back").parent == stories.id

    go_to(amara, "Outline")
    amara.sees_outline("1 Stories we brought", "  Trust, Oat, plain", "  Nobody rang back, Oat, plain")
    amara.fits_its_width()
    go_to(amara, "Board")

    amara.tap(amara.box("Trust").middle)
    tray = amara.board.get_by_role("group", name="For what is selected")
    expect(tray).to_contain_text("1 note")
    # The tray lies where the tools are: nothing under it can be reached.
    expect(amara.page.get_by_role("toolbar", name="Tools")).to_have_count(0)
    amara.fits_its_width()
    sheet, held = tray.bounding_box(), amara.box("Trust")
    assert sheet is not None
    assert held.bottom_right[1] <= sheet["y"], "the tray lies over what it is about"
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= size[0]
    tray.get_by_title("Sage green").tap()
    amara.has_saved()
    assert gathering.element("Trust").colour == "sage"
    expect(tray.get_by_role("radio", name="Sage green")).to_be_checked()
    tray.get_by_role("button", name="Move to…").tap()
    amara.fits_its_width()
    amara.page.get_by_role("dialog").get_by_role("button", name="Outside the regions").tap()
    amara.has_saved()
    assert gathering.element("Trust").parent is None


def test_one_finger_pulls_the_board_two_fingers_zoom_it_and_a_note_follows_its_finger(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"))
    amara = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
    amara.join(gathering.link("participant"), "Amara")
    before = amara.box("Trust")
    x, y = amara.spot(120, 120)
    amara.touch(((x, y), (x + 40, y + 60)))
    after = amara.box("Trust")
    assert (round(after.x - before.x), round(after.y - before.y)) == (40, 60)

    x, y = amara.spot(150, 150)
    amara.touch(((x - 30, y), (x - 60, y)), ((x + 30, y), (x + 60, y)))
    assert round(amara.box("Trust").width) == 368
    amara.touch(((x - 60, y), (x - 30, y)), ((x + 60, y), (x + 30, y)))
    assert round(amara.box("Trust").width) == 184

    x, y = amara.box("Trust").middle
    amara.touch(((x, y), (x - 50, y + 70)))
    amara.has_saved()
    assert gathering.element("Trust").geometry == (-50, 70, 184, 104)


@PHONES
def test_no_screen_of_a_phone_scrolls_sideways(make_gathering: MakeGathering, let_in: LetIn, size: Size) -> None:
    """[UNI-8]"""
    long = "Gesundheitsversorgungszusammenarbeitsvereinbarung ohne ein einziges Leerzeichen: " + "x" * 90
    stories = region(1, long, size=(420, 520))
    gathering = make_gathering(stories, note(long, 40, 100, parent=stories), title=long)
    rosa = let_in(gathering, size=size, has_touch=True, is_mobile=True)
    rosa.tolerate(r"status of 401")
    page = rosa.page
    page.goto(gathering.base_url)
    rosa.fits_its_width()
    page.goto(gathering.link("host")[:-3])
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is not complete")
    rosa.fits_its_width()
    page.goto("about:blank")
    page.goto(gathering.link("host"))
    expect(page.get_by_role("heading", level=1)).to_have_text(long)
    rosa.fits_its_width()
    page.get_by_label("What should people call you?").fill("Rosa-Wilhelmina von und zu Alder Vale")
    page.get_by_role("button", name="Join").tap()
    rosa.is_seated()
    rosa.fits_its_width()
    for panel in ("Invite", "Display", "Help"):
        page.get_by_role("banner").get_by_role("button", name="More").tap()
        page.get_by_role("button", name=panel).tap()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        rosa.fits_its_width()
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        dialog.get_by_role("button", name="Close").tap()
        expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Only you are here").tap()
    rosa.fits_its_width()
    page.keyboard.press("Escape")
    go_to(rosa, "Outline")
    rosa.row("ohne ein einziges").last.tap()
    rosa.fits_its_width()
