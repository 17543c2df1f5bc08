"""Words in every script and by every way of typing, the same at the other end."""

import re

import pytest
from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering
from support.elements import note


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        ("👩‍👩‍👧 and 🏳️‍🌈, 👍🏽 too", "ltr"),
        ("الثقة تنمو ببطء", "rtl"),
        ("אמון לוקח זמן", "rtl"),
        ("信頼は時間がかかる", "ltr"),
        ("ความไว้วางใจ", "ltr"),
        ("Trust\ngrows\n\nslowly", "ltr"),
    ],
    ids=["emoji", "Arabic", "Hebrew", "Japanese", "Thai", "several lines"],
)
def test_words_arrive_exactly_as_they_were_written(
    make_gathering: MakeGathering, let_in: LetIn, words: str, direction: str
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben", outline=True)

    amara.page.get_by_role("button", name="Write the first note").click()
    expect(amara.field).to_be_focused()
    for number, line in enumerate(words.split("\n")):
        if number > 0:
            amara.page.keyboard.press("Enter")
        amara.page.keyboard.insert_text(line)
    expect(amara.field).to_have_css("direction", direction)
    amara.page.keyboard.press("Escape")
    amara.has_saved()
    assert gathering.texts() == [words]

    box = ben.edit_row(words.partition("\n")[0])
    expect(box).to_have_value(words)
    expect(box).to_have_css("direction", direction)


def test_an_input_method_composes_undisturbed_while_a_colleague_writes_in_the_same_note(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben", outline=True)
    amara.page.get_by_role("button", name="Write the first note").click()
    amara.page.keyboard.type("Trust ")
    ben.sees("Trust")

    keys = amara.cdp()
    for part in ("k", "か", "かん", "漢"):
        keys.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
    expect(amara.field).to_have_value("Trust 漢")
    ben_box = ben.edit_row("Trust")
    ben_box.press("Home")
    ben_box.press_sequentially("B: ")
    ben.has_saved()
    keys.send("Input.imeSetComposition", {"text": "漢字", "selectionStart": 2, "selectionEnd": 2})
    expect(amara.field).to_have_value(re.compile("Trust 漢字$"))
    keys.send("Input.insertText", {"text": "漢字"})

    for box in (amara.field, ben_box):
        expect(box).to_have_value("B: Trust 漢字")
    amara.page.keyboard.type("!")
    expect(ben_box).to_have_value("B: Trust 漢字!")
    amara.has_saved()
    assert gathering.texts() == ["B: Trust 漢字!"]


def test_a_note_deleted_under_ones_hands_leaves_the_focus_on_the_board(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben", outline=True)
    amara.page.get_by_role("button", name="Write the first note").click()
    amara.page.keyboard.type("Trust")
    ben.row("Trust").click()
    ben.actions.get_by_role("button", name="Delete").click()
    expect(amara.field).to_have_count(0)
    amara.has_kept_focus()


def test_more_lines_than_a_paste_takes_are_declined_with_the_number(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    amara.board.focus()
    amara.page.evaluate(
        """lines => {
            const data = new DataTransfer();
            data.setData('text/plain', lines);
            document.activeElement.dispatchEvent(
                new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        "\n".join(f"line {number}" for number in range(2_001)),
    )
    amara.hears("2,001 at once are too many. Paste up to 2,000 at a time.")
