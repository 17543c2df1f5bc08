"""Frames against every parser: any bytes end in a message or in a `PeerError`, and a message is within its bounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgpack

from fuzz.findings import MAX_CPU_S, Finding, Watch
from harvestry.core import protocol, yprotocol
from harvestry.core.connection import NativeConnection
from harvestry.core.errors import PeerError
from harvestry_crdt import GateError
from harvestry_crdt.wire import decode_state_vector, decode_update, encode_state_vector
from support.dice import Dice
from support.grammar import mangle

__all__ = ["FramesTarget", "native_frame", "spoil", "stock_frame"]

_VECTORS = Path(__file__).parents[1] / "vectors"
_FRAMES = 2_000
_ID = "abcdefghijkl"
_ODD = (
    *(None, True, False, 0, -1, 1, 127, 128, 255, 256, 2**31, 2**53 - 1, 2**53, 2**63, -(2**63), 2**64 - 1),
    *(0.0, -0.0, 1.5, float("inf"), float("nan"), "", "x", _ID, "x" * 61, "x" * 201, "\x00", "\u202e", "é" * 12),
    *(b"", b"\x00", b"x" * 300, [], [[]], {}, {"a": 1}, [_ID] * 101, [0] * 5_000, {str(n): n for n in range(70)}),
)


def _deep(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value] if depth % 2 else {"a": value}
    return value


def native_frame(dice: Dice) -> list[object]:
    """A message of the native door as a plain value, mostly as it should be."""
    match dice.below(8):
        case 0:
            body: dict[str, object] = {"v": 1, "token": "l" + "x" * 30}
            if dice.once_in(2):
                body["name"] = dice.pick(("Ann", "", "x" * 60, "\u200d", "🌾"))
            if dice.once_in(2):
                body["sv"] = encode_state_vector({dice.below(99): dice.below(99) for _ in range(dice.below(4))})
            if dice.once_in(2):
                body["since"] = [dice.below(3), dice.below(9)]
            return ["hello", body]
        case 1:
            return ["edit", dice.below(50), dice.bytes(dice.below(30))]
        case 2:
            count = 1 + dice.below(4)
            return ["part", 1 + dice.below(3), dice.below(count), count, dice.bytes(dice.below(30))]
        case 3:
            cursor = None if dice.once_in(3) else [dice.below(10**9) - 5 * 10**8, dice.below(99)]
            drag = None if dice.once_in(2) else [dice.below(9) - 4 for _ in range(4)]
            return ["presence", cursor, [_ID] * dice.below(3) or None, dice.pick((None, _ID)), drag]
        case 4:
            args = dice.pick(({"name": "Ann"}, {"title": "x"}, {"locked": True}, {}, {"name": "\x00" * 70}))
            return ["command", dice.below(9), dice.pick(("rename", "title", "lock", "x", "")), args]
        case 5:
            return ["ping", dice.below(9)]
        case 6:
            return ["sync", dice.pick((None, b"\x00", b"\x01\x15\x05", dice.bytes(9)))]
        case _:
            return [dice.pick(("sync", "edit", "welcome", "tick", "", "hello")), dice.below(9)]


def spoil(dice: Dice, value: object) -> object:
    """The value with something in it exchanged; of maps and lists a copy."""
    if isinstance(value, list) and value and dice.roll() < 0.7:
        at = dice.below(len(value))
        match dice.below(6):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value[:at], dice.pick(_ODD), *value[at:]]
            case _:
                return [*value[:at], spoil(dice, value[at]), *value[at + 1 :]]
    if isinstance(value, dict) and value and dice.roll() < 0.7:
        key = dice.pick(sorted(map(str, value)))
        return {**value, key if dice.roll() < 0.8 else dice.pick(("x", "v", "")): spoil(dice, value.get(key))}
    return _deep(dice.below(30)) if dice.once_in(12) else dice.pick(_ODD)


def stock_frame(dice: Dice) -> bytes:
    """A message of the stock door, mostly as it should be."""
    match dice.below(5):
        case 0:
            return yprotocol.encode_step1(
                encode_state_vector({dice.below(99): dice.below(99) for _ in range(dice.below(4))})
            )
        case 1:
            return yprotocol.encode_step2(dice.bytes(dice.below(30)))
        case 2:
            return yprotocol.encode_update(dice.bytes(dice.below(30)))
        case 3:
            return b"\x03"
        case _:
            states = (None, {}, {"user": {"name": "Ann"}}, {"user": {"name": "x" * 500}}, {"a": _deep(20)}, [], 1)
            entries = [
                yprotocol.AwarenessEntry(dice.below(2**32), dice.below(99), dice.pick(states))
                for _ in range(dice.below(4))
            ]
            return yprotocol.encode_awareness(entries)


class FramesTarget:
    """All parsers in turn."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        vectors = json.loads((_VECTORS / "protocol.json").read_text(encoding="utf-8"))
        self._golden = _hex_in(vectors)

    def close(self) -> None:
        """Nothing is held."""

    def run(self, seed: int) -> None:
        """A few thousand frames.

        Raises:
            Finding: If anything else than a message or a documented error comes of one.
        """
        dice = Dice(f"frames {seed}")
        native = NativeConnection()
        for _ in range(_FRAMES):
            roll = dice.roll()
            if roll < 0.55:
                frame = self._native(dice)
                if self._try(frame, protocol.parse, PeerError) and dice.roll() < 0.9:
                    self._try(frame, native.receive, PeerError)
                if dice.once_in(20):
                    native = NativeConnection()
            elif roll < 0.85:
                frame = stock_frame(dice)
                self._try(mangle(dice, frame, self._golden) if dice.once_in(2) else frame, yprotocol.parse, PeerError)
            elif roll < 0.95:
                vector = encode_state_vector({dice.below(2**53): dice.below(2**31) for _ in range(dice.below(9))})
                vector = mangle(dice, vector, self._golden) if dice.roll() < 0.8 else vector
                if self._try(vector, decode_state_vector, GateError) and len(decode_state_vector(vector)) > len(vector):
                    raise Finding("a state vector names more clients than it has bytes")
            else:
                self._try(mangle(dice, dice.pick(self._golden), self._golden), decode_update, GateError)

    def _native(self, dice: Dice) -> bytes:
        if dice.once_in(12):
            return mangle(dice, dice.pick(self._golden), self._golden)
        value: object = native_frame(dice)
        if dice.once_in(2):
            value = spoil(dice, value)
        try:
            frame = bytes(msgpack.packb(value, use_bin_type=True))
        except (OverflowError, ValueError):
            frame = b"\x91\xcf" + b"\xff" * 8
        return mangle(dice, frame, self._golden) if dice.once_in(3) else frame

    def _try(self, frame: bytes, parse: Callable[[bytes], object], error: type[Exception]) -> bool:
        watch = self.watch
        watch.count["frames"] += 1
        began = watch.begin(frame)
        try:
            parse(frame)
        except error:
            watch.count["refused"] += 1
            return False
        finally:
            if watch.end(began) > MAX_CPU_S:
                raise Finding(f"{len(frame)} bytes took {watch.slowest * 1_000:.0f} ms")
        watch.count["parsed"] += 1
        return True


def _hex_in(value: object) -> list[bytes]:
    """Every hex string in a JSON value that is bytes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [found for item in value for found in _hex_in(item)]
    if isinstance(value, str) and len(value) > 2:
        try:
            return [bytes.fromhex(value)]
        except ValueError:
            return []
    return []
