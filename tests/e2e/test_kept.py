"""[UNI-7] What the board does not take is kept for its author: to put back, to copy, or to let go."""

import re

import msgpack
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from support.browser import SMALL_PHONE, WIDE, LetIn, MakeGathering, Size

REASON = "That region closed while you were writing."


class Refusal:
    """Stands between a page and its server, and can answer edits in the server's place."""

    def __init__(self, page: Page) -> None:
        self.is_on = False
        page.route_web_socket(re.compile(r"/ws/"), self._stand_between)

    def _stand_between(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            message = msgpack.unpackb(frame)
            if self.is_on and message[0] == "edit":
                route.send(msgpack.packb(["refused", message[1], "locked", REASON, []]))
            else:
                server.send(frame)

        route.on_message(pass_on)


def test_words_of_a_refused_edit_can_be_put_back_copied_or_let_go(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    amara = let_in(gathering, permissions=["clipboard-read", "clipboard-write"])
    page = amara.page
    refusal = Refusal(page)
    shelf = page.get_by_role("banner").get_by_role("button", name=re.compile("^Kept for you"))
    kept = page.get_by_role("dialog", name="Kept for you").get_by_role("listitem")

    def has_refused(*texts: str) -> None:
        """Have each of these notes refused; what is on the board stays as it was."""
        refusal.is_on = True
        for text in texts:
            page.get_by_role("textbox", name="Add a note").fill(text)
            page.get_by_role("textbox", name="Add a note").press("Enter")
            expect(amara.row(text)).to_have_count(0)
            amara.is_seated()
        refusal.is_on = False

    amara.join(gathering.link("participant"), "Amara", outline=True)
    amara.quick_add("The board takes this")
    amara.has_saved()
    expect(shelf).to_have_count(0)

    has_refused("Nobody rang back", "Three forms\nfor one visit", "Never mind")
    amara.hears(f"{REASON} Your words are in Kept for you.")
    amara.sees_outline("On the board", "  The board takes this, Oat, plain")
    assert gathering.texts() == ["The board takes this"]

    page.reload()
    amara.is_seated()
    expect(shelf).to_have_accessible_name(re.compile("3$"))
    shelf.click()
    expect(kept).to_contain_text(["Nobody rang back", "Three forms\nfor one visit", "Never mind"])
    for item in kept.all():
        expect(item).to_contain_text(REASON)

    kept.nth(1).get_by_role("button", name="Copy").click()
    amara.hears("Copied.")
    assert page.evaluate("() => navigator.clipboard.readText()") == "Three forms\nfor one visit"

    kept.nth(0).get_by_role("button", name="Put on the board").click()
    amara.hears("Your words are on the board as a note.")
    expect(kept).to_have_count(2)
    expect(kept.nth(0).get_by_role("button", name="Put on the board")).to_be_focused()
    kept.nth(1).get_by_role("button", name="Discard").click()
    expect(kept).to_have_count(1)
    expect(kept.nth(0).get_by_role("button", name="Put on the board")).to_be_focused()
    page.keyboard.press("Escape")
    amara.has_saved()
    assert gathering.texts() == ["Nobody rang back", "The board takes this"]

    page.reload()
    amara.is_seated()
    shelf.click()
    expect(kept).to_contain_text(["Three forms\nfor one visit"])
    kept.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing is kept for you right now.")
    amara.has_kept_focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(shelf).to_have_count(0)
    amara.has_kept_focus()


@pytest.mark.parametrize("size", [WIDE, SMALL_PHONE], ids=["wide", "320"])
def test_the_message_of_a_refusal_opens_what_is_kept(make_gathering: MakeGathering, let_in: LetIn, size: Size) -> None:
    gathering = make_gathering()
    amara = let_in(gathering, size=size)
    refusal = Refusal(amara.page)
    amara.join(gathering.link("participant"), "Amara", outline=size == WIDE)
    refusal.is_on = True
    amara.quick_add("Nobody rang back")
    messages = amara.page.get_by_role("region", name="Messages")
    expect(messages).to_contain_text(f"{REASON} Your words are in Kept for you.")
    messages.get_by_role("button", name="Open").click()
    expect(amara.page.get_by_role("dialog", name="Kept for you")).to_contain_text("Nobody rang back")
    amara.fits_its_width()
