"""However a batch is cut into chunks, games go as on the interpreter; other tables need no compiling."""

from __future__ import annotations

import importlib
import random
from typing import Any

import jax
import numpy as np
import pytest

from compiler.conformance.interp_engine import InterpEngine
from compiler.conformance.jax_engine import JaxEngine
from tests.engines import built, first_difference
from tests.test_jax_backend import GAMES

GAME = GAMES["tables"]
SETTINGS = [{"chunk": 5}, {"chunk": 0, "sort": False, "kernels": False, "group": 1}]


def difference_with(settings: dict[str, Any], text: str) -> str | None:
    """Sixteen random games with these knobs against the interpreter; the first thing that is not the same."""
    program, package = built(text)
    knobs = importlib.import_module(f"{package.__name__}.machine").Knobs(**settings)
    engine = JaxEngine(package, 16, env=package.make(knobs=knobs))
    return first_difference(engine, InterpEngine(program, 16, views=True), program, games=16, decisions=40)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: ",".join(f"{k}={v}" for k, v in settings.items()))
def test_games_go_the_same_in_any_chunks(settings: dict[str, Any]) -> None:
    assert difference_with(settings, GAME) is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_games_go_the_same_with_random_knobs(seed: int) -> None:
    rng = random.Random(seed)
    settings = {
        "chunk": rng.randrange(1, 17),
        "sort": rng.random() < 0.5,
        "kernels": rng.random() < 0.5,
        "group": rng.randrange(1, 6),
    }
    assert difference_with(settings, GAMES[rng.choice(sorted(GAMES))]) is None, settings


def test_other_tables_of_the_same_size_need_no_compiling() -> None:
    _, package = built(GAME)
    env = package.make()
    traced: list[int] = []

    def one_step(env: Any, state: Any) -> Any:
        traced.append(1)
        return env.step(state, 0)

    step = jax.jit(one_step)
    state = env.begin(np.arange(4, dtype=np.uint32))
    before = step(env, state)
    other = jax.tree.map(lambda column: np.array(column)[::-1].copy(), env)
    after = step(other, state)
    assert len(traced) == 1  # nothing is traced again, so nothing is compiled
    assert jax.tree.map(np.shape, after) == jax.tree.map(np.shape, before)
