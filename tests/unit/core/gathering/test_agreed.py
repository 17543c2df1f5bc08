"""What people agreed to when they began to write stays what it was: no command changes it under their hands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.gathering.gathering import COMMANDS, fold
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board, Element
from support.gatherings import PLAN, HostedBench, plan
from support.rooms import identity
from support.sealing import Draft
from unit.core.gathering.test_capabilities import TABLE

ANN, ROSA = "Ann_________", "Rosa________"
DRAFT: Final = Draft("a", "The bus does not stop here.")


def turned(**terms: object) -> list[dict[str, Any]]:
    """The steps, with other terms where people write sealed."""
    phases = deepcopy(PLAN["phases"])
    phases[2]["opens"][0] |= terms
    return list(phases)


# Everything that somebody with every power could ask for while a step is written in: once as in the table of who may
# ask for what, and in all the ways that could get at the terms.
ASKS: Final[Mapping[str, list[dict[str, Any]]]] = {
    **{command: [args] for command, (_, _, args) in TABLE.items()},
    "show.load": [{"plan": plan(phases=turned(attribution="named"))}, {"template": "drivers"}],
    "show.go": [{"phase": "write"}],
    "show.skip": [{"phase": "write", "skipped": True}],
    "show.arrange": [
        *(
            {"phases": turned(**terms)}
            for terms in (
                {"attribution": "named"},
                {"attribution": "table"},
                {"visibility": "open"},
                {"visibility": "table"},
                {"visibility": "sealed-table"},
                {"writers": "host"},
                {"region": "stories"},
            )
        ),
        {"phases": [phase for phase in PLAN["phases"] if phase["key"] != "write"]},
    ],
    "show.capture": [{"level": "named"}, {"level": "nothing"}],
    "people.promote": [{"seat": ANN, "role": "harvester"}],
    "people.remove": [{"seat": ANN}],
    "people.tables": [{"tables": {"one": "One"}, "seats": {ANN: "one", ROSA: "one"}}],
    "seal.reveal": [{"phase": "choose"}],
    "seal.late": [DRAFT.args],
    "seal.drop": [{"note": DRAFT.note}],
}


def writing(**terms: object) -> HostedBench:
    """Ann writes sealed; what she has written so far is held."""
    bench = HostedBench()
    bench.host_it(plan(phases=turned(**terms)))
    bench.go("write")
    bench.do(bench.ann, "seal.write", **DRAFT.args)
    return bench


def terms(bench: HostedBench) -> object:
    """On what terms the step is written in that Ann writes in, as it is stored."""
    plan = fold(bench.reloaded().happenings, {}).show.plan
    assert plan is not None
    phase = plan.phase("write")
    return None if phase is None else phase.opens


def held(bench: HostedBench) -> list[tuple[str, str, str, object]]:
    """Ann's words, and on what terms they are held."""
    rows = [json.loads(body) for (kind, _), body in bench.reloaded().vault.items() if kind == "note"]
    return [(row["text"], row["attribution"], row["seat"], row["shown"]) for row in rows if row["seat"] == ANN]


def notes(bench: HostedBench) -> list[Element]:
    stored = bench.reloaded()
    board = Board.load(stored.state, stored.updates, client_id=99)
    elements = board.elements()
    board.close()
    return [element for element in elements.values() if element.kind == "note"]


def test_everything_that_can_be_asked_for_is_asked_for() -> None:
    assert set(ASKS) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_ps17_no_command_changes_on_what_terms_a_step_is_written_in(command: str) -> None:
    """[PS-17] [PS-16] Nor those of a note that is held, whatever role asks."""
    for args in ASKS[command]:
        bench = writing()
        team = [bench.join(identity(role.value, role)) for role in (Role.COHOST, Role.HARVESTER, Role.TABLE)]
        bench.settle()
        before, words = terms(bench), held(bench)
        for conn in (bench.host, *team):
            bench.answer(conn, command, **args)
            assert terms(bench) == before, (command, args)
            assert held(bench) == words, (command, args)
            assert notes(bench) == []


@pytest.mark.parametrize(
    "then",
    [{"attribution": "named"}, {"visibility": "sealed-table", "attribution": "named"}, {"attribution": "none"}],
)
def test_ps17_what_was_written_on_the_terms_of_one_step_is_not_taken_on_those_of_another(then: dict[str, str]) -> None:
    """[PS-17] It comes when the group has gone on: its author is told, and may write it anew."""
    opens = [{**PLAN["phases"][2]["opens"][0], **then}]
    bench = HostedBench()
    bench.host_it(plan(phases=[*PLAN["phases"][:3], {"key": "sign", "title": "Sign", "minutes": 4, "opens": opens}]))
    bench.go("write")
    bench.go("sign")
    assert bench.refused(bench.ann, "seal.write", **DRAFT.args, phase="write") == "closed"
    assert bench.refused(bench.ann, "seal.write", **DRAFT.args, phase="nowhere") == "closed"
    assert bench.reloaded().vault == {}
    bench.do(bench.ann, "seal.write", **DRAFT.args, phase="sign")
    assert [(text, attribution) for text, attribution, *_ in held(bench)] == [
        (DRAFT.text, then.get("attribution", "none"))
    ]


def test_ps17_a_note_that_comes_late_has_no_name_if_it_was_written_without_one() -> None:
    """[PS-17] [PS-16] Although the step that was revealed last has names."""
    opens = [{**PLAN["phases"][2]["opens"][0], "attribution": "named"}]
    bench = HostedBench()
    bench.host_it(plan(phases=[*PLAN["phases"][:3], {"key": "sign", "title": "Sign", "minutes": 4, "opens": opens}]))
    for phase in ("write", "sign"):
        bench.go(phase)
        bench.do(bench.host, "seal.reveal")
    assert bench.refused(bench.ann, "seal.write", **DRAFT.args, phase="write") == "revealed"
    bench.do(bench.ann, "seal.late", **DRAFT.args, phase="write")
    other = Draft("b", "With my name.")
    bench.do(bench.ann, "seal.late", **other.args, phase="sign")
    stored = bench.reloaded()
    assert {note.text: stored.authors.get(note.id) for note in notes(bench)} == {DRAFT.text: None, other.text: ANN}


# ---- numbers -------------------------------------------------------------------------------------------------------


def ticks(bench: HostedBench, conn: ConnId) -> list[int]:
    """The numbers that a connection has seen the board count by."""
    return [tick[1] for tick in bench.messages(conn, "tick")]


@pytest.mark.parametrize("count", [1, 4])
def test_ps13_numbers_tell_nothing_of_how_much_is_written(count: int) -> None:
    """[PS-13] Not while it is, not at the reveal, and not to who comes later."""
    bench = HostedBench()
    bench.host_it()
    bench.go("write")
    before = bench.welcome(bench.join(identity("Bob")))["seq"]
    for number in range(count):
        for text in ("at first", "and then", "in the end"):
            bench.do(bench.ann, "seal.write", **Draft(str(number), text).args)
    gone = Draft("gone", "thrown away")
    for _ in range(0 if count == 4 else 3):
        bench.do(bench.ann, "seal.write", **gone.args)
        bench.do(bench.ann, "seal.drop", note=gone.note)
    while_sealed = bench.join(identity("Cid"))
    bench.settle()
    assert bench.welcome(while_sealed)["seq"] == before
    bench.do(bench.host, "seal.reveal")
    assert ticks(bench, bench.host)[-1] == before + 1
    after = bench.join(identity("Dot"))
    bench.settle()
    assert bench.welcome(after)["seq"] == before + 1


def test_ps13_what_is_revealed_has_an_id_that_nobody_had_seen() -> None:
    """[PS-13] Drawn at the reveal: not the client's name of it, nor that of its row, nor one after the other."""
    seen: set[str] = set()
    for turn in range(6):
        bench = writing()
        rows = {key for (kind, key) in bench.reloaded().vault if kind == "note"}
        assert all(len(key) * 4 >= 64 for key in rows)
        bench.seed += 1_000 * turn
        bench.do(bench.host, "seal.reveal")
        (note,) = notes(bench)
        assert len(note.id) * 6 >= 64
        assert note.id not in rows | {DRAFT.note}
        seen.add(note.id)
    assert len(seen) == 6


# ---- who comes late, and who comes back ----------------------------------------------------------------------------


def test_ps45_who_comes_after_a_reveal_is_sent_what_everybody_has_and_nothing_of_before() -> None:
    """[PS-45] Not what was thrown away, had other words or was withdrawn before they came."""
    bench = writing(limit=9)
    for word in "bcd":
        bench.do(bench.ann, "seal.write", **Draft(word, f"canary first {word}").args)
        bench.do(bench.ann, "seal.write", **Draft(word, f"words {word}").args)
    bench.do(bench.ann, "seal.drop", note=Draft("d", "").note)
    bench.do(bench.host, "seal.reveal")
    bob, cid = bench.join(identity("Bob")), bench.join(identity("Cid"))
    bench.settle()
    assert bench.welcome(bob)["update"] == bench.welcome(cid)["update"]
    board = Board.load(bench.welcome(bob)["update"], [], client_id=5)
    texts = [element.text for element in board.elements().values() if element.kind == "note"]
    board.close()
    assert sorted(texts) == sorted([DRAFT.text, "words b", "words c"])
    heard = b"".join(bench.frames(bob))
    assert b"canary" not in heard
    assert b"words d" not in heard
    for draft in (DRAFT, *(Draft(word, "") for word in "bcd")):
        assert draft.note.encode() not in heard
    assert bench.view(bob) == bench.view(bench.ann)


def test_ps46_who_comes_back_is_told_no_more_than_who_stayed() -> None:
    """[PS-46] Gone while others wrote: every word of their welcome was somebody else's to hear who never left."""
    bench = writing()
    bob, cid = bench.join(identity("Bob")), bench.join(identity("Cid"))
    bench.settle()
    seq = bench.welcome(bob)["seq"]
    bench.handle(events.Left(bob))
    for word in "bcd":
        bench.do(bench.ann, "seal.write", **Draft(word, f"canary {word}").args)
    bench.wait(11_000)
    again = bench.join(identity("Bob"), since=(1, seq))
    bench.settle()
    assert b"canary" not in b"".join(bench.frames(again))
    assert bench.view(again) == bench.view(cid)
    assert bench.own(again) == bench.own(bob) | {"people": bench.own(again)["people"]}
    assert bench.welcome(again)["seq"] == seq
