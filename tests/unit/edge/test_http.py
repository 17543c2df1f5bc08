"""The HTTP interface of a real server, as `docs/protocol.md` §4 has it."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from harvestry.edge.client import NativeClient
from harvestry.edge.http import ERRORS, client_routes, error_response
from support.rooms import texts
from support.server import Gathering, ServerProcess

A = "AAAAAAAAAAAA"


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def write(server: ServerProcess, gathering: Gathering, text: str = "words") -> str:
    """Put a note on the board as a participant; returns the seat's resume token."""

    async def work() -> str:
        ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
        await ann.saved(await ann.put(A, "note", (0, 0, 184, 104), text=text))
        await ann.close()
        return ann.resume

    return asyncio.run(work())


def test_the_join_screen_is_told_who_is_there(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    path = f"/api/boards/{gathering.board}"

    async def work() -> httpx.Response:
        hal = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Hal")
        olu = await NativeClient.connect(server.url, gathering.board, gathering.observer, name="Olu")
        ann = await NativeClient.connect(server.url, gathering.board, gathering.participant, name="Ann")
        answer = await asyncio.to_thread(client.get, path, headers=bearer(gathering.participant))
        for person in (hal, olu, ann):
            await person.close()
        return answer

    assert asyncio.run(work()).json() == {
        "board": gathering.board,
        "title": "A gathering",
        "role": "participant",
        "seats": 3,
        "hosts": ["Hal"],
        "observers": ["Olu"],
    }


def test_the_state_is_the_board_with_its_position(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    path = f"/api/boards/{gathering.board}/state"
    write(server, gathering)
    answer = client.get(path, headers={**bearer(gathering.participant), "Accept-Encoding": "identity"})
    assert answer.headers["etag"] == '"1.2"'
    assert (answer.headers["harvestry-epoch"], answer.headers["harvestry-seq"]) == ("1", "2")
    assert "content-encoding" not in answer.headers
    assert texts(answer.content) == {A: "words"}


def test_the_state_is_compressed_for_those_who_take_it(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    write(server, gathering, "words " * 500)
    with client.stream(
        "GET", f"/api/boards/{gathering.board}/state", headers={**bearer(gathering.host), "Accept-Encoding": "br, gzip"}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert len(raw) < 500
    assert texts(gzip.decompress(raw)) == {A: "words " * 500}


def test_a_state_that_is_held_already_is_not_sent_again(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    path = f"/api/boards/{gathering.board}/state"
    etag = client.get(path, headers=bearer(gathering.host)).headers["etag"]
    for tag in (etag, f"W/{etag}", f'"0.0", {etag}'):
        answer = client.get(path, headers={**bearer(gathering.host), "If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
    write(server, gathering)
    assert client.get(path, headers={**bearer(gathering.host), "If-None-Match": etag}).status_code == 200


def test_a_host_lists_makes_and_revokes_links(
    gathering: Gathering, client: httpx.Client, server: ServerProcess
) -> None:
    """[TOK-7]"""
    path, host = f"/api/boards/{gathering.board}/links", bearer(gathering.host)
    assert {link["role"]: link["token"] for link in client.get(path, headers=host).json()["links"]} == gathering.tokens
    made = client.post(path, headers=host, json={"role": "observer"})
    assert made.status_code == 201
    link = made.json()
    assert link["link"] == f"{server.url}/b/{gathering.board}#{link['token']}"
    assert (link["role"], link["revoked"], link["in_use"]) == ("observer", False, 0)
    assert client.get(f"/api/boards/{gathering.board}", headers=bearer(link["token"])).json()["role"] == "observer"
    assert client.delete(f"{path}/{link['id']}", headers=host).status_code == 204
    answer = client.get(f"/api/boards/{gathering.board}", headers=bearer(link["token"]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "revoked")
    listed = {listed["id"]: listed["revoked"] for listed in client.get(path, headers=host).json()["links"]}
    assert listed[link["id"]] is True


def test_a_host_revokes_their_own_link_only_on_purpose(gathering: Gathering, client: httpx.Client) -> None:
    path, host = f"/api/boards/{gathering.board}/links/{gathering.host[1:13]}", bearer(gathering.host)
    assert client.delete(path, headers=host).status_code == 422
    assert client.delete(path, headers=host, params={"confirm": "own"}).status_code == 204
    assert client.delete(path, headers=host).status_code == 403


def test_a_resume_token_is_a_token_until_its_link_is_revoked(
    server: ServerProcess, gathering: Gathering, client: httpx.Client
) -> None:
    resume = write(server, gathering)
    path = f"/api/boards/{gathering.board}"
    assert client.get(path, headers=bearer(resume)).json()["role"] == "participant"
    client.delete(f"{path}/links/{gathering.participant[1:13]}", headers=bearer(gathering.host))
    assert client.get(path, headers=bearer(resume)).json()["error"]["code"] == "revoked"


def test_a_link_is_a_qr_code(gathering: Gathering, client: httpx.Client) -> None:
    path = f"/api/boards/{gathering.board}/links/{gathering.participant[1:13]}/qr.svg"
    answer = client.get(path, headers=bearer(gathering.host))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert "script" not in answer.text


@pytest.mark.parametrize("role", ["participant", "observer"])
@pytest.mark.parametrize(
    ("method", "rest"), [("GET", ""), ("POST", ""), ("DELETE", "/{link}"), ("GET", "/{link}/qr.svg")]
)
def test_links_are_a_hosts_business(
    gathering: Gathering, client: httpx.Client, role: str, method: str, rest: str
) -> None:
    """[TOK-7]"""
    path = f"/api/boards/{gathering.board}/links" + rest.format(link=gathering.host[1:13])
    answer = client.request(method, path, headers=bearer(gathering.tokens[role]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("rest", ["", "/state", "/links"])
@pytest.mark.parametrize(
    ("token", "status", "code"),
    [("", 401, "unauthorised"), ("Bearer", 401, "unauthorised"), ("Bearer nonsense", 401, "unauthorised")],
)
def test_nothing_is_told_without_a_token(
    gathering: Gathering, client: httpx.Client, rest: str, token: str, status: int, code: str
) -> None:
    answer = client.get(f"/api/boards/{gathering.board}{rest}", headers={"Authorization": token} if token else {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_board_that_is_not_there_is_unknown(gathering: Gathering, client: httpx.Client) -> None:
    answer = client.get("/api/boards/no_such_board_16", headers=bearer(gathering.host))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_board")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"role":"king"}', b'{"role":"host","more":1}', b"[" * 5_000, b"\xff"])
def test_a_body_that_makes_no_sense_is_invalid(gathering: Gathering, client: httpx.Client, body: bytes) -> None:
    answer = client.post(f"/api/boards/{gathering.board}/links", headers=bearer(gathering.host), content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


def test_pages_of_other_origins_are_refused_before_anything_is_looked_up(
    gathering: Gathering, client: httpx.Client, server: ServerProcess
) -> None:
    """[TOK-6]"""
    for board in (gathering.board, "no_such_board_16"):
        answer = client.get(
            f"/api/boards/{board}", headers={**bearer(gathering.host), "Origin": "https://evil.example"}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin")
    own = client.get(f"/api/boards/{gathering.board}", headers={**bearer(gathering.host), "Origin": server.url})
    assert own.status_code == 200


def test_origins_that_were_named_are_allowed(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(allowed_origins="https://a.example, https://b.example", public_url="https://board.example/")
    for origin in ("https://a.example", "https://b.example", "https://board.example"):
        assert httpx.get(f"{server.url}/healthz", headers={"Origin": origin}).status_code == 200
    assert httpx.get(f"{server.url}/healthz", headers={"Origin": "https://c.example"}).status_code == 403


def test_the_process_and_the_store_say_that_they_are_well(client: httpx.Client) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_every_answer_carries_the_protective_headers(gathering: Gathering, client: httpx.Client) -> None:
    for path in ("/healthz", "/nowhere", f"/api/boards/{gathering.board}", "/api/nothing"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_whoever_asks_is_told_the_templates_once(client: httpx.Client) -> None:
    """[TPL-6]"""
    answer = client.get("/api/templates")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-encoding"] == "gzip"
    shown = {template["key"]: template for template in answer.json()["templates"]}
    drivers = shown["drivers"]
    assert (drivers["number"], drivers["need"], drivers["people"]) == ("T20", "see", [8, 60])
    assert [(length["key"], length["minutes"]) for length in drivers["lengths"]] == [
        ("drivers", 30),
        ("drivers-short", 14),
    ]
    assert drivers["lengths"][1]["phases"][0] == {
        "title": "Write what we see",
        "minutes": 4,
        "writers": "all",
        "visibility": "sealed-open",
        "attribution": "none",
        "poll": None,
    }
    assert drivers["regions"][0] == [0, 0, 2372, 1004, "notes"]
    assert [length["minutes"] for length in shown["board-reset"]["lengths"]] == [90]
    again = client.get("/api/templates", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/templates", headers={"Accept-Encoding": "identity"}).json() == answer.json()


def test_an_unknown_request_is_answered_in_json(client: httpx.Client) -> None:
    answer = client.get("/api/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown")


def test_the_client_is_served_for_every_board(start_server: Callable[..., ServerProcess], client_build: Path) -> None:
    """[PS-08] And no browser keeps the page with what was on somebody's screen."""
    server = start_server(client=True)
    page = (client_build / "index.html").read_text(encoding="utf-8")
    with httpx.Client(base_url=server.url) as client:
        for path in ("/", "/b/Jx4mP0qLr8sT2uVw"):
            answer = client.get(path)
            assert answer.text == page
            assert answer.headers["cache-control"] == "no-store"
        script = re.findall(r'src="(/assets/[^"]+)"', page)[0]
        answer = client.get(script)
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get("/assets/../../app.py").status_code == 404
        assert client.get("/%2e%2e/app.py").status_code == 404


def test_a_server_without_its_pages_says_so_and_what_to_do(tmp_path: Path) -> None:
    app = Starlette(routes=client_routes(tmp_path / "static"), exception_handlers=dict.fromkeys(ERRORS, error_response))

    async def work() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here.example") as client:
            for path in ("/", "/b/Jx4mP0qLr8sT2uVw", "/join"):
                answer = await client.get(path)
                assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
                assert "has not been built" in answer.text
                assert "python3 run.py serve" in answer.text
            for path in ("/assets/index.js", "/index.js", "/anything/else"):
                assert (await client.get(path)).status_code == 404
            # A build while the server runs is enough.
            (tmp_path / "static" / "assets").mkdir(parents=True)
            (tmp_path / "static" / "index.html").write_text("the page")
            (tmp_path / "static" / "assets" / "index.js").write_text("the script")
            for path in ("/", "/b/Jx4mP0qLr8sT2uVw", "/join"):
                assert (await client.get(path)).text == "the page"
            assert (await client.get("/assets/index.js")).text == "the script"
            assert (await client.get("/anything/else")).status_code == 404

    asyncio.run(work())


def test_no_token_and_no_words_reach_the_log(server: ServerProcess, client: httpx.Client) -> None:
    """[TOK-2]"""
    gathering = server.make_gathering("A title nobody should read twice")
    resume = write(server, gathering, "words nobody should read twice")
    client.get(f"/api/boards/{gathering.board}/links", headers=bearer(gathering.host))
    log = server.log()
    assert gathering.board in log
    for secret in (*gathering.tokens.values(), resume, "nobody should read", "Ann"):
        assert secret not in log
        assert secret.partition(".")[2] == "" or secret.partition(".")[2] not in log


def test_no_token_is_in_the_database(server: ServerProcess, gathering: Gathering) -> None:
    """[TOK-2]"""
    resume = write(server, gathering)
    stored = b"".join(path.read_bytes() for path in server.data.iterdir() if path.name.startswith("harvestry.db"))
    assert gathering.board.encode() in stored
    for token in (*gathering.tokens.values(), resume):
        assert token.partition(".")[2].encode() not in stored
