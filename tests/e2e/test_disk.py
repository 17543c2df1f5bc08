"""What a full disk and a damaged log look like to the people in the room."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.browser import SMALL_PHONE, LetIn, OpenGathering, aside
from support.elements import note
from support.server import ServerProcess

if sys.platform == "linux":
    import resource

NO_LINE = r"WebSocket connection to .* failed|net::ERR_"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server whose disk the test may take away."""
    with ServerProcess(tmp_path, client=True) as server:
        yield server


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit to take the disk away from a running process")
def test_people_write_on_while_the_disk_is_full_and_nothing_is_lost(own_server: ServerProcess, let_in: LetIn) -> None:
    """[UNI-11]"""
    made = aside(own_server.make_gathering)
    gathering = OpenGathering(made.board, own_server.url, made.tokens)
    amara, ben = let_in(gathering), let_in(gathering)
    for name, person in (("Amara", amara), ("Ben", ben)):
        person.join(gathering.link("participant"), name, outline=True)
    amara.quick_add("Before")
    ben.sees("Before")

    def let_files_grow(to: int) -> None:
        _, hard = resource.prlimit(own_server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(own_server.process.pid, resource.RLIMIT_FSIZE, (to, hard))

    let_files_grow(16_384)
    amara.quick_add("Nobody rang back")
    expect(amara.pill).to_have_text("The server cannot save just now. 1 change is kept on this device.")
    expect(ben.pill).to_have_text("The server cannot save just now. What you change is kept on this device.")
    ben.quick_add("Three forms for one visit")
    amara.rewrite("Nobody rang back", then="Nobody rang us back")
    expect(amara.pill).to_have_text(re.compile(r"^The server cannot save just now\. \d changes are kept"))
    expect(ben.row("Nobody rang")).to_have_count(0)
    let_files_grow(resource.RLIM_INFINITY)
    wanted = ["Before", "Nobody rang us back", "Three forms for one visit"]
    for person in (amara, ben):
        person.has_saved()
        person.sees(*wanted)
    assert amara.outline() == ben.outline()
    assert gathering.texts() == wanted


def test_a_damaged_board_is_shown_as_far_as_it_is_sound_and_unsent_words_are_kept(
    own_server: ServerProcess, let_in: LetIn
) -> None:
    """[UNI-7]"""
    made = aside(lambda: own_server.make_gathering(elements=[note("Trust")]))
    gathering = OpenGathering(made.board, own_server.url, made.tokens)
    ben, rosa = let_in(gathering, size=SMALL_PHONE), let_in(gathering)
    ben.join(gathering.link("participant"), "Ben")
    ben.tolerate(NO_LINE)
    ben.quick_add("Saved, and lost with the disk")
    ben.has_saved()
    own_server.kill()
    expect(ben.pill).to_have_text(re.compile("Offline"))
    ben.quick_add("Written on the train")
    with closing(sqlite3.connect(own_server.data / "harvestry.db")) as db, db:
        db.execute("UPDATE room_log SET body = substr(body, 2) WHERE seq = (SELECT max(seq) FROM room_log)")
    own_server.start()

    line = ben.page.get_by_role("region", name="About this board")
    expect(line).to_contain_text("it can only be read.")
    expect(line).to_contain_text("Tell a host")
    ben.fits_its_width()
    shelf = ben.page.get_by_role("banner").get_by_role("button", name=re.compile("^Kept for you"))
    shelf.click()
    kept = ben.page.get_by_role("dialog", name="Kept for you").get_by_role("listitem")
    expect(kept.filter(has_text="Written on the train")).to_have_count(1)

    rosa.join(gathering.link("host"), "Rosa", outline=True)
    expect(rosa.page.get_by_role("region", name="About this board")).to_contain_text("Ask whoever runs the server")
    rosa.sees_outline("On the board", "  Trust, Oat, plain")
    rosa.row("Trust").click()
    expect(rosa.page.get_by_text("it can only be read.").first).to_be_visible()
    expect(rosa.actions.get_by_role("button", name="Edit")).to_have_count(0)
