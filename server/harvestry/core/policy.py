"""What becomes of an edit that the gate let through: allowed, neutralised in part, or refused.

An edit that was honest when it was made may have become one that is not allowed: the board was locked meanwhile, or it
is full. It is taken, so that what its author does next has something to stand on, and what is not allowed of it is
undone. Only whoever may never edit is refused.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from harvestry_crdt import Operation

from .access import Capability, Role, allows
from .mode import Mode

__all__ = ["ALLOW", "Actor", "Allow", "Code", "Neutralise", "Refuse", "State", "Unborn", "Verdict", "judge"]

# An element as a whole, or a field of a card.
Unborn: TypeAlias = tuple[str, str | None]


class Code(Enum):
    """Why something of an edit was undone; the value stands on the wire."""

    LOCKED = "locked"
    ELEMENT_LOCKED = "element_locked"
    ROLE = "role"
    REMOVED = "removed"

    @property
    def message(self) -> str:
        """A sentence for people."""
        return _MESSAGES[self]


_MESSAGES: Mapping[Code, str] = {
    Code.LOCKED: "A host has locked this board.",
    Code.ELEMENT_LOCKED: "A host has locked this.",
    Code.ROLE: "Only a host can change this.",
    Code.REMOVED: "What you wrote in has been removed meanwhile.",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who edits, as far as it matters."""

    role: Role


class State(NamedTuple):
    """What an edit is judged by. A tuple, because one is made for every edit.

    Attributes:
        mode: The room's.
        locked: Elements that only hosts may change.
        unborn: Elements, and fields of cards, whose making was undone, and why.
    """

    mode: Mode = Mode.OPEN
    locked: Container[str] = frozenset()
    unborn: Mapping[Unborn, Code] = {}


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
_ONLY_LOOKS = Refuse("role", "You can look at this board, but not change it.")


def judge(actor: Actor, operations: Sequence[Operation], state: State) -> Verdict:
    """Decide on an edit of somebody's, as what the gate says it does."""
    if not allows(actor.role, Capability.EDIT):
        return _ONLY_LOOKS
    undo: list[Operation] = []
    told: dict[Code, dict[str, None]] = {}
    for operation in operations:
        for code, undone in _faults(actor, operation, state):
            if undone is not None:
                undo.append(undone)
            elements = told.setdefault(code, {})
            if operation.element is not None:
                elements[operation.element] = None
    if not told:
        return ALLOW
    return Neutralise(tuple(undo), {code: tuple(elements) for code, elements in told.items()})


def _faults(actor: Actor, operation: Operation, state: State) -> Iterable[tuple[Code, Operation | None]]:
    """What is wrong with one operation, and what to undo for it."""
    element, key, action = operation.element, operation.key, operation.action
    if element is not None and action != "create" and state.unborn:
        code = state.unborn.get((element, None)) or state.unborn.get((element, key))
        if code is not None:
            return [(code, None if action == "lost" else operation)]
    if action == "lost":
        return [(Code.REMOVED, None)]
    if allows(actor.role, Capability.LOCK):
        return ()
    if state.mode is Mode.LOCKED:
        return [(Code.LOCKED, operation)]
    if element is None:
        return [] if allows(actor.role, Capability.TITLE) else [(Code.ROLE, operation)]
    if element in state.locked:
        return [(Code.ELEMENT_LOCKED, operation)]
    if key == "lk":
        return [(Code.ROLE, operation)]
    if action == "create" and isinstance(operation.value, Mapping) and operation.value.get("lk"):
        # The thing may stay; only its lock goes.
        return [(Code.ROLE, Operation(element, "lk", "unset", None))]
    return ()
