"""What hosts did with their powers, in plain words, for everybody to read.

Nothing is written down for it: it is read off what happened. What a host writes or moves as everybody may is no power,
and nothing here tells who wrote what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .parts import Part
from .state import Power, State

__all__ = ["NO_POWERS", "POWERS", "noted"]

# As many as are told; what happened before is in the log of the gathering.
MOST_TOLD: Final = 200

# What happened, by its fields, as what was done and what it was done to.
_Said = Callable[[State, Any], tuple[str, str | None]]


def _phase(state: State, key: str) -> str:
    phase = None if state.show.plan is None else state.show.plan.phase(key)
    return f"“{key if phase is None else phase.title}”"


def _region(state: State, key: str) -> str:
    region = None if state.show.plan is None else state.show.plan.region(key)
    return f"“{key if region is None else region.title}”"


def _table(state: State, key: str) -> str:
    return state.people.tables.get(key, key)


def _timed(state: State, happened: Any) -> tuple[str, str | None]:
    minutes, seconds = divmod(happened.seconds, 60)
    if not happened.seconds:
        return f"took the timer of {_table(state, happened.table)} away", None
    return f"gave {_table(state, happened.table)} a timer of {minutes}:{seconds:02}", None


def _revealed(state: State, happened: Any) -> tuple[str, str | None]:
    to = "" if happened.table is None else f" to {_table(state, happened.table)}"
    return f"revealed {_region(state, happened.region)}{to}", happened.region


def _added(_: State, happened: Any) -> tuple[str, str | None]:
    seconds = happened.seconds
    return f"{'gave' if seconds >= 0 else 'took away'} {abs(seconds)} seconds", None


def _summoned(state: State, happened: Any) -> tuple[str, str | None]:
    who = _table(state, happened.table) if hasattr(happened, "table") else "everybody"
    where = "here" if happened.region is None else f"to {_region(state, happened.region)}"
    held = f" and holds the view for {happened.hold} seconds" if happened.hold else ""
    return f"called {who} {where}{held}", happened.region


def _rewound(state: State, happened: Any) -> tuple[str, str | None]:
    minutes = (happened.at - happened.to + 30_000) // 60_000
    earlier = "less than a minute" if minutes < 1 else "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"put {_region(state, happened.region)} back to how it was {earlier} earlier", happened.region


def _placed(state: State, happened: Any) -> tuple[str, str | None]:
    who = "somebody" if happened.people == 1 else f"{happened.people} people"
    return f"gave {who} at {_table(state, happened.table)} seats on a shared device", happened.table


POWERS: Final[Mapping[str, _Said]] = {
    "show.loaded": lambda _, h: (f"chose the run of show “{h.plan.title}”", None),
    "show.started": lambda *_: ("began the gathering", None),
    "show.entered": lambda s, h: (f"opened {_phase(s, h.phase)}", h.phase),
    "show.skipped": lambda s, h: (f"{'skipped' if h.skipped else 'took back'} {_phase(s, h.phase)}", h.phase),
    "show.arranged": lambda *_: ("changed the steps to come", None),
    "show.added": _added,
    "show.stopped": lambda _, h: ("stopped the clock" if h.stopped else "let the clock run on", None),
    "show.closed": lambda *_: ("ended the gathering", None),
    "show.reopened": lambda *_: ("went on with the gathering", None),
    "show.captured": lambda _, h: (f"changed what may leave the gathering to “{h.level.value}”", None),
    "people.led": lambda _, h: ("took over the lead", None) if h.seat == h.by else ("let … lead", h.seat),
    "people.promoted": lambda _, h: (
        (f"took the role {h.role}", None) if h.seat == h.by else (f"gave … the role {h.role}", h.seat)
    ),
    "people.removed": lambda _, h: ("removed …", h.seat),
    "people.lobby_set": lambda _, h: ("lets newcomers wait" if h.on else "lets newcomers in at once", None),
    "people.admitted": lambda _, h: ("let somebody in" if len(h.seats) == 1 else "let those in who waited", None),
    "people.seated": lambda *_: ("changed who sits at which table", None),
    "erase.asked": lambda *_: ("asked for the whole gathering to be erased", None),
    "erase.kept": lambda *_: ("took back that the gathering is to be erased", None),
    "seal.revealed": _revealed,
    "seal.heeded": lambda *_: ("withdrew a note, as somebody asked", None),
    "table.timed": _timed,
    "table.summoned": _summoned,
    "table.released": lambda s, h: (f"released the view of {_table(s, h.table)}", None),
    "table.choosing": lambda _, h: ("lets people choose their table" if h.on else "seats people at tables", None),
    "device.placed": _placed,
    "poll.opened": lambda *_: ("opened a vote", None),
    "poll.closed": lambda *_: ("closed a vote", None),
    "poll.reopened": lambda *_: ("opened another round", None),
    "record.agreed": lambda _, h: (f"{'marked' if h.agreed else 'no longer marks'} a record as agreed", h.element),
    "record.stood": lambda _, h: (f"marked an action that nobody has as {h.status.replace('_', ' ')}", h.element),
    "mod.locked": lambda s, h: (f"{'locked' if h.locked else 'unlocked'} {_region(s, h.region)}", h.region),
    "mod.aside": lambda _, h: (f"set a note aside: {h.reason}", h.element),
    "mod.restored": lambda *_: ("put a note back", None),
    "mod.asked": lambda _, h: (f"{'asked' if h.asked else 'no longer asks'} for other words on a note", h.element),
    "mod.summoned": _summoned,
    "mod.released": lambda *_: ("released the view", None),
    "mod.spotlit": lambda _, h: ("took the spotlight away" if h.element is None else "shone a light", h.element),
    "mod.displayed": lambda _, h: (f"{'shows' if h.door else 'no longer shows'} how to join on the display", None),
    "mod.cursors": lambda _, h: ("hid the cursors" if h.hidden else "showed the cursors", None),
    "mod.rang": lambda *_: ("rang the bell", None),
    "visit.announced": lambda s, h: (f"is about to sit in with {_table(s, h.table)}", h.table),
    "visit.began": lambda s, h: (f"sits in with {_table(s, h.table)}", h.table),
    "visit.ended": lambda s, h: (f"left {_table(s, h.table)}", h.table),
    "mod.rewound": _rewound,
}

# What happens that is no use of a power.
NO_POWERS: Final = frozenset(
    {"people.came", "people.offered", "people.returned", "seal.added", "seal.withdrawn", "table.chose"}
)


def noted(before: State, state: State, happening: Part) -> tuple[Power, ...]:
    """The powers that were used, with what happened between two states if it is one; the latest last."""
    powers = state.moderating.powers
    said = POWERS.get(getattr(happening, "kind", ""))
    by = getattr(happening, "by", "")
    if said is None or not by:
        return powers
    what, about = said(state, happening)
    if getattr(happening, "kind", "") == "people.led" and before.people.lead is None:
        # Whoever comes first leads; they have taken it from nobody.
        return powers
    return (*powers[-MOST_TOLD + 1 :], Power(getattr(happening, "at", 0), by, what, about))
