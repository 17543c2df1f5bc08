"""How one talks to each server: what opens a connection, what carries an edit, and what is in a frame that comes back.

A door knows bytes alone. Payloads are whole WebSocket messages; framing is `_load`'s.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgpack

from harvestry.core.rows import parse_news

__all__ = ["Door", "FloorDoor", "HocuspocusDoor", "NativeDoor", "Room", "StockDoor", "YDoor"]

View: TypeAlias = tuple[int, int, int, int]

# What of a message is looked at where only its kind is of interest.
HEAD_BYTES = 96


@dataclass(frozen=True, slots=True)
class Room:
    """Where a room is: the name in the address, and our own tokens."""

    name: str
    tokens: Mapping[str, str] = field(default_factory=dict)


class Door(ABC):
    """One protocol."""

    def path(self, room: Room) -> str:
        return f"/{room.name}"

    def headers(self, room: Room) -> Sequence[str]:
        return ()

    def upgrade(self, room: Room, port: int) -> bytes:
        """The HTTP request that opens a WebSocket."""
        lines = [
            f"GET {self.path(room)} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + base64.b64encode(bytes(16)).decode(),
            "Sec-WebSocket-Version: 13",
            *self.headers(room),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def fetch(self, room: Room, port: int) -> bytes | None:
        """The HTTP request for the board that goes before, where there is one."""
        return None

    @abstractmethod
    def opening(self, room: Room, number: int, known: Known) -> list[bytes]:
        """What a client says first.

        Args:
            number: Which of the generator's clients it is.
            known: What it has already.
        """

    @abstractmethod
    def is_board(self, head: bytes) -> bool:
        """Whether a message that begins like this brings the board, or says that there is nothing to bring."""

    def greeted(self, payload: bytes, known: Known) -> None:  # noqa: B027 - most servers say nothing worth keeping
        """Take from a whole first message what a reconnect will need."""

    @abstractmethod
    def edit(self, room: Room, number: int, update: bytes) -> bytes:
        """The message that carries an update; `number` counts the edits of one connection from 1."""

    @abstractmethod
    def updates(self, payload: bytes) -> list[bytes]:
        """The Yjs updates in a message."""

    @abstractmethod
    def cursor(self, room: Room, client: int, count: int, at: tuple[int, int], view: View) -> bytes:
        """A message that moves a cursor.

        Args:
            count: The number of this move, which comes back out of `cursors`.
            view: What the person sees of the board: x, y, width and height.
        """

    @abstractmethod
    def cursors(self, payload: bytes, names: dict[int, int]) -> list[tuple[int, int]]:
        """The moves in a message, as `(client, count)`.

        Args:
            names: Kept for the connection: what the server calls each client.
        """


@dataclass(slots=True)
class Known:
    """What a client knows before it says hello."""

    since: tuple[int, int] | None = None
    vector: bytes | None = None
    resume: str | None = None
    conn: int = 0


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


class YDoor(Door):
    """y-protocols, one message a frame: y-websocket and pycrdt-websocket."""

    def prefix(self, room: Room) -> bytes:
        return b""

    def body(self, payload: bytes) -> int:
        """Where the message begins."""
        return 0

    def opening(self, room: Room, number: int, known: Known) -> list[bytes]:
        vector = known.vector or b"\x00"
        return [self.prefix(room) + b"\x00\x00" + varint(len(vector)) + vector]

    def is_board(self, head: bytes) -> bool:
        at = self.body(head)
        return head[at : at + 1] in (b"\x00", b"\x04") and head[at + 1 : at + 2] in (b"\x01", b"\x02")

    def edit(self, room: Room, number: int, update: bytes) -> bytes:
        return self.prefix(room) + b"\x00\x02" + varint(len(update)) + update

    def updates(self, payload: bytes) -> list[bytes]:
        if not self.is_board(payload):
            return []
        length, at = read_varint(payload, self.body(payload) + 2)
        return [payload[at : at + length]]

    def cursor(self, room: Room, client: int, count: int, at: tuple[int, int], view: View) -> bytes:
        # As web applications do it: the whole state each time, with the name and the colour.
        state = {
            "user": {"name": f"Person {client}", "color": "#30bced"},
            "cursor": {"x": at[0], "y": at[1], "n": count},
        }
        text = json.dumps(state, separators=(",", ":")).encode()
        entry = varint(1) + varint(1_000 + client) + varint(count + 1) + varint(len(text)) + text
        return self.prefix(room) + b"\x01" + varint(len(entry)) + entry

    def cursors(self, payload: bytes, names: dict[int, int]) -> list[tuple[int, int]]:
        at = self.body(payload)
        if payload[at] != 1:
            return []
        _, at = read_varint(payload, at + 1)
        count, at = read_varint(payload, at)
        moves = []
        for _ in range(count):
            client, at = read_varint(payload, at)
            _, at = read_varint(payload, at)
            length, at = read_varint(payload, at)
            text = payload[at : at + length]
            at += length
            found = text.find(b'"n":')
            if found >= 0:
                digits = text[found + 4 :].lstrip()
                moves.append((client - 1_000, int(digits[: len(digits) - len(digits.lstrip(b"0123456789"))])))
        return moves


class HocuspocusDoor(YDoor):
    """y-protocols behind the name of the document, after a token."""

    def path(self, room: Room) -> str:
        return "/"

    def prefix(self, room: Room) -> bytes:
        name = room.name.encode()
        return varint(len(name)) + name

    def body(self, payload: bytes) -> int:
        length, at = read_varint(payload, 0)
        return at + length

    def opening(self, room: Room, number: int, known: Known) -> list[bytes]:
        token = b"bench"
        return [
            self.prefix(room) + b"\x02\x00" + varint(len(token)) + token,
            *super().opening(room, number, known),
        ]


class StockDoor(YDoor):
    """Our own door for stock clients."""

    def path(self, room: Room) -> str:
        return f"/yjs/{room.name}"

    def headers(self, room: Room) -> Sequence[str]:
        return (f"Sec-WebSocket-Protocol: harvestry.{room.tokens['participant']}",)


class NativeDoor(Door):
    """Our own door.

    Args:
        like_a_browser: Fetch the board over HTTP first, compressed, and join from there.
    """

    def __init__(self, *, like_a_browser: bool = False) -> None:
        self.like_a_browser = like_a_browser

    def path(self, room: Room) -> str:
        return f"/ws/{room.name}"

    def fetch(self, room: Room, port: int) -> bytes | None:
        if not self.like_a_browser:
            return None
        lines = [
            f"GET /api/boards/{room.name}/state HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Authorization: Bearer {room.tokens['participant']}",
            "Accept-Encoding: gzip",
            "Connection: close",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def opening(self, room: Room, number: int, known: Known) -> list[bytes]:
        hello: dict[str, object] = {
            "v": 1,
            "token": known.resume or room.tokens["participant"],
            "name": f"Person {number}",
        }
        if known.since is not None:
            hello["since"] = list(known.since)
        if known.vector is not None:
            hello["sv"] = known.vector
        return [msgpack.packb(["hello", hello])]

    def is_board(self, head: bytes) -> bool:
        return head.startswith(b"\x92\xa7welcome")

    def greeted(self, payload: bytes, known: Known) -> None:
        _, welcome = msgpack.unpackb(payload, strict_map_key=False)
        known.since = (welcome["epoch"], welcome["seq"])
        known.vector = welcome["sv"]
        known.resume = welcome["resume"]
        known.conn = welcome["conn"]

    def edit(self, room: Room, number: int, update: bytes) -> bytes:
        return bytes(msgpack.packb(["edit", number, update]))

    def updates(self, payload: bytes) -> list[bytes]:
        kind, *fields = msgpack.unpackb(payload, strict_map_key=False)
        if kind == "welcome":
            return [fields[0]["update"]] if fields[0]["update"] else []
        return [fields[1]] if kind == "tick" and fields[1] else []

    def cursor(self, room: Room, client: int, count: int, at: tuple[int, int], view: View) -> bytes:
        # The number of the move, up to 1,023, travels in the last digits of the place: a native client is told no more.
        place = [at[0] // 32 * 32 + count % 32, at[1] // 32 * 32 + count // 32 % 32]
        return bytes(msgpack.packb(["presence", place, [], None, None, view]))

    def cursors(self, payload: bytes, names: dict[int, int]) -> list[tuple[int, int]]:
        kind, *fields = msgpack.unpackb(payload, strict_map_key=False)
        if kind == "welcome":
            for conn, _, name, *_ in fields[0]["people"]:
                _remember(names, conn, name)
            return []
        if kind != "tick":
            return []
        for event in fields[4] or ():
            if event[0] == "joined":
                _remember(names, event[1][0], event[1][2])
        if fields[3] is None:
            return []
        seen = [(row.conn, row.presence.cursor) for row in parse_news(fields[3]).rows]
        return [
            (names.get(conn, -1), cursor[1] % 32 * 32 + cursor[0] % 32) for conn, cursor in seen if cursor is not None
        ]


def _remember(names: dict[int, int], conn: int, name: str) -> None:
    number = name.removeprefix("Person ")
    if number.isdigit():
        names[conn] = int(number)


class FloorDoor(Door):
    """The relay's: a byte for the kind, then the message; what comes back is many of them behind their lengths."""

    def opening(self, room: Room, number: int, known: Known) -> list[bytes]:
        return [b"\x02"]

    def is_board(self, head: bytes) -> bool:
        return head[:1] == b"\x02"

    def edit(self, room: Room, number: int, update: bytes) -> bytes:
        return b"\x00" + update

    def updates(self, payload: bytes) -> list[bytes]:
        if payload[:1] == b"\x02":
            return [payload[1:]] if len(payload) > 1 else []
        return [message[1:] for message in _split(payload) if message[:1] == b"\x00"]

    def cursor(self, room: Room, client: int, count: int, at: tuple[int, int], view: View) -> bytes:
        return b"\x01" + client.to_bytes(2, "big") + count.to_bytes(4, "big") + bytes(8)

    def cursors(self, payload: bytes, names: dict[int, int]) -> list[tuple[int, int]]:
        if payload[:1] == b"\x02":
            return []
        return [
            (int.from_bytes(message[1:3], "big"), int.from_bytes(message[3:7], "big"))
            for message in _split(payload)
            if message[:1] == b"\x01"
        ]


def _split(payload: bytes) -> list[bytes]:
    at = 1
    messages = []
    while at < len(payload):
        length = int.from_bytes(payload[at : at + 4], "big")
        messages.append(payload[at + 4 : at + 4 + length])
        at += 4 + length
    return messages
