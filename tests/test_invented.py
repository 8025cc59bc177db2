"""The invented set: what filling made of our own words is what we know to be true; fillers with known behaviour."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from compiler import cli
from compiler.diagnostics import Diagnostics
from compiler.equivalence import compare_programs, effect_of, spread
from compiler.holes.providers.recorded import read_answers
from compiler.holes.session import Session
from compiler.holes.workbench import answer_source, body
from compiler.ir import hir
from compiler.ir.units import units
from compiler.ir.walk import walk
from compiler.paths import ROOT
from compiler.texts import TextStore, text_hash
from tests.rules import spec

SPEC = ROOT / "specs" / "invented.yaml"
TRUTH: dict[str, str] = YAML(typ="safe").load((ROOT / "tests" / "invented" / "truth.yaml").read_text())


@cache
def session() -> Session:
    return Session.open(SPEC, Diagnostics(), TextStore(ROOT / "no-such-folder"))


def test_sixty_cards_each_with_a_text_and_a_truth() -> None:
    texts = YAML(typ="safe").load((ROOT / "specs" / "invented" / "texts.yaml").read_text())
    assert len(texts) == len(TRUTH) == 60
    holes = {hole.hash for hole in session().empty.holes}
    assert {text_hash(text).removeprefix("sha256:") for text in texts.values()} == holes
    assert not session().program.holes


def verbs_of_rows(program: hir.Program) -> set[str]:
    """The verbs that effects of rows use themselves."""
    bodies = (code for unit, code in units(program) if unit.kind == "method")
    return {node.proc for body in bodies for node in walk(body) if isinstance(node, hir.Call)}


def test_the_set_spans_every_verb_that_effects_use() -> None:
    assert verbs_of_rows(spec("tcg")) <= verbs_of_rows(session().program)


def test_every_fill_has_a_provenance_that_holds() -> None:
    origins = session().store.origins()
    assert origins.keys() == session().workbench.stored.keys()
    assert all(origin.verdict in ("admitted", "accepted", "edited") for origin in origins.values())


@pytest.mark.slow
def test_every_fill_does_what_is_true() -> None:
    opened = session()
    rows = {
        place.key: (contract.digits, place) for contract in opened.all_contracts.values() for place in contract.places
    }
    for key, effect in TRUTH.items():
        digits, place = rows[key]
        block = body(answer_source(effect), Diagnostics())
        assert block is not None
        true, sink = opened.workbench.without(digits).check({digits: block})
        assert true is not None, list(sink)
        left, right = (spread(p, effect_of(p, place.table, place.row)) for p in (true, opened.program))
        found = compare_programs(left, right, opened.workbench.taste, executions=60, states=1500)
        assert found.equal, (key, list(found.counterexample.lines()) if found.counterexample else "")


# --- fillers with known behaviour -------------------------------------------------------------------------------------

LITERAL = """
import json, re, sys
question = json.loads(sys.stdin.readline())
text = json.loads(question["prompt"].split("whatever it says:\\n")[1].splitlines()[0])
recovers = re.fullmatch(r"This one recovers (\\d+) damage\\.", text)
print(json.dumps({"effect": f"heal {recovers[1]} damage from self" if recovers else "", "understood": bool(recovers)}))
"""
MEMORISER = """
import json, sys
question = json.loads(sys.stdin.readline())
known = "heal 30 damage from self" if "Dewback" in question["prompt"] else ""
print(json.dumps({"effect": known, "understood": bool(known)}))
"""
COIN = """
import json, sys
question = json.loads(sys.stdin.readline())
side = int(question["hole"][0], 16) % 2
print(json.dumps({"effect": ["heal 70 damage from self", "make foe burned"][side]}))
"""
ORIGINAL, ALTERED = "This one recovers 30 damage.", "This one recovers 50 damage."


def copy_with(tmp_path: Path, text: str) -> Path:
    """A copy of the set in which the second card says this, and nothing of it is filled."""
    from tests.filling import punched

    game = punched(tmp_path, "invented", [], {})
    folder = game.manifest.parent / "invented"
    for name, old, new in (("cards.rules", text_hash(ORIGINAL), text_hash(text)), ("texts.yaml", ORIGINAL, text)):
        path = folder / name
        path.write_text(path.read_text().replace(old, new))
    (folder / "fills" / f"{text_hash(ORIGINAL).removeprefix('sha256:')}.rules").unlink()
    return game.manifest


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        (LITERAL, ORIGINAL, "admitted"),
        (LITERAL, ALTERED, "admitted"),
        (MEMORISER, ORIGINAL, "admitted"),
        (MEMORISER, ALTERED, "doubtful"),
        (COIN, ORIGINAL, "doubtful"),
    ],
    ids=["literal", "literal altered", "memoriser", "memoriser altered", "coin"],
)
def test_control_fillers_come_out_as_what_they_are(code: str, text: str, status: str, tmp_path: Path) -> None:
    manifest = copy_with(tmp_path, text)
    (tmp_path / "filler.py").write_text(code)
    command = f"{sys.executable} filler.py"
    args = ["fill", str(manifest), "I1-002", "--provider", "command", "--command", command, "--attempts", "1"]
    result = CliRunner().invoke(cli.app, [*args, "--states", "800", "--executions", "40", "--json", "-"])
    assert result.exit_code in (0, 1), result.output
    (hole,) = json.loads(result.stdout)["holes"]
    assert hole["status"] == status, hole


def test_the_answers_on_record_are_those_of_the_fills() -> None:
    for digits in session().workbench.stored:
        (answer,) = read_answers(session().store.recorded, digits)
        assert answer.effect.strip() == session().store.fill(digits).read_text().strip()
