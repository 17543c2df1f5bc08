"""Nasty sequences: flapping and half-open lines, crashed tabs, lost histories. Nothing written may be missing."""

import re
import shutil
from pathlib import Path

import httpx
from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering, OpenGathering, Person, aside
from support.cable import Cable
from support.elements import note
from support.server import ServerProcess

NO_LINE = r"WebSocket connection to .* failed|net::ERR_"
REFUSED = r"status of 40[13]"


def both_agree(gathering: OpenGathering, *people: Person) -> None:
    """Wait until everybody is saved, then compare every screen with the server."""
    for person in people:
        person.has_saved()
    wanted = gathering.texts()
    for person in people:
        person.sees(*wanted)
        shown = [line for line in person.outline() if line.startswith("  ")]
        assert len(shown) == len(wanted), f"{shown} is not {wanted}"
    assert all(person.outline() == people[0].outline() for person in people)


def revoke_participants(gathering: OpenGathering) -> None:
    headers = {"Authorization": f"Bearer {gathering.tokens['host']}"}
    address = f"{gathering.base_url}/api/boards/{gathering.board}/links"
    links = httpx.get(address, headers=headers, trust_env=False).json()["links"]
    (link,) = (link["id"] for link in links if link["role"] == "participant")
    httpx.delete(f"{address}/{link}", headers=headers, trust_env=False).raise_for_status()


def test_typing_on_a_line_that_flaps_all_the_time_arrives_whole_and_once(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering(note("Trust"))
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    amara.tolerate(NO_LINE)
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    hers, his = amara.edit_row("Trust"), ben.edit_row("Trust")
    hers.press("End")
    his.press("Home")
    for round in range(25):
        cable.cut()
        hers.press_sequentially(f" a{round}", delay=20)
        cable.mend()
        his.press_sequentially(f"b{round} ", delay=20)
    hers.press("Enter")
    his.press("Enter")
    wanted = "".join(f"b{round} " for round in range(25)) + "Trust" + "".join(f" a{round}" for round in range(25))
    amara.sees(wanted)
    both_agree(gathering, amara, ben)
    assert gathering.texts() == [wanted]


def test_a_half_open_line_is_noticed_and_what_was_written_on_it_is_sent_again(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    # Its clock runs ahead of the real one, so some attempts are given up before they could succeed.
    amara.tolerate(NO_LINE)
    amara.page.clock.install()
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    cable.swallow()
    amara.quick_add("Into the void")
    expect(amara.pill).to_have_text("Saving")
    amara.page.clock.run_for(3_000)
    expect(amara.pill).to_have_text("Slow connection. Your work is kept and will be sent.")
    amara.page.clock.run_for(60_000)
    ben.sees("Into the void")
    both_agree(gathering, amara, ben)


def test_a_laptop_that_slept_for_hours_has_its_work_and_that_of_the_others(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering(note("Trust"))
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    amara.tolerate(NO_LINE)
    amara.page.clock.install()
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    cable.swallow()
    amara.quick_add("Before the lid closed")
    ben.rewrite("Trust", then="Trust, they said")
    amara.page.clock.fast_forward("06:00:00")
    amara.page.clock.run_for(10_000)
    ben.sees("Before the lid closed")
    both_agree(gathering, amara, ben)


def test_a_tab_that_crashed_leaves_its_words_to_the_next_one_beside_a_tab_that_lives(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering(note("Trust"))
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    amara.tolerate(NO_LINE)
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    first = amara.page
    second = amara.new_page()
    second.goto(gathering.via(cable.url).link("participant"))
    amara.is_seated()

    cable.cut()
    amara.quick_add("In the tab that crashed")
    box = amara.edit_row("Trust")
    box.press("End")
    box.press_sequentially(" and time")
    box.press("Enter")
    # At once: nothing of the last keystrokes has had time to be stored at leisure.
    second.close()
    amara.page = first
    amara.quick_add("In the tab that lives")
    cable.mend()
    ben.sees("In the tab that lives")
    amara.new_page().goto(gathering.via(cable.url).link("participant"))
    amara.is_seated()
    ben.sees("In the tab that crashed", "Trust and time")
    both_agree(gathering, amara, ben)
    amara.page = first
    both_agree(gathering, amara, ben)


def test_a_server_restored_from_an_older_copy_is_given_back_what_its_people_had_written(
    tmp_path: Path, let_in: LetIn
) -> None:
    with ServerProcess(tmp_path, client=True) as server:
        made = aside(server.make_gathering)
        gathering = OpenGathering(made.board, server.url, made.tokens)
        amara, ben = let_in(gathering), let_in(gathering)
        for person, name in ((amara, "Amara"), (ben, "Ben")):
            person.tolerate(NO_LINE)
            person.join(gathering.link("participant"), name, outline=True)
            person.quick_add(f"{name} before")
            person.has_saved()
        server.stop()
        copy = tmp_path / "copy"
        shutil.copytree(server.data, copy)
        server.start()

        for person, name in ((amara, "Amara"), (ben, "Ben")):
            expect(person.pill).to_have_text(re.compile("^(Saved|Back online.*)$"))
            person.quick_add(f"{name} lost by the server")
            box = person.edit_row(f"{name} before")
            box.press("End")
            box.press_sequentially(" and after")
            box.press("Enter")
            person.has_saved()
        for person in (amara, ben):
            person.sees("Amara lost by the server", "Ben lost by the server", "Ben before and after")
        server.stop()
        shutil.rmtree(server.data)
        copy.rename(server.data)
        server.start()

        for person in (amara, ben):
            expect(person.pill).to_have_text(re.compile("^(Saved|Back online.*)$"))
        amara.quick_add("Amara again")
        ben.sees("Amara again")
        both_agree(gathering, amara, ben)
        wanted = [f"{name} {what}" for name in ("Amara", "Ben") for what in ("before and after", "lost by the server")]
        assert gathering.texts() == sorted([*wanted, "Amara again"])


def test_the_words_of_somebody_whose_link_was_withdrawn_meanwhile_can_still_be_read(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering(note("Trust"))
    amara = let_in(gathering.via(cable.url))
    amara.tolerate(NO_LINE)
    amara.tolerate(REFUSED)
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    cable.cut()
    amara.quick_add("Nobody has seen this yet")
    box = amara.edit_row("Trust")
    box.press("End")
    box.press_sequentially(" takes time")
    box.press("Enter")
    expect(amara.pill).to_have_text(re.compile("^Offline"))
    amara.page.close()
    revoke_participants(gathering)
    cable.mend()
    amara.new_page().goto(gathering.via(cable.url).base_url + f"/b/{gathering.board}")
    kept = amara.page.get_by_role("region", name="Nothing you wrote is lost").get_by_role("listitem")
    expect(kept).to_have_text(["Nobody has seen this yet", " takes time"])


def test_words_written_in_a_note_that_a_colleague_deletes_meanwhile_are_kept_for_their_author(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"), note("Time", 300))
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben", outline=True)
    amara.page.mouse.dblclick(*amara.box("Trust").middle)
    amara.field.press_sequentially(" and time")
    ben.row("Trust and time").click()
    ben.row("Trust and time").press("Delete")
    expect(amara.field).to_have_count(0)
    amara.page.get_by_role("button", name="Kept for you").click()
    expect(amara.page.get_by_role("dialog").get_by_role("listitem")).to_contain_text(["Trust and time"])


def test_a_day_offline_with_hundreds_of_edits_and_a_huge_paste_arrives(
    make_gathering: MakeGathering, let_in: LetIn, cable: Cable
) -> None:
    gathering = make_gathering()
    amara, ben = let_in(gathering.via(cable.url)), let_in(gathering)
    amara.tolerate(NO_LINE)
    amara.join(gathering.via(cable.url).link("participant"), "Amara", outline=True)
    ben.join(gathering.link("participant"), "Ben", outline=True)
    cable.cut()
    amara.quick_add(*(f"Thought {number}" for number in range(40)))
    box = amara.edit_row("Thought 39")
    box.press("End")
    box.press_sequentially(" goes on, word by word, letter by letter, in many small steps and for quite a while longer")
    box.press("Enter")
    amara.board.get_by_role("listbox").evaluate(
        """(board) => {
          const clipboardData = new DataTransfer();
          const lines = Array.from({ length: 100 }, (_, index) => `Line ${index} ` + 'word '.repeat(300));
          clipboardData.setData('text/plain', lines.join('\\n'));
          board.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
        }"""
    )
    amara.hears(re.compile("^Pasted 100"))
    expect(amara.pill).to_have_text(re.compile("^Offline"))
    cable.mend()
    expect(ben.row("On the board")).to_contain_text("140 notes")
    for person in (amara, ben):
        person.has_saved()
    texts = gathering.texts()
    assert sum(text.startswith("Thought ") for text in texts) == 40
    assert sum(len(text) > 1_500 for text in texts) == 100
