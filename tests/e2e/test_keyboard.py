"""Everything without a mouse, and without ever losing one's place."""

import re

from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering
from support.elements import note, region


def test_the_whole_way_from_the_link_to_undo_goes_by_keyboard_alone(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-1]"""
    stories = region(1, "Stories we brought")
    gathering = make_gathering(stories, note("Families carry the folder", 40, 100, parent=stories))
    amara = let_in(gathering)
    keyboard = amara.page.keyboard

    amara.page.goto(gathering.link("participant"))
    amara.tab_to("What should people call you")
    keyboard.type("Amara")
    keyboard.press("Enter")
    amara.is_seated()
    amara.hears("Welcome, Amara. Winter in Alder Vale.")
    amara.has_kept_focus()

    keyboard.press("n")
    expect(amara.field).to_be_focused()
    keyboard.type("Nobody rang back")
    keyboard.press("Escape")
    written = amara.thing("Nobody rang back")
    expect(written).to_be_focused()
    expect(written).to_have_accessible_name(re.compile("^Note, oat, plain.*Nobody rang back"))
    amara.has_saved()
    before = gathering.element("Nobody rang back")

    keyboard.press("m")
    amara.hears("Carrying “Nobody rang back”.")
    keyboard.press("ArrowRight")
    keyboard.press("Shift+ArrowDown")
    amara.has_kept_focus()
    keyboard.press("Enter")
    amara.hears("Dropped")
    expect(written).to_be_focused()
    amara.has_saved()
    x, y, width, height = before.geometry
    assert gathering.element("Nobody rang back").geometry == (x + 8, y + 64, width, height)

    keyboard.press("m")
    keyboard.press("Shift+ArrowLeft")
    keyboard.press("Escape")
    amara.hears("Put back.")
    expect(written).to_be_focused()

    keyboard.press("3")
    amara.hears("Rosehip pink: “Nobody rang back”.")
    expect(written).to_be_focused()
    expect(written).to_have_accessible_name(re.compile("rosehip pink"))

    keyboard.press("Delete")
    amara.hears("Deleted “Nobody rang back”.")
    expect(written).to_have_count(0)
    amara.has_kept_focus()
    amara.has_saved()
    assert gathering.texts() == ["Families carry the folder", "Stories we brought"]

    keyboard.press("Control+z")
    amara.hears("Undone.")
    expect(written).to_be_focused()
    amara.has_saved()
    again = gathering.element("Nobody rang back")
    assert (again.geometry, again.colour) == ((x + 8, y + 64, width, height), "rosehip")


def test_the_outline_does_the_same_by_keyboard(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-6]"""
    stories, purpose = region(1, "Stories we brought"), region(2, "Our purpose", 1040)
    gathering = make_gathering(stories, purpose, note("Trust", 40, 100, parent=stories))
    amara = let_in(gathering)
    keyboard = amara.page.keyboard
    amara.page.goto(gathering.link("participant"))
    amara.tab_to("What should people call you")
    keyboard.type("Amara")
    amara.tab_to("I read with a screen reader or keyboard")
    keyboard.press("Enter")
    amara.is_seated()
    expect(amara.row("1 Stories we brought")).to_be_focused()

    keyboard.press("ArrowDown")
    expect(amara.row("Trust")).to_be_focused()
    keyboard.press("Enter")
    keyboard.type(" grows")
    keyboard.press("Enter")
    expect(amara.row("Trust grows")).to_be_focused()

    amara.tab_to("^Move to…$")
    keyboard.press("Enter")
    amara.tab_to("2 Our purpose")
    keyboard.press("Enter")
    expect(amara.row("Trust grows")).to_be_focused()
    amara.hears("Moved “Trust grows” to “Our purpose”.")

    amara.tab_to("^Colour$")
    keyboard.press("Enter")
    amara.tab_to("Sage green")
    keyboard.press("Enter")
    amara.has_kept_focus()
    amara.sees_outline("1 Stories we brought", "2 Our purpose", "  Trust grows, Sage green")
    amara.has_saved()
    moved = gathering.element("Trust grows")
    assert (moved.parent, moved.colour) == (purpose.id, "sage")

    amara.row("Trust grows").focus()
    keyboard.press("Delete")
    expect(amara.row("2 Our purpose")).to_be_focused()
    keyboard.press("Escape")
    amara.tab_to("^Undo$")
    keyboard.press("Enter")
    amara.sees("Trust grows")
    amara.has_kept_focus()
