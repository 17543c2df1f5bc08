"""A board as its room holds it: loaded from its records, carried on commit by commit, loaded anew when one fails."""

from __future__ import annotations

from collections.abc import Callable

from harvestry_crdt import Board, vector_clients

from .access import Holder, holder_of_seat
from .admission import Admission
from .batch import Batch
from .catchup import CatchUp
from .commands import Commands
from .gathering.templates import Library
from .history import Recalling
from .hosting import Hosting
from .leases import SERVER, Leases
from .limits import Limits, Millis
from .outbox import Fanout
from .ports import StoredBoard
from .tally import Tally
from .waking import Waking

__all__ = ["LoadedBoard"]


class LoadedBoard:
    """The board, what looks after it, and what is durable of it.

    Args:
        stored: The board's records as loaded.
        board: The board loaded from them, at rest or awake.
        client_id: What the server writes under in this process.
        date: The date, in Unix milliseconds, of a monotonic time.
        draw: So many bytes from a cryptographic source.

    Attributes:
        position: The (epoch, seq) of the last durable update.
        title: As it is on disk, like all that follows.
        locked: Whether only hosts may edit.
        seats: The names of everybody who has ever written.
        filling: What of the board's room is nearly taken, and to how many per cent, as everybody was told.
        is_damaged: It can only be looked at.
        dated: The date of the last update, in Unix milliseconds, also of one on its way to disk.
        recalling: What waits for the board's past.
    """

    board: Board
    admission: Admission
    hosting: Hosting
    commands: Commands
    waking: Waking
    catch_up: CatchUp
    position: tuple[int, int]
    title: str
    locked: bool
    seats: dict[Holder, str]
    filling: tuple[str, int] | None
    is_damaged: bool
    dated: int

    def __init__(
        self,
        stored: StoredBoard,
        board: Board,
        *,
        client_id: int,
        limits: Limits,
        tally: Tally,
        now: Millis,
        date: Callable[[Millis], int],
        draw: Callable[[int], bytes],
        library: Library,
    ) -> None:
        self.id = stored.board
        self._limits = limits
        self._tally = tally
        self._date = date
        self._draw = draw
        self._library = library
        self.recalling = Recalling()
        self._adopt(stored, board, client_id, now)

    def load_again(self, stored: StoredBoard, board: Board, *, client_id: int, now: Millis) -> None:
        """Forget what memory holds beyond the disk."""
        self.board.close()
        self._adopt(stored, board, client_id, now)

    def _adopt(self, stored: StoredBoard, board: Board, client_id: int, now: Millis) -> None:
        self.board = board
        self.position = stored.epoch, stored.seq
        self.title = stored.title
        self.seats = {holder_of_seat(seat): name for seat, name in stored.seats.items()}
        self._leases = Leases(
            stored.leases,
            is_known=lambda client: client in board.known_client_ids(),
            most=self._limits.max_client_ids,
            retired=stored.retired,
        )
        self._leases.grant({client_id: SERVER})
        self.admission = Admission(
            board,
            self._leases,
            dict(stored.authors),
            self._limits,
            self._tally,
            client_id=client_id,
            locked=stored.locked,
            size=len(stored.state or b"") + sum(len(update) for update in stored.updates),
        )
        self.hosting = Hosting(
            stored,
            board,
            self.admission,
            now=now,
            wall=self._date,
            draw=self._draw,
            library=self._library,
            most_seats=self._limits.max_seats,
            recalling=self.recalling,
        )
        self.commands = Commands(board, self.admission, self.hosting)
        self.locked = stored.locked
        self.filling = self.admission.filling()
        self.catch_up = CatchUp(board, stored.seq)
        self.waking = Waking(board)
        self.is_damaged = stored.damage is not None or self.hosting.is_damaged
        self.dated = stored.at

    @property
    def seq(self) -> int:
        """The position of the last durable update in the log."""
        return self.position[1]

    def committed(self, batch: Batch) -> None:
        """The batch is on disk."""
        if batch.update:
            epoch, seq = self.position
            self.position = epoch, seq + 1
            self.catch_up.committed(batch.update)
            self.admission.grown(len(batch.update))
        if batch.title is not None:
            self.title = batch.title
        if batch.locked is not None:
            self.locked = batch.locked
        self.seats.update(batch.writers)
        for seat, name in batch.renames.items():
            # Who wrote for the first time while the rename was on its way still stands there under the old name.
            for names in (self.seats, self.admission.pending.writers):
                if holder_of_seat(seat) in names:
                    names[holder_of_seat(seat)] = name
        self.admission.made_durable(batch)

    def lacking(self, since: tuple[int, int] | None, state_vector: bytes | None) -> bytes | None:
        """What somebody lacks of the board, as one update; None if nothing.

        Args:
            since: The position they hold everything up to, if they know it.
            state_vector: What they hold besides; None if nothing.

        Raises:
            PeerError: If what they hold is of a history that has ended, or is no state vector.
        """
        if since == self.position:
            return None
        if since is not None:
            epoch, seq = since
            if epoch != self.position[0]:
                return self.catch_up.whole()
            if self.catch_up.reaches(seq):
                return self.catch_up.since(seq)
        if state_vector is None:
            return self.catch_up.whole()
        self._leases.require_current(vector_clients(state_vector))
        return self.catch_up.diff(state_vector)

    def step2(self, state_vector: bytes) -> Fanout:
        """What a state vector does not know, as a message of the stock door.

        Raises:
            PeerError: If it is of a history that has ended, or is no state vector.
        """
        self._leases.require_current(vector_clients(state_vector))
        return self.catch_up.step2(state_vector)
