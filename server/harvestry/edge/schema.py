"""Bringing a database to the current schema, on one connection and in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from harvestry.core.errors import HarvestryError

__all__ = ["NewerDatabase", "upgrade"]

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


class NewerDatabase(HarvestryError):
    """A later Harvestry has been at work here, and this one does not know what it did."""


def upgrade(engine: Engine) -> None:
    """Run the migrations the database has not seen.

    Args:
        engine: Its transactions take the write lock at once, so that two processes do not migrate together.

    Raises:
        NewerDatabase: If it has seen one that does not exist here.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
            raise NewerDatabase("The database belongs to a newer version of Harvestry; install that one")
        command.upgrade(config, "head")
