"""A gathering to start from: regions, what stands in them, and who wrote it, as one data file.

The file says what people would say (this region, these columns, these words); where each note goes is worked out here.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harvestry.core.ordering import order_key
from harvestry_crdt import COLOURS, Element

__all__ = ["Planned", "Template"]

Pair = tuple[int, int]
Size = tuple[Annotated[int, Field(ge=1, le=100_000)], Annotated[int, Field(ge=1, le=100_000)]]
Words = Annotated[str, Field(min_length=1, max_length=4_000)]
# Where the notes of a theme begin: below its title and two lines of meaning.
THEME_INSET = (8, 70)


class Part(BaseModel):
    """Base of every part of the file: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Note(Part):
    """A note that a connector refers to by its key; any other note is its words alone."""

    key: str
    text: Words


class Heading(Part):
    """Free text beside or above a group."""

    text: Words
    at: Pair
    size: Size
    font_size: Annotated[int, Field(ge=12, le=96)] = 16


class Theme(Part):
    """A frame of its own around a group, within the region: what the group named together."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    meaning: Annotated[str, Field(max_length=600)]
    size: Size


class Group(Part):
    """Notes in rows, filled from the left; `at` is where they begin in the region, or where their theme does."""

    at: Pair
    note: Size
    gap: Pair
    across: Annotated[int, Field(ge=1, le=50)]
    colour: Literal["barley", "apricot", "rosehip", "damson", "cornflower", "mere", "sage", "oat"]
    heading: Heading | None = None
    theme: Theme | None = None
    notes: Annotated[tuple[Note | Words, ...], Field(min_length=1)]

    def place(self, position: int) -> tuple[int, int, int, int]:
        row, column = divmod(position, self.across)
        (left, top), (width, height) = self.at if self.theme is None else THEME_INSET, self.note
        return left + column * (width + self.gap[0]), top + row * (height + self.gap[1]), width, height


class Region(Part):
    """A frame with a number, a title and a prompt."""

    no: Annotated[int, Field(ge=1, le=99)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    prompt: Annotated[str, Field(max_length=600)]
    frame: tuple[int, int, int, int]
    groups: tuple[Group, ...]


class Link(Part):
    """A connector from one keyed note to another."""

    start: Annotated[str, Field(alias="from")]
    to: str
    label: Annotated[str, Field(max_length=600)] = ""
    route: Literal["straight", "curve", "elbow"] = "curve"


@dataclass(frozen=True, slots=True)
class Planned:
    """An element to be put on the board, and who puts it there.

    Attributes:
        writer: Index into the hosts and then the people.
        sorter: Who gives it its colour later, if that is somebody else; new notes are plain until then.
        ends: Of a connector, the notes it needs to be there first.
    """

    element: Element
    writer: int
    sorter: int | None = None
    ends: tuple[str, ...] = ()


class Template(Part):
    """The whole file."""

    format: Literal[1]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    hosts: Annotated[tuple[str, ...], Field(min_length=1)]
    people: tuple[str, ...]
    regions: tuple[Region, ...]
    links: tuple[Link, ...] = ()

    @model_validator(mode="after")
    def _keys_are_known(self) -> Self:
        keys = [note.key for note in self._notes() if isinstance(note, Note)]
        if len(set(keys)) < len(keys):
            raise ValueError("a key names two notes")
        unknown = {end for link in self.links for end in (link.start, link.to)} - set(keys)
        if unknown:
            raise ValueError(f"connectors refer to notes that are not there: {', '.join(sorted(unknown))}")
        if len({region.no for region in self.regions}) < len(self.regions):
            raise ValueError("two regions have the same number")
        return self

    def _notes(self) -> Iterator[Note | str]:
        return (note for region in self.regions for group in region.groups for note in group.notes)

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, hosts first."""
        return self.hosts + self.people

    def frames(self) -> list[Planned]:
        """The regions, the themes and the headings in them: the host's preparation."""
        planned: list[Planned] = []
        for region in self.regions:
            number = str(region.no)
            frame = _element(
                f"region/{number}",
                "frame",
                region.frame,
                z=order_key(region.no),
                text=region.title,
                style={"no": region.no, "prompt": region.prompt},
            )
            planned.append(Planned(frame, 0))
            for position, group in enumerate(region.groups):
                key, z = f"region/{number}/{position}", order_key(100 + len(planned))
                if group.theme is not None:
                    theme = _element(
                        key,
                        "frame",
                        (*group.at, *group.theme.size),
                        z=z,
                        text=group.theme.title,
                        parent=frame.id,
                        colour=group.colour,
                        style={"prompt": group.theme.meaning},
                    )
                    planned.append(Planned(theme, 0))
                if group.heading is not None:
                    heading = _element(
                        f"{key}/heading",
                        "text",
                        (*group.heading.at, *group.heading.size),
                        z=z,
                        text=group.heading.text,
                        parent=frame.id,
                        style={"size": group.heading.font_size},
                    )
                    planned.append(Planned(heading, 0))
        return planned

    def notes(self) -> list[Planned]:
        """Every note, dealt round the group; a coloured one is sorted by the next person but six."""
        planned: list[Planned] = []
        for region in self.regions:
            for place, group in enumerate(region.groups):
                for position, note in enumerate(group.notes):
                    writer = len(planned) % len(self.names)
                    sorter = None if group.colour == "oat" else (writer + 7) % len(self.names)
                    element = _element(
                        _note_key(note, f"region/{region.no}/{place}/note/{position}"),
                        "note",
                        group.place(position),
                        z=order_key(200 + len(planned)),
                        text=note.text if isinstance(note, Note) else note,
                        parent=_id(f"region/{region.no}" + (f"/{place}" if group.theme else "")),
                        colour=group.colour,
                    )
                    planned.append(Planned(element, writer, sorter))
        return planned

    def connectors(self) -> list[Planned]:
        planned = []
        for position, link in enumerate(self.links):
            start, end = _id(f"key/{link.start}"), _id(f"key/{link.to}")
            payload: dict[str, object] = {"a": {"id": start}, "b": {"id": end}, "route": link.route}
            if link.label:
                payload["label"] = link.label
            element = _element(f"link/{position}", "conn", (0, 0, 1, 1), z=order_key(1_000 + position), payload=payload)
            planned.append(Planned(element, position % len(self.names), ends=(start, end)))
        return planned


def _note_key(note: Note | str, otherwise: str) -> str:
    return f"key/{note.key}" if isinstance(note, Note) else otherwise


def _id(key: str) -> str:
    """The element id of a place in the file: the same each time, so that a connector can name its ends."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:9]).decode("ascii")


def _element(
    key: str,
    kind: str,
    geometry: tuple[int, int, int, int],
    *,
    z: str,
    text: str | None = None,
    parent: str | None = None,
    colour: str | None = None,
    style: dict[str, object] | None = None,
    payload: object = None,
) -> Element:
    if colour is not None and colour not in COLOURS:
        raise ValueError(f"expected a colour of the schema, got {colour}")
    return Element(
        id=_id(key),
        kind=kind,
        geometry=geometry,
        parent=parent,
        z=z,
        colour=colour,
        text=text,
        style=style or {},
        payload=payload,
        locked=0,
        deleted=False,
    )
