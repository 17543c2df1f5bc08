"""Bytes that change on the disk by themselves: found out, and never taken for what was written."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from pycrdt import Doc
from sqlalchemy.exc import SQLAlchemyError

from crash.tally import Tally
from harvestry.core.access import BoardId
from harvestry.core.ports import Entry, NewBoard
from harvestry.edge.reading import Reading
from harvestry.edge.store import SqlStore, open_engines
from harvestry_crdt import DamagedBoard, digest_of
from support.storm import Seeded, Storm, carry_out, view_of

BOARDS = tuple(BoardId(f"flip_board_{number:05}") for number in range(3))
ENTRIES = 60
SNAPSHOTS = (20, 35, 50)


async def _make(path: Path, seed: int) -> dict[str, list[bytes]]:
    """Boards with words on them, and what each of them read as at every position of its log."""
    store = await SqlStore.open(path)
    views: dict[str, list[bytes]] = {}
    for number, board in enumerate(BOARDS):
        doc: Doc[object] = Doc(client_id=number + 10)
        updates: list[bytes] = []
        watching = doc.observe(lambda event, updates=updates: updates.append(event.update))
        storm = Storm(Seeded(seed + number), f"bd{number:02}")
        await store.create(NewBoard(board, "Flips", 1, ()))
        views[board] = [digest_of(None).view]
        while len(updates) < ENTRIES:
            carry_out(doc, storm.next(view_of(doc)).action)
        doc.unobserve(watching)
        for seq, update in enumerate(updates[:ENTRIES], start=1):
            await store.append(Entry(board, 1, seq, update))
            views[board].append(digest_of(None, updates[:seq]).view)
            if seq in SNAPSHOTS:
                whole: Doc[object] = Doc()
                for each in updates[:seq]:
                    whole.apply_update(each)
                await store.save_snapshot(board, epoch=1, seq=seq, state=whole.get_update())
    await store.close()
    return views


def flip_bytes(folder: Path, *, cycles: int, seed: int) -> Tally:
    """Change one byte of a copy, read every board, and hold what is read against all that ever was."""
    tally, chance = Tally(f"flipped bytes, seed {seed}"), random.Random(seed)
    path, copy = folder / "sound.db", folder / "flipped.db"
    views = asyncio.run(_make(path, seed))
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT body FROM room_log UNION ALL SELECT state FROM snapshots").fetchall()
    sound = path.read_bytes()
    places = [at for (content,) in rows if len(content) > 8 and (at := sound.find(content[:200])) >= 0]
    for number in range(cycles):
        at = chance.randrange(len(sound)) if number % 2 else chance.choice(places) + chance.randrange(8)
        flipped = bytearray(sound)
        flipped[at] ^= 1 << chance.randrange(8)
        copy.write_bytes(flipped)
        touched = 0
        for board in BOARDS:
            kind = _read(copy, board, views[board], tally, at)
            tally.checked += 1
            tally.seen[kind] += 1
            touched += kind == "boards shown up to the damage"
        if touched > 1 and number % 2 == 0:
            tally.broken.append(f"byte {at}: {touched} boards suffer from one entry")
        tally.cycles += 1
    return tally


def _read(path: Path, board: BoardId, views: list[bytes], tally: Tally, at: int) -> str:
    reads, writes = open_engines(path)
    try:
        with reads.connect() as db:
            stored = Reading(db, board).everything()
        if stored is None:
            return "boards not found"
        view = digest_of(stored.state, stored.updates).view
    except (DamagedBoard, SQLAlchemyError, sqlite3.Error):
        return "boards that do not load"
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody had foreseen it
        tally.broken.append(f"byte {at}: {type(error).__name__}: {error}")
        return "surprises"
    finally:
        reads.dispose()
        writes.dispose()
    if stored.seq >= len(views) or view != views[stored.seq]:
        tally.broken.append(f"byte {at}: {board} reads as it never did")
        return "wrong values"
    if stored.damage is not None:
        return "boards shown up to the damage"
    if stored.seq != ENTRIES:
        tally.broken.append(f"byte {at}: {board} ends at {stored.seq} and nobody says so")
        return "losses unsaid"
    return "boards as they were"
