"""What can go wrong, and the one table of close codes.

`PeerError` is somebody else's fault and always names the code their connection closes with; `InvalidState` is ours.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "NO_NEWCOMERS",
    "REBUILT",
    "SEAT_ENDED",
    "CloseCode",
    "DiskTrouble",
    "HarvestryError",
    "InvalidState",
    "PeerError",
    "Refusal",
]

# RFC 6455 §5.5: a control frame holds 125 bytes, two of them are the code.
_MAX_REASON_BYTES = 123

# What every connection with a copy of an earlier epoch hears.
REBUILT = "the board was rebuilt; discard your copy and load it afresh"
# What a newcomer hears whose link was closed because somebody who came by it was removed.
NO_NEWCOMERS = "this link takes no newcomers any more; ask a host for a new one"
# What somebody hears whose seat a host has ended.
SEAT_ENDED = "a host has ended your seat in this gathering"


class CloseCode(IntEnum):
    """Every code a connection of ours can close with; `docs/protocol.md` §5 says when."""

    NORMAL = 1000
    TOO_BIG = 1009
    FAULT = 1011
    RESTARTING = 1012
    TRY_LATER = 1013
    MALFORMED = 4400
    UNAUTHORISED = 4401
    REVOKED = 4403
    UNKNOWN_BOARD = 4404
    SEAT_ENDED = 4405
    VERSION = 4406
    HELLO_TIMEOUT = 4408
    SECOND_HELLO = 4409
    REBUILT = 4410
    BAD_UPDATE = 4422


class HarvestryError(Exception):
    """Base of every error this package raises on purpose."""


class InvalidState(HarvestryError):
    """The caller broke a rule of the class it called: a bug of ours."""


class DiskTrouble(HarvestryError):
    """The disk did not take a write, or did not give what was to be read; perhaps later it will.

    Nothing of such a write is stored, and nobody may be told that it is.
    """


class PeerError(HarvestryError):
    """A peer sent what it must not; its connection closes with `code`.

    Attributes:
        code: What the connection closes with.
        reason: A stable sentence for people who write clients. It never holds a note's text, a name or a token.
    """

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(f"{code.value} {reason}")
        self.code = code
        self.reason = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")


class Refusal(HarvestryError):
    """A well-formed wish that is not granted; the connection stays.

    Attributes:
        code: A stable word for programs.
        message: A sentence for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
