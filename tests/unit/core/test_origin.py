"""Which pages may talk to the server."""

from __future__ import annotations

import pytest

from harvestry.core.origin import is_allowed


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "board.example"),
        ("http://127.0.0.1:8420", "127.0.0.1:8420"),
        ("https://board.example", "board.example"),
        ("https://board.example", "board.example:443"),
        ("https://BOARD.example", "board.example"),
        ("http://[::1]:8420", "[::1]:8420"),
        ("https://named.example", "inner:8420"),
    ],
)
def test_the_servers_own_pages_and_named_ones_may(origin: str | None, host: str) -> None:
    assert is_allowed(origin, host=host, allowed=("https://named.example",))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "board.example"),
        ("http://127.0.0.1:9999", "127.0.0.1:8420"),
        ("http://board.example.evil.example", "board.example"),
        ("https://board.example@evil.example", "board.example"),
        ("http://named.example", "board.example"),
        ("https://named.example:444", "board.example"),
        ("null", "board.example"),
        ("", "board.example"),
        ("file://", "board.example"),
        ("https://board.example/path", "board.example"),
        ("https://board.example:port", "board.example"),
        ("https://", ""),
        ("https://board.example", ""),
        ("http://[::1", "[::1"),
    ],
)
def test_nobody_else_may(origin: str, host: str) -> None:
    assert not is_allowed(origin, host=host, allowed=("https://named.example",))
