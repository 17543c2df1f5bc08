"""The client's build: when it is stale, and that wheel and sdist carry it."""

import importlib.util
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build_under_test", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, builder: ModuleType) -> Path:
    """A project whose client is built: the real packaging files around a client of one page."""
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)
    for package in ("server/harvestry", "crdt/harvestry_crdt"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("")
    for name in ("index.html", "package-lock.json", "src/main.ts"):
        (tmp_path / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / name).write_text(name)
    static = builder.static_folder(tmp_path)
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("built")
    (static / "assets" / "main.js").write_text("built")
    (static / ".stamp").write_text(builder.sources_digest(tmp_path) + "\n")
    (tmp_path / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    (tmp_path / "web" / "node_modules").mkdir()
    (tmp_path / "web" / "node_modules" / "large.js").write_text("not to be shipped")
    (tmp_path / "stray").mkdir()
    (tmp_path / "stray" / "secret.txt").write_text("not to be shipped")
    return tmp_path


def test_the_client_is_stale_when_a_source_changed_came_or_went(builder: ModuleType, project: Path) -> None:
    """[RUN-3]"""
    assert not builder.is_stale(project)
    (project / "web" / "src" / "main.ts").write_text("changed")
    assert builder.is_stale(project)
    (project / "web" / "src" / "main.ts").write_text("src/main.ts")
    assert not builder.is_stale(project)
    (project / "web" / "public").mkdir()
    (project / "web" / "public" / "icon.svg").write_text("<svg/>")
    assert builder.is_stale(project)
    (project / "web" / "public" / "icon.svg").unlink()
    (project / "web" / "src" / "main.ts").rename(project / "web" / "src" / "other.ts")
    assert builder.is_stale(project)


def test_a_deleted_output_is_stale_and_files_beside_the_sources_are_not(builder: ModuleType, project: Path) -> None:
    """[RUN-3]"""
    (project / "web" / "node_modules" / "another.js").write_text("")
    (project / "web" / "test").mkdir()
    (project / "web" / "test" / "a.test.ts").write_text("")
    assert not builder.is_stale(project)
    shutil.rmtree(builder.static_folder(project))
    assert builder.is_stale(project)


def test_without_node_the_reason_is_one_plain_sentence(
    builder: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[RUN-1]"""
    shutil.rmtree(builder.static_folder(project))
    monkeypatch.setattr(builder, "find_node", lambda: None)
    with pytest.raises(builder.BuildProblem, match=r"needs Node 20\.19 or newer"):
        builder.build_client(project, say=print)


def build(project: Path, target: str, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.iterdir()
    return made


def test_wheel_and_sdist_carry_the_client_and_nothing_stray(project: Path) -> None:
    """[RUN-3]"""
    with tarfile.open(build(project, "sdist", project / "out-sdist")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(project / "unpacked", filter="data")
    assert {"server/harvestry/static/.stamp", "server/harvestry/static/assets/main.js", "web/src/main.ts"} <= names
    assert not any("node_modules" in name or "stray" in name for name in names)
    (unpacked,) = (project / "unpacked").iterdir()
    # From the sdist, as an installer does it: the stamp fits its sources, so no Node is asked for.
    with zipfile.ZipFile(build(unpacked, "wheel", project / "out-wheel")) as archive:
        names = set(archive.namelist())
    assert {"harvestry/static/index.html", "harvestry/static/assets/main.js", "harvestry_crdt/__init__.py"} <= names
    assert not any(name.startswith(("server/", "crdt/", "web/", "tests/")) for name in names)
