"""What commands, happenings, plans and vault rows are made of: frozen values that are checked when they are read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

__all__ = ["ElementId", "Key", "Line", "Part", "Prose", "Reason", "Row", "Seat", "Title", "Words", "units"]

# How plans name their regions, phases and tables.
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
ElementId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{12}$")]
Seat = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{12}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(max_length=280)]
Prose = Annotated[str, StringConstraints(max_length=600)]
# Why something is set aside, as everybody reads it.
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
# What somebody writes on one note.
Words = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


def units(text: str) -> int:
    """Length in UTF-16 units, as the board counts."""
    return len(text.encode("utf-16-le")) // 2


class Part(BaseModel):
    """Nothing unknown, nothing converted from another type, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Row(Part):
    """Something that must be forgettable and is therefore no happening: a sealed note, a ballot."""

    kind: str
