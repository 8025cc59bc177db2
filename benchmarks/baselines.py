"""What engines are compared with in the same run: a scalar loop in C, and games of pgx of about the same size of state.

Named in a manifest as `bench: {baselines: [python:benchmarks.baselines:scalar_loop, …]}`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compiler.bench.measure import Measurement, Rollout, Sizes, interleaved

SOURCE = Path(__file__).with_name("limit.c")
PGX_GAMES = ("sparrow_mahjong", "backgammon", "othello")
"""Of several hundred bytes to a few kilobytes, with chance or many-part moves."""


def scalar_loop(sizes: Sizes) -> Iterator[Measurement]:
    """`limit.c`, on one core and on all. Nothing where there is no C compiler."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        return
    with tempfile.TemporaryDirectory(prefix="specc-limit-") as folder:
        program = Path(folder) / "limit"
        subprocess.run([compiler, "-O3", "-march=native", "-o", program, SOURCE], check=True)
        for processes in (1, os.cpu_count() or 1):
            speeds = tuple(_limit_speed(program, sizes, processes) for _ in range(sizes.runs))
            policy = f"uniform, C on {processes} core{'s' if processes > 1 else ''}"
            median = statistics.median(speeds)
            yield Measurement("steps_per_second", median, "steps/s", sizes.batch, sizes.steps, policy, speeds)


def pgx_games(sizes: Sizes) -> Iterator[Measurement]:
    """Random play with reset inside the scan, as pgx does both. Nothing where pgx is not installed."""
    if importlib.util.find_spec("pgx") is None:
        return
    for name in PGX_GAMES:
        rollout = Rollout(*pgx_parts(name), f"uniform, pgx {name}", sizes)
        yield from rollout.sizes_of()
        yield from interleaved([rollout])


def pgx_parts(name: str) -> tuple[Any, Any]:
    """What a rollout of a game of pgx consists of: `init(words)` and `advance(states, fresh, words)`."""
    import jax
    import jax.numpy as jnp
    import pgx
    from pgx.experimental import act_randomly, auto_reset

    env = pgx.make(name)  # type: ignore[arg-type]
    step = auto_reset(env.step, env.init)

    def init(words: jax.Array) -> Any:
        return jax.vmap(lambda word: env.init(jax.random.key(word)))(words)

    def advance(states: Any, fresh: Any, words: jax.Array) -> tuple[Any, jax.Array]:
        del fresh
        key = jax.random.key(words[0])
        actions = act_randomly(key, states.legal_action_mask)
        keys = jax.random.split(key, words.shape[0])
        states = jax.vmap(step)(states, actions, keys)
        return states, jnp.sum(states.terminated)

    return init, advance


def _limit_speed(program: Path, sizes: Sizes, processes: int) -> float:
    """Steps per second of all processes together; each takes at least as long as a run should."""
    steps = sizes.steps
    while True:
        command = [program, str(sizes.batch), str(steps)]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
        answers = [process.communicate()[0].split() for process in running]
        seconds = max(float(answer[1]) for answer in answers)
        if seconds >= sizes.seconds / 2:
            return sum(float(answer[0]) for answer in answers) / seconds
        steps *= 2
