"""Records: a form on the board, one field after the other on a phone, and a name that only its owner puts there."""

import re

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import DESKTOP, PHONE, LetIn, MakeGathering, Person
from support.hands import Hands

ACTION = {"What": "Call the school", "By when": "Friday", "First visible step": "Look up the number"}


def on_the_board(person: Person, words: str) -> Locator:
    """Cards that are read out with these words in them."""
    return person.board.get_by_role("option", name=words)


def test_an_action_is_offered_to_somebody_who_takes_it_on_their_own_seat(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[REC-9] PS-32"""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", template="actions")
        rosa.go("write")
        amara, ben = let_in(gathering, size=DESKTOP), let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        amara.join(gathering.link("participant"), "Amara")
        ben.join(gathering.link("participant"), "Ben")
        now = ben.page.get_by_role("main", name="Now")

        # A form, and nothing to sign before it says what it needs to say.
        amara.page.get_by_role("button", name="Write a card").click()
        form = amara.page.get_by_role("dialog", name="Actions")
        lead = form.get_by_role("button", name="I will lead this")
        form.get_by_role("textbox", name="What", exact=True).fill(ACTION["What"])
        expect(lead).to_have_attribute("aria-disabled", "true")
        for label, words in ACTION.items():
            form.get_by_role("textbox", name=label, exact=True).fill(words)
        expect(lead).to_have_attribute("aria-disabled", "false")
        finds_nothing(amara, "the form of a record")

        # Asked, Ben alone is told, wherever he is; others see that nobody leads it.
        form.get_by_role("combobox").select_option(label="Ben")
        form.get_by_role("button", name="Ask", exact=True).click()
        expect(form).to_contain_text("You asked Ben, who has not answered yet.")
        form.get_by_role("button", name="Done").click()
        expect(on_the_board(amara, "Nobody leads this yet")).to_have_count(1)
        asked = now.get_by_role("region", name="Asked of you")
        expect(asked).to_contain_text("Amara asks whether you would lead this. Only the two of you know.")
        finds_nothing(ben, "what is asked of one")
        ben.fits_its_width()
        rosa.do("clock")
        assert rosa.view["recording"]["names"] == {}
        asked.get_by_role("button", name="I will lead this").tap()
        expect(asked).to_have_count(0)
        expect(on_the_board(amara, "Led by Ben")).to_have_count(1)

        # One field after the other, from the first word on the board.
        now.get_by_role("textbox", name="What", exact=True).fill("Ask the clinic")
        now.get_by_role("button", name="Next").tap()
        now.get_by_role("textbox", name="By when").fill("Monday")
        now.get_by_role("button", name="Next").tap()
        now.get_by_role("textbox", name="First visible step").fill("Write to them")
        for button in ("Next", "Done"):
            now.get_by_role("button", name=button, exact=True).tap()
        mine = now.get_by_role("listitem", name="Ask the clinic")
        mine.get_by_role("button", name="I will help").tap()
        expect(mine).to_contain_text("Ben (you) helps")
        ben.has_saved()

        # In the outline it is read with its headings, and a changed promise says whose name is on other words.
        amara.open_outline()
        row = amara.page.get_by_role("treeitem", name=re.compile("What: Call the school"))
        expect(row).to_contain_text("What: Call the school. By when: Friday.")
        row.click()
        amara.actions.get_by_role("button", name="Edit").click()
        amara.page.get_by_role("textbox", name="By when", exact=True).fill("Tomorrow")
        amara.page.get_by_role("button", name="Done").click()
        expect(row).to_contain_text("Led by Ben (to earlier words).")
        theirs = now.get_by_role("listitem", name="Call the school")
        theirs.get_by_role("button", name="Say so again").tap()
        expect(row).to_contain_text("By when: Tomorrow. First visible step: Look up the number. Led by Ben.")


def test_an_action_is_made_of_what_it_is_for_and_says_how_it_stands(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[REC-10] [REC-11] [REC-13] By keyboard and by touch; nothing is dragged."""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", template=["missing", "actions"])
        rosa.go("missing-invite")
        amara, ben = let_in(gathering, size=DESKTOP), let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        amara.join(gathering.link("participant"), "Amara")
        ben.join(gathering.link("participant"), "Ben")
        now = ben.page.get_by_role("main", name="Now")

        # A gap, and from it, once that is what the step is for, an action that names it.
        amara.open_outline()
        amara.page.get_by_role("button", name="Write a card").click()
        gap = amara.page.get_by_role("dialog", name="Who will ask")
        for label, words in {"Whose voice": "Young adults", "How to invite them": "Call", "By when": "May"}.items():
            gap.get_by_role("textbox", name=label, exact=True).fill(words)
        rosa.go("actions-write")
        gap.get_by_role("button", name="Make an action of this").press("Enter")
        form = amara.page.get_by_role("dialog", name="Actions")
        expect(form).to_contain_text("Young adults")
        for label, words in ACTION.items():
            form.get_by_role("textbox", name=label, exact=True).fill(words)
        finds_nothing(amara, "the form of an action that serves something")
        form.get_by_role("button", name="Done").click()
        row = amara.page.get_by_role("treeitem", name=re.compile("What: Call the school"))
        expect(row).to_contain_text("What it is for: Young adults.")
        expect(amara.page.get_by_role("treeitem", name=re.compile("Actions for this: Call the school"))).to_have_count(
            1
        )

        # Whoever leads it says how it stands, why, and a line of their own.
        card = now.get_by_role("listitem", name="Call the school")
        card.get_by_role("button", name="I will lead this").tap()
        card.get_by_role("button", name="Add words of your own").tap()
        card.get_by_role("button", name="Keep them").tap()
        expect(card.get_by_role("alert")).to_have_text("Write something first.")
        card.get_by_role("textbox", name="In your own words").fill("On Mondays, first.")
        card.get_by_role("button", name="Keep them").tap()
        expect(card).to_contain_text("On Mondays, first.")
        card.get_by_role("button", name="Say how it stands").tap()
        card.get_by_role("radio", name="Stuck").tap()
        card.get_by_role("button", name="Say so").tap()
        expect(card.get_by_role("alert")).to_have_text("Say why, in a few words.")
        card.get_by_role("textbox", name="What would unstick it?").fill("Somebody who knows the head.")
        finds_nothing(ben, "saying how an action stands")
        ben.fits_its_width()
        card.get_by_role("button", name="Say so").tap()
        expect(card).to_contain_text("Somebody who knows the head.")
        expect(row).to_contain_text("Led by Ben: “On Mondays, first.”. Stuck: Somebody who knows the head.")

        # By the keyboard alone: another thing is not to be chosen twice, and the link can be taken away.
        row.press("Enter")
        form.get_by_role("button", name="Take away “Young adults”").press("Enter")
        form.get_by_role("combobox", name="What it is for").press("ArrowDown")
        form.get_by_role("button", name="Add", exact=True).press("Enter")
        expect(form.get_by_role("button", name="Take away “Young adults”")).to_have_count(1)
        expect(form.get_by_role("button", name="Say how it stands")).to_have_count(0)
        form.get_by_role("button", name="Take away “Young adults”").press("Enter")
        # What is chosen on the way is not meant by whoever leaves.
        form.get_by_role("combobox", name="What it is for").press("ArrowDown")
        amara.page.keyboard.press("Escape")
        expect(form).to_have_count(0)
        expect(row).not_to_contain_text("What it is for")
        row.press("Enter")
        form.get_by_role("combobox", name="What it is for").press("ArrowDown")
        form.get_by_role("button", name="Done").press("Enter")
        expect(row).to_contain_text("What it is for: Young adults.")

        # From the outline another is begun; closed without a word in it, it goes again.
        served = amara.page.get_by_role("treeitem", name=re.compile("Actions for this: Call the school"))
        served.click()
        amara.actions.get_by_role("button", name="Make an action of this").press("Enter")
        expect(form.get_by_role("button", name="Take away “Young adults”")).to_have_count(1)
        amara.page.keyboard.press("Escape")
        expect(form).to_have_count(0)
        expect(served).to_contain_text("Actions for this: Call the school (stuck).")


def test_two_people_who_both_say_so_know_that_they_go_on(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[CON-1]"""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", template="leave")
        rosa.go("thanks")
        amara, ben = let_in(gathering, size=DESKTOP), let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        amara.join(gathering.link("participant"), "Amara")
        ben.join(gathering.link("participant"), "Ben")
        amara.page.get_by_role("button", name="Take your leave").click()
        hers, his = (
            person.page.get_by_role("main", name="Now").get_by_role("region", name="I would like to go on with…")
            for person in (amara, ben)
        )
        hers.get_by_role("combobox").select_option(label="Ben")
        hers.get_by_role("button", name="Tell them").click()
        expect(hers).to_contain_text("You told Ben.")
        expect(his).to_contain_text("Amara would like to go on with you.")
        finds_nothing(ben, "going on with somebody")
        ben.fits_its_width()
        his.get_by_role("button", name="Me too").tap()
        expect(his).to_contain_text("You and Amara both said so.")
        expect(hers).to_contain_text("You and Ben both said so.")
        rosa.do("clock")
        assert rosa.view["connecting"] == {}
