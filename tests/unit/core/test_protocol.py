"""The native messages: golden vectors, and nothing but them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvestry.core import protocol
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.protocol import (
    Behind,
    Command,
    Edit,
    Failed,
    Gathering,
    Hello,
    Lobby,
    Neutralised,
    Own,
    Packed,
    Part,
    Ping,
    Pong,
    Presence,
    Refused,
    Result,
    Resync,
    Tick,
    Welcome,
    clean_name,
    encode,
    parse,
)
from harvestry.core.rows import Row, encode_news, parse_news
from harvestry.core.rows import row as encode_row

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "protocol.json").read_text(encoding="utf-8"))
A = "AAAAAAAAAAAA"


def plain(value: Any) -> Any:
    """A value of a vector file as msgpack has it."""
    if isinstance(value, dict):
        if value.keys() == {"$bytes"}:
            return bytes.fromhex(value["$bytes"])
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def server_message(value: list[Any]) -> protocol.ServerMessage:
    kind, *fields = value
    if kind == "welcome":
        return Welcome(**fields[0] | {key: Packed.of(fields[0][key]) for key in ("people", "authors")})
    if kind == "lobby":
        return Lobby(**fields[0])
    types: dict[str, Any] = {
        "tick": Tick,
        "refused": Refused,
        "neutralised": Neutralised,
        "resync": Resync,
        "behind": Behind,
        "result": Result,
        "failed": Failed,
        "pong": Pong,
        "gathering": Gathering,
        "own": Own,
    }
    message: protocol.ServerMessage = types[kind](*fields)
    return message


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_golden_vector_is_the_bytes_of_its_value(vector: dict[str, Any]) -> None:
    frame, value = bytes.fromhex(vector["hex"]), plain(vector["value"])
    assert msgpack.unpackb(frame) == value
    message = parse(frame) if vector["direction"] == "client" else server_message(value)
    assert encode(message) == frame


def test_every_message_has_a_golden_vector() -> None:
    named = {(vector["direction"], vector["value"][0]) for vector in VECTORS}
    client = {("client", kind) for kind in protocol.MESSAGES}
    edits = {("server", kind) for kind in ("welcome", "tick", "refused", "neutralised", "resync", "behind")}
    server = edits | {("server", kind) for kind in ("result", "failed", "pong", "lobby", "gathering", "own")}
    # A slice is said by clients alone, and so is a hello.
    assert named == client | server


TOLD = [vector for vector in VECTORS if "news" in vector]


@pytest.mark.parametrize("vector", TOLD, ids=lambda vector: vector["name"])
def test_every_golden_presence_is_the_bytes_of_what_it_tells(vector: dict[str, Any]) -> None:
    data = plain(vector["value"])[4]
    news = parse_news(data)
    assert news.forget == vector["news"]["forget"]
    told = [[row.conn, fields_of(row)] for row in news.rows]
    assert json.loads(json.dumps(told)) == vector["news"]["rows"]
    assert encode_news(news.forget, [encode_row(row.conn, row.fields, row.presence) for row in news.rows]) == data


def fields_of(row: Row) -> dict[str, object]:
    """The fields a row tells, as the vectors write them."""
    names = {"cursor": 0x03, "selection": 0x04, "editing": 0x18, "drag": 0x60}
    return {name: getattr(row.presence, name) for name, bits in names.items() if row.fields & bits}


def packed(value: object) -> bytes:
    return bytes(msgpack.packb(value))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (packed(["hello", {"v": 1, "token": "t"}]), Hello(1, "t")),
        (packed(["hello", {"v": 9, "token": "t", "since": [1, 2]}]), Hello(9, "t", since=(1, 2))),
        (packed(["edit", 1, b"\x00\x00"]), Edit(1, b"\x00\x00")),
        (packed(["part", 1, 0, 2, b"x"]), Part(1, 0, 2, b"x")),
        (packed(["presence", [1, -2], [A], A, [1, 2, 3, 4]]), Presence((1, -2), (A,), A, (1, 2, 3, 4))),
        (packed(["presence", None, None, None, None, [1, -2, 3, 0]]), Presence(view=(1, -2, 3, 0))),
        (packed(["presence", [10**9, -(10**12)], None, None, None]), Presence((10**7, -(10**7)))),
        (packed(["command", 0, "rename", {"name": "x"}]), Command(0, "rename", {"name": "x"})),
        (packed(["ping", 0]), Ping(0)),
    ],
)
def test_a_well_formed_message_is_read(frame: bytes, message: protocol.ClientMessage) -> None:
    read = parse(frame)
    assert read == message
    assert getattr(read, "view", None) == getattr(message, "view", None)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        packed("edit"),
        packed([]),
        packed([1, 2]),
        packed(["dance"]),
        packed(["tick", 1, None, None, None, None]),
        packed(["ping", 1]) + b"\x00",
        packed(["ping", 1])[:-1],
        packed(["ping"]),
        packed(["ping", 1, 2]),
        packed(["ping", -1]),
        packed(["ping", 2**53]),
        packed(["ping", 1.0]),
        packed(["ping", True]),
        packed(["ping", "1"]),
        packed(["edit", 0, b""]),
        packed(["edit", 1, "text"]),
        packed(["edit", 1, None]),
        packed(["part", 1, 2, 2, b""]),
        packed(["part", 1, 0, 129, b""]),
        packed(["part", 1, 0, 0, b""]),
        packed(["presence", [1], [], None, None]),
        packed(["presence", [1.5, 2], [], None, None]),
        packed(["presence", [True, 2], [], None, None]),
        packed(["presence", None, [A] * 101, None, None]),
        packed(["presence", None, ["short"], None, None]),
        packed(["presence", None, [], 7, None]),
        packed(["presence", None, [], None, [1, 2, 3]]),
        packed(["presence", None, [], None, None, [0, 0, -1, 0]]),
        packed(["presence", None, [], None, None, [0, 0, 1]]),
        packed(["presence", None, [], None, None, None, None]),
        packed(["presence", None, [], None, [{}, 0, 0, 0]]),
        packed(["edit", 1, {}]),
        packed(["edit", 1, {"a": b""}]),
        packed(["edit", 1, msgpack.Timestamp(1)]),
        packed(["edit", 1, b""]) + b"\x00",
        packed(["edit", 1, b"bytes"])[:-1],
        b"\x93\xa4edit" + b"\x93" * 2_000,
        b"\x95\xa8presence" + b"\xdc\x00\x64" * 2_000,
        packed(["sync"]),
        packed(["sync", "text"]),
        packed(["command", 1, "x" * 33, {}]),
        packed(["command", 1, "rename", []]),
        packed(["hello", {}]),
        packed(["hello", {"v": 1}]),
        packed(["hello", {"v": 1, "token": ""}]),
        packed(["hello", {"v": 1, "token": "t" * 201}]),
        packed(["hello", {"v": 1, "token": "t", "name": "n" * 61}]),
        packed(["hello", {"v": 1, "token": "t", "sv": "text"}]),
        packed(["hello", {"v": 1, "token": "t", "since": [1]}]),
        packed(["hello", {"v": 1, "token": "t", "more": 1}]),
        packed(["hello", {1: 1, "token": "t"}]),
        b"\x92\xa4ping\xc7\x01\x05x",  # an extension type
        b"\x92\xa4ping\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\x92\xa4\xff\xff\xff\xff\x01",  # text that is not UTF-8
        b"\xdd\xff\xff\xff\xff",  # four thousand million items
        b"\xdf\xff\xff\xff\xff",
        b"\x92\xa4ping\xdb\xff\xff\xff\xff",
        packed(["command", 1, "x", {"a": [[[[[[[1]]]]]]]}]),  # nine deep
        packed(["command", 1, "x", {"a": [0] * 4_090}]),
        b"\x91" * 60_000,
    ],
    ids=lambda frame: frame[:16].hex(),
)
def test_anything_else_is_malformed(frame: bytes) -> None:
    with pytest.raises(PeerError) as caught:
        parse(frame)
    assert caught.value.code is CloseCode.MALFORMED


def test_eight_levels_and_four_thousand_items_are_read() -> None:
    deep = {"a": [[[[[1]]]]]}
    assert parse(packed(["command", 1, "x", deep])) == Command(1, "x", deep)
    wide = {"a": [0] * 4_000}
    assert parse(packed(["command", 1, "x", wide])) == Command(1, "x", wide)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_peer_error(frame: bytes) -> None:
    try:
        parse(frame)
    except PeerError as error:
        if error.code is not CloseCode.MALFORMED:
            raise


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20) | st.binary(),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(st.sampled_from(sorted(protocol.MESSAGES)), st.lists(json_like, max_size=5))
def test_any_fields_are_a_message_or_a_peer_error(kind: str, fields: list[object]) -> None:
    try:
        frame = packed([kind, *fields])
    except UnicodeEncodeError:
        return
    try:
        message = parse(frame)
    except PeerError:
        return
    assert parse(encode(message)) == message


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Ann", "Ann"),
        (" Ann \t of\nEly ", "Ann of Ely"),
        ("\u202eAnn", "Ann"),
        ("", "Guest"),
        ("\u0000", "Guest"),
        ("\u200d", "Guest"),
        ("علی\u200cرضا \u200d", "علی\u200cرضا"),
        ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e"),
    ],
)
def test_names_are_tidied(given_name: str, shown: str) -> None:
    assert clean_name(given_name) == shown


def test_a_long_name_is_cut() -> None:
    assert clean_name("x" * 100) == "x" * 60


def test_tokens_do_not_show_in_what_is_printed() -> None:
    assert "secret" not in repr(Hello(1, "secret"))
