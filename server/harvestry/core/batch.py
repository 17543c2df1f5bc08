"""What is made durable together: the edits of one tick, and everybody who waits to hear that they are on disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from .access import Holder, Role, SeatId
from .gathering.state import State
from .ports import FreshSeat
from .protocol import ConnId, Neutralised, Result

__all__ = ["Batch"]


@dataclass(slots=True)
class Batch:
    """A commit: first waiting, then in flight.

    Attributes:
        edits: How many edits are in it.
        size: How many bytes they came in.
        receipts: The highest cseq of each connection that this commit makes durable, with everything before it.
        writers: Names of the seats in `leases`.
        answers: Results of commands, to be sent when it is done.
        taken_back: What came of taking back what was a removed seat's, by ticket.
        neutralised: What authors are told of their edits in it, before they are told of the commit.
        locked: Whether the board is locked from now on, if that changed.
        happenings: What happened in the gathering, as it is stored.
        vault: Rows of its vault to be kept, or with None to be forgotten.
        seats: Seats that are taken for people.
        roles: Seats that have another role from now on.
        removed: Seats that end.
        leaves_no_trace: What it forgets is to be in no file soon after.
        gathering: The gathering with all of that, once the commit has begun.
        update: The room's own update, once the commit has begun.
    """

    edits: int = 0
    size: int = 0
    receipts: dict[ConnId, int] = field(default_factory=dict)
    leases: dict[int, Holder] = field(default_factory=dict)
    authors: dict[str, Holder] = field(default_factory=dict)
    writers: dict[Holder, str] = field(default_factory=dict)
    renames: dict[SeatId, str] = field(default_factory=dict)
    answers: list[tuple[ConnId, Result]] = field(default_factory=list)
    taken_back: list[tuple[int, object]] = field(default_factory=list)
    neutralised: list[tuple[ConnId, Neutralised]] = field(default_factory=list)
    title: str | None = None
    locked: bool | None = None
    happenings: list[bytes] = field(default_factory=list)
    vault: dict[tuple[str, str], bytes | None] = field(default_factory=dict)
    seats: list[FreshSeat] = field(default_factory=list)
    roles: dict[SeatId, Role] = field(default_factory=dict)
    removed: set[SeatId] = field(default_factory=set)
    leaves_no_trace: bool = False
    gathering: State | None = None
    update: bytes = b""

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits for it."""
        waits = self.edits or self.receipts or self.answers or self.taken_back
        return not (waits or self.happenings or self.vault)

    @property
    def has_records(self) -> bool:
        """Whether there is anything in it to write down."""
        changes = self.title is not None or self.locked is not None
        gathering = self.happenings or self.vault or self.roles or self.removed
        return bool(self.update or self.leases or self.authors or self.renames or gathering) or changes

    def authored(self) -> dict[Holder, list[str]]:
        """The elements made, by who made them."""
        grouped: dict[Holder, list[str]] = {}
        for element, holder in self.authors.items():
            grouped.setdefault(holder, []).append(element)
        return grouped

    def receipt(self, conn: ConnId, cseq: int) -> None:
        """This commit makes an edit durable, and every earlier one of that connection."""
        self.receipts[conn] = max(cseq, self.receipts.get(conn, 0))
