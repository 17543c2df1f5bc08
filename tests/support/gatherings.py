"""Gatherings for tests: a plan that has one phase of each kind, and a room in which it is under way."""

from __future__ import annotations

from typing import Any

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from harvestry_crdt import Board, Element

from .rooms import Bench, identity

__all__ = ["PLAN", "HostedBench", "plan"]

_READER = 99

PLAN: dict[str, Any] = {
    "title": "Winter in Alder Vale",
    "purpose": "Agree where to begin.",
    "regions": [
        {"key": "see", "title": "What we see", "prompt": "One thing on each note.", "frame": [0, 0, 800, 600]},
        {"key": "stories", "title": "Stories", "frame": [900, 0, 800, 600]},
        {"key": "focus", "title": "Our focus", "kind": "vote", "frame": [0, 700, 800, 600]},
    ],
    "phases": [
        {"key": "arrive", "title": "Arrive", "minutes": 2},
        {"key": "tell", "title": "Tell", "minutes": 5, "opens": [{"region": "stories"}]},
        {
            "key": "write",
            "title": "Write what we see",
            "instruction": "What is shaping life for the people we serve?",
            "minutes": 4,
            "opens": [{"region": "see", "visibility": "sealed-open", "attribution": "none", "limit": 4}],
        },
        {"key": "sort", "title": "Sort what we see", "minutes": 6, "moving": "all"},
        {
            "key": "choose",
            "title": "Choose",
            "minutes": 3,
            "poll": {"kind": "dots", "question": "Where do we begin?", "region": "focus", "budget": 3, "most": 2},
        },
    ],
}


def plan(**changes: Any) -> dict[str, Any]:
    """The plan, with parts of it replaced."""
    return {**PLAN, **changes}


class HostedBench(Bench):
    """A room on the bench with a host, a participant and a plan; what it asks of its past is read as from a store.

    Attributes:
        since: The earliest time that is known of the past, in Unix milliseconds.
        held: Whether what is asked of it is kept waiting until `tell_past`.
    """

    host: ConnId
    ann: ConnId
    since: int = 0
    held: bool = False

    def handle(self, event: events.Event) -> list[events.Effect]:
        effects = super().handle(event)
        if not self.held:
            for effect in effects:
                if isinstance(effect, events.Recall):
                    self.tell_past(effect)
        return effects

    def tell_past(self, wish: events.Recall) -> None:
        """Answer what was asked about the past."""
        if wish.at is None or wish.at < self.since:
            super().handle(events.Recalled(wish.ticket, self.since))
        else:
            super().handle(events.Recalled(wish.ticket, self.since, self.elements(wish.at)))

    def elements(self, at: int | None = None) -> dict[str, Element]:
        """What was on the board at a time, as far as it is on disk; by default what is there now."""
        assert self.stored is not None
        kept = [e for e in self.entries[: self._committed] if e.update and (at is None or e.at <= at)]
        updates = [*self.stored.updates, *(entry.update for entry in kept if entry.update)]
        board = Board.load(self.stored.state, updates, client_id=_READER)
        try:
            return board.elements()
        finally:
            board.close()

    def commit(self) -> list[events.Effect]:
        """The commit in flight is on disk; then everybody has been told what is their own, whoever it was made for."""
        effects = super().commit()
        hosting = self.room._loaded.hosting
        for member in self.room._roster.everyone() if hosting.state.show.plan is not None else ():
            seat = member.identity.seat
            if seat is not None and member.welcomed and member.door is Door.NATIVE:
                assert hosting._owns[seat] == hosting._own_of(seat), f"{member.identity.name} was not told"
        return effects

    def host_it(self, of: dict[str, Any] | None = None) -> None:
        """Rosa hosts, Ann takes part, and the plan is loaded."""
        self.host = self.join(identity("Rosa", Role.HOST))
        self.ann = self.join(identity("Ann"))
        self.do(self.host, "show.load", plan=PLAN if of is None else of)

    def frame(self, region: str) -> str:
        """The element of a region."""
        regions = self.view(self.host)["show"]["regions"]
        return str(next(one["element"] for one in regions if one["key"] == region))

    def do(self, conn: ConnId, command: str, /, **args: object) -> object:
        """Give a command and let it become durable; returns the answer.

        Raises:
            AssertionError: If it was refused.
        """
        answer = self.answer(conn, command, **args)
        assert answer[0] == "result", answer
        return answer[2]

    def refused(self, conn: ConnId, command: str, /, **args: object) -> str:
        """Give a command that is not granted; returns the code."""
        answer = self.answer(conn, command, **args)
        assert answer[0] == "failed", answer
        return str(answer[2])

    def answer(self, conn: ConnId, command: str, /, **args: object) -> list[Any]:
        """Give a command; returns its answer, `["result", …]` or `["failed", …]`."""
        before = len(self.messages(conn))
        self.command(conn, command, **args)
        self.settle()
        (answer,) = [m for m in self.messages(conn)[before:] if m[0] in ("result", "failed")]
        return answer

    def go(self, phase: str) -> None:
        """Begin if need be, and go to a phase."""
        if self.view(self.host)["show"]["stage"] == "ready":
            self.do(self.host, "show.start")
        if self.view(self.host)["show"]["at"] != phase:
            self.do(self.host, "show.go", phase=phase)

    def live_through(self, seconds: int) -> None:
        """Let time pass as the room's timer does, which rings when it was asked to; commits succeed at once."""
        until = self.now + seconds * 1_000
        while self.now < until:
            rings = [wake.at for wake in self.of(events.WakeAt) if self.now < wake.at <= until]
            self.wait(min(rings, default=until) - self.now)
            while len(self.entries) > self._committed:
                self.commit()

    def view(self, conn: ConnId) -> dict[str, Any]:
        """The gathering as a connection was last told of it."""
        body: dict[str, Any] = self.messages(conn, "gathering")[-1][1]
        return body

    def own(self, conn: ConnId) -> dict[str, Any]:
        """What a connection was last told of its own."""
        body: dict[str, Any] = self.messages(conn, "own")[-1][1]
        return body
