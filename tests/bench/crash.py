"""The crash campaigns, for as long as one likes: kill -9, power cuts, flipped bytes, disks that fail.

    python3 run.py bench crash [CAMPAIGN …] [--cycles N] [--minutes M] [--seed S]

Each campaign is run with one seed after the other until its share of the time is over, or once. Every line says how
many promises were looked for; the exit code says whether all were kept.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from crash.flips import flip_bytes
from crash.server import copy_server, fill_disk, hold_still, kill_server
from crash.storage import cut_power, fail_commits, kill_storage
from crash.tally import Tally

Campaign = Callable[..., Tally]

# Cycles of one round, unless told otherwise: about half a minute each.
CAMPAIGNS: dict[str, tuple[Campaign, int]] = {
    "store": (kill_storage, 60),
    "power": (cut_power, 60),
    "errors": (fail_commits, 600),
    "flips": (flip_bytes, 300),
    "server": (kill_server, 20),
    "copy": (copy_server, 20),
    "still": (hold_still, 10),
    "limit": (partial(fill_disk, mounted=False), 10),
    "full": (partial(fill_disk, mounted=True), 10),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="run.py bench crash", description=__doc__)
    parser.add_argument(
        "campaigns", nargs="*", metavar="CAMPAIGN", help=f"all, if none is named: {', '.join(CAMPAIGNS)}"
    )
    parser.add_argument("--cycles", type=int, help="of each round")
    parser.add_argument("--minutes", type=float, default=0.0, help="altogether; 0 for one round of each")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    options = parser.parse_args()
    if unknown := set(options.campaigns) - set(CAMPAIGNS):
        parser.error(f"there is no campaign {', '.join(sorted(unknown))}")
    names = options.campaigns or list(CAMPAIGNS)
    if os.geteuid() != 0 and "full" in names:
        names = [name for name in names if name != "full"]
        print("full: left out, for it takes root to mount a file system")
    broken = 0
    for name in names:
        campaign, cycles = CAMPAIGNS[name]
        began, seed = time.monotonic(), options.seed
        while seed == options.seed or time.monotonic() - began < options.minutes * 60 / len(names):
            with tempfile.TemporaryDirectory() as folder:
                round_began = time.monotonic()
                tally = campaign(Path(folder), cycles=options.cycles or cycles, seed=seed)
            print(f"{tally} in {time.monotonic() - round_began:.0f} s", flush=True)
            for sentence in tally.broken[:20]:
                print(f"    {sentence}", flush=True)
            broken += len(tally.broken)
            seed += 1
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
