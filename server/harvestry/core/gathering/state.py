"""A gathering as one value: the fold of its happenings, and what the vault holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from harvestry.core.access import Role, SeatId

from .plan import Capture, Phase, Plan
from .polls import Deciding
from .sealed import Sealing

__all__ = ["Captured", "Moderating", "People", "Run", "Show", "Stage", "State", "Timer"]


class Stage(Enum):
    """How far a gathering is."""

    # There is no run of show: a board for everybody to write on.
    NONE = "none"
    READY = "ready"
    LIVE = "live"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Run:
    """How a phase went, or goes. Times are Unix milliseconds.

    Attributes:
        opened_at: When it was opened last.
        closed_at: When it was left; None while it goes on.
        spent: How long it was open before it was opened last, in milliseconds.
        extra: What was added to its minutes, in milliseconds; less than nothing if time was taken.
        revealed: Whether what was sealed in it has been revealed.
        times: How often it was opened.
    """

    opened_at: int
    closed_at: int | None = None
    spent: int = 0
    extra: int = 0
    revealed: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True)
class Timer:
    """The time left. It closes nothing by itself.

    Attributes:
        ends_at: Unix milliseconds; None while it is stopped.
        left: Milliseconds left while it is stopped.
    """

    ends_at: int | None
    left: int = 0


@dataclass(frozen=True, slots=True)
class Show:
    """The run of show.

    Attributes:
        at: The phase that goes on; None before the first and after the last.
        skipped: Phases that were passed over.
    """

    stage: Stage = Stage.NONE
    plan: Plan | None = None
    at: str | None = None
    runs: Mapping[str, Run] = field(default_factory=dict)
    timer: Timer | None = None
    started_at: int | None = None
    closed_at: int | None = None
    skipped: frozenset[str] = frozenset()

    @property
    def phase(self) -> Phase | None:
        """The phase that goes on."""
        return None if self.plan is None or self.at is None else self.plan.phase(self.at)

    @property
    def is_live(self) -> bool:
        """Whether phases say who may do what."""
        return self.stage is Stage.LIVE

    @property
    def is_revealed(self) -> bool:
        """Whether what is sealed in the phase that goes on has been revealed."""
        run = self.runs.get(self.at or "")
        return run is not None and run.revealed


@dataclass(frozen=True, slots=True)
class People:
    """Who takes part.

    Attributes:
        roles: Every seat that ever came, and its role now.
        lead: The host who leads; nobody before one has come.
        tables: Titles of the tables, by key.
        at: At which table each seat is.
        consent: What may be kept of a seat's own words, as far as it has said so. From the vault.
    """

    roles: Mapping[SeatId, Role] = field(default_factory=dict)
    lead: SeatId | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[SeatId, str] = field(default_factory=dict)
    consent: Mapping[SeatId, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Captured:
    """What may leave the gathering, beside the level that its plan says.

    Attributes:
        before: The level that held before the last change, which was made `at` a time in Unix milliseconds and `by` a
            seat; None if there was none.
        unexported: Elements whose authors do not wish them in any file.
    """

    before: Capture | None = None
    at: int | None = None
    by: str | None = None
    unexported: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moderating:
    """What hosts do to keep a gathering safe.

    Attributes:
        locked: Regions in which only hosts change anything.
    """

    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """Everything, a slice for each area."""

    show: Show = field(default_factory=Show)
    people: People = field(default_factory=People)
    sealing: Sealing = field(default_factory=Sealing)
    deciding: Deciding = field(default_factory=Deciding)
    capture: Captured = field(default_factory=Captured)
    moderating: Moderating = field(default_factory=Moderating)
