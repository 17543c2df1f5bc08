"""Each position of a log has a date, so that a board can be had as it was at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What is there by now was there from now on; when it came, nobody knows.
_NOW = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


def upgrade() -> None:
    for table in ("room_log", "snapshots"):
        op.add_column(table, sa.Column("at", sa.BigInteger, nullable=False, server_default="0"))
        op.execute(f"UPDATE {table} SET at = {_NOW}")  # noqa: S608 - both are written here


def downgrade() -> None:
    raise NotImplementedError("Harvestry goes back by restoring a backup, never by a migration.")
