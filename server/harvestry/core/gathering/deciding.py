"""Votes and rounds: a ballot leaves its seat when it is cast, and nothing is counted before a host closes the poll.

The vault has two kinds of rows that nothing joins: which seats have voted, and ballots under a hash of a token that the
voter's own device drew. So each seat counts once, and a mind is changed by whoever has the token. At the close both
kinds go, and totals are all that is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal
from harvestry_crdt import Change, Patch, Put

from . import reasons
from .authorship import Withdrawn
from .ballots import require_valid
from .base import Actor, Area, BoardReader, Command, Draw, Happening, Moment, Outcome, Row, RowKey, differing
from .capabilities import SEATED
from .counting import count
from .options import digest, is_living, options
from .parts import ElementId, Key
from .plan import Phase, PollKind, PollPlan
from .polls import (
    Ballot,
    Deciding,
    Given,
    Poll,
    PollId,
    Reason,
    Reasons,
    ReasonText,
    Result,
    Round,
    Spent,
    Wording,
    marks_in,
)
from .results import outcome_of, result_card, rewritten
from .show import Entered, new_element_id
from .state import State

__all__ = ["DECIDING", "asked", "forgotten", "mark_of"]

# Of the whole gathering; each is in every view.
MAX_POLLS: Final = 100
MAX_ROUNDS: Final = 20

# Base64url of 16 bytes, in the one way there is to write it.
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{21}[AQgw]$")]
Question = Annotated[str, StringConstraints(min_length=1, max_length=600)]


# ---- commands ------------------------------------------------------------------------------------------------------


class Open(Command):
    """Ask the group something, beside what the run of show asks."""

    kind: Literal["poll.open"] = "poll.open"
    poll: PollId
    asks: PollPlan
    about: ElementId | None = None


class Cast(Command):
    """Vote, or change one's vote with the same token."""

    kind: Literal["poll.cast"] = "poll.cast"
    poll: PollId
    token: Token
    ballot: Given
    reason: ReasonText | None = None
    reasons: Reasons = Field(default_factory=dict)
    named: bool = False


class Close(Command):
    """End the round that goes on, and count it."""

    kind: Literal["poll.close"] = "poll.close"
    poll: PollId


class Met(Command):
    """Say that one's own objection is met."""

    kind: Literal["poll.met"] = "poll.met"
    poll: PollId
    token: Token


class Again(Command):
    """Begin another consent round, about the amended words."""

    kind: Literal["poll.again"] = "poll.again"
    poll: PollId
    question: Question | None = None


# ---- happenings: none of them names a voter ------------------------------------------------------------------------


class Opened(Happening):
    """The group was asked something."""

    kind: Literal["poll.opened"] = "poll.opened"
    poll: PollId
    asks: PollPlan
    about: ElementId | None = None
    phase: Key | None = None


class Closed(Happening):
    """A round ended."""

    kind: Literal["poll.closed"] = "poll.closed"
    poll: PollId
    result: Result
    card: ElementId | None = None


class Reopened(Happening):
    """Another round began."""

    kind: Literal["poll.reopened"] = "poll.reopened"
    poll: PollId
    question: Question


# ---- decide --------------------------------------------------------------------------------------------------------


def _decide(state: State, command: Command, actor: Actor, moment: Moment) -> Outcome:
    match command:
        case Open():
            return _open(state, command, actor, moment)
        case Cast():
            return _cast(state, command, actor, moment.board)
        case Close(poll=id):
            return _close(state, _open_poll(state, id), actor, moment)
        case Met():
            return _met(state, command, moment.board)
        case Again():
            return _again(state, command, actor, moment)
        case _:
            raise InvalidState(f"{command.kind} is no command about polls")


def _poll(state: State, id: str) -> Poll:
    poll = state.deciding.polls.get(id)
    if poll is None:
        raise Refusal("unknown", "There is no such vote.")
    return poll


def _open_poll(state: State, id: str) -> Poll:
    poll = _poll(state, id)
    if not poll.is_open:
        raise Refusal("closed", "This vote has been closed.")
    return poll


def _open(state: State, command: Open, actor: Actor, moment: Moment) -> Outcome:
    asks = command.asks
    if command.poll in state.deciding.polls:
        raise Refusal("exists", "There is such a vote already.")
    if len(state.deciding.polls) >= MAX_POLLS:
        raise Refusal("too_many", f"A gathering holds {MAX_POLLS} votes at most.")
    if asks.region is not None and _element_of(state, asks.region) is None:
        raise Refusal("invalid", "There is no such region.")
    if command.about is not None and not is_living(moment.board.element(command.about)):
        raise Refusal("invalid", "What this is about is not on the board.")
    opened = Opened(
        at=moment.now, by=actor.seat, poll=command.poll, asks=asks, about=command.about, phase=state.show.at
    )
    return Outcome((opened,), rows=_wording(state, command.poll, asks, command.about, moment.board))


def _cast(state: State, command: Cast, actor: Actor, board: BoardReader) -> Outcome:
    deciding = state.deciding
    poll = _open_poll(state, command.poll)
    seat = actor.seat if command.named else None
    ballot = Ballot(poll=poll.id, given=command.ballot, reason=command.reason, reasons=command.reasons, seat=seat)
    require_valid(poll.asks, ballot, board, region=_element_of(state, poll.asks.region))
    mark = mark_of(poll, command.token)
    is_known, is_spent = mark in deciding.ballots, actor.seat in deciding.spent.get(poll.id, ())
    if is_known is not is_spent:
        # A seat that has voted comes with another token, or one that has not with a token that is in use. Both are
        # told the same, so that nobody finds out about a token by trying.
        raise Refusal("spent", "A vote is in already. It can be changed where it was given.")
    rows: dict[RowKey, Row | None] = {("ballot", mark): ballot}
    if not is_spent:
        rows["spent", poll.id + actor.seat] = Spent(poll=poll.id, seat=actor.seat)
    return Outcome(rows=rows)


def _close(state: State, poll: Poll, actor: Actor, moment: Moment) -> Outcome:
    deciding, board, draw = state.deciding, moment.board, moment.draw
    ballots = deciding.cast_in(poll.id)
    before = deciding.wordings[poll.id].words if poll.id in deciding.wordings else {}
    changed = tuple(
        id for id, was in sorted(before.items()) if (there := board.element(id)) is not None and digest(there) != was
    )
    given = [ballot.given for ballot in ballots.values()]
    drafts = _drafts(poll, given, board)
    result = count(poll.asks.kind, given, changed=changed, drafts=drafts)
    rows: dict[RowKey, Row | None] = {("ballot", mark): None for mark in ballots}
    rows |= {("spent", poll.id + seat): None for seat in deciding.spent.get(poll.id, ())}
    rows |= reasons.kept_of(poll, ballots, draw)
    before = {**before, **drafts}
    kept = {id: was for id, was in before.items() if id in result.totals or id == poll.about}
    rows["wording", poll.id] = Wording(words=kept) if kept else None
    card: str | None = None
    changes: tuple[Change, ...] = ()
    if result.n:
        card = new_element_id(draw)
        ended = replace(poll.round, result=result)
        region = _element_of(state, poll.asks.region)
        changes = (Put(result_card(card, board, poll, ended, region=region, drafts=drafts)),)
    closed = Closed(at=moment.now, by=actor.seat, poll=poll.id, result=result, card=card)
    return Outcome((closed,), rows=rows, changes=changes, leaves_no_trace=True)


def _drafts(poll: Poll, given: Iterable[Given], board: BoardReader) -> Mapping[str, str]:
    """Digests of the drafts in which somebody marked words, as they read now; of other polls none."""
    if poll.asks.kind is not PollKind.MARKS:
        return {}
    named = {element for each in given for element in marks_in(each) or ()}
    living = {id: there for id in sorted(named) if (there := board.element(id)) is not None and is_living(there)}
    return {id: digest(there) for id, there in living.items()}


def _met(state: State, command: Met, board: BoardReader) -> Outcome:
    poll = _poll(state, command.poll)
    marks = {mark_of(poll, command.token, round=number) for number in range(1, len(poll.rounds) + 1)}
    own = {
        id: reason.model_copy(update={"met": True})
        for id, reason in state.deciding.reasons.items()
        if reason.poll == poll.id and reason.mark in marks
    }
    if not own:
        raise Refusal("unknown", "Only who objected can say that it is met.")
    after = replace(state.deciding, reasons={**state.deciding.reasons, **own})
    rows: dict[RowKey, Row | None] = {("reason", id): reason for id, reason in own.items()}
    changes = tuple(
        Patch(c.id, {"txt": text, "d": fields}) for c, text, fields in rewritten(after, poll, board.element)
    )
    return Outcome(rows=rows, changes=changes)


def _again(state: State, command: Again, actor: Actor, moment: Moment) -> Outcome:
    poll = _poll(state, command.poll)
    if poll.asks.kind is not PollKind.CONSENT:
        raise Refusal("kind", "Only a consent round is taken again.")
    if poll.is_open:
        raise Refusal("open", "The round before has to be closed first.")
    if len(poll.rounds) >= MAX_ROUNDS:
        raise Refusal("too_many", f"There are {MAX_ROUNDS} rounds at most.")
    question = command.question or poll.round.question
    reopened = Reopened(at=moment.now, by=actor.seat, poll=poll.id, question=question)
    return Outcome((reopened,), rows=_wording(state, poll.id, poll.asks, poll.about, moment.board))


def mark_of(poll: Poll, token: str, *, round: int | None = None) -> str:
    """The key of a ballot: a hash, so that what is stored lets nobody vote; another one in each round.

    `round` is counted from 1; it is the latest if it is not given.
    """
    number = len(poll.rounds) if round is None else round
    return hashlib.sha256(f"{poll.id}/{number}/{token}".encode()).hexdigest()


def _element_of(state: State, region: str | None) -> str | None:
    plan = state.show.plan
    there = None if plan is None or region is None else plan.region(region)
    return None if there is None else there.element


def _wording(
    state: State, poll: str, asks: PollPlan, about: str | None, board: BoardReader
) -> Mapping[RowKey, Row | None]:
    """What the things that are voted on say now, so that it shows if they are changed."""
    things = []
    # What is marked, each mark has the digest of.
    is_of_ballots = asks.kind is PollKind.MARKS
    if asks.kind.is_of_things and not is_of_ballots and (region := _element_of(state, asks.region)) is not None:
        things = options(board, region)
    if about is not None and (element := board.element(about)) is not None:
        things.append(element)
    if not things:
        return {}
    return {("wording", poll): Wording(words={thing.id: digest(thing) for thing in things})}


def asked(phase: Phase, draw: Draw, *, at: int, by: str = "") -> Opened | None:
    """What happens when a phase begins that has a question; nothing if it has none."""
    if phase.poll is None:
        return None
    return Opened(at=at, by=by, poll=_new_poll_id(draw), asks=phase.poll, phase=phase.key)


def _follows(state: State, happening: Happening, moment: Moment) -> Outcome:
    match happening:
        case Entered():
            return _entered(state, happening, moment)
        case Withdrawn():
            gone = frozenset(state.sealing.leaving)
            return Outcome(rows=forgotten(state, gone))
        case _:
            return Outcome()


def _entered(state: State, happening: Entered, moment: Moment) -> Outcome:
    """A phase that has a question asks it, unless it was left open and goes on."""
    phase = state.show.phase
    polls = state.deciding.polls.values()
    if phase is None or len(polls) >= MAX_POLLS or any(poll.phase == phase.key and poll.is_open for poll in polls):
        return Outcome()
    opened = asked(phase, moment.draw, at=moment.now, by=happening.by)
    if opened is None:
        return Outcome()
    return Outcome((opened,), rows=_wording(state, opened.poll, opened.asks, None, moment.board))


def forgotten(state: State, gone: Collection[str]) -> Mapping[RowKey, Row | None]:
    """What is kept of votes on notes that go: no digest of their words, and no mark on them."""
    rows: dict[RowKey, Row | None] = {}
    for mark, ballot in state.deciding.ballots.items():
        if (marks := marks_in(ballot.given)) and any(element in gone for element in marks):
            left = {element: marked for element, marked in marks.items() if element not in gone}
            rows["ballot", mark] = ballot.model_copy(update={"given": left})
    for id, wording in state.deciding.wordings.items():
        kept = {element: was for element, was in wording.words.items() if element not in gone}
        if len(kept) < len(wording.words):
            rows["wording", id] = Wording(words=kept) if kept else None
    return rows


def _new_poll_id(draw: Draw) -> str:
    return (new_element_id(draw) + new_element_id(draw))[:16]


# ---- evolve --------------------------------------------------------------------------------------------------------


def _evolve_state(state: State, happening: Happening) -> State:
    return replace(state, deciding=_evolve(state.deciding, happening))


def _evolve(deciding: Deciding, happening: Happening) -> Deciding:
    at = happening.at
    match happening:
        case Opened(poll=id, asks=asks, about=about, phase=phase):
            return _with(deciding, Poll(id, asks, about, phase, (Round(asks.question, at),)))
        case Closed(poll=id, result=result, card=card):
            poll = _known(deciding, id)
            ended = replace(poll.round, closed_at=at, result=result, card=card)
            return _with(deciding, replace(poll, rounds=(*poll.rounds[:-1], ended)))
        case Reopened(poll=id, question=question):
            poll = _known(deciding, id)
            return _with(deciding, replace(poll, rounds=(*poll.rounds, Round(question, at))))
        case _:
            raise InvalidState(f"{happening.kind} is nothing that happens to polls")


def _with(deciding: Deciding, poll: Poll) -> Deciding:
    return replace(deciding, polls={**deciding.polls, poll.id: poll})


def _known(deciding: Deciding, id: str) -> Poll:
    poll = deciding.polls.get(id)
    if poll is None:
        raise InvalidState(f"there is no poll {id}")
    return poll


def _keep_all(state: State, kind: str, rows: Mapping[str, Row | None]) -> State:
    return replace(state, deciding=state.deciding.keep(kind, rows))


# ---- view ----------------------------------------------------------------------------------------------------------


def _common(state: State, _: Role) -> Mapping[str, object]:
    voters = sum(role in SEATED for role in state.people.roles.values())
    deciding = state.deciding
    turnouts = {**deciding.turnouts, **deciding.told}
    given = reasons.told_of(deciding)
    aside = state.moderating.kept.keys()
    return {
        "polls": [
            {
                **_told(deciding, poll, turnouts, voters),
                **reasons.why(given.get(poll.id, ())),
                "words": {id: was for id, was in _words(deciding, poll).items() if id not in aside},
            }
            for poll in deciding.polls.values()
        ]
    }


def _words(deciding: Deciding, poll: Poll) -> Mapping[str, str]:
    wording = deciding.wordings.get(poll.id)
    return {} if wording is None or poll.is_open else wording.words


def _told(deciding: Deciding, poll: Poll, turnouts: Mapping[str, int], voters: int) -> Mapping[str, object]:
    asks, latest, number = poll.asks, poll.round, len(poll.rounds)
    turnout = turnouts[poll.id] if latest.result is None else latest.result.n
    return {
        "poll": poll.id,
        "kind": asks.kind.value,
        "question": latest.question,
        "region": asks.region,
        "budget": asks.budget,
        "most": asks.most,
        "about": poll.about,
        "phase": poll.phase,
        "open": poll.is_open,
        "turnout": turnout,
        "of": max(voters, turnout),
        "round": number,
        "result": _result(deciding, poll, number),
        "earlier": [
            {"question": poll.rounds[before - 1].question, "result": _result(deciding, poll, before)}
            for before in range(1, number)
        ],
    }


def _result(deciding: Deciding, poll: Poll, number: int) -> Mapping[str, object] | None:
    of = poll.rounds[number - 1]
    result = of.result
    if result is None:
        return None
    told = result.model_dump(mode="json")
    return {**told, "outcome": outcome_of(deciding, poll, number), "card": of.card, "closed": of.closed_at}


def _own(state: State, seat: SeatId) -> Mapping[str, object]:
    return {"cast": sorted(poll for poll, seats in state.deciding.spent.items() if seat in seats)}


def _touched(before: State, after: State) -> Collection[str]:
    old, new = before.deciding.spent, after.deciding.spent
    nobody: frozenset[SeatId] = frozenset()
    return nobody.union(*(old.get(poll, nobody) ^ new.get(poll, nobody) for poll in differing(old, new)))


DECIDING = Area(
    name="deciding",
    commands=(Open, Cast, Close, Met, Again),
    happenings=(Opened, Closed, Reopened),
    rows=(Ballot, Spent, Reason, Wording),
    decide=_decide,
    evolve=_evolve_state,
    keep_all=_keep_all,
    common=_common,
    own=_own,
    touched=_touched,
    follows=_follows,
)
