"""A gathering on the bench whose people edit the board with replicas of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from pycrdt import Doc, Map

from harvestry.core.protocol import ConnId

from .gatherings import HostedBench
from .rooms import Writer

__all__ = ["WritingBench"]


class WritingBench(HostedBench):
    """A hosted room whose people edit with replicas of their own.

    Attributes:
        replicas: The replica of each connection that has edited.
        sent: How many edits each has sent.
    """

    @cached_property
    def replicas(self) -> dict[ConnId, Writer]:
        return {}

    @cached_property
    def sent(self) -> dict[ConnId, int]:
        return {}

    def writes(self, conn: ConnId, change: Callable[[Any], object]) -> str | None:
        """Somebody edits, having seen everything; returns the code they are told, if any of it was undone."""
        writer = self.replicas.setdefault(conn, Writer(100 + conn))
        for update in self.updates(self.host):
            writer.apply(update)
        before = writer.doc.get_state()
        with writer.doc.transaction():
            change(writer.els)
        self.sent[conn] = self.sent.get(conn, 0) + 1
        told = len(self.messages(conn, "neutralised"))
        self.edit(conn, writer.doc.get_update(before), self.sent[conn])
        self.settle()
        new = self.messages(conn, "neutralised")[told:]
        assert len(new) <= 1
        return new[0][2] if new else None

    def board(self) -> dict[str, Any]:
        """The board as everybody holds it."""
        doc: Doc[Any] = Doc()
        els = doc.get("els", type=Map)
        for update in self.updates(self.host):
            doc.apply_update(update)
        return {id: els[id].to_py() for id in els.keys()}  # noqa: SIM118
