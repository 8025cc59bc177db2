"""Lockstep of the small games with the programs of others: how many episodes were compared, and how many diverged.

    python -m benchmarks.lockstep --episodes 10000 [--only NAME …] [--json benchmarks/lockstep.json]

Runs `specc verify --level L3` for each game, and keeps what it says of the games that were not run this time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from compiler.paths import ROOT

RESULTS = ROOT / "benchmarks" / "lockstep.json"
GAMES = (
    "connect_four",
    "othello",
    "leduc_holdem",
    "twenty_forty_eight",
    "hex",
    "hex_without_swap",
    "goofspiel",
    "mancala",
    "pong",
    "pong_skip",
)


def compared(game: str, episodes: int) -> dict[str, Any]:
    """By follower: episodes, decisions, divergences."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        command = [sys.executable, "-m", "compiler.cli", "verify", str(ROOT / "specs" / f"{game}.yaml")]
        subprocess.run([*command, "--level", "L3", "--episodes", str(episodes), "--json", str(found)], check=False)
        levels = json.loads(found.read_text(encoding="utf-8"))["levels"]
    keys = ("episodes", "decisions", "divergences")
    return {name: {key: side[key] for key in keys} for name, side in levels["L3"].items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Lockstep of the small games with the programs of others.")
    parser.add_argument("--episodes", type=int, default=10000)
    parser.add_argument("--only", nargs="*", default=GAMES)
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args()
    known = json.loads(options.json.read_text(encoding="utf-8")) if options.json.is_file() else {}
    for game in options.only:
        known[game] = compared(game, options.episodes)
        text = json.dumps(dict(sorted(known.items())), indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
