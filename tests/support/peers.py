"""Clients without sockets: what a browser of ours, and what a stock provider, does with its frames.

Both hold a pycrdt document. A peer is told what arrives and says what it sends; the network decides when that happens.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import msgpack
from pycrdt import Doc, create_sync_message, create_update_message, handle_sync_message

from harvestry.core import yprotocol
from harvestry.core.access import Identity
from harvestry.core.presence import Door
from harvestry.core.protocol import Command, ConnId, Edit, encode
from harvestry_crdt.wire import decode_update
from support.storm import Action, Storm, carry_out, read_vector

__all__ = ["NativePeer", "Peer", "StockPeer"]


class Peer(ABC):
    """One replica and its end of a connection.

    Attributes:
        doc: The replica.
        storm: Decides what this peer's person does.
        conn: The connection, or None while offline.
        sending: Frames for the network to take.
        promised: Own clock up to which the server has said "saved".
    """

    door: Door

    def __init__(self, name: str, identity: Identity, storm: Storm, *, client_id: int) -> None:
        self.name = name
        self.identity = identity
        self.storm = storm
        self.client_id = client_id
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.conn: ConnId | None = None
        self.sending: list[bytes] = []
        self.promised = 0
        self._updates: list[bytes] = []
        self._is_local = False
        self._observing = self.doc.observe(self._observed)

    def close(self) -> None:
        """Let go of the engine's memory, which the subscription would hold for ever."""
        self.doc.unobserve(self._observing)

    @property
    def is_online(self) -> bool:
        return self.conn is not None

    @property
    def own_clock(self) -> int:
        """How much this peer has written."""
        return read_vector(self.doc.get_state()).get(self.client_id, 0)

    def act(self, action: Action) -> bool:
        """Carry out an edit here and have it sent.

        Returns:
            Whether there was anything to do it to.
        """
        self._is_local = True
        done = carry_out(self.doc, action)
        self._is_local = False
        updates, self._updates = self._updates, []
        for update in updates:
            self._edited(update)
        return done

    def known_vector(self) -> bytes | None:
        """What a new connection of this peer says it holds."""
        return None

    def connected(self, conn: ConnId) -> None:
        self.conn = conn

    def lost(self) -> None:
        """The connection is gone, and with it whatever was under way."""
        self.conn = None
        self.sending.clear()

    @abstractmethod
    def receive(self, frame: bytes) -> None:
        """Take in one frame of the server."""

    @abstractmethod
    def resend(self, choice: int) -> bool:
        """Send an edit again that was sent before; False if there is none."""

    @property
    @abstractmethod
    def waits(self) -> bool:
        """Whether there are edits that the server has not said to be saved; the stock door never says."""

    @abstractmethod
    def _edited(self, update: bytes) -> None: ...

    def _received(self, update: bytes) -> None:  # noqa: B027 - most peers keep remote updates to themselves
        """Remote bytes were applied."""

    def _observed(self, event: Any) -> None:
        if self._is_local:
            self._updates.append(event.update)
        else:
            self._received(event.update)


class NativePeer(Peer):
    """A browser of ours: an outbox that empties by receipts, and one of the two ways to come back.

    Args:
        by_vector: On return, send what the server lacks as one edit; else send the outbox again, edit by edit.
    """

    door = Door.NATIVE

    def __init__(self, name: str, identity: Identity, storm: Storm, *, client_id: int, by_vector: bool) -> None:
        super().__init__(name, identity, storm, client_id=client_id)
        self.by_vector = by_vector
        self.outbox: dict[int, bytes] = {}
        self.neutralised: list[tuple[int, str]] = []
        self._sent: dict[int, bytes] = {}
        self._clocks: dict[int, int] = {}
        self._cseq = 0
        self._number = 0
        self._welcomed = False

    @property
    def waits(self) -> bool:
        return bool(self.outbox)

    def known_vector(self) -> bytes | None:
        return self.doc.get_state()

    def lost(self) -> None:
        super().lost()
        self._welcomed = False

    def retitle(self, title: str) -> None:
        """Ask for another title; only who is connected can."""
        self._ask("title", title=title)

    def lock(self, locked: bool) -> None:
        """Ask for the board to be locked, or unlocked."""
        self._ask("lock", locked=locked)

    def _ask(self, name: str, **arguments: object) -> None:
        self._number += 1
        if self._welcomed:
            self.sending.append(encode(Command(self._number, name, arguments)))

    def resend(self, choice: int) -> bool:
        if not self._welcomed or not self._sent:
            return False
        cseq = sorted(self._sent)[choice % len(self._sent)]
        self.sending.append(encode(Edit(cseq, self._sent[cseq])))
        return True

    def receive(self, frame: bytes) -> None:
        match msgpack.unpackb(frame, strict_map_key=False):
            case ["welcome", welcome]:
                if welcome["update"] is not None:
                    self.doc.apply_update(welcome["update"])
                self._welcomed = True
                self._catch_up(welcome["sv"])
            case ["tick", _, update, receipts, _, _]:
                if update is not None:
                    self.doc.apply_update(update)
                for conn, cseq in zip((receipts or [])[::2], (receipts or [])[1::2], strict=True):
                    if conn == self.conn:
                        self._saved(cseq)
            case ["resync", vector]:
                self._edited(self.doc.get_update(vector))
            case ["result" | "failed", *_]:
                pass
            case ["neutralised", cseq, code, _, _]:
                self.neutralised.append((cseq, code))
            case other:
                raise AssertionError(f"{self.name} had not expected {other}")

    def _catch_up(self, vector: bytes) -> None:
        if not self.outbox:
            return
        if self.by_vector:
            self.outbox.clear()
            self._edited(self.doc.get_update(vector))
        else:
            for cseq, update in self.outbox.items():
                self.sending.append(encode(Edit(cseq, update)))

    def _edited(self, update: bytes) -> None:
        self._cseq += 1
        self.outbox[self._cseq] = self._sent[self._cseq] = update
        self._clocks[self._cseq] = self.own_clock
        if self._welcomed:
            self.sending.append(encode(Edit(self._cseq, update)))

    def _saved(self, cseq: int) -> None:
        self.promised = max(self.promised, self._clocks[cseq])
        self.outbox = {number: update for number, update in self.outbox.items() if number > cseq}


class StockPeer(Peer):
    """A provider of y-protocols.

    Args:
        echoes: Send back what was received, as pycrdt's provider does.
    """

    door = Door.STOCK

    def __init__(self, name: str, identity: Identity, storm: Storm, *, client_id: int, echoes: bool) -> None:
        super().__init__(name, identity, storm, client_id=client_id)
        self.echoes = echoes
        self._sent: list[bytes] = []

    @property
    def waits(self) -> bool:
        return False

    def connected(self, conn: ConnId) -> None:
        super().connected(conn)
        self.sending.append(create_sync_message(self.doc))

    def resend(self, choice: int) -> bool:
        if not self.is_online or not self._sent:
            return False
        self.sending.append(create_update_message(self._sent[choice % len(self._sent)]))
        return True

    def receive(self, frame: bytes) -> None:
        if frame[0] == 1:  # awareness, which no replica depends on
            return
        answer = handle_sync_message(frame[1:], self.doc)
        if answer is not None:
            self.sending.append(answer)
        message = yprotocol.parse(frame)
        if isinstance(message, yprotocol.SyncStep2 | yprotocol.SyncUpdate):
            self._assert_taken(message.update)

    def _assert_taken(self, update: bytes) -> None:
        """What an engine cannot apply at once it keeps aside, and encodes wrongly ever after."""
        known = read_vector(self.doc.get_state())
        blocks, _ = decode_update(update, trusted=True)
        for client, _, end, _ in blocks:
            assert known.get(client, 0) >= end, f"{self.name} was sent an update that builds on what it was not sent"

    def _edited(self, update: bytes) -> None:
        self._sent.append(update)
        if self.is_online:
            self.sending.append(create_update_message(update))

    def _received(self, update: bytes) -> None:
        if self.echoes and self.is_online:
            self.sending.append(create_update_message(update))
