"""Whose a Yjs clientID is: leased on first use, for good, to one holder.

Whoever writes under somebody else's clientID can silence them without a trace, so a lease is never shared and never
ends, not with the connection and not with the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .access import Holder
from .errors import CloseCode, PeerError, Refusal

__all__ = ["SERVER", "Leases"]

# The holder of the ids that the server itself writes under; no seat or link can be called so.
SERVER = Holder("server")


class Leases:
    """The leases of one board.

    Args:
        leases: As stored.
        is_known: Whether a clientID has written to the board; such an id without a lease belongs to nobody here.
        most: How many there may be.
    """

    def __init__(self, leases: Mapping[int, Holder], *, is_known: Callable[[int], bool], most: int) -> None:
        self._leases = dict(leases)
        self._is_known = is_known
        self._most = most

    def claim(self, clients: Iterable[int], holder: Holder) -> dict[int, Holder]:
        """Check that every client is the holder's or free; nothing is leased yet.

        Returns:
            The clients that are free, and would be leased.

        Raises:
            PeerError: If a client belongs to somebody else.
            Refusal: If the board has as many clients as it may.
        """
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

    def grant(self, leases: Mapping[int, Holder]) -> None:
        """Take leases in; they are durable with the commit they are part of."""
        self._leases.update(leases)

    def holders(self) -> frozenset[Holder]:
        """Everybody who ever wrote here."""
        return frozenset(self._leases.values())
