"""People who write through every crash, and what the server has to keep of it.

Each writer appends numbered words to texts and moves its notes, without waiting for receipts. So whatever a board holds
says by itself which edits are in it, and any two of the same would show.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, Map

from harvestry.edge.client import ConnectionEnded, NativeClient
from support.replicas import server_state
from support.server import Gathering, ServerProcess
from support.storm import view_of

NOTES = 5
# After at most this many edits of a cycle the next tick brings the kill; a small number strikes while clients join.
MOST_EDITS = 400
# Edits under way for one writer: enough to keep the server's batches full, and bounded as a browser's are.
MOST_UNSAVED = 16
# A server that is held, or has no room, tries again every eight seconds, on a machine that may have much else to do.
PATIENCE_S = 120.0
# The one note in which everybody writes.
SHARED = "allwritehere"
# No note holds more than 4,000 letters, however long a campaign goes on: after so many words of nine letters a writer
# begins other notes, and so many are theirs in the one of all.
WORDS_A_ROUND = 1_200
MOST_SHARED = 100


@dataclass
class Writer:
    """A person who writes through every crash, and remembers what was promised.

    Attributes:
        written: Note → how many words were appended to it.
        saved: Note → how many of them the server called saved.
        seen: Note → the words that this writer saw in it, other people's included.
    """

    name: str
    doc: Doc[Any] = field(default_factory=Doc)
    token: str = ""
    client: NativeClient | None = None
    written: dict[str, int] = field(default_factory=dict)
    saved: dict[str, int] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    _unsaved: list[tuple[int, str, int]] = field(default_factory=list)

    async def arrive(self, server: ServerProcess, gathering: Gathering) -> None:
        """Connect; whatever the server lacks of this replica is sent at once."""
        self.client = await NativeClient.connect(
            server.url, gathering.board, self.token or gathering.participant, name=self.name, doc=self.doc
        )
        self.client.patience_s = PATIENCE_S
        self.token = self.client.resume
        if self.client.last_cseq:
            # One edit now stands for everything that was written so far.
            self._unsaved = [(self.client.last_cseq, note, count) for note, count in self.written.items()]

    async def write(self, chance: random.Random) -> None:
        """Append the next word to some note, or make the note."""
        assert self.client is not None
        first = NOTES * (sum(self.written.values()) // WORDS_A_ROUND)
        notes = [f"{self.name}note{first + number:04d}" for number in range(NOTES)]
        if self.written.get(SHARED, 0) < MOST_SHARED:
            notes.append(SHARED)
        note = chance.choice(notes)
        elements: Map[Any] = self.doc.get("els", type=Map)
        count = self.written.get(note, 0) + 1
        word = f"{self.name}.{count} "
        # Before it is sent: it is in this replica even if the connection ends meanwhile.
        self.written[note] = count
        if note not in elements:
            cseq = await self.client.put(note, "note", (count, 0, 184, 104), text=word)
        else:
            length = len(str(elements[note]["txt"]))
            cseq = await self.client.type_text(note, chance.randint(0, 1) * length, word)
        self._unsaved.append((cseq, note, count))
        await self.client.until(lambda: self._take_receipts() <= MOST_UNSAVED)

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for receipts before it writes on."""
        return len(self._unsaved) > MOST_UNSAVED

    def _take_receipts(self) -> int:
        assert self.client is not None
        receipted = self.client._receipted
        for cseq, note, count in self._unsaved:
            if cseq <= receipted:
                self.saved[note] = max(count, self.saved.get(note, 0))
        self._unsaved = [entry for entry in self._unsaved if entry[0] > receipted]
        return len(self._unsaved)

    def take_stock(self) -> None:
        """Note what was promised and seen so far."""
        self._take_receipts()
        for note, values in view_of(self.doc).items():
            theirs = {word for word in values["txt"].split() if not word.startswith(f"{self.name}.")}
            if theirs:
                self.seen[note] = self.seen.get(note, set()) | theirs

    async def lose(self) -> None:
        """Take stock when the connection has ended, and drop it."""
        if self.client is None:
            return
        self.take_stock()
        await self.client.close()
        assert not self.client.refusals
        self.client = None


async def storm(
    writers: list[Writer],
    server: ServerProcess,
    gathering: Gathering,
    chance: random.Random,
    others: Sequence[Coroutine[object, object, None]] = (),
    *,
    most_edits: int = MOST_EDITS,
) -> int:
    """Let everybody write until the server is killed, which happens after a random number of edits and ticks.

    Args:
        others: Whoever else writes until the connection ends.
        most_edits: After so many the next tick brings the kill, at the latest.

    Returns:
        How many edits were made.
    """
    edits = 0
    running = True
    enough = chance.randint(1, most_edits)

    def ticked(_: Sequence[Any]) -> None:
        # The moment at which a promise is youngest: somebody has just been told that something is on disk.
        nonlocal running
        if edits >= enough and running:
            running = False
            server.kill()

    async def write(writer: Writer, own: random.Random) -> None:
        nonlocal edits
        try:
            await writer.arrive(server, gathering)
            assert writer.client is not None
            writer.client.on_tick = ticked
            while True:
                await writer.write(own)
                edits += 1
                await asyncio.sleep(0)  # a turn for the receipts to come in
        except (ConnectionEnded, OSError):
            pass  # that was the kill

    async with asyncio.TaskGroup() as group:
        for writer in writers:
            group.create_task(write(writer, random.Random(chance.random())))
        for other in others:
            group.create_task(other)
    for writer in writers:
        await writer.lose()
    return edits


def check_promises(board: dict[str, dict[str, Any]], writers: list[Writer]) -> int:
    """Assert that everything saved or seen is on the board, once.

    Returns:
        How many words the promises covered.
    """
    promised = 0
    for writer in writers:
        for note, count in writer.saved.items():
            assert note in board, f"{note} was saved and is gone"
            words = board[note]["txt"].split()
            for number in range(1, count + 1):
                word = f"{writer.name}.{number}"
                assert words.count(word) == 1, f"{word} was saved and is {words.count(word)} times in {note}"
                promised += 1
        for note, seen in writer.seen.items():
            missing = seen - set(board[note]["txt"].split())
            assert not missing, f"{writer.name} saw what is gone: {missing}"
    return promised


def missing(board: dict[str, dict[str, Any]], name: str, saved: Mapping[str, int]) -> list[str]:
    """A sentence for each word that somebody was promised in a note, and that is not there exactly once."""
    found = []
    for note, count in saved.items():
        words = Counter(board[note]["txt"].split() if note in board else ())
        wrong = (word for number in range(1, count + 1) if words[word := f"{name}.{number}"] != 1)
        found += [f"{word} was saved and is {words[word]} times in {note}" for word in wrong]
    return found


async def read(server: ServerProcess, gathering: Gathering) -> dict[str, dict[str, Any]]:
    """The board as a newcomer gets it."""
    doc = Doc[Any]()
    doc.apply_update(await server_state(server, gathering))
    return view_of(doc)
