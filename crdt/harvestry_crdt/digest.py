"""What a board reads as and how far it reaches, in a few bytes: two ways to the same board give equal digests."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from pycrdt import Doc, Map

from harvestry_crdt.errors import DamagedBoard
from harvestry_crdt.reading import plain
from harvestry_crdt.wire import decode_state_vector, encode_state_vector


@dataclass(frozen=True, slots=True)
class Digest:
    """Equal for boards that read equal and hold equally much.

    Attributes:
        view: SHA-256 of every value on the board, deleted elements included, in one order and one spelling. The bytes
            of an encoded board will not do: replicas that agree may encode differently.
        state_vector: What was taken in, of whom.
    """

    view: bytes
    state_vector: bytes


def digest_of(state: bytes | None, updates: Iterable[bytes] = ()) -> Digest:
    """The digest of the board that a state and what followed it make, replayed into a fresh document.

    Raises:
        DamagedBoard: If the bytes do not make a board.
    """
    doc: Doc[Map[object]] = Doc()
    roots = {name: doc.get(name, type=Map) for name in ("els", "meta")}
    try:
        with doc.transaction():
            if state is not None:
                doc.apply_update(state)
            for update in updates:
                doc.apply_update(update)
        values = {name: plain(root.to_py()) for name, root in roots.items()}
        state_vector = encode_state_vector(decode_state_vector(doc.get_state()))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as fault:  # a Rust panic is no Exception
        raise DamagedBoard(f"the stored bytes do not make a board: {type(fault).__name__}") from fault
    text = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_bytes)
    return Digest(hashlib.sha256(text.encode()).digest(), state_vector)


def _bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise DamagedBoard(f"the stored bytes do not make a board: a {type(value).__name__} is on it")
    return {"$bytes": bytes(value).hex()}
