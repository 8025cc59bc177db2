"""From a manifest to typed rules, and the cache between them."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostics, SpecError
from compiler.driver import CACHE_FOLDER, Loaded, check_sources, load
from compiler.ir.hir_text import program_text
from compiler.paths import ROOT
from compiler.source import SourceFile

RULES = """
players 2
const GOAL = 3
state { n: int 0..9 = 0 }
action add(k: int 0..GOAL)
play {
  let spare = 1
  repeat 3 { choose k: add in GOAL + 1 by 0; if k != none { n += k } }
  finish p: n
}
"""
MANIFEST = "name: sums\nengine: sums_engine\ntitle: Sums\nrules: ['sums/*.rules']\n"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "sums").mkdir()
    (tmp_path / "sums" / "game.rules").write_text(RULES)
    path = tmp_path / "sums.yaml"
    path.write_text(MANIFEST)
    return path


def loaded(path: Path) -> tuple[Loaded, list[str]]:
    sink = Diagnostics()
    return load(path, sink), [found.code for found in sink]


def slot(manifest: Path) -> Path:
    (found,) = (manifest.parent / CACHE_FOLDER / "programs").glob("*.pickle")
    return found


def test_a_manifest_gives_typed_rules_and_warnings_with_and_without_cache(manifest: Path) -> None:
    first, warnings = loaded(manifest)
    assert warnings == ["W0901"]
    assert first.spec.manifest.name == "sums"
    again, warnings = loaded(manifest)
    assert warnings == ["W0901"]
    assert again.program is not first.program
    assert program_text(again.program) == program_text(first.program)
    without = load(manifest, Diagnostics(), use_cache=False)
    assert program_text(without.program) == program_text(first.program)


def test_the_cache_is_used(manifest: Path) -> None:
    loaded(manifest)
    content = slot(manifest).read_bytes()
    key, (program, _) = content[:32], pickle.loads(content[32:])
    object.__setattr__(program, "name", "kept")
    slot(manifest).write_bytes(key + pickle.dumps((program, ())))
    found, warnings = loaded(manifest)
    assert (found.program.name, warnings) == ("kept", [])


def test_the_cache_follows_the_rules_and_the_manifest(manifest: Path) -> None:
    assert loaded(manifest)[0].program.constants == {"GOAL": 3}
    rules = manifest.parent / "sums" / "game.rules"
    rules.write_text(RULES.replace("GOAL = 3", "GOAL = 4"))
    assert loaded(manifest)[0].program.constants == {"GOAL": 4}
    manifest.write_text(MANIFEST + "constants: {GOAL: 5}\n")
    found = loaded(manifest)[0].program
    assert found.constants == {"GOAL": 5}
    assert found.action_count == 6


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_a_damaged_cache_is_ignored(manifest: Path, damage: bytes | None) -> None:
    first = loaded(manifest)[0]
    kept = slot(manifest)
    kept.write_bytes(kept.read_bytes()[:50] if damage is None else damage)
    assert program_text(loaded(manifest)[0].program) == program_text(first.program)


def test_a_cache_that_cannot_be_written_is_done_without(manifest: Path) -> None:
    (manifest.parent / CACHE_FOLDER).write_text("no folder")
    assert loaded(manifest)[0].program.players == 2


@pytest.mark.parametrize(
    ("constants", "code", "line"),
    [("{GAOL: 5}", "E0601", 5), ("{GOAL: many}", "E0601", 5), ("{GOAL: -3}", "E0309", 5)],
)
def test_constants_of_the_manifest_are_checked(manifest: Path, constants: str, code: str, line: int) -> None:
    manifest.write_text(MANIFEST + f"constants: {constants}\n")
    with pytest.raises(SpecError) as raised:
        load(manifest, Diagnostics())
    found = raised.value.diagnostics[0]
    assert found.code == code
    assert found.span is not None
    assert found.span.line == line


def test_the_number_of_players_must_be_that_of_the_rules(manifest: Path) -> None:
    manifest.write_text(MANIFEST + "players: 3\n")
    with pytest.raises(SpecError, match="E0602"):
        load(manifest, Diagnostics())


def test_sources_can_be_checked_without_a_manifest() -> None:
    program, sink = check_sources([SourceFile("a.rules", RULES)], "sums", {"GOAL": 2})
    assert program is not None
    assert program.constants == {"GOAL": 2}
    assert [found.code for found in sink] == ["W0901"]
    program, sink = check_sources([SourceFile("a.rules", RULES), SourceFile("b.rules", "const = 3")], "sums")
    assert program is None
    assert not sink.ok


def test_checking_loads_no_jax_and_a_warm_check_no_parser() -> None:
    code = """
import sys
from compiler.diagnostics import Diagnostics
from compiler.driver import load
load("specs/tic_tac_toe.yaml", Diagnostics())
assert "jax" not in sys.modules
print(sorted({"lark", "compiler.typecheck"} & set(sys.modules)))
"""
    outputs = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert outputs[1].strip() == "[]"
