"""axe on every screen."""

import re
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import expect

from support.axe import finds_nothing, finds_nothing_in_any_theme
from support.between import Between
from support.browser import PHONE, SMALL_PHONE, LetIn, MakeGathering, OpenGathering
from support.elements import note, region


def board_with_everything(make_gathering: MakeGathering) -> OpenGathering:
    stories = region(1, "Stories we brought", size=(640, 420))
    colours = ("oat", "barley", "rosehip", "sage")
    notes = [
        note(f"Story {number}", 30 + number * 60, 120, parent=stories, colour=colour)
        for number, colour in enumerate(colours)
    ]
    return make_gathering(stories, *notes)


def test_axe_finds_nothing_on_the_board_in_any_theme(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-2]"""
    gathering = board_with_everything(make_gathering)
    rosa = let_in(gathering)
    rosa.page.goto(gathering.link("host"))
    expect(rosa.page.get_by_role("heading", level=1)).to_be_visible()
    finds_nothing_in_any_theme(rosa, "join")
    rosa.join(gathering.link("host"), "Rosa")
    finds_nothing_in_any_theme(rosa, "board")
    rosa.click(rosa.box("Story 3").middle)
    expect(rosa.board.get_by_role("group", name="For what is selected")).to_be_visible()
    rosa.board.get_by_role("button", name="More").click()
    finds_nothing_in_any_theme(rosa, "board with a selection")
    rosa.page.keyboard.press("Escape")
    rosa.thing("Story 3").press("Enter")
    expect(rosa.field).to_be_focused()
    finds_nothing_in_any_theme(rosa, "writing")
    rosa.page.keyboard.press("Escape")
    rosa.open_outline()
    rosa.row("Story 2").click()
    finds_nothing_in_any_theme(rosa, "outline")
    rosa.row("Story 2").press("Enter")
    finds_nothing_in_any_theme(rosa, "writing in the outline")


def test_axe_finds_nothing_on_dialogs_in_any_theme(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = board_with_everything(make_gathering)
    rosa = let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    banner = rosa.page.get_by_role("banner")
    openers: dict[str, Callable[[], None]] = {
        "Invite people": lambda: banner.get_by_role("button", name="Invite").click(),
        "Display": lambda: banner.get_by_role("button", name="Display").click(),
        "Help": lambda: banner.get_by_role("button", name="Help").click(),
        "Change your name": lambda: rosa.page.get_by_role("button", name="Change your name").click(),
    }
    for title, opening in openers.items():
        opening()
        dialog = rosa.page.get_by_role("dialog", name=title)
        expect(dialog).to_be_visible()
        if title == "Invite people":
            expect(dialog.get_by_role("img")).to_be_visible()
        finds_nothing_in_any_theme(rosa, title)
        rosa.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    rosa.page.get_by_role("button", name="Only you are here").click()
    finds_nothing_in_any_theme(rosa, "people")


def test_axe_finds_nothing_where_the_board_is_closed(make_gathering: MakeGathering, let_in: LetIn) -> None:
    locked = replace(note("Only hosts change this", 0, 500), locked=1)
    gathering = make_gathering(note("Trust", 0, 200), locked)
    amara, rosa = let_in(gathering), let_in(gathering, size=SMALL_PHONE)
    between = Between(amara.page), Between(rosa.page)
    amara.join(gathering.link("participant"), "Amara", outline=True)
    rosa.join(gathering.link("host"), "Rosa")
    amara.thing("Trust").focus()
    amara.page.keyboard.press("Enter")
    expect(amara.field).to_be_focused()
    for teller in between:
        teller.tell(["mode", "locked"], ["filling", "elements", 93])
    amara.field.press_sequentially(" grows")
    finds_nothing_in_any_theme(amara, "writing on a locked board")
    amara.page.keyboard.press("Escape")
    expect(amara.page.get_by_role("region", name="Messages")).to_be_visible()
    amara.row("Trust").click()
    finds_nothing_in_any_theme(amara, "locked")
    finds_nothing_in_any_theme(rosa, "locked and filling, for a host on a phone")
    rosa.page.get_by_role("banner").get_by_role("button", name="More").click()
    finds_nothing_in_any_theme(rosa, "the lock behind More")
    rosa.page.keyboard.press("Escape")
    rosa.thing("Only hosts change this").focus()
    rosa.page.keyboard.press("Space")
    expect(rosa.board.get_by_role("button", name="Unlock")).to_be_visible()
    finds_nothing_in_any_theme(rosa, "a locked note, for a host on a phone")
    for teller in between:
        teller.tell(["mode", "damaged"])
    finds_nothing_in_any_theme(amara, "damaged")
    amara.page.reload()
    amara.is_seated()
    between[0].tell(["mode", "paused"])
    expect(amara.pill).to_have_text(re.compile("cannot save just now"))
    finds_nothing_in_any_theme(amara, "paused")


def test_axe_finds_nothing_on_the_start_page_and_where_a_link_has_ended(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    rosa = let_in(gathering)
    rosa.tolerate("status of 401")
    rosa.page.goto(gathering.base_url)
    expect(rosa.page.get_by_role("heading", level=1)).to_be_visible()
    finds_nothing(rosa, "start")
    rosa.page.goto(gathering.link("host")[:-2])
    expect(rosa.page.get_by_role("heading", level=1)).to_have_text("This link is not complete")
    finds_nothing(rosa, "ended")


def test_axe_finds_nothing_on_a_phone_or_for_an_observer(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = board_with_everything(make_gathering)
    amara = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
    amara.join(gathering.link("participant"), "Amara")
    finds_nothing(amara, "board on a phone")
    amara.tap(amara.box("Story 3").middle)
    expect(amara.board.get_by_role("group", name="For what is selected")).to_be_visible()
    finds_nothing(amara, "selection on a phone")
    ben = let_in(gathering)
    ben.join(gathering.link("observer"), "Ben")
    ben.open_outline()
    finds_nothing(ben, "observer")


def test_a_row_that_a_screen_reader_focuses_is_the_one_its_keys_are_about(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-6]"""
    gathering = make_gathering(note("Trust"), note("Time", 0, 200))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara", outline=True)
    amara.row("Time").focus()
    expect(amara.actions).to_have_accessible_name("Actions for “Time”")
    amara.page.keyboard.press("Enter")
    expect(amara.page.get_by_role("textbox", name="Words of “Time”")).to_be_focused()


def test_the_outline_beside_the_board_leaves_the_whole_board_in_view(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"), note("Time", 1600, 200))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    before = amara.box("Time")
    amara.open_outline()
    outline = amara.page.get_by_role("complementary", name="Outline").bounding_box()
    assert outline is not None
    amara.page.wait_for_function(
        "(x) => document.querySelector('main').getBoundingClientRect().right <= x + 1", arg=outline["x"]
    )
    for words in ("Trust", "Time"):
        expect(amara.thing(words)).to_be_visible()
        assert amara.box(words).bottom_right[0] <= outline["x"]
    amara.page.get_by_role("button", name="Close the outline").click()
    expect(amara.page.get_by_role("complementary", name="Outline")).to_have_count(0)
    assert amara.box("Time") == before


def test_axe_finds_nothing_where_a_template_is_chosen(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-2]"""
    gathering = make_gathering()
    rosa, jo = let_in(gathering), let_in(gathering, size=PHONE)
    for host, screen in ((rosa, "templates"), (jo, "templates on a phone")):
        host.join(gathering.link("host"), "Rosa")
        host.page.get_by_role("button", name="Choose a template").first.click()
        expect(host.page.get_by_role("button", name="Use this template")).to_be_visible()
        finds_nothing_in_any_theme(host, screen)
