"""People at browsers: each with a browser context of their own, acting by role, label and text alone.

A person notices everything a page should not do: script errors, console messages, requests to anybody but the server.
The fixture that makes them asserts at the end that there was nothing of the kind, so every browser test is also that
test.
"""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    WebSocket,
    expect,
)

from harvestry_crdt import Board, Element

__all__ = [
    "DESKTOP",
    "PHONE",
    "SMALL_PHONE",
    "TABLET",
    "WIDE",
    "LetIn",
    "MakeGathering",
    "OpenGathering",
    "Person",
    "aside",
    "find_chromium",
    "launch",
]

T = TypeVar("T")
Size = tuple[int, int]
Point = tuple[float, float]

# One for each layout of the client that the tests walk through.
WIDE: Size = (1500, 860)
DESKTOP: Size = (1280, 800)
TABLET: Size = (820, 1180)
PHONE: Size = (390, 844)
SMALL_PHONE: Size = (320, 640)

PATIENCE_MS = 30_000
MOST_TABS = 40
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# The rows of the outline as they are read: level, then the words and the colour, without who wrote it.
_ROWS = """
() => [...document.querySelectorAll('[role=treeitem]')].map((row) => {
  const words = row.querySelector('[dir=auto]').cloneNode(true);
  for (const author of words.querySelectorAll('small')) author.remove();
  return '  '.repeat(Number(row.ariaLevel) - 1) + words.textContent;
})
"""

# Keeps what the live regions of a page say, in order. A sentence may be gone again before a test asks for it, because
# the next one takes its place; a person has heard it all the same.
_LISTEN = """
window.heard = [];
{
  const last = new WeakMap();
  new MutationObserver(() => {
    for (const region of document.querySelectorAll('[role=status], [role=alert]')) {
      const said = region.textContent.replace(/\\s+/g, ' ');
      if (said !== last.get(region)) heard.push(said);
      last.set(region, said);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}
"""

# Whether this was said, in the sentence last waited for or after it: what came before that one is spent.
_HEARD = """
(words) => {
  const at = heard.findIndex((said) => (typeof words === 'string' ? said.includes(words) : words.test(said)));
  if (at > 0) heard.splice(0, at);
  return at >= 0;
}
"""

_FOCUS = """
() => {
  const { activeElement: e, body } = document;
  if (e === null || e === body) return 'body';
  return e.ariaLabel ?? e.labels?.[0]?.textContent ?? e.textContent.trim();
}
"""


def find_chromium() -> str:
    """The browser of this machine: what HARVESTRY_CHROMIUM names, else the first one on PATH."""
    named = os.environ.get("HARVESTRY_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("There is no Chromium on PATH; name one in HARVESTRY_CHROMIUM.")
    return found


def launch(playwright: Playwright) -> Browser:
    expect.set_options(timeout=PATIENCE_MS)
    return playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))


def aside(work: Callable[[], T]) -> T:
    """Do something that needs an event loop of its own; Playwright keeps the main thread's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


@dataclass(frozen=True, slots=True)
class OpenGathering:
    """A gathering on a running server, and what a test may know of it without a browser."""

    board: str
    base_url: str
    tokens: Mapping[str, str]

    def link(self, role: str) -> str:
        return f"{self.base_url}/b/{self.board}#{self.tokens[role]}"

    def via(self, base_url: str) -> "OpenGathering":
        """The same gathering, reached by another address."""
        return OpenGathering(self.board, base_url, self.tokens)

    def elements(self) -> dict[str, Element]:
        """What the server has on disk, by id; deleted things left out."""
        answer = httpx.get(
            f"{self.base_url}/api/boards/{self.board}/state",
            headers={"Authorization": f"Bearer {self.tokens['host']}"},
            trust_env=False,
        )
        answer.raise_for_status()
        board = Board.load(answer.content, [], client_id=1)
        try:
            return {key: element for key, element in board.elements().items() if not element.deleted}
        finally:
            board.close()

    def element(self, words: str) -> Element:
        """The one living element with these words."""
        (found,) = (element for element in self.elements().values() if element.text == words)
        return found

    def texts(self) -> list[str]:
        """The words of every living element, sorted."""
        return sorted(element.text or "" for element in self.elements().values())


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the screen."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def bottom_right(self) -> Point:
        return self.x + self.width, self.y + self.height


class MakeGathering(Protocol):
    """Makes a gathering on the session's server."""

    def __call__(self, *elements: Element, title: str = ...) -> OpenGathering: ...


class LetIn(Protocol):
    """Gives somebody a browser of their own at a gathering's address; they have not opened anything yet."""

    def __call__(self, gathering: OpenGathering, *, size: Size = ..., **options: Any) -> "Person": ...


# Not slotted, not compared: Playwright keeps its wrappers of our handlers on this object.
@dataclass(eq=False)
class Person:
    """One person at one browser.

    Attributes:
        complaints: What their pages did and should not have done.
        requests: The address of every request and WebSocket of theirs.
    """

    context: BrowserContext
    origin: str
    page: Page = field(init=False, repr=False)
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _tolerated: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(_LISTEN)
        self.context.on("request", self._requested)
        self.context.on("weberror", lambda error: self._complain(f"page error: {error.error}"))
        self.context.on("console", self._heard)
        self.new_page()

    # --- what is noticed ---

    def tolerate(self, pattern: str) -> None:
        """Expect complaints of one kind, such as those of a browser whose line is cut."""
        self._tolerated.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(pattern.search(line) for pattern in self._tolerated)]

    def _complain(self, line: str) -> None:
        self.complaints.append(line)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self._complain(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _requested(self, request: Request) -> None:
        self._went_to(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._went_to(socket.url.replace("ws", "http", 1))

    def _went_to(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self._complain(f"request to somebody else: {url}")

    # --- coming and going ---

    def new_page(self) -> Page:
        self.page = self.context.new_page()
        self.page.on("websocket", self._connected)
        return self.page

    def join(self, link: str, name: str, *, outline: bool = False) -> None:
        """Open a link, give a name, and wait until the board is there."""
        self.page.goto(link)
        self.page.get_by_label("What should people call you?").fill(name)
        if outline:
            self.page.get_by_role("button", name="I read with a screen reader or keyboard").click()
        else:
            self.page.get_by_role("button", name=re.compile("^(Join|Look in)$")).click()
        self.is_seated()

    def is_seated(self) -> None:
        # The board may lie under what is asked of them now.
        expect(self.page.get_by_role("toolbar", name="Tools", include_hidden=True)).to_be_attached()
        self.has_saved()

    # --- what is seen ---

    @property
    def pill(self) -> Locator:
        """The words beside the title that say whether work is safe."""
        return self.page.get_by_role("banner").get_by_role("paragraph")

    def has_saved(self) -> None:
        expect(self.pill).to_have_text(re.compile("Saved|Everything is saved"))

    @property
    def rows(self) -> Locator:
        return self.page.get_by_role("treeitem")

    def row(self, words: str) -> Locator:
        return self.rows.filter(has_text=words)

    def outline(self) -> list[str]:
        """What the outline shows, a line for each row."""
        return cast("list[str]", self.page.evaluate(_ROWS))

    def sees_outline(self, *lines: str) -> None:
        """Wait until the outline shows exactly these lines."""
        self.page.wait_for_function(f"(lines) => JSON.stringify(({_ROWS})()) === JSON.stringify(lines)", arg=lines)

    def sees(self, *words: str) -> None:
        """Wait until the outline has a row with each of these words."""
        for one in words:
            expect(self.row(one)).not_to_have_count(0)

    def hears(self, words: str | re.Pattern[str]) -> None:
        """Wait until a live region has said this, after whatever was last waited for."""
        self.page.wait_for_function(_HEARD, arg=words)

    # --- what is done ---

    def open_outline(self) -> None:
        button = self.page.get_by_role("banner").get_by_role("button", name="Outline")
        if button.get_attribute("aria-pressed") != "true":
            button.click()
        expect(self.page.get_by_role("heading", name="Outline")).to_be_visible()

    @property
    def actions(self) -> Locator:
        """What can be done to the row in focus in the outline."""
        return self.page.get_by_role("toolbar", name="Actions for")

    def quick_add(self, *texts: str) -> None:
        """Add notes one after the other in the field for that."""
        box = self.page.get_by_role("textbox", name="Add a note")
        for text in texts:
            box.fill(text)
            box.press("Enter")
            expect(box).to_have_value("")

    def rewrite(self, words: str, *, then: str) -> None:
        """Change a row's words in the outline to something else."""
        box = self.edit_row(words)
        box.fill(then)
        box.press("Enter")
        self.sees(then)

    def edit_row(self, words: str) -> Locator:
        """Open the field of a row in the outline."""
        row = self.row(words)
        row.click()
        row.press("Enter")
        box = self.page.get_by_role("textbox", name=re.compile("^Words of"))
        expect(box).to_be_focused()
        return box

    @property
    def board(self) -> Locator:
        return self.page.get_by_role("main", name="Board")

    @property
    def field(self) -> Locator:
        """The field for writing that lies over a thing on the board."""
        return self.board.get_by_role("textbox", name=re.compile("^Words of"))

    def thing(self, words: str) -> Locator:
        """A thing on the board, as assistive technology finds it: at its place, with its words in its name."""
        return self.board.get_by_role("option", name=re.compile(f": {re.escape(words)}"))

    def box(self, words: str) -> Box:
        """Where a thing is drawn, in page coordinates."""
        bounds = self.thing(words).bounding_box()
        assert bounds is not None, f"{words} is not on the board"
        return Box(bounds["x"], bounds["y"], bounds["width"], bounds["height"])

    def spot(self, x: float, y: float) -> Point:
        """A place on the board, from its top left corner, in page coordinates."""
        bounds = self.board.bounding_box()
        assert bounds is not None, "the board is not on the screen"
        return bounds["x"] + x, bounds["y"] + y

    def drag(self, start: Point, end: Point, *, keys: Sequence[str] = ()) -> None:
        """Drag with the mouse as a hand does: in several moves."""
        mouse, keyboard = self.page.mouse, self.page.keyboard
        for key in keys:
            keyboard.down(key)
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=6)
        mouse.up()
        for key in keys:
            keyboard.up(key)

    def click(self, point: Point, *, shift: bool = False) -> None:
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(*point)
        if shift:
            self.page.keyboard.up("Shift")

    def tap(self, point: Point) -> None:
        self.page.touchscreen.tap(*point)

    def touch(self, *paths: tuple[Point, Point]) -> None:
        """Draw with fingers, each from one point to another, all at the same time."""
        cdp = self.cdp()
        for share in range(7):
            fingers = [
                {
                    "id": number,
                    "x": start[0] + (end[0] - start[0]) * share / 6,
                    "y": start[1] + (end[1] - start[1]) * share / 6,
                }
                for number, (start, end) in enumerate(paths)
            ]
            cdp.send(
                "Input.dispatchTouchEvent", {"type": "touchMove" if share else "touchStart", "touchPoints": fingers}
            )
        cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        cdp.detach()

    def tab_to(self, name: str | re.Pattern[str]) -> Locator:
        """Go on with the Tab key until something with that name has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            focused = self.page.locator(":focus")
            if re.search(name, self.focus()):
                return focused
        raise AssertionError(f"{MOST_TABS} presses of Tab do not lead to {name}")

    def cdp(self) -> CDPSession:
        return self.context.new_cdp_session(self.page)

    def fits_its_width(self) -> None:
        """Nothing on the page reaches beyond the screen sideways."""
        size = self.page.viewport_size
        assert size is not None
        width = self.page.evaluate("() => document.documentElement.scrollWidth")
        assert width <= size["width"], f"the page is {width} px wide on a screen of {size['width']}"

    def focus(self) -> str:
        """What has the keyboard's focus, as it would be read: its name, or else its words. `body` means it is lost."""
        return cast("str", self.page.evaluate(_FOCUS))

    def has_kept_focus(self) -> None:
        assert self.focus() != "body", "the keyboard's focus is lost"

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path, animations="disabled")
