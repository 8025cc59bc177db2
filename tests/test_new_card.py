"""The newcomer's path, as docs/add_a_card.md describes it: a card of one's own, from a few lines to an engine."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from compiler.paths import ROOT

PAGE = (ROOT / "docs" / "add_a_card.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)( [^\n]*)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the specification, built without the card, and then with the card in a deck."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").touch()
    (folder / "specs").mkdir()
    shutil.copytree(ROOT / "specs" / "tcg", folder / "specs" / "tcg", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "specs" / "tcg.yaml", folder / "specs")
    _, cold = specc(folder, "build", "--out", "engine")
    (card,) = (block for kind, _, block in FENCE.findall(PAGE) if kind == "rules")
    with (folder / "specs/tcg/cards/a1.rules").open("a", encoding="utf-8") as file:
        file.write(f"\n{card}")
    decks = folder / "specs/tcg/decks/starters.rules"
    blastoise = re.compile(r"(deck blastoise .*?)\bA1-083\b", re.DOTALL)
    decks.write_text(blastoise.sub(r"\1X-001", decks.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    print(f"processor time of a build without caches: {cold:.2f} s")
    return folder


def specc(project: Path, command: str, *args: str) -> tuple[str, float]:
    """What a command of the page says, and the processor time that it took. It must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "compiler.cli", command, "specs/tcg.yaml", *args]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(line, cwd=project, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_card_checks_and_is_explained_as_on_the_page(project: Path) -> None:
    said, _ = specc(project, "check")
    assert "no errors" in said
    said, _ = specc(project, "explain", "X-001")
    assert [said] == [block for kind, _, block in FENCE.findall(PAGE) if kind == "text"]


def test_the_engine_has_the_card_soon(project: Path) -> None:
    said, seconds = specc(project, "build", "--out", "engine")
    print(f"processor time of a build after a card was written: {seconds:.2f} s; {said.strip()}")
    assert seconds < 10  # it takes one or two; the bound is for busy machines
    assert "X-001" in (project / "engine" / "data.json").read_text(encoding="utf-8")
    assert json.loads((project / "engine" / "manifest.json").read_text(encoding="utf-8"))["holes"] == []


def test_the_card_is_played_on_the_interpreter(project: Path) -> None:
    options = ("--engine", "interp", "--reference", "none", "--decks", "blastoise", "--episodes", "4")
    found = _verified(project, *options, "--level", "L1")
    assert found["levels"]["L1"]["ok"]


@pytest.mark.slow
def test_the_card_is_played_side_by_side_on_the_engine(project: Path) -> None:
    specc(project, "build")
    options = ("--reference", "none", "--decks", "blastoise", "--episodes", "16", "--level", "L3")
    found = _verified(project, *options)
    assert not [name for name in found["coverage"]["cards"]["never"] if "X-001" in name]


def _verified(project: Path, *options: str) -> dict[str, Any]:
    said, _ = specc(project, "verify", *options, "--json", "-")
    found = json.loads(said)
    assert found["ok"]
    assert found["coverage"]
    return found
