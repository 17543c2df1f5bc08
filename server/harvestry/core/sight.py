"""Who is told what of the others' doings.

A few people see all of each other, and get the same bytes. In a crowd nobody looks at three hundred cursors: everybody
gets those in and around their own view, and each at most ten times a second. What somebody selects, writes in or
begins to drag is told to all in either case: it shows on the element, wherever the cursor is.

A row is encoded once and goes to every view that it is in, by cells of the board: the one it came to and the one it
left, so that nobody keeps a cursor that has gone out of sight. Who looks elsewhere forgets all cursors and is told
those that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from .audience import Audience
from .limits import Millis
from .protocol import ConnId, Point, Presence, View
from .rows import CURSOR, DRAG, Forget, difference, encode_news, row, whole

__all__ = ["Sight", "Telling"]

# People who all see all of each other.
FEW = 40
# How often one person's doings are told in a crowd, and how much later than that: ticks do not come every 100 ms sharp,
# and what has just arrived is worth more than what has waited.
_INTERVAL_MS, _PATIENCE_MS = 100, 50
# Board units. A view at 100 % is one or two of them wide.
_CELL = 1_024

T = TypeVar("T")

Cell: TypeAlias = tuple[int, int]
# The cells of a view: first and last column, first and last row. None sees everything.
Area: TypeAlias = tuple[int, int, int, int] | None
Telling: TypeAlias = tuple[tuple[ConnId, ...], bytes | None]

_NOTHING = Presence()
_EVER = Millis(0)


@dataclass(slots=True)
class _Person:
    """One connection, as it is and as it was told.

    Attributes:
        told: What the others have been told, as far as it concerned them.
        came: When the latest of it arrived.
        due: Before that it is not their turn, in a crowd.
        area: What this person is told the cursors of.
    """

    conn: ConnId
    now: Presence
    told: Presence = _NOTHING
    came: Millis = _EVER
    due: Millis = _EVER
    area: Area = None


class Sight:
    """What people do, as far as others have not been told."""

    def __init__(self) -> None:
        self._people: dict[ConnId, _Person] = {}
        self._everybody = Audience()
        self._viewers: dict[Area, Audience] = {}
        self._cells: dict[Cell, dict[ConnId, _Person]] = {}
        self._moved: dict[ConnId, _Person] = {}
        self._turned: dict[ConnId, _Person] = {}
        self._all_afresh = False
        self._told_at = _EVER
        self._due: Millis | None = None

    # ---- what happens ----------------------------------------------------------------------------------------------

    def arrive(self, conn: ConnId) -> None:
        """Somebody is here from now on, sees everything, and does nothing."""
        self._people[conn] = _Person(conn, _NOTHING)
        self._everybody.add(conn)
        self._look_at(None, conn)
        if len(self._people) == FEW + 1:
            self._sort_into_cells()

    def leave(self, conn: ConnId) -> None:
        """Somebody is gone; the others hear of it elsewhere."""
        person = self._people.pop(conn)
        self._everybody.remove(conn)
        self._look_away(person)
        self._moved.pop(conn, None)
        self._turned.pop(conn, None)
        self._take_from_cell(person)
        if len(self._people) == FEW:
            # Everybody is told of everybody again, and has missed some.
            self._all_afresh = True
            self._cells.clear()
            self._wake(_EVER)

    def move(self, conn: ConnId, presence: Presence, now: Millis) -> None:
        """Somebody does something else."""
        person = self._people[conn]
        person.now, person.came = presence, now
        self._moved[conn] = person
        self._wake(person.due if self.is_crowded else _EVER)

    def look(self, conn: ConnId, view: View | None) -> None:
        """Somebody looks at another part of the board."""
        person = self._people[conn]
        area = _area_of(view)
        if area == person.area:
            return
        self._look_away(person)
        person.area = area
        self._look_at(area, conn)
        if self.is_crowded:
            self._turned[conn] = person
            self._wake(_EVER)

    # ---- what is told ----------------------------------------------------------------------------------------------

    @property
    def is_crowded(self) -> bool:
        """Whether there are too many to show all of them to all."""
        return len(self._people) > FEW

    @property
    def due(self) -> Millis | None:
        """From when on there is something to tell; None if there is nothing."""
        return self._due

    def everything(self) -> bytes | None:
        """What everybody does, as it was told last, for somebody who has been told nothing; None if it is nothing."""
        rows = [
            row(person.conn, fields, person.told)
            for person in self._people.values()
            # Asked for each of a herd, who have done nothing yet.
            if person.told is not _NOTHING and (fields := whole(person.told))
        ]
        return encode_news(Forget.EVERYTHING, rows) if rows else None

    def tell(self, now: Millis) -> list[Telling]:
        """What is to be told now, and to whom: everybody once, some of them perhaps nothing."""
        if not (self._moved or self._turned or self._all_afresh):
            # Most ticks of a room that is writing; nobody need be sorted by what they look at.
            tellings: list[Telling] = [(self._everybody.all, None)] if self._everybody else []
        elif self.is_crowded:
            tellings = self._tell_crowd(now)
        else:
            tellings = [(self._everybody.all, self._tell_few())] if self._everybody else []
        self._told_at = now
        waiting = [person.due for person in self._moved.values()]
        self._due = min(waiting) if waiting else None
        return tellings

    def _tell_few(self) -> bytes | None:
        moved, self._moved = self._moved, {}
        self._turned.clear()
        rows = []
        for person in moved.values():
            if fields := difference(person.told, person.now):
                rows.append(row(person.conn, fields, person.now))
                person.told = person.now
        if self._all_afresh:
            self._all_afresh = False
            return self.everything() or encode_news(Forget.EVERYTHING, ())
        return encode_news(Forget.NOTHING, rows) if rows else None

    def _tell_crowd(self, now: Millis) -> list[Telling]:
        common: list[bytes] = []
        anywhere: list[bytes] = []
        placed: dict[Cell, list[bytes]] = {}
        for person in [person for person in self._moved.values() if self._is_turn_of(person, now)]:
            del self._moved[person.conn]
            self._tell_one(person, common, anywhere, placed)
            person.due = Millis((person.due if now - person.due <= _PATIENCE_MS else now) + _INTERVAL_MS)
        shared, everywhere = b"".join(common), b"".join(anywhere)
        by_cell = {cell: b"".join(rows) for cell, rows in placed.items()}
        turned, self._turned = self._turned, {}
        told: dict[bytes, list[ConnId]] = {}
        for area, viewers in self._viewers.items():
            near = everywhere if area is None else b"".join(_within(area, by_cell))
            told.setdefault(shared + near, []).extend(conn for conn in viewers.all if conn not in turned)
        tellings: list[Telling] = [
            (tuple(viewers), encode_news(Forget.NOTHING, (rows,)) if rows else None)
            for rows, viewers in told.items()
            if viewers
        ]
        for conn, person in turned.items():
            tellings.append(((conn,), encode_news(Forget.CURSORS, (shared, *self._cursors_in(person.area)))))
        return tellings

    def _is_turn_of(self, person: _Person, now: Millis) -> bool:
        late = now - person.due
        return late >= 0 and (person.came >= self._told_at or late >= _PATIENCE_MS)

    def _tell_one(
        self, person: _Person, common: list[bytes], anywhere: list[bytes], placed: dict[Cell, list[bytes]]
    ) -> None:
        before, after = person.told, person.now
        fields = difference(before, after)
        left = None if before.cursor is None else _cell_of(before.cursor)
        come = None if after.cursor is None else _cell_of(after.cursor)
        near = 0
        if come is not None:
            near = fields & CURSOR
            if before.drag is not None:
                near |= fields & DRAG
        if fields & ~near:
            common.append(row(person.conn, fields & ~near, after))
        if near and come is not None:
            if come != left and after.drag is not None:
                near |= DRAG
            here = row(person.conn, near, after)
            anywhere.append(here)
            placed.setdefault(come, []).append(here)
            if left is not None and left != come:
                placed.setdefault(left, []).append(here)
        if left != come:
            self._take_from_cell(person)
            if come is not None:
                self._cells.setdefault(come, {})[person.conn] = person
        person.told = after

    def _cursors_in(self, area: Area) -> Iterator[bytes]:
        for people in self._cells.values() if area is None else _within(area, self._cells):
            for person in people.values():
                yield row(person.conn, whole(person.told) & (CURSOR | DRAG), person.told)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _wake(self, at: Millis) -> None:
        if self._due is None or at < self._due:
            self._due = at

    def _look_at(self, area: Area, conn: ConnId) -> None:
        viewers = self._viewers.get(area)
        if viewers is None:
            viewers = self._viewers[area] = Audience()
        viewers.add(conn)

    def _look_away(self, person: _Person) -> None:
        viewers = self._viewers[person.area]
        viewers.remove(person.conn)
        if not viewers:
            del self._viewers[person.area]

    def _sort_into_cells(self) -> None:
        self._cells.clear()
        for person in self._people.values():
            if person.told.cursor is not None:
                self._cells.setdefault(_cell_of(person.told.cursor), {})[person.conn] = person

    def _take_from_cell(self, person: _Person) -> None:
        if person.told.cursor is None:
            return
        cell = _cell_of(person.told.cursor)
        people = self._cells.get(cell, {})
        if people.pop(person.conn, None) is not None and not people:
            del self._cells[cell]


def _within(area: tuple[int, int, int, int], cells: Mapping[Cell, T]) -> list[T]:
    """What is in the cells of an area, by the shorter way: looking there, or looking at all there is."""
    left, right, top, bottom = area
    if (right - left + 1) * (bottom - top + 1) <= len(cells):
        places = ((column, line) for column in range(left, right + 1) for line in range(top, bottom + 1))
        return [cells[place] for place in places if place in cells]
    return [found for (column, line), found in cells.items() if left <= column <= right and top <= line <= bottom]


def _cell_of(point: Point) -> Cell:
    return point[0] // _CELL, point[1] // _CELL


def _area_of(view: View | None) -> Area:
    """The cells of a view and half as much again on every side, so that somebody who pans a little sees no gap."""
    if view is None:
        return None
    x, y, w, h = view
    return (x - w // 2) // _CELL, (x + w + w // 2) // _CELL, (y - h // 2) // _CELL, (y + h + h // 2) // _CELL
