"""What a room that does not take everything in does to the people in it: it says why, and loses nothing they wrote."""

import re

import pytest
from playwright.sync_api import Locator, expect

from support.between import Between
from support.browser import SMALL_PHONE, WIDE, LetIn, MakeGathering, Person, Size
from support.elements import note

LOCKED = "The board is locked. You can look and move around; a host can open it again."
NOT_ADDED = "Not added: the board is locked."


def lock(host: Person) -> Locator:
    return host.page.get_by_role("banner").get_by_role("button", name="Lock the board")


def shelf(person: Person) -> Locator:
    return person.page.get_by_role("banner").get_by_role("button", name=re.compile("^Kept for you"))


def messages(person: Person) -> Locator:
    return person.page.get_by_role("region", name="Messages")


def line(person: Person) -> Locator:
    """The line under the top bar."""
    return person.page.get_by_role("region", name="About this board")


def writes_on(person: Person, words: str) -> Locator:
    person.thing(words).focus()
    person.page.keyboard.press("Enter")
    expect(person.field).to_be_focused()
    return person.field


@pytest.mark.parametrize("size", [WIDE, SMALL_PHONE], ids=["wide", "320"])
def test_what_is_half_typed_when_a_host_locks_the_board_is_kept_and_offered_back(
    make_gathering: MakeGathering, let_in: LetIn, size: Size
) -> None:
    """[UNI-12]"""
    gathering = make_gathering(note("Trust"))
    rosa, ben = let_in(gathering), let_in(gathering, size=size)
    rosa.join(gathering.link("host"), "Rosa")
    ben.join(gathering.link("participant"), "Ben")
    field = writes_on(ben, "Trust")
    field.press_sequentially(" grows")
    ben.has_saved()

    lock(rosa).click()
    expect(line(ben)).to_contain_text(LOCKED)
    expect(line(rosa)).to_contain_text("Only hosts can change it.")
    ben.hears(LOCKED)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Kept for you alone"))
    field.press_sequentially(" slowly")
    expect(field).to_have_value("Trust grows slowly")
    ben.fits_its_width()
    field.press("Escape")
    expect(messages(ben)).to_contain_text("Your words are in Kept for you.")
    ben.has_kept_focus()
    assert gathering.texts() == ["Trust grows"]

    tool = ben.page.get_by_role("toolbar", name="Tools").get_by_role("button", name="Write")
    expect(tool).to_have_attribute("aria-disabled", "true")
    expect(tool).to_have_accessible_description(LOCKED)
    messages(ben).get_by_role("button", name="Open").click()
    kept = ben.page.get_by_role("dialog", name="Kept for you")
    expect(kept).to_contain_text("Trust grows slowly")
    kept.get_by_role("button", name="Put on the board").click()
    expect(kept).to_contain_text("Trust grows slowly")
    ben.hears(LOCKED)
    ben.fits_its_width()

    line(rosa).get_by_role("button", name="Unlock the board").click()
    expect(line(rosa)).to_have_count(0)
    rosa.has_kept_focus()
    expect(line(ben)).to_have_count(0)
    ben.hears("The board is open again.")
    kept.get_by_role("button", name="Put on the board").click()
    expect(kept).to_contain_text("Nothing is kept for you right now.")
    ben.page.keyboard.press("Escape")
    ben.has_saved()
    assert gathering.texts() == ["Trust grows", "Trust grows slowly"]


def test_who_is_still_in_the_field_goes_on_when_the_board_is_unlocked(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-12]"""
    gathering = make_gathering(note("Trust"))
    rosa, ben = let_in(gathering), let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    ben.join(gathering.link("participant"), "Ben")
    field = writes_on(ben, "Trust")
    lock(rosa).click()
    expect(line(ben)).to_be_visible()
    field.press_sequentially(" grows")
    expect(shelf(ben)).to_have_accessible_name(re.compile("1$"))
    lock(rosa).click()
    expect(line(ben)).to_have_count(0)
    expect(shelf(ben)).to_have_count(0)
    field.press_sequentially(" slowly")
    field.press("Escape")
    ben.has_saved()
    expect(messages(ben)).to_have_count(0)
    assert gathering.texts() == ["Trust grows slowly"]


def test_what_was_on_its_way_when_the_board_was_locked_is_undone_and_its_words_are_kept(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-7]"""
    gathering = make_gathering(note("Trust"))
    rosa, ben = let_in(gathering), let_in(gathering)
    between = Between(ben.page)
    rosa.join(gathering.link("host"), "Rosa", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    between.holds = True
    ben.quick_add("Nobody rang back")
    ben.rewrite("Trust", then="Trust grows")
    lock(rosa).click()
    expect(line(ben)).to_be_visible()
    between.let_go()
    ben.hears(NOT_ADDED)
    expect(messages(ben)).to_contain_text(f"{NOT_ADDED} Your words")
    expect(shelf(ben)).to_have_accessible_name(re.compile("2$"))
    for person in (rosa, ben):
        person.sees_outline("On the board", "  Trust, Oat, plain")
    ben.has_saved()
    assert gathering.texts() == ["Trust"]

    lock(rosa).click()
    expect(line(ben)).to_have_count(0)
    messages(ben).get_by_role("button", name="Open").click()
    kept = ben.page.get_by_role("dialog", name="Kept for you").get_by_role("listitem")
    expect(kept).to_contain_text(["Nobody rang back", "Trust grows"])
    for item in kept.all():
        expect(item).to_contain_text(NOT_ADDED)
    kept.first.get_by_role("button", name="Put on the board").click()
    rosa.sees("Nobody rang back")
    expect(kept).to_contain_text(["Trust grows"])


def test_a_move_that_was_on_its_way_is_undone_and_said_so(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"))
    rosa, ben = let_in(gathering), let_in(gathering)
    between = Between(ben.page)
    rosa.join(gathering.link("host"), "Rosa")
    ben.join(gathering.link("participant"), "Ben")
    before = ben.box("Trust")
    between.holds = True
    ben.thing("Trust").focus()
    ben.page.keyboard.press("Alt+ArrowDown")
    lock(rosa).click()
    expect(line(ben)).to_be_visible()
    between.let_go()
    ben.hears("Not changed: the board is locked.")
    ben.has_saved()
    expect(shelf(ben)).to_have_count(0)
    line(rosa).get_by_role("button", name="Unlock the board").click()
    expect(line(ben)).to_have_count(0)
    assert ben.box("Trust") == before


def test_a_host_locks_one_note_by_keyboard_and_nobody_else_can_change_it(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"), note("Time", 0, 200))
    rosa, ben = let_in(gathering), let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    ben.join(gathering.link("participant"), "Ben")
    field = writes_on(ben, "Trust")
    field.press_sequentially(" grows")
    ben.has_saved()
    rosa.thing("Trust grows").focus()
    rosa.page.keyboard.press("Control+Shift+L")
    rosa.hears("Only hosts can change it.")
    expect(field).to_have_accessible_description(re.compile("A host locked this while you were writing"))
    field.press_sequentially(" slowly")
    field.press("Escape")
    expect(messages(ben)).to_contain_text("Your words are in Kept for you.")

    expect(ben.page.get_by_role("option", name=re.compile("locked"))).to_have_count(1)
    tray = ben.board.get_by_role("group", name="For what is selected")
    expect(tray).to_contain_text("Locked: a host can open it.")
    ben.thing("Trust grows").focus()
    ben.page.keyboard.press("Delete")
    ben.hears("This is locked. A host can open it.")
    assert gathering.texts() == ["Time", "Trust grows"]

    rosa.click(rosa.box("Trust grows").middle)
    rosa.board.get_by_role("group", name="For what is selected").get_by_role("button", name="Unlock").click()
    expect(ben.page.get_by_role("option", name=re.compile("locked"))).to_have_count(0)
    ben.thing("Trust grows").focus()
    ben.page.keyboard.press("Delete")
    ben.has_saved()
    assert gathering.texts() == ["Time"]


def test_a_host_locks_in_the_outline_and_the_row_says_so(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-6]"""
    gathering = make_gathering(note("Trust"), note("Time", 0, 200))
    rosa, ben = let_in(gathering), let_in(gathering, size=SMALL_PHONE)
    rosa.join(gathering.link("host"), "Rosa", outline=True)
    ben.join(gathering.link("participant"), "Ben")
    ben.page.get_by_role("navigation", name="Views").get_by_role("button", name="Outline").click()
    rosa.row("Trust").click()
    rosa.actions.get_by_role("button", name="Lock").click()
    for person in (rosa, ben):
        expect(person.row("Trust")).to_have_text(re.compile("locked"))
        expect(person.row("Time")).not_to_have_text(re.compile("locked"))
    ben.row("Trust").click()
    expect(ben.actions).to_contain_text("Locked: a host can open it.")
    expect(ben.actions.get_by_role("button", name="Delete")).to_have_count(0)
    ben.fits_its_width()
    expect(rosa.actions.get_by_role("button", name="Edit")).to_have_count(0)
    rosa.actions.get_by_role("button", name="Unlock").click()
    expect(ben.actions.get_by_role("button", name="Delete")).to_be_visible()
    ben.actions.get_by_role("button", name="Delete").click()
    ben.has_saved()
    assert gathering.texts() == ["Time"]


def test_while_the_server_cannot_save_people_write_on_and_it_is_sent_when_it_can(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-11]"""
    gathering = make_gathering()
    ben = let_in(gathering)
    between = Between(ben.page)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    between.tell(["mode", "paused"])
    expect(ben.pill).to_have_text("The server cannot save just now. What you change is kept on this device.")
    ben.hears("The server cannot save just now.")
    ben.quick_add("Nobody rang back", "Three forms for one visit")
    expect(ben.pill).to_have_text("The server cannot save just now. 2 changes are kept on this device.")
    assert gathering.texts() == []
    between.tell(["mode", "open"])
    ben.has_saved()
    ben.hears("Everything is saved.")
    assert gathering.texts() == ["Nobody rang back", "Three forms for one visit"]


def test_a_damaged_board_says_what_is_to_be_done(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"))
    for role, advice in (("host", "Ask whoever runs the server to restore it"), ("participant", "Tell a host")):
        person = let_in(gathering, size=SMALL_PHONE)
        between = Between(person.page)
        person.join(gathering.link(role), "Ben")
        between.tell(["mode", "damaged"])
        expect(line(person)).to_contain_text("it can only be read.")
        expect(line(person)).to_contain_text(advice)
        person.thing("Trust").focus()
        person.page.keyboard.press("Delete")
        person.hears("it can only be read.")
        person.fits_its_width()


def test_a_host_is_warned_of_a_board_that_fills_up_until_they_have_read_it(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"))
    rosa, ben = let_in(gathering), let_in(gathering)
    tellers = [Between(rosa.page), Between(ben.page)]
    rosa.join(gathering.link("host"), "Rosa")
    ben.join(gathering.link("participant"), "Ben")
    for between in tellers:
        between.tell(["filling", "elements", 91])
    expect(line(rosa)).to_contain_text("This board is 91 % full.")
    rosa.page.get_by_role("button", name="Close this warning").click()
    expect(line(rosa)).to_have_count(0)
    rosa.has_kept_focus()
    for percent in (92, 96):
        tellers[0].tell(["filling", "elements", percent])
    expect(line(rosa)).to_contain_text("This board is 96 % full.")
    expect(line(ben)).to_have_count(0)
