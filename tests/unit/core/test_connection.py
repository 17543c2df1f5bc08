"""The order of messages on one native connection."""

from __future__ import annotations

import pytest

from harvestry.core.connection import NativeConnection
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.protocol import MAX_PART_TOTAL_BYTES, Edit, Hello, Part, Ping, Presence, encode

HELLO = encode(Hello(1, "token"))


@pytest.fixture
def greeted() -> NativeConnection:
    connection = NativeConnection()
    connection.receive(HELLO)
    return connection


def code_of(connection: NativeConnection, frame: bytes | str) -> CloseCode:
    with pytest.raises(PeerError) as caught:
        connection.receive(frame)
    return caught.value.code


def test_the_first_message_is_hello() -> None:
    assert NativeConnection().receive(HELLO) == Hello(1, "token")
    assert code_of(NativeConnection(), encode(Ping(1))) is CloseCode.MALFORMED


def test_hello_is_said_once(greeted: NativeConnection) -> None:
    assert code_of(greeted, HELLO) is CloseCode.SECOND_HELLO


def test_another_version_is_not_spoken_here() -> None:
    assert code_of(NativeConnection(), encode(Hello(2, "token"))) is CloseCode.VERSION


def test_text_is_malformed(greeted: NativeConnection) -> None:
    assert code_of(greeted, "hello") is CloseCode.MALFORMED


def test_slices_become_one_edit(greeted: NativeConnection) -> None:
    """[SYN-11]"""
    assert greeted.receive(encode(Part(5, 0, 3, b"ab"))) is None
    assert greeted.receive(encode(Presence())) == Presence()
    assert greeted.receive(encode(Part(5, 1, 3, b"cd"))) is None
    assert greeted.receive(encode(Part(5, 2, 3, b"ef"))) == Edit(5, b"abcdef")
    assert greeted.receive(encode(Part(6, 0, 1, b"x"))) == Edit(6, b"x")


@pytest.mark.parametrize(
    "second",
    [Part(5, 0, 3, b""), Part(5, 2, 3, b""), Part(6, 1, 3, b""), Part(5, 1, 4, b""), Edit(6, b"")],
)
def test_slices_come_in_order_and_one_edit_at_a_time(greeted: NativeConnection, second: Part | Edit) -> None:
    greeted.receive(encode(Part(5, 0, 3, b"ab")))
    assert code_of(greeted, encode(second)) is CloseCode.MALFORMED


def test_slices_begin_at_the_beginning(greeted: NativeConnection) -> None:
    assert code_of(greeted, encode(Part(5, 1, 3, b"ab"))) is CloseCode.MALFORMED


def test_slices_are_bounded_together(greeted: NativeConnection) -> None:
    half = bytes(MAX_PART_TOTAL_BYTES // 2)
    greeted.receive(encode(Part(5, 0, 3, half)))
    greeted.receive(encode(Part(5, 1, 3, half)))
    assert code_of(greeted, encode(Part(5, 2, 3, b"x"))) is CloseCode.TOO_BIG
