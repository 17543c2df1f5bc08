"""The child of the gate fuzz: mutates honest updates, feeds gate and engine, and exits with a traceback if either errs.

python gate_worker.py SEED FRAMES: prints how many frames were refused, empty and applied.
"""

import contextlib
import json
import random
import resource
import sys
from dataclasses import replace
from pathlib import Path

from harvestry_crdt import Board, Element, GateError
from harvestry_crdt.index import TEXT

_VECTORS = Path(__file__).parents[1] / "vectors"
_MEMORY_BYTES = 2 << 30
_CPU_SECONDS = 120


def mutate(chance: random.Random, frame: bytes, others: list[bytes]) -> bytes:
    data = bytearray(frame)
    match chance.randrange(8):
        case 0:
            return chance.randbytes(chance.randrange(40))
        case 1:
            return bytes(data[: chance.randrange(len(data) + 1)])
        case 2:
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case 3:
            data[chance.randrange(len(data))] = chance.choice((0, 1, 2, 7, 8, 127, 128, 255, chance.randrange(256)))
        case 4:
            other = chance.choice(others)
            cut = chance.randrange(len(data))
            data[cut:] = other[chance.randrange(len(other)) :]
        case 5:
            cut = chance.randrange(len(data))
            del data[cut : cut + chance.randrange(1, 5)]
        case 6:
            cut = chance.randrange(len(data))
            data[cut:cut] = chance.randbytes(chance.randrange(1, 4))
        case _:
            # Keep the header, so that more frames reach the later checks: change one byte behind it.
            if len(data) > 6:
                data[chance.randrange(5, len(data))] = chance.randrange(256)
    return bytes(data)


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


def run(seed: int, frames: int) -> dict[str, int]:
    chance = random.Random(seed)
    boards = json.loads((_VECTORS / "honest.json").read_text(encoding="utf-8"))
    hostile = [bytes.fromhex(vector["hex"]) for vector in json.loads((_VECTORS / "updates.json").read_text("utf-8"))]
    count = {"refused": 0, "empty": 0, "applied": 0}
    while sum(count.values()) < frames:
        updates = [bytes.fromhex(text) for text in chance.choice(boards)["updates"]]
        board = Board(client_id=(1 << 53) - 1)
        pool = updates + [frame for frame in hostile if frame]
        following = 0
        for step in range(80):
            if step % 4 == 0 and following < len(updates):
                # Honest work goes on in between; a mutation that was taken may have spoilt it.
                with contextlib.suppress(GateError):
                    board.admit(board.inspect(updates[following]))
                following += 1
            # Mutations of what comes next are the likeliest to pass.
            near = updates[following : following + 3] or updates
            frame = mutate(chance, chance.choice(near if chance.random() < 0.8 else pool), pool)
            try:
                edit = board.inspect(frame)
            except GateError:
                count["refused"] += 1
                continue
            if edit.is_empty:
                count["empty"] += 1
                continue
            count["applied"] += 1
            board.admit(edit)
            if chance.random() < 0.7:
                board.commit()
                assert board.inspect(frame).is_empty
            if chance.random() < 0.2:
                board.commit()
                agree(board)
        board.commit()
        agree(board)
        board.close()
    return count


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
