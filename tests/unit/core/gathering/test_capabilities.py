"""Who may ask for what, and when: every command, for every role, in whatever goes on.

`TABLE` says it once more, in letters, and knows nothing of the server's own table. A command without a row fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any, Final

import pytest

from harvestry.core.access import Role, SeatId
from harvestry.core.errors import Refusal
from harvestry.core.gathering.base import Actor, Draw, Happening, Moment
from harvestry.core.gathering.capabilities import When, when
from harvestry.core.gathering.gathering import COMMANDS, decide, evolve, parse_command
from harvestry.core.gathering.plan import Plan
from harvestry.core.gathering.show import Closed, Entered, Loaded, Reopened, Started
from harvestry.core.gathering.state import State
from harvestry_crdt import Element
from support.gatherings import PLAN

ROLES: Final = {
    "H": Role.HOST,
    "C": Role.COHOST,
    "V": Role.HARVESTER,
    "T": Role.TABLE,
    "P": Role.PARTICIPANT,
    "O": Role.OBSERVER,
    "D": Role.DISPLAY,
}
# No plan, ready, writing, sealed, reVealed, deciding, another step, between steps, closed.
TIMES: Final = {
    "n": When.NO_PLAN,
    "r": When.READY,
    "w": When.OPEN,
    "s": When.SEALED,
    "v": When.REVEALED,
    "d": When.POLL,
    "o": When.OTHER,
    "b": When.BETWEEN,
    "c": When.CLOSED,
}

SEALED: Final = {"note": "0" * 16, "region": "see", "text": "words", "key": "A" * 43}

# Command → roles, times, and something it may be asked with.
TABLE: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "show.load": ("H", "nr", {"plan": PLAN}),
    "show.start": ("HC", "r", {}),
    "show.go": ("HC", "wsvdob", {}),
    "show.skip": ("HC", "rwsvdob", {"phase": "sort"}),
    "show.arrange": ("HC", "rwsvdob", {"phases": []}),
    "show.add": ("HC", "wsvdo", {"seconds": 60}),
    "show.stop": ("HC", "wsvdo", {"stopped": True}),
    "show.close": ("HC", "wsvdob", {}),
    "show.reopen": ("HC", "c", {}),
    "show.capture": ("HC", "rwsvdobc", {"level": "nothing"}),
    "people.lead": ("HC", "rwsvdobc", {"seat": "A" * 12}),
    "people.promote": ("HC", "rwsvdobc", {"seat": "A" * 12, "role": "cohost"}),
    "people.remove": ("HC", "rwsvdobc", {"seat": "A" * 12}),
    "people.lobby": ("HC", "rwsvdobc", {"on": True}),
    "people.admit": ("HC", "rwsvdobc", {}),
    "people.tables": ("HC", "rwsvdob", {"tables": {}, "seats": {}}),
    "people.consent": ("HCVTP", "rwsvdobc", {"capture": True}),
    "people.ask": ("HCVTPO", "rwsvdobc", {"what": "word"}),
    "people.answer": ("HC", "rwsvdobc", {"seat": "A" * 12, "what": "hand"}),
    "seal.write": ("HCVTP", "svd", SEALED),
    "seal.drop": ("HCVTP", "wsvdob", {"note": "0" * 16}),
    "seal.reveal": ("HC", "wsvdob", {}),
    "seal.late": ("HCVTP", "wsvdob", SEALED),
    "seal.withdraw": ("HCVTPO", "wsvdobc", {"element": "A" * 12, "key": "A" * 43}),
    "seal.reword": ("HCVTPO", "wsvdobc", {"element": "A" * 12, "key": "A" * 43, "text": "words"}),
    "seal.plead": ("VTPO", "wsvdobc", {"element": "A" * 12}),
    "seal.heed": ("HC", "wsvdobc", {"element": "A" * 12, "withdraw": True}),
    "own.aside": ("HCVTPO", "rwsvdobc", {}),
    "own.find": ("HCVTPO", "rwsvdobc", {"key": "A" * 43}),
    "own.delete": ("HCVTPO", "rwsvdobc", {}),
    "poll.open": ("HC", "wsvdob", {"poll": "0" * 16, "asks": {"kind": "fist", "question": "So?"}}),
    "poll.cast": ("HCVTP", "wsvdob", {"poll": "0" * 16, "token": "A" * 22, "ballot": 3}),
    "poll.close": ("HC", "wsvdobc", {"poll": "0" * 16}),
    "poll.met": ("HCVTP", "wsvdobc", {"poll": "0" * 16, "token": "A" * 22}),
    "poll.again": ("HC", "wsvdob", {"poll": "0" * 16}),
    "connect.offer": ("HCVTP", "wsvdobc", {"seat": "B" * 12}),
    "connect.decline": ("HCVTPO", "wsvdobc", {"seat": "B" * 12}),
    "record.take": ("HCVTP", "wsvdob", {"element": "A" * 12, "part": "lead"}),
    "record.leave": ("HCVTPO", "wsvdobc", {"element": "A" * 12}),
    "record.say": ("HCVTPO", "wsvdobc", {"element": "A" * 12, "own": "Every Monday."}),
    "record.status": ("HCVTP", "wsvdobc", {"element": "A" * 12, "status": "moving"}),
    "record.offer": ("HCVTP", "wsvdob", {"element": "A" * 12, "seat": "B" * 12}),
    "record.decline": ("HCVTPO", "wsvdobc", {"element": "A" * 12}),
    "record.agree": ("HCV", "wsvdobc", {"element": "A" * 12, "agreed": True}),
    "mod.lock": ("HC", "rwsvdob", {"region": "see", "locked": True}),
    "mod.aside": ("HC", "wsvdobc", {"element": "A" * 12, "reason": "It names somebody."}),
    "mod.restore": ("HC", "wsvdobc", {"element": "A" * 12}),
    "mod.ask": ("HC", "wsvdobc", {"element": "A" * 12}),
    "mod.summon": ("HC", "wsvdob", {"region": "see"}),
    "mod.release": ("HC", "wsvdobc", {}),
    "mod.spotlight": ("HC", "wsvdob", {"element": "A" * 12}),
    "mod.cursors": ("HC", "wsvdob", {"hidden": True}),
    "mod.display": ("HCV", "rwsvdobc", {"door": False}),
    "request.time": ("T", "wsvdo", {"seconds": 60}),
    "request.stop": ("T", "wsvdo", {"stopped": True}),
    "request.move": ("T", "rwsvdob", {"seat": "A" * 12, "table": "one"}),
    "request.aside": ("VT", "wsvdobc", {"element": "A" * 12, "reason": "It names somebody."}),
    "request.restore": ("VT", "wsvdobc", {"element": "A" * 12, "reason": "It was a mistake."}),
    "request.drop": ("VT", "rwsvdobc", {"request": "A" * 12}),
    "request.grant": ("HC", "rwsvdobc", {"request": "A" * 12}),
    "request.decline": ("HC", "rwsvdobc", {"request": "A" * 12}),
    "erase.ask": ("H", "rwsvdobc", {"title": "Winter in Alder Vale"}),
    "erase.keep": ("HC", "rwsvdobc", {}),
    "table.timer": ("HCT", "wsvdo", {"table": "one", "seconds": 60}),
    "table.summon": ("HCT", "wsvdob", {"table": "one", "region": "see"}),
    "table.release": ("HCT", "wsvdobc", {"table": "one"}),
    "table.choosing": ("HC", "rwsvdob", {"on": True}),
    "table.choose": ("P", "rwsvdob", {"table": "one"}),
    "table.reveal": ("T", "sd", {}),
    "table.note": ("VT", "wsvdo", {"table": "one", "region": "see", "text": "words", "key": "A" * 43}),
    "mod.bell": ("HC", "rwsvdob", {}),
    "mod.say": ("HCVT", "rwsvdobc", {"text": "Two minutes more?"}),
    "step.finished": ("TP", "wsvdo", {"phase": "tell"}),
    "visit.begin": ("HCV", "wsvdob", {"table": "one"}),
    "visit.end": ("HCV", "wsvdobc", {}),
    "device.set_up": ("HCT", "rwsvdob", {"table": "one", "people": [{"name": "Ann", "pin": "1234"}]}),
    "device.add": ("HCT", "rwsvdob", {"device": "A" * 12, "name": "Ann"}),
    "device.pin": ("HCVTP", "rwsvdobc", {"pin": "1234"}),
    "mod.rewind": ("HC", "rwsvdobc", {"region": "see", "at": 1}),
    "mod.past": ("HC", "rwsvdobc", {}),
}


class EmptyBoard:
    """A board with nothing on it."""

    def element(self, id: str) -> Element | None:
        return None

    def elements(self) -> Mapping[str, Element]:
        return {}

    def author(self, id: str) -> str | None:
        return None

    def made(self) -> Mapping[str, Collection[str]]:
        return {}


def after(*happened: Happening) -> State:
    return reduce(evolve, happened, State())


def entered(phase: str) -> State:
    return after(*BEGUN, Entered(at=2, phase=phase))


def revealed() -> State:
    state = entered("write")
    runs = {key: replace(run, revealed=True) for key, run in state.show.runs.items()}
    return replace(state, show=replace(state.show, runs=runs))


LOADED: Final = Loaded(at=0, plan=Plan.model_validate_json(json.dumps(PLAN)))
BEGUN: Final = (LOADED, Started(at=1))
STATES: Final[Mapping[str, Callable[[], State]]] = {
    "n": State,
    "r": lambda: after(LOADED),
    "w": lambda: entered("tell"),
    "s": lambda: entered("write"),
    "v": revealed,
    "d": lambda: entered("choose"),
    "o": lambda: entered("arrive"),
    "b": lambda: after(*BEGUN, Entered(at=2, phase="tell"), Closed(at=3), Reopened(at=4)),
    "c": lambda: after(*BEGUN, Entered(at=2, phase="tell"), Closed(at=3)),
}


def answer(command: str, args: Mapping[str, Any], role: Role, state: State) -> str:
    """The code that somebody is refused with; empty if they are let through, whatever then comes of it."""
    wish = parse_command(command, args)
    assert wish is not None
    moment = Moment(now=5, draw=Draw(b"draw" * 8), board=EmptyBoard())
    try:
        decide(state, wish, Actor(SeatId("A" * 12), role, "Ann"), moment)
    except Refusal as refusal:
        return refusal.code if refusal.code in ("role", "not_now") else ""
    return ""


def test_every_command_has_a_row() -> None:
    assert set(TABLE) == set(COMMANDS)


def test_each_state_is_what_it_is_called() -> None:
    assert {letter: when(make()) for letter, make in STATES.items()} == TIMES
    assert set(TIMES.values()) == set(When)
    assert set(ROLES.values()) == set(Role)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_role_may_what_the_table_says_and_when(command: str) -> None:
    """[CAP-1] Of seven roles in nine states each is let through or told why not."""
    roles, times, args = TABLE[command]
    told = {(role, time): answer(command, args, ROLES[role], make()) for role in ROLES for time, make in STATES.items()}
    expected = {
        (role, time): "role" if role not in roles else "not_now" if time not in times else ""
        for role in ROLES
        for time in TIMES
    }
    assert told == expected
