"""Rounds about several cards, and every way to vote in the outline: by keyboard, and by touch on a phone."""

from contextlib import ExitStack
from copy import deepcopy

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing, finds_nothing_in_any_theme
from support.browser import PHONE, WIDE, LetIn, MakeGathering, Person
from support.gatherings import PLAN
from support.hands import Hands

CARDS = ("Say the hard thing kindly", "Nobody is talked about who is not there")


def now(person: Person) -> Locator:
    return person.page.get_by_role("main", name="Now")


def voting(person: Person) -> Locator:
    """Beside the outline."""
    return person.page.get_by_role("region", name="Voting")


def ask(host: Hands, number: int, kind: str, question: str) -> str:
    poll = f"poll-number-{number:04}"
    of_things = {} if kind == "consent" else {"region": "stories"}
    host.do("poll.open", poll=poll, asks={"kind": kind, "question": question, **of_things})
    return poll


def choose(person: Person, first: str, presses: int) -> None:
    """The next row of numbers by Tab, and along it by arrows."""
    person.tab_to(f"^{first}")
    person.page.keyboard.press("Space")
    for _ in range(presses):
        person.page.keyboard.press("ArrowRight")


def test_rounds_about_several_cards_on_a_phone_and_in_the_outline_by_keyboard_alone(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-13] [DEC-13] [DEC-14]"""
    gathering, plan = make_gathering(), deepcopy(PLAN)
    with ExitStack() as stack:
        rosa, *others = (
            stack.enter_context(Hands(gathering, role, name))
            for role, name in (("host", "Rosa"), *(("participant", name) for name in ("Cem", "Dora", "Eve")))
        )
        rosa.do("show.load", plan=plan)
        rosa.go("tell")
        ann = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        ann.join(gathering.link("participant"), "Ann")
        for words in CARDS:
            now(ann).get_by_role("textbox", name="Your note").fill(words)
            now(ann).get_by_role("button", name="Add this note").tap()
        ann.has_saved()
        mei = let_in(gathering, size=WIDE)
        mei.join(gathering.link("participant"), "Mei", outline=True)
        keyboard = mei.page.keyboard
        ids = [gathering.element(words).id for words in CARDS]
        rosa.go("sort")

        # Fist to five on each card. Whoever is at two or below may say what would move them one up.
        poll = ask(rosa, 1, "fists", "How far do you stand behind each?")
        first, second = (now(ann).get_by_role("group", name=words) for words in CARDS)
        first.locator("label").nth(2).tap()
        second.locator("label").nth(5).tap()
        expect(second.get_by_role("textbox")).to_have_count(0)
        first.get_by_role("textbox", name="What would move you one up?").fill("Somebody who says when.")
        ann.fits_its_width()
        finds_nothing_in_any_theme(ann, "fist to five on each card")
        now(ann).get_by_role("button", name="Hand in my answers").tap()
        expect(now(ann)).to_contain_text("Your answer is in.")
        expect(voting(mei)).to_contain_text("Leave out what you do not know.")
        expect(now(mei)).to_have_count(0)
        mei.page.get_by_role("searchbox", name="Find a note or region").focus()
        choose(mei, "0$", 1)
        mei.tab_to("^If you like: what would move you one up")
        keyboard.type("A date.")
        choose(mei, "0$", 4)
        finds_nothing(mei, "voting in the outline")
        mei.tab_to("^Hand in my answers$")
        keyboard.press("Enter")
        expect(voting(mei)).to_contain_text("Your answer is in.")
        for other in others:
            other.cast({ids[0]: 4, ids[1]: 5})
        rosa.do("poll.close", poll=poll)
        for told in (voting(mei), now(ann)):
            result = told.get_by_role("region", name="Result")
            expect(result).to_contain_text("Median 4, from 1 to 4. 5 answered.")
            expect(result).to_contain_text("Median 5, from 4 to 5. 5 answered.")
            expect(result).to_contain_text(f"{CARDS[0]}: A date.")
            expect(result).to_contain_text(f"{CARDS[0]}: Somebody who says when.")
        mei.has_kept_focus()
        finds_nothing(mei, "a result in the outline")
        finds_nothing_in_any_theme(ann, "how the fingers fell")

        # A balance: both marks of a thing, or none.
        poll = ask(rosa, 2, "balance", "What should be the same everywhere?")
        first.get_by_role("radiogroup", name="Today").locator("label").nth(3).tap()
        give = now(ann).get_by_role("button", name="Hand in my marks")
        give.press("Enter")
        ann.hears("Each needs two marks: where it is today, and where it should be.")
        first.get_by_role("radiogroup", name="Should be").locator("label").nth(1).tap()
        ann.fits_its_width()
        finds_nothing_in_any_theme(ann, "a balance")
        give.tap()
        expect(now(ann)).to_contain_text("Your answer is in.")
        expect(voting(mei)).to_contain_text("mark where it is today")
        choose(mei, "0, one answer for everybody$", 3)
        choose(mei, "0, one answer for everybody$", 1)
        mei.tab_to("^Hand in my marks$")
        keyboard.press("Enter")
        expect(voting(mei)).to_contain_text("Your answer is in.")
        for other in others:
            other.cast({ids[0]: [50, 0], ids[1]: [50, 50]})
        rosa.do("poll.close", poll=poll)
        for told in (voting(mei), now(ann)):
            result = told.get_by_role("region", name="Result")
            expect(result).to_contain_text("Today 50 (50 to 75), should be 0 (0 to 25). 5 placed it.")
            # Three said something of the other.
            expect(result).not_to_contain_text(CARDS[1])
            expect(result).to_contain_text("What fewer than five have answered is not shown.")
        finds_nothing_in_any_theme(ann, "where things are and should be")
        ann.fits_its_width()

        # An objection is given and met without leaving the outline.
        poll = ask(rosa, 3, "consent", "Shall we begin with these?")
        expect(voting(mei)).to_contain_text("Could you live with it and support it?")
        mei.tab_to("^I consent")
        keyboard.press("ArrowUp")
        mei.tab_to("^What is it")
        keyboard.type("It leaves out the hill farms.")
        mei.tab_to("^Give my answer$")
        keyboard.press("Enter")
        expect(voting(mei)).to_contain_text("Your answer is in.")
        rosa.do("poll.close", poll=poll)
        expect(voting(mei)).to_contain_text("There are objections to meet.")
        mei.has_kept_focus()
        mei.tab_to("^My objection is met$")
        keyboard.press("Enter")
        expect(voting(mei)).to_contain_text("We consent, and keep the concerns.")
        mei.has_kept_focus()
        rosa.go("tell")
        expect(voting(mei)).to_have_count(0)
        mei.has_kept_focus()
