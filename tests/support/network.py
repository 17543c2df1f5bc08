"""A network and a server's disk, without either: peers, one room, and what chance does to the frames between them.

Frames of one connection keep their order, as TCP keeps it; frames of different connections do not. Connections break
and lose what is under way, and edits arrive twice. A provider may drop or swap edits before they are in the socket, so
at the stock door edits are lost and overtaken on connections that live on; at the native door receipts rest on TCP's
order. The server commits when chance says so, and may die at any moment, with the commit in flight on disk or not.

Two things are looked at after every step, because the end would not show them: nobody has seen an edit that is not on
disk, and whatever a receipt named is on disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pycrdt import Doc

from harvestry.core import yprotocol
from harvestry.core.access import BoardId, Holder, Identity, LinkId, Role, SeatId
from harvestry.core.events import (
    Awake,
    AwarenessReceived,
    AwarenessWanted,
    Broken,
    Close,
    CommandReceived,
    Committed,
    Deliver,
    Drained,
    EditReceived,
    Effect,
    Event,
    Joined,
    Left,
    Persist,
    PresenceReceived,
    RestDue,
    Send,
    StateReady,
    StateWanted,
    Step1Received,
    TickDue,
    WakeAt,
    WakeBoard,
)
from harvestry.core.limits import Limits, Millis
from harvestry.core.ports import Entry, StoredBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import Command, ConnId, Edit, Presence, parse
from harvestry.core.room import Room
from harvestry.core.tally import Tally
from harvestry_crdt import Board
from support.naive import NaiveBoard
from support.peers import NativePeer, Peer, StockPeer
from support.storm import Chance, Gust, Storm, read_vector, view_of

__all__ = ["FAULTS", "Disk", "Network"]

T = TypeVar("T")

BOARD = BoardId("stormyweather-16")
FAULTS = ("cut", "resend", "lose", "overtake", "crash before the disk", "crash after the disk", "snapshot")
# Client ids of the server's processes start here, those of peers below.
SERVER_CLIENTS = 1_000_000


@dataclass
class Disk:
    """What is durable: every row of the log, the latest snapshot, and who writes under what."""

    rows: list[bytes] = field(default_factory=list)
    snapshot: tuple[int, bytes] | None = None
    leases: dict[int, Holder] = field(default_factory=dict)
    authors: dict[str, Holder] = field(default_factory=dict)
    title: str = ""
    locked: bool = False

    def append(self, entry: Entry) -> None:
        if entry.update is not None:
            self.rows.append(entry.update)
        assert entry.seq == len(self.rows), f"expected position {len(self.rows)}, got {entry.seq}"
        self.leases.update(entry.leases)
        self.authors.update(entry.authors)
        self.title = entry.title if entry.title is not None else self.title
        self.locked = entry.locked if entry.locked is not None else self.locked

    def stored(self) -> StoredBoard:
        at, state = self.snapshot or (0, None)
        return StoredBoard(
            board=BOARD,
            title=self.title,
            epoch=0,
            seq=len(self.rows),
            snapshot_seq=at,
            state=state,
            updates=self.rows[at:],
            leases=self.leases,
            authors=self.authors,
            seats={SeatId(f"seat{number:08d}"): f"Person {number}" for number in range(20)},
            locked=self.locked,
        )


@dataclass
class _Line:
    """One connection: frames on their way up and down."""

    conn: ConnId
    peer: Peer
    up: list[bytes] = field(default_factory=list)
    down: list[bytes] = field(default_factory=list)


class Network:
    """Peers and a room, and everything between them.

    Args:
        chance: Decides every step.
        natives: How many peers come in by the native door.
        stocks: How many by the stock door.
        role: Whether they may do all that a storm does, which sets locks.

    Attributes:
        gusts: Every edit that was carried out.
        faults: How often each fault has happened.
    """

    def __init__(self, chance: Chance, *, natives: int, stocks: int, role: Role = Role.HOST) -> None:
        self._chance = chance
        self._role = role
        self.now = Millis(1_000)
        self.disk = Disk()
        self.peers: list[Peer] = [
            *(self._native(number) for number in range(natives)),
            *(self._stock(number) for number in range(natives, natives + stocks)),
        ]
        self.naive = NaiveBoard()
        self.gusts: list[Gust] = []
        self.faults: Counter[str] = Counter()
        self._lines: dict[ConnId, _Line] = {}
        self._damaged: set[str] = set()
        self._connections = 0
        self._processes = 0
        # The log as another reader would have it, kept up row by row.
        self._shadow: Doc[Any] = Doc()
        self._counted = 0
        self._start_server()

    # --- the cast ---

    def _native(self, number: int) -> Peer:
        identity = Identity(
            BOARD, LinkId("thelinkofall"), SeatId(f"seat{number:08d}"), self._role, f"Person {number}", number
        )
        storm = Storm(self._chance, f"n{number:03d}")
        return NativePeer(f"native {number}", identity, storm, client_id=number + 1, by_vector=number % 2 == 0)

    def _stock(self, number: int) -> Peer:
        identity = Identity(BOARD, LinkId("thelinkofall"), None, self._role, "Guest", number)
        storm = Storm(self._chance, f"s{number:03d}")
        return StockPeer(f"stock {number}", identity, storm, client_id=number + 1, echoes=number % 2 == 0)

    def _start_server(self) -> None:
        stored = self.disk.stored()
        self._processes += 1
        client = SERVER_CLIENTS + self._processes
        self._board = Board.load(stored.state, stored.updates, client_id=client, resting=True)
        self.room = Room(
            stored,
            self._board,
            client_id=client,
            limits=Limits(),
            now=self.now,
            wall=1_800_000_000,
            tally=Tally(),
            draw=bytes,
        )
        self._persisting: Entry | None = None
        self._wakes_board = False
        self._wake: Millis | None = None

    def close(self) -> None:
        """Let go of the engine's memory."""
        self.room.release()
        for peer in self.peers:
            peer.close()

    # --- steps ---

    def step(self) -> None:
        """Let one thing happen."""
        # Edits and frames are common, accidents are not; each number is a share.
        steps: tuple[tuple[int, Callable[[], None]], ...] = (
            (36, self._edit),
            (24, self._carry_up),
            (24, self._carry_down),
            (10, self._commit),
            (12, self._pass_time),
            (5, self._connect),
            (3, self._cut),
            (3, self._resend),
            (2, self._lose),
            (2, self._overtake),
            (2, self._retitle),
            (2, self._snapshot),
            (6, self._wake_board),
            (2, self._rest),
            (2, self.crash),
        )
        drawn = self._chance.integer(1, sum(share for share, _ in steps))
        for share, happen in steps:
            drawn -= share
            if drawn <= 0:
                happen()
                break
        self.check_promises()

    def settle(self) -> None:
        """End all accidents, and let everything arrive.

        Whoever is connected and lost nothing stays so: for them the ticks alone must be enough.
        """
        for peer in self.peers:
            if peer.name in self._damaged and peer.conn is not None:
                self._hang_up(peer)
        for peer in self.peers:
            if not peer.is_online:
                self._join(peer)
        for _ in range(10_000):
            if not self._any_left():
                break
            for line in list(self._lines.values()):
                self._take(line)
                while line.up:
                    self._receive(line, line.up.pop(0))
            self._wake_board()
            self._commit()
            self._pass_time()
            for line in list(self._lines.values()):
                while line.down:
                    line.peer.receive(line.down.pop(0))
        else:
            raise AssertionError("the network does not come to rest")
        self.check_promises()

    def _any_left(self) -> bool:
        lines = self._lines.values()
        return (
            self._persisting is not None
            or self._wakes_board
            or any(line.up or line.down or line.peer.sending or line.peer.waits for line in lines)
            or (self._wake is not None and self._wake - self.now < 1_000)
        )

    def check_promises(self) -> None:
        """Assert that whatever anybody saw or was promised is on disk."""
        durable = self._durable()
        for peer in self.peers:
            assert peer.promised <= durable.get(peer.client_id, 0), f"{peer.name} has a receipt for what is not on disk"
            for client, clock in read_vector(peer.doc.get_state()).items():
                if client != peer.client_id:
                    assert clock <= durable.get(client, 0), f"{peer.name} sees what is not on disk"

    def _durable(self) -> dict[int, int]:
        for row in self.disk.rows[self._counted :]:
            self._shadow.apply_update(row)
            self._counted += 1
        return read_vector(self._shadow.get_state())

    # --- what may happen ---

    def _edit(self) -> None:
        peer = self._any(self.peers)
        view = view_of(peer.doc)
        gust = peer.storm.next(view)
        if peer.act(gust.action):
            self.naive.note(gust.action, view)
            self.gusts.append(gust)

    def _carry_up(self) -> None:
        for line in self._lines.values():
            self._take(line)
        waiting = [line for line in self._lines.values() if line.up]
        if waiting:
            line = self._any(waiting)
            self._receive(line, line.up.pop(0))

    def _carry_down(self) -> None:
        waiting = [line for line in self._lines.values() if line.down]
        if waiting:
            line = self._any(waiting)
            line.peer.receive(line.down.pop(0))

    def _commit(self) -> None:
        if self._persisting is not None:
            entry, self._persisting = self._persisting, None
            self.disk.append(entry)
            self._tell(Committed())

    def _wake_board(self) -> None:
        if self._wakes_board:
            self._wakes_board = False
            self._board.wake()
            self._tell(Awake())

    def _rest(self) -> None:
        self._tell(RestDue())

    def _pass_time(self) -> None:
        if self._wake is not None:
            self.now = max(self.now, self._wake)
            self._wake = None
            self._tell(TickDue())

    def _connect(self) -> None:
        offline = [peer for peer in self.peers if not peer.is_online]
        if offline:
            self._join(self._any(offline))

    def _cut(self) -> None:
        online = [peer for peer in self.peers if peer.is_online]
        if online:
            self.faults["cut"] += 1
            self._hang_up(self._any(online))

    def _resend(self) -> None:
        if self._any(self.peers).resend(self._chance.integer(0, 99)):
            self.faults["resend"] += 1

    def _lose(self) -> None:
        line, edits = self._edits_under_way()
        if line is not None and edits:
            self.faults["lose"] += 1
            self._damaged.add(line.peer.name)
            del line.up[self._any(edits)]

    def _overtake(self) -> None:
        line, edits = self._edits_under_way()
        if line is not None and len(edits) > 1:
            self.faults["overtake"] += 1
            first, second = edits[0], edits[1]
            line.up[first], line.up[second] = line.up[second], line.up[first]

    def _edits_under_way(self) -> tuple[_Line | None, list[int]]:
        for line in self._lines.values():
            self._take(line)
        waiting = [line for line in self._lines.values() if line.up and line.peer.door is Door.STOCK]
        if not waiting:
            return None, []
        line = self._any(waiting)
        return line, [index for index, frame in enumerate(line.up) if _is_update(frame)]

    def _retitle(self) -> None:
        peer = self._any(self.peers)
        if isinstance(peer, NativePeer):
            peer.retitle(f"Title {self._chance.integer(0, 99)} שלום 👍")

    def _snapshot(self) -> None:
        self._tell(StateWanted(ticket=1))

    def crash(self) -> None:
        """The server's process dies and another one takes its place."""
        survives = self._chance.integer(0, 1) == 1
        if self._persisting is not None and survives:
            self.disk.append(self._persisting)
        if self._persisting is not None:
            self.faults["crash after the disk" if survives else "crash before the disk"] += 1
        for line in self._lines.values():
            line.peer.lost()
            self._damaged.discard(line.peer.name)
        self._lines.clear()
        self._start_server()

    # --- the edge, as it would be ---

    def _join(self, peer: Peer) -> None:
        self._connections += 1
        conn = ConnId(self._connections)
        self._lines[conn] = _Line(conn, peer)
        peer.connected(conn)
        self._tell(Joined(conn, peer.identity, peer.door, state_vector=peer.known_vector(), resume="resume"))

    def _hang_up(self, peer: Peer) -> None:
        assert peer.conn is not None
        del self._lines[peer.conn]
        self._tell(Left(peer.conn))
        peer.lost()
        self._damaged.discard(peer.name)

    def _take(self, line: _Line) -> None:
        line.up.extend(line.peer.sending)
        line.peer.sending.clear()

    def _receive(self, line: _Line, frame: bytes) -> None:
        for event in _events_of(line, frame):
            self._tell(event)

    def _tell(self, event: Event) -> None:
        for effect in self.room.handle(event, now=self.now):
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(conn, frame):
                if conn in self._lines:
                    self._lines[conn].down.append(frame)
            case Deliver(conns, fanout):
                for conn in conns:
                    if conn in self._lines:
                        self._lines[conn].down.append(fanout.full)
            case Persist(entry):
                assert self._persisting is None, "two commits at once"
                self._persisting = entry
            case WakeBoard():
                self._wakes_board = True
            case WakeAt(at):
                self._wake = at
            case StateReady(_, _, seq, state):
                self.faults["snapshot"] += 1
                self.disk.snapshot = (seq, state)
            case Close(conn, code, reason):
                raise AssertionError(f"{self._lines[conn].peer.name} was closed: {code.value} {reason}")
            case Broken() | Drained():
                raise AssertionError(f"the room ended: {effect}")

    def _any(self, options: Sequence[T]) -> T:
        return options[self._chance.integer(0, len(options) - 1)]


def _is_update(frame: bytes) -> bool:
    return isinstance(yprotocol.parse(frame), yprotocol.SyncUpdate)


def _events_of(line: _Line, frame: bytes) -> list[Event]:
    """What the edge makes of a frame."""
    conn = line.conn
    if line.peer.door is Door.NATIVE:
        match parse(frame):
            case Edit(cseq, update):
                return [EditReceived(conn, cseq, update)]
            case Command() as command:
                return [CommandReceived(conn, command)]
            case Presence() as presence:
                return [PresenceReceived(conn, presence)]
            case other:
                raise AssertionError(f"{line.peer.name} sends no {other}")
    match yprotocol.parse(frame):
        case yprotocol.SyncStep1(state_vector):
            return [Step1Received(conn, state_vector)]
        case yprotocol.SyncStep2(update) | yprotocol.SyncUpdate(update):
            return [EditReceived(conn, 0, update)]
        case yprotocol.AwarenessUpdate() as states:
            return [AwarenessReceived(conn, states)]
        case yprotocol.AwarenessQuery():
            return [AwarenessWanted(conn)]
