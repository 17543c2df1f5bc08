"""Boards say how far their log goes, and checksums cover a row's place."""

import hashlib
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HEADS = """
UPDATE boards SET head = coalesce((
    SELECT max(seq) FROM (SELECT seq, board FROM room_log UNION ALL SELECT seq, board FROM snapshots)
    WHERE board = boards.id
), 0)
"""


def upgrade() -> None:
    op.add_column("boards", sa.Column("head", sa.BigInteger, nullable=False, server_default="0"))
    db = op.get_bind()
    db.execute(sa.text(_HEADS))
    # Only what was sound by the old checksum is by the new one.
    for row in db.execute(sa.text("SELECT board, seq, epoch, crc32, body FROM room_log")).all():
        if row.crc32 == zlib.crc32(row.body):
            place = zlib.crc32(f"{row.board} {row.epoch} {row.seq}".encode())
            change = sa.text("UPDATE room_log SET crc32 = :sum WHERE board = :board AND seq = :seq")
            db.execute(change, {"sum": zlib.crc32(row.body, place), "board": row.board, "seq": row.seq})
    for row in db.execute(sa.text("SELECT board, seq, epoch, sha256, state FROM snapshots")).all():
        if row.sha256 == hashlib.sha256(row.state).digest():
            begins = f"{row.board} {row.epoch} {row.seq} ".encode()
            change = sa.text("UPDATE snapshots SET sha256 = :sum WHERE board = :board AND seq = :seq")
            digest = hashlib.sha256(begins + row.state).digest()
            db.execute(change, {"sum": digest, "board": row.board, "seq": row.seq})


def downgrade() -> None:
    raise NotImplementedError("Harvestry goes back by restoring a backup, never by a migration.")
