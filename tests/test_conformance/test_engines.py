"""Engines that do what they must not, and the properties and followers that catch them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler.conformance.determinize import determinize
from compiler.conformance.engine import Draw, Engine, Observed, Setup
from compiler.conformance.interp_engine import InterpEngine, view
from compiler.conformance.names import Names
from compiler.conformance.properties import agree, check_state
from compiler.conformance.report import Report
from compiler.conformance.setups import Setups
from compiler.conformance.verify import Options, verify
from compiler.ir import hir
from tests.rules import program, spec
from tests.test_conformance.tools import duel

Change = Callable[[Observed, "int | None"], Observed]


class Changed:
    """The interpreter, with what it shows changed: an engine with a fault."""

    name = "changed"
    tapes = True

    def __init__(self, game: hir.Program, lanes: int, change: Change) -> None:
        self.lanes = lanes
        self._inner = InterpEngine(game, lanes)
        self._change = change

    def reset(self, setups: Sequence[Setup]) -> list[Observed]:
        return [self._change(seen, None) for seen in self._inner.reset(setups)]

    def step(self, actions: Sequence[int | None], draws: Sequence[Sequence[Draw]] | None = None) -> list[Observed]:
        found = self._inner.step(actions, draws)
        return [self._change(seen, action) for seen, action in zip(found, actions, strict=True)]


def verified(folder: Path, change: Change, **options: Any) -> Report:
    """Verify an engine with a fault against the interpreter and the right reference."""

    def make(game: hir.Program, lanes: int) -> Engine:
        return Changed(game, 4, change)

    given = {"engine": "changed", "references": ("right",), "episodes": 8, "shrink_seconds": 2.0, **options}
    loaded = duel()
    return verify(Options(traces=folder, **given), loaded.spec, loaded.program, engines={"changed": make})


def same(seen: Observed, action: int | None) -> Observed:
    return seen


def with_field(seen: Observed, name: str, value: Any) -> Observed:
    return replace(seen, state={**seen.state, "fields": {**seen.fields, name: value}})


def test_a_batched_engine_without_faults_is_verified(tmp_path: Path) -> None:
    report = verified(tmp_path, same, episodes=10)
    assert report.ok
    assert report.lockstep is not None
    assert {name: result.episodes for name, result in report.lockstep.items()} == {"interp": 10, "right": 10}
    assert report.scenarios is not None
    assert {name: result.passed for name, result in report.scenarios.items()} == {"interp": 2, "changed": 2}
    assert report.coverage["verbs"].compared == 2
    with_processes = verified(tmp_path, same, episodes=10, workers=2)
    assert with_processes.ok
    assert with_processes.coverage["cards"] == report.coverage["cards"]


def late_guard(seen: Observed, action: int | None) -> Observed:
    guard = seen.fields["player.guard"]
    return with_field(seen, "player.guard", [0, guard[1]]) if seen.state["fields"]["turn"] > 4 else seen


def no_rest(seen: Observed, action: int | None) -> Observed:
    return replace(seen, legal=seen.legal[:-1]) if len(seen.legal) > 2 else seen


def other_coin(seen: Observed, action: int | None) -> Observed:
    return replace(seen, draws=tuple((kind, 1 - value if kind == "coin" else value) for kind, value in seen.draws))


def no_reward(seen: Observed, action: int | None) -> Observed:
    return replace(seen, rewards=(0, 0)) if seen.over else seen


@pytest.mark.parametrize(
    ("change", "path"),
    [(late_guard, "player.guard"), (no_rest, "legal"), (other_coin, "draws"), (no_reward, "rewards")],
)
def test_faults_of_an_engine_are_seen_by_the_interpreter(tmp_path: Path, change: Change, path: str) -> None:
    report = verified(tmp_path, change, levels=("L3",), episodes=16)
    assert not report.ok
    assert report.lockstep is not None
    result = report.lockstep["interp"]
    assert result.divergences
    found = result.disagreements[0].trace
    assert found.difference.path.startswith(path)
    assert found.engine == "changed"


def test_a_fault_in_scenarios_is_told(tmp_path: Path) -> None:
    report = verified(
        tmp_path, lambda seen, action: with_field(seen, "player.life", [1, 1]) if action else seen, levels=("L2",)
    )
    assert report.scenarios is not None
    assert not report.scenarios["interp"].failures
    (failure, *_) = report.scenarios["changed"].failures
    assert "after 1 decisions, the last being play:" in failure.message
    assert "player.life" in failure.message


def accepts_anything(seen: Observed, action: int | None) -> Observed:
    return replace(seen, error=None)


def refuses_and_moves(seen: Observed, action: int | None) -> Observed:
    return with_field(seen, "turn", 11) if seen.error else seen


def refuses_plays(seen: Observed, action: int | None) -> Observed:
    return replace(seen, error="no plays today") if action == 1 else seen


def never_asks(seen: Observed, action: int | None) -> Observed:
    return replace(seen, legal=()) if seen.fields["turn"] > 2 else seen


def goes_on_after_the_end(seen: Observed, action: int | None) -> Observed:
    return replace(seen, legal=(0,)) if seen.over else seen


def out_of_bounds(seen: Observed, action: int | None) -> Observed:
    return with_field(seen, "player.guard", [0, 4])


def card_lost(seen: Observed, action: int | None) -> Observed:
    hands = seen.fields["player.hand"]
    return with_field(seen, "player.hand", [hands[0][1:], hands[1]])


def card_twice(seen: Observed, action: int | None) -> Observed:
    hands = seen.fields["player.hand"]
    return with_field(seen, "player.discard", [hands[0], []])


def place_forgotten(seen: Observed, action: int | None) -> Observed:
    deck, other = seen.fields["player.deck"]
    return with_field(seen, "player.deck", [{**deck, "top": [19]}, other])


def not_json(seen: Observed, action: int | None) -> Observed:
    return replace(seen, state={**seen.state, "more": {1: 2}})


@pytest.mark.parametrize(
    ("change", "name", "detail"),
    [
        (accepts_anything, "refuses", "is not refused"),
        (refuses_and_moves, "refuses", "is refused, but changes"),
        (refuses_plays, "accepts", "no plays today"),
        (never_asks, "no dead end", "there is no legal action"),
        (goes_on_after_the_end, "no dead end", "the game is over, and there are legal actions"),
        (out_of_bounds, "bounds", "player.guard[1] is 4, not in 0..3"),
        (card_lost, "zones", "is in no zone"),
        (card_twice, "zones", "is in player.hand[0] and player.discard[0]"),
        (place_forgotten, "zones", "player.deck[0] knows the places of [19]"),
    ],
)
def test_broken_properties_are_told(tmp_path: Path, change: Change, name: str, detail: str) -> None:
    report = verified(tmp_path, change, levels=("L1",), episodes=4)
    assert not report.ok
    assert report.properties is not None
    found = [violation for violation in report.properties.violations if violation.name == name]
    assert any(detail in violation.detail for violation in found), report.properties.violations
    assert report.to_json()["levels"]["L1"]["ok"] is False


def test_a_snapshot_that_is_no_json_is_told() -> None:
    seen = InterpEngine(duel().program).reset([Setups.of(duel().program, 0).episode(0)])[0]
    assert dict(check_state(duel().program, seen))["round trip"] is None
    changed = not_json(with_field(seen, "turn", 1), None)
    assert dict(check_state(duel().program, changed))["round trip"] is None  # keys are text either way
    changed = replace(seen, state={**seen.state, "more": float("nan")})
    assert dict(check_state(duel().program, changed))["round trip"] is not None


def test_engines_that_agree_and_do_not() -> None:
    game = duel().program
    names = Names(game)
    setups = [Setups.of(game, 3).episode(number) for number in range(6)]
    one, many = InterpEngine(game, 1), InterpEngine(game, 4)
    checks = agree(one, many, setups, names, random.Random(1))
    assert checks.counts == {"interp = interp": 6}
    assert not checks.violations
    wrong = agree(many, Changed(game, 2, late_guard), setups, names, random.Random(1))
    assert wrong.violations
    assert "player.guard" in wrong.violations[0].detail


def test_the_ways_to_run_an_engine_are_compared(tmp_path: Path) -> None:
    class TwoWays(Changed):
        def pairs(self) -> list[tuple[Engine, Engine]]:
            one, many = InterpEngine(duel().program, 1), Changed(duel().program, 3, late_guard)
            return [(one, one), (one, many)]

    loaded = duel()
    options = Options(engine="changed", levels=("L1",), episodes=2, traces=tmp_path)
    engines = {"changed": lambda game, lanes: TwoWays(game, lanes, same)}
    report = verify(options, loaded.spec, loaded.program, engines=engines)
    assert report.properties is not None
    assert report.properties.counts["interp = interp"] == 8
    assert {violation.name for violation in report.properties.violations} == {"interp = changed"}


# --- what players cannot see ------------------------------------------------------------------------------------------


def test_other_worlds_look_the_same_to_a_player_and_keep_every_count() -> None:
    game = duel().program
    engine = InterpEngine(game)
    rng = random.Random(5)
    changed = 0
    for number in range(20):
        seen = engine.reset([Setups.of(game, 5).episode(number)])[0]
        for player in range(2):
            world = determinize(game, seen.fields, player, rng)
            assert world["player.hand"][player] == seen.fields["player.hand"][player]
            assert view(engine.interp, world, player) == view(engine.interp, seen.fields, player)
            other = 1 - player
            held = {*world["player.hand"][other], *world["player.deck"][other]["cards"]}
            before = {*seen.fields["player.hand"][other], *seen.fields["player.deck"][other]["cards"]}
            assert held == before
            assert len(world["player.hand"][other]) == len(seen.fields["player.hand"][other])
            changed += world != seen.fields
    assert changed > 20


LEAKY = """
    players 2
    entity card[4] per player
    zone deck: bag of card per player hidden start
    zone hand: bag of card per player visible to owner
    draws pick: card
    action go
    action peek
    state { stage: int 0..3 = 0 }
    play {
      if stage == 0 {
        for p in all player {
          draw c: pick from deck(p)
          move c from deck(p) to hand(p)
        }
        stage = 1
      }
      choose by 0 manual {
        go { finish p: 0 }
        peek when CONDITION { finish p: 0 }
      }
    }
"""


@pytest.mark.parametrize(
    ("condition", "leaks"),
    [("any(c in hand(1) where c.index == 0)", True), ("any(c in hand(0) where c.index == 0)", False)],
)
def test_a_mask_that_shows_what_is_hidden_is_told(condition: str, leaks: bool) -> None:
    from compiler.conformance.lockstep import replay
    from compiler.conformance.properties import check_unseen_masks

    game = program(LEAKY.replace("CONDITION", condition))
    names, engine = Names(game), InterpEngine(game)
    found = []
    for number in range(40):
        episode, _ = replay(engine, Setup({}, number), ["go"], names)
        checks = check_unseen_masks(game, engine, episode, names, random.Random(number))
        assert checks.counts == {"unseen": 1}
        found += checks.violations
    assert bool(found) == leaks
    assert all("can tell from the legal actions what is hidden: peek" in violation.detail for violation in found)


@pytest.mark.parametrize("name", ["tic_tac_toe", "kuhn_poker", "rock_paper_scissors"])
def test_the_small_games_hide_what_they_say_they_hide(name: str) -> None:
    game = spec(name)
    engine, rng = InterpEngine(game), random.Random(0)
    for number in range(20):
        seen = engine.reset([Setup({}, number)])[0]
        while not seen.over:
            for player in range(game.players):
                world = determinize(game, seen.fields, player, rng)
                assert view(engine.interp, world, player) == view(engine.interp, seen.fields, player)
            seen = engine.step([rng.choice(seen.legal)])[0]
