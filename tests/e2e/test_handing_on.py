"""A device that several people use: when somebody hands it on, nothing of theirs is left in it."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from support.axe import finds_nothing
from support.browser import PHONE, LetIn, MakeGathering, Person
from support.gatherings import PLAN
from support.hands import Hands
from support.leavings import leavings

CANARY, HALF, CHOSEN = "quetzal at the weir", "half a quetzal", "quetzal reason"
TRACES = ("quetzal", "Amara")


def plan() -> dict[str, Any]:
    changed = deepcopy(PLAN)
    changed["phases"][4]["poll"] = {"kind": "consent", "question": "Do we begin here?"}
    return changed


def traces(page: Page, *more: str) -> dict[str, str]:
    """What of somebody is left, and where."""
    return leavings(page, *TRACES, *more)


def resume_of(person: Person) -> str:
    [seat] = person.page.evaluate(
        "() => Object.keys(localStorage).filter((key) => key.startsWith('harvestry.seat.'))"
        ".map((key) => JSON.parse(localStorage[key]).resume)"
    )
    return str(seat)


def test_ps08_a_device_that_is_handed_on_keeps_nothing_of_who_had_it(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[PS-08] No storage, page, field, history or undo; the seat's other page is sent away too."""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("choose")
        shared = let_in(gathering, size=PHONE, has_touch=True, is_mobile=True)
        shared.join(gathering.link("participant"), "Amara")
        now = shared.page.get_by_role("main", name="Now")
        now.get_by_role("radio", name="I object").check()
        now.get_by_role("textbox").fill(CHOSEN)
        rosa.go("write")
        field = now.get_by_role("textbox", name="Your note")
        field.fill(CANARY)
        now.get_by_role("button", name="Add this note").tap()
        expect(now).to_contain_text("1 of up to 4, saved")
        field.fill(HALF)
        first, other = shared.page, shared.new_page()
        other.goto(f"{gathering.base_url}/b/{gathering.board}")
        shared.is_seated()
        shared.page = first
        resume = resume_of(shared)
        # The search is no idle one.
        assert {"local", "page", "harvestry-gathering/drafts", "harvestry-gathering/ballots"} <= set(traces(first))

        first.get_by_role("button", name="More").tap()
        first.get_by_role("button", name="Change your name").tap()
        first.get_by_role("button", name="Hand this device on").tap()
        dialog = first.get_by_role("dialog", name="Hand this device on")
        expect(dialog).to_contain_text("Not everything has reached the group yet: half-typed words")
        dialog.get_by_role("button", name="Leave my seat, and lose these").tap()
        expect(first.get_by_label("What should people call you?")).to_have_value("")
        # It was opened by the seat alone, and has no link to come in by.
        expect(other.get_by_role("heading", name="This link is not complete")).to_be_visible()
        for page in (first, other):
            assert traces(page, resume) == {}
        # Neither by going back, nor by undoing, nor as the next person.
        first.go_back()
        first.goto(f"{gathering.base_url}/b/{gathering.board}")
        expect(first.get_by_label("What should people call you?")).to_have_value("")
        assert traces(first, resume) == {}
        first.get_by_label("What should people call you?").fill("Ben")
        first.get_by_role("button", name="Join").tap()
        shared.is_seated()
        expect(field).to_have_value("")
        first.keyboard.press("Control+z")
        expect(now).to_contain_text("Start with one thing.")
        left = traces(first, resume)
        assert left == {}
        # What was sealed is still with the group.
        rosa.do("seal.reveal")
        expect(now).to_contain_text(CANARY)


def open_own(person: Person) -> Locator:
    person.page.get_by_role("button", name="More").tap()
    person.page.get_by_role("button", name="Change your name").tap()
    person.page.get_by_role("button", name="What is yours here").tap()
    dialog = person.page.get_by_role("dialog", name="What is yours here")
    expect(dialog.get_by_role("button", name="Save a copy")).to_be_visible()
    return dialog


def test_ps31_somebody_reads_all_that_is_theirs_keeps_a_copy_and_takes_it_back(
    make_gathering: MakeGathering, let_in: LetIn, tmp_path: Path
) -> None:
    """[PS-31] [PS-27] Without an account; and the copy proves on any device what was written without a name."""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("tell")
        amara, ben = (let_in(gathering, size=PHONE, has_touch=True, is_mobile=True) for _ in range(2))
        for person, name in ((amara, "Amara"), (ben, "Ben")):
            person.join(gathering.link("participant"), name)
        for phase, words in (("tell", "With her name"), ("write", "Without one")):
            rosa.go(phase)
            now = amara.page.get_by_role("main", name="Now")
            now.get_by_role("textbox", name="Your note").fill(words)
            now.get_by_role("button", name="Add this note").tap()
            expect(now.get_by_role("textbox", name="Your note")).to_have_value("")
        expect(now).to_contain_text("1 of up to 4, saved")
        rosa.do("seal.reveal")
        expect(now.get_by_role("listitem")).to_contain_text(["Without one"])

        own = open_own(amara)
        listed = own.get_by_role("list", name="What you wrote").get_by_role("listitem")
        expect(listed).to_contain_text(
            ["With her name (on the board, with your name)", "Without one (on the board, without your name)"]
        )
        finds_nothing(amara, "what is yours here")
        with amara.page.expect_download() as saving:
            own.get_by_role("button", name="Save a copy").tap()
        copy = tmp_path / "copy.txt"
        saving.value.save_as(copy)
        assert "With her name" in copy.read_text("utf-8")

        his = open_own(ben)
        expect(his).to_contain_text("Nothing here is known to be yours.")
        his.get_by_label("Open a copy that you saved").set_input_files(copy)
        expect(his.get_by_role("listitem")).to_contain_text(["Without one"])

        own.get_by_role("button", name="Take all of it back").tap()
        own.get_by_role("button", name="Yes, take it all back").tap()
        expect(own).to_contain_text("Nothing here is known to be yours.")
        # What has no name follows at a time that is drawn.
        assert [text for text in gathering.texts() if text != "Without one"] == ["Our focus", "Stories", "What we see"]
