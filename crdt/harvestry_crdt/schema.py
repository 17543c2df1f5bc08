"""The one element schema: which keys an element has, what each may hold, and every bound on a board.

The gate, the server's own writes, the readers and the documentation all use this table and no other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import copysign, isfinite
from types import MappingProxyType
from typing import Final

SCHEMA_VERSION: Final = 1

LIMITS: Final[Mapping[str, int]] = MappingProxyType(
    {
        # One update. A returning offline client sends a whole day in one; more than this is not a day of people.
        "client_blocks": 64,
        "structs": 8_192,
        "delete_ranges": 65_536,
        # One GC or deleted run. Costs 4 bytes on the wire, so nothing else bounds it.
        "run": 100_000,
        "any_depth": 4,
        # Pieces that the engine may have to look at to place what one update brings, a quarter of a microsecond each:
        # under keys, where only what does not follow the present value costs any, and in texts, where the gate does not
        # know what follows what and counts all there are.
        "looks": 100_000,
        "text_looks": 2_000_000,
        # Writes under one key that know of none before them. Honest ones are as many as there are people.
        "rivals": 1_000,
        # The board.
        "elements": 20_000,
        # UTF-16 units in one Y.Text: where a client stops its writer, and what the gate holds. Between the two lies
        # what several people write into one text before they hear of each other; refusing it would cost one of them
        # their words.
        "text": 4_000,
        "text_merged": 16_000,
        "title": 200,
        "coordinate": 1_000_000,
        "size": 100_000,
        "z": 64,
        "style_keys": 16,
        "style_string": 600,
        "label": 600,
        "ink_bytes": 65_536,
        "card_fields": 16,
    }
)

COLOURS: Final = ("barley", "apricot", "rosehip", "damson", "cornflower", "mere", "sage", "oat")
ROUTES: Final = ("straight", "curve", "elbow")
SHAPES: Final = ("rect", "ellipse", "diamond")

# The largest integer JavaScript holds exactly.
_SAFE = (1 << 53) - 1

_ID = re.compile(r"[A-Za-z0-9_-]{12}", re.ASCII).fullmatch
_Z = re.compile(r"[0-9A-Za-z]{1,64}", re.ASCII).fullmatch
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII).fullmatch
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,23}", re.ASCII).fullmatch
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII).fullmatch

# How JPEG, PNG, GIF, WebP and HEIC begin.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x1cftyp")

# What an element gets that lost its geometry: the size of a note.
DEFAULT_GEOMETRY: Final = (0, 0, 184, 104)

Check = Callable[[object], bool]


def is_element_id(value: object) -> bool:
    """Whether this is an element id: 12 characters of base64url."""
    return type(value) is str and _ID(value) is not None


def is_field_name(value: str) -> bool:
    """Whether this may name a text field of a card; `ht` is taken."""
    return _FIELD(value) is not None and value != "ht"


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, the unit of every clock and text index in Yjs."""
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)


def _is_int(value: object, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _is_string(value: object, longest: int) -> bool:
    return type(value) is str and utf16_length(value) <= longest and is_whole(value)


def is_whole(text: str) -> bool:
    """Whether a text is free of half surrogate pairs, which JSON can spell and a board cannot hold."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _is_number(value: object) -> bool:
    """Whether every engine carries this number unchanged."""
    if type(value) is float:
        return isfinite(value) and (value != 0 or copysign(1.0, value) > 0) and abs(value) <= _SAFE
    return type(value) is int and -_SAFE <= value <= _SAFE


def _is_geometry(value: object) -> bool:
    if type(value) is not list or len(value) != 4:
        return False
    x, y, w, h = value
    return (
        type(x) is int
        and type(y) is int
        and type(w) is int
        and type(h) is int
        and -1_000_000 <= x <= 1_000_000
        and -1_000_000 <= y <= 1_000_000
        and 1 <= w <= 100_000
        and 1 <= h <= 100_000
    )


def _is_style(value: object) -> bool:
    if type(value) is not dict or len(value) > LIMITS["style_keys"]:
        return False
    longest = LIMITS["style_string"]
    return all(
        _NAME(key.lower()) is not None and (type(item) is bool or _is_number(item) or _is_string(item, longest))
        for key, item in value.items()
    )


def _is_end(value: object) -> bool:
    if type(value) is not dict:
        # A bare id is what a script writes first; readers see it as {id}.
        return is_element_id(value)
    if set(value) == {"id"}:
        return is_element_id(value["id"])
    far = LIMITS["coordinate"]
    return set(value) == {"x", "y"} and _is_int(value["x"], -far, far) and _is_int(value["y"], -far, far)


def _is_connector(value: object) -> bool:
    return (
        type(value) is dict
        and set(value) <= {"a", "b", "route", "label"}
        and _is_end(value.get("a"))
        and _is_end(value.get("b"))
        and value.get("route", "straight") in ROUTES
        and _is_string(value.get("label", ""), LIMITS["label"])
    )


def _is_image(value: object) -> bool:
    return (
        type(value) is dict
        and set(value) <= {"hash", "w", "h", "alt"}
        and type(value.get("hash")) is str
        and _HASH(value["hash"]) is not None
        and _is_int(value.get("w"), 1, LIMITS["size"])
        and _is_int(value.get("h"), 1, LIMITS["size"])
        and _is_string(value.get("alt", ""), LIMITS["style_string"])
    )


def _is_shape(value: object) -> bool:
    return type(value) is dict and set(value) == {"shape"} and value["shape"] in SHAPES


def _is_stamp(value: object) -> bool:
    return type(value) is dict and set(value) == {"stamp"} and is_short_name(value["stamp"])


def is_short_name(value: object) -> bool:
    """Whether this is a short lower-case name, such as a stamp or the harvest type (`ht`) of a card."""
    return type(value) is str and _NAME(value) is not None


def _is_ink(value: object) -> bool:
    # No client draws a picture that is passed off as a stroke, but everybody would be sent it, with all it tells.
    return type(value) is bytes and 0 < len(value) <= LIMITS["ink_bytes"] and not value.startswith(_PICTURES)


@dataclass(frozen=True, slots=True)
class Kind:
    """What distinguishes a kind: whether it has words, and what `d` holds.

    Attributes:
        has_text: `txt` is allowed, and is made with the element.
        payload: Check of a plain `d`; None if `d` may not be plain.
        has_fields: `d` is a Y.Map with `ht` and named Y.Text fields, made with the element.
    """

    name: str
    has_text: bool = True
    payload: Check | None = None
    has_fields: bool = False


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("note"),
            Kind("text"),
            Kind("shape", payload=_is_shape),
            Kind("frame"),
            Kind("conn", has_text=False, payload=_is_connector),
            Kind("ink", has_text=False, payload=_is_ink),
            Kind("image", has_text=False, payload=_is_image),
            Kind("stamp", has_text=False, payload=_is_stamp),
            Kind("card", has_fields=True),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an element.

    Attributes:
        number: How the gate's index names it; never stored, never sent.
        check: Of a plain value; `txt` has none, `d` depends on the kind.
        required: A living element may not lose it.
        made_once: Set with the element and never again.
    """

    name: str
    number: int
    check: Check | None
    required: bool = False
    made_once: bool = False


def _is_kind(value: object) -> bool:
    return type(value) is str and value in KINDS


def _is_parent(value: object) -> bool:
    return value is None or is_element_id(value)


def _is_z(value: object) -> bool:
    return type(value) is str and _Z(value) is not None


def _is_colour(value: object) -> bool:
    return type(value) is str and value in COLOURS


def _is_lock(value: object) -> bool:
    return type(value) is bool or _is_int(value, 0, 3)


def _is_flag(value: object) -> bool:
    return _is_int(value, 0, 1)


KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {
        key.name: key
        for key in (
            Key("t", 1, _is_kind, required=True, made_once=True),
            Key("g", 2, _is_geometry, required=True),
            Key("p", 3, _is_parent),
            Key("z", 4, _is_z),
            Key("c", 5, _is_colour),
            Key("lk", 6, _is_lock),
            Key("s", 7, _is_style),
            Key("del", 8, _is_flag),
            Key("txt", 9, None, required=True, made_once=True),
            Key("d", 10, None, required=True),
        )
    }
)


def _is_version(value: object) -> bool:
    return _is_int(value, 1, 1_000_000)


def is_title(value: object) -> bool:
    """Whether this may be the title of a board."""
    return _is_string(value, LIMITS["title"])


META_KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {key.name: key for key in (Key("v", 1, _is_version, required=True), Key("title", 2, is_title, required=True))}
)
