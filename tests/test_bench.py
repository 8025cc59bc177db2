"""`specc bench`, on a small engine that stands in for a generated one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

from compiler import cli
from compiler.bench import suites
from compiler.bench.engines import BenchOptions, bench
from compiler.bench.players import eager, random_words
from compiler.conformance.policies import Taste
from compiler.diagnostics import SpecError
from compiler.paths import ROOT

ENGINE = '''
"""Counts to four."""
from typing import NamedTuple

import jax.numpy as jnp


class State(NamedTuple):
    count: object
    over: object


class Env:
    def init(self, key):
        return State(jnp.zeros(key.shape, jnp.int16), jnp.zeros(key.shape, bool))

    def step(self, state, action):
        count = state.count + action.astype(jnp.int16)
        return State(count, count >= 4)

    def random_action(self, state, random):
        return jnp.ones(state.count.shape, jnp.int32)

    def autoreset(self, state, fresh):
        return State(jnp.where(state.over, fresh.count, state.count), jnp.where(state.over, fresh.over, state.over))


def make():
    return Env()
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a manifest and the engine it names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "generated")
    (tmp_path / "pyproject.toml").touch()
    folder = tmp_path / "generated" / "countjax"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(ENGINE)
    (tmp_path / "count.yaml").write_text("name: count\nengine: countjax\ntitle: Count\nrules: ['*.rules']\n")
    (tmp_path / "count.rules").touch()
    return tmp_path


def test_the_numbers(project: Path) -> None:
    found = bench("countjax", project / "generated", BenchOptions(batch=8, steps=16, runs=2, quick=True))
    assert set(found) == {"engine", "device", "versions", "results"}
    assert set(found["versions"]) == {"specc", "python", "jax", "jaxlib", "numpy"}
    values = {result["name"]: result for result in found["results"]}
    assert all(result["batch"] == 8 and result["steps"] == 16 for result in values.values())
    assert values["episodes_per_step"]["value"] == 0.25
    assert values["state_bytes"]["value"] == 3
    assert values["steps_per_second"]["value"] > 0
    assert len(values["steps_per_second"]["runs"]) == 2
    assert values["compile_seconds"]["value"] > 0


def test_the_command(project: Path) -> None:
    args = ["bench", "count.yaml", "--quick", "--batch", "4", "--steps", "4", "--runs", "1"]
    result = CliRunner().invoke(cli.app, [*args, "--json", "-"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["ok"] is True
    assert {"name", "value", "unit", "batch", "policy"} <= set(found["results"][0])
    assert "steps per second" in CliRunner().invoke(cli.app, args).stdout


@pytest.mark.parametrize(("package", "text"), [("missingjax", None), ("brokenjax", "import nothing_of_that_name")])
def test_engines_that_cannot_be_used(project: Path, package: str, text: str | None) -> None:
    if text is not None:
        (project / "generated" / package).mkdir()
        (project / "generated" / package / "__init__.py").write_text(text)
    with pytest.raises(SpecError, match="E0705"):
        bench(package, project / "generated", BenchOptions(quick=True))


class Choices:
    """States that differ in what is legal: eight actions in one word."""

    action_names = ("end", "hit:0", "hit:1", "heal", "move:0", "move:1", "move:2", "wait")

    def random_action(self, states: Legal, random: jax.Array) -> jax.Array:
        """The lowest legal action, which is as good as any."""
        del random
        (word,) = states.legal
        return jax.lax.population_count((word & (~word + jnp.uint32(1))) - jnp.uint32(1)).astype(jnp.int32)


@dataclass(frozen=True)
class Legal:
    legal: tuple[jax.Array, ...]


def test_eager_players_take_what_they_prefer() -> None:
    play = eager(Choices(), Taste(eager=("hit", "heal"), last=("end",)))
    masks = jnp.array([0b11111111, 0b11111001, 0b11110001, 0b00000001, 0b10000001] * 200, jnp.uint32)
    chosen = np.asarray(play(Legal((masks,)), random_words(jnp.uint32(3), len(masks)))).reshape(200, 5)
    strayed = (chosen != np.array([1, 3, 4, 0, 7])).mean(axis=0)
    assert (strayed[[0, 1, 2, 4]] > 0).all()
    assert (strayed < 0.2).all()
    assert (chosen[:, 3] == 0).all()


def test_suites_are_measured_and_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(suites, "BATCHES", (2, 4))
    args = ["bench", str(ROOT / "specs" / "tic_tac_toe.yaml"), "--quick", "--runs", "1", "--steps", "8", "--json", "-"]
    result = CliRunner().invoke(cli.app, [*args, "--suite", "batches,baselines", "--plots", str(tmp_path)])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["suites"]
    speeds = [row for row in found["batches"] if row["name"] == "steps_per_second"]
    assert [row["batch"] for row in speeds] == [2, 4]
    assert all(row["value"] > 0 for row in [*speeds, *found["baselines"]])
    assert {path.name for path in tmp_path.iterdir()} == {"tictactoejax-batches.png", "tictactoejax-baselines.png"}


def test_unknown_suites_and_players(project: Path) -> None:
    assert CliRunner().invoke(cli.app, ["bench", "count.yaml", "--suite", "row"]).exit_code == 2
    assert CliRunner().invoke(cli.app, ["bench", "count.yaml", "--policy", "eagre"]).exit_code == 2
