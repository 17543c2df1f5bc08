"""Whose a Yjs clientID is: leased on first use to one holder, for as long as the board keeps its history.

Whoever writes under somebody else's clientID can silence them without a trace, so a lease is never shared, and ends
neither with the connection nor with the process. When a board is rebuilt every id that ever wrote to it is retired:
whatever comes under one is of a copy that has no place on the board any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .access import Holder
from .errors import REBUILT, CloseCode, PeerError, Refusal

__all__ = ["SERVER", "Leases"]

# The holder of the ids that the server itself writes under; no seat or link can be called so.
SERVER = Holder("server")


class Leases:
    """The leases of one board.

    Args:
        leases: As stored.
        is_known: Whether a clientID has written to the board; such an id without a lease belongs to nobody here.
        most: How many there may be.
        retired: clientIDs of earlier epochs.
    """

    def __init__(
        self,
        leases: Mapping[int, Holder],
        *,
        is_known: Callable[[int], bool],
        most: int,
        retired: frozenset[int] = frozenset(),
    ) -> None:
        self._leases = dict(leases)
        self._retired = retired
        self._is_known = is_known
        self._most = most

    def claim(self, clients: Iterable[int], holder: Holder) -> dict[int, Holder]:
        """Check that every client is the holder's or free; nothing is leased yet.

        Returns:
            The clients that are free, and would be leased.

        Raises:
            PeerError: If a client belongs to somebody else, or to an earlier epoch.
            Refusal: If the board has as many clients as it may.
        """
        clients = tuple(clients)
        self.require_current(clients)
        fresh: dict[int, Holder] = {}
        for client in clients:
            owner = self._leases.get(client)
            if owner is None and not self._is_known(client):
                fresh[client] = holder
            elif owner != holder:
                raise PeerError(CloseCode.BAD_UPDATE, "forged: a clientID of somebody else")
        if fresh and len(self._leases) + len(fresh) > self._most:
            raise Refusal("full", "This board has been edited from as many devices as it can take.")
        return fresh

    def require_current(self, clients: Iterable[int]) -> None:
        """Stop whoever speaks of an earlier epoch.

        Raises:
            PeerError: If one of the clients is retired.
        """
        if self._retired and not self._retired.isdisjoint(clients):
            raise PeerError(CloseCode.REBUILT, REBUILT)

    def grant(self, leases: Mapping[int, Holder]) -> None:
        """Take leases in; they are durable with the commit they are part of."""
        self._leases.update(leases)

    def of(self, holder: Holder) -> list[int]:
        """Every client that somebody has written under."""
        return [client for client, owner in self._leases.items() if owner == holder]

    def holders(self) -> frozenset[Holder]:
        """Everybody who ever wrote here."""
        return frozenset(self._leases.values())
