"""The load generator: one thread, one epoll, and for most connections nothing but the WebSocket framing.

It has to be frugal, because it has one core and the server has the other. Most clients are readers: their bytes are
skipped frame by frame in one shared buffer. A few are probes, which hold a real Yjs document and say when every edit of
every writer became visible. What is sent was encoded beforehand.
"""

from __future__ import annotations

import contextlib
import math
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from pycrdt import Doc

from ._doors import HEAD_BYTES, Door, Known, Room
from ._traffic import read_vector

__all__ = ["Client", "Ledger", "Load", "Planned", "Probe", "frame", "quantile"]

_BUFFER_BYTES = 262_144
CONNECTING, FETCHING, UPGRADING, OPENING, OPEN, CLOSED = range(6)


def frame(payload: bytes) -> bytes:
    """A client's binary frame. The mask is zero: the standard asks for a mask, and zero saves copying."""
    length = len(payload)
    if length < 126:
        return b"\x82" + bytes((0x80 | length,)) + b"\0\0\0\0" + payload
    if length < 65_536:
        return b"\x82\xfe" + struct.pack(">H", length) + b"\0\0\0\0" + payload
    return b"\x82\xff" + struct.pack(">Q", length) + b"\0\0\0\0" + payload


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of all does not exceed; not a number if there are none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


class Ledger:
    """What was sent when: for each writer, the clock after each edit and the time it left."""

    def __init__(self) -> None:
        self.sent: dict[int, list[tuple[int, float]]] = {}
        self.count = 0

    def note(self, client: int, clock: int, at: float) -> None:
        self.sent.setdefault(client, []).append((clock, at))
        self.count += 1


class Probe:
    """A reader with a document of its own.

    Attributes:
        latencies: Seconds from the write to this document, one for each edit that became visible.
        seen: Clocks that this document had reached, by client.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._doc: Doc[Any] = Doc()
        self._next: dict[int, int] = {}
        self.seen: dict[int, int] = {}
        self.latencies: list[float] = []
        self.visible = 0
        self.names: dict[int, int] = {}
        # For cursors: who was seen, where in the order of moves, and how old that was.
        self.moves: dict[int, int] = {}
        self.ages: list[float] = []
        self.counted: set[int] = set()
        self.watch_cursors: dict[int, list[float]] | None = None
        self.is_counting = False

    def take(self, door: Door, payload: bytes, now: float) -> None:
        """A whole message has come in."""
        if self.watch_cursors is not None:
            self._cursors(door, payload, now)
        updates = door.updates(payload)
        if not updates:
            return
        for update in updates:
            self._doc.apply_update(update)
        # The time after applying, since only then could anybody see it.
        now = time.perf_counter()
        vector = read_vector(self._doc.get_state())
        sent, upto = self._ledger.sent, self._next
        for client, clock in vector.items():
            if self.seen.get(client) == clock:
                continue
            entries = sent.get(client)
            if entries is None:
                continue
            index = upto.get(client, 0)
            while index < len(entries) and entries[index][0] <= clock:
                self.latencies.append(now - entries[index][1])
                self.visible += 1
                index += 1
            upto[client] = index
        self.seen = vector

    def vector(self) -> dict[int, int]:
        return read_vector(self._doc.get_state())

    def encoded_vector(self) -> bytes:
        """The document's state vector, as a client sends it."""
        return self._doc.get_state()

    def _cursors(self, door: Door, payload: bytes, now: float) -> None:
        sent = self.watch_cursors
        assert sent is not None
        moves = door.cursors(payload, self.names)
        for client, count in moves:
            times = sent.get(client)
            if times is None or count >= len(times) or self.moves.get(client, -1) >= count:
                continue
            self.moves[client] = count
            if self.is_counting:
                self.ages.append(now - times[count])
                self.counted.add(client)


class Client:
    """One connection."""

    __slots__ = (
        "_buffer",
        "_got",
        "_need",
        "_skip",
        "close_code",
        "door",
        "edits",
        "frames",
        "known",
        "largest",
        "number",
        "opened_at",
        "out",
        "probe",
        "received",
        "room",
        "sock",
        "started_at",
        "state",
        "wants_greeting",
    )

    def __init__(self, door: Door, room: Room, number: int, probe: Probe | None) -> None:
        self.door = door
        self.room = room
        self.number = number
        self.probe = probe
        self.known = Known()
        self.state = CONNECTING
        self.sock: socket.socket = None  # type: ignore[assignment]
        self.out: deque[memoryview] = deque()
        self.edits = 0
        self.received = 0
        self.frames = 0
        self.largest = 0
        self.started_at = 0.0
        self.opened_at = 0.0
        self.close_code = 0
        self.wants_greeting = False
        self._buffer = bytearray()
        self._skip = 0
        self._need = 0
        self._got = 0


@dataclass(slots=True)
class Planned:
    """Something to send at a time.

    Attributes:
        at: Seconds after the start.
        note: Called with the time at which it was sent.
    """

    at: float
    client: Client
    data: bytes
    note: Callable[[float], None] | None = None


@dataclass(slots=True)
class Played:
    """How sending went: how long it took, how late the generator was, and how busy."""

    seconds: float
    late_p99_ms: float
    busy: float


@dataclass
class Load:
    """All connections of one generator. Close it when done."""

    port: int
    clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._epoll = select.epoll()
        self._by_fd: dict[int, Client] = {}
        self._memory = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._memory)
        self.lost: list[Client] = []
        self._background: deque[tuple[float, Planned]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients:
            if client.state != CLOSED:
                client.sock.close()
        self._epoll.close()

    # ---- opening -------------------------------------------------------------------------------------------------

    def open(
        self,
        door: Door,
        room: Room,
        count: int,
        *,
        probes: Sequence[Probe] = (),
        at_once: int = 50,
        within_s: float = 30.0,
        need_bytes: int = 0,
        greet: bool = False,
        known: Sequence[Known] = (),
        receive_buffer: int = 0,
    ) -> list[Client]:
        """Open so many connections and wait until each has its board, or until the time is over.

        Args:
            probes: The first clients are these.
            at_once: How many may be on their way at the same time.
            need_bytes: The board is there once a message of that size has come.
            greet: Keep what is needed to come back.
            known: What each of them knows already.
            receive_buffer: Size of the kernel's buffer, for readers that are to fill up soon.
        """
        waiting = deque(range(count))
        deadline = time.perf_counter() + within_s
        opening: list[Client] = []
        made: list[Client] = []
        while (waiting or opening) and time.perf_counter() < deadline:
            while waiting and len(opening) < at_once:
                index = waiting.popleft()
                client = Client(door, room, len(self.clients), probes[index] if index < len(probes) else None)
                if known:
                    client.known = known[index]
                client._need = need_bytes
                client.wants_greeting = greet
                self.clients.append(client)
                made.append(client)
                opening.append(client)
                self._connect(client, receive_buffer)
            self._poll(0.05)
            opening = [client for client in opening if client.state not in (OPEN, CLOSED)]
        return made

    def _connect(self, client: Client, receive_buffer: int = 0) -> None:
        client.started_at = client.started_at or time.perf_counter()
        client.sock = socket.socket()
        client.sock.setblocking(False)
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.sock.connect_ex(("127.0.0.1", self.port))
        client._buffer = bytearray()
        self._by_fd[client.sock.fileno()] = client
        self._epoll.register(client.sock.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def _connected(self, client: Client) -> None:
        request = client.door.fetch(client.room, self.port) if client.known.since is None else None
        if request is not None:
            client.state = FETCHING
        else:
            client.state = UPGRADING
            request = client.door.upgrade(client.room, self.port)
        self._epoll.modify(client.sock.fileno(), select.EPOLLIN)
        self.send(client, request)

    def reopen(self, port: int) -> None:
        """Go on with a server that was started again, elsewhere."""
        self.cut(self.clients)
        self.port = port

    # ---- closing -------------------------------------------------------------------------------------------------

    def cut(self, clients: Iterable[Client]) -> None:
        """End connections as a lost network does, all at once: a reset, and no close frame."""
        for client in clients:
            if client.state != CLOSED:
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._drop(client)

    def deafen(self, clients: Iterable[Client]) -> None:
        """Let these never read again."""
        for client in clients:
            self._epoll.unregister(client.sock.fileno())
            del self._by_fd[client.sock.fileno()]

    def is_cut_off(self, client: Client) -> bool:
        """Whether the server has ended the connection of somebody who does not read, after reading what is left."""
        client.sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            try:
                while data := client.sock.recv(_BUFFER_BYTES):
                    client.received += len(data)
            except OSError as error:
                if isinstance(error, BlockingIOError):
                    raise
                return True
            return True
        return False

    def _drop(self, client: Client) -> None:
        with contextlib.suppress(OSError, KeyError, ValueError):
            self._by_fd.pop(client.sock.fileno())
            self._epoll.unregister(client.sock.fileno())
        client.sock.close()
        client.state = CLOSED

    # ---- sending -------------------------------------------------------------------------------------------------

    def send(self, client: Client, data: bytes) -> None:
        """Send bytes as they are, now or as soon as the socket takes them."""
        if client.state == CLOSED:
            return
        if client.out:
            client.out.append(memoryview(data))
            return
        try:
            sent = client.sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._ended(client)
            return
        if sent < len(data):
            client.out.append(memoryview(data)[sent:])
            with contextlib.suppress(OSError, ValueError):
                self._epoll.modify(client.sock.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def edit(self, client: Client, update: bytes) -> None:
        """Send an update as the client's next edit."""
        client.edits += 1
        self.send(client, frame(client.door.edit(client.room, client.edits, update)))

    def _flush(self, client: Client) -> None:
        while client.out:
            piece = client.out[0]
            try:
                sent = client.sock.send(piece)
            except BlockingIOError:
                return
            except OSError:
                self._ended(client)
                return
            if sent < len(piece):
                client.out[0] = piece[sent:]
                return
            client.out.popleft()
        self._epoll.modify(client.sock.fileno(), select.EPOLLIN)

    # ---- the loop ------------------------------------------------------------------------------------------------

    def play(self, plan: Sequence[Planned]) -> Played:
        """Send everything at its time and read meanwhile; returns after the last was sent."""
        late = []
        cpu = time.process_time()
        started = time.perf_counter()
        for planned in plan:
            due = started + planned.at
            while (left := due - time.perf_counter()) > 0:
                self._poll(left)
            now = time.perf_counter()
            late.append(now - due)
            if planned.note is not None:
                planned.note(now)
            self.send(planned.client, planned.data)
            if late[-1] > 0.002:
                # Behind: still look at what has come in, or the answers wait for the questions.
                self._poll(0.0)
        seconds = time.perf_counter() - started
        return Played(seconds, quantile(late, 0.99) * 1_000, (time.process_time() - cpu) / max(seconds, 1e-9))

    def meanwhile(self, plan: Sequence[Planned]) -> None:
        """Have these sent at their times, from now on, whatever else goes on."""
        now = time.perf_counter()
        self._background = deque((now + planned.at, planned) for planned in plan)

    def until(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Read until a condition holds, or the time is over; returns whether it holds."""
        deadline = time.perf_counter() + within_s
        while not condition():
            left = deadline - time.perf_counter()
            if left <= 0:
                return False
            self._poll(min(left, 0.02))
        return True

    def idle(self, seconds: float) -> None:
        """Read for a while."""
        self.until(lambda: False, seconds)

    def quiet(self, quiet_s: float, within_s: float) -> None:
        """Read until nothing has come in for so long."""
        last = time.perf_counter()
        deadline = last + within_s
        while time.perf_counter() < min(last + quiet_s, deadline):
            if self._poll(0.02):
                last = time.perf_counter()

    def _poll(self, timeout: float) -> int:
        while self._background:
            now = time.perf_counter()
            due, planned = self._background[0]
            if due > now:
                timeout = min(timeout, due - now)
                break
            self._background.popleft()
            if planned.note is not None:
                planned.note(now)
            self.send(planned.client, planned.data)
        # epoll counts in milliseconds and rounds up, so a send is up to one late; its time is taken when it is sent.
        events = self._epoll.poll(timeout, 128)
        by_fd = self._by_fd
        for descriptor, mask in events:
            client = by_fd.get(descriptor)
            if client is None:
                continue
            if mask & select.EPOLLOUT:
                if client.state == CONNECTING:
                    self._connected(client)
                else:
                    self._flush(client)
            if mask & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR) and client.state != CLOSED:
                self._read(client)
        return len(events)

    # ---- reading -------------------------------------------------------------------------------------------------

    def _read(self, client: Client) -> None:
        try:
            count = client.sock.recv_into(self._memory)
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if count == 0:
            if client.state == FETCHING:
                self._fetched(client)
            else:
                self._ended(client)
            return
        client.received += count
        if client.state == OPEN and client.probe is None:
            self._skim(client, count)
            return
        client._buffer += self._view[:count]
        if client.state == UPGRADING:
            self._upgraded(client)
        if client.state in (OPENING, OPEN) and client._buffer:
            if client.probe is not None or client.wants_greeting:
                self._parse(client)
            elif client.state == OPENING:
                self._await_board(client)

    def _ended(self, client: Client) -> None:
        self._drop(client)
        self.lost.append(client)

    def _fetched(self, client: Client) -> None:
        head, _, body = bytes(client._buffer).partition(b"\r\n\r\n")
        names = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            names[name.strip().lower()] = value.strip()
        if b" 200 " not in head[:15]:
            self._ended(client)
            return
        # What it takes to unpack this is a browser's own time.
        client.largest = len(body)
        client.known.since = (int(names[b"harvestry-epoch"]), int(names[b"harvestry-seq"]))
        with contextlib.suppress(OSError, KeyError, ValueError):
            self._by_fd.pop(client.sock.fileno())
            self._epoll.unregister(client.sock.fileno())
        client.sock.close()
        client.state = CONNECTING
        self._connect(client)

    def _upgraded(self, client: Client) -> None:
        end = client._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        if b" 101 " not in client._buffer[:16]:
            self._ended(client)
            return
        del client._buffer[: end + 4]
        client.state = OPENING
        for payload in client.door.opening(client.room, client.number, client.known):
            self.send(client, frame(payload))

    def _await_board(self, client: Client) -> None:
        """Whether the board has come, by the heads of messages alone; the rest of them is counted and thrown away."""
        data = client._buffer
        at = 0
        while True:
            if client._skip:
                skipped = min(client._skip, len(data) - at)
                client._skip -= skipped
                at += skipped
                if client._skip:
                    break
                if client._got:
                    client._got = 0
                    client.state = OPEN
                    client.opened_at = time.perf_counter()
            header = _header(data, at)
            if header is None:
                break
            opcode, size, length = header
            if opcode >= 8:
                if len(data) - at < size + length:
                    break
                self._control(client, opcode, bytes(data[at + size : at + size + length]))
                at += size + length
                if client.state == CLOSED:
                    return
                continue
            if len(data) - at < size + min(length, HEAD_BYTES):
                break
            client.frames += 1
            head = bytes(data[at + size : at + size + min(length, HEAD_BYTES)])
            at += size
            client._skip = length
            if client.state == OPENING and client.door.is_board(head) and length >= client._need:
                client._got = 1
                client.largest = max(client.largest, length)
        del data[:at]
        if client.state == OPEN and data:
            # What is left is the beginning of a header; the other way of reading keeps it in the same place.
            return

    def _skim(self, client: Client, count: int) -> None:
        """Step over frames in the shared buffer; only control frames are looked at."""
        data: bytes | bytearray = self._memory
        if client._buffer:
            client._buffer += self._view[:count]
            data, client._buffer = client._buffer, bytearray()
            count = len(data)
        at = client._skip
        if at >= count:
            client._skip = at - count
            return
        while at + 2 <= count:
            first = data[at]
            length = data[at + 1]
            size = 2
            if length >= 126:
                size = 4 if length == 126 else 10
                if at + size > count:
                    break
                length = int.from_bytes(data[at + 2 : at + size], "big")
            if first & 0x08:
                if at + size + length > count:
                    break
                self._control(client, first & 0x0F, bytes(data[at + size : at + size + length]))
                if client.state == CLOSED:
                    return
            else:
                client.frames += 1
            at += size + length
        if at < count:
            client._skip = 0
            client._buffer = bytearray(data[at:count])
        else:
            client._skip = at - count

    def _parse(self, client: Client) -> None:
        """Take whole messages out of a probe's stream."""
        data = client._buffer
        at = 0
        while True:
            header = _header(data, at)
            if header is None:
                break
            opcode, size, length = header
            if len(data) - at < size + length:
                break
            payload = bytes(data[at + size : at + size + length])
            at += size + length
            if opcode >= 8:
                self._control(client, opcode, payload)
                if client.state == CLOSED:
                    return
                continue
            client.frames += 1
            now = time.perf_counter()
            client.largest = max(client.largest, length)
            if client.state == OPENING and client.door.is_board(payload) and length >= client._need:
                client.state = OPEN
                client.opened_at = now
                client.door.greeted(payload, client.known)
            if client.probe is not None:
                client.probe.take(client.door, payload, now)
            elif client.state == OPEN:
                # Only the greeting was of interest. What follows is stepped over.
                break
        del data[:at]

    def _control(self, client: Client, opcode: int, payload: bytes) -> None:
        if opcode == 9:
            self.send(client, b"\x8a" + bytes((0x80 | len(payload),)) + b"\0\0\0\0" + payload)
        elif opcode == 8:
            client.close_code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
            self._ended(client)


def _header(data: bytes | bytearray, at: int) -> tuple[int, int, int] | None:
    """Opcode, size of the header and length of the payload; None if the header is not whole."""
    if len(data) - at < 2:
        return None
    length = data[at + 1] & 0x7F
    size = 2
    if length >= 126:
        size = 4 if length == 126 else 10
        if len(data) - at < size:
            return None
        length = int.from_bytes(data[at + 2 : at + size], "big")
    return data[at] & 0x0F, size, length
