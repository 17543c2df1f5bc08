"""Two people, two browsers, one board."""

from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering, OpenGathering, Person
from support.elements import note, region


def two_people(gathering: OpenGathering, let_in: LetIn) -> tuple[Person, Person]:
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    return amara, ben


def test_two_people_with_a_link_see_each_other_by_name(make_gathering: MakeGathering, let_in: LetIn) -> None:
    amara, ben = two_people(make_gathering(), let_in)
    for me, other in ((amara, "Ben"), (ben, "Amara")):
        me.page.get_by_role("button", name=f"{other} is here").click()
        here = me.page.get_by_role("dialog", name="Who is here")
        expect(here.get_by_role("heading")).to_have_text("2 people are here")
        expect(here.get_by_role("listitem")).to_contain_text(["Amara", "Ben"])


def test_notes_written_and_moved_at_the_same_time_are_the_same_on_both_screens(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    stories, purpose = region(1, "Stories we brought"), region(2, "Our purpose", 1040)
    gathering = make_gathering(
        stories,
        purpose,
        note("Families carry the folder", 40, 100, parent=stories),
        note("Three phone numbers", 264, 100, parent=stories),
    )
    amara, ben = two_people(gathering, let_in)

    amara.quick_add("Nobody rang back")
    ben.quick_add("The bus stops at six")
    amara.row("Families carry the folder").click()
    ben.row("Three phone numbers").click()
    for person in (amara, ben):
        person.actions.get_by_role("button", name="Move to…").click()
    for person in (amara, ben):
        person.page.get_by_role("dialog").get_by_role("button", name="2 Our purpose").click()

    for person in (amara, ben):
        person.sees("Nobody rang back", "The bus stops at six")
        expect(person.row("2 Our purpose")).to_contain_text("2 notes")
        person.has_saved()
    assert amara.outline() == ben.outline()
    elements = gathering.elements()
    assert {gathering.element(words).parent for words in ("Families carry the folder", "Three phone numbers")} == {
        purpose.id
    }
    first, second = (elements[note.id] for note in elements.values() if note.parent == purpose.id)
    assert first.geometry != second.geometry or first.z != second.z


def test_words_typed_into_one_note_by_two_people_at_once_are_all_kept(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"))
    amara, ben = two_people(gathering, let_in)
    hers, his = amara.edit_row("Trust"), ben.edit_row("Trust")
    hers.press("Home")
    for left, right in zip("First, ", " takes time", strict=False):
        hers.press_sequentially(left)
        his.press_sequentially(right)
    his.press_sequentially("time")

    for box in (hers, his):
        expect(box).to_have_value("First, Trust takes time")
    for person, box in ((amara, hers), (ben, his)):
        box.press("Enter")
        person.has_saved()
    for person in (amara, ben):
        person.sees_outline("On the board", "  First, Trust takes time, Oat, plain")
    assert gathering.texts() == ["First, Trust takes time"]


def test_undo_takes_back_ones_own_step_and_leaves_the_colleagues(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Begin"))
    amara, ben = two_people(gathering, let_in)
    amara.quick_add("From Amara")
    ben.sees("From Amara")
    ben.quick_add("From Ben")
    ben.rewrite("Begin", then="Begin with Ben")
    amara.sees("From Ben", "Begin with Ben")

    amara.page.get_by_role("button", name="Undo").click()
    for person in (amara, ben):
        expect(person.row("From Amara")).to_have_count(0)
        person.sees("From Ben", "Begin with Ben")
    amara.has_saved()
    assert gathering.texts() == ["Begin with Ben", "From Ben"]

    amara.page.get_by_role("button", name="Redo").click()
    ben.sees("From Amara")
    # Ben's last step was the new words; what Amara did since is not his to undo.
    ben.page.get_by_role("button", name="Undo").click()
    amara.sees("Begin", "From Amara", "From Ben")
    expect(amara.row("Begin with Ben")).to_have_count(0)
