"""The command line: every command does its work, and what goes wrong is one plain sentence."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import ANY

import httpx
import pytest

from harvestry.core.access import Role
from harvestry.core.gathering.gathering import fold
from harvestry.core.gathering.plan import Capture
from harvestry.core.gathering.state import Show, Stage
from harvestry.edge.auth import new_board_id
from harvestry.edge.gatherings import open_archive
from harvestry.edge.library import shipped
from support.commands import Fail, Run, failure, run
from support.server import ServerProcess, environment

__all__ = ["failure", "run"]


def test_the_package_is_a_program(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "harvestry", "export", "no_such_board_16", "--data", str(tmp_path)],
        env=environment({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 1
    assert finished.stderr == "There is no board no_such_board_16 in this data folder.\n"


def test_a_gathering_is_printed_for_programs(run: Run, tmp_path: Path) -> None:
    finished = run("gathering", "new", "--title", "Harvest", "--json", "--data", tmp_path, "--port", 9_000)
    assert (finished.returncode, finished.stderr) == (0, "")
    made = json.loads(finished.stdout)
    assert made.keys() == {"board", "roles"}
    assert len(made["board"]) == 16
    assert made["roles"].keys() == {role.value for role in Role}
    for role in made["roles"].values():
        assert role.keys() == {"link", "token"}
        assert role["link"] == f"http://127.0.0.1:9000/b/{made['board']}#{role['token']}"


def test_a_gathering_is_printed_for_people(run: Run, tmp_path: Path) -> None:
    finished = run("gathering", "new", "--title", "Harvest", "--data", tmp_path, public_url="https://board.example/")
    assert [line.partition(":")[0] for line in finished.stdout.splitlines()] == [role.value for role in Role]
    assert "https://board.example/b/" in finished.stdout


def test_a_running_server_finds_a_gathering_that_is_made_beside_it(run: Run, server: ServerProcess) -> None:
    made = json.loads(run("gathering", "new", "--title", "Beside", "--json", "--data", server.data).stdout)
    answer = httpx.get(
        f"{server.url}/api/boards/{made['board']}",
        headers={"Authorization": f"Bearer {made['roles']['host']['token']}"},
    )
    assert answer.json()["title"] == "Beside"


def stored_show(data: Path, board: str) -> Show:
    """The run of show of a gathering as it is on disk."""
    with closing(sqlite3.connect(data / "harvestry.db")) as db:
        bodies = [
            body for (body,) in db.execute("SELECT body FROM happenings WHERE board = ? ORDER BY rowid", (board,))
        ]
    return fold(bodies, {}).show


def test_a_gathering_begins_with_a_template_by_one_command(run: Run, server: ServerProcess) -> None:
    """[TPL-6]"""
    finished = run("gathering", "new", "--template", "board-reset", "--start", "--json", "--data", server.data)
    assert (finished.returncode, finished.stderr) == (0, "")
    made = json.loads(finished.stdout)
    show = stored_show(server.data, made["board"])
    assert (show.stage, show.at) == (Stage.LIVE, "arrive-welcome")
    token = made["roles"]["host"]["token"]
    answer = httpx.get(f"{server.url}/api/boards/{made['board']}", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["title"] == "Board reset"
    canvas = json.loads(run("export", made["board"], "--data", server.data).stdout)
    assert show.plan is not None
    assert len(show.plan.regions) > 40
    assert sorted(node["label"] for node in canvas["nodes"]) == sorted(region.title for region in show.plan.regions)


def test_templates_that_follow_each_other_are_one_gathering(run: Run, failure: Fail, tmp_path: Path) -> None:
    """[TPL-5]"""
    both = ("--template", "arrive-short", "--template", "leave")
    made = json.loads(run("gathering", "new", *both, "--title", "Short", "--json", "--data", tmp_path).stdout)
    show = stored_show(tmp_path, made["board"])
    assert show.stage is Stage.READY
    assert show.plan is not None
    assert (show.plan.title, len(show.plan.phases)) == ("Short", 7)
    assert "There is no template nothing" in failure("gathering", "new", "--template", "nothing", "--data", tmp_path)
    twice = ("--template", "leave", "--template", "leave")
    assert "Check out is there twice" in failure("gathering", "new", *twice, "--data", tmp_path)
    bare = run("gathering", "new", "--title", "Bare", "--start", "--data", tmp_path)
    assert (bare.returncode, "--template" in bare.stderr) == (2, True)


def test_an_export_obeys_what_the_group_agreed(run: Run, failure: Fail, tmp_path: Path) -> None:
    """[LEV-2]"""

    async def make(level: Capture) -> str:
        plan = shipped().plan(["arrive"])
        assert plan is not None
        async with open_archive(tmp_path, tmp_path / "harvestry.db") as archive:
            made = await archive.create("Harvest", plan=plan.model_copy(update={"capture": level}))
        return made.board

    nothing = failure("export", asyncio.run(make(Capture.NOTHING)), "--data", tmp_path)
    assert nothing == "The group agreed that nothing leaves this gathering, so it is not exported."
    board = asyncio.run(make(Capture.CHATHAM))
    assert len(json.loads(run("export", board, "--data", tmp_path).stdout)["nodes"]) == 3
    with closing(sqlite3.connect(tmp_path / "harvestry.db")) as db, db:
        db.execute("UPDATE happenings SET body = ? WHERE board = ?", (b"{}", board))
    damaged = failure("export", board, "--data", tmp_path)
    assert damaged == "What the group agreed may leave cannot be read, so nothing is exported."


def test_templates_are_listed(run: Run) -> None:
    """[TPL-6]"""
    lines = run("templates").stdout.splitlines()
    rows = json.loads(run("templates", "--json").stdout)["templates"]
    assert [line.split()[0] for line in lines] == [row["key"] for row in rows]
    assert {row["key"]: row["minutes"] for row in rows}["board-reset"] == 90


def test_the_key_is_its_owners_alone(run: Run, tmp_path: Path) -> None:
    run("gathering", "new", "--title", "Harvest", "--data", tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data" / "key").stat().st_mode) == 0o600
    assert {path.name for path in (tmp_path / "data").iterdir()} >= {"key", "harvestry.db"}
    assert not list((tmp_path / "data").glob(".key-*"))


def test_a_board_survives_export_and_import(run: Run, tmp_path: Path) -> None:
    canvas = {
        "nodes": [{"id": "n1", "type": "text", "text": "words", "x": 1, "y": 2, "width": 184, "height": 104}],
        "edges": [],
    }
    (tmp_path / "board.canvas").write_text(json.dumps(canvas), encoding="utf-8")
    data = tmp_path / "data"
    made = json.loads(run("import", tmp_path / "board.canvas", "--json", "--data", data).stdout)
    exported = run("export", made["board"], "--data", data)
    assert exported.returncode == 0
    (node,) = json.loads(exported.stdout)["nodes"]
    assert (node["text"], node["x"], node["y"]) == ("words", 1, 2)
    assert run("export", made["board"], "--data", data, "--output", tmp_path / "out.canvas").returncode == 0
    assert (tmp_path / "out.canvas").read_text(encoding="utf-8") == exported.stdout
    again = json.loads(run("import", tmp_path / "out.canvas", "--json", "--data", data).stdout)
    assert run("export", again["board"], "--data", data).stdout == exported.stdout


def test_an_export_is_told_to_programs(run: Run, failure: Fail, tmp_path: Path) -> None:
    made = json.loads(run("gathering", "new", "--title", "T", "--json", "--data", tmp_path).stdout)
    file = tmp_path / "out.canvas"
    told = json.loads(run("export", made["board"], "-o", file, "--json", "--data", tmp_path).stdout)
    assert told == {"board": made["board"], "file": str(file), "elements": 0, "withdrawn": 0}
    assert "--output" in failure("export", made["board"], "--json", "--data", tmp_path)


def test_an_import_is_read_back(failure: Fail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that came out otherwise than the file says is not passed over."""
    node = {"id": "n1", "type": "text", "text": "words", "x": 1, "y": 2, "width": 184, "height": 104}
    (tmp_path / "board.canvas").write_text(json.dumps({"nodes": [node], "edges": []}), encoding="utf-8")

    async def read(self: object, board: str) -> tuple[str, dict[str, object]]:
        return "board", {}

    monkeypatch.setattr("harvestry.edge.gatherings.Archive.read", read)
    assert "does not read back" in failure("import", tmp_path / "board.canvas", "--data", tmp_path / "data")


def test_a_taken_port_is_said_plainly(failure: Fail, tmp_path: Path) -> None:
    """[RUN-1]"""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = failure("serve", "--without-client", "--data", tmp_path, "--port", port)
    assert f"127.0.0.1:{port}" in line


def test_a_data_folder_that_cannot_be_used_is_said_plainly(failure: Fail, tmp_path: Path) -> None:
    """[RUN-1]"""
    (tmp_path / "file").write_text("in the way")
    for command in (("serve", "--without-client", "--port", 0), ("gathering", "new", "--title", "Harvest")):
        assert "data folder" in failure(*command, "--data", tmp_path / "file")


def test_a_file_that_is_no_database_is_said_plainly(failure: Fail, tmp_path: Path) -> None:
    (tmp_path / "harvestry.db").write_bytes(b"not a database at all" * 100)
    assert "not a database" in failure("gathering", "new", "--title", "Harvest", "--data", tmp_path)


def test_a_damaged_key_is_said_plainly(failure: Fail, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    assert "is not a key" in failure("gathering", "new", "--title", "Harvest", "--data", tmp_path)


def test_an_unknown_board_is_said_plainly(failure: Fail, tmp_path: Path) -> None:
    assert "no board" in failure("export", "no_such_board_16", "--data", tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"nodes": 7}', b"\xff"])
def test_a_file_that_is_no_canvas_is_said_plainly(failure: Fail, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "board.canvas").write_bytes(content)
    failure("import", tmp_path / "board.canvas", "--data", tmp_path / "data")


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_title_that_is_none_is_said_plainly(failure: Fail, tmp_path: Path, title: str) -> None:
    assert "title" in failure("gathering", "new", "--title", title, "--data", tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("port", "70000"), ("hello_timeout_ms", "soon"), ("presence_outbox_bytes", "300000")]
)
def test_a_setting_that_makes_no_sense_is_said_plainly(failure: Fail, tmp_path: Path, name: str, value: str) -> None:
    line = failure("gathering", "new", "--title", "Harvest", "--data", tmp_path, **{name: value})
    assert name in line


def test_usage_that_makes_no_sense_exits_with_2(run: Run) -> None:
    finished = run("gathering", "new")
    assert finished.returncode == 2
    assert "--title" in finished.stderr


def test_every_command_has_help(run: Run) -> None:
    finished = run("--help")
    for command in (
        "serve",
        "demo",
        "gathering",
        "import",
        "export",
        "doctor",
        "compact",
        "erase",
        "backup",
        "restore",
    ):
        assert command in finished.stdout


def test_the_doctor_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    finished = run("doctor", "--data", tmp_path / "file", "--port", 0)
    assert finished.returncode == 1
    assert "data folder: The data folder" in finished.stdout
    assert "port: fine" in finished.stdout


def test_the_doctor_and_an_export_name_what_is_damaged(run: Run, tmp_path: Path) -> None:
    """[STO-5]"""
    made = [
        json.loads(run("gathering", "new", "--title", title, "--json", "--data", tmp_path).stdout)["board"]
        for title in "AB"
    ]
    assert "boards: fine" in run("doctor", "--data", tmp_path, "--port", 0).stdout
    with closing(sqlite3.connect(tmp_path / "harvestry.db")) as db, db:
        db.execute("INSERT INTO room_log VALUES (?, 2, 1, 'u', 0, X'00', 0)", [made[0]])
    damage = "entry 2 of the log does not match its checksum"
    examined = run("doctor", "--data", tmp_path, "--port", 0)
    assert examined.returncode == 1
    assert f"boards: damaged. {made[0]}: {damage}.\n" in examined.stdout
    exported = run("export", made[0], "--data", tmp_path)
    assert exported.returncode == 0
    assert json.loads(exported.stdout) == {"nodes": [], "edges": [], "harvestry": ANY}
    assert exported.stderr == f"This board is damaged, and written out as far as it is sound: {damage}.\n"
    assert run("export", made[1], "--data", tmp_path).stderr == ""


def test_a_server_stops_with_success_when_it_is_asked_to(start_server: Callable[..., ServerProcess]) -> None:
    """[LIM-4]"""
    server = start_server()
    assert server.stop() == 0
    assert "Traceback" not in server.log()


def test_no_board_is_called_what_a_command_takes_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in 64 would be."""
    drawn = iter(["-" + "a" * 15, "b" * 16])
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: next(drawn))
    assert new_board_id() == "b" * 16


def test_a_second_server_on_a_data_folder_is_refused_and_gatherings_are_not(
    run: Run, failure: Fail, server: ServerProcess
) -> None:
    sentence = failure("serve", "--without-client", "--port", 0, "--data", server.data)
    assert sentence == f"Another server is at work on {server.data}; stop it, or choose another with --data."
    assert run("gathering", "new", "--title", "Beside it", "--data", server.data).returncode == 0


def test_the_data_folder_is_free_again_after_a_server_was_killed(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server()
    server.kill()
    server.start()


def test_a_database_of_a_newer_version_is_said_plainly(run: Run, failure: Fail, tmp_path: Path) -> None:
    assert run("gathering", "new", "--title", "T", "--data", tmp_path).returncode == 0
    with closing(sqlite3.connect(tmp_path / "harvestry.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    assert "newer version" in failure("gathering", "new", "--title", "T", "--data", tmp_path)


def test_a_title_is_measured_as_the_board_measures_it(run: Run, failure: Fail, tmp_path: Path) -> None:
    assert "this one has 202" in failure("gathering", "new", "--title", "\U0001f33e" * 101, "--data", tmp_path)
    assert run("gathering", "new", "--title", "\U0001f33e" * 100, "--data", tmp_path).returncode == 0


def test_a_title_in_bytes_that_are_no_text_loses_those(run: Run, tmp_path: Path) -> None:
    made = json.loads(run("gathering", "new", "--title", "Har\udcffvest\x1b", "--data", tmp_path, "--json").stdout)
    exported = run("export", made["board"], "--data", tmp_path, "--output", tmp_path / "out.canvas")
    assert exported.returncode == 0
    assert json.loads((tmp_path / "out.canvas").read_bytes())["harvestry"]["title"] == "Har vest"


def test_an_export_is_utf_8_whatever_the_terminal_speaks(server: ServerProcess) -> None:
    board = server.make_gathering("Æther").board
    command = [sys.executable, "-m", "harvestry", "export", board, "--data", str(server.data)]
    ascii_alone = environment({}) | {"PYTHONIOENCODING": "ascii"}
    finished = subprocess.run(command, check=False, env=ascii_alone, capture_output=True)
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert json.loads(finished.stdout)["harvestry"]["title"] == "Æther"


def test_an_export_into_a_pipe_that_nobody_reads_ends_quietly(server: ServerProcess) -> None:
    board = server.make_gathering().board
    command = [sys.executable, "-m", "harvestry", "export", board, "--data", str(server.data)]
    reads, writes = os.pipe()
    os.close(reads)
    try:
        finished = subprocess.run(command, check=False, env=environment({}), stdout=writes, stderr=subprocess.PIPE)
    finally:
        os.close(writes)
    assert (finished.returncode, finished.stderr) == (1, b"")
