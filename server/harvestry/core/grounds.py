"""Which region each element lies in, and what of an edit the gathering allows there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from harvestry_crdt import Board, Change, Operation, Patch, Put, Remove

from .access import Holder, Role
from .gathering.state import Stage, State
from .gathering.terms import Deed, Terms, Thing, Whose, Writer
from .policy import Code

__all__ = ["Grounds", "Permit"]

# x, y, width, height in world units.
Box: TypeAlias = tuple[float, float, float, float]

# Frames in frames; more than anybody makes, and a loop ends here.
_DEEPEST = 32
_MOVES = frozenset({"g", "p", "z", "c", "s", "lk"})
# The keys that say where an element lies.
_PLACING = frozenset({"g", "p", "del", "d"})


class Place(NamedTuple):
    """Where an element lies.

    Attributes:
        geometry: Relative to the parent.
        end: What a connector begins at.
    """

    kind: str
    parent: str | None
    geometry: Box
    deleted: bool = False
    end: str | None = None


_Overlay: TypeAlias = Mapping[str, Place | None]
_NOTHING: Final[_Overlay] = MappingProxyType({})


class Grounds:
    """The regions of one board, and what lies in them: what the board says, and what waits for the next commit.

    Args:
        author_of: Who made an element, if anybody knows.
        authors: Everybody's elements so far, as pairs.
    """

    def __init__(
        self,
        board: Board,
        *,
        author_of: Callable[[str], Holder | None],
        authors: Callable[[], Iterable[tuple[str, Holder]]],
    ) -> None:
        self._board = board
        self._author_of = author_of
        self._authors = authors
        self._state = State()
        self._terms: Terms | None = None
        self._known: dict[str, Place] = {}
        self._pending: dict[str, Place | None] = {}
        # Of these, where the board alone will know.
        self._doubtful: set[str] = set()
        self._boxes: list[tuple[str, Box]] | None = None
        # What they follow from: the regions' frames, and what these stand in.
        self._framing: set[str] = set()
        self._made: dict[Holder, set[str]] | None = None

    def under(self, state: State) -> None:
        """Edits are judged by this from now on."""
        before, self._state = self._state, state
        if state.show.stage is Stage.NONE:
            self._terms = None
        elif (
            self._terms is None
            or state.show is not before.show
            or state.people is not before.people
            or state.moderating is not before.moderating
            or state.recording is not before.recording
        ):
            self._terms = Terms(state)
            self._boxes = None

    def permit(
        self, role: Role, holder: Holder, operations: Sequence[Operation], locked: Container[str]
    ) -> Permit | None:
        """What of an edit is allowed to somebody; None if nothing of a gathering stands in its way."""
        terms = self._terms
        return None if terms is None else Permit(self, terms, terms.writer(role, holder), operations, locked)

    def say(self, code: Code) -> str:
        """A sentence for people about why something was undone."""
        return code.message if self._terms is None else self._terms.say(code)

    # ---- what happens ----------------------------------------------------------------------------------------------

    def admitted(self, operations: Iterable[Operation], *, settled: bool) -> None:
        """These will be part of the next commit; what follows is judged by them.

        Args:
            operations: What an edit does, and what is done to put back what it may not.
            settled: They are all of it, and no other write can win over them.
        """
        if self._terms is None and not self._known:
            return
        for operation in operations:
            element = operation.element
            if element is not None and (changed := _after(operation, self.place)) is not None:
                is_drag = operation.action == "set" and operation.key in ("g", "p")
                self._lies(element, changed[0], is_known=settled and is_drag)

    def written(self, changes: Iterable[Change]) -> None:
        """The server's own will be, too."""
        for change in changes:
            match change:
                case Put(element):
                    end = element.payload.get("a") if isinstance(element.payload, Mapping) else None
                    place = Place(element.kind, element.parent, element.geometry, element.deleted, _end(end))
                    self._lies(element.id, place)
                case Patch(id, values):
                    for key, value in values.items():
                        changed = _after(Operation(id, key, "unset" if value is None else "set", value), self.place)
                        if changed is not None:
                            self._lies(id, changed[0])
                case Remove(id):
                    self._lies(id, None)

    def signed(self, element: str, holder: Holder) -> None:
        """Somebody made an element."""
        if self._made is not None:
            self._made.setdefault(holder, set()).add(element)

    def applied(self) -> None:
        """The commit has begun: from here on the board knows, and of two who wrote at once it says who won."""
        if self._pending:
            for element, place in self._pending.items():
                if place is None or element in self._doubtful:
                    self._known.pop(element, None)
                else:
                    # A drag asks the board nothing, then: it is one for each edit, and asking costs more than judging.
                    self._known[element] = place
            if not self._framing.isdisjoint(self._doubtful):
                self._boxes = None
            self._pending.clear()
            self._doubtful.clear()

    def _lies(self, element: str, place: Place | None, *, is_known: bool = False) -> None:
        self._pending[element] = place
        if not is_known:
            self._doubtful.add(element)
        if element in self._framing:
            self._boxes = None

    # ---- what may be asked -----------------------------------------------------------------------------------------

    def place(self, element: str) -> Place | None:
        """Where an element lies; None if there is none."""
        if element in self._pending:
            return self._pending[element]
        place = self._known.get(element)
        if place is None and (found := self._board.placing(element)) is not None:
            place = self._known[element] = Place(*found)
        return place

    def author_of(self, element: str) -> Holder | None:
        """Who made an element, if anybody's name is with it."""
        return self._author_of(element)

    def made(self) -> Mapping[Holder, Collection[str]]:
        """What each holder has made, as far as anybody knows; put together once."""
        if self._made is None:
            self._made = {}
            for element, author in self._authors():
                self._made.setdefault(author, set()).add(element)
        return self._made

    def region_of(self, element: str, overlay: _Overlay = _NOTHING) -> str | None:
        """The key of the innermost region an element lies in: by what it stands in, or if in nothing, by its middle.

        Args:
            element: Its id.
            overlay: What lies otherwise than it does now.
        """
        if self._terms is None:
            return None
        regions = self._terms.regions
        place = self._at(element, overlay)
        for _ in range(_DEEPEST):
            if place is None:
                return None
            parent = place.parent
            if parent is None or (above := self._at(parent, overlay)) is None:
                break
            if parent in regions:
                return regions[parent]
            place = above
        else:
            return None
        if place.kind == "conn" and place.end is not None:
            end = self._at(place.end, overlay)
            return None if end is None or end.kind == "conn" else self.region_of(place.end, overlay)
        x, y, w, h = place.geometry
        return self._around(x + w / 2, y + h / 2)

    def count(self, holder: Holder, region: str) -> int:
        """How many notes somebody has in a region."""
        found = 0
        for element in self.made().get(holder, ()):
            place = self.place(element)
            if place is not None and place.kind == "note" and not place.deleted:
                found += self.region_of(element) == region
        return found

    def _at(self, element: str, overlay: _Overlay) -> Place | None:
        return overlay[element] if element in overlay else self.place(element)

    def _around(self, x: float, y: float) -> str | None:
        """The innermost region around a point."""
        if self._boxes is None:
            self._boxes = self._measure()
        return next((key for key, (left, top, w, h) in self._boxes if 0 <= x - left <= w and 0 <= y - top <= h), None)

    def _measure(self) -> list[tuple[str, Box]]:
        """Where the regions are on the board, inner ones first."""
        boxes: list[tuple[str, Box]] = []
        self._framing = set() if self._terms is None else set(self._terms.regions)
        for element, key in {} if self._terms is None else self._terms.regions.items():
            place = self.place(element)
            if place is None or place.deleted:
                continue
            x, y, w, h = place.geometry
            parent = place.parent
            for _ in range(_DEEPEST):
                if parent is None:
                    break
                self._framing.add(parent)
                if (above := self.place(parent)) is None:
                    break
                x, y, parent = x + above.geometry[0], y + above.geometry[1], above.parent
            boxes.append((key, (x, y, w, h)))
        return boxes[::-1]


class Permit:
    """What of one edit the gathering allows.

    What is allowed depends on where things lie once the edit is done, and that on what of it is allowed: a note in a
    frame is where the frame is, if that may be moved. So what is not allowed is taken out until nothing more is.

    Args:
        operations: All of the edit.
        locked: Elements that only hosts change.
    """

    __slots__ = ("_codes", "_grounds", "_locked", "_new", "_notes", "_places", "_terms", "_writer")

    def __init__(
        self,
        grounds: Grounds,
        terms: Terms,
        writer: Writer,
        operations: Sequence[Operation],
        locked: Container[str],
    ) -> None:
        self._grounds = grounds
        self._terms = terms
        self._writer = writer
        self._locked = locked
        self._codes: dict[int, Code] = {}
        left = operations
        while True:
            self._lay_out(left)
            codes = {id(operation): code for operation in left if (code := self._judge(operation)) is not None}
            if not codes:
                break
            self._codes |= codes
            if len(codes) == len(left):
                break
            left = [operation for operation in left if id(operation) not in codes]

    def fault(self, operation: Operation) -> Code | None:
        """Why something of the edit is not allowed, or None if it is."""
        return self._codes.get(id(operation)) if self._codes else None

    def _lay_out(self, operations: Sequence[Operation]) -> None:
        """Find out where things lie after these, and what they make."""
        self._notes: dict[str, int] = {}
        self._places: dict[str, Place | None] = {}
        self._new: set[str] = set()
        for operation in operations:
            element, key, action, _ = operation
            # Most edits are of words.
            if element is None or action in ("text", "lost") or (key is not None and key not in _PLACING):
                continue
            if action == "create" and self._grounds.place(element) is None:
                self._new.add(element)
            if (changed := _after(operation, self._at)) is not None:
                self._places[element] = changed[0]

    def _judge(self, operation: Operation) -> Code | None:
        element = operation.element
        if element is None or operation.action == "lost":
            return None
        terms, grounds, writer = self._terms, self._grounds, self._writer
        if not writer.hosts and element in self._locked:
            return Code.ELEMENT_LOCKED
        if element in terms.aside:
            return Code.ASIDE
        deed = _deed(operation)
        if element in terms.agreed and deed in (Deed.WORDS, Deed.DELETE):
            return Code.AGREED
        place = self._at(element) or grounds.place(element)
        kind = "" if place is None else place.kind
        author = grounds.author_of(element)
        whose = Whose.OWN if author is None and element in self._new else terms.whose(author, writer)
        to = grounds.region_of(element, self._places)
        region = grounds.region_of(element) if self._places and element not in self._new else to
        code = terms.fault(writer, deed, Thing(kind, whose, region, element in terms.regions), to)
        if code is None and deed in (Deed.CREATE, Deed.RESTORE) and kind == "note" and to is not None:
            limit = terms.limit(writer, to)
            if limit and not self._has_room(to, limit):
                return Code.LIMIT
        return code

    def _has_room(self, region: str, limit: int) -> bool:
        taken = self._notes.get(region, 0)
        if self._grounds.count(self._writer.holder, region) + taken >= limit:
            return False
        self._notes[region] = taken + 1
        return True

    def _at(self, element: str) -> Place | None:
        return self._places[element] if element in self._places else self._grounds.place(element)


def _deed(operation: Operation) -> Deed:
    if operation.action == "create":
        return Deed.CREATE
    if operation.action == "remove":
        return Deed.DELETE
    if operation.key == "del":
        return Deed.DELETE if operation.action == "set" and operation.value else Deed.RESTORE
    return Deed.MOVE if operation.key in _MOVES else Deed.WORDS


def _after(operation: Operation, place_of: Callable[[str], Place | None]) -> tuple[Place | None] | None:
    """Where an element lies after an operation, in a tuple; None if that is where it lay."""
    element, key, value = operation.element, operation.key, operation.value
    if operation.action == "create" and isinstance(value, Mapping):
        payload = value.get("d")
        end = payload.get("a") if isinstance(payload, Mapping) else None
        kind, parent = value.get("t"), value.get("p")
        return (
            Place(
                kind if isinstance(kind, str) else "",
                parent if isinstance(parent, str) else None,
                _box(value.get("g")),
                bool(value.get("del")),
                _end(end),
            ),
        )
    if operation.action == "remove":
        return (None,)
    if key not in _PLACING or element is None or (place := place_of(element)) is None:
        return None
    if operation.action == "unset":
        value = None
    if key == "g":
        return (place._replace(geometry=_box(value)),)
    if key == "p":
        return (place._replace(parent=value if isinstance(value, str) else None),)
    if key == "del":
        return (place._replace(deleted=bool(value)),)
    return (place._replace(end=_end(value.get("a") if isinstance(value, Mapping) else None)),)


def _box(value: object) -> Box:
    if isinstance(value, list | tuple) and len(value) == 4:
        x, y, w, h = value
        return (x, y, w, h)
    return (0, 0, 0, 0)


def _end(value: object) -> str | None:
    """The element a connector's end is at."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) else None
