"""A seat is one person's, on this device, for as long as its link lives."""

import asyncio

import pytest
from playwright.sync_api import expect

from harvestry.edge.client import EditRefused, NativeClient
from support.browser import LetIn, MakeGathering, OpenGathering, aside
from support.elements import note

REFUSAL = "You are here to look. Observers cannot write; a host can give you a participant link."
CLOSED = "You observe this gathering: you can read everything and change nothing."


def test_a_reload_brings_back_the_same_seat_without_a_question(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    amara.quick_add("Mine")
    ben.sees("Mine")

    amara.page.reload()
    amara.is_seated()
    amara.hears("Welcome back, Amara.")
    amara.sees("Mine")
    expect(ben.page.get_by_role("button", name="Amara is here")).to_be_visible()
    ben.page.get_by_role("button", name="Amara is here").click()
    expect(ben.page.get_by_role("dialog", name="Who is here").get_by_role("listitem")).to_have_count(2)


def test_who_comes_back_later_has_the_seat_and_the_name_from_before(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    amara.quick_add("Mine")
    amara.has_saved()
    ben.row("Mine").click()
    expect(ben.row("Mine")).to_contain_text("Amara")
    # Another page of the same browser, first by the link, then by the bare address out of the history.
    for address in (gathering.link("participant"), f"{gathering.base_url}/b/{gathering.board}"):
        amara.page.close()
        expect(ben.page.get_by_role("button", name="Only you are here")).to_be_visible()
        amara.new_page().goto(address)
        amara.is_seated()
        assert "#" not in amara.page.url
        expect(ben.page.get_by_role("button", name="Amara is here")).to_be_visible()
    amara.page.get_by_role("button", name="Change your name").click()
    expect(amara.page.get_by_role("dialog").get_by_role("textbox")).to_have_value("Amara")


def test_a_new_name_is_seen_by_everybody_at_once(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben")
    amara.page.get_by_role("button", name="Change your name").click()
    dialog = amara.page.get_by_role("dialog", name="Change your name")
    dialog.get_by_role("textbox").fill("Amara O.")
    dialog.get_by_role("button", name="Keep this name").click()
    expect(dialog).to_have_count(0)
    expect(ben.page.get_by_role("button", name="Amara O. is here")).to_be_visible()


def test_an_observer_is_told_why_nothing_can_be_changed(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"))
    rosa = let_in(gathering)
    rosa.page.goto(gathering.link("observer"))
    expect(rosa.page.get_by_text("You come as an observer.")).to_be_visible()
    rosa.join(gathering.link("observer"), "Rosa")

    tools = rosa.page.get_by_role("toolbar", name="Tools")
    for tool in ("Write", "Text", "Region"):
        button = tools.get_by_role("button", name=tool)
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(button).to_have_accessible_description(CLOSED)
    messages = rosa.page.get_by_role("region", name="Messages")

    def is_refused() -> None:
        expect(messages).to_contain_text(REFUSAL)
        rosa.hears(REFUSAL)
        messages.get_by_role("button", name="Close this message").last.click()
        expect(messages).to_have_count(0)

    rosa.page.mouse.dblclick(*rosa.spot(700, 600))
    is_refused()
    rosa.page.mouse.dblclick(*rosa.box("Trust").middle)
    is_refused()
    rosa.click(rosa.box("Trust").middle)
    for key in ("n", "Enter", "Delete", "Control+d", "m", "3"):
        rosa.thing("Trust").press(key)
        is_refused()
    expect(rosa.field).to_have_count(0)
    rosa.open_outline()
    rosa.row("Trust").click()
    rosa.row("Trust").press("Enter")
    is_refused()
    assert gathering.texts() == ["Trust"]


def test_the_server_refuses_an_observers_edit_whatever_the_page_says(make_gathering: MakeGathering) -> None:
    gathering = make_gathering()

    async def write_as_observer(gathering: OpenGathering) -> None:
        observer = gathering.tokens["observer"]
        async with await NativeClient.connect(gathering.base_url, gathering.board, observer, name="Rosa") as client:
            await client.saved(await client.put("observersnot", "note", (0, 0, 184, 104), text="Not mine to write"))

    with pytest.raises(EditRefused) as refusal:
        aside(lambda: asyncio.run(write_as_observer(gathering)))
    assert refusal.value.code == "role"
    assert gathering.texts() == []
