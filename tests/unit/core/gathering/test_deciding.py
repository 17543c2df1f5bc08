"""Votes and rounds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgpack
import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.gathering.base import Draw
from harvestry.core.gathering.gathering import fold, prepared
from harvestry.core.gathering.plan import Plan
from harvestry.core.gathering.polls import Result
from support.gatherings import PLAN, HostedBench, plan
from support.polls import ELSEWHERE, OPTIONS, PollBench, digest_of, token_of
from support.rooms import identity
from support.sealing import Draft

ONE, TWO, THREE = OPTIONS
KINDS: dict[str, object] = {
    "dots": {ONE: 1},
    "rating": {ONE: 1},
    "fist": 3,
    "consent": "consent",
    "fists": {ONE: 1},
    "balance": {ONE: [70, 25]},
    "marks": {ONE: {"words": digest_of("Option 1"), "rings": [[0, 1]]}},
}
# A number for each thing, whatever it means.
NUMBERS = {"dots", "rating", "fists"}


@pytest.fixture
def bench() -> PollBench:
    bench = PollBench()
    bench.gather()
    bench.go("tell")
    return bench


def close(bench: PollBench, poll: str) -> dict[str, Any]:
    bench.do(bench.host, "poll.close", poll=poll)
    result: dict[str, Any] = bench.poll(poll)["result"]
    return result


# ---- ballots -------------------------------------------------------------------------------------------------------


def test_a_seat_has_its_budget_of_dots_and_no_more(bench: PollBench) -> None:
    """[DEC-1]"""
    poll = bench.open("dots", budget=3, most=2)
    ann = bench.ann
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, {ONE: 3})) == "most"
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, {ONE: 2, TWO: 2})) == "budget"
    bench.cast(ann, poll, {ONE: 2, TWO: 1})
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, {ONE: 2, TWO: 1, THREE: 1})) == "budget"
    for voter in bench.voters[1:]:
        bench.cast(voter, poll, {THREE: 1})
    assert close(bench, poll)["totals"] == {ONE: 2, THREE: 5, TWO: 1}


@pytest.mark.parametrize("kind", KINDS)
def test_a_ballot_of_another_kind_is_refused(bench: PollBench, kind: str) -> None:
    poll = bench.open(kind)
    for other, ballot in KINDS.items():
        if other == kind or {other, kind} <= NUMBERS:
            bench.cast(bench.ann, poll, ballot)
        else:
            assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, ballot)) == "invalid"


@pytest.mark.parametrize(
    "ballot",
    [
        {ONE: -1},
        {ONE: 1.5},
        {ONE: True},
        {"short": 1},
        {ONE: [1]},
        {ONE: [0, 101]},
        {ONE: [-1, 0]},
        {ONE: [1, 2, 3]},
        {ONE: [1, None]},
        {ONE: 1, TWO: [1, 2]},
        None,
        [],
        "yes",
        6,
        -1,
    ],
)
def test_what_is_no_ballot_is_refused(bench: PollBench, ballot: object) -> None:
    for kind in KINDS:
        poll = bench.open(kind)
        assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, ballot)) == "invalid"


def test_no_dots_and_no_stars_are_said_by_leaving_a_note_out(bench: PollBench) -> None:
    for kind in ("dots", "rating"):
        poll = bench.open(kind)
        assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, {ONE: 0})) == "invalid"


def test_a_fist_is_up_to_five_on_each_card_and_none_at_all_is_an_answer(bench: PollBench) -> None:
    poll = bench.open("fists")
    assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, {ONE: 6})) == "most"
    bench.cast(bench.ann, poll, {ONE: 0, TWO: 5})


def test_a_rating_is_from_one_to_five(bench: PollBench) -> None:
    poll = bench.open("rating")
    assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, {ONE: 6})) == "most"
    bench.cast(bench.ann, poll, {ONE: 5, TWO: 1, THREE: 3})


def test_only_living_notes_and_cards_of_the_region_can_be_voted_on(bench: PollBench) -> None:
    """[DEC-2]"""
    focus = bench.region("focus")
    bench.put("theme_______", "A theme", focus, kind="frame")
    bench.put("in-a-theme__", "Deeper", "theme_______")
    bench.put("loop-one____", "Round", "loop-two____", kind="frame")
    bench.put("loop-two____", "And round", "loop-one____", kind="frame")
    bench.put("in-a-loop___", "Lost", "loop-one____")
    bench.put("a-text______", "Words", focus, kind="text")
    bench.set(TWO, "del", 1)
    poll = bench.open("dots")
    for no in (ELSEWHERE, TWO, focus, "theme_______", "in-a-loop___", "a-text______", "not-there___"):
        assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, {ONE: 1, no: 1})) == "option"
    bench.cast(bench.ann, poll, {ONE: 1, "in-a-theme__": 1})
    bench.set("theme_______", "del", 1)
    later = bench.vote(bench.voters[1], poll, {"in-a-theme__": 1})
    assert bench.refused(bench.voters[1], "poll.cast", **later) == "option"


def test_an_objection_needs_a_reason_and_a_name_goes_with_a_reason(bench: PollBench) -> None:
    poll, ann = bench.open("consent"), bench.ann
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, "objection")) == "reason"
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, "objection", reason="  ")) == "invalid"
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, "consent", reason="Because")) == "invalid"
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, poll, "concern", named=True)) == "invalid"
    bench.cast(ann, poll, "concern")


def test_a_reason_goes_with_few_fingers_on_that_card_and_nowhere_else(bench: PollBench) -> None:
    """[DEC-13]"""
    ann = bench.ann
    fist, fists = bench.open("fist"), bench.open("fists")
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, fist, 3, reason="Because")) == "invalid"
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, fist, 2, reasons={ONE: "Because"})) == "invalid"
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, fist, 2, named=True)) == "invalid"
    low = {ONE: 2, TWO: 3}
    for reasons in ({TWO: "Because"}, {THREE: "Because"}, {ONE: " "}, {ONE: "x" * 601}, {ONE: ""}):
        assert bench.refused(ann, "poll.cast", **bench.vote(ann, fists, low, reasons=reasons)) == "invalid", reasons
    assert bench.refused(ann, "poll.cast", **bench.vote(ann, fists, low, reason="Because")) == "invalid"
    many = {f"element-{number:04}": 0 for number in range(21)}
    refused = bench.vote(ann, fists, many, reasons=dict.fromkeys(many, "Because"))
    assert bench.refused(ann, "poll.cast", **refused) == "invalid"
    for kind in ("dots", "rating", "balance"):
        poll = bench.open(kind)
        given = bench.vote(ann, poll, KINDS[kind], reasons={ONE: "Because"})
        assert bench.refused(ann, "poll.cast", **given) == "invalid"
    bench.cast(ann, fist, 0)
    bench.cast(bench.voters[1], fist, 2, reason="Because", named=True)
    bench.cast(ann, fists, low, reasons={ONE: "Because"})


# ---- tokens and seats ----------------------------------------------------------------------------------------------


def test_a_mind_is_changed_by_the_token_and_never_by_the_seat(bench: PollBench) -> None:
    """[DEC-3]"""
    poll = bench.open("fist")
    for voter in bench.voters:
        bench.cast(voter, poll, 1)
    bench.cast(bench.ann, poll, 5)
    forged = bench.vote(bench.ann, poll, 0, token=token_of("another"))
    assert bench.refused(bench.ann, "poll.cast", **forged) == "spent"
    assert bench.poll(poll)["turnout"] == 6
    result = close(bench, poll)
    assert result["totals"] == {"0": 0, "1": 5, "2": 0, "3": 0, "4": 0, "5": 1}
    assert (result["mean"], result["spread"]) == (1.67, [1, 5])


def test_nobody_puts_a_ballot_under_their_seat_that_is_somebody_elses(bench: PollBench) -> None:
    """[DEC-3]"""
    poll = bench.open("fist")
    bench.cast(bench.ann, poll, 4)
    replayed = bench.vote(bench.voters[1], poll, 0, token=token_of((bench.ann, poll)))
    spent = bench.answer(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, 0, token=token_of("forged")))
    assert bench.answer(bench.voters[1], "poll.cast", **replayed)[2:] == spent[2:]
    assert spent[2] == "spent"
    assert bench.poll(poll)["turnout"] == 1
    assert bench.own(bench.voters[1])["deciding"] == {"cast": []}
    assert [json.loads(body)["given"] for body in bench.vault("ballot").values()] == [4]


@pytest.mark.parametrize(
    "token", ["", "A" * 21, "A" * 21 + "B", "A" * 23, "A" * 20 + "==", "ü" * 22, 7, None, b"A" * 22]
)
def test_what_is_no_token_is_refused(bench: PollBench, token: object) -> None:
    poll = bench.open("fist")
    assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, 1, token=token)) == "invalid"


def test_a_seat_with_two_windows_counts_once(bench: PollBench) -> None:
    """[DEC-1]"""
    poll = bench.open("fist")
    second = bench.join(identity("Ann"))
    bench.cast(bench.ann, poll, 2)
    assert bench.refused(second, "poll.cast", **bench.vote(second, poll, 3)) == "spent"
    bench.cast(second, poll, 3, token=token_of((bench.ann, poll)))
    assert bench.poll(poll)["turnout"] == 1


def test_the_vault_holds_ballots_under_a_hash_and_apart_from_them_who_has_voted(bench: PollBench) -> None:
    """[DEC-4] [PS-22] No row holds a seat and what it answered, or a token, or a time."""
    poll = bench.open("consent")
    seats = {str(bench.own(voter) and seat) for voter, seat in zip(bench.voters, bench_seats(bench), strict=True)}
    for number, voter in enumerate(bench.voters):
        choice = {"ballot": "objection", "reason": "Too fast"} if number == 3 else {"ballot": "consent"}
        bench.cast(voter, poll, **choice)
    ballots, spent = bench.vault("ballot"), bench.vault("spent")
    assert len(ballots) == len(spent) == 6
    for key, body in ballots.items():
        assert set(json.loads(body)) == {"kind", "poll", "given", "reason", "reasons", "seat"}
        assert json.loads(body)["seat"] is None
        assert not any(seat in key or seat.encode() in body for seat in seats)
    assert {json.loads(body)["seat"] for body in spent.values()} == seats
    tokens = [token_of((voter, poll)) for voter in bench.voters]
    assert set(ballots) == {hashlib.sha256(f"{poll}/1/{token}".encode()).hexdigest() for token in tokens}
    stored = b"".join([*bench.reloaded().happenings, *bench.reloaded().vault.values()])
    assert not any(token.encode() in stored for token in tokens)
    cast = b"".join(body for body in bench.reloaded().happenings if b"poll." in body)
    assert not any(seat.encode() in cast for seat in seats)


def bench_seats(bench: PollBench) -> list[str]:
    return [str(identity(name).seat) for name in ("Ann", *(f"Voter{number}" for number in range(2, 7)))]


def test_at_the_close_nothing_of_the_ballots_stays(bench: PollBench) -> None:
    """[DEC-4]"""
    poll = bench.open("dots")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: 1})
    close(bench, poll)
    assert bench.vault("ballot") == bench.vault("spent") == {}
    assert len(bench.of(events.LeaveNoTrace)) == 1
    (closed,) = [json.loads(body) for body in bench.reloaded().happenings if b"poll.closed" in body]
    assert closed["result"]["totals"] == {ONE: 6}
    assert not any(seat in json.dumps(closed["result"]) for seat in bench_seats(bench))


# ---- what leaves before the close ----------------------------------------------------------------------------------


def test_before_the_close_nothing_but_the_turnout_leaves(bench: PollBench) -> None:
    """[DEC-5] [PS-21]"""
    poll = bench.open("fist")
    assert (bench.poll(poll)["turnout"], bench.poll(poll)["of"]) == (0, 7)
    before = len(bench.messages(bench.host))
    answer = bench.answer(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, 0))
    assert answer == ["result", 1, None]
    assert (bench.poll(poll)["turnout"], bench.poll(poll)["of"]) == (1, 7)
    told = bench.messages(bench.host)[before:]
    assert [message[0] for message in told if message[0] != "tick"] == ["gathering"]
    assert bench.poll(poll)["result"] is None
    assert bench.own(bench.ann)["deciding"] == {"cast": [poll]}
    assert bench.own(bench.host)["deciding"] == {"cast": []}


def test_a_changed_mind_is_told_to_nobody(bench: PollBench) -> None:
    """[DEC-5]"""
    poll = bench.open("fist")
    bench.cast(bench.ann, poll, 0)
    before = len(bench.messages(bench.host))
    bench.cast(bench.ann, poll, 5)
    assert [message[0] for message in bench.messages(bench.host)[before:] if message[0] != "tick"] == []


def test_a_room_that_votes_is_told_of_it_once_a_second_and_each_voter_at_once(bench: PollBench) -> None:
    poll = bench.open("fist")
    bench.wait(2_000)
    before = len(bench.messages(bench.host, "gathering"))
    for voter in bench.voters:
        bench.command(voter, "poll.cast", **bench.vote(voter, poll, 3))
        bench.wait(50)
        bench.commit()
        assert bench.own(voter)["deciding"] == {"cast": [poll]}
    late = bench.join(identity("Late", Role.OBSERVER))
    assert bench.view(late)["deciding"]["polls"][0]["turnout"] == 1
    bench.wait(1_000)
    told = bench.messages(bench.host, "gathering")[before:]
    assert [message[1]["deciding"]["polls"][0]["turnout"] for message in told] == [1, 6]
    assert bench.poll(poll)["turnout"] == 6
    close(bench, poll)


@pytest.mark.parametrize("kind", KINDS)
def test_under_five_voters_no_totals_are_told(bench: PollBench, kind: str) -> None:
    """[DEC-6] [PS-23]"""
    poll = bench.open(kind)
    for voter in bench.voters[:4]:
        bench.cast(voter, poll, KINDS[kind])
    result = close(bench, poll)
    card, _ = result.pop("card"), result.pop("closed")
    # Whether it may go on, a group has to know however small it is.
    told = Result(n=4, suppressed=True, outcome="consented" if kind == "consent" else None)
    assert result == told.model_dump(mode="json")
    (closed,) = [json.loads(body) for body in bench.reloaded().happenings if b"poll.closed" in body]
    assert closed["result"]["totals"] == {}
    assert "answers" not in bench.board()[card]["d"]


@pytest.mark.parametrize(("kind", "given"), [("fists", 0), ("balance", [0, 100])])
def test_of_a_card_that_fewer_than_five_answered_nothing_is_told(bench: PollBench, kind: str, given: object) -> None:
    """[DEC-6] [PS-23]"""
    poll = bench.open(kind)
    for number, voter in enumerate(bench.voters):
        bench.cast(voter, poll, {ONE: given} | ({TWO: given} if number < 4 else {}))
    result = close(bench, poll)
    assert result["totals"] == {ONE: 6}
    assert not any(TWO in json.dumps(result[told]) for told in result)
    assert "Option 2" not in json.dumps(bench.board()[result["card"]])


def test_of_a_note_that_fewer_than_five_rated_nothing_is_told(bench: PollBench) -> None:
    """[DEC-6]"""
    poll = bench.open("rating")
    for number, voter in enumerate(bench.voters):
        bench.cast(voter, poll, {ONE: 1 + number % 5} | ({TWO: 5} if number < 4 else {}))
    result = close(bench, poll)
    assert result["totals"] == {ONE: 6}
    assert result["mean"] == {ONE: 2.67}
    assert result["spread"] == {ONE: [1, 5]}


# ---- results -------------------------------------------------------------------------------------------------------


def test_results_stand_on_the_board_as_a_card_of_nobodys(bench: PollBench) -> None:
    """[DEC-7]"""
    poll = bench.open("dots", budget=2, question="Where do we begin?")
    for number, voter in enumerate(bench.voters):
        bench.cast(voter, poll, {THREE: 1} | ({ONE: 1} if number < 3 else {TWO: 1}))
    result = close(bench, poll)
    card = bench.board()[result["card"]]
    assert card["t"] == "card"
    assert card["d"] == {
        "ht": "result",
        "question": "Where do we begin?",
        "voted": "6 voted",
        "answers": "1 · 6 dots · Option 3\n2= · 3 dots · Option 1\n2= · 3 dots · Option 2",
    }
    assert card["txt"] == "Where do we begin? · 6 voted · most for Option 3"
    assert card["lk"] == 1
    authored = [message for message in bench.messages(bench.ann, "authored") if result["card"] in message[2]]
    assert authored == []


def test_fingers_on_several_cards_are_told_by_card_with_how_they_fell(bench: PollBench) -> None:
    """[DEC-14]"""
    poll = bench.open("fists", question="How far do you stand behind each?")
    for voter, one, two in zip(bench.voters, (5, 5, 4, 4, 2, 0), (3, 3, 3, 3, 3, 3), strict=True):
        bench.cast(voter, poll, {ONE: one, TWO: two})
    result = close(bench, poll)
    assert result["totals"] == {ONE: 6, TWO: 6}
    assert result["fingers"] == {ONE: [1, 0, 1, 0, 2, 2], TWO: [0, 0, 0, 6, 0, 0]}
    assert result["mean"] == {ONE: 3.33, TWO: 3}
    assert result["median"] == {ONE: 4, TWO: 3}
    assert result["spread"] == {ONE: [0, 5], TWO: [3, 3]}
    card = bench.board()[result["card"]]
    assert card["txt"] == "How far do you stand behind each? · 6 voted · medians 3 to 4"
    assert card["d"]["answers"] == (
        "1 · 3.33 (0 to 5, 6 answered) · median 4 · Option 1\n2 · 3.00 (3 to 3, 6 answered) · median 3 · Option 2"
    )


def test_balance_tells_where_things_are_and_should_be_by_median_and_spread(bench: PollBench) -> None:
    """[DEC-14]"""
    poll = bench.open("balance", question="Once, or in each place?")
    marks = ((70, 25), (60, 25), (80, 30), (70, 20), (75, 40), (0, 100))
    for voter, (today, wanted) in zip(bench.voters, marks, strict=True):
        bench.cast(voter, poll, {ONE: [today, wanted], TWO: [50, 60]})
    result = close(bench, poll)
    assert result["balance"] == {
        ONE: {"today": {"median": 70, "spread": [0, 80]}, "wanted": {"median": 27.5, "spread": [20, 100]}},
        TWO: {"today": {"median": 50, "spread": [50, 50]}, "wanted": {"median": 60, "spread": [60, 60]}},
    }
    assert result["totals"] == {ONE: 6, TWO: 6}
    assert result["mean"] is result["median"] is result["spread"] is None
    card = bench.board()[result["card"]]
    assert card["txt"] == "Once, or in each place? · 6 voted"
    assert card["d"]["answers"] == (
        "Option 1: today 70 (0 to 80), should be 27.5 (20 to 100); 6 placed it\n"
        "Option 2: today 50 (50 to 50), should be 60 (60 to 60); 6 placed it"
    )
    assert card["d"]["scale"] == "0 is one answer for everybody, 100 is each place by itself."


def test_what_would_move_somebody_one_up_is_told_at_the_close_by_card_and_without_a_name(bench: PollBench) -> None:
    """[DEC-13]"""
    poll = bench.open("fists")
    ann, ben, *rest = bench.voters
    bench.cast(ann, poll, {ONE: 1, TWO: 2}, reasons={ONE: "A date.", TWO: "Half the price."})
    bench.cast(ben, poll, {ONE: 2}, reasons={ONE: "Somebody who asks."}, named=True)
    for voter in rest:
        bench.cast(voter, poll, {ONE: 5, TWO: 5})
    assert bench.poll(poll)["concerns"] == []
    close(bench, poll)
    told = {each["reason"]: (each["about"], each["by"]) for each in bench.poll(poll)["concerns"]}
    assert told == {
        "A date.": (ONE, None),
        "Half the price.": (TWO, None),
        "Somebody who asks.": (ONE, identity("Voter2").seat),
    }
    assert bench.poll(poll)["objections"] == []
    # Each by itself, with nothing of a token: no two of them lead to the same person.
    stored = [json.loads(body) for body in bench.vault("reason").values()]
    assert [one["mark"] for one in stored] == [None] * 3
    ids = [each["id"] for each in bench.poll(poll)["concerns"]]
    assert len(set(ids)) == 3
    assert bench.refused(ann, "poll.met", poll=poll, token=token_of((ann, poll))) == "unknown"


def test_two_fingers_may_stay_without_a_reason(bench: PollBench) -> None:
    """[DEC-13]"""
    poll = bench.open("fist")
    for voter, fingers in zip(bench.voters, (2, 1, 0, 5, 5, 4), strict=True):
        bench.cast(voter, poll, fingers, **({"reason": "Two winters first."} if fingers == 1 else {}))
    result = close(bench, poll)
    assert (result["mean"], result["median"]) == (2.83, 3)
    assert [(each["reason"], each["about"], each["by"]) for each in bench.poll(poll)["concerns"]] == [
        ("Two winters first.", None, None)
    ]


def test_cards_stand_beside_their_region_and_never_on_each_other(bench: PollBench) -> None:
    cards = []
    for region in ("focus", "focus", "see", None, None):
        poll = bench.open("fist", **({} if region is None else {"region": region}))
        bench.cast(bench.ann, poll, 3)
        cards.append(close(bench, poll)["card"])
    board = bench.board()
    rects = [board[card]["g"] for card in cards]
    assert rects[0][:2] == [840, 700]
    assert [rect[0] for rect in rects] == [840, 840, 840, 0, 0]
    top = [element["g"] for element in board.values() if element.get("p") is None]
    for rect in rects:
        hit = [other for other in top if overlap(rect, other)]
        assert hit == [rect]


def overlap(one: list[float], other: list[float]) -> bool:
    across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def test_a_vote_that_nobody_took_part_in_leaves_no_card(bench: PollBench) -> None:
    poll = bench.open("fist")
    result = close(bench, poll)
    assert (result["n"], result["card"]) == (0, None)


def test_votes_on_what_was_changed_meanwhile_are_marked(bench: PollBench) -> None:
    """[DEC-8]"""
    poll = bench.open("dots")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: 1, TWO: 1})
    bench.reword(ONE, "Quite another option")
    bench.reword(THREE, "Nobody voted for this")
    result = close(bench, poll)
    assert result["changed"] == [ONE]
    assert bench.board()[result["card"]]["d"]["version"] == "Cast on an earlier version of: Quite another option"
    words = {ONE: "Option 1", TWO: "Option 2"}
    assert bench.poll(poll)["words"] == {element: digest_of(text) for element, text in words.items()}


def test_a_note_that_went_keeps_its_dots_and_is_quoted_no_more(bench: PollBench) -> None:
    poll = bench.open("dots")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: 1})
    bench.set(ONE, "del", 1)
    result = close(bench, poll)
    assert result["totals"] == {ONE: 6}
    assert bench.board()[result["card"]]["d"]["answers"] == "1 · 6 dots · something that is no longer there"


def test_a_note_that_its_author_took_back_is_quoted_on_no_card_and_leaves_no_digest(bench: PollBench) -> None:
    """[DEC-7]"""
    bench.go("write")
    draft = Draft("ann's", "The canary's own words", "see")
    bench.do(bench.ann, "seal.write", **draft.args)
    bench.do(bench.host, "seal.reveal")
    (note,) = [id for id, element in bench.board().items() if element["txt"] == draft.text]
    poll = bench.open("dots", region="see")
    for voter in bench.voters:
        bench.cast(voter, poll, {note: 1})
    card = close(bench, poll)["card"]
    open_one = bench.open("dots", region="see")
    assert draft.text in bench.board()[card]["d"]["answers"]
    assert sorted(bench.vault("wording")) == sorted([poll, open_one])
    bench.do(bench.ann, "seal.withdraw", element=note, key=draft.key)
    assert draft.text not in json.dumps(bench.board())
    assert bench.board()[card]["d"]["answers"] == "1 · 6 dots · something that is no longer there"
    assert bench.vault("wording") == {}
    assert bench.poll(poll)["result"]["totals"] == {note: 6}


@pytest.mark.parametrize(("kind", "given"), [("dots", 1), ("rating", 1), ("fists", 0), ("balance", [0, 100])])
def test_a_note_that_was_set_aside_is_quoted_on_no_card(bench: PollBench, kind: str, given: object) -> None:
    """[DEC-7]"""
    poll = bench.open(kind, budget=2)
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: given, TWO: given})
    card = close(bench, poll)["card"]
    bench.do(bench.host, "mod.aside", element=ONE, reason="It names somebody.")
    assert "Option 1" not in json.dumps(bench.board()[card])
    assert "Option 2" in bench.board()[card]["d"]["answers"]
    bench.do(bench.host, "mod.restore", element=ONE)
    assert "Option 1" in bench.board()[card]["d"]["answers"]


def test_a_card_that_was_set_aside_itself_comes_back_as_it_reads_by_then(bench: PollBench) -> None:
    """[DEC-7]"""
    poll = bench.open("dots", budget=2)
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: 1, TWO: 1})
    card = close(bench, poll)["card"]
    bench.do(bench.host, "mod.aside", element=card, reason="Later.")
    # What it quotes may be erased meanwhile, and so stands nowhere.
    assert bench.vault("mod.kept").keys() == {card}
    assert "Option" not in str(bench.vault("mod.kept"))
    bench.do(bench.host, "mod.aside", element=ONE, reason="It names somebody.")
    bench.do(bench.host, "mod.restore", element=card)
    assert "Option 1" not in json.dumps(bench.board()[card])
    assert "Option 2" in bench.board()[card]["d"]["answers"]


def test_a_card_has_the_other_words_that_a_host_asked_for(bench: PollBench) -> None:
    """[DEC-7] As soon as the host no longer waits for them."""
    poll = bench.open("dots", budget=2)
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: 1})
    card = close(bench, poll)["card"]
    bench.do(bench.host, "mod.ask", element=ONE)
    bench.reword(ONE, "Without a name")
    bench.do(bench.host, "mod.ask", element=ONE, asked=False)
    assert bench.board()[card]["d"]["answers"] == "1 · 6 dots · Without a name"


def test_a_note_that_its_author_rewords_is_quoted_in_its_new_words(bench: PollBench) -> None:
    """[DEC-7]"""
    bench.go("write")
    draft = Draft("ann's", "The canary's own words", "see")
    bench.do(bench.ann, "seal.write", **draft.args)
    bench.do(bench.host, "seal.reveal")
    (note,) = [id for id, element in bench.board().items() if element["txt"] == draft.text]
    poll = bench.open("dots", region="see")
    for voter in bench.voters:
        bench.cast(voter, poll, {note: 1})
    card = close(bench, poll)["card"]
    bench.do(bench.ann, "seal.reword", element=note, key=draft.key, text="Other words")
    bench.wait(6_001)
    assert bench.board()[card]["d"]["answers"] == "1 · 6 dots · Other words"


def test_what_people_give_as_reasons_fits_into_a_view_however_much_it_is(bench: PollBench) -> None:
    """[DEC-13] Whoever says a little is heard beside whoever says a lot."""
    for number in range(17):
        bench.put(f"more-{number:07}", "Something", bench.region("focus"))
    things = [ONE, TWO, THREE, *(f"more-{number:07}" for number in range(17))]
    polls = [bench.open("fists") for _ in range(4)]
    loud, quiet = bench.voters[:-1], bench.voters[-1]
    for poll in polls:
        for voter in loud:
            bench.cast(voter, poll, dict.fromkeys(things, 0), reasons=dict.fromkeys(things, "\U0001f33e" * 600))
        bench.cast(quiet, poll, {ONE: 0}, reasons={ONE: "A date."})
        close(bench, poll)
        assert [one["about"] for one in bench.poll(poll)["concerns"] if one["reason"] == "A date."] == [ONE]
    assert len(msgpack.packb(bench.view(bench.ann))) < 128 * 1024


def test_objections_stay_open_where_there_is_no_room_for_their_words(bench: PollBench) -> None:
    """[DEC-9]"""
    for _ in range(10):
        bench.voters.append(bench.join(identity(f"More{len(bench.voters)}")))
    poll = bench.open("consent")
    for voter in bench.voters:
        bench.cast(voter, poll, "objection", reason="\U0001f33e" * 600)
    result = close(bench, poll)
    told = bench.poll(poll)["objections"]
    assert len(told) == result["totals"]["objection"] == 16
    assert 0 < sum(len(one["reason"].encode()) for one in told) < 24_000


def test_digests_of_what_is_set_aside_are_told_no_more(bench: PollBench) -> None:
    """[DEC-8]"""
    poll = bench.open("dots", budget=2)
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: 1, TWO: 1})
    close(bench, poll)
    bench.do(bench.host, "mod.aside", element=ONE, reason="It names somebody.")
    assert bench.poll(poll)["words"].keys() == {TWO}


# ---- consent rounds ------------------------------------------------------------------------------------------------


def test_objections_appear_after_the_round_and_only_whoever_objected_says_that_they_are_met(bench: PollBench) -> None:
    """[DEC-9]"""
    poll = bench.open("consent", question="We meet on Mondays.")
    objector, namer, worrier, *rest = bench.voters
    bench.cast(objector, poll, "objection", reason="Mondays are market days.")
    bench.cast(namer, poll, "objection", reason="I am away.", named=True)
    bench.cast(worrier, poll, "concern", reason="It is early.")
    for voter in rest:
        bench.cast(voter, poll, "consent")
    assert bench.poll(poll)["objections"] == bench.poll(poll)["concerns"] == []
    result = close(bench, poll)
    assert result["totals"] == {"consent": 3, "concern": 1, "objection": 2}
    assert result["outcome"] == "objections"
    told = {each["reason"]: each for each in bench.poll(poll)["objections"]}
    assert told["Mondays are market days."]["by"] is None
    assert told["I am away."]["by"] == identity("Voter2").seat
    assert [each["reason"] for each in bench.poll(poll)["concerns"]] == ["It is early."]
    for stranger in (bench.host, rest[0], worrier):
        args = {"poll": poll, "token": token_of((stranger, poll))}
        assert bench.refused(stranger, "poll.met", **args) == "unknown"
    assert bench.board()[result["card"]]["d"]["outcome"] == "Objections are open"
    bench.do(objector, "poll.met", poll=poll, token=token_of((objector, poll)))
    assert [each["met"] for each in bench.poll(poll)["objections"] if each["by"] is None] == [True]
    assert bench.poll(poll)["result"]["outcome"] == "objections"
    bench.do(namer, "poll.met", poll=poll, token=token_of((namer, poll)))
    assert bench.poll(poll)["result"]["outcome"] == "concerns"
    assert bench.board()[result["card"]]["d"]["outcome"] == "Consented with concerns"


def test_the_words_are_amended_and_asked_about_again_and_earlier_rounds_stay(bench: PollBench) -> None:
    """[DEC-10]"""
    poll = bench.open("consent", question="We meet on Mondays.")
    assert bench.refused(bench.host, "poll.again", poll=poll) == "open"
    for number, voter in enumerate(bench.voters):
        bench.cast(voter, poll, **({"ballot": "objection", "reason": "No"} if number == 0 else {"ballot": "consent"}))
    close(bench, poll)
    bench.do(bench.host, "poll.again", poll=poll, question="We meet on Tuesdays.")
    there = bench.poll(poll)
    assert (there["round"], there["question"], there["open"], there["turnout"]) == (2, "We meet on Tuesdays.", True, 0)
    assert [round["question"] for round in there["earlier"]] == ["We meet on Mondays."]
    assert there["earlier"][0]["result"]["totals"] == {"consent": 5, "concern": 0, "objection": 1}
    # The same tokens are good again, and lead from no row of one round to a row of the other.
    for voter in bench.voters:
        bench.cast(voter, poll, "consent")
    marks = {json.loads(body)["mark"] for body in bench.vault("reason").values()}
    assert marks
    assert not marks & set(bench.vault("ballot"))
    bench.do(bench.ann, "poll.met", poll=poll, token=token_of((bench.ann, poll)))
    assert close(bench, poll)["outcome"] == "consented"
    assert [(each["round"], each["met"]) for each in bench.poll(poll)["objections"]] == [(1, True)]
    assert bench.poll(poll)["earlier"][0]["result"]["outcome"] == "concerns"


def test_only_consent_is_asked_again(bench: PollBench) -> None:
    poll = bench.open("fist")
    close(bench, poll)
    assert bench.refused(bench.host, "poll.again", poll=poll) == "kind"


# ---- opening and closing -------------------------------------------------------------------------------------------


def test_a_phase_with_a_question_opens_it_and_leaving_the_phase_closes_nothing(bench: PollBench) -> None:
    """[DEC-11]"""
    bench.go("choose")
    (poll,) = bench.polls()
    assert (poll["kind"], poll["phase"], poll["open"]) == ("dots", "choose", True)
    assert (poll["budget"], poll["most"], poll["region"]) == (3, 2, "focus")
    bench.cast(bench.ann, poll["poll"], {ONE: 2})
    bench.go("sort")
    bench.cast(bench.voters[1], poll["poll"], {ONE: 2})
    bench.go("choose")
    assert [each["poll"] for each in bench.polls()] == [poll["poll"]]
    assert bench.poll(poll["poll"])["turnout"] == 2
    close(bench, poll["poll"])
    bench.go("sort")
    bench.go("choose")
    assert [each["open"] for each in bench.polls()] == [False, True]


def test_the_first_phase_asks_as_well() -> None:
    """[DEC-11]"""
    bench = HostedBench()
    bench.host_it(plan(phases=[PLAN["phases"][4]]))
    bench.do(bench.host, "show.start")
    assert [poll["phase"] for poll in bench.view(bench.ann)["deciding"]["polls"]] == ["choose"]


def test_a_gathering_that_is_made_with_its_first_phase_under_way_asks_at_once() -> None:
    """[DEC-11]"""
    loaded = Plan.model_validate_json(json.dumps(plan(phases=[PLAN["phases"][4]])))
    _, happened = prepared(loaded, Draw(b"x" * 32), at=1_000, begins=True)
    (poll,) = fold(happened, {}).deciding.polls.values()
    assert (poll.phase, poll.is_open, len(poll.id)) == ("choose", True, 16)
    _, happened = prepared(loaded, Draw(b"x" * 32), at=1_000, begins=False)
    assert not fold(happened, {}).deciding.polls


def test_the_end_of_a_gathering_closes_no_poll(bench: PollBench) -> None:
    poll = bench.open("fist")
    bench.cast(bench.ann, poll, 3)
    bench.do(bench.host, "show.close")
    assert bench.refused(bench.voters[1], "poll.cast", **bench.vote(bench.voters[1], poll, 3)) == "not_now"
    assert bench.poll(poll)["open"]
    assert close(bench, poll)["n"] == 1


def test_a_poll_is_opened_once_and_closed_once(bench: PollBench) -> None:
    poll = bench.open("fist")
    assert bench.refused(bench.host, "poll.open", poll=poll, asks={"kind": "fist", "question": "Again?"}) == "exists"
    close(bench, poll)
    assert bench.refused(bench.host, "poll.close", poll=poll) == "closed"
    assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, 3)) == "closed"
    for command in ("close", "again"):
        assert bench.refused(bench.host, f"poll.{command}", poll="0" * 16) == "unknown"
    assert bench.refused(bench.ann, "poll.met", poll=poll, token=token_of(1)) == "unknown"


@pytest.mark.parametrize(
    "asks",
    [
        {"kind": "dots", "question": "Where?"},
        {"kind": "dots", "question": "Where?", "region": "nowhere"},
        {"kind": "dots", "question": "", "region": "focus"},
        {"kind": "dots", "question": "Where?", "region": "focus", "budget": 0},
        {"kind": "dots", "question": "Where?", "region": "focus", "most": 21},
        {"kind": "vote", "question": "Where?"},
        {},
        None,
    ],
)
def test_what_is_no_question_is_refused(bench: PollBench, asks: object) -> None:
    assert bench.refused(bench.host, "poll.open", poll="0" * 16, asks=asks) == "invalid"


def test_what_a_poll_is_about_is_on_the_board(bench: PollBench) -> None:
    args = {"poll": "0" * 16, "asks": {"kind": "consent", "question": "This?"}}
    assert bench.refused(bench.host, "poll.open", **args, about="not-there___") == "invalid"
    poll = bench.open("consent", about=ELSEWHERE)
    bench.cast(bench.ann, poll, "consent")
    bench.reword(ELSEWHERE, "Something quite else")
    assert close(bench, poll)["changed"] == [ELSEWHERE]


def test_a_gathering_holds_a_bounded_number_of_polls(bench: PollBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvestry.core.gathering.deciding.MAX_POLLS", 2)
    bench.open("fist")
    bench.open("fist")
    args = {"poll": "0" * 16, "asks": {"kind": "fist", "question": "One more?"}}
    assert bench.refused(bench.host, "poll.open", **args) == "too_many"
    bench.go("choose")
    assert len(bench.polls()) == 2


def test_polls_are_the_same_after_a_restart(bench: PollBench) -> None:
    poll = bench.open("consent")
    bench.cast(bench.ann, poll, "objection", reason="No")
    open_one = bench.open("fist")
    bench.cast(bench.ann, open_one, 3)
    close(bench, poll)
    before = bench.view(bench.ann)
    again = PollBench(stored=bench.reloaded())
    again.host, again.ann = again.join(identity("Rosa", Role.HOST)), again.join(identity("Ann"))
    assert again.view(again.ann) == before
    assert again.own(again.ann) == bench.own(bench.ann)
    again.do(again.ann, "poll.met", poll=poll, token=token_of((bench.ann, poll)))
    assert again.poll(poll)["objections"][0]["met"]
