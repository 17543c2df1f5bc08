"""What a peer may do below the level of messages, by hand: nothing of it adds up in the server or reaches its log."""

from __future__ import annotations

import resource
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harvestry.core.protocol import Hello, encode
from support.server import Gathering, ServerProcess

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(opcode: int, data: bytes, *, last: bool = True) -> bytes:
    """A masked frame; the mask is zero."""
    head = bytes([0x80 * last | opcode])
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    return head + size + bytes(4) + data


def read_exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def next_frame(peer: socket.socket) -> tuple[int, bytes]:
    head, size = read_exactly(peer, 2)
    if size == 126:
        (size,) = struct.unpack(">H", read_exactly(peer, 2))
    elif size == 127:
        (size,) = struct.unpack(">Q", read_exactly(peer, 8))
    return head & 0xF, read_exactly(peer, size)


def close_code(peer: socket.socket) -> int:
    while True:
        opcode, data = next_frame(peer)
        if opcode == CLOSE:
            return int.from_bytes(data[:2], "big")


def memory_of(server: ServerProcess) -> int:
    """Resident bytes of the server."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()


@contextmanager
def somebody(server: ServerProcess, gathering: Gathering) -> Iterator[socket.socket]:
    """Somebody in the room whose WebSocket the test speaks itself."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as peer:
        lines = (
            f"GET /ws/{gathering.board} HTTP/1.1",
            "Host: board.example",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
        peer.sendall("\r\n".join((*lines, "", "")).encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += read_exactly(peer, 1)
        peer.sendall(frame(BINARY, encode(Hello(1, gathering.participant, "Guest"))))
        assert next_frame(peer)[0] == BINARY
        yield peer


@pytest.fixture
def peer(server: ServerProcess, gathering: Gathering) -> Iterator[socket.socket]:
    with somebody(server, gathering) as peer:
        yield peer


def test_pings_are_answered(peer: socket.socket) -> None:
    peer.sendall(frame(PING, b"there?"))
    while (answer := next_frame(peer))[0] != PONG:
        pass
    assert answer == (PONG, b"there?")


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to look into a running process")
def test_a_flood_of_pings_whose_answers_nobody_reads_is_not_kept(start_server: Callable[..., ServerProcess]) -> None:
    """[LIM-2] In a server that does nothing else: the boards of others come and go in a shared one's memory."""
    server = start_server()
    flood = frame(PING, bytes(125)) * 8_000
    with somebody(server, server.make_gathering()) as peer:
        before = memory_of(server)
        for _ in range(40):
            peer.sendall(flood)
        assert memory_of(server) - before < 16_000_000  # of 42 MB


def test_a_message_in_endless_empty_fragments_is_closed_with_1009(peer: socket.socket) -> None:
    """[LIM-1]"""
    peer.sendall(frame(BINARY, b"", last=False) + frame(CONTINUATION, b"", last=False) * 1_100)
    assert close_code(peer) == 1009


def test_text_that_is_not_utf_8_is_text_like_any_other(server: ServerProcess, peer: socket.socket) -> None:
    """[LIM-1] No trace in the log: anybody could fill it."""
    peer.sendall(frame(TEXT, b"\xff\xfe"))
    assert close_code(peer) == 4400
    assert "UnicodeDecodeError" not in server.log()
