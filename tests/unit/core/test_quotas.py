"""Quotas: how much one person, and one board, may hold; exact after any history and after a reload."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Map

from harvestry.config import Settings
from harvestry.core import events
from harvestry.core.access import Holder, Role
from harvestry.core.limits import Limits
from harvestry.core.policy import Actor, Code, Headroom, Neutralise, State, judge, weight
from harvestry.core.presence import Door
from harvestry_crdt import LIMITS, Board, Element, Operation, Put
from support.elements import note
from support.rooms import Bench, Writer, identity, texts
from support.storm import Seeded, Storm, carry_out, view_of

A, B, C, D = ("A" * 12, "B" * 12, "C" * 12, "D" * 12)
HOST = identity("Hanna", Role.HOST)


def create(id: str, **values: object) -> Operation:
    return Operation(id, None, "create", {"t": "note", "g": [0, 0, 1, 1], **values})


def notices(bench: Bench, conn: Any) -> list[list[Any]]:
    return [[*message[1:3], message[4]] for message in bench.messages(conn, "neutralised")]


def whole(bench: Bench) -> dict[str, str]:
    state: bytes = bench.welcome(bench.join(identity("Newcomer")))["update"]
    return texts(state)


# ---- policy

PARTICIPANT, LEADER = Actor(Role.PARTICIPANT), Actor(Role.HOST)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (create(A), 0),
        (create(A, txt=7), 7),
        (create(A, t="ink", d=b"12345"), 5),
        (Operation(A, "txt", "text", (5, 2)), 3),
        (Operation(A, "txt", "text", (2, 5)), 0),
        (Operation(A, "d", "set", b"123"), 3),
        (Operation(A, "g", "set", [0, 0, 1, 1]), 0),
        (Operation(A, None, "remove", None), 0),
        (Operation(A, "txt", "lost", (5, 0)), 0),
    ],
)
def test_words_and_strokes_have_weight_and_moves_have_none(operation: Operation, expected: int) -> None:
    assert weight(operation) == expected


def test_of_a_paste_as_much_is_kept_as_there_is_room_for() -> None:
    """[POL-7]"""
    paste = (create(A), create(B), Operation(D, "g", "set", [0, 0, 1, 1]), create(C))
    for state, code, actor in (
        (State(seat=Headroom(2, 99)), Code.QUOTA_SEAT, PARTICIPANT),
        (State(board=Headroom(2, 99)), Code.QUOTA_BOARD, PARTICIPANT),
        (State(board=Headroom(2, 99)), Code.QUOTA_BOARD, LEADER),
    ):
        assert judge(actor, paste, state) == Neutralise((paste[3],), {code: (C,)})


def test_words_over_the_quota_are_undone_and_less_words_never() -> None:
    """[POL-7]"""
    more, less = Operation(A, "txt", "text", (6, 0)), Operation(A, "txt", "text", (6, 6))
    assert judge(PARTICIPANT, (more, more), State(seat=Headroom(9, 6))) == Neutralise((more,), {Code.QUOTA_SEAT: (A,)})
    assert judge(PARTICIPANT, (more,), State(board=Headroom(9, 5))) == Neutralise((more,), {Code.QUOTA_BOARD: (A,)})
    full = State(seat=Headroom(0, 0), board=Headroom(0, 0))
    assert judge(PARTICIPANT, (less, Operation(A, None, "remove", None)), full) == judge(PARTICIPANT, (), full)


def test_hosts_are_bound_by_the_board_alone() -> None:
    """[POL-7]"""
    nothing = State(seat=Headroom(0, 0))
    assert not isinstance(judge(LEADER, (create(A, txt=5),), nothing), Neutralise)
    assert isinstance(judge(PARTICIPANT, (create(A, txt=5),), nothing), Neutralise)


# ---- in the room


def test_a_person_makes_so_many_elements_and_removing_one_makes_room() -> None:
    """[POL-7]"""
    bench = Bench(limits=Limits(max_seat_elements=2))
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    writer = Writer(10)
    for cseq, id in enumerate((A, B, C), start=1):
        bench.edit(ann, writer.note(id), cseq)
    bench.edit(ben, Writer(11).note(D), 1)
    bench.settle()
    assert notices(bench, ann) == [[3, "quota_seat", [C]]]
    for update in bench.updates(ann):
        writer.apply(update)
    watched: list[bytes] = []
    watch = writer.doc.observe(lambda event: watched.append(event.update))
    del writer.els[A]
    writer.doc.unobserve(watch)
    bench.edit(ann, watched[0], 4)
    bench.edit(ann, writer.note("E" * 12), 5)
    bench.settle()
    assert len(notices(bench, ann)) == 1
    assert whole(bench).keys() == {B, D, "E" * 12}


def test_usage_is_right_after_a_reload() -> None:
    """[POL-7] From the log alone, words deleted and elements removed in between."""
    limits = Limits(max_seat_elements=3, max_seat_bytes=40)
    bench = Bench(limits=limits)
    ann = bench.join(identity("Ann"))
    writer = Writer(10)
    bench.edit(ann, writer.note(A, "x" * 20), 1)
    bench.edit(ann, writer.note(B, "y" * 15), 2)
    watched: list[bytes] = []
    watch = writer.doc.observe(lambda event: watched.append(event.update))
    del writer.els[A]["txt"][0:10]
    writer.doc.unobserve(watch)
    bench.edit(ann, watched[0], 3)
    bench.settle()
    for live in (bench, Bench(stored=bench.reloaded(), limits=limits)):
        ann = live.join(identity("Ann"))
        quotas = live.room._loaded.admission._quotas
        assert quotas.seat_left(Holder("Ann_________"), [Operation(A, "txt", "text", (99, 0))]) == Headroom(1, 15)
    later = live
    before = writer.doc.get_state()
    writer.els[B]["txt"].insert(0, "z" * 16)
    later.edit(ann, writer.doc.get_update(before), 4)
    before = writer.doc.get_state()
    writer.els[B]["txt"].insert(0, "w" * 15)
    later.edit(ann, writer.doc.get_update(before), 5)
    later.settle()
    assert notices(later, ann) == [[4, "quota_seat", [B]]]


def test_strokes_count_by_their_bytes() -> None:
    limits = Limits(max_seat_bytes=100)
    bench = Bench(limits=limits)
    ann = bench.join(identity("Ann"))
    writer = Writer(10)

    def stroke(id: str, size: int) -> bytes:
        before = writer.doc.get_state()
        writer.els[id] = Map({"t": "ink", "g": [0, 0, 9, 9], "d": b"\x01" * size})
        return writer.doc.get_update(before)

    bench.edit(ann, stroke(A, 60), 1)
    bench.settle()
    later = Bench(stored=bench.reloaded(), limits=limits)
    ann = later.join(identity("Ann"))
    later.edit(ann, stroke(B, 50), 2)
    later.edit(ann, stroke(C, 40), 3)
    later.settle()
    assert notices(later, ann) == [[2, "quota_seat", [B]]]


def test_the_board_takes_so_many_elements_of_everybody_and_tells_when_it_fills() -> None:
    """[POL-7] [POL-8]"""
    bench = Bench(limits=Limits(max_board_elements=10))
    host, ann = bench.join(HOST), bench.join(identity("Ann"))
    assert bench.welcome(host)["filling"] is None
    writer = Writer(10)
    for number in range(8):
        bench.edit(host, writer.note(f"{number:012}"), number + 1)
    bench.settle()
    assert [event for event in bench.happened(ann) if event[0] == "filling"] == []
    for number in range(8, 12):
        bench.edit(host, writer.note(f"{number:012}"), number + 1)
        bench.settle()
    assert [event for event in bench.happened(ann) if event[0] == "filling"] == [
        ["filling", "elements", 90],
        ["filling", "elements", 100],
    ]
    assert notices(bench, host) == [[11, "quota_board", ["000000000010"]], [12, "quota_board", ["000000000011"]]]
    assert bench.welcome(bench.join(identity("Ben")))["filling"] == ["elements", 100]
    assert bench.welcome(bench.join(identity("Cem")))["limits"]["elements"] == 10


def test_what_is_undone_takes_no_room_from_what_comes_with_it() -> None:
    bench = Bench(limits=Limits(max_board_elements=2, max_seat_elements=1))
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    writer = Writer(10)
    for cseq, id in enumerate((A, B, C), start=1):
        bench.edit(ann, writer.note(id), cseq)
    bench.edit(ben, Writer(11).note(D), 1)
    bench.settle()
    assert notices(bench, ann) == [[2, "quota_seat", [B]], [3, "quota_seat", [C]]]
    assert notices(bench, ben) == []


def test_a_board_takes_so_many_bytes_of_what_it_holds_and_not_of_what_it_held() -> None:
    """[POL-7] [POL-8] Ten times its quota in moves and words that are gone again leave room."""
    bench = Bench(limits=Limits(max_board_bytes=3_000))
    host = bench.join(HOST)
    bench.handle(events.Step1Received(bench.join(identity("Bot", seat=None), door=Door.STOCK), b"\x00"))
    writer = Writer(10)
    cseq = 0

    def send(update: bytes) -> None:
        nonlocal cseq
        cseq += 1
        bench.edit(host, update, cseq)
        bench.settle()

    send(writer.note(A, "x" * 100))
    for x in range(200):
        send(writer.move(A, x))
    assert notices(bench, host) == []
    for number in range(40):
        send(writer.note(f"{number:012}", "y" * 100))
    refused = notices(bench, host)
    assert refused
    assert {code for _, code, _ in refused} == {"quota_board"}
    assert len(bench.room._loaded.board.encode()) < 3_500
    assert len(whole(bench)) > 10
    assert [event[1] for event in bench.happened(host) if event[0] == "filling"][-1] == "bytes"
    send(writer.move(A, -5))
    assert notices(bench, host) == refused


@pytest.mark.parametrize("seed", range(12))
def test_counts_agree_with_the_board_after_any_history(seed: int) -> None:
    """[POL-7]"""
    bench = Bench(limits=Limits(max_seat_elements=12, max_seat_bytes=120, max_board_elements=20, max_edit_rate=100_000))
    chance = Seeded(seed)
    host = bench.join(HOST)
    people = {}
    for number, name in enumerate(("Ann", "Ben")):
        writer = Writer(10 + number)
        people[name] = (bench.join(identity(name)), writer, Storm(chance, f"{name}_"[:4]), [0, 0])
    for step in range(120):
        if step % 30 == 29:
            bench.command(host, "lock", locked=step % 60 == 29)
        name = ("Ann", "Ben")[chance.integer(0, 1)]
        conn, writer, storm, counts = people[name]
        watched: list[bytes] = []
        watch = writer.doc.observe(lambda event, watched=watched: watched.append(event.update))
        carry_out(writer.doc, storm.next(view_of(writer.doc)).action)
        writer.doc.unobserve(watch)
        for update in watched:
            counts[0] += 1
            bench.edit(conn, update, counts[0])
        if chance.integer(0, 2) == 0:
            bench.settle()
            for conn, writer, _, counts in people.values():
                updates = bench.updates(conn)
                for update in updates[counts[1] :]:
                    writer.apply(update)
                counts[1] = len(updates)
    bench.settle()
    assert bench.tally.neutralised
    fresh = Bench(stored=bench.reloaded(), limits=bench.limits)
    fresh.room._loaded.board.wake()
    much = [Operation(A, "txt", "text", (1_000, 0))]
    elements = fresh.room._loaded.board.elements()
    authors = fresh.room._loaded.admission.authors
    for name in people:
        holder = Holder(f"{name}_________")
        kept, made = (each.room._loaded.admission._quotas for each in (bench, fresh))
        assert kept.seat_left(holder, much) == made.seat_left(holder, much)
        assert 12 - made.seat_left(holder, much).elements == sum(authors.get(element) == holder for element in elements)
        assert kept.board_left().elements == made.board_left().elements == 20 - len(elements)
    words = sum(len((element.text or "").encode("utf-16-le")) // 2 for element in elements.values())
    fields = sum(
        len(item.encode("utf-16-le")) // 2
        for element in elements.values()
        if element.kind == "card" and isinstance(element.payload, dict)
        for key, item in element.payload.items()
        if key != "ht"
    )
    strokes = sum(len(element.payload) for element in elements.values() if isinstance(element.payload, bytes))
    spent = sum(120 - made.seat_left(Holder(f"{name}_________"), much).bytes for name in people)
    # What the server put back is nobody's.
    assert spent <= words + fields + strokes


def test_the_settings_stay_within_the_schema() -> None:
    bound = next(item.le for item in Settings.model_fields["max_board_elements"].metadata if getattr(item, "le", None))
    assert bound == LIMITS["elements"]
    assert Settings().limits().max_board_elements == 10_000


def test_a_board_weighs_what_each_client_wrote_that_is_there() -> None:
    board = Board(client_id=1)
    board.write([Put(note("words")), Put(_stroke())])
    board.commit()
    assert board.count() == 2
    assert set(board.living("ink")) == {_stroke().id}
    assert board.weight([1], []) == 5
    assert board.weight([1, 77], [_stroke().id, "nowhere00000"]) == 5 + 3
    board.close()


def _stroke() -> Element:
    return Element("stroke000000", "ink", (0, 0, 9, 9), None, "a0", None, None, {}, b"\x01\x02\x03", 0, False)


def test_what_several_bring_back_at_once_counts_once() -> None:
    """[POL-7] To whoever made it first, who could be kept from making anything by somebody else's redo."""
    bench = Bench(limits=Limits(max_seat_elements=2))
    ann, eve = bench.join(identity("Ann")), bench.join(identity("Eve"))
    bench.settle()
    anns = Writer(10)
    bench.edit(ann, anns.note(A), 1)
    bench.settle()
    eves = Writer(20, bench.welcome(bench.join(identity("Ben")))["update"])
    before = eves.doc.get_state()
    del eves.els[A]
    bench.edit(eve, eves.doc.get_update(before), 1)
    removed, known = eves.doc.get_update(), eves.doc.get_state()
    for number in range(4):
        replica = Writer(30 + number, removed)
        replica.note(A)
        bench.edit(eve, replica.doc.get_update(known), 2 + number)
    bench.settle()
    bench.edit(ann, anns.note(B), 2)
    bench.edit(ann, anns.note(C), 3)
    bench.settle()
    assert [message[1:3] for message in bench.messages(ann, "neutralised")] == [[3, "quota_seat"]]


def test_making_something_over_again_at_the_quota_makes_no_room() -> None:
    """[POL-7] What it took the place of is put back, and counts as before."""
    bench = Bench(limits=Limits(max_seat_elements=2))
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    bench.settle()
    bench.edit(ann, writer.note(A, "over again"), 3)
    bench.settle()
    bench.edit(ann, writer.note(C), 4)
    bench.settle()
    assert whole(bench) == {A: "words", B: "words"}
    assert [message[1:3] for message in bench.messages(ann, "neutralised")] == [[3, "quota_seat"], [4, "quota_seat"]]
