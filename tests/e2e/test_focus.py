"""The focus view: one region, one prompt, one button; in every step, by every means, offline and back."""

import re
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from support.browser import DESKTOP, PHONE, LetIn, MakeGathering, OpenGathering, Person, Size
from support.gatherings import PLAN
from support.hands import Hands

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


def plan() -> dict[str, Any]:
    """The plan of the tests, with short notes, and names where stories are told."""
    changed = deepcopy(PLAN)
    changed["regions"][0]["prompt"] = "What is shaping life for the people we serve?"
    changed["phases"][2]["opens"][0] |= {"limit": 2, "longest": 40}
    return changed


def let_join(
    let_in: LetIn, gathering: OpenGathering, name: str, size: Size = PHONE, role: str = "participant"
) -> Person:
    is_phone = size == PHONE
    person = let_in(gathering, size=size, has_touch=is_phone, is_mobile=is_phone)
    person.join(gathering.link(role), name)
    return person


def now(person: Person) -> Locator:
    return person.page.get_by_role("main", name="Now")


def go_to(person: Person, view: str) -> None:
    person.page.get_by_role("navigation", name="Views").get_by_role("button", name=view).tap()


def add(person: Person, words: str) -> None:
    now(person).get_by_role("textbox", name="Your note").fill(words)
    now(person).get_by_role("button", name="Add this note").click()


def test_a_phone_begins_with_what_is_asked_and_writes_on_the_board(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        amara = let_join(let_in, gathering, "Amara")
        expect(now(amara)).to_contain_text("Agree where to begin.")
        amara.fits_its_width()
        rosa.go("tell")
        expect(now(amara)).to_contain_text("Everyone sees this as soon as you add it. Your name is on it.")
        now(amara).get_by_role("textbox", name="Your note").fill("Nobody rang back")
        now(amara).get_by_role("button", name="Add this note").tap()
        expect(now(amara).get_by_role("listitem")).to_have_text(["Nobody rang back"])
        amara.fits_its_width()
        amara.has_saved()
        region = gathering.element("Stories")
        assert gathering.element("Nobody rang back").parent == region.id

        go_to(amara, "Outline")
        amara.sees("Nobody rang back")
        expect(now(amara)).to_have_count(0)
        go_to(amara, "Board")
        expect(amara.board).to_be_visible()
        # Where one has gone, one stays when the group goes on.
        rosa.go("sort")
        amara.hears("Sort what we see")
        expect(now(amara)).to_have_count(0)
        go_to(amara, "Now")
        now(amara).get_by_role("button", name="Sort on the board").tap()
        expect(amara.board).to_be_visible()


def test_words_left_unfinished_are_offered_back_after_the_step_and_a_reload(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("tell")
        amara = let_join(let_in, gathering, "Amara")
        now(amara).get_by_role("textbox", name="Your note").fill("Nobody rang")
        amara.page.reload()
        amara.is_seated()
        expect(now(amara).get_by_role("textbox", name="Your note")).to_have_value("Nobody rang")
        rosa.go("sort")
        offer = now(amara).get_by_role("region", name=re.compile("^We moved on. Your unfinished note is kept"))
        expect(offer).to_contain_text("Nobody rang")
        amara.page.reload()
        amara.is_seated()
        expect(offer).to_contain_text("Nobody rang")
        # Nobody else has read a word of it.
        assert "Nobody rang" not in gathering.texts()
        offer.get_by_role("button", name="Discard").tap()
        expect(offer).to_have_count(0)
        amara.page.reload()
        amara.is_seated()
        expect(now(amara)).to_contain_text("Sort")
        expect(offer).to_have_count(0)


def test_somebody_who_observes_reads_what_is_asked_and_why_it_is_closed(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        olga = let_join(let_in, gathering, "Olga", role="observer")
        expect(now(olga)).to_contain_text("You observe this gathering, so adding notes is closed to you.")
        expect(now(olga).get_by_role("textbox")).to_have_count(0)


def votes(person: Person, words: str) -> Locator:
    return now(person).get_by_role("group", name=f"Dots for {words}")


@SIZES
def test_dots_stay_with_their_person_until_they_are_handed_in_and_totals_show_after_the_close(
    make_gathering: MakeGathering, let_in: LetIn, size: Size
) -> None:
    gathering = make_gathering()
    voted = plan()
    voted["phases"][4]["poll"]["region"] = "stories"
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=voted)
        rosa.go("tell")
        amara = let_join(let_in, gathering, "Amara", size)
        if size == DESKTOP:
            amara.page.get_by_role("button", name="Now", exact=True).click()
        for words in ("Buses that meet clinics", "Shift to prevention"):
            add(amara, words)
        amara.has_saved()
        rosa.go("choose")

        expect(now(amara)).to_contain_text("Three dots, two at most on one. Totals stay hidden until the vote closes.")
        more = votes(amara, "Buses that meet clinics").get_by_role("button", name="One dot more")
        more.click()
        more.click()
        expect(more).to_have_attribute("aria-disabled", "true")
        # What was placed is still there after a reload, and has not left this browser.
        amara.page.reload()
        amara.is_seated()
        expect(votes(amara, "Buses that meet clinics").get_by_role("img", name="2 of 2")).to_be_visible()
        assert rosa.poll()["turnout"] == 0
        now(amara).get_by_role("button", name="Hand in my dots").click()
        expect(now(amara)).to_contain_text("Your dots are in. Totals show when the vote closes.")
        # One may think again until the close.
        votes(amara, "Shift to prevention").get_by_role("button", name="One dot more").click()
        expect(now(amara)).to_contain_text("Changed since you handed it in.")
        now(amara).get_by_role("button", name="Hand in my dots").click()
        expect(now(amara)).to_contain_text("Your dots are in.")
        if size == PHONE:
            amara.fits_its_width()
        ids = [gathering.element(words).id for words in ("Buses that meet clinics", "Shift to prevention")]
        for person in range(4):
            with Hands(gathering, "participant", f"Person {person}") as other:
                other.cast({ids[1]: 1})
        rosa.do("poll.close", poll=rosa.poll()["poll"])
        rows = now(amara).get_by_role("region", name="Result").get_by_role("listitem")
        expect(rows).to_have_text(["1Shift to prevention5", "2Buses that meet clinics2"])


def test_a_vote_of_a_few_tells_nothing_of_what_one_of_them_chose(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    asking = plan()
    asking["phases"][4]["poll"] = {"kind": "consent", "question": "Shall we begin with buses?"}
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=asking)
        rosa.go("choose")
        amara = let_join(let_in, gathering, "Amara")
        give = now(amara).get_by_role("button", name="Give my answer")
        now(amara).get_by_role("radio", name="I object").check()
        expect(give).to_have_attribute("aria-disabled", "true")
        now(amara).get_by_role("textbox", name="What is it?").fill("It leaves out the hill farms.")
        give.tap()
        expect(now(amara)).to_contain_text("Your answer is in.")
        rosa.do("poll.close", poll=rosa.poll()["poll"])
        expect(now(amara)).to_contain_text("With fewer than five, totals would tell what one person chose")
        expect(now(amara)).to_contain_text("It leaves out the hill farms.")
        amara.fits_its_width()
        now(amara).get_by_role("button", name="My objection is met").tap()
        expect(now(amara).get_by_text("Met", exact=True)).to_be_visible()
