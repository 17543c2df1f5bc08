"""Whose doings are shown: everybody's on a board, and on less than that while a step of a gathering goes on.

While something is written that is not to be named, nothing may tell who writes: neither a cursor nor a selection, nor
what somebody types in. Being here is all that is told of anybody then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Final

from .access import Role
from .gathering.state import State
from .protocol import Presence

__all__ = ["Showing", "showing_of", "shown_presence", "shown_state"]

_TEAM: Final = frozenset({Role.HOST, Role.COHOST, Role.HARVESTER})
_NAME: Final = ("name", "color")


class Showing(Enum):
    """What leaves the room of what people do; the values are those of `Phase.cursors`, and one more."""

    ALL = "all"
    # Cursors of the host team, and what anybody selects, drags or types in: it shows on the thing itself.
    HOSTS = "hosts"
    NOBODY = "nobody"
    QUIET = "quiet"

    def lets_out(self, role: Role) -> bool:
        """Whether all that somebody does is told."""
        return self is Showing.ALL or (self is Showing.HOSTS and role in _TEAM)


def showing_of(state: State) -> Showing:
    """What is shown as things are."""
    show = state.show
    phase = show.phase
    if not show.is_live or phase is None:
        return Showing.ALL
    if phase.is_quiet and not show.is_revealed:
        return Showing.QUIET
    return Showing.NOBODY if state.moderating.hides_cursors else Showing(phase.cursors)


def shown_presence(presence: Presence, role: Role, showing: Showing) -> Presence:
    """What others are told of what somebody of our own client does."""
    if showing.lets_out(role):
        return presence
    if showing is Showing.QUIET:
        return Presence(view=presence.view)
    return replace(presence, cursor=None)


def shown_state(state: object, role: Role, showing: Showing) -> object:
    """What others are told of a stock client's awareness state: nobody knows under which keys it says what it does."""
    if showing.lets_out(role) or not isinstance(state, Mapping):
        return state
    user = state.get("user")
    told: dict[str, object] = {}
    if isinstance(user, Mapping):
        told["user"] = {key: user[key] for key in _NAME if isinstance(user.get(key), str)}
    if showing is not Showing.QUIET and "selection" in state:
        told["selection"] = state["selection"]
    return told
