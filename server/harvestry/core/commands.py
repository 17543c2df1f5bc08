"""What a person may ask the server to do: one function for each command, named as on the wire."""

from __future__ import annotations

from harvestry_crdt import LIMITS, Board, SetTitle

from .access import Capability, allows
from .batch import Batch
from .errors import Refusal
from .leases import SERVER
from .presence import Member
from .protocol import MAX_NAME_CHARACTERS, Command, Failed, Result, clean_line, clean_name, encode

__all__ = ["Commands"]


class Commands:
    """Carries out commands on one board; what they change is part of the next commit.

    Args:
        client_id: What the server writes under in this process.
    """

    def __init__(self, board: Board, client_id: int) -> None:
        self._board = board
        self._client_id = client_id
        self._has_written = False

    def handle(self, member: Member, command: Command, pending: Batch) -> bytes | None:
        """Carry a command out, or say why not.

        Returns:
            A frame to answer with at once; None if the answer waits in `pending` for the commit.
        """
        try:
            match command.name:
                case "rename":
                    self._rename(member, command, pending)
                case "title":
                    self._title(member, command, pending)
                case _:
                    return encode(Failed(command.n, "unknown", "There is no such command."))
        except Refusal as refusal:
            return encode(Failed(command.n, refusal.code, refusal.message))
        pending.answers.append((member.conn, Result(command.n, None)))
        return None

    def _rename(self, member: Member, command: Command, pending: Batch) -> None:
        name = _text(command, "name", MAX_NAME_CHARACTERS)
        seat = member.identity.seat
        if seat is None or not allows(member.identity.role, Capability.RENAME):
            raise Refusal("role", "You cannot change this name.")
        pending.renames[seat] = clean_name(name)

    def _title(self, member: Member, command: Command, pending: Batch) -> None:
        title = _text(command, "title", LIMITS["title"])
        if not allows(member.identity.role, Capability.TITLE):
            raise Refusal("role", "Only a host can change the title.")
        self._board.write([SetTitle(title)])
        if not self._has_written:
            # What the server writes under is nobody else's, not even after a restart.
            pending.leases[self._client_id] = SERVER
            self._has_written = True


def _text(command: Command, key: str, longest: int) -> str:
    value = command.args.get(key)
    text = clean_line(value) if isinstance(value, str) else ""
    # The board counts as Yjs does, in UTF-16 units.
    if command.args.keys() != {key} or not 1 <= len(text.encode("utf-16-le")) // 2 <= longest:
        raise Refusal("invalid", f"Expected {key}: 1 to {longest} characters.")
    return text
