"""What may leave a gathering: a host makes it less, and everybody is told."""

from __future__ import annotations

from playwright.sync_api import expect

from support.browser import DESKTOP, LetIn, MakeGathering


def test_a_host_lets_less_leave_and_everybody_is_told(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[LEV-1]"""
    gathering = make_gathering()
    rosa, amara = let_in(gathering, size=DESKTOP), let_in(gathering)
    rosa.join(gathering.link("host"), "Rosa")
    amara.join(gathering.link("participant"), "Amara")
    rosa.page.get_by_role("button", name="Choose a template").click()
    rosa.page.get_by_role("button", name="Use this template").click()
    console = rosa.page.get_by_role("complementary", name="Host console")
    console.get_by_role("heading", name="What may leave").click()
    levels = console.get_by_role("group", name="What may leave")
    expect(levels.get_by_role("button", pressed=True)).to_have_text("Words alone")
    levels.get_by_role("button", name="Words with names").click()
    amara.hears("What may leave has changed. Files say who wrote a note, where a name stands with it.")
    console.get_by_role("button", name="Start").first.click()
    levels.get_by_role("button", name="Words alone").click()
    expect(levels.get_by_role("button", name="Words with names")).to_be_disabled()
    amara.hears("What may leave has changed. Files never say who wrote a note.")
    expect(amara.page.get_by_role("complementary", name="Host console")).to_have_count(0)
