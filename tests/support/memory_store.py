"""The `Store` port in memory: what a test uses that is not about disks. The contract tests hold it to the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harvestry.core.access import BoardId, Holder, LinkId, Role, SeatId
from harvestry.core.keeping import Position, cut
from harvestry.core.ports import (
    Bearer,
    Entry,
    Erasure,
    History,
    Keeping,
    LinkRecord,
    NewBoard,
    Rebuilt,
    Recalled,
    SeatRecord,
    Stale,
    StoredBoard,
    Summary,
)
from harvestry_crdt import DamagedBoard

__all__ = ["MemoryStore"]


@dataclass
class _Shelf:
    title: str
    log: dict[int, bytes]
    # When each position was reached, of the log and of snapshots.
    dates: dict[int, int] = field(default_factory=dict)
    locked: bool = False
    snapshots: dict[int, bytes] = field(default_factory=dict)
    leases: dict[int, Holder] = field(default_factory=dict)
    authors: dict[str, Holder] = field(default_factory=dict)
    links: dict[LinkId, LinkRecord] = field(default_factory=dict)
    seats: dict[SeatId, SeatRecord] = field(default_factory=dict)
    epoch: int = 1
    retired: frozenset[int] = frozenset()
    erasures: list[Erasure] = field(default_factory=list)
    happenings: list[bytes] = field(default_factory=list)
    vault: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def require_epoch(self, epoch: int) -> None:
        if epoch != self.epoch:
            raise Stale("another epoch")

    @property
    def seq(self) -> int:
        return max([0, *self.log, *self.snapshots])


class MemoryStore:
    """Boards for as long as the test runs.

    Attributes:
        fails: Set, every write fails with it.
    """

    def __init__(self) -> None:
        self._shelves: dict[BoardId, _Shelf] = {}
        self._codes: dict[bytes, tuple[BoardId, LinkId, int]] = {}
        self._removed: dict[BoardId, list[Erasure]] = {}
        self.fails: Exception | None = None

    async def create(self, board: NewBoard) -> None:
        self._writing()
        if board.board in self._shelves:
            raise ValueError("there is such a board already")
        shelf = _Shelf(board.title, dict(enumerate(board.updates, start=1)), happenings=list(board.happenings))
        shelf.dates = dict.fromkeys(shelf.log, board.created_at * 1_000)
        shelf.links = {link.id: link for link in board.links}
        self._shelves[board.board] = shelf

    async def summary(self, board: BoardId) -> Summary | None:
        shelf = self._shelves.get(board)
        return None if shelf is None else Summary(board, shelf.title, shelf.epoch)

    async def load(self, board: BoardId) -> StoredBoard | None:
        shelf = self._shelves.get(board)
        if shelf is None:
            return None
        base = max(shelf.snapshots, default=0)
        after = sorted(seq for seq in shelf.log if seq > base)
        if after != list(range(base + 1, base + 1 + len(after))):
            raise DamagedBoard(f"board {board}: the log has a hole")
        holders = {*shelf.leases.values(), *shelf.authors.values()}
        return StoredBoard(
            board=board,
            title=shelf.title,
            epoch=shelf.epoch,
            seq=base + len(after),
            snapshot_seq=base,
            state=shelf.snapshots.get(base),
            updates=[shelf.log[seq] for seq in after],
            leases=dict(shelf.leases),
            authors=dict(shelf.authors),
            seats={seat.id: seat.name for seat in shelf.seats.values() if seat.id in holders},
            retired=shelf.retired,
            locked=shelf.locked,
            happenings=tuple(shelf.happenings),
            vault=dict(shelf.vault),
            at=max(shelf.dates.values(), default=0),
        )

    async def history(self, board: BoardId, *, until: int) -> History:
        shelf = self._shelves[board]
        base = max((seq for seq in shelf.snapshots if seq <= until), default=0)
        if any(seq not in shelf.log for seq in range(base + 1, until + 1)):
            raise DamagedBoard(f"board {board}: the log has a hole")
        return History(shelf.snapshots.get(base), [shelf.log[seq] for seq in range(base + 1, until + 1)])

    async def recall(self, board: BoardId, *, at: int | None) -> Recalled:
        shelf = self._shelves[board]
        oldest = 1 if 1 in shelf.log else min(shelf.snapshots, default=0)
        if not oldest:
            return Recalled(None, None)
        since = shelf.dates[oldest]
        if at is None or at < since:
            return Recalled(since, None)
        reached = max(seq for seq, date in shelf.dates.items() if date <= at)
        return Recalled(since, await self.history(board, until=reached))

    async def append(self, entry: Entry) -> None:
        self._writing()
        shelf = self._shelves[entry.board]
        shelf.require_epoch(entry.epoch)
        if (entry.update is not None and entry.seq in shelf.log) or entry.leases.keys() & shelf.leases.keys():
            raise ValueError("there is such an entry already")
        if entry.update is not None:
            shelf.log[entry.seq] = entry.update
            shelf.dates[entry.seq] = entry.at
        shelf.leases |= entry.leases
        shelf.authors |= entry.authors
        for seat, name in entry.renames.items():
            shelf.seats[seat] = replace(shelf.seats[seat], name=name)
        shelf.happenings += entry.happenings
        for key, body in entry.vault.items():
            shelf.vault.pop(key, None)
            if body is not None:
                shelf.vault[key] = body
        for fresh in entry.seats:
            link = LinkRecord(fresh.link, entry.board, Role.PARTICIPANT, entry.at // 1_000, closed=True)
            shelf.links.setdefault(fresh.link, link)
            role = None if fresh.role is Role.PARTICIPANT else fresh.role
            hue = len(shelf.seats) % 8
            shelf.seats[fresh.id] = SeatRecord(fresh.id, entry.board, fresh.link, fresh.name, hue, role)
        for seat, role in entry.roles.items():
            shelf.seats[seat] = replace(shelf.seats[seat], role=role)
        for seat, fresh in entry.removed.items():
            shelf.seats[seat] = replace(shelf.seats[seat], removed=True)
            link = shelf.links[shelf.seats[seat].link]
            if not (link.closed or link.revoked):
                shelf.links[link.id] = replace(link, closed=True)
                shelf.links[fresh.id] = LinkRecord(fresh.id, entry.board, link.role, fresh.created_at)
        if entry.ends_codes:
            self._codes = {hash: code for hash, code in self._codes.items() if code[0] != entry.board}
        if entry.title is not None:
            shelf.title = entry.title
        if entry.locked is not None:
            shelf.locked = entry.locked

    async def replace(self, rebuilt: Rebuilt) -> None:
        self._writing()
        shelf = self._shelves[rebuilt.board]
        if (shelf.epoch, shelf.seq) != rebuilt.after:
            raise Stale("the board has gone on")
        shelf.retired |= rebuilt.retired | shelf.leases.keys()
        shelf.dates = {shelf.seq + 1: max(shelf.dates.values(), default=0)}
        shelf.snapshots, shelf.log = {shelf.seq + 1: rebuilt.state}, {}
        shelf.epoch, shelf.title, shelf.leases = rebuilt.epoch, rebuilt.title, {}
        shelf.authors = dict(rebuilt.authors)
        shelf.vault = {key: body for key, body in shelf.vault.items() if key not in rebuilt.rows}
        shelf.vault |= {key: body for key, body in rebuilt.pruned.items() if key in shelf.vault}
        shelf.links = {link.id: link for link in rebuilt.links} | shelf.links
        seats = {seat.id: seat for seat in rebuilt.seats} | shelf.seats
        shelf.seats = {seat: record for seat, record in seats.items() if seat not in rebuilt.forgotten}
        shelf.erasures += rebuilt.erasures

    async def save_snapshot(
        self, board: BoardId, *, epoch: int, seq: int, state: bytes, keeping: Keeping | None = None
    ) -> None:
        self._writing()
        shelf = self._shelves[board]
        shelf.require_epoch(epoch)
        shelf.snapshots[seq] = state
        positions = [
            Position(at, shelf.dates.get(at, 0), len(state), sum(len(shelf.log[seq]) for seq in shelf.log if seq > at))
            for at, state in sorted((({0: b""} if 1 in shelf.log else {}) | shelf.snapshots).items())
        ]
        if (found := cut(positions, keeping)) is not None:
            base, gone = found
            shelf.snapshots = {seq: state for seq, state in shelf.snapshots.items() if seq not in gone}
            shelf.log = {seq: update for seq, update in shelf.log.items() if seq > base}
            shelf.dates = {seq: at for seq, at in shelf.dates.items() if seq >= base}

    async def links(self, board: BoardId) -> Sequence[LinkRecord]:
        return sorted(self._shelves[board].links.values(), key=lambda link: (link.created_at, link.id))

    async def link(self, board: BoardId, link: LinkId) -> LinkRecord | None:
        return self._shelves[board].links.get(link)

    async def add_link(self, link: LinkRecord) -> None:
        self._writing()
        self._shelves[link.board].links[link.id] = link

    async def revoke_link(self, board: BoardId, link: LinkId) -> bool:
        self._writing()
        links = self._shelves[board].links
        if link not in links:
            return False
        links[link] = replace(links[link], revoked=True)
        return True

    async def set_code(self, link: LinkRecord, hash: bytes, *, expires_at: int) -> bool:
        self._writing()
        if hash in self._codes:
            return False
        others = {hash: code for hash, code in self._codes.items() if code[:2] != (link.board, link.id)}
        self._codes = {**others, hash: (link.board, link.id, expires_at)}
        return True

    async def link_of_code(self, hash: bytes, *, now: int) -> LinkRecord | None:
        board, id, expires_at = self._codes.get(hash, (BoardId(""), LinkId(""), 0))
        link = self._shelves[board].links[id] if expires_at > now else None
        return None if link is None or link.revoked or link.closed else link

    async def seat(self, board: BoardId, seat: SeatId) -> SeatRecord | None:
        return self._shelves[board].seats.get(seat)

    async def bearer(self, board: BoardId, *, link: LinkId | None, seat: SeatId | None) -> Bearer | None:
        shelf = self._shelves.get(board)
        if shelf is None:
            return None
        sat = None if seat is None else shelf.seats.get(seat)
        follows = link if sat is None else sat.link
        return Bearer(None if follows is None else shelf.links.get(follows), sat)

    async def add_seat(self, board: BoardId, *, seat: SeatId, link: LinkId, name: str, most: int) -> SeatRecord | None:
        self._writing()
        seats = self._shelves[board].seats
        by = self._shelves[board].links.get(link)
        if len(seats) >= most or by is None or by.closed or by.revoked:
            return None
        seats[seat] = SeatRecord(seat, board, link, name, len(seats) % 8)
        return seats[seat]

    async def count_seats(self, board: BoardId) -> int:
        return len(self._shelves[board].seats)

    async def boards(self) -> Sequence[Summary]:
        return [Summary(board, shelf.title, shelf.epoch) for board, shelf in self._shelves.items()]

    async def size(self, board: BoardId) -> int:
        shelf = self._shelves[board]
        return sum(map(len, [*shelf.log.values(), *shelf.snapshots.values()]))

    async def erasures(self) -> Mapping[BoardId, Sequence[Erasure]]:
        of_living = {board: shelf.erasures for board, shelf in self._shelves.items() if shelf.erasures}
        return {board: list(erasures) for board, erasures in (of_living | self._removed).items()}

    async def remove(self, board: BoardId, erasure: Erasure) -> None:
        self._writing()
        self._removed[board] = [*self._shelves.pop(board).erasures, erasure]

    async def tidy(self, *, thoroughly: bool) -> bool:
        self._writing()
        return True

    async def ping(self) -> None:
        if self.fails is not None:
            raise self.fails

    async def recover(self) -> None:
        self._writing()

    def _writing(self) -> None:
        if self.fails is not None:
            raise self.fails
