"""Whether two effects do the same: found on positions that play leads to, and shown where they do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compiler import cli, driver
from compiler.conformance.policies import Taste
from compiler.diagnostics import Diagnostics
from compiler.equivalence import Effect, compare_programs, effect_of, spread
from compiler.ir import hir
from compiler.paths import ROOT

GAME = """players 2
enum Kind { a b }
entity stone[6] per player
state { turn: int 0..9 = 0 }
state per player { n: int 0..40 = 0; guard: bool }
zone bag: bag of stone per player visible to owner start
zone out: bag of stone per player visible
draws coin: int 0..1 always
action use(k: int 0..2)
action take(s: stone)
table piece {
  method play(me: player)
  form spell body play
}
table hand { pieces: piece?[3] }
state per player { param held: hand }
verb add (k: int 0..9) to (p: player) { p.n += k }
spell X-1 { add 2 to me; add 1 to me }
spell X-2 { add 3 to me }
spell X-3 { if n(me) > 12 { add 4 to me } else { add 3 to me } }
spell X-4 { draw c: coin; if c == 1 { add 3 to me } }
spell X-5 { choose s: take in bag(me) by me; if s != none { move s from bag(me) to out(me) } }
spell X-6 { choose s: take in bag(me) by 1 - me; if s != none { move s from bag(me) to out(me) } }
spell X-7 { let s = first(bag(me)); if s != none { move s from bag(me) to out(me) }; if s == none { add n(me) to me } }
spell X-8 { let t = first(out(me)); move t from out(me) to bag(me) }
hand one "One" { pieces [2*X-1 X-2] }
hand two "Two" { pieces [X-3 X-4 X-5] }
play {
  repeat 9 {
    turn += 1
    for p in all player {
      choose by p manual { use(k in 3 where p.held.pieces[k] != none) { perform p.held.pieces[k].play(p) } }
    }
  }
  finish p: 0
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> hir.Program:
    from compiler.source import SourceFile

    found, sink = driver.check_sources([SourceFile("game.rules", GAME)], "game")
    assert found is not None, list(sink)
    return found


def effect(program: hir.Program, key: str, place: str = "X-1") -> Effect:
    keys = program.tables["piece"].keys
    return Effect("piece", keys.index(place), effect_of(program, "piece", keys.index(key)).bodies)


def compared(program: hir.Program, left: str, right: str):
    benches = [spread(program, effect(program, key)) for key in (left, right)]
    return compare_programs(benches[0], benches[1], Taste(), executions=400, states=4000)


@pytest.mark.parametrize(("left", "right"), [("X-1", "X-2"), ("X-2", "X-1"), ("X-4", "X-4"), ("X-5", "X-5")])
def test_effects_that_do_the_same_show_no_difference(program: hir.Program, left: str, right: str) -> None:
    found = compared(program, left, right)
    assert found.equal
    assert found.executions >= 400


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("X-2", "X-3", "state"),
        ("X-2", "X-4", "state"),
        ("X-5", "X-6", "state"),
        ("X-5", "X-7", "state"),
        ("X-2", "X-8", "error"),
    ],
)
def test_a_difference_is_shown_in_a_small_position(program: hir.Program, left: str, right: str, kind: str) -> None:
    found = compared(program, left, right).counterexample
    assert found is not None
    assert found.kind in (kind, "draws", "decider")
    lines = list(found.lines("left", "right"))
    assert len(lines) == 4
    assert lines[2] != lines[3].replace("right", "left")


def test_the_same_arguments_give_the_same_counterexample(program: hir.Program) -> None:
    assert compared(program, "X-2", "X-3").to_json() == compared(program, "X-2", "X-3").to_json()


def test_every_row_of_the_kind_has_the_effect_and_nothing_else_changes(program: hir.Program) -> None:
    bench = spread(program, effect(program, "X-4"))
    bodies = bench.program.tables["piece"].methods["play"].bodies
    assert {id(body) for body in bodies.values()} == {id(effect(program, "X-4").bodies["play"])}
    alone = spread(program, effect(program, "X-4"), alone=True)
    assert alone.holders == {"X-1"}
    assert len({id(body) for body in alone.program.tables["piece"].methods["play"].bodies.values()}) > 2


@pytest.fixture(scope="module")
def tcg() -> hir.Program:
    return driver.load(ROOT / "specs" / "tcg.yaml", Diagnostics()).program


def test_a_counterexample_of_a_real_game_is_minimal(tcg: hir.Program) -> None:
    keys = tcg.tables["attack"].keys
    place = keys.index("A1-033/attack/0")
    other = effect_of(tcg, "attack", keys.index("A1-036/attack/1"))
    benches = [spread(tcg, effect_of(tcg, "attack", place)), spread(tcg, Effect("attack", place, other.bodies))]
    found = compare_programs(benches[0], benches[1], Taste(("attach", "attack")), executions=500, states=8000)
    assert found.counterexample is not None
    assert found.counterexample.minimal
    assert len(found.counterexample.position) <= 20, found.counterexample.position


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["A1-033", "A1-033"], 0, "no difference in"),
        (["A1-033", "A1-036"], 1, "they differ"),
        (["A1-033", "A1-033.rules"], 1, "no such file"),
        (["A1-033", "Misty"], 1, "row of 'attack'"),
        (["A1-033", "Mistee"], 1, "nothing is called"),
        (["A1-033", "same.rules"], 0, "no difference in"),
        (["A1-033", "other.rules"], 1, "A1-033: "),
        (["A1-033", "wrong.rules"], 1, "error[E"),
        (["other.rules", "same.rules"], 2, "--row"),
        (["other.rules", "same.rules", "--row", "A1-033"], 1, "they differ"),
    ],
)
def test_the_command(args: list[str], status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "same.rules").write_text("if self.energy[fire] > 0 { discard 1 fire energy from self }\n")
    (tmp_path / "other.rules").write_text("discard 2 fire energy from self\n")
    (tmp_path / "wrong.rules").write_text("discard 2 mud energy from self\n")
    monkeypatch.chdir(tmp_path)
    small = ["--states", "3000", "--executions", "200"]
    result = CliRunner().invoke(cli.app, ["equiv", str(ROOT / "specs" / "tcg.yaml"), *args, *small])
    assert result.exit_code == status, result.output
    assert said in result.output


def test_the_command_as_json() -> None:
    args = ["equiv", str(ROOT / "specs" / "tcg.yaml"), "A1-033", "A1-036", "--json", "-", "--states", "4000"]
    result = CliRunner().invoke(cli.app, args)
    document = json.loads(result.stdout)
    assert document["equal"] is False
    assert document["counterexample"]["left"] != document["counterexample"]["right"]
