"""What a person may ask the server to do: one function for each command, named as on the wire."""

from __future__ import annotations

from collections.abc import Iterable

from harvestry_crdt import LIMITS, Board, SetTitle

from .access import Capability, allows
from .admission import Admission
from .errors import Refusal
from .history import LATER
from .hosting import Hosting
from .limits import Millis
from .presence import Member
from .protocol import MAX_NAME_CHARACTERS, Command, Failed, Result, clean_line, clean_name, encode

__all__ = ["Commands"]


class Commands:
    """Carries out commands on one board; what they change is part of the next commit, in order with the edits."""

    def __init__(self, board: Board, admission: Admission, hosting: Hosting) -> None:
        self._board = board
        self._hosting = hosting
        self._admission = admission

    def handle(self, member: Member, command: Command, present: Iterable[Member], now: Millis) -> bytes | None:
        """Carry a command out, or say why not.

        Args:
            member: Whose it is.
            command: What they wish.
            present: Everybody who is here.
            now: Monotonic time.

        Returns:
            A frame to answer with at once; None if the answer waits for the commit.
        """
        value: object = None
        try:
            match command.name:
                case "rename":
                    self._rename(member, command)
                case "title":
                    self._title(member, command)
                case "lock":
                    self._lock(member, command)
                case "clock":
                    return encode(Result(command.n, self._hosting.date(now)))
                case _:
                    is_known, value = self._hosting.handle(member, command, present, now)
                    if not is_known:
                        return encode(Failed(command.n, "unknown", "There is no such command."))
                    if value is LATER:
                        return None
        except Refusal as refusal:
            return encode(Failed(command.n, refusal.code, refusal.message))
        self._admission.pending.answers.append((member.conn, Result(command.n, value)))
        return None

    def _rename(self, member: Member, command: Command) -> None:
        name = _text(command, "name", MAX_NAME_CHARACTERS)
        seat = member.identity.seat
        if seat is None or not allows(member.identity.role, Capability.RENAME):
            raise Refusal("role", "You cannot change this name.")
        self._admission.pending.renames[seat] = clean_name(name)
        self._hosting.renamed(seat, clean_name(name))

    def _title(self, member: Member, command: Command) -> None:
        title = _text(command, "title", LIMITS["title"])
        if not allows(member.identity.role, Capability.TITLE):
            raise Refusal("role", "Only a host can change the title.")
        self._board.write([SetTitle(title)])
        self._admission.server_writes()

    def _lock(self, member: Member, command: Command) -> None:
        locked = command.args.get("locked")
        if command.args.keys() != {"locked"} or not isinstance(locked, bool):
            raise Refusal("invalid", "Expected locked: true or false.")
        if not allows(member.identity.role, Capability.LOCK):
            raise Refusal("role", "Only a host can lock the board.")
        self._admission.lock(locked)


def _text(command: Command, key: str, longest: int) -> str:
    value = command.args.get(key)
    text = clean_line(value) if isinstance(value, str) else ""
    # The board counts as Yjs does, in UTF-16 units.
    if command.args.keys() != {key} or not 1 <= len(text.encode("utf-16-le")) // 2 <= longest:
        raise Refusal("invalid", f"Expected {key}: 1 to {longest} characters.")
    return text
