"""Where a running server can be spoken to by its operator's own commands: one small file in the data folder."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Announcement", "announce", "announced", "withdraw"]

_NAME = "server.json"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A server at work; `admin` is the address of the door that only this machine reaches."""

    url: str
    admin: str
    pid: int


def announce(folder: Path, announcement: Announcement) -> None:
    """Write the file, whole or not at all; readable by its owner alone.

    Raises:
        OSError: If it cannot be written.
    """
    draft = folder / f".{_NAME}-{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": announcement.url, "admin": announcement.admin, "pid": announcement.pid}, file)
        file.write("\n")
    draft.replace(folder / _NAME)


def announced(folder: Path) -> Announcement | None:
    """What the file says, whether or not the server still runs; None if there is none that can be read."""
    try:
        said = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        return Announcement(str(said["url"]), str(said["admin"]), int(said["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def withdraw(folder: Path) -> None:
    """The server stops."""
    (folder / _NAME).unlink(missing_ok=True)
