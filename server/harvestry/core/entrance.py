"""Coming and going: who waits in the lobby, who is welcomed and with what, and what is forgotten of whoever leaves.

Newcomers are told what is durable, and are told it between two commits. So whoever comes, or asks what they lack, while
a commit is in flight waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from harvestry_crdt import LIMITS

from . import events, yprotocol
from .access import Capability, Identity, LinkId, allows
from .appearances import Appearances
from .commits import Commits
from .effects import Effects
from .errors import CloseCode, InvalidState, PeerError
from .limits import Limits, Millis
from .loaded import LoadedBoard
from .presence import Door, Member, Roster
from .protocol import ConnId, Lobby, Welcome, encode
from .rates import Rates
from .ticks import TickPieces

__all__ = ["Entrance"]


class Entrance:
    """The way into one room, and out of it.

    Attributes:
        has_moved: Somebody has come or gone since this was last set to False.
    """

    def __init__(
        self,
        out: Effects,
        loaded: LoadedBoard,
        roster: Roster,
        rates: Rates,
        commits: Commits,
        appearances: Appearances,
        *,
        limits: Limits,
    ) -> None:
        self._out = out
        self._loaded = loaded
        self._roster = roster
        self._rates = rates
        self._commits = commits
        self._appearances = appearances
        self._limits = limits
        # Who is to be let in first; they are told nothing, and nothing they say is heard.
        self._lobby: dict[ConnId, events.Joined] = {}
        # Who came, and who asked, while memory was ahead of the disk.
        self._joiners: dict[ConnId, events.Joined] = {}
        self._questions: dict[ConnId, events.Step1Received] = {}
        self.has_moved = True

    @property
    def outside(self) -> int:
        """How many wait in the lobby."""
        return len(self._lobby)

    def waiting(self) -> Iterator[Identity]:
        """Who waits in the lobby."""
        return (joined.identity for joined in self._lobby.values())

    def users_of(self, link: LinkId) -> int:
        """How many are here, or wait, whose right to it rests on a link."""
        return len(self._roster.came_by(link)) + sum(who.link == link for who in self.waiting())

    # ---- coming ----------------------------------------------------------------------------------------------------

    def join(self, event: events.Joined, now: Millis) -> None:
        """Somebody has come: they are welcomed, wait in the lobby, or are sent away.

        Raises:
            InvalidState: If they are here already (a bug in the caller).
        """
        if event.conn in self._roster:
            raise InvalidState(f"connection {event.conn} has joined already")
        self.has_moved = True
        if self._stays_outside(event):
            return
        takes_turns = event.door is Door.NATIVE and self._loaded.hosting.takes_turns(event.identity.seat)
        self._roster.arrive(Member(event.conn, event.identity, event.door, takes_turns=takes_turns))
        self._rates.joined(event.conn, event.identity, now)
        if self._commits.is_settled:
            self.serve(event.conn, partial(self._welcome, event=event, now=now))
        else:
            self._joiners[event.conn] = event

    def let_in(self, now: Millis) -> None:
        """Whoever waited in the lobby and need not any more comes in, or is sent away."""
        hosting = self._loaded.hosting
        lobby, self._lobby = self._lobby, {}
        for event in lobby.values():
            if hosting.waits(event.identity) and hosting.turned_away(event.identity) is None:
                self._lobby[event.conn] = event
            else:
                self.join(event, now)

    def settled(self, now: Millis) -> None:
        """Answer who came, and who asked, while memory was ahead of the disk."""
        joiners, self._joiners = self._joiners, {}
        for event in joiners.values():
            if not self._stays_outside(event):
                self.serve(event.conn, partial(self._welcome, event=event, now=now))
        questions, self._questions = self._questions, {}
        for conn, question in questions.items():
            self.serve(conn, partial(self.answer, question))

    def answer(self, question: events.Step1Received, member: Member) -> None:
        """Tell somebody what they lack of the board, as soon as memory holds what is on disk.

        Raises:
            PeerError: If what they hold is of a history that has ended, or is no state vector.
        """
        if not self._commits.is_settled:
            # What it has only grows, so the latest question asks for the least.
            self._questions[member.conn] = question
            return
        self._out.add(events.Deliver((member.conn,), self._loaded.step2(question.state_vector)))
        if not member.welcomed:
            # Only now does it hold what later updates build on.
            self._roster.welcome(member)

    def tell_presence(self, member: Member) -> None:
        """Tell somebody of the native door what everybody does."""
        if member.door is Door.NATIVE and (news := self._roster.presence()) is not None:
            self._out.send(member.conn, TickPieces(self._loaded.seq).fanout(news).full)

    def go_on(self, now: Millis) -> None:
        """The disk takes writes again: whoever came meanwhile takes part from now on.

        Browsers send again what has no receipt; stock clients are asked for what they have.
        """
        for member in self._roster.everyone():
            self.question(member)
            if member.door is Door.NATIVE and member.welcomed and self._commits.takes_edits:
                self._loaded.hosting.joined(member, now)

    def question(self, member: Member) -> None:
        """Ask a stock client for what it has and the board has not, if it may write."""
        is_writer = allows(member.identity.role, Capability.EDIT)
        if member.door is Door.STOCK and is_writer and self._commits.takes_edits:
            self._out.send(member.conn, yprotocol.encode_step1(self._loaded.catch_up.state_vector()))

    def _stays_outside(self, event: events.Joined) -> bool:
        """Whether somebody is not to be here, or not yet: then they are sent away, or wait in the lobby."""
        if (end := self._loaded.hosting.turned_away(event.identity)) is not None:
            self.close(event.conn, *end)
            return True
        if not self._loaded.hosting.waits(event.identity):
            return False
        self.leave(event.conn)
        self._lobby[event.conn] = event
        if event.door is Door.NATIVE:
            identity = event.identity
            self._out.send(event.conn, encode(Lobby(identity.holder, identity.name, event.resume)))
        return True

    def _welcome(self, member: Member, event: events.Joined, now: Millis) -> None:
        if member.door is Door.STOCK:
            self.question(member)
            self._appearances.introduce(member, now)
            return
        self._appearances.welcome(member)
        loaded, identity = self._loaded, member.identity
        epoch, seq = loaded.position
        self._out.send(
            member.conn,
            encode(
                Welcome(
                    board=loaded.id,
                    title=loaded.title,
                    conn=member.conn,
                    seat=identity.holder,
                    name=identity.name,
                    role=identity.role.value,
                    hue=identity.hue,
                    resume=event.resume,
                    epoch=epoch,
                    seq=seq,
                    sv=loaded.catch_up.state_vector(),
                    update=loaded.lacking(event.since, event.state_vector),
                    people=self._roster.packed_people(member),
                    seats={str(seat): name for seat, name in loaded.seats.items()},
                    authors=loaded.admission.packed_authors(),
                    limits={
                        "frame": self._limits.max_frame_bytes,
                        "text": LIMITS["text"],
                        "elements": self._limits.max_board_elements,
                    },
                    mode=self._commits.mode.value,
                    filling=loaded.filling,
                )
            ),
        )
        for frame in loaded.hosting.greet(member):
            self._out.send(member.conn, frame)
        if self._commits.takes_edits:
            loaded.hosting.joined(member, now)
        self.tell_presence(member)

    # ---- being here, and going -------------------------------------------------------------------------------------

    def serve(self, conn: ConnId, action: Callable[[Member], None]) -> None:
        """Do what a connection asked for; what it got wrong ends that connection and no other."""
        member = self._roster.get(conn)
        if member is None:
            return  # It was closed while this was on its way.
        try:
            action(member)
        except PeerError as error:
            self.close(conn, error.code, error.reason)

    def leave(self, conn: ConnId) -> None:
        """A connection is gone."""
        self.has_moved = True
        self._lobby.pop(conn, None)
        member = self._roster.leave(conn)
        if member is None:
            return
        self._rates.left(conn)
        self._joiners.pop(conn, None)
        self._questions.pop(conn, None)
        self._appearances.forget(member)

    def close(self, conn: ConnId, code: CloseCode, reason: str) -> None:
        """End a connection."""
        self.leave(conn)
        self._out.close(conn, code, reason)

    def revoke(self, link: LinkId) -> None:
        """Everybody has to go whose right to be here rests on a link."""
        lobby = [joined.conn for joined in self._lobby.values() if joined.identity.link == link]
        for conn in [*(member.conn for member in self._roster.came_by(link)), *lobby]:
            self.close(conn, CloseCode.REVOKED, "this link has been revoked")

    def dismiss(self, code: CloseCode, reason: str) -> None:
        """Everybody has to go."""
        for conn in [*(member.conn for member in self._roster.everyone()), *self._lobby]:
            self.close(conn, code, reason)
