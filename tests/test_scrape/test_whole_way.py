"""The commands of docs/scraping.md, from the loopback site to an engine that agrees with its reference."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.paths import ROOT
from tests.scrape_site import effects, project
from tests.scrape_site.cards import CARDS, PLAYS_LIKE
from tests.scrape_site.server import LoopbackSite
from tests.test_scrape.tools import scrape

DOCUMENT = ROOT / "docs" / "scraping.md"


def commands() -> str:
    """The block that a new user copies."""
    (block,) = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return block


def test_every_invented_card_has_an_effect_and_a_card_that_it_plays_like() -> None:
    assert set(effects.texts()) == set(effects.EFFECTS)
    assert set(PLAYS_LIKE) == {card["id"] for card in CARDS}
    assert len(set(PLAYS_LIKE.values())) == len(CARDS)


def test_the_texts_of_the_pages_are_those_with_answers_on_record(web: LoopbackSite, home: Path, tmp_path: Path) -> None:
    manifest = project.create(tmp_path / "project")
    recorded = {path.stem for path in (manifest.parent / "invented" / "fills" / "recorded").iterdir()}
    scrape(web.url, "--out", tmp_path / "cards")
    assert {path.stem for path in (home / "texts").iterdir()} == recorded


@pytest.mark.slow
def test_the_documented_commands_make_an_engine_that_agrees_with_its_reference(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = commands().replace("8765", str(port)).replace("build/invented", str(tmp_path / "invented"))
    block = block.replace("$PWD/", "")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, arguments in (("specc", "-m compiler.cli"), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (tools / name).chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tools}:{os.environ['PATH']}"}
    environment["JAX_PLATFORMS"] = "cpu"
    shell = shutil.which("bash")
    assert shell
    run = subprocess.run(
        [shell, "-e", "-c", block], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500, check=False
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert "38 rows are new" in run.stdout
    assert f"{len(effects.EFFECTS)} admitted, 0 doubtful, 0 refused, 0 open" in run.stdout
    for against in ("interp", "pocket"):
        found = re.search(rf"L3 against {against}: 20 episodes, (\d+) decisions, no divergences", run.stdout)
        assert found, run.stdout[-3000:]
        assert int(found[1]) > 500
