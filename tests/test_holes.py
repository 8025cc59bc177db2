"""Holes: bodies of rows that are the hash of a text, open until the store of fills has what the text says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compiler import cli, driver
from compiler.backends.interp import Interp, snapshot
from compiler.diagnostics import Diagnostic, Diagnostics, SpecError
from compiler.explain import explain_row
from compiler.holes.numbers import unused_numbers
from compiler.ir.hir_text import program_text
from compiler.source import SourceFile
from compiler.syntax import parse_body, parse_module
from compiler.syntax.unparse import unparse
from compiler.texts import HASH_PREFIX, TextStore
from compiler.typecheck import check

ONE, TWO, THREE = (f"{n:064x}" for n in (1, 2, 3))
GAME = f"""players 2
state {{ n: int 0..99 = 0 }}
action go(k: int 0..3)
table piece {{
  size: int 0..9 = 0
  method play(me: player)
  method ready(me: player): bool = true
  form spell body play
}}
table move_of in piece as moves[2] {{
  power: int 0..99 = 0
  method effect(me: player)
  method after(me: player)
}}
verb add (k: int 0..9) {{ n += k }}
piece X-1 "One" {{
  size 3
  move_of "Hit" 30 {{ text "sha256:{ONE}" }}
  move_of "Run" 20 {{ on after {{ text "sha256:{TWO}" }} }}
}}
spell X-2 "Two" {{ text "sha256:{THREE}" }}
spell X-3 "Three" {{ gives ready = n > 5; text "sha256:{ONE}" }}
play {{
  choose by 0 {{ go(k in 3) {{ add 1 }} }}
  let hit = X-1.moves[0]
  let run = X-1.moves[1]
  perform hit.effect(0)
  perform run.after(0)
  perform run.effect(0)
  if X-2.ready(0) {{ perform X-2.play(0) }}
  if X-3.ready(0) {{ perform X-3.play(0) }}
  finish p: n
}}
"""
FILLS = {ONE: "add 3\n", TWO: "# twice\nrepeat 2 { add 2 }\n", THREE: "gives ready = n < 50\nadd 5\nadd 1\n"}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A game with four holes of three texts, and a store that has no fills."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "specs" / "game" / "fills").mkdir(parents=True)
    (tmp_path / "specs" / "game" / "game.rules").write_text(GAME)
    path = tmp_path / "specs" / "game.yaml"
    path.write_text("name: game\nengine: gamejax\ntitle: A game\nrules: [game/*.rules]\nfills: game/fills\n")
    return path


def fill(manifest: Path, fills: dict[str, str] = FILLS) -> None:
    for digits, text in fills.items():
        (manifest.parent / "game" / "fills" / f"{digits}.rules").write_text(text)


def load(manifest: Path) -> tuple[driver.Loaded, Diagnostics]:
    sink = Diagnostics()
    return driver.load(manifest, sink), sink


def refused(manifest: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as caught:
        load(manifest)
    return caught.value.diagnostics


def places(found: object) -> list[tuple[str, str, int, int]]:
    return [(d.code, d.span.file.path.name, d.span.line, d.span.col) for d in found if d.span]  # type: ignore[attr-defined]


HOLES = [("game.rules", 18, 22), ("game.rules", 19, 33), ("game.rules", 21, 19), ("game.rules", 22, 42)]


# --- as they are written ----------------------------------------------------------------------------------------------


def test_a_hole_is_written_back_as_it_was() -> None:
    sink = Diagnostics()
    module = parse_module(SourceFile("game.rules", GAME), sink)
    assert module is not None
    text = unparse(module)
    assert text.count(f'text "sha256:{ONE}"') == 2
    again = parse_module(SourceFile("game.rules", text), sink)
    assert again is not None
    assert unparse(again) == text


def test_text_is_a_name_where_no_hash_follows() -> None:
    sink = Diagnostics()
    text = 'table note { text: text = "" }\nnote "A" { text "a text" }\nverb text (t: text) { }\n'
    module = parse_module(SourceFile("game.rules", text + 'play { text "shade"; (text) "sha256:1" }\n'), sink)
    assert module is not None, list(sink)
    assert unparse(module).endswith('play {\n  text "shade"\n  (text) "sha256:1"\n}\n')


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('text "sha256:12"', "64 digits"),
        (f'text "sha256:{"g" * 64}"', "64 digits"),
        (f'text "sha256:{"A" * 64}"', "64 digits"),
        (f'text "SHA256:{ONE}"', "64 digits"),
        (f'text "sha256:{ONE}"; add 1', "the whole body"),
        (f'text "sha256:{ONE}"; text "sha256:{TWO}"', "the whole body"),
        (f'if n > 1 {{ text "sha256:{ONE}" }}', "the whole body"),
    ],
)
@pytest.mark.parametrize("head", ["spell X-2 {{ {} }}", "spell X-2 {{ on play {{ {} }} }}"])
def test_a_hole_has_a_hash_and_stands_alone(written: str, problem: str, head: str) -> None:
    rules = GAME.replace(f'spell X-2 "Two" {{ text "sha256:{THREE}" }}', head.format(written))
    program, sink = driver.check_sources([SourceFile("game.rules", rules)], "game")
    assert program is None
    assert {(found.code, found.span and found.span.line) for found in sink.errors} == {("E0512", 21)}
    assert all(problem in found.message for found in sink.errors)


@pytest.mark.parametrize("place", ["verb v {{ {} }}", "piece X-4 {{ {} }}", "spell X-4 {{ gives ready = {} }}"])
def test_only_a_procedure_of_a_row_can_be_a_hole(place: str) -> None:
    text = GAME + place.format(f'text "sha256:{ONE}"')
    sink = Diagnostics()
    module = parse_module(SourceFile("game.rules", text), sink)
    assert module is None or check([module], "game", sink) is None
    assert {found.span and found.span.line for found in sink.errors} == {GAME.count("\n") + 1}


# --- open -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cached", [False, True])
def test_an_open_hole_is_a_warning_and_does_nothing(manifest: Path, cached: bool) -> None:
    if cached:
        load(manifest)
    loaded, sink = load(manifest)
    assert places(sink) == [("W0909", *place) for place in HOLES]
    holes = loaded.program.holes
    assert [(hole.table, hole.row, hole.method, hole.hash) for hole in holes] == [
        ("piece", 1, "play", THREE),
        ("piece", 2, "play", ONE),
        ("move_of", 0, "effect", ONE),
        ("move_of", 1, "after", TWO),
    ]
    assert f"hole piece[X-2].play = {THREE}" in program_text(loaded.program).splitlines()
    tables = loaded.program.tables
    assert all(hole.row not in tables[hole.table].methods[hole.method].bodies for hole in holes)
    assert _points(loaded) == 1
    said = explain_row(loaded.program, tables["piece"], 1).text
    assert said.splitlines()[-1].strip() == f"Play: Not written yet; its text is sha256:{THREE}."


@pytest.mark.parametrize("command", ["build", "verify"])
@pytest.mark.parametrize("store", ["empty", "missing", "none"])
def test_what_needs_every_body_names_every_open_hole(manifest: Path, command: str, store: str) -> None:
    if store != "empty":
        (manifest.parent / "game" / "fills").rmdir()
    if store == "none":
        manifest.write_text(manifest.read_text().replace("fills: game/fills\n", ""))
    args = [command, str(manifest), "--json", "-"]
    result = CliRunner().invoke(cli.app, args)
    assert result.exit_code == 1, result.output
    found = json.loads(result.stdout)["diagnostics"]
    assert [(d["code"], Path(d["file"]).name, d["line"], d["col"]) for d in found] == [("E0708", *p) for p in HOLES]
    assert "the 'effect' of 'X-1/0' is a hole" in found[0]["message"]
    hint = {"empty": f"{ONE}.rules", "missing": "there is no folder", "none": "fills: FOLDER"}[store]
    assert hint in found[0]["suggestion"]
    assert not (manifest.parents[1] / "generated").exists()


def test_other_commands_do_with_open_holes(manifest: Path) -> None:
    for args in (["check"], ["play", "--auto"], ["explain", "--all"]):
        command, *options = args
        result = CliRunner().invoke(cli.app, [command, str(manifest), *options])
        assert result.exit_code == 0, result.output


# --- filled -----------------------------------------------------------------------------------------------------------


def test_fills_are_read_as_if_they_stood_inline(manifest: Path) -> None:
    fill(manifest)
    loaded, sink = load(manifest)
    assert not len(sink)
    assert not loaded.program.holes
    assert _points(loaded) == 1 + 3 + 4 + 6 + 3
    inline = GAME
    for digits, text in FILLS.items():
        inline = inline.replace(f'text "sha256:{digits}"', text)
    program, sink = driver.check_sources([SourceFile("game.rules", inline)], "game")
    assert program is not None, list(sink)
    assert program_text(loaded.program) == program_text(program)


def test_an_engine_is_built_from_fills_and_knows_them(manifest: Path) -> None:
    fill(manifest)
    result = driver.build(manifest, Diagnostics())
    record = json.loads((manifest.parents[1] / "generated" / "gamejax" / "manifest.json").read_text())
    assert record["holes"] == []
    assert f"specs/game/fills/{ONE}.rules" in record["hashes"]["spec"]
    fill(manifest, {ONE: "add 4\n"})
    again = driver.build(manifest, Diagnostics())
    assert again.metadata["hashes"]["spec"] != result.metadata["hashes"]["spec"]
    assert again.changes.written


def test_the_cache_follows_the_fills(manifest: Path) -> None:
    fill(manifest)
    assert _points(load(manifest)[0]) == 17
    fill(manifest, {TWO: "add 9\n"})
    assert _points(load(manifest)[0]) == 22
    (manifest.parent / "game" / "fills" / f"{TWO}.rules").unlink()
    assert len(load(manifest)[0].program.holes) == 1


def test_the_store_may_lie_among_the_rules(manifest: Path) -> None:
    fill(manifest)
    manifest.write_text(manifest.read_text().replace("game/*.rules", "game/**/*.rules"))
    assert _points(load(manifest)[0]) == 17
    result = CliRunner().invoke(cli.app, ["fmt", "--check", str(manifest.parent / "game" / "fills"), str(manifest)])
    assert "E0" not in result.output


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("add x\n", [("E0201", 1, 5)]),
        ("add 3\nadd true\n", [("E0301", 2, 5)]),
        ("n += me2\nnothing like it\n", [("E0201", 1, 6), ("E0207", 2, 1)]),
        ("gives ready = 3\n", [("E0401", 1, 1)]),
        ("add 3\nif n > 2 { add 1\n", [("E0103", 2, 10)]),
        ("add 3 }\n", [("E0104", 1, 7)]),
        ("add 1 }\nverb other { add 2\n", [("E0104", 1, 7), ("E0103", 2, 12)]),
        ("verb other { add 2 }\n", [("E0113", 1, 1)]),
        ("add $\n", [("E0101", 1, 5)]),
        ("", [("E0513", 1, 1)]),
        ("  \n", [("E0513", 1, 1)]),
        (f'text "sha256:{TWO}"\n', [("E0512", 1, 1)]),
        (b"add \xff\n", [("E0003", 1, 5)]),
    ],
)
def test_what_is_wrong_with_a_fill_is_told_in_its_file(
    manifest: Path, text: str | bytes, found: list[tuple[str, int, int]]
) -> None:
    fill(manifest)
    path = manifest.parent / "game" / "fills" / f"{TWO}.rules"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    errors = [diagnostic for diagnostic in refused(manifest) if diagnostic.code.startswith("E")]
    assert places(errors) == [(code, path.name, line, col) for code, line, col in found]


def test_a_fill_of_comments_says_that_nothing_happens(manifest: Path) -> None:
    fill(manifest)
    fill(manifest, {TWO: "# a reminder only\n"})
    loaded, _ = load(manifest)
    assert not loaded.program.holes
    assert _points(loaded) == 13


def test_a_store_that_is_no_folder_is_told(manifest: Path) -> None:
    (manifest.parent / "game" / "fills").rmdir()
    (manifest.parent / "game" / "fills").write_text("")
    (found,) = refused(manifest)
    assert (found.code, found.span and found.span.line) == ("E0018", 5)


def test_a_fill_that_is_a_folder_is_told(manifest: Path) -> None:
    (manifest.parent / "game" / "fills" / f"{ONE}.rules").mkdir()
    (found,) = refused(manifest)
    assert (found.code, found.span and found.span.line) == ("E0002", 5)


def test_statements_are_parsed_without_a_block() -> None:
    sink = Diagnostics()
    module = parse_body(SourceFile("body.rules", "add 1; add 2\n\nif n > 3 { add 4 }"), sink)
    assert module is not None
    assert not len(sink)
    assert unparse(module).count("add") == 3
    assert module.declarations[0].span.text == "add 1; add 2\n\nif n > 3 { add 4 }"


def _points(loaded: driver.Loaded) -> int:
    """What a game ends with."""
    game = Interp(loaded.program).new_game()
    game.step(game.legal[0])
    return snapshot(game)["fields"]["n"]


def test_numbers_of_a_text_that_its_effect_never_uses_are_told(manifest: Path, tmp_path: Path) -> None:
    store = TextStore(tmp_path / "texts")
    digits = store.put("Add 30, then 4 or 45; 7 in all, twice 99.").removeprefix(HASH_PREFIX)
    rules = manifest.parent / "game" / "game.rules"
    rules.write_text(rules.read_text().replace(ONE, digits) + "\nconst SOME = 45\n")
    fill(manifest, {**FILLS, digits: "add 4  # and 99\nadd SOME - 40\n"})
    loaded, _ = load(manifest)
    sink = Diagnostics()
    unused_numbers(loaded.spec, loaded.program, store, sink)
    assert [(d.code, d.message) for d in sink] == [("W0915", "the text says 7, 99, and this effect never uses that")]
    assert [d.span.file.path.stem for d in sink if d.span] == [digits]
