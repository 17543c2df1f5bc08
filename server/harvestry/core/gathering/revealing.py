"""What is shown at once: notes that were held back become notes on the board, or a table's to read.

Nothing that is made here leads from a note that is not to be named to whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harvestry.core.access import SeatId
from harvestry.core.errors import InvalidState
from harvestry.core.ordering import order_key, position_above
from harvestry_crdt import Change, Element, Put

from .base import Draw, Happening, Moment, Outcome, RowKey
from .capture import UNEXPORTED, Unexported
from .layout import NOTE, grid, lowest
from .parts import Row
from .plan import Attribution, Opening, Phase, Region
from .sealed import AUTHORSHIP, SEALED, Authorship, Sealed
from .show import new_element_id
from .state import State

__all__ = ["Made", "governed", "lesser", "opening_of", "region_of", "shuffled"]


@dataclass(slots=True)
class Made:
    """What is shown at once, as it grows.

    Attributes:
        happened: What happens with it.
        rows: What the vault keeps and forgets.
        changes: What is written on the board.
        signed: Whose name stands with what is.
    """

    state: State
    moment: Moment
    happened: list[Happening] = field(default_factory=list)
    rows: dict[RowKey, Row | None] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    signed: dict[str, str] = field(default_factory=dict)
    board: Mapping[str, Element] | None = None

    def hand(self, notes: list[Sealed]) -> None:
        """To the table of each, and no name with it if it is not to be named. `notes` are in their order."""
        # Fresh names, which sort as the notes do and tell nothing of those they had.
        fresh = sorted(self.moment.draw.take(8).hex() for _ in notes)
        for key, note in zip(fresh, notes, strict=True):
            is_named = note.attribution is Attribution.NAMED
            bare = {"seat": "", "note": key, "number": 0, "exports": self._exports(note)}
            kept = note if is_named else note.model_copy(update=bare)
            self.rows[SEALED, key] = kept.model_copy(update={"shown": True})

    def show(self, opening: Opening, region: Region, notes: list[Sealed]) -> None:
        """To everybody, on the board."""
        if not notes:
            return
        ids = [new_element_id(self.moment.draw) for _ in notes]
        elements = self._elements(region, ids, notes, opening)
        for element, note in zip(elements, notes, strict=True):
            self.changes.append(Put(element))
            if lesser(note.attribution, opening.attribution) is Attribution.NAMED:
                self.signed[element.id] = note.seat
            elif not self._exports(note):
                self.rows[UNEXPORTED, element.id] = Unexported()
            self.rows[AUTHORSHIP, element.id] = Authorship(proof=note.proof)

    def _exports(self, note: Sealed) -> bool:
        """Whether its author lets it reach a file; asked while it is still known who that is."""
        return note.exports and self.state.people.consent.get(SeatId(note.seat)) is not False

    def _elements(self, region: Region, ids: list[str], notes: list[Sealed], opening: Opening) -> list[Element]:
        if self.board is None:
            self.board = self.moment.board.elements()
        frame = None if region.element is None else self.board.get(region.element)
        parent = None if frame is None or frame.deleted else frame.id
        size = region.frame[2:] if frame is None else frame.geometry[2:]
        inside = [e for e in self.board.values() if e.parent == parent and not e.deleted]
        others = [e for e in inside if parent is not None]
        left, top = (0, 0) if parent is not None else region.frame[:2]
        first = max((position_above(e.z) for e in inside), default=0)
        places = grid((size[0], size[1]), len(notes), below=lowest(others))
        return [
            Element(
                id=id,
                kind="note",
                geometry=(left + x, top + y, *NOTE),
                parent=parent,
                z=order_key(first + number),
                colour="oat",
                text=note.text,
                style=self._label(note, opening),
                payload=None,
                locked=0,
                deleted=False,
            )
            for number, (id, note, (x, y)) in enumerate(zip(ids, notes, places, strict=True))
        ]

    def _label(self, note: Sealed, opening: Opening) -> Mapping[str, object]:
        title = self.state.people.tables.get(note.table or "")
        is_of_table = lesser(note.attribution, opening.attribution) is Attribution.TABLE
        return {"table": title} if is_of_table and title is not None else {}

    def outcome(self) -> Outcome:
        """All of it."""
        return Outcome(
            tuple(self.happened), rows=self.rows, changes=tuple(self.changes), signed=self.signed, leaves_no_trace=True
        )


def shuffled(notes: Iterable[tuple[str, Sealed]], draw: Draw) -> list[tuple[str, Sealed]]:
    """In an order that follows from their words and from chance, and not from when they came or from whom."""
    return sorted(notes, key=lambda pair: (draw.keyed(pair[1].text.encode()), pair[1].proof.digest))


def lesser(first: Attribution, second: Attribution) -> Attribution:
    """What tells less of two."""
    return max(first, second, key=lambda attribution: attribution.rank)


def opening_of(state: State, phase: Phase, region: str) -> Opening | None:
    """On what terms a region is open in a phase, or None if it is not."""
    return None if state.show.plan is None else state.show.plan.opening(phase, region)


def governed(state: State, phase: Phase, opening: Opening) -> list[Region]:
    """The regions that an opening holds for: its own, and those within that nothing else is said of."""
    plan = state.show.plan
    return [] if plan is None else [r for r in plan.regions if plan.opening(phase, r.key) is opening]


def region_of(state: State, key: str) -> Region:
    """The region of that name.

    Raises:
        InvalidState: If there is none.
    """
    region = None if state.show.plan is None else state.show.plan.region(key)
    if region is None:
        raise InvalidState(f"there is no region {key}")
    return region
