"""The small games of the project: their scenarios, random play, and lockstep with outside references."""

import importlib
import random
from collections.abc import Iterator
from typing import Any

import pytest

from compiler.backends.interp import Game, Interp, observe, run_scenario, snapshot
from compiler.backends.interp.state import to_json
from specs.kuhn_poker import adapter as kuhn_poker_adapter
from specs.tic_tac_toe import adapter as tic_tac_toe_adapter
from tests.rules import spec

GAMES = ("tic_tac_toe", "rock_paper_scissors", "kuhn_poker")
ADAPTERS: dict[str, Any] = {"tic_tac_toe": tic_tac_toe_adapter, "kuhn_poker": kuhn_poker_adapter}
INTERPS = {name: Interp(spec(name), coverage=True) for name in GAMES}


def random_game(interp: Interp, seed: int) -> Iterator[Game]:
    """A game at each of its decisions, and at its end: the same object each time."""
    pick, game = random.Random(seed), interp.new_game(key=seed)
    yield game
    while not game.over:
        assert game.step(pick.choice(game.legal))
        yield game


@pytest.mark.parametrize("name", GAMES)
def test_scenarios_hold(name: str) -> None:
    interp = INTERPS[name]
    assert interp.program.scenarios
    for scenario in interp.program.scenarios:
        assert run_scenario(interp, scenario) == []


@pytest.mark.parametrize("name", GAMES)
def test_random_play_is_sound_and_reaches_every_part(name: str) -> None:
    interp = INTERPS[name]
    for seed in range(300):
        for game in random_game(interp, seed):
            assert game.over == (not game.legal) == (game.decider == -1)
            assert game.over or game.rewards == (0, 0)
            assert sum(game.rewards) == 0
            assert game.events == []
    assert interp.coverage is not None
    assert interp.coverage.missed == []


@pytest.mark.parametrize("name", GAMES)
def test_a_seed_gives_the_same_game_again(name: str) -> None:
    once, again = ([snapshot(game) for game in random_game(INTERPS[name], 5)] for _ in range(2))
    assert once == again


@pytest.mark.parametrize("name", ADAPTERS)
def test_the_reference_agrees_in_lockstep(name: str) -> None:
    interp = INTERPS[name]
    reference = importlib.import_module(f"tests.references.{name}").factory()
    for seed in range(200):
        for game in random_game(interp, seed):
            if game.past:
                answer = reference.step(game.action_name(game.past[-1][0]), game.draws)
            else:
                answer = reference.reset(draws=game.draws)
            assert answer["state"] == ADAPTERS[name].canonical(interp.program, snapshot(game))
            assert sorted(answer["legal"]) == sorted(map(game.action_name, game.legal))
            assert (answer["over"], answer["rewards"]) == (game.over, list(game.rewards))


def test_a_hidden_throw_shows_in_no_view_but_ones_own() -> None:
    interp = INTERPS["rock_paper_scissors"]
    views = []
    for throw in interp.action_ids.values():
        game = interp.new_game()
        game.step(throw)
        views.append((observe(game, 0), observe(game, 1), game.legal))
    assert len({tuple(own) for own, _, _ in views}) == 3
    assert len({(tuple(other), legal) for _, other, legal in views}) == 1


def test_every_deal_of_kuhn_poker_is_equally_likely() -> None:
    interp = INTERPS["kuhn_poker"]
    deals = [tuple(interp.new_game(key=key).state["player.hand"]) for key in range(3000)]
    assert len(set(deals)) == 6
    assert all(430 < deals.count(deal) < 570 for deal in set(deals))


@pytest.mark.parametrize("name", ["tcg", "tic_tac_toe", "kuhn_poker"])
def test_the_compiled_snapshot_is_the_plain_one(name: str) -> None:
    game = Interp(spec(name)).new_game(key=3)
    for step in range(40):
        assert snapshot(game)["fields"] == to_json(game.interp.program, game.state)
        if not game.legal:
            break
        game.step(game.legal[step % len(game.legal)])
