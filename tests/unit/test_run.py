"""run.py: what an old Python, a broken network and a half-done set-up hear, and when there is nothing to do."""

import ast
import importlib.util
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def run() -> ModuleType:
    """The script as a module; its folder stays on the path, because it imports the builder beside it."""
    spec = importlib.util.spec_from_file_location("harvestry_run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(ROOT))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT))
    return module


def test_an_old_python_can_parse_the_file_and_stops_before_any_import_it_lacks() -> None:
    """[RUN-1]"""
    tree = ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 7))
    first_imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    check = next(node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(first_imports[0]) == "import sys"
    assert first_imports[1].lineno > check.lineno
    for node in ast.walk(tree):
        assert not isinstance(node, ast.NamedExpr | ast.Match | ast.TryStar), ast.dump(node)


def test_an_old_python_hears_one_sentence(tmp_path: Path) -> None:
    """[RUN-1]"""
    pretender = tmp_path / "pretend.py"
    pretender.write_text(
        "import runpy, sys\n"
        "sys.version_info = (3, 9, 2, 'final', 0)\n"
        f"runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, pretender], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Harvestry needs Python 3.11 or newer, and this is Python 3.9.")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("WARNING: Retrying … NewConnectionError('…: Failed to establish a new connection')", "the network cannot be"),
        ("npm error code EAI_AGAIN", "the network cannot be reached"),
        ("ERROR: No matching distribution found for uvloop>=0.22", "No matching distribution found for uvloop>=0.22"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("line\n" * 30 + "the reason", "the reason"),
    ],
)
def test_a_failed_step_is_explained(run: ModuleType, output: str, sentence: str) -> None:
    """[RUN-1]"""
    told = run.explain(output, "Installing the Python packages")
    assert told.startswith("Installing the Python packages failed")
    assert sentence in told
    assert len(told.splitlines()) <= 14


def test_missing_parts_of_python_are_named(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """[RUN-1]"""
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(run.Sorry, match="lacks the venv module"):
        run.make_venv()


def test_an_unwritable_folder_is_named(run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """[RUN-1]"""
    monkeypatch.setattr(run, "ROOT", tmp_path / "gone")
    with pytest.raises(run.Sorry, match=r"The folder .*gone cannot be written"), run.only_one():
        pass


def test_a_finished_environment_is_left_alone(run: ModuleType) -> None:
    """[RUN-3]"""
    plain, testing = run.wanted_stamp([]), run.wanted_stamp(["test"])
    assert run.is_ready(plain, plain)
    assert run.is_ready(testing, plain)
    assert not run.is_ready(plain, testing)
    assert not run.is_ready({**plain, "digest": "unfinished"}, plain)
    assert not run.is_ready({**plain, "root": "/elsewhere"}, plain)
    assert not run.is_ready({}, plain)


def test_a_broken_stamp_counts_as_none(run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    monkeypatch.setattr(run, "STAMP", stamp)
    assert run.read_stamp() == {}
    stamp.write_text("[1, 2")
    assert run.read_stamp() == {}
    run.write_stamp({"digest": "d"})
    assert json.loads(stamp.read_text()) == run.read_stamp() == {"digest": "d"}


def test_tests_keep_the_bytecode_out_of_the_sources_of_whoever_wants_none_there(run: ModuleType) -> None:
    kept = run.keeping_bytecode({"PATH": "/bin", "PYTHONDONTWRITEBYTECODE": "1"})
    assert kept == {"PATH": "/bin", "PYTHONPYCACHEPREFIX": str(run.VENV / "bytecode")}
    assert run.keeping_bytecode({"PATH": "/bin"}) == {"PATH": "/bin"}


def test_a_named_browser_that_is_not_there_is_told(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """[RUN-1]"""
    monkeypatch.setenv("HARVESTRY_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(run.Sorry, match="HARVESTRY_CHROMIUM says /nowhere/chromium"):
        run.find_chromium()


def test_without_a_browser_the_one_line_that_gets_it_is_told(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """[RUN-1]"""
    monkeypatch.delenv("HARVESTRY_CHROMIUM", raising=False)
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    monkeypatch.setattr(run, "CHROMIUM_PLACES", ())
    with pytest.raises(run.Sorry, match="sudo apt-get install chromium"):
        run.ensure_chromium()


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0), (["dance"], 2)])
def test_wrong_usage_is_answered_with_the_usage(
    run: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert run.main(arguments) == code
    assert capsys.readouterr().out == run.USAGE


def test_ci_runs_the_tests_and_nothing_of_its_own() -> None:
    script = ROOT / ".ci" / "run"
    assert "exec python3 run.py test" in script.read_text()
    if os.name == "posix":
        assert script.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("folder", ["web", "tests/interop/node", "tests/bench/peers"])
def test_lock_files_name_no_registry_and_every_platform(folder: str) -> None:
    """A lock made against a partial index lacks other platforms' packages, and `npm ci` then refuses it."""
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    packages = lock["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / folder / ".npmrc").read_text()
    for name, package in packages.items():
        for optional in package.get("optionalDependencies", {}):
            nested, top = f"{name}/node_modules/{optional}", f"node_modules/{optional}"
            assert nested in packages or top in packages, f"{optional} of {name}"
