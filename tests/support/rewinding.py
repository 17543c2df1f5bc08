"""A gathering on the bench in which a region is put back to how it was."""

from __future__ import annotations

from typing import Any

from harvestry.core.protocol import ConnId

from .gatherings import HostedBench
from .rooms import Writer

__all__ = ["RewindBench"]


class RewindBench(HostedBench):
    """A hosted bench on which people edit, and a host puts things back."""

    @property
    def date(self) -> int:
        """Now, in Unix milliseconds, after everything that came so far."""
        self.wait(1_000)
        return self.wall * 1_000 + self.now - 1_000 - 1

    def rewind(self, region: str, at: int, **more: Any) -> dict[str, Any]:
        """Put a region back; returns the answer."""
        answer = self.do(self.host, "mod.rewind", region=region, at=at, **more)
        assert isinstance(answer, dict)
        return answer

    def writer(self, client: int) -> Writer:
        """A replica of the board as it is now."""
        assert self.stored is not None
        writer = Writer(client)
        for update in [*self.stored.updates, *(e.update for e in self.entries[: self._committed] if e.update)]:
            writer.apply(update)
        return writer

    def sends(self, conn: ConnId, update: bytes) -> None:
        """Somebody edits, and it is on disk."""
        self.edit(conn, update, self._next_cseq(conn))
        self.settle()

    def _next_cseq(self, conn: ConnId) -> int:
        counts: dict[ConnId, int] = self.__dict__.setdefault("_cseqs", {})
        counts[conn] = counts.get(conn, 0) + 1
        return counts[conn]
