"""Ticks as bytes, put together from pieces: what is the same for all is encoded once, whatever presence follows."""

from __future__ import annotations

from collections.abc import Sequence

import msgpack

from .outbox import Fanout

__all__ = ["TickPieces"]

# From here on a tick is not copied for each view: presence goes in a tick of its own behind it.
_HEAVY_BYTES = 4_096


class TickPieces:
    """One tick, but for presence.

    Attributes:
        is_bare: Whether it tells nothing but presence.
    """

    __slots__ = ("_head", "_plain", "_tail", "is_bare")

    def __init__(
        self,
        seq: int,
        *,
        update: bytes | None = None,
        receipts: Sequence[int] | None = None,
        events: Sequence[Sequence[object]] | None = None,
    ) -> None:
        pack = msgpack.Packer(use_bin_type=True).pack
        self.is_bare = update is None and not receipts and not events
        self._head = b"\x96\xa4tick" + pack(seq) + pack(update) + pack(receipts or None)
        self._tail = pack(events or None)
        self._plain: bytes | None = None

    @property
    def is_heavy(self) -> bool:
        """Whether it is too large to be copied for each view."""
        return len(self._head) + len(self._tail) > _HEAVY_BYTES

    @property
    def plain(self) -> bytes:
        """The tick without presence, always the same object."""
        if self._plain is None:
            self._plain = self._head + b"\xc0" + self._tail
        return self._plain

    def fanout(self, news: bytes | None) -> Fanout:
        """The tick with that presence."""
        if news is None:
            return Fanout(self.plain, lambda: self.plain)
        full = self._head + bytes(msgpack.packb(news)) + self._tail
        return Fanout(full, lambda: None if self.is_bare else self.plain)
