"""The whole of `specc verify`: what agrees, what does not, and what becomes of it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from compiler.conformance.report import Report
from compiler.conformance.trace import read_trace
from compiler.diagnostics import SpecError
from tests.test_conformance.tools import PROGRAM, run


def first_trace(report: Report, name: str) -> Path:
    assert report.lockstep is not None
    return report.lockstep[name].disagreements[0].path


def test_a_right_reference_agrees(tmp_path: Path) -> None:
    report = run(tmp_path, episodes=40)
    assert report.ok
    assert report.lockstep is not None
    result = report.lockstep["right"]
    assert (result.episodes, result.divergences, result.disagreements) == (40, 0, [])
    assert result.decisions == report.played.decisions if report.played else False
    assert not list(tmp_path.iterdir())


def test_every_part_of_the_rules_is_executed_and_compared(tmp_path: Path) -> None:
    coverage = run(tmp_path, episodes=60).to_json()["coverage"]
    assert {name: (c["total"], c["compared"], c["never"]) for name, c in coverage.items()} == {
        "cards": (5, 5, []),
        "texts": (5, 5, []),
        "verbs": (2, 2, []),
        "hooks": (2, 2, []),
        "branches": (8, 8, []),
        "choices": (3, 3, []),
        "draws": (3, 3, []),
    }


def test_what_is_never_compared_is_named(tmp_path: Path) -> None:
    coverage = run(tmp_path, episodes=1, policies=("eager",), decks=("wild",)).to_json()["coverage"]
    assert "mend Mend" in coverage["cards"]["never"]
    assert coverage["cards"]["total"] == coverage["cards"]["compared"] + len(coverage["cards"]["never"])


def test_a_wrong_reference_is_caught_shrunk_and_replayed(tmp_path: Path) -> None:
    report = run(tmp_path, references=("right", "wrong"), levels=("L3",), episodes=1)
    assert not report.ok
    assert report.lockstep is not None
    assert report.lockstep["right"].divergences == 0
    assert report.lockstep["wrong"].divergences == 1
    path = first_trace(report, "wrong")
    trace = read_trace(path)
    assert trace.difference.path in ("players[0].guard", "players[1].guard")
    assert (trace.difference.expected, trace.difference.got) == (1, 0)
    assert trace.shrunk_from is not None
    assert len(trace.steps) < trace.shrunk_from
    assert trace.difference.step == len(trace.steps)
    assert any("verb strikes with" in line for line in trace.difference.spec)
    assert trace.difference.spec[0].startswith("tests/test_conformance/duel.rules:")

    again = run(tmp_path, references=(), replay=path).replayed
    assert again is not None
    assert (again.diverges, again.same) == (True, True)

    mended = run(tmp_path, references=("right",), replay=path)
    assert mended.ok
    assert mended.replayed is not None
    assert not mended.replayed.diverges


def test_missing_and_extra_actions_are_named(tmp_path: Path) -> None:
    report = run(tmp_path, references=("python:tests.test_conformance.duel:very_wrong",), levels=("L3",), episodes=2)
    trace = read_trace(first_trace(report, "python:tests.test_conformance.duel:very_wrong"))
    assert trace.steps == []
    assert (trace.difference.kind, trace.difference.extra, trace.difference.missing) == ("legal", ["rest"], [])
    assert trace.difference.spec
    shown = io.StringIO()
    report.print(Console(file=shown, width=200))
    assert "legal actions: extra rest" in shown.getvalue()
    assert "at the start" in shown.getvalue()
    assert "not verified" in shown.getvalue()


def test_a_program_that_speaks_json_lines_follows(tmp_path: Path) -> None:
    report = run(tmp_path, references=(PROGRAM, f"{PROGRAM} mend"), levels=("L3",))
    assert report.lockstep is not None
    assert report.lockstep[PROGRAM].ok
    wrong = report.lockstep[f"{PROGRAM} mend"]
    assert wrong.divergences
    assert wrong.disagreements[0].trace.difference.path.endswith("life")
    replayed = run(tmp_path, references=(), replay=wrong.disagreements[0].path).replayed
    assert replayed is not None
    assert replayed.same


@pytest.mark.parametrize("policy", ["uniform", "eager", "greedy", "mixed"])
def test_every_policy_plays_and_the_same_seed_plays_the_same(tmp_path: Path, policy: str) -> None:
    first, again, other = (run(tmp_path, policies=(policy,), seed=seed, episodes=6).to_json() for seed in (1, 1, 2))
    for report in (first, again, other):
        assert report["ok"]
        for key in ("seconds", "episodes_per_second", "decisions_per_second"):
            del report["play"][key]
    assert first == again
    assert first["coverage"] == other["coverage"] or first["play"] != other["play"]


def test_processes_find_the_same_as_one(tmp_path: Path) -> None:
    one = run(tmp_path, references=("wrong",), episodes=12).to_json()
    two = run(tmp_path, references=("wrong",), episodes=12, workers=2).to_json()
    for report in (one, two):
        for key in ("seconds", "episodes_per_second", "decisions_per_second"):
            del report["play"][key]
        for figure in report["coverage"].values():
            figure["never"].sort()
    assert one == two


def test_all_levels_are_in_the_json(tmp_path: Path) -> None:
    document = run(tmp_path).to_json()
    assert json.loads(json.dumps(document)) == document
    assert document["ok"] is True
    assert document["levels"]["L1"]["violations"] == []
    assert set(document["levels"]["L1"]["checks"]) == {
        "accepts", "bounds", "no dead end", "no faults", "refuses", "round trip", "unseen", "zones"
    }  # fmt: skip
    assert document["levels"]["L2"] == {"interp": {"scenarios": 2, "passed": 2, "skipped": 0, "failures": []}}
    assert document["levels"]["L3"]["right"]["divergences"] == 0
    assert document["play"]["endings"] == {"over": 12}
    assert document["play"]["policies"] == ["uniform", "eager"]


def test_levels_are_left_out_when_not_asked_for(tmp_path: Path) -> None:
    assert set(run(tmp_path, levels=("L2",)).to_json()["levels"]) == {"L2"}
    assert set(run(tmp_path, levels=("L1", "L3")).to_json()["levels"]) == {"L1", "L3"}


def test_bounds_that_cut_values_are_told(tmp_path: Path) -> None:
    report = run(tmp_path, episodes=40, levels=("L3",))
    assert any("player.life" in note and "left their bounds" in note for note in report.notes)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"levels": ("L4",)}, "E0802", "no level 'L4'"),
        ({"policies": ("eagre",)}, "E0802", "did you mean 'eager'"),
        ({"engine": "interpp"}, "E0802", "did you mean 'interp'"),
        ({"references": ("rihgt",)}, "E0802", "did you mean 'right'"),
        ({"references": ("python:nowhere",)}, "E0802", "must be 'python:MODULE:FACTORY'"),
        ({"references": ("python:tests.nowhere:make",)}, "E0017", "cannot load tests.nowhere:make"),
        ({"references": ("cmd:/nowhere/at/all",)}, None, "cannot start"),
        ({"decks": ("eevn",)}, "E0801", "did you mean 'Even'"),
        ({"decks": ("even", "wild", "even")}, "E0801", "3 rows of deck_list are given"),
        ({"episodes": 0}, "E0802", "at least one"),
        ({"replay": Path("nowhere.json")}, "E0001", "no such file"),
    ],
)
def test_wrong_options_are_told(tmp_path: Path, options: dict[str, Any], code: str | None, message: str) -> None:
    if code is None:
        report = run(tmp_path, levels=("L3",), **options)
        assert report.lockstep is not None
        (result,) = report.lockstep.values()
        assert not report.ok
        assert message in (result.fault or "")
        return
    with pytest.raises(SpecError) as error:
        run(tmp_path, **options)
    assert [found.code for found in error.value.diagnostics] == [code]
    assert message in str(error.value)


def test_the_references_of_the_manifest_can_be_left_out(tmp_path: Path) -> None:
    report = run(tmp_path, levels=("L1", "L3"), references=("none",), engine="interp", episodes=2)
    assert not report.lockstep
    assert report.ok


def test_a_reference_is_needed_to_compare_the_interpreter(tmp_path: Path) -> None:
    from dataclasses import replace

    from compiler.conformance.verify import Options, verify
    from tests.test_conformance.tools import duel

    loaded = duel()
    manifest = loaded.spec.manifest.model_copy(update={"references": {}})
    spec = replace(loaded.spec, manifest=manifest)
    with pytest.raises(SpecError, match="nothing to compare with"):
        verify(Options(engine="interp", levels=("L3",)), spec, loaded.program)
    report = verify(Options(engine="interp", episodes=2), spec, loaded.program)
    assert report.ok
    assert report.lockstep is None
    assert "L3 was left out" in report.notes[0]


@pytest.mark.parametrize("key", ["eager", "last", "score"])
def test_a_manifest_that_names_what_the_game_lacks_is_told(tmp_path: Path, key: str) -> None:
    from compiler import driver
    from compiler.conformance.verify import Options, verify
    from compiler.diagnostics import Diagnostics
    from tests.test_conformance.tools import DUEL

    text = DUEL.read_text(encoding="utf-8").replace("[play]", "[palys]" if key == "eager" else "[play]")
    text = text.replace("[rest]", "[resst]" if key == "last" else "[rest]")
    text = text.replace("score: life", "score: lief" if key == "score" else "score: life")
    (tmp_path / "duel.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "duel.rules").write_bytes((DUEL.parent / "duel.rules").read_bytes())
    loaded = driver.load(tmp_path / "duel.yaml", Diagnostics(), use_cache=False)
    with pytest.raises(SpecError, match="did you mean") as error:
        verify(Options(engine="interp"), loaded.spec, loaded.program)
    (found,) = error.value.diagnostics
    assert found.code == "E0014"
    assert found.span is not None
