"""A run of show as data: regions on the board, and phases that say what may be done in them."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from .parts import ElementId, Key, Line, Part, Prose, Title

__all__ = [
    "LINKS",
    "NO_WORDS",
    "Attribution",
    "Capture",
    "Moving",
    "Names",
    "Opening",
    "Phase",
    "Plan",
    "PollKind",
    "PollPlan",
    "RecordField",
    "Region",
    "Visibility",
    "Writers",
]

MAX_PHASES = 60
MAX_REGIONS = 80
# As many as a card may have, and a few to spare for what comes later.
MAX_FIELDS = 12
# The text of a card that names what it serves: element ids, one in a line.
LINKS: Final = "links"
# What a card holds beside its words: every client leaves out the same.
NO_WORDS: Final = frozenset({"ht", LINKS})


class Writers(Enum):
    """Who writes in a region."""

    ALL = "all"
    TABLE = "table"
    SCRIBE = "scribe"
    HOST = "host"
    HARVEST = "harvest"


class Visibility(Enum):
    """Who sees what is written, and from when."""

    OPEN = "open"
    TABLE = "table"
    SEALED_OPEN = "sealed-open"
    SEALED_TABLE = "sealed-table"

    @property
    def is_held(self) -> bool:
        """Whether what is written stays off the board until it is revealed."""
        return self is not Visibility.OPEN


class Attribution(Enum):
    """Whose name stands with a note, from most to least."""

    NAMED = "named"
    TABLE = "table"
    NONE = "none"

    @property
    def rank(self) -> int:
        """Larger tells less; attribution only ever moves towards larger."""
        return ("named", "table", "none").index(self.value)


class Moving(Enum):
    """Who moves notes and puts them into themes."""

    OWN = "own"
    TABLE = "table"
    ALL = "all"
    NOBODY = "nobody"


class PollKind(Enum):
    """How a group decides."""

    DOTS = "dots"
    CONSENT = "consent"
    FIST = "fist"
    RATING = "rating"
    # Fist to five, on each card by itself.
    FISTS = "fists"
    # Where each thing is today, between one answer for everybody and each place by itself, and where it should be.
    BALANCE = "balance"
    # Everybody marks the words of drafts that ring true, and those that jar.
    MARKS = "marks"

    @property
    def is_of_things(self) -> bool:
        """Whether notes and cards of a region are voted on, each by itself, and not one question."""
        return self not in (PollKind.CONSENT, PollKind.FIST)


class Capture(Enum):
    """What may leave the gathering, from most to least: words with names, with roles, without either, or nothing."""

    NAMED = "named"
    ROLE = "role"
    CHATHAM = "chatham"
    NOTHING = "nothing"

    @property
    def rank(self) -> int:
        """Larger lets less out; once people have written it only ever moves towards larger."""
        return ("named", "role", "chatham", "nothing").index(self.value)


class Names(Enum):
    """How people put their own names on the records of a region."""

    NONE = "none"
    # Each for themselves, as to a principle.
    COMMIT = "commit"
    # One leads, and others help, as with an action.
    LEAD = "lead"


class RecordField(Part):
    """What a record says, one thing of it.

    Attributes:
        key: What the text is called in the card.
        label: What stands above it, as the beginning of a sentence or a question.
        needed: The record is not complete without it.
    """

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
    label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    hint: Annotated[str, StringConstraints(max_length=120)] = ""
    needed: bool = False


class Region(Part):
    """A place on the board with a question.

    Attributes:
        frame: x, y, width, height in world units, relative to `within`.
        within: The region this one lies in, as a column lies in a wall.
        element: Its frame on the board, once it is there.
        makes: What a note in it becomes in the harvest; empty for nothing.
        fields: What each record in it says; only where the kind is `record`.
        names: How people put their names on these records.
        serves: What these records are linked to: things that other regions make, called as their `makes` is.
    """

    key: Key
    title: Title
    prompt: Prose = ""
    kind: Literal["notes", "columns", "ring", "grid", "spectrum", "text", "record", "gallery", "vote", "info"] = "notes"
    frame: tuple[
        Annotated[int, Field(ge=-1_000_000, le=1_000_000)],
        Annotated[int, Field(ge=-1_000_000, le=1_000_000)],
        Annotated[int, Field(ge=40, le=100_000)],
        Annotated[int, Field(ge=40, le=100_000)],
    ]
    within: Key | None = None
    element: ElementId | None = None
    makes: Annotated[str, Field(max_length=32)] = ""
    fields: Annotated[tuple[RecordField, ...], Field(max_length=MAX_FIELDS)] = ()
    names: Names = Names.NONE
    serves: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=32)], ...], Field(max_length=8)
    ] = ()

    @model_validator(mode="after")
    def _has_fields_of_its_own(self) -> Self:
        if (self.fields or self.names is not Names.NONE) and self.kind != "record":
            raise ValueError(f"{self.key} has fields and is no region of records")
        if self.names is not Names.NONE and not any(field.needed for field in self.fields):
            raise ValueError(f"{self.key} takes names for records that need to say nothing")
        keys = [field.key for field in self.fields]
        if self.serves and not self.fields:
            raise ValueError(f"{self.key} links what are no records")
        if not NO_WORDS.isdisjoint(keys) or len(set(keys)) < len(keys):
            raise ValueError(f"{self.key} has two fields of the same name, or one that is taken")
        return self


class Opening(Part):
    """A region that is open for writing in a phase, and on what terms.

    Attributes:
        limit: How many notes one person writes; 0 for as many as they like.
        longest: UTF-16 units of a note that is held.
    """

    region: Key
    writers: Writers = Writers.ALL
    visibility: Visibility = Visibility.OPEN
    attribution: Attribution = Attribution.NAMED
    limit: Annotated[int, Field(ge=0, le=50)] = 0
    longest: Annotated[int, Field(ge=1, le=4_000)] = 280


class PollPlan(Part):
    """A decision that a phase asks for.

    Attributes:
        region: Its notes are what is voted on, if the kind is of things; None for a question by itself.
        budget: Dots, or marks, each seat has.
        most: Dots one seat may put on one thing.
    """

    kind: PollKind
    question: Annotated[str, Field(min_length=1, max_length=600)]
    region: Key | None = None
    budget: Annotated[int, Field(ge=1, le=20)] = 3
    most: Annotated[int, Field(ge=1, le=20)] = 1

    @model_validator(mode="after")
    def _has_something_to_vote_on(self) -> Self:
        if self.kind.is_of_things and self.region is None:
            raise ValueError(f"{self.kind.value} is given to the notes of a region")
        return self


class Phase(Part):
    """A step of the run of show.

    Attributes:
        minutes: As planned.
        opens: Regions open for writing; none, and nobody writes but hosts.
        connects: People are asked with whom they would like to go on, each by themselves.
        cursors: Whose cursors are shown; nobody's while a phase is sealed and unattributed.
        tables_reveal: Whoever hosts a table may show it what its people wrote, before hosts do (`sealed-table`).
        yields: What the group has afterwards, in words.
        check: How the group knows that it is done.
    """

    key: Key
    title: Title
    instruction: Prose = ""
    minutes: Annotated[int, Field(ge=1, le=480)]
    opens: tuple[Opening, ...] = ()
    moving: Moving = Moving.OWN
    poll: PollPlan | None = None
    connects: bool = False
    cursors: Literal["hosts", "all", "nobody"] = "hosts"
    tables_reveal: bool = False
    yields: Line = ""
    check: Line = ""

    def opening(self, region: str) -> Opening | None:
        """On what terms a region is open, or None if it is not."""
        return next((opening for opening in self.opens if opening.region == region), None)

    @property
    def is_sealed(self) -> bool:
        """Whether it ends with a reveal."""
        return any(opening.visibility.is_held for opening in self.opens)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing that tells who writes may leave: something is sealed and unattributed."""
        return any(o.visibility.is_held and o.attribution is not Attribution.NAMED for o in self.opens)


class Plan(Part):
    """A whole run of show.

    Attributes:
        capture: What may leave the gathering at most; proposed by the host, obeyed by every export.
    """

    title: Title
    purpose: Prose = ""
    regions: Annotated[tuple[Region, ...], Field(max_length=MAX_REGIONS)] = ()
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=MAX_PHASES)]
    capture: Capture = Capture.CHATHAM

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for what, keys in (("region", [r.key for r in self.regions]), ("phase", [p.key for p in self.phases])):
            if twice := [key for key, count in Counter(keys).items() if count > 1]:
                raise ValueError(f"two of the same {what}: {twice[0]}")
        known: set[str] = set()
        for region in self.regions:
            if region.within is not None and region.within not in known:
                raise ValueError(f"{region.key} lies in {region.within}, which does not come before it")
            known.add(region.key)
        for phase in self.phases:
            named = [opening.region for opening in phase.opens]
            named += [phase.poll.region] if phase.poll is not None and phase.poll.region is not None else []
            if unknown := set(named) - known:
                raise ValueError(f"{phase.key} names a region that is not there: {min(unknown)}")
        return self

    def phase(self, key: str) -> Phase | None:
        """The phase of that name."""
        return next((phase for phase in self.phases if phase.key == key), None)

    def opening(self, phase: Phase, region: str) -> Opening | None:
        """On what terms a region is open; for a column nothing is said of, those of the wall it is in."""
        at: str | None = region
        while at is not None and (found := self.region(at)) is not None:
            if (opening := phase.opening(at)) is not None:
                return opening
            at = found.within
        return None

    def region(self, key: str) -> Region | None:
        """The region of that name."""
        return next((region for region in self.regions if region.key == key), None)
