"""Commands of a gathering as anybody might send them: as they should be, nearly so, and as nobody would.

What a command takes is read off its own model, so that a new one is asked for without a word here; names that exist are
taken from the gathering as it is. What people keep to themselves is marked: each word, name, key and token that only
some may know carries a number, by which it is found in whatever the server sends.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from fuzz.frames import spoil
from harvestry.core.access import Role
from harvestry.core.gathering.gathering import COMMANDS
from harvestry.core.gathering.plan import PollKind
from harvestry.core.gathering.polls import LOW
from harvestry.core.gathering.sealed import hash_of
from harvestry.core.gathering.state import State
from support.dice import Dice
from support.gatherings import PLAN

__all__ = ["PLANS", "RECORD", "Author", "Secret", "Wishes"]

# How the ids of what was put where records are begin.
RECORD: Final = "record"
_TEMPLATES: Final = ("board-reset", "what", "focus-short", "nothing-like-that")

# Everything that a phase may be, in as few phases as that takes.
_RICH: Final[dict[str, Any]] = {
    "title": "Winter in Alder Vale",
    "regions": [
        {"key": "see", "title": "What we see", "kind": "columns", "frame": [0, 0, 800, 600]},
        {"key": "see-left", "title": "Left", "frame": [0, 0, 400, 600], "within": "see"},
        {"key": "tell", "title": "Tell", "prompt": "One thing on each note.", "frame": [900, 0, 800, 600]},
        {"key": "focus", "title": "Our focus", "kind": "vote", "frame": [0, 700, 800, 600], "makes": "focus"},
        {"key": "do", "title": "What we do", "kind": "record", "frame": [900, 700, 800, 600],
         "fields": [{"key": "title", "label": "What", "needed": True}], "names": "lead", "serves": ["focus"]},
    ],
    "phases": [
        {"key": "arrive", "title": "Arrive", "minutes": 2},
        {"key": "write", "title": "Write", "minutes": 4, "opens": [
            {"region": "see", "visibility": "sealed-open", "attribution": "none", "limit": 6, "longest": 400},
        ]},
        {"key": "sign", "title": "Sign", "minutes": 4, "opens": [
            {"region": "tell", "visibility": "sealed-open", "attribution": "named", "limit": 4, "longest": 4_000},
        ]},
        {"key": "tables", "title": "At tables", "minutes": 4, "opens": [
            {"region": "tell", "visibility": "sealed-table", "attribution": "table"},
            {"region": "focus", "visibility": "table", "attribution": "named", "writers": "table"},
        ]},
        {"key": "talk", "title": "Talk", "minutes": 5, "moving": "table",
         "opens": [{"region": "focus"}, {"region": "do"}]},
        {"key": "sort", "title": "Sort", "minutes": 6, "moving": "all"},
        *(
            {"key": f"by-{kind.value}", "title": "Choose", "minutes": 3, "poll": {
                "kind": kind.value, "question": "Where do we begin?", "region": "see", "budget": 3, "most": 2,
            }}
            for kind in PollKind
        ),
    ],
}  # fmt: skip
PLANS: Final = (_RICH, _RICH, PLAN)

# What is done while people are at work, so that a gathering gets anywhere.
_AT_WORK: Final = (
    *("seal.write",) * 8,
    *("poll.cast",) * 6,
    *("seal.late", "seal.drop", "seal.withdraw", "seal.reword", "poll.met") * 2,
    *("show.go", "seal.reveal", "poll.close") * 3,
    *("poll.open", "poll.again", "people.tables", "mod.aside", "mod.restore", "mod.say"),
    *("record.take", "record.take", "record.say", "record.status"),
)
_PLAIN: Final = ("words", "über dem Fluß 🌾", "x", "\u202eright to left", " ", "\x00", "-" * 300)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{12}")
_MARK: Final = re.compile(rb"kanari([0-9]{6})")


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that not everybody may know.

    Attributes:
        kind: `words` of a sealed note, a `reason`, what the `team` says, or a `name`, `key` or `token`, which nobody
            but their owner ever sees.
    """

    kind: str
    seat: str


@dataclass(slots=True)
class Author:
    """What somebody's client keeps: its notes by name, with their regions and keys, and a token for each poll."""

    notes: dict[str, tuple[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


class Wishes:
    """Makes commands.

    Attributes:
        secrets: Everything that was marked, by number.
    """

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.secrets: list[Secret] = []
        self._authors: dict[str, Author] = {}

    @staticmethod
    def found_in(data: bytes) -> set[int]:
        """The numbers of the secrets that are in there."""
        return {int(number) for number in _MARK.findall(data)}

    def name(self, state: State) -> str:
        """What to ask for: what comes next for the most part, else anything."""
        dice, show = self.dice, state.show
        if show.plan is None and not dice.once_in(4):
            return "show.load"
        if show.started_at is None and dice.once_in(4):
            return "show.start"
        if dice.once_in(40):
            return dice.pick(("people.came", "show.entered", "vault", "", "seal", "seal.write\x00", "x" * 200))
        return dice.pick(_AT_WORK) if dice.roll() < 0.65 else dice.pick(list(COMMANDS))

    def spoilt(self, args: dict[str, object]) -> dict[str, object]:
        """The arguments, now and then as they should not be."""
        if self.dice.once_in(6):
            changed = spoil(self.dice, args)
            return changed if isinstance(changed, dict) else args
        return args

    def args(
        self, name: str, state: State, seat: str, elements: list[str], digest: Callable[[str], str]
    ) -> dict[str, object]:
        """Arguments as a command takes them, about things that are there for the most part.

        Args:
            elements: What is on the board.
            digest: Of the words of one of them.
        """
        if name not in COMMANDS:
            return {"seat": seat}
        known = _Known(self, state, seat, self._authors.setdefault(seat, Author()), elements, digest)
        special = _SPECIAL.get(name)
        if special is not None and not self.dice.once_in(12):
            return special(known)
        schema = _schema(name)
        made: dict[str, object] = {}
        for field_name, of in schema["properties"].items():
            if field_name != "kind" and (field_name in schema.get("required", ()) or self.dice.once_in(2)):
                made[field_name] = known.value(of, schema.get("$defs", {}), field_name)
        records = [id for id in elements if id.startswith(RECORD)] if name.startswith("record.") else []
        if records and not self.dice.once_in(6):
            made["element"] = self.dice.pick(records)
        return made

    def mark(self, kind: str, seat: str) -> str:
        """A fresh mark, of 12 characters that stand in any id."""
        self.secrets.append(Secret(kind, seat))
        return f"kanari{len(self.secrets) - 1:06d}"


@cache
def _schema(name: str) -> dict[str, Any]:
    return COMMANDS[name][0].model_json_schema()


@dataclass(slots=True)
class _Known:
    """What a client knows of the gathering, the owner of all its own secrets included."""

    wishes: Wishes
    state: State
    seat: str
    author: Author
    elements: list[str]
    digest: Callable[[str], str]

    @property
    def dice(self) -> Dice:
        return self.wishes.dice

    def value(self, schema: Mapping[str, Any], defs: Mapping[str, Any], name: str) -> object:
        """Something of a JSON schema; `name` is what it is called."""
        dice = self.dice
        if "$ref" in schema:
            return self.value(defs[schema["$ref"].rsplit("/", 1)[-1]], defs, name)
        if "anyOf" in schema:
            return self.value(dice.pick(schema["anyOf"]), defs, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return dice.pick(schema["enum"])
        match schema.get("type"):
            case "string":
                return self._string(schema, name)
            case "integer" | "number":
                low, high = schema.get("minimum", -5), schema.get("maximum", 500)
                return dice.pick((low, high, low + dice.below(high - low + 1)))
            case "boolean":
                return dice.once_in(2)
            case "array":
                if "prefixItems" in schema:
                    return [self.value(item, defs, name) for item in schema["prefixItems"]]
                count = schema.get("minItems", 0) + dice.below(3)
                return [self.value(schema["items"], defs, name) for _ in range(count)]
            case "object" if "properties" in schema:
                return {
                    key: self.value(of, defs, key)
                    for key, of in schema["properties"].items()
                    if key in schema.get("required", ()) or dice.once_in(2)
                }
            case "object":
                keys = schema.get("propertyNames", {"type": "string"})
                values = schema.get("additionalProperties", {"type": "string"})
                return {str(self.value(keys, defs, name)): self.value(values, defs, name) for _ in range(dice.below(4))}
            case _:
                return None

    def _string(self, schema: Mapping[str, Any], name: str) -> str:
        state, dice = self.state, self.dice
        plan = state.show.plan
        seats = [*state.people.roles, *state.people.waiting, self.seat, "nobody_here_"]
        names: Mapping[str, Callable[[], list[str]]] = {
            "seat": lambda: seats,
            "seats": lambda: [*seats, *state.people.tables],
            "element": lambda: [*self.elements, *state.sealing.keys, "nothing_here"],
            "about": lambda: self.elements,
            "region": lambda: [*(r.key for r in plan.regions), "nowhere"] if plan else ["nowhere"],
            "phase": lambda: [*(p.key for p in plan.phases), "never"] if plan else ["never"],
            "since": lambda: [state.show.at or "never"],
            "poll": lambda: [*state.deciding.polls, self._poll_id()],
            "note": lambda: [*self.author.notes, self.wishes.mark("name", self.seat) + "____"],
            "template": lambda: list(_TEMPLATES),
            "tables": lambda: ["one", "two", "three"],
        }
        if options := names.get(name, list)():
            return dice.pick(options)
        pattern = schema.get("pattern", "")
        if "{12}" in pattern:
            return dice.pick([*self.elements, *seats])
        if "{16}" in pattern:
            return self._poll_id()
        if pattern.startswith("^[a-z]"):
            return dice.pick(("one", "two", "see", "write", "three"))
        text = dice.pick(_PLAIN)
        return (text * 20)[: dice.pick((1, 40, 200))]

    def _poll_id(self) -> str:
        return f"poll{self.dice.below(10**6):012d}"

    # ---- what takes more than a schema ------------------------------------------------------------------------------

    def write(self) -> dict[str, object]:
        """A sealed note, a new one for the most part."""
        dice = self.dice
        if self.author.notes and dice.once_in(4):
            note = dice.pick(list(self.author.notes))
        else:
            note = self.wishes.mark("name", self.seat) + "____"
            self.author.notes[note] = (self._open_region(), self.wishes.mark("key", self.seat) + "_" * 10)
        region, key = self.author.notes[note]
        if dice.once_in(15):
            region = self._string({}, "region")
        return {"note": note, "region": region, "text": self._words("words"), "key": hash_of(key)}

    def own(self) -> dict[str, object]:
        """An element that may be one's own, and its key."""
        keys = [key for _, key in self.author.notes.values()] or ["A" * 22]
        key = self.dice.pick(keys)
        proofs = self.state.sealing.keys
        mine = [id for id, row in proofs.items() if row.proof.is_of(hash_of(key))]
        return {"element": mine[0] if mine else self._string({}, "element"), "key": key}

    def reword(self) -> dict[str, object]:
        return {**self.own(), "text": self._words("words")}

    def cast(self) -> dict[str, object]:
        """A ballot, valid for the most part."""
        dice, polls = self.dice, self.state.deciding.polls
        if not polls:
            return {"poll": self._poll_id(), "token": "A" * 22, "ballot": 3}
        poll = polls[dice.pick([id for id, poll in polls.items() if poll.is_open] or list(polls))]
        args: dict[str, object] = {"poll": poll.id, "token": self._token(poll.id)}
        match poll.asks.kind:
            case PollKind.CONSENT:
                args["ballot"] = choice = dice.pick(("consent", "concern", "objection"))
                if choice != "consent":
                    args |= {"reason": self._words("reason"), "named": dice.once_in(3)}
            case PollKind.FIST:
                args["ballot"] = fingers = dice.below(6)
                if fingers <= LOW:
                    args |= {"reason": self._words("reason"), "named": dice.once_in(3)}
            case PollKind.DOTS | PollKind.RATING:
                args["ballot"] = {id: 1 + dice.below(3) for id in self._options(poll.asks.region)}
            case PollKind.FISTS:
                args["ballot"] = held = {id: dice.below(6) for id in self._options(poll.asks.region)}
                low = [id for id, fingers in held.items() if fingers <= LOW]
                if low and dice.once_in(2):
                    args |= {"reasons": {id: self._words("reason") for id in low}, "named": dice.once_in(3)}
            case PollKind.BALANCE:
                options = self._options(poll.asks.region)
                args["ballot"] = {id: [dice.below(101), dice.below(101)] for id in options}
            case PollKind.MARKS:
                args["ballot"] = {id: self._marked(id) for id in self._options(poll.asks.region)}
        return args

    def met(self) -> dict[str, object]:
        poll = self._string({}, "poll")
        return {"poll": poll, "token": self._token(poll)}

    def open(self) -> dict[str, object]:
        kind = self.dice.pick(list(PollKind)).value
        asks = {"kind": kind, "question": "So?", "region": self._string({}, "region")}
        if not PollKind(kind).is_of_things and self.dice.once_in(2):
            del asks["region"]
        about = {"about": self.dice.pick(self.elements)} if self.elements and self.dice.once_in(4) else {}
        return {"poll": self._poll_id(), "asks": asks, **about}

    def load(self) -> dict[str, object]:
        dice = self.dice
        if dice.once_in(8):
            return {"template": dice.pick(_TEMPLATES), "title": "x"}
        plan = dice.pick(PLANS)
        if dice.once_in(5):
            spoilt = spoil(dice, plan)
            return {"plan": spoilt}
        if self.elements and dice.once_in(6):
            # A frame that claims to be something that is there.
            regions = [{**region, "element": dice.pick(self.elements)} for region in plan["regions"]]
            plan = {**plan, "regions": regions}
        return {"plan": plan}

    def arrange(self) -> dict[str, object]:
        plan = self.state.show.plan
        if plan is None:
            return {"phases": PLAN["phases"]}
        phases = [phase.model_dump(mode="json") for phase in plan.phases]
        at, to = self.dice.below(len(phases)), self.dice.below(len(phases))
        phases[at], phases[to] = phases[to], phases[at]
        if self.dice.once_in(4):
            del phases[at]
        if self.dice.once_in(4):
            spoilt = spoil(self.dice, phases)
            return {"phases": spoilt}
        return {"phases": phases}

    def tables(self) -> dict[str, object]:
        seats = [seat for seat, role in self.state.people.roles.items() if role is not Role.OBSERVER]
        tables = {"one": "Table one", "two": "Zwei"}
        return {"tables": tables, "seats": {seat: self.dice.pick(list(tables)) for seat in seats}}

    def say(self) -> dict[str, object]:
        return {"text": self._words("team")}

    def _words(self, kind: str) -> str:
        dice = self.dice
        long = dice.pick((0, 0, 0, 0, 20, 300, 3_980))
        return f"{self.wishes.mark(kind, self.seat)} {dice.pick(_PLAIN)}{'y' * long}"[
            : 600 if kind == "reason" else 4_100
        ]

    def _open_region(self) -> str:
        phase = self.state.show.phase
        held = [] if phase is None else [o.region for o in phase.opens if o.visibility.is_held]
        return self.dice.pick([*held, *held, "see", "see-left", "tell"])

    def _options(self, region: str | None) -> list[str]:
        count = self.dice.below(3)
        return [self.dice.pick([*self.state.sealing.keys, *self.elements, "nothing_here"]) for _ in range(count)]

    def _marked(self, draft: str) -> dict[str, object]:
        """Marks in a draft, on words that are there for the most part."""
        dice = self.dice
        words = "nothing_" if dice.once_in(12) else self.digest(draft)
        first = dice.below(2)
        return {"words": words, dice.pick(("rings", "jars")): [[first, first + dice.below(2)]]}

    def _token(self, poll: str) -> str:
        """One's own; now and then a fresh one, or one that somebody else might have drawn."""
        tokens = self.author.tokens
        if poll not in tokens or self.dice.once_in(6):
            fresh = self.wishes.mark("token", self.seat) + "_________A"
            if poll in tokens:
                return fresh
            tokens[poll] = fresh
        if self.dice.once_in(10):
            return base64.urlsafe_b64encode(hashlib.sha256(poll.encode()).digest()[:16]).decode().rstrip("=")
        return tokens[poll]


_SPECIAL: Final[Mapping[str, Callable[[_Known], dict[str, object]]]] = {
    "show.load": _Known.load,
    "show.arrange": _Known.arrange,
    "seal.write": _Known.write,
    "seal.late": _Known.write,
    "seal.withdraw": _Known.own,
    "seal.reword": _Known.reword,
    "poll.open": _Known.open,
    "poll.cast": _Known.cast,
    "poll.met": _Known.met,
    "people.tables": _Known.tables,
    "mod.say": _Known.say,
}
