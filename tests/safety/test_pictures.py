"""No picture can be put in anywhere, so none is passed on with the place, the time and the device that took it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from pycrdt import Map, Text

from harvestry.core import events
from harvestry.core.access import Role
from harvestry.core.presence import Door
from harvestry.edge.http import Api, client_routes
from support.rooms import Bench, Writer, identity
from support.server import Gathering, ServerProcess

A = "AAAAAAAAAAAA"
# A photo's first bytes, with what a camera wrote into it.
PHOTO: Final = b"\xff\xd8\xff\xe1\x00\x2aExif\x00\x00MM\x00*" + b"GPS 51.5033 N" + bytes(range(256)) + b"\xff\xd9"
PICTURES: Final = {
    "jpeg": PHOTO,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "gif": b"GIF89a" + bytes(64),
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(64),
    "heic": b"\x00\x00\x00\x18ftypheic" + bytes(64),
}
URL: Final = "data:image/jpeg;base64," + base64.b64encode(PHOTO).decode()
HASH: Final = "0a" * 32


def shape_of(kind: str, **keys: Any) -> dict[str, Any]:
    return {"t": kind, "g": [0, 0, 184, 104], "z": "a0", **keys}


EDITS: Final[dict[str, dict[str, Any]]] = {
    "bytes of an image": shape_of("image", d=PHOTO),
    "bytes in its payload": shape_of("image", d={"hash": HASH, "w": 1, "h": 1, "data": PHOTO}),
    "bytes as its hash": shape_of("image", d={"hash": PHOTO, "w": 1, "h": 1}),
    "a data URL as its hash": shape_of("image", d={"hash": URL, "w": 1, "h": 1}),
    "a data URL as its source": shape_of("image", d={"hash": HASH, "w": 1, "h": 1, "src": URL}),
    "a data URL as its words": shape_of("image", d={"hash": HASH, "w": 1, "h": 1, "alt": URL + "A" * 600}),
    "a name of a file": shape_of("image", d={"hash": HASH, "w": 1, "h": 1, "name": "IMG_2041.jpg"}),
    "bytes of a note": shape_of("note", d=PHOTO, txt="words"),
    "bytes in a style": shape_of("note", s={"picture": PHOTO}, txt="words"),
    "a data URL in a style": shape_of("note", s={"picture": URL + "A" * 600}, txt="words"),
    "a key for it": shape_of("note", picture=PHOTO, txt="words"),
    **{f"a {name} as a stroke": shape_of("ink", d=picture) for name, picture in PICTURES.items()},
}


def update_of(element: dict[str, Any]) -> bytes:
    writer = Writer(4711)
    before = writer.doc.get_state()
    with writer.doc.transaction():
        writer.els[A] = Map({key: Text(value) if key == "txt" else value for key, value in element.items()})
    return bytes(writer.doc.get_update(before))


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("edit", EDITS)
def test_ps15_no_edit_carries_a_picture(edit: str, door: Door) -> None:
    """[PS-15] At neither door, from whoever it comes: nothing of it is stored or sent."""
    bench = Bench()
    other = bench.join(identity("Ben"))
    conn = bench.join(identity("Rosa", Role.HOST), door=door)
    if door is Door.STOCK:
        bench.handle(events.Step1Received(conn, b"\x00"))
    bench.settle()
    bench.clear()
    bench.edit(conn, update_of(EDITS[edit]), 1 if door is Door.NATIVE else 0)
    bench.settle()
    assert bench.entries == []
    assert bench.frames(other) == [] or bench.updates(other) == []
    assert conn in bench.closes()


def test_an_edit_that_carries_none_is_taken() -> None:
    """The edits above are refused for the picture in them, and for nothing else."""
    for element in (shape_of("note", txt="words"), shape_of("ink", d=b"\x01\x08\x04\x04\x00\x00\x02\x02")):
        bench = Bench()
        conn = bench.join(identity("Rosa", Role.HOST))
        bench.settle()
        bench.edit(conn, update_of(element))
        bench.settle()
        assert len(bench.entries) == 1
        assert bench.closes() == {}


# ---- over HTTP -----------------------------------------------------------------------------------------------------

# Whatever takes a body at all, and with what it is asked.
TAKES_A_BODY: Final = {
    "/api/boards/{board}/links": "POST",
    "/api/boards/{board}/turn": "POST",
    "/api/boards/{board}/withdraw": "POST",
    "/api/boards/{board}/links/{link}/code": "POST",
    "/api/join": "POST",
}


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        yield client


def test_ps15_no_address_takes_a_file(server: ServerProcess, gathering: Gathering, client: httpx.Client) -> None:
    """[PS-15] Those that take a body want a few words as JSON; there is none that an upload could go to."""
    api = Api(None, None, None, None, None, "")  # type: ignore[arg-type]
    bodies = {
        path: method
        for route in [*api.routes(), *client_routes(server.data)]
        for method in getattr(route, "methods", None) or ()
        for path in [getattr(route, "path", "")]
        if method not in ("GET", "HEAD", "DELETE")
    }
    assert {path: method for path, method in bodies.items() if "{rest" not in path} == TAKES_A_BODY
    links = client.get(
        f"/api/boards/{gathering.board}/links", headers={"Authorization": f"Bearer {gathering.host}"}
    ).json()["links"]
    (link,) = [row["id"] for row in links if row["role"] == "participant"]
    for path in (*TAKES_A_BODY, "/api/boards/{board}/photos", "/api/boards/{board}", "/assets/x.jpg", "/b/{board}"):
        address = path.format(board=gathering.board, link=link)
        if address.endswith("/code"):
            continue  # Asked for without a body; what comes with it is not read.
        for kind, body in (("image/jpeg", PHOTO), ("multipart/form-data; boundary=x", b"--x\r\n\r\n" + PHOTO)):
            for method in ("POST", "PUT"):
                headers = {"Authorization": f"Bearer {gathering.host}", "Content-Type": kind}
                answer = client.request(method, address, content=body, headers=headers)
                assert 400 <= answer.status_code < 500, (method, address, answer.status_code)
                assert b"GPS" not in answer.content
    assert not any(b"GPS" in file.read_bytes() for file in server.data.rglob("*") if file.is_file())
