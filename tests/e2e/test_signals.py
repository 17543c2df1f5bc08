"""Small signs between a host and a group: having finished, a bell, hidden cursors, sitting in, words to the team."""

import re
from typing import Any

from playwright.sync_api import expect

from support.axe import finds_nothing
from support.browser import DESKTOP, LetIn, MakeGathering, OpenGathering, Person
from support.gatherings import PLAN, plan
from support.hands import Hands
from support.sealing import Draft

TABLES = {"east": "By the window", "west": "By the door"}
AT_TABLES: dict[str, Any] = plan(
    phases=[
        {**PLAN["phases"][1], "check": "Everybody has told one."},
        {**PLAN["phases"][2], "opens": [{"region": "see", "visibility": "table", "attribution": "named"}]},
    ]
)

_NOTE_THE_BELL = """
() => new MutationObserver(() => {
  window.rung ??= document.querySelector('.rung')?.textContent;
}).observe(document, { subtree: true, childList: true })
"""


def come(let_in: LetIn, gathering: OpenGathering, name: str, role: str) -> Person:
    person = let_in(gathering, size=DESKTOP)
    person.join(gathering.link(role), name)
    expect(person.page.get_by_role("region", name="What we are doing now")).to_be_attached()
    return person


def test_signs_between_hosts_and_the_group_by_mouse_and_by_keyboard(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[FIN-1] [MOD-5] [MOD-7] [VIS-1] [UNI-2]"""
    gathering = make_gathering()
    with Hands(gathering) as lead, Hands(gathering, "participant", "Ben") as ben:
        lead.do("show.load", plan=AT_TABLES)
        lead.do("show.start")
        rosa = come(let_in, gathering, "Rosa", "host")
        tess = come(let_in, gathering, "Tess", "table")
        bar = tess.page.get_by_role("region", name="What we are doing now")
        console = rosa.page.get_by_role("complementary", name="Host console")

        # Having finished: said by mouse, taken back by keyboard, counted for all.
        expect(console).to_contain_text("0 of 2 have finished. Done when: Everybody has told one.")
        finished = bar.get_by_role("button", name="I have finished")
        finished.click()
        tess.hears("You have finished. Everybody sees how many have, and nobody sees who.")
        expect(finished).to_have_attribute("aria-pressed", "true")
        expect(console).to_contain_text("1 of 2 have finished.")
        finished.press("Enter")
        expect(finished).to_have_attribute("aria-pressed", "false")
        expect(console).to_contain_text("0 of 2 have finished.")

        # The bell: by mouse, and at once again, by keyboard, it rests. It is seen for a moment only.
        tess.page.evaluate(_NOTE_THE_BELL)
        console.get_by_role("button", name="Ring the bell").click()
        rosa.page.keyboard.press("Alt+b")
        rosa.hears("The bell has just rung.")
        tess.hears("Rosa rings the bell.")
        tess.page.wait_for_function("() => window.rung === 'Rosa rings the bell'")

        # Cursors: hidden for all, which all can read.
        hide = console.get_by_role("button", name="Hide all cursors")
        hide.click()
        tess.hears("A host has hidden everybody’s cursor, hosts’ too.")
        expect(bar).to_contain_text("Cursors are hidden")
        expect(hide).to_have_attribute("aria-pressed", "true")
        hide.press("Enter")
        tess.hears("Cursors are no longer hidden.")
        expect(bar).not_to_contain_text("Cursors are hidden")

        # Table hosts are among those who speak with the host team.
        tess.page.get_by_role("button", name="Host team").click()
        team = tess.page.get_by_role("dialog", name="Host team")
        word = team.get_by_role("textbox", name="A word to the host team")
        word.fill("We need two minutes")
        word.press("Enter")
        rosa.hears("Tess to the host team: We need two minutes")
        expect(team.get_by_role("listitem")).to_have_text(re.compile("Tess We need two minutes"))
        finds_nothing(tess, "the host team's words")
        tess.page.keyboard.press("Escape")

        # Sitting in: the table is told, then the host reads, then the table is told again.
        lead.wait(lambda: "table" in lead.view["people"]["roles"].values())
        seats = [seat for seat, role in lead.view["people"]["roles"].items() if role == "table"]
        lead.do("people.tables", tables=TABLES, seats=dict.fromkeys([*seats, ben.seat], "east"))
        lead.do("show.go", phase="write")
        ben.do("seal.write", **Draft("b", "the heron at the weir").args)
        console.locator("summary", has_text="Sit in with a table").click()
        # By keyboard.
        console.get_by_role("button", name="Sit in with By the window").press("Enter")
        tess.hears("Rosa is about to sit in with your table.")
        tess.hears("Rosa sits in and reads what your table shares.")
        expect(console.get_by_text("the heron at the weir")).to_be_visible()
        now = tess.page.get_by_role("main", name="Now")
        expect(now).to_contain_text("Rosa sits in and reads what your table shares.")
        finds_nothing(rosa, "sitting in")
        console.get_by_role("button", name="Leave By the window").click()
        tess.hears("Rosa has left your table.")
        expect(console.get_by_text("the heron at the weir")).to_have_count(0)
        # What one may ask for is there while one writes, and so is what hosts did.
        bar.get_by_role("button", name="Raise a hand, ask for a pause or a word").click()
        bar.get_by_role("button", name="What hosts did").click()
        done = tess.page.get_by_role("dialog", name="What hosts did")
        for what in ("rang the bell", "hid the cursors", "is about to sit in with By the window", "left By the window"):
            expect(done.get_by_role("listitem").filter(has_text=f"Rosa {what}")).to_have_count(1)
