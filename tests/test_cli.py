"""The command line: exit status, JSON, and a message instead of a traceback on every way to be wrong."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import compiler
from compiler.cli import app, common
from compiler.paths import ROOT

runner = CliRunner()

CHECK_LOADS = """
import sys
from compiler.cli import app
try:
    app(["check", sys.argv[1]], prog_name="specc")
except SystemExit as end:
    assert not end.code, end.code
print(sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[2:])))
"""


def specc(*args: str | Path, **options: Any) -> Any:
    """Run a command; a traceback is a failure of the test."""
    result = runner.invoke(app, [str(arg) for arg in args], **options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def document(*args: str | Path, code: int = 0) -> dict[str, Any]:
    """Run a command with `--json -`, and read what it writes to standard output."""
    result = specc(*args, "--json", "-")
    assert result.exit_code == code, result.output
    found = json.loads(result.stdout)
    assert found["ok"] is (code == 0)
    assert isinstance(found["diagnostics"], list)
    return found


@pytest.fixture
def game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manifest of a new game in a project of its own, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert specc("new", "race").exit_code == 0
    return Path("specs/race.yaml")


def rules(game: Path) -> Path:
    return game.parent / "race" / "game.rules"


# --- check ------------------------------------------------------------------------------------------------------------


def test_check_says_what_there_is(game: Path) -> None:
    result = specc("check", game)
    assert result.exit_code == 0
    assert "specs/race.yaml: no errors (2 players, 2 actions" in result.output
    found = document("check", game)
    assert found["diagnostics"] == []
    assert found["game"] == {
        "name": "race", "players": 2, "actions": 2, "tables": 0, "rows": 0, "verbs": 1, "scenarios": 2
    }  # fmt: skip


def test_check_says_how_long_rows_are(game: Path) -> None:
    with rules(game).open("a", encoding="utf-8") as file:
        file.write('table thing { size: int 0..9; form small }\nsmall A-1 "One" { size 1 }\n')
        file.write('small A-2 "Two" {\n  size 2\n}\nsmall A-3 "Three" {\n  size 3\n\n}\n')
    found = document("check", game)
    assert found["tables"] == {"thing": {"small": {"rows": 3, "median_lines": 3, "most_lines": 4}}}


def test_check_points_at_mistakes(game: Path) -> None:
    text = rules(game).read_text()
    rules(game).write_text(text.replace("to_move.points += pot", "to_move.pionts += pot"))
    result = specc("check", game)
    assert result.exit_code == 1
    assert "did you mean 'points'?" in result.stderr
    assert "^^^^^^" in result.stderr
    assert result.stdout == ""
    (found,) = document("check", game, code=1)["diagnostics"]
    assert set(found) == {"code", "severity", "message", "file", "line", "col", "notes", "suggestion"}
    assert found["severity"] == "error"
    assert found["file"] == "specs/race/game.rules"
    assert text.splitlines()[found["line"] - 1].strip() == "to_move.points += pot"


def test_check_watches_and_ends_cleanly(game: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "compiler.cli", "check", str(game), "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    guard = threading.Timer(90, process.kill)
    guard.start()
    try:
        assert any("no errors" in line for line in lines)
        assert any("-- watching " in line for line in lines)
        good = rules(game).read_text()
        rules(game).write_text(good.replace("to_move.points += pot", "to_move.pionts += pot"))
        assert any("error[E0205]" in line for line in lines)
        rules(game).write_text(good)
        assert any("no errors" in line for line in lines)
        ended = None
        for _ in range(30):  # a signal may come where Python must swallow it, as in a destructor
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended = process.wait(2)
                break
        assert ended == 0
    finally:
        guard.cancel()
        process.kill()


def test_warnings_do_not_fail(game: Path) -> None:
    with rules(game).open("a") as file:
        file.write("\nconst UNUSED = 3\n")
    found = document("check", game)
    assert [diagnostic["severity"] for diagnostic in found["diagnostics"]] == ["warning"]


@pytest.mark.parametrize("command", ["check", "build", "verify", "play", "explain", "bench"])
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.yaml", None, "E0001"),
        ("folder.yaml", "", "E0002"),
        ("binary.yaml", b"\x7fELF\x00\xff\xfe\x80", "E0003"),
        ("half.yaml", b"name: half\nrules: [a, b", "E0010"),
        ("empty.yaml", b"", "E0014"),
        ("wrong.yaml", b"name: 3\nengine: e\ntitle: t\nrules: ['*.rules']\n", "E0014"),
        ("none.yaml", b"name: n\nengine: e\ntitle: t\nrules: ['*.rules']\n", "E0015"),
    ],
    ids=["missing", "folder", "binary", "half", "empty", "wrong", "none"],
)
def test_bad_manifests_are_diagnostics(
    tmp_path: Path, command: str, name: str, content: bytes | str | None, code: str
) -> None:
    path = tmp_path / name
    if content == "":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    args = [command, path, *(["--all"] if command == "explain" else [])]
    result = specc(*args)
    assert result.exit_code == 1
    assert f"error[{code}]" in result.stderr
    assert code in [found["code"] for found in document(*args, code=1)["diagnostics"]]


def test_a_file_of_rules_is_no_manifest(game: Path) -> None:
    result = specc("check", rules(game))
    assert result.exit_code == 1
    assert "error[E00" in result.stderr


def test_unreadable_rules_are_diagnostics(game: Path) -> None:
    rules(game).write_bytes(b"players \xff 2")
    assert "E0003" in specc("check", game).stderr
    rules(game).write_text("players 2\nplay { if")
    assert specc("check", game).exit_code == 1
    rules(game).write_text("")
    assert specc("check", game).exit_code == 1


def test_check_loads_only_what_it_needs(game: Path) -> None:
    heavy = ("jax", "jaxlib", "numpy", "jinja2", "anthropic", "httpx", "rich", "bs4")
    for _ in range(2):  # without a cache, and with it
        command = [sys.executable, "-c", CHECK_LOADS, str(game), *heavy]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
        assert run.returncode == 0, run.stderr
        assert run.stdout.splitlines()[-1] == "[]"


# --- JSON targets -----------------------------------------------------------------------------------------------------


def test_json_goes_to_a_file_and_text_to_the_terminal(game: Path) -> None:
    result = specc("check", game, "--json", "out.json")
    assert result.exit_code == 0
    assert "no errors" in result.stdout
    assert json.loads(Path("out.json").read_text())["ok"] is True


def test_json_without_a_file_is_standard_output(game: Path) -> None:
    for args in (["check", str(game), "--json"], ["play", str(game), "--json", "--auto"]):
        result = specc(*args)
        assert result.exit_code == 0
        assert json.loads(result.stdout)["ok"] is True
        assert result.stderr != ""


@pytest.mark.parametrize("target", ["nowhere/out.json", "specs"])
def test_json_that_cannot_be_written_is_told_before_the_work(game: Path, target: str) -> None:
    result = specc("check", game, "--json", target)
    assert result.exit_code == 1
    assert "error[E0704]: cannot write" in result.stderr
    assert "no errors" not in result.output


def test_json_never_replaces_a_specification(game: Path) -> None:
    before = game.read_text()
    assert specc("check", "--json", game).exit_code == 2
    assert specc("build", "--json", game, game).exit_code == 2
    assert specc("check", game, "--json", rules(game)).exit_code == 2
    assert game.read_text() == before


# --- the other commands -----------------------------------------------------------------------------------------------


def test_version_and_help() -> None:
    assert specc("--version").output == f"specc {compiler.__version__}\n"
    overview = specc("--help").output
    for name in ("check", "build", "verify", "play", "explain", "bench", "new", "fmt"):
        assert f" {name} " in overview
        assert "--json" in specc(name, "--help").output
    assert specc().exit_code == 2


@pytest.mark.parametrize(
    "args",
    [
        ["chekc"],
        ["check"],
        ["check", "a.yaml", "b.yaml"],
        ["check", "a.yaml", "--unknown"],
        ["verify", "specs/race.yaml", "--episodes", "0"],
        ["verify", "specs/race.yaml", "--episodes", "many"],
        ["verify", "specs/race.yaml", "--workers", "-1"],
        ["play", "specs/race.yaml", "--delay", "-1"],
        ["play", "specs/race.yaml", "--players", "wizard"],
        ["play", "specs/race.yaml", "--players", "human,human,human"],
        ["play", "specs/race.yaml", "--players", ","],
        ["play", "specs/race.yaml", "--auto", "--players", "human"],
        ["bench", "specs/race.yaml", "--batch", "0"],
        ["bench", "specs/race.yaml", "--steps", "x"],
        ["explain", "specs/race.yaml"],
        ["explain", "specs/race.yaml", "row", "--all"],
        ["build", "specs/race.yaml", "specs/race.yaml", "--out", "there"],
    ],
)
def test_wrong_command_lines_are_told(game: Path, args: list[str]) -> None:
    result = specc(*args)
    assert result.exit_code == 2
    assert "Error" in result.stderr


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["verify", "--level", "L9"], "E0802"),
        (["verify", "--policy", "clever"], "E0802"),
        (["verify", "--engine", "steam"], "E0802"),
        (["verify", "--reference", "nobody"], "E0802"),
        (["verify", "--replay", "missing.json"], "E0001"),
        (["verify", "--decks", "nothing"], "E0801"),
        (["play", "--auto", "--decks", "nothing"], "E0801"),
        (["bench"], "E0705"),
        (["explain", "nothing"], "E0811"),
    ],
)
def test_wrong_values_are_diagnostics(game: Path, args: list[str], code: str) -> None:
    command, *options = args
    result = specc(command, game, *options)
    assert result.exit_code == 1, result.output
    assert "error[E0" in result.stderr
    assert [found["code"] for found in document(command, game, *options, code=1)["diagnostics"]] == [code]


def test_build_writes_an_engine_once(game: Path) -> None:
    (engine,) = document("build", game)["engines"]
    assert engine["folder"] == "generated/racejax"
    assert "env.py" in engine["written"]
    assert engine["engine"]["actions"] == 2
    (again,) = document("build", game)["engines"]
    assert again["written"] == []
    assert again["unchanged"] == engine["written"]
    (Path("generated/racejax") / "env.py").write_text("# edited")
    result = specc("build", game, "--out", "generated/racejax")
    assert result.exit_code == 0
    assert "edited by hand, and written anew: env.py" in result.output


def test_build_never_replaces_what_people_wrote(game: Path) -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine")
    found = document("build", game, "--out", "mine", code=1)
    assert [diagnostic["code"] for diagnostic in found["diagnostics"]] == ["E0701"]
    assert [path.name for path in Path("mine").iterdir()] == ["notes.txt"]


def test_build_goes_on_after_a_bad_specification(game: Path) -> None:
    found = document("build", "missing.yaml", game, code=1)
    assert [diagnostic["code"] for diagnostic in found["diagnostics"]] == ["E0001"]
    assert len(found["engines"]) == 1


def test_verify_reports(game: Path) -> None:
    found = document("verify", game, "--episodes", "2", "--engine", "interp")
    assert found["engine"] == "interp"
    assert set(found["levels"]) == {"L1", "L2"}
    assert specc("verify", game, "--episodes", "2", "--level", "l2", "--engine", "interp").exit_code == 0


def test_verify_fails_where_a_scenario_fails(game: Path) -> None:
    text = rules(game).read_text()
    rules(game).write_text(text.replace("expect reward(0) == 1", "expect reward(0) == 0"))
    found = document("verify", game, "--episodes", "2", "--engine", "interp", code=1)
    assert found["diagnostics"] == []


def test_new_refuses_what_it_cannot_do(game: Path) -> None:
    assert document("new", "other")["files"] == ["specs/other.yaml", "specs/other/game.rules"]
    for name in ("race", "Race", "../race", "", "class"):
        before = sorted(Path().rglob("*"))
        result = specc("new", name)
        assert result.exit_code == (0 if name == "class" else 1)
        if name != "class":  # its engine is called classjax
            assert sorted(Path().rglob("*")) == before
    assert specc("new", "third", "--dir", "specs/race.yaml").exit_code == 1


def test_new_games_check_play_and_are_laid_out(game: Path) -> None:
    assert document("check", game)["diagnostics"] == []
    assert document("play", game, "--auto")["over"]
    assert document("fmt", game, "--check")["changed"] == []


def test_fmt(game: Path) -> None:
    wanted = rules(game).read_text()
    rules(game).write_text(wanted.replace("const GOAL = 20", "const   GOAL=20   "))
    assert document("fmt", "specs", "--check", code=1)["changed"] == ["specs/race/game.rules"]
    assert document("fmt", rules(game))["changed"] == ["specs/race/game.rules"]
    assert rules(game).read_text() == wanted
    rules(game).write_text("players 2\nplay { if")
    assert specc("fmt", "specs").exit_code == 1
    assert rules(game).read_text() == "players 2\nplay { if"
    assert specc("fmt", "missing.rules").exit_code == 1


# --- when specc itself fails ------------------------------------------------------------------------------------------


def test_internal_errors_are_short(game: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("compiler.driver.load", fail)
    monkeypatch.delenv(common.DEBUG, raising=False)
    result = specc("check", game)
    assert result.exit_code == common.INTERNAL
    assert "internal error: ZeroDivisionError: a fault" in result.stderr
    assert common.DEBUG in result.stderr
    found = document("check", game, code=common.INTERNAL)
    assert found["error"] == "ZeroDivisionError: a fault"
    monkeypatch.setenv(common.DEBUG, "1")
    assert isinstance(runner.invoke(app, ["check", str(game)]).exception, ZeroDivisionError)


def test_interruption_is_quiet(game: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("compiler.driver.load", interrupt)
    result = specc("check", game)
    assert result.exit_code == common.INTERRUPTED
    assert result.output == ""


def test_as_a_program(game: Path) -> None:
    def run(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "compiler.cli", *args]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(**environment))

    assert run("check", str(game)).returncode == 0
    missing = run("check", "missing.yaml")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "no such file: missing.yaml" in missing.stderr
    narrow = run("play", str(game), "--auto", PYTHONIOENCODING="ascii")  # no box-drawing characters there
    assert narrow.returncode == 0, narrow.stderr


def test_a_warm_check_is_quick(game: Path) -> None:
    command = [sys.executable, "-m", "compiler.cli", "check", str(game)]
    subprocess.run(command, check=True, capture_output=True, env=_environment())
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, env=_environment())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.6, times  # of processor time, which other processes take nothing of; 0.3 is usual


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}
