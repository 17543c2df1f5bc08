"""The child process that replays boards: it answers whether a state reads as the log it is to stand for.

A process of its own, because replaying keeps a core busy and runs native code on whatever the disk holds: neither may
hold up a room, and a crash here ends nothing else. It reads from standard input until that ends, so it never outlives
the server.
"""

from __future__ import annotations

import signal
import sys
from importlib.util import find_spec
from typing import IO

import msgpack

from harvestry_crdt import DamagedBoard, digest_of

__all__ = ["MAX_SECONDS", "main", "read_frame", "write_frame"]

# A board of 10,000 elements takes about one second of a core; what takes this long will not end.
MAX_SECONDS = 60
# Twice the largest board, replayed, with its values as Python holds them, fits several times over.
_MAX_BYTES = 2 << 30


def main() -> None:
    """Answer one question after the other: nil for yes, or a sentence that says what is wrong."""
    # Ctrl-C in a terminal reaches us too, and the server still has to finish what it does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (question := read_frame(sys.stdin.buffer)) is not None:
        _limit()
        write_frame(sys.stdout.buffer, msgpack.packb(_answer(*msgpack.unpackb(question))))


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next length-prefixed frame; None at the end of the stream, also within a frame."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    length = int.from_bytes(head, "big")
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: IO[bytes], frame: bytes) -> None:
    """Send one frame with its length before it.

    Raises:
        OSError: If nobody reads any more.
    """
    stream.write(len(frame).to_bytes(8, "big"))
    stream.write(frame)
    stream.flush()


def _answer(base: bytes | None, updates: list[bytes], state: bytes) -> str | None:
    try:
        kept, shown = digest_of(base, updates), digest_of(state)
    except DamagedBoard as error:
        return str(error)
    except MemoryError:
        return "there is not enough memory to replay it"
    if kept.state_vector != shown.state_vector:
        return "it does not reach as far as its log"
    if kept.view != shown.view:
        return "it does not read as its log does"
    return None


def _limit() -> None:
    """Bound what the next question may take, where the platform can; the server's own patience bounds it everywhere."""
    if find_spec("resource") is None:
        return
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime)
    for what, soft in ((resource.RLIMIT_CPU, spent + MAX_SECONDS), (resource.RLIMIT_AS, _MAX_BYTES)):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or soft <= hard:
            resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    main()
