"""Marks: what a JSON Canvas file says and a board cannot, kept in the style of the element it was said of.

A mark never overrules the board. It is written only while the board still says what it said when the mark was made:
words that were edited are no file any more, a note of another colour has that colour's preset, a copy has its own id.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from harvestry.core.errors import HarvestryError
from harvestry.core.palette import PRESET_OF, nearest
from harvestry_crdt import KEYS, LIMITS, Element
from harvestry_crdt.schema import is_element_id

__all__ = [
    "COLOUR",
    "EDGE_FIELDS",
    "EXTENSION",
    "FILE",
    "GROUP_FIELDS",
    "ID",
    "SUBPATH",
    "URL",
    "CanvasError",
    "Json",
    "Z",
    "color_of",
    "file_id",
    "keep",
    "keep_fields",
    "mapped_id",
    "said_fields",
    "source_of",
]

EXTENSION = "harvestry"
ID = "canvas_id"
FILE = "canvas_file"
SUBPATH = "canvas_subpath"
URL = "canvas_url"
COLOUR = "canvas_colour"
# The order key an element came with, where the painter's order is not the file's.
Z = "canvas_z"

SIDES = ("top", "right", "bottom", "left")
ENDS = ("none", "arrow")
# Field of the file, the style that keeps it, and what it may hold; None for any words.
Fields: TypeAlias = tuple[tuple[str, str, Collection[str] | None], ...]
EDGE_FIELDS: Fields = (
    ("fromSide", "from_side", SIDES),
    ("fromEnd", "from_end", ENDS),
    ("toSide", "to_side", SIDES),
    ("toEnd", "to_end", ENDS),
)
GROUP_FIELDS: Fields = (
    ("background", "canvas_background", None),
    ("backgroundStyle", "canvas_background_style", ("cover", "ratio", "repeat")),
)

Json: TypeAlias = dict[str, object]


class CanvasError(HarvestryError):
    """A file that cannot be read as JSON Canvas; the message says where and what was expected."""


def keep(style: Json, name: str, value: object) -> None:
    """Make the mark say this; what no style can hold is left out, as is what a full style has no room for."""
    style.pop(name, None)
    check = KEYS["s"].check
    if isinstance(value, str) and len(style) < LIMITS["style_keys"] and check is not None and check({name: value}):
        style[name] = value


def keep_fields(style: Json, item: Json, fields: Fields) -> None:
    """Mark what the fields of a node or an edge say; a field that is gone takes its mark along."""
    for field, name, allowed in fields:
        if _says(item.get(field), allowed):
            keep(style, name, item[field])
        elif _says(style.get(name), allowed):
            del style[name]


def said_fields(style: Mapping[str, object], fields: Fields) -> Json:
    return {field: style[name] for field, name, allowed in fields if _says(style.get(name), allowed)}


def _says(value: object, allowed: Collection[str] | None) -> bool:
    return isinstance(value, str) and (allowed is None or value in allowed)


def source_of(element: Element) -> Json | None:
    """The fields of the file or the link that a note came as, if its words are still those it came with."""
    if element.kind != "note":
        return None
    file, subpath, url = (element.style.get(name) for name in (FILE, SUBPATH, URL))
    if isinstance(file, str):
        part = {"subpath": subpath} if isinstance(subpath, str) else {}
        if element.text == file + part.get("subpath", ""):
            return {"type": "file", "file": file, **part}
    return {"type": "link", "url": url} if isinstance(url, str) and element.text == url else None


def color_of(colour: str | None, style: Mapping[str, object]) -> str | None:
    """What a file says for a colour of ours: the value it came as, if that still means it, else our own."""
    said = style.get(COLOUR)
    if colour is not None and isinstance(said, str) and nearest(said) == colour:
        return said
    return PRESET_OF.get(colour or "")


def mapped_id(what: str, name: str) -> str:
    """The element id for a node or an edge whose own id cannot be one."""
    digest = hashlib.sha256(f"{what}:{name}".encode(errors="surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode("ascii")


def file_id(element: Element, what: str, *, taken: AbstractSet[str] = frozenset()) -> str:
    """The id in the file: the one it came with, unless this is a copy.

    Args:
        element: What is written.
        what: `node` or `edge`.
        taken: Element ids that are written as nodes; an edge that came with one of these was given another.
    """
    name = element.style.get(ID)
    if not isinstance(name, str) or not name or (is_element_id(name) and name not in taken):
        return element.id
    return name if mapped_id(what, name) == element.id else element.id
