"""The way in for edits: role, gate, leases, policy, authorship; what passes waits in a batch for the next commit.

A receipt covers every edit up to its number. So an edit that cannot be taken yet, because something before it is
missing, holds back the receipts of everything after it.
"""

from __future__ import annotations

from harvestry_crdt import Board, Edit, GateError, MissingPredecessor, named_clients

from . import yprotocol
from .access import Capability, Holder, allows
from .batch import Batch
from .errors import CloseCode, PeerError, Refusal
from .leases import Leases
from .limits import Limits
from .presence import Door, Member
from .protocol import Refused, Resync, encode
from .tally import Tally

__all__ = ["Admission"]

# What a parked edit costs beside its bytes.
_PARKED_OVERHEAD = 64


class Admission:
    """Admits edits to one board.

    Attributes:
        authors: Who made each element, as far as it is durable.
        pending: What waits for the next commit.
    """

    def __init__(self, board: Board, leases: Leases, authors: dict[str, Holder], limits: Limits, tally: Tally) -> None:
        self._board = board
        self._leases = leases
        self._limits = limits
        self._tally = tally
        self.authors = authors
        self._unborn: dict[str, Holder] = {}
        self.pending = Batch()

    def handle(self, member: Member, cseq: int, update: bytes) -> bytes | None:
        """Take an edit, refuse it, or keep it until its predecessor has come.

        Args:
            member: Whose it is.
            cseq: Its number; 0 at the stock door, which knows no receipts.
            update: Its bytes, as they came.

        Returns:
            A frame to answer with at once; None if there is nothing to say before the commit.

        Raises:
            PeerError: If the connection is to end.
        """
        self._tally.edits += 1
        if not allows(member.identity.role, Capability.EDIT):
            if member.door is Door.STOCK:
                self._tally.refused["role"] += 1
                return None
            member.refused = ("role", "You can look at this board, but not change it.")
        if member.refused is not None:
            self._tally.refused[member.refused[0]] += 1
            return encode(Refused(cseq, *member.refused))
        try:
            self._take(member, update)
            if not member.parked:
                self._receipt(member, cseq)
                return None
            member.taken_ahead = max(member.taken_ahead, cseq)
            return self._unpark(member)
        except MissingPredecessor as gap:
            return self._park(member, cseq, update, gap)
        except Refusal as refusal:
            if member.door is Door.STOCK:
                self._tally.refused[refusal.code] += 1
                raise PeerError(CloseCode.BAD_UPDATE, f"refused: {refusal.code}") from refusal
            return self._refuse(member, cseq, refusal)

    def hand_over(self) -> Batch:
        """The batch that waits; a new one begins."""
        batch, self.pending = self.pending, Batch()
        return batch

    def made_durable(self, batch: Batch) -> None:
        """The batch is on disk."""
        self.authors.update(batch.authors)
        for element in batch.authors:
            del self._unborn[element]

    def _take(self, member: Member, update: bytes) -> None:
        """Admit one update to the pending batch.

        Raises:
            MissingPredecessor: If something before it is missing.
            PeerError: If it is not an update this member may send.
            Refusal: If it is, but not granted.
        """
        edit = self._inspect(update)
        if edit.is_empty:
            return
        holder = member.identity.holder
        try:
            leases = self._leases.claim(edit.client_ids, holder)
        except PeerError:
            self._tally.refused["forged"] += 1
            raise
        if len(member.client_ids.union(edit.client_ids)) > self._limits.max_connection_client_ids:
            self._tally.refused["clients"] += 1
            raise PeerError(CloseCode.BAD_UPDATE, "too many clientIDs on one connection")
        if not allows(member.identity.role, Capability.TITLE) and any(o.action == "meta" for o in edit.operations):
            raise Refusal("role", "Only a host can change the title.")
        self._board.admit(edit)
        member.client_ids.update(edit.client_ids)
        self._leases.grant(leases)
        self.pending.leases.update(leases)
        if leases and member.identity.seat is not None:
            self.pending.writers[holder] = member.identity.name
        for operation in edit.operations:
            element = operation.element
            if operation.action == "create" and element is not None:
                self._sign(element, holder)
        self.pending.edits += 1
        self.pending.size += len(update)

    def _inspect(self, update: bytes) -> Edit:
        try:
            return self._board.inspect(update)
        except GateError as error:
            # An old copy of a board that was rebuilt looks like a gap, or like a board upon a board.
            self._leases.require_current(named_clients(update))
            if isinstance(error, MissingPredecessor):
                raise
            self._tally.refused[error.code] += 1
            raise PeerError(CloseCode.BAD_UPDATE, f"{error.code}: {error.reason}") from error

    def _sign(self, element: str, holder: Holder) -> None:
        if element not in self.authors and element not in self._unborn:
            self._unborn[element] = self.pending.authors[element] = holder

    def _park(self, member: Member, cseq: int, update: bytes, gap: MissingPredecessor) -> bytes | None:
        """Keep an edit until what comes before it has arrived; asks for that once."""
        if member.door is Door.STOCK:
            return yprotocol.encode_step1(gap.state_vector)
        member.parked.append((cseq, update))
        if sum(len(kept) + _PARKED_OVERHEAD for _, kept in member.parked) > self._limits.max_parked_bytes:
            raise PeerError(CloseCode.TRY_LATER, "too much waits for an edit that is missing")
        return encode(Resync(gap.state_vector)) if len(member.parked) == 1 else None

    def _unpark(self, member: Member) -> bytes | None:
        """Something was taken: perhaps it is what the parked edits wait for. A frame, if one of them is refused."""
        while member.parked:
            cseq, update = member.parked[0]
            try:
                self._take(member, update)
            except MissingPredecessor:
                return None
            except Refusal as refusal:
                return self._refuse(member, cseq, refusal)
            member.parked.pop(0)
            self._receipt(member, cseq)
        self._receipt(member, member.taken_ahead)
        member.taken_ahead = 0
        return None

    def _refuse(self, member: Member, cseq: int, refusal: Refusal) -> bytes:
        """Say that this edit was refused, which is not always the one that has just come."""
        member.refused = (refusal.code, refusal.message)
        self._tally.refused[refusal.code] += 1
        member.parked.clear()
        return encode(Refused(cseq, *member.refused))

    def _receipt(self, member: Member, cseq: int) -> None:
        if cseq:
            self.pending.receipt(member.conn, cseq)
