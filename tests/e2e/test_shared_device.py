"""A table around one tablet: a seat for each person, one turn after the other, and nothing of anybody between them."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from support.axe import finds_nothing_in_any_theme
from support.browser import PHONE, TABLET, LetIn, MakeGathering, Person
from support.gatherings import plan
from support.hands import Hands
from support.leavings import leavings

SEALED, HALF, REASON = "quetzal at the weir", "half a quetzal", "quetzal reason"


def consenting() -> dict[str, Any]:
    phases = [dict(phase) for phase in plan()["phases"]]
    phases[4]["poll"] = {"kind": "consent", "question": "Do we begin here?"}
    return plan(phases=phases)


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Whose turn is it?")


def name_on(page: Page, name: str) -> Locator:
    return strip(page).get_by_role("button", name=re.compile(f"^{name}"))


def take(page: Page, name: str, pin: str = "") -> Locator:
    """Sit down as somebody; returns what is asked of them."""
    name_on(page, name).tap()
    for digit in pin:
        page.get_by_role("dialog").get_by_role("button", name=digit, exact=True).tap()
    expect(page.get_by_role("region", name="Your turn")).to_contain_text(name)
    return page.get_by_role("main", name="Now")


def done(page: Page) -> None:
    page.get_by_role("region", name="Your turn").get_by_role("button", name="Done").tap()
    expect(strip(page)).to_be_visible()


def set_up(tove: Person, *people: tuple[str, str], back: str) -> None:
    """Whoever hosts the table gives its people seats, on the tablet that they hold."""
    page = tove.page
    page.get_by_role("region", name="What we are doing now").locator(".table-button").tap()
    page.get_by_role("button", name="Share a device at this table").tap()
    dialog = page.get_by_role("dialog", name="A device that a table shares")
    for at, (name, pin) in enumerate(people, start=1):
        dialog.get_by_label(f"Name {at}", exact=True).fill(name)
        dialog.get_by_label(f"PIN of {name}").fill(pin)
    dialog.get_by_role("checkbox", name=back).tap()
    dialog.get_by_role("button", name="Give four people a seat").tap()
    expect(dialog).to_contain_text("Tove")
    dialog.get_by_role("button", name="Use this browser").tap()
    dialog.get_by_role("button", name="Make it the table’s device").tap()
    expect(page.get_by_role("heading", name="One", level=1)).to_be_visible()


def test_people_at_a_table_take_turns_at_one_tablet(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[DEV-1] [DEV-3] [DEV-4] [DEV-5] [DEV-8] [PS-08] By touch alone; one vote each."""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=consenting())
        tove = let_in(gathering, size=TABLET, has_touch=True, is_mobile=True)
        tove.join(gathering.link("table"), "Tove")
        rosa.wait(lambda: "table" in rosa.view.get("people", {}).get("roles", {}).values())
        [seat] = [seat for seat, role in rosa.view["people"]["roles"].items() if role == "table"]
        rosa.do("people.tables", tables={"one": "One"}, seats={seat: "one"})
        # Ava was on one that was taken away, and goes on at this one.
        rosa.do("device.set_up", table="one", people=[{"name": "Ava"}])
        rosa.wait(lambda: bool(rosa.view["devices"]["devices"]))
        rosa.do("people.remove", seat=next(iter(rosa.view["devices"]["devices"])))
        set_up(tove, ("Ben", "1234"), ("Cleo", ""), back="Ava")
        page = tove.page
        expect(strip(page).get_by_role("button")).to_have_count(4)
        finds_nothing_in_any_theme(tove, "the cover")

        # What Ava seals and half writes is not there for who comes next.
        rosa.go("write")
        now = take(page, "Ava")
        field = now.get_by_role("textbox", name="Your note")
        field.fill(SEALED)
        now.get_by_role("button", name="Add this note").tap()
        expect(now).to_contain_text("1 of up to 4, saved")
        field.fill(HALF)
        assert "page" in leavings(page, "quetzal", "Ava")
        finds_nothing_in_any_theme(tove, "a turn")
        page.get_by_role("region", name="Your turn").get_by_role("button", name="Done").tap()
        expect(page.get_by_role("dialog")).to_contain_text("half-typed words. It stays locked away on this device")
        page.get_by_role("dialog").get_by_role("button", name="End my turn").tap()
        expect(strip(page)).to_be_visible()
        assert leavings(page, "quetzal") == {}

        # Nobody but Ben knows his PIN, and he finds nothing of hers: not by undoing, and not by going back.
        name_on(page, "Ben").tap()
        for digit in "4321":
            page.get_by_role("dialog").get_by_role("button", name=digit, exact=True).tap()
        expect(page.get_by_role("dialog")).to_contain_text("This is not the PIN of this seat.")
        tove.tolerate("403")
        page.keyboard.type("1234")
        expect(page.get_by_role("region", name="Your turn")).to_contain_text("Ben")
        expect(field).to_have_value("")
        page.keyboard.press("Control+z")
        expect(now).to_contain_text("Start with one thing.")
        assert leavings(page, "quetzal") == {}
        done(page)
        # She finds it again.
        expect(take(page, "Ava").get_by_role("textbox", name="Your note")).to_have_value(HALF)
        field.fill("")
        done(page)

        # A vote each, with a reload between: who has voted is seen here, and what they chose nowhere.
        rosa.go("choose")
        expect(strip(page)).to_contain_text("Nobody here has voted yet.")
        now = take(page, "Ava")
        now.get_by_role("radio", name="I object").check()
        now.get_by_role("textbox").fill(REASON)
        now.get_by_role("button", name="Give my answer").tap()
        expect(now).to_contain_text("Handed in")
        done(page)
        expect(name_on(page, "Ava")).to_contain_text("has voted")
        expect(name_on(page, "Ben")).to_contain_text("has not voted yet")
        page.reload()
        expect(name_on(page, "Ava")).to_contain_text("has voted")
        assert leavings(page, "quetzal") == {}
        for name, pin in (("Ben", "1234"), ("Cleo", "")):
            now = take(page, name, pin)
            expect(now.get_by_role("radio", name="I object")).not_to_be_checked()
            now.get_by_role("radio", name="I consent Good").check()
            now.get_by_role("button", name="Give my answer").tap()
            expect(now).to_contain_text("Handed in")
            done(page)
        poll = rosa.poll()
        rosa.wait(lambda: rosa.view["deciding"]["polls"][-1]["turnout"] == 3)
        assert poll["of"] == 5

        # Cleo goes on with her own phone, and is one person there.
        take(page, "Cleo")
        page.get_by_role("button", name="Use my phone").tap()
        expect(page.get_by_role("img", name="The way to your seat")).to_be_visible()
        with page.expect_response(re.compile("/seat$")) as way:
            page.get_by_role("dialog").get_by_role("button", name="Close").tap()
            page.get_by_role("button", name="Use my phone").tap()
        link = way.value.json()["link"]
        page.get_by_role("dialog").get_by_role("button", name="Close").tap()
        done(page)
        cleo = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        cleo.page.goto(link)
        cleo.is_seated()
        expect(name_on(page, "Cleo")).to_contain_text("on another device")
        rosa.do("poll.close", poll=poll["poll"])
        assert rosa.poll()["result"]["n"] == 3

        # A link to a seat takes none from a browser that has one; whoever sits there is asked.
        broken = f"{link.partition('#')[0]}#rNobody.nothing"
        cleo.tolerate("401")
        cleo.page.goto("about:blank")
        cleo.page.goto(broken)
        cleo.is_seated()

        # Taken away in the middle of a turn, the device leaves that seat at once, and shows nothing of it.
        take(page, "Ava")
        [device] = rosa.view["devices"]["devices"]
        tove.tolerate("403")
        with page.expect_event("load"):
            rosa.do("people.remove", seat=device)
        expect(page.get_by_role("heading", name="Your seat has ended")).to_be_visible()
        expect(page.get_by_role("region", name="Your turn")).to_have_count(0)
        assert leavings(page, "quetzal") == {}
