import json
import pickle
import re
from pathlib import Path

import pytest

from compiler.codes import CODES, RANGES, markdown
from compiler.diagnostics import Diagnostics, Note, Severity, SpecError, did_you_mean, render, segments
from compiler.paths import ROOT
from compiler.source import SourceFile


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def find(source: SourceFile, text: str):
    start = source.text.index(text)
    return source.span(start, start + len(text))


def test_an_error_is_drawn_with_carets_notes_and_help() -> None:
    source = SourceFile("cards.rules", "verb heal\n\n\tdraw 2\n  discard 2 psychic engery from self\n")
    diagnostics = Diagnostics()
    diagnostics.error(
        "E0014",
        find(source, "engery"),
        "unknown name 'engery'",
        suggestion="did you mean 'energy'?",
        notes=["names are lower case", Note("defined here", find(source, "draw"))],
    )
    assert (
        render(diagnostics)
        == """\
error[E0014]: unknown name 'engery'
 --> cards.rules:4:21
  |
4 |   discard 2 psychic engery from self
  |                     ^^^^^^
  note: names are lower case
 --> cards.rules:3:2
  |
3 |     draw 2
  |     ^^^^
  help: did you mean 'energy'?

1 error
""".replace("  note: names are lower case\n", "  note: names are lower case\n  note: defined here\n")
    )


@pytest.mark.parametrize(
    ("text", "start", "end", "caret_line"),
    [
        ("", 0, 0, "  | ^"),
        ("ab\n", 3, 3, "  | ^"),
        ("ab", 2, 2, "  |   ^"),
        ("one {\n  two\n}", 4, 13, "  |     ^ … to line 3"),
        ("one\n", 0, 4, "  | ^^^"),
        ("日本 x", 3, 4, "  |      ^"),
        ("e\u0301 x", 3, 4, "  |   ^"),
        ("\x1b[31m", 1, 2, "  |  ^"),
    ],
)
def test_carets_stand_below_what_they_mark(text: str, start: int, end: int, caret_line: str) -> None:
    diagnostics = Diagnostics()
    diagnostics.error("E0014", SourceFile("x", text).span(start, end), "bad")
    lines = render(diagnostics).splitlines()
    assert lines[4] == caret_line
    assert "\x1b" not in lines[3]


def test_findings_are_sorted_by_place_and_reported_once() -> None:
    a, b = SourceFile("a.rules", "x y"), SourceFile("b.rules", "z")
    diagnostics = Diagnostics()
    for span in (b.span(0, 1), a.span(2, 3), a.span(0, 1), a.span(2, 3), None):
        diagnostics.error("E0014", span, "bad")
    assert [str(d.span) for d in diagnostics] == ["None", "a.rules:1:1", "a.rules:1:3", "b.rules:1:1"]
    assert render(diagnostics).endswith("4 errors\n")


def test_warnings_do_not_stop_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.diagnostics.CODES", {**CODES, "W0900": "A test."})
    diagnostics = Diagnostics()
    diagnostics.warning("W0900", None, "unused")
    diagnostics.raise_if_errors()
    assert diagnostics.ok
    assert [d.severity for d in diagnostics.warnings] == [Severity.WARNING]
    diagnostics.error("E0014", None, "bad")
    with pytest.raises(SpecError) as caught:
        diagnostics.raise_if_errors()
    assert len(caught.value.diagnostics) == 2
    assert "1 error, 1 warning" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).diagnostics == caught.value.diagnostics


@pytest.mark.parametrize("code", ["E9999", "nonsense", "W0900"])
def test_only_registered_codes_of_the_severity_can_be_reported(code: str) -> None:
    with pytest.raises(ValueError, match=code):
        Diagnostics().error(code, None, "bad")


def test_json_form_has_places_and_survives_json() -> None:
    source = SourceFile("a.rules", "x\nyy")
    diagnostics = Diagnostics()
    diagnostics.error("E0014", source.span(2, 4), "bad", notes=["why", Note("first", source.span(0, 1))])
    [found] = [json.loads(json.dumps(diagnostic.to_json())) for diagnostic in diagnostics]
    assert found == {
        "code": "E0014",
        "severity": "error",
        "message": "bad",
        "file": "a.rules",
        "line": 2,
        "col": 1,
        "notes": [
            {"message": "why", "file": None, "line": None, "col": None},
            {"message": "first", "file": "a.rules", "line": 1, "col": 1},
        ],
        "suggestion": None,
    }


def test_segments_say_which_part_to_colour() -> None:
    diagnostics = Diagnostics()
    diagnostics.error("E0014", SourceFile("a", "x").span(0, 1), "bad", suggestion="good")
    roles = {role for role, _ in segments(diagnostics)}
    assert roles == {"error", "message", "frame", "source", "help"}


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("engery", "did you mean 'Energy'?"), ("DISCARD", "did you mean 'discard'?"), ("zzz", None), ("", None)],
)
def test_near_names_are_suggested(name: str, suggestion: str | None) -> None:
    assert did_you_mean(name, ["discard", "Energy", "retreat"]) == suggestion


def test_codes_are_well_formed_and_belong_to_a_range() -> None:
    for code, meaning in CODES.items():
        assert re.fullmatch(r"[EW]\d{4}", code)
        assert code[:3] in RANGES
        assert meaning.endswith(".")
        assert "\n" not in meaning


def test_the_diagnostics_page_is_up_to_date() -> None:
    page = ROOT / "docs" / "diagnostics.md"
    assert page.read_text(encoding="utf-8") == markdown(), "run `make docs`"


def test_many_warnings_of_a_kind_are_summed_up() -> None:
    diagnostics = Diagnostics()
    for number in range(12):
        diagnostics.warning("W0909", None, f"hole {number}")
        diagnostics.error("E0201", None, f"error {number}")
    text = render(diagnostics)
    assert text.count("warning[W0909]: hole ") == 8
    assert "warning[W0909]: 4 more like these; --json lists them all\n" in text
    assert text.count("error[E0201]") == 12
    assert text.endswith("12 errors, 12 warnings\n")
