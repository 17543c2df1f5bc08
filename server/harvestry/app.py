"""The application: what is opened when the server starts, in order, and closed in reverse when it stops."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from .config import Settings
from .edge.admin import AdminDoor, ByPort
from .edge.announcement import Announcement, announce, withdraw
from .edge.auth import Gatekeeper, load_key
from .edge.backup import sweep
from .edge.clock import LoopClock, SystemClock
from .edge.codes import Codes
from .edge.doors import OriginCheck, Sockets
from .edge.forgetting import Forgetting
from .edge.http import ERRORS, Api, SecurityHeaders, client_routes, error_response
from .edge.hub import Hub, Policy
from .edge.metrics import Metrics
from .edge.occupancy import occupied
from .edge.stock import StockDoor
from .edge.store import SqlStore
from .edge.transport import DirectProtocol
from .edge.upkeep import Upkeep
from .edge.websocket import NativeDoor

__all__ = ["EVERYWHERE", "STATIC", "Application", "address_of", "listen", "running", "serve"]

# The built client, shipped in the wheel.
STATIC = Path(__file__).parent / "static"

# Listening on all addresses; a browser on this machine still wants one.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104

# The garbage collector looks at new objects once there are so many more than were freed. A connection holds about a
# hundred for as long as it lives; Python's 700 have it look through a whole room again and again while people come.
_OBJECTS_A_COLLECTION = 10_000


@dataclass(frozen=True, slots=True)
class Application:
    """What a server serves.

    Attributes:
        public: To everybody.
        private: Behind the operator's door.
    """

    public: ASGIApp
    private: ASGIApp


@asynccontextmanager
async def running(settings: Settings, *, clock: LoopClock | None = None) -> AsyncIterator[Application]:
    """The application with everything it needs open; rooms are flushed and the store closed at the end.

    Raises:
        OSError: If the data folder cannot be used.
        Occupied: If another server uses it.
    """
    clock = clock or SystemClock()
    key = load_key(settings.data)
    limits = settings.limits()
    policy = Policy(
        idle_unload_ms=settings.idle_unload_ms,
        rest_ms=settings.rest_ms,
        snapshot_entries=settings.snapshot_entries,
        snapshot_bytes=settings.snapshot_bytes,
        snapshot_ms=settings.snapshot_ms,
        compact_bytes=settings.compact_bytes,
        rewind_ms=settings.rewind_minutes * 60_000,
        rewind_bytes=settings.rewind_bytes,
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(occupied(settings.data))
        sweep(settings.data)
        store = await SqlStore.open(settings.database)
        stack.push_async_callback(store.close)
        metrics = Metrics()
        hub = await stack.enter_async_context(Hub(store, clock, limits=limits, policy=policy, metrics=metrics))
        gatekeeper = Gatekeeper(key, store, max_seats=settings.max_seats)
        native = NativeDoor(hub, gatekeeper, clock, limits, settings.hello_timeout_ms)
        stock = StockDoor(hub, gatekeeper, clock, limits)
        api = Api(store, hub, gatekeeper, Codes(key, store, clock), clock, settings.public_url)
        app = Starlette(
            routes=[
                *api.routes(),
                metrics.route(),
                *client_routes(STATIC),
            ],
            exception_handlers=dict.fromkeys(ERRORS, error_response),
        )
        doors = Sockets(app, {"ws": native.serve, "yjs": stock.serve})
        public = SecurityHeaders(OriginCheck(doors, allowed=settings.origins))
        upkeep = Upkeep(store, hub.alone, wall=clock.wall)
        forgetting = Forgetting(store, hub, upkeep)
        hub.erase = forgetting.erase
        hub.erase_all = forgetting.erase_all
        await forgetting.resume()
        yield Application(public, AdminDoor(upkeep, key, settings.data, clock).app())


async def serve(settings: Settings, listener: socket.socket, *, ready: Callable[[str], None]) -> None:
    """Serve until a signal says stop.

    Args:
        settings: How.
        listener: Bound already, so that a taken port is found before anything is opened.
        ready: Called with the server's address once it takes connections.
    """
    _allow_connections()
    door = listen("127.0.0.1", 0)
    admin = Announcement(address_of(listener), address_of(door), os.getpid())

    def started() -> None:
        _collect_seldom()
        announce(settings.data, admin)
        ready(admin.url)

    with door:
        async with running(settings) as app:
            server = _Server(
                uvicorn.Config(
                    ByPort(app.public, app.private, door.getsockname()[1]),
                    # Ours are plain functions that return a coroutine, in which uvicorn does not recognise ASGI 3.
                    interface="asgi3",
                    lifespan="off",
                    ws=DirectProtocol,
                    ws_max_size=settings.max_frame_bytes,
                    ws_per_message_deflate=False,
                    timeout_graceful_shutdown=settings.shutdown_timeout_s,
                    server_header=False,
                    access_log=False,
                    log_config=None,
                ),
                ready=started,
            )
            try:
                await server.serve(sockets=[listener, door])
            finally:
                withdraw(settings.data)


def _collect_seldom() -> None:
    """Have the garbage collector look through fewer things, and less often.

    Nearly everything here is freed without it, and what it looks through are the rooms, their people and all that was
    imported: up to a tenth of a second in which nobody is served, and a tenth of all work in a busy room.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_COLLECTION)


def _allow_connections() -> None:
    """Raise the number of open files to what the system allows; the usual 1,024 are fewer than one full room."""
    if find_spec("resource") is not None:  # Windows has no such limit.
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: If the port is taken, or the address is not this machine's.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What a slow reader has not fetched waits with us, where it is bounded and presence can still be left out, and
        # not in megabytes of the kernel's.
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, 131_072)
        listener.bind((host, port))
        listener.listen(2_048)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds the server."""
    host, port = listener.getsockname()[:2]
    if host in EVERYWHERE:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready, and leaves the process alive to flush after a signal."""

    def __init__(self, config: uvicorn.Config, *, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again when it is done, which would end us before the rooms are flushed.
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
