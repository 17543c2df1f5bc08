"""What somebody has of their own: they can read it, find it by a key, and take all of it back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harvestry.core import events
from harvestry.core.access import Role, SeatId
from harvestry.core.gathering import owning
from harvestry.core.gathering.gathering import view
from harvestry.core.gathering.sealed import Authorship, Proof
from harvestry.core.protocol import Command, ConnId
from harvestry_crdt import Board, Element, Put
from support.gatherings import PLAN, HostedBench, plan
from support.recording import RecordRoom
from support.rooms import identity
from support.sealing import Draft

ANN, CANARY = "Ann_________", "canary of Ann"
NOTE, ASIDE, THEME, HIS = "note-of-ann-", "aside-of-ann", "theme-of-ann", "note-of-rosa"
HELD, BARE = Draft("held", f"{CANARY}, sealed"), Draft("bare", f"{CANARY}, without a name")


def put(bench: HostedBench, conn: ConnId, client: int, *elements: Element) -> None:
    board = Board(client_id=client)
    board.write([Put(element) for element in elements])
    bench.edit(conn, board.commit())
    board.close()
    bench.settle()


def note(id: str, words: str, parent: str, kind: str = "note") -> Element:
    return Element(id, kind, (8, 90, 184, 104), parent, "a", None, words, {}, None, 0, deleted=False)


def board(bench: HostedBench) -> dict[str, Element]:
    stored = bench.reloaded()
    document = Board.load(stored.state, stored.updates, client_id=99)
    elements = document.elements()
    document.close()
    return {id: element for id, element in elements.items() if not element.deleted}


def vault(bench: HostedBench, kind: str) -> dict[str, dict[str, Any]]:
    return {key: json.loads(body) for (of, key), body in bench.reloaded().vault.items() if of == kind}


@pytest.fixture
def bench() -> HostedBench:
    """Ann has written with her name, sealed, and without a name; one of hers is set aside; Rosa writes beside her."""
    bench = HostedBench()
    sealed = {**PLAN["phases"][2], "key": "again", "title": "Once more"}
    bench.host_it(plan(phases=[*PLAN["phases"], sealed]))
    bench.go("tell")
    frame = next(r["element"] for r in bench.view(bench.host)["show"]["regions"] if r["key"] == "stories")
    put(bench, bench.ann, 99, note(NOTE, CANARY, frame), note(ASIDE, f"{CANARY}, aside", frame))
    put(bench, bench.host, 98, note(HIS, "words of Rosa", frame))
    bench.do(bench.host, "mod.aside", element=ASIDE, reason="It names somebody.")
    bench.go("write")
    bench.do(bench.ann, "seal.write", **BARE.args)
    bench.do(bench.host, "seal.reveal")
    bench.go("again")
    bench.do(bench.ann, "seal.write", **HELD.args)
    return bench


def test_ps31_one_reads_what_nobody_else_is_told(bench: HostedBench) -> None:
    """[PS-31] One's own words that were set aside; to others it is as if there were none."""
    told = bench.do(bench.ann, "own.aside")
    assert told == {"notes": [{"element": ASIDE, "text": f"{CANARY}, aside"}]}
    assert bench.do(bench.host, "own.aside") == {"notes": []}


def test_ps31_a_key_finds_its_note_for_whoever_holds_it_and_tells_nothing_else(bench: HostedBench) -> None:
    """[PS-31]"""
    (element,) = [id for id, one in board(bench).items() if one.text == BARE.text]
    bob = bench.join(identity("Bob", Role.OBSERVER))
    for conn in (bench.ann, bob):
        assert bench.do(conn, "own.find", key=BARE.key) == {"element": element}
    before = len(bench.frames(bench.host))
    wrong = {str(bench.answer(bob, "own.find", key=key)[2:]) for key in (HELD.key, Draft("none", "").key, "A" * 43)}
    assert len(wrong) == 1
    assert "unknown" in wrong.pop()
    assert len(bench.frames(bench.host)) == before


@pytest.mark.parametrize("over", [False, True], ids=["during", "after"])
def test_ps31_everything_under_ones_name_goes_at_once_and_is_erased(bench: HostedBench, *, over: bool) -> None:
    """[PS-31] From any device that holds the seat, while it goes on and after the end; nobody else's goes with it."""
    if over:
        bench.do(bench.host, "show.close")
    phone = bench.join(identity("Ann"))
    bench.settle()
    before = len(bench.reloaded().happenings)
    assert bench.do(phone, "own.delete") == {"gone": 2, "stays": 0}
    left = board(bench)
    assert NOTE not in left
    assert ASIDE not in left
    assert left[HIS].text == "words of Rosa"
    # What has no name is nobody's here: it goes by its key.
    assert BARE.text in [element.text for element in left.values()]
    assert vault(bench, "note") == {}
    assert set(vault(bench, "gone")) == {NOTE, ASIDE}
    assert bench.own(bench.ann)["sealing"]["notes"] == []
    assert bench.refused(bench.host, "mod.restore", element=ASIDE) == "unknown"
    new = b"".join(bench.reloaded().happenings[before:])
    assert b"Ann" not in new
    assert NOTE.encode() not in new
    bench.wait(20_000)
    assert bench.of(events.Erase) == [events.Erase(frozenset({NOTE, ASIDE}))]
    assert bench.do(phone, "own.delete") == {"gone": 0, "stays": 0}


def test_ps31_whoever_was_removed_takes_everything_back_without_a_seat(bench: HostedBench) -> None:
    """[PS-31] [PEO-7] By name and by key; told when it is durable, and nothing of theirs is left to be revealed."""
    bench.do(bench.host, "people.remove", seat=ANN)
    bench.handle(events.TakeBack(1, SeatId(ANN), (BARE.key, Draft("none", "").key)))
    assert bench.of(events.TakenBack) == []
    bench.settle()
    assert bench.of(events.TakenBack) == [events.TakenBack(1, {"gone": 3, "stays": 0})]
    # What has no name goes later than what has hers, so that nobody can tell from the moment whose it was.
    assert [one.text for one in board(bench).values() if CANARY in (one.text or "")] == [BARE.text]
    bench.handle(events.TakeBack(3, SeatId(ANN), (BARE.key,)))
    bench.live_through(41)
    assert bench.of(events.TakenBack)[-1] == events.TakenBack(3, {"gone": 0, "stays": 0})
    assert not [one for one in board(bench).values() if CANARY in (one.text or "")]
    assert board(bench)[HIS].text == "words of Rosa"
    assert vault(bench, "note") == {}
    bench.handle(events.TakeBack(2, SeatId(ANN), (BARE.key,)))
    bench.settle()
    assert bench.of(events.TakenBack)[-1] == events.TakenBack(2, {"gone": 0, "stays": 0})


def test_taking_everything_back_reads_only_what_is_ones_own(
    bench: HostedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody keeps a room busy with it."""
    hosting = bench.room._loaded.hosting

    def too_much(_: object) -> None:
        raise AssertionError("the whole board was read")

    monkeypatch.setattr(type(hosting._board), "elements", too_much)
    assert bench.do(bench.ann, "own.delete") == {"gone": 2, "stays": 0}
    asks = {name: Command(1, name, {}) for name in ("request.aside", "request.restore", "own.delete", "clock")}
    monkeypatch.setattr(type(hosting._board), "count", lambda _: 2_000)
    worth = {name: hosting.worth(command, SeatId(ANN)) for name, command in asks.items()}
    assert worth == {"request.aside": 101, "request.restore": 101, "own.delete": 1, "clock": 1}


def test_a_key_is_tried_on_few_notes_however_many_there_are(
    bench: HostedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[PEO-7] Whoever takes everything back, with all the keys one may send, holds up nobody."""
    drafts = [Draft(f"draft {n}", "") for n in range(640)]
    keys = {f"note{n:08}": Authorship(proof=Proof.of(drafts[n].key_hash, bytes(32))) for n in range(640)}
    state = bench.room._loaded.hosting._state
    state = replace(state, sealing=replace(state.sealing, keys=keys))
    is_of, tried = Proof.is_of, 0

    def counted(proof: Proof, key_hash: str) -> bool:
        nonlocal tried
        tried += 1
        return is_of(proof, key_hash)

    monkeypatch.setattr(Proof, "is_of", counted)
    asked = [draft.key for draft in drafts[:32]] + [Draft(f"nobody's {n}", "").key for n in range(32)]
    found = {drafts[n].key: f"note{n:08}" for n in range(32)}
    assert owning.found(state, asked) == found
    assert tried < 2 * len(keys)
    # Of notes from before there were hints, every key is tried on each.
    before = {id: Authorship(proof=row.proof.model_copy(update={"hint": None})) for id, row in keys.items()}
    assert owning.found(replace(state, sealing=replace(state.sealing, keys=before)), asked) == found


def test_an_objection_stays_one_when_whoever_gave_it_takes_everything_back(bench: HostedBench) -> None:
    """[PS-31] [DEC-9] Their words and their name go; what the group was told does not turn into consent."""
    poll = "0" * 16
    bench.do(bench.host, "poll.open", poll=poll, asks={"kind": "consent", "question": "So?"})
    told = {"ballot": "objection", "reason": "words of Ann", "named": True}
    bench.do(bench.ann, "poll.cast", poll=poll, token="A" * 22, **told)
    bench.do(bench.host, "poll.close", poll=poll)
    bench.do(bench.ann, "own.delete")
    again = HostedBench(stored=bench.reloaded())
    host, ann = again.join(identity("Rosa", Role.HOST)), again.join(identity("Ann"))
    again.settle()
    (left,) = again.view(host)["deciding"]["polls"][0]["objections"]
    assert (left["reason"], left["by"], left["met"]) == ("", None, False)
    result = again.view(host)["deciding"]["polls"][0]["result"]
    assert result["outcome"] == "objections"
    again.do(ann, "poll.met", poll=poll, token="A" * 22)
    assert again.view(host)["deciding"]["polls"][0]["result"]["outcome"] == "concerns"
    # Nor does it when the operator erases whoever gave it.
    state = again.room._loaded.hosting._state
    erased = replace(state, deciding=replace(state.deciding, reasons={}))
    assert view(erased, Role.HOST)["deciding"]["polls"][0]["result"]["outcome"] == "objections"  # type: ignore[index]


def test_nobody_takes_back_over_http_what_is_of_a_seat_that_goes_on(bench: HostedBench) -> None:
    """[PEO-7]"""
    bench.handle(events.TakeBack(1, SeatId(ANN), (BARE.key,)))
    bench.settle()
    assert bench.of(events.TakenBack) == [events.TakenBack(1, {"gone": 0, "stays": 0})]
    assert board(bench)[NOTE].text == CANARY


def test_what_is_taken_back_while_nothing_can_be_saved_is_answered_so(bench: HostedBench) -> None:
    """[PEO-7]"""
    bench.do(bench.host, "people.remove", seat=ANN)
    bench.handle(events.TakeBack(1, SeatId(ANN), ()))
    bench.wait(1_000)
    bench.handle(events.CommitFailed())
    bench.handle(events.TakeBack(2, SeatId(ANN), ()))
    assert bench.of(events.TakenBack) == [events.TakenBack(1, None), events.TakenBack(2, None)]


def test_ps29_everybody_is_told_how_many_were_taken_back_and_when_and_never_which(bench: HostedBench) -> None:
    """[PS-29] So that whoever has a file of before knows that it holds what is to be dropped."""
    assert bench.view(bench.host)["sealing"]["withdrawn"] == 0
    assert bench.view(bench.host)["sealing"]["withdrawn_at"] is None
    (element,) = [id for id, one in board(bench).items() if one.text == BARE.text]
    bench.do(bench.ann, "seal.withdraw", element=element, key=BARE.key)
    first = bench.view(bench.host)["sealing"]
    bench.wait(5_000)
    bench.do(bench.ann, "own.delete")
    told = bench.view(bench.host)["sealing"]
    assert (first["withdrawn"], told["withdrawn"]) == (1, 3)
    assert told["withdrawn_at"] - first["withdrawn_at"] >= 5_000
    assert set(told) == {"progress", "handed", "withdrawn", "withdrawn_at", "pleas"}
    assert bench.view(bench.ann)["sealing"] == told
    again = HostedBench(stored=bench.reloaded())
    host = again.join(identity("Rosa", Role.HOST))
    assert again.view(host)["sealing"] == told


def test_what_others_put_into_a_theme_stays_where_it_is(bench: HostedBench) -> None:
    """The theme loses its title at once, and is gone once it is erased; what is in it is not ours to take."""
    bench.go("tell")
    frame = next(r["element"] for r in bench.view(bench.host)["show"]["regions"] if r["key"] == "stories")
    put(bench, bench.host, 97, note(THEME, "A theme of Rosa", frame, "frame"))
    put(bench, bench.ann, 96, note("hers-in-it__", "hers", THEME))
    bench.do(bench.host, "own.delete")
    left = board(bench)
    assert (left[THEME].text, left["hers-in-it__"].parent) == ("", THEME)
    assert set(vault(bench, "gone")) == {THEME, HIS}


def test_ps31_what_the_group_agreed_on_and_where_others_put_their_names_stays() -> None:
    """[PS-31] One's own name goes off it all the same."""
    room = RecordRoom()
    room.begin()
    whole = {"we_will": "listen", "shown": "in minutes", "account": "each month"}
    for id in ("agreed______", "committed___", "mine________"):
        room.record(room.ann, id, "principles", **whole)
        room.do(room.ann, "record.take", element=id, part="commit")
    room.do(room.ben, "record.take", element="committed___", part="commit")
    room.do(room.host, "record.agree", element="agreed______", agreed=True)
    assert room.do(room.ann, "own.delete") == {"gone": 1, "stays": 2}
    assert not room.board()["agreed______"].get("del")
    assert room.board()["mine________"]["del"] == 1
    assert room.names("committed___") == [(room.seat(room.ben), "commit")]
    assert room.names("agreed______") == []


def test_ps31_reasons_that_one_put_ones_name_to_and_words_to_the_team_go_too(bench: HostedBench) -> None:
    """[PS-31]"""
    poll = "0" * 16
    bench.do(bench.host, "poll.open", poll=poll, asks={"kind": "consent", "question": "So?"})
    told = {"ballot": "concern", "reason": "words of Rosa", "named": True}
    bench.do(bench.host, "poll.cast", poll=poll, token="A" * 22, **told)
    bench.do(bench.host, "poll.close", poll=poll)
    bench.do(bench.host, "mod.say", text="Two minutes more?")
    assert len(bench.view(bench.ann)["deciding"]["polls"][0]["concerns"]) == 1
    bench.do(bench.host, "own.delete")
    assert bench.view(bench.ann)["deciding"]["polls"][0]["concerns"] == []
    assert bench.view(bench.host)["moderating"]["team"] == []
    assert vault(bench, "reason") == vault(bench, "mod.said") == {}


@pytest.mark.parametrize("ballot", ["concern", "objection"])
def test_ps31_reasons_in_a_round_that_goes_on_go_too(bench: HostedBench, ballot: str) -> None:
    """[PS-31] That somebody objected stays."""
    poll = "0" * 16
    bench.do(bench.host, "poll.open", poll=poll, asks={"kind": "consent", "question": "So?"})
    told = {"ballot": ballot, "reason": "words of Rosa", "named": True}
    bench.do(bench.host, "poll.cast", poll=poll, token="A" * 22, **told)
    bench.do(bench.host, "own.delete")
    assert "words of Rosa" not in str(vault(bench, "ballot"))
    bench.do(bench.host, "poll.close", poll=poll)
    (closed,) = bench.view(bench.ann)["deciding"]["polls"]
    assert closed["concerns"] == []
    assert [(one["reason"], one["by"]) for one in closed["objections"]] == [("", None)] * (ballot == "objection")
    assert closed["result"]["outcome"] == {"concern": "concerns", "objection": "objections"}[ballot]
