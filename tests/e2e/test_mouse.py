"""What a hand with a mouse does on the board."""

import re

from playwright.sync_api import expect

from support.browser import LetIn, MakeGathering
from support.elements import note, region

Geometry = tuple[int, int, int, int]

# Whether the topmost layer of the board has anything painted in a rectangle of the page.
PAINTED = """
([x, y, width, height]) => {
  const canvas = [...document.querySelectorAll('canvas')].at(-1);
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  const part = [(x - box.x) * scale, (y - box.y) * scale, width * scale, height * scale];
  return canvas.getContext('2d').getImageData(...part.map(Math.round)).data.some((value) => value > 0);
}
"""


def moved(geometry: Geometry, dx: int, dy: int) -> Geometry:
    x, y, width, height = geometry
    return x + dx, y + dy, width, height


def test_the_wheel_moves_the_view_and_with_ctrl_it_zooms_around_the_pointer(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("Trust"), note("Time", 400, 300))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    zoom = amara.board.get_by_role("button", name=re.compile("^Zoom .*%"))
    expect(zoom).to_have_text("100%")
    before = amara.box("Trust")

    amara.page.mouse.move(*before.middle)
    amara.page.mouse.wheel(30, 50)
    amara.page.wait_for_function(
        "([x]) => document.querySelector('[role=option]').getBoundingClientRect().x === x", arg=[before.x - 30]
    )
    after = amara.box("Trust")
    assert (after.x, after.y) == (before.x - 30, before.y - 50)

    amara.page.mouse.move(*after.middle)
    amara.page.keyboard.down("Control")
    amara.page.mouse.wheel(0, -50)
    amara.page.keyboard.up("Control")
    expect(zoom).to_have_text("149%")
    nearer = amara.box("Trust")
    assert abs(nearer.middle[0] - after.middle[0]) < 1
    assert abs(nearer.middle[1] - after.middle[1]) < 1

    amara.thing("Trust").press("0")
    expect(zoom).to_have_text("100%")
    amara.thing("Trust").press("-")
    expect(zoom).to_have_text("70%")
    amara.thing("Trust").press("+")
    expect(zoom).to_have_text("100%")
    amara.page.mouse.wheel(4000, 0)
    expect(amara.thing("Trust")).not_to_be_in_viewport()
    amara.board.get_by_role("button", name="Show the whole board").click()
    for words in ("Trust", "Time"):
        expect(amara.thing(words)).to_be_in_viewport(ratio=1)


def test_a_double_click_on_empty_ground_begins_a_note_right_there(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    place = amara.spot(500, 250)
    amara.page.mouse.dblclick(*place)
    amara.page.keyboard.type("Here")
    amara.click(amara.spot(300, 600))
    expect(amara.field).to_have_count(0)
    middle = amara.box("Here").middle
    assert abs(middle[0] - place[0]) <= 1
    assert abs(middle[1] - place[1]) <= 1
    amara.page.mouse.dblclick(*middle)
    expect(amara.field).to_have_value("Here")
    amara.page.keyboard.type(" and now")
    amara.page.keyboard.press("Escape")
    amara.has_saved()
    assert gathering.texts() == ["Here and now", "Trust"]


def test_a_note_begun_and_left_without_words_is_gone_again(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    amara.page.mouse.dblclick(*amara.spot(500, 250))
    expect(amara.field).to_be_focused()
    amara.page.keyboard.press("Escape")
    expect(amara.board.get_by_role("option")).to_have_count(1)
    amara.has_saved()
    assert gathering.texts() == ["Trust"]


def test_several_notes_chosen_by_marquee_and_shift_click_move_together(
    make_gathering: MakeGathering, let_in: LetIn
) -> None:
    gathering = make_gathering(note("One"), note("Two", 220), note("Three", 440), note("Four", 0, 260))
    amara = let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    tray = amara.board.get_by_role("group", name="For what is selected")
    before = {words: gathering.element(words).geometry for words in ("One", "Two", "Three", "Four")}

    one, two = amara.box("One"), amara.box("Two")
    amara.drag((one.x - 20, one.y - 20), (two.x + two.width / 2, two.y + two.height / 2))
    expect(tray).to_contain_text("2 notes")
    amara.click(amara.box("Four").middle, shift=True)
    expect(tray).to_contain_text("3 notes")
    amara.click(amara.box("Two").middle, shift=True)
    expect(tray).to_contain_text("2 notes")

    x, y = amara.box("One").middle
    amara.drag((x, y), (x + 90, y - 60))
    expect(tray).to_contain_text("2 notes")
    amara.has_saved()
    after = {words: gathering.element(words).geometry for words in before}
    assert after == {
        "One": moved(before["One"], 90, -60),
        "Two": before["Two"],
        "Three": before["Three"],
        "Four": moved(before["Four"], 90, -60),
    }

    amara.page.keyboard.press("Control+z")
    amara.hears("Undone.")
    amara.has_saved()
    assert {words: gathering.element(words).geometry for words in before} == before


def test_a_note_dragged_into_a_region_belongs_to_it_for_everybody(make_gathering: MakeGathering, let_in: LetIn) -> None:
    stories = region(1, "Stories we brought", 300, 0, size=(640, 420))
    gathering = make_gathering(stories, note("Trust"))
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("host"), "Amara")
    ben.join(gathering.link("participant"), "Ben", outline=True)
    ben.sees_outline("1 Stories we brought", "On the board", "  Trust, Oat, plain")
    x, y = amara.box("Trust").middle
    amara.drag((x, y), (x + 500, y + 150))
    ben.sees_outline("1 Stories we brought", "  Trust, Oat, plain")
    amara.has_saved()
    assert gathering.element("Trust").parent == stories.id

    # A host moves the region: it takes along what lies in it, which stays as it was relative to the region.
    inside = gathering.element("Trust").geometry
    head = amara.box("Stories we brought")
    amara.drag((head.x + 60, head.y + 24), (head.x + 60, head.y + 94))
    amara.has_saved()
    assert gathering.element("Stories we brought").geometry == (300, 70, 640, 420)
    assert gathering.element("Trust").geometry == inside


def test_a_note_is_stretched_by_its_corner_doubled_and_deleted(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"), note("Time", 0, 260))
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben", outline=True)
    amara.click(amara.box("Trust").middle)
    corner = amara.box("Trust").bottom_right
    amara.drag(corner, (corner[0] + 60, corner[1] + 40))
    amara.has_saved()
    assert gathering.element("Trust").geometry == (0, 0, 244, 144)

    tray = amara.board.get_by_role("group", name="For what is selected")
    tray.get_by_role("button", name="Duplicate").click()
    ben.sees_outline("On the board", "  Trust, Oat, plain", "  Trust, Oat, plain", "  Time, Oat, plain")
    tray.get_by_role("radio", name="Mere teal").check(force=True)
    ben.sees_outline("On the board", "  Trust, Oat, plain", "  Trust, Mere teal", "  Time, Oat, plain")
    tray.get_by_role("button", name="Delete").click()
    ben.sees_outline("On the board", "  Trust, Oat, plain", "  Time, Oat, plain")
    amara.page.get_by_role("region", name="Messages").get_by_role("button", name="Undo").click()
    ben.sees_outline("On the board", "  Trust, Oat, plain", "  Trust, Mere teal", "  Time, Oat, plain")


def test_tools_draw_a_region_and_place_a_text(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust", -400, -300))
    amara = let_in(gathering)
    amara.join(gathering.link("host"), "Amara")
    tools = amara.page.get_by_role("toolbar", name="Tools")
    tools.get_by_role("button", name="Region").click()
    amara.drag(amara.spot(760, 440), amara.spot(1260, 740))
    amara.page.keyboard.type("Our purpose")
    amara.page.keyboard.press("Enter")
    tools.get_by_role("button", name="Text").click()
    amara.click(amara.spot(300, 500))
    amara.page.keyboard.type("Read this first")
    amara.page.keyboard.press("Escape")
    amara.has_saved()
    drawn = gathering.element("Our purpose")
    assert (drawn.kind, drawn.geometry[2:]) == ("frame", (500, 300))
    assert gathering.element("Read this first").kind == "text"


def test_others_see_where_somebody_points_until_they_leave(make_gathering: MakeGathering, let_in: LetIn) -> None:
    gathering = make_gathering(note("Trust"))
    amara, ben = let_in(gathering), let_in(gathering)
    amara.join(gathering.link("participant"), "Amara")
    ben.join(gathering.link("participant"), "Ben")
    ben.tolerate("willReadFrequently")  # said of this test's own looking
    # Both look at the same board in windows of one size, so a place in the one is the same place in the other.
    x, y = amara.spot(900, 250)
    around = [x - 4, y - 4, 40, 40]
    assert not ben.page.evaluate(PAINTED, around)
    amara.page.mouse.move(x, y)
    ben.page.wait_for_function(PAINTED, arg=around)
    amara.context.close()
    ben.page.wait_for_function(f"(area) => !({PAINTED})(area)", arg=around)
