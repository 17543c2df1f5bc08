"""Rooms in which a gathering goes on, and people of every role who ask it for whatever comes to mind, in any order.

Edits, votes, sealed notes, reveals, disks that fail, restarts under clocks that are hours off. After every commit what
is stored, folded again, is the gathering in memory; everybody's views can be built; every command has one answer, and
a refusal a code that is documented; nothing that somebody keeps to themselves is in any frame to anybody else, nor in
what is kept for good.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgpack
from pycrdt import Doc

from fuzz.findings import Finding, Watch
from fuzz.gate import Person
from fuzz.rooms import BOARD, Life, Line
from fuzz.wishes import RECORD, Wishes
from harvestry.core import events, protocol
from harvestry.core.access import Capability, Identity, LinkId, Role, SeatId, allows
from harvestry.core.connection import NativeConnection
from harvestry.core.errors import PeerError
from harvestry.core.gathering.capabilities import CAPABILITIES
from harvestry.core.gathering.gathering import fold, own, view
from harvestry.core.gathering.options import digest
from harvestry.core.gathering.state import State
from harvestry.core.gathering.writers import table_of
from harvestry.core.ports import Entry, StoredBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import ConnId, Hello, encode
from harvestry.core.rebuilding import Wish, erased
from harvestry.core.rows import parse_news
from harvestry.edge.library import shipped
from harvestry_crdt import Board
from support.dice import Dice
from support.recording import card
from support.storm import read_vector, view_of

__all__ = ["GatheringLife", "GatheringsTarget"]

_STEPS = 500
# What a command of somebody's, or what is due by itself, may cost in processor time: a reveal writes a board.
_MAX_CPU_S = 0.5
_SEATS = 14
_DOCS = Path(__file__).parents[2] / "docs"
_TEAM = CAPABILITIES["mod.say"].roles
_ROLES = (Role.HOST, Role.COHOST, Role.HARVESTER, Role.TABLE, *(Role.PARTICIPANT,) * 5, Role.OBSERVER, Role.DISPLAY)
_HOUR_S = 3_600


@cache
def documented() -> frozenset[str]:
    """Whatever the documents quote as a word of the wire."""
    texts = [(_DOCS / name).read_text(encoding="utf-8") for name in ("gathering.md", "protocol.md")]
    return frozenset(word for text in texts for word in re.findall(r"`([a-z_]+)`", text))


class GatheringLife(Life):
    """A room with a gathering, its disk, and everybody in it.

    Attributes:
        public: Numbers of secrets that are none any more: they stand on the board, or a vote was closed.
    """

    library = shipped()

    def __init__(self, dice: Dice, watch: Watch) -> None:
        self.wishes = Wishes(dice)
        self.public: set[int] = set()
        self.asked: dict[ConnId, list[int]] = {}
        # The role of each seat, as the store has it.
        self.seats: dict[SeatId, Role] = {}
        self.erasing: frozenset[str] = frozenset()
        self.reloading = False
        self.recall: events.Recall | None = None
        self._drawn = 0
        self._records = 0
        self._client = 1 << 40
        self._seed = dice.bytes(16)
        self._scanned: tuple[bytes, set[int]] = (b"", set())
        super().__init__(dice, watch)

    def _draw(self, size: int) -> bytes:
        self._drawn += 1
        return hashlib.sha256(self._seed + self._drawn.to_bytes(8, "big")).digest()[:size]

    @property
    def state(self) -> State:
        """The gathering with what waits for the next commit."""
        return self.room._loaded.hosting.state

    @property
    def told(self) -> State:
        """The gathering as it is on disk."""
        return self.room._loaded.hosting._durable

    # ---- steps -----------------------------------------------------------------------------------------------------

    def _digest(self, id: str) -> str:
        element = self.board.element(id) if self.board.is_awake else None
        return "nothing_" if element is None else digest(element)

    def step(self) -> None:
        if self.erasing and self.dice.once_in(4) and self.room._ending is None:
            self._tell(events.Replacing())
        elif self.recall is not None and self.dice.once_in(2):
            self._recall()
        elif self.reloading and self.dice.once_in(3):
            self.reloading = False
            self._tell(events.Writable())
        elif self.dice.roll() < 0.6 and self.room._ending is None and not self.room.is_congested:
            self._wish()
        super().step()

    def check(self) -> None:
        super().check()
        if not self.room.is_over and self.dice.once_in(12):
            self._look()

    def settle(self) -> None:
        if self.reloading:
            self.reloading = False
            self._tell(events.Writable())
        super().settle()
        for _ in range(4):
            # One may wait behind another.
            if self.recall is not None:
                self._recall()
                super().settle()
        if not self.room.is_over and self.flight is None and not self.reloading:
            self._folds_again()
            for conn, numbers in self.asked.items():
                if numbers and conn in self.room._roster:
                    raise Finding(f"{len(numbers)} commands of connection {conn} have no answer")

    def _wish(self) -> None:
        dice = self.dice
        name = self.wishes.name(self.state)
        lines = [line for line in self.lines.values() if line.door is Door.NATIVE and line.seq is not None]
        if not dice.once_in(6):
            permission = CAPABILITIES.get(name)
            lines = [line for line in lines if permission is None or self._role(line) in permission.roles] or lines
        if not lines:
            return
        line = dice.pick(lines)
        elements = sorted(self.board.living()) if self.board.is_awake else []
        seat = line.identity.seat or ""
        args = self.wishes.spoilt(self.wishes.args(name, self.state, seat, elements, self._digest))
        n = dice.below(1_000)
        try:
            frame = bytes(msgpack.packb(["command", n, name, args], use_bin_type=True))
        except (OverflowError, ValueError, TypeError):
            return
        self.count["wishes"] += 1
        try:
            protocol.parse(frame)
        except PeerError:
            line.person = None  # No honest client sends this.
        self._frame(line, frame)

    def _role(self, line: Line) -> Role:
        """What somebody is by now, or was when they were sent away."""
        member = self.room._roster.get(line.conn)
        if member is not None:
            return member.identity.role
        return self.seats.get(line.identity.seat or SeatId(""), line.identity.role)

    def _join(self) -> None:
        """As in any room; but people of every role come, and come back to their seats."""
        dice = self.dice
        if self.room.is_full:
            return
        self.last_conn += 1
        conn = ConnId(self.last_conn)
        door = Door.STOCK if dice.once_in(6) else Door.NATIVE
        role = Role.HOST if not self.seats else dice.pick(_ROLES)
        seat: SeatId | None = SeatId(f"seat{len(self.seats):08d}")
        if self.seats and (dice.once_in(2) or len(self.seats) >= _SEATS):
            seat = dice.pick(list(self.seats))
            role = self.seats[seat]
        elif door is Door.STOCK:
            seat = None
        if seat is not None:
            self.seats[seat] = role
        person = None
        if allows(role, Capability.EDIT) and door is Door.NATIVE and seat is not None and dice.once_in(3):
            self.last_client += 1
            person = Person(self.last_client, dice)
            self.people.append(person)
        identity = Identity(BOARD, LinkId(role.value.ljust(12, "_")), seat, role, f"P{conn}", conn % 8)
        line = self.lines[conn] = Line(conn, identity, door, person)
        line.native = NativeConnection()
        line.native.receive(encode(Hello(1, "token")))
        self._tell(events.Joined(conn, identity, door, None, None, "resume"))

    def _hostile(self, line: Line) -> None:
        """Seldom: most of what is forged ends a connection, and with it what somebody might have asked for."""
        if self.dice.once_in(5):
            super()._hostile(line)

    def _honest(self) -> None:
        """Whoever may not write any more is no honest writer, and nobody writes while the board cannot be saved."""
        if self.reloading:
            return
        for line in self.lines.values():
            if not allows(self._role(line), Capability.EDIT):
                line.person = None
        if self.dice.once_in(6):
            self._record()
        super()._honest()

    def _record(self) -> None:
        """Somebody who writes puts a record where records are."""
        plan = self.state.show.plan
        frames = [] if plan is None else [each.element for each in plan.regions if each.fields and each.element]
        writers = [line for line in self.lines.values() if line.person is not None and line.seq is not None]
        if not frames or not writers or self.room.is_congested:
            return
        line = self.dice.pick(writers)
        assert line.person is not None
        self._records += 1
        says = {"title": "Call the school.", "what": "Call the school.", "links": self.dice.pick(frames)}
        line.person.put(f"{RECORD}{self._records:06d}", card(self.dice.pick(frames), **says))
        self._send(line, line.person)

    def _recall(self) -> None:
        """The past of the board is read, or is not there, or cannot be read."""
        recall, self.recall = self.recall, None
        assert recall is not None
        self.count["recalls"] += 1
        match self.dice.below(4):
            case 0:
                self._tell(events.Recalled(recall.ticket, is_lost=True))
            case 1:
                self._tell(events.Recalled(recall.ticket, since=self.wall * 1_000))
            case _:
                log = self.log[: 1 + self.dice.below(len(self.log))]
                past = Board.load(None, log, client_id=5)
                elements = past.elements()
                past.close()
                known = None if recall.at is None else elements
                self._tell(events.Recalled(recall.ticket, self.wall * 1_000, known))

    # ---- the disk --------------------------------------------------------------------------------------------------

    def _commit(self) -> None:
        if self.flight is None or not self.dice.once_in(25):
            super()._commit()
            return
        self.flight = self.recall = None
        self._forget_promises()
        self.count["commits that failed"] += 1
        self._tell(events.CommitFailed())
        self._client += 1
        board = Board.load(None, self.log, client_id=self._client)
        self.stored = self._as_read()
        self._tell(events.Reloaded(self.stored, board, self._client))
        self.board, self.world = board, None
        self.wants_document = False
        self.reloading = True

    def _forget_promises(self) -> None:
        """After a commit that failed people would send again; here they begin anew."""
        self.unseen.clear()
        for line in self.lines.values():
            line.person = None
            line.owed.clear()

    def _durable(self) -> None:
        entry = self.flight
        assert entry is not None
        self._keep(entry)
        super()._durable()
        if self.dice.once_in(10):
            self._folds_again()

    def _keep(self, entry: Entry) -> None:
        stored = self.stored
        for body in entry.happenings:
            if hidden := {self.wishes.secrets[n].kind for n in Wishes.found_in(body)}:
                raise Finding(f"what is kept for good holds {hidden}: {body[:200]!r}")
        vault = dict(stored.vault)
        for key, row in entry.vault.items():
            vault.pop(key, None)
            if row is not None:
                vault[key] = row
                if key[0] == "reason":
                    self.public |= Wishes.found_in(row)
        self.seats |= entry.roles
        self.public |= Wishes.found_in(entry.update or b"")
        locked = stored.locked if entry.locked is None else entry.locked
        happenings = (*stored.happenings, *entry.happenings)
        self.stored = replace(stored, vault=vault, locked=locked, happenings=happenings)
        self.count["happenings"] += len(entry.happenings)
        self.count["rows of the vault"] += len(entry.vault)

    def _as_read(self) -> StoredBoard:
        """What a store would read: rows come in the order of their keys."""
        vault = dict(sorted(self.stored.vault.items()))
        return replace(self.stored, seq=self.seq, updates=list(self.log), vault=vault)

    def _reopen(self) -> None:
        before = self._views(fold(self.stored.happenings, self.stored.vault))
        self.room.release()
        self.lines.clear()
        self.asked.clear()
        self.unseen.clear()
        self.wants_document = self.reloading = False
        self.flight = self.recall = None
        self.stored = self._as_read()
        if self.erasing:
            self._erase()
        self.wall += self.dice.pick((0, 1, 60, 5 * _HOUR_S, -5 * _HOUR_S, -1))
        self.count["rooms opened"] += 1
        erased_any, self.erasing = bool(self.erasing), frozenset()
        self._open()
        if not erased_any and self._views(self.told) != before:
            raise Finding("a room that is opened again shows another gathering")

    def _erase(self) -> None:
        history, _ = erased(self.stored, Wish(self.erasing), client_id=self._client, at=self.wall, strict=False)
        self._client += 1
        vault = {key: row for key, row in self.stored.vault.items() if key not in history.rows}
        self.epoch, self.seq = history.epoch, self.seq + 1
        self.log = [history.state]
        self.shadow = Doc[Any]()
        self.shadow.apply_update(history.state)
        self.durable = read_vector(self.shadow.get_state())
        self.pool = [bytes.fromhex("01014d0000808080800800"), b"\x00\x00"]
        self.count["erasures"] += 1
        self.stored = replace(
            self.stored,
            epoch=self.epoch,
            seq=self.seq,
            updates=list(self.log),
            leases={},
            retired=self.stored.retired | history.retired,
            authors=dict(history.authors),
            vault=vault,
        )

    # ---- what the room does ----------------------------------------------------------------------------------------

    def _tell(self, event: events.Event) -> None:
        if isinstance(event, events.CommandReceived) and event.conn in self.room._roster:
            self.asked.setdefault(event.conn, []).append(event.command.n)
        if not isinstance(event, events.CommandReceived | events.TickDue | events.Joined):
            super()._tell(event)
            return
        began = time.thread_time()
        super()._tell(event)
        if (took := self.watch.end(began)) > _MAX_CPU_S:
            what = event.command.name if isinstance(event, events.CommandReceived) else type(event).__name__
            raise Finding(f"{what} took {took * 1_000:.0f} ms")

    def _carry_out(self, effect: events.Effect) -> None:
        match effect:
            case events.Erase(elements):
                self.erasing = elements
            case events.Recall():
                self.recall = effect
        super()._carry_out(effect)

    def _hear(self, conn: ConnId, frame: bytes) -> None:
        line = self.lines.get(conn)
        if line is not None:
            self._overhear(line, frame)
            if line.door is Door.NATIVE:
                self._answered(line, frame)
        super()._hear(conn, frame)

    def _answered(self, line: Line, frame: bytes) -> None:
        message = msgpack.unpackb(frame)
        match message:
            case ["result", n, *_] | ["failed", n, *_]:
                asked = self.asked.get(line.conn, [])
                if n not in asked:
                    raise Finding(f"an answer to command {n}, which nobody gave")
                asked.remove(n)
                self.count[message[0] if message[0] == "result" else f"failed {message[2]}"] += 1
                if message[0] == "failed" and message[2] not in documented():
                    raise Finding(f"a refusal that no document knows: {message[2]}")
            case ["gathering" | "own" | "neutralised", *_] if line.seq is None:
                raise Finding(f"{message[0]} to somebody who has not been welcomed")
            case ["tick", _, _, _, bytes(presence), _]:
                parse_news(presence)

    def _overhear(self, line: Line, frame: bytes) -> None:
        """Look for what is not for them in a frame."""
        if frame is not self._scanned[0]:
            self._scanned = frame, Wishes.found_in(frame)
        hidden = self._scanned[1] - self.public
        if hidden:
            # Other words come as what is different of them.
            self.public |= Wishes.found_in(repr(view_of(self.shadow)).encode())
        for number in hidden - self.public:
            secret = self.wishes.secrets[number]
            if not self._may_hear(line, number):
                kind = frame[:12]
                raise Finding(f"{secret.kind} of {secret.seat} in a frame to {line.identity}: {kind!r}")

    def _may_hear(self, line: Line, number: int) -> bool:
        secret, seat = self.wishes.secrets[number], line.identity.seat
        if secret.kind == "team":
            return self._role(line) in _TEAM
        if secret.kind in ("words", "name") and seat == secret.seat:
            return True
        if secret.kind == "words" and seat is not None:
            table = table_of(self.told, seat)
            rows = (self.told.sealing.notes[key] for key in self.told.sealing.of_table.get(table or "", ()))
            return table is not None and any(f"kanari{number:06d}" in row.text for row in rows)
        return False

    # ---- what always holds -----------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Everybody's views can be built and sent, and the two kinds of rows of a vote count the same."""
        self._views(self.state)
        deciding = self.state.deciding
        voted = Counter({poll: len(seats) for poll, seats in deciding.spent.items()})
        cast = Counter(ballot.poll for ballot in deciding.ballots.values())
        if voted != cast:
            raise Finding(f"{voted} seats have voted, and there are {cast} ballots")
        if closed := [id for id in cast if not deciding.polls[id].is_open]:
            raise Finding(f"ballots of {closed} outlive its close")

    def _folds_again(self) -> None:
        """What is stored makes the very gathering that is in memory."""
        if self.room._loaded.waking.is_under_way:
            return  # It hears of the commit only then.
        self.count["folds"] += 1
        again = fold(self.stored.happenings, dict(sorted(self.stored.vault.items())))
        if self._views(again) != self._views(self.told):
            raise Finding("what is stored makes another gathering than the one in memory")
        for name in ("show", "capture"):
            if getattr(again, name) != getattr(self.told, name):
                raise Finding(f"what is stored makes another slice of {name} than the one in memory")

    def _views(self, state: State) -> dict[str, bytes]:
        """What everybody sees, less what follows from who is connected and from when it was told."""
        people = replace(state.people, away={}, waiting={})
        state = replace(state, people=people, sealing=replace(state.sealing, progress=None))
        for name in (of.name for of in fields(state) if hasattr(getattr(state, of.name), "told")):
            slice_ = getattr(state, name)
            state = replace(state, **{name: replace(slice_, told=type(slice_)().told)})
        views = {role.value: protocol.encode(protocol.Gathering(view(state, role))) for role in Role}
        seats = [*state.people.roles, SeatId("nobody_here_")]
        return views | {seat: protocol.encode(protocol.Own(own(state, seat))) for seat in seats}


class GatheringsTarget:
    """One gathering after the other."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def close(self) -> None:
        """Nothing is held."""

    def run(self, seed: int) -> None:
        """The life of one gathering.

        Raises:
            Finding: If anything about it is wrong.
        """
        live(Dice(f"gatherings {seed}"), self.watch)


def live(dice: Dice, watch: Watch, steps: int = _STEPS) -> GatheringLife:
    """Play a gathering through to its end.

    Raises:
        Finding: If anything about it is wrong.
    """
    life = GatheringLife(dice, watch)
    try:
        for _ in range(steps):
            life.step()
        life.settle()
        if not life.ended:
            life.everybody_agrees()
    finally:
        life.close()
    return life
