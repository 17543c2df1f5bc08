"""A room without sockets or disks: events in, effects recorded, time and commits in the test's hands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgpack
from pycrdt import Doc, Map, Text

from harvestry.core import events
from harvestry.core.access import BoardId, Identity, LinkId, Role, SeatId
from harvestry.core.limits import Limits, Millis
from harvestry.core.ports import Entry, StoredBoard
from harvestry.core.presence import Door
from harvestry.core.protocol import Command, ConnId, Presence
from harvestry.core.room import Room
from harvestry.core.rows import Forget, parse_news
from harvestry.core.tally import Tally
from harvestry.edge.library import shipped
from harvestry_crdt import Board

__all__ = ["BOARD", "Bench", "Writer", "after", "identity", "ids", "texts"]

T = TypeVar("T")

BOARD = BoardId("Jx4mP0qLr8sT2uVw")
SERVER_CLIENT = 1
WALL = 1_800_000_000
START = Millis(1_000)


def identity(
    name: str = "Ann", role: Role = Role.PARTICIPANT, *, link: str | None = None, seat: str | None = ""
) -> Identity:
    """Somebody; the seat's id follows from the name unless it is given, and None means no seat."""
    own = SeatId(name.ljust(12, "_")[:12]) if seat == "" else None if seat is None else SeatId(seat)
    return Identity(BOARD, LinkId(link or role.value.ljust(12, "_")), own, role, name, 0)


class Writer:
    """A replica that makes updates, as a browser does."""

    def __init__(self, client_id: int, state: bytes | None = None) -> None:
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.els = self.doc.get("els", type=Map)
        if state is not None:
            self.doc.apply_update(state)

    def apply(self, update: bytes) -> None:
        """Take in somebody else's update."""
        self.doc.apply_update(update)

    def note(self, id: str, text: str = "words") -> bytes:
        """The update that puts a note on the board."""
        before = self.doc.get_state()
        with self.doc.transaction():
            self.els[id] = Map({"t": "note", "g": [0, 0, 184, 104], "z": "a0", "txt": Text(text)})
        return self.doc.get_update(before)

    def move(self, id: str, x: int) -> bytes:
        """The update that moves an element."""
        before = self.doc.get_state()
        self.els[id]["g"] = [x, 0, 184, 104]
        return self.doc.get_update(before)

    def title(self, title: str) -> bytes:
        """The update that names the board, as a stock client might try to."""
        before = self.doc.get_state()
        self.doc.get("meta", type=Map)["title"] = title
        return self.doc.get_update(before)


@dataclass
class Bench:
    """A room on the bench.

    Attributes:
        now: The time; `wait` moves it on.
        wall: What the machine takes for the date when the room is made.
        effects: Everything the room has wanted since the last `clear`.
        entries: What it has asked to be persisted.
        tally: What it has counted.
        seed: How often chance was asked.
    """

    limits: Limits = field(default_factory=Limits)
    stored: StoredBoard | None = None
    now: Millis = START
    wall: int = WALL
    effects: list[events.Effect] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    seed: int = 0
    _last_conn: int = 0
    _committed: int = 0

    def __post_init__(self) -> None:
        if self.stored is None:
            board = Board(client_id=7)
            update = board.commit()
            board.close()
            self.stored = StoredBoard(BOARD, "", 1, 1, 0, None, [update], {}, {}, {})
        document = Board.load(self.stored.state, self.stored.updates, client_id=SERVER_CLIENT)
        self.room = Room(
            self.stored,
            document,
            client_id=SERVER_CLIENT,
            limits=self.limits,
            now=self.now,
            wall=self.wall,
            tally=self.tally,
            draw=self.draw,
            library=shipped(),
        )

    def draw(self, size: int) -> bytes:
        """Chance as the test wants it: the same every time."""
        self.seed += 1
        return hashlib.sha256(self.seed.to_bytes(8, "big")).digest()[:size]

    # ---- making things happen --------------------------------------------------------------------------------------

    def handle(self, event: events.Event) -> list[events.Effect]:
        """Tell the room; returns what it wants."""
        effects = self.room.handle(event, now=self.now)
        self.effects += effects
        self.entries += [effect.entry for effect in effects if isinstance(effect, events.Persist)]
        return effects

    def wait(self, ms: int) -> list[events.Effect]:
        """Let time pass and ring."""
        self.now = Millis(self.now + ms)
        return self.handle(events.TickDue())

    def commit(self) -> list[events.Effect]:
        """The commit in flight is on disk."""
        self._committed += 1
        return self.handle(events.Committed())

    def settle(self) -> None:
        """Let time pass and commits succeed until nothing is left to do."""
        for _ in range(8):
            self.wait(200)
            while len(self.entries) > self._committed:
                self.commit()

    def clear(self) -> None:
        """Forget what was wanted so far."""
        self.effects.clear()

    def join(self, who: Identity | None = None, *, door: Door = Door.NATIVE, **more: Any) -> ConnId:
        """Somebody comes in."""
        self._last_conn += 1
        conn = ConnId(self._last_conn)
        self.handle(events.Joined(conn, who or identity(), door, **more))
        return conn

    def edit(self, conn: ConnId, update: bytes, cseq: int = 1) -> list[events.Effect]:
        """An edit arrives."""
        return self.handle(events.EditReceived(conn, cseq, update))

    def command(self, conn: ConnId, command: str, /, **args: object) -> list[events.Effect]:
        """A command arrives."""
        return self.handle(events.CommandReceived(conn, Command(1, command, args)))

    # ---- looking ---------------------------------------------------------------------------------------------------

    def frames(self, conn: ConnId) -> list[bytes]:
        """Every frame for a connection, in order."""
        found: list[bytes] = []
        for effect in self.effects:
            match effect:
                case events.Send(to, frame) if to == conn:
                    found.append(frame)
                case events.Deliver(to_all, fanout) if conn in to_all:
                    found.append(fanout.full)
        return found

    def messages(self, conn: ConnId, kind: str | None = None) -> list[list[Any]]:
        """Every native message for a connection, of one kind if it is named."""
        decoded = [msgpack.unpackb(frame) for frame in self.frames(conn)]
        return [message for message in decoded if kind in (None, message[0])]

    def welcome(self, conn: ConnId) -> dict[str, Any]:
        """What a connection was welcomed with."""
        (message,) = self.messages(conn, "welcome")
        body: dict[str, Any] = message[1]
        return body

    def updates(self, conn: ConnId) -> list[bytes]:
        """The updates in a connection's ticks."""
        return [tick[2] for tick in self.messages(conn, "tick") if tick[2] is not None]

    def receipts(self, conn: ConnId) -> list[int]:
        """The receipts for a connection, in order."""
        found: list[int] = []
        for tick in self.messages(conn, "tick"):
            pairs = tick[3] or []
            found += [cseq for to, cseq in zip(pairs[::2], pairs[1::2], strict=True) if to == conn]
        return found

    def happened(self, conn: ConnId) -> list[list[Any]]:
        """The events in a connection's ticks."""
        return [event for tick in self.messages(conn, "tick") for event in tick[5] or []]

    def presence(self, conn: ConnId) -> dict[ConnId, Presence]:
        """What a connection has been told that people do."""
        told: dict[ConnId, Presence] = {}
        for tick in self.messages(conn, "tick"):
            if tick[4] is not None:
                told = after(told, tick[4])
        return told

    def of(self, kind: type[T]) -> list[T]:
        """The effects of one kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def closes(self) -> dict[ConnId, int]:
        """Which connections were closed, and with what."""
        return {close.conn: int(close.code) for close in self.of(events.Close)}

    def reload(self, **changes: Any) -> list[events.Effect]:
        """After a failed commit: the board as it is on disk comes back."""
        stored = self.reloaded(**changes)
        self._committed = len(self.entries)
        board = Board.load(stored.state, stored.updates, client_id=SERVER_CLIENT + 1)
        return self.handle(events.Reloaded(stored, board, SERVER_CLIENT + 1))

    def reloaded(self, **changes: Any) -> StoredBoard:
        """The board as it would be loaded after a restart."""
        assert self.stored is not None
        stored = self.stored
        leases, authors, updates = dict(stored.leases), dict(stored.authors), list(stored.updates)
        locked = stored.locked
        happenings, vault = list(stored.happenings), dict(stored.vault)
        for entry in self.entries[: self._committed]:
            leases |= entry.leases
            authors |= entry.authors
            locked = locked if entry.locked is None else entry.locked
            happenings += entry.happenings
            for key, body in entry.vault.items():
                vault.pop(key, None)
                if body is not None:
                    vault[key] = body
            if entry.update is not None:
                updates.append(entry.update)
        kept: dict[str, Any] = {"updates": updates, "leases": leases, "authors": authors, "locked": locked}
        kept |= {"happenings": happenings, "vault": vault}
        return replace(stored, seq=len(updates), **kept, **changes)


def after(told: dict[ConnId, Presence], data: bytes) -> dict[ConnId, Presence]:
    """What somebody knows who is told presence, as a browser would."""
    news = parse_news(data)
    if news.forget is Forget.EVERYTHING:
        told = {}
    elif news.forget is Forget.CURSORS:
        told = {conn: replace(presence, cursor=None) for conn, presence in told.items()}
    told = dict(told)
    for row in news.rows:
        told[row.conn] = row.over(told.get(row.conn, Presence()))
    return told


def texts(state: bytes) -> dict[str, str]:
    """The words on a board, by element."""
    doc: Doc[Any] = Doc()
    els = doc.get("els", type=Map)
    doc.apply_update(state)
    return {id: str(els[id]["txt"]) for id in els}


def ids(states: Sequence[bytes]) -> set[str]:
    """The elements that a sequence of updates puts on an empty board."""
    doc: Doc[Any] = Doc()
    els = doc.get("els", type=Map)
    for state in states:
        doc.apply_update(state)
    return set(els.keys())
