"""Sealed notes for tests: what an author's client keeps, and what it sends."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

__all__ = ["Draft"]


@dataclass(frozen=True)
class Draft:
    """A note as its author's client has it: a name and a key that follow from a word the test chooses."""

    word: str
    text: str
    region: str = "see"

    @property
    def note(self) -> str:
        return self._text(b"note")[:16]

    @property
    def key(self) -> str:
        return self._text(b"key")

    @property
    def key_hash(self) -> str:
        raw = base64.urlsafe_b64decode(self.key + "=")
        return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=").decode()

    @property
    def args(self) -> dict[str, object]:
        """The arguments of `seal.write` and `seal.late`."""
        return {"note": self.note, "region": self.region, "text": self.text, "key": self.key_hash}

    def _text(self, what: bytes) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(what + self.word.encode()).digest()).rstrip(b"=").decode()
