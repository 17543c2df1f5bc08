"""The operator's commands on a real data folder, most of them beside a real server that goes on."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from pycrdt import Map

from harvestry.core.access import BoardId, Token, TokenKind, issue, issue_admin
from harvestry.edge.client import ConnectionEnded, NativeClient
from support.commands import Fail, Run, failure, run
from support.server import Gathering, ServerProcess

__all__ = ["failure", "run"]

CANARY = "quetzalcanary"
A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


@pytest.fixture
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """A server whose data folder is this test's alone."""
    return start_server()


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scenario())  # type: ignore[arg-type]


async def client(server: ServerProcess, gathering: Gathering, name: str = "Ann", token: str = "") -> NativeClient:
    return await NativeClient.connect(server.url, gathering.board, token or gathering.participant, name=name)


async def note(client: NativeClient, id: str, text: str) -> None:
    await client.put(id, "note", (0, 0, 184, 104), text=text)
    await client.settle()


async def ended(client: NativeClient) -> int:
    return (await client.until_ended()).code


def files_with(words: str, *folders: Path) -> set[str]:
    """Every file in the folders that holds the words, byte for byte."""
    found = set()
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and words.encode() in file.read_bytes():
                found.add(file.name)
    return found


def words_of(run: Run, server: ServerProcess, board: str) -> set[str]:
    exported = run("export", board, "--data", server.data)
    return {node["text"] for node in json.loads(exported.stdout)["nodes"]}


# ---- compaction ----------------------------------------------------------------------------------------------------


def test_ten_minutes_of_dragging_take_less_than_a_tenth_of_a_megabyte(run: Run, server: ServerProcess) -> None:
    """[EPO-1] 36,000 steps; everything counts: database, write-ahead log, snapshots."""
    gathering = server.make_gathering()

    async def drag() -> None:
        ann = await client(server, gathering)
        await note(ann, A, "dragged about")
        element = ann.doc.get("els", type=Map)[A]
        for batch in range(360):
            before = ann.doc.get_state()
            for step in range(100):
                # Two keys by turns are what no engine can merge.
                element["g"] = [step, batch, 184, 104]
                element["c"] = ("sage", "oat")[step % 2]
            await ann.send_update(ann.doc.get_update(before))
            await ann.settle()
        await ann.close()

    play(drag)
    before = sum(file.stat().st_size for file in server.data.glob("harvestry.db*") if file.suffix != ".db-shm")
    (told,) = json.loads(run("compact", gathering.board, "--json", "--data", server.data).stdout)["boards"]
    after = sum(file.stat().st_size for file in server.data.glob("harvestry.db*") if file.suffix != ".db-shm")
    # Before, it depends on which snapshots have been kept meanwhile.
    assert told["after"] < 300 < 100_000 < told["before"]
    assert after <= 100_000 < before
    assert words_of(run, server, gathering.board) == {"dragged about"}


def test_whoever_is_on_a_board_that_is_compacted_comes_back_to_it_and_nobody_else_is_disturbed(
    run: Run, server: ServerProcess
) -> None:
    """[EPO-4]"""
    here, elsewhere = server.make_gathering(), server.make_gathering()

    async def scenario() -> None:
        ann, bob = await client(server, here), await client(server, elsewhere, "Bob")
        await note(ann, A, "words")
        told = await asyncio.to_thread(run, "compact", here.board, "--data", server.data)
        assert told.stdout.startswith(f"{here.board}: ")
        assert await ended(ann) == 4410
        await note(bob, B, "undisturbed")
        again = await client(server, here, token=ann.resume)
        assert (again.epoch, again.seat, again.elements()[A]["txt"]) == (2, ann.seat, "words")
        assert again.authors == {A: ann.seat}
        assert again.seats == {ann.seat: "Ann"}
        await note(again, C, "more")
        # With the old copy there is no way back.
        with pytest.raises(ConnectionEnded) as closed:
            await NativeClient.connect(server.url, here.board, ann.resume, name="Ann", doc=ann.doc)
        assert closed.value.code == 4410
        for each in (again, bob):
            await each.close()

    play(scenario)
    assert " ERROR " not in server.log()


def test_boards_that_are_small_already_are_left_alone_when_all_are_compacted(run: Run, server: ServerProcess) -> None:
    gathering = server.make_gathering()

    async def scenario() -> None:
        ann = await client(server, gathering)
        await note(ann, A, "words")
        finished = await asyncio.to_thread(run, "compact", "--data", server.data)
        assert finished.stdout.endswith("as small as it gets.\n")
        await note(ann, B, "goes on")
        await ann.close()

    play(scenario)


def test_a_board_is_compacted_without_a_server(run: Run, failure: Fail, tmp_path: Path) -> None:
    made = json.loads(run("gathering", "new", "--title", "T", "--json", "--data", tmp_path).stdout)
    assert run("compact", made["board"], "--data", tmp_path).returncode == 0
    assert "no board" in failure("compact", "no_such_board_16", "--data", tmp_path)


# ---- erasure -------------------------------------------------------------------------------------------------------


@pytest.fixture
def peopled(server: ServerProcess) -> tuple[Gathering, str]:
    """A board with what Ann wrote and what Bob wrote, in each other's notes too; and Bob's seat."""
    gathering = server.make_gathering()
    seat = ""

    async def fill() -> None:
        nonlocal seat
        ann, bob = await client(server, gathering), await client(server, gathering, f"Bob {CANARY}")
        seat = bob.seat
        await note(ann, A, f"of Ann {CANARY}1")
        await note(bob, B, f"of Bob {CANARY}2")
        await ann.until(lambda: ann.has(B))
        await bob.until(lambda: bob.has(A))
        await bob.type_text(A, 0, f"{CANARY}3 ")
        await bob.settle()
        await note(ann, C, f"deleted {CANARY}4")
        await ann.patch(C, **{"del": 1})
        await ann.type_text(B, 0, f"{CANARY}5 ")
        await ann.erase_text(B, 0, len(CANARY) + 2)
        await ann.settle()
        for each in (ann, bob):
            await each.close()

    play(fill)
    return gathering, seat


def test_what_is_erased_is_in_no_file_while_others_go_on(
    run: Run, server: ServerProcess, peopled: tuple[Gathering, str]
) -> None:
    """[ERA-3] Neither in the database, nor in its log, nor beside it, and the server runs."""
    gathering, seat = peopled
    other = server.make_gathering()

    async def scenario() -> None:
        bob = await client(server, other, "Other")
        writing = asyncio.create_task(_write_on(bob))
        here = await client(server, gathering, "Observer", gathering.observer)
        for wish, gone, left in (
            (("--deleted",), (f"{CANARY}4", f"{CANARY}5"), (f"{CANARY}1", f"{CANARY}2", f"{CANARY}3")),
            (("--seat", seat), (f"{CANARY}2", f"Bob {CANARY}"), (f"{CANARY}1",)),
            (("--element", A), (CANARY,), ()),
        ):
            told = await asyncio.to_thread(run, "erase", gathering.board, *wish, "--json", "--data", server.data)
            assert told.returncode == 0
            assert CANARY not in told.stdout
            for words in left:
                assert files_with(words, server.data), words
            for words in gone:
                assert files_with(words, server.data) == set(), (wish, words)
        assert await ended(here) == 4410
        await writing
        assert not bob.refusals
        assert bob.ended is None
        await bob.close()

    play(scenario)
    assert files_with(CANARY, server.data, server.log_path.parent) == set()
    assert words_of(run, server, gathering.board) == set()


async def _write_on(client: NativeClient) -> None:
    for number in range(40):
        await note(client, f"note{number:08d}", f"word {number}")


def test_an_old_copy_brings_nothing_erased_back(run: Run, server: ServerProcess) -> None:
    """[EPO-3] [ERA-3]"""
    gathering = server.make_gathering()

    async def scenario() -> None:
        ann = await client(server, gathering)
        await note(ann, A, CANARY)
        await ann.close()
        await asyncio.to_thread(run, "erase", gathering.board, "--element", A, "--data", server.data)
        fresh = await client(server, gathering, token=ann.resume)
        await fresh.send_update(ann.doc.get_update())
        assert await ended(fresh) == 4410

    play(scenario)
    assert files_with(CANARY, server.data) == set()


def test_a_whole_gathering_is_erased(run: Run, failure: Fail, server: ServerProcess) -> None:
    """[ERA-3] And whoever was on it is told that it is gone."""
    gathering = server.make_gathering(CANARY)

    async def scenario() -> None:
        ann = await client(server, gathering, CANARY)
        await note(ann, A, CANARY)
        told = await asyncio.to_thread(run, "erase", gathering.board, "--all", "--data", server.data)
        assert told.stdout.startswith(f"Erased: the gathering {gathering.board}.")
        assert await ended(ann) == 4410
        with pytest.raises(ConnectionEnded) as closed:
            await client(server, gathering, token=ann.resume)
        assert closed.value.code == 4404

    play(scenario)
    assert files_with(CANARY, server.data) == set()
    assert "no board" in failure("export", gathering.board, "--data", server.data)


def test_people_are_listed_with_their_roles_and_whoever_was_removed(run: Run, server: ServerProcess) -> None:
    gathering = server.make_gathering()

    async def work() -> None:
        host = await NativeClient.connect(server.url, gathering.board, gathering.host, name="Rosa")
        ann, bob = await client(server, gathering), await client(server, gathering, "Bob")
        await host.command("show.load", template="board-reset")
        await host.command("people.promote", seat=ann.seat, role="harvester")
        await host.command("people.remove", seat=bob.seat)
        for each in (host, ann, bob):
            await each.close()

    play(work)
    people = json.loads(run("gathering", "people", gathering.board, "--json", "--data", server.data).stdout)["people"]
    assert {person["name"]: (person["role"], person["removed"]) for person in people} == {
        "Rosa": ("host", False),
        "Ann": ("harvester", False),
        "Bob": ("participant", True),
    }
    assert (
        "Bob, participant, 0 elements, removed"
        in run("gathering", "people", gathering.board, "--data", server.data).stdout
    )


def test_a_name_goes_with_the_seat_and_people_are_listed(
    run: Run, failure: Fail, server: ServerProcess, peopled: tuple[Gathering, str]
) -> None:
    """[ERA-2]"""
    gathering, seat = peopled
    people = json.loads(run("gathering", "people", gathering.board, "--json", "--data", server.data).stdout)["people"]
    assert {person["name"]: person["elements"] for person in people} == {"Ann": 2, f"Bob {CANARY}": 1}
    run("erase", gathering.board, "--seat", seat, "--data", server.data)
    assert "Ann" in run("gathering", "people", gathering.board, "--data", server.data).stdout
    assert CANARY not in run("gathering", "people", gathering.board, "--data", server.data).stdout
    assert f"no seat {seat}" in failure("erase", gathering.board, "--seat", seat, "--data", server.data)


def test_what_cannot_be_erased_is_said_plainly(run: Run, failure: Fail, server: ServerProcess) -> None:
    gathering = server.make_gathering()
    data = ("--data", server.data)
    assert "Say what" in failure("erase", gathering.board, *data)
    assert "Say what" in failure("erase", gathering.board, "--all", "--deleted", *data)
    assert f"no element {A}" in failure("erase", gathering.board, "--element", A, *data)
    assert "no board" in failure("erase", "no_such_board_16", "--all", *data)
    assert "no board" in failure("erase", "..", "--all", *data)


def test_while_somebody_reads_the_files_are_not_called_clear(failure: Fail, server: ServerProcess) -> None:
    """[ERA-3]"""
    gathering = server.make_gathering()

    async def scenario() -> None:
        ann = await client(server, gathering)
        await note(ann, A, CANARY)
        await ann.close()

    play(scenario)
    with closing(sqlite3.connect(server.data / "harvestry.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM boards").fetchone()
        line = failure("erase", gathering.board, "--element", A, "--data", server.data)
    assert line.startswith("It is off the board, but somebody reads")


# ---- backups -------------------------------------------------------------------------------------------------------


def test_a_backup_of_a_server_at_work_brings_everything_back(
    run: Run, failure: Fail, server: ServerProcess, tmp_path: Path
) -> None:
    """[BAK-1] [BAK-2]"""
    gathering = server.make_gathering("Harvest")
    file = tmp_path / "one.backup"

    async def scenario() -> None:
        ann = await client(server, gathering)
        await note(ann, A, "backed up")
        writing = asyncio.create_task(_write_on(ann))
        made = await asyncio.to_thread(run, "backup", "-o", file, "--with-key", "--json", "--data", server.data)
        (board,) = json.loads(made.stdout)["boards"]
        assert (board["board"], board["epoch"], len(board["digest"])) == (gathering.board, 1, 64)
        await writing
        await note(ann, B, "after the backup")
        await ann.close()

    play(scenario)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "already" in failure("backup", "-o", file, "--data", server.data)
    assert "Another server" in failure("restore", file, "--data", server.data)
    server.stop()
    assert "--replace" in failure("restore", file, "--data", server.data)
    told = run("restore", file, "--replace", "--data", server.data)
    assert told.stdout == f"Restored from {file}, and read back: 1 boards.\n"
    elsewhere = tmp_path / "elsewhere"
    assert run("restore", file, "--data", elsewhere).returncode == 0
    assert (elsewhere / "key").read_bytes() == (server.data / "key").read_bytes()
    assert stat.S_IMODE((elsewhere / "key").stat().st_mode) == 0o600
    assert not list(elsewhere.glob(".*"))
    assert "backed up" in words_of(run, server, gathering.board)
    assert "after the backup" not in words_of(run, server, gathering.board)
    server.start()

    async def links_work_again() -> None:
        ann = await client(server, gathering)
        assert ann.title == "Harvest"
        assert ann.epoch > 1
        await ann.close()

    play(links_work_again)


def test_a_backup_holds_the_key_only_if_it_was_wished_for(run: Run, server: ServerProcess, tmp_path: Path) -> None:
    """[BAK-1]"""
    server.make_gathering()
    key = (server.data / "key").read_bytes()
    run("backup", "-o", tmp_path / "without", "--data", server.data)
    run("backup", "-o", tmp_path / "with", "--with-key", "--data", server.data)
    assert key not in (tmp_path / "without").read_bytes()
    assert key in (tmp_path / "with").read_bytes()


def test_one_board_is_brought_back_into_a_server_at_work(run: Run, server: ServerProcess, tmp_path: Path) -> None:
    """[BAK-3] As a new epoch; what came after the backup is gone, and nobody else is disturbed."""
    here, elsewhere = server.make_gathering(), server.make_gathering()
    file = tmp_path / "one.backup"

    async def scenario() -> None:
        ann, bob = await client(server, here), await client(server, elsewhere, "Bob")
        await note(ann, A, "kept")
        await asyncio.to_thread(run, "backup", "-o", file, "--data", server.data)
        await note(ann, B, "later")
        await ann.patch(A, **{"del": 1})
        await ann.settle()
        told = await asyncio.to_thread(run, "restore", file, "--board", here.board, "--json", "--data", server.data)
        assert json.loads(told.stdout)["epoch"] > 1
        assert await ended(ann) == 4410
        again = await client(server, here, token=ann.resume)
        assert (again.seat, again.elements().keys()) == (ann.seat, {A})
        assert "del" not in again.elements()[A]
        with pytest.raises(ConnectionEnded):
            await NativeClient.connect(server.url, here.board, ann.resume, name="Ann", doc=ann.doc)
        await note(bob, C, "undisturbed")
        for each in (again, bob):
            await each.close()

    play(scenario)
    assert " ERROR " not in server.log()


def test_a_board_that_is_gone_or_was_never_there_is_made_from_a_backup(
    run: Run, server: ServerProcess, tmp_path: Path
) -> None:
    """[BAK-3]"""
    gathering = server.make_gathering("Harvest")

    async def fill() -> None:
        ann = await client(server, gathering)
        await note(ann, A, "words")
        await ann.close()

    play(fill)
    file = tmp_path / "one.backup"
    run("backup", "-o", file, "--data", server.data)
    other = tmp_path / "other"
    run("gathering", "new", "--title", "Other", "--data", other)
    assert run("restore", file, "--board", gathering.board, "--data", other).returncode == 0
    exported = json.loads(run("export", gathering.board, "--data", other).stdout)
    assert (exported["harvestry"]["title"], exported["nodes"][0]["text"]) == ("Harvest", "words")


def test_what_was_erased_stays_erased_whatever_is_restored(
    run: Run, failure: Fail, server: ServerProcess, peopled: tuple[Gathering, str], tmp_path: Path
) -> None:
    """[ERA-4] By the list of the folder, by that of a newer backup, and in every file."""
    gathering, seat = peopled
    doomed = server.make_gathering(f"doomed {CANARY}6")
    old, new = tmp_path / "old", tmp_path / "new"
    data = ("--data", server.data)
    run("backup", "-o", old, *data)
    for wish in (("--element", A), ("--seat", seat), ("--deleted",)):
        run("erase", gathering.board, *wish, *data)
    run("erase", doomed.board, "--all", *data)
    run("backup", "-o", new, *data)
    assert files_with(CANARY, tmp_path) == {"old"}
    assert run("restore", old, "--board", gathering.board, *data).returncode == 0
    assert files_with(CANARY, tmp_path) == {"old"}
    assert "was erased as a whole" in failure("restore", old, "--board", doomed.board, *data)
    server.stop()
    assert run("restore", old, "--replace", *data).returncode == 0
    assert files_with(CANARY, tmp_path) == {"old"}
    elsewhere = tmp_path / "elsewhere"
    assert run("restore", old, "--erasures", new, "--data", elsewhere).returncode == 0
    assert files_with(CANARY, tmp_path) == {"old"}
    assert "no board" in failure("export", doomed.board, "--data", elsewhere)
    assert run("export", gathering.board, "--data", elsewhere).returncode == 0


def test_what_a_killed_restore_left_is_taken_away(run: Run, server: ServerProcess) -> None:
    """[ERA-3] It is a copy of everything from before. While a server works, it may be that server's."""
    gathering = server.make_gathering()
    left = server.data / ".restore-0123456789abcdef.db"
    left.write_text(CANARY)
    run("compact", gathering.board, "--data", server.data)
    assert left.exists()
    server.stop()
    run("compact", gathering.board, "--data", server.data)
    assert not left.exists()
    left.write_text(CANARY)
    server.start()
    assert not left.exists()


def test_a_damaged_board_is_brought_back_from_before(run: Run, failure: Fail, tmp_path: Path) -> None:
    """[BAK-3] [STO-5] It is not rebuilt from what is left of it, and a backup says that it is damaged."""
    data, good, bad = tmp_path / "data", tmp_path / "good", tmp_path / "bad"
    canvas = {"nodes": [{"id": "n", "type": "text", "text": "words", "x": 0, "y": 0, "width": 9, "height": 9}]}
    (tmp_path / "a.canvas").write_text(json.dumps(canvas | {"edges": []}), encoding="utf-8")
    board = json.loads(run("import", tmp_path / "a.canvas", "--json", "--data", data).stdout)["board"]
    before = run("export", board, "--data", data).stdout
    run("backup", "-o", good, "--data", data)
    with closing(sqlite3.connect(data / "harvestry.db")) as database, database:
        database.execute("UPDATE room_log SET body = ?", (b"damaged",))
    assert "cannot be read" in failure("compact", board, "--data", data)
    assert "cannot be read" in failure("erase", board, "--deleted", "--data", data)
    told = run("backup", "-o", bad, "--data", data)
    assert (told.returncode, told.stderr) == (0, f"The board {board} was damaged before, and was copied as it is.\n")
    assert "cannot be read" in failure("restore", bad, "--board", board, "--data", data)
    assert run("restore", good, "--board", board, "--data", data).returncode == 0
    assert run("export", board, "--data", data).stdout == before
    assert run("restore", bad, "--data", tmp_path / "elsewhere").returncode == 0


@pytest.mark.parametrize("at", [0, 100, 5_000, -5_000, -100])
def test_a_damaged_backup_is_refused_and_changes_nothing(run: Run, failure: Fail, tmp_path: Path, at: int) -> None:
    """[BAK-2]"""
    data, file = tmp_path / "data", tmp_path / "one.backup"
    canvas = {"nodes": [{"id": "n", "type": "text", "text": "words " * 400, "x": 0, "y": 0, "width": 9, "height": 9}]}
    (tmp_path / "a.canvas").write_text(json.dumps(canvas | {"edges": []}), encoding="utf-8")
    board = json.loads(run("import", tmp_path / "a.canvas", "--json", "--data", data).stdout)["board"]
    run("backup", "-o", file, "--data", data)
    before = run("export", board, "--data", data).stdout
    content = bytearray(file.read_bytes())
    for offset in range(40):
        content[(at + offset) % len(content)] ^= 0xFF
    file.write_bytes(content)
    finished = run("restore", file, "--replace", "--data", data)
    if finished.returncode == 0:
        # Nothing that is read was hit: then everything is there.
        assert run("export", board, "--data", data).stdout == before
        return
    assert (finished.returncode, len(finished.stderr.splitlines())) == (1, 1)
    assert run("export", board, "--data", data).stdout == before
    assert not list(data.glob(".*"))


def test_a_file_that_is_no_backup_is_said_plainly(failure: Fail, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"nothing of ours" * 100)
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    for file in ("file", "empty.db"):
        assert "not a backup" in failure("restore", tmp_path / file, "--data", tmp_path / "data")
    assert "no file" in failure("restore", tmp_path / "nowhere", "--data", tmp_path / "data")
    assert "no gatherings" in failure("backup", "--data", tmp_path / "data")


# ---- the operator's door -------------------------------------------------------------------------------------------


def door(server: ServerProcess) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((server.data / "server.json").read_text())
    return said


def ask(address: str, what: str, token: str, **headers: str) -> int:
    authorised = {"Authorization": f"Bearer {token}", **headers}
    with httpx.Client(trust_env=False, timeout=60) as http:
        return http.post(f"{address}/api/admin/{what}", json={}, headers=authorised).status_code


def test_a_running_server_says_where_it_is_and_a_stopped_one_does_not(server: ServerProcess) -> None:
    """[ADM-1]"""
    said = door(server)
    assert (said["url"], said["pid"]) == (server.url, server.process.pid)
    assert said["admin"].startswith("http://127.0.0.1:")
    assert stat.S_IMODE((server.data / "server.json").stat().st_mode) == 0o600
    server.stop()
    assert not (server.data / "server.json").exists()


def test_what_a_killed_server_left_is_not_believed(run: Run, server: ServerProcess) -> None:
    """[ADM-1]"""
    gathering = server.make_gathering()
    server.kill()
    assert (server.data / "server.json").exists()
    assert run("compact", gathering.board, "--data", server.data).returncode == 0


def test_the_door_opens_for_whoever_has_the_key_and_to_nobody_else(server: ServerProcess) -> None:
    """[ADM-2]"""
    gathering = server.make_gathering()
    key, now, admin = (server.data / "key").read_bytes(), int(time.time()), door(server)["admin"]
    good = issue_admin(key, now=now)
    assert ask(admin, "tidy", good) == 200
    assert ask(admin, "tidy", good, Origin=server.url) == 401
    stale = issue_admin(key, now=now - 3_600)
    forged = issue_admin(bytes(32), now=now)
    of_a_board = issue(key, BoardId(gathering.board), Token(TokenKind.ADMIN, f"{now:012d}"))
    for token in ("none", "x.", stale, forged, of_a_board, gathering.host, good[:-1]):
        assert ask(admin, "tidy", token) == 401, token
    # Neither does it stand at the door that people come by, nor its token open a board.
    assert ask(server.url, "tidy", good) in (404, 405)
    for token in (good, of_a_board):
        board = httpx.get(
            f"{server.url}/api/boards/{gathering.board}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=60,
        )
        assert board.status_code == 401
    assert httpx.get(f"{admin}/api/boards/{gathering.board}", trust_env=False, timeout=60).status_code == 404
    for token in (good, stale, forged):
        assert token not in server.log()
