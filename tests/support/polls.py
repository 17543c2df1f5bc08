"""Votes for tests: a room with notes to vote on, people who vote, and their tokens."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Map, Text

from harvestry.core.access import Role
from harvestry.core.gathering.plan import PollKind
from harvestry.core.protocol import ConnId

from .gatherings import HostedBench
from .rooms import Writer, identity

__all__ = ["OPTIONS", "PollBench", "digest_of", "token_of"]

# Notes in the region that is voted on.
OPTIONS = ("option-one__", "option-two__", "option-three")
ELSEWHERE = "elsewhere___"


def token_of(seed: object) -> str:
    """A token as a client draws it, the same for the same seed."""
    return base64.urlsafe_b64encode(hashlib.sha256(repr(seed).encode()).digest()[:16]).decode().rstrip("=")


def digest_of(text: str) -> str:
    """The digest of a note that says this, as a client that marks its words sends it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:6]).decode()


@dataclass
class PollBench(HostedBench):
    """A hosted room with three notes in the region `focus`, one elsewhere, and voters.

    Attributes:
        voters: Ann and others, each with a seat of their own.
    """

    voters: list[ConnId] = field(default_factory=list)

    def gather(self, count: int = 6, of: dict[str, Any] | None = None) -> None:
        """Host it and let so many take part, Ann among them."""
        self.host_it(of)
        self.voters = [self.ann, *(self.join(identity(f"Voter{number}")) for number in range(2, count + 1))]
        self._writer = Writer(77)
        self._cseq = 0
        for number, option in enumerate(OPTIONS):
            self.put(option, f"Option {number + 1}", self.region("focus"), y=120 * number)
        self.put(ELSEWHERE, "Something else", self.region("stories"))

    def region(self, key: str) -> str:
        """The element of a region."""
        regions = self.view(self.host)["show"]["regions"]
        return str(next(region["element"] for region in regions if region["key"] == key))

    def put(self, id: str, text: str, parent: str | None, *, y: int = 0, kind: str = "note") -> None:
        """Rosa puts something on the board."""
        values: dict[str, object] = {"t": kind, "g": [20, 20 + y, 184, 104], "z": "a0", "txt": Text(text)}
        self._edit_by_host(lambda: self._writer.els.update({id: Map(values | ({"p": parent} if parent else {}))}))

    def reword(self, id: str, text: str) -> None:
        """Rosa gives a note other words."""
        words = self._writer.els[id]["txt"]

        def change() -> None:
            words.clear()
            words.insert(0, text)

        self._edit_by_host(change)

    def set(self, id: str, key: str, value: object) -> None:
        """Rosa sets a key of an element."""
        self._edit_by_host(lambda: self._writer.els[id].update({key: value}))

    def _edit_by_host(self, change: Any) -> None:
        before = self._writer.doc.get_state()
        with self._writer.doc.transaction():
            change()
        self._cseq += 1
        self.edit(self.host, self._writer.doc.get_update(before), self._cseq)
        self.settle()

    def open(self, kind: str, **more: object) -> str:
        """Rosa asks the group; returns the poll."""
        poll = token_of(("poll", len(self.polls())))[:16]
        about = {"about": more.pop("about")} if "about" in more else {}
        asks = {"kind": kind, "question": "What do we say?", **more}
        if PollKind(kind).is_of_things:
            asks.setdefault("region", "focus")
        self.do(self.host, "poll.open", poll=poll, asks=asks, **about)
        return poll

    def cast(self, voter: ConnId, poll: str, ballot: object, **more: object) -> None:
        """Somebody votes, with a token of their own unless another is given."""
        self.do(voter, "poll.cast", **self.vote(voter, poll, ballot, **more))

    def vote(self, voter: ConnId, poll: str, ballot: object, **more: object) -> dict[str, object]:
        """The arguments of a vote."""
        return {"poll": poll, "token": token_of((voter, poll)), "ballot": ballot, **more}

    def polls(self) -> list[dict[str, Any]]:
        """All polls, as Ann was told of them last."""
        polls: list[dict[str, Any]] = self.view(self.ann)["deciding"]["polls"]
        return polls

    def poll(self, poll: str) -> dict[str, Any]:
        """One of them."""
        return next(each for each in self.polls() if each["poll"] == poll)

    def vault(self, kind: str) -> dict[str, bytes]:
        """What is stored in the vault, of one kind."""
        return {key: body for (of, key), body in self.reloaded().vault.items() if of == kind}

    def board(self) -> dict[str, dict[str, Any]]:
        """What is on the board now, as somebody who joins is given it."""
        late = self.join(identity("Late", Role.OBSERVER))
        self.settle()
        writer = Writer(99, self.welcome(late)["update"])
        elements: dict[str, dict[str, Any]] = writer.els.to_py() or {}
        return elements
