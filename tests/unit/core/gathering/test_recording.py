"""Records: what they need to say, names that only their owners put on them, offers, and what is agreed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import Refusal
from harvestry.core.gathering.base import Actor, Draw, Moment
from harvestry.core.gathering.gathering import decide, fold, own, parse_command, read_row, rows_about, view
from harvestry.core.gathering.people import Removed
from harvestry.core.gathering.plan import Names, Plan, Region
from harvestry.core.gathering.recording import MOST_NAMES, MOST_OFFERS, MOST_OVERTAKEN, MOST_STANDINGS, RECORDING
from harvestry.core.gathering.records import OWN_WORDS, Name, Offer, Recording, promised
from harvestry.core.gathering.state import People, Show, Stage, State
from harvestry_crdt import Element
from support.recording import RECORDS, RecordRoom

A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
WHOLE = {"we_will": "Say the hard thing kindly.", "shown": "Nobody waits.", "account": "Anybody asks.", "repair": ""}
FIELDS = [
    {"key": "we_will", "label": "We will…", "needed": True},
    {"key": "shown", "label": "You will see it when", "needed": True},
    {"key": "repair", "label": "When we slip, we…"},
]
ACTION = {"what": "Call the school.", "review": ""}


@pytest.fixture
def room() -> RecordRoom:
    room = RecordRoom()
    room.begin()
    assert room.record(room.ann, A, "actions", **ACTION) is None
    return room


# ---- what a record says ----------------------------------------------------------------------------------------------


def test_everybody_is_told_what_the_records_of_a_region_say(room: RecordRoom) -> None:
    """[REC-1]"""
    regions = {region["key"]: region for region in room.view(room.ann)["show"]["regions"]}
    assert [field["label"] for field in regions["principles"]["fields"]][:1] == ["We will…"]
    assert regions["principles"]["fields"][3]["needed"] is False
    assert (regions["actions"]["names"], regions["stories"]["names"]) == ("lead", "none")
    assert regions["stories"]["fields"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "notes"},
        {"fields": [{"key": "a", "label": "A"}], "names": "lead"},
        {"fields": [{"key": "a", "label": "A", "needed": True}] * 2},
        {"fields": [{"key": "ht", "label": "A", "needed": True}]},
        {"fields": [{"key": "A b", "label": "A", "needed": True}]},
        {"names": "somebody"},
        {"serves": [""]},
        {"fields": [{"key": "links", "label": "A", "needed": True}]},
        {"serves": ["principle"], "fields": [], "names": "none"},
    ],
)
def test_a_region_whose_fields_make_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """[REC-1]"""
    region = RECORDS["regions"][1]
    assert Region.model_validate_json(json.dumps(region)).names is Names.LEAD
    with pytest.raises(ValidationError):
        Region.model_validate_json(json.dumps({**region, **wrong}))


def test_a_record_that_lacks_something_is_neither_agreed_nor_promised(room: RecordRoom) -> None:
    """[REC-2]"""
    assert room.record(room.ann, B, "principles", **{**WHOLE, "shown": "  ", "account": ""}) is None
    answer = room.answer(room.vera, "record.agree", element=B, agreed=True)
    assert answer[2:] == [
        "incomplete",
        "This is not complete yet: You will see it when…, We hold each other to account by….",
    ]
    assert room.refused(room.ben, "record.take", element=B, part="commit") == "incomplete"
    assert room.words(room.ben, B, shown="Nobody waits.", account="Anybody asks.") is None
    room.do(room.ben, "record.take", element=B, part="commit")
    room.do(room.vera, "record.agree", element=B, agreed=True)
    assert room.view(room.ann)["recording"]["agreed"] == [B]


def test_what_is_agreed_keeps_its_words_until_it_is_opened_again(room: RecordRoom) -> None:
    """[REC-3]"""
    room.record(room.ann, B, "principles", **WHOLE)
    room.do(room.vera, "record.agree", element=B, agreed=True)
    for conn in (room.ann, room.vera, room.host):
        assert room.words(conn, B, shown="") == "agreed"
        assert room.writes(conn, lambda els: els[B].__setitem__("del", 1)) == "agreed"
        assert room.writes(conn, lambda els: els.__delitem__(B)) == "agreed"
    assert room.board()[B]["d"]["shown"] == WHOLE["shown"]
    assert room.writes(room.vera, lambda els: els[B].__setitem__("g", [40, 90, 320, 200])) is None
    room.do(room.host, "record.agree", element=B, agreed=False)
    assert room.words(room.ann, B, shown="Other words.") is None
    assert [power["what"] for power in room.view(room.ann)["moderating"]["powers"]][-2:] == [
        "marked a record as agreed",
        "no longer marks a record as agreed",
    ]


def test_only_the_host_team_marks_what_is_agreed(room: RecordRoom) -> None:
    """[REC-3]"""
    assert room.refused(room.ann, "record.agree", element=A, agreed=True) == "role"


# ---- names -----------------------------------------------------------------------------------------------------------


def test_everybody_commits_for_themselves_and_takes_it_back_without_a_trace(room: RecordRoom) -> None:
    """[REC-4] [PS-32]"""
    room.record(room.ann, B, "principles", **WHOLE)
    room.do(room.ann, "record.take", element=B, part="commit")
    room.do(room.ben, "record.take", element=B, part="commit")
    expected = [(room.seat(room.ann), "commit"), (room.seat(room.ben), "commit")]
    assert room.names(B) == room.names(B, room.cleo) == expected
    room.do(room.ann, "record.leave", element=B)
    assert room.names(B) == expected[1:]
    room.do(room.ben, "record.leave", element=B)
    assert B not in room.view(room.host)["recording"]["names"]
    assert room.do(room.ben, "record.leave", element=B) is None
    assert all(room.seat(room.ann).encode() not in body for entry in room.entries for body in _said(entry, "record"))


def _said(entry: Any, kind: str) -> list[bytes]:
    return [body for body in entry.happenings if f'"kind":"{kind}'.encode() in body]


def test_one_leads_and_others_help(room: RecordRoom) -> None:
    """[REC-4] [PS-32]"""
    room.do(room.ann, "record.take", element=A, part="lead")
    assert room.refused(room.ben, "record.take", element=A, part="lead") == "led"
    room.do(room.ben, "record.take", element=A, part="help")
    assert room.names(A) == [(room.seat(room.ann), "lead"), (room.seat(room.ben), "help")]
    room.do(room.ann, "record.leave", element=A)
    room.do(room.ben, "record.take", element=A, part="lead")
    assert room.names(A) == [(room.seat(room.ben), "lead")]


def test_nobody_takes_what_is_no_record_or_in_a_way_that_it_does_not_ask_for(room: RecordRoom) -> None:
    """[REC-4]"""
    room.record(room.ann, B, "principles", **WHOLE)
    assert room.refused(room.ben, "record.take", element=B, part="lead") == "kind"
    assert room.refused(room.ben, "record.take", element=A, part="commit") == "kind"
    assert room.refused(room.ben, "record.take", element="C" * 12, part="lead") == "unknown"
    room.record(room.ann, "D" * 12, "stories", **ACTION)
    assert room.refused(room.ben, "record.take", element="D" * 12, part="lead") == "unknown"
    room.writes(room.ann, lambda els: els[A].__setitem__("del", 1))
    assert room.refused(room.ben, "record.take", element=A, part="lead") == "unknown"


def test_no_command_puts_anybody_elses_name_on_anything(room: RecordRoom) -> None:
    """[REC-5] [PS-32] A seat that is named in a command, by whoever, is a mistake in it."""
    for conn in (room.host, room.vera, room.ben):
        for args in ({"seat": room.seat(room.ann)}, {"by": room.seat(room.ann)}, {"name": "Ann"}):
            assert room.refused(conn, "record.take", element=A, part="lead", **args) == "invalid"
    room.words(room.ben, A, what=f"Ann leads this. {room.seat(room.ann)}")
    assert room.names(A) == []


def test_a_name_stands_for_the_words_that_were_there_when_it_was_put(room: RecordRoom) -> None:
    """[REC-5] [PS-32]"""
    room.do(room.ann, "record.take", element=A, part="lead")
    (before,) = room.digests(A)
    assert len(before) == 16
    room.words(room.ben, A, review="In May.")
    room.do(room.cleo, "record.take", element=A, part="help")
    # What was added is no other promise.
    assert room.digests(A) == {before}
    room.words(room.ben, A, what="Pay for the school.")
    room.do(room.ben, "record.take", element=A, part="help")
    assert room.digests(A) > {before}
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.cleo, "record.take", element=A, part="help")
    assert before not in room.digests(A)


def test_the_digest_of_a_promise_is_the_one_that_clients_make() -> None:
    """[REC-5]"""
    region = Region.model_validate_json(json.dumps(RECORDS["regions"][0] | {"fields": FIELDS}))
    payload = {"ht": "principle", "we_will": " Say it kindly.\n", "shown": "Nobody waits.", "repair": "Whatever."}
    assert promised(region, replace(RECORD, payload=payload)) == "7Idz0PG1o6x-HjWg"


# ---- words of one's own ----------------------------------------------------------------------------------------------


def test_words_of_ones_own_are_changed_and_taken_away_by_their_owner_alone(room: RecordRoom) -> None:
    """[REC-10]"""
    room.record(room.ann, B, "principles", **WHOLE)
    for conn in (room.ann, room.ben):
        room.do(conn, "record.take", element=B, part="commit")
    room.do(room.ann, "record.say", element=B, own="  On Mondays, first.  ")
    assert room.own_words(B) == ["On Mondays, first.", ""]
    for conn in (room.cleo, room.host):
        assert room.refused(conn, "record.say", element=B, own="Ann never does.") == "unknown"
    assert room.refused(room.ben, "record.say", element=B, own="x", seat=room.seat(room.ann)) == "invalid"
    assert room.refused(room.ann, "record.say", element=B, own="x" * (OWN_WORDS + 1)) == "invalid"
    # Said again to other words of the record, they stay; and they are no other promise.
    before = room.digests(B)
    room.do(room.ann, "record.take", element=B, part="commit")
    assert (room.own_words(B), room.digests(B)) == (["", "On Mondays, first."], before)
    room.do(room.ann, "record.say", element=B, own="")
    assert room.own_words(B) == ["", ""]


@pytest.mark.parametrize("command", [("record.leave", {"element": B}), ("own.delete", {})])
def test_words_of_ones_own_go_with_ones_name(room: RecordRoom, command: tuple[str, dict[str, Any]]) -> None:
    """[REC-10]"""
    room.record(room.cleo, B, "principles", **WHOLE)
    room.do(room.ann, "record.take", element=B, part="commit")
    room.do(room.ann, "record.say", element=B, own="On Mondays, first.")
    room.do(room.ann, command[0], **command[1])
    room.do(room.ann, "record.take", element=B, part="commit")
    assert room.own_words(B) == [""]
    assert not any(b"Mondays" in body for entry in room.entries for body in entry.happenings)


# ---- how an action stands --------------------------------------------------------------------------------------------


def test_whoever_leads_or_helps_says_how_an_action_stands(room: RecordRoom) -> None:
    """[REC-11]"""
    ann, ben = room.seat(room.ann), room.seat(room.ben)
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ben, "record.take", element=A, part="help")
    room.do(room.ann, "record.status", element=A, status="moving")
    room.do(room.ben, "record.status", element=A, status="stuck", reason="Nobody picks up.")
    for conn in (room.cleo, room.host, room.vera):
        assert room.refused(conn, "record.status", element=A, status="done") == "theirs"
    room.do(room.ben, "record.status", element=A, status="stuck", reason="Nobody picks up.")
    expected = [("moving", ann, None), ("stuck", ben, "Nobody picks up.")]
    assert room.standing(A) == expected
    # Other words on the card, and the end, change nothing about it.
    room.words(room.ann, A, what="Write to the school.")
    room.do(room.host, "show.close")
    room.do(room.ann, "record.status", element=A, status="done")
    assert room.standing(A) == [*expected, ("done", ann, None)]
    assert not any(b"picks up" in body for entry in room.entries for body in entry.happenings)


def test_what_is_stuck_or_let_go_says_why_and_nothing_else_does(room: RecordRoom) -> None:
    """[REC-11]"""
    room.do(room.ann, "record.take", element=A, part="lead")
    for args in ({"status": "stuck"}, {"status": "let_go"}, {"status": "done", "reason": "So."}, {"status": "lost"}):
        assert room.refused(room.ann, "record.status", element=A, **args) == "invalid"
    room.record(room.ann, B, "principles", **WHOLE)
    room.do(room.ann, "record.take", element=B, part="commit")
    assert room.refused(room.ann, "record.status", element=B, status="done") == "kind"


def test_of_an_action_that_nobody_has_the_host_team_says_it_and_everybody_can_read_that(room: RecordRoom) -> None:
    """[REC-11]"""
    vera = room.seat(room.vera)
    assert room.refused(room.ben, "record.status", element=A, status="moving") == "theirs"
    room.do(room.vera, "record.status", element=A, status="let_go", reason="Nobody has the time.")
    assert room.standing(A) == [("let_go", vera, "Nobody has the time.")]
    power = room.view(room.ann)["moderating"]["powers"][-1]
    assert (power["by"], power["what"]) == (vera, "marked an action that nobody has as let go")
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ann, "record.status", element=A, status="moving")
    # One's own is no power.
    assert room.view(room.ann)["moderating"]["powers"][-1] == power


def test_how_it_went_is_kept_without_whoever_left_and_not_for_ever(room: RecordRoom) -> None:
    """[REC-11] [REC-12]"""
    ann = room.seat(room.ann)
    room.do(room.ann, "record.take", element=A, part="lead")
    for number in range(MOST_STANDINGS + 3):
        room.do(room.ann, "record.status", element=A, status="stuck", reason=f"{number}")
    assert [reason for _, _, reason in room.standing(A)] == [str(n) for n in range(3, MOST_STANDINGS + 3)]
    assert room.own(room.ann)["recording"]["stood"] == []
    room.do(room.ann, "record.leave", element=A)
    room.do(room.ben, "record.take", element=A, part="lead")
    room.do(room.ben, "record.status", element=A, status="moving")
    # Nobody but who said so is told that it was they.
    nameless = [[A, at] for _, at, seat, _ in room.view(room.ben)["recording"]["standing"][A] if seat is None]
    assert room.own(room.ann)["recording"]["stood"] == nameless
    assert len(nameless) == MOST_STANDINGS - 1
    assert room.own(room.ben)["recording"]["stood"] == []
    assert {seat for _, seat, _ in room.standing(A)} == {None, room.seat(room.ben)}
    stored = room.reloaded()
    state = fold(stored.happenings, stored.vault)
    assert view(state, Role.HOST)["recording"] == room.view(room.host)["recording"]
    assert all(len(key) <= 64 for kind, key in stored.vault if kind == "stood")
    assert len([key for key in rows_about(stored.vault, [], [ann]) if key[0] == "stood"]) == MOST_STANDINGS - 1
    # What somebody takes back of it is gone, and what others said stays.
    room.do(room.ann, "own.delete")
    assert room.standing(A) == [("moving", room.seat(room.ben), None)]
    assert room.own(room.ann)["recording"]["stood"] == []


def test_nobody_pushes_out_what_another_said_of_how_it_stands(room: RecordRoom) -> None:
    """[REC-12]"""
    ann, ben = room.seat(room.ann), room.seat(room.ben)
    room.do(room.ann, "record.take", element=A, part="lead")
    for number in range(MOST_STANDINGS):
        room.do(room.ann, "record.status", element=A, status="stuck", reason=f"{number}")
    room.do(room.ben, "record.take", element=A, part="help")
    for number in range(MOST_STANDINGS + 3):
        room.do(room.ben, "record.status", element=A, status="stuck", reason=f"ben {number}")
    left = [(seat, reason) for _, seat, reason in room.standing(A)]
    assert left == [*((ann, f"{number}") for number in range(1, MOST_STANDINGS)), (ben, f"ben {MOST_STANDINGS + 2}")]
    room.do(room.ben, "own.delete")
    assert room.standing(A)[-1] == ("stuck", ann, f"{MOST_STANDINGS - 1}")


def test_what_one_person_says_of_many_actions_is_bounded(room: RecordRoom) -> None:
    """[REC-8] [REC-12] Also of what is not on the board any more."""
    ids = [f"action{number:06}" for number in range(5)]
    for id in ids:
        room.record(room.ann, id, "actions", **ACTION)
        room.do(room.ann, "record.take", element=id, part="lead")
        for number in range(MOST_STANDINGS):
            room.do(room.ann, "record.status", element=id, status="stuck", reason=f"{number} {'x' * 190}")
        room.do(room.ann, "record.leave", element=id)
        if id != ids[-1]:
            room.erase(room.ann, id)
    told = room.view(room.ben)["recording"]["standing"]
    assert sum(map(len, told.values())) <= MOST_OVERTAKEN + len(ids)
    # What is there is kept before what is gone, and of everything that is kept the latest.
    assert [reason.split()[0] for _, _, _, reason in told[ids[-1]]] == [str(n) for n in range(MOST_STANDINGS)]
    assert {of[-1][3].split()[0] for of in told.values()} == {str(MOST_STANDINGS - 1)}
    stored = room.reloaded()
    assert view(fold(stored.happenings, stored.vault), Role.HOST)["recording"] == room.view(room.host)["recording"]


def test_what_is_said_to_a_record_is_one_line(room: RecordRoom) -> None:
    """[REC-10] [REC-11] In a file it must not look like a paragraph that somebody else is named in."""
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ann, "record.say", element=A, own="ok”\n\nLed by:\u2028 Ben")
    assert room.own_words(A) == ["ok” Led by: Ben"]
    room.do(room.ann, "record.status", element=A, status="stuck", reason="No time.\r\nAgreed")
    assert room.standing(A)[-1][2] == "No time. Agreed"
    assert room.refused(room.ann, "record.status", element=A, status="stuck", reason="\x1c") == "invalid"


def test_why_it_is_stuck_is_not_told_any_more_once_whoever_said_it_is_removed(room: RecordRoom) -> None:
    """[REC-12]"""
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ann, "record.status", element=A, status="moving")
    room.do(room.ann, "record.status", element=A, status="stuck", reason="Because Ben is ill.")
    state = room.room._loaded.hosting.state
    removed = Removed(at=9, by=room.seat(room.host), seat=room.seat(room.ann), link="")
    assert RECORDING.follows is not None
    assert RECORDING.follows(state, removed, Moment(now=9, draw=Draw(b"draw" * 8), board=Board())).leaves_no_trace
    room.do(room.host, "people.remove", seat=room.seat(room.ann))
    assert room.standing(A) == [("moving", None, None), ("stuck", None, None)]
    assert not any(b"is ill" in body for body in room.reloaded().vault.values())


def test_what_stands_beside_a_record_is_set_aside_with_it(room: RecordRoom) -> None:
    """[REC-10] [REC-11]"""
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ann, "record.say", element=A, own="Unlike Ben.")
    room.do(room.ann, "record.status", element=A, status="stuck", reason="Because Ben is ill.")
    before = room.view(room.ben)["recording"]
    room.do(room.host, "mod.aside", element=A, reason="It tells of somebody.")
    assert room.view(room.ben)["recording"] == {"names": {}, "agreed": [], "standing": {}}
    room.do(room.host, "mod.restore", element=A)
    assert room.view(room.ben)["recording"] == before


# ---- offers ----------------------------------------------------------------------------------------------------------


def test_an_offer_is_seen_by_two_people_and_named_to_nobody(room: RecordRoom) -> None:
    """[REC-6] [PS-32]"""
    others = {conn: len(room.messages(conn)) for conn in (room.host, room.cleo, room.vera)}
    room.do(room.ben, "record.offer", element=A, seat=room.seat(room.ann))
    assert room.own(room.ann)["recording"]["offered"] == [[A, room.seat(room.ben)]]
    assert room.own(room.ben)["recording"]["offering"] == [[A, room.seat(room.ann), False]]
    assert {conn: len(room.messages(conn)) for conn in others} == others
    assert room.names(A) == []
    room.do(room.ann, "record.take", element=A, part="lead")
    assert room.names(A, room.cleo) == [(room.seat(room.ann), "lead")]
    assert room.own(room.ben)["recording"] == {"offered": [], "offering": [], "stood": []}


def test_who_says_no_is_not_asked_again_and_only_who_asked_knows(room: RecordRoom) -> None:
    """[REC-6]"""
    ann = room.seat(room.ann)
    room.do(room.ben, "record.offer", element=A, seat=ann)
    others = {conn: len(room.messages(conn)) for conn in (room.host, room.cleo, room.vera)}
    room.do(room.ann, "record.decline", element=A)
    assert {conn: len(room.messages(conn)) for conn in others} == others
    assert room.own(room.ann)["recording"]["offered"] == []
    assert room.own(room.ben)["recording"]["offering"] == [[A, ann, True]]
    room.do(room.ben, "record.offer", element=A, seat=ann, offered=False)
    assert room.refused(room.ben, "record.offer", element=A, seat=ann) == "declined"
    assert room.refused(room.ann, "record.decline", element=A) == "unknown"
    room.do(room.host, "record.offer", element=A, seat=ann)
    room.do(room.ann, "record.take", element=A, part="lead")
    assert room.own(room.ben)["recording"]["offering"] == []


def test_an_offer_can_be_taken_back_and_is_made_to_who_can_take_it(room: RecordRoom) -> None:
    """[REC-6]"""
    ann, ben = room.seat(room.ann), room.seat(room.ben)
    room.do(room.ben, "record.offer", element=A, seat=ann)
    room.do(room.ben, "record.offer", element=A, seat=ann)
    room.do(room.ben, "record.offer", element=A, seat=ann, offered=False)
    assert room.own(room.ann)["recording"]["offered"] == []
    assert room.refused(room.ben, "record.offer", element=A, seat=ben) == "self"
    assert room.refused(room.ben, "record.offer", element=A, seat="Z" * 12) == "unknown"
    room.record(room.ann, B, "principles", **WHOLE)
    assert room.refused(room.ben, "record.offer", element=B, seat=ann) == "kind"
    room.do(room.cleo, "record.take", element=A, part="lead")
    assert room.refused(room.ben, "record.offer", element=A, seat=ann) == "led"


def test_whoever_is_removed_leads_nothing_and_is_offered_nothing(room: RecordRoom) -> None:
    """[REC-7]"""
    ann = room.seat(room.ann)
    room.record(room.ann, B, "actions", **ACTION)
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ben, "record.offer", element=B, seat=ann)
    room.do(room.ann, "record.offer", element=B, seat=room.seat(room.cleo))
    room.do(room.host, "people.remove", seat=ann)
    assert room.names(A) == []
    assert room.own(room.ben)["recording"]["offering"] == room.own(room.cleo)["recording"]["offered"] == []


def test_names_and_offers_are_there_after_a_restart_and_gone_with_a_person(room: RecordRoom) -> None:
    """[REC-7]"""
    ann, ben = room.seat(room.ann), room.seat(room.ben)
    room.record(room.ann, B, "actions", **ACTION)
    room.do(room.ann, "record.take", element=A, part="lead")
    room.do(room.ben, "record.take", element=A, part="help")
    room.do(room.ben, "record.offer", element=B, seat=ann)
    room.do(room.cleo, "record.offer", element=B, seat=ben)
    happenings = [body for entry in room.entries for body in entry.happenings]
    vault: dict[tuple[str, str], bytes] = {}
    for entry in room.entries:
        for key, body in entry.vault.items():
            vault.pop(key, None)
            if body is not None:
                vault[key] = body
    state = fold(happenings, dict(reversed(vault.items())))
    assert view(state, Role.HOST)["recording"] == room.view(room.host)["recording"]
    for conn, seat in ((room.ann, ann), (room.ben, ben)):
        assert own(state, seat)["recording"] == room.own(conn)["recording"]
    mine = {key for key in rows_about(vault, [], [ben]) if key[0] in ("named", "offered")}
    assert mine == {
        ("named", f"{A}:{ben}"),
        ("offered", f"{B}:{ann}:{ben}"),
        ("offered", f"{B}:{ben}:{room.seat(room.cleo)}"),
    }
    assert {key for key in rows_about(vault, [A], []) if key[0] == "named"} == {
        ("named", f"{A}:{ann}"),
        ("named", f"{A}:{ben}"),
    }
    assert all(len(key[1]) <= 64 and len(key[0]) <= 16 for key in mine)
    assert read_row(vault["named", f"{A}:{ben}"])


def test_what_is_told_does_not_say_which_record_somebody_signed_first(room: RecordRoom) -> None:
    """[REC-7] The vault does not know it, and the same is told after a restart, byte for byte."""
    room.record(room.ann, B, "actions", **ACTION)
    for record in (B, A):
        room.do(room.ann, "record.take", element=record, part="lead")
        room.do(room.ann, "record.status", element=record, status="moving")
    told = room.view(room.host)["recording"]
    assert list(told["names"]) == list(told["standing"]) == [A, B]


class Board:
    """One record in the region of actions."""

    def element(self, id: str) -> Element | None:
        return RECORD if id == A else FRAME if id == FRAME.id else None

    def elements(self) -> Mapping[str, Element]:
        return {A: RECORD, FRAME.id: FRAME}

    def author(self, id: str) -> str | None:
        return None

    def made(self) -> Mapping[str, Collection[str]]:
        return {}


FRAME = Element("FFFFFFFFFFFF", "frame", (0, 0, 800, 600), None, "a0", None, "Actions", {}, None, 0, False)
RECORD = Element(
    A, "card", (20, 90, 320, 200), FRAME.id, "a0", None, None, {}, {"ht": "action", "what": "Call."}, 0, False
)


def test_nobody_is_on_more_things_than_they_can_stand_for() -> None:
    """[REC-8]"""
    ann, ben = SeatId("A" * 12), SeatId("B" * 12)
    plan = Plan.model_validate_json(json.dumps(RECORDS))
    regions = tuple(
        each.model_copy(update={"element": FRAME.id}) if each.key == "actions" else each for each in plan.regions
    )
    name = Name("lead", "", 0)
    state = State(
        show=Show(stage=Stage.LIVE, plan=plan.model_copy(update={"regions": regions}), at="promise"),
        people=People(roles={ann: Role.PARTICIPANT, ben: Role.PARTICIPANT}),
        recording=Recording(
            names={f"{number:012}": {ann: name} for number in range(MOST_NAMES)},
            offers={str(number): Offer(f"{number:012}", ben, ann, False) for number in range(MOST_OFFERS)},
        ),
    )
    moment = Moment(now=5, draw=Draw(b"draw" * 8), board=Board())

    def code(who: SeatId, command: str, /, **args: object) -> str:
        wish = parse_command(command, {"element": A, **args})
        assert wish is not None
        try:
            decide(state, wish, Actor(who, Role.PARTICIPANT, ""), moment)
        except Refusal as refusal:
            return refusal.code
        return ""

    for who, expected in ((ann, "full"), (ben, "")):
        assert code(who, "record.take", part="lead") == code(who, "record.take", part="help") == expected
    assert (code(ann, "record.offer", seat=ben), code(ben, "record.offer", seat=ann)) == ("full", "")


def test_what_is_agreed_is_kept_from_the_moment_that_it_is_said(room: RecordRoom) -> None:
    """[REC-3] Whatever else changes or does not: the terms of the board follow what is recorded."""
    grounds = room.room._loaded.admission.grounds
    state = room.room._loaded.hosting.state
    agreed = replace(state, recording=replace(state.recording, agreed=frozenset({"agreed______"})))
    grounds.under(agreed)
    assert grounds._terms is not None
    assert "agreed______" in grounds._terms.agreed
