"""The stock framing: agrees with y-protocols as pycrdt writes it, and reads nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Awareness, Doc, create_awareness_message, create_sync_message, create_update_message

from harvestry.core import yprotocol
from harvestry.core.errors import CloseCode, PeerError
from harvestry.core.yprotocol import (
    AwarenessEntry,
    AwarenessQuery,
    AwarenessUpdate,
    SyncStep1,
    SyncStep2,
    SyncUpdate,
    parse,
)


def test_sync_frames_are_those_of_another_implementation() -> None:
    doc: Doc[object] = Doc()
    state = doc.get_state()
    assert yprotocol.encode_step1(state) == create_sync_message(doc)
    assert parse(create_sync_message(doc)) == SyncStep1(state)
    assert yprotocol.encode_update(b"abc") == create_update_message(b"abc")
    assert parse(create_update_message(b"abc")) == SyncUpdate(b"abc")
    assert parse(yprotocol.encode_step2(b"abc")) == SyncStep2(b"abc")


def test_awareness_frames_are_read_by_another_implementation() -> None:
    frame = yprotocol.encode_awareness([AwarenessEntry(2**32 + 5, 70_000, {"user": {"name": "Åsa 🌾"}})])
    there = Awareness(Doc())
    reader = yprotocol._Reader(frame[1:])
    there.apply_awareness_update(reader.binary(), "origin")
    assert there.states[2**32 + 5] == {"user": {"name": "Åsa 🌾"}}


def test_awareness_frames_of_another_implementation_are_read() -> None:
    here = Awareness(Doc(client_id=77))
    here.set_local_state({"n": 1})
    message = parse(create_awareness_message(here.encode_awareness_update([77])))
    assert isinstance(message, AwarenessUpdate)
    assert [(entry.client, entry.state) for entry in message.entries] == [(77, {"n": 1})]


def test_an_awareness_frame_without_entries_is_one() -> None:
    assert parse(yprotocol.encode_awareness([])) == AwarenessUpdate(())


def test_a_query_is_read() -> None:
    assert parse(b"\x03") == AwarenessQuery()


def test_states_that_are_not_plain_text_come_through() -> None:
    entry = AwarenessEntry(1, 1, {"half": "\ud800", "zero": 0.5})
    assert parse(yprotocol.encode_awareness([entry])) == AwarenessUpdate((entry,))


def awareness(*parts: bytes) -> bytes:
    body = bytes([len(parts)]) + b"".join(parts)
    return b"\x01" + yprotocol._binary(body)


def entry(state: bytes) -> bytes:
    return b"\x01\x01" + yprotocol._binary(state)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x02\x00",  # auth is the server's to say
        b"\x04",
        b"\x00",
        b"\x00\x03\x00",
        b"\x00\x00",
        b"\x00\x00\x05abc",
        b"\x00\x02\x01ab",
        b"\x03\x00",
        b"\x01",
        b"\x01\x05\x00",
        b"\x80",
        b"\x00\x00" + b"\xff" * 7 + b"\x7f",
        b"\x00\x00" + b"\xff" * 20,
        awareness(entry(b"{")),
        awareness(entry(b"7")),
        awareness(entry(b"[]")),
        awareness(entry(b'{"n":NaN}')),
        awareness(entry(b'{"n":1e999}')),
        awareness(entry(b'{"n":"\xff"}')),
        awareness(entry(b"[" * 2_000)),
        awareness(entry(b'{"n":' + b"[" * 32 + b"]" * 32 + b"}")),
        awareness(entry(b'{"n":"' + b"x" * 2_048 + b'"}')),
        awareness(entry(b"null")) + b"\x00",
        b"\x01" + yprotocol._binary(b"\xff\xff\x03"),
        b"\x01" + yprotocol._binary(b"\x00\x00"),
    ],
    ids=lambda frame: frame[:12].hex(),
)
def test_anything_else_is_malformed(frame: bytes) -> None:
    with pytest.raises(PeerError) as caught:
        parse(frame)
    assert caught.value.code is CloseCode.MALFORMED


def test_a_state_as_deep_as_it_may_be_is_read_and_written_again() -> None:
    frame = awareness(entry(b'{"n":' + b"[" * 31 + b"]" * 31 + b"}"))
    message = parse(frame)
    assert isinstance(message, AwarenessUpdate)
    assert yprotocol.encode_awareness(message.entries) == frame


@given(st.binary(max_size=100))
def test_any_bytes_are_a_message_or_a_peer_error(frame: bytes) -> None:
    try:
        parse(frame)
    except PeerError as error:
        if error.code is not CloseCode.MALFORMED:
            raise


@given(st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1))
def test_numbers_come_through_as_they_are(client: int, clock: int) -> None:
    message = AwarenessUpdate((AwarenessEntry(client, clock, None),))
    assert parse(yprotocol.encode_awareness(message.entries)) == message
