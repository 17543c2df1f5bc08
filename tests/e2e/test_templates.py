"""Choosing how the conversation runs: two clicks, and the board has its regions and its steps."""

from __future__ import annotations

from playwright.sync_api import expect

from support.browser import SMALL_PHONE, LetIn, MakeGathering
from support.elements import note

TITLE = "Choose how the conversation runs"


def test_a_host_starts_from_a_template_with_two_clicks(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[TPL-6]"""
    gathering = make_gathering()
    rosa, amara = let_in(gathering), let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    amara.join(gathering.link("participant"), "Amara")
    expect(amara.page.get_by_role("button", name="Choose a template")).to_have_count(0)

    rosa.page.get_by_role("button", name="Choose a template").click()
    dialog = rosa.page.get_by_role("dialog", name=TITLE)
    dialog.get_by_role("radio", name="Principles and practices").click()
    expect(dialog.get_by_role("heading", name="Principles and practices")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(5)
    dialog.get_by_role("button", name="Use this template").click()
    expect(dialog).to_have_count(0)
    rosa.hears("Principles and practices is on the board: 5 steps, 40 minutes. Nothing has begun yet.")

    # Whoever is here has the regions, and no template is offered any more.
    expect(rosa.page.get_by_role("button", name="Template")).to_have_count(0)
    expect(amara.page.get_by_text("Nothing is on the board yet")).to_have_count(0)
    expect(amara.thing("Our principles")).to_have_count(1)
    expect(rosa.thing("From visitors")).to_have_count(1)


def test_a_template_is_chosen_by_keyboard_alone(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[TPL-6] [UNI-2]"""
    gathering = make_gathering(note("Already here", 0, 0))
    rosa = let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    rosa.page.get_by_role("button", name="Template").focus()
    rosa.page.keyboard.press("Enter")
    dialog = rosa.page.get_by_role("dialog", name=TITLE)
    first = dialog.get_by_role("radio").first
    first.focus()
    rosa.page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", checked=True)).to_be_focused()
    expect(dialog.get_by_role("heading", name="Arrive and check in")).to_be_visible()
    rosa.page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Short, 5 min")).to_be_focused()
    rosa.page.keyboard.press("Space")
    rosa.page.keyboard.press("Tab")
    rosa.page.keyboard.press("Tab")
    rosa.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    rosa.hears("Arrive and check in is on the board: 3 steps, 5 minutes. Nothing has begun yet.")


def test_a_template_is_chosen_on_a_small_phone(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[TPL-6]"""
    gathering = make_gathering()
    rosa = let_in(gathering, size=SMALL_PHONE)
    rosa.join(gathering.link("host"), "Rosa")
    rosa.page.get_by_role("banner").get_by_role("button", name="More").click()
    rosa.page.get_by_role("banner").get_by_role("button", name="Choose a template").click()
    dialog = rosa.page.get_by_role("dialog", name=TITLE)
    expect(dialog.get_by_role("button", name="Use this template")).to_be_visible()
    # Nothing makes the dialog wider than the phone.
    assert rosa.page.evaluate("() => document.querySelector('dialog[open]').scrollWidth <= innerWidth")
    rosa.fits_its_width()
    dialog.get_by_role("radio", name="Check out").check()
    dialog.get_by_role("button", name="Use this template").click()
    rosa.hears("Check out is on the board: 4 steps, 5 minutes. Nothing has begun yet.")


def test_a_picker_without_a_connection_says_so_and_tries_again(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[TPL-6]"""
    gathering = make_gathering()
    rosa = let_in(gathering)
    rosa.tolerate(r"Failed to load resource")
    rosa.join(gathering.link("host"), "Rosa")
    rosa.page.route("**/api/templates", lambda route: route.abort())
    rosa.page.get_by_role("button", name="Choose a template").click()
    dialog = rosa.page.get_by_role("dialog", name=TITLE)
    expect(dialog.get_by_role("alert")).to_contain_text("could not be fetched")
    rosa.page.unroute("**/api/templates")
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.get_by_role("radio")).to_have_count(14)
