"""The adapter of the Pocket specification: native states in the protocol's words, and back."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from compiler.backends.interp import Game, Interp, snapshot
from specs.tcg import adapter
from tests.rules import spec


@pytest.fixture(scope="module")
def interp() -> Interp:
    return Interp(spec("tcg"))


def decisions(interp: Interp, seed: int) -> Iterator[tuple[dict[str, list[int]], Game]]:
    """The decisions of a random game."""
    rng = random.Random(seed)
    params = {"player.list": [rng.randrange(len(interp.program.tables["deck_list"])) for _ in range(2)]}
    game = interp.new_game({"list": params["player.list"]}, key=seed)
    while not game.over:
        yield params, game
        game.step(rng.choice(game.legal))
    yield params, game


@pytest.mark.parametrize("seed", range(8))
def test_every_card_is_somewhere(interp: Interp, seed: int) -> None:
    for _, game in decisions(interp, seed):
        state = adapter.canonical(interp.program, snapshot(game))
        for player, side in enumerate(state["players"]):
            slots = [slot for slot in side["slots"] if slot]
            cards = side["hand"] + side["deck"] + side["discard"]
            cards += [card for slot in slots for card in slot["cards"] + slot["tools"]]
            if state["stadium"] and state["stadium"][0] == player:
                cards.append(state["stadium"][1])
            assert sorted(cards) == list(range(20))


@pytest.mark.parametrize("seed", range(8))
def test_a_canonical_state_can_be_played_from(interp: Interp, seed: int) -> None:
    program = interp.program
    for params, game in decisions(interp, seed):
        state = adapter.canonical(program, snapshot(game))
        if "end" in map(game.action_name, game.legal):
            again = interp.new_game({"list": params["player.list"]}, fields=adapter.native(program, params, state))
            assert adapter.canonical(program, snapshot(again)) == state
            assert "end" in map(again.action_name, again.legal)


def test_setup_gives_both_deck_lists(interp: Interp) -> None:
    keys = interp.program.tables["deck_list"].keys
    given = adapter.setup(interp.program, {"player.list": [keys.index("druddigon"), keys.index("machamp")]})
    assert [len(deck) for deck in given["decks"]] == [20, 20]
    assert given["decks"][1][:3] == ["A1-143", "A1-143", "A1-144"]
    assert given["energy"] == [["fire", "water"], ["fighting"]]


def test_draws_are_told_by_name_and_number(interp: Interp) -> None:
    native = [("first", 1), ("pick", 23), ("energy", 4), ("coin", 0), ("slot", 6), ("discard_energy", 1)]
    told = [["first", 1], ["pick", [1, 3]], ["energy", "psychic"], ["coin", 0], ["slot", [1, 2]]]
    told.append(["discard_energy", "fire"])
    assert adapter.draws(interp.program, native) == told


def is_third_turn(game: Game) -> bool:
    return snapshot(game)["fields"]["turn"] == 3 and "end" in map(game.action_name, game.legal)


@pytest.mark.parametrize(("numb", "turns"), [(False, 1), (True, 3)])
def test_paralysis_ends_after_the_next_turn_of_its_owner(interp: Interp, numb: bool, turns: int) -> None:
    """A position says nothing of when it began, so that no scenario could be followed by a reference."""
    paralyzed = interp.program.enums["Condition"].values.index("paralyzed")
    params, game = next(found for found in decisions(interp, 0) if is_third_turn(found[1]))
    current = snapshot(game)["fields"]["current"]
    native = adapter.native(interp.program, params, adapter.canonical(interp.program, snapshot(game)))
    native["spot.status"][current][paralyzed] = 1
    native["spot.numb"] = [[int(numb and player == current), 0, 0] for player in range(2)]
    again = interp.new_game({"list": params["player.list"]}, fields=native)
    for _ in range(turns):
        assert snapshot(again)["fields"]["spot.status"][current][paralyzed] == 1
        assert again.step(interp.action_ids["end"])
    assert snapshot(again)["fields"]["spot.status"][current][paralyzed] == 0


def test_the_stadium_is_used_by_its_protocol_name(interp: Interp) -> None:
    assert adapter.actions(interp.program, {}, ["use_stadium", "stadium:3"]) == ["stadium", "stadium:3"]


def test_the_winner(interp: Interp) -> None:
    for seed in range(40):
        *_, (_, game) = decisions(interp, seed)
        state = adapter.canonical(interp.program, snapshot(game))
        expected = "tie" if game.rewards[0] == 0 else 0 if game.rewards[0] > 0 else 1
        assert (state["over"], state["decider"], state["winner"]) == (True, None, expected)
