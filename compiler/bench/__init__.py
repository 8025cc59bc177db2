"""Measures a generated engine, for `specc bench`: how fast it steps, how long it compiles, how large a state is.

The policy is uniform over the legal actions; games that end start again; all of it runs inside one `lax.scan`.
"""

from __future__ import annotations

import importlib
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp

import compiler
from compiler.diagnostics import SpecError
from compiler.paths import display_path

POLICY = "uniform"
_VERSIONED = ("jax", "jaxlib", "numpy")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number. `value` is the median of `runs`."""

    name: str
    value: float
    unit: str
    batch: int
    steps: int
    """Decisions per game in one call of the compiled rollout."""
    policy: str
    runs: tuple[float, ...]


@dataclass(frozen=True)
class BenchOptions:
    """What is measured. None: the default for the device, smaller where `quick`."""

    batch: int | None = None
    steps: int | None = None
    runs: int | None = None
    quick: bool = False
    seed: int = 0

    @property
    def run_seconds(self) -> float:
        """A run takes at least so long: the rollout is repeated as often as that takes."""
        return 0.2 if self.quick else 1.0

    def sizes(self) -> tuple[int, int, int]:
        """Batch, steps and runs."""
        on_cpu = jax.default_backend() == "cpu"
        batch = (256 if on_cpu else 4096) if self.quick else (2048 if on_cpu else 65536)
        steps, runs = (64, 3) if self.quick else (256, 5)
        return self.batch or batch, self.steps or steps, self.runs or runs


def bench(package: str, folder: Path, options: BenchOptions) -> dict[str, Any]:
    """Measure the engine `package`, built into `folder`. Raises SpecError (E0705) where there is none."""
    start = time.perf_counter()
    engine = load_engine(package, folder)
    env = engine.make()
    loading = time.perf_counter() - start
    batch, steps, _ = options.sizes()
    first = Measurement("import_seconds", loading, "s", batch, steps, POLICY, (loading,))
    results = [first, *measure(env, options)]
    device = jax.devices()[0]
    return {
        "engine": package,
        "device": f"{device.platform}: {device.device_kind}",
        "versions": {
            "specc": compiler.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _VERSIONED},
        },
        "results": [asdict(result) for result in results],
    }


def load_engine(package: str, folder: Path) -> ModuleType:
    """Import a generated engine from the folder that holds its package."""
    where = display_path(folder / package)
    if not (folder / package / "__init__.py").is_file():
        raise SpecError.single("E0705", None, f"there is no engine in {where}", suggestion="run `specc build` first")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(package)
    except Exception as error:  # generated code, but maybe by an older specc, or edited
        message = f"the engine in {where} cannot be imported: {type(error).__name__}: {error}"
        raise SpecError.single("E0705", None, message, suggestion="run `specc build` again") from error


def measure(env: Any, options: BenchOptions) -> list[Measurement]:
    """Trace, compile and run a rollout of random games."""
    batch, steps, runs = options.sizes()
    fresh = jax.block_until_ready(jax.jit(env.init)(random_words(jnp.uint32(options.seed), batch)))

    def named(name: str, unit: str, values: list[float]) -> Measurement:
        return Measurement(name, statistics.median(values), unit, batch, steps, POLICY, tuple(values))

    play, start = rollout(env, batch, steps), jnp.uint32(options.seed)
    tracing, lowered = _timed(lambda: jax.jit(play).lower(fresh, fresh, start))
    compiling, compiled = _timed(lowered.compile)
    states, _ = jax.block_until_ready(compiled(fresh, fresh, start))  # the first run also pays for memory
    speeds, ends, clock = [], [], steps
    for _ in range(runs):
        begin, calls, ended = time.perf_counter(), 0, 0
        while calls == 0 or time.perf_counter() - begin < options.run_seconds:
            states, over = jax.block_until_ready(compiled(states, fresh, jnp.uint32(options.seed + clock)))
            calls, ended, clock = calls + 1, ended + int(over), clock + steps
        played = calls * batch * steps
        speeds.append(played / (time.perf_counter() - begin))
        ends.append(ended / played)
    return [
        named("trace_seconds", "s", [tracing]),
        named("compile_seconds", "s", [compiling]),
        named("steps_per_second", "steps/s", speeds),
        named("episodes_per_step", "episodes/step", ends),
        named("state_bytes", "bytes", [sum(leaf.nbytes for leaf in jax.tree.leaves(states)) / batch]),
    ]


def rollout(env: Any, batch: int, steps: int) -> Callable[[Any, Any, jax.Array], tuple[Any, jax.Array]]:
    """A function that plays `steps` decisions in every lane, replaces games that end by fresh ones, and counts them."""

    def rollout(states: Any, fresh: Any, clock: jax.Array) -> tuple[Any, jax.Array]:
        def step(carry: tuple[Any, jax.Array], number: jax.Array) -> tuple[tuple[Any, jax.Array], None]:
            states, ended = carry
            states = env.step(states, env.random_action(states, random_words(clock + number, batch)))
            return (env.autoreset(states, fresh), ended + jnp.sum(states.over)), None

        numbers = jnp.arange(steps, dtype=jnp.uint32)
        (states, ended), _ = jax.lax.scan(step, (states, jnp.int32(0)), numbers)
        return states, ended

    return rollout


def random_words(clock: jax.Array, batch: int) -> jax.Array:
    """A random 32-bit word for each lane: a hash of the clock and the lane, cheap beside a step."""
    x = jnp.arange(batch, dtype=jnp.uint32) * jnp.uint32(0x9E3779B9) + clock * jnp.uint32(0x85EBCA6B)
    for factor in (0x7FEB352D, 0x846CA68B):
        x = (x ^ (x >> 16)) * jnp.uint32(factor)
    return x ^ (x >> 16)


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result
