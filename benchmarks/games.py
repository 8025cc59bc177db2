"""How fast the small games step, beside pgx and ludax: random play inside a scan, all in the same run.

    python -m benchmarks.games [--json FILE] [--batch 4096] [--only NAME …]

Both sides choose uniformly among the legal actions with the same cheap hash, and replace games that are over by fresh
ones that were made beforehand. Runs alternate, so that a machine that slows down slows both; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pgx

from compiler.bench.engines import load_engine
from compiler.bench.measure import playing, scanned
from compiler.bench.players import random_words, uniform
from compiler.diagnostics import Diagnostics
from compiler.manifest import load_spec
from compiler.paths import ROOT

GAMES: dict[str, Any] = {  # the spec, and what pgx calls the game
    "connect_four": "connect_four",
    "othello": "othello",
    "leduc_holdem": "leduc_holdem",
    "twenty_forty_eight": "2048",
    "hex": "hex",
    "goofspiel": None,
    "mancala": None,
    "pong": None,
    "pong_skip": None,
    "cartpole": None,
    "tic_tac_toe": "tic_tac_toe",
    "kuhn_poker": "kuhn_poker",
}
LUDAX = {"connect_four": "connect_four", "othello": "reversi", "hex": "hex", "tic_tac_toe": "tic_tac_toe"}
"""What ludax calls the games that it has, where it is installed (`pip install ludax`)."""
Play = Callable[[Any, Any, jax.Array], tuple[Any, jax.Array]]


def ours(name: str, batch: int, steps: int) -> tuple[Play, Any]:
    """Fresh states, and a rollout of ``steps`` decisions."""
    manifest = load_spec(ROOT / "specs" / f"{name}.yaml", Diagnostics()).manifest
    engine = load_engine(manifest.engine, ROOT / "generated")
    env = engine.make()
    fresh = jax.jit(env.init)(random_words(jnp.uint32(1), batch))
    return scanned(playing(env, uniform(env)), batch, steps), fresh


def theirs(env: Any, batch: int, steps: int, chance: bool = False) -> tuple[Play, Any]:
    """The same with an environment of pgx, or one like it; ``chance``: its step takes a key."""
    fresh = jax.jit(jax.vmap(env.init))(jax.random.split(jax.random.key(1), batch))

    def action(mask: jax.Array, word: jax.Array) -> jax.Array:
        counts = jnp.cumsum(mask.astype(jnp.int32), axis=-1)
        k = ((word >> 16) * counts[..., -1].astype(jnp.uint32)) >> 16
        return jnp.argmax(counts > k[..., None].astype(jnp.int32), axis=-1)

    def play(states: Any, fresh: Any, clock: jax.Array) -> tuple[Any, jax.Array]:
        def one(carry: Any, number: jax.Array) -> tuple[Any, None]:
            states, ended = carry
            actions = action(states.legal_action_mask, random_words(clock + number, batch))
            if chance:
                keys = jax.random.split(jax.random.key(clock + number), batch)
                states = jax.vmap(env.step)(states, actions, keys)
            else:
                states = jax.vmap(env.step)(states, actions)
            over = states.terminated | states.truncated

            def renewed(new: jax.Array, old: jax.Array) -> jax.Array:
                return jnp.where(over.reshape(over.shape + (1,) * (old.ndim - 1)), new, old)

            return (jax.tree.map(renewed, fresh, states), ended + jnp.sum(over)), None

        return jax.lax.scan(one, (states, jnp.int32(0)), jnp.arange(steps, dtype=jnp.uint32))[0]

    return play, fresh


def measure(name: str, batch: int, steps: int, runs: int, seconds: float) -> dict[str, Any]:
    """Steps per second of each side, and the seconds that tracing and compiling took."""
    sides = {"specc": ours(name, batch, steps)}
    if GAMES[name] is not None:
        sides["pgx"] = theirs(pgx.make(GAMES[name]), batch, steps, GAMES[name] == "2048")
    if name in LUDAX and find_spec("ludax") is not None:
        ludax, games = import_module("ludax"), import_module("ludax.games")
        sides["ludax"] = theirs(ludax.LudaxEnvironment(game_str=getattr(games, LUDAX[name])), batch, steps)
    compiled, compile_seconds, states = {}, {}, {}
    for side, (play, fresh) in sides.items():
        start = time.perf_counter()
        compiled[side] = jax.jit(play).lower(fresh, fresh, jnp.uint32(0)).compile()
        compile_seconds[side] = time.perf_counter() - start
        states[side] = jax.block_until_ready(compiled[side](fresh, fresh, jnp.uint32(0))[0])
    speeds: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(runs):
        for side, (_, fresh) in sides.items():
            begin, calls = time.perf_counter(), 0
            while calls == 0 or time.perf_counter() - begin < seconds:
                clock = jnp.uint32((number * 1000 + calls + 1) * steps)
                states[side] = jax.block_until_ready(compiled[side](states[side], fresh, clock))[0]
                calls += 1
            speeds[side].append(calls * batch * steps / (time.perf_counter() - begin))
    found = {side: statistics.median(values) for side, values in speeds.items()}
    return {
        "game": name,
        "steps_per_second": found,
        "compile_seconds": compile_seconds,
        "runs": speeds,
        "ratio": found["specc"] / found["pgx"] if "pgx" in found else None,
    }


def pong_in_c(frames: str) -> float:
    """Actions per second of benchmarks/pong.c on one core; the best of three seconds of its own time."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "pong"
        source = ROOT / "benchmarks" / "pong.c"
        subprocess.run(["gcc", "-O3", "-march=native", "-o", program, source, "-lm"], check=True)
        runs = [subprocess.run([program, frames, "1"], check=True, capture_output=True, text=True) for _ in range(3)]
    return max(float(run.stdout) for run in runs)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How fast the small games step, beside pgx and ludax.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--only", nargs="*", default=None)
    options = parser.parse_args(None if arguments is None else list(arguments))
    results = []
    for name in options.only or [n for n in GAMES if (ROOT / "specs" / f"{n}.yaml").is_file()]:
        found = measure(name, options.batch, options.steps, options.runs, options.seconds)
        results.append(found)
        speeds = "  ".join(f"{side} {value / 1e6:8.3f} M/s" for side, value in found["steps_per_second"].items())
        ratio = f"  × {found['ratio']:.2f}" if found["ratio"] else ""
        print(f"{name:14}{speeds}{ratio}  compiled in {found['compile_seconds']['specc']:.1f} s", flush=True)
    ratios = [found["ratio"] for found in results if found["ratio"]]
    if ratios:
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        print(f"geometric mean × {mean:.2f}, least × {min(ratios):.2f}")
    if options.json:
        device = jax.devices()[0]
        found = {
            "device": platform.processor() or device.device_kind,
            "cores": os.cpu_count(),
            "batch": options.batch,
            "results": results,
            "pong_in_c": {frames: pong_in_c(frames) for frames in ("1", "8")},
        }
        text = json.dumps(found, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
