"""Records as data: whose name is on what, what was offered to whom, what is agreed, and how an action stands.

A name is on a record because its owner put it there, from their own seat. It stands for the words that were there then,
of which a digest is kept: under other words it is still told, as one that was put to earlier words.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from harvestry.core.access import SeatId
from harvestry_crdt import Element

from .parts import ElementId, Reason, Row
from .plan import LINKS, NO_WORDS, Plan, Region

__all__ = [
    "OWN_WORDS",
    "REASONED",
    "Name",
    "Named",
    "Offer",
    "Offered",
    "Part",
    "Recording",
    "Standing",
    "Status",
    "Stood",
    "head",
    "lacking",
    "linked",
    "promised",
    "record_region",
]

# What somebody takes upon themselves: a promise that anybody may make, the lead of an action, or help with it.
Part = Literal["commit", "lead", "help"]
# How far an action is.
Status = Literal["not_started", "moving", "stuck", "done", "let_go"]
# What nobody can act on without knowing why.
REASONED: Final[frozenset[Status]] = frozenset({"stuck", "let_go"})
# Letters of what somebody adds to their own name.
OWN_WORDS: Final = 140

# Longer than a ballot's fingerprint: words that look like those somebody agreed to must not be found by trying.
_DIGEST_BYTES: Final = 12
# Named, because languages differ in what else they take for blank.
_BLANK: Final = " \t\r\n"
# Frames in frames: nobody nests so deep, and a loop ends here.
_DEEPEST: Final = 32
_ID: Final = re.compile(r"[A-Za-z0-9_-]{12}")
# As many things as one record can serve.
_MOST_LINKS: Final = 12


class Named(Row):
    """Somebody's name on a record. Its key is the element and the seat, with a colon between.

    Attributes:
        seat: Whose; when they are erased, so is this.
        words: A digest of what the record promised then.
        at: Unix time in milliseconds.
        own: What they say to it, in words of their own.
    """

    kind: Literal["named"] = "named"
    element: ElementId
    seat: str
    part: Part
    words: str
    at: int
    own: str = ""


class Offered(Row):
    """A record that was offered to somebody, who has not said yes. Its key is the element, the seat and who offered.

    Attributes:
        seat: To whom.
        declined: They said no; whoever offered does not ask them again.
    """

    kind: Literal["offered"] = "offered"
    element: ElementId
    seat: str
    by: str
    declined: bool = False


class Stood(Row):
    """How an action stood from some time on. Its key is the element and that time, with a colon between.

    Attributes:
        seat: Who said so; when they are erased, so is this.
        at: Unix time in milliseconds; no two of one action are the same.
        by_team: Somebody of the host team said it, of an action that nobody had.
        reason: Only of what is `REASONED`.
    """

    kind: Literal["stood"] = "stood"
    element: ElementId
    seat: str
    status: Status
    at: int
    by_team: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name on a record, and what its owner says to it in their own words."""

    part: Part
    words: str
    at: int
    own: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an action stands since a time in Unix milliseconds, and who said so."""

    status: Status
    at: int
    seat: SeatId
    by_team: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that has not been taken."""

    element: str
    to: SeatId
    by: SeatId
    declined: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """What is kept of records beside their words, which are on the board.

    Attributes:
        names: By element and seat, in the order in which they came. From the vault.
        offers: By the key of their row. From the vault.
        agreed: Elements whose words the group has agreed on.
        standing: How actions stood, by element, the latest last. From the vault.
    """

    names: Mapping[str, Mapping[SeatId, Name]] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    agreed: frozenset[str] = frozenset()
    standing: Mapping[str, tuple[Standing, ...]] = field(default_factory=dict)


def record_region(plan: Plan | None, find: Callable[[str], Element | None], id: str) -> tuple[Region, Element] | None:
    """A card in a region of records, and that region: the innermost one it lies in; None if it is no record."""
    frames = {region.element: region for region in (() if plan is None else plan.regions)}
    record = find(id)
    above = record
    for _ in range(_DEEPEST):
        if above is None or above.deleted or above.parent is None:
            break
        region = frames.get(above.parent)
        if region is not None and record is not None:
            return (region, record) if record.kind == "card" and region.fields else None
        above = find(above.parent)
    return None


def linked(region: Region, element: Element) -> tuple[str, ...]:
    """The elements that a record says it serves, whether or not they are there, in its own order."""
    text = element.payload.get(LINKS) if region.serves and isinstance(element.payload, Mapping) else None
    found = _ID.findall(text) if isinstance(text, str) else []
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]


def head(plan: Plan | None, find: Callable[[str], Element | None], element: Element) -> str:
    """What something says first, in one line; empty if it says nothing."""
    record, words = record_region(plan, find, element.id), _words(element)
    keys = sorted(words.keys() - NO_WORDS) if record is None else [each.key for each in record[0].fields]
    texts = [element.text or "", *(words.get(key, "") for key in keys)]
    return " ".join(next((text for text in texts if text.strip(_BLANK)), "").split())


def _words(element: Element) -> Mapping[str, str]:
    payload = element.payload if isinstance(element.payload, Mapping) else {}
    return {key: text.strip(_BLANK) for key, text in payload.items() if isinstance(text, str) and key != "ht"}


def lacking(region: Region, element: Element) -> tuple[str, ...]:
    """The labels of what a record needs and does not say."""
    words = _words(element)
    return tuple(each.label for each in region.fields if each.needed and not words.get(each.key))


def promised(region: Region, element: Element) -> str:
    """A digest of what a record says in the fields that it needs, 16 characters of base64url.

    What is added in other fields later, such as when to look at it again, does not make it another promise.
    """
    words = _words(element)
    text = "\0".join(words.get(each.key, "") for each in region.fields if each.needed)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:_DIGEST_BYTES]).decode()
