"""Every game of `specs/` is checked, and played against a reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from compiler import cli
from compiler.diagnostics import Diagnostics
from compiler.manifest import load_spec
from compiler.paths import ROOT

SPECS = sorted((ROOT / "specs").glob("*.yaml"))
LONG = {"pong"}  # its games take thousands of decisions
OTHERS = [path for path in SPECS if path.stem not in ("tcg", "invented")]  # they have tests of their own


def verified(path: Path, *options: str) -> None:
    result = CliRunner().invoke(cli.app, ["verify", str(path), *options])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_game_has_no_errors(path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["check", str(path)])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_a_game_goes_as_its_references_say(path: Path) -> None:
    pytest.importorskip("pyspiel")
    pytest.importorskip("pgx")
    references = load_spec(path, Diagnostics()).manifest.references
    if not references:
        pytest.skip("nobody else has this game")
    quickest = "openspiel" if "openspiel" in references else next(iter(references))
    episodes = "1" if path.stem in LONG else "4"
    verified(path, "--engine", "interp", "--level", "L3", "--reference", quickest, "--episodes", episodes)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_scenarios_hold(path: Path) -> None:
    verified(path, "--engine", "interp", "--level", "L2")


@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in OTHERS if p.stem not in LONG], ids=lambda path: path.stem)
def test_the_engine_goes_as_all_references_say(path: Path) -> None:
    verified(path, "--level", "L3", "--episodes", "4")
