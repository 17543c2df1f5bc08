"""What can be voted on: the living notes and cards in a region, also those in its themes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from harvestry_crdt import Element

from .base import BoardReader
from .plan import NO_WORDS

__all__ = ["digest", "is_living", "is_option", "options", "words"]

_KINDS: Final = frozenset({"note", "card"})
# Regions in regions: nobody nests so deep, and a loop ends here.
_DEEPEST: Final = 32
_DIGEST_BYTES: Final = 6


def is_living(element: Element | None) -> bool:
    """Whether it is there, and has not been taken off."""
    return element is not None and not element.deleted


def is_option(board: BoardReader, region: str, id: str) -> bool:
    """Whether something can be voted on in the region that is this element."""
    return _is_option(board.element, region, board.element(id))


def options(board: BoardReader, region: str) -> list[Element]:
    """Everything in a region that can be voted on, in the order of the ids."""
    # All are read at once: one by one, with what each lies in, a thousand notes take five times as long.
    elements = board.elements()
    return [element for _, element in sorted(elements.items()) if _is_option(elements.get, region, element)]


def _is_option(element_of: Callable[[str], Element | None], region: str, element: Element | None) -> bool:
    return (
        element is not None and element.kind in _KINDS and not element.deleted and _lies_in(element_of, region, element)
    )


def _lies_in(element_of: Callable[[str], Element | None], region: str, element: Element) -> bool:
    for _ in range(_DEEPEST):
        if element.parent == region:
            return True
        above = None if element.parent is None else element_of(element.parent)
        if above is None or above.deleted:
            return False
        element = above
    return False


def words(element: Element) -> str:
    """What it says."""
    if not isinstance(element.payload, Mapping):
        return element.text or ""
    return "\n".join(str(text) for field, text in sorted(element.payload.items()) if field not in NO_WORDS and text)


def digest(element: Element) -> str:
    """A fingerprint of its words, 8 characters: base64url of the first 6 bytes of their SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(words(element).encode()).digest()[:_DIGEST_BYTES]).decode()
