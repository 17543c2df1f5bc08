"""The server's key, and who a token makes of its bearer."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from harvestry.core.access import (
    BOARD_ID,
    BoardId,
    Identity,
    LinkId,
    Role,
    SeatId,
    Token,
    TokenKind,
    issue,
    read,
)
from harvestry.core.errors import NO_NEWCOMERS, SEAT_ENDED, CloseCode, HarvestryError, PeerError
from harvestry.core.ports import Bearer, LinkRecord, SeatRecord, Store
from harvestry.core.protocol import clean_name

__all__ = ["Credentials", "DamagedKey", "Gatekeeper", "load_key", "new_board_id", "new_short_id", "replace_key"]

_KEY_BYTES = 32


class DamagedKey(HarvestryError):
    """What stands where the key should be is none."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a good token stands for: a link, and the seat it made if the token was a seat's."""

    link: LinkRecord
    seat: SeatRecord | None

    @property
    def role(self) -> Role:
        """What the bearer may do: what a host made of them, or else what their link says."""
        return self.link.role if self.seat is None or self.seat.role is None else self.seat.role

    def identity(self, *, name: str | None = None) -> Identity:
        """The bearer at a board."""
        seat = self.seat
        if seat is None:
            return Identity(self.link.board, self.link.id, None, self.link.role, clean_name(name or ""), 0)
        return Identity(self.link.board, self.link.id, seat.id, self.role, seat.name, seat.hue)


class Gatekeeper:
    """Checks tokens against the key and the records, and issues new ones."""

    def __init__(self, key: bytes, store: Store, *, max_seats: int) -> None:
        self._key = key
        self._store = store
        self._max_seats = max_seats

    async def removed(self, board: str, text: str) -> SeatRecord:
        """The seat that a host has ended, if this token is its.

        Raises:
            PeerError: If there is no such board, or no such seat has been ended.
        """
        token = read(self._key, BoardId(board), text)
        bearer: Bearer | None = None
        if BOARD_ID.fullmatch(board):
            seat = SeatId(token.id) if token is not None and token.kind is TokenKind.RESUME else None
            bearer = await self._store.bearer(BoardId(board), link=None, seat=seat)
        if bearer is None:
            raise PeerError(CloseCode.UNKNOWN_BOARD, "there is no such board")
        if bearer.seat is None or not bearer.seat.removed:
            raise PeerError(CloseCode.UNAUTHORISED, "this token is of no seat that has ended")
        return bearer.seat

    async def check(self, board: str, text: str) -> Credentials:
        """What the bearer of a token may be at a board.

        Raises:
            PeerError: If there is no such board, or the token is not good for it (any more).
        """
        token = read(self._key, BoardId(board), text)
        kind = None if token is None else token.kind
        bearer: Bearer | None = None
        if BOARD_ID.fullmatch(board):
            bearer = await self._store.bearer(
                BoardId(board),
                link=LinkId(token.id) if token is not None and kind is TokenKind.LINK else None,
                seat=SeatId(token.id) if token is not None and kind is TokenKind.RESUME else None,
            )
        return _credentials(bearer)

    async def sitting(self, board: BoardId, seat: SeatId) -> Credentials:
        """What somebody may be whose seat is known already: by the link that made it.

        Raises:
            PeerError: If there is no such seat (any more), or its link has been revoked.
        """
        return _credentials(await self._store.bearer(board, link=None, seat=seat))

    async def seated(self, credentials: Credentials, name: str | None) -> Credentials:
        """The same with a seat, made now if there is none.

        Raises:
            PeerError: If the gathering has as many seats as it can take.
        """
        if credentials.seat is not None:
            return credentials
        link = credentials.link
        record = await self._store.add_seat(
            link.board,
            seat=SeatId(new_short_id()),
            link=link.id,
            name=clean_name(name or ""),
            most=self._max_seats,
        )
        if record is None:
            raise PeerError(CloseCode.TRY_LATER, "this gathering has as many seats as it can take")
        return Credentials(link, record)

    def link_token(self, link: LinkRecord) -> str:
        """The token of a link."""
        return issue(self._key, link.board, Token(TokenKind.LINK, link.id))

    def resume_token(self, seat: SeatRecord) -> str:
        """The token that brings a seat back."""
        return issue(self._key, seat.board, Token(TokenKind.RESUME, seat.id))

    def lock_of(self, seat: SeatRecord) -> bytes:
        """What locks away on a shared device what is a seat's own, between its turns: 32 bytes, always the same."""
        return hmac.digest(self._key, f"lock\0{seat.board}\0{seat.id}".encode(), hashlib.sha256)


def _credentials(bearer: Bearer | None) -> Credentials:
    if bearer is None:
        raise PeerError(CloseCode.UNKNOWN_BOARD, "there is no such board")
    if bearer.link is None:
        raise PeerError(CloseCode.UNAUTHORISED, "this token does not open this board")
    if bearer.link.revoked:
        raise PeerError(CloseCode.REVOKED, "this link has been revoked")
    if bearer.seat is not None and bearer.seat.removed:
        raise PeerError(CloseCode.SEAT_ENDED, SEAT_ENDED)
    if bearer.seat is None and bearer.link.closed:
        raise PeerError(CloseCode.REVOKED, NO_NEWCOMERS)
    return Credentials(bearer.link, bearer.seat)


def load_key(folder: Path) -> bytes:
    """The key in the data folder, both made on first use; the key is readable by its owner alone.

    Raises:
        OSError: If it can be neither read nor made.
        DamagedKey: If the file holds something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "key"
    if not path.exists():
        draft = folder / f".key-{secrets.token_hex(8)}"
        try:
            _write_key(draft, secrets.token_bytes(_KEY_BYTES))
            # A link appears whole or not at all, and loses against another process that was first.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise DamagedKey(f"{path} is not a key: expected {_KEY_BYTES} bytes, got {len(key)}")
    return key


def replace_key(folder: Path, key: bytes) -> None:
    """Put another key in the place of the one that is there, which ends whatever that one made."""
    draft = folder / f".key-{secrets.token_hex(8)}"
    _write_key(draft, key)
    draft.replace(folder / "key")


def _write_key(file: Path, key: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key)
        opened.flush()
        os.fsync(opened.fileno())


def new_board_id() -> BoardId:
    """A fresh board id: 96 bits, 16 characters of base64url."""
    # It stands on command lines, where a `-` begins an option.
    while (board := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return BoardId(board)


def new_short_id() -> str:
    """A fresh link or seat id: 72 bits, 12 characters of base64url."""
    return secrets.token_urlsafe(9)
