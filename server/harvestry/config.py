"""Every setting, once: environment, command line and the table in `docs/operations.md` derive from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .core.limits import Limits, Millis
from .core.origin import is_origin

__all__ = ["Settings"]


class Settings(BaseSettings):
    """How one server runs. Each field is also the environment variable `HARVESTRY_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="HARVESTRY_", extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8420, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    data: Path = Field(Path("harvestry-data"), description="Folder of the database and the key.")
    public_url: str = Field("", description="Address people reach the server by, for links; empty takes the request's.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further origins whose pages may connect, separated by commas."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least severe line to log.")

    max_frame_bytes: int = Field(65_536, ge=4_096, le=1_048_576, description="Largest WebSocket message, in bytes.")
    max_outbox_bytes: int = Field(
        262_144, ge=65_536, description="Bytes that may wait for one slow reader before it has to begin again."
    )
    presence_outbox_bytes: int = Field(
        65_536, ge=4_096, description="Bytes that may wait for one slow reader before it is spared presence."
    )
    max_connections: int = Field(1_200, ge=1, description="Connections in one room.")
    max_seats: int = Field(5_000, ge=1, description="Seats in one gathering, ended ones too.")
    max_seat_elements: int = Field(500, ge=1, description="Elements that one person, no host, may have on a board.")
    max_seat_bytes: int = Field(
        2_000_000, ge=1, description="Words and strokes that one person, no host, may have on a board, in bytes."
    )
    # The schema holds no more.
    max_board_elements: int = Field(
        10_000, ge=1, le=20_000, description="Elements on one board, deleted ones that undo can bring back included."
    )
    max_board_bytes: int = Field(20_000_000, ge=1, description="Largest board, encoded, in bytes.")
    max_edit_rate: int = Field(
        60, ge=1, description="Edits a second that one connection, and one seat, makes without being slowed down."
    )
    max_edit_burst: int = Field(600, ge=1, description="Edits at once, after a pause, that are not slowed down.")
    max_presence_rate: int = Field(
        30, ge=1, description="Presence messages a second of one connection; of more, the latest counts."
    )
    hello_timeout_ms: int = Field(5_000, ge=10, description="How long a client may take to say hello, in milliseconds.")
    heartbeat_ms: int = Field(
        15_000, ge=10, le=15_000, description="Longest silence towards a stock client, in milliseconds."
    )
    idle_unload_ms: int = Field(30_000, ge=10, description="How long an empty room stays in memory, in milliseconds.")
    rest_ms: int = Field(
        300_000, ge=10, description="How long a board stays decoded after its last edit, in milliseconds."
    )
    snapshot_entries: int = Field(500, ge=1, description="Log entries after which a board is written out whole.")
    snapshot_bytes: int = Field(262_144, ge=1, description="Bytes of log after which a board is written out whole.")
    snapshot_ms: int = Field(
        10_000, ge=0, description="How long a board is not written out whole after it was, in milliseconds."
    )
    compact_bytes: int = Field(
        65_536, ge=1, description="Bytes on disk from which an empty room's board is rebuilt, if that saves much."
    )
    rewind_minutes: int = Field(180, ge=0, description="How far back hosts can put a region to how it was, in minutes.")
    rewind_bytes: int = Field(
        67_108_864, ge=0, description="Bytes on disk that a board's past takes at most; the oldest of it goes first."
    )
    shutdown_timeout_s: int = Field(10, ge=1, description="How long a shutdown waits for connections, in seconds.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins", "public_url")
    @classmethod
    def _as_browsers_say_it(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        # A browser's `Origin` has no slash at its end, and one that never matches would be found out much later.
        if isinstance(value, tuple):
            return tuple(_origin(each) for each in value)
        return _origin(value) if value else value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.presence_outbox_bytes >= self.max_outbox_bytes:
            raise ValueError(
                f"presence_outbox_bytes ({self.presence_outbox_bytes}) must be less than "
                f"max_outbox_bytes ({self.max_outbox_bytes})"
            )
        return self

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "harvestry.db"

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins that may connect beside the server's own."""
        return (*self.allowed_origins, self.public_url) if self.public_url else self.allowed_origins

    def limits(self) -> Limits:
        """The bounds of a room."""
        return Limits(
            max_frame_bytes=self.max_frame_bytes,
            max_outbox_bytes=self.max_outbox_bytes,
            presence_outbox_bytes=self.presence_outbox_bytes,
            max_connections=self.max_connections,
            heartbeat_ms=Millis(self.heartbeat_ms),
            max_seats=self.max_seats,
            max_seat_elements=self.max_seat_elements,
            max_seat_bytes=self.max_seat_bytes,
            max_board_elements=self.max_board_elements,
            max_board_bytes=self.max_board_bytes,
            max_edit_rate=self.max_edit_rate,
            max_edit_burst=self.max_edit_burst,
            max_presence_rate=self.max_presence_rate,
        )


def _origin(text: str) -> str:
    origin = text.rstrip("/")
    if not is_origin(origin):
        raise ValueError(f"expected an address like https://harvest.example, without a path, got {text}")
    return origin
