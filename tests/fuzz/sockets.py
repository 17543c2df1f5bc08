"""Bytes at the sockets of a real server: handshakes, frames and streams that no client makes, while people work.

A gathering goes on, and commands of all kinds come from every role but those of hosts. Two honest hosts write in the
same room all the while. When a round is over they hold the same board, everything of theirs is saved, and the server's
log has no line that somebody has to act upon, and nothing that anybody keeps to themselves.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import re
import struct
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import msgpack

from fuzz.findings import Finding, Watch
from fuzz.frames import native_frame, stock_frame
from fuzz.wishes import PLANS, Wishes
from harvestry.core import yprotocol
from harvestry.core.errors import Refusal
from harvestry.core.gathering.base import Draw
from harvestry.core.gathering.gathering import fold, prepared
from harvestry.core.gathering.plan import Plan
from harvestry.core.protocol import Edit, Hello, encode
from harvestry.edge.client import NativeClient
from support.dice import Dice
from support.grammar import mangle
from support.rooms import Writer
from support.server import Gathering, ServerProcess

__all__ = ["SocketsTarget"]

_ATTACKS = 60
# Whoever leads a gathering is not hostile to it.
_ROLES = ("harvester", "table", "participant", "participant", "observer", "display")
_ROUND_S = 180.0
# How long somebody who talks nonsense listens for an answer.
_LISTEN_S = 0.02
# Outside of all regions: where people write sealed, nobody else puts anything on the board, and no host either.
_BOX = (2_000, 2_000, 184, 104)
# How often we write to somebody who has hung up is nobody's business.
logging.getLogger("asyncio").setLevel(logging.ERROR)
_LOUD = re.compile(r"ERROR|CRITICAL|Traceback|a fault of ours|Task exception")


def frame(dice: Dice, payload: bytes, *, opcode: int = 2) -> bytes:
    """A WebSocket frame of a client, now and then one that no client makes."""
    head = 0x80 | opcode
    mask_bit = 0x80
    length = len(payload)
    if dice.once_in(8):
        head = dice.below(256)
    if dice.once_in(20):
        mask_bit = 0
    if dice.once_in(12):
        length = dice.pick((0, 1, 125, 126, 65_535, 65_537, 2**31, 2**63 - 1, 2**64 - 1))
    if length < 126 and not dice.once_in(10):
        out = bytes((head, mask_bit | length))
    elif length < 65_536 and not dice.once_in(10):
        out = bytes((head, mask_bit | 126)) + struct.pack(">H", length)
    else:
        out = bytes((head, mask_bit | 127)) + struct.pack(">Q", length)
    if not mask_bit:
        return out + payload
    mask = dice.bytes(4)
    return out + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class SocketsTarget:
    """One server for all seeds, a gathering for each."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._wishes = Wishes(Dice("wishes"))
        # As it is in every round: the wishes are about what is there.
        happened = prepared(Plan.model_validate_json(json.dumps(PLANS[0])), Draw(bytes(32)), at=0, begins=True)[1]
        self._state = fold(happened, {})
        self._folder = tempfile.TemporaryDirectory()
        self._server = ServerProcess(Path(self._folder.name)).start()
        self._read = 0

    def close(self) -> None:
        """Stop the server; it must go in peace."""
        try:
            code = self._server.stop()
            if code != 0:
                raise Finding(f"the server ended with {code}")
        finally:
            self._folder.cleanup()

    def run(self, seed: int) -> None:
        """One round.

        Raises:
            Finding: If honest people notice anything, or the server had to complain.
        """
        dice = Dice(f"sockets {seed}")
        gathering = self._server.make_gathering()
        try:
            with asyncio.Runner() as runner:
                runner.run(self._round(dice, gathering))
        except TimeoutError as error:
            raise Finding("the honest people did not get done") from error
        log = self._server.log()
        new, self._read = log[self._read :], len(log)
        if found := _LOUD.search(new):
            at = max(0, found.start() - 300)
            raise Finding(f"the server logged: {new[at : at + 1_500]}")
        if Wishes.found_in(new.encode()):
            raise Finding("the server's log holds what is nobody's business")
        if self._server.process.poll() is not None:
            raise Finding("the server is gone")

    async def _round(self, dice: Dice, gathering: Gathering) -> None:
        server = self._server
        async with asyncio.timeout(_ROUND_S):
            ann = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Ann")
            ben = await NativeClient.connect(server.url, gathering.board, gathering.tokens["cohost"], name="Ben")
            for person in (ann, ben):
                # The round has its time, and nothing in it: hostile people slow everybody down.
                person.patience_s = _ROUND_S
            await ann.command("show.load", plan=PLANS[0])
            await ann.command("show.start")
            made = 0
            for number in range(_ATTACKS):
                if number % 5 == 4:
                    phase = dice.pick([phase["key"] for phase in PLANS[0]["phases"]])
                    with contextlib.suppress(Refusal):
                        await ann.command(dice.pick(("show.go", "seal.reveal")), phase=phase)
                await self._attack(dice, gathering)
                self.watch.count["connections"] += 1
                if dice.once_in(6):
                    made += 1
                    person = dice.pick((ann, ben))
                    await person.put(f"honest{made:06d}", "note", _BOX, text="words")
            for person in (ann, ben):
                await person.settle()
            for person, other in ((ann, ben), (ben, ann)):
                await person.until(
                    lambda person=person, other=other: person.doc.get_state() and person.seq >= other.seq
                )  # type: ignore[misc]
                if person.refusals:
                    raise Finding(f"an honest edit was refused: {person.refusals[0]}")
                if person.neutralised:
                    raise Finding(f"an honest edit was undone: {person.neutralised[0]}")
            await ann.until(lambda: all(ann.has(f"honest{n:06d}") for n in range(1, made + 1)))
            await ben.until(lambda: all(ben.has(f"honest{n:06d}") for n in range(1, made + 1)))
            await ann.until(lambda: ann.seq == ben.seq)
            if ann.elements().keys() != ben.elements().keys():
                raise Finding("two honest people see different boards")
            await ann.close()
            await ben.close()

    async def _attack(self, dice: Dice, gathering: Gathering) -> None:
        url = urlsplit(self._server.url)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        try:
            with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
                await self._talk(dice, gathering, reader, writer)
        finally:
            if dice.once_in(3):
                writer.transport.abort()
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 5)

    async def _talk(
        self, dice: Dice, gathering: Gathering, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if dice.once_in(8):
            await self._write(dice, writer, dice.bytes(dice.below(300)))
            await _listen(reader)
            return
        is_stock = dice.once_in(3)
        head = _handshake(dice, gathering, is_stock=is_stock)
        if dice.once_in(6):
            head = mangle(dice, head, [head])
            await self._write(dice, writer, head)
            await _listen(reader)
            return
        await self._write(dice, writer, head)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 1) if not dice.once_in(20) else b" 101 "
        if b" 101 " not in answer:
            return
        if not is_stock and dice.roll() < 0.85:
            token = gathering.tokens[dice.pick(_ROLES)]
            await self._write(dice, writer, frame(dice, encode(Hello(1, token, "Eve"))))
        author = Writer(1_000 + dice.below(10**6))
        for number in range(dice.below(12)):
            await self._write(dice, writer, self._some(dice, author, number, is_stock=is_stock))
        await _listen(reader)

    def _some(self, dice: Dice, author: Writer, number: int, *, is_stock: bool) -> bytes:
        """One or a few WebSocket frames."""
        if dice.roll() < 0.4:
            update = author.note(f"eve{dice.below(10**9):09d}")
            update = mangle(dice, update, [update]) if dice.once_in(2) else update
            payload = yprotocol.encode_update(update) if is_stock else encode(Edit(number + 1, update))
        elif is_stock:
            payload = stock_frame(dice)
        elif dice.once_in(2):
            payload = self._wish(dice, number)
        else:
            payload = bytes(msgpack.packb(native_frame(dice), use_bin_type=True))
        if dice.once_in(4):
            payload = mangle(dice, payload, [payload])
        match dice.below(8):
            case 0:
                # In fragments, with a ping in between.
                cuts = sorted(dice.below(len(payload) + 1) for _ in range(dice.below(4)))
                parts = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
                out = b""
                for at, part in enumerate(parts):
                    whole = bytearray(frame(dice, part, opcode=2 if at == 0 else 0))
                    if at < len(parts) - 1 and whole:
                        whole[0] &= 0x7F
                    out += bytes(whole)
                    if dice.once_in(3):
                        out += frame(dice, b"ping", opcode=9)
                return out
            case 1:
                return frame(dice, dice.bytes(dice.below(140)), opcode=dice.pick((0, 1, 3, 8, 9, 10, 11, 15)))
            case 2:
                return dice.bytes(dice.below(60))
            case _:
                return frame(dice, payload)

    def _wish(self, dice: Dice, number: int) -> bytes:
        self._wishes.dice = dice
        name = self._wishes.name(self._state)
        self.watch.count["wishes"] += 1
        args = self._wishes.spoilt(self._wishes.args(name, self._state, "eve_________", [], lambda _: "nothing_"))
        try:
            return bytes(msgpack.packb(["command", number, name, args], use_bin_type=True))
        except (OverflowError, ValueError, TypeError):
            return b""

    async def _write(self, dice: Dice, writer: asyncio.StreamWriter, data: bytes) -> None:
        """At once, or in pieces, or not to the end."""
        self.watch.count["frames"] += 1
        self.watch.begin(data)
        if dice.once_in(15):
            data = data[: dice.below(len(data) + 1)]
        if dice.once_in(6):
            for at in range(0, len(data), 7):
                writer.write(data[at : at + 7])
                await asyncio.sleep(0)
        else:
            writer.write(data)
        await asyncio.wait_for(writer.drain(), 5)


def _handshake(dice: Dice, gathering: Gathering, *, is_stock: bool) -> bytes:
    board = gathering.board if not dice.once_in(10) else dice.pick(("x", "no_such_board_16", "%00", "a" * 300, "../.."))
    lines = [
        f"GET /{'yjs' if is_stock else 'ws'}/{board} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(dice.bytes(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if is_stock:
        token = gathering.participant if not dice.once_in(6) else dice.pick(("", "x", gathering.observer, "p" * 500))
        lines.append(f"Sec-WebSocket-Protocol: harvestry.{token}")
    if dice.once_in(10):
        del lines[1 + dice.below(len(lines) - 1)]
    if dice.once_in(12):
        lines.append(
            dice.pick(("Origin: http://evil.example", "Content-Length: 5", "X: " + "x" * 9_000, "Bad line", ":"))
        )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def _listen(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(reader.read(4_096), _LISTEN_S)
