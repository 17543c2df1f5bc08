"""People as a host has them in the console: promoted, seated, let in and removed, and what each of them sees of it."""

import re
from copy import deepcopy
from typing import Any

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import PHONE, TABLET, WIDE, LetIn, MakeGathering, OpenGathering, Person, Size
from support.gatherings import PLAN
from support.hands import Hands


def planned(make_gathering: MakeGathering) -> OpenGathering:
    """A gathering that has not begun, with a step in which tables write sealed."""
    gathering, plan = make_gathering(), deepcopy(PLAN)
    opening: dict[str, Any] = plan["phases"][2]["opens"][0]
    opening |= {"visibility": "sealed-table", "attribution": "named", "writers": "table"}
    with Hands(gathering) as jo:
        jo.do("show.load", plan=plan)
    return gathering


def come(let_in: LetIn, gathering: OpenGathering, name: str, role: str, size: Size) -> Person:
    by_touch = size != WIDE
    person = let_in(gathering, size=size, has_touch=by_touch, is_mobile=by_touch)
    person.join(gathering.link(role), name)
    return person


def console(person: Person) -> Locator:
    return person.page.get_by_role("complementary", name="Host console")


def now(person: Person) -> Locator:
    return person.page.get_by_role("main", name="Now")


def press(person: Person) -> None:
    """Press the gold button once it takes a press again."""
    gold = console(person).locator(".next")
    expect(gold).to_have_attribute("aria-busy", "false")
    gold.click()


def row(host: Person, name: str) -> Locator:
    """The button of somebody in the list of people."""
    return console(host).locator(".seats").get_by_role("button", name=re.compile(f"^{name}"))


def test_a_host_promotes_somebody_lets_somebody_in_and_ends_a_seat(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant", PHONE)

    # Whether words may be kept is asked once; hosts are told how many, and not who.
    console(rosa).locator("summary", has_text="People").click()
    expect(console(rosa)).to_contain_text("Words may be kept: 0 yes, 0 no")
    question = now(ann).get_by_role("region", name="May your words be kept for the harvest?")
    question.get_by_role("button", name="They may be kept").tap()
    expect(console(rosa)).to_contain_text("Words may be kept: 1 yes, 0 no")
    expect(question).to_have_count(0)
    now(ann).get_by_role("button", name="Change").tap()
    question.get_by_role("button", name="Leave mine out").tap()
    expect(console(rosa)).to_contain_text("Words may be kept: 0 yes, 1 no")

    # A co-host has a console, and somebody who is none any more has none. By keyboard.
    row(rosa, "Ann").press("Enter")
    takes_part = console(rosa).get_by_label("Takes part as")
    takes_part.select_option("cohost")
    expect(console(ann).get_by_role("button", name="Start: Arrive")).to_be_visible()
    console(ann).get_by_role("button", name="Open the host console").tap()
    ann.fits_its_width()
    expect(row(rosa, "Ann")).to_contain_text("Co-host")
    takes_part.select_option("participant")
    expect(console(ann)).to_have_count(0)
    expect(now(ann)).to_be_visible()

    # Newcomers wait; a screen on the wall does not.
    console(rosa).get_by_role("switch", name=re.compile("^Let newcomers wait")).click()
    expect(console(rosa).get_by_role("switch")).to_be_checked()
    sunita = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
    sunita.tolerate("403")
    sunita.page.goto(gathering.link("participant"))
    sunita.page.get_by_label("What should people call you?").fill("Sunita")
    sunita.page.get_by_role("button", name="Join", exact=True).tap()
    expect(sunita.page.get_by_role("heading", name="A host will let you in")).to_be_visible()
    rosa.hears("Sunita waits to be let in.")
    finds_nothing(sunita, "the lobby")
    console(rosa).get_by_role("button", name="Let in Sunita").click()
    expect(now(sunita)).to_contain_text("We have not begun.")
    rosa.has_kept_focus()

    # Ended, a seat is told so, and nothing of the gathering is on its screen any more.
    row(rosa, "Sunita").click()
    console(rosa).get_by_role("button", name="Remove…").click()
    dialog = rosa.page.get_by_role("dialog", name="End the seat of Sunita")
    finds_nothing(rosa, "ending a seat")
    dialog.get_by_role("button", name="End their seat").click()
    expect(sunita.page.get_by_role("heading", name="Your seat has ended")).to_be_visible()
    expect(row(rosa, "Sunita")).to_have_count(0)
    finds_nothing(sunita, "a seat that has ended")
    sunita.fits_its_width()
    rosa.has_kept_focus()


def test_tables_are_made_and_their_notes_go_to_the_table_first(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant", PHONE)
    ben = come(let_in, gathering, "Ben", "participant", TABLET)
    with Hands(gathering, "participant", "Cem") as cem, Hands(gathering, "participant", "Dora") as dora:
        console(rosa).locator("summary", has_text="People").click()
        more = console(rosa).get_by_role("button", name="A table more")
        more.click()
        rosa.hears("There is one table.")
        more.click()
        rosa.hears("2 tables.")
        for name, table in (("Ann", "A"), ("Cem", "A"), ("Ben", "B"), ("Dora", "B")):
            row(rosa, name).click()
            console(rosa).get_by_label("Sits at").select_option(f"Table {table}")
            expect(row(rosa, name)).to_contain_text(f"Participant, Table {table}")
        press(rosa)
        step = console(rosa).get_by_role("listitem").filter(has_text="Write what we see").first
        step.get_by_role("button").first.click()
        step.get_by_role("button", name="Go to it").click()

        for person, table, words in ((ann, "A", "Families carry the folder"), (ben, "B", "The bus sets the clinic")):
            expect(now(person)).to_contain_text(f"You sit at Table {table}.")
            expect(now(person)).to_contain_text("Only your table can see this until it is revealed.")
            now(person).get_by_role("textbox", name="Your note").fill(words)
            now(person).get_by_role("button", name="Add this note").tap()
            expect(now(person)).to_contain_text("1 of up to 4, saved")
            person.fits_its_width()
        for other_one, letter in ((cem, "c"), (dora, "d")):
            other_one.do(
                "seal.write", note=letter * 16, region="see", text="From the table", key="A" * 42 + letter.upper()
            )
        expect(console(rosa)).to_contain_text("Each table sees its own notes, shuffled.")
        expect(console(rosa).locator(".next")).to_have_text("Reveal to each table")
        press(rosa)
        for person, own, other in ((ann, "Families", "The bus"), (ben, "The bus", "Families")):
            expect(now(person)).to_contain_text("Your table reads these now.")
            table = now(person).get_by_role("region", name="Notes of your table")
            expect(table.get_by_role("listitem")).to_have_text(
                [re.compile(f"^{own}.*You$"), "From the table" + (" Cem" if person is ann else " Dora")]
            )
            expect(now(person)).not_to_contain_text(other)
            expect(now(person).get_by_role("textbox")).to_have_count(0)
        finds_nothing(ann, "notes of one's table")
        assert gathering.texts() == ["Our focus", "Stories", "What we see"]
        expect(console(rosa).locator(".next")).to_have_text("Reveal to everybody")
        press(rosa)
        for person in (ann, ben):
            expect(now(person).get_by_role("listitem")).to_have_count(4)
        with Hands(gathering, name="Jo") as jo:
            jo.do("clock")
            assert jo.view["sealing"]["handed"] == []

        # What a host points at is told for as long as they do.
        rosa.click(rosa.box("The bus sets the clinic").middle)
        console(rosa).locator("summary", has_text="Moderating").click()
        console(rosa).get_by_role("button", name="Put a light on it").click()
        messages = ann.page.get_by_role("region", name="Messages")
        expect(messages).to_contain_text("A host points at: The bus sets the clinic")
        messages.get_by_role("button", name="Go there").tap()
        expect(ann.board).to_be_visible()
        expect(ann.page.locator(".spotlight")).to_have_count(1)
        console(rosa).get_by_role("button", name="Take the light away").click()
        expect(ben.page.get_by_role("region", name="Messages")).to_have_count(0)
        expect(ann.page.locator(".spotlight")).to_have_count(0)


def test_a_screen_on_the_wall_shows_how_to_join_until_a_host_turns_it_off(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    console(rosa).get_by_role("button", name="Room display").click()
    dialog = rosa.page.get_by_role("dialog", name="Show the gathering in the room")
    link = dialog.get_by_role("textbox", name="Link for the room display")
    expect(link).to_have_value(re.compile("#"))
    finds_nothing(rosa, "the dialog of the room display")
    wall = let_in(gathering, size=(1920, 1080))
    wall.page.goto(link.input_value())
    screen = wall.page.get_by_role("main", name="Room display")
    code = screen.locator(".rd-join strong")
    # Large while there is no step, and nothing else beside it.
    expect(screen.get_by_role("img", name="QR code that opens this gathering")).to_be_visible()
    assert (code.bounding_box() or {})["height"] > 80
    wall.fits_its_width()
    finds_nothing(wall, "how to join")

    # Who types it at the address that stands beside it is at the door.
    sunita = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
    expect(screen).to_contain_text("/join")
    sunita.page.goto(f"{gathering.base_url}/join")
    sunita.page.get_by_role("textbox", name="Or type the code from the room").fill(code.inner_text())
    sunita.page.keyboard.press("Enter")
    expect(sunita.page.get_by_label("What should people call you?")).to_be_visible()

    # Small beside a step; gone when a host says so, and no server tells it.
    rosa.page.keyboard.press("Escape")
    press(rosa)
    expect(screen).to_contain_text("Step 1 of 5")
    expect(code).to_be_visible()
    assert (code.bounding_box() or {})["height"] < 80
    console(rosa).get_by_role("button", name="Room display").click()
    dialog.get_by_role("switch", name=re.compile("^Show how to join")).click()
    rosa.hears("Displays no longer show how to join.")
    expect(code).to_have_count(0)
    dialog.get_by_role("switch", name=re.compile("^Show how to join")).click()
    expect(code).to_be_visible()
