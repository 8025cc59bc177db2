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
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
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
    keys = jax.random.split(jax.random.key(options.seed), batch)
    states = jax.block_until_ready(jax.jit(jax.vmap(env.init))(keys))
    rollout = _rollout(env, states, steps)
    key = jax.random.key(options.seed + 1)

    def named(name: str, unit: str, values: list[float]) -> Measurement:
        return Measurement(name, statistics.median(values), unit, batch, steps, POLICY, tuple(values))

    tracing, lowered = _timed(lambda: jax.jit(rollout).lower(states, key))
    compiling, compiled = _timed(lowered.compile)
    states, ended = jax.block_until_ready(compiled(states, key))  # the first run also pays for memory
    speeds, finished = [], []
    for run in range(runs):
        key = jax.random.fold_in(key, run)
        seconds, (states, ended) = _timed(lambda key=key, states=states: jax.block_until_ready(compiled(states, key)))
        speeds.append(batch * steps / seconds)
        finished.append(float(ended) / (batch * steps))
    return [
        named("trace_seconds", "s", [tracing]),
        named("compile_seconds", "s", [compiling]),
        named("steps_per_second", "steps/s", speeds),
        named("episodes_per_step", "episodes/step", finished),
        named("state_bytes", "bytes", [sum(leaf.nbytes for leaf in jax.tree.leaves(states)) / batch]),
    ]


def _rollout(env: Any, fresh: Any, steps: int) -> Callable[[Any, jax.Array], tuple[Any, jax.Array]]:
    """A function that plays `steps` decisions in every lane and counts the games that ended."""
    choose = getattr(env, "random_action", None) or random_action
    autoreset = getattr(env, "autoreset_step", None)

    def step(states: Any, key: jax.Array) -> tuple[Any, jax.Array]:
        actions = choose(states, key)
        if autoreset is not None:
            states = autoreset(states, actions)
            return states, jnp.sum(states.terminated)
        states = jax.vmap(env.step)(states, actions)
        return jax.tree.map(lambda new, old: _where(states.terminated, old, new), states, fresh), jnp.sum(
            states.terminated
        )

    def rollout(states: Any, key: jax.Array) -> tuple[Any, jax.Array]:
        states, ended = jax.lax.scan(step, states, jax.random.split(key, steps))
        return states, jnp.sum(ended)

    return rollout


def random_action(states: Any, key: jax.Array) -> jax.Array:
    """For each lane of a batch the k-th legal action, k uniform."""
    mask = states.legal_action_mask
    upto = jnp.cumsum(mask, axis=-1, dtype=jnp.int32)
    chosen = jnp.floor(jax.random.uniform(key, mask.shape[:-1]) * upto[..., -1]).astype(jnp.int32)
    return jnp.argmax(upto > chosen[..., None], axis=-1).astype(jnp.int32)


def _where(condition: jax.Array, then: jax.Array, otherwise: jax.Array) -> jax.Array:
    return jnp.where(condition.reshape(condition.shape + (1,) * (then.ndim - condition.ndim)), then, otherwise)


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result
