"""Traces that do not fit, and traces that do again."""

import json
from pathlib import Path
from typing import Any

import pytest

from compiler import driver
from compiler.conformance.report import Report
from compiler.conformance.verify import Options, verify
from compiler.diagnostics import Diagnostics, SpecError
from tests.test_conformance.tools import DUEL, run


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace of what the wrong reference says."""
    report = run(tmp_path, references=("wrong",), levels=("L3",))
    assert report.lockstep is not None
    return report.lockstep["wrong"].disagreements[0].path


def changed(trace: Path, change: Any) -> Path:
    data = json.loads(trace.read_text(encoding="utf-8"))
    change(data)
    path = trace.parent / "changed.trace.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def replayed(path: Path, **options: Any) -> Report:
    return run(path.parent, references=options.pop("references", ()), replay=path, **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.update(game="chess"), "it is of the game 'chess', not of 'duel'"),
        (lambda data: data["steps"][0].update(action="rets"), "step 1: there is no action 'rets'"),
        (lambda data: data["steps"][0].update(action="take:0:0"), "step 1: 'take:0:0' is not legal there"),
        (lambda data: data["setup"]["params"].update({"player.list": ["eevn", 0]}), "'eevn' is no row for"),
        (lambda data: data["setup"]["params"].update({"player.list": ["even"]}), "needs 2 values, and has 1"),
        (lambda data: data["setup"]["params"].update({"player.list": [0, 99]}), "99 is no value for 'player.list'"),
        (lambda data: data["setup"]["params"].update({"player.lust": [0, 0]}), "no parameter 'player.lust'"),
        (lambda data: data["setup"].update(params={}), "it gives no 'player.list'"),
    ],
)  # fmt: skip
def test_a_trace_that_does_not_fit_is_told(trace: Path, change: Any, message: str) -> None:
    with pytest.raises(SpecError) as error:
        replayed(changed(trace, change))
    (found,) = error.value.diagnostics
    assert found.code == "E0804"
    assert message in found.message


def test_a_trace_is_of_one_reference(trace: Path) -> None:
    with pytest.raises(SpecError, match="against one reference"):
        replayed(trace, references=("right", "wrong"))
    gone = changed(trace, lambda data: data.update(reference="gone"))
    with pytest.raises(SpecError, match="there is no reference 'gone'"):
        replayed(gone)


def test_a_trace_that_diverges_elsewhere_is_told(trace: Path) -> None:
    report = replayed(changed(trace, lambda data: data["difference"].update(path="turn")))
    assert not report.ok
    assert report.replayed is not None
    assert (report.replayed.diverges, report.replayed.same) == (True, False)


def test_other_random_outcomes_than_recorded_are_told(trace: Path) -> None:
    report = replayed(changed(trace, lambda data: data["start_draws"].reverse()))
    assert any("other random outcomes" in note for note in report.notes)


def test_a_trace_of_another_version_is_replayed_with_a_note(trace: Path, tmp_path: Path) -> None:
    """The rules are changed into what the reference says: then the trace no longer diverges."""
    folder = tmp_path / "mended"
    folder.mkdir()
    rules = (DUEL.parent / "duel.rules").read_text(encoding="utf-8")
    (folder / "duel.rules").write_text(rules.replace("  foe.guard = 0\n", ""), encoding="utf-8")
    (folder / "duel.yaml").write_bytes(DUEL.read_bytes())
    loaded = driver.load(folder / "duel.yaml", Diagnostics(), use_cache=False)
    report = verify(Options(replay=trace), loaded.spec, loaded.program)
    assert report.ok
    assert report.replayed is not None
    assert not report.replayed.diverges
    assert "another version of the specification" in report.notes[0]
    assert report.to_json()["replay"]["diverges"] is False


def test_a_game_that_starts_from_a_position_is_traced(trace: Path) -> None:
    """`fields` are part of a trace; the reference must then be able to start there."""
    data = {"turn": 3}
    with pytest.raises(SpecError, match="no 'inject'"):
        replayed(changed(trace, lambda found: found["setup"].update(fields=data)))
