"""Links that take no newcomers any more, and short codes for links."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("links", sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "codes",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("board", sa.String(16), sa.ForeignKey("boards.id"), nullable=False),
        sa.Column("link", sa.String(12), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("Harvestry goes back by restoring a backup, never by a migration.")
