"""Runs of show to begin with: templates, bundles of them, and the plans that come of either.

A template is one exercise, in its full length and mostly in a short one. A bundle says which templates follow each
other and what is different then. Both are data files; how their regions stand beside each other is worked out here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import isqrt
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, JsonValue, StringConstraints, TypeAdapter, ValidationError, model_validator

from harvestry.core.errors import HarvestryError

from .parts import Key, Line, Part, Prose, Title
from .plan import Capture, Phase, Plan, Region

__all__ = [
    "MAX_PARTS",
    "Bundle",
    "Damaged",
    "Length",
    "Library",
    "Need",
    "Offer",
    "Template",
    "Unfit",
    "Use",
    "schema",
    "shelve",
]

_P = TypeVar("_P", bound=Part)

# So many templates one after the other are a long day.
MAX_PARTS = 20
# Between the templates of a bundle, in world units: wider than between the regions of one.
_APART = 240
_SHORT = "-short"


class Damaged(HarvestryError):
    """A template or a bundle that makes no plan; the message names it."""


class Unfit(HarvestryError):
    """Templates that do not go together; the message says which, as the end of a sentence."""


class Length(Enum):
    """How much time a template takes."""

    FULL = "full"
    # The smallest form that still works.
    SHORT = "short"


class Need(Enum):
    """What a group needs when it chooses a template."""

    MEET = "meet"
    SEE = "see"
    AGREE = "agree"
    PURPOSE = "purpose"
    FOCUS = "focus"
    ACT = "act"


class Step(Phase):
    """A phase of a template; `minutes` are those of its full length.

    Attributes:
        short: Minutes in the short form; None leaves the phase out of it.
    """

    short: Annotated[int, Field(ge=1, le=480)] | None = None

    def phase(self, length: Length) -> Phase | None:
        """The phase as it is in one of the lengths."""
        if length is Length.FULL:
            minutes: int | None = self.minutes
        else:
            minutes = self.short
        if minutes is None:
            return None
        fields = {name: getattr(self, name) for name in Phase.model_fields}
        return Phase.model_construct(**{**fields, "minutes": minutes})


class _Shown(Part):
    """What a template and a bundle say of themselves.

    Attributes:
        description: One sentence.
        about: For whom it is, and what happens.
        people: The fewest and the most it works well with.
        yields: What the group leaves with.
        outcomes: Which of the eight outcomes of a gathering it serves.
    """

    format: Literal[1]
    # Short enough for a region of it to be named in a bundle.
    key: Annotated[Key, StringConstraints(max_length=16)]
    title: Title
    need: Need
    description: Line
    about: Prose
    people: tuple[Annotated[int, Field(ge=2)], Annotated[int, Field(le=500)]]
    yields: Annotated[tuple[Line, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[Annotated[str, StringConstraints(pattern=r"^O[1-8]$")], ...], Field(min_length=1)]
    capture: Capture = Capture.CHATHAM


class Template(_Shown):
    """One exercise.

    Attributes:
        number: In the list of exercises that facilitators know.
    """

    number: Annotated[str, StringConstraints(pattern=r"^T[0-9]{2}$")]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    phases: Annotated[tuple[Step, ...], Field(min_length=1)]

    @property
    def lengths(self) -> tuple[Length, ...]:
        """The lengths it comes in."""
        return (Length.FULL, Length.SHORT) if any(step.short is not None for step in self.phases) else (Length.FULL,)

    def at(self, length: Length) -> tuple[Phase, ...]:
        """Its phases in one of its lengths."""
        return tuple(phase for step in self.phases if (phase := step.phase(length)) is not None)


class Use(Part):
    """A template as a part of something longer."""

    template: Key
    length: Length = Length.FULL


class Bundle(_Shown):
    """Templates that follow each other. Their regions and phases are named `template-key` in it.

    Attributes:
        across: How many templates stand in a row on the board.
        order: The phases in their order, with those that are not named left out; empty for all as they come.
        phases: What is different in a phase, field by field.
        regions: What is different in a region.
    """

    across: Annotated[int, Field(ge=1, le=10)] = 3
    parts: Annotated[tuple[Use, ...], Field(min_length=1, max_length=MAX_PARTS)]
    order: tuple[Key, ...] = ()
    phases: Mapping[Key, Mapping[str, JsonValue]] = {}
    regions: Mapping[Key, Mapping[str, JsonValue]] = {}

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({part.template for part in self.parts}) < len(self.parts):
            raise ValueError("a template is in it twice")
        if len(set(self.order)) < len(self.order):
            raise ValueError("a phase is in it twice")
        return self


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan of the library, under its name.

    Attributes:
        of: The template or the bundle it is made of.
    """

    key: str
    of: Template | Bundle
    length: Length
    plan: Plan

    @property
    def minutes(self) -> int:
        """How long all phases are together."""
        return sum(phase.minutes for phase in self.plan.phases)


class Library:
    """The plans there are to begin with.

    Raises:
        Damaged: If one of them does not add up, or two have the same name.
    """

    def __init__(self, templates: Iterable[Template] = (), bundles: Iterable[Bundle] = ()) -> None:
        self._templates = {template.key: template for template in templates}
        self._offers: dict[str, Offer] = {}
        for template in self._templates.values():
            for length in template.lengths:
                self._add(template.key if length is Length.FULL else template.key + _SHORT, template, length)
        for bundle in bundles:
            self._add(bundle.key, bundle, Length.FULL)

    def _add(self, key: str, of: Template | Bundle, length: Length) -> None:
        if key in self._offers:
            raise Damaged(f"two templates are called {key}")
        try:
            plan = _plan_of(of, length) if isinstance(of, Template) else self._plan_of_bundle(of)
        except (ValidationError, KeyError) as error:
            raise Damaged(f"{key} makes no plan: {error}") from error
        self._offers[key] = Offer(key, of, length, plan)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """All of them; the lengths of a template follow each other."""
        return tuple(self._offers.values())

    def plan(self, keys: Sequence[str]) -> Plan | None:
        """The plan of that name, or of several one after the other; None if a name is not known.

        Raises:
            Unfit: If those do not go together: one is there twice, or is a bundle, or they are too many.
        """
        offers = [self._offers.get(key) for key in keys]
        known = [offer for offer in offers if offer is not None]
        if len(known) < len(offers) or not known:
            return None
        if len(known) == 1:
            return known[0].plan
        if len(known) > MAX_PARTS:
            raise Unfit(f"{MAX_PARTS} are the most")
        uses: dict[str, Use] = {}
        for offer in known:
            if isinstance(offer.of, Bundle):
                raise Unfit(f"{offer.of.title} is a whole run of show by itself")
            if offer.of.key in uses:
                raise Unfit(f"{offer.of.title} is there twice")
            uses[offer.of.key] = Use(template=offer.of.key, length=offer.length)
        first = known[0].of
        bundle = Bundle.model_validate(
            {
                **{name: getattr(first, name) for name in _Shown.model_fields},
                "title": ", ".join(offer.of.title for offer in known)[:200],
                "description": "",
                "parts": tuple(uses.values()),
                # About as wide as a screen.
                "across": max(2, isqrt(len(uses))),
            }
        )
        return self._plan_of_bundle(bundle)

    def _plan_of_bundle(self, bundle: Bundle) -> Plan:
        named: dict[str, Phase] = {}
        pieces: list[tuple[Region, ...]] = []
        for part in bundle.parts:
            template = self._templates[part.template]
            taken = {f"{template.key}-{phase.key}": phase for phase in template.at(part.length)}
            if bundle.order:
                taken = {key: phase for key, phase in taken.items() if key in bundle.order}
            pieces.append(tuple(_renamed(r, template.key) for r in _used(template, taken.values())))
            named |= {key: _belonging(phase, key, template.key) for key, phase in taken.items()}
        if unknown := {*bundle.order, *bundle.phases} - set(named):
            raise KeyError(min(unknown))
        regions = {region.key: region for region in _arranged([piece for piece in pieces if piece], bundle.across)}
        if unknown := set(bundle.regions) - set(regions):
            raise KeyError(min(unknown))
        return Plan(
            title=bundle.title,
            purpose=bundle.description,
            regions=tuple(_changed(region, bundle.regions.get(key, {})) for key, region in regions.items()),
            phases=tuple(_changed(named[key], bundle.phases.get(key, {})) for key in bundle.order or named),
            capture=bundle.capture,
        )


def shelve(files: Iterable[bytes]) -> Library:
    """The library in data files: bundles have parts, templates have phases of their own.

    Raises:
        Damaged: If one of them cannot be read.
    """
    templates: list[Template] = []
    bundles: list[Bundle] = []
    for body in files:
        try:
            if "parts" in json.loads(body):
                bundles.append(Bundle.model_validate_json(body))
            else:
                templates.append(Template.model_validate_json(body))
        except ValueError as error:
            raise Damaged(f"a template cannot be read: {error}") from error
    return Library(sorted(templates, key=lambda template: template.number), bundles)


def schema() -> dict[str, object]:
    """The JSON Schema of a data file."""
    both: TypeAdapter[Template | Bundle] = TypeAdapter(Template | Bundle)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_bare(both.json_schema())}


def _bare(part: dict[str, object]) -> dict[str, object]:
    """A schema without what is said of it: docstrings are for those who read the program."""
    bare: dict[str, object] = {}
    for key, value in part.items():
        if isinstance(value, dict):
            bare[key] = _bare(value)
        elif key not in ("description", "title"):
            bare[key] = (
                [_bare(item) if isinstance(item, dict) else item for item in value]
                if isinstance(value, list)
                else value
            )
    return bare


# ---- composing -----------------------------------------------------------------------------------------------------


def _plan_of(template: Template, length: Length) -> Plan:
    phases = template.at(length)
    return Plan(
        title=template.title,
        purpose=template.description,
        regions=_used(template, phases),
        phases=phases,
        capture=template.capture,
    )


def _used(template: Template, phases: Iterable[Phase]) -> tuple[Region, ...]:
    """The regions that some of a template's phases need: those that only others open have no business on the board."""
    needed = _opened(phases)
    unneeded = _opened(template.phases) - needed
    parents = {region.within for region in template.regions if region.key in needed}
    gone = [region for region in template.regions if region.key in unneeded - parents]
    kept = tuple(region for region in template.regions if region not in gone)
    for region in reversed(gone):
        kept = _closed_up(kept, region)
    return kept


def _closed_up(regions: tuple[Region, ...], gone: Region) -> tuple[Region, ...]:
    """Those to the right of a region that is gone, in its row, take its place."""
    x, y, _, _ = gone.frame
    after = [r for r in regions if r.within == gone.within and r.frame[1] == y and r.frame[0] > x]
    if not after:
        return regions
    step = min(region.frame[0] for region in after) - x
    return tuple(
        r.model_copy(update={"frame": (r.frame[0] - step, *r.frame[1:])}) if r in after else r for r in regions
    )


def _opened(phases: Iterable[Phase]) -> set[str]:
    regions: set[str] = set()
    for phase in phases:
        regions |= {opening.region for opening in phase.opens}
        if phase.poll is not None and phase.poll.region is not None:
            regions.add(phase.poll.region)
    return regions


def _renamed(region: Region, prefix: str) -> Region:
    within = None if region.within is None else f"{prefix}-{region.within}"
    return _changed(region, {"key": f"{prefix}-{region.key}", "within": within})


def _belonging(phase: Phase, key: str, prefix: str) -> Phase:
    opens: list[JsonValue] = [
        {**opening.model_dump(mode="json"), "region": f"{prefix}-{opening.region}"} for opening in phase.opens
    ]
    changes: dict[str, JsonValue] = {"key": key, "opens": opens}
    if phase.poll is not None and phase.poll.region is not None:
        changes["poll"] = {**phase.poll.model_dump(mode="json"), "region": f"{prefix}-{phase.poll.region}"}
    return _changed(phase, changes)


def _changed(part: _P, changes: Mapping[str, JsonValue]) -> _P:
    """The part with some of its fields replaced, checked again."""
    if not changes:
        return part
    return type(part).model_validate_json(json.dumps({**part.model_dump(mode="json"), **changes}))


def _arranged(pieces: Sequence[tuple[Region, ...]], across: int) -> list[Region]:
    """Regions of one piece beside those of the next, in rows that are read like lines."""
    placed: list[Region] = []
    top = 0
    for begin in range(0, len(pieces), across):
        left, tallest = 0, 0
        for piece in pieces[begin : begin + across]:
            boxes = [region.frame for region in piece if region.within is None]
            x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
            for region in piece:
                rx, ry, width, height = region.frame
                frame = region.frame if region.within is not None else (rx - x + left, ry - y + top, width, height)
                placed.append(region.model_copy(update={"frame": frame}))
            left += max(box[0] + box[2] for box in boxes) - x + _APART
            tallest = max(tallest, max(box[1] + box[3] for box in boxes) - y)
        top += tallest + _APART
    return placed
