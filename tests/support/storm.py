"""A storm: random edits of every element kind, as plain values that any replica can carry out.

The generator knows nothing of engines. It looks at what one replica shows, and says what that replica's person does
next; `carry_out` does it in pycrdt, and the foreign replicas do the same in theirs. Chance comes in from outside, so
that one generator serves seeded runs and hypothesis, which shrinks what it draws.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from pycrdt import Decoder, Doc, Map, Text

__all__ = [
    "KINDS",
    "OPERATIONS",
    "Action",
    "Chance",
    "Create",
    "Erase",
    "Gust",
    "Insert",
    "Remove",
    "Seeded",
    "Set",
    "Storm",
    "Unset",
    "carry_out",
    "plain",
    "read_vector",
    "view_of",
]

T = TypeVar("T")

KINDS = ("note", "text", "shape", "frame", "conn", "ink", "image", "stamp", "card")
# Written out once more instead of imported: a storm that read the schema would follow it when it is wrong.
TEXT_KINDS = ("note", "text", "shape", "frame")
COLOURS = ("barley", "apricot", "rosehip", "damson", "cornflower", "mere", "sage", "oat")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CARD_FIELDS = ("title", "detail")
# One character on the screen is one to seven code points here, in one to four bytes each, from left and from right.
WORDS = (
    *("story", " and ", "Purpose: ", "zwölf", "naïve café", "\n", "z"),
    *("👍", "👩🏽\u200d⚕️", "🏳️\u200d🌈", "🇮🇹", "e\u0301", "𝒳"),
    *("שלום", "مرحبا بالعالم", "(עם", "\u200f", "協力", "नमस्ते"),
)


@dataclass(frozen=True, slots=True)
class Create:
    """Put a whole element on the board. `values` are its keys on the wire without `t` and `txt`."""

    id: str
    kind: str
    values: Mapping[str, object]
    text: str | None


@dataclass(frozen=True, slots=True)
class Set:
    """Set a key; `d.ht` is the harvest type of a card."""

    id: str
    key: str
    value: object


@dataclass(frozen=True, slots=True)
class Unset:
    """Take a key away."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Insert:
    """Type into `txt`, or into `d.<field>` of a card. `at` counts characters, and is cut to the text's end."""

    id: str
    field: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Take characters out of a text; cut to what is there."""

    id: str
    field: str
    at: int
    count: int


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an element off the board for good, as a stock client may."""

    id: str


Action: TypeAlias = Create | Set | Unset | Insert | Erase | Remove


@dataclass(frozen=True, slots=True)
class Gust:
    """One thing that somebody does: the operation by its name in `OPERATIONS`, the kind of element it is done to."""

    operation: str
    kind: str
    action: Action


class Chance(Protocol):
    """Where a storm takes its choices from."""

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        ...


class Seeded:
    """Chance that a seed decides."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


View: TypeAlias = Mapping[str, Mapping[str, Any]]


class Storm:
    """The edits of one author.

    Args:
        chance: Decides everything.
        author: Four characters that make this author's element ids differ from everybody else's.
    """

    def __init__(self, chance: Chance, author: str) -> None:
        if len(author) != 4:
            raise ValueError(f"expected an author of 4 characters, got {author!r}")
        self._chance = chance
        self._author = author
        self._made = 0

    def next(self, view: View) -> Gust:
        """What the author does next, given the board as the author sees it (`plain` values)."""
        # A board of a few elements that everybody edits meets in more ways than a large one.
        if not view or (len(view) < 24 and self._integer(0, 3) == 0):
            return self._create(view)
        element = self._pick(sorted(view))
        values = view[element]
        operation = self._pick(
            [name for name, (share, _, applies) in _OPERATIONS.items() if applies(values) for _ in range(share)]
        )
        _, make, _ = _OPERATIONS[operation]
        return Gust(operation, values["t"], make(self, element, values, view))

    # --- chance ---

    def _integer(self, low: int, high: int) -> int:
        return self._chance.integer(low, high)

    def _pick(self, options: Sequence[T]) -> T:
        return options[self._chance.integer(0, len(options) - 1)]

    def _words(self) -> str:
        return "".join(self._pick(WORDS) for _ in range(self._integer(1, 3)))

    def _geometry(self) -> list[int]:
        x, y = (self._integer(-1_000_000, 1_000_000) for _ in range(2))
        return [x, y, *(self._integer(1, 100_000) for _ in range(2))]

    def _order(self) -> str:
        return "a" + "".join(self._pick(DIGITS) for _ in range(3))

    def _style(self) -> dict[str, object]:
        return {
            "prompt": self._words(),
            "no": self._integer(0, 9),
            "bold": self._integer(0, 1) == 1,
            "size": self._integer(1, 7) / 4,
        }

    # --- what is done ---

    def _create(self, view: View) -> Gust:
        kind = self._pick(KINDS)
        self._made += 1
        values: dict[str, object] = {"g": self._geometry(), "z": self._order()}
        if self._integer(0, 1):
            values["c"] = self._pick(COLOURS)
        if self._integer(0, 2) == 0:
            values["s"] = self._style()
        frames = [element for element, other in sorted(view.items()) if other["t"] == "frame"]
        if frames and self._integer(0, 1):
            values["p"] = self._pick(frames)
        payload = self._payload(kind, sorted(view))
        if payload is not None:
            values["d"] = payload
        text = (self._words() if self._integer(0, 3) else "") if kind in TEXT_KINDS else None
        return Gust("create", kind, Create(f"{self._author}{self._made:08d}", kind, values, text))

    def _payload(self, kind: str, others: Sequence[str]) -> object:
        match kind:
            case "shape":
                return {"shape": self._pick(("rect", "ellipse", "diamond"))}
            case "conn":
                start = {"id": self._pick(others)} if others else {"x": self._integer(-9, 9), "y": 0}
                end = {"x": self._integer(-999, 999), "y": self._integer(-999, 999)}
                return {
                    "a": start,
                    "b": end,
                    "route": self._pick(("straight", "curve", "elbow")),
                    "label": self._words(),
                }
            case "ink":
                return bytes(self._integer(0, 255) for _ in range(self._integer(1, 12)))
            case "image":
                return {
                    "hash": f"{self._integer(0, 2**32):064x}",
                    "w": self._integer(1, 4_000),
                    "h": self._integer(1, 4_000),
                    "alt": self._words(),
                }
            case "stamp":
                return {"stamp": self._pick(("heart", "star", "question"))}
            case "card":
                return {"ht": self._harvest_type(), **{field: self._words() for field in CARD_FIELDS}}
            case _:
                return None

    def _harvest_type(self) -> str:
        return self._pick(("theme", "purpose", "principle", "decision", "action"))

    def _move(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "g", [*self._geometry()[:2], *values["g"][2:]])

    def _resize(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "g", [*values["g"][:2], *self._geometry()[2:]])

    def _recolour(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "c", self._pick(COLOURS))

    def _reparent(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        frames = [other for other in sorted(view) if view[other]["t"] == "frame" and other != element]
        return Set(element, "p", self._pick(frames) if frames else None)

    def _reorder(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "z", self._order())

    def _restyle(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "s", self._style())

    def _repay(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "d", self._payload(values["t"], sorted(view)))

    def _reharvest(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        return Set(element, "d.ht", self._harvest_type())

    def _insert(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        field = self._pick(_text_fields(values))
        return Insert(element, field, self._integer(0, len(_text(values, field))), self._words())

    def _erase(self, element: str, values: Mapping[str, Any], view: View) -> Action:
        field = self._pick([field for field in _text_fields(values) if _text(values, field)])
        length = len(_text(values, field))
        at = self._integer(0, length - 1)
        return Erase(element, field, at, self._integer(1, min(8, length - at)))


def _text_fields(values: Mapping[str, Any]) -> list[str]:
    """The texts of an element; others may have left some out."""
    if values["t"] == "card":
        return [f"d.{field}" for field in CARD_FIELDS if field in values.get("d", ())]
    return ["txt"] if values["t"] in TEXT_KINDS and "txt" in values else []


def _text(values: Mapping[str, Any], field: str) -> str:
    text: str = values["txt"] if field == "txt" else values["d"][field.removeprefix("d.")]
    return text


def _always(_: Mapping[str, Any]) -> bool:
    return True


def _has_words(values: Mapping[str, Any]) -> bool:
    return any(_text(values, field) for field in _text_fields(values))


_Make: TypeAlias = Callable[[Storm, str, Mapping[str, Any], View], Action]
_Applies: TypeAlias = Callable[[Mapping[str, Any]], bool]
# Name → share among the others, how it is made, and to which elements it applies. `create` stands apart: it needs none.
_OPERATIONS: dict[str, tuple[int, _Make, _Applies]] = {
    "move": (2, Storm._move, _always),
    "resize": (1, Storm._resize, _always),
    "recolour": (1, Storm._recolour, _always),
    "uncolour": (1, lambda storm, element, values, view: Unset(element, "c"), lambda values: "c" in values),
    "reparent": (1, Storm._reparent, _always),
    "unparent": (1, lambda storm, element, values, view: Unset(element, "p"), lambda values: "p" in values),
    "reorder": (1, Storm._reorder, _always),
    "restyle": (1, Storm._restyle, _always),
    "lock": (1, lambda storm, element, values, view: Set(element, "lk", 1), _always),
    "unlock": (1, lambda storm, element, values, view: Set(element, "lk", 0), lambda values: "lk" in values),
    "repay": (1, Storm._repay, lambda values: values["t"] in ("shape", "conn", "image", "stamp")),
    "reharvest": (1, Storm._reharvest, lambda values: values["t"] == "card" and "d" in values),
    "insert": (6, Storm._insert, lambda values: bool(_text_fields(values))),
    "erase": (4, Storm._erase, _has_words),
    "delete": (1, lambda storm, element, values, view: Set(element, "del", 1), _always),
    "restore": (3, lambda storm, element, values, view: Unset(element, "del"), lambda values: "del" in values),
    "remove": (1, lambda storm, element, values, view: Remove(element), _always),
}
OPERATIONS = ("create", *_OPERATIONS)


def carry_out(doc: Doc[Any], action: Action) -> bool:
    """Do it in a pycrdt document, in one transaction; nothing, if the element is not there (any more).

    Returns:
        Whether there was anything to do it to.
    """
    elements: Map[Any] = doc.get("els", type=Map)
    with doc.transaction():
        if isinstance(action, Create):
            elements[action.id] = Map(_prelim(action))
            return True
        if action.id not in elements:
            return False
        if isinstance(action, Remove):
            del elements[action.id]
            return True
        return _change(elements[action.id], action)


def _prelim(action: Create) -> dict[str, object]:
    values: dict[str, object] = {"t": action.kind, **action.values}
    if action.text is not None:
        values["txt"] = Text(action.text)
    payload = values.get("d")
    if action.kind == "card" and isinstance(payload, Mapping):
        values["d"] = Map({key: item if key == "ht" else Text(item) for key, item in payload.items()})
    return values


def _change(element: Map[Any], action: Set | Unset | Insert | Erase) -> bool:
    match action:
        case Set(_, "d.ht", value):
            element["d"]["ht"] = value
        case Set(_, key, value):
            element[key] = value
        case Unset(_, key):
            if key not in element:
                return False
            del element[key]
        case Insert(_, field, at, text):
            shared = _shared(element, field)
            shared.insert(len(str(shared)[:at].encode()), text)
        case Erase(_, field, at, count):
            shared = _shared(element, field)
            start = len(str(shared)[:at].encode())
            end = len(str(shared)[: at + count].encode())
            if start == end:
                return False
            del shared[start:end]
    return True


def _shared(element: Map[Any], field: str) -> Text:
    shared: Text = element["txt"] if field == "txt" else element["d"][field.removeprefix("d.")]
    return shared


def plain(value: object) -> Any:
    """A value as every engine can be compared by it: whole numbers are ints, bytes are tagged, tuples are lists."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case bytes() | bytearray():
            return {"$bytes": bytes(value).hex()}
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


def view_of(doc: Doc[Any]) -> dict[str, dict[str, Any]]:
    """Every element of a pycrdt document as plain values."""
    return dict(plain(doc.get("els", type=Map).to_py() or {}))


def read_vector(state_vector: bytes) -> dict[int, int]:
    """A state vector as `{client: clock}`, read by pycrdt and not by our own decoder."""
    decoder = Decoder(state_vector)
    return {decoder.read_var_uint(): decoder.read_var_uint() for _ in range(decoder.read_var_uint())}
