"""One real server for all interoperability tests, and a board of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from support.server import Gathering, ServerProcess

# The abandoned engine has no wheel for newer Pythons; where it is missing there is nothing to collect.
collect_ignore = [] if find_spec("y_py") else ["test_y_py.py"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("interop")) as server:
        yield server
        # Whatever was sent to it, nothing was a fault of the server's own.
        assert " ERROR " not in server.log()


@pytest.fixture
def gathering(server: ServerProcess) -> Gathering:
    return server.make_gathering()
