"""What `specc bench` measures: a suite is a list of numbers that belong in one table."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from compiler import driver
from compiler.backends.interp import Interp
from compiler.bench.engines import POLICIES, BenchOptions, environment, load_engine, measure, player
from compiler.bench.measure import Measurement, Sizes, engine_rollout, interleaved
from compiler.bench.synthetic import resized
from compiler.conformance.interp_engine import native_params
from compiler.conformance.jax_engine import load_package
from compiler.conformance.policies import Taste
from compiler.conformance.setups import Setups
from compiler.diagnostics import Diagnostics
from compiler.driver import Loaded
from compiler.manifest import load_target

BATCHES = (1, 16, 256, 1024, 4096, 16384, 65536)
ROWS = (32, 128, 512, 2048)


class Baseline(Protocol):
    """Something else that is measured beside the engine: `bench: {baselines: [python:MODULE:FUNCTION]}`."""

    def __call__(self, sizes: Sizes) -> Iterator[Measurement]: ...


@dataclass(frozen=True)
class Bench:
    """A specification, its built engine, and how much is measured."""

    loaded: Loaded
    options: BenchOptions
    tell: Callable[[str], None]
    """Is told what is being measured."""

    @property
    def taste(self) -> Taste:
        verify = self.loaded.spec.manifest.verify
        return Taste(verify.eager, verify.last, verify.score)

    @property
    def sizes(self) -> Sizes:
        return self.options.sizes()

    def env(self) -> Any:
        spec = self.loaded.spec
        return load_engine(spec.manifest.engine, spec.root / driver.OUTPUT_FOLDER).make()


def run(bench: Bench, names: tuple[str, ...]) -> dict[str, Any]:
    """The document of some suites. Raises SpecError (E0705) where the engine is not built."""
    suites: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        suites[name] = []
        for found in SUITES[name](bench):
            suites[name].append(asdict(found))
    return {"engine": bench.loaded.spec.manifest.engine, **environment(), "suites": suites}


# --- the suites -------------------------------------------------------------------------------------------------------


def policies(bench: Bench) -> Iterator[Measurement]:
    """The engine under each player."""
    bench.tell("players: " + ", ".join(POLICIES))
    yield from measure(bench.env(), replace(bench.options, policies=POLICIES), bench.taste)


def batches(bench: Bench) -> Iterator[Measurement]:
    """What a step costs against the number of games side by side."""
    env = bench.env()
    for batch in BATCHES:
        bench.tell(f"batch {batch:,}")
        steps = max(4, min(bench.sizes.steps, 2**20 // batch))
        sizes = replace(bench.sizes, batch=batch, steps=steps)
        yield from interleaved([engine_rollout(env, player(env, "uniform", bench.taste), "uniform", sizes)])


def rows(bench: Bench) -> Iterator[Measurement]:
    """What a step costs against the number of rows: synthetic games of the rules' own verbs."""
    for count in ROWS:
        bench.tell(f"{count:,} rows")
        with tempfile.TemporaryDirectory(prefix="specc-bench-") as folder:
            program = resized(bench.loaded.program, count, bench.options.seed)
            start = time.perf_counter()
            package = Path(folder) / bench.loaded.spec.manifest.engine
            driver.write_engine(program, bench.loaded.spec, Diagnostics(), package)
            building = time.perf_counter() - start
            env = load_package(package).make()
            rollout = engine_rollout(env, player(env, "uniform", bench.taste), f"uniform, {count} rows", bench.sizes)
            yield rollout.named("build_seconds", "s", (building,))
            yield from rollout.sizes_of()
            yield from interleaved([rollout])


def baselines(bench: Bench) -> Iterator[Measurement]:
    """The interpreter, and what the manifest names."""
    bench.tell("the interpreter")
    yield _interpreter(bench)
    spec = bench.loaded.spec
    for target in spec.manifest.bench.baselines:
        bench.tell(f"{target.module}:{target.factory}")
        yield from load_target(target, spec.root)(bench.sizes)


SUITES: Mapping[str, Callable[[Bench], Iterator[Measurement]]] = {
    "policies": policies,
    "batches": batches,
    "rows": rows,
    "baselines": baselines,
}


def _interpreter(bench: Bench) -> Measurement:
    """Random play, one game after the other, in plain Python."""
    program, sizes = bench.loaded.program, bench.sizes
    interp, rng, setups = Interp(program), random.Random(sizes.seed), Setups.of(program, sizes.seed)
    speeds, episode = [], 0
    for _ in range(sizes.runs):
        begin, decisions = time.perf_counter(), 0
        while time.perf_counter() - begin < sizes.seconds:
            setup = setups.episode(episode)
            game, episode = interp.new_game(native_params(interp, setup), setup.key), episode + 1
            while not game.over:
                game.step(rng.choice(game.legal))
                decisions += 1
        speeds.append(decisions / (time.perf_counter() - begin))
    policy = "uniform, interpreter"
    return Measurement("steps_per_second", statistics.median(speeds), "steps/s", 1, 0, policy, tuple(speeds))
