"""A table and whoever hosts it: its own time, what is asked of hosts, notes from paper, and choosing where to sit."""

import re

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import DESKTOP, PHONE, WIDE, LetIn, MakeGathering, OpenGathering, Person, Size
from support.gatherings import PLAN, plan
from support.hands import Hands


def told(make_gathering: MakeGathering) -> OpenGathering:
    """A gathering that goes on with open writing; the step after it is sealed at tables."""
    phases = [dict(phase) for phase in PLAN["phases"]]
    phases[2]["opens"] = [{"region": "see", "visibility": "sealed-table", "attribution": "named"}]
    phases[2]["tables_reveal"] = True
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan(phases=phases))
        rosa.do("show.start")
        rosa.do("show.go", phase="tell")
    return gathering


def come(let_in: LetIn, gathering: OpenGathering, name: str, role: str, size: Size) -> Person:
    is_phone = size == PHONE
    person = let_in(gathering, size=size, has_touch=is_phone, is_mobile=is_phone)
    person.join(gathering.link(role), name)
    expect(person.page.get_by_role("region", name="What we are doing now")).to_be_attached()
    return person


def console(person: Person) -> Locator:
    return person.page.get_by_role("complementary", name="Host console")


def asked(person: Person, words: str) -> Locator:
    return console(person).get_by_role("listitem").filter(has_text=words)


def table(person: Person) -> Locator:
    """What opens one's own table."""
    return person.page.get_by_role("region", name="What we are doing now").locator(".table-button")


def dialog(person: Person) -> Locator:
    return person.page.get_by_role("dialog")


def press(person: Person, name: str) -> None:
    dialog(person).get_by_role("button", name=name, exact=True).click()


def test_a_table_and_whoever_hosts_it(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[TAB-1] [TAB-2] [TAB-3] [TAB-4] [TAB-5] [TAB-6] [TAB-7] [TAB-8] [ERA-5] From both ends, by mouse and by touch."""
    gathering = told(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    tove = come(let_in, gathering, "Tove", "table", DESKTOP)
    ann = come(let_in, gathering, "Ann", "participant", PHONE)

    # Seated together.
    console(rosa).get_by_role("heading", name=re.compile("^People")).click()
    console(rosa).get_by_role("button", name="A table more").click()
    tove.hears("You sit at Table A now.")
    expect(table(ann)).to_have_accessible_name("Table A")

    # A time of its own, and 1 minute more from hosts.
    table(tove).click()
    press(tove, "2 minutes")
    expect(table(ann)).to_have_accessible_name(re.compile(r"Table A, time of your table: [0-2]:\d\d"))
    ann.hears("Your table has a time of its own now.")
    press(tove, "1 minute more")
    rosa.hears("Tove asks for 1 minute more.")
    expect(dialog(tove)).to_contain_text("for 1 minute more")
    asked(rosa, "Tove asks").get_by_role("button", name="Give it").click()
    expect(dialog(tove)).not_to_contain_text("You have asked hosts")
    expect(asked(rosa, "Tove asks")).to_have_count(0)

    # Called together, and nobody else.
    press(tove, "Call my table here")
    ann.hears("Tove would like to show you a part of the board.")
    press(tove, "Let my table look where it likes")
    finds_nothing(tove, "the dialog of a table host")
    finds_nothing(rosa, "the console with tables")
    press(tove, "Close")

    # A note from paper is the table's.
    tove.page.get_by_role("banner").get_by_role("button", name="Now").click()
    tove.page.get_by_label("Whose note is it?").select_option("Table A, from paper")
    expect(tove.page.get_by_text("It stands as a note of Table A, and of nobody by name.")).to_be_visible()
    tove.page.get_by_role("textbox", name="Your note").fill("the bus stops at six")
    tove.page.get_by_role("button", name="Add this note").click()
    tove.hears("Put in for Table A.")
    expect(ann.page.get_by_text("the bus stops at six").first).to_be_visible()
    finds_nothing(tove, "writing for a table")

    # What is declined is read by hosts alone.
    tove.open_outline()
    tove.row("the bus stops at six").click()
    table(tove).click()
    dialog(tove).get_by_label("Why").fill("it names the driver")
    press(tove, "Ask to set it aside")
    rosa.hears("Tove asks to set a note aside: it names the driver.")
    expect(asked(rosa, "names the driver")).to_contain_text("the bus stops at six")
    asked(rosa, "names the driver").get_by_role("button", name="Decline").click()
    expect(dialog(tove)).not_to_contain_text("You have asked hosts")
    press(tove, "Close")

    # Two tables, and Ann chooses.
    console(rosa).get_by_role("button", name="A table more").click()
    expect(console(rosa).get_by_role("listitem").filter(has_text="Table B").first).to_contain_text("1 person")
    console(rosa).get_by_role("switch", name="Let people choose their table").click()
    ann.hears("You can choose your table now.")
    table(ann).click()
    finds_nothing(ann, "choosing a table")
    dialog(ann).get_by_role("radio", name="Table B").click()
    press(ann, "Sit here")
    ann.hears("You sit at Table B now.")
    press(ann, "Close")

    # Sealed at tables: whoever hosts one shows it its own.
    console(rosa).get_by_role("button", name="Next: Write what we see").click()
    ann.page.get_by_role("textbox", name="Your note").fill("fewer buses")
    ann.page.get_by_role("button", name="Add this note").click()
    expect(ann.page.get_by_text("1, saved")).to_be_visible()
    expect(tove.page.get_by_text("fewer buses")).to_have_count(0)
    tove.page.get_by_role("button", name="Show my table its notes").click()
    expect(tove.page.get_by_text("fewer buses")).to_be_visible()
    expect(ann.page.get_by_text("Your table reads these now.")).to_be_visible()

    # Erasing is told to everybody, and taken back.
    console(rosa).get_by_role("heading", name="Erasing").click()
    console(rosa).get_by_role("button", name="Erase this gathering…").click()
    dialog(rosa).get_by_role("textbox").fill("Winter")
    expect(dialog(rosa).get_by_role("button", name="Erase it all")).to_have_attribute("aria-disabled", "true")
    dialog(rosa).get_by_role("textbox").fill("Winter in Alder Vale")
    finds_nothing(rosa, "erasing")
    press(rosa, "Erase it all")
    ann.hears(re.compile("Rosa asked for all of this to be erased. It is gone on .+"))
    expect(ann.page.get_by_text("Hosts can take it back until then.")).to_be_visible()
    rosa.page.get_by_role("button", name="Keep it all").click()
    ann.hears("The gathering is not erased after all.")
