"""The settings: one table, from the environment or the command line."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harvestry.config import Settings
from harvestry.core.limits import Limits


def test_the_defaults_are_those_of_the_core() -> None:
    assert Settings().limits() == Limits()


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTRY_PORT", "9000")
    monkeypatch.setenv("HARVESTRY_ALLOWED_ORIGINS", "https://a.example, https://b.example")
    settings = Settings()
    assert settings.port == 9_000
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


def test_bounds_that_contradict_each_other_name_both_values() -> None:
    with pytest.raises(ValidationError, match=r"presence_outbox_bytes \(70000\).*max_outbox_bytes \(65536\)"):
        Settings(presence_outbox_bytes=70_000, max_outbox_bytes=65_536)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("name", ["public_url", "allowed_origins"])
@pytest.mark.parametrize("value", ["harvest.example", "https://harvest.example/board", "ftp://harvest.example", "*"])
def test_an_address_that_no_browser_would_send_as_its_origin_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match="expected an address like"):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_the_public_address_is_an_allowed_origin() -> None:
    assert Settings(public_url="https://board.example/").origins == ("https://board.example",)
