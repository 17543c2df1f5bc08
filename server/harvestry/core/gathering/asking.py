"""What people ask for and agree to: a raised hand, a pause, a word with a host, and whether their words may be kept.

All of it can be taken back without a trace, and therefore none of it is a happening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import InvalidState, Refusal

from .base import Actor, Command, Moment, Outcome, Row, RowKey
from .capabilities import HOSTS, SEATED
from .parts import Seat
from .state import People

__all__ = [
    "Answer",
    "Ask",
    "Asked",
    "Consent",
    "Consented",
    "asking_of",
    "decide",
    "forgotten",
    "keep",
    "seen_asking",
    "totals",
]

What = Literal["hand", "pause", "word"]
_WHAT = ("hand", "pause", "word")


class Consent(Command):
    """Say whether one's own words may be kept for the harvest."""

    kind: Literal["people.consent"] = "people.consent"
    capture: bool


class Ask(Command):
    """Ask for something, or not any more. A hand and a pause are seen by all, a word with a host by hosts alone."""

    kind: Literal["people.ask"] = "people.ask"
    what: What
    asking: bool = True


class Answer(Command):
    """A host has seen to it."""

    kind: Literal["people.answer"] = "people.answer"
    seat: Seat
    what: What


class Consented(Row):
    """What somebody has said of their own words; its key is the seat."""

    kind: Literal["consent"] = "consent"
    capture: bool


class Asked(Row):
    """Somebody asks for something; its key is the seat and what they ask for, with a colon between."""

    kind: Literal["asking"] = "asking"
    at: int


def decide(people: People, command: Consent | Ask | Answer, actor: Actor, moment: Moment) -> Outcome:
    """What comes of one of these commands."""
    match command:
        case Consent(capture=capture):
            return Outcome(rows={("consent", actor.seat): Consented(capture=capture)})
        case Ask(what=what, asking=asking):
            if actor.role not in SEATED and what != "word":
                raise Refusal("role", "Whoever looks on can ask for a word with a host.")
            if asking is ((actor.seat, what) in people.asking):
                return Outcome()
            return Outcome(rows={_key(actor.seat, what): Asked(at=moment.now) if asking else None})
        case Answer(seat=seat, what=what):
            if (SeatId(seat), what) not in people.asking:
                raise Refusal("unknown", "Nobody asks for this any more.")
            return Outcome(rows={_key(SeatId(seat), what): None})


def keep(people: People, kind: str, key: str, row: Row | None) -> People:
    """The people once a row is kept or forgotten."""
    if kind == "consent":
        consent = {seat: capture for seat, capture in people.consent.items() if seat != key}
        if isinstance(row, Consented):
            consent[SeatId(key)] = row.capture
        return replace(people, consent=consent)
    seat, _, what = key.partition(":")
    if what not in _WHAT:
        raise InvalidState(f"nobody asks for {what}")
    asking = {of: at for of, at in people.asking.items() if of != (seat, what)}
    if isinstance(row, Asked):
        asking[SeatId(seat), what] = row.at
    return replace(people, asking=asking)


def forgotten(people: People, seat: SeatId) -> Mapping[RowKey, Row | None]:
    """The rows of a seat that ends: it asks for nothing any more. What it said of its words stands."""
    return {_key(seat, what): None for of, what in people.asking if of == seat}


def seen_asking(people: People, role: Role) -> list[list[object]]:
    """Who asks for what, and since when, as far as a role may see it; whoever has asked longest comes first."""
    seen = [(at, seat, what) for (seat, what), at in people.asking.items() if what != "word" or role in HOSTS]
    return [[seat, what, at] for at, seat, what in sorted(seen)]


def asking_of(people: People, seat: SeatId) -> list[str]:
    """What one seat asks for."""
    return [what for what in _WHAT if (seat, what) in people.asking]


def totals(people: People) -> Mapping[str, int]:
    """How many seats have said what of their words; `open` have said nothing yet."""
    said = [people.consent.get(seat) for seat, role in people.roles.items() if role in SEATED]
    return {"yes": said.count(True), "no": said.count(False), "open": said.count(None)}


def _key(seat: SeatId, what: str) -> RowKey:
    return ("asking", f"{seat}:{what}")
