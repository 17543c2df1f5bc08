"""The room: what is told to whom, and never before it is on disk."""

from __future__ import annotations

import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.errors import CloseCode, InvalidState
from harvestry.core.limits import Limits, tick_interval
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId, Presence
from support.rooms import Bench, Writer, identity, ids, texts

A, B, C = "AAAAAAAAAAAA", "BBBBBBBBBBBB", "CCCCCCCCCCCC"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_newcomer_is_welcomed_with_the_board_and_everybody_in_it(bench: Bench) -> None:
    """[SYN-1]"""
    bench.join(identity("Ann", Role.HOST))
    ben = bench.join(identity("Ben"), resume="token")
    welcome = bench.welcome(ben)
    assert welcome["seq"] == 1
    assert welcome["resume"] == "token"
    assert [row[2:4] for row in welcome["people"]] == [["Ann", "host"], ["Ben", "participant"]]


def test_a_newcomer_is_told_of_everybody_as_they_are_by_now(bench: Bench) -> None:
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.command(ann, "rename", name="Anna")
    bench.settle()
    cat = bench.join(identity("Cat"))
    bench.handle(events.Left(ben))
    dan = bench.join(identity("Dan"))
    assert [row[2] for row in bench.welcome(cat)["people"]] == ["Anna", "Ben", "Cat"]
    assert bench.welcome(dan)["people"] == bench.room.people()
    assert [row[2] for row in bench.room.people()] == ["Anna", "Cat", "Dan"]


def test_nobody_is_told_of_an_edit_before_it_is_on_disk(bench: Bench) -> None:
    """[SYN-3, GAT-6]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.clear()
    bench.edit(ann, Writer(10).note(A))
    assert len(bench.of(events.Persist)) == 1
    assert bench.updates(ann) == bench.updates(ben) == []
    assert bench.receipts(ann) == []
    bench.commit()
    assert ids(bench.updates(ben)) == {A}
    assert bench.receipts(ann) == [1]


def test_the_first_edit_in_a_quiet_room_goes_at_once(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    assert any(isinstance(effect, events.Persist) for effect in bench.edit(ann, Writer(10).note(A)))


def test_edits_that_arrive_during_a_tick_share_the_next_commit(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    bench.edit(ann, writer.note(C), 3)
    assert len(bench.entries) == 1
    bench.commit()
    assert len(bench.entries) == 1
    bench.wait(tick_interval(1))
    assert len(bench.entries) == 2
    bench.commit()
    assert bench.receipts(ann) == [1, 3]


def test_there_is_one_commit_in_flight_at_a_time(bench: Bench) -> None:
    """[STO-2]"""
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    for _ in range(5):
        bench.wait(100)
    assert len(bench.entries) == 1
    bench.commit()
    assert [entry.seq for entry in bench.entries] == [2, 3]


def test_everybody_gets_the_same_bytes(bench: Bench) -> None:
    """[SYN-7]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.clear()
    bench.edit(ann, Writer(10).note(A))
    bench.settle()
    assert bench.frames(ann) == bench.frames(ben) != []


def test_whoever_joins_during_a_commit_waits_for_it(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    ben = bench.join(identity("Ben"))
    assert bench.messages(ben) == []
    bench.commit()
    welcome = bench.welcome(ben)
    assert (welcome["seq"], texts(welcome["update"]), welcome["authors"]) == (2, {A: "words"}, {A: "Ann_________"})
    assert welcome["seats"] == {"Ann_________": "Ann"}


def test_a_welcome_names_no_author_of_what_is_not_yet_on_disk(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    ben = bench.join(identity("Ben"))
    bench.commit()
    assert set(bench.welcome(ben)["authors"]) == {A}
    bench.settle()
    assert bench.happened(ben)[-1] == ["authored", "Ann_________", [B]]


def test_whoever_holds_the_current_board_is_sent_none(bench: Bench) -> None:
    assert bench.welcome(bench.join(since=(1, 1)))["update"] is None
    assert bench.welcome(bench.join(since=(1, 0)))["update"] is not None
    assert bench.welcome(bench.join(since=(2, 1)))["update"] is not None


def test_whoever_comes_back_is_sent_what_it_lacks(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A))
    bench.settle()
    held = writer.doc.get_state()
    bench.edit(ann, writer.note(B), 2)
    bench.settle()
    update = bench.welcome(bench.join(identity("Ben"), state_vector=held, since=(1, 2)))["update"]
    assert B.encode() in update
    assert A.encode() not in update


def test_a_malformed_state_vector_ends_that_connection_alone(bench: Bench) -> None:
    ann, eve = bench.join(), bench.join(state_vector=b"\xff\xff")
    assert bench.closes() == {eve: CloseCode.MALFORMED}
    bench.edit(ann, Writer(10).note(A))
    bench.settle()
    assert bench.receipts(ann) == [1]


def test_an_edit_sent_twice_is_receipted_twice_and_logged_once(bench: Bench) -> None:
    """[SYN-4]"""
    ann = bench.join()
    bench.settle()
    update = Writer(10).note(A)
    bench.edit(ann, update, 1)
    bench.settle()
    bench.edit(ann, update, 2)
    bench.settle()
    assert len(bench.entries) == 1
    assert bench.receipts(ann) == [1, 2]


def test_a_copy_of_an_edit_in_flight_is_not_receipted_before_it(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    again = bench.join(identity("Ann"))
    bench.settle()
    update = Writer(10).note(A)
    bench.edit(ann, update, 1)
    bench.edit(again, update, 1)
    bench.wait(100)
    assert bench.receipts(again) == []
    bench.settle()
    assert bench.receipts(again) == [1]


def test_an_update_that_is_not_one_ends_that_connection_alone(bench: Bench) -> None:
    ann, eve = bench.join(identity("Ann")), bench.join(identity("Eve"))
    bench.settle()
    bench.edit(eve, bytes.fromhex("d6b69e700006"))
    assert bench.closes() == {eve: CloseCode.BAD_UPDATE}
    bench.edit(ann, Writer(10).note(A))
    bench.settle()
    assert bench.receipts(ann) == [1]
    assert ["left", eve] in bench.happened(ann)


def test_nobody_writes_under_the_client_id_of_another(bench: Bench) -> None:
    """[GAT-3]"""
    ann, eve = bench.join(identity("Ann")), bench.join(identity("Eve"))
    writer = Writer(10)
    bench.edit(ann, writer.note(A))
    bench.settle()
    bench.edit(eve, writer.move(A, 5))
    assert bench.closes() == {eve: CloseCode.BAD_UPDATE}


def test_a_client_id_stays_its_owners_over_a_restart(bench: Bench) -> None:
    """[GAT-3]"""
    ann = bench.join(identity("Ann"))
    writer = Writer(10)
    bench.edit(ann, writer.note(A))
    bench.settle()
    later = Bench(stored=bench.reloaded())
    ann, eve = later.join(identity("Ann")), later.join(identity("Eve"))
    move = writer.move(A, 5)
    later.edit(eve, move)
    assert later.closes() == {eve: CloseCode.BAD_UPDATE}
    later.edit(ann, move)
    later.settle()
    assert later.receipts(ann) == [1]


@pytest.mark.parametrize("client_id", [1, 7])
def test_nobody_writes_under_an_id_of_the_server(bench: Bench, client_id: int) -> None:
    """1 is what it writes under now; 7 made the board in an earlier process, and holds no lease."""
    eve = bench.join()
    writer = Writer(client_id, bench.welcome(eve)["update"])
    bench.edit(eve, writer.note(A))
    assert bench.closes() == {eve: CloseCode.BAD_UPDATE}


def test_leases_and_authors_are_persisted_with_the_edit(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    (entry,) = bench.entries
    assert entry.leases == {10: "Ann_________"}
    assert entry.authors == {A: "Ann_________"}
    assert entry.update is not None


def test_nobody_becomes_the_author_of_what_another_made(bench: Bench) -> None:
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.edit(ben, Writer(11).note(A))
    bench.settle()
    assert bench.closes() == {ben: CloseCode.BAD_UPDATE}
    assert [entry.authors for entry in bench.entries] == [{A: "Ann_________"}]


def test_an_observers_edit_is_refused_and_the_connection_stays(bench: Bench) -> None:
    """[TOK-5]"""
    eve = bench.join(identity("Eve", Role.OBSERVER))
    bench.edit(eve, Writer(10).note(A), 4)
    (refused,) = bench.messages(eve, "refused")
    assert refused[1:3] == [4, "role"]
    assert bench.closes() == {}
    assert bench.entries == []


def test_what_follows_a_refused_edit_is_refused_too() -> None:
    bench = Bench(limits=Limits(max_client_ids=1))
    ann = bench.join(identity("Ann"))
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    bench.settle()
    assert [message[1:3] for message in bench.messages(ann, "refused")] == [[1, "full"], [2, "full"]]
    assert bench.receipts(ann) == []
    assert bench.entries == []


def test_a_gap_is_answered_with_resync_once_and_receipts_wait_for_it(bench: Bench) -> None:
    """[SYN-5]"""
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    first, second, third = writer.note(A), writer.note(B), writer.note(C)
    bench.edit(ann, second, 2)
    bench.edit(ann, third, 3)
    assert len(bench.messages(ann, "resync")) == 1
    bench.settle()
    assert bench.receipts(ann) == []
    bench.edit(ann, first, 4)
    bench.settle()
    assert bench.receipts(ann) == [4]
    assert bench.messages(ann, "resync") == [["resync", b"\x01\x07\x01"]]


def test_a_refused_edit_that_was_waiting_is_named_by_its_own_number() -> None:
    """[TOK-5] The edit that closed the gap is on the board; to call that one refused would be a lie."""
    bench = Bench(limits=Limits(max_client_ids=2))
    ann = bench.join(identity("Ann"))
    bench.settle()
    first = Writer(10)
    note = first.note(A)
    second = Writer(11, note)
    bench.edit(ann, second.move(A, 5), 1)
    bench.edit(ann, note, 2)
    bench.edit(ann, second.note(B), 3)
    bench.settle()
    assert [message[1:3] for message in bench.messages(ann, "refused")] == [[1, "full"], [3, "full"]]
    assert bench.receipts(ann) == []
    assert ids(bench.updates(ann)) == {A}


def test_an_edit_that_needs_no_predecessor_is_not_receipted_past_a_gap(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    first, second = writer.note(A), writer.note(B)
    bench.edit(ann, second, 1)
    bench.edit(ann, Writer(11).note(C), 2)
    bench.settle()
    assert len(bench.entries) == 1
    assert bench.receipts(ann) == []
    bench.edit(ann, first, 3)
    bench.settle()
    assert bench.receipts(ann) == [3]


def test_too_much_behind_a_gap_ends_the_connection() -> None:
    bench = Bench(limits=Limits(max_parked_bytes=400))
    ann = bench.join()
    writer = Writer(10)
    writer.note(A)
    for cseq in range(1, 6):
        bench.edit(ann, writer.move(A, cseq), cseq)
    assert bench.closes() == {ann: CloseCode.TRY_LATER}


def test_a_connection_writes_under_few_client_ids() -> None:
    bench = Bench(limits=Limits(max_connection_client_ids=2))
    ann = bench.join()
    for client in (10, 11, 12):
        bench.edit(ann, Writer(client).note(f"{client:012}"), client)
    assert bench.closes() == {ann: CloseCode.BAD_UPDATE}


def test_a_board_takes_only_so_many_client_ids() -> None:
    bench = Bench(limits=Limits(max_client_ids=2))
    ann = bench.join()
    bench.edit(ann, Writer(10).note(A), 1)
    bench.edit(ann, Writer(11).note(B), 2)
    assert [message[2] for message in bench.messages(ann, "refused")] == ["full"]


def test_presence_is_sent_with_the_next_tick_and_only_if_it_changed(bench: Bench) -> None:
    """[PRE-3]"""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.clear()
    bench.handle(events.PresenceReceived(ann, Presence(cursor=(3, 4))))
    bench.handle(events.PresenceReceived(ann, Presence(cursor=(5, 6), selection=(A,))))
    bench.settle()
    assert bench.presence(ben) == {ann: Presence(cursor=(5, 6), selection=(A,))}
    assert len(bench.messages(ben, "tick")) == 2
    bench.clear()
    bench.handle(events.PresenceReceived(ann, Presence(cursor=(5, 6), selection=(A,))))
    bench.settle()
    assert bench.messages(ben) == []


def test_presence_does_not_wait_for_a_slow_disk(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.clear()
    bench.handle(events.PresenceReceived(ann, Presence(cursor=(3, 4))))
    bench.wait(100)
    (tick,) = bench.messages(ann, "tick")
    assert tick[:4] == ["tick", 1, None, None]
    assert bench.presence(ann) == {ann: Presence(cursor=(3, 4))}


def test_a_newcomer_sees_the_cursors_that_rest(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.handle(events.PresenceReceived(ann, Presence(cursor=(3, 4))))
    bench.settle()
    ben = bench.join(identity("Ben"))
    assert bench.presence(ben) == {ann: Presence(cursor=(3, 4))}


def test_presence_that_came_before_the_welcome_is_told_after_it(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    ben = bench.join(identity("Ben"))
    bench.handle(events.PresenceReceived(ben, Presence(cursor=(3, 4))))
    assert bench.messages(ben) == []
    bench.settle()
    assert bench.presence(ann) == {ben: Presence(cursor=(3, 4))}


def test_in_a_crowd_a_tick_is_encoded_once_but_for_presence() -> None:
    """[SYN-7, PRE-5]"""
    bench = Bench()
    crowd = [bench.join(identity(f"Person {number}")) for number in range(50)]
    for number, conn in enumerate(crowd):
        bench.handle(events.PresenceReceived(conn, Presence(view=(10_000 * (number % 2), 0, 800, 600))))
    bench.settle()
    bench.clear()
    bench.edit(crowd[0], Writer(10).note(A))
    bench.handle(events.PresenceReceived(crowd[0], Presence(cursor=(5, 5), view=(0, 0, 800, 600))))
    bench.commit()
    frames = {conn: [frame for frame in bench.frames(conn) if A.encode() in frame] for conn in crowd}
    assert {len(found) for found in frames.values()} == {1}
    assert len({found[0] for found in frames.values()}) == 2
    assert {conn for conn in crowd if bench.presence(conn)} == set(crowd[::2])


def test_in_a_crowd_a_large_tick_is_not_copied_for_each_view() -> None:
    bench = Bench()
    crowd = [bench.join(identity(f"Person {number}")) for number in range(50)]
    for number, conn in enumerate(crowd):
        bench.handle(events.PresenceReceived(conn, Presence(view=(10_000 * (number % 2), 0, 800, 600))))
    bench.settle()
    bench.clear()
    bench.edit(crowd[0], Writer(10).note(A, "x" * 5_000))
    bench.handle(events.PresenceReceived(crowd[0], Presence(cursor=(5, 5), view=(0, 0, 800, 600))))
    bench.commit()
    large = [frame for conn in crowd for frame in bench.frames(conn) if len(frame) > 5_000]
    assert len(large) == 50
    assert len({id(frame) for frame in large}) == 1
    assert {conn for conn in crowd if bench.presence(conn)} == set(crowd[::2])


def test_coming_and_going_is_told_to_everybody(bench: Bench) -> None:
    """[PRE-2]"""
    ann = bench.join(identity("Ann"))
    ben = bench.join(identity("Ben"))
    bench.handle(events.Left(ben))
    bench.handle(events.Left(ben))
    bench.settle()
    assert [event[0] for event in bench.happened(ann)] == ["joined", "joined", "left"]


def test_a_new_name_is_persisted_before_it_is_told(bench: Bench) -> None:
    ann = bench.join(identity("Ann"))
    bench.settle()
    bench.command(ann, "rename", name="  Ann\u0000 of   Ely ")
    assert bench.entries[-1].renames == {"Ann_________": "Ann of Ely"}
    assert bench.entries[-1].update is None
    assert bench.messages(ann, "result") == []
    bench.settle()
    assert bench.messages(ann, "result") == [["result", 1, None]]
    assert ["renamed", "Ann_________", "Ann of Ely"] in bench.happened(ann)
    assert bench.welcome(bench.join(identity("Ben")))["seq"] == 1


@pytest.mark.parametrize("in_flight", [False, True])
def test_who_takes_a_new_name_with_the_first_edit_is_known_by_it(bench: Bench, in_flight: bool) -> None:
    """The edit is made under the old name, before the new one or while that is on its way to disk."""
    ann, ben = bench.join(identity("Ann")), bench.join(identity("Ben"))
    bench.settle()
    bench.edit(ben, Writer(11).note(B))
    if in_flight:
        bench.command(ann, "rename", name="Anna")
        bench.commit()
        bench.wait(200)
        bench.edit(ann, Writer(10).note(A))
    else:
        bench.edit(ann, Writer(10).note(A))
        bench.command(ann, "rename", name="Anna")
    bench.settle()
    assert bench.welcome(bench.join(identity("Eve")))["seats"] == {"Ann_________": "Anna", "Ben_________": "Ben"}


def test_a_title_is_one_line_without_control_characters(bench: Bench) -> None:
    host = bench.join(identity("Hal", Role.HOST))
    bench.settle()
    bench.command(host, "title", title=" Har\u202evest\n\x1b[1m ")
    assert bench.entries[-1].title == "Har vest [1m"
    bench.command(host, "title", title="\u200b\n")
    assert bench.messages(host, "failed")[-1][2] == "invalid"


def test_a_host_names_the_board(bench: Bench) -> None:
    host = bench.join(identity("Hal", Role.HOST))
    bench.settle()
    bench.command(host, "title", title="Harvest")
    (entry,) = bench.entries
    assert (entry.title, entry.leases) == ("Harvest", {1: "server"})
    bench.settle()
    assert ["titled", "Harvest"] in bench.happened(host)
    assert bench.welcome(bench.join(identity("Ben")))["title"] == "Harvest"


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.OBSERVER])
def test_only_a_host_names_the_board(bench: Bench, role: Role) -> None:
    conn = bench.join(identity("Ann", role))
    bench.command(conn, "title", title="Mine")
    assert [message[:3] for message in bench.messages(conn, "failed")] == [["failed", 1, "role"]]
    assert bench.entries == []


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("dance", {}, "unknown"),
        ("rename", {}, "invalid"),
        ("rename", {"name": "   "}, "invalid"),
        ("rename", {"name": "x" * 61}, "invalid"),
        ("rename", {"name": 7}, "invalid"),
        ("rename", {"name": "Ann", "more": 1}, "invalid"),
        ("title", {"title": "🌾" * 101}, "invalid"),
    ],
)
def test_a_command_that_makes_no_sense_is_answered_with_failed(
    bench: Bench, name: str, args: dict[str, object], code: str
) -> None:
    host = bench.join(identity("Hal", Role.HOST))
    bench.command(host, name, **args)
    assert [message[2] for message in bench.messages(host, "failed")] == [code]
    assert bench.closes() == {}


def test_revoking_a_link_closes_everybody_who_came_by_it(bench: Bench) -> None:
    """[TOK-3] [PS-41] At once: nothing else has to happen first."""
    ann = bench.join(identity("Ann", link="L1__________"))
    ben = bench.join(identity("Ben", link="L2__________"))
    stock = bench.join(identity("Bot", link="L1__________", seat=None), door=Door.STOCK)
    bench.handle(events.LinkRevoked(identity(link="L1__________").link))
    assert bench.closes() == {ann: CloseCode.REVOKED, stock: CloseCode.REVOKED}
    bench.settle()
    assert ["left", ann] in bench.happened(ben)


def test_the_whole_board_is_answered_from_what_is_on_disk(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.handle(events.StateWanted(9))
    assert bench.of(events.StateReady) == []
    bench.commit()
    (ready,) = bench.of(events.StateReady)
    assert (ready.ticket, ready.seq, texts(ready.state)) == (9, 2, {A: "words"})


def test_a_stopping_room_commits_what_it_took_and_closes_everybody(bench: Bench) -> None:
    """[LIM-4]"""
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    bench.handle(events.Stopping())
    assert bench.closes() == {ann: CloseCode.RESTARTING}
    bench.commit()
    assert not bench.room.is_over
    bench.commit()
    assert bench.of(events.Drained)
    assert [bool(entry.update) for entry in bench.entries] == [True, True]


def test_nobody_joins_a_stopping_room(bench: Bench) -> None:
    ann = bench.join()
    bench.settle()
    bench.edit(ann, Writer(10).note(A))
    bench.handle(events.Stopping())
    late = bench.join()
    assert bench.closes()[late] == CloseCode.RESTARTING


def test_an_idle_room_is_one_without_people_or_work(bench: Bench) -> None:
    assert bench.room.is_idle
    ann = bench.join()
    assert not bench.room.is_idle
    bench.edit(ann, Writer(10).note(A))
    bench.handle(events.Left(ann))
    assert not bench.room.is_idle
    bench.settle()
    assert bench.room.is_idle


def test_a_room_with_a_full_batch_asks_for_a_pause() -> None:
    bench = Bench(limits=Limits(max_batch_edits=2))
    ann = bench.join()
    bench.settle()
    writer = Writer(10)
    bench.edit(ann, writer.note(A), 1)
    bench.edit(ann, writer.note(B), 2)
    assert not bench.room.is_congested
    bench.edit(ann, writer.note(C), 3)
    assert bench.room.is_congested
    bench.settle()
    assert not bench.room.is_congested


def test_a_room_with_many_commands_to_answer_asks_for_a_pause() -> None:
    bench = Bench(limits=Limits(max_batch_edits=2))
    ann = bench.join()
    bench.settle()
    for n in range(3):
        bench.command(ann, "rename", name=f"Ann {n}")
    assert bench.room.is_congested
    bench.settle()
    assert not bench.room.is_congested


@pytest.mark.parametrize(
    ("people", "ms"), [(1, 16), (20, 16), (21, 33), (100, 33), (101, 40), (300, 40), (301, 50), (600, 50), (601, 100)]
)
def test_the_tick_stretches_with_the_room(people: int, ms: int) -> None:
    assert tick_interval(people) == ms


def test_a_connection_that_joins_twice_is_a_bug_of_ours(bench: Bench) -> None:
    ann = bench.join()
    with pytest.raises(InvalidState):
        bench.handle(events.Joined(ann, identity(), Door.NATIVE))


def test_what_a_closed_connection_still_sends_is_nothing(bench: Bench) -> None:
    gone = ConnId(99)
    assert bench.edit(gone, b"rubbish") == []
    assert bench.handle(events.Left(gone)) == []
