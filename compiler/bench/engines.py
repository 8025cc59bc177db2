"""One engine under several players."""

from __future__ import annotations

import importlib
import platform
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import jax

import compiler
from compiler.bench.measure import Measurement, Sizes, engine_rollout, interleaved
from compiler.bench.players import Player, eager, network, uniform, with_observation
from compiler.conformance.policies import Taste
from compiler.diagnostics import SpecError
from compiler.paths import display_path

POLICIES = ("uniform", "eager", "uniform+observation", "eager+observation", "network")
"""Who can play. `network` samples from a policy network of about two million weights that sees the observation."""

_VERSIONED = ("jax", "jaxlib", "numpy")


@dataclass(frozen=True)
class BenchOptions:
    """What is measured. None: the default for the device, smaller where `quick`."""

    batch: int | None = None
    steps: int | None = None
    runs: int | None = None
    quick: bool = False
    policies: tuple[str, ...] = ("uniform",)
    seed: int = 0

    def sizes(self) -> Sizes:
        """Batch, steps and runs."""
        on_cpu = jax.default_backend() == "cpu"
        batch = (256 if on_cpu else 4096) if self.quick else (4096 if on_cpu else 65536)
        steps, runs, seconds = (64, 3, 0.2) if self.quick else (256, 5, 1.0)
        return Sizes(self.batch or batch, self.steps or steps, self.runs or runs, seconds, self.seed)


def bench(package: str, folder: Path, options: BenchOptions, taste: Taste | None = None) -> dict[str, Any]:
    """Measure the engine `package`, built into `folder`. Raises SpecError (E0705) where there is none."""
    start = time.perf_counter()
    engine = load_engine(package, folder)
    env = engine.make()
    loading = time.perf_counter() - start
    sizes = options.sizes()
    results = [Measurement("import_seconds", loading, "s", sizes.batch, sizes.steps, "", (loading,))]
    results += measure(env, options, taste or Taste())
    return {"engine": package, **environment(), "results": [asdict(result) for result in results]}


def environment() -> dict[str, Any]:
    """What a figure depends on besides the engine: the device and the versions."""
    device = jax.devices()[0]
    return {
        "device": f"{device.platform}: {device.device_kind}",
        "versions": {
            "specc": compiler.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _VERSIONED},
        },
    }


def measure(env: Any, options: BenchOptions, taste: Taste) -> list[Measurement]:
    """Trace, compile and run a rollout of each player; their runs take turns."""
    sizes = options.sizes()
    rollouts = [engine_rollout(env, player(env, name, taste), name, sizes) for name in options.policies]
    return [*(found for rollout in rollouts for found in rollout.sizes_of()), *interleaved(rollouts)]


def player(env: Any, name: str, taste: Taste) -> Player:
    """One of `POLICIES` for an engine."""
    if name == "network":
        return network(env, len(env.observation_names))
    kind, _, seeing = name.partition("+")
    chosen = eager(env, taste) if kind == "eager" else uniform(env)
    return with_observation(env, chosen) if seeing else chosen


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
