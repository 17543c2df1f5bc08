"""What somebody was sent, for comparison: values instead of bytes where the engine writes them in chance order.

Yjs writes the keys of a plain map in an order that differs from one run to the next; nothing else is taken away, and
the length of each frame stands beside it.
"""

from __future__ import annotations

from typing import Any

import msgpack

from harvestry_crdt.wire import decode_update, read_varint

__all__ = ["of_native", "of_stock"]


def of_native(frame: bytes) -> object:
    """A frame of the native door."""
    message: list[Any] = msgpack.unpackb(frame, strict_map_key=False)
    if message[0] == "tick" and message[2] is not None:
        message[2] = decode_update(message[2], trusted=True)
    if message[0] == "welcome" and message[1]["update"] is not None:
        message[1]["update"] = decode_update(message[1]["update"], trusted=True)
    return len(frame), message


def of_stock(frame: bytes) -> object:
    """A frame of the stock door: step 2 and updates are taken apart, all else stays bytes."""
    if frame[0] != 0 or frame[1] not in (1, 2):
        return len(frame), frame
    size, at = read_varint(frame, 2)
    return len(frame), frame[:2], decode_update(frame[at : at + size], trusted=True)
