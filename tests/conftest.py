"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harvestry.app import STATIC
from harvestry.edge.client import NativeClient
from support.server import Gathering, ServerProcess

# A machine that has much else to do takes its time; what never comes is found all the same.
NativeClient.patience_s = 60.0


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests that only need a gathering of their own."""
    with ServerProcess(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="session")
def client_build() -> Path:
    """The folder of the built web client, which `run.py` makes before it runs the tests."""
    if not (STATIC / "index.html").is_file():
        pytest.fail("the web client has not been built: python3 run.py test builds it")
    return STATIC


@pytest.fixture
def gathering(server: ServerProcess) -> Gathering:
    """A fresh gathering on the shared server."""
    return server.make_gathering()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Starts servers with settings of their own; whatever still runs at the end is stopped."""
    with ExitStack() as stack:

        def start(*, client: bool = False, folder: Path = tmp_path, **settings: object) -> ServerProcess:
            return stack.enter_context(ServerProcess(folder, settings=settings, client=client))

        yield start
