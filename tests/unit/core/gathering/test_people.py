"""Who takes part: roles, who leads, seats that end, the lobby, tables, consent, and what people ask for."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from support.gatherings import PLAN, HostedBench
from support.rooms import Writer, identity

ROSA, ANN, BEN, VERA, OTTO = (name.ljust(12, "_") for name in ("Rosa", "Ann", "Ben", "Vera", "Otto"))
SECOND = 1_000


@pytest.fixture
def bench() -> HostedBench:
    bench = HostedBench()
    bench.host_it()
    return bench


def come(bench: HostedBench, name: str, role: Role = Role.PARTICIPANT, **more: object) -> ConnId:
    """Somebody comes, and it becomes durable."""
    conn = bench.join(identity(name, role), **more)
    bench.settle()
    return conn


def people(bench: HostedBench, conn: ConnId) -> dict[str, object]:
    """What a connection was told last of the people."""
    told: dict[str, object] = bench.view(conn)["people"]
    return told


def happened(bench: HostedBench) -> bytes:
    """Everything that is kept for good of the gathering."""
    return b"\n".join(body for entry in bench.entries for body in entry.happenings)


# ---- roles ---------------------------------------------------------------------------------------------------------


def test_a_promoted_person_acts_and_is_shown_as_what_they_are_at_once(bench: HostedBench) -> None:
    """[PEO-1]"""
    before = len(bench.messages(bench.ann, "gathering"))
    assert bench.refused(bench.ann, "show.start") == "role"
    bench.do(bench.host, "people.promote", seat=ANN, role="cohost")
    assert bench.entries[-1].roles == {ANN: Role.COHOST}
    assert ["joined", [bench.ann, ANN, "Ann", "cohost", 0]] in bench.happened(bench.host)
    assert len(bench.messages(bench.ann, "gathering")) > before
    assert "consented" in people(bench, bench.ann)
    assert bench.own(bench.ann)["people"]["role"] == "cohost"
    bench.do(bench.ann, "show.start")


def test_a_role_that_others_have_is_told_whole_to_whoever_gets_it(bench: HostedBench) -> None:
    come(bench, "Ben", Role.COHOST)
    bench.do(bench.host, "people.promote", seat=ANN, role="cohost")
    bench.do(bench.host, "people.promote", seat=ANN, role="participant")
    bench.do(bench.host, "people.promote", seat=ANN, role="cohost")
    assert "consented" in people(bench, bench.ann)


def test_a_demoted_person_writes_no_more_and_sees_no_more_than_their_role(bench: HostedBench) -> None:
    ben = come(bench, "Ben", Role.COHOST)
    bench.command(bench.host, "people.promote", seat=BEN, role="observer")
    # It counts before it is on disk.
    assert bench.refused(ben, "show.start") == "role"
    assert "consented" not in people(bench, ben)
    bench.edit(ben, Writer(9).note("n00000000001"))
    assert [message[2] for message in bench.messages(ben, "refused")] == ["role"]


def test_a_stock_client_that_may_write_from_now_on_is_asked_for_what_it_has(bench: HostedBench) -> None:
    otto = bench.join(identity("Otto", Role.OBSERVER), door=Door.STOCK)
    bench.handle(events.Step1Received(otto, Writer(9).doc.get_state()))
    come(bench, "Otto", Role.OBSERVER)
    before = len(bench.frames(otto))
    bench.do(bench.host, "people.promote", seat=OTTO, role="participant")
    assert any(frame[:2] == b"\x00\x00" for frame in bench.frames(otto)[before:])


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"seat": "nobody______", "role": "cohost"}, "unknown"),
        ({"seat": ROSA, "role": "observer"}, "lead"),
        ({"seat": ANN, "role": "host"}, "invalid"),
        ({"seat": ANN, "role": "display"}, "invalid"),
        ({"seat": "Wall________", "role": "cohost"}, "display"),
    ],
)
def test_what_is_no_promotion_is_refused(bench: HostedBench, args: dict[str, object], code: str) -> None:
    come(bench, "Wall", Role.DISPLAY)
    assert bench.refused(bench.host, "people.promote", **args) == code


def test_a_co_host_does_not_do_away_with_a_host(bench: HostedBench) -> None:
    ben = come(bench, "Ben", Role.COHOST)
    come(bench, "Vera", Role.HOST)
    assert bench.refused(ben, "people.promote", seat=VERA, role="observer") == "host"
    assert bench.refused(ben, "people.remove", seat=VERA) == "host"
    bench.do(bench.host, "people.promote", seat=VERA, role="cohost")
    bench.do(ben, "people.remove", seat=VERA)


# ---- who leads -----------------------------------------------------------------------------------------------------


def test_the_lead_is_handed_over_and_not_taken(bench: HostedBench) -> None:
    ben = come(bench, "Ben", Role.COHOST)
    assert bench.refused(ben, "people.lead", seat=BEN) == "lead"
    assert bench.refused(bench.host, "people.lead", seat=ANN) == "host"
    bench.do(bench.host, "people.lead", seat=BEN)
    assert people(bench, bench.ann)["lead"] == BEN
    assert bench.refused(bench.host, "people.lead", seat=ROSA) == "lead"


def test_co_hosts_are_offered_to_lead_and_the_first_of_them_does_in_the_end(bench: HostedBench) -> None:
    """[PEO-2] After 10 s the offer, after 30 s the succession; whoever comes back does not lead by itself."""
    ben, vera = come(bench, "Ben", Role.COHOST), come(bench, "Vera", Role.COHOST)
    bench.go("tell")
    bench.handle(events.Left(bench.host))
    gone = bench.now
    bench.live_through(9)
    assert people(bench, ben)["offer"] is None
    assert list(people(bench, ben)["away"]) == [ROSA]  # type: ignore[call-overload]
    bench.live_through(2)
    offer = people(bench, ben)["offer"]
    assert isinstance(offer, dict)
    assert offer["lead"] == ROSA
    assert "offer" not in people(bench, bench.ann)
    bench.live_through(18)
    assert people(bench, vera)["lead"] == ROSA
    bench.live_through(2)
    assert bench.now - gone == 31 * SECOND
    assert people(bench, bench.ann)["lead"] == BEN
    assert people(bench, ben)["offer"] is None
    rosa = come(bench, "Rosa", Role.HOST)
    assert people(bench, rosa)["lead"] == BEN
    bench.do(ben, "people.lead", seat=ROSA)


def test_a_co_host_who_is_offered_to_lead_may_do_so_at_once(bench: HostedBench) -> None:
    come(bench, "Ben", Role.COHOST)
    vera = come(bench, "Vera", Role.COHOST)
    bench.go("tell")
    bench.handle(events.Left(bench.host))
    bench.live_through(9)
    assert bench.refused(vera, "people.lead", seat=VERA) == "lead"
    bench.live_through(2)
    assert bench.refused(vera, "people.lead", seat=BEN) == "lead"
    bench.do(vera, "people.lead", seat=VERA)
    bench.live_through(40)
    assert people(bench, bench.ann)["lead"] == VERA


def test_a_host_who_is_back_in_time_leads_on_and_the_offer_is_over(bench: HostedBench) -> None:
    ben = come(bench, "Ben", Role.COHOST)
    bench.go("tell")
    bench.handle(events.Left(bench.host))
    bench.live_through(15)
    assert people(bench, ben)["offer"] is not None
    come(bench, "Rosa", Role.HOST)
    assert people(bench, ben)["offer"] is None
    assert bench.refused(ben, "people.lead", seat=BEN) == "lead"
    bench.live_through(40)
    assert people(bench, bench.ann)["lead"] == ROSA


def test_a_host_with_another_connection_is_not_gone(bench: HostedBench) -> None:
    ben = come(bench, "Ben", Role.COHOST)
    come(bench, "Rosa", Role.HOST)
    bench.go("tell")
    bench.handle(events.Left(bench.host))
    bench.live_through(60)
    assert people(bench, ben)["lead"] == ROSA


def test_a_harvester_leads_when_no_co_host_is_there_and_becomes_one(bench: HostedBench) -> None:
    vera = come(bench, "Vera", Role.HARVESTER)
    bench.go("tell")
    bench.handle(events.Left(bench.host))
    bench.live_through(31)
    assert people(bench, vera)["lead"] == VERA
    assert bench.own(vera)["people"]["role"] == "cohost"
    bench.do(vera, "show.go")


def test_nobody_leads_for_a_host_before_the_gathering_goes_on_or_while_nobody_can(bench: HostedBench) -> None:
    ben = come(bench, "Ben", Role.COHOST)
    bench.handle(events.Left(bench.host))
    bench.live_through(60)
    assert people(bench, ben)["lead"] == ROSA
    bench.handle(events.Left(ben))
    rosa = come(bench, "Rosa", Role.HOST)
    bench.do(rosa, "show.start")
    bench.handle(events.Left(rosa))
    bench.live_through(60)
    assert people(bench, bench.ann)["lead"] == ROSA
    ben = come(bench, "Ben", Role.COHOST)
    assert people(bench, ben)["offer"]["lead"] == people(bench, ben)["lead"] == ROSA
    bench.live_through(20)
    assert people(bench, bench.ann)["lead"] == BEN


def test_succession_goes_on_after_a_restart(bench: HostedBench) -> None:
    come(bench, "Ben", Role.COHOST)
    bench.go("tell")
    again = HostedBench(stored=bench.reloaded())
    ben = come(again, "Ben", Role.COHOST)
    again.live_through(31)
    assert people(again, ben)["lead"] == BEN


# ---- removal -------------------------------------------------------------------------------------------------------


def test_a_removed_seat_ends_at_both_doors_and_nothing_of_it_comes_in_again(bench: HostedBench) -> None:
    """[PEO-3]"""
    stock = bench.join(identity("Ann"), door=Door.STOCK)
    tablet = come(bench, "Ann")
    other = come(bench, "Ben")
    writer = Writer(9)
    assert bench.do(bench.host, "people.remove", seat=ANN) == {"link": "participant_"}
    assert bench.closes() == dict.fromkeys((bench.ann, stock, tablet), 4405)
    assert [*bench.entries[-1].removed] == [ANN]
    (fresh,) = bench.entries[-1].removed.values()
    assert fresh.id != "participant_"
    bench.edit(bench.ann, writer.note("n00000000001"))
    bench.clear()
    back = come(bench, "Ann")
    assert bench.closes() == {back: 4405}
    assert bench.frames(back) == []
    assert bench.updates(other) == []
    assert people(bench, come(bench, "Rosa", Role.HOST))["seats"] == 2
    again = HostedBench(stored=bench.reloaded())
    back = come(again, "Ann")
    assert again.closes() == {back: 4405}


def test_whoever_is_removed_is_closed_with_the_commit_that_answers_the_host(bench: HostedBench) -> None:
    """[PEO-3] Nothing is waited for in between: in the same effects, and before anything else is told."""
    stock = bench.join(identity("Ann"), door=Door.STOCK)
    bench.settle()
    bench.clear()
    bench.command(bench.host, "people.remove", seat=ANN)
    bench.wait(200)
    assert len(bench.of(events.Persist)) == 1
    assert bench.closes() == {}
    assert bench.messages(bench.host, "result") == []
    effects = bench.commit()
    assert {effect.conn for effect in effects if isinstance(effect, events.Close)} == {bench.ann, stock}
    assert len(bench.messages(bench.host, "result")) == 1


def test_whoever_came_by_the_same_link_stays_and_whoever_has_no_seat_does_not(bench: HostedBench) -> None:
    ben = come(bench, "Ben")
    nobody = bench.join(identity("Guest", seat=None), door=Door.STOCK)
    bench.do(bench.host, "people.remove", seat=ANN)
    assert bench.closes() == {bench.ann: 4405, nobody: 4403}
    bench.clear()
    nobody = bench.join(identity("Guest", seat=None), door=Door.STOCK)
    assert bench.closes() == {nobody: 4403}
    bench.do(ben, "people.ask", what="hand")


def test_a_removed_person_asks_for_nothing_any_more(bench: HostedBench) -> None:
    bench.do(bench.ann, "people.ask", what="hand")
    bench.do(bench.host, "people.remove", seat=ANN)
    assert people(bench, bench.host)["asking"] == []
    assert bench.reloaded().vault == {}


@pytest.mark.parametrize(("seat", "code"), [(ROSA, "self"), ("nobody______", "unknown"), ("short", "invalid")])
def test_nobody_removes_themselves_or_nobody(bench: HostedBench, seat: str, code: str) -> None:
    assert bench.refused(bench.host, "people.remove", seat=seat) == code


def test_the_lead_is_not_removed(bench: HostedBench) -> None:
    vera = come(bench, "Vera", Role.HOST)
    assert bench.refused(vera, "people.remove", seat=ROSA) == "lead"


def test_ps36_powers_over_people_are_there_for_everybody_to_read(bench: HostedBench) -> None:
    """[PS-36]"""
    come(bench, "Ben")
    before = len(bench.view(bench.ann)["moderating"]["powers"])
    bench.do(bench.host, "people.promote", seat=BEN, role="cohost")
    bench.do(bench.host, "people.remove", seat=BEN)
    bench.do(bench.host, "people.tables", tables={"one": "By the window"}, seats={ANN: "one"})
    powers = bench.view(bench.ann)["moderating"]["powers"][before:]
    assert [(power["by"], power["about"]) for power in powers] == [(ROSA, BEN), (ROSA, BEN), (ROSA, None)]


# ---- the lobby -----------------------------------------------------------------------------------------------------


CANARY = "heron at the weir"


def lobby(bench: HostedBench) -> None:
    """There is something on the board, and newcomers wait."""
    bench.edit(bench.host, Writer(11).note("n00000000001", CANARY))
    bench.settle()
    bench.do(bench.host, "people.lobby", on=True)


@pytest.mark.parametrize("door", Door)
def test_whoever_waits_gets_no_byte_of_content_and_is_not_heard(bench: HostedBench, door: Door) -> None:
    """[PEO-4]"""
    lobby(bench)
    ben = bench.join(identity("Ben"), door=door, resume="r-of-ben")
    writer = Writer(9)
    bench.edit(ben, writer.note("n00000000002", "from outside"))
    bench.handle(events.Step1Received(ben, writer.doc.get_state()))
    bench.handle(events.AwarenessWanted(ben))
    bench.handle(events.CaughtUp(ben))
    bench.command(ben, "people.ask", what="hand")
    bench.edit(bench.host, Writer(12).note("n00000000003", CANARY), 2)
    bench.settle()
    heard = bench.frames(ben)
    if door is Door.NATIVE:
        wait_here = ["lobby", {"seat": BEN, "name": "Ben", "resume": "r-of-ben"}]
        assert [msgpack.unpackb(frame) for frame in heard] == [wait_here]
    else:
        assert heard == []
    assert people(bench, bench.host)["waiting"] == {BEN: "Ben"}
    assert "waiting" not in people(bench, bench.ann)
    assert not any(b"from outside" in update for update in bench.updates(bench.ann))
    assert [row[1] for row in bench.room.people()] == [ROSA, ANN]
    assert bench.room.waits(identity("Ben"))


def test_whoever_is_let_in_is_welcomed_and_does_not_wait_again(bench: HostedBench) -> None:
    lobby(bench)
    ben, vera = come(bench, "Ben"), come(bench, "Vera")
    bench.do(bench.host, "people.admit", seat=BEN)
    assert CANARY.encode() in bench.welcome(ben)["update"]
    assert bench.messages(vera, "welcome") == []
    assert people(bench, bench.host)["waiting"] == {VERA: "Vera"}
    bench.do(ben, "people.ask", what="hand")
    bench.handle(events.Left(ben))
    assert bench.welcome(come(bench, "Ben"))
    bench.do(bench.host, "people.admit")
    assert bench.welcome(vera)
    assert bench.refused(bench.host, "people.admit") == "unknown"


def test_opening_the_lobby_lets_everybody_in_and_hosts_and_displays_never_wait(bench: HostedBench) -> None:
    lobby(bench)
    ben = come(bench, "Ben")
    stock = bench.join(identity("Guest", seat=None), door=Door.STOCK)
    assert bench.welcome(come(bench, "Vera", Role.COHOST))
    assert bench.welcome(come(bench, "Wall", Role.DISPLAY))
    assert bench.welcome(come(bench, "Ann"))
    bench.do(bench.host, "people.lobby", on=False)
    assert bench.welcome(ben)
    assert bench.frames(stock) != []


def test_whoever_waits_can_be_sent_away(bench: HostedBench) -> None:
    lobby(bench)
    ben = come(bench, "Ben")
    bench.do(bench.host, "people.remove", seat=BEN)
    assert bench.closes() == {ben: 4405}
    assert people(bench, bench.host)["waiting"] == {}


def test_whoever_waits_leaves_with_their_link_and_with_the_room(bench: HostedBench) -> None:
    lobby(bench)
    ben, vera = come(bench, "Ben"), bench.join(identity("Vera", link="another_____"))
    bench.handle(events.LinkRevoked(identity("Vera", link="another_____").link))
    assert bench.closes() == {vera: 4403}
    for conn in (bench.host, bench.ann):
        bench.handle(events.Left(conn))
    bench.settle()
    assert not bench.room.is_idle
    bench.handle(events.Stopping())
    assert bench.closes() == {vera: 4403, ben: 1012}


def test_a_lobby_that_is_being_opened_opens_with_the_commit(bench: HostedBench) -> None:
    lobby(bench)
    ben = come(bench, "Ben")
    bench.command(bench.host, "people.admit")
    bench.wait(200)
    assert bench.messages(ben, "welcome") == []
    bench.handle(events.CommitFailed())
    bench.entries.pop()
    bench.reload()
    bench.handle(events.Writable())
    assert bench.messages(ben, "welcome") == []
    bench.settle()
    bench.do(bench.host, "people.admit")
    assert bench.welcome(ben)


# ---- tables --------------------------------------------------------------------------------------------------------


def test_tables_are_of_seats_and_everybody_is_told_of_their_own(bench: HostedBench) -> None:
    bench.do(bench.host, "people.tables", tables={"one": "Window", "two": "Door"}, seats={ANN: "one"})
    assert people(bench, bench.ann)["tables"] == {"one": "Window", "two": "Door"}
    assert people(bench, bench.host)["at"] == {ANN: "one"}
    assert bench.own(bench.ann)["people"]["table"] == "one"
    assert bench.own(come(bench, "Ann"))["people"]["table"] == "one"
    bench.do(bench.host, "people.tables", tables={"two": "Door"}, seats={})
    assert bench.own(bench.ann)["people"]["table"] is None


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"tables": {}, "seats": {ANN: "one"}}, "invalid"),
        ({"tables": {"one": "One"}, "seats": {"nobody______": "one"}}, "unknown"),
        ({"tables": {"one": "One"}, "seats": {OTTO: "one"}}, "invalid"),
        ({"tables": {"One": "One"}, "seats": {}}, "invalid"),
        ({"tables": {f"t{number}": "T" for number in range(201)}, "seats": {}}, "invalid"),
    ],
)
def test_what_is_no_seating_is_refused(bench: HostedBench, args: dict[str, object], code: str) -> None:
    come(bench, "Otto", Role.OBSERVER)
    assert bench.refused(bench.host, "people.tables", **args) == code


# ---- consent and asking --------------------------------------------------------------------------------------------


def test_ps30_consent_can_change_at_any_time_and_nothing_depends_on_it(bench: HostedBench) -> None:
    """[PS-30] Hosts see how many, and nobody sees who."""
    assert people(bench, bench.host)["consented"] == {"yes": 0, "no": 0, "open": 2}
    bench.do(bench.ann, "people.consent", capture=False)
    assert people(bench, bench.host)["consented"] == {"yes": 0, "no": 1, "open": 1}
    assert "consented" not in people(bench, bench.ann)
    assert bench.own(bench.ann)["people"]["consent"] is False
    assert ANN.encode() not in msgpack.packb(bench.view(bench.host)["people"]["consented"])
    bench.go("tell")
    bench.do(bench.ann, "people.consent", capture=True)
    bench.do(bench.host, "show.close")
    bench.do(bench.ann, "people.consent", capture=False)
    assert b"consent" not in happened(bench)
    assert bench.own(bench.ann)["people"]["consent"] is False


def test_ps33_a_word_with_a_host_reaches_hosts_alone(bench: HostedBench) -> None:
    """[PS-33]"""
    cohost, harvester, ben = come(bench, "Vera", Role.COHOST), come(bench, "Hal", Role.HARVESTER), come(bench, "Ben")
    heard = {conn: bench.frames(conn) for conn in (harvester, ben)}
    bench.do(bench.ann, "people.ask", what="word")
    assert {conn: bench.frames(conn) for conn in (harvester, ben)} == heard
    for host in (bench.host, cohost):
        assert [row[:2] for row in people(bench, host)["asking"]] == [[ANN, "word"]]  # type: ignore[attr-defined]
    assert bench.own(bench.ann)["people"]["asking"] == ["word"]
    bench.do(cohost, "people.answer", seat=ANN, what="word")
    assert people(bench, bench.host)["asking"] == []
    assert {conn: bench.frames(conn) for conn in (harvester, ben)} == heard
    assert b"word" not in happened(bench)
    assert bench.reloaded().vault == {}
    assert bench.refused(cohost, "people.answer", seat=ANN, what="word") == "unknown"


def test_ps26_taking_a_hand_down_leaves_no_mark(bench: HostedBench) -> None:
    """[PS-26] One command, as raising it was, and then nothing tells that it was ever up."""
    before = bench.view(bench.host), bench.own(bench.ann), happened(bench)
    bench.do(bench.ann, "people.ask", what="hand")
    bench.do(bench.ann, "people.ask", what="pause")
    assert [row[1] for row in people(bench, bench.host)["asking"]] == ["hand", "pause"]  # type: ignore[attr-defined]
    bench.do(bench.ann, "people.ask", what="hand", asking=False)
    bench.do(bench.ann, "people.ask", what="pause", asking=False)
    assert (bench.view(bench.host), bench.own(bench.ann), happened(bench)) == before
    assert bench.reloaded().vault == {}


def test_whoever_asked_first_comes_first_and_asking_twice_is_once(bench: HostedBench) -> None:
    ben = come(bench, "Ben")
    bench.do(ben, "people.ask", what="hand")
    bench.wait(SECOND)
    bench.do(bench.ann, "people.ask", what="hand")
    bench.do(ben, "people.ask", what="hand")
    assert [row[0] for row in people(bench, bench.ann)["asking"]] == [BEN, ANN]  # type: ignore[attr-defined]


def test_observers_ask_for_a_word_and_for_nothing_else(bench: HostedBench) -> None:
    otto = come(bench, "Otto", Role.OBSERVER)
    assert bench.refused(otto, "people.ask", what="hand") == "role"
    bench.do(otto, "people.ask", what="word")
    assert bench.refused(otto, "people.consent", capture=True) == "role"


# ---- seats ---------------------------------------------------------------------------------------------------------


def test_hy_02_counts_are_of_seats_and_not_of_sockets() -> None:
    """[HY-02] Fifteen at home, one of them on three devices; two table devices with five and four seats: 24 of 24."""
    bench = HostedBench()
    bench.host = bench.join(identity("Home00", Role.HOST))
    bench.do(bench.host, "show.load", plan=PLAN)
    homes = [bench.join(identity(f"Home{number:02}")) for number in range(1, 15)]
    phones = [bench.join(identity("Home01")) for _ in range(2)]
    bench.join(identity("Home02"), door=Door.STOCK)
    tables = [bench.join(identity(f"Table{table}{seat}")) for table, seats in ((1, 5), (2, 4)) for seat in range(seats)]
    bench.join(identity("Otto", Role.OBSERVER))
    bench.join(identity("Wall", Role.DISPLAY))
    bench.settle()
    assert people(bench, bench.host)["seats"] == 24
    for conn in (*homes, *tables, *phones):
        bench.do(conn, "people.consent", capture=True)
    assert people(bench, bench.host)["consented"] == {"yes": 23, "no": 0, "open": 1}


def test_ps36_taking_the_lead_or_a_role_for_oneself_is_read_by_everybody(bench: HostedBench) -> None:
    """[PS-36] Only that whoever came first leads is taken from nobody, and is no use of a power."""
    vera = come(bench, "Vera", Role.COHOST)
    bench.go("tell")
    assert not [power for power in powers(bench) if "lead" in power["what"]]
    bench.handle(events.Left(bench.host))
    bench.live_through(11)
    bench.do(vera, "people.lead", seat=VERA)
    last = powers(bench)[-1]
    assert (last["by"], last["what"], last["about"]) == (VERA, "took over the lead", None)
    rosa = come(bench, "Rosa", Role.HOST)
    bench.do(rosa, "people.promote", seat=ROSA, role="cohost")
    last = powers(bench)[-1]
    assert (last["by"], last["what"], last["about"]) == (ROSA, "took the role cohost", None)


def powers(bench: HostedBench) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = bench.view(bench.ann)["moderating"]["powers"]
    return told
