"""The focus view: one region, one prompt, one button; in every step, by every means, offline and back."""

import re
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from support.axe import finds_nothing
from support.browser import DESKTOP, PHONE, LetIn, MakeGathering, OpenGathering, Person, Size
from support.cable import Cable
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
    if is_phone:
        expect(now(person)).to_be_visible()
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


# Whether a draft with these words is on the device. Writing it takes a moment; a test reloads faster than people do.
IS_KEPT = """
async (words) => {
  const opening = indexedDB.open('harvestry-gathering');
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const asking = db.transaction('drafts').objectStore('drafts').getAll();
  const drafts = await new Promise((done) => { asking.onsuccess = () => done(asking.result); });
  db.close();
  return drafts.some(({ text }) => text === words);
}
"""


def test_words_left_unfinished_are_offered_back_after_the_step_and_a_reload(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("tell")
        amara = let_join(let_in, gathering, "Amara")
        now(amara).get_by_role("textbox", name="Your note").fill("Nobody rang")
        amara.page.wait_for_function(IS_KEPT, arg="Nobody rang")
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


def own_notes(person: Person) -> Locator:
    return now(person).get_by_role("region", name="Your notes").get_by_role("listitem")


@SIZES
def test_sealed_notes_are_seen_by_their_author_alone_until_all_are_revealed_at_once(
    make_gathering: MakeGathering, let_in: LetIn, size: Size
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        amara = let_join(let_in, gathering, "Amara", size)
        ben = let_join(let_in, gathering, "Ben", size)
        expect(now(amara)).to_contain_text(
            "Only you can see this until it is revealed. Your name is not stored with it, not even for hosts."
        )
        add(amara, "Families carry the folder")
        expect(own_notes(amara)).to_contain_text(["Families carry the folder"])
        expect(own_notes(amara)).to_contain_text(["Only you"])
        add(amara, "Second")
        expect(now(amara)).to_contain_text("2 of up to 2, saved")
        expect(now(amara).get_by_role("button", name="Add this note")).to_have_attribute("aria-disabled", "true")
        # Other words for one, and away with the other.
        own_notes(amara).first.get_by_role("button", name="Change").click()
        now(amara).get_by_role("textbox", name="Other words for your note").fill("Families carry it all")
        now(amara).get_by_role("button", name="Keep these words").click()
        expect(own_notes(amara).first).to_contain_text("Families carry it all")
        own_notes(amara).filter(has_text="Second").get_by_role("button", name="Remove").click()
        expect(own_notes(amara)).to_have_count(1)
        expect(now(amara)).to_contain_text("1 of up to 2, saved")
        amara.page.reload()
        amara.is_seated()
        expect(own_notes(amara)).to_contain_text(["Families carry it all"])
        add(ben, "The bus sets the clinic")
        expect(now(ben)).to_contain_text("1 of up to 2, saved")
        expect(now(ben)).not_to_contain_text("Families")
        assert gathering.texts() == ["Our focus", "Stories", "What we see"]
        if size == PHONE:
            amara.fits_its_width()

        rosa.do("seal.reveal")
        for person in (amara, ben):
            expect(now(person)).to_contain_text(
                "2 notes, all at once. The order is shuffled. No names are stored with them."
            )
            expect(now(person).get_by_role("listitem")).to_contain_text(
                ["Families carry it all", "The bus sets the clinic"]
                if gathering.element("Families carry it all").z < gathering.element("The bus sets the clinic").z
                else ["The bus sets the clinic", "Families carry it all"]
            )
            if size == PHONE:
                person.fits_its_width()


def test_a_note_written_offline_is_kept_across_a_reload_and_sent_when_the_line_is_back(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        amara = let_join(let_in, gathering.via(cable.url), "Amara")
        amara.tolerate("WebSocket|ERR_")
        add(amara, "Before the cut")
        expect(now(amara)).to_contain_text("1 of up to 2, saved")
        cable.cut()
        add(amara, "In the dark")
        expect(now(amara)).to_contain_text("2 of up to 2, kept on this device")
        cable.mend()
        amara.page.reload()
        amara.is_seated()
        expect(now(amara)).to_contain_text("2 of up to 2, saved")
        expect(own_notes(amara)).to_contain_text(["Before the cut", "In the dark"])


def test_a_note_that_missed_its_reveal_is_its_authors_to_add_or_keep(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        amara = let_join(let_in, gathering.via(cable.url), "Amara")
        amara.tolerate("WebSocket|ERR_")
        cable.cut()
        add(amara, "Too late")
        add(amara, "Mine alone")
        rosa.do("seal.reveal")
        rosa.go("sort")
        cable.mend()
        missed = now(amara).get_by_role("region", name="The notes were revealed while you were offline. Add yours now?")
        expect(missed).to_have_count(2)
        assert "Too late" not in gathering.texts()
        missed.filter(has_text="Mine alone").get_by_role("button", name="Keep for me").tap()
        missed.filter(has_text="Too late").get_by_role("button", name="Add now").tap()
        expect(missed).to_have_count(0)
        go_to(amara, "Outline")
        amara.sees("Too late")
        assert "Mine alone" not in gathering.texts()
        amara.page.get_by_role("banner").get_by_role("button", name="Kept for you").tap()
        expect(amara.page.get_by_role("dialog")).to_contain_text("Mine alone")


def test_the_author_of_a_revealed_note_gives_it_other_words_or_takes_it_back(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    """[PS-27]"""
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        amara, ben = let_join(let_in, gathering, "Amara"), let_join(let_in, gathering, "Ben")
        add(amara, "Hers")
        add(ben, "His")
        for person in (amara, ben):
            expect(now(person)).to_contain_text("1 of up to 2, saved")
        rosa.do("seal.reveal")

        now(amara).get_by_role("button", name="Reword or withdraw a note of mine").tap()

        def change(words: str) -> Locator:
            now(amara).get_by_role("button", name=f"Change or withdraw, if it is yours: {words}").tap()
            return amara.page.get_by_role("dialog")

        # The page does not know whose a note is; only the server can tell by the key.
        dialog = change("His")
        dialog.get_by_role("button", name="Withdraw it").tap()
        expect(dialog).to_contain_text("This note was not written on this device")
        # Whoever lost the key asks hosts, who are not told who it was.
        dialog.get_by_role("button", name="Ask hosts to withdraw it").tap()
        expect(dialog).to_have_count(0)
        asked = [gathering.element("His").id]
        rosa.wait(lambda: rosa.view["sealing"]["pleas"] == asked)
        rosa.do("seal.heed", element=asked[0], withdraw=False)
        dialog = change("Hers")
        dialog.get_by_role("textbox", name="Other words").fill("Hers, said better")
        dialog.get_by_role("button", name="Reword my note").tap()
        expect(now(ben)).to_contain_text("Hers, said better")
        change("Hers, said better").get_by_role("button", name="Withdraw it").tap()
        expect(now(ben)).not_to_contain_text("Hers")
        expect(now(ben)).to_contain_text("His")


def test_everything_is_done_by_keyboard(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        amara = let_join(let_in, gathering, "Amara", DESKTOP)
        box = now(amara).get_by_role("textbox", name="Your note")
        expect(box).to_be_focused()
        amara.page.keyboard.type("By hand")
        amara.page.keyboard.press("Enter")
        expect(own_notes(amara)).to_contain_text(["By hand"])
        expect(box).to_be_focused()
        amara.tab_to("Change")
        amara.page.keyboard.press("Enter")
        expect(now(amara).get_by_role("textbox", name="Other words for your note")).to_be_focused()
        amara.page.keyboard.press("Escape")
        amara.tab_to("Remove")
        amara.page.keyboard.press("Enter")
        expect(own_notes(amara)).to_have_count(0)
        # To the board and back.
        amara.page.get_by_role("button", name="Now", exact=True).press("Enter")
        expect(amara.board).to_be_visible()
        amara.page.get_by_role("button", name="Write yours").press("Enter")
        expect(box).to_be_focused()


@SIZES
@pytest.mark.parametrize("step", ["ready", "tell", "write", "revealed", "choose", "result"])
def test_axe_finds_nothing_to_object_to(make_gathering: MakeGathering, let_in: LetIn, size: Size, step: str) -> None:
    gathering = make_gathering()
    voted = plan()
    voted["phases"][4]["poll"] = {"kind": "consent", "question": "Shall we begin with buses?"}
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=voted)
        amara = let_join(let_in, gathering, "Amara", size)
        # Who has seen the beginning is offered nothing to catch up with.
        expect(amara.page.get_by_role("region", name="What we are doing now")).to_be_attached()
        if step == "ready" and size == DESKTOP:
            amara.page.get_by_role("button", name="Now", exact=True).click()
        if step == "tell":
            rosa.go("tell")
            if size == DESKTOP:
                amara.page.get_by_role("button", name="Now", exact=True).click()
            add(amara, "One")
        if step in ("write", "revealed"):
            rosa.go("write")
            add(amara, "Two")
            expect(now(amara)).to_contain_text("1 of up to 2, saved")
        if step == "revealed":
            rosa.do("seal.reveal")
            expect(now(amara)).to_contain_text("Just revealed")
        if step in ("choose", "result"):
            rosa.go("choose")
            now(amara).get_by_role("radio", name="I object").check()
            now(amara).get_by_role("textbox", name="What is it?").fill("It leaves out the hill farms.")
        if step == "result":
            now(amara).get_by_role("button", name="Give my answer").click()
            expect(now(amara)).to_contain_text("Your answer is in.")
            rosa.do("poll.close", poll=rosa.poll()["poll"])
            expect(now(amara)).to_contain_text("hill farms")
        expect(now(amara)).to_be_visible()
        finds_nothing(amara, step)


def test_a_screen_in_the_room_shows_what_is_asked_and_what_the_group_sees(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    with Hands(gathering) as rosa:
        rosa.do("show.load", plan=plan())
        rosa.go("write")
        wall = let_in(gathering, size=(1920, 1080))
        wall.page.goto(gathering.link("display"))
        screen = wall.page.get_by_role("main", name="Room display")
        expect(screen).to_contain_text("Step 3 of 5")
        expect(screen).to_contain_text("Sealed until the reveal")
        amara = let_join(let_in, gathering, "Amara")
        add(amara, "Families carry the folder")
        expect(now(amara)).to_contain_text("1 of up to 2, saved")
        expect(screen).not_to_contain_text("Families")
        rosa.do("seal.reveal")
        expect(screen.get_by_role("listitem")).to_have_text(["Families carry the folder"])
        expect(wall.page.get_by_role("button")).to_have_count(0)
        wall.fits_its_width()
        finds_nothing(wall, "room display")
