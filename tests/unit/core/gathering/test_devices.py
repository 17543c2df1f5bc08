"""Shared devices of tables: a seat for each person around one browser, and what the browser is told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from harvestry.core import events
from harvestry.core.access import Role, SeatId
from harvestry.core.errors import Refusal
from harvestry.core.gathering.base import Actor, BoardReader, Draw, Moment
from harvestry.core.gathering.devices import MAX_DEVICES, MOST_AT_ONE
from harvestry.core.gathering.gathering import decide, parse_command
from harvestry.core.limits import Limits
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from support.gatherings import HostedBench
from support.rooms import identity

AVA, BEN, CLEO = "Ava", "Ben", "Cleo"


def seat(name: str) -> str:
    return name.ljust(12, "_")


class Room(HostedBench):
    """Tove hosts the east table, where Ann sits; Wim hosts the west one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.host_it()
        self.tove = self.join(identity("Tove", Role.TABLE))
        self.wim = self.join(identity("Wim", Role.TABLE))
        self.settle()
        at = {seat("Tove"): "east", seat("Ann"): "east", seat("Wim"): "west"}
        self.do(self.host, "people.tables", tables={"east": "East", "west": "West"}, seats=at)

    def set_up(self, *people: str | tuple[str, str], by: ConnId | None = None, **more: Any) -> str:
        """Give the east table a device; returns its seat."""
        named = [{"name": one} if isinstance(one, str) else {"name": one[0], "pin": one[1]} for one in people]
        made = self.do(self.tove if by is None else by, "device.set_up", people=named, **more)
        assert isinstance(made, dict)
        return str(made["device"])

    def devices(self, conn: ConnId | None = None) -> dict[str, Any]:
        """The devices there are, as somebody is told."""
        told: dict[str, Any] = self.view(self.host if conn is None else conn)["devices"]["devices"]
        return told

    def seats(self, device: str) -> dict[str, str]:
        """The seats on a device, by name."""
        return {name: of for of, name in self.devices().get(device, {"seats": {}})["seats"].items()}

    def at_device(self, device: str) -> ConnId:
        """Open the browser of a device."""
        conn = self.join(identity("Device at East", Role.DISPLAY, seat=device))
        self.settle()
        return conn

    def turn(self, device: str, name: str) -> ConnId:
        """Somebody's connection, while they have their turn."""
        conn = self.join(identity(name, seat=self.seats(device)[name]))
        self.settle()
        return conn

    def strip(self, conn: ConnId) -> dict[str, Any]:
        """The strip of a device as it was told last, by name."""
        return {one["name"]: one for one in self.own(conn)["devices"]["strip"]["seats"]}

    def opens(self, device: str, name: str, pin: str | None = None) -> str:
        """The code with which a turn is refused; empty if it is not."""
        try:
            self.room.require_turn(SeatId(device), SeatId(self.seats(device).get(name, name)), pin)
        except Refusal as refusal:
            return refusal.code
        return ""

    def count(self) -> int:
        return int(self.view(self.host)["people"]["seats"])


@pytest.fixture
def room() -> Room:
    return Room()


def test_everybody_at_a_device_has_a_seat_at_the_table_like_anybody(room: Room) -> None:
    """[DEV-1] [DEV-6] Counted once each, the device itself never; without having been connected."""
    before = room.count()
    device = room.set_up(AVA, BEN, CLEO)
    people = room.view(room.host)["people"]
    assert room.count() == before + 3
    assert {people["at"][of] for of in room.seats(device).values()} == {"east"}
    assert people["at"][seat("Ann")] == "east"
    assert people["roles"][device] == "display"
    entry = next(entry for entry in room.entries if entry.seats)
    assert [(one.name, one.role) for one in entry.seats] == [
        ("Device at East", Role.DISPLAY), (AVA, Role.PARTICIPANT), (BEN, Role.PARTICIPANT), (CLEO, Role.PARTICIPANT),
    ]  # fmt: skip
    assert len({one.link for one in entry.seats}) == 1
    # To come is nothing new for them.
    room.turn(device, AVA)
    assert room.count() == before + 3
    assert "gave 3 people at East seats on a shared device" in [
        power["what"] for power in room.view(room.ann)["moderating"]["powers"]
    ]


def test_the_table_sees_who_has_voted_and_nobody_else_does(room: Room) -> None:
    """[DEV-4] By name, never what; and not in what others are told."""
    device = room.set_up(AVA, BEN)
    screen = room.at_device(device)
    room.go("choose")
    [poll] = room.view(room.host)["deciding"]["polls"]
    voters = room.count()
    assert poll["of"] == voters
    ava = room.turn(device, AVA)
    told = {conn: room.own(conn) for conn in (room.host, room.tove, room.ann)}
    room.do(ava, "poll.cast", poll=poll["poll"], token="A" * 22, ballot={})
    strip = room.strip(screen)
    assert strip[AVA]["voted"] == [poll["poll"]]
    assert strip[BEN]["voted"] == []
    assert {key for one in strip.values() for key in one} == {"seat", "name", "pin", "voted", "finished"}
    assert {conn: room.own(conn) for conn in told} == told
    assert room.seats(device)[AVA] not in repr(room.view(room.tove)["deciding"])


def test_a_device_that_comes_back_in_mid_vote_has_its_spent_votes(room: Room) -> None:
    """[DEV-5] Also after the room was loaded again; who has voted votes no second time."""
    device = room.set_up(AVA, (BEN, "1234"))
    room.go("choose")
    poll = room.view(room.host)["deciding"]["polls"][0]["poll"]
    room.do(room.turn(device, AVA), "poll.cast", poll=poll, token="A" * 22, ballot={})
    room.reload()
    strip = room.strip(room.at_device(device))
    assert [strip[name]["voted"] for name in (AVA, BEN)] == [[poll], []]
    assert [strip[name]["pin"] for name in (AVA, BEN)] == [False, True]
    assert room.opens(device, BEN, "1234") == ""
    again = room.turn(device, AVA)
    assert room.refused(again, "poll.cast", poll=poll, token="C" * 21 + "A", ballot={}) == "spent"


def test_ps04_who_has_finished_is_named_only_where_the_group_is_told_a_count(room: Room) -> None:
    """[PS-04] [DEV-4]"""
    device = room.set_up(AVA)
    screen = room.at_device(device)
    ava = room.turn(device, AVA)
    room.go("tell")
    room.do(ava, "step.finished", phase="tell")
    assert room.strip(screen)[AVA]["finished"] is True
    room.go("write")
    room.do(ava, "step.finished", phase="write")
    assert room.strip(screen)[AVA]["finished"] is None


def test_a_turn_is_for_who_is_on_the_device_and_knows_the_pin(room: Room) -> None:
    """[DEV-2]"""
    device = room.set_up((AVA, "0042"), BEN)
    other = room.set_up(CLEO, by=room.host, table="west")
    assert room.opens(device, BEN) == room.opens(device, BEN, "9999") == ""
    assert room.opens(device, AVA, "0042") == ""
    assert room.opens(device, AVA) == room.opens(device, AVA, "42") == room.opens(device, AVA, "0043") == "pin"
    assert room.opens(other, room.seats(device)[BEN]) == "unknown"
    assert room.opens(device, seat("Ann")) == room.opens(seat("Ann"), BEN) == room.opens(device, device) == "unknown"
    # No PIN is told or kept as it is.
    assert "0042" not in repr([entry.vault for entry in room.entries]) + repr(room.messages(room.host))


def test_a_pin_is_chosen_and_given_up_by_its_owner_alone(room: Room) -> None:
    """[DEV-2]"""
    device = room.set_up(AVA)
    ava = room.turn(device, AVA)
    assert room.own(ava)["devices"]["shares"] == {"pin": False}
    room.do(ava, "device.pin", pin="7777")
    assert room.own(ava)["devices"]["shares"] == {"pin": True}
    assert (room.opens(device, AVA), room.opens(device, AVA, "7777")) == ("pin", "")
    room.do(ava, "device.pin", pin=None)
    assert room.opens(device, AVA) == ""
    assert room.refused(room.ann, "device.pin", pin="7777") == "unknown"
    assert room.refused(ava, "device.pin", pin="777") == "invalid"


def test_whoever_sets_it_up_may_share_it_on_the_seat_they_have(room: Room) -> None:
    """[DEV-1] [DEV-2] Never a second seat; and nobody hosts from a shared device without a PIN."""
    before = room.count()
    device = room.set_up(AVA, own={})
    assert room.count() == before + 1
    assert room.seats(device)["Tove"] == seat("Tove")
    assert room.opens(device, "Tove") == ""
    assert room.refused(room.tove, "device.set_up", people=[], own={}) == "already"
    assert room.refused(room.host, "device.set_up", table="west", own={}) == "needs_pin"


def test_whoever_joins_the_host_team_has_a_pin_and_keeps_one(room: Room) -> None:
    """[DEV-2] Otherwise nobody could sit down on their seat again, or anybody could."""
    device = room.set_up(AVA, own={})
    wish = {"seat": seat("Tove"), "role": "cohost"}
    assert room.refused(room.host, "people.promote", **wish) == "needs_pin"
    room.do(room.tove, "device.pin", pin="1234")
    room.do(room.host, "people.promote", **wish)
    assert room.opens(device, "Tove") == "pin"
    assert room.refused(room.tove, "device.pin", pin=None) == "needs_pin"
    room.do(room.tove, "device.pin", pin="4321")
    assert room.opens(device, "Tove", "4321") == ""


def test_a_table_host_gives_seats_at_their_own_table_only(room: Room) -> None:
    """[CAP-1] [DEV-6]"""
    assert room.refused(room.tove, "device.set_up", table="west", people=[{"name": AVA}]) == "table"
    assert room.refused(room.host, "device.set_up", table="north", people=[{"name": AVA}]) == "table"
    device = room.set_up(AVA)
    assert room.refused(room.wim, "device.add", device=device, name=BEN) == "unknown"
    room.do(room.tove, "device.add", device=device, name=BEN)
    assert set(room.seats(device)) == {AVA, BEN}
    assert room.view(room.host)["people"]["at"][room.seats(device)[BEN]] == "east"
    who = {"Tove": True, "Wim": False, "Rosa": True, "Ann": False}
    assert {name: room.room.shows_device(SeatId(device), SeatId(seat(name))) for name in who} == who


def test_so_many_share_a_device(room: Room) -> None:
    """[DEV-6]"""
    many = [{"name": f"P{n}"} for n in range(MOST_AT_ONE)]
    assert room.refused(room.tove, "device.set_up", people=[]) == "invalid"
    assert room.refused(room.tove, "device.set_up", people=many, own={}) == "invalid"
    assert room.refused(room.tove, "device.set_up", people=[*many, {"name": "One more"}]) == "invalid"
    device = room.set_up(*[one["name"] for one in many])
    assert room.refused(room.tove, "device.add", device=device, name="One more") == "invalid"


def test_there_are_so_many_devices(room: Room) -> None:
    """[DEV-6]"""
    state = room.room._loaded.hosting.state
    tables = {SeatId(f"device{n:06}"): "east" for n in range(MAX_DEVICES)}
    roles = {**state.people.roles, **dict.fromkeys(tables, Role.DISPLAY)}
    full = replace(state, people=replace(state.people, roles=roles), devices=replace(state.devices, tables=tables))
    wish = parse_command("device.set_up", {"table": "east", "people": [{"name": AVA}]})
    assert wish is not None
    actor = Actor(SeatId(seat("Rosa")), Role.HOST, "Rosa")
    moment = Moment(now=5, draw=Draw(b"draw" * 8), board=cast("BoardReader", None))
    with pytest.raises(Refusal, match="100 shared devices"):
        decide(full, wish, actor, moment)
    # One that was taken away leaves its place to another.
    fewer = {of: role for of, role in roles.items() if of != SeatId("device000000")}
    assert decide(replace(full, people=replace(full.people, roles=fewer)), wish, actor, moment).seats


def test_a_lobby_holds_nobody_who_was_given_a_seat(room: Room) -> None:
    room.do(room.host, "people.lobby", on=True)
    device = room.set_up(AVA)
    room.turn(device, AVA)
    room.at_device(device)
    assert room.view(room.host)["people"]["waiting"] == {}


def test_a_seat_that_ends_leaves_the_device_and_a_device_leaves_its_people(room: Room) -> None:
    """[PEO-3] [DEV-5]"""
    device = room.set_up(AVA, BEN)
    screen, before = room.at_device(device), room.count()
    gone = room.seats(device)[AVA]
    room.do(room.host, "people.remove", seat=gone)
    assert set(room.strip(screen)) == {BEN}
    assert room.opens(device, gone) == "unknown"
    assert room.count() == before - 1
    left = room.seats(device)[BEN]
    room.do(room.host, "people.remove", seat=device)
    assert room.closes()[screen] == 4405
    assert room.devices() == {}
    assert room.count() == before - 1
    assert left in room.view(room.host)["people"]["at"]
    assert room.opens(device, left) == "unknown"


def test_people_of_a_device_that_was_taken_away_go_on_at_another_one(room: Room) -> None:
    """[DEV-1] [DEV-5] On the seat they have, with their PIN, counted once; also after the room was loaded again."""
    device = room.set_up(AVA, (BEN, "1234"), CLEO, own={})
    ava, ben, cleo = (room.seats(device)[name] for name in (AVA, BEN, CLEO))
    room.do(room.host, "people.remove", seat=device)
    before = room.count()
    room.reload()
    # Whoever came by a link of their own needs no other way in.
    assert room.view(room.host)["devices"]["left"] == {ava: AVA, ben: BEN, cleo: CLEO}
    assert room.view(room.tove)["devices"]["left"] == {ava: AVA, ben: BEN, cleo: CLEO}
    assert "left" not in room.view(room.ann)["devices"]
    assert room.refused(room.wim, "device.set_up", back=[ava]) == "unknown"
    assert room.refused(room.host, "device.set_up", table="east", back=[seat("Ann")]) == "unknown"
    again = room.set_up(back=[ben, ava], by=room.host, table="west")
    assert room.count() == before
    assert room.seats(again) == {AVA: ava, BEN: ben}
    assert {room.view(room.host)["people"]["at"][of] for of in (ava, ben)} == {"west"}
    assert (room.opens(again, BEN), room.opens(again, BEN, "1234"), room.opens(again, AVA)) == ("pin", "", "")
    assert room.opens(device, ava) == "unknown"
    assert room.refused(room.wim, "device.add", device=again, back=cleo) == "unknown"
    assert room.refused(room.host, "device.add", device=again, back=cleo, name=CLEO) == "invalid"
    assert room.refused(room.host, "device.add", device=again, back=ava) == "unknown"
    room.do(room.host, "device.add", device=again, back=cleo)
    assert set(room.seats(again)) == {AVA, BEN, CLEO}
    assert room.view(room.host)["devices"]["left"] == {}
    assert room.count() == before


def test_a_device_ends_with_whoever_gave_it_and_may_not_any_more(room: Room) -> None:
    """[DEV-5] [PEO-3] They had the way into it, and might open it from home; its people keep their seats."""
    device, other = room.set_up(AVA, own={}), room.set_up(BEN, by=room.host, table="east")
    screen, ava = room.at_device(device), room.seats(device)[AVA]
    room.do(room.host, "device.add", device=device, name=CLEO)
    room.do(room.host, "people.promote", seat=seat("Tove"), role="participant")
    assert set(room.devices()) == {other}
    assert room.closes()[screen] == 4405
    assert room.opens(device, ava) == "unknown"
    assert set(room.view(room.host)["devices"]["left"].values()) == {AVA, CLEO}
    west = room.set_up("Dan", by=room.wim)
    room.do(room.host, "people.remove", seat=seat("Wim"))
    assert west not in room.devices()
    assert set(room.devices()) == {other}


def test_one_wish_makes_one_device(room: Room) -> None:
    """[DEV-1] After a broken line it is asked again; nobody has a second vote by that."""
    wish = "w" * 22
    device = room.set_up(AVA, wish=wish)
    before = room.count()
    room.reload()
    room.tove = room.join(identity("Tove", Role.TABLE))
    room.settle()
    assert room.set_up(AVA, wish=wish) == device
    assert room.count() == before
    assert room.set_up(BEN, by=room.host, table="west", wish=wish) != device


def test_who_changes_their_name_has_it_on_the_strip(room: Room) -> None:
    device = room.set_up(AVA)
    screen = room.at_device(device)
    ava = room.turn(device, AVA)
    room.do(ava, "rename", name="Ava M.")
    assert set(room.strip(screen)) == {"Ava M."}


def test_a_device_sees_what_a_display_sees_and_writes_nothing(room: Room) -> None:
    """[PS-08] [DEV-3]"""
    device = room.set_up(AVA)
    screen = room.at_device(device)
    room.go("write")
    ava = room.turn(device, AVA)
    args = {"note": "0" * 16, "region": "see", "text": "the heron at the weir", "key": "A" * 43}
    room.do(ava, "seal.write", **args)
    assert "heron" not in repr(room.messages(screen))
    assert room.refused(screen, "seal.write", **args) == "role"
    assert room.refused(screen, "poll.cast", poll="0" * 16, token="A" * 22, ballot={}) == "role"


def test_ps05_turns_tell_nobody_who_writes_while_nothing_may(room: Room) -> None:
    """[PS-05] [SEA-6] [DEV-7] Neither by coming nor by going, at either door; afterwards all is told."""
    device = room.set_up(AVA, BEN, own={})
    screen = room.at_device(device)
    stock = room.join(identity("Stock", link="stock"), door=Door.STOCK)
    room.go("tell")
    ben = room.turn(device, BEN)
    room.handle(events.Left(room.tove))
    room.go("write")
    own = room.seats(device)[AVA]
    room.clear()
    ava = room.join(identity(AVA, seat=own))
    tove = room.join(identity("Tove", Role.TABLE))
    room.settle()
    assert room.welcome(ava)["people"][-1][2] == AVA
    room.handle(events.Left(ben))
    room.handle(events.Left(tove))
    # After a turn the page is loaded anew, and with it the device itself goes and comes.
    room.handle(events.Left(screen))
    room.settle()
    assert room.messages(room.host, "gathering") == []
    room.at_device(device)
    late = room.join(identity("Late"))
    room.settle()
    room.live_through(60)
    people = {row[2] for row in room.welcome(late)["people"]}
    assert BEN in people
    assert AVA not in people
    for conn in (room.host, room.ann):
        told = room.happened(conn)
        assert [event[1][2] for event in told if event[0] == "joined"] == ["Late"]
        assert [event for event in told if event[0] == "left"] == []
    assert AVA.encode() not in b"".join(room.frames(stock))
    room.do(ava, "seal.write", note="0" * 16, region="see", text="words", key="A" * 43)
    room.do(room.host, "seal.reveal")
    # Nor are hosts told that a table host has gone between their turns.
    assert seat("Tove") not in room.view(room.host)["people"]["away"]
    told = room.happened(room.ann)
    assert AVA in [event[1][2] for event in told if event[0] == "joined"]
    assert ["left", ben] in told
    again = room.join(identity("Again"))
    room.settle()
    assert {row[2] for row in room.welcome(again)["people"]} >= {AVA}
    assert BEN not in {row[2] for row in room.welcome(again)["people"]}


def test_whoever_is_removed_while_nothing_is_told_is_gone_at_once(room: Room) -> None:
    """[PEO-3] Also if they had left before."""
    device = room.set_up(AVA, BEN)
    seats = room.seats(device)
    ava, ben = room.turn(device, AVA), room.turn(device, BEN)
    room.go("write")
    room.handle(events.Left(ava))
    room.settle()
    room.clear()
    for name in (AVA, BEN):
        room.do(room.host, "people.remove", seat=seats[name])
    room.live_through(10)
    assert {event[1] for event in room.happened(room.ann) if event[0] == "left"} == {ava, ben}
    late = room.join(identity("Late"))
    room.settle()
    assert not {AVA, BEN} & {row[2] for row in room.welcome(late)["people"]}


def test_people_of_devices_count_among_the_seats_that_there_may_be() -> None:
    room = Room(limits=Limits(max_seats=7))
    device = room.set_up(AVA)
    assert room.refused(room.tove, "device.set_up", people=[{"name": BEN}, {"name": CLEO}]) == "full"
    room.do(room.tove, "device.add", device=device, name=BEN)
    # What is taken away leaves no room: seats are kept for good.
    room.do(room.host, "people.remove", seat=room.seats(device)[AVA])
    assert room.refused(room.tove, "device.add", device=device, name=CLEO) == "full"
