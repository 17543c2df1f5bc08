"""Whole connections in any state: sequences of whatever can happen to a room, in an order that nobody foresaw.

Frames go through the parsers of their door first, as on a server. Honest people write all the while through lines that
lose nothing; others send whatever they like. After every step the room has kept what it promises: nobody hears of
what is not durable, positions count up by one, every frame decodes, and nothing grows without bound.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgpack
from pycrdt import Doc

from fuzz.findings import Finding, Watch
from fuzz.frames import native_frame, stock_frame
from fuzz.gate import Person, letters
from harvestry.core import events, yprotocol
from harvestry.core.access import BoardId, Identity, LinkId, Role, SeatId
from harvestry.core.connection import NativeConnection
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.gathering.templates import Library
from harvestry.core.limits import Limits, Millis
from harvestry.core.ports import Entry, StoredBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import Command, ConnId, Edit, Hello, Part, Ping, Presence, encode
from harvestry.core.room import Room
from harvestry.core.tally import Tally
from harvestry_crdt import Board
from harvestry_crdt.wire import encode_state_vector
from support.dice import Dice
from support.grammar import Forger, Sketch, World, bend, mangle
from support.storm import read_vector

__all__ = ["Life", "RoomsTarget"]

BOARD = BoardId("Jx4mP0qLr8sT2uVw")
_STEPS = 400
_LINKS = {role: LinkId(role.value.ljust(12, "_")) for role in Role}
_SERVER = 1
# Small, so that a few hundred steps reach them.
LIMITS = Limits(max_batch_edits=16, max_parked_bytes=2_048, max_connections=12, max_connection_client_ids=6)


class Line:
    """One connection: what it is allowed to be, and what it was sent."""

    def __init__(self, conn: ConnId, identity: Identity, door: Door, person: Person | None) -> None:
        self.conn = conn
        self.identity = identity
        self.door = door
        self.person = person
        self.native = NativeConnection()
        self.cseq = 0
        self.seq: int | None = None
        # cseq → (client, clock): what must be durable before that receipt may leave.
        self.owed: dict[int, tuple[int, int]] = {}
        self.people: dict[int, list[Any]] = {}
        self.spoilt = False


class Life:
    """A room, its disk, and everybody on it.

    Attributes:
        log: Every durable update, in order.
    """

    epoch = 1
    wall = 1_800_000_000
    library: Library | None = None

    def __init__(self, dice: Dice, watch: Watch) -> None:
        self.dice = dice
        self.watch = watch
        self.count: Counter[str] = watch.count
        self.now = Millis(1_000)
        board = Board(client_id=7)
        self.log = [board.commit()]
        board.close()
        self.stored = StoredBoard(BOARD, "", 1, 1, 0, None, list(self.log), {}, {}, {})
        self.shadow: Doc[Any] = Doc()
        self.shadow.apply_update(self.log[0])
        self.durable: dict[int, int] = read_vector(self.shadow.get_state())
        self.flight: Entry | None = None
        self.lines: dict[ConnId, Line] = {}
        self.last_conn = 0
        self.last_client = 20
        self.pool: list[bytes] = [bytes.fromhex("01014d0000808080800800"), b"\x00\x00"]
        # Edits of honest people that nobody else has seen yet.
        self.unseen: list[tuple[int, int, bytes]] = []
        self.people: list[Person] = []
        self.wants_document = False
        # Who left while the document was being decoded: the room hears of it only then.
        self.leaving: set[ConnId] = set()
        self.tickets = 0
        self.ended = False
        self.seq = 1
        self.names: dict[str, str] = {}
        self._open()

    def _open(self) -> None:
        self.board = Board.load(None, self.log, client_id=_SERVER, resting=self.dice.once_in(2))
        self.room = Room(
            self.stored,
            self.board,
            client_id=_SERVER,
            limits=LIMITS,
            now=self.now,
            wall=self.wall,
            tally=Tally(),
            draw=self._draw,
            library=self.library,
        )
        self.world: World | None = None
        self.ended = False

    def _draw(self, size: int) -> bytes:
        return bytes(size)

    def close(self) -> None:
        """Let go of the engine's memory."""
        self.room.release()
        for person in self.people:
            person.close()

    # ---- steps -----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Let one thing happen, and look whether all is well."""
        dice = self.dice
        self.count["steps"] += 1
        if self.wants_document and dice.once_in(3):
            self.wants_document = False
            self.board.wake()
            self._tell(events.Awake())
        if self.room._ending is not None:
            return self.settle()
        roll = dice.roll()
        if roll < 0.1 or not self.lines:
            self._join()
        elif roll < 0.13:
            self._leave(dice.pick(list(self.lines.values())))
        elif roll < 0.33:
            self._honest()
        elif roll < 0.68:
            # A congested room is not read for.
            if not self.room.is_congested:
                self._hostile(dice.pick(list(self.lines.values())))
        elif roll < 0.8:
            self._commit()
        elif roll < 0.95:
            self.now = Millis(self.now + dice.pick((1, 5, 16, 50, 200, 16_000)))
            self._tell(events.TickDue())
        elif roll < 0.96:
            self.tickets += 1
            self._tell(events.StateWanted(self.tickets))
        elif roll < 0.97:
            hosts = [
                line for line in self.lines.values() if line.identity.role is Role.HOST and line.door is Door.NATIVE
            ]
            if hosts:
                self._tell(
                    events.CommandReceived(dice.pick(hosts).conn, Command(1, "lock", {"locked": dice.once_in(2)}))
                )
        elif roll < 0.98:
            self._tell(events.RestDue())
        elif dice.once_in(2):
            self._tell(events.LinkRevoked(dice.pick(list(_LINKS.values()))))
        elif dice.once_in(3):
            self._tell(events.Stopping() if dice.once_in(2) else events.Replacing())
        return self.check()

    def settle(self) -> None:
        """Let everything that is under way come to its end."""
        for _ in range(50):
            if self.ended:
                break
            if self.wants_document:
                self.wants_document = False
                self.board.wake()
                self._tell(events.Awake())
            self.now = Millis(self.now + 500)
            self._tell(events.TickDue())
            if self.flight is not None:
                self._durable()
        self.check()

    def _join(self) -> None:
        dice = self.dice
        if self.room.is_full:
            return
        self.last_conn += 1
        conn = ConnId(self.last_conn)
        role = dice.pick((Role.HOST, Role.PARTICIPANT, Role.PARTICIPANT, Role.OBSERVER))
        door = Door.STOCK if dice.once_in(3) else Door.NATIVE
        seat = None if door is Door.STOCK and dice.once_in(2) else SeatId(f"seat{self.last_conn:08d}")
        person = None
        if role is not Role.OBSERVER and door is Door.NATIVE and dice.once_in(2):
            self.last_client += 1
            person = Person(self.last_client, dice)
            self.people.append(person)
        identity = Identity(BOARD, _LINKS[role], seat, role, f"P{conn}", conn % 8)
        line = self.lines[conn] = Line(conn, identity, door, person)
        vector: bytes | None = None
        since: tuple[int, int] | None = None
        if door is Door.NATIVE:
            # What is known cannot be a lie for an honest person: it holds nothing yet.
            line.native.receive(encode(Hello(1, "token")))
            if person is None and dice.once_in(3):
                vector = encode_state_vector(self.durable) if dice.once_in(2) else dice.bytes(dice.below(12))
            if person is None and dice.once_in(3):
                since = (1, max(0, self.seq - dice.below(5))) if dice.once_in(2) else (dice.below(3), dice.below(99))
        self._tell(events.Joined(conn, identity, door, vector, since, "resume"))

    def _leave(self, line: Line) -> None:
        del self.lines[line.conn]
        if self.room._loaded.waking.is_under_way:
            self.leaving.add(line.conn)
        self._tell(events.Left(line.conn))

    # ---- what honest people do -------------------------------------------------------------------------------------

    def _honest(self) -> None:
        writers = [line for line in self.lines.values() if line.person is not None and line.seq is not None]
        if not writers or self.room.is_congested:
            return
        line = self.dice.pick(writers)
        person = line.person
        assert person is not None
        person.act()
        self._send(line, person)

    def _send(self, line: Line, person: Person) -> None:
        """What somebody has just done goes out, before they do anything else."""
        sending, person.sending = person.sending, []
        for update in sending:
            line.cseq += 1
            clock = read_vector(person.doc.get_state()).get(person.doc.client_id, 0)
            line.owed[line.cseq] = (person.doc.client_id, clock)
            self.unseen.append((person.doc.client_id, clock, update))
            self.count["honest edits"] += 1
            if self.dice.once_in(5) and len(update) > 4:
                half = len(update) // 2
                for index, part in enumerate((update[:half], update[half:])):
                    self._frame(line, encode(Part(line.cseq, index, 2, part)))
            else:
                self._frame(line, encode(Edit(line.cseq, update)))

    # ---- what others do --------------------------------------------------------------------------------------------

    def _hostile(self, line: Line) -> None:
        if line.person is not None:
            return
        dice = self.dice
        if dice.roll() < 0.6:
            update = self._update(line)
            if line.door is Door.STOCK:
                self._frame(line, yprotocol.encode_update(update))
                return
            line.cseq += dice.pick((1, 1, 1, 0, 5))
            if dice.once_in(8):
                for index in range(2):
                    self._frame(line, encode(Part(max(1, line.cseq), index, 2, update[index::2])))
                return
            self._frame(line, encode(Edit(max(1, line.cseq), update)))
        elif line.door is Door.STOCK:
            frame = stock_frame(dice)
            self._frame(line, mangle(dice, frame, self.pool) if dice.once_in(4) else frame)
        else:
            frame = bytes(msgpack.packb(native_frame(dice), use_bin_type=True))
            self._frame(line, mangle(dice, frame, self.pool) if dice.once_in(4) else frame)

    def _update(self, line: Line) -> bytes:
        dice = self.dice
        base = dice.pick(self.pool[-10:])
        if not self.board.is_awake or dice.once_in(4):
            return mangle(dice, base, self.pool) if dice.once_in(2) else base
        if self.world is None or self.world.index is not self.board._gate.index:
            self.world = World(self.board, dice)
        if dice.once_in(3) and (sketch := Sketch.of(base)) is not None:
            return bend(dice, sketch, self.world)
        return Forger(self.world, (1_000 + line.conn * 2, 1_001 + line.conn * 2)).forge()

    def _frame(self, line: Line, frame: bytes) -> None:
        """One WebSocket message, as the doors take it."""
        if line.conn not in self.lines:
            return
        self.count["frames"] += 1
        self.watch.begin(frame)
        try:
            for event in self._events_of(line, frame):
                self._tell(event)
        except PeerError as error:
            if line.person is not None:
                raise Finding(f"an honest frame was refused: {error}") from error
            self.count[f"closed {error.code.value}"] += 1
            self._leave(line)

    def _events_of(self, line: Line, frame: bytes) -> list[events.Event]:
        conn = line.conn
        if line.door is Door.STOCK:
            match yprotocol.parse(frame):
                case yprotocol.SyncStep1(vector):
                    return [events.Step1Received(conn, vector)]
                case yprotocol.SyncStep2(update) | yprotocol.SyncUpdate(update):
                    return [events.EditReceived(conn, 0, update)]
                case yprotocol.AwarenessUpdate() as message:
                    return [events.AwarenessReceived(conn, message)]
                case _:
                    return [events.AwarenessWanted(conn)]
        match line.native.receive(frame):
            case Edit(cseq, update):
                return [events.EditReceived(conn, cseq, update)]
            case Presence() as presence:
                return [events.PresenceReceived(conn, presence)]
            case Command() as command:
                return [events.CommandReceived(conn, command)]
            case Ping() | None:
                return []
            case _:
                return [events.CaughtUp(conn)]

    # ---- the disk --------------------------------------------------------------------------------------------------

    def _commit(self) -> None:
        if self.flight is None:
            return
        if self.dice.once_in(40):
            # Nobody can say whether it is on disk; here it is not.
            self.flight = None
            self._tell(events.CommitFailed())
            self._reopen()
            return
        self._durable()

    def _durable(self) -> None:
        entry, self.flight = self.flight, None
        assert entry is not None
        stored = self.stored
        if entry.update is not None:
            self.log.append(entry.update)
            self.shadow.apply_update(entry.update)
            self.durable = read_vector(self.shadow.get_state())
            self.seq += 1
            seen = [entry for entry in self.unseen if self.durable.get(entry[0], 0) >= entry[1]]
            self.unseen = [entry for entry in self.unseen if entry not in seen]
            self.pool += [update for _, _, update in seen]
        stored.leases.update(entry.leases)  # type: ignore[attr-defined]
        stored.authors.update(entry.authors)  # type: ignore[attr-defined]
        self._tell(events.Committed())

    def _reopen(self) -> None:
        """The room broke, or ended: everybody comes back to a new one."""
        self.room.release()
        self.lines.clear()
        self.unseen.clear()
        self.wants_document = False
        self.flight = None
        old = self.stored
        self.stored = StoredBoard(
            BOARD, old.title, 1, len(self.log), 0, None, list(self.log), dict(old.leases), dict(old.authors), {}
        )
        self._open()

    # ---- what the room does ----------------------------------------------------------------------------------------

    def _tell(self, event: events.Event) -> None:
        if self.ended:
            return
        for effect in self.room.handle(event, now=self.now):
            self._carry_out(effect)
        if self.ended:
            self._reopen()

    def _carry_out(self, effect: events.Effect) -> None:
        match effect:
            case events.Send(conn, frame):
                self._hear(conn, frame)
            case events.Deliver(conns, fanout):
                for conn in conns:
                    self._hear(conn, fanout.full)
                if any(conn in self.lines and self.lines[conn].door is Door.NATIVE for conn in conns):
                    self._hear_tick(fanout.full)
                    if fanout.lean is not None:
                        self._hear_tick(fanout.lean)
            case events.Persist(entry):
                if self.flight is not None:
                    raise Finding("two commits in flight")
                wanted = self.seq + 1 if entry.update is not None else self.seq
                if entry.seq != wanted or entry.epoch != self.epoch:
                    raise Finding(f"position {entry.seq} instead of {wanted}")
                self.flight = entry
                self.count["commits"] += 1
            case events.WakeBoard():
                self.wants_document = True
            case events.Close(conn, code, reason):
                line = self.lines.pop(conn, None)
                self.count[f"closed {code.value}"] += 1
                if code is CloseCode.FAULT:
                    raise Finding("a fault of ours")
                if line is not None and line.person is not None and code is CloseCode.BAD_UPDATE:
                    raise Finding(f"an honest person was thrown out: {reason}")
            case events.StateReady(_, _, seq, state):
                if seq != self.seq:
                    raise Finding("a state of another position than what is durable")
                doc: Doc[Any] = Doc()
                doc.apply_update(state)
                if read_vector(doc.get_state()) != self.durable:
                    raise Finding("a state that is not what is durable")
            case events.Broken():
                if self.flight is not None:
                    raise Finding("the room broke")
                self.ended = True
            case events.Drained():
                self.ended = True

    def _hear(self, conn: ConnId, frame: bytes) -> None:
        line = self.lines.get(conn)
        if line is None:
            if conn in self.leaving:
                return
            raise Finding(f"a frame for connection {conn}, which is gone")
        if line.door is Door.STOCK:
            message = yprotocol.parse(frame)
            if isinstance(message, yprotocol.SyncUpdate | yprotocol.SyncStep2):
                Doc().apply_update(message.update)
            return
        message = msgpack.unpackb(frame)
        match message[0]:
            case "welcome":
                self._welcomed(line, message[1])
            case "tick":
                self._ticked(line, message)
            case "neutralised":
                self._neutralised(line, message[1])
            case "refused" if line.person is not None:
                raise Finding(f"an honest edit was refused: {message[2]}")
            case "resync" if line.person is not None:
                raise Finding("an honest person has a gap")

    def _hear_tick(self, frame: bytes) -> None:
        message = msgpack.unpackb(frame)
        if message[0] == "tick":
            if message[1] != self.seq:
                raise Finding(f"a tick at {message[1]}, and {self.seq} is durable")
            if message[2] is not None and message[2] != self.log[-1]:
                raise Finding("a tick with something else than what was just made durable")

    def _welcomed(self, line: Line, body: dict[str, Any]) -> None:
        if line.seq is not None:
            self.count["welcomed again"] += 1
        line.seq = body["seq"]
        if line.seq != self.seq:
            raise Finding("a welcome of another position than what is durable")
        if read_vector(body["sv"]) != self.durable:
            raise Finding("a welcome with another state vector than what is durable")
        line.people = {row[0]: row for row in body["people"]}
        if body["update"] is not None:
            doc: Doc[Any] = line.person.doc if line.person is not None else Doc()
            doc.apply_update(body["update"])
        if line.person is not None and not self.durable.items() <= read_vector(line.person.doc.get_state()).items():
            raise Finding("a welcome that brings less than what is durable")

    def _ticked(self, line: Line, message: list[Any]) -> None:
        _, seq, update, receipts, _, happened = message
        if line.seq is None:
            raise Finding("a tick before the welcome")
        if update is not None:
            if seq != line.seq + 1:
                raise Finding(f"position {seq} after {line.seq}")
            line.seq = seq
            if line.person is not None:
                line.person.doc.apply_update(update)
        elif seq != line.seq:
            raise Finding(f"position {seq} without an update after {line.seq}")
        pairs = receipts or []
        for conn, cseq in zip(pairs[::2], pairs[1::2], strict=True):
            if conn == line.conn:
                self._receipted(line, cseq)
        for event in happened or []:
            match event:
                case ["joined", row]:
                    line.people[row[0]] = row
                case ["left", conn]:
                    line.people.pop(conn, None)
                case ["renamed", seat, name]:
                    for row in line.people.values():
                        if row[1] == seat:
                            row[2] = name

    def _neutralised(self, line: Line, cseq: int) -> None:
        self.count["neutralised"] += 1
        if line.person is not None and cseq not in line.owed:
            raise Finding("somebody hears what became of an edit after its receipt")

    def _receipted(self, line: Line, cseq: int) -> None:
        self.count["receipts"] += 1
        for number in [number for number in line.owed if number <= cseq]:
            client, clock = line.owed.pop(number)
            if self.durable.get(client, 0) < clock:
                raise Finding("a receipt for what is not durable")

    # ---- what always holds -----------------------------------------------------------------------------------------

    def check(self) -> None:
        """Bounds and agreement between what the room holds and what everybody was told."""
        room = self.room
        if room.is_over:
            return
        pending = room._loaded.admission.pending
        if pending.edits > LIMITS.max_batch_edits + len(self.lines) + 4:
            raise Finding(f"{pending.edits} edits wait")
        here = len(self.lines) - room._entrance.outside
        # Who comes while the document is being decoded is not taken in yet.
        if len(room._roster) != here and not room._loaded.waking.is_under_way:
            raise Finding(f"the room holds {len(room._roster)} people, {here} are here")
        for held in (room._entrance._joiners, room._entrance._questions, room._appearances._awareness._states):
            if len(held) > 2 * (here + len(room._appearances._awareness._changed)) + 2:
                raise Finding(f"{len(held)} of something for {here} people")
        for member in room._roster.everyone():
            if sum(len(update) for _, update in member.parked) > LIMITS.max_parked_bytes:
                raise Finding("too much is parked")
            if len(member.client_ids) > LIMITS.max_connection_client_ids:
                raise Finding("too many clientIDs on one connection")

    def everybody_agrees(self) -> None:
        """At rest, every view of who is here is the room's, and honest people show what the log says."""
        board = Board.load(None, self.log, client_id=5)
        for line in self.lines.values():
            if line.person is not None and line.seq == self.seq:
                replica = Board.load(line.person.doc.get_update(), (), client_id=5)
                if letters(replica.elements()) != letters(board.elements()):
                    raise Finding(f"{line.identity.name} shows something else than the log")
                replica.close()
        board.close()
        people = {row[0]: row for row in self.room.people()}
        for line in self.lines.values():
            if line.door is Door.NATIVE and line.seq is not None and line.people != people:
                raise Finding(f"connection {line.conn} sees other people than the room: {line.people} {people}")
            if line.person is not None and line.owed:
                raise Finding(f"no receipt for {line.owed}")


class RoomsTarget:
    """One room after the other."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def close(self) -> None:
        """Nothing is held."""

    def run(self, seed: int) -> None:
        """The life of one room.

        Raises:
            Finding: If anything about it is wrong.
        """
        live(Dice(f"rooms {seed}"), self.watch)


def live(dice: Dice, watch: Watch, steps: int = _STEPS) -> list[bytes]:
    """Play a room through to its end; returns its log and what its board then is.

    Raises:
        Finding: If anything about it is wrong.
    """
    life = Life(dice, watch)
    try:
        for _ in range(steps):
            life.step()
        life.settle()
        if not life.ended:
            life.everybody_agrees()
        again = Board.load(None, life.log, client_id=5)
        if read_vector(again.state_vector()) != life.durable:
            raise Finding("the log, loaded again, has another state vector")
        again.close()
    finally:
        life.close()
    return life.log
