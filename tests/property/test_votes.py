"""Any sequence of votes, changed minds, forged and replayed tokens and closes agrees with a model of a few lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import Refusal
from harvestry.core.gathering.base import Actor, Draw, Moment
from harvestry.core.gathering.gathering import decide, dump, evolve, fold, kept, parse_command
from harvestry.core.gathering.people import Came
from harvestry.core.gathering.plan import Plan
from harvestry.core.gathering.show import Entered, Loaded, Started
from harvestry.core.gathering.state import State
from harvestry_crdt import Element
from support.gatherings import PLAN
from support.polls import token_of

REGION = "focus-region"
NOTES = ("note-one____", "note-two____", "note-three__", "gone-already")
SEATS = tuple(SeatId(f"seat-{number:07d}") for number in range(7))
TOKENS = tuple(token_of(number) for number in range(9))
POLL = "the-poll-itself0"
BUDGET, MOST = 3, 2


@dataclass
class Board:
    """A region with three living notes and one that has gone."""

    def element(self, id: str) -> Element | None:
        return self.elements().get(id)

    def elements(self) -> Mapping[str, Element]:
        found = {REGION: self._made(REGION, "frame", None, gone=False)}
        return found | {id: self._made(id, "note", REGION, gone=id == NOTES[3]) for id in NOTES}

    def author(self, id: str) -> str | None:
        return None

    def made(self) -> Mapping[str, Collection[str]]:
        return {}

    @staticmethod
    def _made(id: str, kind: str, parent: str | None, *, gone: bool) -> Element:
        return Element(id, kind, (0, 0, 100, 100), parent, "a0", None, id, {}, None, 0, gone)


@dataclass
class Model:
    """What a poll is, said as simply as possible.

    Attributes:
        tokens: Seat → the token it voted with first.
        ballots: Token → ballot.
    """

    is_open: bool = True
    tokens: dict[str, str] = field(default_factory=dict)
    ballots: dict[str, dict[str, int]] = field(default_factory=dict)

    def cast(self, seat: str, token: str, ballot: dict[str, int]) -> bool:
        """Whether it is taken."""
        is_good = set(ballot) <= set(NOTES[:3]) and max(ballot.values(), default=0) <= MOST
        if not self.is_open or not is_good or sum(ballot.values()) > BUDGET:
            return False
        if (token in self.ballots) is not (seat in self.tokens):
            return False
        self.tokens.setdefault(seat, token)
        self.ballots[token] = ballot
        return True

    def close(self) -> dict[str, int]:
        """The totals; nothing under five voters."""
        self.is_open = False
        totals = Counter[str]()
        for ballot in self.ballots.values():
            totals.update(ballot)
        return dict(totals) if len(self.ballots) >= 5 else {}


BALLOTS = st.dictionaries(st.sampled_from(NOTES), st.integers(1, 3), max_size=3)
HONEST = st.integers(0, len(SEATS) - 1).flatmap(
    lambda seat: st.tuples(st.just("cast"), st.just(seat), st.just(seat), BALLOTS)
)
FORGED = st.tuples(st.just("cast"), st.integers(0, len(SEATS) - 1), st.integers(0, len(TOKENS) - 1), BALLOTS)
STEPS = st.lists(HONEST | FORGED, max_size=40)


def begun() -> State:
    plan = json.loads(json.dumps(PLAN))
    for region in plan["regions"]:
        region["element"] = REGION if region["key"] == "focus" else None
    state = State()
    happened = [
        Loaded(at=0, plan=Plan.model_validate_json(json.dumps(plan))),
        Started(at=1),
        Entered(at=1, phase="tell"),
    ]
    for happening in (*happened, *(Came(at=1, seat=seat, role="participant") for seat in SEATS)):
        state = evolve(state, happening)
    return state


class Desk:
    """Takes commands as a room does, and remembers what was stored."""

    def __init__(self) -> None:
        self.state = begun()
        self.rows: dict[tuple[str, str], bytes] = {}
        self.count = 0

    def do(self, role: Role, seat: str, name: str, **args: Any) -> bool:
        """Whether it is granted."""
        self.count += 1
        moment = Moment(self.count, Draw(self.count.to_bytes(16, "big")), Board())
        wish = parse_command(name, args)
        assert wish is not None
        try:
            outcome = decide(self.state, wish, Actor(SeatId(seat), role, "Ann"), moment)
        except Refusal:
            return False
        for happening in outcome.happenings:
            self.state = evolve(self.state, happening)
        self.state = kept(self.state, outcome.rows)
        for key, row in outcome.rows.items():
            self.rows.pop(key, None)
            if row is not None:
                self.rows[key] = dump(row)
        return True


@settings(deadline=None)
@given(STEPS, st.integers(0, 40))
def test_every_sequence_of_votes_agrees_with_the_model(
    steps: list[tuple[str, int, int, dict[str, int]]], end: int
) -> None:
    """[DEC-1, DEC-3, DEC-4]"""
    desk, model = Desk(), Model()
    asks = {"kind": "dots", "question": "Where?", "region": "focus", "budget": BUDGET, "most": MOST}
    assert desk.do(Role.HOST, SEATS[0], "poll.open", poll=POLL, asks=asks)
    for number, (_, seat, token, ballot) in enumerate(steps):
        if number == end:
            finish(desk, model)
        args = {"poll": POLL, "token": TOKENS[token], "ballot": ballot}
        taken = desk.do(Role.PARTICIPANT, SEATS[seat], "poll.cast", **args)
        assert taken is model.cast(SEATS[seat], TOKENS[token], ballot)
        agree(desk, model)
    if model.is_open:
        finish(desk, model)


def agree(desk: Desk, model: Model) -> None:
    deciding = desk.state.deciding
    assert set(deciding.spent.get(POLL, ())) == (set(model.tokens) if model.is_open else set())
    if model.is_open:
        given = sorted(
            sorted(ballot.given.items()) for ballot in deciding.ballots.values() if isinstance(ballot.given, dict)
        )
        assert given == sorted(sorted(ballot.items()) for ballot in model.ballots.values())
        assert sum(dots for ballot in given for _, dots in ballot) <= BUDGET * len(deciding.spent.get(POLL, ()))
    assert fold([], desk.rows).deciding.ballots == deciding.ballots


def finish(desk: Desk, model: Model) -> None:
    assert desk.do(Role.HOST, SEATS[0], "poll.close", poll=POLL)
    result = desk.state.deciding.polls[POLL].round.result
    assert result is not None
    assert result.totals == model.close()
    assert result.n == len(model.tokens)
    assert {kind for kind, _ in desk.rows} <= {"wording"}
