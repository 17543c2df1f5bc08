"""The network with one host in it, who locks and unlocks the board whenever chance says so."""

from __future__ import annotations

from collections import Counter

from harvestry.core.access import Identity, Role
from support.network import Network
from support.peers import NativePeer, Peer
from support.storm import Chance

__all__ = ["Hosted"]


class Hosted(Network):
    """One host, and everybody else a participant."""

    def __init__(self, chance: Chance, *, natives: int = 3, stocks: int = 1) -> None:
        super().__init__(chance, natives=natives, stocks=stocks, role=Role.PARTICIPANT)
        self.locks = 0

    def _native(self, number: int) -> Peer:
        peer = super()._native(number)
        if number == 0:
            identity = peer.identity
            peer.identity = Identity(
                identity.board, identity.link, identity.seat, Role.HOST, identity.name, identity.hue
            )
        return peer

    @property
    def host(self) -> NativePeer:
        peer = self.peers[0]
        assert isinstance(peer, NativePeer)
        return peer

    @property
    def others(self) -> list[Peer]:
        return self.peers[1:]

    def step(self) -> None:
        if self._chance.integer(1, 25) == 1:
            self.lock(self._chance.integer(0, 1) == 1)
        else:
            super().step()

    def lock(self, locked: bool) -> None:
        self.locks += 1
        self.host.lock(locked)

    def told(self) -> Counter[str]:
        """The reasons participants were given."""
        return Counter(code for peer in self.others if isinstance(peer, NativePeer) for _, code in peer.neutralised)
