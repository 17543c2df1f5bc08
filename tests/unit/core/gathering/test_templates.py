"""Templates: plans to begin with, as data, and what comes of putting them together."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from itertools import combinations
from typing import Any

import pytest

from harvestry.core.access import Role
from harvestry.core.gathering.base import Draw
from harvestry.core.gathering.gathering import fold, prepared
from harvestry.core.gathering.plan import Opening, Plan, PollKind, Region, Visibility, Writers
from harvestry.core.gathering.state import Stage
from harvestry.core.gathering.templates import Bundle, Damaged, Length, Library, Offer, Template, Unfit, shelve
from harvestry.edge.library import shipped
from harvestry_crdt import Board, Element, Put
from support.gatherings import HostedBench
from support.rooms import identity

FOLDER = files("harvestry") / "templates" / "plans"
OFFERS = {offer.key: offer for offer in shipped().offers}
TEMPLATES = {offer.of.number: offer.of for offer in OFFERS.values() if isinstance(offer.of, Template)}
# The minutes of each template, in its full and in its short length.
MINUTES = {
    "T01": (10, 5),
    "T02": (6, 3),
    "T05": (60, 25),
    "T09": (60, 14),
    "T10": (12, None),
    "T13": (30, 15),
    "T20": (30, 14),
    "T21": (45, 12),
    "T22": (40, 11),
    "T23": (30, 9),
    "T26": (15, 3),
    "T27": (25, 5),
    "T29": (5, None),
}
# When each part of the ninety minutes of a board begins.
BOARD_RESET = {
    "arrive-welcome": 0,
    "agree-capture": 2,
    "arrive-rim": 4,
    "arrive-hope": 10,
    "agree-together": 12,
    "stories-roles": 16,
    "stories-gifts": 24,
    "stories-word": 28,
    "stories-across": 29,
    "drivers-write": 31,
    "drivers-read": 38,
    "drivers-sort": 39,
    "drivers-so-what": 42,
    "purpose-draft": 45,
    "purpose-ring": 50,
    "purpose-weave": 52,
    "principles-draft": 57,
    "principles-visit": 61,
    "principles-temperature": 65,
    "focus-read": 68,
    "focus-dots": 69,
    "focus-balance": 73,
    "focus-decide": 75,
    "focus-deeper": 76,
    "missing-name": 77,
    "actions-write": 80,
    "actions-read-back": 85,
    "leave-word": 86,
}
# Words that say what a person is not, and promise what nobody can keep.
FORBIDDEN = re.compile(r"\b(users?|sessions?|sync(ed|s)?|anonym\w*|attendees?|participants?)\b", re.IGNORECASE)
# A note and the room around it, and what the head and the edges of a region take, in world units.
PITCH, EDGE, HEAD = (196, 116), 20, 76
PEOPLE, TABLES = 24, 6
NOTE = "note12345678"


def absolute(plan: Plan) -> dict[str, tuple[int, int, int, int]]:
    boxes: dict[str, tuple[int, int, int, int]] = {}
    for region in plan.regions:
        x, y, width, height = region.frame
        left, top = (0, 0) if region.within is None else boxes[region.within][:2]
        boxes[region.key] = (left + x, top + y, width, height)
    return boxes


def holds(region: Region) -> int:
    """How many notes of the usual size stand in it, in rows."""
    return max(0, (region.frame[2] - EDGE) // PITCH[0]) * max(0, (region.frame[3] - HEAD) // PITCH[1])


def notes_of(opening: Opening) -> int:
    if opening.writers is Writers.ALL:
        return PEOPLE * max(1, opening.limit)
    return 2 * TABLES if opening.writers is Writers.TABLE else TABLES


def words(offer: Offer) -> list[str]:
    of, plan = offer.of, offer.plan
    said = [of.title, of.description, of.about, *of.yields]
    for region in plan.regions:
        said += [region.title, region.prompt]
    for phase in plan.phases:
        said += [phase.title, phase.instruction, phase.yields, phase.check]
        said += [phase.poll.question] if phase.poll is not None else []
    return [text for text in said if text]


# ---- what is shipped -----------------------------------------------------------------------------------------------


def test_the_library_has_the_exercises_it_says_in_their_full_and_short_lengths() -> None:
    """[TPL-1]"""
    found = {number: [offer.minutes for offer in OFFERS.values() if offer.of is of] for number, of in TEMPLATES.items()}
    assert found == {number: [minutes for minutes in both if minutes] for number, both in MINUTES.items()}
    assert len(list(FOLDER.iterdir())) == len(MINUTES) + 1
    for file in FOLDER.iterdir():
        assert file.name == json.loads(file.read_bytes())["key"] + ".json"


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_no_two_regions_of_a_template_overlap_and_each_lies_within_its_own(offer: Offer) -> None:
    """[TPL-2]"""
    boxes, within = absolute(offer.plan), {region.key: region.within for region in offer.plan.regions}
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        apart = a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
        inside = within[other] == one or within[one] == other
        assert apart or inside, (one, other)
    for region in offer.plan.regions:
        if region.within is not None:
            x, y, width, height = region.frame
            around = boxes[region.within]
            assert x >= 0, region.key
            assert y >= HEAD, region.key
            assert x + width <= around[2], region.key
            assert y + height <= around[3], region.key


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_regions_stand_in_the_order_in_which_they_are_read(offer: Offer) -> None:
    """[TPL-2] Within a template: from left to right, and then the next row."""
    by_template: dict[str, list[tuple[int, int]]] = {}
    for region in offer.plan.regions:
        if region.within is None:
            part = region.key.partition("-")[0] if isinstance(offer.of, Bundle) else ""
            by_template.setdefault(part, []).append((region.frame[1], region.frame[0]))
    for places in by_template.values():
        assert places == sorted(places)


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_a_region_holds_what_two_dozen_people_write_in_it(offer: Offer) -> None:
    """[TPL-2]"""
    for phase in offer.plan.phases:
        for opening in phase.opens:
            region = offer.plan.region(opening.region)
            assert region is not None
            inner = [other for other in offer.plan.regions if other.within == region.key]
            assert sum(map(holds, inner)) + (0 if inner else holds(region)) >= notes_of(opening), region.key


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_every_region_is_for_something(offer: Offer) -> None:
    """[TPL-1] It is written in, voted on, has such regions in it, or is there to be read."""
    plan = offer.plan
    opened = {opening.region for phase in plan.phases for opening in phase.opens}
    opened |= {phase.poll.region for phase in plan.phases if phase.poll is not None and phase.poll.region is not None}
    around = {region.within for region in plan.regions if region.key in opened}
    for region in plan.regions:
        assert region.key in opened | around or region.kind == "info", region.key


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_every_phase_says_what_to_do_and_how_the_group_knows_that_it_is_done(offer: Offer) -> None:
    """[TPL-1]"""
    for phase in offer.plan.phases:
        assert phase.instruction, phase.key
        assert phase.check, phase.key
        # What is written alone is written in a bounded number of notes, so that everybody can be read.
        for opening in phase.opens:
            if opening.visibility in (Visibility.SEALED_OPEN, Visibility.SEALED_TABLE):
                assert 1 <= opening.limit <= 4, phase.key


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_the_words_are_those_of_the_house_and_short_enough_to_be_read(offer: Offer) -> None:
    """[TPL-3]"""
    for text in words(offer):
        assert not FORBIDDEN.search(text), text
        assert "!" not in text, text
        assert text[0].isupper(), text
    assert offer.of.description.endswith(".")
    assert len(re.findall(r"[.?](?:\s|$)", offer.of.description)) == 1
    assert len(offer.of.description) <= 90
    assert 120 <= len(offer.of.about) <= 280
    for region in offer.plan.regions:
        assert 0 < len(region.prompt) <= 100, region.key
        assert len(region.title) <= 32, region.key
    for phase in offer.plan.phases:
        assert len(phase.instruction) <= 160, phase.key
        assert len(phase.title) <= 32, phase.key


def test_a_phase_that_votes_on_notes_comes_after_they_were_written() -> None:
    """[TPL-1]"""
    for offer in OFFERS.values():
        written: set[str] = set()
        for phase in offer.plan.phases:
            if phase.poll is not None and phase.poll.kind.is_of_things:
                assert phase.poll.region in written, (offer.key, phase.key)
            written |= {opening.region for opening in phase.opens}


# ---- the board reset -----------------------------------------------------------------------------------------------


def test_a_board_resets_itself_in_ninety_minutes_minute_by_minute() -> None:
    """[TPL-4]"""
    begins, at = {}, 0
    for phase in OFFERS["board-reset"].plan.phases:
        begins[phase.key] = at
        at += phase.minutes
    assert at == 90
    assert {key: begins[key] for key in BOARD_RESET} == BOARD_RESET


def test_a_board_that_resets_itself_is_asked_for_consent_before_anybody_writes() -> None:
    """[TPL-4] [PS-30]"""
    phases = OFFERS["board-reset"].plan.phases
    keys = [phase.key for phase in phases]
    first = next(phase.key for phase in phases if any(o.writers is Writers.ALL for o in phase.opens))
    assert keys.index("agree-capture") < keys.index(first)


def test_what_is_seen_outside_is_written_alone_and_without_names() -> None:
    """[TPL-4]"""
    phase = OFFERS["board-reset"].plan.phase("drivers-write")
    assert phase is not None
    (opening,) = phase.opens
    assert (opening.visibility, opening.attribution.value, opening.limit) == (Visibility.SEALED_OPEN, "none", 4)
    decided = {p.key: p.poll.kind for p in OFFERS["board-reset"].plan.phases if p.poll is not None}
    assert decided["purpose-consent"] is PollKind.CONSENT
    assert decided["purpose-ring"] is PollKind.MARKS
    assert decided["focus-dots"] is PollKind.DOTS
    assert decided["principles-temperature"] is PollKind.FISTS
    assert decided["focus-balance"] is PollKind.BALANCE
    assert decided["focus-decide"] is PollKind.FIST


# ---- putting templates together ------------------------------------------------------------------------------------


def test_templates_follow_each_other_on_the_board_and_in_time() -> None:
    """[TPL-5]"""
    plan = shipped().plan(["arrive-short", "drivers", "leave"])
    assert plan is not None
    assert sum(phase.minutes for phase in plan.phases) == 5 + 30 + 5
    assert [phase.key for phase in plan.phases][:4] == ["arrive-welcome", "arrive-rim", "arrive-hope", "drivers-write"]
    assert plan.title == "Arrive and check in, Environment and drivers, Check out"
    boxes = absolute(plan)
    assert boxes["arrive-hope"][0] + boxes["arrive-hope"][2] < boxes["drivers-see"][0]
    write = plan.phase("drivers-write")
    assert write is not None
    assert write.opening("drivers-see") is not None


def test_a_region_that_no_phase_of_a_length_needs_is_left_out_and_the_gap_closed() -> None:
    """[TPL-5]"""
    of = OFFERS["cafe"].of
    assert isinstance(of, Template)
    third = next(step for step in of.phases if step.key == "round-3")
    assert third.short is None
    assert {r.key for r in OFFERS["cafe"].plan.regions} - {r.key for r in OFFERS["cafe-short"].plan.regions} == {
        "third"
    }
    # In the ninety minutes nobody places drivers in a field, and what stood beside it has moved up.
    boxes = absolute(OFFERS["board-reset"].plan)
    assert "drivers-force" not in boxes
    assert boxes["drivers-so-what"][0] == boxes["drivers-see"][0]


def test_templates_that_do_not_go_together_are_told() -> None:
    """[TPL-5]"""
    library = shipped()
    assert library.plan(["arrive", "nothing-of-that-name"]) is None
    assert library.plan([]) is None
    for keys in (["board-reset", "leave"], ["arrive", "arrive-short"]):
        with pytest.raises(Unfit):
            library.plan(keys)


def spoilt(name: str, **changes: Any) -> bytes:
    return json.dumps({**json.loads((FOLDER / name).read_bytes()), **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"parts": 1}',
        spoilt("arrive.json", format=2),
        spoilt("arrive.json", number="20"),
        spoilt("arrive.json", secret=1),
        spoilt("arrive.json", regions=[]),
        spoilt("arrive.json", people=["few", "many"]),
        spoilt("arrive.json", phases=[{"key": "rim", "title": "Rim", "minutes": 2, "opens": [{"region": "nowhere"}]}]),
        spoilt("board-reset.json", parts=[{"template": "nothing"}]),
        spoilt("board-reset.json", parts=[{"template": "arrive"}, {"template": "arrive"}]),
        spoilt("board-reset.json", phases={"leave-nothing": {"minutes": 2}}),
        spoilt("board-reset.json", phases={"leave-word": {"minutes": 0}}),
        spoilt("board-reset.json", order=["leave-nothing"]),
    ],
)
def test_what_is_no_template_is_not_shelved(body: bytes) -> None:
    """[TPL-1]"""
    others = [file.read_bytes() for file in FOLDER.iterdir() if file.name not in ("arrive.json", "board-reset.json")]
    if b"parts" in body:
        others.append((FOLDER / "arrive.json").read_bytes())
    with pytest.raises(Damaged):
        shelve([body, *others])


def test_two_templates_of_one_name_are_not_shelved() -> None:
    """[TPL-1]"""
    arrive = Template.model_validate_json((FOLDER / "arrive.json").read_bytes())
    bundle = Bundle.model_validate_json(
        spoilt("board-reset.json", key="arrive", parts=[{"template": "arrive"}], order=[], phases={})
    )
    with pytest.raises(Damaged, match="arrive"):
        Library([arrive], [bundle])


# ---- starting from one ---------------------------------------------------------------------------------------------


def board_of(bench: HostedBench) -> dict[str, Element]:
    """What stands on the board and was not taken off it."""
    stored = bench.reloaded()
    board = Board.load(stored.state, stored.updates, client_id=3)
    try:
        return {id: element for id, element in board.elements().items() if not element.deleted}
    finally:
        board.close()


def note_in(parent: str) -> bytes:
    """The update of somebody who puts a note into a frame."""
    board = Board(client_id=99)
    note = Element(NOTE, "note", (0, 90, 184, 104), parent, "a", "oat", "In there", {}, None, 0, deleted=False)
    board.write([Put(note)])
    update = board.commit()
    board.close()
    return update


def hosted() -> HostedBench:
    bench = HostedBench()
    bench.host = bench.join(identity("Rosa", Role.HOST))
    bench.ann = bench.join(identity("Ann"))
    return bench


@pytest.mark.parametrize("key", OFFERS)
def test_every_template_can_be_loaded_and_gone_through(key: str) -> None:
    """[TPL-6]"""
    bench = hosted()
    bench.do(bench.host, "show.load", template=key)
    bench.do(bench.host, "show.start")
    for phase in OFFERS[key].plan.phases[1:]:
        bench.do(bench.host, "show.go", phase=phase.key)
    assert bench.view(bench.ann)["show"]["at"] == OFFERS[key].plan.phases[-1].key


def test_pairs_and_threes_may_write_though_they_are_too_few_to_hide_a_name() -> None:
    """[PS-19]"""
    bench = HostedBench()
    bench.host = bench.join(identity("Rosa", Role.HOST))
    bench.do(bench.host, "show.load", template="pairs")
    ann, ben = identity("Ann"), identity("Ben")
    bench.join(ann)
    bench.join(ben)
    bench.settle()
    seats = {str(ann.seat): "one", str(ben.seat): "one"}
    bench.do(bench.host, "people.tables", tables={"one": "Two of us"}, seats=seats)
    bench.do(bench.host, "show.start")
    for phase in ("two", "four"):
        bench.do(bench.host, "show.go", phase=phase)


def test_a_template_puts_numbered_frames_with_prompts_on_the_board() -> None:
    """[TPL-6]"""
    bench = hosted()
    bench.do(bench.host, "show.load", template="principles", title="Spring board", purpose="To begin again.")
    show = bench.view(bench.ann)["show"]
    assert (show["title"], show["purpose"]) == ("Spring board", "To begin again.")
    elements = board_of(bench)
    frames = {region["key"]: elements[region["element"]] for region in show["regions"]}
    numbers = {key: frame.style.get("no") for key, frame in frames.items()}
    assert numbers | {"draft": 1, "promise": None, "shown": None, "visit": 2, "agreed": 3} == numbers
    assert frames["promise"].parent == frames["draft"].id
    for region in show["regions"]:
        assert frames[region["key"]].style["prompt"] == region["prompt"]
        assert (frames[region["key"]].text, frames[region["key"]].locked) == (region["title"], 1)


def test_another_template_takes_the_place_of_one_that_has_not_begun() -> None:
    """[TPL-6] Frames that something was put into stay."""
    bench = hosted()
    bench.do(bench.host, "show.load", template="arrive")
    before = {region["key"]: region["element"] for region in bench.view(bench.host)["show"]["regions"]}
    bench.edit(bench.host, note_in(before["hope"]))
    bench.settle()
    bench.do(bench.host, "show.load", template="leave")
    after = {region["element"] for region in bench.view(bench.host)["show"]["regions"]}
    assert board_of(bench).keys() == after | {before["hope"], NOTE}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"template": "nothing"}, "unknown"),
        ({"template": ["arrive", "nothing"]}, "unknown"),
        ({"template": ["arrive", "arrive"]}, "invalid"),
        ({"template": []}, "invalid"),
        ({"template": ["arrive"] * 21}, "invalid"),
        ({"template": 3}, "invalid"),
        (
            {"template": "arrive", "plan": {"title": "X", "phases": [{"key": "a", "title": "A", "minutes": 1}]}},
            "invalid",
        ),
    ],
)
def test_what_the_library_does_not_have_is_not_loaded(args: dict[str, object], code: str) -> None:
    """[TPL-6]"""
    bench = hosted()
    assert bench.refused(bench.host, "show.load", **args) == code
    assert bench.refused(bench.ann, "show.load", template="arrive") == "role"


def test_a_gathering_made_with_a_template_is_ready_or_has_begun() -> None:
    """[TPL-6]"""
    plan = shipped().plan(["arrive"])
    assert plan is not None
    changes, happened = prepared(plan, Draw(b"x" * 32), at=1_000, begins=False)
    state = fold(happened, {})
    assert (state.show.stage, state.show.at) == (Stage.READY, None)
    assert len(changes) == len(plan.regions)
    assert all(isinstance(change, Put) for change in changes)
    _, happened = prepared(plan, Draw(b"x" * 32), at=1_000, begins=True)
    state = fold(happened, {})
    assert (state.show.stage, state.show.at, state.show.started_at) == (Stage.LIVE, "welcome", 1_000)
    assert OFFERS["arrive"].length is Length.FULL
