import importlib
import re
import sys
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostics, SpecError
from compiler.manifest import CommandTarget, PythonTarget, Spec, load_spec, load_target

BAD = Path(__file__).parent / "bad_manifests"

GOOD = """\
name: toy
engine: toyjax
title: A toy
rules: ["game/b*.rules", "game/**/*.rules"]
constants: {max_turns: 30, fast: true, first: "alice"}
players: 2
decks: [game/decks, game/extra.deck]
references:
  pure: python:toyref.rules:make
  native: cmd:./toy --json "a b"
adapter: python:toyref.rules:make
fills: game/fills.jsonl
budget: {tokens: 1000, dollars: 2}
verify: {episodes: 20, policies: [uniform, eager]}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder in which GOOD is true."""
    (tmp_path / "pyproject.toml").touch()
    for path in ("a.rules", "b.rules", "sub/c.rules", ".hidden.rules", "notes.txt", "extra.deck", "decks/one.deck"):
        (tmp_path / "specs" / "game" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "specs" / "game" / path).touch()
    return tmp_path


def load(project: Path, text: str) -> Spec:
    path = project / "specs" / "toy.yaml"
    path.write_text(text, encoding="utf-8")
    return load_spec(path, Diagnostics())


def test_a_good_manifest_finds_its_files(project: Path) -> None:
    spec = load(project, GOOD)
    game = project / "specs" / "game"
    assert spec.rules == (game / "b.rules", game / "a.rules", game / "sub" / "c.rules")
    assert spec.decks == (game / "decks" / "one.deck", game / "extra.deck")
    assert spec.fills == game / "fills.jsonl"
    assert spec.root == project
    assert spec.manifest.references == {
        "pure": PythonTarget("toyref.rules", "make"),
        "native": CommandTarget(("./toy", "--json", "a b")),
    }
    assert spec.manifest.constants == {"max_turns": 30, "fast": True, "first": "alice"}
    assert spec.manifest.budget.dollars == 2
    assert spec.manifest.verify.policies == ("uniform", "eager")


def test_optional_keys_may_be_left_out(project: Path) -> None:
    spec = load(project, "name: toy\nengine: toyjax\ntitle: A toy\nrules: [game/a.rules]\n")
    assert (spec.decks, spec.fills, spec.manifest.players, spec.manifest.adapter) == ((), None, None, None)


def test_values_have_places(project: Path) -> None:
    spec = load(project, GOOD)
    assert spec.span("constants", "fast").text == "true"
    assert spec.span("rules", 1).text == '"game/**/*.rules"'
    assert spec.span("references", "native").line == 10
    assert spec.span("budget", "no", "such").text == "{tokens: 1000, dollars: 2}"


def test_a_factory_is_imported_from_the_project_root(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", ["elsewhere"])
    (project / "toyref_found").mkdir()
    (project / "toyref_found" / "rules.py").write_text("def make():\n    return 7\nnumber = 7\n")
    (project / "toyref_found" / "broken.py").write_text("1 / 0")
    spec = load(project, GOOD)
    assert spec.load(PythonTarget("toyref_found.rules", "make"))() == 7
    for target in (("toyref_gone", "make"), ("rules", "gone"), ("rules", "number"), ("broken", "make")):
        with pytest.raises(SpecError, match="E0017"):
            spec.load(PythonTarget(f"toyref_found.{target[0]}", target[1]), spec.span("adapter"))


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bad_manifest_is_reported_at_its_place(project: Path, path: Path) -> None:
    """Each file begins with the errors it must produce: `# CODE LINE:COL part of the message or of the help`."""
    text = path.read_text(encoding="utf-8")
    expected = re.findall(r"^# (E\d{4}) (\d+):(\d+) (.+)$", text, re.MULTILINE)
    assert expected, "the file states no expectation"
    with pytest.raises(SpecError) as caught:
        load(project, text)
    found = caught.value.diagnostics
    assert [(d.code, str(d.span.line), str(d.span.col)) for d in found if d.span] == [row[:3] for row in expected]
    for diagnostic, (*_, words) in zip(found, expected, strict=True):
        assert words in f"{diagnostic.message} {diagnostic.suggestion} {diagnostic.notes}"


def test_a_missing_manifest_is_a_diagnostic(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="E0001"):
        load_spec(tmp_path / "none.yaml", Diagnostics())


def test_a_projects_own_package_comes_before_an_installed_one_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, answer in (("installed", "theirs"), ("project", "ours")):
        package = tmp_path / place / "samename"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "oracle.py").write_text(f"def factory():\n    return {answer!r}\n")
    monkeypatch.syspath_prepend(str(tmp_path / "project"))
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    assert importlib.import_module("samename.oracle").factory() == "theirs"
    try:
        factory = load_target(PythonTarget("samename.oracle", "factory"), tmp_path / "project")
        assert factory() == "ours"
    finally:
        for name in [n for n in sys.modules if n.partition(".")[0] == "samename"]:
            del sys.modules[name]
