"""The way in for edits: role, gate, leases, policy, authorship; what passes waits in a batch for the next commit.

A receipt covers every edit up to its number. So an edit that cannot be taken yet, because something before it is
missing, holds back the receipts of everything after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, TypeVar

from harvestry_crdt import Board, Edit, GateError, MissingPredecessor, Operation, named_clients

from . import yprotocol
from .access import Holder, Role
from .batch import Batch
from .errors import CloseCode, PeerError, Refusal
from .grounds import Grounds
from .leases import SERVER, Leases
from .limits import Limits
from .locks import Locks
from .mode import mode_of
from .policy import ONLY_LOOKS, Actor, Allow, Code, Headroom, Neutralise, Refuse, State, Unborn, judge, takes_room
from .presence import Door, Member
from .protocol import ConnId, Neutralised, Packed, Refused, Resync, encode
from .quotas import Quotas
from .tally import Tally

__all__ = ["Admission"]

K = TypeVar("K")
V = TypeVar("V")

_ACTORS: Final = {role: Actor(role) for role in Role}
# What a parked edit costs beside its bytes.
_PARKED_OVERHEAD = 64
# A parked edit that is read again and still lacks something costs an edit for each so many bytes.
_BYTES_AN_EDIT = 1_024
# Words that are put back, in UTF-16 units, and cost as much as an edit.
_UNITS_AN_EDIT = 256
# Elements whose making was undone, and edits that were, are remembered up to these numbers, the oldest forgotten first.
_MOST_UNDONE = 4_096
_MOST_TOLD = 1_024


class Admission:
    """Admits edits to one board.

    Args:
        client_id: What the server writes under in this process.
        locked: Whether only hosts may edit.
        size: How many bytes the board takes at most.

    Attributes:
        authors: Who made each element, as far as it is durable.
        grounds: The regions of the board, and what the gathering allows in them.
        pending: What waits for the next commit.
        labour: What putting back, and reading parked edits again, has cost that is not yet charged, in edits.
    """

    def __init__(
        self,
        board: Board,
        leases: Leases,
        authors: dict[str, Holder],
        limits: Limits,
        tally: Tally,
        *,
        client_id: int,
        locked: bool,
        size: int,
    ) -> None:
        self._board = board
        self._client_id = client_id
        self._has_written = False
        self._mode = mode_of(locked=locked)
        self._locks = Locks(board)
        self.grounds = Grounds(board, author_of=self.author_of, authors=self._signed)
        self._undone: dict[Unborn, Code] = {}
        # Fields of cards among them, until the commit that undoes them begins, and after that.
        self._fields: list[Unborn] = []
        self._gone: dict[Unborn, Code] = {}
        self._told: dict[tuple[int, int], Mapping[Code, tuple[str, ...]]] = {}
        self.labour = 0
        self._told_again: set[tuple[ConnId, int, int]] = set()
        self._leases = leases
        self._limits = limits
        self._tally = tally
        self.authors = authors
        self._packed_authors: Packed | None = None
        self._unborn: dict[str, Holder] = {}
        self.pending = Batch()
        self._quotas = Quotas(board, limits, leases, author_of=self.author_of, size=size)

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
        # Whoever may not edit at all is not worth an inspection.
        if not _ACTORS[member.identity.role].edits:
            if member.door is Door.STOCK:
                self._tally.refused[ONLY_LOOKS.code] += 1
                return None
            member.refused = (ONLY_LOOKS.code, ONLY_LOOKS.message)
        if member.refused is not None:
            self._tally.refused[member.refused[0]] += 1
            return encode(Refused(cseq, *member.refused))
        try:
            self._take(member, cseq, update)
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

    def packed_authors(self) -> Packed:
        """`authors` for the wire, encoded once until it changes."""
        if self._packed_authors is None:
            self._packed_authors = Packed.of(self.authors)
        return self._packed_authors

    def hand_over(self) -> Batch:
        """The batch that waits, to be committed at once; a new one begins."""
        self._locks.applied()
        self.grounds.applied()
        self._quotas.applied()
        for field in self._fields:
            # Its name is free again.
            if (code := self._undone.pop(field, None)) is not None:
                _remember(self._gone, field, code, _MOST_UNDONE)
        self._fields.clear()
        self._told_again.clear()
        batch, self.pending = self.pending, Batch()
        return batch

    def made_durable(self, batch: Batch) -> None:
        """The batch is on disk."""
        if batch.authors:
            self.authors.update(batch.authors)
            self._packed_authors = None
        for element in batch.authors:
            del self._unborn[element]

    def lock(self, locked: bool) -> None:
        """Only hosts may edit from now on, or everybody again."""
        self._mode = mode_of(locked=locked)
        self.pending.locked = locked

    def server_writes(self) -> None:
        """The server writes to the board: its clientID is nobody else's, not even after a restart."""
        if not self._has_written:
            self.pending.leases[self._client_id] = SERVER
            self._has_written = True

    def waits_for_resend(self, member: Member, cseq: int) -> bool:
        """Whether an edit has to be passed over, because the member does not know yet that earlier ones were.

        A receipt covers every edit up to its number. So nothing is taken until the numbers go back: then the member
        has heard that the board can be saved again, and sends everything once more.
        """
        if not member.passed_over:
            return False
        goes_back = cseq <= member.passed_over
        member.passed_over = 0 if goes_back else cseq
        return not goes_back

    def pass_over(self, member: Member, cseq: int) -> None:
        """An edit was not taken in, and has to come again."""
        member.passed_over = max(member.passed_over, cseq)

    def abandon(self, failed: Batch | None, members: Iterable[Member]) -> list[tuple[ConnId, int]]:
        """Forget everything that waits for a commit, after one failed.

        Returns:
            The commands in it, as connection and number.
        """
        batches = [batch for batch in (failed, self.hand_over()) if batch is not None]
        for member in members:
            waiting = [batch.receipts.get(member.conn, 0) for batch in batches]
            self.pass_over(member, max(*waiting, member.taken_ahead, *(cseq for cseq, _ in member.parked)))
            member.parked.clear()
            member.taken_ahead = 0
        return [(conn, result.n) for batch in batches for conn, result in batch.answers]

    def _take(self, member: Member, cseq: int, update: bytes) -> None:
        """Admit one update to the pending batch, and undo what is not allowed of it.

        Raises:
            MissingPredecessor: If something before it is missing.
            PeerError: If it is not an update this member may send.
            Refusal: If it is, but not granted.
        """
        edit = self._inspect(update)
        if edit.is_empty:
            self._tell_again(member, cseq, edit)
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
        operations: Sequence[Operation] = edit.operations
        actor = _ACTORS[member.identity.role]
        verdict = judge(actor, operations, self._state(actor, holder, operations))
        match verdict:
            case Allow():
                self._board.admit(edit)
            case Neutralise(undo, told):
                self._neutralise(edit, verdict)
                self._tally.neutralised.update(code.value for code in told)
                if cseq:
                    self._tell(member, cseq, told)
                    for client, _, end in edit.spans():
                        _remember(self._told, (client, end), told, _MOST_TOLD)
                operations = _left(operations, undo)
            case Refuse(code, message):
                raise Refusal(code, message)
        member.client_ids.update(edit.client_ids)
        self._leases.grant(leases)
        self.pending.leases.update(leases)
        if leases and member.identity.seat is not None:
            self.pending.writers[holder] = member.identity.name
        self._locks.admitted(operations)
        self.grounds.admitted(operations, settled=edit.is_settled and isinstance(verdict, Allow))
        for operation in operations:
            element = operation.element
            if operation.action == "create" and element is not None:
                self.sign(element, holder)
                self._undone.pop((element, None), None)
        self._quotas.admitted(holder, operations)
        self.pending.edits += 1
        self.pending.size += len(update)

    def _state(self, actor: Actor, holder: Holder, operations: Sequence[Operation]) -> State:
        """What an edit of somebody's is judged by, right now."""
        permit = self.grounds.permit(actor.role, holder, operations, self._locks)
        if not any(map(takes_room, operations)):
            return State(self._mode, self._locks, self._undone, gone=self._gone, permit=permit)
        seat = Headroom() if actor.leads else self._quotas.seat_left(holder, operations)
        return State(self._mode, self._locks, self._undone, seat, self._quotas.board_left(), self._gone, permit)

    def author_of(self, element: str) -> Holder | None:
        """Who made an element, on disk or about to be; None if nobody's name is with it."""
        return self.authors.get(element) or self._unborn.get(element)

    def _signed(self) -> Iterable[tuple[str, Holder]]:
        return chain(self.authors.items(), self._unborn.items())

    def grown(self, size: int) -> None:
        """A commit of so many bytes is on disk."""
        self._quotas.grown(size)

    def filling(self) -> tuple[str, int] | None:
        """What of the board's room is nearly taken, and to how many per cent; None while there is plenty."""
        return self._quotas.filling()

    def _neutralise(self, edit: Edit, verdict: Neutralise) -> None:
        unborn = self._board.admit(edit, undo=verdict.undo)
        if verdict.undo:
            self.server_writes()
            self.labour += sum(map(_labour, verdict.undo))
            self._quotas.undone(sum(key is None for _, key in unborn))
        for element, key in unborn:
            code = next((code for code, elements in verdict.told.items() if element in elements), None)
            if code is not None:
                _remember(self._undone, (element, key), code, _MOST_UNDONE)
                if key is not None:
                    self._fields.append((element, key))

    def _tell(self, member: Member, cseq: int, told: Mapping[Code, tuple[str, ...]]) -> None:
        """Have the author told with the commit; a stock client sees its edit undone, and that is all it knows."""
        for code, elements in told.items():
            notice = Neutralised(cseq, code.value, self.grounds.say(code), elements)
            self.pending.neutralised.append((member.conn, notice))

    def _tell_again(self, member: Member, cseq: int, edit: Edit) -> None:
        """An edit that is known already: its author may have left before they heard what became of it."""
        if not (cseq and self._told):
            return
        spans = {client: (first, end) for client, first, end in edit.spans()}
        again: dict[Code, dict[str, None]] = {}
        for (client, last), told in self._told.items():
            first, end = spans.get(client, (0, 0))
            # Once for each commit, however often it is repeated.
            if first < last <= end and (member.conn, client, last) not in self._told_again:
                self._told_again.add((member.conn, client, last))
                for code, elements in told.items():
                    again.setdefault(code, {}).update(dict.fromkeys(elements))
        self._tell(member, cseq, {code: tuple(elements) for code, elements in again.items()})

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

    def sign(self, element: str, holder: Holder) -> None:
        """Somebody made an element."""
        if element not in self.authors and element not in self._unborn:
            self._unborn[element] = self.pending.authors[element] = holder
            self.grounds.signed(element, holder)

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
                self._take(member, cseq, update)
            except MissingPredecessor:
                self.labour += len(update) // _BYTES_AN_EDIT
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


def _labour(operation: Operation) -> int:
    """How many edits it is worth to put back what an operation took away, which may be said in a few bytes."""
    value = operation.value
    if operation.action == "text" and isinstance(value, tuple):
        return int(value[1]) // _UNITS_AN_EDIT
    return int(operation.action == "remove")


def _left(operations: Sequence[Operation], undo: Sequence[Operation]) -> list[Operation]:
    """What an edit does once some of it is undone. By identity, for a paste may hold thousands of operations."""
    undone, own = {id(operation) for operation in undo}, {id(operation) for operation in operations}
    # What they were to take the place of is put back.
    again = {operation.element for operation in undo if operation.action == "create"}
    return [
        *(
            operation
            for operation in operations
            if id(operation) not in undone and not (operation.action == "remove" and operation.element in again)
        ),
        *(operation for operation in undo if id(operation) not in own),
    ]


def _remember(memory: dict[K, V], key: K, value: V, most: int) -> None:
    memory[key] = value
    if len(memory) > most:
        del memory[next(iter(memory))]
