"""Who may ask for what, and when: one row for each command. The server looks here before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from harvestry.core.access import Role
from harvestry.core.errors import Refusal

from .state import Stage, State

__all__ = ["CAPABILITIES", "Permission", "When", "require", "when"]


class When(Enum):
    """What goes on, as far as it matters for what one may do."""

    NO_PLAN = "no plan"
    READY = "ready"
    OPEN = "open writing"
    SEALED = "sealed writing"
    REVEALED = "revealed"
    POLL = "deciding"
    OTHER = "another step"
    BETWEEN = "between steps"
    CLOSED = "closed"


def when(state: State) -> When:
    """What goes on now."""
    show = state.show
    if show.stage is Stage.NONE:
        return When.NO_PLAN
    if show.stage is Stage.READY:
        return When.READY
    if show.stage is Stage.CLOSED:
        return When.CLOSED
    phase = show.phase
    if phase is None:
        return When.BETWEEN
    if phase.poll is not None:
        return When.POLL
    if phase.is_sealed:
        return When.REVEALED if show.is_revealed else When.SEALED
    return When.OPEN if phase.opens else When.OTHER


@dataclass(frozen=True, slots=True)
class Permission:
    """A row of the table.

    Attributes:
        instead: What is said to whoever may not, in plain words.
    """

    roles: frozenset[Role]
    times: frozenset[When]
    instead: str = "Only a host can do this."


HOSTS: Final = frozenset({Role.HOST, Role.COHOST})
TEAM: Final = HOSTS | {Role.HARVESTER}
SEATED: Final = TEAM | {Role.TABLE, Role.PARTICIPANT}
TABLES: Final = frozenset({Role.TABLE})
TABLE_HOSTS: Final = HOSTS | TABLES
SCRIBES: Final = TABLES | {Role.HARVESTER}
EVERYBODY: Final = frozenset(Role)

ALWAYS: Final = frozenset(When)
PLANNED: Final = ALWAYS - {When.NO_PLAN}
LIVE: Final = ALWAYS - {When.NO_PLAN, When.READY, When.CLOSED}
RUNNING: Final = LIVE - {When.BETWEEN}
BEGUN: Final = LIVE | {When.CLOSED}
# Something may be sealed in what goes on.
SEALING: Final = frozenset({When.SEALED, When.REVEALED, When.POLL})
BEFORE: Final = frozenset({When.NO_PLAN, When.READY})

CAPABILITIES: Final[Mapping[str, Permission]] = {
    "show.load": Permission(frozenset({Role.HOST}), BEFORE, "Only the host can choose the run of show."),
    "show.start": Permission(HOSTS, frozenset({When.READY})),
    "show.go": Permission(HOSTS, LIVE),
    "show.skip": Permission(HOSTS, LIVE | {When.READY}),
    "show.arrange": Permission(HOSTS, LIVE | {When.READY}),
    "show.add": Permission(HOSTS, RUNNING),
    "show.stop": Permission(HOSTS, RUNNING),
    "show.close": Permission(HOSTS, LIVE),
    "show.capture": Permission(HOSTS, ALWAYS - {When.NO_PLAN}, "Only a host can say what may leave."),
    "seal.write": Permission(SEATED, SEALING, "Only who takes part can write here."),
    "seal.drop": Permission(SEATED, LIVE, "Only who takes part can write here."),
    "seal.reveal": Permission(HOSTS, LIVE),
    "seal.late": Permission(SEATED, LIVE, "Only who takes part can write here."),
    "seal.withdraw": Permission(EVERYBODY - {Role.DISPLAY}, BEGUN, "Only its author can do this."),
    "seal.reword": Permission(EVERYBODY - {Role.DISPLAY}, BEGUN, "Only its author can do this."),
    # Whoever decides on it does not ask for it: else one host alone could have any note erased.
    "seal.plead": Permission(EVERYBODY - {Role.DISPLAY} - HOSTS, BEGUN, "Hosts decide on this, and so do not ask."),
    "seal.heed": Permission(HOSTS, BEGUN),
    "own.aside": Permission(EVERYBODY - {Role.DISPLAY}, PLANNED, "A room display has nothing of its own."),
    "own.find": Permission(EVERYBODY - {Role.DISPLAY}, PLANNED, "A room display has nothing of its own."),
    "own.delete": Permission(EVERYBODY - {Role.DISPLAY}, PLANNED, "A room display has nothing of its own."),
    "people.lead": Permission(HOSTS, PLANNED),
    "people.promote": Permission(HOSTS, PLANNED),
    "people.remove": Permission(HOSTS, PLANNED),
    "people.lobby": Permission(HOSTS, PLANNED),
    "people.admit": Permission(HOSTS, PLANNED),
    "people.tables": Permission(HOSTS, PLANNED - {When.CLOSED}),
    "people.consent": Permission(SEATED, PLANNED, "Only people who write are asked this."),
    "people.ask": Permission(SEATED | {Role.OBSERVER}, PLANNED, "A room display asks for nothing."),
    "people.answer": Permission(HOSTS, PLANNED),
    "show.reopen": Permission(HOSTS, frozenset({When.CLOSED})),
    "poll.open": Permission(HOSTS, LIVE),
    "poll.cast": Permission(SEATED, LIVE, "Only who takes part can vote."),
    # The end of a gathering closes no poll, and an objection may be met by what was agreed last.
    "poll.close": Permission(HOSTS, LIVE | {When.CLOSED}),
    "poll.met": Permission(SEATED, LIVE | {When.CLOSED}, "Only who objected can do this."),
    "poll.again": Permission(HOSTS, LIVE),
    "connect.offer": Permission(SEATED, BEGUN, "Only who takes part is asked this."),
    "connect.decline": Permission(EVERYBODY - {Role.DISPLAY}, BEGUN, "A room display is offered nothing."),
    "record.take": Permission(SEATED, LIVE, "Only who takes part puts their name to something."),
    # One's own name can always be taken off.
    "record.leave": Permission(EVERYBODY - {Role.DISPLAY}, BEGUN, "A room display has no name."),
    "record.say": Permission(EVERYBODY - {Role.DISPLAY}, BEGUN, "A room display has no name."),
    # What was taken up goes on after the end.
    "record.status": Permission(SEATED, BEGUN, "Only who takes part says how an action stands."),
    "record.offer": Permission(SEATED, LIVE, "Only who takes part can offer something."),
    "record.decline": Permission(EVERYBODY - {Role.DISPLAY}, BEGUN, "A room display is offered nothing."),
    "record.agree": Permission(TEAM, BEGUN, "Only the host team marks what is agreed."),
    "mod.lock": Permission(HOSTS, LIVE | {When.READY}),
    "mod.aside": Permission(HOSTS, BEGUN),
    "mod.restore": Permission(HOSTS, BEGUN),
    "mod.ask": Permission(HOSTS, BEGUN),
    "mod.summon": Permission(HOSTS, LIVE),
    "mod.release": Permission(HOSTS, BEGUN),
    "mod.spotlight": Permission(HOSTS, LIVE),
    "mod.cursors": Permission(HOSTS, LIVE),
    "mod.display": Permission(TEAM, PLANNED, "Only the host team can change what the display shows."),
    "request.time": Permission(TABLES, RUNNING, "Only a table host asks hosts for this."),
    "request.stop": Permission(TABLES, RUNNING, "Only a table host asks hosts for this."),
    "request.move": Permission(TABLES, PLANNED - {When.CLOSED}, "Only a table host asks hosts for this."),
    "request.aside": Permission(SCRIBES, BEGUN, "Only harvesters and table hosts ask hosts for this."),
    "request.restore": Permission(SCRIBES, BEGUN, "Only harvesters and table hosts ask hosts for this."),
    "request.drop": Permission(SCRIBES, PLANNED, "Only whoever asked can take it back."),
    "request.grant": Permission(HOSTS, PLANNED),
    "request.decline": Permission(HOSTS, PLANNED),
    "erase.ask": Permission(frozenset({Role.HOST}), PLANNED, "Only a host can have the gathering erased."),
    "erase.keep": Permission(HOSTS, PLANNED),
    "table.timer": Permission(TABLE_HOSTS, RUNNING, "Only hosts and table hosts can do this."),
    "table.summon": Permission(TABLE_HOSTS, LIVE, "Only hosts and table hosts can do this."),
    "table.release": Permission(TABLE_HOSTS, BEGUN, "Only hosts and table hosts can do this."),
    "table.choosing": Permission(HOSTS, PLANNED - {When.CLOSED}),
    "table.choose": Permission(frozenset({Role.PARTICIPANT}), PLANNED - {When.CLOSED}, "Hosts seat you."),
    "table.reveal": Permission(TABLES, SEALING - {When.REVEALED}, "Only a table host shows a table its own notes."),
    "table.note": Permission(SCRIBES, RUNNING, "Only harvesters and table hosts write for a table."),
    "mod.bell": Permission(HOSTS, LIVE | {When.READY}),
    "mod.say": Permission(TEAM | {Role.TABLE}, PLANNED, "Only the host team and table hosts speak here."),
    "step.finished": Permission(SEATED - TEAM, RUNNING, "Only those who are asked to do something say this."),
    "visit.begin": Permission(TEAM, LIVE, "Only the host team can sit in with a table."),
    "visit.end": Permission(TEAM, BEGUN, "Only the host team can sit in with a table."),
    "device.set_up": Permission(
        TABLE_HOSTS, PLANNED - {When.CLOSED}, "Only hosts and table hosts give a table a shared device."
    ),
    "device.add": Permission(
        TABLE_HOSTS, PLANNED - {When.CLOSED}, "Only hosts and table hosts give a table a shared device."
    ),
    "device.pin": Permission(SEATED, PLANNED, "Only who takes part has a seat on a shared device."),
    "mod.rewind": Permission(HOSTS, PLANNED),
    "mod.past": Permission(HOSTS, PLANNED),
}

_NOT_NOW: Final[Mapping[When, str]] = {
    When.NO_PLAN: "There is no run of show yet.",
    When.READY: "The gathering has not begun.",
    When.CLOSED: "The gathering has ended.",
    When.BETWEEN: "No step goes on.",
}


def require(state: State, role: Role, kind: str) -> None:
    """Let a command through, or say why not.

    Raises:
        Refusal: `role` if this role may never, `not_now` if it may at another time.
    """
    permission = CAPABILITIES[kind]
    if role not in permission.roles:
        raise Refusal("role", permission.instead)
    now = when(state)
    if now not in permission.times:
        raise Refusal("not_now", _NOT_NOW.get(now, "This is not what the step that goes on is for."))
