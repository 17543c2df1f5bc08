"""What a browser fetches before it shows anything: the page, its scripts and its styles."""

import gzip
from html.parser import HTMLParser
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "server" / "harvestry" / "static"

# About four seconds on the slow side of a mobile network, all in all; fonts come after the first words.
MOST_BYTES = 120_000


class Page(HTMLParser):
    """Notes what a page asks for by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and (source := values.get("src")):
            self.files.append(source)
        if tag == "link" and values.get("rel") in ("modulepreload", "stylesheet") and (target := values.get("href")):
            self.files.append(target)


def gzipped_bytes(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_first_load_is_small() -> None:
    index = STATIC / "index.html"
    if not index.is_file():
        pytest.fail("The client is not built; run `python3 run.py build`.")
    page = Page()
    page.feed(index.read_text("utf-8"))
    assert any(name.endswith(".js") for name in page.files)
    assert any(name.endswith(".css") for name in page.files)
    sizes = {name: gzipped_bytes(STATIC / name.lstrip("/")) for name in ["index.html", *page.files]}
    total = sum(sizes.values())
    assert total <= MOST_BYTES, f"{total:,} bytes: {sizes}"
