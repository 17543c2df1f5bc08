"""Boards, links, seats, leases, authors, the log and its snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _board() -> sa.Column[str]:
    return sa.Column("board", sa.String(16), sa.ForeignKey("boards.id"), primary_key=True)


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "links",
        _board(),
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
    )
    op.create_table(
        "seats",
        _board(),
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("link", sa.String(12), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("hue", sa.Integer, nullable=False),
    )
    op.create_table(
        "leases",
        _board(),
        sa.Column("client", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.String(20), nullable=False),
    )
    op.create_table(
        "authors",
        _board(),
        sa.Column("element", sa.String(12), primary_key=True),
        sa.Column("holder", sa.String(20), nullable=False),
    )
    op.create_table(
        "room_log",
        _board(),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(1), nullable=False),
        sa.Column("crc32", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "snapshots",
        _board(),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("Harvestry goes back by restoring a backup, never by a migration.")
