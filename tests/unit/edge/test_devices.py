"""Shared devices of tables over HTTP: sitting down at one, and opening one or one's own seat elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from harvestry.edge.client import ConnectionEnded, NativeClient
from support.gatherings import PLAN
from support.server import Gathering, ServerProcess

Work = Callable[[NativeClient, "Doors"], Awaitable[None]]


class Doors:
    """What is asked over HTTP about one gathering."""

    def __init__(self, client: httpx.Client, gathering: Gathering) -> None:
        self._client = client
        self._board = f"/api/boards/{gathering.board}"

    async def get(self, path: str, token: str) -> httpx.Response:
        return await asyncio.to_thread(self._client.get, self._board + path, headers=self._bearer(token))

    async def turn(self, token: str, seat: str, pin: str | None = None, **more: object) -> httpx.Response:
        body = {"seat": seat, "pin": pin, **more}
        return await asyncio.to_thread(self._client.post, f"{self._board}/turn", headers=self._bearer(token), json=body)

    async def end_link(self, token: str, link: str) -> None:
        url = f"{self._board}/links/{link}"
        (await asyncio.to_thread(self._client.delete, url, headers=self._bearer(token))).raise_for_status()

    @staticmethod
    def _bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def token_in(way: httpx.Response) -> str:
    assert way.json()["qr"].startswith("<svg")
    return str(way.json()["link"].rpartition("#")[2])


async def set_up(host: NativeClient, *people: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """A device at table one; returns its seat, and the seats of its people by name."""
    await host.command("show.load", plan=PLAN)
    await host.command("people.tables", tables={"one": "One"}, seats={})
    made = await host.command("device.set_up", table="one", people=list(people))
    await host.settle()
    device = str(made["device"])
    return device, {name: seat for seat, name in host.gathering["devices"]["devices"][device]["seats"].items()}


def run(server: ServerProcess, gathering: Gathering, client: httpx.Client, work: Work) -> None:
    async def whole() -> None:
        async with asyncio.timeout(60):
            host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Rosa")
            try:
                await work(host, Doors(client, gathering))
            finally:
                await host.close()

    asyncio.run(whole())


def test_a_turn_opens_a_seat_for_who_knows_its_pin(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[DEV-1] [DEV-2] And the same lock each time, which is nobody else's."""

    async def work(host: NativeClient, doors: Doors) -> None:
        device, seats = await set_up(host, {"name": "Ava", "pin": "0042"}, {"name": "Ben"})
        screen = token_in(await doors.get(f"/devices/{device}", host.resume))
        turn = (await doors.turn(screen, seats["Ava"], "0042")).json()
        assert (turn["name"], turn["role"]) == ("Ava", "participant")
        assert (await doors.turn(screen, seats["Ava"], "0042")).json() == turn
        assert (await doors.turn(screen, seats["Ben"])).json()["lock"] != turn["lock"]
        ava = await NativeClient.connect(server.url, gathering.board, turn["resume"], name="Ava")
        assert ava.seat == seats["Ava"]
        # From the device to a phone of one's own: the same seat.
        assert token_in(await doors.get("/seat", ava.resume)) == turn["resume"]
        await ava.close()

    run(server, gathering, client, work)


def test_nobody_sits_down_who_does_not_share_the_device(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[DEV-2] [CAP-1]"""

    async def work(host: NativeClient, doors: Doors) -> None:
        device, seats = await set_up(host, {"name": "Ava"}, {"name": "Ben"})
        screen = token_in(await doors.get(f"/devices/{device}", host.resume))
        ben = (await doors.turn(screen, seats["Ben"])).json()["resume"]
        display = await NativeClient.connect(server.url, gathering.board, gathering.tokens["display"], name="Wall")
        for token in (host.resume, ben, gathering.participant, gathering.tokens["display"]):
            assert code(await doors.turn(token, seats["Ava"])) == (403, "forbidden")
        assert code(await doors.turn(display.resume, seats["Ava"])) == (403, "unknown")
        assert code(await doors.turn(screen, host.seat)) == (403, "unknown")
        assert code(await doors.turn(screen, device)) == (403, "unknown")
        assert code(await doors.turn(screen, seats["Ava"], "12345")) == (422, "invalid")
        assert code(await doors.turn(screen, seats["Ava"], more=1)) == (422, "invalid")
        assert code(await doors.turn("r" + "A" * 12 + ".x", seats["Ava"])) == (401, "unauthorised")
        for token in (ben, display.resume, screen, gathering.host):
            for which in (device, seats["Ava"], "A" * 12):
                assert code(await doors.get(f"/devices/{which}", token)) == (404, "unknown_device")
        assert code(await doors.get(f"/devices/{seats['Ava']}", host.resume)) == (404, "unknown_device")
        assert code(await doors.get("/seat", gathering.participant)) == (403, "forbidden")
        await display.close()

    run(server, gathering, client, work)


def test_pins_are_not_tried_out(server: ServerProcess, gathering: Gathering, client: httpx.Client) -> None:
    """[DEV-2] Five wrong ones, and then one a minute; others at the table go on."""

    async def work(host: NativeClient, doors: Doors) -> None:
        device, seats = await set_up(host, {"name": "Ava", "pin": "0042"}, {"name": "Ben"})
        screen = token_in(await doors.get(f"/devices/{device}", host.resume))
        tried = [code(await doors.turn(screen, seats["Ava"], f"{guess:04}")) for guess in range(7)]
        assert tried == [(403, "pin")] * 5 + [(429, "slow_down")] * 2
        # The right one is of no use then either, or else it would be told from the others.
        assert code(await doors.turn(screen, seats["Ava"], "0042")) == (429, "slow_down")
        assert all([(await doors.turn(screen, seats["Ben"])).status_code == 200 for _ in range(8)])

    run(server, gathering, client, work)


def test_a_device_ends_with_its_seat_and_with_its_link(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[DEV-5] [PEO-3] It opens elsewhere as often as need be; when it is taken away, its people keep their seats."""

    async def work(host: NativeClient, doors: Doors) -> None:
        device, seats = await set_up(host, {"name": "Ava"}, {"name": "Ben"})
        screen = token_in(await doors.get(f"/devices/{device}", host.resume))
        assert token_in(await doors.get(f"/devices/{device}", host.resume)) == screen
        ava = (await doors.turn(screen, seats["Ava"])).json()["resume"]
        open_screen = await NativeClient.connect(server.url, gathering.board, screen, name="Device")
        await host.command("people.remove", seat=device)
        with pytest.raises(ConnectionEnded, match="4405"):
            await open_screen.until(lambda: False)
        assert code(await doors.turn(screen, seats["Ben"])) == (403, "removed")
        still = await NativeClient.connect(server.url, gathering.board, ava, name="Ava")
        assert still.seat == seats["Ava"]
        links = (await doors.get("/links", host.resume)).json()["links"]
        [link] = [one for one in links if one["closed"]]
        assert (link["role"], link["in_use"]) == ("participant", 1)
        with pytest.raises(ConnectionEnded, match="4403"):
            await NativeClient.connect(server.url, gathering.board, link["token"], name="Somebody else")
        await doors.end_link(host.resume, link["id"])
        with pytest.raises(ConnectionEnded, match="4403"):
            await still.until(lambda: False)

    run(server, gathering, client, work)


def test_whoever_brought_their_own_seat_is_on_it_what_they_are(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    """[DEV-2] And nobody once the link they came by has been revoked, though the device's has not."""

    async def work(host: NativeClient, doors: Doors) -> None:
        await host.command("show.load", plan=PLAN)
        hana = await NativeClient.connect(server.url, gathering.board, gathering.tokens["table"], name="Hana")
        await host.command("people.tables", tables={"one": "One"}, seats={hana.seat: "one"})
        made = await hana.command("device.set_up", people=[], own={"pin": "0042"})
        screen = token_in(await doors.get(f"/devices/{made['device']}", hana.resume))
        turn = (await doors.turn(screen, hana.seat, "0042")).json()
        assert (turn["name"], turn["role"]) == ("Hana", "table")
        links = (await doors.get("/links", host.resume)).json()["links"]
        [link] = [one["id"] for one in links if one["role"] == "table"]
        await doors.end_link(host.resume, link)
        assert code(await doors.turn(screen, hana.seat, "0042")) == (403, "revoked")

    run(server, gathering, client, work)
