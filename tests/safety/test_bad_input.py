"""Every row of the table in `docs/protocol.md` §5, at both doors of a real server: one answer, and the room goes on.

A neighbour sits in the same room all the while. Whatever somebody else sends, the neighbour's next edit is saved.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import msgpack
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from harvestry.core import yprotocol
from harvestry.core.protocol import Edit, Hello, Part, Ping, Sync, encode
from harvestry.edge.client import NativeClient
from support.rooms import Writer
from support.server import Gathering, ServerProcess

DOCS = Path(__file__).parents[2] / "docs" / "protocol.md"
NATIVE, STOCK = "native", "stock"
A, B = "AAAAAAAAAAAA", "BBBBBBBBBBBB"
# A GC run of 2^31 under somebody else's clientID: it would silence them for ever.
MUTE = "01014d0000808080800800"
MALFORMED_UPDATES = {
    "truncated": "0101010004010464",
    "rubbish": "ffffffffff",
    "a huge count in six bytes": "d6b69e700006",
    "a block of no structs": "0100676200",
    "a division by zero": "01046600270103656c73026b30000178017c00000000000066000143c95a740204006778ce66020368657900",
    "a mute": MUTE,
    "another root": "01010900040106616e79526f6f7402686900",
    "text in an array": "010105000401056f7264657204f09f988000",
}


class Guest:
    """A raw WebSocket at one door."""

    def __init__(self, socket: ClientConnection, door: str) -> None:
        self.socket = socket
        self.door = door

    async def send(self, frame: bytes | str) -> None:
        await self.socket.send(frame)

    async def edit(self, update: bytes, cseq: int = 1) -> None:
        """Send an update in the words of the door."""
        await self.send(encode(Edit(cseq, update)) if self.door == NATIVE else yprotocol.encode_update(update))

    async def message(self) -> list[Any]:
        """The next native message."""
        message: list[Any] = msgpack.unpackb(await self.socket.recv())
        return message

    async def close_code(self) -> int:
        """Read until the server closes the connection."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.socket.recv()
        await self.socket.wait_closed()
        said = self.socket.protocol.close_rcvd
        assert said is not None
        assert said.reason or said.code in (1009, 1012)  # These two are said by the library.
        return said.code


async def open_socket(
    server: ServerProcess, gathering: Gathering, door: str, *, board: str | None = None, token: str = "", **more: Any
) -> Guest:
    board = board or gathering.board
    if door == NATIVE:
        return Guest(await connect(server.native(board), max_size=None, compression=None, **more), door)
    offered: Any = [f"harvestry.{token or gathering.participant}"]
    socket = await connect(server.stock(board), subprotocols=offered, max_size=None, compression=None, **more)
    return Guest(socket, door)


async def enter(
    server: ServerProcess, gathering: Gathering, door: str, *, board: str | None = None, token: str = "", **more: Any
) -> Guest:
    """Open a connection and say who one is."""
    guest = await open_socket(server, gathering, door, board=board, token=token, **more)
    if door == NATIVE:
        await guest.send(encode(Hello(1, token or gathering.participant, "Guest")))
    return guest


async def settled(guest: Guest) -> None:
    """Wait until the server has taken the guest in."""
    if guest.door == NATIVE:
        assert (await guest.message())[0] == "welcome"
    else:
        await guest.send(yprotocol.encode_step1(b"\x00"))
        frames = [yprotocol.parse(await guest.socket.recv())]  # type: ignore[arg-type]
        while not isinstance(frames[-1], yprotocol.SyncStep2):
            frames.append(yprotocol.parse(await guest.socket.recv()))  # type: ignore[arg-type]


def run(server: ServerProcess, gathering: Gathering, bad: Callable[[], Awaitable[None]]) -> None:
    """Do something bad while a neighbour is in the room; afterwards the neighbour can still write and be saved."""

    async def whole() -> None:
        async with asyncio.timeout(60):
            neighbour = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Neighbour")
            await neighbour.saved(await neighbour.put(A, "note", (0, 0, 184, 104), text="before"))
            await bad()
            await neighbour.saved(await neighbour.put(B, "note", (0, 0, 184, 104), text="after"))
            await neighbour.settle()
            assert set(neighbour.elements()) == {A, B}
            await neighbour.close()

    asyncio.run(whole())


@pytest.fixture(params=[NATIVE, STOCK])
def door(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def closes_with(server: ServerProcess, gathering: Gathering, code: int, guest: Callable[[], Awaitable[Guest]]) -> None:
    async def bad() -> None:
        bad_guest = await guest()
        assert await bad_guest.close_code() == code

    run(server, gathering, bad)


# ---- who may come in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_an_origin_that_is_not_allowed(server: ServerProcess, gathering: Gathering, door: str, origin: str) -> None:
    """[TOK-6]"""

    async def bad() -> None:
        for board in (gathering.board, "no_such_board_16"):
            with pytest.raises(InvalidStatus) as caught:
                await open_socket(server, gathering, door, board=board, origin=origin)
            assert caught.value.response.status_code == 403

    run(server, gathering, bad)


def test_nobody_is_called_because_of_a_page_that_was_refused_or_a_client_that_went(
    start_server: Callable[..., ServerProcess],
) -> None:
    """An ERROR in the log means that somebody has to act, and strangers must not be able to cause one. [LIM-1]"""
    server = start_server()
    gathering = server.make_gathering()
    head = (
        f"GET /ws/{gathering.board} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    )
    for origin in ("", "Origin: https://evil.example\r\n"):
        for waits in (True, False):
            with socket.create_connection(("127.0.0.1", server.port)) as line:
                line.sendall((head + origin + "\r\n").encode())
                if waits:
                    assert line.recv(12).startswith(b"HTTP/1.1 403" if origin else b"HTTP/1.1 101")
    assert server.stop() == 0
    assert "ERROR" not in server.log()


def test_the_servers_own_origin_is_allowed(server: ServerProcess, gathering: Gathering, door: str) -> None:
    async def good() -> None:
        guest = await enter(server, gathering, door, origin=server.url)
        await settled(guest)
        await guest.socket.close()

    run(server, gathering, good)


@pytest.mark.parametrize("board", ["no_such_board_16", "short", "%00%F0%9F%8C%BE", "x" * 300])
def test_an_unknown_board(server: ServerProcess, gathering: Gathering, door: str, board: str) -> None:
    closes_with(server, gathering, 4404, lambda: enter(server, gathering, door, board=board))


@pytest.mark.parametrize("kind", ["altered", "of another board", "of no link", "no token at all"])
def test_a_wrong_token(server: ServerProcess, gathering: Gathering, door: str, kind: str) -> None:
    token = {
        "altered": gathering.participant[:-1] + ("A" if gathering.participant[-1] != "A" else "B"),
        "of another board": server.make_gathering().participant,
        "of no link": "lAAAAAAAAAAAA." + gathering.participant.partition(".")[2],
        "no token at all": "x",
    }[kind]
    closes_with(server, gathering, 4401, lambda: enter(server, gathering, door, token=token))


def test_no_subprotocol_at_all_at_the_stock_door(server: ServerProcess, gathering: Gathering) -> None:
    async def guest() -> Guest:
        return Guest(await connect(server.stock(gathering.board), compression=None), STOCK)

    closes_with(server, gathering, 4401, guest)


def test_a_revoked_link_token_and_its_seats(server: ServerProcess, gathering: Gathering, door: str) -> None:
    """[TOK-3]"""

    async def bad() -> None:
        ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
        inside = await enter(server, gathering, door)
        await settled(inside)
        await revoke(server, gathering, gathering.participant)
        assert await inside.close_code() == 4403
        for token in (gathering.participant, ann.resume):
            outside = await enter(server, gathering, door, token=token)
            assert await outside.close_code() == 4403
        await ann.close()

    run(server, gathering, bad)


async def revoke(server: ServerProcess, gathering: Gathering, token: str) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        link = token[1:13]
        answer = await client.delete(
            f"/api/boards/{gathering.board}/links/{link}", headers={"Authorization": f"Bearer {gathering.host}"}
        )
        assert answer.status_code == 204


# ---- the first message ---------------------------------------------------------------------------------------------


def test_no_hello_in_time(start_server: Callable[..., ServerProcess]) -> None:
    """[LIM-3]"""
    server = start_server(hello_timeout_ms=50)
    gathering = server.make_gathering()
    closes_with(server, gathering, 4408, lambda: open_socket(server, gathering, NATIVE))


def test_a_first_message_that_is_not_hello(server: ServerProcess, gathering: Gathering) -> None:
    async def guest() -> Guest:
        guest = await open_socket(server, gathering, NATIVE)
        await guest.send(encode(Ping(1)))
        return guest

    closes_with(server, gathering, 4400, guest)


def test_a_second_hello(server: ServerProcess, gathering: Gathering) -> None:
    async def guest() -> Guest:
        guest = await enter(server, gathering, NATIVE)
        await guest.send(encode(Hello(1, gathering.participant)))
        return guest

    closes_with(server, gathering, 4409, guest)


def test_a_sync_from_a_client_that_is_not_behind(server: ServerProcess, gathering: Gathering) -> None:
    """Each one is answered with as much of the board as the client says it lacks."""

    async def guest() -> Guest:
        guest = await enter(server, gathering, NATIVE)
        await settled(guest)
        await guest.send(encode(Sync(None)))
        return guest

    closes_with(server, gathering, 4400, guest)


def test_a_version_not_spoken_here(server: ServerProcess, gathering: Gathering) -> None:
    async def guest() -> Guest:
        guest = await open_socket(server, gathering, NATIVE)
        await guest.send(encode(Hello(2, gathering.participant)))
        return guest

    closes_with(server, gathering, 4406, guest)


# ---- frames --------------------------------------------------------------------------------------------------------

MALFORMED: dict[str, list[bytes | str]] = {
    NATIVE: [
        b"",
        b"\xc1",
        b"\x91" * 1_000,
        b"\xdd\xff\xff\xff\xff",
        msgpack.packb(["ping", 1]) + b"\x00",
        msgpack.packb(["dance", 1]),
        msgpack.packb(["tick", 1, None, None, None, None]),
        msgpack.packb(["edit", "1", b""]),
        msgpack.packb(["presence", [0.5, 1], [], None, None]),
        encode(Part(1, 1, 2, b"")),
        "text",
        "",
    ],
    STOCK: [
        b"",
        b"\x00",
        b"\x02\x00",
        b"\x07",
        b"\x00\x02\xff\xff\xff\xff\x0f",
        b"\x00\x02\x00\x00",
        b"\x01\x02\x01\x00",
        b"\x01\x05\x01\x01\x01\x01{",
        "text",
        "",
    ],
}


@pytest.mark.parametrize(
    ("door", "frame"),
    [(door, frame) for door, frames in MALFORMED.items() for frame in frames],
    ids=lambda value: value[:8].hex() or "empty" if isinstance(value, bytes) else value or "empty text",
)
def test_a_malformed_frame(server: ServerProcess, gathering: Gathering, door: str, frame: bytes | str) -> None:
    async def guest() -> Guest:
        guest = await enter(server, gathering, door)
        await settled(guest)
        await guest.send(frame)
        return guest

    closes_with(server, gathering, 4400, guest)


# The long one is still being sent when the answer comes; the close has to reach its sender all the same.
@pytest.mark.parametrize("size", [65_537, 8_000_000])
def test_a_frame_over_the_limit(server: ServerProcess, gathering: Gathering, door: str, size: int) -> None:
    async def guest() -> Guest:
        guest = await enter(server, gathering, door)
        await settled(guest)
        with contextlib.suppress(ConnectionClosed):  # The server does not wait for the end.
            await guest.send(bytes(size))
        return guest

    closes_with(server, gathering, 1009, guest)


def test_a_message_over_the_limit_in_small_fragments(server: ServerProcess, gathering: Gathering, door: str) -> None:
    async def guest() -> Guest:
        guest = await enter(server, gathering, door)
        await settled(guest)

        async def fragments() -> Any:
            for _ in range(65_536 // 1_000 + 1):
                yield bytes(1_000)
            # Nothing after the fragment that is too much: bytes that nobody reads would turn the close into a reset.
            await guest.socket.wait_closed()

        with contextlib.suppress(ConnectionClosed):  # The server does not wait for the end.
            await guest.socket.send(fragments())
        return guest

    closes_with(server, gathering, 1009, guest)


def test_a_malformed_state_vector(server: ServerProcess, gathering: Gathering, door: str) -> None:
    async def guest() -> Guest:
        if door == NATIVE:
            guest = await open_socket(server, gathering, NATIVE)
            await guest.send(encode(Hello(1, gathering.participant, sv=b"\xff\xff")))
            return guest
        guest = await enter(server, gathering, door)
        await guest.send(yprotocol.encode_step1(b"\xff\xff"))
        return guest

    closes_with(server, gathering, 4400, guest)


# ---- updates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("update", MALFORMED_UPDATES.values(), ids=MALFORMED_UPDATES.keys())
def test_an_update_that_is_not_one(server: ServerProcess, gathering: Gathering, door: str, update: str) -> None:
    async def guest() -> Guest:
        guest = await enter(server, gathering, door)
        await settled(guest)
        await guest.edit(bytes.fromhex(update))
        return guest

    closes_with(server, gathering, 4422, guest)


def test_an_update_under_the_client_id_of_another(server: ServerProcess, gathering: Gathering, door: str) -> None:
    async def guest() -> Guest:
        mallory = await enter(server, gathering, door)
        await settled(mallory)
        # The neighbour came with the host's link, the guest with the participants'.
        writer = Writer(4_242)
        owner = await enter(server, gathering, door, token=gathering.host)
        await settled(owner)
        await owner.edit(writer.note("victim______"))
        while True:
            if door == STOCK:
                if isinstance(yprotocol.parse(await owner.socket.recv()), yprotocol.SyncUpdate):  # type: ignore[arg-type]
                    break
            elif (await owner.message())[3]:
                break
        await owner.socket.close()
        await mallory.edit(writer.move("victim______", 7))
        return mallory

    async def bad() -> None:
        assert await (await guest()).close_code() == 4422

    async def whole() -> None:
        async with asyncio.timeout(60):
            await bad()

    asyncio.run(whole())


def test_an_update_whose_predecessor_is_missing(server: ServerProcess, gathering: Gathering, door: str) -> None:
    async def bad() -> None:
        guest = await enter(server, gathering, door)
        await settled(guest)
        writer = Writer(4_242)
        writer.note("missing_____")
        await guest.edit(writer.move("missing_____", 7))
        if door == NATIVE:
            kinds = []
            while "resync" not in kinds:
                kinds.append((await guest.message())[0])
        else:
            while not isinstance(yprotocol.parse(await guest.socket.recv()), yprotocol.SyncStep1):  # type: ignore[arg-type]
                pass
        await guest.socket.close()

    run(server, gathering, bad)


def test_an_observers_edit(server: ServerProcess, gathering: Gathering, door: str) -> None:
    """[TOK-5]"""

    async def bad() -> None:
        guest = await enter(server, gathering, door, token=gathering.observer)
        await settled(guest)
        await guest.edit(Writer(4_242).note("observed____"), 3)
        if door == NATIVE:
            while (message := await guest.message())[0] != "refused":
                pass
            assert message[1:3] == [3, "role"]
        else:
            # Ignored: the next question is answered as if nothing had been said.
            await guest.send(yprotocol.encode_step1(b"\x00"))
            while not isinstance(message := yprotocol.parse(await guest.socket.recv()), yprotocol.SyncStep2):  # type: ignore[arg-type, assignment]
                pass
            assert b"observed____" not in message.update  # type: ignore[attr-defined]
        await guest.socket.close()

    run(server, gathering, bad)


def test_an_edit_that_is_not_allowed(server: ServerProcess, gathering: Gathering, door: str) -> None:
    """[POL-1]"""

    async def bad() -> None:
        guest = await enter(server, gathering, door)
        await settled(guest)
        await guest.edit(Writer(4_243).title("Not mine to say"), 3)
        if door == NATIVE:
            while (message := await guest.message())[0] != "neutralised":
                assert message[0] != "tick" or b"Not mine" not in (message[2] or b"")
            assert message[1:3] == [3, "role"]
            while (tick := await guest.message())[0] != "tick" or not tick[3]:
                pass
        else:
            while not isinstance(message := yprotocol.parse(await guest.socket.recv()), yprotocol.SyncUpdate):  # type: ignore[arg-type, assignment]
                pass
            assert b"Not mine" not in message.update  # type: ignore[attr-defined]
        await guest.socket.close()

    run(server, gathering, bad)


# ---- slow readers and ends -----------------------------------------------------------------------------------------


def test_a_reader_too_slow_for_its_outbox(server: ServerProcess, gathering: Gathering, door: str) -> None:
    """[LIM-2] At the native door it begins again twice before it is let go."""

    async def bad() -> None:
        # A small window, so that what it does not read has nowhere to wait but at the server.
        address = ("127.0.0.1", server.port)
        raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, address)
        slow = await enter(server, gathering, door, sock=raw, max_queue=1, ping_interval=None)
        await settled(slow)
        for chance in range(2 if door == NATIVE else 0):
            await write_a_megabyte_while_it_does_not_read(server, gathering, slow, f"{chance:04}")
            while await slow.message() != ["behind"]:
                pass
            await slow.send(encode(Sync(None)))
            while (message := await slow.message())[0] != "welcome":
                assert message[0] == "tick"
            assert message[1]["update"].count(f"{chance:04}busy".encode()) == 20
        await write_a_megabyte_while_it_does_not_read(server, gathering, slow, "last")
        assert await slow.close_code() == 1013

    async def whole() -> None:
        async with asyncio.timeout(60):
            await bad()
            neighbour = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Neighbour")
            await neighbour.saved(await neighbour.put(B, "note", (0, 0, 184, 104), text="after"))
            await neighbour.close()

    asyncio.run(whole())


async def write_a_megabyte_while_it_does_not_read(
    server: ServerProcess, gathering: Gathering, slow: Guest, prefix: str
) -> None:
    slow.socket.transport.pause_reading()
    busy = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Busy")
    for number in range(20):
        await busy.saved(await busy.put(f"{prefix}busy{number:04}", "ink", (0, 0, 184, 104), payload=bytes(50_000)))
    await busy.close()
    slow.socket.transport.resume_reading()


def connections_closed(server: ServerProcess, board: str) -> str:
    """The codes that connections to a board have been closed with, from the server's log."""
    lines = [line for line in server.log().splitlines() if board in line and "connection closed" in line]
    return " ".join(line.rpartition("code=")[2] for line in lines)


def test_shutdown(start_server: Callable[..., ServerProcess], door: str) -> None:
    """[LIM-4]"""
    server = start_server()
    gathering = server.make_gathering()

    async def whole() -> None:
        async with asyncio.timeout(60):
            guest = await enter(server, gathering, door)
            await settled(guest)
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            assert await guest.close_code() == 1012
            assert await stopping == 0

    asyncio.run(whole())


# ---- the table -----------------------------------------------------------------------------------------------------

# Each row of the table, and the tests above that stand for it.
ROWS = {
    "an Origin that is not allowed": "test_an_origin_that_is_not_allowed",
    "unknown board": "test_an_unknown_board",
    "wrong token": "test_a_wrong_token",
    "revoked token, or a newcomer by a link that takes none any more": "test_a_revoked_link_token_and_its_seats",
    "no hello within 5 s": "test_no_hello_in_time",
    "first message is not hello": "test_a_first_message_that_is_not_hello",
    "second hello": "test_a_second_hello",
    "protocol version not spoken here": "test_a_version_not_spoken_here",
    "malformed msgpack or y-protocols framing, text frame, wrong shape": "test_a_malformed_frame",
    "unknown message type": "test_a_malformed_frame",
    "frame over the limit, or a message in more than 1,024 fragments": "test_a_frame_over_the_limit",
    "truncated or malformed update; forged clientID; schema breach": "test_an_update_that_is_not_one",
    "update whose predecessor is missing": "test_an_update_whose_predecessor_is_missing",
    "an observer's edit": "test_an_observers_edit",
    "an edit that is not allowed any more, or not to this role": "test_an_edit_that_is_not_allowed",
    "state vector that is malformed": "test_a_malformed_state_vector",
    "a reader too slow for its outbox (256 KB)": "test_a_reader_too_slow_for_its_outbox",
    "`sync` from a client that is not behind": "test_a_sync_from_a_client_that_is_not_behind",
    "shutdown": "test_shutdown",
}
# These need a fault of ours or of the disk, or a second history, which other tests bring about.
ELSEWHERE = {
    "a seat that a host has ended": "safety/test_people.py::"
    "test_a_removed_seat_gets_nothing_in_at_any_door_and_its_link_is_replaced",
    "a fault of ours": "unit/edge/test_hub.py::test_a_fault_of_the_engine_ends_the_room_with_1011",
    "a copy from before the board was rebuilt": "unit/core/test_room_epochs.py::test_an_old_copy_brings_nothing_back",
    "an edit while the board cannot be saved": "unit/core/test_room_paused.py::"
    "test_while_it_pauses_edits_are_neither_taken_nor_refused",
    "an edit of a damaged board": "unit/core/test_room_paused.py::test_a_damaged_board_is_shown_and_not_written_to",
    "the board on disk is another than was promised": "unit/core/test_room_paused.py::"
    "test_a_disk_that_holds_another_board_than_was_promised_ends_the_room",
    "a new seat while the disk does not take writes": "unit/edge/test_doors.py::"
    "test_a_full_disk_loses_nothing_and_sends_nobody_away",
}


def test_every_row_of_the_table_has_a_test() -> None:
    """[LIM-1]"""
    section = DOCS.read_text(encoding="utf-8").partition("## 5.")[2]
    rows = re.findall(r"^\| (?!-)(?!what arrives)(.+?) \|", section, flags=re.MULTILINE)
    assert set(rows) == ROWS.keys() | ELSEWHERE.keys()
    assert all(name in globals() for name in ROWS.values())
    for place in ELSEWHERE.values():
        file, _, name = place.partition("::")
        assert f"def {name}(" in (DOCS.parents[1] / "tests" / file).read_text(encoding="utf-8")
