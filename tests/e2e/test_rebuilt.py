"""[UNI-10] A board rebuilt while people are away or in the middle of a word: their unsaved work is on it again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.browser import LetIn, OpenGathering, aside
from support.elements import note
from support.rebuilding import rebuild
from support.server import ServerProcess

NO_LINE = r"WebSocket connection to .* failed|net::ERR_"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that the test may stop."""
    with ServerProcess(tmp_path, client=True) as server:
        yield server


def test_what_people_wrote_while_the_board_was_rebuilt_is_on_the_new_one(
    own_server: ServerProcess, let_in: LetIn
) -> None:
    made = aside(lambda: own_server.make_gathering(elements=[note("Trust"), note("Gone", 0, 200)]))
    gathering = OpenGathering(made.board, own_server.url, made.tokens)
    amara, ben = let_in(gathering), let_in(gathering)
    for name, person in (("Amara", amara), ("Ben", ben)):
        person.join(gathering.link("participant"), name, outline=True)
        person.tolerate(NO_LINE)
    amara.quick_add("Written before")
    amara.has_saved()
    gone = gathering.element("Gone").id

    own_server.kill()
    for person in (amara, ben):
        expect(person.pill).to_have_text(re.compile("^Offline"))
    amara.quick_add("Written on the train")
    amara.rewrite("Trust", then="Trust grows slowly")
    amara.rewrite("Gone", then="Gone, and mine")
    box = ben.edit_row("Trust")
    box.press("Home")
    box.press_sequentially("We said: ")
    aside(lambda: rebuild(own_server.data, made.board, without=[gone]))
    own_server.start()

    wanted = ["We said: Trust grows slowly", "Written before", "Written on the train"]
    # Whoever is in the middle of a word stays there.
    expect(box).to_be_focused()
    expect(box).to_have_value("We said: Trust grows slowly")
    box.press("Home")
    box.press_sequentially("So ")
    box.press("Enter")
    for person in (amara, ben):
        person.has_saved()
        person.sees("So We said: Trust grows slowly", *wanted[1:])
    assert amara.outline() == ben.outline()
    assert gathering.texts() == ["So We said: Trust grows slowly", *wanted[1:]]

    toasts = amara.page.get_by_role("region", name="Messages")
    expect(toasts).to_contain_text("The board was tidied up, and the place of these words is gone.")
    amara.page.get_by_role("banner").get_by_role("button", name=re.compile("^Kept for you")).click()
    expect(amara.page.get_by_role("dialog", name="Kept for you").get_by_role("listitem")).to_contain_text(
        ["Gone, and mine"]
    )
    amara.page.keyboard.press("Escape")
    expect(ben.page.get_by_role("banner").get_by_role("button", name=re.compile("^Kept for you"))).to_have_count(0)
    tools = amara.page.get_by_role("toolbar", name="Tools")
    expect(tools.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")


def test_work_left_in_a_closed_tab_is_made_again_on_a_board_that_was_rebuilt_since(
    own_server: ServerProcess, let_in: LetIn
) -> None:
    made = aside(lambda: own_server.make_gathering(elements=[note("Trust")]))
    gathering = OpenGathering(made.board, own_server.url, made.tokens)
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara", outline=True)
    amara.tolerate(NO_LINE)
    own_server.kill()
    expect(amara.pill).to_have_text(re.compile("^Offline"))
    amara.quick_add("Nobody has seen this yet")
    amara.rewrite("Trust", then="Trust grows")
    amara.page.close()
    aside(lambda: rebuild(own_server.data, made.board))
    own_server.start()

    amara.new_page().goto(gathering.link("participant"))
    amara.is_seated()
    amara.sees("Nobody has seen this yet", "Trust grows")
    amara.has_saved()
    assert gathering.texts() == ["Nobody has seen this yet", "Trust grows"]
    amara.page.reload()
    amara.is_seated()
    amara.sees("Nobody has seen this yet", "Trust grows")
    assert gathering.texts() == ["Nobody has seen this yet", "Trust grows"]
