"""Votes as a host runs them from the console and people answer: a rating, fist to five, consent in two rounds."""

import re
from contextlib import ExitStack
from copy import deepcopy

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import PHONE, TABLET, WIDE, LetIn, MakeGathering, Person, Size
from support.gatherings import PLAN
from support.hands import Hands


def console(person: Person) -> Locator:
    return person.page.get_by_role("complementary", name="Host console")


def now(person: Person) -> Locator:
    return person.page.get_by_role("main", name="Now")


def result(person: Person) -> Locator:
    return now(person).get_by_role("region", name="Result")


def closing(question: str) -> re.Pattern[str]:
    """The name of the button that closes a round."""
    return re.compile(f"^Close ?: {re.escape(question)}$")


def press(person: Person, label: str) -> None:
    """Press the gold button once it says this and takes a press again."""
    gold = console(person).locator(".next")
    expect(gold).to_have_text(label)
    expect(gold).to_have_attribute("aria-busy", "false")
    gold.click()


def test_a_host_opens_and_closes_votes_and_an_objection_leads_to_a_second_round(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering, plan = make_gathering(), deepcopy(PLAN)
    plan["phases"] = [
        plan["phases"][1],
        {
            "key": "rate",
            "title": "Rate",
            "minutes": 3,
            "poll": {"kind": "rating", "question": "How ready are we for each?", "region": "stories"},
        },
    ]

    def come(name: str, role: str, size: Size) -> Person:
        by_touch = size != WIDE
        person = let_in(gathering, size=size, has_touch=by_touch, is_mobile=by_touch)
        person.join(gathering.link(role), name)
        return person

    with ExitStack() as stack:
        jo, *others = (
            stack.enter_context(Hands(gathering, role, name))
            for role, name in (("host", "Jo"), *(("participant", name) for name in ("Cem", "Dora", "Eve")))
        )
        jo.do("show.load", plan=plan)
        rosa = come("Rosa", "host", WIDE)
        ann, ben = come("Ann", "participant", PHONE), come("Ben", "participant", TABLET)
        wall = let_in(gathering, size=(1920, 1080))
        wall.page.goto(gathering.link("display"))
        screen = wall.page.get_by_role("main", name="Room display")
        press(rosa, "Start: Tell")
        things = ("Buses that meet clinics", "Shift to prevention")
        now(ann).get_by_role("textbox", name="Your note").fill(things[0])
        now(ann).get_by_role("button", name="Add this note").tap()
        ben.page.get_by_role("button", name="Now", exact=True).tap()
        now(ben).get_by_role("textbox", name="Your note").fill(things[1])
        now(ben).get_by_role("button", name="Add this note").tap()
        expect(now(ann).get_by_role("listitem")).to_have_count(2)

        # One to five for each thing. What is chosen leaves no device before it is handed in.
        press(rosa, "Next: Rate")
        for person, marks in ((ann, (5, 2)), (ben, (4, 1))):
            give = now(person).get_by_role("button", name="Hand in my rating")
            expect(give).to_have_attribute("aria-disabled", "true")
            for thing, mark in zip(things, marks, strict=True):
                now(person).get_by_role("group", name=thing).locator("label").nth(mark - 1).tap()
            expect(now(person)).to_contain_text("0 of 7 have voted" if person is ann else "of 7 have voted")
            if person is ann:
                finds_nothing(ann, "a rating")
                ann.fits_its_width()
            give.tap()
            expect(now(person)).to_contain_text("Your answer is in. Results show when the vote closes.")
        ids = [gathering.element(thing).id for thing in things]
        for person, mark in zip(others, (3, 4, 5), strict=True):
            person.cast({ids[0]: mark, ids[1]: 2})
        expect(console(rosa)).to_contain_text("5 of 7")
        expect(screen).to_contain_text("5 of 7 have voted")
        expect(result(ann)).to_have_count(0)
        press(rosa, "Close the vote")
        told = ["1Buses that meet clinics4.2 of 5", "2Shift to prevention1.8 of 5"]
        expect(result(ann).get_by_role("listitem")).to_have_text(told)
        expect(result(ben).get_by_role("listitem")).to_have_text(told)
        expect(screen.get_by_role("listitem").first).to_contain_text("4.2 of 5")

        # Between steps a host asks what they like: fingers first, by keyboard.
        console(rosa).locator("summary", has_text="Votes").press("Enter")
        question = console(rosa).get_by_role("textbox", name="Ask the group")
        how = console(rosa).get_by_role("combobox", name="How", exact=True)
        question.fill("How sure are we?")
        how.select_option("Fist to five")
        question.press("Enter")
        rosa.hears("The round is open.")
        for person in (ann, ben):
            expect(now(person).get_by_role("heading", name="How sure are we?")).to_be_visible()
            now(person).locator(".scale label").nth(4 if person is ann else 3).tap()
            now(person).get_by_role("button", name="Hand in my rating").tap()
            expect(now(person)).to_contain_text("Your answer is in.")
        finds_nothing(ben, "fist to five")
        for person, fingers in zip(others, (5, 2, 1), strict=True):
            person.cast(fingers)
        expect(console(rosa)).to_contain_text("5 of 7 have answered")
        console(rosa).get_by_role("button", name=closing("How sure are we?")).click()
        rosa.hears("The vote is closed.")
        rosa.has_kept_focus()

        # On each card of a region, of those in which there are any.
        question.fill("How far do we stand behind each?")
        how.select_option("Fist to five on each card")
        about = console(rosa).get_by_role("combobox", name="On what is in", exact=True)
        expect(about.get_by_role("option")).to_have_text(["Stories"])
        question.press("Enter")
        expect(now(ann).get_by_role("group", name=things[1])).to_be_visible()
        expect(how).to_have_count(0)
        console(rosa).get_by_role("button", name=closing("How far do we stand behind each?")).click()
        expect(about).to_have_count(0)

        # Consent, with an objection that is met, and a second round about the amended words.
        question.fill("Shall we begin with buses?")
        how.select_option("Consent round")
        console(rosa).get_by_role("button", name="Open the round").click()
        now(ann).get_by_role("radio", name="I object").check()
        now(ann).get_by_role("textbox", name="What is it?").fill("It leaves out the hill farms.")
        now(ben).get_by_role("radio", name="I consent, with a concern").check()
        now(ben).get_by_role("textbox", name="What is it?").fill("Winter timetables")
        now(ben).get_by_role("checkbox", name="Put my name with it").check()
        for person in (ann, ben):
            now(person).get_by_role("button", name="Give my answer").tap()
            expect(now(person)).to_contain_text("Your answer is in.")
        for person in others:
            person.cast("consent")
        expect(console(rosa)).to_contain_text("5 of 7 have answered")
        console(rosa).get_by_role("button", name=closing("Shall we begin with buses?")).click()
        expect(console(rosa)).to_contain_text("one objection to meet")
        finds_nothing(rosa, "votes in the console")
        expect(screen).to_contain_text("There are objections to meet.")

        # Only whoever objected says that it is met.
        met = now(ann).get_by_role("button", name="My objection is met")
        expect(now(ben).get_by_role("button", name="My objection is met")).to_have_count(0)
        finds_nothing(ann, "an objection")
        met.tap()
        expect(now(ben)).to_contain_text("We consent, and keep the concerns.")
        expect(console(rosa)).to_contain_text("We consent, and keep the concerns.")
        console(rosa).get_by_role("button", name=re.compile("^Ask again")).click()
        amended = console(rosa).get_by_role("textbox", name="The question, as it is amended")
        expect(amended).to_be_focused()
        amended.fill("Shall we begin with buses, hill farms first?")
        console(rosa).get_by_role("button", name="Open round 2").click()
        rosa.hears("Round 2 is open.")
        for person in (ann, ben):
            expect(now(person).get_by_role("heading", name="hill farms first?")).to_be_visible()
            expect(now(person).get_by_role("radio", name="I consent", exact=False).first).not_to_be_checked()
            now(person).get_by_role("radio", name="I consent Good enough").check()
            now(person).get_by_role("button", name="Give my answer").tap()
            expect(now(person)).to_contain_text("Your answer is in.")
        for person in others:
            person.cast("consent")
        expect(console(rosa)).to_contain_text("Round 2: 5 of 7 have answered")
        console(rosa).get_by_role("button", name=closing("Shall we begin with buses, hill farms first?")).click()
        expect(console(rosa)).to_contain_text("Round 2: We consent.")
        jo.do("clock")
        poll = jo.poll()
        assert poll["round"] == 2
        assert poll["result"]["outcome"] == "consented"
