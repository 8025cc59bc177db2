"""Generated engines for tests: built from the text of a small game, and played side by side with the interpreter."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from types import ModuleType

from compiler import driver
from compiler.conformance.engine import Engine, Observed, Setup
from compiler.conformance.interp_engine import InterpEngine
from compiler.conformance.jax_engine import JaxEngine, Way, keep_compiled, load_package
from compiler.conformance.lockstep import compare_observed
from compiler.conformance.names import Names
from compiler.conformance.setups import Setups
from compiler.diagnostics import Diagnostics
from compiler.ir import hir
from compiler.paths import project_root

ROOT = project_root(Path(__file__))
LANES = 16


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="specc-test-")


@cache
def built(text: str) -> tuple[hir.Program, ModuleType]:
    """The typed rules of a game and its engine's package."""
    keep_compiled(ROOT / ".specc-cache" / "xla")
    name = "game_" + hashlib.sha256(text.encode()).hexdigest()[:12]
    folder = Path(_scratch().name) / name
    folder.mkdir()
    (folder / "game.rules").write_text(dedent(text), encoding="utf-8")
    (folder / "game.yaml").write_text(f"name: game\nengine: {name}\ntitle: A game\nrules: [game.rules]\n")
    program = driver.load(folder / "game.yaml", Diagnostics(), use_cache=False).program
    result = driver.build(folder / "game.yaml", Diagnostics(), out=folder / "generated" / name)
    return program, load_package(folder / "generated" / name if result else folder)


@cache
def jax_engine(text: str, lanes: int = LANES, way: Way = Way.QUICK) -> JaxEngine:
    return JaxEngine(built(text)[1], lanes, way)


def difference(
    text: str, *, games: int = LANES, decisions: int = 60, way: Way = Way.QUICK, seed: int = 0
) -> str | None:
    """Play random games on the JAX engine and on the interpreter; the first thing that is not the same."""
    program, _ = built(text)
    return first_difference(
        jax_engine(text, min(games, LANES), way),
        InterpEngine(program, min(games, LANES), views=True),
        program,
        games=games,
        decisions=decisions,
        seed=seed,
    )


def first_difference(
    left: Engine, right: Engine, program: hir.Program, *, games: int, decisions: int, seed: int = 0
) -> str | None:
    """Play random games on two engines with the same luck; the first thing that is not the same."""
    names, setups, rng = Names(program), Setups.of(program, seed), random.Random(seed)
    for start in range(0, games, left.lanes):
        batch = [setups.episode(number) for number in range(start, min(start + left.lanes, games))]
        taken: list[list[str]] = [[] for _ in batch]
        for seen, expected in _rounds(left, right, batch, names, rng, decisions, taken):
            for lane, (found, wanted) in enumerate(zip(seen, expected, strict=True)):
                if wanted.error is not None and found.error is None:
                    return f"the rules have no meaning: {wanted.error} (after {' '.join(taken[lane])})"
                problem = compare_observed(wanted, found, names)
                if problem is not None:
                    return f"{problem} (game {start + lane}, after {' '.join(taken[lane]) or 'nothing'})"
    return None


def _rounds(
    left: Engine,
    right: Engine,
    setups: list[Setup],
    names: Names,
    rng: random.Random,
    decisions: int,
    taken: list[list[str]],
) -> Iterator[tuple[list[Observed], list[Observed]]]:
    seen, expected = left.reset(setups), right.reset(setups)
    yield seen, expected
    for _ in range(decisions):
        actions = [rng.choice(one.legal) if one.legal else None for one in expected]
        if not any(action is not None for action in actions):
            return
        for lane, action in enumerate(actions):
            if action is not None:
                taken[lane].append(names.name(action))
        seen, expected = left.step(actions), right.step(actions)
        yield seen, expected
