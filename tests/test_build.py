"""`specc build`: the same bytes everywhere, caches, and outputs that are whole or not there."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler import driver, files
from compiler.diagnostics import Diagnostics, SpecError
from compiler.paths import project_root

ROOT = project_root(Path(__file__))
GAME = """
players 2
enum Hue { red green blue }
entity card[3] per player
table kind { hue: Hue; size: int 0..9 = 1; method act(me: player) }
table list { cards: kind[3] }
state per player { param list: list; score: int 0..99 = 0 }
zone hand: bag of card per player start
zone used: bag of card per player
action play(c: own card)
action stop
draws die: int 1..6
kind "Ant" { red; on act { draw d: die; me.score += d } }
kind "Bee" { green size 4; on act { me.score += 4 } }
kind "Cat" { blue size 9; on act { me.score += 1; draw d: die; me.score += 2 * d } }
list "All" { cards [ant bee cat] }
func kind_of(c: card): kind = c.owner.list.cards[c.index]
verb (p: player) moves {
  choose by p manual {
    play(c in hand(p) distinct by c.kind_of) {
      move c from hand(p) to used(p)
      perform c.kind_of.act(p)
    }
    stop when any(c in used(p) where c.kind_of.hue != red) { finish q: q.score }
  }
}
play { repeat 4 { 0 moves; 1 moves }; finish q: q.score }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one game; its rules are in two files."""
    folder = tmp_path / "project"
    (folder / "specs" / "game").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    rules, table = GAME.split('kind "Ant"')
    (folder / "specs" / "game" / "main.rules").write_text(rules + 'list "All"' + table.split('list "All"')[1])
    (folder / "specs" / "game" / "kinds.rules").write_text('kind "Ant"' + table.split('list "All"')[0])
    manifest = "name: game\nengine: gamejax\ntitle: A game\nrules: [game/*.rules]\n"
    (folder / "specs" / "game.yaml").write_text(manifest)
    return folder


def build(project: Path, out: Path | None = None) -> driver.BuildResult:
    return driver.build(project / "specs" / "game.yaml", Diagnostics(), out)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def refused(project: Path, code: str, out: Path | None = None) -> SpecError:
    sink = Diagnostics()
    with pytest.raises(SpecError) as caught:
        driver.build(project / "specs" / "game.yaml", sink, out)
    assert [found.code for found in caught.value.diagnostics if found.code.startswith("E")] == [code]
    return caught.value


# --- what is written --------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_was_built(project: Path) -> None:
    result = build(project)
    record = json.loads((project / "generated" / "gamejax" / "manifest.json").read_bytes())
    assert {key: record[key] for key in result.metadata} == result.metadata
    assert record["spec"] == "specs/game.yaml"
    assert record["tables"] == {"kind": 3, "list": 1}
    assert list(record["hashes"]["spec"]) == ["specs/game.yaml", "specs/game/kinds.rules", "specs/game/main.rules"]
    assert record["supersequence"] == 4
    assert record["methods"] == {"kind.act": 4}
    assert (record["actions"], record["holes"]) == (4, [])
    assert set(record["files"]) == set(contents(project / "generated" / "gamejax")) - {"manifest.json"}
    for name in ("state_bytes", "observations", "blocks", "registers"):
        assert record[name] > 0


def test_nothing_of_the_machine_is_written(project: Path) -> None:
    build(project)
    for name, text in contents(project / "generated" / "gamejax").items():
        assert str(project).encode() not in text, name
        assert b"\r" not in text, name
    spans = json.loads((project / "generated" / "gamejax" / "spans.json").read_bytes())
    assert {span["file"] for span in spans.values()} <= {"specs/game/main.rules", "specs/game/kinds.rules"}


def test_building_needs_no_jax(project: Path) -> None:
    code = (
        "import sys; sys.modules.update(jax=None, jaxlib=None, numpy=None); "
        "from compiler import driver; from compiler.diagnostics import Diagnostics; "
        f"driver.build({str(project / 'specs' / 'game.yaml')!r}, Diagnostics())"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert (project / "generated" / "gamejax" / "env.py").is_file()


@pytest.mark.parametrize("spec", ["game", "tcg"])
def test_the_same_bytes_come_of_other_hashes_and_other_folders(project: Path, tmp_path: Path, spec: str) -> None:
    manifest = project / "specs" / "game.yaml" if spec == "game" else ROOT / "specs" / "tcg.yaml"
    found = []
    for seed, folder in (("0", ROOT), ("1", tmp_path), ("77", project / "specs")):
        out = tmp_path / seed
        given = os.path.relpath(manifest, folder) if seed == "77" else str(manifest)
        command = [sys.executable, "-m", "compiler.cli", "build", given, "--out", str(out)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        found.append(contents(out))
    assert found[0] == found[1] == found[2]


def test_generated_folders_are_what_the_compiler_writes(tmp_path: Path) -> None:
    for manifest in sorted((ROOT / "specs").glob("*.yaml")):
        result = driver.build(manifest, Diagnostics(), tmp_path / manifest.stem)
        committed = contents(ROOT / "generated" / result.metadata["engine"])
        written = contents(tmp_path / manifest.stem)
        assert [name for name in written if committed.get(name) != written[name]] in ([], ["manifest.json"])


def test_generated_code_is_clean(project: Path) -> None:
    build(project)
    folder = project / "generated" / "gamejax"
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [ruff, *command, "--config", str(ROOT / "pyproject.toml"), str(folder)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


# --- again ------------------------------------------------------------------------------------------------------------


def test_nothing_is_written_where_nothing_changed(project: Path) -> None:
    first = build(project)
    times = {path.name: path.stat().st_mtime_ns for path in (project / "generated" / "gamejax").iterdir()}
    second = build(project)
    assert len(first.changes.written) == len(second.changes.unchanged) == len(times) - 1
    assert second.changes.written == second.changes.removed == ()
    assert times == {path.name: path.stat().st_mtime_ns for path in (project / "generated" / "gamejax").iterdir()}


def test_a_changed_number_of_a_row_changes_data_only(project: Path) -> None:
    build(project)
    kinds = project / "specs" / "game" / "kinds.rules"
    kinds.write_text(kinds.read_text().replace("green size 4", "green size 5").replace("score += 4", "score += 7"))
    assert build(project).changes.written == ("data.json", "tables.py")  # which says the bounds of columns


def test_a_row_of_known_steps_changes_data_only(project: Path) -> None:
    build(project)
    kinds = project / "specs" / "game" / "kinds.rules"
    kinds.write_text(kinds.read_text() + 'kind "Dog" { green size 2; on act { me.score += 9 } }\n')
    written = set(build(project).changes.written)
    assert "data.json" in written
    assert not written & {"rules.py", "effects.py", "state.py", "runtime.py", "env.py", "host.py"}


def test_a_broken_cache_is_ignored(project: Path) -> None:
    build(project)
    before = contents(project / "generated" / "gamejax")
    caches = [path for path in (project / ".specc-cache").rglob("*") if path.is_file()]
    assert caches
    for path in caches:
        path.write_bytes(b"nonsense")
    assert build(project).changes.written == ()
    shutil.rmtree(project / ".specc-cache")
    assert build(project).changes.written == ()
    assert contents(project / "generated" / "gamejax") == before


def test_files_changed_by_hand_are_put_right_and_told(project: Path) -> None:
    build(project)
    rules = project / "generated" / "gamejax" / "rules.py"
    rules.write_text("# by hand\n")
    changes = build(project).changes
    assert changes.edited == changes.written == ("rules.py",)


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_folder_of_others_is_left_alone(project: Path) -> None:
    folder = project / "generated" / "gamejax"
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("years of work")
    refused(project, "E0701")
    assert contents(folder) == {"thesis.txt": b"years of work"}


def test_a_foreign_file_in_a_generated_folder_stops_the_build(project: Path) -> None:
    build(project)
    note = project / "generated" / "gamejax" / "note.txt"
    note.write_text("mine")
    refused(project, "E0701")
    assert note.read_text() == "mine"


def test_wrong_rules_leave_the_old_engine(project: Path) -> None:
    build(project)
    before = contents(project / "generated" / "gamejax")
    kinds = project / "specs" / "game" / "kinds.rules"
    kinds.write_text(kinds.read_text().replace("green size 4", "green size 400"))
    refused(project, "E0305")
    assert contents(project / "generated" / "gamejax") == before


@pytest.mark.parametrize(
    ("module", "function", "calls"), [("shutil", "copy2", 1), ("os", "rename", 1), ("os", "rename", 2)]
)
@pytest.mark.parametrize("killed", [False, True])
def test_a_build_that_dies_leaves_an_engine_whole(
    project: Path, monkeypatch: pytest.MonkeyPatch, module: str, function: str, calls: int, killed: bool
) -> None:
    build(project)
    before = contents(project / "generated" / "gamejax")
    kinds = project / "specs" / "game" / "kinds.rules"
    kinds.write_text(kinds.read_text().replace("green size 4", "green size 5"))
    with monkeypatch.context() as patched:
        where = getattr(files, module)
        patched.setattr(where, function, _dying(getattr(where, function), calls))
        if killed:  # nothing is put right by the process itself
            patched.setattr(files, "_recover", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            build(project)
    if killed:
        files.recover(project / "generated" / "gamejax")
    assert contents(project / "generated" / "gamejax") == before
    assert build(project).changes.written == ("data.json",)
    assert [path.name for path in (project / "generated").iterdir()] == ["gamejax"]


def _dying(function: Callable[..., None], calls: int) -> Callable[..., None]:
    left = [calls]

    def dying(*arguments: object, **options: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        function(*arguments, **options)

    return dying


def test_an_output_that_cannot_be_written_is_told(project: Path) -> None:
    (project / "generated").write_text("a file where a folder must be")
    refused(project, "E0704")


def test_a_formatter_that_is_missing_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render = importlib.import_module("compiler.emit.render")
    monkeypatch.setattr(render.shutil, "which", lambda *_, **__: None)
    assert "ruff" in str(refused(project, "E0707"))


def test_names_that_collide_in_the_engine_are_told(project: Path) -> None:
    main = project / "specs" / "game" / "main.rules"
    verb = "verb kind_act (p: player) { p.score += 1 }\n"
    main.write_text(main.read_text().replace("play { repeat", verb + "play { kind_act 0; repeat"))
    assert "kind_act" in str(refused(project, "E0707"))
