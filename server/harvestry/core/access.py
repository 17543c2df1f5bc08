"""Who may do what: roles, capabilities, and the tokens that carry them.

A token is `<letter><id>.<mac>`. The MAC is an HMAC-SHA256 under the server's key over kind, board and id, so the
database holds no secret and a token of one board opens no other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum
from typing import NewType

__all__ = [
    "BOARD_ID",
    "SHORT_ID",
    "BoardId",
    "Capability",
    "Holder",
    "Identity",
    "LinkId",
    "Role",
    "SeatId",
    "Token",
    "TokenKind",
    "allows",
    "holder_of_link",
    "holder_of_seat",
    "is_admin",
    "issue",
    "issue_admin",
    "read",
]

BoardId = NewType("BoardId", str)
LinkId = NewType("LinkId", str)
SeatId = NewType("SeatId", str)
# Who a clientID or an element belongs to: a seat's id, or `link:<id>` for a stock client that has no seat.
Holder = NewType("Holder", str)

BOARD_ID = re.compile(r"[A-Za-z0-9_-]{16}")
SHORT_ID = re.compile(r"[A-Za-z0-9_-]{12}")

# RFC 2104 §5 allows half of the hash. 128 bits cannot be guessed over a network, and keep the QR code small.
_MAC_BYTES = 16

# A token for the operator's door is made for each request.
_ADMIN_SECONDS = 60


class Role(Enum):
    """What a link makes of the person who follows it."""

    HOST = "host"
    COHOST = "cohost"
    HARVESTER = "harvester"
    TABLE = "table"
    PARTICIPANT = "participant"
    OBSERVER = "observer"
    DISPLAY = "display"

    # Each is one object. Before Python 3.12 an Enum's own is a call, and the roles of a thousand people are asked for.
    __hash__ = object.__hash__


class Capability(Enum):
    """One thing a role may do; looking is what every role may."""

    EDIT = "edit"
    RENAME = "rename"
    TITLE = "title"
    LINKS = "links"
    LOCK = "lock"


_CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.HOST: frozenset(Capability),
    Role.COHOST: frozenset(Capability),
    Role.HARVESTER: frozenset({Capability.EDIT, Capability.RENAME}),
    Role.TABLE: frozenset({Capability.EDIT, Capability.RENAME}),
    Role.PARTICIPANT: frozenset({Capability.EDIT, Capability.RENAME}),
    Role.OBSERVER: frozenset({Capability.RENAME}),
    Role.DISPLAY: frozenset(),
}


def allows(role: Role, capability: Capability) -> bool:
    """Whether a role holds a capability."""
    return capability in _CAPABILITIES[role]


class TokenKind(Enum):
    """The first letter of a token."""

    LINK = "l"
    RESUME = "r"
    # Of no board: for the operator, who has the key.
    ADMIN = "a"


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; `id` names a link or a seat."""

    kind: TokenKind
    id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a connection is, once its token was found good.

    Attributes:
        link: The link it came by, or the link that made its seat.
        seat: None for a stock client that came by a link and so has no seat.
        holder: Under whom clientIDs are leased and elements are signed.
    """

    board: BoardId
    link: LinkId
    seat: SeatId | None
    role: Role
    name: str
    hue: int

    @property
    def holder(self) -> Holder:
        return holder_of_link(self.link) if self.seat is None else holder_of_seat(self.seat)


def holder_of_seat(seat: SeatId) -> Holder:
    """The holder that a seat is."""
    return Holder(seat)


def holder_of_link(link: LinkId) -> Holder:
    """The holder that everybody without a seat shares who came by one link."""
    return Holder(f"link:{link}")


def issue(key: bytes, board: BoardId, token: Token) -> str:
    """The token as text."""
    return f"{token.kind.value}{token.id}.{_mac(key, board, token)}"


def read(key: bytes, board: BoardId, text: str) -> Token | None:
    """The token in a text, or None if this server did not issue it for this board."""
    body, _, mac = text.partition(".")
    try:
        kind = TokenKind(body[:1])
    except ValueError:
        return None
    token = Token(kind, body[1:])
    if not SHORT_ID.fullmatch(token.id):
        return None
    # Bytes, because compare_digest refuses text outside ASCII with an exception.
    return token if hmac.compare_digest(mac.encode(), _mac(key, board, token).encode()) else None


def issue_admin(key: bytes, *, now: int) -> str:
    """A token for the operator's door.

    Args:
        key: The server's.
        now: Unix time in seconds.
    """
    return issue(key, BoardId(""), Token(TokenKind.ADMIN, f"{now:012d}"))


def is_admin(key: bytes, text: str, *, now: int) -> bool:
    """Whether this opens the operator's door now: whoever made it had the key, and made it a moment ago."""
    token = read(key, BoardId(""), text)
    return token is not None and token.kind is TokenKind.ADMIN and abs(now - int(token.id)) <= _ADMIN_SECONDS


def _mac(key: bytes, board: BoardId, token: Token) -> str:
    message = f"{token.kind.name.lower()}\0{board}\0{token.id}".encode()
    digest = hmac.new(key, message, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
