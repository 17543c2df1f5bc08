"""What people write, made beforehand by a real engine: 75 % moves, 22 % typing, 3 % new notes, about 49 bytes each.

A writer's script stands on nothing but itself: its first update makes its notes, and the rest moves them and writes on
them. So the same scripts fit any board on any server.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from pycrdt import Doc, Map, Text

from harvestry.core.ordering import order_key
from harvestry_crdt import Board, Element, Put

__all__ = ["Script", "Traffic", "board_elements", "encoded", "read_vector"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# fmt: off
_WORDS = (
    "we", "could", "meet", "outside", "once", "a", "month", "and", "ask", "what", "others", "have", "seen", "since",
)
# fmt: on
_FIRST_NOTES = 3


def read_vector(data: bytes) -> dict[int, int]:
    """A state vector as `{client: clock}`."""
    at = 0

    def integer() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    return {integer(): integer() for _ in range(integer())}


class Script:
    """What one writer writes, in order; made when it is asked for.

    Attributes:
        client: The Yjs client that writes.
        first: The update that makes the first notes.
        updates: The rest.
        clocks: Where the client's clock stands after each of `updates`.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.client = self._random.randrange(2**28, 2**32)
        self.updates: list[bytes] = []
        self.clocks: list[int] = []
        self._doc: Doc[Any] = Doc(client_id=self.client)
        self._elements: Map[Any] = self._doc.get("els", type=Map)
        self._made: list[bytes] = []
        self._ids: list[str] = []
        self._observing = self._doc.observe(lambda event: self._made.append(event.update))
        with self._doc.transaction():
            for _ in range(_FIRST_NOTES):
                self._add("")
        self.first = self._made.pop()

    def extend(self, count: int) -> None:
        """Have at least that many updates."""
        while len(self.updates) < count:
            dice = self._random.random()
            with self._doc.transaction():
                if dice < 0.75:
                    self._elements[self._any()]["g"] = self._geometry()
                elif dice < 0.97:
                    text: Text = self._elements[self._ids[-1]]["txt"]
                    text.insert(len(text), self._random.choice(_WORDS)[: self._random.randint(1, 3)])
                else:
                    self._add(self._random.choice(_WORDS))
            self.updates += self._made
            self._made.clear()
            self.clocks.append(read_vector(self._doc.get_state())[self.client])

    def _any(self) -> str:
        return self._random.choice(self._ids)

    def _geometry(self) -> list[int]:
        return [self._random.randrange(6_000), self._random.randrange(4_000), 184, 104]

    def _add(self, text: str) -> None:
        own_id = "".join(self._random.choices(_ALPHABET, k=12))
        self._ids.append(own_id)
        values = {"t": "note", "g": self._geometry(), "z": order_key(len(self._ids)), "c": "oat", "txt": Text(text)}
        self._elements.update({own_id: Map(values)})


class Traffic:
    """The scripts of any number of writers; one process makes each of them once."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []

    def scripts(self, writers: int, each: int) -> Sequence[Script]:
        """So many scripts with so many updates each, at least."""
        while len(self._scripts) < writers:
            self._scripts.append(Script(4_000 + len(self._scripts)))
        chosen = self._scripts[:writers]
        for script in chosen:
            script.extend(each)
        return chosen


def board_elements(count: int) -> list[Element]:
    """So many notes with a line of words, in rows."""
    return [
        Element(
            id=f"bench{number:07d}",
            kind="note",
            geometry=(number % 100 * 200, number // 100 * 120, 184, 104),
            parent=None,
            z=order_key(number),
            colour="oat",
            text=f"{number} " + " ".join(_WORDS[number % 7 : number % 7 + 8]),
            style={},
            payload=None,
            locked=0,
            deleted=False,
        )
        for number in range(count)
    ]


def encoded(elements: Sequence[Element]) -> bytes:
    """A board of these elements as one Yjs update, as our own server writes it."""
    board = Board(client_id=77_777_777)
    try:
        board.write([Put(element) for element in elements])
        return board.commit()
    finally:
        board.close()
