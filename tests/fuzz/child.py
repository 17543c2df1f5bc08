"""A child of the campaign: plays one target, seed after seed, and says after each what happened.

python -m fuzz.child TARGET SEED SECONDS SPOT. One line of JSON for each seed: `{"begin": seed}` before it, then
`{"seed", "count", "slowest", "rss"}`, with `"finding"`, `"frame"` and `"trace"` if something was wrong.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from fuzz.findings import Watch

__all__ = ["TARGETS", "Target"]

TARGETS = {
    "gate": ("fuzz.gate", "GateTarget"),
    "frames": ("fuzz.frames", "FramesTarget"),
    "rooms": ("fuzz.rooms", "RoomsTarget"),
    "gatherings": ("fuzz.gatherings", "GatheringsTarget"),
    "oracle": ("fuzz.oracle", "OracleTarget"),
    "sockets": ("fuzz.sockets", "SocketsTarget"),
}
# Targets with children of their own, which map more than they use.
_WIDE = ("oracle", "sockets")
_MEMORY_BYTES = 2 << 30


class Target(Protocol):
    """What a module of the table above holds."""

    def run(self, seed: int) -> None: ...
    def close(self) -> None: ...


def resident_bytes() -> int:
    """What this process holds in memory right now; 0 where nobody tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def main(name: str, seed: int, seconds: float, spot: Path) -> None:
    """Play until the time is over."""
    if name not in _WIDE:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    module, class_name = TARGETS[name]
    watch = Watch(spot)
    make: Callable[[Watch], Target] = getattr(import_module(module), class_name)
    target = make(watch)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            print(json.dumps({"begin": seed}), flush=True)
            said: dict[str, object] = {"seed": seed}
            try:
                target.run(seed)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # noqa: BLE001 - a Rust panic is no Exception
                said["finding"] = f"{type(error).__name__}: {error}"[:400]
                said["frame"] = watch.frame.hex()
                said["trace"] = "".join(traceback.format_exception(error))[-4_000:]
            gc.collect()
            count, watch.count = watch.count, Counter()
            said |= {"count": count, "slowest": watch.slowest, "rss": resident_bytes()}
            print(json.dumps(said), flush=True)
            seed += 1
    finally:
        target.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
