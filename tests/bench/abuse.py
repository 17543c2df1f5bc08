"""Readers that never read, and frames of a hundred megabytes: what it costs the server, and the others in the room.

And how soon somebody is gone who is sent away.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from pycrdt import Doc, Map, Text

from ._bench import Options, Report, main, number
from ._crowd import Crowd
from ._doors import FloorDoor, HocuspocusDoor, NativeDoor, YDoor, varint
from ._ending import sent_away
from ._load import CLOSED, Planned, frame, quantile
from ._machine import memory_of, peak_mb, reset_peak
from ._traffic import board_elements

PEOPLE = 20
DEAF = 10
MIB = 1_048_576
# Four long values, written anew each time: 2.4 kB an update, and a board that does not grow.
KEYS, LONG = 4, 600


class Bulk:
    """A writer of large updates."""

    def __init__(self, number: int) -> None:
        self.client = 5_000_000 + number
        self._doc: Doc[Any] = Doc(client_id=self.client)
        self._made: list[bytes] = []
        self._observing = self._doc.observe(lambda event: self._made.append(event.update))
        elements: Map[Any] = self._doc.get("els", type=Map)
        own_id = f"bulk{number:08d}"
        values = {"t": "note", "g": [0, number * 120, 184, 104], "z": "a0", "c": "oat", "txt": Text("")}
        with self._doc.transaction():
            elements.update({own_id: Map(values)})
        self._note = elements[own_id]
        self._random = random.Random(number)

    def updates(self, count: int) -> list[bytes]:
        for _ in range(count):
            letters = "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=LONG))
            self._note["s"] = {f"k{index}": letters for index in range(KEYS)}
        made, self._made = self._made, []
        return made


def huge(door: YDoor | NativeDoor | FloorDoor | Any, room: Any, size: int) -> bytes:
    """A frame of that size that claims to hold an update."""
    body = bytes(size)
    if isinstance(door, NativeDoor | FloorDoor):
        return frame(door.edit(room, 1_000_000, body))
    prefix = door.prefix(room) if isinstance(door, HocuspocusDoor) else b""
    return frame(prefix + b"\x00\x02" + varint(size) + body)


def bench(options: Options) -> Report:
    rate, seconds = options.pick(500, 50), options.pick(8, 1)
    sizes = (99, 101) if not options.quick else (1,)
    report = Report(
        "Slow readers and huge frames",
        f"{PEOPLE} people, of whom ten write {rate} updates of 2.4 kB a second for {seconds} s, while {DEAF} more "
        "never read anything; then, in a quiet room with 100 small updates a second, one client sends a frame of 99 "
        "MiB, and one of 101 MiB.",
    )
    slow = report.table("", ["server", "MB before → peak", "MB more", "cut off", "p95 of the others ms", "missing"])
    frames = report.table(
        "", ["server", "frame MiB", "MB before → peak", "MB more", "what happened", "longest stall of the others ms"]
    )
    grown: dict[str, float] = {}
    for subject in options.without("hocuspocus-33", "floor"):
        with options.serving(report, subject, [board_elements(20)]) as (server, load):
            crowd = Crowd(subject, server, load, options.traffic, people=PEOPLE, writers=5, updates=2_500)
            crowd.begin()
            bulks = [Bulk(number) for number in range(10)]
            writers = crowd.clients[3:13]
            each = rate * seconds // len(bulks)
            deaf = load.open(subject.door, server.rooms[0], DEAF, receive_buffer=4_096)
            load.deafen(deaf)
            load.quiet(0.3, 2.0)
            plan = []
            for index, (client, bulk) in enumerate(zip(writers, bulks, strict=True)):
                for turn, update in enumerate(bulk.updates(each)):
                    client.edits += 1
                    data = frame(client.door.edit(client.room, client.edits, update))
                    # Making the note is the first update, and six clocks; each other is one.
                    clock = turn + 6
                    note: Callable[[float], None] = partial(crowd.ledger.note, bulk.client, clock)
                    plan.append(Planned((turn * len(bulks) + index) / rate, client, data, note))
            plan.sort(key=lambda planned: planned.at)
            crowd.forget()
            before = memory_of(server.pid).rss
            reset_peak(server.pid)
            load.play(plan)
            watched = crowd.probes_expect(plan)
            load.until(partial(crowd.has_seen, watched), 5)
            peak = peak_mb(server.pid)
            grown[subject.key] = peak - before
            slow.add(
                subject.label,
                f"{before:.0f} → {peak:.0f}",
                number(max(0.0, peak - before)),
                f"{sum(load.is_cut_off(client) for client in deaf)} of {DEAF}",
                number(quantile(crowd.latencies_ms(), 0.95)),
                f"{watched - crowd.visible:,}",
            )
            for client in deaf:
                client.sock.close()
                client.state = CLOSED
            load.quiet(0.3, 2.0)
            for mebibytes in sizes:
                if not server.is_alive:
                    break
                (attacker,) = load.open(subject.door, server.rooms[0], 1)
                load.quiet(0.3, 1.0)
                crowd.forget()
                before = memory_of(server.pid).rss
                reset_peak(server.pid)
                load.meanwhile(crowd.plan(100, 2.5))
                load.idle(0.3)
                load.send(attacker, huge(subject.door, server.rooms[0], mebibytes * MIB))
                started = time.perf_counter()
                load.until(lambda attacker=attacker: attacker.state == CLOSED, 2.5)
                peak = peak_mb(server.pid)
                if attacker.state == CLOSED:
                    after = (time.perf_counter() - started) * 1_000
                    code = attacker.close_code or "none"
                    what = f"closed after {number(after, 2)} ms, code {code}"
                else:
                    what = "taken" if not attacker.out else "not read to the end"
                load.idle(1.0)
                if not server.is_alive:
                    what = "the process is gone, and everybody with it"
                stall = quantile(crowd.latencies_ms(), 1.0)
                frames.add(
                    subject.label,
                    f"{mebibytes}",
                    f"{before:.0f} → {peak:.0f}" if server.is_alive else f"{before:.0f} → –",
                    number(max(0.0, peak - before)) if server.is_alive else "–",
                    what,
                    number(stall),
                )
                if subject.key == "ours" and mebibytes == 99:
                    report.target(
                        "a 99 MB frame is closed at 64 kB",
                        f"{what}; {number(peak - before)} MB more",
                        peak - before < 5,
                    )
    if "ours" in grown:
        report.target(
            "readers that never read are bounded at 256 kB each",
            f"{number(grown['ours'])} MB more with {DEAF} of them",
            grown["ours"] <= DEAF * 0.262 + 10,
        )
    if "ours" in grown:
        sent_away(report, options)
    report.notes.append("Sizes of frames that a server takes are its defaults; behind uvicorn that is 16 MiB.")
    report.notes.append("What waits in the kernel's own buffers is no server's memory, and not counted.")
    return report


if __name__ == "__main__":
    main(bench, "abuse", __doc__)
