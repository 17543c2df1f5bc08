"""Erasing a whole gathering: who asks, what everybody is told, and taking it back."""

from __future__ import annotations

from harvestry.core import events
from harvestry.core.access import Role
from support.gatherings import PLAN, HostedBench
from support.rooms import identity

A_DAY, TEN_MINUTES = 24 * 3_600_000, 10 * 60_000


class Room(HostedBench):
    """Rosa hosts, Cora co-hosts, Ann takes part."""

    def begin(self) -> None:
        self.host_it()
        self.cora = self.join(identity("Cora", Role.COHOST))
        self.settle()

    def asked(self) -> list[int]:
        """When it is to be erased, each time the server was told so."""
        return [effect.due for effect in self.of(events.EraseAll)]


def test_everybody_is_told_by_whom_and_when_it_is_erased_and_hosts_take_it_back() -> None:
    """[ERA-5]"""
    room = Room()
    room.begin()
    assert room.refused(room.ann, "erase.ask", title=PLAN["title"]) == "role"
    assert room.refused(room.cora, "erase.ask", title=PLAN["title"]) == "role"
    assert room.refused(room.host, "erase.ask", title="Winter") == "title"
    room.do(room.host, "erase.ask", title=f" {PLAN['title']} ")
    for conn in (room.ann, room.cora, room.host):
        told = room.view(conn)["erasing"]
        assert told["by"] == "Rosa________"
        assert told["due"] - told["at"] == A_DAY
    assert room.asked() == [told["due"]]
    assert room.refused(room.host, "erase.ask", title=PLAN["title"]) == "asked"
    assert room.refused(room.ann, "erase.keep") == "role"
    # It is known again after a restart, and the server is not asked once more.
    again = Room(stored=room.reloaded())
    again.cora = again.join(identity("Cora", Role.COHOST))
    again.settle()
    assert again.view(again.cora)["erasing"] == told
    again.do(again.cora, "erase.keep")
    assert again.view(again.cora)["erasing"] == {"due": None}
    assert again.asked() == []
    assert not [key for key in again.reloaded().vault if key[0] == "erasure"]
    powers = [power["what"] for power in again.view(again.cora)["moderating"]["powers"]]
    assert powers[-2:] == ["asked for the whole gathering to be erased", "took back that the gathering is to be erased"]


def test_ten_minutes_are_enough_while_nobody_but_hosts_has_come() -> None:
    """[ERA-5]"""
    room = Room()
    room.host = room.join(identity("Rosa", Role.HOST))
    room.do(room.host, "show.load", plan=PLAN)
    room.do(room.host, "erase.ask", title=PLAN["title"])
    told = room.view(room.host)["erasing"]
    assert told["due"] - told["at"] == TEN_MINUTES
