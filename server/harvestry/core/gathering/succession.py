"""Who leads when the leading host is gone: co-hosts are offered to, and then somebody does.

Only while the gathering goes on; what is prepared weeks ahead stays its host's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harvestry.core.access import Role, SeatId

from .capabilities import HOSTS
from .state import People, State

__all__ = ["LEADS_AFTER", "OFFERED_AFTER", "may_take_over", "offer_is_due", "offer_of", "successor", "wakes_at"]

# Milliseconds without a connection of the leading host.
OFFERED_AFTER: Final = 10_000
LEADS_AFTER: Final = 30_000


def _gone_at(state: State) -> int | None:
    """Since when the lead is gone, if that matters."""
    people = state.people
    return None if people.lead is None or not state.show.is_live else people.away.get(people.lead)


def successor(people: People) -> SeatId | None:
    """Who would lead: of those connected, the co-host who came first, and else the harvester who did."""
    here = {seat: role for seat, role in people.roles.items() if seat not in people.away and seat != people.lead}
    for roles in (HOSTS, {Role.HARVESTER}):
        if heirs := [seat for seat, role in here.items() if role in roles]:
            return heirs[0]
    return None


def wakes_at(state: State) -> int | None:
    """When something is due: the offer, and then the succession. None while the lead is here, or nobody can lead."""
    gone_at = _gone_at(state)
    if gone_at is None or successor(state.people) is None:
        return None
    return gone_at + OFFERED_AFTER if state.people.offered_at is None else _leads_at(gone_at, state.people.offered_at)


def _leads_at(gone_at: int, offered_at: int) -> int:
    """When somebody leads by themselves.

    A server that was held still offers late; whoever leads, and could not come back to it meanwhile, has as long then.
    """
    return max(gone_at + LEADS_AFTER, offered_at + LEADS_AFTER - OFFERED_AFTER)


def offer_is_due(state: State) -> bool:
    """Whether what is due is the offer, and not yet the succession."""
    return state.people.offered_at is None


def offer_of(state: State, role: Role) -> Mapping[str, object] | None:
    """What a role is offered: to lead, until somebody does by themselves at that time."""
    gone_at, offered_at = _gone_at(state), state.people.offered_at
    if role not in HOSTS or gone_at is None or offered_at is None:
        return None
    return {"lead": state.people.lead, "at": _leads_at(gone_at, offered_at)}


def may_take_over(state: State) -> bool:
    """Whether a co-host may lead without being handed it."""
    return state.people.lead is None or (state.people.offered_at is not None and _gone_at(state) is not None)
