"""What is held back of a gathering, as the vault keeps it: rows, and the slice of the state that they make.

A row of a sealed note names its author until the note is revealed, and then it goes. What stays is keyed by the element
and proves a key that its author alone has; nothing that is kept leads from an element to a seat. The hash a client
sends of its key is never kept either: two notes under one key would tell that they have one author.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self, TypeVar

from pydantic import StringConstraints

from harvestry.core.access import SeatId

from .parts import Key, Part, Row, Words
from .plan import Attribution

__all__ = [
    "AUTHORSHIP",
    "LEAVING",
    "PLEA",
    "RETURNING",
    "REWORDING",
    "SEALED",
    "Authorship",
    "Leaving",
    "Plea",
    "Proof",
    "Returning",
    "Rewording",
    "Sealed",
    "Sealing",
    "hash_of",
]

R = TypeVar("R", bound=Row)

SEALED, AUTHORSHIP, LEAVING, REWORDING, PLEA = "note", "key", "gone", "reword", "plea"
RETURNING = "back"

# A region as it stands open in one phase.
Place = tuple[str, str]

_Digest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
_SALT_BYTES = 16


class Proof(Part):
    """What a key is held against; `salt` is fresh for each, so that two proofs tell next to nothing of each other.

    Attributes:
        hint: The first of the 43 letters of the key's hash, one of 64: a key is tried on every 64th note, and whoever
            reads this learns 6 of its 256 bits. None in rows that were written before there were hints.
    """

    salt: Annotated[str, StringConstraints(max_length=24)]
    digest: _Digest
    hint: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]$")] | None = None

    @classmethod
    def of(cls, key_hash: str, fresh: bytes) -> Self:
        """The proof of a key, given at least 16 bytes that nobody can guess."""
        salt = _text(fresh[:_SALT_BYTES])
        return cls(salt=salt, digest=_digest(salt, key_hash), hint=key_hash[0])

    def is_of(self, key_hash: str) -> bool:
        """Whether a hash is that of the key; takes as long whether it is or not."""
        return hmac.compare_digest(_digest(self.salt, key_hash), self.digest)

    def may_be_of(self, key_hash: str) -> bool:
        """Whether a hash is worth being tried."""
        return self.hint is None or self.hint == key_hash[0]


class Sealed(Row):
    """A note that stands on no board yet.

    Attributes:
        note: What its author's client calls it.
        number: Which of its author's notes it is, for their eyes only.
        seat: Its author; nobody's once a table has it and it is not to be named.
        table: Where its author sat when they wrote it.
        shown: Whether the table reads it.
        exports: Whether it may reach a file, once nobody's name says whose wish that is.
    """

    kind: Literal["note"] = "note"
    note: str
    number: int
    seat: str
    phase: Key
    region: Key
    text: Words
    attribution: Attribution
    proof: Proof
    table: str | None = None
    shown: bool = False
    exports: bool = True


class Authorship(Row):
    """Whoever has the key to this wrote the element that the row is named after."""

    kind: Literal["key"] = "key"
    proof: Proof


class Leaving(Row):
    """The element that the row is named after is to be erased from every file.

    Attributes:
        due: Unix milliseconds.
    """

    kind: Literal["gone"] = "gone"
    due: int


class Rewording(Row):
    """The element that the row is named after is about to have other words.

    Attributes:
        due: Unix milliseconds.
    """

    kind: Literal["reword"] = "reword"
    text: Words
    due: int


class Returning(Row):
    """The element that the row is named after is about to be taken back.

    Attributes:
        due: Unix milliseconds.
    """

    kind: Literal["back"] = "back"
    due: int


class Plea(Row):
    """Somebody asks hosts to withdraw the element that the row is named after. Nothing in it leads to them."""

    kind: Literal["plea"] = "plea"


def hash_of(key: str) -> str:
    """The hash of a key, both as base64url without padding; of what is no base64url, one that fits nothing."""
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    return _text(hashlib.sha256(raw).digest())


def _digest(salt: str, key_hash: str) -> str:
    return _text(hashlib.sha256(f"{salt}.{key_hash}".encode()).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Sealing:
    """Everything that is held back, and what became of it.

    Attributes:
        notes: Sealed notes by the keys of their rows, which were drawn and say nothing.
        of_seat: The same keys by author.
        of_table: Those that a table reads, by table.
        keys: What proves whose an element was.
        leaving: Elements that are to be erased.
        rewording: Elements that are about to have other words.
        returning: Elements that are about to be taken back.
        pleas: Elements that hosts are asked to withdraw.
        handed: What each table has been handed of its own.
        handed_to: The same, where one table was handed its own before the others: phase, region and table.
        revealed: What everybody has been shown.
        late: How many notes came after the reveal.
        withdrawn: How many notes were withdrawn.
        withdrawn_at: When the last one was, in Unix milliseconds.
        progress: The figure that was told last.
    """

    notes: Mapping[str, Sealed] = field(default_factory=dict)
    of_seat: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of_table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, Authorship] = field(default_factory=dict)
    leaving: Mapping[str, Leaving] = field(default_factory=dict)
    rewording: Mapping[str, Rewording] = field(default_factory=dict)
    returning: Mapping[str, Returning] = field(default_factory=dict)
    pleas: Mapping[str, Plea] = field(default_factory=dict)
    handed: frozenset[Place] = frozenset()
    handed_to: frozenset[tuple[str, str, str]] = frozenset()
    revealed: frozenset[Place] = frozenset()
    late: Mapping[Place, int] = field(default_factory=dict)
    withdrawn: int = 0
    withdrawn_at: int | None = None
    progress: int | None = None

    def is_shown(self, place: Place, table: str | None) -> bool:
        """Whether what is sealed in a place has been shown to those who sit at a table, or at none."""
        return place in self.revealed or place in self.handed or (*place, table or "") in self.handed_to

    def own(self, seat: SeatId, note: str) -> tuple[str, Sealed] | None:
        """A seat's own note by the name its client gave it, with the key of its row."""
        for key in self.of_seat.get(seat, ()):
            if self.notes[key].note == note:
                return key, self.notes[key]
        return None

    def in_places(self, phase: str, regions: Collection[str]) -> Iterator[tuple[str, Sealed]]:
        """What is sealed in some regions in a phase."""
        for key, note in self.notes.items():
            if note.phase == phase and note.region in regions:
                yield key, note

    def keep(self, kind: str, rows: Mapping[str, Row | None]) -> Sealing:
        """The slice once rows of a kind are kept, or with None forgotten."""
        match kind:
            case "key":
                return replace(self, keys=_kept(self.keys, rows, Authorship))
            case "gone":
                return replace(self, leaving=_kept(self.leaving, rows, Leaving))
            case "reword":
                return replace(self, rewording=_kept(self.rewording, rows, Rewording))
            case "back":
                return replace(self, returning=_kept(self.returning, rows, Returning))
            case "plea":
                return replace(self, pleas=_kept(self.pleas, rows, Plea))
            case _:
                return self._keep_notes(rows)

    def _keep_notes(self, rows: Mapping[str, Row | None]) -> Sealing:
        notes, of_seat, of_table = dict(self.notes), dict(self.of_seat), dict(self.of_table)
        for key, row in rows.items():
            before = notes.pop(key, None)
            if before is not None:
                _drop(of_seat, before.seat or None, key)
                _drop(of_table, _table_of(before), key)
            if isinstance(row, Sealed):
                notes[key] = row
                _add(of_seat, row.seat or None, key)
                _add(of_table, _table_of(row), key)
        return replace(self, notes=notes, of_seat=of_seat, of_table=of_table)


def _kept(before: Mapping[str, R], rows: Mapping[str, Row | None], made: type[R]) -> Mapping[str, R]:
    after = dict(before)
    for key, row in rows.items():
        after.pop(key, None)
        if isinstance(row, made):
            after[key] = row
    return after


def _table_of(note: Sealed) -> str | None:
    return (note.table or "") if note.shown else None


def _add(index: dict[str, tuple[str, ...]], at: str | None, key: str) -> None:
    if at is not None:
        index[at] = (*index.get(at, ()), key)


def _drop(index: dict[str, tuple[str, ...]], at: str | None, key: str) -> None:
    if at is not None and at in index:
        left = tuple(other for other in index[at] if other != key)
        if left:
            index[at] = left
        else:
            del index[at]
