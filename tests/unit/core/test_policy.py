"""Policy: every role, in every mode, with every operation, upon every state of an element."""

from __future__ import annotations

import itertools

import pytest

from harvestry.core.access import Role
from harvestry.core.mode import Mode
from harvestry.core.policy import ALLOW, Actor, Code, Neutralise, Refuse, State, judge
from harvestry_crdt import Operation

X, Y = "XXXXXXXXXXXX", "YYYYYYYYYYYY"

OPERATIONS = {
    "create": Operation(X, None, "create", {"t": "note", "g": [0, 0, 1, 1]}),
    "create locked": Operation(X, None, "create", {"t": "note", "g": [0, 0, 1, 1], "lk": 1}),
    "set": Operation(X, "g", "set", [0, 0, 1, 1]),
    "delete": Operation(X, "del", "set", 1),
    "unset": Operation(X, "c", "unset", None),
    "lock": Operation(X, "lk", "set", 1),
    "unlock": Operation(X, "lk", "unset", None),
    "text": Operation(X, "txt", "text", (1, 0)),
    "field": Operation(X, "d.who", "text", (1, 0)),
    "remove": Operation(X, None, "remove", None),
    "lost": Operation(X, "txt", "lost", (1, 0)),
    "title": Operation(None, "title", "meta", "Title"),
}

# The element is free · locked · was made by an edit that was undone because the board was full, say: as `was`.
# `-` allows, `refuse` refuses, a code undoes, `(code)` tells without anything to undo, `code:lk` undoes the lock alone.
TABLE = """
host,cohost open
  create         -               -                  -
  create locked  -               -                  -
  set            -               -                  was
  delete         -               -                  was
  unset          -               -                  was
  lock           -               -                  was
  unlock         -               -                  was
  text           -               -                  was
  field          -               -                  was
  remove         -               -                  was
  lost           (removed)       (removed)          (was)
  title          -               -                  -
host,cohost locked
  create         -               -                  -
  create locked  -               -                  -
  set            -               -                  was
  delete         -               -                  was
  unset          -               -                  was
  lock           -               -                  was
  unlock         -               -                  was
  text           -               -                  was
  field          -               -                  was
  remove         -               -                  was
  lost           (removed)       (removed)          (was)
  title          -               -                  -
participant,table,harvester open
  create         -               element_locked     -
  create locked  role:lk         element_locked     role:lk
  set            -               element_locked     was
  delete         -               element_locked     was
  unset          -               element_locked     was
  lock           role            element_locked     was
  unlock         role            element_locked     was
  text           -               element_locked     was
  field          -               element_locked     was
  remove         -               element_locked     was
  lost           (removed)       (removed)          (was)
  title          role            role               role
participant,table,harvester locked
  create         locked          locked             locked
  create locked  locked          locked             locked
  set            locked          locked             was
  delete         locked          locked             was
  unset          locked          locked             was
  lock           locked          locked             was
  unlock         locked          locked             was
  text           locked          locked             was
  field          locked          locked             was
  remove         locked          locked             was
  lost           (removed)       (removed)          (was)
  title          locked          locked             locked
observer,display open
  create         refuse          refuse             refuse
  create locked  refuse          refuse             refuse
  set            refuse          refuse             refuse
  delete         refuse          refuse             refuse
  unset          refuse          refuse             refuse
  lock           refuse          refuse             refuse
  unlock         refuse          refuse             refuse
  text           refuse          refuse             refuse
  field          refuse          refuse             refuse
  remove         refuse          refuse             refuse
  lost           refuse          refuse             refuse
  title          refuse          refuse             refuse
observer,display locked
  create         refuse          refuse             refuse
  create locked  refuse          refuse             refuse
  set            refuse          refuse             refuse
  delete         refuse          refuse             refuse
  unset          refuse          refuse             refuse
  lock           refuse          refuse             refuse
  unlock         refuse          refuse             refuse
  text           refuse          refuse             refuse
  field          refuse          refuse             refuse
  remove         refuse          refuse             refuse
  lost           refuse          refuse             refuse
  title          refuse          refuse             refuse
"""
STATES = ("free", "locked", "unborn")
# Some code that nothing else here leads to.
WAS = Code.ROLE


def cells() -> dict[tuple[Role, Mode, str, str], str]:
    found: dict[tuple[Role, Mode, str, str], str] = {}
    roles, mode = [Role.HOST], Mode.OPEN
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            roles, mode = list(map(Role, line.split()[0].split(","))), Mode(line.split()[1])
            continue
        *name, free, locked, unborn = line.split()
        for state, cell in zip(STATES, (free, locked, unborn), strict=True):
            found |= {(role, mode, " ".join(name), state): cell for role in roles}
    return found


CELLS = cells()


def test_the_table_has_every_cell() -> None:
    # While a board is paused or damaged no edit is judged at all.
    assert CELLS.keys() == set(itertools.product(Role, (Mode.OPEN, Mode.LOCKED), OPERATIONS, STATES))


@pytest.mark.parametrize(("cell", "expected"), CELLS.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_cell_of_the_table_holds(cell: tuple[Role, Mode, str, str], expected: str) -> None:
    """[POL-1] [POL-3] [POL-4] [POL-5]"""
    role, mode, name, element = cell
    operation = OPERATIONS[name]
    state = State(
        mode=mode,
        locked={X} if element == "locked" else frozenset(),
        unborn={(X, None): WAS} if element == "unborn" else {},
    )
    verdict = judge(Actor(role), (operation,), state)
    if expected == "-":
        assert verdict is ALLOW
        return
    if expected == "refuse":
        assert isinstance(verdict, Refuse)
        assert verdict.code == "role"
        return
    assert isinstance(verdict, Neutralise)
    word, _, part = expected.strip("()").partition(":")
    code = WAS if word == "was" else Code(word)
    assert verdict.told == {code: () if name == "title" else (X,)}
    undo = () if expected.startswith("(") else (Operation(X, "lk", "unset", None),) if part else (operation,)
    assert verdict.undo == undo


def test_only_what_is_not_allowed_of_an_edit_is_undone() -> None:
    operations = (
        Operation(X, "g", "set", [0, 0, 1, 1]),
        Operation(Y, "g", "set", [0, 0, 1, 1]),
        Operation(Y, "txt", "text", (1, 0)),
        Operation(None, "title", "meta", "Mine"),
        Operation(Y, "d.who", "lost", (1, 0)),
    )
    verdict = judge(Actor(Role.PARTICIPANT), operations, State(locked={Y}))
    assert verdict == Neutralise(operations[1:4], {Code.ELEMENT_LOCKED: (Y,), Code.ROLE: (), Code.REMOVED: (Y,)})


def test_words_for_a_field_that_was_undone_are_undone_as_well_and_others_are_not() -> None:
    state = State(unborn={(X, "d.who"): Code.LOCKED})
    who, what = OPERATIONS["field"], Operation(X, "d.what", "text", (1, 0))
    assert judge(Actor(Role.PARTICIPANT), (who, what), state) == Neutralise((who,), {Code.LOCKED: (X,)})


@pytest.mark.parametrize("code", Code)
def test_every_reason_is_a_sentence(code: Code) -> None:
    assert code.message.endswith(".")
    assert code.message[0].isupper()


class Never:
    """A gathering in which one thing is closed."""

    def fault(self, operation: Operation) -> Code | None:
        return Code.CLOSED if operation.key == "g" else None


@pytest.mark.parametrize("role", [Role.HOST, Role.PARTICIPANT])
def test_what_the_gathering_does_not_allow_is_undone_for_hosts_too(role: Role) -> None:
    """[POL-10]"""
    operations = (OPERATIONS["set"], OPERATIONS["text"])
    assert judge(Actor(role), operations, State(permit=Never())) == Neutralise((operations[0],), {Code.CLOSED: (X,)})
