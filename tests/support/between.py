"""Somebody between a page and its server: holds what the page sends, or says what the server has not said."""

import re

import msgpack
from playwright.sync_api import Page, WebSocketRoute

__all__ = ["Between"]


class Between:
    """To be put there before the page connects.

    Attributes:
        holds: Whether edits are held back.
    """

    def __init__(self, page: Page) -> None:
        self.holds = False
        self._held: list[str | bytes] = []
        self._page: WebSocketRoute | None = None
        self._server: WebSocketRoute | None = None
        self._seq = 0
        page.route_web_socket(re.compile(r"/ws/"), self._connected)

    def _connected(self, route: WebSocketRoute) -> None:
        self._page, self._server = route, route.connect_to_server()
        route.on_message(self._sent)
        self._server.on_message(self._answered)

    def _sent(self, frame: str | bytes) -> None:
        if self.holds and msgpack.unpackb(frame)[0] in ("edit", "part"):
            self._held.append(frame)
        elif self._server is not None:
            self._server.send(frame)

    def _answered(self, frame: str | bytes) -> None:
        message = msgpack.unpackb(frame)
        if message[0] == "tick":
            self._seq = message[1]
        elif message[0] == "welcome":
            self._seq = message[1]["seq"]
        if self._page is not None:
            self._page.send(frame)

    def let_go(self) -> None:
        """Send what was held, in its order."""
        self.holds = False
        held, self._held = self._held, []
        for frame in held:
            self._sent(frame)

    def tell(self, *events: list[object]) -> None:
        """Tell the page of events as a tick of the server would."""
        if self._page is None:
            raise RuntimeError("the page is not connected")
        self._page.send(msgpack.packb(["tick", self._seq, None, None, None, list(events)]))
