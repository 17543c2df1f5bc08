"""What happens to a room, and what it wants done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from harvestry_crdt import Board, Element

from .access import Identity, LinkId, SeatId
from .errors import CloseCode
from .limits import Millis
from .outbox import Fanout
from .ports import Entry, StoredBoard
from .presence import Door
from .protocol import Command, ConnId, Presence
from .yprotocol import AwarenessUpdate

__all__ = [
    "Awake",
    "AwarenessReceived",
    "AwarenessWanted",
    "Broken",
    "CaughtUp",
    "Close",
    "CommandReceived",
    "CommitFailed",
    "Committed",
    "Deliver",
    "Drained",
    "EditReceived",
    "Effect",
    "Erase",
    "EraseAll",
    "Event",
    "Hold",
    "Joined",
    "LeaveNoTrace",
    "Left",
    "LinkRevoked",
    "Persist",
    "PresenceReceived",
    "Recall",
    "Recalled",
    "Reload",
    "ReloadFailed",
    "Reloaded",
    "Replacing",
    "RestDue",
    "Send",
    "StateReady",
    "StateWanted",
    "Step1Received",
    "Stopping",
    "TakeBack",
    "TakenBack",
    "TickDue",
    "WakeAt",
    "WakeBoard",
    "WakeFailed",
    "Writable",
]


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody's token was found good.

    Attributes:
        state_vector: What a native client holds; None if nothing.
        since: The (epoch, seq) of the board a native client has loaded.
        resume: The token that brings this seat back.
    """

    conn: ConnId
    identity: Identity
    door: Door
    state_vector: bytes | None = None
    since: tuple[int, int] | None = None
    resume: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """The connection is gone."""

    conn: ConnId


@dataclass(frozen=True, slots=True)
class EditReceived:
    """An update arrived; `cseq` is 0 at the stock door, which knows no receipts."""

    conn: ConnId
    cseq: int
    update: bytes


@dataclass(frozen=True, slots=True)
class PresenceReceived:
    """A native client says what it does."""

    conn: ConnId
    presence: Presence


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """A native client wishes something done."""

    conn: ConnId
    command: Command


@dataclass(frozen=True, slots=True)
class Step1Received:
    """A stock client asks for what it lacks."""

    conn: ConnId
    state_vector: bytes


@dataclass(frozen=True, slots=True)
class AwarenessReceived:
    """A stock client states awareness, its own and what it heard."""

    conn: ConnId
    update: AwarenessUpdate


@dataclass(frozen=True, slots=True)
class AwarenessWanted:
    """A stock client asks for everybody's awareness."""

    conn: ConnId


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A slow reader that was spared presence has read everything."""

    conn: ConnId


@dataclass(frozen=True, slots=True)
class Awake:
    """The board's document has been decoded, as asked by `WakeBoard`."""


@dataclass(frozen=True, slots=True)
class WakeFailed:
    """The board's bytes did not make a document."""


@dataclass(frozen=True, slots=True)
class RestDue:
    """Nobody has edited for a good while: the document may go, until somebody does."""


@dataclass(frozen=True, slots=True)
class StateWanted:
    """Somebody wants the whole board; answered by `StateReady` with the same ticket."""

    ticket: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Somebody whose seat a host has ended takes back what is theirs; answered by `TakenBack` with the same ticket.

    Attributes:
        keys: Those of notes without a name, as base64url.
    """

    ticket: int
    seat: SeatId
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Committed:
    """The commit in flight is on disk."""


@dataclass(frozen=True, slots=True)
class CommitFailed:
    """The commit in flight is not on disk."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The board as it is on disk, after a commit failed; the room owns the document from now on.

    Attributes:
        client_id: What the server writes under from now on.
    """

    stored: StoredBoard
    board: Board
    client_id: int


@dataclass(frozen=True, slots=True)
class ReloadFailed:
    """After a commit failed, nothing of the board could be loaded."""


@dataclass(frozen=True, slots=True)
class Writable:
    """The disk takes writes again, after a commit failed."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What `Recall` asked for, with the same ticket.

    Attributes:
        since: The earliest time of which the board is known, in Unix milliseconds; None if there is none.
        elements: Everything that was on the board; None if that time is not known.
        is_lost: It cannot be read.
    """

    ticket: int
    since: int | None = None
    elements: Mapping[str, Element] | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class TickDue:
    """The time asked for by `WakeAt` has come."""


@dataclass(frozen=True, slots=True)
class LinkRevoked:
    """A link, and every seat it made, has ended."""

    link: LinkId


@dataclass(frozen=True, slots=True)
class Stopping:
    """The room is to end: close everybody, commit what waits."""


@dataclass(frozen=True, slots=True)
class Replacing:
    """The board's history is to be replaced: take nothing more, commit what waits, close everybody, and end."""


Event: TypeAlias = (
    Joined
    | Left
    | EditReceived
    | PresenceReceived
    | CommandReceived
    | Step1Received
    | AwarenessReceived
    | AwarenessWanted
    | Awake
    | WakeFailed
    | RestDue
    | CaughtUp
    | StateWanted
    | TakeBack
    | Committed
    | CommitFailed
    | Reloaded
    | ReloadFailed
    | Writable
    | Recalled
    | TickDue
    | LinkRevoked
    | Replacing
    | Stopping
)


@dataclass(frozen=True, slots=True)
class Send:
    """One frame to one connection."""

    conn: ConnId
    frame: bytes


@dataclass(frozen=True, slots=True)
class Deliver:
    """The same frame to many connections."""

    conns: tuple[ConnId, ...]
    frame: Fanout


@dataclass(frozen=True, slots=True)
class Persist:
    """Make this durable, then say `Committed` or `CommitFailed`. There is one at a time."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class WakeBoard:
    """Decode the board's document, then say `Awake`. What needs it waits meanwhile."""


@dataclass(frozen=True, slots=True)
class Reload:
    """A commit failed: load the board from disk and say `Reloaded`, then wait for the disk and say `Writable`."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Read what was on the board at a time, in Unix milliseconds, and say `Recalled`; with None only since when it is
    known. There is one at a time.
    """

    ticket: int
    at: int | None


@dataclass(frozen=True, slots=True)
class Hold:
    """Read nothing more from a connection before that time: it edits faster than it may."""

    conn: ConnId
    until: Millis


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Say `TickDue` at that time; a later wish replaces an earlier one."""

    at: Millis


@dataclass(frozen=True, slots=True)
class Close:
    """End a connection after what was sent to it before."""

    conn: ConnId
    code: CloseCode
    reason: str


@dataclass(frozen=True, slots=True)
class StateReady:
    """The whole board at a position of the log."""

    ticket: int
    epoch: int
    seq: int
    state: bytes


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back is off the board, and durably so; `value` is None if it could not be done now."""

    ticket: int
    value: object


@dataclass(frozen=True, slots=True)
class Broken:
    """The room cannot go on: what it holds in memory may not be what is stored. Load it again."""


@dataclass(frozen=True, slots=True)
class Drained:
    """The room has ended and everything it took is on disk."""


@dataclass(frozen=True, slots=True)
class LeaveNoTrace:
    """Something was forgotten that may be in no file any more, not even in what the store has written ahead."""


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase elements from every file; the board then has a new history, and this room ends."""

    elements: frozenset[str]


@dataclass(frozen=True, slots=True)
class EraseAll:
    """Erase the whole board at a date, in Unix milliseconds, unless that is taken back by then."""

    due: int


Effect: TypeAlias = (
    Send
    | Deliver
    | Persist
    | Reload
    | Recall
    | Hold
    | WakeAt
    | WakeBoard
    | Close
    | StateReady
    | TakenBack
    | LeaveNoTrace
    | Erase
    | EraseAll
    | Broken
    | Drained
)
