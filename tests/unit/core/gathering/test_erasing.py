"""Erasing a whole gathering: who asks, what everybody is told, and taking it back."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harvestry.core import events
from harvestry.core.access import Role, SeatId
from harvestry.core.gathering.gathering import rows_about
from harvestry_crdt import Board, Element, Put
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
    # Erasing whoever asked for it does not call it off.
    vault = room.reloaded().vault
    assert ("erasure", str(told["due"])) in vault
    assert not [key for key in rows_about(vault, (), {SeatId("Rosa________")}) if key[0] == "erasure"]
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


@pytest.mark.parametrize("how", ["removed", "made a host", "wrote before"])
def test_a_host_does_not_shorten_the_day_by_sending_everybody_away(how: str) -> None:
    """[ERA-5] Whoever has come has come, and what somebody wrote is theirs, whatever they are now."""
    room = Room()
    room.host, room.ann = room.join(identity("Rosa", Role.HOST)), room.join(identity("Ann"))
    room.settle()
    if how == "wrote before":
        room.edit(room.ann, note_edit())
        room.settle()
        room.handle(events.Left(room.ann))
    room.do(room.host, "show.load", plan=PLAN)
    if how == "removed":
        room.do(room.host, "people.remove", seat="Ann_________")
    elif how == "made a host":
        room.do(room.host, "people.promote", seat="Ann_________", role="cohost")
    room.do(room.host, "erase.ask", title=PLAN["title"])
    told = room.view(room.host)["erasing"]
    assert told["due"] - told["at"] == A_DAY


def test_asking_and_taking_back_does_not_go_on_without_end() -> None:
    """[ERA-5] Both are kept for good and never refused for want of room, so each time has to wait twice as long."""
    room = Room()
    room.begin()
    title = PLAN["title"]
    asked = []
    for _ in range(120):
        answer = room.answer(room.host, "erase.ask", title=title)
        if answer[0] == "result":
            asked.append(room.now)
            room.do(room.host, "erase.keep")
        else:
            assert answer[2] == "soon"
        room.wait(59_000)
    assert 4 <= len(asked) <= 8
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps[0] >= 60_000
    assert all(later > earlier for earlier, later in pairwise(gaps))


def note_edit() -> bytes:
    """An edit that makes a note."""
    board = Board(client_id=77)
    size = (0, 0, 184, 104)
    board.write([Put(Element("ann-wrote-it", "note", size, None, "a", None, "words", {}, None, 0, deleted=False))])
    update = board.commit()
    board.close()
    return update
