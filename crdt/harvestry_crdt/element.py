"""Elements as values, what changed in them, and what the server may change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Action = Literal["create", "set", "unset", "remove", "text", "lost", "meta"]


@dataclass(frozen=True, slots=True)
class Element:
    """One thing on the board, typed and normalised.

    Attributes:
        geometry: x, y, width, height in world units, relative to `parent`.
        text: None for kinds that have none; a frame's title, a note's words.
        payload: What the kind carries under `d`; for a card a plain dict of its fields.
        locked: 0 when free.
        deleted: Soft-deleted: kept so that undo gives a colleague's words back.
    """

    id: str
    kind: str
    geometry: tuple[int, int, int, int]
    parent: str | None
    z: str
    colour: str | None
    text: str | None
    style: Mapping[str, object]
    payload: object
    locked: int
    deleted: bool


class Operation(NamedTuple):
    """One thing an update does, as policy sees it. The list may name more than takes effect, never less.

    A tuple, since at least one is made for every edit, and a frozen dataclass takes four times as long to make.

    Attributes:
        element: None for `meta`.
        key: The element key (`g`, `c`, `txt`, `d.<field>` for the words of a card); None for `create` and `remove`.
        action: `lost` is text written into an element that had been removed: the edit is good, the words have no place.
        value: `create`: dict of the initial keys, `txt` as the number of UTF-16 units of words, if any · `set`, `meta`:
            the new value · `text`, `lost`: UTF-16 units `(inserted, deleted)` · else None.
    """

    element: str | None
    key: str | None
    action: Action
    value: object


@dataclass(frozen=True, slots=True)
class Put:
    """Create this element, or make the one that has its id equal to it."""

    element: Element


@dataclass(frozen=True, slots=True)
class Patch:
    """Set keys of an element by their names on the wire; None unsets; `txt` takes the whole new text."""

    id: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an element off the board for good, with its words."""

    id: str


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Name the board."""

    title: str


Change = Put | Patch | Remove | SetTitle
