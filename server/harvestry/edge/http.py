"""Everything that is not a WebSocket: the join screen's questions, links, the state for joiners, health, the client."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import segno
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvestry.core.access import BoardId, Capability, LinkId, Role, SeatId, allows
from harvestry.core.errors import CloseCode, DiskTrouble, PeerError, Refusal
from harvestry.core.gathering.authorship import AuthorKey
from harvestry.core.gathering.capabilities import TEAM
from harvestry.core.ports import LinkRecord, SeatRecord, Store
from harvestry.core.rates import Buckets
from harvestry_crdt import DamagedBoard

from .allowance import Allowance
from .auth import Credentials, Gatekeeper, new_short_id
from .clock import LoopClock
from .codes import Codes, TooOften
from .hub import Hub, UnknownBoard
from .library import catalogue

__all__ = ["ERRORS", "Api", "SecurityHeaders", "client_routes", "error_response"]

_log = logging.getLogger(__name__)

# Nothing from anywhere else, ever, and nothing inline; what scripts set on an element's `style` is not inline.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # The token stands in the fragment, which is never sent; the board's address is nobody's business either.
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]

# For whoever opens a page of a server that has none; programs have what they need all the same.
_NO_CLIENT = (
    "There are no pages here: this server runs without the web client, which has not been built.\n"
    "Whoever runs it can stop it and start it with `python3 run.py serve`, which builds the client first.\n"
)

_STATUS: Mapping[CloseCode, tuple[int, str]] = {
    CloseCode.UNKNOWN_BOARD: (404, "unknown_board"),
    CloseCode.UNAUTHORISED: (401, "unauthorised"),
    CloseCode.REVOKED: (403, "revoked"),
    CloseCode.SEAT_ENDED: (403, "removed"),
    CloseCode.TRY_LATER: (503, "try_later"),
    CloseCode.RESTARTING: (503, "try_later"),
}


class ApiError(Exception):
    """An answer that is an error: `{error: {code, message}}`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class TypedCode(BaseModel):
    """The body of a request for the link that a short code stands for."""

    model_config = ConfigDict(extra="forbid")

    code: str


# As many as fit into a small body.
_MOST_KEYS = 64


class OwnKeys(BaseModel):
    """The body of a request to take back what is one's own: keys of notes without a name."""

    model_config = ConfigDict(extra="forbid", strict=True)

    keys: Annotated[list[AuthorKey], Field(max_length=_MOST_KEYS)]


class Turn(BaseModel):
    """The body of a request to sit down at a shared device."""

    model_config = ConfigDict(extra="forbid", strict=True)

    seat: Annotated[str, Field(max_length=12)]
    pin: Annotated[str | None, Field(max_length=4)] = None


class NewLink(BaseModel):
    """The body of a request for a new link."""

    model_config = ConfigDict(extra="forbid")

    role: Role


@dataclass(frozen=True, slots=True)
class Api:
    """The requests of `docs/protocol.md` §4."""

    store: Store
    hub: Hub
    gatekeeper: Gatekeeper
    codes: Codes
    clock: LoopClock
    public_url: str
    # To try 64 keys on thousands of notes takes a while, and has the board rebuilt if one fits.
    withdrawals: Allowance = field(default_factory=lambda: Allowance(each_second=0.05, at_once=3))
    withdrawals_of_board: Allowance = field(default_factory=lambda: Allowance(each_second=0.2, at_once=12))

    # Wrong PINs of one seat. There are ten thousand, and a gathering takes a day.
    wrong_pins: Buckets = field(default_factory=lambda: Buckets(1 / 60, 5, forgets_spent=False))

    def routes(self) -> list[BaseRoute]:
        """Where the requests go."""
        board = "/api/boards/{board}"
        return [
            Route(board, self.board, methods=["GET"]),
            Route(board + "/state", self.state, methods=["GET"]),
            Route(board + "/door", self.door, methods=["GET"]),
            Route(board + "/withdraw", self.withdraw, methods=["POST"]),
            Route(board + "/turn", self.turn, methods=["POST"]),
            Route(board + "/seat", self.seat, methods=["GET"]),
            Route(board + "/devices/{device}", self.device, methods=["GET"]),
            Route(board + "/links", self.links, methods=["GET"]),
            Route(board + "/links", self.new_link, methods=["POST"]),
            Route(board + "/links/{link}", self.revoke, methods=["DELETE"]),
            Route(board + "/links/{link}/qr.svg", self.qr, methods=["GET"]),
            Route("/api/templates", self.templates, methods=["GET"]),
            Route(board + "/links/{link}/code", self.new_code, methods=["POST"]),
            Route("/api/join", self.join, methods=["POST"]),
            Route("/api/{rest:path}", _nothing_here),
            Route("/healthz", self.healthz, methods=["GET"]),
            Route("/readyz", self.readyz, methods=["GET"]),
        ]

    async def board(self, request: Request) -> Response:
        """What the join screen shows."""
        credentials = await self._bearer(request)
        board = credentials.link.board
        summary = await self.store.summary(board)
        room = self.hub.room(board)
        people = [] if room is None else room.people()
        return JSONResponse(
            {
                "board": board,
                "title": "" if summary is None else summary.title,
                "role": credentials.role.value,
                "seats": await self.store.count_seats(board),
                "hosts": _names(people, Role.HOST),
                "observers": _names(people, Role.OBSERVER),
            }
        )

    async def state(self, request: Request) -> Response:
        """The board as one update."""
        credentials = await self._bearer(request)
        room = await self.hub.enter(credentials.link.board)
        identity = credentials.identity()
        if room.waits(identity):
            raise ApiError(403, "lobby", "A host has to let you in first.")
        if identity.role is Role.OBSERVER and not room.is_welcomed(identity):
            # Whoever looks on is listed by name before they see anything.
            raise ApiError(403, "unseen", "Come into the room first; the board comes with the welcome.")
        state = await room.state(joining="joining" in request.query_params)
        etag = f'"{state.epoch}.{state.seq}"'
        headers = {
            "ETag": etag,
            "Harvestry-Seq": str(state.seq),
            "Harvestry-Epoch": str(state.epoch),
            "Vary": "Accept-Encoding",
            "Cache-Control": "private, no-cache",
        }
        if etag in _tags(request):
            return Response(status_code=304, headers=headers)
        body = state.state
        if _accepts_gzip(request):
            headers["Content-Encoding"] = "gzip"
            body = state.gzipped
        return Response(body, media_type="application/octet-stream", headers=headers)

    async def links(self, request: Request) -> Response:
        """Every link to the board."""
        credentials = await self._host(request)
        records = await self.store.links(credentials.link.board)
        return JSONResponse({"links": [self._link(request, record) for record in records]})

    async def new_link(self, request: Request) -> Response:
        """One more link."""
        credentials = await self._host(request)
        try:
            wanted = NewLink.model_validate_json(await _small_body(request))
        except ValidationError as error:
            raise ApiError(422, "invalid", "Expected a role: host, participant or observer.") from error
        record = LinkRecord(LinkId(new_short_id()), credentials.link.board, wanted.role, self.clock.wall())
        await self.store.add_link(record)
        return JSONResponse(self._link(request, record), 201)

    async def revoke(self, request: Request) -> Response:
        """End a link, and everybody's stay who came by it."""
        credentials = await self._host(request)
        link = await self._named_link(request, credentials)
        if link.id == credentials.link.id and request.query_params.get("confirm") != "own":
            raise ApiError(422, "invalid", "This is the link you came by. Add confirm=own to revoke it all the same.")
        await self.store.revoke_link(link.board, link.id)
        self.hub.revoked(link.board, link.id)
        return Response(status_code=204)

    async def withdraw(self, request: Request) -> Response:
        """Take back what one wrote, once a host has ended one's seat: there is no socket any more to ask over."""
        board = request.path_params["board"]
        seat = await self.gatekeeper.removed(board, _token(request))
        try:
            own = OwnKeys.model_validate_json(await _small_body(request))
        except ValidationError as error:
            raise ApiError(422, "invalid", f"Expected keys, {_MOST_KEYS} at most.") from error
        self.withdrawals.take(seat.id, self.clock.now())
        self.withdrawals_of_board.take(seat.board, self.clock.now())
        room = await self.hub.enter(seat.board)
        return JSONResponse(await room.take_back(seat.id, own.keys))

    async def turn(self, request: Request) -> Response:
        """Sit down at a table's shared device: what opens one's seat, for as long as the page keeps it in memory."""
        credentials = await self._bearer(request)
        try:
            asked = Turn.model_validate_json(await _small_body(request))
        except ValidationError as error:
            raise ApiError(422, "invalid", "Expected a seat, and its PIN if it has one.") from error
        board, device, now = credentials.link.board, credentials.seat, self.clock.now()
        if device is None or credentials.role is not Role.DISPLAY:
            raise ApiError(403, "forbidden", "Only a table's shared device asks for this.")
        room = await self.hub.enter(board)
        refusal: Refusal | None = None
        try:
            room.require_turn(device.id, SeatId(asked.seat), asked.pin)
        except Refusal as error:
            refusal = error
        # A bucket is for a seat of this device alone: what anybody can invent is without number.
        if refusal is None or refusal.code != "unknown":
            bucket = self.wrong_pins.of(f"{board}/{asked.seat}", now)
            # Whatever the answer is, or the right PIN would be told from the others.
            if wait_ms := bucket.take(now):
                raise TooOften(wait_ms // 1_000 + 1, "Too many wrong PINs for this seat. Wait a moment.")
            if refusal is None or refusal.code != "pin":
                bucket.give_back()
        if refusal is not None:
            raise ApiError(403, refusal.code, refusal.message) from refusal
        # Who brought their own seat came by another link than the device.
        sitting = await self.gatekeeper.sitting(board, SeatId(asked.seat))
        seat = sitting.seat
        assert seat is not None  # noqa: S101 - only a seat brings its link
        return JSONResponse(
            {
                "resume": self.gatekeeper.resume_token(seat),
                "name": seat.name,
                "role": sitting.role.value,
                "lock": base64.b64encode(self.gatekeeper.lock_of(seat)).decode(),
            },
            headers={"Cache-Control": "private, no-store"},
        )

    async def device(self, request: Request) -> Response:
        """A table's shared device, to be opened in another browser: for hosts, and for who hosts that table."""
        credentials = await self._bearer(request)
        board = credentials.link.board
        room = await self.hub.enter(board)
        device = await self.store.seat(board, SeatId(request.path_params["device"]))
        seat = credentials.seat
        if device is None or device.removed or seat is None or not room.shows_device(device.id, seat.id):
            raise ApiError(404, "unknown_device", "There is no such device of yours.")
        return self._way(request, device)

    async def seat(self, request: Request) -> Response:
        """One's own seat, to be opened in another browser: from a shared device on one's own phone."""
        credentials = await self._bearer(request)
        if credentials.seat is None:
            raise ApiError(403, "forbidden", "This needs a seat of your own.")
        return self._way(request, credentials.seat)

    async def qr(self, request: Request) -> Response:
        """A link as a QR code."""
        credentials = await self._host(request)
        link = await self._named_link(request, credentials)
        drawing = _qr(self._address(request, link))
        return Response(drawing, media_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})

    async def door(self, request: Request) -> Response:
        """How people come in, for hosts and displays: the link of those who take part, and its code."""
        credentials = await self._bearer(request)
        board = credentials.link.board
        room = await self.hub.enter(board)
        if not allows(credentials.role, Capability.LINKS) and not (
            credentials.role is Role.DISPLAY and room.shows_door
        ):
            raise ApiError(403, "forbidden", "This is shown to hosts, and on a display if a host wants it.")
        links = await self.store.links(board)
        open_links = [one for one in links if one.role is Role.PARTICIPANT and not one.revoked and not one.closed]
        if room.has_ended or not open_links:
            raise ApiError(404, "closed", "Nobody comes in any more.")
        link = open_links[-1]
        code, expires_at = await self.codes.current(link)
        address = self._address(request, link)
        return JSONResponse(
            {"link": address, "code": code, "expires_at": expires_at, "qr": _qr(address).decode()},
            headers={"Cache-Control": "private, no-store"},
        )

    async def templates(self, request: Request) -> Response:
        """What a host can begin with; the same for everybody who asks this version."""
        shown = catalogue()
        headers = {"ETag": shown.etag, "Vary": "Accept-Encoding", "Cache-Control": "public, max-age=300"}
        if shown.etag in _tags(request):
            return Response(status_code=304, headers=headers)
        body = shown.json
        if _accepts_gzip(request):
            headers["Content-Encoding"] = "gzip"
            body = shown.gzipped
        return Response(body, media_type="application/json", headers=headers)

    async def new_code(self, request: Request) -> Response:
        """A short code for a link, in place of its earlier one. It is told once: what is stored is a hash."""
        credentials = await self._host(request)
        link = await self._named_link(request, credentials)
        if link.role in TEAM:
            raise ApiError(422, "invalid", "A code is for people who take part, never for hosts and harvesters.")
        if link.revoked or link.closed:
            raise ApiError(422, "invalid", "This link takes no newcomers any more.")
        if (await self.hub.enter(link.board)).has_ended:
            raise ApiError(422, "invalid", "The gathering has ended.")
        code, expires_at = await self.codes.make(link)
        return JSONResponse({"code": code, "expires_at": expires_at}, 201)

    async def join(self, request: Request) -> Response:
        """The link that a short code stands for."""
        try:
            typed = TypedCode.model_validate_json(await _small_body(request))
        except ValidationError as error:
            raise ApiError(422, "invalid", "Expected a code.") from error
        link = await self.codes.link_of(typed.code, "" if request.client is None else request.client.host)
        if link is None:
            raise ApiError(404, "unknown_code", "This code opens nothing. It may be mistyped, or be over.")
        return JSONResponse({"link": self._address(request, link)})

    async def healthz(self, _: Request) -> Response:
        """The process lives."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """The store answers."""
        try:
            await self.store.ping()
        except DiskTrouble as error:
            _log.warning("the disk does not take writes: %s", error)
            return JSONResponse({"status": "unavailable"}, 503)
        except Exception:  # noqa: BLE001 - whatever it is, the answer is no
            _log.exception("the store does not answer")
            return JSONResponse({"status": "unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    async def _bearer(self, request: Request) -> Credentials:
        return await self.gatekeeper.check(request.path_params["board"], _token(request))

    async def _host(self, request: Request) -> Credentials:
        credentials = await self._bearer(request)
        if not allows(credentials.role, Capability.LINKS):
            raise ApiError(403, "forbidden", "Only a host can do this.")
        return credentials

    async def _named_link(self, request: Request, credentials: Credentials) -> LinkRecord:
        link = await self.store.link(credentials.link.board, LinkId(request.path_params["link"]))
        if link is None:
            raise ApiError(404, "unknown_link", "There is no such link.")
        return link

    def _link(self, request: Request, link: LinkRecord) -> dict[str, object]:
        room = self.hub.room(link.board)
        return {
            "id": link.id,
            "role": link.role.value,
            "link": self._address(request, link),
            "token": self.gatekeeper.link_token(link),
            "in_use": 0 if room is None else room.users_of(link.id),
            "created_at": link.created_at,
            "revoked": link.revoked,
            "closed": link.closed,
        }

    def _way(self, request: Request, seat: SeatRecord) -> Response:
        address = self._page(request, seat.board, self.gatekeeper.resume_token(seat))
        return JSONResponse(
            {"link": address, "qr": _qr(address).decode()}, headers={"Cache-Control": "private, no-store"}
        )

    def _address(self, request: Request, link: LinkRecord) -> str:
        return self._page(request, link.board, self.gatekeeper.link_token(link))

    def _page(self, request: Request, board: BoardId, token: str) -> str:
        base = self.public_url or f"{request.url.scheme}://{request.url.netloc}"
        return f"{base.rstrip('/')}/b/{board}#{token}"


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _qr(address: str) -> bytes:
    """An address as an SVG."""
    out = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(out, kind="svg", scale=8, border=4, xmldecl=False, light="#fff")
    return out.getvalue()


async def _nothing_here(_: Request) -> Response:
    raise ApiError(404, "unknown", "There is nothing here.")


# What `error_response` is to be registered for; Starlette looks handlers up by class.
ERRORS: tuple[type[Exception], ...] = (
    ApiError,
    PeerError,
    UnknownBoard,
    DamagedBoard,
    DiskTrouble,
    TooOften,
    HTTPException,
    Exception,
)


def error_response(_: Request, error: Exception) -> Response:
    """The one mapping from what went wrong to what HTTP says."""
    headers: dict[str, str] = {}
    match error:
        case ApiError(status=status, code=code, message=message):
            pass
        case PeerError(code=close, reason=reason):
            status, code = _STATUS.get(close, (500, "fault"))
            message = reason[:1].upper() + reason[1:] + "."
            if status == 401:
                headers["WWW-Authenticate"] = "Bearer"
        case TooOften(seconds=seconds, told=told):
            status, code, message = 429, "slow_down", told
            headers["Retry-After"] = str(seconds)
        case UnknownBoard():
            status, code, message = 404, "unknown_board", "There is no such board."
        case DamagedBoard():
            _log.error("a board does not load: %s", error)
            status, code, message = 500, "damaged", "This board cannot be loaded."
        case DiskTrouble():
            status, code = 503, "try_later"
            message = "The server cannot use its disk just now. Try again in a moment."
        case HTTPException(status_code=status, detail=message):
            code = "unknown" if status == 404 else "invalid"
        case _:
            status, code, message = 500, "fault", "A fault of ours."
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


class SecurityHeaders:
    """Puts the same protective headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        return self._app(scope, receive, guarded)


class _Files(StaticFiles):
    """Files of a folder that need not be there yet, and then has none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def check_config(self) -> None:
        pass  # What is not there is not found; it is no fault of ours.


class _Pages(_Files):
    """Files beside the page. Any other address gets the page too, which says in plain words that nothing is there."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            page = Path(str(self.directory)) / "index.html"
            if error.status_code != 404 or not page.is_file():
                raise
            return FileResponse(page, status_code=404, headers={"Cache-Control": "no-cache"})


class _Assets(_Files):
    """Files whose names carry a hash of their content: they never change."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def client_routes(static: Path) -> list[BaseRoute]:
    """The built client: one page for every board, and its files; or a sentence that says that it has not been built.

    Which of them is asked for each time: a build puts another folder in the place of this one while the server runs.
    """

    async def page(_: Request) -> Response:
        # Not kept at all: a browser that goes back to it must not show what somebody had on their screen.
        headers = {"Cache-Control": "no-store"}
        if not (static / "index.html").is_file():
            return PlainTextResponse(_NO_CLIENT, 404, headers=headers)
        return FileResponse(static / "index.html", headers=headers)

    return [
        *(Route(path, page, methods=["GET"]) for path in ("/", "/b/{board}", "/join")),
        Mount("/assets", _Assets(static / "assets")),
        Mount("/", _Pages(static)),
    ]


def _names(people: list[list[object]], role: Role) -> list[object]:
    return [name for _, _, name, theirs, _ in people if theirs == role.value]


def _tags(request: Request) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]


def _accepts_gzip(request: Request) -> bool:
    codings = request.headers.get("accept-encoding", "").lower().split(",")
    for coding in codings:
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip" and weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            return True
    return False


async def _small_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 4_096:
            raise ApiError(422, "invalid", "Expected a body of at most 4,096 bytes.")
    return body
