"""The oracle: real Yjs, in Node, reads what a room or a board has logged, and must see what the server sees.

Four kinds of log: of rooms and of boards that were attacked, and of rooms where honest people met bad weather, with and
without a host who locks. The letters of a text are compared in order only where nobody lied about the neighbours of
what they type; see `letters`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from pycrdt import Doc

from fuzz import rooms
from fuzz.findings import Finding, Watch
from fuzz.gate import GateTarget
from harvestry_crdt import Board
from support.dice import Dice
from support.hosted import Hosted
from support.network import Network
from support.node_yjs import NodeYjs, Reading
from support.storm import read_vector, view_of

__all__ = ["OracleTarget"]

_ROOM_STEPS = 150
_FRAMES = 200
_WEATHER_STEPS = 200


class OracleTarget:
    """Logs of all kinds, read by Yjs; one Node process for all of them."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._gate = GateTarget(watch)
        self._runner = asyncio.Runner()
        self._node = NodeYjs()
        self._runner.run(self._node.__aenter__())

    def close(self) -> None:
        """End the Node process."""
        self._runner.run(self._node.__aexit__(None, None, None))
        self._runner.close()

    def run(self, seed: int) -> None:
        """One log.

        Raises:
            Finding: If Yjs sees anything else than the server.
        """
        match seed % 4:
            case 0:
                log = rooms.live(Dice(f"oracle {seed}"), self.watch, _ROOM_STEPS)
            case 1:
                life = self._gate.life(Dice(f"oracle {seed}"))
                try:
                    life.live(_FRAMES)
                    self.compare(life.log, [life.board.encode()], is_honest=False)
                finally:
                    life.close()
                return
            case _:
                dice = Dice(f"oracle {seed}")
                # Half of them have a host who locks, so that honest edits are undone.
                network = Network(dice, natives=2, stocks=1) if seed % 4 == 2 else Hosted(dice)
                for _ in range(_WEATHER_STEPS):
                    network.step()
                    self.watch.count["frames"] += 1
                network.settle()
                log = network.disk.rows
                network.close()
        self.compare(log, [], is_honest=seed % 4 >= 2)

    def compare(self, log: Sequence[bytes], states: Sequence[bytes], *, is_honest: bool) -> None:
        """Have Yjs read a log, the board loaded from it, and whatever else should be the same."""
        doc: Doc[Any] = Doc()
        for update in log:
            doc.apply_update(update)
        wanted, vector = view_of(doc), read_vector(doc.get_state())
        loaded = Board.load(None, log, client_id=5)
        for name, updates in (("log", log), ("reload", [loaded.encode()]), *(("state", [state]) for state in states)):
            reading: Reading = self._runner.run(self._node.read(updates))
            self.watch.count["comparisons"] += 1
            if reading.pending:
                raise Finding(f"Yjs waits for something in the {name}")
            if reading.vector != vector:
                raise Finding(f"Yjs knows {reading.vector} from the {name}, the server {vector}")
            if _comparable(reading.values, is_honest) != _comparable(wanted, is_honest):
                different = [id for id in {*reading.values, *wanted} if reading.values.get(id) != wanted.get(id)]
                shown = [(reading.values.get(id), wanted.get(id)) for id in different[:2]]
                raise Finding(f"Yjs reads something else in the {name}: {shown}")
            if reading.meta.get("title", "") != loaded.title:
                raise Finding(f"Yjs reads the title {reading.meta.get('title')!r} in the {name}")
        loaded.close()


def _comparable(values: Mapping[str, Mapping[str, Any]], is_honest: bool) -> dict[str, dict[str, Any]]:
    return {
        id: dict(element) if is_honest else {key: _letters(key, item, element) for key, item in element.items()}
        for id, element in values.items()
    }


def _letters(key: str, value: Any, element: Mapping[str, Any]) -> Any:
    if key == "txt" and isinstance(value, str):
        return "".join(sorted(value))
    if key == "d" and element.get("t") == "card" and isinstance(value, dict):
        return {name: "".join(sorted(item)) if isinstance(item, str) else item for name, item in value.items()}
    return value
