"""The host console, and what everybody sees of it: by mouse, touch and keyboard, beside the board and as a sheet."""

import re
from typing import Any

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing, finds_nothing_in_any_theme
from support.browser import DESKTOP, PHONE, WIDE, LetIn, MakeGathering, OpenGathering, Person, Size
from support.gatherings import PLAN
from support.hands import Hands


def planned(make_gathering: MakeGathering) -> OpenGathering:
    """A gathering with a run of show that has not begun."""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=PLAN)
    return gathering


def come(let_in: LetIn, gathering: OpenGathering, name: str, role: str, size: Size = DESKTOP, **options: Any) -> Person:
    is_phone = size == PHONE
    person = let_in(gathering, size=size, has_touch=is_phone, is_mobile=is_phone, **options)
    person.join(gathering.link(role), name)
    expect(ask(person)).to_be_attached()
    if role == "host":
        expect(gold(person)).to_be_visible()
    return person


def console(person: Person) -> Locator:
    return person.page.get_by_role("complementary", name="Host console")


def ask(person: Person) -> Locator:
    return person.page.get_by_role("region", name="What we are doing now")


def gold(person: Person) -> Locator:
    """The one gold button."""
    return console(person).locator(".next")


def press(person: Person) -> None:
    """Press it once it takes a press again: right after one it rests, so that a double press is one."""
    expect(gold(person)).to_have_attribute("aria-busy", "false")
    gold(person).click()


def step(person: Person, title: str) -> Locator:
    return console(person).get_by_role("listitem").filter(has_text=title).first


def test_everybody_follows_what_a_host_does_with_one_button(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant")
    expect(ask(ann)).to_contain_text("The gathering begins when a host starts it.")
    # Who takes part has no console, and nothing on the dark surface.
    expect(console(ann)).to_have_count(0)

    expect(gold(rosa)).to_have_text("Start: Arrive")
    press(rosa)
    ann.hears("Step 1 of 5: Arrive.")
    expect(ask(ann).get_by_role("timer")).to_contain_text(re.compile(r"[12]:\d\d"))

    expect(gold(rosa)).to_have_text("Next: Tell")
    press(rosa)
    ann.hears("Step 2 of 5: Tell.")
    expect(ann.thing("Stories")).to_have_accessible_name(re.compile("Open for writing"))
    expect(ann.thing("What we see")).to_have_accessible_name(re.compile("Opens about"))

    # A hand that presses twice means one step.
    expect(gold(rosa)).to_have_attribute("aria-busy", "false")
    gold(rosa).dblclick()
    ann.hears("Step 3 of 5: Write what we see. What is shaping life for the people we serve?")
    expect(gold(rosa)).to_have_text("Reveal")
    expect(console(rosa)).to_contain_text("Sealed in What we see.")
    press(rosa)
    expect(gold(rosa)).to_have_text("Next: Sort what we see")


# A device whose date is wrong; and when, in real time, its timer showed what.
_WRONG_DATE = """
{
  const Right = Date;
  const now = () => Right.now() + SKEW;
  Date = class extends Right {
    constructor(...given) {
      super(...(given.length === 0 ? [now()] : given));
    }
    static now() {
      return now();
    }
  };
}
window.shown = {};
new MutationObserver(() => {
  const digits = document.querySelector('[role=timer] b')?.textContent;
  if (digits) window.shown[digits] ??= performance.timeOrigin + performance.now();
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_time_is_given_and_stopped_for_everybody(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-15]"""
    gathering = planned(make_gathering)
    people = [let_in(gathering, size=DESKTOP), let_in(gathering, size=DESKTOP)]
    for person, role, name, minutes in zip(people, ("host", "participant"), ("Rosa", "Ann"), (-7, 180), strict=True):
        person.context.add_init_script(_WRONG_DATE.replace("SKEW", str(minutes * 60_000)))
        person.join(gathering.link(role), name)
    rosa, ann = people
    press(rosa)
    timer = ask(ann).get_by_role("timer")
    console(rosa).get_by_role("button", name="Stop the clock").click()
    expect(timer).to_contain_text("The clock is stopped")
    console(rosa).get_by_role("button", name="+1 min").click()
    rosa.hears("One minute more.")
    expect(timer).to_contain_text(re.compile(r"2:\d\d|3:00"))
    console(rosa).get_by_role("button", name="Let the clock run on").click()
    expect(timer).to_contain_text("until about")
    # Two screens count by one clock, the server's, whatever the device's own date says: their digits change together.
    # A browser that has much to do may be late with one of them, but not with each.
    for person in people:
        person.page.evaluate("() => { window.shown = {}; }")
    for person in people:
        person.page.wait_for_function("() => Object.keys(window.shown).length >= 5")
    first, second = (person.page.evaluate("() => window.shown") for person in people)
    apart = [abs(first[digits] - second[digits]) for digits in first if digits in second]
    assert len(apart) >= 3
    assert min(apart) < 250


def test_the_console_works_by_keyboard_alone(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host")
    # From anywhere on the page.
    rosa.page.keyboard.press("Alt+n")
    rosa.hears("Step 1 of 5: Arrive.")
    # And by the letter alone, but only while the console has the focus, and never in a field.
    gold(rosa).focus()
    expect(gold(rosa)).to_have_text("Next: Tell")
    word = console(rosa).get_by_role("textbox", name="A word to the host team")
    word.focus()
    rosa.page.keyboard.type("not now")
    expect(word).to_have_value("not now")
    expect(gold(rosa)).to_have_text("Next: Tell")

    rosa.tab_to("What hosts did")
    row = step(rosa, "Choose").get_by_role("button").first
    row.focus()
    rosa.page.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-expanded", "true")
    rosa.tab_to("^Go to it")
    rosa.tab_to("^Pass it over")
    rosa.tab_to("^Earlier")
    rosa.page.keyboard.press("Enter")
    rosa.hears("Choose is step 4 now.")
    rosa.tab_to("^A minute less")
    rosa.page.keyboard.press("Enter")
    rosa.hears("2 minutes.")
    rosa.has_kept_focus()


def test_what_is_closed_says_why(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host")
    press(rosa)
    row = step(rosa, "Arrive").get_by_role("button").first
    row.click()
    closed = console(rosa).get_by_role("button", name="Pass it over")
    expect(closed).to_have_attribute("aria-disabled", "true")
    expect(closed).to_have_accessible_description("This step goes on. Go to another one instead.")
    closed.hover()
    expect(console(rosa).get_by_text("This step goes on. Go to another one instead.")).to_be_visible()
    closed.press("Enter")
    expect(gold(rosa)).to_have_text("Next: Tell")


def test_steps_to_come_are_passed_over_moved_and_gone_to(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant")
    press(rosa)
    step(rosa, "Tell").get_by_role("button").first.click()
    console(rosa).get_by_role("button", name="Pass it over").click()
    rosa.hears("Tell is passed over.")
    expect(gold(rosa)).to_have_text("Next: Write what we see")
    expect(ask(ann)).to_contain_text("Step 1 of 4")
    console(rosa).get_by_role("button", name="Take it back in").click()
    expect(gold(rosa)).to_have_text("Next: Tell")
    console(rosa).get_by_role("button", name="Go to it").click()
    ann.hears("Step 2 of 5: Tell.")


def test_the_gathering_is_ended_after_a_question_and_can_go_on(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host")
    ann = come(let_in, gathering, "Ann", "participant")
    press(rosa)
    console(rosa).get_by_role("button", name="End the gathering").click()
    dialog = rosa.page.get_by_role("dialog", name="End the gathering")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_have_count(0)
    expect(ask(ann)).to_contain_text("Arrive")
    console(rosa).get_by_role("button", name="End the gathering").click()
    dialog.get_by_role("button", name="End it for everybody").click()
    ann.hears("The gathering has ended.")
    rosa.has_kept_focus()
    expect(gold(rosa)).to_have_text("Go on after the end")
    press(rosa)
    ann.hears("No step goes on just now.")


def test_on_a_phone_it_is_a_sheet_that_always_shows_time_and_next(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", PHONE)
    rosa.fits_its_width()
    press(rosa)
    expect(gold(rosa)).to_have_text("Next: Tell")
    expect(console(rosa).get_by_text(re.compile(r"^[12]:\d\d$"))).to_be_visible()
    console(rosa).get_by_role("button", name="Open the host console").tap()
    rosa.fits_its_width()
    expect(gold(rosa)).to_be_visible()
    console(rosa).get_by_role("button", name="+1 min").tap()
    rosa.hears("One minute more.")
    row = step(rosa, "Choose").get_by_role("button").first
    row.tap()
    console(rosa).get_by_role("button", name="A minute more").tap()
    rosa.hears("4 minutes.")
    # Every target is large enough for a thumb.
    for button in console(rosa).get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40, button.inner_text()
    console(rosa).get_by_role("button", name="Hide the host console").tap()
    expect(console(rosa).get_by_role("button", name="+1 min")).to_have_count(0)
    expect(gold(rosa)).to_be_visible()


def test_a_region_is_locked_and_people_are_brought_to_a_place(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant")
    press(rosa)
    expect(gold(rosa)).to_have_text("Next: Tell")
    press(rosa)
    expect(ann.thing("Stories")).to_have_accessible_name(re.compile("Open for writing"))
    console(rosa).get_by_role("button", name="Lock a region").click()
    console(rosa).get_by_role("button", name="Stories").click()
    rosa.hears("Stories is locked.")
    expect(ann.thing("Stories")).to_have_accessible_name(re.compile("Locked by a host"))
    expect(ann.page.get_by_role("button", name="Write", exact=True)).to_have_attribute("aria-disabled", "true")
    rosa.page.keyboard.press("Escape")

    # Asked, one goes there or stays.
    before = ann.box("Stories")
    console(rosa).get_by_role("button", name="Bring people here").click()
    console(rosa).get_by_role("button", name="Ask them to come").click()
    ann.hears("Rosa would like to show you a part of the board.")
    assert ann.box("Stories") == before
    messages = ann.page.get_by_role("region", name="Messages")
    messages.get_by_role("button", name="Go there").click()
    expect(messages).to_have_count(0)

    # Held, the view moves by itself, and what one may ask for stays.
    console(rosa).get_by_role("button", name="Bring people here").click()
    console(rosa).get_by_role("button", name="Hold their view for a minute").click()
    ann.hears("Rosa shows you a part of the board for a moment.")
    expect(ann.page.get_by_role("button", name="Raise hand")).to_be_visible()
    console(rosa).get_by_role("button", name="Bring people here").click()
    console(rosa).get_by_role("button", name="Let them go").click()
    ann.hears("You can look where you like again.")

    # And everybody can read what hosts did.
    ann.page.get_by_role("button", name="What hosts did").click()
    done = ann.page.get_by_role("dialog", name="What hosts did")
    expect(done.get_by_role("listitem").filter(has_text="Rosa locked “Stories”")).to_have_count(1)


def test_a_note_is_set_aside_with_a_reason_and_brought_back(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant")
    press(rosa)
    expect(gold(rosa)).to_have_text("Next: Tell")
    press(rosa)
    ask(ann).get_by_role("button", name="Write a note").click()
    expect(ann.field).to_be_focused()
    ann.page.keyboard.type("It was all her fault")
    ann.page.keyboard.press("Escape")
    rosa.click(rosa.box("It was all her fault").middle)
    console(rosa).locator("summary", has_text="Moderating").click()
    console(rosa).get_by_role("button", name="Set it aside…").click()
    dialog = rosa.page.get_by_role("dialog", name="Set a note aside")
    expect(dialog).to_contain_text("It was all her fault")
    dialog.get_by_role("button", name="Set it aside").click()
    rosa.hears("The note is set aside.")
    expect(ann.thing("It was all her fault")).to_have_count(0)
    expect(console(rosa)).to_contain_text("From Stories: It names a person.")
    console(rosa).get_by_role("button", name="Bring back").click()
    expect(ann.thing("It was all her fault")).to_have_count(1)


def test_a_region_is_put_back_and_that_is_undone(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[REW-5] By keyboard alone: where, to when, what it would change; done, heard by everybody, and undone."""
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    ann = come(let_in, gathering, "Ann", "participant")
    press(rosa)
    expect(gold(rosa)).to_have_text("Next: Tell")
    press(rosa)
    ask(ann).get_by_role("button", name="Write a note").click()
    expect(ann.field).to_be_focused()
    ann.page.keyboard.type("Snow on the pass")
    ann.page.keyboard.press("Escape")
    expect(rosa.thing("Snow on the pass")).to_have_count(1)

    console(rosa).get_by_role("button", name="Put back…").focus()
    rosa.page.keyboard.press("Enter")
    dialog = rosa.page.get_by_role("dialog", name="Put a region back")
    dialog.get_by_label("Region").select_option("Stories")
    dialog.get_by_role("radio", name=re.compile("When “Tell” began")).focus()
    rosa.page.keyboard.press("Space")
    expect(dialog.get_by_role("status")).to_have_text("One thing that is new leaves the board.")
    finds_nothing(rosa, "what would come of it")
    dialog.get_by_role("button", name="Put it back").press("Enter")
    expect(dialog).to_contain_text("“Stories” is put back.")
    expect(dialog.get_by_role("button", name="Done")).to_be_focused()
    ann.hears("A host put “Stories” back to how it was")
    expect(ann.thing("Snow on the pass")).to_have_count(0)

    dialog.get_by_role("button", name="Undo it").press("Enter")
    expect(dialog).to_contain_text("“Stories” is as it was before.")
    expect(ann.thing("Snow on the pass")).to_have_count(1)
    rosa.page.keyboard.press("Escape")
    expect(console(rosa).get_by_role("button", name="Put back…")).to_be_focused()


def test_axe_finds_nothing_on_the_console(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-2]"""
    gathering = planned(make_gathering)
    rosa = come(let_in, gathering, "Rosa", "host", WIDE)
    expect(gold(rosa)).to_be_visible()
    finds_nothing_in_any_theme(rosa, "before the beginning")
    press(rosa)
    gold(rosa).hover()
    step(rosa, "Choose").get_by_role("button").first.click()
    for part in ("People", "Moderating", "Votes", "What hosts did"):
        console(rosa).locator("summary", has_text=part).click()
    finds_nothing_in_any_theme(rosa, "everything open")
    ann = come(let_in, gathering, "Ann", "participant")
    expect(ann.page.get_by_role("button", name="Raise hand")).to_be_visible()
    finds_nothing_in_any_theme(ann, "a participant")
