"""Tokens that cannot be made, moved or altered; roles that may do what the table says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvestry.core.access import BoardId, Capability, Role, Token, TokenKind, allows, issue, read

KEY = bytes(32)
BOARD = BoardId("Jx4mP0qLr8sT2uVw")
LINK = Token(TokenKind.LINK, "aB3_dE6-hI9k")
RESUME = Token(TokenKind.RESUME, "aB3_dE6-hI9k")


@pytest.mark.parametrize("token", [LINK, RESUME])
def test_a_token_that_was_issued_is_read(token: Token) -> None:
    assert read(KEY, BOARD, issue(KEY, BOARD, token)) == token


def test_a_token_has_the_documented_form() -> None:
    text = issue(KEY, BOARD, LINK)
    letter_and_id, _, mac = text.partition(".")
    assert letter_and_id == "laB3_dE6-hI9k"
    assert len(mac) == 22


def test_a_token_opens_no_other_board() -> None:
    """[TOK-1]"""
    assert read(KEY, BoardId("another_board_16"), issue(KEY, BOARD, LINK)) is None


def test_a_token_of_another_key_is_not_read() -> None:
    assert read(b"\x01" * 32, BOARD, issue(KEY, BOARD, LINK)) is None


def test_a_seat_cannot_be_made_into_a_link() -> None:
    text = issue(KEY, BOARD, RESUME)
    assert read(KEY, BOARD, "l" + text[1:]) is None


def test_no_altered_token_is_read() -> None:
    """[TOK-1]"""
    text = issue(KEY, BOARD, LINK)
    for position in range(len(text)):
        for other in "Aa.é":
            altered = text[:position] + other + text[position + 1 :]
            if altered != text:
                assert read(KEY, BOARD, altered) is None


@given(st.text(max_size=60))
def test_no_other_text_is_a_token(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert read(KEY, BOARD, text) is None


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        (Role.HOST, set(Capability)),
        (Role.PARTICIPANT, {Capability.EDIT, Capability.RENAME}),
        (Role.OBSERVER, {Capability.RENAME}),
    ],
)
def test_each_role_holds_what_the_table_says_and_nothing_else(role: Role, granted: set[Capability]) -> None:
    assert {capability for capability in Capability if allows(role, capability)} == granted
