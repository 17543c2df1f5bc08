"""Records as data: whose name is on what, what was offered to whom, and what is agreed.

A name is on a record because its owner put it there, from their own seat. It stands for the words that were there then,
of which a digest is kept: under other words it is still told, as one that was put to earlier words.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from harvestry.core.access import SeatId
from harvestry_crdt import Element

from .parts import ElementId, Row
from .plan import Region

__all__ = ["Name", "Named", "Offer", "Offered", "Part", "Recording", "lacking", "promised"]

# What somebody takes upon themselves: a promise that anybody may make, the lead of an action, or help with it.
Part = Literal["commit", "lead", "help"]

# Longer than a ballot's fingerprint: words that look like those somebody agreed to must not be found by trying.
_DIGEST_BYTES: Final = 12
# Named, because languages differ in what else they take for blank.
_BLANK: Final = " \t\r\n"


class Named(Row):
    """Somebody's name on a record. Its key is the element and the seat, with a colon between.

    Attributes:
        seat: Whose; when they are erased, so is this.
        words: A digest of what the record promised then.
        at: Unix time in milliseconds.
    """

    kind: Literal["named"] = "named"
    element: ElementId
    seat: str
    part: Part
    words: str
    at: int


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


@dataclass(frozen=True, slots=True)
class Name:
    """A name on a record."""

    part: Part
    words: str
    at: int


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
    """

    names: Mapping[str, Mapping[SeatId, Name]] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    agreed: frozenset[str] = frozenset()


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
