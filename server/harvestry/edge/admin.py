"""The operator's door: upkeep of a running server, asked for by `harvestry` commands on the same machine.

It has a socket of its own on the loopback interface, so that no proxy in front of the server reaches it, and wants a
token made from the key in the data folder, good for a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from harvestry.core.access import BoardId, SeatId, is_admin
from harvestry.core.ports import Stale, StillRead
from harvestry.core.rebuilding import UnknownElement, UnknownSeat, Wish
from harvestry_crdt import DamagedBoard

from .backup import BadBackup, open_backup
from .clock import LoopClock
from .hub import UnknownBoard
from .upkeep import ErasedBoard, Outcome, Upkeep

__all__ = ["AdminDoor", "ByPort", "sentence_of"]

_log = logging.getLogger(__name__)

_MAX_BODY_BYTES = 1_048_576


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Compact(_Asked):
    board: str
    always: bool = True


class _Erase(_Asked):
    board: str
    elements: list[str] = []
    seats: list[str] = []
    deleted: bool = False
    everything: bool = False


class _Restore(_Asked):
    board: str
    file: str


class _Unacceptable(Exception):
    """The request is not one."""


# What `_answer_error` has a sentence for; Starlette looks handlers up by class.
_EXPECTED = (
    _Unacceptable,
    ValidationError,
    UnknownBoard,
    UnknownElement,
    UnknownSeat,
    ErasedBoard,
    DamagedBoard,
    StillRead,
    Stale,
    BadBackup,
)


@dataclass(frozen=True, slots=True)
class AdminDoor:
    """Carries out upkeep.

    Args:
        key: What tokens are checked with.
        folder: The data folder.
    """

    upkeep: Upkeep
    key: bytes
    folder: Path
    clock: LoopClock

    def app(self) -> Starlette:
        """The application behind the door."""
        return Starlette(
            routes=[
                Route("/api/admin/compact", self._compact, methods=["POST"]),
                Route("/api/admin/erase", self._erase, methods=["POST"]),
                Route("/api/admin/restore", self._restore, methods=["POST"]),
                Route("/api/admin/tidy", self._tidy, methods=["POST"]),
            ],
            exception_handlers=dict.fromkeys(_EXPECTED, _answer_error),
        )

    async def _compact(self, request: Request) -> Response:
        asked = _Compact.model_validate_json(await self._body(request))
        return _done("compacted", await self.upkeep.compact(BoardId(asked.board), always=asked.always))

    async def _erase(self, request: Request) -> Response:
        asked = _Erase.model_validate_json(await self._body(request))
        board = BoardId(asked.board)
        if asked.everything:
            return _done("removed", await self.upkeep.remove(board))
        wish = Wish(frozenset(asked.elements), frozenset(map(SeatId, asked.seats)), asked.deleted)
        return _done("erased from", await self.upkeep.erase(board, wish))

    async def _restore(self, request: Request) -> Response:
        asked = _Restore.model_validate_json(await self._body(request))
        async with open_backup(Path(asked.file), self.folder) as backup:
            saved = await backup.board(BoardId(asked.board))
        return _done("restored", await self.upkeep.bring_back(saved))

    async def _tidy(self, request: Request) -> Response:
        await self._body(request)
        await self.upkeep.tidy()
        return JSONResponse({})

    async def _body(self, request: Request) -> bytes:
        """The body of a request that is the operator's.

        Raises:
            _Unacceptable: If it is not.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if "origin" in request.headers or scheme.lower() != "bearer":
            raise _Unacceptable
        if not is_admin(self.key, token.strip(), now=self.clock.wall()):
            raise _Unacceptable
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY_BYTES:
                raise _Unacceptable
        return body


@dataclass(frozen=True, slots=True)
class ByPort:
    """Two applications behind one server: which is spoken to is decided by the socket, never by what a request says."""

    public: ASGIApp
    private: ASGIApp
    private_port: int

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        server = scope.get("server")
        is_private = server is not None and server[1] == self.private_port and server[0] == "127.0.0.1"
        return (self.private if is_private else self.public)(scope, receive, send)


def sentence_of(error: Exception) -> tuple[str, str] | None:
    """What went wrong, as a word for programs and a sentence for people; None if the operator cannot mend it."""
    match error:
        case UnknownBoard():
            return "unknown_board", f"There is no board {error} in this data folder."
        case UnknownElement():
            return "unknown_element", f"There is no element {error} on this board."
        case UnknownSeat():
            return "unknown_seat", f"There is no seat {error} on this board."
        case ErasedBoard():
            return "erased", f"The board {error} was erased as a whole, and stays so."
        case DamagedBoard():
            return "damaged", f"The board cannot be read: {error}."
        case StillRead():
            return "still_read", f"{error}."
        case Stale():
            return "stale", "The board changed in the meantime; try again."
        case BadBackup():
            return "bad_backup", f"{error}."
        case _:
            return None


def _done(what: str, outcome: Outcome) -> Response:
    _log.info("%s by the operator, epoch %d", what, outcome.epoch, extra={"room": outcome.board})
    return JSONResponse(asdict(outcome))


async def _answer_error(_: Request, error: Exception) -> Response:
    if isinstance(error, _Unacceptable | ValidationError):
        return JSONResponse({"error": {"code": "unauthorised", "message": "This is not for you."}}, 401)
    code, message = sentence_of(error) or ("fault", "A fault of ours.")
    return JSONResponse({"error": {"code": code, "message": message}}, 409)
