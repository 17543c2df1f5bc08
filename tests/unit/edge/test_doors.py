"""A real server's doors, as its clients meet them."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from harvestry.core import yprotocol
from harvestry.core.errors import Refusal
from harvestry.edge.client import ConnectionEnded, EditRefused, NativeClient
from support.rooms import Writer
from support.server import Gathering, ServerProcess

A, B, C = "AAAAAAAAAAAA", "BBBBBBBBBBBB", "CCCCCCCCCCCC"
BOX = (0, 0, 184, 104)


def ask(server: ServerProcess, path: str, token: str) -> tuple[int, Any]:
    """POST or GET over HTTP: the status, and the body as JSON."""
    posts = path.endswith("/links")
    response = httpx.request(
        "POST" if posts else "GET",
        server.url + path,
        headers={"Authorization": f"Bearer {token}"},
        json={"role": "observer"} if posts else None,
        trust_env=False,
    )
    return response.status_code, response.json()


def run(scenario: Awaitable[None]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(60):
            await scenario

    asyncio.run(whole())


async def come_in(server: ServerProcess, gathering: Gathering, token: str = "", **more: Any) -> NativeClient:
    return await NativeClient.connect(
        server.url, gathering.board, token or gathering.participant, name=more.pop("name", "Ann"), **more
    )


async def stock(server: ServerProcess, gathering: Gathering, token: str) -> ClientConnection:
    subprotocols: Any = [f"harvestry.{token}"]
    return await connect(server.stock(gathering.board), subprotocols=subprotocols, compression=None)


def test_a_resume_token_brings_the_same_seat_back_even_after_a_restart(
    start_server: Callable[..., ServerProcess],
) -> None:
    """[TOK-4]"""
    server = start_server()
    gathering = server.make_gathering()

    async def before() -> NativeClient:
        ann = await come_in(server, gathering)
        await ann.command("rename", name="Ann of Ely")
        await ann.saved(await ann.put(A, "note", BOX, text="words"))
        await ann.close()
        return ann

    async def after(ann: NativeClient) -> None:
        again = await come_in(server, gathering, ann.resume, name="Somebody else", doc=ann.doc)
        assert (again.seat, again.name, again.role) == (ann.seat, "Ann of Ely", "participant")
        assert again.authors == {A: ann.seat}
        assert again.seats == {ann.seat: "Ann of Ely"}
        # The same clientID still writes: its lease has outlived the process.
        await again.saved(await again.patch(A, c="rosehip"))
        await again.close()

    ann = asyncio.run(before())
    server.kill()
    server.start()
    run(after(ann))


def test_a_stock_client_with_a_resume_token_sits_on_the_seat(server: ServerProcess, gathering: Gathering) -> None:
    async def scenario() -> None:
        ann = await come_in(server, gathering)
        socket = await stock(server, gathering, ann.resume)
        assert socket.subprotocol == f"harvestry.{ann.resume}"
        await socket.send(yprotocol.encode_step1(b"\x00"))
        await socket.send(yprotocol.encode_update(Writer(77).note(B)))
        await ann.until(lambda: ann.has(B))
        await ann.until(lambda: ann.authors.get(B) == ann.seat)
        assert [row[:2] for conn, row in ann.people.items() if conn != ann.conn] == [(ann.seat, "Ann")]
        await socket.close()
        await ann.until(lambda: len(ann.people) == 1)
        await ann.close()

    run(scenario())


def test_an_edit_in_parts_arrives_whole(server: ServerProcess, gathering: Gathering) -> None:
    """[SYN-11]"""

    async def scenario() -> None:
        ann, ben = await come_in(server, gathering), await come_in(server, gathering, name="Ben")
        writer = Writer(77)
        for number in range(20):
            writer.note(f"{number:012}", "words " * 600)
        update = writer.doc.get_update()
        assert len(update) > ann.limits["frame"]
        await ann.saved(await ann.send_update(update))
        await ben.until(lambda: len(ben.elements()) == 20)
        await ann.close()
        await ben.close()

    run(scenario())


def test_commands_are_answered(server: ServerProcess, gathering: Gathering) -> None:
    async def scenario() -> None:
        hal = await come_in(server, gathering, gathering.host, name="Hal")
        ann = await come_in(server, gathering)
        await hal.command("title", title="Better")
        await ann.until(lambda: ann.title == "Better")
        with pytest.raises(Refusal):
            await ann.command("title", title="Mine")
        await hal.close()
        await ann.close()

    run(scenario())


def test_people_and_their_cursors_are_seen(server: ServerProcess, gathering: Gathering) -> None:
    """[PRE-2]"""

    async def scenario() -> None:
        ann, ben = await come_in(server, gathering), await come_in(server, gathering, name="Ben")
        await ben.presence(cursor=(10, -20))
        await ann.until(lambda: ben.conn in ann.presences)
        assert ann.presences[ben.conn].cursor == (10, -20)
        late = await come_in(server, gathering, name="Late")
        await late.until(lambda: ben.conn in late.presences)
        await ben.close()
        await ann.until(lambda: ben.conn not in ann.people)
        await ann.close()
        await late.close()

    run(scenario())


def test_a_gathering_takes_only_so_many_seats(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(max_seats=1)
    gathering = server.make_gathering()

    async def scenario() -> None:
        ann = await come_in(server, gathering)
        with pytest.raises(ConnectionEnded) as ended:
            await come_in(server, gathering, name="Ben")
        assert ended.value.code == 1013
        again = await come_in(server, gathering, ann.resume)
        await again.close()
        await ann.close()

    run(scenario())


def test_a_room_takes_only_so_many_connections(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(max_connections=1)
    gathering = server.make_gathering()

    async def scenario() -> None:
        ann = await come_in(server, gathering)
        with pytest.raises(ConnectionEnded) as ended:
            await come_in(server, gathering, name="Ben")
        assert ended.value.code == 1013
        await ann.close()

    run(scenario())
    with closing(sqlite3.connect(server.data / "harvestry.db")) as database:
        seats = database.execute("SELECT count(*) FROM seats").fetchone()
    assert seats == (1,)  # Who is turned away comes back, and would take a new seat each time.


def test_stock_clients_hear_a_heartbeat(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(heartbeat_ms=20)
    gathering = server.make_gathering()

    async def scenario() -> None:
        socket = await stock(server, gathering, gathering.observer)
        await socket.send(yprotocol.encode_step1(b"\x00"))
        beats = 0
        while beats < 5:
            frame = await socket.recv()
            assert isinstance(frame, bytes)
            beats += isinstance(yprotocol.parse(frame), yprotocol.AwarenessUpdate)
        await socket.close()

    run(scenario())


def test_a_damaged_board_is_said_to_be_and_others_go_on(start_server: Callable[..., ServerProcess]) -> None:
    """[STO-5]"""
    server = start_server()
    damaged, sound = server.make_gathering(), server.make_gathering()
    connection = sqlite3.connect(server.data / "harvestry.db")
    with connection:
        connection.execute("UPDATE room_log SET body = X'00' WHERE board = ?", (damaged.board,))
    connection.close()

    async def scenario() -> None:
        with pytest.raises(ConnectionEnded) as ended:
            await come_in(server, damaged)
        assert ended.value.code == 1011
        ann = await come_in(server, sound)
        await ann.saved(await ann.put(A, "note", BOX))
        await ann.close()

    run(scenario())
    assert "checksum" in server.log()


def test_a_board_with_a_damaged_entry_is_shown_up_to_it(start_server: Callable[..., ServerProcess]) -> None:
    """[STO-5] People and observers look at it, nobody writes, and the log is left as it is."""
    server = start_server()
    gathering = server.make_gathering()

    async def fill() -> None:
        ann = await come_in(server, gathering)
        for element in (A, B, C):
            await ann.saved(await ann.put(element, "note", BOX))
        await ann.close()

    def log() -> list[tuple[int, bytes]]:
        with closing(sqlite3.connect(server.data / "harvestry.db")) as db:
            return db.execute("SELECT seq, body FROM room_log ORDER BY seq").fetchall()

    async def look() -> None:
        ann = await come_in(server, gathering)
        olga = await come_in(server, gathering, gathering.observer, name="Olga")
        for client in (ann, olga):
            assert (client.mode, set(client.elements())) == ("damaged", {A})
        with pytest.raises(EditRefused) as refused:
            await ann.saved(await ann.put(B, "note", BOX))
        assert refused.value.code == "damaged"
        for client in (ann, olga):
            await client.close()

    run(fill())
    server.stop()
    with closing(sqlite3.connect(server.data / "harvestry.db")) as db, db:
        db.execute("UPDATE room_log SET body = substr(body, 2) WHERE seq = 3")
    before = log()
    server.start()
    run(look())
    server.stop()
    assert log() == before
    assert (
        "ERROR harvestry.edge.live_room: the board is damaged, and shown as far as it is sound: entry 3" in server.log()
    )
    assert "Traceback" not in server.log()


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit to take the disk away from a running process")
def test_a_full_disk_loses_nothing_and_sends_nobody_away(start_server: Callable[..., ServerProcess]) -> None:
    """[SYN-3] [STO-7] Files may not grow any more, which is what a full disk looks like; then they may again."""
    server = start_server()
    gathering = server.make_gathering()

    def let_files_grow(to: int) -> None:
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (to, hard))

    async def scenario() -> None:
        ann, ben = await come_in(server, gathering), await come_in(server, gathering, name="Ben")
        await ann.saved(await ann.put(A, "note", BOX, text="before"))
        # Less than the database has already, and enough for the server's lines.
        let_files_grow(16_384)
        first = await ann.put(B, "note", BOX, text="while the disk is full")
        for client in (ann, ben):
            await client.until(lambda client=client: client.mode == "paused")
        second = await ann.type_text(B, 0, "written ")
        # Still full: what is there can be read, nothing more is promised, and nobody new is written down.
        reader = await come_in(server, gathering, ben.resume)
        assert (reader.mode, set(reader.elements())) == ("paused", {A})
        with pytest.raises(ConnectionEnded) as ended:
            await come_in(server, gathering, name="Cleo")
        assert (ended.value.code, ended.value.reason) == (1013, "the server cannot use its disk just now")
        status, body = await asyncio.to_thread(ask, server, f"/api/boards/{gathering.board}/links", gathering.host)
        assert (status, body["error"]["code"]) == (503, "try_later")
        assert (await asyncio.to_thread(ask, server, "/readyz", "none"))[0] == 503
        assert not ben.has(B)
        let_files_grow(resource.RLIM_INFINITY)
        await ann.saved(first)
        await ann.saved(second)
        assert ann.mode == "open"
        for client in (ann, ben, reader):
            await client.until(lambda client=client: client.has(B))
            assert client.elements()[B]["txt"] == "written while the disk is full"
            assert client.ended is None
            await client.close()
        await (await come_in(server, gathering, name="Cleo")).close()

    run(scenario())
    assert "Traceback" not in server.log()


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit to look into a running process")
def test_a_server_takes_as_many_connections_as_the_system_allows(server: ServerProcess) -> None:
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    assert soft == hard


def test_what_stands_in_an_address_forges_no_line_of_the_log(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(hello_timeout_ms=10)

    async def scenario() -> None:
        async with connect(f"{server.ws_url}/ws/%0aERROR%20forged") as socket:
            await socket.wait_closed()

    run(scenario())
    server.stop()
    assert "connection opened room=? door=native" in server.log()
    assert "forged" not in server.log()


def test_a_failed_write_is_logged_without_what_was_to_be_written(start_server: Callable[..., ServerProcess]) -> None:
    """[TOK-2] Names and words are the people's."""
    server = start_server()
    gathering = server.make_gathering()
    with closing(sqlite3.connect(server.data / "harvestry.db")) as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON seats BEGIN SELECT RAISE(ABORT, 'no more'); END")

    async def scenario() -> None:
        with pytest.raises(ConnectionEnded):
            await come_in(server, gathering, name="Wilhelmina")

    run(scenario())
    server.stop()
    assert "no more" in server.log()
    assert "Wilhelmina" not in server.log()
