"""The JAX engine of each game of `jax_games/` does what the interpreter does, however it is run.

A new game is a file dropped in there; the comment at its top says what it is for.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.conformance.coverage import Ledger, Places
from compiler.conformance.engine import Observed, Setup
from compiler.conformance.interp_engine import InterpEngine
from compiler.conformance.jax_engine import JaxEngine, Way
from compiler.conformance.lockstep import compare_observed
from compiler.conformance.names import Names
from compiler.conformance.properties import agree
from compiler.conformance.setups import Setups
from compiler.diagnostics import SpecError
from tests.engines import built, difference, first_difference, jax_engine

FOLDER = Path(__file__).parent / "jax_games"
GAMES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.rules"))}


@pytest.mark.parametrize("name", GAMES)
def test_random_games_go_as_on_the_interpreter(name: str) -> None:
    assert difference(GAMES[name], games=32) is None


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("rewards", Way.EAGER),
        ("simultaneous", Way.EAGER),
        *itertools.product(("draws", "tables", "sets_of_players"), (Way.VMAP, Way.SINGLE)),
        ("tables", Way.TUNED),
    ],
)
def test_all_ways_to_run_an_engine_show_the_same(name: str, way: Way) -> None:
    program, _ = built(GAMES[name])
    setups = [Setups.of(program, 1).episode(number) for number in range(3)]
    left, right = jax_engine(GAMES[name]), jax_engine(GAMES[name], 3, way)
    checks = agree(left, right, setups, Names(program), random.Random(1))
    assert sum(checks.counts.values()) == len(setups)
    assert not checks.violations


def test_an_action_that_is_not_legal_is_reported_and_changes_nothing() -> None:
    program, _ = built(GAMES["decider"])
    engine = jax_engine(GAMES["decider"])
    before = engine.reset([Setup({}, key) for key in range(4)])
    illegal = next(action for action in range(program.action_count) if action not in before[0].legal)
    after = engine.step([illegal, -1, program.action_count, 1 << 40])
    for was, found in zip(before, after, strict=True):
        assert found.error is not None
        assert "is not legal" in found.error
        assert (found.state, found.legal, found.decider, found.draws) == (was.state, was.legal, was.decider, ())
    again = engine.step([seen.legal[0] for seen in before])
    assert all(seen.error is None for seen in again)


def test_a_lane_that_is_left_alone_stays_as_it_is() -> None:
    engine = jax_engine(GAMES["draws"])
    first, second = engine.reset([Setup({}, 1), Setup({}, 2)])
    moved, still = engine.step([first.legal[0], None])
    assert moved.state != first.state
    assert (still.state, still.legal, still.draws, still.error) == (second.state, second.legal, (), None)


def _played(name: str, key: int, decisions: int) -> tuple[InterpEngine, Setup, list[int], list[Observed]]:
    program, _ = built(GAMES[name])
    interp = InterpEngine(program)
    setup = Setups.of(program, key).episode(0)
    seen, taken, rng = interp.reset([setup]), [], random.Random(key)
    for _ in range(decisions):
        if not seen[-1].legal:
            break
        taken.append(rng.choice(seen[-1].legal))
        seen += interp.step(taken[-1:])
    return interp, setup, taken, seen


@pytest.mark.parametrize("name", ["zones", "zones_split", "draws", "many_instances"])
def test_outcomes_that_are_given_decide_the_draws(name: str) -> None:
    _, setup, taken, expected = _played(name, 5, 30)
    engine, names = jax_engine(GAMES[name]), Names(built(GAMES[name])[0])
    taped = Setup(setup.params, 99, tape=expected[0].draws)  # another key: all luck is from the tape
    seen = engine.reset([taped])
    assert compare_observed(expected[0], seen[0], names) is None
    for action, wanted in zip(taken, expected[1:], strict=True):
        (found,) = engine.step([action], [wanted.draws])
        assert compare_observed(wanted, found, names) is None


@pytest.mark.parametrize("draws", [(("die", 7),), (("gem_", 1),), (("die", 2),) + (("one", 3),) * 9])
def test_outcomes_that_do_not_fit_are_reported(draws: tuple[tuple[str, int], ...]) -> None:
    engine = jax_engine(GAMES["draws"])
    (seen,) = engine.reset([Setup({}, 3, tape=draws)])
    assert seen.error is not None
    assert "tape" in seen.error


@pytest.mark.parametrize("name", ["zones", "zones_split", "many_instances", "tables", "sets"])
def test_games_start_from_positions(name: str) -> None:
    interp, setup, _, expected = _played(name, 7, 20)
    engine, names = jax_engine(GAMES[name]), Names(built(GAMES[name])[0])
    for seen in expected[::4]:
        given = Setup(setup.params, 11, fields=seen.fields)
        assert compare_observed(interp.reset([given])[0], engine.reset([given])[0], names) is None


def test_what_a_position_does_not_say_is_as_at_reset() -> None:
    program, _ = built(GAMES["zones_split"])
    hands = [[1, 4], [20]]
    given = Setup({}, 4, fields={"player.hand": hands, "turn": 3})
    (expected,) = InterpEngine(program).reset([given])
    (found,) = jax_engine(GAMES["zones_split"]).reset([given])
    assert compare_observed(expected, found, Names(program)) is None
    for wrong in ({"player.hand": [[99], []]}, {"player.hand": [[1]]}, {"player.feet": [[], []]}):
        (refused,) = jax_engine(GAMES["zones_split"]).reset([Setup({}, 4, fields=wrong)])
        assert refused.error


@pytest.mark.parametrize("name", GAMES)
def test_the_games_reach_every_branch_and_choice(name: str) -> None:
    program, _ = built(GAMES[name])
    interp = InterpEngine(program, 64, coverage=True)
    assert interp.interp.coverage is not None
    places = Places(program, interp.interp.coverage.counts)
    rng = random.Random(0)
    seen = interp.reset([Setups.of(program, 0).episode(number) for number in range(64)])
    for _ in range(60):
        seen = interp.step([rng.choice(one.legal) if one.legal else None for one in seen])
    ledger = Ledger()
    ledger.add(interp.drain(), ())
    figures = places.figures(ledger, ledger)
    never = [place for kind in ("verbs", "branches", "choices", "draws") for place in figures[kind].never]
    assert not [place for place in never if not place.endswith(" else")]  # few of them are written


TOO_LARGE = {
    "a set of instances": "entity cell[1025]\nstate { marked: set of cell }\n",
    "a set in an expression": "entity cell[1025]\nstate per cell { n: int 0..9 }\n",
    "an action's instances": "entity cell[1025]\naction mark(c: cell)\n",
    "an action's numbers": "action count_(k: int 0..1024)\n",
    "known places": "entity card[30] per player\nzone deck: pile of card per player known 7 start\n",
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_what_does_not_fit_is_told_with_its_place(what: str) -> None:
    sums = "let n = sum(c in all cell: c.n)" if "per cell" in TOO_LARGE[what] else ""
    play = f"choose by 0 manual {{ go {{ }} }}\n {sums}\n finish p: 0"
    text = f"players 2\naction go\n{TOO_LARGE[what]}play {{ {play} }}\n"
    with pytest.raises(SpecError) as caught:
        built(text)
    (error,) = [found for found in caught.value.diagnostics if found.code == "E0706"]
    assert error.span is not None


# --- rows of one's own ------------------------------------------------------------------------------------------------


def test_rows_that_reset_chooses_from_can_be_replaced() -> None:
    program, package = built(GAMES["many_instances"])
    table, keys = program.tables["list"], program.tables["species"].keys
    own = [key for key in ("elk", "dog", "ant", "bee", "cat") for _ in range(4)]
    env = package.make(rows={"list": [{"cards": own}, {"cards": ["bee", "ant", "elk", "cat", "dog"] * 4}]})
    theirs = [own, ["bee", "ant", "elk", "cat", "dog"] * 4]
    data = {**table.data, "cards": tuple(tuple(keys.index(key) for key in row) for row in theirs)}
    changed = replace(program, tables={**program.tables, "list": replace(table, data=data)})
    engine, interp = JaxEngine(package, 8, env=env), InterpEngine(changed, 8, views=True)
    assert first_difference(engine, interp, changed, games=8, decisions=40) is None


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ({"lists": [{}]}, "did you mean 'list'"),
        ({"list": []}, "at least one row"),
        ({"list": [{"card": []}]}, "did you mean 'cards'"),
        ({"list": [{"cards": ["ant"]}]}, "exactly 20 entries"),
        ({"list": [{"cards": ["ent"] * 20}]}, "did you mean"),
        ({"list": [{"cards": [9] * 20}]}, "not a number in 0..4"),
        ({"list": [{"cards": ["elk"] * 6 + ["ant"] + ["elk"] * 12 + ["ant"]}]}, "side by side"),
    ],
)
def test_rows_that_cannot_be_are_refused(rows: dict[str, list[dict[str, list[object]]]], problem: str) -> None:
    _, package = built(GAMES["many_instances"])
    with pytest.raises(package.TableError, match=problem):
        package.make(rows=rows)
