"""Polls as data: what is asked, what is kept of the answers while they come in, and what stays of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from harvestry.core.access import SeatId
from harvestry.core.errors import InvalidState

from .parts import ElementId, Part, Row
from .plan import PollPlan

__all__ = [
    "FINGERS",
    "LOW",
    "MAX_THINGS",
    "MAX_WORDS",
    "Balance",
    "Ballot",
    "Choice",
    "Deciding",
    "Given",
    "Heat",
    "Marked",
    "Outcome",
    "Place",
    "Poll",
    "PollId",
    "Reason",
    "ReasonText",
    "Reasons",
    "Result",
    "Round",
    "Span",
    "Spent",
    "Wording",
    "cost",
    "marks_in",
]

R = TypeVar("R", bound=Row)

# How many things one ballot may name.
MAX_THINGS: Final = 200
# How many words of a draft can be marked, from its first.
MAX_WORDS: Final = 400
# As many as the largest budget.
_MAX_SPANS: Final = 20
# How many reasons one ballot may give; each is told to everybody.
MAX_REASONS: Final = 20
# Whoever holds up so few fingers, or fewer, is asked what would move them one up.
LOW: Final = 2
FINGERS: Final = range(6)
_SEAT_CHARACTERS: Final = 12

PollId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16}$")]
Mark = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ReasonText = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]


class Choice(Enum):
    """What one says in a consent round; to abstain is not offered."""

    CONSENT = "consent"
    CONCERN = "concern"
    OBJECTION = "objection"


# What a consent round came to.
Outcome = Literal["consented", "concerns", "objections"]

# From 0, one answer for everybody, to 100, each place by itself.
Stand = Annotated[int, Field(ge=0, le=100)]

# The number of a word, from 0.
_Word = Annotated[int, Field(ge=0, lt=MAX_WORDS)]
# The first and the last of words that stand together.
Span = tuple[_Word, _Word]
_Spans = Annotated[tuple[Span, ...], Field(max_length=_MAX_SPANS)]


class Marked(Part):
    """What somebody marks in a draft: at least one word, and each at most once.

    Attributes:
        words: The digest of the draft as it was read.
        rings: What rings true.
        jars: What jars.
    """

    words: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8}$")]
    rings: _Spans = ()
    jars: _Spans = ()

    @model_validator(mode="after")
    def _marks_each_word_once(self) -> Self:
        before = -1
        for first, last in sorted((*self.rings, *self.jars)):
            if not before < first <= last:
                raise ValueError("a word is marked twice, or a span ends before it begins")
            before = last
        if before < 0:
            raise ValueError("no word is marked")
        return self


# By element dots, stars or fingers; by element where it is today and where it should be; marks by element; fingers; or
# a choice.
Given = (
    Annotated[dict[ElementId, Annotated[int, Field(ge=0, le=20)]], Field(max_length=MAX_THINGS)]
    | Annotated[dict[ElementId, tuple[Stand, Stand]], Field(max_length=MAX_THINGS)]
    | Annotated[dict[ElementId, Marked], Field(max_length=MAX_THINGS)]
    | Annotated[int, Field(ge=0, le=5)]
    | Choice
)


def marks_in(given: Given) -> Mapping[str, Marked] | None:
    """Marks by element; None if it is no such ballot. An empty one may be of any kind about things."""
    if not isinstance(given, dict):
        return None
    marks = {element: each for element, each in given.items() if isinstance(each, Marked)}
    return marks if len(marks) == len(given) else None


def cost(text: str) -> int:
    """About how many bytes a reason takes where it is told, with all that stands beside it."""
    return 100 + len(text.encode())


# What would move somebody one finger up, by element.
Reasons = Annotated[dict[ElementId, ReasonText], Field(max_length=MAX_REASONS)]


class Place(Part):
    """Where many put a mark: the median, the lowest and the highest."""

    median: float
    spread: tuple[Stand, Stand]


class Balance(Part):
    """Where a thing is today, and where it should be."""

    today: Place
    wanted: Place


class Heat(Part):
    """How many marked each word of a draft: (number of the word, how many), of those that somebody did."""

    rings: tuple[tuple[int, int], ...] = ()
    jars: tuple[tuple[int, int], ...] = ()


class Result(Part):
    """What came of a round, as it is told.

    Attributes:
        n: How many voted.
        suppressed: They are so few that nothing else is told.
        totals: By element (dots: how many; otherwise: how many said something of it) or by answer (how many gave it).
        mean: For fingers one, for a rating and for fingers on each card one for each element.
        median: Likewise, but not for a rating.
        spread: The lowest and the highest that was given, as the mean.
        fingers: Of fingers on each card, by element: how many held up none, one and so on to five.
        balance: By element.
        heat: Of marks, by element.
        outcome: Of a consent round.
        changed: Things whose words were changed after the round began: it was cast on an earlier version.
    """

    n: int
    suppressed: bool = False
    totals: dict[str, int] = Field(default_factory=dict)
    mean: float | dict[str, float] | None = None
    median: float | dict[str, float] | None = None
    spread: tuple[int, int] | dict[str, tuple[int, int]] | None = None
    fingers: dict[ElementId, tuple[int, ...]] = Field(default_factory=dict)
    balance: dict[ElementId, Balance] = Field(default_factory=dict)
    heat: dict[ElementId, Heat] = Field(default_factory=dict)
    outcome: Outcome | None = None
    changed: tuple[ElementId, ...] = ()


class Ballot(Row):
    """What somebody answered. Its key says who may change it, and nothing says who that is.

    Attributes:
        reason: With a concern or an objection, or with few fingers; an objection has none once it was taken back.
        reasons: With few fingers on each card, by element.
        seat: Only if whoever cast it wants their name to stand with what they give as a reason.
    """

    kind: Literal["ballot"] = "ballot"
    poll: PollId
    given: Given
    reason: ReasonText | None = None
    reasons: Reasons = Field(default_factory=dict)
    seat: str | None = None


class Spent(Row):
    """A seat has voted in the round that goes on."""

    kind: Literal["spent"] = "spent"
    poll: PollId
    seat: str


class Reason(Row):
    """Why somebody objected or was concerned; told once the round has ended.

    What would move somebody one finger up is a concern as well.

    Attributes:
        about: The card that it is about, if the round was about several.
        text: Empty once whoever gave it has taken it back: that somebody objected stays.
        mark: Of an objection: whoever has the token that it comes from may say that it is met.
        seat: As in the ballot.
    """

    kind: Literal["reason"] = "reason"
    poll: PollId
    round: int
    choice: Choice
    about: ElementId | None = None
    text: Annotated[str, StringConstraints(max_length=600)]
    mark: Mark | None = None
    seat: str | None = None
    met: bool = False


class Wording(Row):
    """Digests of the words that a poll is about, by element: as they were when its round began."""

    kind: Literal["wording"] = "wording"
    words: dict[ElementId, str]


@dataclass(frozen=True, slots=True)
class Round:
    """One time of asking.

    Attributes:
        result: None while it goes on.
        card: What the result stands on, on the board.
    """

    question: str
    opened_at: int
    closed_at: int | None = None
    result: Result | None = None
    card: ElementId | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A question to the group.

    Attributes:
        about: The element that is decided on, if it is one.
        phase: The one that asked; None if a host did beside it.
        rounds: At least one; only consent rounds have more.
    """

    id: str
    asks: PollPlan
    about: str | None
    phase: str | None
    rounds: tuple[Round, ...]

    @property
    def round(self) -> Round:
        """The latest."""
        return self.rounds[-1]

    @property
    def is_open(self) -> bool:
        return self.round.result is None


@dataclass(frozen=True, slots=True)
class Deciding:
    """All polls, and what the vault holds of them.

    Attributes:
        polls: By id, in the order they were opened.
        ballots: By mark.
        spent: Who has voted, by poll, of rounds that go on.
        reasons: By id.
        wordings: By poll.
        told: Turnouts of open polls as they were told last, where they are not told with every vote.
    """

    polls: Mapping[str, Poll] = field(default_factory=dict)
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    spent: Mapping[str, frozenset[SeatId]] = field(default_factory=dict)
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)

    def cast_in(self, poll: str) -> Mapping[str, Ballot]:
        """The ballots of the round that goes on, by mark, in an order that tells nothing."""
        return {mark: ballot for mark, ballot in sorted(self.ballots.items()) if ballot.poll == poll}

    @property
    def turnouts(self) -> Mapping[str, int]:
        """How many seats have voted, of each poll that is open."""
        return {id: len(self.spent.get(id, ())) for id, poll in self.polls.items() if poll.is_open}

    def keep(self, kind: str, rows: Mapping[str, Row | None]) -> Deciding:
        """The slice once rows of a kind are kept, or with None forgotten."""
        match kind:
            case "ballot":
                return replace(self, ballots=_kept(self.ballots, rows, Ballot))
            case "spent":
                return replace(self, spent=_spent(self.spent, rows))
            case "reason":
                return replace(self, reasons=_kept(self.reasons, rows, Reason))
            case "wording":
                return replace(self, wordings=_kept(self.wordings, rows, Wording))
            case _:
                raise InvalidState(f"{kind} is no row of a poll")


def _spent(before: Mapping[str, frozenset[SeatId]], rows: Mapping[str, Row | None]) -> Mapping[str, frozenset[SeatId]]:
    after = {poll: set(seats) for poll, seats in before.items()}
    for key, row in rows.items():
        poll, seat = key[:-_SEAT_CHARACTERS], SeatId(key[-_SEAT_CHARACTERS:])
        if row is None:
            after.get(poll, set()).discard(seat)
        else:
            after.setdefault(poll, set()).add(seat)
    return {poll: frozenset(seats) for poll, seats in after.items() if seats}


def _kept(before: Mapping[str, R], rows: Mapping[str, Row | None], made: type[R]) -> Mapping[str, R]:
    after = dict(before)
    for key, row in rows.items():
        after.pop(key, None)
        if isinstance(row, made):
            after[key] = row
        elif row is not None:
            raise InvalidState(f"{key} is another kind of row")
    return after
