"""Rules pages as numbered statements, and what cites them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compiler import cli
from compiler.texts import TextStore, text_hash
from tests.scrape_site import pages
from tests.scrape_site.server import LoopbackSite

SAYINGS = ["Two people play.", "#Hands", "A hand has at most ten cards.", "Who has three points wins."]


def help_center(path: str, query: object) -> str | None:
    """A help center with a section of two articles."""
    if "/sections/" in path:
        return pages.zendesk_section([38906248102292, 7])
    return (
        pages.zendesk_article("Basics", SAYINGS)
        if path.startswith("/hc/en-us/articles/38906248102292")
        else (
            pages.zendesk_article("More", ["It ends in a tie."])
            if "/articles/7" in path
            else pages.zendesk_article("?", ["So."])
        )
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A small game with sources of rules."""
    (tmp_path / "pyproject.toml").touch()
    rules = 'players 2\ncites "{}"\nconst LIMIT = 10\ncites "sha256:000000000000"\nplay {{ finish p: LIMIT }}\n'
    (tmp_path / "game.rules").write_text(rules.format(text_hash(SAYINGS[2])[:19]))
    path = tmp_path / "game.yaml"
    path.write_text(
        "name: game\nengine: gamejax\ntitle: A game\nrules: [game.rules]\nsources:\n  rules:\n"
        "    pocket: python:specs.tcg.sources.zendesk:pocket\n    support: python:specs.tcg.sources.zendesk:support\n"
    )
    return path


def run(*args: str | Path) -> tuple[int, dict, str]:
    """Run a command; status, document, output."""
    result = CliRunner().invoke(cli.app, [*map(str, args), "--json", "-"])
    return result.exit_code, json.loads(result.stdout[result.stdout.find("{") :]), result.output


def test_statements_are_numbered_and_traced_to_what_cites_them(manifest: Path, home: Path) -> None:
    with LoopbackSite(help_center).running() as web:
        status, document, output = run("scrape", manifest, "--rules", "--base", web.url, "--rate", "0")
        assert status == 0, output
    assert document["statements"] == 5
    assert all(text_hash(saying) in TextStore() for saying in SAYINGS if saying[0] != "#")
    status, document, output = run("rules", manifest, "--trace")
    assert status == 0
    by_number = {one["number"]: one for one in document["statements"]}
    assert by_number["38906248102292.2"]["heading"] == "Hands"
    assert by_number["38906248102292.2"]["cited_by"] == [f"const LIMIT ({manifest.parent}/game.rules:2:1)"]
    assert document["cited"] == 1
    assert [(found["code"], found["line"]) for found in document["diagnostics"]] == [("W1205", 4)]
    uncited = run("rules", manifest, "--uncited")[1]["statements"]
    assert len(uncited) == 4
    assert not any(word in (home / "rules" / "game.json").read_text() for word in SAYINGS if word[0] != "#")


def test_without_a_store_the_way_to_one_is_told(manifest: Path) -> None:
    status, document, _ = run("rules", manifest, "--trace")
    assert status == 0
    assert "--rules" in document["diagnostics"][0]["suggestion"]
