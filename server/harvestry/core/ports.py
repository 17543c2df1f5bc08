"""What the core asks of the world: records and the ports that keep them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .access import BoardId, Holder, LinkId, Role, SeatId
from .errors import HarvestryError
from .limits import Millis

__all__ = [
    "Bearer",
    "Clock",
    "Entry",
    "Erasure",
    "FreshLink",
    "FreshSeat",
    "History",
    "Keeping",
    "LinkRecord",
    "NewBoard",
    "Rebuilt",
    "Recalled",
    "SeatRecord",
    "Stale",
    "StillRead",
    "Store",
    "StoredBoard",
    "Summary",
]


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A link to a board.

    Attributes:
        revoked: It has ended, with every seat it made.
        closed: It takes no newcomers any more; the seats it made stay.
    """

    id: LinkId
    board: BoardId
    role: Role
    created_at: int
    revoked: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """A person in a gathering.

    Attributes:
        role: What a host made of them; None for the role of the link that made the seat.
        removed: A host ended this seat.
    """

    id: SeatId
    board: BoardId
    link: LinkId
    name: str
    hue: int
    role: Role | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Bearer:
    """What the records say of a token's bearer; `link` is the link that made the seat, if there is one."""

    link: LinkRecord | None
    seat: SeatRecord | None


@dataclass(frozen=True, slots=True)
class NewBoard:
    """A board to be made: its first entries begin its log, and what happened begins its gathering."""

    board: BoardId
    title: str
    created_at: int
    links: Sequence[LinkRecord]
    updates: Sequence[bytes] = ()
    happenings: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of a board without loading it."""

    board: BoardId
    title: str
    epoch: int


@dataclass(frozen=True, slots=True)
class FreshLink:
    """What takes the place of a link that is closed to newcomers, with the same role.

    Attributes:
        created_at: Unix time in seconds.
    """

    id: LinkId
    created_at: int


@dataclass(frozen=True, slots=True)
class FreshSeat:
    """A seat that somebody else takes for a person.

    Attributes:
        link: What it rests on: a link of those who take part, made with the first such seat, that takes no newcomers.
        name: At most 60 characters.
    """

    id: SeatId
    link: LinkId
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Entry:
    """What one commit makes durable, all of it or nothing.

    Attributes:
        seq: The position of `update` in the log. Without an update nothing is logged, and `seq` is the last position.
        leases: clientIDs used for the first time, and by whom.
        authors: Elements made, and by whom.
        renames: Seats and their new names.
        title: The board's new title, if it changed.
        locked: Whether only hosts may edit from now on, if that changed.
        happenings: What happened in the gathering, in order; kept as long as the board.
        vault: Rows by kind and key that are kept until they are forgotten; with None they are, without a trace.
        seats: Seats that are taken for people.
        roles: Seats that have another role from now on.
        removed: Seats that end. The link each came by is closed, if it is not yet, and another takes its place.
        ends_codes: The gathering has ended, and so do its short codes.
        at: When `update` came, in Unix milliseconds; later than all before it.
    """

    board: BoardId
    epoch: int
    seq: int
    update: bytes | None
    leases: Mapping[int, Holder] = field(default_factory=dict)
    authors: Mapping[str, Holder] = field(default_factory=dict)
    renames: Mapping[SeatId, str] = field(default_factory=dict)
    title: str | None = None
    locked: bool | None = None
    happenings: Sequence[bytes] = ()
    vault: Mapping[tuple[str, str], bytes | None] = field(default_factory=dict)
    seats: Sequence[FreshSeat] = ()
    roles: Mapping[SeatId, Role] = field(default_factory=dict)
    removed: Mapping[SeatId, FreshLink] = field(default_factory=dict)
    ends_codes: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased of a board, by its id alone; kept so that a backup from before cannot bring it back.

    Attributes:
        kind: `element`, `seat`, or `board` when nothing is left of it.
        target: The id of the element or the seat; empty for the board.
        at: Unix time in seconds.
    """

    kind: str
    target: str
    at: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A board rebuilt: what takes the place of its log, its snapshots and its leases, all of it or nothing.

    Attributes:
        after: The (epoch, seq) of the board that was rebuilt; on any other it is stale.
        epoch: The new one.
        state: The board, written under clientIDs that nobody used.
        retired: clientIDs that end with the old history; nobody may ever write under them again.
        authors: Who made each element that lives.
        links: Links to be there; those that are stay as they are.
        seats: Seats to be there; those that are stay as they are.
        erasures: What was erased, for the list.
        forgotten: Seats whose records go.
        rows: Rows of the vault that go with what was erased.
        pruned: Rows of the vault that stay without it, as they are stored from now on.
    """

    board: BoardId
    after: tuple[int, int]
    epoch: int
    state: bytes
    retired: frozenset[int]
    authors: Mapping[str, Holder]
    title: str
    links: Sequence[LinkRecord] = ()
    seats: Sequence[SeatRecord] = ()
    erasures: Sequence[Erasure] = ()
    forgotten: frozenset[SeatId] = frozenset()
    rows: frozenset[tuple[str, str]] = frozenset()
    pruned: Mapping[tuple[str, str], bytes] = field(default_factory=dict)


class StillRead(HarvestryError):
    """Somebody reads the store, and what is gone cannot be taken from under them."""


class Stale(HarvestryError):
    """The board has gone on, or has another history by now."""


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """A board as it was last committed: a state, the updates after it, and what is kept beside the document.

    Attributes:
        seq: The position of the last update, or of the state when there is none after it.
        snapshot_seq: The position `state` was taken at; 0 for the empty board.
        seats: Names of all seats that hold a lease or made an element.
        retired: clientIDs of earlier histories.
        locked: Whether only hosts may edit.
        happenings: What happened in the gathering, in order.
        vault: What is kept of it that can be forgotten, by kind and key.
        damage: What is wrong with the log after `seq`; None if it is sound. What comes before is as it was written.
        is_unsure: Something of what the gathering agreed on, or of who made what in it, may be missing.
        at: When the last update came, in Unix milliseconds; 0 if nobody knows.
    """

    board: BoardId
    title: str
    epoch: int
    seq: int
    snapshot_seq: int
    state: bytes | None
    updates: Sequence[bytes]
    leases: Mapping[int, Holder]
    authors: Mapping[str, Holder]
    seats: Mapping[SeatId, str]
    retired: frozenset[int] = frozenset()
    locked: bool = False
    happenings: Sequence[bytes] = ()
    vault: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    damage: str | None = None
    is_unsure: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What is stored of a board up to a position of its log: a state, if one is kept, and the updates after it."""

    state: bytes | None
    updates: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is stored of a board as it was at a time.

    Attributes:
        since: The earliest time that is known, in Unix milliseconds; None if none is.
        history: None if that time is before it, or if none was asked for.
    """

    since: int | None
    history: History | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much of a board's past is kept beyond what its safety asks for.

    Attributes:
        since: Unix milliseconds: from then on all of it, if there is room.
        most_bytes: How much room there is for the log and the snapshots.
    """

    since: int
    most_bytes: int


class Store(Protocol):
    """Where boards outlive the process. Every write is on disk when its awaitable completes.

    Any call may raise `DiskTrouble`. After a write has, none is taken until `recover` succeeds.
    """

    def create(self, board: NewBoard) -> Awaitable[None]: ...
    def summary(self, board: BoardId) -> Awaitable[Summary | None]: ...

    def load(self, board: BoardId) -> Awaitable[StoredBoard | None]:
        """The board as far as it is sound, or None if there is none.

        Raises:
            DamagedBoard: If nothing of it is.
        """

    def history(self, board: BoardId, *, until: int) -> Awaitable[History]:
        """What would be loaded if the log ended at `until`, a position it has reached.

        Raises:
            DamagedBoard: If what is stored does not add up.
        """

    def recall(self, board: BoardId, *, at: int | None) -> Awaitable[Recalled]:
        """What would be loaded if the log ended at a time in Unix milliseconds.

        Raises:
            DamagedBoard: If what is stored does not add up.
        """

    def append(self, entry: Entry) -> Awaitable[None]:
        """Make an entry durable.

        Raises:
            Stale: If the board has another history by now.
        """

    def replace(self, rebuilt: Rebuilt) -> Awaitable[None]:
        """Put a new history in the place of a board's old one, of which nothing is left.

        Raises:
            Stale: If the board has gone on since it was rebuilt.
        """

    def save_snapshot(
        self, board: BoardId, *, epoch: int, seq: int, state: bytes, keeping: Keeping | None = None
    ) -> Awaitable[None]:
        """Keep a state that was held against the log; older ones and the log before the oldest kept one go.

        With `keeping`, so much of them stays although it could go.

        Raises:
            Stale: If the board has another history by now.
        """

    def links(self, board: BoardId) -> Awaitable[Sequence[LinkRecord]]: ...
    def link(self, board: BoardId, link: LinkId) -> Awaitable[LinkRecord | None]: ...
    def add_link(self, link: LinkRecord) -> Awaitable[None]: ...

    def revoke_link(self, board: BoardId, link: LinkId) -> Awaitable[bool]:
        """Whether there was such a link; revoking twice is once."""

    def set_code(self, link: LinkRecord, hash: bytes, *, expires_at: int) -> Awaitable[bool]:
        """Have a short code stand for a link until a time in Unix seconds, in place of any earlier one.

        Returns:
            False if the code is taken.
        """

    def link_of_code(self, hash: bytes, *, now: int) -> Awaitable[LinkRecord | None]:
        """The link a short code stands for, which takes newcomers; None if there is none (any more)."""

    def seat(self, board: BoardId, seat: SeatId) -> Awaitable[SeatRecord | None]: ...

    def bearer(self, board: BoardId, *, link: LinkId | None, seat: SeatId | None) -> Awaitable[Bearer | None]:
        """What a token stands for that names a link or a seat; None if there is no such board."""

    def add_seat(
        self, board: BoardId, *, seat: SeatId, link: LinkId, name: str, most: int
    ) -> Awaitable[SeatRecord | None]:
        """The new seat; its hue follows from how many there were.

        None if there are as many as may be, or if the link takes no newcomers (any more).
        """

    def count_seats(self, board: BoardId) -> Awaitable[int]: ...

    def boards(self) -> Awaitable[Sequence[Summary]]:
        """Every board."""

    def size(self, board: BoardId) -> Awaitable[int]:
        """How many bytes the log and the snapshots of a board hold."""

    def erasures(self) -> Awaitable[Mapping[BoardId, Sequence[Erasure]]]:
        """All that was ever erased."""

    def remove(self, board: BoardId, erasure: Erasure) -> Awaitable[None]:
        """Take a board away with everything that is kept of it; only the list still names it."""

    def tidy(self, *, thoroughly: bool) -> Awaitable[bool]:
        """Give back the space of what is gone; whether nothing of it waits in a file written ahead.

        Args:
            thoroughly: Write the whole store anew, so that nothing that is gone is left in any file.

        Raises:
            StillRead: If somebody reads for so long that it cannot be.
        """

    def ping(self) -> Awaitable[None]: ...

    def recover(self) -> Awaitable[None]:
        """After a write failed: make sure of what is stored, and that the disk takes writes again."""


class Clock(Protocol):
    """Time; the only place it comes from."""

    def now(self) -> Millis:
        """Monotonic milliseconds."""

    def wall(self) -> int:
        """Unix time in seconds."""
