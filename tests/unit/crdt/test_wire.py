"""The decoder alone: what it reads, and what it refuses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvestry_crdt.errors import MalformedUpdate
from harvestry_crdt.wire import (
    decode_state_vector,
    decode_update,
    encode_state_vector,
    encode_varint,
    read_varint,
    utf16_pairs,
)
from support.updates import any_, block, deletions, gc, item, update, value


@pytest.mark.parametrize("number", [0, 1, 127, 128, 16_383, 16_384, 2**31, 2**53 - 1])
def test_varints_round_trip(number: int) -> None:
    data = encode_varint(number)
    assert read_varint(data, 0) == (number, len(data))


@pytest.mark.parametrize("number", [2**53, 2**60, 2**64])
def test_varints_over_53_bits_are_refused(number: int) -> None:
    with pytest.raises(MalformedUpdate):
        read_varint(encode_varint(number), 0)


def test_a_struct_is_read_whole() -> None:
    data = update(block(7, 3, item(4, b"\x05h\xf0\x9f\x98\x80", origin=(7, 2), right=(9, 130))))
    assert decode_update(data) == ([(7, 3, 6, [(3, 3, 4, 7, 2, 9, 130, None, None, "h😀")])], [])


def test_lengths_of_text_are_utf16_units() -> None:
    assert utf16_pairs("a😀b🍎") == [2, 5]


@pytest.mark.parametrize(
    "content", [None, True, False, 0, -1, 63, 64, -64, 2**31, 2**53 - 1, 0.5, -2.25, "", "ä😀", b"\x00\xff", [], {}]
)
def test_values_read_back_as_they_were_written(content: object) -> None:
    blocks, _ = decode_update(update(block(7, 0, value("v", content, parent="meta"))))
    assert blocks[0][3][0][9] == (content,)


def test_a_whole_float_reads_as_an_integer() -> None:
    blocks, _ = decode_update(update(block(7, 0, value("v", 5.0, parent="meta"))))
    content = blocks[0][3][0][9]
    assert isinstance(content, tuple)
    assert [type(read) for read in content] == [int]
    assert content == (5,)


def test_values_are_read_four_deep_and_no_deeper() -> None:
    four: object = [[[[]]]]
    decode_update(update(block(7, 0, value("v", four, parent="meta"))))
    with pytest.raises(MalformedUpdate):
        decode_update(update(block(7, 0, value("v", [four], parent="meta"))))


def test_deletions_in_disorder_are_put_in_order() -> None:
    data = update(deleted=deletions((7, [(5, 2), (0, 3), (3, 1), (9, 1)])))
    assert decode_update(data) == ([], [(7, [(0, 3), (3, 4), (5, 7), (9, 10)])])


def test_deletions_that_overlap_are_malformed() -> None:
    with pytest.raises(MalformedUpdate):
        decode_update(update(deleted=deletions((7, [(5, 2), (0, 3), (2, 2)]))))


def test_every_cut_of_an_update_is_malformed() -> None:
    data = update(
        block(7, 0, gc(3), value("t", ["x", {"y": 1.5}, b"z"], parent=(9, 200))),
        block(300, 70_000, item(4, b"\x02ab", origin=(7, 2))),
        deleted=deletions((7, [(0, 3)]), (300, [(1, 1)])),
    )
    decode_update(data)
    for end in range(len(data)):
        with pytest.raises(MalformedUpdate):
            decode_update(data[:end])


@given(st.dictionaries(st.integers(0, 2**53 - 1), st.integers(1, 2**31), max_size=20))
def test_state_vectors_round_trip(clocks: dict[int, int]) -> None:
    assert decode_state_vector(encode_state_vector(clocks)) == clocks


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x01\x07", b"\x00\x00", b"\x02\x07\x01\x07\x02", b"\xff" * 9, b"\xff\xff\xff\x7f\x01\x01"]
)
def test_a_state_vector_that_is_none_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        decode_state_vector(data)


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_malformed(data: bytes) -> None:
    """[GAT-1, GAT-2]"""
    for decode in (decode_update, decode_state_vector):
        with suppress(MalformedUpdate):
            decode(data)


def test_any_writes_what_the_decoder_reads() -> None:
    assert any_([1, "a", {"b": None}]).hex() == "75037d017701617601016" + "27e"
