"""The templates that Harvestry ships, read from its data files, and what the picker shows of them."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from harvestry.core.gathering.plan import Phase, Plan
from harvestry.core.gathering.templates import Length, Library, Offer, Template, shelve

__all__ = ["Catalogue", "catalogue", "shipped"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the picker shows, as it is sent: `{"templates": [...]}` of `docs/protocol.md` §4."""

    json: bytes
    gzipped: bytes
    etag: str


@cache
def shipped() -> Library:
    """The library; read once, for it is the same for as long as the program is."""
    folder = files("harvestry") / "templates" / "plans"
    return shelve(file.read_bytes() for file in sorted(folder.iterdir(), key=str) if file.name.endswith(".json"))


@cache
def catalogue() -> Catalogue:
    """The library as the picker wants it."""
    # What is a whole gathering by itself comes first.
    offers = tuple(sorted(shipped().offers, key=lambda offer: isinstance(offer.of, Template)))
    shown = [_shown(offer, offers) for offer in offers if offer.length is Length.FULL]
    body = json.dumps({"templates": shown}, ensure_ascii=False, separators=(",", ":")).encode()
    return Catalogue(body, gzip.compress(body, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def _shown(offer: Offer, offers: tuple[Offer, ...]) -> dict[str, object]:
    of = offer.of
    return {
        "key": of.key,
        "number": of.number if isinstance(of, Template) else "",
        "title": of.title,
        "need": of.need.value,
        "description": of.description,
        "about": of.about,
        "people": list(of.people),
        "yields": list(of.yields),
        "regions": _rectangles(offer.plan),
        "lengths": [
            {
                "key": other.key,
                "length": other.length.value,
                "minutes": other.minutes,
                "phases": [_phase(phase) for phase in other.plan.phases],
            }
            for other in offers
            if other.of is of
        ],
    }


def _phase(phase: Phase) -> dict[str, object]:
    opening = phase.opens[0] if phase.opens else None
    return {
        "title": phase.title,
        "minutes": phase.minutes,
        "writers": None if opening is None else opening.writers.value,
        "visibility": None if opening is None else opening.visibility.value,
        "attribution": None if opening is None else opening.attribution.value,
        "poll": None if phase.poll is None else phase.poll.kind.value,
    }


def _rectangles(plan: Plan) -> list[list[object]]:
    """`[x, y, width, height, kind]` of each region, all from the same corner."""
    corners: dict[str, tuple[int, int]] = {}
    rectangles: list[list[object]] = []
    for region in plan.regions:
        x, y, width, height = region.frame
        left, top = corners.get(region.within or "", (0, 0))
        corners[region.key] = (left + x, top + y)
        rectangles.append([left + x, top + y, width, height, region.kind])
    return rectangles
