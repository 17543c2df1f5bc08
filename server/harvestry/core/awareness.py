"""Awareness towards stock clients: the server speaks for everybody, under clocks of its own.

A stock client may state its own awareness alone; people of the native door appear as clients too. A client is never
sent its own state back, because a provider would take an answer with a higher clock for the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .limits import Millis
from .presence import Member
from .showing import Showing, shown_state
from .yprotocol import AwarenessEntry

__all__ = ["Awareness", "native_client"]

# Yjs draws clientIDs from 32 bits; people of the native door stand above them, so that they never meet.
_NATIVE_BASE = 2**32
# A minute, in the room's unit of 50 ms.
_MOST_AHEAD = 1_200
# The eight hues of people in our light theme, for providers that draw cursors in the colour they are told.
_HUES = ("#0B6464", "#1F5FA8", "#A23D1C", "#2E6829", "#5B48B0", "#665E00", "#A1285A", "#4A5568")


class Awareness:
    """The awareness states of one room.

    Args:
        clock: A clock that never runs backwards, not even over a restart; providers ignore what is not newer.
    """

    def __init__(self, clock: Callable[[Millis], int]) -> None:
        self._clock = clock
        self._states: dict[int, object] = {}  # a native member as itself: its state is made when it is told
        self._whose: dict[int, Member] = {}
        self._told: dict[int, object] = {}
        self._showing = Showing.ALL
        self._clocks: dict[int, int] = {}
        self._changed: dict[int, None] = {}

    def put(self, client: int, state: object, member: Member) -> None:
        """State the awareness of a stock member's client."""
        self._whose[client] = member
        if client not in self._states or self._states[client] != state:
            self._states[client] = state
            self._changed[client] = None

    def show(self, showing: Showing) -> None:
        """Tell more or less of what people do from now on."""
        self._showing = showing
        self._changed.update(dict.fromkeys(self._states))

    def stir(self, member: Member) -> None:
        """A person of the native door is here, or does something else."""
        client = native_client(member)
        self._states[client] = member
        self._changed[client] = None

    def drop(self, client: int) -> None:
        """The client is gone."""
        if client in self._clocks:
            if client in self._states:
                self._states[client] = None
                self._changed[client] = None
        else:
            # Nobody was ever told of it. Most rooms have no stock client, and would keep everybody who ever came.
            self._states.pop(client, None)
            self._changed.pop(client, None)
            self._whose.pop(client, None)

    def speaks(self, member: Member, entries: Iterable[AwarenessEntry]) -> AwarenessEntry | None:
        """The one entry of a frame that its sender may state; the first it names becomes its own.

        Providers repeat what others told them, so a name that is taken, or that says goodbye, is no claim.
        """
        for entry in entries:
            is_claim = entry.state is not None and entry.client < _NATIVE_BASE
            if member.awareness is None and is_claim and self._states.get(entry.client) is None:
                member.awareness = entry.client
            if entry.client == member.awareness:
                return entry
        return None

    @property
    def restless(self) -> bool:
        """Whether anything changed since the last `changes`."""
        return bool(self._changed)

    def changes(self, now: Millis) -> list[AwarenessEntry]:
        """What changed since last asked; it counts as told."""
        changed, self._changed = self._changed, {}
        # What reads as it was told is not told again: that it was said again may tell who is at work.
        entries = [self._entry(client, now) for client in changed if self._is_news(client)]
        for entry in entries:
            if entry.state is None:
                for known in (self._states, self._clocks, self._told, self._whose):
                    known.pop(entry.client, None)
        return entries

    def everything(self, now: Millis) -> list[AwarenessEntry]:
        """Every state under a new clock: providers forget clients that stay silent for 30 s."""
        return [self._entry(client, now) for client, state in self._states.items() if state is not None]

    def _entry(self, client: int, now: Millis) -> AwarenessEntry:
        last, due = self._clocks.get(client, 0), self._clock(now)
        # Somebody who asks over and over must not drive a clock so far ahead that it seems old after a restart.
        clock = self._clocks[client] = last if last >= due + _MOST_AHEAD else max(last + 1, due)
        state = self._told[client] = self._state_of(client)
        return AwarenessEntry(client, clock, state)

    def _is_news(self, client: int) -> bool:
        return client not in self._told or self._told[client] != self._state_of(client)

    def _state_of(self, client: int) -> object:
        state = self._states[client]
        if isinstance(state, Member):
            return _state_of(state)
        return None if state is None else shown_state(state, self._whose[client].identity.role, self._showing)


def native_client(member: Member) -> int:
    """The awareness client that a person of the native door is to stock clients."""
    return _NATIVE_BASE + member.conn


def _state_of(member: Member) -> dict[str, object]:
    """A native person as an awareness state, in the keys that providers commonly read."""
    identity, presence = member.identity, member.shown
    cursor = None if presence.cursor is None else {"x": presence.cursor[0], "y": presence.cursor[1]}
    return {
        "user": {"name": identity.name, "color": _HUES[identity.hue % len(_HUES)], "role": identity.role.value},
        "cursor": cursor,
        "selection": list(presence.selection),
    }
