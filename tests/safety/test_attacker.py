"""Somebody who follows none of the client's rules, over real sockets: in every role, in whatever goes on, asking for
everything that is not theirs to ask for. All of it is refused, nothing is told by it, and the gathering goes on.

`ASKS` has something to ask of each command; a command without one fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

import httpx
import msgpack
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from harvestry.core.access import Role
from harvestry.core.gathering.capabilities import CAPABILITIES
from harvestry.core.gathering.gathering import COMMANDS
from harvestry.core.protocol import Command, Edit, Hello, Ping, Presence, encode
from harvestry.edge.client import ConnectionEnded, NativeClient
from support.gatherings import PLAN
from support.rooms import Writer
from support.server import Gathering, ServerProcess

A = "AAAAAAAAAAAA"
SECRET = "the heron at the weir"
# What a command may be about, as it is there and as it is not.
ABSENT: Final = {"seat": "nobody_here_", "element": "nothing_here", "region": "nowhere", "phase": "never"}
KEY = "A" * 43
POLL, NOTE = "0" * 16, "1" * 16

Ids = Mapping[str, str]

ASKS: Final[Mapping[str, Callable[[Ids], dict[str, Any]]]] = {
    "show.load": lambda _: {"plan": PLAN},
    "show.start": lambda _: {},
    "show.go": lambda ids: {"phase": ids["phase"]},
    "show.skip": lambda ids: {"phase": ids["phase"]},
    "show.arrange": lambda _: {"phases": PLAN["phases"]},
    "show.add": lambda _: {"seconds": 60},
    "show.stop": lambda _: {"stopped": True},
    "show.close": lambda _: {},
    "show.reopen": lambda _: {},
    "show.capture": lambda _: {"level": "named"},
    "people.lead": lambda ids: {"seat": ids["seat"]},
    "people.promote": lambda ids: {"seat": ids["seat"], "role": "cohost"},
    "people.remove": lambda ids: {"seat": ids["seat"]},
    "people.lobby": lambda _: {"on": True},
    "people.admit": lambda ids: {"seat": ids["seat"]},
    "people.tables": lambda ids: {"tables": {"one": "One"}, "seats": {ids["seat"]: "one"}},
    "people.consent": lambda _: {"capture": True},
    "people.ask": lambda _: {"what": "hand"},
    "people.answer": lambda ids: {"seat": ids["seat"], "what": "word"},
    "seal.write": lambda ids: {"note": NOTE, "region": ids["region"], "text": "mine now", "key": KEY},
    "seal.drop": lambda _: {"note": NOTE},
    "seal.reveal": lambda ids: {"region": ids["region"]},
    "seal.late": lambda ids: {"note": NOTE, "region": ids["region"], "text": "mine now", "key": KEY},
    "seal.withdraw": lambda ids: {"element": ids["element"], "key": KEY},
    "seal.reword": lambda ids: {"element": ids["element"], "key": KEY, "text": "mine now"},
    "connect.offer": lambda ids: {"seat": ids["seat"]},
    "connect.decline": lambda ids: {"seat": ids["seat"]},
    "record.take": lambda ids: {"element": ids["element"], "part": "lead"},
    "record.leave": lambda ids: {"element": ids["element"]},
    "record.say": lambda ids: {"element": ids["element"], "own": "mine now"},
    "record.status": lambda ids: {"element": ids["element"], "status": "done"},
    "record.offer": lambda ids: {"element": ids["element"], "seat": ids["seat"]},
    "record.decline": lambda ids: {"element": ids["element"]},
    "record.agree": lambda ids: {"element": ids["element"], "agreed": True},
    "seal.plead": lambda ids: {"element": ids["element"]},
    "seal.heed": lambda ids: {"element": ids["element"], "withdraw": True},
    "own.aside": lambda _: {},
    "own.find": lambda _: {"key": KEY},
    "own.delete": lambda _: {},
    "mod.lock": lambda ids: {"region": ids["region"], "locked": True},
    "mod.aside": lambda ids: {"element": ids["element"], "reason": "mine now"},
    "mod.restore": lambda ids: {"element": ids["element"]},
    "mod.ask": lambda ids: {"element": ids["element"]},
    "mod.summon": lambda ids: {"region": ids["region"]},
    "mod.release": lambda _: {},
    "mod.spotlight": lambda ids: {"element": ids["element"]},
    "mod.cursors": lambda _: {"hidden": True},
    "mod.display": lambda _: {"door": False},
    "mod.bell": lambda _: {},
    "mod.rewind": lambda ids: {"region": ids["region"], "at": 1},
    "mod.past": lambda _: {},
    "mod.say": lambda _: {"text": "mine now"},
    "request.time": lambda _: {"seconds": 60},
    "request.stop": lambda _: {"stopped": True},
    "request.move": lambda ids: {"seat": ids["seat"], "table": "one"},
    "request.aside": lambda ids: {"element": ids["element"], "reason": "mine now"},
    "request.restore": lambda ids: {"element": ids["element"], "reason": "mine now"},
    "request.drop": lambda ids: {"request": ids["element"]},
    "request.grant": lambda ids: {"request": ids["element"]},
    "request.decline": lambda ids: {"request": ids["element"]},
    "erase.ask": lambda _: {"title": PLAN["title"]},
    "erase.keep": lambda _: {},
    "table.timer": lambda _: {"table": "one", "seconds": 60},
    "table.summon": lambda ids: {"table": "one", "region": ids["region"]},
    "table.release": lambda _: {"table": "one"},
    "table.choosing": lambda _: {"on": True},
    "table.choose": lambda _: {"table": "one"},
    "table.reveal": lambda ids: {"region": ids["region"]},
    "table.note": lambda ids: {"table": "one", "region": ids["region"], "text": "mine now", "key": KEY},
    "device.set_up": lambda ids: {"table": "one", "people": [{"name": "mine now"}], "back": [ids["seat"]]},
    "device.add": lambda ids: {"device": ids["seat"], "name": "mine now"},
    "device.pin": lambda _: {"pin": "1234"},
    "step.finished": lambda ids: {"phase": ids["phase"]},
    "visit.begin": lambda ids: {"table": ids["region"]},
    "visit.end": lambda _: {},
    "poll.open": lambda ids: {"poll": POLL, "asks": {"kind": "dots", "question": "So?", "region": ids["region"]}},
    "poll.cast": lambda ids: {"poll": POLL, "token": "A" * 22, "ballot": {ids["element"]: 1}},
    "poll.close": lambda _: {"poll": POLL},
    "poll.met": lambda _: {"poll": POLL, "token": "A" * 22},
    "poll.again": lambda _: {"poll": POLL},
}


class Attacker:
    """One raw socket in one role, and all that it is sent."""

    def __init__(self, role: Role, socket: ClientConnection, welcome: Mapping[str, Any]) -> None:
        self.role = role
        self.socket = socket
        self.resume = str(welcome["resume"])
        self.seat = str(welcome["seat"])
        self._n = 0

    @classmethod
    async def enter(cls, server: ServerProcess, gathering: Gathering, role: Role) -> Attacker:
        socket = await connect(server.native(gathering.board), max_size=None, compression=None)
        await socket.send(encode(Hello(1, gathering.tokens[role.value], f"Mallory the {role.value}")))
        _, welcome = msgpack.unpackb(await socket.recv(decode=False), strict_map_key=False)
        return cls(role, socket, welcome)

    async def heard(self) -> list[list[Any]]:
        """Everything that the server has sent by the time it answers a ping."""
        await self.socket.send(encode(Ping(0)))
        messages: list[list[Any]] = []
        while (message := msgpack.unpackb(await self.socket.recv(decode=False), strict_map_key=False)) != ["pong", 0]:
            messages.append(message)
        return messages

    async def asks(self, command: str, args: dict[str, Any]) -> list[Any]:
        """Give a command; returns `[kind, code, message]` of its answer, which is all that may come of it."""
        self._n += 1
        await self.socket.send(encode(Command(self._n, command, args)))
        messages = await self.heard()
        # What is told to everybody at its own time is told to them too.
        answers = [message for message in messages if message[0] in ("result", "failed")]
        assert [answer[1] for answer in answers] == [self._n], messages
        return [answers[0][0], *answers[0][2:]]

    @property
    def forbidden(self) -> list[str]:
        """The commands of every other role."""
        return [command for command in COMMANDS if self.role not in CAPABILITIES[command].roles]


@contextlib.asynccontextmanager
async def crowd(server: ServerProcess, gathering: Gathering) -> AsyncIterator[tuple[NativeClient, list[Attacker]]]:
    """A host at work, and an attacker in each role but theirs."""
    async with asyncio.timeout(120), contextlib.AsyncExitStack() as stack:
        host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Rosa")
        stack.push_async_callback(host.close)
        await host.saved(await host.put(A, "note", (0, 0, 184, 104), text=SECRET))
        attackers = [await Attacker.enter(server, gathering, role) for role in Role if role is not Role.HOST]
        for attacker in attackers:
            stack.push_async_callback(attacker.socket.close)
        yield host, attackers


async def nothing(_: NativeClient) -> None:
    """The gathering has no run of show."""


def goes(phase: str) -> Callable[[NativeClient], Awaitable[None]]:
    async def go(host: NativeClient) -> None:
        await loaded(host)
        await host.command("show.start")
        await host.settle()
        if host.gathering["show"]["at"] != phase:
            await host.command("show.go", phase=phase)

    return go


async def loaded(host: NativeClient) -> None:
    await host.command("show.load", plan=PLAN)


async def revealed(host: NativeClient) -> None:
    await goes("write")(host)
    await host.command("seal.reveal")


async def closed(host: NativeClient) -> None:
    await goes("arrive")(host)
    await host.command("show.close")


STAGES: Final[Mapping[str, Callable[[NativeClient], Awaitable[None]]]] = {
    "no plan": nothing,
    "ready": loaded,
    "another step": goes("arrive"),
    "open writing": goes("tell"),
    "sealed writing": goes("write"),
    "revealed": revealed,
    "deciding": goes("choose"),
    "closed": closed,
}


def test_there_is_something_to_ask_of_each_command() -> None:
    assert set(ASKS) == set(COMMANDS)


@pytest.mark.parametrize("stage", STAGES)
def test_every_role_is_refused_what_is_for_others_whatever_goes_on(
    server: ServerProcess, gathering: Gathering, stage: str
) -> None:
    """[PEO-6]"""

    async def attack(attacker: Attacker, there: Ids) -> None:
        await attacker.heard()
        for command in attacker.forbidden:
            told = [await attacker.asks(command, ASKS[command](ids)) for ids in (there, ABSENT)]
            # As much for what is there as for what is not.
            assert told[0] == told[1]
            assert told[0][:2] == ["failed", "role"], command
            assert SECRET not in repr(told)

    async def work() -> None:
        async with crowd(server, gathering) as (host, attackers):
            await STAGES[stage](host)
            await host.settle()
            before = host.gathering, host.elements(), host.seq
            there = {"seat": host.seat, "element": A, "region": "see", "phase": "sort"}
            await asyncio.gather(*(attack(attacker, there) for attacker in attackers))
            await host.settle()
            assert (host.gathering, host.elements(), host.seq) == before
            await host.command("title", title="The gathering goes on")
            await host.until(lambda: host.seq > before[2])

    asyncio.run(work())


def test_what_is_no_command_and_what_is_malformed_is_refused_alike(server: ServerProcess, gathering: Gathering) -> None:
    async def work() -> None:
        async with crowd(server, gathering) as (host, attackers):
            await goes("tell")(host)
            for attacker in attackers:
                await attacker.heard()
                for command in ("people.came", "people.removed", "show.loaded", "vault", "people.led", "../show.go"):
                    assert (await attacker.asks(command, {"seat": host.seat}))[:2] == ["failed", "unknown"]
                for command in COMMANDS:
                    assert (await attacker.asks(command, {"kind": "show.go", "by": host.seat}))[0] == "failed"
            await host.command("show.go", since="tell")

    asyncio.run(work())


def test_what_was_overheard_is_of_no_use_on_another_connection(server: ServerProcess, gathering: Gathering) -> None:
    """[PEO-6]"""

    async def work() -> None:
        async with crowd(server, gathering) as (host, attackers):
            await goes("tell")(host)
            captured = Writer(4_711)
            words = captured.note("BBBBBBBBBBBB", "by Rosa")
            await host.send_update(words)
            await host.settle()
            theirs = captured.move("BBBBBBBBBBBB", 5_000)
            for attacker in attackers:
                # Under the clientID of somebody else.
                await attacker.socket.send(encode(Edit(1, theirs)))
                if attacker.role in (Role.OBSERVER, Role.DISPLAY):
                    assert ["refused", 1, "role"] in [message[:3] for message in await attacker.heard()]
                else:
                    with pytest.raises(ConnectionClosed, match="4422"):
                        await attacker.heard()
            again = await Attacker.enter(server, gathering, Role.PARTICIPANT)
            await again.socket.send(encode(Hello(1, gathering.host, "Rosa")))
            with pytest.raises(ConnectionClosed, match="4409"):
                await again.heard()
            await host.settle()
            assert host.elements()["BBBBBBBBBBBB"]["g"] == [0, 0, 184, 104]
            await host.command("show.go", since="tell")

    asyncio.run(work())


def test_a_token_of_somebody_removed_is_worth_nothing_however_often_it_is_shown(
    server: ServerProcess, gathering: Gathering
) -> None:
    """[PEO-3]"""

    async def work() -> None:
        async with crowd(server, gathering) as (host, attackers):
            await goes("tell")(host)
            table = next(attacker for attacker in attackers if attacker.role is Role.TABLE)
            await host.command("people.remove", seat=table.seat)
            for token, code in ((table.resume, "4405"), (gathering.tokens["table"], "4403")) * 3:
                with pytest.raises(ConnectionEnded, match=code):
                    await NativeClient.connect(server.url, gathering.board, token, name="Mallory")
            await host.command("show.go", since="tell")

    asyncio.run(work())


def test_hosts_doors_tell_others_nothing_of_what_is_there(server: ServerProcess, gathering: Gathering) -> None:
    """Links and codes: the same answer for a link that is there and for one that is not."""
    board = f"/api/boards/{gathering.board}"

    def ways(link: str) -> list[tuple[str, str, Any]]:
        return [
            ("GET", f"{board}/links", None),
            ("POST", f"{board}/links", {"role": "host"}),
            ("DELETE", f"{board}/links/{link}", None),
            ("GET", f"{board}/links/{link}/qr.svg", None),
            ("POST", f"{board}/links/{link}/code", None),
        ]

    with httpx.Client(base_url=server.url) as client:
        there = gathering.tokens["participant"][1:].split(".")[0]
        for role in Role:
            if role in (Role.HOST, Role.COHOST):
                continue
            headers = {"Authorization": f"Bearer {gathering.tokens[role.value]}"}
            for known, unknown in zip(ways(there), ways("nobody_here_"), strict=True):
                answers = [client.request(m, path, json=body, headers=headers) for m, path, body in (known, unknown)]
                assert [answer.status_code for answer in answers] == [403, 403]
                assert answers[0].content == answers[1].content
        rows = client.get(f"{board}/links", headers={"Authorization": f"Bearer {gathering.host}"}).json()["links"]
        assert [row["revoked"] for row in rows] == [False] * len(Role)


def test_guessing_tells_nothing(server: ServerProcess, gathering: Gathering) -> None:
    """A wrong seal on a link or a seat that is there is as wrong as on one that is not; so is another board's token."""
    other = server.make_gathering()
    there = gathering.tokens["host"].split(".")[0]
    guesses = [
        f"{there}.{secrets.token_urlsafe(16)}",
        f"lnobody_here_.{secrets.token_urlsafe(16)}",
        f"rnobody_here_.{secrets.token_urlsafe(16)}",
        there,
        f"{there}.",
        "-",
        "l" * 10_000,
        other.host,
        gathering.host[:-1],
        gathering.host.replace("l", "a", 1),
    ]
    with httpx.Client(base_url=server.url) as client:
        answers = [
            client.get(f"/api/boards/{gathering.board}/state", headers={"Authorization": f"Bearer {guess}"})
            for guess in guesses
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_flood_of_refusals_keeps_nobody_waiting(server: ServerProcess, gathering: Gathering) -> None:
    async def flood(attacker: Attacker) -> None:
        for n in range(300):
            await attacker.socket.send(encode(Command(n, "show.load", {"template": "board-reset"})))
            await attacker.socket.send(encode(Presence()))
        await attacker.heard()

    async def work() -> None:
        async with crowd(server, gathering) as (host, attackers):
            await goes("tell")(host)
            floods = asyncio.gather(*(flood(attacker) for attacker in attackers))
            await host.command("show.go", since="tell")
            await floods
            await host.settle()
            assert host.gathering["show"]["at"] == "write"

    asyncio.run(work())
