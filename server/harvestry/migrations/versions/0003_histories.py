"""Histories that are replaced: retired clientIDs, and the list of what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retired",
        sa.Column("board", sa.String(16), sa.ForeignKey("boards.id"), primary_key=True),
        sa.Column("client", sa.BigInteger, primary_key=True, autoincrement=False),
        # Small rows, found by their key alone.
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasures",
        sa.Column("board", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("target", sa.String(12), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("Harvestry goes back by restoring a backup, never by a migration.")
