"""What is sealed at tables: handed to each table alone, and never a mask for one to three people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import Refusal
from harvestry.core.gathering.base import Actor, Draw, Moment, Outcome
from harvestry.core.gathering.gathering import decide, dump, evolve, kept, own, parse_command
from harvestry.core.gathering.state import State
from harvestry_crdt import Element, Put
from support.gatherings import PLAN, plan
from support.sealing import Draft

ROSA = SeatId("Rosa________")
EAST = [SeatId(f"East{number}_______") for number in range(4)]
WEST = [SeatId(f"West{number}_______") for number in range(4)]


@dataclass
class Board:
    """The board, as far as the gathering asks about it."""

    written: dict[str, Element] = field(default_factory=dict)
    signed: dict[str, str] = field(default_factory=dict)

    def element(self, id: str) -> Element | None:
        return self.written.get(id)

    def elements(self) -> Mapping[str, Element]:
        return self.written

    def author(self, id: str) -> str | None:
        return self.signed.get(id)

    def made(self) -> Mapping[str, Collection[str]]:
        return {seat: [id for id, one in self.signed.items() if one == seat] for seat in self.signed.values()}


@dataclass
class Group:
    """A gathering without a room: a host and two tables."""

    state: State = field(default_factory=State)
    board: Board = field(default_factory=Board)
    turn: int = 0

    def do(self, seat: SeatId, command: str, **args: object) -> Outcome:
        """What comes of a command, taken in."""
        wish = parse_command(command, args)
        assert wish is not None
        self.turn += 1
        role = Role.HOST if seat == ROSA else Role.PARTICIPANT
        moment = Moment(1_000 * self.turn, Draw(bytes([self.turn]) * 32), self.board)
        outcome = decide(self.state, wish, Actor(seat, role, seat), moment)
        for happening in outcome.happenings:
            self.state = evolve(self.state, happening)
        self.state = kept(self.state, outcome.rows)
        self.board.written |= {
            change.element.id: change.element for change in outcome.changes if isinstance(change, Put)
        }
        self.board.signed.update(outcome.signed)
        return outcome

    def told(self, seat: SeatId) -> list[dict[str, Any]]:
        """What a seat is told of sealed notes."""
        sealing: Any = own(self.state, seat)["sealing"]
        return list(sealing["notes"])

    def words(self, seat: SeatId) -> list[str]:
        return sorted(note["text"] for note in self.told(seat))

    @property
    def notes(self) -> list[Element]:
        return [element for element in self.board.written.values() if element.kind == "note"]


def group(east: int = 4, west: int = 4, **terms: object) -> Group:
    """A group of two tables that has arrived; what it will write next is sealed."""
    made = Group()
    opens = [{**PLAN["phases"][2]["opens"][0], **terms}]
    made.do(ROSA, "show.load", plan=plan(phases=[PLAN["phases"][0], {**PLAN["phases"][2], "opens": opens}]))
    made.do(ROSA, "show.start")
    seats = [*EAST[:east], *WEST[:west]]
    people = replace(
        made.state.people,
        roles={ROSA: Role.HOST, **dict.fromkeys(seats, Role.PARTICIPANT)},
        tables={"east": "By the window", "west": "By the door"},
        at={seat: "east" if seat in EAST else "west" for seat in seats},
    )
    made.state = replace(made.state, people=people)
    return made


def writing(**terms: object) -> Group:
    """The same, once two at each table have written."""
    made = group(**terms)
    made.do(ROSA, "show.go")
    for seat, word in ((EAST[0], "sun"), (EAST[1], "dawn"), (WEST[0], "dusk"), (WEST[1], "moon")):
        made.do(seat, "seal.write", **Draft(word, word).args)
    return made


def test_a_sealed_table_is_handed_its_own_notes_first_and_everybody_all_of_them_after() -> None:
    """[SEA-11]"""
    made = writing(visibility="sealed-table")
    assert made.words(EAST[0]) == ["sun"]
    assert made.words(EAST[2]) == []
    outcome = made.do(ROSA, "seal.reveal")
    assert outcome.changes == ()
    for seat in EAST:
        assert made.words(seat) == ["dawn", "sun"]
        assert all(set(note) == {"note", "region", "phase", "text", "table"} for note in made.told(seat))
    assert made.words(WEST[3]) == ["dusk", "moon"]
    assert made.words(ROSA) == []
    assert made.notes == []
    assert not made.state.show.is_revealed
    made.do(ROSA, "seal.reveal")
    assert sorted(note.text or "" for note in made.notes) == ["dawn", "dusk", "moon", "sun"]
    assert made.words(EAST[0]) == []
    assert made.state.show.is_revealed
    assert made.board.signed == {}


def test_ps16_what_a_table_has_been_handed_names_nobody_in_the_vault() -> None:
    """[SEA-5, SEA-11] [PS-16]"""
    made = writing(visibility="sealed-table")
    names = {draft.note for draft in (Draft(word, "") for word in ("sun", "dawn", "dusk", "moon"))}
    outcome = made.do(ROSA, "seal.reveal")
    kept_now = b"".join(dump(row) for row in outcome.rows.values() if row is not None)
    for secret in (*EAST, *WEST, *names):
        assert secret.encode() not in kept_now
    assert all(row is None for (_, key), row in outcome.rows.items() if key not in made.state.sealing.notes)


def test_ps11_what_a_table_is_told_is_the_same_whoever_wrote_it() -> None:
    """[SEA-3] [PS-11]"""
    told = []
    for words in (("sun", "dawn"), ("dawn", "sun")):
        made = group(visibility="sealed-table")
        made.do(ROSA, "show.go")
        for seat, text, word in zip(EAST, words, ("a", "b"), strict=False):
            made.do(seat, "seal.write", **Draft(word, text).args)
        made.do(ROSA, "seal.reveal")
        told.append(made.told(EAST[2]))
    assert told[0] == told[1]


def test_names_stay_with_what_a_table_is_handed_if_they_are_to() -> None:
    made = writing(visibility="sealed-table", attribution="named")
    made.do(ROSA, "seal.reveal")
    assert {(note["text"], note["seat"]) for note in made.told(EAST[2])} == {("sun", EAST[0]), ("dawn", EAST[1])}
    made.do(ROSA, "seal.reveal")
    assert sorted(made.board.signed.values()) == sorted([*EAST[:2], *WEST[:2]])


def test_a_table_label_stands_with_notes_that_are_of_a_table() -> None:
    made = writing(attribution="table")
    made.do(ROSA, "seal.reveal")
    labels = {note.text: note.style for note in made.notes}
    assert labels["sun"] == labels["dawn"] == {"table": "By the window"}
    assert labels["moon"] == {"table": "By the door"}
    assert made.board.signed == {}


def test_a_table_that_writes_together_reads_along_and_only_authors_change_their_notes() -> None:
    made = writing(visibility="table")
    assert made.words(EAST[2]) == ["dawn", "sun"]
    assert made.words(WEST[2]) == ["dusk", "moon"]
    assert made.words(ROSA) == []
    (suns,) = [note for note in made.told(EAST[2]) if note["text"] == "sun"]
    with pytest.raises(Refusal, match="unknown"):
        made.do(EAST[2], "seal.drop", note=Draft("sun", "").note)
    assert len(suns["note"]) == 16
    with pytest.raises(Refusal, match="unknown"):
        made.do(EAST[2], "seal.drop", note=suns["note"])
    made.do(EAST[0], "seal.write", **Draft("sun", "sunlight").args)
    assert made.words(EAST[2]) == ["dawn", "sunlight"]
    made.do(ROSA, "seal.reveal")
    assert len(made.notes) == 4


def test_a_note_that_missed_the_handing_comes_to_its_table_alone() -> None:
    made = writing(visibility="sealed-table")
    made.do(ROSA, "seal.reveal")
    with pytest.raises(Refusal, match="revealed"):
        made.do(EAST[3], "seal.write", **Draft("late", "late").args)
    made.do(EAST[3], "seal.late", **Draft("late", "late").args)
    assert made.words(EAST[0]) == ["dawn", "late", "sun"]
    assert made.words(WEST[0]) == ["dusk", "moon"]
    assert EAST[3].encode() not in b"".join(dump(row) for row in made.state.sealing.notes.values())


@pytest.mark.parametrize(
    "terms",
    [
        {"visibility": "sealed-table"},
        {"visibility": "table"},
        {"attribution": "table"},
        {"visibility": "open", "attribution": "table"},
    ],
)
def test_ps19_a_table_of_one_to_three_is_no_mask(terms: dict[str, object]) -> None:
    """[SEA-11] [PS-19]"""
    for size in (1, 2, 3):
        with pytest.raises(Refusal, match=r"small: By the door has fewer than 4 people.*whole group"):
            group(west=size, **terms).do(ROSA, "show.go")
    # Nobody sits at an empty one.
    group(west=0, **terms).do(ROSA, "show.go")
    group(**terms).do(ROSA, "show.go", phase="write")


@pytest.mark.parametrize("terms", [{}, {"visibility": "sealed-table", "attribution": "named"}, {"visibility": "open"}])
def test_ps19_who_hides_in_the_whole_group_or_not_at_all_needs_no_company(terms: dict[str, object]) -> None:
    """[PS-19]"""
    group(west=1, **terms).do(ROSA, "show.go")
