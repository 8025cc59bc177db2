"""Bad input and faults, from the outside: each has an error with a code, and nothing that was whole is damaged.

What single parts do is pinned beside them: manifests in `bad_manifests/`, rules in `bad_specs/`, holes in
`test_holes.py`, outputs in `test_files.py` and `test_build.py`, rows given to an engine in `test_jax_backend.py`.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from compiler import cli
from compiler.diagnostics import Diagnostic, Diagnostics
from compiler.paths import ROOT
from compiler.source import SourceFile
from compiler.syntax import ast, parse_module
from compiler.typecheck import check
from tests.engines import built

DECKS = ROOT / "specs" / "tcg" / "decks" / "starters.rules"
TCG = ROOT / "specs" / "tcg.yaml"


@pytest.fixture
def game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manifest of a new game in a project of its own, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert CliRunner().invoke(cli.app, ["new", "race"]).exit_code == 0
    return tmp_path / "specs" / "race.yaml"


def specc(*args: object) -> tuple[int, list[dict[str, Any]]]:
    """The exit status of a command and its diagnostics."""
    result = CliRunner().invoke(cli.app, [*map(str, args), "--json", "-"])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code, json.loads(result.stdout)["diagnostics"]


def errors(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [diagnostic for diagnostic in found if diagnostic["severity"] == "error"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


# --- files that are half written --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["race.yaml", "race/game.rules"])
def test_a_file_that_ends_anywhere_is_an_error_with_a_place_or_is_whole(game: Path, name: str) -> None:
    path = game.parent / name
    text = path.read_text()
    refused = 0
    for end in range(0, len(text), max(1, len(text) // 40)):
        path.write_text(text[:end])
        status, found = specc("check", game)
        assert status in (0, 1)
        assert bool(errors(found)) == (status == 1)
        assert all(diagnostic["file"] and diagnostic["line"] for diagnostic in found)
        refused += status
    assert refused > 20


@pytest.mark.parametrize("name", ["race.yaml", "race/game.rules"])
def test_a_file_without_access_is_told(game: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refusing(path: Path) -> bytes:  # as `chmod 0` does, but to root as well
        if path.name == Path(name).name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    (found,) = specc("check", game)[1]
    assert found["code"] == "E0002"
    assert f"cannot read specs/{name}: Permission denied" in found["message"]


def test_rules_that_vanish_or_are_links_to_nothing_are_told(game: Path) -> None:
    rules = game.parent / "race" / "game.rules"
    rules.unlink()
    rules.symlink_to(game.parent / "nowhere")
    assert {found["code"] for found in errors(specc("check", game)[1])} <= {"E0001", "E0015"}


# --- outputs ----------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from compiler import cli, files
left = [int(sys.argv[2])]
rename = os.rename
def dying(*args):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*args)
files.os.rename = dying
cli.app(["build", sys.argv[1]])
"""


@pytest.mark.parametrize("renames", [1, 2])
def test_a_build_that_is_killed_leaves_the_old_engine_whole(game: Path, renames: int) -> None:
    assert specc("build", game)[0] == 0
    engine = game.parents[1] / "generated" / "racejax"
    before = contents(engine)
    rules = game.parent / "race" / "game.rules"
    whole = rules.read_text()
    rules.write_text(whole.replace("const GOAL = 20", "const GOAL = 30"))
    command = [sys.executable, "-c", KILLED, str(game), str(renames)]
    run = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    rules.write_text(whole)
    assert specc("build", game)[0] == 0  # puts the old engine back, which is what this builds
    assert contents(engine) == before
    assert [path.name for path in engine.parent.iterdir()] == ["racejax"]


@pytest.mark.parametrize("foreign", ["notes.txt", "manifest.json"])
def test_an_output_folder_of_others_is_never_touched(game: Path, foreign: str) -> None:
    folder = game.parents[1] / "mine"
    folder.mkdir()
    (folder / foreign).write_text('{"generator": "somebody", "files": {}}')
    before = contents(folder)
    status, found = specc("build", game, "--out", folder)
    assert (status, [diagnostic["code"] for diagnostic in found]) == (1, ["E0701"])
    assert contents(folder) == before


# --- actions that are not legal ---------------------------------------------------------------------------------------


def test_an_action_that_is_not_legal_sets_the_flag_and_nothing_else() -> None:
    import jax
    import numpy as np

    program, package = built((ROOT / "tests" / "jax_games" / "decider.rules").read_text())
    env = package.make()
    step = jax.jit(env.step)
    state = env.init(7)
    mask = np.asarray(state.legal_action_mask)
    illegal = [*np.flatnonzero(~mask).tolist(), -1, program.action_count, 2**31 - 1, -(2**31)]
    for action in illegal:
        after = step(state, action)
        assert bool(after.illegal)
        for name, was in vars(state).items() if hasattr(state, "__dict__") else state._asdict().items():
            if name != "illegal":
                same = jax.tree.map(lambda left, right: bool((left == right).all()), was, getattr(after, name))
                assert all(jax.tree.leaves(same)), (action, name)
    played = step(step(state, illegal[0]), int(np.flatnonzero(mask)[0]))
    assert not bool(played.illegal)


# --- rows and decks ---------------------------------------------------------------------------------------------------

LEGAL = """[
  2*A1-053 2*A1-054 2*A1-056 2*A1-084 A1-083 2*A1-220 2*A2b-111 2*A4b-373 A1-223 A1-225 P-A-002 P-A-006 B2a-093
  P-A-001]"""


@cache
def _rules() -> tuple[ast.Module, ...]:
    """The specification of the cards, without the decks."""
    files = sorted((ROOT / "specs" / "tcg").rglob("*.rules"))
    modules = [parse_module(SourceFile.read(file), Diagnostics()) for file in files if file != DECKS]
    return tuple(module for module in modules if module is not None)


def deck(cards: str, energy: str = "[water]") -> list[Diagnostic]:
    """What is wrong with a deck in the specification."""
    sink = Diagnostics()
    decks = DECKS.read_text() + f'\ndeck mine "Mine" {{\n  energy {energy}\n  cards {cards}\n}}\n'
    module = parse_module(SourceFile("decks.rules", decks), sink)
    assert module is not None
    check([*_rules(), module], "tcg", sink)
    return sink.errors


def test_a_legal_deck_is_none_of_these() -> None:
    assert deck(LEGAL.replace("P-A-001]", "]")) == []


@pytest.mark.parametrize(
    ("cards", "energy", "code", "message"),
    [
        (LEGAL.replace("2*A1-053", "2*A1-530"), "[water]", "E0212", "A1-530"),
        (LEGAL, "[water]", "E0506", "room for 20 values, not 21"),
        (LEGAL.replace("P-A-001]", "]").replace("A1-083 ", ""), "[water]", "E0509", "fewer than twenty cards"),
        (
            LEGAL.replace("A1-083 2*A1-220", "A1-220").replace("2*A1-053", "3*A1-053"),
            "[water]",
            "E0509",
            "more than two cards",
        ),
        ("[20*A1-054]", "[water]", "E0509", "needs a Basic"),
        (LEGAL.replace("P-A-001]", "]"), "[]", "E0509", "one to three types"),
        (LEGAL.replace("P-A-001]", "]"), "[fire water grass psychic]", "E0509", "one to three types"),
        (LEGAL.replace("P-A-001]", "]"), "[dragon]", "E0509", "no Energy Zone holds"),
        (LEGAL.replace("P-A-001]", "]"), "[wter]", "E0201", "wter"),
    ],
)
def test_a_deck_that_cannot_be_is_told(cards: str, energy: str, code: str, message: str) -> None:
    found = deck(cards, energy)
    assert code in [error.code for error in found]
    (error,) = [error for error in found if message in error.message]
    assert error.span is not None
    assert error.span.file.path.name == "decks.rules"
    if code in ("E0201", "E0212"):
        assert error.suggestion is not None
        assert "did you mean" in error.suggestion


@pytest.mark.parametrize("command", [["play", "--auto"], ["verify", "--engine", "interp"]])
@pytest.mark.parametrize(
    ("decks", "message", "hint"),
    [
        ("charzard", "'charzard' is no row of deck_list", "did you mean 'charizard'?"),
        ("charizard,nothing_like_it", "'nothing_like_it' is no row of deck_list", "the rows are "),
        ("charizard,gengar,machamp", "3 rows of deck_list are given", "one name for all"),
        ("A1-033", "'A1-033' is no row of deck_list", ""),
    ],
)
def test_a_deck_that_does_not_exist_is_told(command: list[str], decks: str, message: str, hint: str) -> None:
    name, *options = command
    status, found = specc(name, TCG, *options, "--decks", decks)
    assert status == 1
    (error,) = errors(found)
    assert error["code"] == "E0801"
    assert message in error["message"]
    assert hint in (error["suggestion"] or "")
