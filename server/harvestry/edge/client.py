"""A native client in Python: one WebSocket, one pycrdt document, for the demo, the tests and the benches.

It speaks `docs/protocol.md` §2 as the browser does, and offers less comfort: it does not reconnect by itself. A
caller that wants to come back opens a new client with the old one's `doc` and resume token.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

import msgpack
from pycrdt import Doc, Map, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from harvestry.core.errors import Refusal
from harvestry.core.ordering import order_key
from harvestry.core.protocol import (
    PROTOCOL_VERSION,
    Command,
    Edit,
    Hello,
    Neutralised,
    Part,
    Ping,
    Presence,
    Sync,
    encode,
)
from harvestry.core.rows import Forget, PresenceNews, parse_news

__all__ = ["ConnectionEnded", "EditRefused", "NativeClient", "random_client_id"]

# Kinds whose text is part of them from the start; the others hold none, or hold it in their payload.
TEXT_KINDS = frozenset({"note", "text", "shape", "frame"})
# What a `part` message adds around its slice, generously.
PART_OVERHEAD_BYTES = 64
# The server's frames are bounded by the size of a board, not by the limit for ours.
MAX_INCOMING_BYTES = 64 * 1024 * 1024
DEFAULT_PATIENCE_S = 15.0

T = TypeVar("T")

_NOTHING = Presence()


class ConnectionEnded(Exception):
    """The server, or the network, ended the connection; `code` is the WebSocket close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


class EditRefused(Exception):
    """The server did not take an edit; nothing of it is on the board, while `doc` still holds it."""

    def __init__(self, cseq: int, code: str, message: str, elements: Sequence[str]) -> None:
        super().__init__(f"{code}: {message}")
        self.cseq = cseq
        self.code = code
        self.message = message
        self.elements = tuple(elements)


class NativeClient:
    """One open connection and the board as this client sees it.

    Attributes:
        doc: The replica. Edits made on it directly are not sent; use the methods.
        seq: How far in the room's log the replica is.
        people: `{conn: (seat, name, role, hue)}`, who is here, this client included.
        presences: What people do, the latest of each; in a crowd, cursors in and around the view alone.
        authors: `{element: seat}`.
        mode: Whether the board can be written to: `open`, `locked`, `paused` or `damaged`.
        gathering: The gathering as everybody of this role sees it; empty while there is none.
        own: What of it this seat alone sees.
        refusals: Every edit the server did not take, in order.
        neutralised: What the server undid of edits that it took, in order.
        on_tick: Called with each tick's fields, after they have been applied.
        patience_s: How long it waits for an answer, or for anything else that has no time of its own.
    """

    patience_s = DEFAULT_PATIENCE_S

    def __init__(self, socket: ClientConnection, doc: Doc[Any], welcome: Mapping[str, Any]) -> None:
        self.doc = doc
        self.board: str = welcome["board"]
        self.title: str = welcome["title"]
        self.conn: int = welcome["conn"]
        self.seat: str = welcome["seat"]
        self.name: str = welcome["name"]
        self.role: str = welcome["role"]
        self.resume: str = welcome["resume"]
        self.limits: Mapping[str, int] = welcome["limits"]
        self.epoch: int = welcome["epoch"]
        self.seq: int = welcome["seq"]
        self.people: dict[int, tuple[str, str, str, int]] = {
            conn: (seat, name, role, hue) for conn, seat, name, role, hue in welcome["people"]
        }
        self.seats: dict[str, str] = dict(welcome["seats"])
        self.authors: dict[str, str] = dict(welcome["authors"])
        self.presences: dict[int, Presence] = {}
        self.gathering: Mapping[str, Any] = {}
        self.own: Mapping[str, Any] = {}
        self.refusals: list[EditRefused] = []
        self.neutralised: list[Neutralised] = []
        self.ended: ConnectionEnded | None = None
        self.bytes_received = 0
        self.on_tick: Callable[[Sequence[Any]], None] | None = None
        self._socket = socket
        self._elements: Map[Any] = doc.get("els", type=Map)
        self.mode: str = welcome["mode"]
        self._cseq = 0
        self._receipted = 0
        self._unreceipted: dict[int, bytes] = {}
        self._number = 0
        self._answers: dict[int, asyncio.Future[object]] = {}
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._updates: list[bytes] = []
        self._is_local = False
        self._observing = doc.observe(self._observed)
        if welcome["update"] is not None:
            doc.apply_update(welcome["update"])
        self._receiving = asyncio.create_task(self._receive(), name=f"native client {self.conn}")

    @classmethod
    async def connect(
        cls,
        base_url: str,
        board: str,
        token: str,
        *,
        name: str,
        origin: str | None = None,
        doc: Doc[Any] | None = None,
        client_id: int | None = None,
    ) -> Self:
        """Open a connection, say hello and take in the board.

        Args:
            base_url: The server's address, `http://…` or `https://…`.
            board: The board's id.
            token: A link token, or a resume token to come back to a seat.
            name: What to be called, where the token makes a new seat.
            origin: The Origin header; programs send none.
            doc: The replica of an earlier connection. What the server lacks of it is sent as the first edit.
            client_id: The Yjs clientID to write under, if `doc` is not given; random if this is not either.

        Raises:
            ConnectionEnded: If the server closes instead of welcoming.
            websockets.exceptions.InvalidStatus: If it refuses the upgrade.
        """
        replica: Doc[Any] = doc if doc is not None else Doc(client_id=client_id or random_client_id())
        address = "ws" + base_url.rstrip("/").removeprefix("http") + f"/ws/{board}"
        socket = await connect(
            address,
            origin=None if origin is None else Origin(origin),
            compression=None,
            max_size=MAX_INCOMING_BYTES,
            ping_interval=None,
            proxy=None,
        )
        try:
            known = replica.get_state() if doc is not None else None
            await socket.send(encode(Hello(v=PROTOCOL_VERSION, token=token, name=name, sv=known)))
            _, welcome = msgpack.unpackb(await socket.recv(decode=False), strict_map_key=False)
        except ConnectionClosed as error:
            raise _ended(error) from error
        except BaseException:
            await socket.close()
            raise
        client = cls(socket, replica, welcome)
        if doc is not None:
            await client._send_missing(welcome["sv"])
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; what has no receipt yet may be lost to the server."""
        await self._socket.close()
        with contextlib.suppress(asyncio.CancelledError):
            await self._receiving
        self.doc.unobserve(self._observing)

    async def drop(self) -> None:
        """End the connection as a cut cable does: no close frame, nothing flushed."""
        self._socket.transport.abort()
        await self.close()

    # --- reading ---

    def elements(self) -> dict[str, dict[str, object]]:
        """Every element as plain values, the soft-deleted included; texts are strings, geometry is whole numbers."""
        values: Mapping[str, dict[str, Any]] = self._elements.to_py() or {}
        for element in values.values():
            if "g" in element:
                element["g"] = [int(number) for number in element["g"]]
        return dict(values)

    def has(self, id: str) -> bool:
        """Whether an element has reached this replica."""
        return id in self._elements

    @property
    def last_cseq(self) -> int:
        """The number of the latest edit sent."""
        return self._cseq

    # --- writing: each is one transaction and one edit, and returns its cseq ---

    async def put(
        self,
        id: str,
        kind: str,
        geometry: Sequence[int],
        *,
        text: str | None = None,
        parent: str | None = None,
        colour: str | None = None,
        z: str | None = None,
        style: Mapping[str, object] | None = None,
        payload: object = None,
    ) -> int:
        """Create an element, whole.

        Args:
            id: 12 characters of base64url, new on this board.
            kind: A kind of the schema.
            geometry: x, y, w, h; relative to the parent.
            text: Its text; kinds that have one get an empty one without it.
            parent: The frame it stands in.
            colour: A colour's name.
            z: Its place in the painter's order; on top of what this replica knows, if not given.
            style: Rarely edited style.
            payload: Of the kind. For a card a mapping with `ht`; its other strings become shared texts.
        """
        values: dict[str, object] = {
            "t": kind,
            "g": list(geometry),
            "z": z if z is not None else order_key(len(self._elements)),
        }
        if kind in TEXT_KINDS:
            values["txt"] = Text(text or "")
        optional = {"p": parent, "c": colour, "s": dict(style) if style else None, "d": _payload(kind, payload)}
        values |= {key: value for key, value in optional.items() if value is not None}
        return await self._edit(lambda: self._elements.update({id: Map(values)}))

    async def patch(self, id: str, **keys: object) -> int:
        """Set keys of an element under their names on the wire (`g`, `p`, `c`, `del` …); None takes a key away."""

        def change() -> None:
            element = self._elements[id]
            for key, value in keys.items():
                if value is not None:
                    element[key] = list(value) if isinstance(value, tuple) else value
                elif key in element:
                    del element[key]

        return await self._edit(change)

    async def type_text(self, id: str, index: int, text: str, *, field: str | None = None) -> int:
        """Insert into an element's text, or into a field of a card.

        `index` counts characters, and the engine counts UTF-8 bytes.
        """

        def change() -> None:
            shared: Text = self._elements[id]["txt"] if field is None else self._elements[id]["d"][field]
            shared.insert(len(str(shared)[:index].encode()), text)

        return await self._edit(change)

    async def erase_text(self, id: str, index: int, count: int) -> int:
        """Take `count` characters out of an element's text."""

        def change() -> None:
            shared: Text = self._elements[id]["txt"]
            value = str(shared)
            start = len(value[:index].encode())
            del shared[start : start + len(value[index : index + count].encode())]

        return await self._edit(change)

    async def presence(
        self,
        *,
        cursor: tuple[int, int] | None = None,
        selection: Sequence[str] = (),
        editing: str | None = None,
        drag: tuple[int, int, int, int] | None = None,
        view: tuple[int, int, int, int] | None = None,
    ) -> None:
        await self.send(
            encode(Presence(cursor=cursor, selection=tuple(selection), editing=editing, drag=drag, view=view))
        )

    async def command(self, name: str, /, **arguments: object) -> object:
        """Ask the server for something and return its answer.

        Raises:
            Refusal: If it says no.
        """
        number, answer = self._expect_answer()
        await self.send(encode(Command(n=number, name=name, args=arguments)))
        return await self._patiently(answer)

    async def send_update(self, update: bytes) -> int:
        """Send any bytes as an edit, whether or not `doc` holds them: for tests of the gate."""
        self._cseq += 1
        self._unreceipted[self._cseq] = update
        await self._send_edit(self._cseq, update)
        return self._cseq

    async def _send_edit(self, cseq: int, update: bytes) -> None:
        room = self.limits["frame"] - PART_OVERHEAD_BYTES
        if len(update) <= room:
            await self.send(encode(Edit(cseq, update)))
            return
        slices = [update[start : start + room] for start in range(0, len(update), room)]
        for index, piece in enumerate(slices):
            await self.send(encode(Part(cseq, index, len(slices), piece)))

    async def send(self, frame: bytes) -> None:
        """Send one frame as it is.

        Raises:
            ConnectionEnded: If the connection has ended.
        """
        try:
            await self._socket.send(frame)
        except ConnectionClosed as error:
            raise self.ended or _ended(error) from error

    # --- waiting ---

    async def saved(self, cseq: int) -> None:
        """Wait for the receipt of an edit: it is on the server's disk.

        Raises:
            EditRefused: If it was not taken.
            ConnectionEnded: If the connection ends first.
        """
        await self.until(lambda: self._receipted >= cseq or any(refusal.cseq == cseq for refusal in self.refusals))
        for refusal in self.refusals:
            if refusal.cseq == cseq:
                raise refusal

    async def settle(self) -> None:
        """Wait until everything sent has its receipt, and everything the server had sent by then is applied."""
        if self._cseq:
            await self.saved(self._cseq)
        number, answer = self._expect_answer()
        await self.send(encode(Ping(number)))
        await self._patiently(answer)

    async def until(self, condition: Callable[[], bool], *, patience_s: float | None = None) -> None:
        """Wait until a condition on this client holds; it is looked at after each message that comes in.

        Raises:
            TimeoutError: If patience runs out.
            ConnectionEnded: If the connection ends first.
        """
        if condition():
            return
        if self.ended is not None:
            raise self.ended
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((condition, future))
        await self._patiently(future, patience_s=patience_s)

    async def until_ended(self) -> ConnectionEnded:
        """Wait for the end of the connection, and say how it ended."""
        await asyncio.wait_for(asyncio.shield(self._receiving), self.patience_s)
        return self.ended or ConnectionEnded(1000, "")

    # --- inside ---

    async def _patiently(self, future: asyncio.Future[T], *, patience_s: float | None = None) -> T:
        return await asyncio.wait_for(future, self.patience_s if patience_s is None else patience_s)

    def _expect_answer(self) -> tuple[int, asyncio.Future[object]]:
        if self.ended is not None:
            raise self.ended
        self._number += 1
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        return self._number, answer

    def _observed(self, event: Any) -> None:
        if self._is_local:
            self._updates.append(event.update)

    async def _edit(self, change: Callable[[], None]) -> int:
        self._is_local = True
        try:
            with self.doc.transaction():
                change()
        finally:
            self._is_local = False
            updates, self._updates = self._updates, []
        for update in updates:
            await self.send_update(update)
        return self._cseq

    async def _send_missing(self, state_vector: bytes) -> None:
        await self.send_update(self.doc.get_update(state_vector))

    async def _receive(self) -> None:
        ended = ConnectionEnded(1006, "this client failed")
        try:
            while True:
                frame = await self._socket.recv(decode=False)
                self.bytes_received += len(frame)
                kind, *fields = msgpack.unpackb(frame, strict_map_key=False)
                await self._handle(kind, fields)
                self._look_again()
        except ConnectionClosed as error:
            ended = _ended(error)
        finally:
            self.ended = ended
            waiting: list[asyncio.Future[Any]] = [*self._answers.values(), *(future for _, future in self._waiting)]
            for future in waiting:
                if not future.done():
                    future.set_exception(ended)
                    future.exception()  # nobody may be waiting any more, and that is fine

    async def _handle(self, kind: str, fields: list[Any]) -> None:
        match kind:
            case "tick":
                if self._ticked(fields):
                    # What the server passed over while it could not save comes again, in order.
                    for cseq, update in tuple(self._unreceipted.items()):
                        await self._send_edit(cseq, update)
            case "behind":
                await self.send(encode(Sync(self.doc.get_state())))
            case "welcome":
                self._welcomed_again(fields[0])
                for cseq, update in tuple(self._unreceipted.items()):
                    await self._send_edit(cseq, update)
            case "gathering":
                self.gathering = fields[0]
                self._look_again()
            case "own":
                self.own = fields[0]
                self._look_again()
            case "neutralised":
                self.neutralised.append(Neutralised(*fields))
            case "refused":
                self.refusals.append(EditRefused(*fields))
            case "resync":
                await self._send_missing(fields[0])
            case "result" | "failed" | "pong":
                answer = self._answers.pop(fields[0], None)
                if answer is None or answer.done():
                    return
                if kind == "failed":
                    answer.set_exception(Refusal(fields[1], fields[2]))
                else:
                    answer.set_result(fields[1] if kind == "result" else None)
            case _:
                raise ConnectionEnded(1002, f"unknown message {kind}")

    def _ticked(self, fields: list[Any]) -> bool:
        """Take a tick in; returns whether the server takes edits again that it passed over."""
        seq, update, receipts, presence, events = fields
        self.seq = seq
        if update is not None:
            self.doc.apply_update(update)
        for conn, cseq in zip((receipts or [])[::2], (receipts or [])[1::2], strict=True):
            if conn == self.conn:
                self._receipted = max(self._receipted, cseq)
                self._unreceipted = {number: held for number, held in self._unreceipted.items() if number > cseq}
        was_paused = self.mode == "paused"
        for event in events or []:
            self._happened(event)
        if presence is not None:
            self._heard(parse_news(presence))
        if self.on_tick is not None:
            self.on_tick(fields)
        return was_paused and self.mode != "paused"

    def _welcomed_again(self, welcome: Mapping[str, Any]) -> None:
        self.conn, self.title, self.mode, self.seq = (welcome[key] for key in ("conn", "title", "mode", "seq"))
        self.people = {conn: (seat, name, role, hue) for conn, seat, name, role, hue in welcome["people"]}
        self.seats, self.authors = dict(welcome["seats"]), dict(welcome["authors"])
        self.presences.clear()
        if welcome["update"] is not None:
            self.doc.apply_update(welcome["update"])

    def _heard(self, news: PresenceNews) -> None:
        if news.forget is Forget.EVERYTHING:
            self.presences.clear()
        elif news.forget is Forget.CURSORS:
            self.presences = {conn: replace(presence, cursor=None) for conn, presence in self.presences.items()}
        for row in news.rows:
            self.presences[row.conn] = row.over(self.presences.get(row.conn, _NOTHING))

    def _happened(self, event: list[Any]) -> None:
        match event:
            case ["joined", [conn, seat, name, role, hue]]:
                self.people[conn] = (seat, name, role, hue)
            case ["left", conn]:
                self.people.pop(conn, None)
                self.presences.pop(conn, None)
            case ["renamed", renamed, name]:
                if renamed in self.seats:
                    self.seats[renamed] = name
                for conn, (seat, _, role, hue) in tuple(self.people.items()):
                    if seat == renamed:
                        self.people[conn] = (seat, name, role, hue)
            case ["titled", title]:
                self.title = title
            case ["mode", mode]:
                self.mode = mode
            case ["authored", seat, elements]:
                self.authors |= dict.fromkeys(elements, seat)

    def _look_again(self) -> None:
        still_waiting = []
        for condition, future in self._waiting:
            if future.done():
                continue
            if condition():
                future.set_result(None)
            else:
                still_waiting.append((condition, future))
        self._waiting = still_waiting


def random_client_id() -> int:
    """A Yjs clientID as browsers make them: 32 bits, and not 0."""
    return secrets.randbelow(2**32 - 1) + 1


def _payload(kind: str, payload: object) -> object:
    if kind == "card" and isinstance(payload, Mapping):
        return Map({key: Text(value) if key != "ht" else value for key, value in payload.items()})
    return dict(payload) if isinstance(payload, Mapping) else payload


def _ended(error: ConnectionClosed) -> ConnectionEnded:
    return ConnectionEnded(error.rcvd.code, error.rcvd.reason) if error.rcvd is not None else ConnectionEnded(1006, "")
