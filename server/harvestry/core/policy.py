"""What becomes of an edit that the gate let through: allowed, neutralised in part, or refused.

An edit that was honest when it was made may have become one that is not allowed: the board was locked meanwhile, or it
is full. It is taken, so that what its author does next has something to stand on, and what is not allowed of it is
undone. Only whoever may never edit is refused.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol, TypeAlias

from harvestry_crdt import Operation

from .access import Capability, Role, allows
from .mode import Mode

__all__ = [
    "ALLOW",
    "ONLY_LOOKS",
    "Actor",
    "Allow",
    "Code",
    "Headroom",
    "Neutralise",
    "Permit",
    "Refuse",
    "State",
    "Unborn",
    "Verdict",
    "judge",
    "takes_room",
    "weight",
]

# An element as a whole, or a field of a card.
Unborn: TypeAlias = tuple[str, str | None]


class Code(Enum):
    """Why something of an edit was undone; the value stands on the wire."""

    LOCKED = "locked"
    ELEMENT_LOCKED = "element_locked"
    ROLE = "role"
    QUOTA_SEAT = "quota_seat"
    QUOTA_BOARD = "quota_board"
    REMOVED = "removed"
    # The gathering's reasons.
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    CLOSED = "closed"
    OUTSIDE = "outside"
    LIMIT = "limit"
    SEALED = "sealed"
    ASIDE = "aside"
    AGREED = "agreed"
    NOT_YOURS = "not_yours"
    MOVING = "moving"

    @property
    def message(self) -> str:
        """A sentence for people."""
        return _MESSAGES[self]


_MESSAGES: Mapping[Code, str] = {
    Code.LOCKED: "A host has locked this board.",
    Code.ELEMENT_LOCKED: "A host has locked this.",
    Code.ROLE: "Only a host can change this.",
    Code.QUOTA_SEAT: "You have put as much on this board as one person may.",
    Code.QUOTA_BOARD: "This board is full.",
    Code.REMOVED: "What you wrote in has been removed meanwhile.",
    Code.NOT_BEGUN: "The gathering has not begun.",
    Code.ENDED: "The gathering has ended.",
    Code.CLOSED: "Writing is closed.",
    Code.OUTSIDE: "Notes belong in a region.",
    Code.LIMIT: "You have written as many notes here as this step takes.",
    Code.SEALED: "Everybody writes here by themselves, until what is written is revealed.",
    Code.ASIDE: "A host has set this aside.",
    Code.AGREED: "The group has agreed on these words. The host team can open them again.",
    Code.NOT_YOURS: "Only whoever wrote this changes its words or deletes it.",
    Code.MOVING: "Moving is closed.",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who edits, as far as it matters.

    Attributes:
        edits: May change the board at all.
        leads: Is bound by no lock and has no quota of their own.
        names: May give the board a title.
    """

    role: Role
    edits: bool = field(init=False)
    leads: bool = field(init=False)
    names: bool = field(init=False)

    def __post_init__(self) -> None:
        # Looked up once and not for every edit.
        for name, capability in (("edits", Capability.EDIT), ("leads", Capability.LOCK), ("names", Capability.TITLE)):
            object.__setattr__(self, name, allows(self.role, capability))


class Headroom(NamedTuple):
    """What may still be added; less than nothing if a bound was lowered."""

    elements: int = 1 << 60
    bytes: int = 1 << 60


_PLENTY = Headroom()


class Permit(Protocol):
    """What of one edit the gathering allows."""

    def fault(self, operation: Operation) -> Code | None:
        """Why something of it is not allowed, or None if it is."""


class State(NamedTuple):
    """What an edit is judged by. A tuple, because one is made for every edit.

    Attributes:
        mode: The room's.
        locked: Elements that only hosts may change.
        unborn: Elements, and fields of cards, whose making was undone, and why.
        gone: Fields whose making was undone in a commit that has begun: by now another may stand in their place, and
            only words that are lost can be meant for them.
        permit: The gathering's; None where none says what may be done.
        seat: What this person may still add.
        board: What all together may.
    """

    mode: Mode = Mode.OPEN
    locked: Container[str] = frozenset()
    unborn: Mapping[Unborn, Code] = {}
    seat: Headroom = _PLENTY
    board: Headroom = _PLENTY
    gone: Mapping[Unborn, Code] = {}
    permit: Permit | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """All of it."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """None of it; what its author does next is refused as well."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Neutralise:
    """All of it but this.

    Attributes:
        undo: What is undone.
        told: The elements concerned, by reason; none for the board's title. Words written into something removed are
            told of, though there is nothing to undo.
    """

    undo: tuple[Operation, ...] = ()
    told: Mapping[Code, tuple[str, ...]] = field(default_factory=dict)


Verdict: TypeAlias = Allow | Neutralise | Refuse

ALLOW = Allow()
ONLY_LOOKS = Refuse("role", "You can look at this board, but not change it.")


def judge(actor: Actor, operations: Sequence[Operation], state: State) -> Verdict:
    """Decide on an edit of somebody's, as what the gate says it does."""
    if not actor.edits:
        return ONLY_LOOKS
    undo: list[Operation] = []
    room: _Room | None = None
    told: dict[Code, dict[str, None]] = {}
    for operation in operations:
        faults = _faults(actor, operation, state)
        if not faults and takes_room(operation):
            room = room or _Room(actor, state)
            faults = room.take(operation)
        for code, undone in faults:
            if undone is not None:
                undo.append(undone)
            elements = told.setdefault(code, {})
            if operation.element is not None:
                elements[operation.element] = None
    if not told:
        return ALLOW
    return Neutralise(tuple(undo), {code: tuple(elements) for code, elements in told.items()})


def takes_room(operation: Operation) -> bool:
    """Whether quotas may matter to an operation."""
    return operation.action in ("create", "text") or operation.key == "d"


def weight(operation: Operation) -> int:
    """How much an operation adds to the words and strokes of a board: a byte for each UTF-16 unit, and the strokes'."""
    value = operation.value
    if operation.action == "text" and isinstance(value, tuple):
        come, gone = value
        return max(0, int(come) - int(gone))
    if operation.action == "create" and isinstance(value, Mapping):
        words, payload = value.get("txt", 0), value.get("d")
        return (words if isinstance(words, int) else 0) + (len(payload) if isinstance(payload, bytes) else 0)
    return len(value) if operation.action == "set" and isinstance(value, bytes) else 0


class _Room:
    """What is left while the operations of one edit are looked at in turn."""

    __slots__ = ("_board", "_seat")

    def __init__(self, actor: Actor, state: State) -> None:
        self._seat = list(_PLENTY if actor.leads else state.seat)
        self._board = list(state.board)

    def take(self, operation: Operation) -> Sequence[tuple[Code, Operation | None]]:
        """Use up what an operation needs, or say what there is too little of."""
        elements, size = int(operation.action == "create"), weight(operation)
        if not (elements or size):
            return ()
        # One's own share first, for one can do something about it.
        for code, left in ((Code.QUOTA_SEAT, self._seat), (Code.QUOTA_BOARD, self._board)):
            if (elements and left[0] < elements) or (size and left[1] < size):
                return [(code, operation)]
        for left in (self._seat, self._board):
            left[0] -= elements
            left[1] -= size
        return ()


def _faults(actor: Actor, operation: Operation, state: State) -> Sequence[tuple[Code, Operation | None]]:
    """What is wrong with one operation, and what to undo for it."""
    element, key, action = operation.element, operation.key, operation.action
    if element is not None and action != "create" and state.unborn:
        code = state.unborn.get((element, None)) or state.unborn.get((element, key))
        if code is not None:
            return [(code, None if action == "lost" else operation)]
    if action == "lost":
        return [(state.gone.get((element or "", key), Code.REMOVED), None)]
    if actor.leads:
        return _terms(operation, state)
    if state.mode is Mode.LOCKED:
        return [(Code.LOCKED, operation)]
    if element is None:
        return [] if actor.names else [(Code.ROLE, operation)]
    if element in state.locked:
        return [(Code.ELEMENT_LOCKED, operation)]
    if key == "lk":
        return [(Code.ROLE, operation)]
    if faults := _terms(operation, state):
        return faults
    if action == "create" and isinstance(operation.value, Mapping) and operation.value.get("lk"):
        # The thing may stay; only its lock goes.
        return [(Code.ROLE, Operation(element, "lk", "unset", None))]
    return ()


def _terms(operation: Operation, state: State) -> Sequence[tuple[Code, Operation | None]]:
    code = None if state.permit is None else state.permit.fault(operation)
    return () if code is None else [(code, operation)]
