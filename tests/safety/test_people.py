"""People in a gathering at the doors of a real server: who is let in, who is not any more, and who is seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgpack
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from harvestry.core import yprotocol
from harvestry.core.protocol import Hello, Ping, encode
from harvestry.edge.client import ConnectionEnded, NativeClient
from support.gatherings import PLAN
from support.server import Gathering, ServerProcess

CANARY = "heron at the weir"
A = "AAAAAAAAAAAA"


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextlib.asynccontextmanager
async def hosting(server: ServerProcess, gathering: Gathering) -> AsyncIterator[NativeClient]:
    """A host at work in a gathering that has a note on its board."""
    async with asyncio.timeout(60):
        host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Rosa")
        await host.command("show.load", plan=PLAN)
        await host.saved(await host.put(A, "note", (0, 0, 184, 104), text=CANARY))
        yield host
        await host.close()


async def native(server: ServerProcess, gathering: Gathering, token: str) -> ClientConnection:
    socket = await connect(server.native(gathering.board), max_size=None, compression=None)
    await socket.send(encode(Hello(1, token, "Ben")))
    return socket


async def stock(server: ServerProcess, gathering: Gathering, token: str) -> ClientConnection:
    offered: Any = [f"harvestry.{token}"]
    socket = await connect(server.stock(gathering.board), subprotocols=offered, max_size=None, compression=None)
    # It may be closed before it is asked for anything.
    with contextlib.suppress(ConnectionClosed):
        await socket.send(yprotocol.encode_step1(b"\x00"))
    return socket


async def end_of(socket: ClientConnection) -> int | None:
    """The code that the server closes with."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.recv()
    await socket.wait_closed()
    return socket.close_code


def test_a_removed_seat_gets_nothing_in_at_any_door_and_its_link_is_replaced(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[PEO-3]"""
    board = f"/api/boards/{gathering.board}"

    async def work() -> None:
        async with hosting(server, gathering) as host:
            ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
            ben = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ben")
            sockets = [
                await stock(server, gathering, ann.resume),
                await stock(server, gathering, gathering.participant),
                await native(server, gathering, ann.resume),
            ]
            await sockets[2].recv()
            link = (await host.command("people.remove", seat=ann.seat))["link"]  # type: ignore[index]
            assert (await ann.until_ended()).code == 4405
            assert [await end_of(socket) for socket in sockets] == [4405, 4403, 4405]
            with pytest.raises(ConnectionEnded, match="4405"):
                await NativeClient.connect(server.url, gathering.board, ann.resume, name="Ann", doc=ann.doc)
            with pytest.raises(ConnectionEnded, match="4403 this link takes no newcomers"):
                await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
            assert await end_of(await stock(server, gathering, ann.resume)) == 4405
            assert await end_of(await stock(server, gathering, gathering.participant)) == 4403
            await ben.saved(await ben.put("BBBBBBBBBBBB", "note", (0, 0, 184, 104), text="still here"))
            ways = [(ann.resume, "removed"), (gathering.participant, "revoked")]
            for path in (board, f"{board}/state"):
                for token, code in ways:
                    answer = await asyncio.to_thread(client.get, path, headers=bearer(token))
                    assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)
            links = (await asyncio.to_thread(client.get, f"{board}/links", headers=bearer(host.resume))).json()["links"]
            # Both may be of the same second.
            mine = sorted((row for row in links if row["role"] == "participant"), key=lambda row: not row["closed"])
            assert [(row["id"] == link, row["closed"]) for row in mine] == [(True, True), (False, False)]
            back = await NativeClient.connect(server.url, gathering.board, mine[1]["token"], name="Vera")
            await ben.close()
            await back.close()

    asyncio.run(work())


def test_a_role_that_was_given_is_kept(server: ServerProcess, gathering: Gathering, client: httpx.Client) -> None:
    """[PEO-1]"""

    async def work() -> None:
        async with hosting(server, gathering) as host:
            ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
            await host.command("people.promote", seat=ann.seat, role="cohost")
            await ann.command("show.start")
            await ann.close()
            again = await NativeClient.connect(server.url, gathering.board, ann.resume, name="Ann")
            assert again.role == "cohost"
            links = await asyncio.to_thread(
                client.get, f"/api/boards/{gathering.board}/links", headers=bearer(ann.resume)
            )
            assert links.status_code == 200
            await again.close()

    asyncio.run(work())


def test_whoever_waits_gets_no_byte_of_content(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[PEO-4]"""
    state = f"/api/boards/{gathering.board}/state"

    async def work() -> None:
        async with hosting(server, gathering) as host:
            await host.command("people.lobby", on=True)
            ben = await native(server, gathering, gathering.participant)
            nobody = await stock(server, gathering, gathering.participant)
            lobby = msgpack.unpackb(await ben.recv(decode=False))
            assert lobby[0] == "lobby"
            resume = lobby[1]["resume"]
            aside = await stock(server, gathering, resume)
            for token in (gathering.participant, gathering.observer, resume):
                answer = await asyncio.to_thread(client.get, state, headers=bearer(token))
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "lobby")
                assert CANARY.encode() not in answer.content
            await host.saved(await host.type_text(A, 0, CANARY))
            await ben.send(encode(Ping(1)))
            assert msgpack.unpackb(await ben.recv(decode=False)) == ["pong", 1]
            await host.until(lambda: lobby[1]["seat"] in host.gathering["people"]["waiting"])
            assert set(host.gathering["people"]["waiting"].values()) == {"Ben"}
            # The stock door answers to no ping of ours; whatever it had sent would come before it closes.
            for socket in (nobody, aside):
                await socket.close()
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
            await host.command("people.admit")
            welcome = await ben.recv(decode=False)
            assert CANARY.encode() in welcome
            answer = await asyncio.to_thread(client.get, state, headers=bearer(resume))
            assert answer.status_code == 200
            await ben.close()

    asyncio.run(work())


def test_ps38_observers_are_listed_by_name_before_they_see_anything(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[PS-38]"""
    state = f"/api/boards/{gathering.board}/state"

    async def work() -> None:
        async with hosting(server, gathering) as host:
            answer = await asyncio.to_thread(client.get, state, headers=bearer(gathering.observer))
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "unseen")
            assert CANARY.encode() not in answer.content
            olu = await NativeClient.connect(server.url, gathering.board, gathering.observer, name="Olu")
            await host.until(lambda: "Olu" in [name for _, name, role, _ in host.people.values() if role == "observer"])
            assert [name for _, name, role, _ in olu.people.values() if role == "observer"] == ["Olu"]
            seen = await asyncio.to_thread(client.get, state, headers=bearer(olu.resume))
            assert seen.status_code == 200
            nameless = await stock(server, gathering, gathering.observer)
            await host.until(lambda: len(host.people) == 3)
            assert {name for _, name, _, _ in host.people.values()} == {"Rosa", "Olu", "Guest"}
            await nameless.close()
            await olu.close()
            await asyncio.to_thread(client.get, "/healthz")
            await host.until(lambda: len(host.people) == 1)
            late = await asyncio.to_thread(client.get, state, headers=bearer(olu.resume))
            assert late.json()["error"]["code"] == "unseen"

    asyncio.run(work())


def test_whoever_was_removed_takes_back_what_they_wrote(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[PEO-7] With the seat that has ended and with nothing else; nobody else's goes."""

    def ask(token: str, keys: list[str] | None = None) -> httpx.Response:
        path = f"/api/boards/{gathering.board}/withdraw"
        return client.post(path, headers=bearer(token), json={"keys": keys or []})

    async def work() -> None:
        async with hosting(server, gathering) as host:
            ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
            await host.command("show.start")
            await host.command("show.go", phase="tell")
            # In the middle of where stories are told.
            await ann.saved(await ann.put("BBBBBBBBBBBB", "note", (1_000, 90, 184, 104), text="of Ann"))
            tokens = (ann.resume, gathering.host, gathering.participant, "x")
            for token in tokens:
                assert (await asyncio.to_thread(ask, token)).json()["error"]["code"] == "unauthorised"
            await host.command("people.remove", seat=ann.seat)
            answer = await asyncio.to_thread(ask, ann.resume, ["A" * 43])
            assert answer.json() == {"gone": 1, "stays": 0}
            for token in tokens[1:]:
                assert (await asyncio.to_thread(ask, token)).status_code == 401
            assert (await asyncio.to_thread(ask, ann.resume, ["short"])).status_code == 422
            again = [await asyncio.to_thread(ask, ann.resume) for _ in range(3)]
            assert [answer.status_code for answer in again] == [200, 200, 429]
            assert again[2].json()["error"]["code"] == "slow_down"
            assert 0 < int(again[2].headers["retry-after"]) <= 21
            stored = await asyncio.to_thread(
                client.get, f"/api/boards/{gathering.board}/state", headers=bearer(gathering.host)
            )
            assert b"of Ann" not in stored.content
            assert CANARY.encode() in stored.content

    asyncio.run(work())


def test_a_display_is_told_how_to_join_for_as_long_as_a_host_wants_it(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[MOD-8]"""

    def door(role: str) -> httpx.Response:
        return client.get(f"/api/boards/{gathering.board}/door", headers=bearer(gathering.tokens[role]))

    async def ask(role: str) -> httpx.Response:
        return await asyncio.to_thread(door, role)

    async def work() -> None:
        async with hosting(server, gathering) as host:
            shown, told = (await ask("display")).json(), (await ask("host")).json()
            assert shown == told
            assert shown["link"] == f"{server.url}/b/{gathering.board}#{gathering.participant}"
            found = await asyncio.to_thread(client.post, "/api/join", json={"code": shown["code"]})
            assert found.json() == {"link": shown["link"]}
            for role in ("harvester", "table", "participant", "observer"):
                assert (await ask(role)).json()["error"]["code"] == "forbidden"
            await host.command("mod.display", door=False)
            assert (await ask("display")).json()["error"]["code"] == "forbidden"
            assert (await ask("host")).json() == shown
            await host.command("mod.display", door=True)
            assert (await ask("display")).json() == shown
            await host.command("show.start")
            await host.command("show.close")
            assert (await ask("display")).json()["error"]["code"] == "closed"

    asyncio.run(work())


def test_ps41_a_code_opens_the_link_it_was_made_for_and_revoking_is_felt_at_once(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[PEO-5] [PS-41]"""
    board = f"/api/boards/{gathering.board}"

    def links() -> dict[str, str]:
        rows = client.get(f"{board}/links", headers=bearer(gathering.host)).json()["links"]
        return {row["role"]: row["id"] for row in rows}

    def make(role: str, token: str = gathering.host) -> httpx.Response:
        return client.post(f"{board}/links/{links()[role]}/code", headers=bearer(token))

    def join(code: str) -> httpx.Response:
        return client.post("/api/join", json={"code": code})

    async def work() -> None:
        async with hosting(server, gathering) as host:
            code = (await asyncio.to_thread(make, "participant")).json()["code"]
            found = await asyncio.to_thread(join, code.lower())
            assert found.json() == {"link": f"{server.url}/b/{gathering.board}#{gathering.participant}"}
            for role in ("host", "cohost", "harvester"):
                assert (await asyncio.to_thread(make, role)).status_code == 422
            for token in (gathering.participant, gathering.observer, gathering.tokens["table"]):
                assert (await asyncio.to_thread(make, "participant", token)).status_code == 403
            answers = [await asyncio.to_thread(join, wrong) for wrong in ("", "ACDEFH", "<script>", code + code)]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.content for answer in answers}) == 1
            table = (await asyncio.to_thread(make, "table")).json()["code"]
            await host.command("show.start")
            await host.command("show.close")
            over = await asyncio.to_thread(join, table)
            assert (over.status_code, over.content) == (404, answers[0].content)
            assert (await asyncio.to_thread(make, "table")).status_code == 422
            ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
            raw = await stock(server, gathering, ann.resume)
            link = links()["participant"]
            await asyncio.to_thread(client.delete, f"{board}/links/{link}", headers=bearer(gathering.host))
            assert (await ann.until_ended()).code == 4403
            assert await end_of(raw) == 4403

    asyncio.run(work())


def test_ps41_a_link_carries_at_least_128_bits(gathering: Gathering) -> None:
    """[PS-41] 16 bytes of a keyed hash, beside the id."""
    for token in gathering.tokens.values():
        _, mac = token.split(".")
        assert len(mac) * 6 >= 128


def test_ps42_no_answer_sets_a_cookie_sends_a_referrer_or_tells_a_preview_what_the_gathering_is_called(
    server: ServerProcess, client: httpx.Client
) -> None:
    """[PS-42]"""
    gathering = server.make_gathering(CANARY)
    paths = [f"/b/{gathering.board}", "/join", "/", f"/api/boards/{gathering.board}", f"/b/{gathering.board}?x=1"]
    for path in paths:
        answer = client.get(path, headers={"User-Agent": "Twitterbot/1.0", "Accept": "text/html"})
        assert CANARY.encode() not in answer.content
        assert "set-cookie" not in answer.headers
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
