"""A gathering as one value: the fold of its happenings, and what the vault holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from harvestry.core.access import LinkId, Role, SeatId

from .past import Rewinding
from .plan import Capture, Phase, Plan
from .polls import Deciding
from .records import Recording
from .requested import Requests
from .sealed import Sealing
from .wishes import Connecting

__all__ = [
    "Aside",
    "Captured",
    "Erasing",
    "FinishedFigure",
    "Finishing",
    "Kept",
    "Moderating",
    "People",
    "Power",
    "Run",
    "Rung",
    "Said",
    "Show",
    "Stage",
    "State",
    "Summon",
    "TableTimer",
    "Tabling",
    "Timer",
    "Visit",
]


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
        roles: Every seat that has come, first come first, and its role now; without those that were removed.
        links: The link each seat came by.
        others: Whether anybody has ever come who was no host then.
        removed: Seats that a host has ended.
        closed: Links that take no newcomers any more.
        lead: The host who leads; nobody before one has come.
        offered_at: Since when others may lead in place of the lead, who is gone; None while nobody may.
        has_lobby: Whether newcomers wait until they are let in.
        admitted: Seats that were let in.
        tables: The tables and their titles.
        at: Which table a seat sits at.
        consent: What may be kept of a seat's own words, as far as it has said so. From the vault.
        asking: Since when a seat asks for something. From the vault.
        away: Seats of the team that are not connected, and since when; nowhere written down.
        waiting: Seats that wait to be let in: their names, and the links they came by; nowhere written down.
    """

    roles: Mapping[SeatId, Role] = field(default_factory=dict)
    links: Mapping[SeatId, LinkId] = field(default_factory=dict)
    others: bool = False
    removed: frozenset[SeatId] = frozenset()
    closed: frozenset[LinkId] = frozenset()
    lead: SeatId | None = None
    offered_at: int | None = None
    has_lobby: bool = False
    admitted: frozenset[SeatId] = frozenset()
    tables: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[SeatId, str] = field(default_factory=dict)
    consent: Mapping[SeatId, bool] = field(default_factory=dict)
    asking: Mapping[tuple[SeatId, str], int] = field(default_factory=dict)
    away: Mapping[SeatId, int] = field(default_factory=dict)
    waiting: Mapping[SeatId, tuple[str, LinkId]] = field(default_factory=dict)


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
class Aside:
    """Something that was set aside, as everybody may know.

    Attributes:
        region: Where it was; None if in no region.
    """

    region: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The same with its words.

    Attributes:
        values: Its keys on the wire.
        author: Who made it, if anybody's name is with it.
    """

    values: Mapping[str, object]
    author: str | None


@dataclass(frozen=True, slots=True)
class Summon:
    """A call to a place.

    Attributes:
        view: x, y, width, height in world units.
        until: When it is over by itself, in Unix milliseconds.
        hold: For how many seconds the view is held; 0 if it is not.
    """

    by: SeatId
    region: str | None
    view: tuple[int, int, int, int] | None
    until: int
    hold: int

    @property
    def told(self) -> Mapping[str, object]:
        """As it is told."""
        return {"by": self.by, "region": self.region, "view": self.view, "until": self.until, "hold": self.hold}


@dataclass(frozen=True, slots=True)
class Power:
    """That a host did something with the power they have.

    Attributes:
        at: Unix milliseconds.
        what: In plain words, to be read after the host's name.
        about: A phase, a region, a seat or an element.
    """

    at: int
    by: str
    what: str
    about: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said to the host team, at a time in Unix milliseconds."""

    at: int
    by: SeatId
    text: str


@dataclass(frozen=True, slots=True)
class Rung:
    """That a host rang the bell, at a time in Unix milliseconds."""

    at: int
    by: SeatId


@dataclass(frozen=True, slots=True)
class Moderating:
    """What hosts do to keep a gathering safe.

    Attributes:
        locked: Regions in which only hosts change anything.
        aside: What was set aside, by element.
        kept: The same with its words, as the vault has it.
        rewording: Elements for which other words were asked.
        spotlight: The element that is spoken of.
        hides_cursors: Nobody's cursor is shown, whatever the phase says.
        hides_door: Displays do not show how people come in.
        powers: The latest uses of a power, the last one last.
        said: What the host team said among themselves. From the vault.
        bell: When the bell rang last; None if it never did.
    """

    locked: frozenset[str] = frozenset()
    aside: Mapping[str, Aside] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)
    rewording: frozenset[str] = frozenset()
    summon: Summon | None = None
    spotlight: str | None = None
    hides_cursors: bool = False
    hides_door: bool = False
    powers: tuple[Power, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)
    bell: Rung | None = None


@dataclass(frozen=True, slots=True)
class FinishedFigure:
    """How many have finished, as it is told: in quarters, or as a count.

    Attributes:
        share: Per cent in steps of 25; None where a count is told, or nothing.
        count: How many have.
        of: How many are asked to.
    """

    share: int | None = None
    count: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Finishing:
    """Who has finished what the step that goes on asks.

    Attributes:
        seats: Those who have said so. From the vault.
        told: The figure as it was told last.
    """

    seats: frozenset[SeatId] = frozenset()
    told: FinishedFigure = field(default_factory=FinishedFigure)


@dataclass(frozen=True, slots=True)
class Visit:
    """That somebody of the host team sits in with a table.

    Attributes:
        begins_at: From when on they see what the table sees, in Unix milliseconds.
        here: Whether they do.
    """

    table: str
    begins_at: int
    here: bool = False


@dataclass(frozen=True, slots=True)
class Erasing:
    """That the whole gathering is to be erased: who asked for it, when, and when it is; in Unix milliseconds."""

    by: SeatId
    at: int
    due: int


@dataclass(frozen=True, slots=True)
class Asked:
    """How often it was asked for that the whole gathering is erased, and when last, in Unix milliseconds."""

    times: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class TableTimer:
    """The time of a table within a phase. It ends nothing by itself.

    Attributes:
        ends_at: Unix milliseconds.
        seconds: How long it was when it began.
    """

    phase: str
    ends_at: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Tabling:
    """What goes on at single tables, by the key of the table.

    Attributes:
        timers: Also those of phases that are over.
        summons: Calls to one table.
        choosing: Whether people choose where they sit.
    """

    timers: Mapping[str, TableTimer] = field(default_factory=dict)
    summons: Mapping[str, Summon] = field(default_factory=dict)
    choosing: bool = False

    def timer(self, table: str, phase: str | None) -> TableTimer | None:
        """The time of a table in a phase, if it has one of its own."""
        timer = self.timers.get(table)
        return timer if timer is not None and timer.phase == phase else None


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody's part in a shared device.

    Attributes:
        name: What the device calls them.
        salt: Of their PIN; empty if they have none.
        proof: Of their PIN.
    """

    device: SeatId
    name: str
    salt: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Devices:
    """What tables share.

    Attributes:
        tables: The table of each device that was ever set up.
        by: Who set each of them up.
        asked: The device that came of a wish, by who wished and what they called the wish.
        shares: Who has a part in which device, or had one in a device that was taken away. From the vault.
        on: The same by device, first come first.
    """

    tables: Mapping[SeatId, str] = field(default_factory=dict)
    by: Mapping[SeatId, SeatId] = field(default_factory=dict)
    asked: Mapping[tuple[str, str], SeatId] = field(default_factory=dict)
    shares: Mapping[SeatId, Share] = field(default_factory=dict)
    on: Mapping[SeatId, tuple[SeatId, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """Everything, a slice for each area.

    Attributes:
        visiting: Who of the host team sits in with which table.
    """

    show: Show = field(default_factory=Show)
    people: People = field(default_factory=People)
    sealing: Sealing = field(default_factory=Sealing)
    deciding: Deciding = field(default_factory=Deciding)
    capture: Captured = field(default_factory=Captured)
    moderating: Moderating = field(default_factory=Moderating)
    requests: Requests = field(default_factory=Requests)
    tabling: Tabling = field(default_factory=Tabling)
    erasing: Erasing | None = None
    erasure_asked: Asked = field(default_factory=Asked)
    recording: Recording = field(default_factory=Recording)
    connecting: Connecting = field(default_factory=Connecting)
    finishing: Finishing = field(default_factory=Finishing)
    visiting: Mapping[SeatId, Visit] = field(default_factory=dict)
    rewinding: Rewinding = field(default_factory=Rewinding)
    devices: Devices = field(default_factory=Devices)
