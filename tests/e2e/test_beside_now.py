"""What is asked of somebody who is never in *Now*, comes late, or has lost their seat."""

import re
from copy import deepcopy
from typing import Any

from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import PHONE, WIDE, LetIn, MakeGathering, Person
from support.gatherings import PLAN
from support.hands import Hands


def plan() -> dict[str, Any]:
    changed = deepcopy(PLAN)
    changed["regions"][0]["prompt"] = "What is shaping life for the people we serve?"
    return changed


def now(person: Person) -> Locator:
    return person.page.get_by_role("main", name="Now")


def test_somebody_with_a_screen_reader_writes_alone_and_takes_back_in_the_outline_by_keyboard(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[UNI-13]"""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("tell")
        mei = let_in(gathering, size=WIDE)
        mei.join(gathering.link("participant"), "Mei", outline=True)
        rosa.go("write")
        writing = mei.page.get_by_role("region", name="Writing alone")
        expect(writing).to_contain_text("Only you can see this until it is revealed.")
        expect(now(mei)).to_have_count(0)
        mei.has_kept_focus()

        keyboard = mei.page.keyboard
        mei.page.get_by_role("searchbox", name="Find a note or region").focus()
        own = writing.get_by_role("region", name="Your notes").get_by_role("listitem")
        mei.tab_to("^Your note$")
        for words in ("Families carry the folder", "The bus sets the clinic"):
            keyboard.type(words)
            keyboard.press("Enter")
        expect(own).to_have_count(2)
        expect(writing).to_contain_text("2 of up to 4, saved")
        mei.tab_to("^Change$")
        keyboard.press("Enter")
        keyboard.press("End")
        keyboard.type(", all of it")
        keyboard.press("Enter")
        expect(own.first).to_contain_text("Families carry the folder, all of it")
        finds_nothing(mei, "writing alone in the outline")
        with Hands(gathering, "participant", "Ben") as ben:
            ben.do("clock")
            assert ben.own["sealing"]["notes"] == []
        assert gathering.texts() == ["Our focus", "Stories", "What we see"]

        # Revealed, they are rows like all others; which is whose, only the server can tell, by a key on this device.
        rosa.do("seal.reveal")
        expect(mei.row("The bus sets the clinic")).to_have_count(1)
        expect(writing).to_have_count(0)
        mei.row("The bus sets the clinic").click()
        expect(mei.row("The bus sets the clinic")).to_be_focused()
        # Right before the tree.
        keyboard.press("Shift+Tab")
        assert mei.focus() == "Change or withdraw, if it is yours: The bus sets the clinic"
        keyboard.press("Enter")
        mei.tab_to("^Withdraw it$")
        keyboard.press("Enter")
        expect(mei.row("The bus sets the clinic")).to_have_count(0)
        mei.has_kept_focus()
        assert "The bus sets the clinic" not in gathering.texts()


def test_whoever_comes_late_catches_up_in_five_lines(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[UNI-14]"""
    gathering = make_gathering()
    asking = plan()
    asking["phases"][1]["poll"] = {"kind": "consent", "question": "Shall we begin with buses?"}
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=asking)
        rosa.go("arrive")
        early = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        early.join(gathering.link("participant"), "Ann")
        expect(now(early)).to_be_visible()
        expect(early.page.get_by_role("region", name="What we are doing now")).to_be_attached()
        rosa.go("tell")
        rosa.cast("consent")
        rosa.do("poll.close", poll=rosa.poll()["poll"])
        rosa.go("write")
        marian = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        marian.join(gathering.link("participant"), "Marian")
        messages = marian.page.get_by_role("region", name="Messages")
        expect(messages).to_contain_text("We are at step 3 of 5: Write what we see")
        messages.get_by_role("button", name="Catch up in five lines").tap()
        dialog = marian.page.get_by_role("dialog", name="Where we are, in five lines")
        lines = dialog.get_by_role("definition")
        expect(lines).to_have_text(
            [
                "Agree where to begin.",
                "Step 3 of 5: Write what we see.",
                "Shall we begin with buses? We consent.",
                "You write alone in What we see: What is shaping life for the people we serve?",
                re.compile(r"^[0-4]:\d\d left, until about "),
            ]
        )
        marian.fits_its_width()
        finds_nothing(marian, "five lines")
        dialog.get_by_role("button", name="Start now").tap()
        expect(dialog).to_have_count(0)
        expect(now(marian)).to_contain_text("Only you can see this until it is revealed.")
        # It is offered once, and to nobody who was there.
        marian.page.reload()
        marian.is_seated()
        # Once this has gone to the server and back, an offer would be there.
        now(marian).get_by_role("textbox", name="Your note").fill("The bus sets the clinic")
        now(marian).get_by_role("button", name="Add this note").tap()
        expect(now(marian)).to_contain_text("1 of up to 4, saved")
        expect(messages).to_have_count(0)
        expect(early.page.get_by_role("region", name="Messages")).to_have_count(0)


def test_whoever_is_removed_withdraws_what_they_wrote(make_gathering: MakeGathering, let_in: LetIn) -> None:
    """[PEO-7]"""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        ann = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        ann.tolerate("403")
        ann.join(gathering.link("participant"), "Ann")
        now(ann).get_by_role("textbox", name="Your note").fill("Hers, without a name")
        now(ann).get_by_role("button", name="Add this note").tap()
        expect(now(ann)).to_contain_text("1 of up to 4, saved")
        rosa.do("seal.reveal")
        expect(now(ann)).to_contain_text("Hers, without a name")
        rosa.go("tell")
        now(ann).get_by_role("textbox", name="Your note").fill("Hers, by name")
        now(ann).get_by_role("button", name="Add this note").tap()
        ann.has_saved()
        resume = ann.page.evaluate(
            "() => Object.entries(localStorage).filter(([key]) => key.startsWith('harvestry.seat.'))"
            ".map(([, seat]) => JSON.parse(seat).resume)[0]"
        )
        rosa.do("people.remove", seat=resume[1:].split(".")[0])

        expect(ann.page.get_by_role("heading", name="Your seat has ended")).to_be_visible()
        expect(ann.page.get_by_role("region", name="Contact the organiser")).to_contain_text("speak to a host")
        # Also when the page is opened again.
        ann.page.reload()
        expect(ann.page.get_by_role("heading", name="Your seat has ended")).to_be_visible()
        finds_nothing(ann, "a seat that has ended")
        ann.fits_its_width()
        ann.page.get_by_role("button", name="Withdraw my notes").tap()
        ann.page.get_by_role("button", name="Yes, withdraw all of it").tap()
        expect(ann.page.get_by_text("2 notes are withdrawn.")).to_be_visible()
        # What has no name follows at a time that is drawn.
        named = [text for text in gathering.texts() if text != "Hers, without a name"]
        assert named == ["Our focus", "Stories", "What we see"]
