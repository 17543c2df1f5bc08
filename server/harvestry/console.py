"""What all commands share: options, settings, and one sentence for whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from .config import Settings
from .core.errors import DiskTrouble
from .edge.admin import sentence_of
from .edge.auth import DamagedKey
from .edge.occupancy import Occupied
from .edge.remote import Declined
from .edge.schema import NewerDatabase

__all__ = ["Data", "Failure", "Json", "run", "settings_of"]

T = TypeVar("T")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database and the key.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]


class Failure(Exception):
    """Something the person at the keyboard can mend; its text is one plain sentence."""


def settings_of(**given: object) -> Settings:
    """The settings, with what a command was given on top."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def run(settings: Settings, work: Coroutine[object, object, T]) -> T:
    """Do a command's work.

    Raises:
        Failure: If it cannot be done.
    """
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except OSError as error:
        raise Failure(f"The data folder {settings.data} cannot be used: {error.strerror or error}.") from error
    except DiskTrouble as error:
        raise Failure(f"The database {settings.database} cannot be used: {error}.") from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error))
        raise Failure(f"The database {settings.database} cannot be used: {reason}.") from error
    except (DamagedKey, NewerDatabase, Occupied) as error:
        raise Failure(f"{error}.") from error
    except Declined as error:
        raise Failure(str(error)) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:
        if (said := sentence_of(error)) is None:
            raise
        raise Failure(said[1]) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:
        return None  # Windows has none, and its own loop serves as well.
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory
