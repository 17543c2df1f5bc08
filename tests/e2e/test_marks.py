"""Marking words of drafts: by touch and by keyboard, alone until the close, and the heat that comes of it."""

import re
from copy import deepcopy
from typing import Any

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import DESKTOP, PHONE, LetIn, MakeGathering, OpenGathering, Person, Size
from support.gatherings import PLAN
from support.hands import Hands
from support.polls import digest_of

FIRST, SECOND = "We join our people and our money.", "Every child is heard."


def plan() -> dict[str, Any]:
    """Drafts are written in the stories, and marked in the last step, beside what is missing in them."""
    changed = deepcopy(PLAN)
    changed["phases"][4] |= {
        "opens": [{"region": "see", "visibility": "sealed-open", "attribution": "none", "limit": 2}],
        "poll": {"kind": "marks", "question": "Which words ring true?", "region": "stories", "budget": 3},
    }
    changed["phases"].append({"key": "weave", "title": "Weave", "minutes": 5, "opens": [{"region": "focus"}]})
    return changed


def come(let_in: LetIn, gathering: OpenGathering, name: str, size: Size) -> Person:
    is_phone = size == PHONE
    person = let_in(gathering, size=size, has_touch=is_phone, is_mobile=is_phone)
    person.join(gathering.link("participant"), name)
    return person


def now(person: Person) -> Locator:
    return person.page.get_by_role("main", name="Now")


def word(person: Person, words: str) -> Locator:
    return now(person).get_by_role("button", name=words, exact=True)


def test_words_are_marked_alone_and_their_heat_shows_after_the_close(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[DEC-5] [DEC-15]"""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("tell")
        amara = come(let_in, gathering, "Amara", PHONE)
        for text in (FIRST, SECOND):
            now(amara).get_by_role("textbox", name="Your note").fill(text)
            now(amara).get_by_role("button", name="Add this note").tap()
        amara.has_saved()
        ben = come(let_in, gathering, "Ben", DESKTOP)
        rosa.go("choose")

        # By touch: a word, the next to it, and with the other pen a third.
        word(amara, "join").tap()
        word(amara, "our").first.tap()
        now(amara).get_by_role("radio", name="Jars").check()
        word(amara, "money.").tap()
        expect(now(amara)).to_contain_text("2 of 3 marks.")
        word(amara, "child").tap()
        word(amara, "heard.").tap()
        amara.hears("All your 3 marks are placed. Take one back first.")
        word(amara, "child, jars").tap()
        amara.fits_its_width()
        finds_nothing(amara, "marking")
        # What is missing is written beside it.
        now(amara).get_by_role("textbox", name="Your note").fill("For how long?")
        now(amara).get_by_role("button", name="Add this note").tap()
        expect(now(amara)).to_contain_text("1 of up to 2, saved")
        amara.page.reload()
        amara.is_seated()
        expect(word(amara, "join, rings true")).to_be_visible()
        assert rosa.poll()["turnout"] == 0
        now(amara).get_by_role("button", name="Hand in my marks").tap()
        expect(now(amara)).to_contain_text("Your marks are in. The words show when the vote closes.")

        # By keyboard: a draft is one stop, arrow keys go from word to word, and with shift they mark on.
        expect(now(ben).locator("[aria-pressed=true]")).to_have_count(0)
        keys = ben.page.keyboard
        ben.tab_to("We")
        keys.press("ArrowRight")
        keys.press("Space")
        keys.press("Shift+ArrowRight")
        expect(word(ben, "our, rings true")).to_be_focused()
        keys.press("End")
        keys.press("j")
        expect(word(ben, "money., jars")).to_be_focused()
        keys.press("Backspace")
        expect(word(ben, "money.")).to_be_focused()
        draft = gathering.element(FIRST)
        ben.tab_to("Hand in my marks")
        keys.press("Enter")
        expect(now(ben)).to_contain_text("Your marks are in.")

        marked = {draft.id: {"words": digest_of(FIRST), "rings": [[1, 2]]}}
        for person in range(3):
            with Hands(gathering, "participant", f"Person {person}") as other:
                other.cast(marked)
        rosa.do("seal.reveal")
        rosa.do("poll.close", poll=rosa.poll()["poll"])
        for person in (amara, ben):
            result = now(person).get_by_role("region", name="Result")
            rings = result.get_by_role("region", name="Rings true, most first").get_by_role("listitem")
            expect(rings).to_have_text([re.compile("^join our Draft 1 ?5$")])
            expect(result.get_by_role("region", name="Jars, most first").get_by_role("listitem")).to_have_text(
                [re.compile("^money. Draft 1 ?1$")]
            )
            expect(result.get_by_role("figure")).to_have_count(1)
            expect(now(person)).to_contain_text("For how long?")
            finds_nothing(person, "heat")
        amara.fits_its_width()
        # Whoever weaves them into one has them before their eyes.
        rosa.go("weave")
        expect(now(amara).get_by_role("textbox", name="Your note")).to_be_visible()
        woven = now(amara).get_by_role("region", name="Which words ring true?")
        expect(woven.get_by_role("region", name="Rings true, most first").get_by_role("listitem")).to_contain_text(
            ["join our"]
        )
