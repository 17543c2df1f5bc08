"""Commands of the program, run in the test's own process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from harvestry.cli import main

__all__ = ["Fail", "Finished", "Run", "failure", "run"]


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Finished]
Fail = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process."""

    def runner(*arguments: object, **settings: object) -> Finished:
        monkeypatch.setattr("harvestry.log.set_up", lambda _: None)  # pytest's own handlers stay.
        monkeypatch.setattr(sys, "argv", ["harvestry", *map(str, arguments)])
        for name, value in settings.items():
            monkeypatch.setenv(f"HARVESTRY_{name.upper()}", str(value))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Finished(code if isinstance(code, int) else 0, captured.out, captured.err)

    return runner


@pytest.fixture
def failure(run: Run) -> Fail:
    """Runs a command that cannot do its work: one sentence on stderr, nothing on stdout. Returns the sentence."""

    def runner(*arguments: object, **settings: object) -> str:
        finished = run(*arguments, **settings)
        assert (finished.returncode, finished.stdout) == (1, "")
        (line,) = finished.stderr.splitlines()
        assert line.endswith(".")
        return line

    return runner
