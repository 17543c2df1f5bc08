"""A gathering in the middle of its run of show, as one data file: who wrote what in which step, and what goes on."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Act", "UnderWay"]

Words = Annotated[str, Field(min_length=1, max_length=280)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Act(BaseModel):
    """What people write in a phase, dealt round the group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phase: str
    region: str
    notes: Annotated[tuple[Words, ...], Field(min_length=1)]


class UnderWay(BaseModel):
    """The whole file.

    Attributes:
        templates: Names in the library; what follows what.
        sorted_in: The region where themes are.
        sorted: Names of themes, and the notes that have been put into them.
        at: The phase that goes on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    purpose: Annotated[str, Field(max_length=600)]
    templates: Names
    hosts: Names
    people: Names
    acts: tuple[Act, ...]
    sorted_in: str
    sorted: tuple[tuple[str, tuple[Words, ...]], ...]
    at: str
