"""What nobody may learn of a vote: the swap test, and a canary in every tally, on a room without sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgpack
import pytest

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId
from support.polls import OPTIONS, PollBench, digest_of, token_of
from support.rooms import identity
from support.transcripts import of_native, of_stock

ONE, TWO, THREE = OPTIONS
VOTERS = 6


def marked(number: int, **marks: list[list[int]]) -> dict[str, Any]:
    return {"words": digest_of(f"Option {number}"), **marks}


# Kind → what each of six people answers.
BALLOTS: dict[str, list[dict[str, Any]]] = {
    "dots": [{"ballot": each} for each in ({ONE: 1}, {TWO: 2, ONE: 1}, {THREE: 2}, {ONE: 1}, {TWO: 1}, {})],
    "rating": [{"ballot": each} for each in ({ONE: 1}, {ONE: 5, TWO: 2}, {ONE: 2}, {ONE: 4}, {ONE: 1}, {ONE: 3})],
    "fist": [
        {"ballot": 0, "reason": "It would shut the smallest place out."},
        {"ballot": 2, "reason": "We have not asked anybody young yet."},
        *({"ballot": each} for each in (3, 4, 1, 2)),
    ],
    "fists": [
        {"ballot": {ONE: 1, TWO: 0}, "reasons": {ONE: "Too dear.", TWO: "It would shut the smallest place out."}},
        {"ballot": {ONE: 5, THREE: 2}, "reasons": {THREE: "We have not asked anybody young yet."}},
        *({"ballot": {ONE: each}} for each in (2, 4, 1, 0)),
    ],
    "balance": [
        {"ballot": each}
        for each in ({ONE: [70, 25]}, {ONE: [0, 100], TWO: [50, 60]}, {ONE: [30, 75]}, {ONE: [1, 2]}, {ONE: [9, 9]}, {})
    ],
    "marks": [
        {"ballot": each}
        for each in (
            {ONE: marked(1, rings=[[0, 1]])},
            {TWO: marked(2, rings=[[0, 0]], jars=[[1, 1]]), THREE: marked(3, jars=[[0, 1]])},
            {ONE: marked(1, jars=[[0, 0]])},
            {ONE: marked(1, rings=[[1, 1]]), TWO: marked(2, rings=[[0, 1]])},
            {THREE: marked(3, rings=[[0, 0]])},
            {},
        )
    ],
    "consent": [
        {"ballot": "objection", "reason": "It would shut the smallest place out."},
        {"ballot": "objection", "reason": "We have not asked anybody young yet."},
        {"ballot": "concern", "reason": "Late."},
        *({"ballot": "consent"} for _ in range(3)),
    ],
}


class Witnesses(PollBench):
    """A vote with somebody of every role looking on."""

    witnesses: list[ConnId]
    stock: ConnId

    def vote_all(
        self, kind: str, ballots: list[dict[str, Any]], *, until_close: Callable[[], None] | None = None
    ) -> None:
        self.gather(VOTERS)
        self.go("tell")
        self.witnesses = [self.join(identity(role.value, role)) for role in Role]
        self.stock = self.join(identity("Stock", seat=None), door=Door.STOCK)
        self.handle(events.Step1Received(self.stock, b"\x00"))
        self.settle()
        poll = self.open(kind, **({"budget": 3, "most": 2} if kind == "dots" else {}))
        for voter, ballot in zip(self.voters, ballots, strict=True):
            self.cast(voter, poll, **ballot)
        # Somebody changes their mind and back, somebody tries twice.
        self.cast(self.voters[2], poll, **ballots[3])
        self.cast(self.voters[2], poll, **ballots[2])
        self.refused(
            self.voters[3], "poll.cast", **self.vote(self.voters[3], poll, **{**ballots[3], "token": token_of(1)})
        )
        if until_close is not None:
            until_close()
        self.do(self.host, "poll.close", poll=poll)
        if kind == "consent":
            self.do(self.host, "poll.again", poll=poll)
            for voter in self.voters:
                self.cast(voter, poll, "consent")
            self.do(self.host, "poll.close", poll=poll)

    def heard(self) -> dict[ConnId, list[object]]:
        """Everything that each connection was sent, in order."""
        heard = {conn: [of_native(frame) for frame in self.frames(conn)] for conn in (self.host, *self.voters)}
        heard |= {conn: [of_native(frame) for frame in self.frames(conn)] for conn in self.witnesses}
        return {**heard, self.stock: [of_stock(frame) for frame in self.frames(self.stock)]}


def swapped(ballots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [ballots[1], ballots[0], *ballots[2:]]


@pytest.mark.parametrize("kind", BALLOTS)
def test_exchanging_two_votes_changes_no_byte_that_anybody_else_is_sent(kind: str) -> None:
    """[DEC-12] [PS-11] [PS-22] Not before the close, not at it, not after it, and not on the board."""
    one, other = Witnesses(), Witnesses()
    one.vote_all(kind, BALLOTS[kind])
    other.vote_all(kind, swapped(BALLOTS[kind]))
    assert one.heard() == other.heard()
    assert len(one.heard()[one.stock]) > len(OPTIONS)
    assert one.board() == other.board()
    assert [entry.happenings for entry in one.entries] == [entry.happenings for entry in other.entries]
    assert one.vault("ballot") == other.vault("ballot") == {}


@pytest.mark.parametrize("kind", BALLOTS)
def test_before_the_close_no_message_depends_on_how_anybody_voted(kind: str) -> None:
    """[DEC-5] [PS-21] Everybody's frames are the same whatever is voted, as long as as many do."""
    heard: list[dict[ConnId, list[object]]] = []
    for ballots in (BALLOTS[kind], [BALLOTS[kind][0]] * VOTERS, [BALLOTS[kind][-1]] * VOTERS):
        bench = Witnesses()

        def listen(bench: Witnesses = bench) -> None:
            heard.append(bench.heard())

        bench.vote_all(kind, ballots, until_close=listen)
    assert heard[0] == heard[1] == heard[2]


@pytest.mark.parametrize("kind", ["consent", "fist", "fists"])
def test_no_words_of_a_reason_leave_before_the_close(kind: str) -> None:
    """[DEC-9] [DEC-13]"""
    canary = "It would shut the smallest place out."
    bench = Witnesses()
    everything: list[bytes] = []

    def listen() -> None:
        everything.extend(
            frame
            for effect in bench.effects
            if isinstance(effect, events.Send | events.Deliver)
            for frame in of(effect)
        )

    bench.vote_all(kind, BALLOTS[kind], until_close=listen)
    assert everything
    assert not any(canary.encode() in frame for frame in everything)
    assert canary in msgpack.packb(bench.polls()).decode(errors="ignore")


def of(effect: events.Send | events.Deliver) -> list[bytes]:
    return [effect.frame] if isinstance(effect, events.Send) else [effect.frame.full]
