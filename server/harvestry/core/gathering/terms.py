"""What the phase that goes on lets people do on the board: who writes where, who moves what, whose words they are.

Hosts moderate and never rewrite: the words of somebody's element are that person's alone, in every phase. A region that
is written in sealed takes no edit through the board from anybody, hosts included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from harvestry.core.access import Holder, Role, SeatId
from harvestry.core.policy import Code

from .capabilities import HOSTS, TEAM
from .plan import Moving, Opening, Phase, Writers
from .state import Show, Stage, State

__all__ = ["Deed", "Terms", "Thing", "Whose", "Writer"]


class Deed(Enum):
    """What an edit does to an element."""

    CREATE = "create"
    # Its words, and what else it says: the ends of a connector, a stroke, a picture.
    WORDS = "words"
    # Where it lies, in what, over what, and how it looks.
    MOVE = "move"
    DELETE = "delete"
    RESTORE = "restore"


class Whose(Enum):
    """Whose an element is, for somebody who edits it."""

    OWN = "own"
    # Of somebody else at the same table.
    TABLES = "tables"
    OTHERS = "others"
    # Nobody's name is with it: it was there before, the server wrote it, or it is unattributed.
    NOBODYS = "nobodys"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who edits, as far as phases matter.

    Attributes:
        table: Where they sit; None at no table.
        hosts: Is a host.
        helps: Is a host or harvests.
    """

    role: Role
    holder: Holder
    table: str | None = None
    hosts: bool = field(init=False)
    helps: bool = field(init=False)

    def __post_init__(self) -> None:
        # Looked up once and not for every edit.
        object.__setattr__(self, "hosts", self.role in HOSTS)
        object.__setattr__(self, "helps", self.role in TEAM)


class Thing(NamedTuple):
    """An element that is edited.

    Attributes:
        region: The key of the innermost region it lies in before the edit, or for one that is made, in which it is put.
        is_region: It is the frame of a region itself.
    """

    kind: str
    whose: Whose
    region: str | None = None
    is_region: bool = False


_SCRIBES: Final = TEAM | {Role.TABLE}
# Several people write in one of these, and none of them is its author alone.
_SHARED: Final = frozenset({"card", "text", "shape"})
_SHARING: Final = frozenset({"text", "record"})


class Terms:
    """The terms of a gathering as it is. Made once whenever it changes, and asked for every edit.

    Args:
        state: One that has a run of show.

    Attributes:
        regions: The key of each region by its frame on the board, outer ones before those within.
        aside: Elements that are set aside, which nobody changes.
        agreed: Records that the group agreed on: nobody writes in them or deletes them.
    """

    def __init__(self, state: State) -> None:
        show = state.show
        phase = show.phase
        plan = show.plan
        self._show = show
        self._at = state.people.at
        self._writers: dict[Holder, Writer] = {}
        self._stage = show.stage
        self._moving = Moving.NOBODY if phase is None else phase.moving
        self.regions: dict[str, str] = {}
        self.aside = state.moderating.kept.keys()
        self.agreed = state.recording.agreed
        self._open: dict[str, Opening] = {}
        self._held: set[str] = set()
        self._locked: set[str] = set()
        self._sharing: set[str] = set()
        openings: dict[str, Opening | None] = {}
        for region in () if plan is None else plan.regions:
            key, within = region.key, region.within or ""
            if region.element is not None:
                self.regions[region.element] = key
            if key in state.moderating.locked or within in self._locked:
                self._locked.add(key)
            if region.kind in _SHARING or within in self._sharing:
                self._sharing.add(key)
            # What holds for a wall holds for a column in it that nothing else is said of.
            opening = openings[key] = (None if phase is None else phase.opening(key)) or openings.get(within)
            if opening is None:
                continue
            if not opening.visibility.is_held:
                self._open[key] = opening
            elif not show.is_revealed:
                self._held.add(key)

    def writer(self, role: Role, holder: Holder) -> Writer:
        """Who edits."""
        writer = self._writers.get(holder)
        if writer is None or writer.role is not role:
            writer = self._writers[holder] = Writer(role, holder, self._at.get(SeatId(holder)))
        return writer

    def whose(self, author: Holder | None, writer: Writer) -> Whose:
        """Whose an element is for somebody, by who made it."""
        if author is None:
            return Whose.NOBODYS
        if author == writer.holder:
            return Whose.OWN
        at_table = writer.table is not None and self._at.get(SeatId(author)) == writer.table
        return Whose.TABLES if at_table else Whose.OTHERS

    def limit(self, writer: Writer, region: str | None) -> int:
        """How many notes somebody may have in a region; 0 for as many as they like."""
        opening = self._open.get(region or "")
        return 0 if opening is None or writer.hosts else opening.limit

    def fault(self, writer: Writer, deed: Deed, thing: Thing, to: str | None = None) -> Code | None:
        """Why somebody may not do this now, or None if they may.

        Args:
            writer: Who wishes to.
            deed: What they do.
            thing: To what.
            to: The region that it lies in afterwards.
        """
        if self._stage is not Stage.LIVE:
            if not writer.helps:
                return Code.NOT_BEGUN if self._stage is Stage.READY else Code.ENDED
            if self._stage is Stage.READY:
                return None
        if thing.is_region:
            return None if writer.hosts else Code.ROLE
        if thing.region in self._held or to in self._held:
            return Code.SEALED
        if not writer.hosts and (thing.region in self._locked or to in self._locked):
            return Code.ELEMENT_LOCKED
        match deed:
            case Deed.CREATE:
                return self._create(writer, thing)
            case Deed.WORDS:
                return self._words(writer, thing)
            case Deed.MOVE:
                return self._move(writer, thing, to)
            case Deed.DELETE:
                return self._delete(writer, thing)
            case Deed.RESTORE:
                return self._restore(writer, thing)

    def say(self, code: Code) -> str:
        """A sentence for people that says why, and where it is known until when."""
        if code is Code.CLOSED:
            if self._show.is_revealed:
                return f"{code.message} What was written has been revealed. A host can open it again."
            return f"{code.message}{_opens(self._show, lambda phase: bool(phase.opens))}"
        if code is Code.MOVING:
            wide = {Moving.ALL, Moving.TABLE}
            return f"{code.message}{_opens(self._show, lambda phase: phase.moving in wide)}"
        return code.message

    # ---- the deeds -------------------------------------------------------------------------------------------------

    def _create(self, writer: Writer, thing: Thing) -> Code | None:
        if thing.whose is not Whose.OWN:
            return Code.NOT_YOURS
        if thing.region is None:
            return None if writer.helps else Code.OUTSIDE
        if self._arranges(writer, thing) or self._writes(writer, thing.region):
            return None
        return Code.CLOSED

    def _words(self, writer: Writer, thing: Thing) -> Code | None:
        if self._arranges(writer, thing):
            return None
        if thing.whose is Whose.OWN or self._is_shared(thing):
            return None if self._writes(writer, thing.region) else Code.CLOSED
        return Code.NOT_YOURS

    def _move(self, writer: Writer, thing: Thing, to: str | None) -> Code | None:
        if self._moves(writer, thing.whose):
            return None
        writes = thing.whose is Whose.OWN and self._writes(writer, thing.region) and self._writes(writer, to)
        return None if writes else Code.MOVING

    def _delete(self, writer: Writer, thing: Thing) -> Code | None:
        if thing.whose is Whose.OWN:
            writes = writer.helps or self._arranges(writer, thing) or self._writes(writer, thing.region)
            return None if writes else Code.CLOSED
        if thing.kind == "frame" and thing.whose is Whose.TABLES and writer.role is Role.TABLE:
            # What a table grouped, whoever hosts it takes apart; the notes stay.
            return None if self._sorts_at_table(writer) else Code.NOT_YOURS
        if writer.helps and (thing.kind == "frame" or (thing.whose is Whose.NOBODYS and thing.kind != "note")):
            return None
        return Code.NOT_YOURS

    def _restore(self, writer: Writer, thing: Thing) -> Code | None:
        if thing.whose is Whose.OWN:
            return None if writer.helps else self._create(writer, thing)
        return self._delete(writer, thing)

    # ---- who may ---------------------------------------------------------------------------------------------------

    def _writes(self, writer: Writer, region: str | None) -> bool:
        if writer.hosts or (writer.helps and (region is None or self._stage is Stage.CLOSED)):
            return True
        opening = self._open.get(region or "")
        if opening is None:
            return False
        match opening.writers:
            case Writers.ALL:
                return True
            case Writers.TABLE:
                return writer.table is not None or writer.role in _SCRIBES
            case Writers.SCRIBE:
                return writer.role in _SCRIBES
            case Writers.HARVEST:
                return writer.helps
            case Writers.HOST:
                return False

    def _arranges(self, writer: Writer, thing: Thing) -> bool:
        """Whether somebody makes and names this for the whole group: a theme, or a part of the harvest."""
        return self._sorts(writer) if thing.kind == "frame" else thing.kind == "card" and writer.helps

    def _sorts(self, writer: Writer) -> bool:
        """Whether somebody puts notes into themes, and so makes and names these."""
        return writer.helps or self._moving is Moving.ALL or self._sorts_at_table(writer)

    def _sorts_at_table(self, writer: Writer) -> bool:
        return self._moving is Moving.TABLE and writer.table is not None

    def _moves(self, writer: Writer, whose: Whose) -> bool:
        if writer.helps or self._moving is Moving.ALL:
            return True
        if self._sorts_at_table(writer):
            return whose is not Whose.OTHERS
        return whose is Whose.OWN and self._moving is not Moving.NOBODY

    def _is_shared(self, thing: Thing) -> bool:
        if thing.kind == "note":
            # One that is nobody's may be unattributed: its words are its author's, whoever that is.
            return False
        if thing.whose is Whose.NOBODYS or thing.kind == "card":
            return True
        return thing.kind in _SHARED and thing.region in self._sharing


def _opens(show: Show, is_open: Callable[[Phase], bool]) -> str:
    phase = next((phase for phase in _to_come(show) if is_open(phase)), None)
    return " A host can open it again." if phase is None else f" It opens with “{phase.title}”."


def _to_come(show: Show) -> Iterator[Phase]:
    """The phases that were not done yet and are not passed over, in their order."""
    phases = () if show.plan is None else show.plan.phases
    here = next((number for number, phase in enumerate(phases, start=1) if phase.key == show.at), 0)
    return (phase for phase in phases[here:] if phase.key not in show.runs and phase.key not in show.skipped)
