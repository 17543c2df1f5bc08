"""What the author of a revealed note may do with it, by its key."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harvestry.core import events
from harvestry.core.access import Holder, Role
from harvestry.core.gathering.sealed import Plea, Proof, hash_of
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board, Element
from support.gatherings import HostedBench
from support.rooms import identity
from support.sealing import Draft

DRAFT = Draft("a", "The bus does not stop here.")
ANN = "Ann_________"


@pytest.fixture
def bench() -> HostedBench:
    """Ann and Bob have written a note each, and both stand on the board without a name."""
    bench = HostedBench()
    bench.host_it()
    bench.go("write")
    bench.do(bench.ann, "seal.write", **DRAFT.args)
    bench.do(bench.join(identity("Bob")), "seal.write", **Draft("b", "Another one.").args)
    bench.do(bench.host, "seal.reveal")
    return bench


def board(bench: HostedBench) -> dict[str, Element]:
    stored = bench.reloaded()
    document = Board.load(stored.state, stored.updates, client_id=99)
    elements = document.elements()
    document.close()
    return elements


def note(bench: HostedBench, text: str = DRAFT.text) -> Element:
    (found,) = [element for element in board(bench).values() if element.text == text]
    return found


def vault(bench: HostedBench, kind: str) -> dict[str, dict[str, Any]]:
    return {key: json.loads(body) for (of, key), body in bench.reloaded().vault.items() if of == kind}


def test_what_proves_a_note_tells_nothing_of_its_author_or_of_another_note(bench: HostedBench) -> None:
    """[SEA-5]"""
    rows = vault(bench, "key")
    assert set(rows) == {note(bench).id, note(bench, "Another one.").id}
    for row in rows.values():
        assert set(row) == {"kind", "proof"}
    one, two = (Proof.of(DRAFT.key_hash, bytes([n]) * 32) for n in (1, 2))
    assert one.is_of(DRAFT.key_hash)
    assert two.is_of(DRAFT.key_hash)
    assert one.digest != two.digest
    # Not even the hash that its author sent.
    assert DRAFT.key_hash.encode() not in b"".join(bench.reloaded().vault.values())


def test_ps27_an_author_takes_a_note_back_on_any_device_that_has_its_key(bench: HostedBench) -> None:
    """[SEA-9] [PS-27]"""
    element = note(bench).id
    elsewhere = bench.join(identity("Somebody"))
    bench.settle()
    bench.do(elsewhere, "seal.withdraw", element=element, key=DRAFT.key)
    left = board(bench)[element]
    assert (left.deleted, left.text) == (True, "")
    assert bench.view(bench.host)["sealing"]["withdrawn"] == 1
    assert set(vault(bench, "gone")) == {element}
    assert element not in vault(bench, "key")
    assert element.encode() not in b"".join(bench.reloaded().happenings)
    assert b"Somebody" not in bench.reloaded().happenings[-1]


def test_ps27_who_has_the_key_no_more_asks_hosts_who_learn_that_somebody_did(bench: HostedBench) -> None:
    """[PS-27] [PS-36] Whoever asks, hosts are told the same, nobody else anything, and no row says who it was."""
    element = note(bench).id
    cohost, bob = bench.join(identity("Vera", Role.COHOST)), bench.join(identity("Bob"))
    bench.settle()
    assert bench.refused(bench.host, "seal.heed", element=element, withdraw=True) == "unknown"
    assert bench.refused(bench.ann, "seal.plead", element="no-such-note") == "unknown"
    before, happened = len(bench.frames(bob)), len(bench.reloaded().happenings)
    views = []
    for conn in (bench.ann, bob):
        bench.do(conn, "seal.plead", element=element)
        views.append(bench.view(cohost)["sealing"]["pleas"])
        assert vault(bench, "plea") == {element: {"kind": "plea"}}
        assert len(bench.frames(bob)) == before + (conn is bob)
        before = len(bench.frames(bob))
        assert bench.view(bob)["sealing"]["pleas"] == []
        bench.do(cohost, "seal.heed", element=element, withdraw=False)
        assert vault(bench, "plea") == {}
    assert views == [[element]] * 2
    assert len(bench.reloaded().happenings) == happened
    bench.do(bench.ann, "seal.plead", element=element)
    bench.do(cohost, "seal.heed", element=element, withdraw=True)
    assert board(bench)[element].deleted
    assert set(vault(bench, "gone")) == {element}
    assert vault(bench, "plea") == {}
    assert bench.view(bob)["sealing"]["withdrawn"] == 1
    power = bench.view(bob)["moderating"]["powers"][-1]
    assert (power["what"], power["about"]) == ("withdrew a note, as somebody asked", None)
    assert b"Ann" not in b"".join(bench.reloaded().happenings[happened:])


def test_hosts_are_asked_for_so_many_notes_and_no_more(bench: HostedBench) -> None:
    element = note(bench).id
    state = bench.room._loaded.hosting._state
    pleas = {f"note{number:08}": Plea() for number in range(50)}
    bench.room._loaded.hosting._state = replace(state, sealing=replace(state.sealing, pleas=pleas))
    assert bench.refused(bench.ann, "seal.plead", element=element) == "full"


def test_no_host_alone_has_a_note_erased_that_somebodys_name_is_with(bench: HostedBench) -> None:
    """[PS-27] Hosts ask nothing of themselves, and nobody asks them for a note whose author can be seen."""
    element = note(bench).id
    cohost = bench.join(identity("Vera", Role.COHOST))
    bench.settle()
    for conn in (bench.host, cohost):
        assert bench.refused(conn, "seal.plead", element=element) == "role"
    hosting = bench.room._loaded.hosting
    hosting._admission.sign(element, Holder(ANN))
    assert bench.refused(bench.ann, "seal.plead", element=element) == "unknown"
    sealing = replace(hosting._state.sealing, pleas={element: Plea()})
    hosting._state = replace(hosting._state, sealing=sealing)
    assert bench.refused(bench.host, "seal.heed", element=element, withdraw=True) == "unknown"
    assert not board(bench)[element].deleted


def test_nobody_takes_up_all_that_hosts_can_be_asked(bench: HostedBench) -> None:
    """[PS-27] One note at a time for each seat, however often it connects; and no row says whose plea it is."""
    first, second = note(bench).id, note(bench, "Another one.").id
    phone = bench.join(identity("Ann"))
    bench.settle()
    bench.do(bench.ann, "seal.plead", element=first)
    bench.do(bench.ann, "seal.plead", element=first)
    assert bench.refused(phone, "seal.plead", element=second) == "waits"
    assert vault(bench, "plea") == {first: {"kind": "plea"}}
    bench.do(bench.host, "seal.heed", element=first, withdraw=False)
    bench.do(phone, "seal.plead", element=second)


def test_what_goes_with_other_things_of_its_author_goes_at_a_time_of_its_own(bench: HostedBench) -> None:
    """[SEA-9] Nothing tells the room that two notes without a name are one person's; what waits outlives a restart."""
    elements = [note(bench).id, note(bench, "Another one.").id]
    keys = {elements[0]: DRAFT.key, elements[1]: Draft("b", "").key}
    for element in elements:
        bench.do(bench.ann, "seal.withdraw", element=element, key=keys[element], later=True)
    due = {element: row["due"] for element, row in vault(bench, "back").items()}
    bench.do(bench.ann, "seal.withdraw", element=elements[0], key=DRAFT.key, later=True)
    assert {element: row["due"] for element, row in vault(bench, "back").items()} == due
    asked = bench.room._loaded.hosting.date(bench.now)
    assert len(set(due.values())) == 2
    assert all(asked < at <= asked + 40_000 for at in due.values())
    assert not any(board(bench)[element].deleted for element in elements)
    assert bench.view(bench.ann)["sealing"]["withdrawn"] == 0
    again = HostedBench(stored=bench.reloaded())
    again.join(identity("Cid"))
    again.settle()
    again.live_through(41)
    assert all(board(again)[element].deleted for element in elements)
    assert vault(again, "back") == {}
    gone = [json.loads(body) for body in again.reloaded().happenings if b"seal.withdrawn" in body]
    assert [one["count"] for one in gone] == [1, 1]


def test_ps28_what_is_withdrawn_is_erased_within_a_minute_and_several_together(bench: HostedBench) -> None:
    """[SEA-9] [PS-28]"""
    first, second = note(bench).id, note(bench, "Another one.").id
    began = bench.now
    bench.do(bench.ann, "seal.withdraw", element=first, key=DRAFT.key)
    bench.wait(10_000)
    bench.do(bench.ann, "seal.withdraw", element=second, key=Draft("b", "").key)
    assert bench.of(events.Erase) == []
    bench.wait(20_000 - (bench.now - began))
    assert bench.of(events.Erase) == [events.Erase(frozenset({first, second}))]
    bench.wait(60_000)
    assert len(bench.of(events.Erase)) == 1


def test_a_room_that_everybody_left_stays_until_it_is_erased(bench: HostedBench) -> None:
    bench.do(bench.ann, "seal.withdraw", element=note(bench).id, key=DRAFT.key)
    for conn in (1, 2, 3):
        bench.handle(events.Left(ConnId(conn)))
    assert not bench.room.is_idle
    bench.wait(20_000)
    assert len(bench.of(events.Erase)) == 1


def test_what_was_to_be_erased_still_is_after_a_restart(bench: HostedBench) -> None:
    element = note(bench).id
    bench.do(bench.ann, "seal.withdraw", element=element, key=DRAFT.key)
    again = HostedBench(stored=bench.reloaded(), now=bench.now, wall=bench.wall + 60)
    again.wait(1)
    assert again.of(events.Erase) == [events.Erase(frozenset({element}))]


def test_ps14_other_words_come_from_the_server_two_to_six_seconds_later(bench: HostedBench) -> None:
    """[SEA-9] [PS-14]"""
    delays = set()
    bob = bench.join(identity("Bob"))
    bench.settle()
    for turn in range(6):
        element = note(bench, DRAFT.text if turn == 0 else f"words {turn - 1}").id
        before = len(bench.updates(bob))
        bench.do(bench.ann, "seal.reword", element=element, key=DRAFT.key, text=f"words {turn}")
        asked = next(row["due"] for row in vault(bench, "reword").values())
        assert board(bench)[element].text != f"words {turn}"
        assert len(bench.updates(bob)) == before
        while board(bench)[element].text != f"words {turn}":
            bench.wait(100)
            bench.settle()
        delays.add(asked - bench.room._loaded.hosting.date(bench.now) < 0)
        assert len(bench.updates(bob)) == before + 1
        assert vault(bench, "reword") == {}
    assert set(bench.reloaded().leases.values()) == {"server"}


def test_ps14_the_delay_is_drawn(bench: HostedBench) -> None:
    """[PS-14]"""
    element = note(bench).id
    delays = []
    for turn in range(20):
        at = bench.room._loaded.hosting.date(bench.now)
        bench.command(bench.ann, "seal.reword", element=element, key=DRAFT.key, text=f"words {turn}")
        bench.wait(100)
        bench.commit()
        delays.append(vault(bench, "reword")[element]["due"] - at)
    assert all(2_000 <= delay <= 6_000 for delay in delays)
    assert len(set(delays)) > 10


def test_a_note_that_is_gone_has_no_other_words(bench: HostedBench) -> None:
    element = note(bench).id
    bench.do(bench.ann, "seal.reword", element=element, key=DRAFT.key, text="other words")
    bench.do(bench.ann, "seal.withdraw", element=element, key=DRAFT.key)
    bench.wait(8_000)
    bench.settle()
    assert board(bench)[element].text == ""


def test_ps48_a_wrong_key_and_no_note_at_all_are_refused_alike(bench: HostedBench) -> None:
    """[SEA-10] [PS-48]"""
    element, frame = note(bench).id, bench.view(bench.host)["show"]["regions"][0]["element"]
    wrong = Draft("b", "").key
    answers = {
        str(bench.answer(conn, command, element=target, key=key, **({"text": "x"} if command == "seal.reword" else {})))
        for conn in (bench.host, bench.ann)
        for target, key in ((element, wrong), (element, "_" * 43), ("no-such-note", DRAFT.key), (frame, DRAFT.key))
        for command in ("seal.withdraw", "seal.reword")
    }
    assert len(answers) == 1
    assert "unknown" in answers.pop()


@pytest.mark.parametrize(("text", "code"), [("x" * 4_001, "invalid"), ("\U0001f33e" * 2_001, "long"), (" ", "invalid")])
def test_words_that_are_none_are_refused(bench: HostedBench, text: str, code: str) -> None:
    assert bench.refused(bench.ann, "seal.reword", element=note(bench).id, key=DRAFT.key, text=text) == code


def test_a_key_is_as_the_client_made_it() -> None:
    assert hash_of(DRAFT.key) == DRAFT.key_hash
    assert hash_of("!") == hash_of("")


def test_who_looks_on_by_now_can_still_take_their_note_back_and_a_display_cannot(bench: HostedBench) -> None:
    element = note(bench).id
    wall, zoe = bench.join(identity("Wall", Role.DISPLAY)), bench.join(identity("Zoe", Role.OBSERVER))
    bench.settle()
    assert bench.refused(wall, "seal.withdraw", element=element, key=DRAFT.key) == "role"
    bench.do(bench.host, "show.close")
    bench.do(zoe, "seal.withdraw", element=element, key=DRAFT.key)
