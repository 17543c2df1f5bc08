"""The tables, for SQLAlchemy Core; `migrations/` brings a database to this shape, and a test says so."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, false

__all__ = [
    "authors",
    "boards",
    "codes",
    "erasures",
    "happenings",
    "leases",
    "links",
    "log",
    "metadata",
    "retired",
    "seats",
    "snapshots",
    "vault",
]

metadata = MetaData()


def _board() -> Column[str]:
    return Column("board", String(16), ForeignKey("boards.id"), primary_key=True)


boards = Table(
    "boards",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=false()),
    # The last position of the log, so that an end that is missing is missed.
    Column("head", BigInteger, nullable=False, server_default="0"),
)

links = Table(
    "links",
    metadata,
    _board(),
    Column("id", String(12), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
    # It takes no newcomers any more; the seats it made stay.
    Column("closed", Boolean, nullable=False, server_default=false()),
)

# What can be typed instead of a link, for a while; only a keyed hash of it is here.
codes = Table(
    "codes",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("board", String(16), ForeignKey("boards.id"), nullable=False),
    Column("link", String(12), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

seats = Table(
    "seats",
    metadata,
    _board(),
    Column("id", String(12), primary_key=True),
    Column("link", String(12), nullable=False),
    Column("name", String(60), nullable=False),
    Column("hue", Integer, nullable=False),
    # What a host made of them; none for what their link says.
    Column("role", String(16), nullable=True),
    Column("removed", Boolean, nullable=False, server_default=false()),
)

# What happened in a gathering, for as long as the board is kept; `seq` is where the board's log was then.
happenings = Table(
    "happenings",
    metadata,
    _board(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("crc32", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# What of a gathering can be forgotten: sealed notes, ballots. Without row ids, so that no order tells what came when.
vault = Table(
    "vault",
    metadata,
    _board(),
    Column("kind", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Whose a Yjs clientID is. `holder` is a seat's id, `link:<id>` or `server`.
leases = Table(
    "leases",
    metadata,
    _board(),
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("holder", String(20), nullable=False),
)

# clientIDs of earlier epochs: nobody ever writes under them again.
retired = Table(
    "retired",
    metadata,
    _board(),
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# What was erased, by id alone. It outlives its board, so that no backup brings one back.
erasures = Table(
    "erasures",
    metadata,
    Column("board", String(16), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("target", String(12), primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Who made an element; kept outside the document, because a client could forge it there.
authors = Table(
    "authors",
    metadata,
    _board(),
    Column("element", String(12), primary_key=True),
    Column("holder", String(20), nullable=False),
)

# `kind` is 'u' for an update of the board.
log = Table(
    "room_log",
    metadata,
    _board(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("kind", String(1), nullable=False),
    Column("crc32", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # When it came, in Unix milliseconds.
    Column("at", BigInteger, nullable=False, server_default="0"),
)

snapshots = Table(
    "snapshots",
    metadata,
    _board(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("state", LargeBinary, nullable=False),
    # When the last update in it came.
    Column("at", BigInteger, nullable=False, server_default="0"),
)
