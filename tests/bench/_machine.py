"""The machine: which core does what, and what the kernel says a process has used. Linux alone."""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "Memory",
    "cpu_seconds",
    "describe",
    "disk_bytes",
    "free_port",
    "memory_of",
    "on_the_servers_core",
    "peak_mb",
    "prepare",
    "reset_peak",
]

_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER_CORE = _CORES[0]
LOAD_CORE = _CORES[1] if len(_CORES) > 1 else _CORES[0]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process occupies, in megabytes; `pss` counts shared pages in part."""

    rss: float
    pss: float


def prepare() -> None:
    """Keep this process to the load generator's core, and let it open enough sockets.

    Raises:
        SystemExit: If this is not Linux.
    """
    if sys.platform != "linux":
        sys.exit("The benchmarks need Linux: they read /proc and give the server and the load a core each.")
    if len(_CORES) < 2:
        print("Only one core: server and load generator share it, and no figure of time means much.")
    os.sched_setaffinity(0, {LOAD_CORE})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # An end from outside is to run the clean-up too: no server may be left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended from outside."))


@contextlib.contextmanager
def on_the_servers_core() -> Iterator[None]:
    """What is started in here inherits the server's core, all its threads included."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, by the kernel's account of it (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> Memory:
    """What a process occupies now."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) / 1_000
    return Memory(found["Rss"], found["Pss"])


def reset_peak(pid: int) -> None:
    """Let the kernel count the peak from here (proc(5), clear_refs)."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mb(pid: int) -> float:
    """The most that was resident since the last reset; 0 if the process is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1_000
    return 0.0


def disk_bytes(folder: Path) -> int:
    """The size of everything in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def describe() -> str:
    """The machine in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}, load average at the start {load:.1f}"
    )


def version_of(command: list[str]) -> str:
    """What a program says its version is."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout.strip()
    except OSError:
        return "?"
