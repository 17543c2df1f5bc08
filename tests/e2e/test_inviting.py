"""Links: handed out, pasted, ended, mistyped."""

import re

from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering

# What the browser itself writes when a request is answered with an error.
ANSWERED_NO = r"Failed to load resource: the server responded with a status of (401|403|404)"


def test_a_host_copies_a_link_and_somebody_comes_in_by_it(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    rosa = let_in(gathering, permissions=["clipboard-read", "clipboard-write"])
    rosa.join(gathering.link("host"), "Rosa")
    rosa.page.get_by_role("button", name="Invite").click()
    dialog = rosa.page.get_by_role("dialog", name="Invite people")
    expect(dialog.get_by_role("img", name="QR code of the participant link")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_contain_text(["Participant", "Host", "Observer"])
    dialog.get_by_role("button", name="Copy link for participant").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    rosa.hears("Participant link copied.")
    link = rosa.page.evaluate("() => navigator.clipboard.readText()")
    assert link == gathering.link("participant")

    dialog.get_by_role("button", name="Show in the room").click()
    large = rosa.page.get_by_role("dialog", name="Winter in Alder Vale")
    expect(large.get_by_text(link)).to_be_visible()
    rosa.page.keyboard.press("Escape")
    rosa.page.keyboard.press("Escape")
    expect(rosa.page.get_by_role("dialog")).to_have_count(0)
    expect(rosa.page.get_by_role("button", name="Invite")).to_be_focused()

    amara = let_in(gathering)
    amara.page.goto(gathering.base_url)
    amara.page.get_by_label("Paste the link from your invitation").fill(link)
    amara.page.get_by_role("button", name="Open the board").click()
    expect(amara.page.get_by_role("heading", level=1)).to_have_text("Winter in Alder Vale")
    expect(amara.page.get_by_text("Rosa is hosting.")).to_be_visible()


def test_ending_a_link_ends_the_stay_of_those_who_came_by_it_and_says_so(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    rosa, amara = let_in(gathering), let_in(gathering)
    amara.tolerate(ANSWERED_NO)
    rosa.join(gathering.link("host"), "Rosa")
    amara.join(gathering.link("participant"), "Amara", outline=True)
    amara.quick_add("What I brought")
    amara.has_saved()

    rosa.page.get_by_role("button", name="Invite").click()
    dialog = rosa.page.get_by_role("dialog", name="Invite people")
    dialog.get_by_role("button", name="More for the participant link").click()
    dialog.get_by_role("button", name="End this link").click()
    confirm = rosa.page.get_by_role("dialog", name="End this link?")
    expect(confirm).to_contain_text("One person came by it and leaves the board at once. What they wrote stays.")
    confirm.get_by_role("button", name="End the link").click()
    rosa.hears("The link has ended.")
    expect(confirm).to_have_count(0)

    expect(amara.page.get_by_role("heading", level=1)).to_have_text("This link has ended")
    expect(amara.page.get_by_text("What you wrote stays on the board.")).to_be_visible()
    expect(amara.page.get_by_label("Your link")).to_be_visible()
    rosa.page.keyboard.press("Escape")
    expect(rosa.page.get_by_role("button", name="Only you are here")).to_be_visible()
    assert gathering.texts() == ["What I brought"]
    amara.page.goto(gathering.link("participant"))
    expect(amara.page.get_by_role("heading", level=1)).to_have_text("This link has ended")


def test_addresses_that_lead_nowhere_say_what_is_wrong_with_them(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    amara = let_in(gathering)
    amara.tolerate(ANSWERED_NO)
    whole = gathering.link("participant")
    for address, title in (
        (whole[:-3], "This link is not complete"),
        (whole.split("#")[0], "This link is not complete"),
        (whole.replace(gathering.board, "AAAAAAAAAAAAAAAA"), "There is no board at this address"),
        (f"{gathering.base_url}/somewhere/else", "There is nothing at this address"),
    ):
        amara.page.goto("about:blank")
        amara.page.goto(address)
        expect(amara.page.get_by_role("heading", level=1)).to_have_text(title)
        expect(amara.page).to_have_title(re.compile(title))


def test_a_host_renames_the_gathering_for_everybody(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    rosa, amara = let_in(gathering), let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    amara.join(gathering.link("participant"), "Amara")
    rosa.page.get_by_role("button", name="Change the title").click()
    rosa.page.get_by_label("Title of the gathering").fill("Spring in Alder Vale")
    rosa.page.keyboard.press("Enter")
    expect(amara.page.get_by_role("heading", level=1)).to_have_text("Spring in Alder Vale")
    expect(amara.page).to_have_title("Spring in Alder Vale · Harvestry")
