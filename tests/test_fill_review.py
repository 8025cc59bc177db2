"""Reviewing doubtful answers, and bringing texts into the local store."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from compiler import cli
from compiler.diagnostics import Diagnostics
from compiler.holes.review import review_all
from compiler.holes.session import Session
from compiler.texts import TextStore, text_hash
from tests.filling import punched

ROW, TEXT = "I1-002", "This one recovers 30 damage."
DIGITS = text_hash(TEXT).removeprefix("sha256:")
DOUBTFUL = "heal 70 damage from self"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """The invented set with one hole, about which there is a doubtful answer."""
    game = punched(tmp_path, "invented", [], {})
    fills = game.manifest.parent / "invented" / "fills"
    (fills / f"{DIGITS}.rules").unlink()
    (fills / "recorded" / f"{DIGITS}.json").write_text(json.dumps({"answers": [{"effect": DOUBTFUL}]}))
    args = ["fill", str(game.manifest), ROW, "--states", "600", "--executions", "30"]
    result = CliRunner().invoke(cli.app, args)
    assert result.exit_code == 1, result.output
    assert "the text says 30, and the effect never uses it" in result.output
    return game.manifest


def reviewed(manifest: Path, keys: str, edited: str | None = None) -> tuple[dict[str, list[str]], str, Session]:
    """Give these answers to the questions, one letter each."""
    said = io.StringIO()
    session = Session.open(manifest, Diagnostics(), TextStore(manifest.parent / "texts"))
    found = review_all(session, Console(file=said, width=120), lambda _, left=list(keys): left.pop(0), lambda _: edited)
    return found, said.getvalue(), Session.open(manifest, Diagnostics(), TextStore(manifest.parent / "texts"))


def test_a_person_sees_text_effect_english_and_evidence_and_accepts(manifest: Path) -> None:
    found, said, after = reviewed(manifest, "a")
    assert found["accepted"] == [f"sha256:{DIGITS}"]
    for shown in (TEXT, DOUBTFUL, "recovers 70 damage", "mentions: the effect uses 70"):
        assert shown in said
    assert after.store.fill(DIGITS).read_text() == DOUBTFUL + "\n"
    assert after.store.origins()[DIGITS].verdict == "accepted"
    assert not list(after.store.doubtful())


def test_a_person_edits_and_what_does_not_check_stays_out(manifest: Path) -> None:
    found, said, after = reviewed(manifest, "eaq", "heal lots of damage")
    assert found == {"accepted": [], "edited": [], "rejected": [], "skipped": []}
    assert "this cannot be let in" in said
    assert DIGITS not in after.workbench.stored
    found, _, after = reviewed(manifest, "ea", "heal 30 damage from self")
    assert found["edited"] == [f"sha256:{DIGITS}"]
    assert after.store.origins()[DIGITS].verdict == "edited"
    assert after.store.fill(DIGITS).read_text() == "heal 30 damage from self\n"


def test_a_person_rejects_and_the_hole_stays_open(manifest: Path) -> None:
    found, _, after = reviewed(manifest, "r")
    assert found["rejected"] == [f"sha256:{DIGITS}"]
    assert not list(after.store.doubtful())
    assert [contract.digits for contract in after.open_contracts] == [DIGITS]


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [
        ("a.json", '[{"text": "One."}, {"text": "Two."}, {"text": " One. "}]', 2),
        ("b.yaml", "x: One.\ny: Two.\nz: Three.\n", 3),
        ("c.json", "{", None),
        ("d.json", '[{"wording": "One."}]', None),
        ("e.yaml", "just words\n", None),
    ],
)
def test_texts_are_imported_or_refused(name: str, content: str, count: int | None, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    args = ["texts", "import", str(tmp_path / name), "--texts", str(tmp_path / "store")]
    result = CliRunner().invoke(cli.app, args)
    assert result.exit_code == (1 if count is None else 0), result.output
    assert len(list(TextStore(tmp_path / "store"))) == (count or 0)
    assert count is not None or "error[E1106]" in result.output
