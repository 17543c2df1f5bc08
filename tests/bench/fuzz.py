"""Fuzzing: `python3 run.py bench fuzz --minutes 10 [--seed 1] [--target gate]`.

Plays the targets of tests/fuzz one after the other, each for its share of the time, and prints what came of it. Exits
with 1 if anything was found; each finding is kept with its seed in `fuzz-findings/`.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from fuzz.campaign import Campaign, Report, names

# Where most can go wrong, most is tried.
SHARES = {"gate": 12, "rooms": 3, "gatherings": 6, "oracle": 3, "frames": 1, "sockets": 1}


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py bench fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long in all; 0 plays one seed of each target")
    parser.add_argument("--seed", type=int, default=0, help="the first seed of each target; 0 takes the time of day")
    parser.add_argument("--target", choices=names(), action="append", help="play this one alone; may be repeated")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder for what is found")
    options = parser.parse_args()
    targets = options.target or names()
    seed = options.seed or int(time.time())
    # Whoever ends it wants to know how far it came.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"First seed {seed}, {options.minutes:g} minutes.", flush=True)
    campaign = Campaign(options.findings)
    reports: list[Report] = []
    whole = sum(SHARES[name] for name in targets)
    for name in targets:
        report = campaign.play(name, seed, options.minutes * 60 * SHARES[name] / whole)
        reports.append(report)
        print("\n".join(report.lines()), flush=True)
    found = sum(len(report.found) for report in reports)
    print(f"{sum(report.count['frames'] for report in reports):,} frames in all, {found} findings.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
