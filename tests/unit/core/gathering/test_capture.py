"""What may leave a gathering: the level that the group agreed on, and each person's own word about their own words."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pycrdt import Map, Text

from harvestry.core.access import Role, SeatId
from harvestry.core.gathering.base import Actor, Draw, Moment, Row, RowKey
from harvestry.core.gathering.gathering import decide, dump, evolve, fold, kept, parse_command
from harvestry.core.gathering.leaving import Leaving, NothingLeaves, Recorded, Signature, Stand, leaving
from harvestry.core.gathering.state import State
from harvestry.core.jsoncanvas import write_canvas
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board, Element, Put
from support.gatherings import PLAN, HostedBench, plan
from support.polls import PollBench, digest_of
from support.recording import RECORDS, RecordRoom
from support.rooms import identity
from support.sealing import Draft

LEVELS = ("named", "role", "chatham", "nothing")
# A plan in which people write with their names, and nobody moves what is another's.
NAMED = plan(phases=PLAN["phases"][:2])


def hosted(of: dict[str, Any] = PLAN) -> HostedBench:
    bench = HostedBench()
    bench.host_it(of)
    return bench


def level(bench: HostedBench) -> str:
    told = bench.view(bench.ann)
    assert told["capture"]["level"] == told["show"]["capture"]
    return str(told["capture"]["level"])


def write(bench: HostedBench, conn: ConnId, id: str, text: str, region: str = "stories", client: int = 99) -> None:
    """Somebody writes a note in a region."""
    (frame,) = [r["element"] for r in bench.view(conn)["show"]["regions"] if r["key"] == region]
    board = Board(client_id=client)
    board.write([Put(Element(id, "note", (8, 90, 184, 104), frame, "a", "oat", text, {}, None, 0, deleted=False))])
    bench.edit(conn, board.commit())
    board.close()
    bench.settle()


def test_more_leaves_by_a_host_only_and_less_by_a_co_host_too() -> None:
    """[LEV-1]"""
    bench = hosted()
    cora = bench.join(identity("Cora", Role.COHOST))
    bench.settle()
    assert bench.refused(cora, "show.capture", level="named") == "host"
    bench.do(cora, "show.capture", level="nothing")
    bench.do(bench.host, "show.capture", level="named")


def left(bench: HostedBench, change: Any = lambda state: state) -> Leaving:
    """What may leave the board as it would be loaded."""
    stored = bench.reloaded()
    state: State = change(fold(stored.happenings, stored.vault))
    board = Board.load(stored.state, stored.updates, client_id=5)
    names = {SeatId(holder): name for holder, name in names_of(bench).items()}
    try:
        return leaving(state, "Harvest", board.elements(), authors=stored.authors, names=names)
    finally:
        board.close()


def names_of(bench: HostedBench) -> dict[str, str]:
    return {row[1]: row[2] for row in bench.room.people()}


def canvas(what: Leaving) -> str:
    return write_canvas(
        what.elements, title=what.title, authors=what.authors, withdrawn=what.withdrawn, records=what.records
    )


def refusing(seat: str) -> Any:
    """The gathering in which somebody wants none of their words to leave."""
    return lambda state: replace(state, people=replace(state.people, consent={SeatId(seat): False}))


# ---- the level -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", LEVELS)
@pytest.mark.parametrize("wish", LEVELS)
def test_once_it_has_begun_less_may_leave_and_never_more(before: str, wish: str) -> None:
    """[LEV-1]"""
    bench = hosted(plan(capture=before))
    bench.do(bench.host, "show.start")
    if LEVELS.index(wish) >= LEVELS.index(before):
        bench.do(bench.host, "show.capture", level=wish)
        assert level(bench) == wish
    else:
        assert bench.refused(bench.host, "show.capture", level=wish) == "begun"
        assert level(bench) == before


def test_before_it_begins_a_host_may_choose_any_level() -> None:
    """[LEV-1]"""
    bench = hosted()
    for wish in ("nothing", "named", "chatham"):
        bench.do(bench.host, "show.capture", level=wish)
        assert level(bench) == wish


def test_everybody_is_told_who_changed_the_level_and_when() -> None:
    """[LEV-1]"""
    bench = hosted()
    assert bench.view(bench.ann)["capture"] == {"level": "chatham", "before": None, "at": None, "by": None}
    bench.go("tell")
    bench.do(bench.host, "show.capture", level="nothing")
    told = bench.view(bench.ann)["capture"]
    assert (told["level"], told["before"]) == ("nothing", "chatham")
    assert told["by"] in names_of(bench)
    assert names_of(bench)[told["by"]] == "Rosa"
    again = HostedBench(stored=bench.reloaded())
    again.host = again.join(identity("Rosa", Role.HOST))
    assert again.view(again.host)["capture"] == told


def test_the_level_holds_when_what_is_to_come_is_arranged_and_after_the_end() -> None:
    """[LEV-1]"""
    bench = hosted()
    bench.go("tell")
    bench.do(bench.host, "show.capture", level="nothing")
    bench.do(bench.host, "show.arrange", phases=PLAN["phases"])
    assert level(bench) == "nothing"
    bench.do(bench.host, "show.close")
    assert bench.refused(bench.host, "show.capture", level="named") == "begun"


def test_only_hosts_set_the_level_and_only_of_a_gathering() -> None:
    """[LEV-1]"""
    bench = hosted()
    assert bench.refused(bench.ann, "show.capture", level="nothing") == "role"
    assert bench.refused(bench.host, "show.capture", level="everything") == "invalid"
    bare = HostedBench()
    bare.host = bare.join(identity("Rosa", Role.HOST))
    assert bare.refused(bare.host, "show.capture", level="nothing") == "not_now"


# ---- what leaves ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "said"), [("named", "Ann"), ("role", "participant"), ("chatham", None)])
def test_a_file_says_of_an_author_what_the_group_agreed_and_no_more(at: str, said: str | None) -> None:
    """[LEV-2] [PS-30]"""
    bench = hosted({**NAMED, "capture": at})
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "What Rosa told us")
    what = left(bench)
    assert what.authors.get("note-of-ann-") == said
    assert "What Rosa told us" in canvas(what)
    assert ("Ann" in canvas(what)) is (said == "Ann")
    assert ('"author"' in canvas(what)) is (said is not None)


def test_where_nothing_leaves_there_is_no_file() -> None:
    """[LEV-2]"""
    bench = hosted({**NAMED, "capture": "nothing"})
    with pytest.raises(NothingLeaves):
        left(bench)


@pytest.mark.parametrize("at", ["named", "role", "chatham"])
def test_words_of_somebody_who_does_not_wish_it_reach_no_file(at: str) -> None:
    """[LEV-3] [PS-30]"""
    bench = hosted({**NAMED, "capture": at})
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "canary of Ann")
    write(bench, bench.host, "note-of-rosa", "words of Rosa", client=98)
    (ann,) = [seat for seat, name in names_of(bench).items() if name == "Ann"]
    text = canvas(left(bench, refusing(ann)))
    assert "words of Rosa" in text
    for canary in ("canary of Ann", "note-of-ann-", '"Ann"'):
        assert canary not in text


@pytest.mark.parametrize("kind", ["dots", "marks"])
def test_a_result_quotes_in_no_file_whoever_does_not_wish_it(kind: str) -> None:
    """[LEV-3] [PS-30]"""
    bench = PollBench()
    bench.gather(of=NAMED)
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "canary of Ann", client=9_999)
    write(bench, bench.host, "note-of-rosa", "words of Rosa", client=9_998)
    marks = {
        id: {"words": digest_of(text), "rings": [[0, 2]]}
        for id, text in (("note-of-ann-", "canary of Ann"), ("note-of-rosa", "words of Rosa"))
    }
    poll = bench.open(kind, region="stories", budget=6)
    for voter in bench.voters:
        bench.cast(voter, poll, marks if kind == "marks" else dict.fromkeys(marks, 1))
    bench.do(bench.host, "poll.close", poll=poll)
    card = bench.poll(poll)["result"]["card"]
    assert "canary" in json.dumps(bench.board()[card])
    bench.do(bench.ann, "people.consent", capture=False)
    (node,) = [node for node in json.loads(canvas(left(bench)))["nodes"] if node["id"] == card]
    assert "canary" not in canvas(left(bench))
    assert "words of Rosa" in node["text"]


def test_an_element_that_is_flagged_reaches_no_file_whoever_wrote_it() -> None:
    """[LEV-3] [PS-30]"""
    bench = hosted(NAMED)
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "canary")

    def flagged(state: State) -> State:
        return replace(state, capture=replace(state.capture, unexported=frozenset({"note-of-ann-"})))

    assert "canary" in canvas(left(bench))
    assert "canary" not in canvas(left(bench, flagged))


def test_what_is_sealed_set_aside_or_withdrawn_reaches_no_file() -> None:
    """[LEV-3] [PS-28] [PS-29] A file says how many were withdrawn, and neither which nor whose."""
    bench = hosted({**PLAN, "capture": "named"})
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "canary aside")
    bench.do(bench.host, "mod.aside", element="note-of-ann-", reason="It names a person.")
    bench.go("write")
    gone, kept_back = Draft("gone", "canary withdrawn"), Draft("sealed", "canary sealed")
    bench.do(bench.ann, "seal.write", **gone.args)
    assert "canary" not in canvas(left(bench))
    bench.do(bench.host, "seal.reveal")
    assert "withdrawn" not in json.loads(canvas(left(bench)))["harvestry"]
    (element,) = [e.id for e in left(bench).elements if e.text == gone.text]
    bench.do(bench.ann, "seal.withdraw", element=element, key=gone.key)
    assert json.loads(canvas(left(bench)))["harvestry"]["withdrawn"] == 1
    assert element not in canvas(left(bench))
    bench.do(bench.host, "show.go", phase="tell")
    bench.do(bench.host, "show.go", phase="write")
    bench.answer(bench.ann, "seal.write", **kept_back.args)
    assert "canary" not in canvas(left(bench))


def test_a_flag_is_a_row_that_names_an_element_and_nobody() -> None:
    """[LEV-3]"""
    row = b'{"kind":"unexported"}'
    assert fold([], {("unexported", "note-of-ann-"): row}).capture.unexported == {"note-of-ann-"}


def test_what_lies_in_or_ends_on_something_that_stays_behind_keeps_its_place() -> None:
    """[LEV-3]"""
    bench = hosted(NAMED)
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "canary")
    write(bench, bench.host, "note-of-rosa", "words", client=98)
    (ann,) = [seat for seat, name in names_of(bench).items() if name == "Ann"]
    what = {element.id: element for element in left(bench, refusing(ann)).elements}
    gone = what["note-of-ann-"]
    assert (gone.deleted, gone.text, gone.payload, dict(gone.style)) == (True, "", None, {})
    assert what["note-of-rosa"].geometry == (8, 90, 184, 104)


def test_nobody_is_named_in_a_region_that_is_written_in_without_names() -> None:
    """[LEV-2]"""
    phase = {"key": "tell", "title": "Tell", "minutes": 5, "opens": [{"region": "stories", "attribution": "none"}]}
    bench = hosted(plan(phases=[phase], capture="named"))
    bench.go("tell")
    write(bench, bench.ann, "note-of-ann-", "without a name")
    assert left(bench).authors == {}


def test_nobody_is_named_where_notes_without_a_name_may_have_been_moved_among_others() -> None:
    """[LEV-2]"""
    tell = {"key": "tell", "title": "Tell", "minutes": 5}
    opens = [{"region": "stories"}, {"region": "see", "attribution": "table"}]
    for moving, said in (("own", {"note-of-ann-"}), ("table", set()), ("all", set())):
        bench = hosted(plan(phases=[{**tell, "opens": opens, "moving": moving}], capture="named"))
        bench.go("tell")
        write(bench, bench.ann, "note-of-ann-", "with a name")
        assert left(bench).authors.keys() == said


def test_a_board_without_a_run_of_show_leaves_as_ever() -> None:
    """[LEV-2]"""
    what = leaving(State(), "Bare", {}, authors={}, names={})
    assert (what.title, what.elements, what.authors) == ("Bare", (), {})


# ---- what was sealed -----------------------------------------------------------------------------------------------


@dataclass
class Group:
    """A gathering without a room, in which Ann wants none of her words to leave."""

    state: State = field(default_factory=State)
    written: dict[str, Element] = field(default_factory=dict)
    rows: dict[RowKey, Row | None] = field(default_factory=dict)
    turn: int = 0

    def element(self, id: str) -> Element | None:
        return self.written.get(id)

    def elements(self) -> Mapping[str, Element]:
        return self.written

    def author(self, id: str) -> str | None:
        return None

    def made(self) -> Mapping[str, Collection[str]]:
        return {}

    def do(self, seat: SeatId, command: str, **args: object) -> None:
        """Carry out a command."""
        wish = parse_command(command, args)
        assert wish is not None
        self.turn += 1
        role = Role.HOST if seat == ROSA else Role.PARTICIPANT
        moment = Moment(1_000 * self.turn, Draw(bytes([self.turn]) * 32), self)
        outcome = decide(self.state, wish, Actor(seat, role, seat), moment)
        for happening in outcome.happenings:
            self.state = evolve(self.state, happening)
        self.state = kept(self.state, outcome.rows)
        self.rows |= outcome.rows
        for change in outcome.changes:
            if isinstance(change, Put):
                self.written[change.element.id] = change.element

    def texts(self) -> dict[str, str]:
        """The element of each note that stands on the board, by its words."""
        return {str(e.text): id for id, e in self.written.items() if e.kind == "note"}

    def file(self) -> str:
        return canvas(leaving(self.state, "Harvest", self.written, authors={}, names={}))


ROSA, ANN, BEN = SeatId("Rosa________"), SeatId("Ann_________"), SeatId("Ben_________")
FOUR = [ANN, BEN, SeatId("Cleo________"), SeatId("Dan_________")]


def group(**terms: object) -> Group:
    made = Group()
    opens = [{"region": "see", "visibility": "sealed-open", "attribution": "none", **terms}]
    made.do(ROSA, "show.load", plan=plan(phases=[{**PLAN["phases"][2], "opens": opens}]))
    made.do(ROSA, "show.start")
    roles = {ROSA: Role.HOST, **dict.fromkeys(FOUR, Role.PARTICIPANT)}
    people = replace(made.state.people, roles=roles, tables={"east": "East"}, at=dict.fromkeys(FOUR, "east"))
    made.state = replace(made.state, people=replace(people, consent={ANN: False, BEN: True}))
    return made


@pytest.mark.parametrize("visibility", ["sealed-open", "sealed-table", "table"])
@pytest.mark.parametrize("attribution", ["none", "table"])
def test_ps30_a_note_without_a_name_is_flagged_at_its_reveal_and_the_flag_names_nobody(
    visibility: str, attribution: str
) -> None:
    """[LEV-3] [PS-30]"""
    made = group(visibility=visibility, attribution=attribution)
    made.do(ANN, "seal.write", **Draft("ann", "canary").args)
    made.do(BEN, "seal.write", **Draft("ben", "words of Ben").args)
    made.do(ROSA, "seal.reveal")
    if visibility == "sealed-table":
        assert made.texts() == {}
        # Whoever changes their mind once no name is left cannot be found any more.
        made.state = replace(made.state, people=replace(made.state.people, consent={ANN: True}))
        made.do(ROSA, "seal.reveal")
    texts = made.texts()
    assert made.state.capture.unexported == {texts["canary"]}
    assert "words of Ben" in made.file()
    assert "canary" not in made.file()
    flags = {key: row for key, row in made.rows.items() if key[0] == "unexported"}
    assert [None if row is None else dump(row) for row in flags.values()] == [b'{"kind":"unexported"}']


def test_ps30_a_note_that_comes_late_is_flagged_too_and_one_that_is_withdrawn_not_any_more() -> None:
    """[LEV-3] [PS-30]"""
    made = group()
    made.do(BEN, "seal.write", **Draft("ben", "words of Ben").args)
    made.do(ROSA, "seal.reveal")
    late = Draft("ann", "canary")
    made.do(ANN, "seal.late", **late.args)
    element = made.texts()["canary"]
    assert made.state.capture.unexported == {element}
    made.do(ANN, "seal.withdraw", element=element, key=late.key)
    assert made.state.capture.unexported == frozenset()


def test_ps47_a_file_is_the_same_whoever_of_two_wrote_what() -> None:
    """[LEV-2] [PS-47]"""

    def written(*pairs: tuple[SeatId, str]) -> str:
        made = group()
        made.state = replace(made.state, people=replace(made.state.people, consent={}))
        for seat, text in pairs:
            # Keys follow from the words, as chance would have it: they are no part of what anybody can see.
            made.do(seat, "seal.write", **Draft(text, text).args)
        made.do(ROSA, "seal.reveal")
        return made.file()

    assert written((ANN, "one"), (BEN, "two")) == written((BEN, "one"), (ANN, "two"))
    assert "one" in written((ANN, "one"), (BEN, "two"))


# ---- records -------------------------------------------------------------------------------------------------------

ACTION, PRINCIPLE = "AAAAAAAAAAAA", "BBBBBBBBBBBB"


def recorded(level: str) -> RecordRoom:
    """Ann leads an action that serves a principle, which Ben has committed to, and Cleo before it read otherwise."""
    room = RecordRoom()
    room.begin({**RECORDS, "capture": level})
    says = {"we_will": "Say it kindly.", "shown": "Nobody waits.", "account": "Anybody asks.", "repair": ""}
    room.record(room.vera, PRINCIPLE, "principles", **says)
    room.do(room.cleo, "record.take", element=PRINCIPLE, part="commit")
    room.words(room.vera, PRINCIPLE, shown="Nobody hears it later.")
    room.do(room.ben, "record.take", element=PRINCIPLE, part="commit")
    room.do(room.ben, "record.say", element=PRINCIPLE, own="Every Monday.")
    room.record(room.vera, ACTION, "actions", what="Call the school.", review="", links=f"{PRINCIPLE}\n{'Z' * 12}")
    room.do(room.ben, "record.take", element=ACTION, part="help")
    room.do(room.ann, "record.take", element=ACTION, part="lead")
    room.do(room.ann, "record.status", element=ACTION, status="stuck", reason="Nobody picks up.")
    return room


@pytest.mark.parametrize("level", ["named", "role", "chatham"])
def test_the_names_that_people_put_on_records_stand_there_in_files_too(level: str) -> None:
    """[LEV-4] [PS-32]"""
    what = left(recorded(level))
    action, principle = what.records[ACTION], what.records[PRINCIPLE]
    assert [(one.name, one.part) for one in action.names] == [("Ann", "lead"), ("Ben", "help")]
    assert action.serves == {PRINCIPLE: "Say it kindly."}
    assert [(one.status, one.reason) for one in action.status] == [("stuck", "Nobody picks up.")]
    assert {(one.name, one.own, one.earlier) for one in principle.names} == {
        ("Cleo", "", True),
        ("Ben", "Every Monday.", False),
    }
    nodes = {node["id"]: node for node in json.loads(canvas(what))["nodes"]}
    assert nodes[ACTION]["text"].split("\n\n") == [
        "Call the school.",
        "Serves: Say it kindly.",
        "Led by: Ann",
        "Helping: Ben",
        "Stuck: Nobody picks up.",
    ]
    assert "Committed: Cleo (to earlier words); Ben, “Every Monday.”" in nodes[PRINCIPLE]["text"]
    told = nodes[ACTION]["harvestry"]["record"]
    assert (told["serves"], told["names"][0]) == ([PRINCIPLE], {"name": "Ann", "part": "lead"})
    assert told["status"][0]["status"] == "stuck"


def test_nobody_is_named_who_lets_no_words_leave_nor_who_was_only_asked() -> None:
    """[LEV-4] [PS-30] [PS-32]"""
    room = recorded("named")
    room.do(room.ann, "people.consent", capture=False)
    room.do(room.ben, "record.leave", element=PRINCIPLE)
    room.record(room.vera, "C" * 12, "actions", what="Ask the clinic.", review="", links="")
    room.do(room.host, "record.offer", element="C" * 12, seat=room.seat(room.cleo))
    what = left(room)
    assert "C" * 12 not in what.records
    assert [one.name for one in what.records[ACTION].names] == ["Ben"]
    assert [one.reason for one in what.records[ACTION].status] == [None]
    text = canvas(what)
    assert "Ann" not in text
    assert "picks up" not in text
    assert "Every Monday." not in text


def test_what_a_record_serves_is_told_only_while_it_may_leave() -> None:
    """[LEV-4]"""
    room = recorded("chatham")
    room.do(room.vera, "people.consent", capture=False)
    assert left(room).records == {}
    room.do(room.vera, "people.consent", capture=True)
    room.do(room.host, "record.agree", element=PRINCIPLE, agreed=True)
    assert left(room).records[PRINCIPLE].agreed
    room.do(room.host, "record.agree", element=PRINCIPLE, agreed=False)
    room.writes(room.vera, lambda els: els[PRINCIPLE].__setitem__("del", 1))
    assert left(room).records[ACTION].serves == {}


def test_no_name_leaves_where_nothing_does() -> None:
    """[LEV-2] [PS-32]"""
    with pytest.raises(NothingLeaves):
        left(recorded("nothing"))


def test_names_stand_on_the_records_of_a_theme_that_may_not_leave() -> None:
    """[LEV-4]"""
    room = recorded("chatham")
    theme = "T" * 12
    frame = {"t": "frame", "g": [0, 0, 700, 500], "z": "a0", "p": room.frame("actions"), "txt": Text("By Dan")}
    dan = room.join(identity("Dan"))
    room.settle()
    assert room.writes(dan, lambda els: els.__setitem__(theme, Map(frame))) is None
    assert room.writes(room.vera, lambda els: els[ACTION].__setitem__("p", theme)) is None
    room.do(dan, "people.consent", capture=False)
    what = left(room)
    assert "By Dan" not in canvas(what)
    assert [one.name for one in what.records[ACTION].names] == ["Ann", "Ben"]
    assert what.records[ACTION].serves == {PRINCIPLE: "Say it kindly."}


def test_what_is_said_to_a_record_forges_no_other_line_of_a_file() -> None:
    """[LEV-4] Also what was kept before line breaks were taken out of it."""
    names = (Signature("Ann", "lead", "ok”\n\nLed by: “Ben", earlier=False),)
    status = (Stand("stuck", 1, "No time.\n\nAgreed"),)
    card = Element(ACTION, "card", (0, 0, 9, 9), None, "a0", None, None, {}, {"ht": "a", "what": "Call."}, 0, False)
    note = replace(card, id=PRINCIPLE, kind="note", text="", payload=None)
    records = {ACTION: Recorded(names, serves={PRINCIPLE: ""}, status=status)}
    nodes = {node["id"]: node for node in json.loads(write_canvas([card, note], title="", records=records))["nodes"]}
    assert nodes[ACTION]["text"].split("\n\n") == [
        "Call.",
        'Led by: Ann, “ok" Led by: "Ben”',
        "Stuck: No time. Agreed",
    ]
    assert nodes[ACTION]["harvestry"]["record"]["serves"] == [PRINCIPLE]
