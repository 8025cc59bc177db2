"""Mutants are type-correct, deterministic, differ from the rules, and mean what their difference says."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from compiler import driver
from compiler.backends.interp import Interp, snapshot
from compiler.diagnostics import Diagnostics
from compiler.ir import hir
from compiler.ir.hir_text import BodyText
from compiler.ir.hir_verify import verify
from compiler.ir.units import Code, Unit, params_of, played_units, units
from compiler.mutate import Kind, Mutant, candidates, mutants
from compiler.source import SourceFile
from compiler.syntax import parse_module
from compiler.typecheck import check
from tests.rules import SPECS, program
from tests.test_conformance.tools import duel

GAMES = ["tcg", "kuhn_poker", "rock_paper_scissors", "tic_tac_toe"]

COUNTER = """
    players 2
    state { total: int 0..20 = 0; rounds: int 0..9 = 0 }
    state per player { bonus: lasting int 0..5 }
    action add(n: int 0..2)
    table step {
      size: int 0..5 = 0
      method go(me: player)
      form one { size = 1 } body go
    }
    one plus "Plus" { this turn: me.bonus += 1; total += 2 }
    verb run (s: step) with (p: player) {
      perform s.go(p)
      if total > 4 and p.bonus > 0 { total -= 1 }
    }
    play {
      repeat 5 {
        choose k: add in 3 by 0
        rounds += 1
        run plus with 0
        total += k
      }
      finish p: 1 if total >= 10 else 0
    }
"""


def all_of(game: hir.Program) -> list[Mutant]:
    return [mutant for unit, code in played_units(game) for mutant in candidates(game, unit, code)]


def text(game: hir.Program, unit: Unit, code: Code) -> str:
    printed = BodyText(game)
    printed.params(params_of(game, unit))
    return "\n".join(printed.block(code, 0)) if isinstance(code, hir.Block) else printed.expr(code)


def test_the_same_seed_gives_the_same_mutants_and_another_gives_others() -> None:
    game = program(COUNTER)
    first, again, other = ([m.id for m in mutants(game, seed, 20)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_more_mutants_than_asked_for_and_none_twice() -> None:
    game = program(COUNTER)
    assert len(list(mutants(game, 0, 7))) == 7
    found = list(mutants(game, 0, 10_000))
    assert len(found) == len(all_of(game)) == len({mutant.id for mutant in found})


def test_every_kind_of_mistake_is_made() -> None:
    kinds = {mutant.kind for mutant in mutants(program(COUNTER), 0, 1000)}
    assert kinds == set(Kind)


def test_kinds_take_turns() -> None:
    kinds = [mutant.kind for mutant in mutants(program(COUNTER), 0, 14)]
    assert len(set(kinds)) >= 6


def test_units_narrow_what_is_changed() -> None:
    game = program(COUNTER)
    unit = Unit("method", "go", "step", 0)
    found = list(mutants(game, 0, 1000, units={unit}))
    assert found
    assert {mutant.unit for mutant in found} == {unit}
    assert {mutant.within for mutant in found} == {(("method", "step", "go", "plus"),)}


def test_what_only_scenarios_use_is_left_alone() -> None:
    scenario = 'verb unused { total = 3 }\nscenario "s" { given { unused } then { expect total == 3 } }'
    game = program(COUNTER.replace("play {", f"{scenario}\nplay {{", 1))
    assert Unit("proc", "unused") in dict(units(game))
    assert all(mutant.unit.name != "unused" for mutant in mutants(game, 0, 1000))


def test_the_difference_is_that_of_the_source() -> None:
    game = program(COUNTER)
    said = {mutant.diff() for mutant in mutants(game, 0, 1000, units={Unit("method", "go", "step", 0)})}
    line = 'one plus "Plus" { this turn: me.bonus += 1; total += 2 }'
    assert f"- {line}\n+ {line.replace('+= 2', '+= 3')}" in said
    assert f"- {line}\n+ {line.replace('this turn', 'turn after next')}" in said
    assert (
        f"- {line}\n+ {line.replace('this turn: me.bonus += 1; total += 2', 'total += 2; this turn: me.bonus += 1')}"
        in said
    )


@pytest.mark.parametrize("name", GAMES)
def test_mutants_are_well_formed_programs(name: str) -> None:
    game = driver.load(SPECS / f"{name}.yaml", Diagnostics()).program
    found = all_of(game)
    for mutant in random.Random(0).sample(found, min(20, len(found))):
        verify(mutant.applied(game))  # raises where it is not well-formed
        assert text(game, mutant.unit, mutant.code) != text(game, mutant.unit, dict(units(game))[mutant.unit])


@pytest.mark.parametrize("name", GAMES)
def test_the_changed_source_means_the_mutant(name: str) -> None:
    """What the mutant does to the typed rules is what its difference does to their text."""
    loaded = driver.load(SPECS / f"{name}.yaml", Diagnostics())
    game, sink = loaded.program, Diagnostics()
    sources = {path: SourceFile.read(path) for path in loaded.spec.rules}
    modules = {path: parse_module(source, sink) for path, source in sources.items()}
    code = dict(units(game))
    found = [m for m in all_of(game) if not _moves_sugar(m) and not _keeps_bounds(game, m, code[m.unit])]
    for mutant in random.Random(1).sample(found, min(15, len(found))):
        path = mutant.span.file.path
        changed = {**modules, path: parse_module(SourceFile(path, mutant.edit.applied()), sink)}
        again = check([module for module in changed.values() if module], game.name, sink)
        assert again is not None, (mutant.diff(), [found.message for found in sink])
        code = dict(units(again)).get(mutant.unit, hir.Block(()))
        assert text(game, mutant.unit, mutant.code) == text(again, mutant.unit, code), mutant.diff()


def _moves_sugar(mutant: Mutant) -> bool:
    """Whether a statement that stands for two was moved: the first of them, which sets a local to none, stays."""
    return mutant.kind is Kind.ORDER and "choose" in mutant.edit.text


def _keeps_bounds(game: hir.Program, mutant: Mutant, code: Code) -> bool:
    """Whether a value is cut to bounds that the rules had computed and not declared."""
    return text(game, mutant.unit, mutant.code).count("saturate") > text(game, mutant.unit, code).count("saturate")


def test_an_interpreter_runs_a_mutant_for_a_while_as_a_new_one_would() -> None:
    game = duel().program
    interp = Interp(game, coverage=True)
    setup = {"player.list": [0, 1]}
    before = _played(interp, setup)
    for mutant in mutants(game, 3, 60):
        with interp.replaced(mutant.unit, mutant.code):
            found = _played(interp, setup)
        assert found == _played(Interp(mutant.applied(game)), setup), mutant.diff()
        assert _played(interp, setup) == before
    assert any(_played(Interp(m.applied(game)), setup) != before for m in mutants(game, 3, 10))


def _played(interp: Interp, setup: dict[str, list[int]]) -> list[object]:
    """Positions of a game in which the first legal action is taken, and how it breaks off if it does."""
    seen: list[object] = []
    try:
        game = interp.new_game(setup, key=5)
        while game.legal and len(seen) < 40:
            seen.append(snapshot(game))
            game.step(game.legal[-1])
        seen.append(snapshot(game))
    except Exception as error:
        seen.append(f"{type(error).__name__}: {error}")
    return seen


def test_an_edit_shows_the_lines_it_touches() -> None:
    source = SourceFile(Path("a.rules"), "one\ntwo three\nfour\n")
    mutant = next(mutants(program(COUNTER), 0, 1))
    mutant = replace(mutant, edit=type(mutant.edit)(source.span(4, 7), "2"))
    assert mutant.diff() == "- two three\n+ 2 three"
    assert mutant.edit.applied() == "one\n2 three\nfour\n"
