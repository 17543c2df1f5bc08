"""Updates against one board: whatever the bytes, the gate refuses them or the engine carries them.

Honest people go on writing all the while, under clientIDs that are leased to them; what they send is never refused,
whatever the others do. After every commit the gate's index, the engine, and a replica that was sent the diffs agree.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from pycrdt import Doc, Map

from fuzz.findings import MAX_CPU_S, Finding, Watch
from harvestry_crdt import Board, Edit, Element, GateError
from harvestry_crdt.index import TEXT
from support.dice import Dice
from support.grammar import Forger, Sketch, World, bend, canonical, mangle
from support.storm import Storm, carry_out, view_of

__all__ = ["GateTarget", "Life", "Person", "agree", "letters"]

_VECTORS = Path(__file__).parents[1] / "vectors"
_SERVER = (1 << 53) - 1
_FRAMES = 1_500
_HONEST = (21, 22, 23)
_OTHERS = (31, 32, 7, 2**32 + 5)


def letters(elements: dict[str, Element]) -> list[Element]:
    """The elements with the letters of each text in alphabetical order.

    Who lies about the neighbours of what they type can make replicas show it in different orders. That is bounded to
    the one text they may write in anyway, and the gate does not keep the order of every text to prevent it.
    """
    return [
        replace(
            element,
            text=element.text and "".join(sorted(element.text)),
            payload={key: "".join(sorted(item)) for key, item in element.payload.items()}
            if element.kind == "card" and isinstance(element.payload, dict)
            else element.payload,
        )
        for _, element in sorted(elements.items())
    ]


def agree(board: Board) -> None:
    """The gate's index and the engine hold the same board, and so does one loaded from its bytes."""
    index = board._gate.index
    elements = board.elements()
    assert set(index.living) == set(elements)
    assert board._gate.state_vector() == board.state_vector()
    again = Board.load(board.encode(), (), client_id=5)
    assert letters(again.elements()) == letters(elements)
    assert again.state_vector() == board.state_vector()
    assert again._gate.state_vector() == board.state_vector()
    for node in index.nodes:
        if node.kind == TEXT and node.is_alive():
            element = elements[node.element.name]
            text = element.payload[node.name] if isinstance(element.payload, dict) and node.name else element.text
            assert node.length == len(str(text).encode("utf-16-le")) // 2
    for client, runs in index.clients.items():
        assert list(runs.gone) == list(again._gate.index.clients[client].gone)
    again.close()


class Person:
    """An honest replica: edits what it sees, hears what was committed, sends in order."""

    def __init__(self, client: int, dice: Dice) -> None:
        self.dice = dice
        self.doc: Doc[Any] = Doc(client_id=client)
        self.storm = Storm(dice, f"h{client:03d}")
        self.sending: list[bytes] = []
        self.heard = 0
        self._is_local = False
        self._observing = self.doc.observe(self._observed)

    def _observed(self, event: Any) -> None:
        if self._is_local:
            self.sending.append(canonical(event.update))

    def close(self) -> None:
        """Let go of the engine's memory; the subscription would hold it for ever."""
        self.doc.unobserve(self._observing)

    def act(self, times: int = 1) -> None:
        """Edit a few times, looking at the board once: looking is what costs."""
        view = view_of(self.doc)
        self._is_local = True
        for _ in range(times):
            carry_out(self.doc, self.storm.next(view).action)
        self._is_local = False

    def put(self, id: str, element: Map[Any]) -> None:
        """Make something in particular."""
        self._is_local = True
        self.doc.get("els", type=Map)[id] = element
        self._is_local = False

    def hear(self, log: list[bytes]) -> None:
        for update in log[self.heard :]:
            self.doc.apply_update(update)
        self.heard = len(log)


class GateTarget:
    """One board after the other."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._recorded = [
            [bytes.fromhex(text) for text in board["updates"]]
            for board in json.loads((_VECTORS / "honest.json").read_text(encoding="utf-8"))
        ]
        vectors = json.loads((_VECTORS / "updates.json").read_text(encoding="utf-8"))
        self._hostile = [data for vector in vectors if (data := bytes.fromhex(vector["hex"]))]

    def close(self) -> None:
        """Nothing is held."""

    def run(self, seed: int) -> None:
        """The life of one board.

        Raises:
            Finding: If anything about it is wrong.
        """
        life = self.life(Dice(f"gate {seed}"))
        try:
            life.live(_FRAMES)
        finally:
            life.close()

    def life(self, dice: Dice) -> Life:
        """A board that is about to live."""
        return Life(dice, self.watch, self._recorded, self._hostile)


class Life:
    """One board, honest people on it, and frames against it.

    Attributes:
        log: The diffs it committed.
    """

    def __init__(self, dice: Dice, watch: Watch, recorded: list[list[bytes]], hostile: list[bytes]) -> None:
        self.dice = dice
        self.watch = watch
        self.board = Board(client_id=_SERVER)
        self.world = World(self.board, dice)
        self.log = [self.board.commit()]
        self.people = [Person(client, dice) for client in _HONEST[: 1 + dice.below(3)]]
        # Sometimes anybody may write under any clientID, which is more than a room grants; then honest edits may fail.
        self.is_leased = dice.roll() < 0.6
        self.others = _OTHERS if self.is_leased else (*_OTHERS, *_HONEST)
        self.forger = Forger(self.world, self.others)
        self.recorded = dice.pick(recorded) if not self.is_leased and dice.once_in(2) else []
        self.pool: list[bytes] = [dice.pick(hostile) for _ in range(6)] + self.recorded[:3]
        self.sketches: dict[bytes, Sketch | None] = {}

    def close(self) -> None:
        """Let go of the engine's memory."""
        self.board.close()
        for person in self.people:
            person.close()

    def live(self, frames: int) -> None:
        dice, board = self.dice, self.board
        for step in range(frames):
            if step % 25 == 0:
                self._honest_work(step // 25)
            self._try(self._frame())
            if dice.once_in(8):
                self._commit()
        self._commit()
        agree(board)
        if self.is_leased:
            self._everybody_is_equal()

    # ---- honest work -----------------------------------------------------------------------------------------------

    def _honest_work(self, turn: int) -> None:
        dice, board = self.dice, self.board
        if turn < len(self.recorded):
            try:
                board.admit(board.inspect(self.recorded[turn]))
            except GateError:
                self.watch.count["honest, spoilt"] += 1
            self.pool.append(self.recorded[turn])
            return
        person = dice.pick(self.people)
        # Whose clientID others write under cannot hear of it: engines take two lists of one client for one.
        if self.is_leased and dice.roll() < 0.6:
            person.hear(self.log)
        person.act(dice.pick((1, 2, 3, 6)))
        if dice.roll() < 0.8:
            self._send(person)

    def _send(self, person: Person) -> None:
        sending, person.sending = person.sending, []
        for update in sending:
            self.pool.append(update)
            try:
                edit = self.board.inspect(update)
            except GateError as error:
                if self.is_leased:
                    self.watch.frame = update
                    raise Finding(f"an honest edit was refused: {error.code}: {error}") from error
                # Somebody has written under this clientID.
                self.watch.count["honest, spoilt"] += 1
                return
            self.board.admit(edit)
            self.watch.count["honest"] += 1

    def _everybody_is_equal(self) -> None:
        for person in self.people:
            self._send(person)
        self._commit()
        for person in self.people:
            person.hear(self.log)
            replica = Board.load(person.doc.get_update(), (), client_id=5)
            if replica.state_vector() != self.board.state_vector():
                raise Finding("a replica that was sent everything has another state vector")
            if letters(replica.elements()) != letters(self.board.elements()):
                raise Finding("a replica that was sent everything shows something else")
            replica.close()

    # ---- hostile work ----------------------------------------------------------------------------------------------

    def _frame(self) -> bytes:
        dice = self.dice
        roll = dice.roll()
        # What has not been taken yet is the likeliest to pass once it is bent a little.
        # Only where clientIDs are nobody's: elsewhere nobody knows a new element's id before it has come.
        waiting = dice.pick(self.people).sending if not self.is_leased and dice.once_in(2) else []
        base = dice.pick(waiting) if waiting else dice.pick(self.pool[-12:] if dice.roll() < 0.8 else self.pool)
        if roll < 0.4:
            self.watch.count["mangled"] += 1
            return mangle(dice, base, self.pool)
        if roll < 0.7:
            sketch = self._sketch(base)
            if sketch is not None:
                self.watch.count["bent"] += 1
                return bend(dice, self._as_ours(sketch), self.world, self._sketch(dice.pick(self.pool)))
        self.watch.count["forged"] += 1
        data = self.forger.forge()
        if dice.once_in(10):
            return mangle(dice, data, self.pool)
        if dice.once_in(10):
            self.pool.append(data)
        return data

    def _sketch(self, data: bytes) -> Sketch | None:
        if data not in self.sketches:
            self.sketches[data] = Sketch.of(data)
        return self.sketches[data]

    def _as_ours(self, sketch: Sketch) -> Sketch:
        """Somebody else's update under a clientID of ours, where ours goes on, so that its lease does not stop it."""
        if not self.is_leased or self.dice.once_in(6) or len(sketch.blocks) != 1:
            return sketch
        ours = self.dice.pick(self.others)
        runs = self.board._gate.index.clients.get(ours)
        client, first, pieces = sketch.blocks[0]
        end = 0 if runs is None else runs.end
        moved = []
        for piece in pieces:
            copy = piece
            if piece.parent == "els":
                copy = replace(piece, key=f"{self.dice.below(10**12):012d}")
            for name in ("origin", "right", "parent"):
                place = getattr(piece, name)
                if isinstance(place, tuple) and place[0] == client and place[1] >= first:
                    if copy is piece:
                        copy = replace(piece)
                    setattr(copy, name, (ours, place[1] - first + end))
            moved.append(copy)
        return Sketch([(ours, end, moved)], [(c, list(r)) for c, r in sketch.deleted])

    def _try(self, frame: bytes) -> None:
        watch, count = self.watch, self.watch.count
        count["frames"] += 1
        began = watch.begin(frame)
        try:
            edit = self.board.inspect(frame)
        except GateError as error:
            if watch.end(began) > MAX_CPU_S:
                self._slow(frame)
            count[error.code] += 1
            return
        if watch.end(began) > MAX_CPU_S:
            self._slow(frame)
        if edit.is_empty:
            count["empty"] += 1
        elif self.is_leased and not set(edit.client_ids).isdisjoint((*_HONEST, _SERVER)):
            count["forged"] += 1
        else:
            self._take(edit)

    def _slow(self, frame: bytes) -> None:
        """Once may be the machine's doing; three times is not."""
        took = []
        for _ in range(3):
            began = self.watch.begin(frame)
            with contextlib.suppress(GateError):
                self.board.inspect(frame)
            took.append(self.watch.end(began))
        if min(took) > MAX_CPU_S:
            raise Finding(f"one frame of {len(frame)} bytes takes {min(took) * 1_000:.0f} ms")

    def _take(self, edit: Edit) -> None:
        dice, board = self.dice, self.board
        self.watch.count["admitted"] += 1
        board.admit(edit)
        if dice.roll() < 0.7:
            self._commit()
            if not board.inspect(edit.update).is_empty:
                raise Finding("a repeat is not empty")
            if dice.once_in(40):
                agree(board)

    def _commit(self) -> None:
        board, watch = self.board, self.watch
        began = watch.begin(watch.frame)
        diff = board.commit()
        watch.end(began)
        if not diff:
            return
        watch.count["commits"] += 1
        self.log.append(diff)
        index = board._gate.index
        if board._gate.state_vector() != board.state_vector():
            raise Finding("the index and the engine have different state vectors")
        if len(index.living) != len(board._els):
            raise Finding("the index and the engine have different elements")
