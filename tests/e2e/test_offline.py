"""What a broken line, a closed tab and a lost server do to people's work: nothing."""

import re
from pathlib import Path

from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering, OpenGathering, Person, aside
from support.cable import Cable
from support.elements import note
from support.server import ServerProcess

# What the browser itself writes to the console when it finds nobody.
NO_LINE = r"WebSocket connection to .* failed|net::ERR_"


def lose_connection(person: Person, cable: Cable) -> None:
    person.tolerate(NO_LINE)
    cable.cut()
    person.context.set_offline(True)
    expect(person.pill).to_have_text("Offline. What you change is kept on this device.")


def find_connection(person: Person, cable: Cable) -> None:
    cable.mend()
    person.context.set_offline(False)


def test_what_two_people_did_while_one_was_offline_survives_on_both_sides(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering(note("Trust"), note("Time", 0, 200))
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)

    lose_connection(amara, cable)
    amara.quick_add("Written on the train")
    expect(amara.pill).to_have_text("Offline. 1 change is kept on this device.")
    box = amara.edit_row("Trust")
    box.press("End")
    box.press_sequentially(" grows slowly")
    box.press("Enter")
    expect(amara.pill).to_have_text(re.compile(r"^Offline\. \d+ changes are kept on this device\.$"))

    box = ben.edit_row("Trust")
    box.press("Home")
    box.press_sequentially("We said: ")
    box.press("Enter")
    ben.rewrite("Time", then="Time together")
    ben.has_saved()
    expect(amara.row("Time together")).to_have_count(0)
    expect(ben.row("Written on the train")).to_have_count(0)

    find_connection(amara, cable)
    expect(amara.pill).to_have_text("Back online. Everything is saved.")
    for person in (amara, ben):
        person.sees("We said: Trust grows slowly", "Time together", "Written on the train")
    assert amara.outline() == ben.outline()
    assert gathering.texts() == ["Time together", "We said: Trust grows slowly", "Written on the train"]
    expect(amara.pill).to_have_text("Saved")


def test_work_left_unsent_in_a_closed_tab_arrives_when_the_board_is_opened_again(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)

    lose_connection(amara, cable)
    amara.quick_add("Nobody has seen this yet", "Nor this")
    expect(amara.pill).to_have_text("Offline. 2 changes are kept on this device.")
    amara.page.close()
    find_connection(amara, cable)
    expect(ben.page.get_by_role("button", name="Only you are here")).to_be_visible()
    assert gathering.texts() == []

    amara.new_page().goto(gathering.via(cable.url).link("participant"))
    amara.is_seated()
    for person in (amara, ben):
        person.sees("Nobody has seen this yet", "Nor this")
    amara.has_saved()
    assert gathering.texts() == ["Nobody has seen this yet", "Nor this"]


def test_everybody_comes_back_after_the_server_was_killed_and_nothing_is_lost(tmp_path: Path, let_in: LetIn) -> None:
    with ServerProcess(tmp_path, client=True) as server:
        made = aside(server.make_gathering)
        gathering = OpenGathering(made.board, server.url, made.tokens)
        people = {"Amara": let_in(gathering), "Ben": let_in(gathering)}
        for name, person in people.items():
            person.join(gathering.link("participant"), name, outline=True)
            person.tolerate(NO_LINE)
            person.quick_add(f"{name} before")
            person.has_saved()

        server.kill()
        for name, person in people.items():
            person.quick_add(f"{name} meanwhile")
            expect(person.pill).to_have_text("Offline. 1 change is kept on this device.")
        server.start()

        wanted = ["Amara before", "Amara meanwhile", "Ben before", "Ben meanwhile"]
        for person in people.values():
            expect(person.pill).to_have_text("Back online. Everything is saved.")
            person.sees(*wanted)
        for name, other in (("Amara", "Ben"), ("Ben", "Amara")):
            expect(people[name].page.get_by_role("button", name=f"{other} is here")).to_be_visible()
        assert people["Amara"].outline() == people["Ben"].outline()
        assert gathering.texts() == wanted
