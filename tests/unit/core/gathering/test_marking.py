"""Words of drafts: how they are numbered, marked, counted and quoted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.gathering.counting import FEWEST, count
from harvestry.core.gathering.gathering import fold
from harvestry.core.gathering.marking import phrases, words_in
from harvestry.core.gathering.options import digest, words
from harvestry.core.gathering.plan import PollKind
from harvestry.core.gathering.polls import MAX_WORDS, Marked
from harvestry.core.rebuilding import Wish, erased
from harvestry_crdt import Board, Element
from support.polls import OPTIONS, PollBench, digest_of, token_of
from support.rooms import identity
from support.sealing import Draft

ONE, TWO, THREE = OPTIONS
VECTORS = json.loads((Path(__file__).parents[3] / "vectors/words.json").read_text())
FIRST, SECOND = "We join our people and our money.", "Every child is heard and helped early."


@pytest.fixture
def bench() -> PollBench:
    bench = PollBench()
    bench.gather()
    bench.go("tell")
    bench.reword(ONE, FIRST)
    bench.reword(TWO, SECOND)
    return bench


def marked(text: str, rings: list[list[int]] | None = None, jars: list[list[int]] | None = None) -> dict[str, Any]:
    return {"words": digest_of(text), "rings": rings or [], "jars": jars or []}


def close(bench: PollBench, poll: str) -> dict[str, Any]:
    bench.do(bench.host, "poll.close", poll=poll)
    result: dict[str, Any] = bench.poll(poll)["result"]
    return result


def code(bench: PollBench, poll: str, ballot: object) -> str:
    return bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, ballot))


# ---- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_words_are_numbered_as_every_client_numbers_them(vector: dict[str, Any]) -> None:
    """[DEC-15] The web client reads the same file."""
    assert words_in(vector["text"]) == vector["words"]
    card, text = vector.get("card"), vector["text"]
    kind, said = ("note", text) if card is None else ("card", None)
    element = Element("a" * 12, kind, (0, 0, 1, 1), None, "a0", None, said, {}, card, 0, False)
    assert words(element) == text
    assert digest(element) == vector["digest"]


def test_words_side_by_side_that_as_many_marked_are_one_phrase() -> None:
    words = words_in(FIRST)
    assert phrases(words, [(1, 5), (2, 5), (3, 2), (5, 2)]) == [(5, "join our"), (2, "people"), (2, "our")]
    assert phrases(words, [(6, 3), (7, 3), (30, 1)]) == [(3, "money.")]
    assert phrases(words, []) == []


# ---- ballots -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {ONE: marked(FIRST)},
        {ONE: marked(FIRST, [[2, 1]])},
        {ONE: marked(FIRST, [[-1, 0]])},
        {ONE: marked(FIRST, [[0, 2], [2, 3]])},
        {ONE: marked(FIRST, [[0, 2]], [[1, 1]])},
        {ONE: marked(FIRST, [[0, MAX_WORDS]])},
        {ONE: marked(FIRST, [[0, 7]])},
        {ONE: marked(FIRST, [[0]])},
        {ONE: marked(FIRST, [[number, number] for number in range(0, 42, 2)])},
        {ONE: {"rings": [[0, 0]]}},
        {ONE: {"words": "short", "rings": [[0, 0]]}},
        {ONE: {**marked(FIRST, [[0, 0]]), "why": "because"}},
        {ONE: 1},
        {ONE: marked(FIRST, [[0, 0]]), TWO: 1},
        3,
        "consent",
    ],
)
def test_what_marks_no_words_is_refused(bench: PollBench, wrong: object) -> None:
    poll = bench.open("marks", budget=20)
    assert code(bench, poll, wrong) == "invalid"
    bench.cast(bench.ann, poll, {ONE: marked(FIRST, [[0, 2], [4, 4]], [[3, 3], [5, 6]])})


def test_a_seat_has_so_many_marks_and_no_more(bench: PollBench) -> None:
    """[DEC-1]"""
    poll = bench.open("marks", budget=3)
    assert (
        code(bench, poll, {ONE: marked(FIRST, [[0, 0], [2, 2]], [[4, 4]]), TWO: marked(SECOND, [[0, 6]])}) == "budget"
    )
    bench.cast(bench.ann, poll, {ONE: marked(FIRST, [[0, 0]], [[4, 4]]), TWO: marked(SECOND, [[0, 6]])})
    bench.cast(bench.ann, poll, {})


def test_words_that_were_changed_meanwhile_are_not_marked(bench: PollBench) -> None:
    """[DEC-15] Whether since the round began or since somebody read them."""
    poll = bench.open("marks")
    bench.reword(ONE, SECOND)
    assert code(bench, poll, {ONE: marked(FIRST, [[0, 0]])}) == "changed"
    assert bench.poll(poll)["turnout"] == 0
    bench.cast(bench.ann, poll, {ONE: marked(SECOND, [[0, 0]])})
    bench.set(ONE, "del", 1)
    assert code(bench, poll, {ONE: marked(SECOND, [[0, 0]])}) == "option"


def test_a_draft_that_comes_late_is_marked_too(bench: PollBench) -> None:
    poll = bench.open("marks")
    bench.put("late-draft__", "A late one.", bench.region("focus"))
    for voter in bench.voters:
        bench.cast(voter, poll, {"late-draft__": marked("A late one.", [[1, 1]])})
    assert close(bench, poll)["heat"] == {"late-draft__": {"rings": [[1, 6]], "jars": []}}


# ---- what is told --------------------------------------------------------------------------------------------------


def test_the_result_says_how_many_marked_each_word_and_not_who(bench: PollBench) -> None:
    """[DEC-15] [PS-22]"""
    poll = bench.open("marks", question="Which words ring true?", budget=4)
    ballots = [
        {ONE: marked(FIRST, [[1, 2]], [[6, 6]]), TWO: marked(SECOND, [[3, 3]])},
        {ONE: marked(FIRST, [[1, 3]])},
        {ONE: marked(FIRST, [[1, 2]])},
        {ONE: marked(FIRST, jars=[[2, 2]])},
        {ONE: marked(FIRST, jars=[[6, 6]]), TWO: marked(SECOND, [[3, 5]])},
        {},
    ]
    for voter, ballot in zip(bench.voters, ballots, strict=True):
        bench.cast(voter, poll, ballot)
    result = close(bench, poll)
    assert (result["n"], result["totals"], result["changed"]) == (6, {ONE: 5}, [])
    assert result["heat"] == {
        ONE: {"rings": [[1, 3], [2, 3], [3, 1]], "jars": [[2, 1], [6, 2]]},
    }
    assert bench.poll(poll)["words"] == {ONE: digest_of(FIRST)}
    card = bench.board()[result["card"]]
    assert card["d"]["answers"].splitlines() == [
        "Rings true · 3 · join our",
        "Rings true · 1 · people",
        "Jars · 2 · money.",
        "Jars · 1 · our",
    ]
    assert card["txt"] == "Which words ring true? · 6 voted · rings true most often (3 of 6): join our"
    assert bench.vault("ballot") == bench.vault("spent") == {}
    assert len(bench.of(events.LeaveNoTrace)) == 1
    # Numbers of words are for good; the words are not.
    assert not any(b"join" in body for body in bench.reloaded().happenings)


def test_of_a_draft_that_fewer_than_five_marked_nothing_is_told(bench: PollBench) -> None:
    """[DEC-6] [PS-23] With what one marked and four left alone, one ballot would be told."""
    poll = bench.open("marks")
    for number, voter in enumerate(bench.voters):
        bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 2]])} if number < FEWEST - 1 else {})
    result = close(bench, poll)
    assert (result["n"], result["totals"], result["heat"], result["changed"]) == (6, {}, {}, [])
    assert bench.vault("wording") == {}
    card = bench.board()[result["card"]]["d"]
    assert (card["note"], "answers" in card) == (
        "Fewer than 5 said something of each, so nothing is shown of any.",
        False,
    )


def test_under_five_who_marked_nothing_is_told(bench: PollBench) -> None:
    """[DEC-6] [PS-23]"""
    poll = bench.open("marks")
    for voter in bench.voters[: FEWEST - 1]:
        bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 2]])})
    result = close(bench, poll)
    assert (result["n"], result["suppressed"], result["heat"], result["totals"]) == (4, True, {}, {})
    assert bench.poll(poll)["words"] == {}
    card = bench.board()[result["card"]]
    assert "join" not in card["txt"] + json.dumps(card["d"])


@pytest.mark.parametrize(("again", "told"), [(4, {}), (5, {"rings": [[0, 5]], "jars": []})])
def test_marks_on_earlier_words_do_not_count_and_the_others_only_if_enough(
    bench: PollBench, again: int, told: dict[str, Any]
) -> None:
    """[DEC-6] [DEC-8]"""
    poll = bench.open("marks")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 2]]), TWO: marked(SECOND, [[0, 0]])})
    bench.reword(ONE, "Quite another draft")
    second = {TWO: marked(SECOND, [[0, 0]])}
    for voter in bench.voters[:again]:
        bench.cast(voter, poll, {ONE: marked("Quite another draft", [[0, 0]])} | second)
    result = close(bench, poll)
    assert result["changed"] == [ONE]
    assert result["heat"] == ({ONE: told} if told else {}) | {TWO: {"rings": [[0, 6]], "jars": []}}
    card = bench.board()[result["card"]]
    assert card["d"]["version"] == "Marked before its words were changed: Quite another draft"
    assert "join" not in card["d"]["answers"]


def test_words_changed_and_changed_back_are_the_words_that_were_marked(bench: PollBench) -> None:
    """[DEC-8]"""
    poll = bench.open("marks")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 1]])})
    bench.reword(ONE, SECOND)
    bench.reword(ONE, FIRST)
    result = close(bench, poll)
    assert (result["changed"], result["heat"][ONE]["rings"]) == ([], [[1, 6]])


def test_of_a_draft_that_is_gone_nothing_is_told(bench: PollBench) -> None:
    poll = bench.open("marks")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 1]]), TWO: marked(SECOND, [[2, 2]])})
    bench.set(ONE, "del", 1)
    result = close(bench, poll)
    assert (result["totals"], list(result["heat"]), result["changed"]) == ({TWO: 6}, [TWO], [])


def test_of_a_draft_that_was_taken_back_no_mark_and_no_digest_is_kept(bench: PollBench) -> None:
    """[DEC-7] While it is marked, and after."""
    bench.go("write")
    draft = Draft("ann's", "The canary's own words", "see")
    bench.do(bench.ann, "seal.write", **draft.args)
    bench.do(bench.host, "seal.reveal")
    (note,) = [id for id, element in bench.board().items() if element["txt"] == draft.text]
    closed, still_open = bench.open("marks", region="see"), bench.open("marks", region="see")
    for poll in (closed, still_open):
        for voter in bench.voters:
            bench.cast(voter, poll, {note: marked(draft.text, [[1, 1]])})
    card = close(bench, closed)["card"]
    assert "canary" in bench.board()[card]["d"]["answers"]
    bench.do(bench.ann, "seal.withdraw", element=note, key=draft.key)
    assert "canary" not in json.dumps(bench.board())
    assert bench.vault("wording") == {}
    assert [json.loads(body)["given"] for body in bench.vault("ballot").values()] == [{}] * 6
    assert close(bench, still_open)["totals"] == {}


def test_of_a_draft_that_the_operator_erases_no_mark_no_digest_and_no_quote_is_kept(bench: PollBench) -> None:
    """[ERA-2]"""
    closed, still_open = bench.open("marks"), bench.open("marks")
    for poll in (closed, still_open):
        for voter in bench.voters:
            bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 1]]), TWO: marked(SECOND, [[3, 3]])})
    card = close(bench, closed)["card"]
    history, gone = erased(bench.reloaded(), Wish(frozenset({ONE})), client_id=99_991, at=1)
    assert gone == {ONE}
    assert 99_991 not in history.retired
    board = Board.load(history.state, (), client_id=3)
    left = board.elements()
    board.close()
    assert ONE not in left
    assert "join" not in f"{left[card].text} {left[card].payload}"
    assert "heard" in str(left[card].text)
    vault = {key: body for key, body in (bench.reloaded().vault | history.pruned).items() if key not in history.rows}
    assert not any(digest_of(FIRST).encode() in body for body in vault.values())
    assert sum(digest_of(SECOND).encode() in body for body in vault.values()) == 7
    assert fold(bench.reloaded().happenings, vault).deciding.turnouts[still_open] == 6


def test_a_draft_that_is_set_aside_is_quoted_no_more(bench: PollBench) -> None:
    poll = bench.open("marks")
    for voter in bench.voters:
        bench.cast(voter, poll, {ONE: marked(FIRST, [[1, 1]]), TWO: marked(SECOND, [[3, 3]])})
    card = close(bench, poll)["card"]
    assert "join" in bench.board()[card]["d"]["answers"]
    bench.do(bench.host, "mod.aside", element=ONE, reason="It names a person.")
    bench.settle()
    assert bench.board()[card]["d"]["answers"] == "Rings true · 6 · heard"
    assert "join" not in bench.board()[card]["txt"]


def test_before_the_close_no_mark_is_anywhere_but_in_the_vault(bench: PollBench) -> None:
    """[DEC-5] [PS-21] Hosts and the display are told how many have marked, and nothing else."""
    poll = bench.open("marks")
    display = bench.join(identity("Wall", Role.DISPLAY))
    bench.cast(bench.ann, poll, {ONE: marked(FIRST, [[1, 2]])})
    for conn in (bench.host, display):
        (told,) = bench.view(conn)["deciding"]["polls"]
        assert (told["turnout"], told["result"], told["words"]) == (1, None, {})
    assert bench.refused(bench.ann, "poll.cast", **bench.vote(bench.ann, poll, {}, token=token_of("other"))) == "spent"


# ---- counting, by a model ------------------------------------------------------------------------------------------


@st.composite
def ballots(draw: st.DrawFn) -> dict[str, Marked]:
    """Each word of two drafts of 12 words left alone, or marked, on words that are there or were there before."""
    ballot: dict[str, Marked] = {}
    for draft in (ONE, TWO):
        feels = draw(st.lists(st.sampled_from([None, None, "rings", "jars"]), min_size=12, max_size=12))
        spans = {feel: [(at, at) for at, one in enumerate(feels) if one == feel] for feel in ("rings", "jars")}
        if any(spans.values()):
            ballot[draft] = Marked(
                words=draw(st.sampled_from(["nownownw", "nownownw", "before__"])),
                rings=tuple(spans["rings"]),
                jars=tuple(spans["jars"]),
            )
    return ballot


@settings(deadline=None, max_examples=60)
@given(st.lists(ballots(), max_size=9), st.randoms(use_true_random=False))
def test_the_heat_is_what_counting_word_by_word_comes_to(cast: list[dict[str, Marked]], random: Any) -> None:
    """[DEC-12] [DEC-15] In whatever order the ballots come."""
    now = {ONE: "nownownw", TWO: "nownownw"}
    result = count(PollKind.MARKS, cast, drafts=now)
    random.shuffle(cast)
    assert count(PollKind.MARKS, cast, drafts=now) == result
    for draft in (ONE, TWO):
        of = [ballot[draft] for ballot in cast if draft in ballot]
        new = [each for each in of if each.words == "nownownw"]
        is_told = len(new) >= FEWEST
        for feel in ("rings", "jars"):
            counts = Counter(word for each in new for word, _ in getattr(each, feel))
            told = getattr(result.heat[draft], feel) if draft in result.heat else ()
            assert dict(told) == (dict(counts) if is_told else {})


def test_a_result_tells_of_no_more_words_than_fit_into_a_view() -> None:
    drafts = {f"draft-{number:06}": "nownownw" for number in range(20)}
    all_of_it = {draft: Marked(words="nownownw", rings=((0, MAX_WORDS - 1),)) for draft in drafts}
    most = {"draft-000019": all_of_it["draft-000019"]}
    short = {"draft-000018": Marked(words="nownownw", rings=((0, 9),))}
    result = count(PollKind.MARKS, [{**all_of_it, **short}] * 5 + [most], drafts=drafts)
    assert result.heat.keys() == {"draft-000019", *sorted(drafts)[:4]}
    # Where a long one does not fit any more, a shorter one does.
    all_of_it["draft-000000"] = Marked(words="nownownw", rings=((0, MAX_WORDS - 11),))
    result = count(PollKind.MARKS, [{**all_of_it, **short}] * 5 + [most], drafts=drafts)
    assert result.heat.keys() == {"draft-000019", "draft-000018", *sorted(drafts)[:4]}
    assert result.totals["draft-000016"] == 5


def test_a_mark_is_checked_when_it_is_read_from_the_vault() -> None:
    with pytest.raises(ValidationError):
        Marked.model_validate_json('{"words": "nownownw", "rings": [[3, 1]]}')
