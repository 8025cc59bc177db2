"""Whole random games."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from . import selfplay
from .game import DECK_SIZE
from .reference import PocketReference

# Whole games


def follow(record: selfplay.Record) -> None:
    """A second engine takes the recorded draws and must agree everywhere."""
    follower = PocketReference()
    assert follower.reset(record.decks, record.energy, record.opening_draws) == record.opening
    for action, draws, answer in record.steps:
        assert follower.step(action, draws) == answer


@pytest.mark.parametrize("seed", range(40))
def test_a_follower_with_the_recorded_draws_agrees_on_every_state(seed: int):
    follow(selfplay.play(seed))


def test_the_same_seed_plays_the_same_game():
    assert selfplay.play(7) == selfplay.play(7)


@pytest.mark.parametrize("seed", range(40))
def test_a_follower_agrees_from_any_position_on(seed: int):
    record = selfplay.play_on(seed)
    follower = PocketReference()
    assert follower.inject(record.opening["state"], record.decks, record.energy) == record.opening
    for action, draws, answer in record.steps:
        assert follower.step(action, draws) == answer


@pytest.mark.parametrize("seed", range(300, 330))
def test_every_legal_action_is_accepted_in_any_position(seed: int):
    record = selfplay.play_on(seed, steps=0)
    for action in record.opening["legal"]:
        reference = PocketReference(Random(seed))
        reference.inject(record.opening["state"], record.decks, record.energy)
        check_cards(reference.step(action)["state"])


def check_cards(state: dict[str, Any]) -> None:
    for me, player in enumerate(state["players"]):
        assert all_cards(player, state["stadium"], me) == list(range(DECK_SIZE))


def all_cards(player: dict[str, Any], stadium: list[int] | None, me: int) -> list[int]:
    places = [*player["hand"], *player["deck"], *player["discard"]]
    for pokemon in filter(None, player["slots"]):
        places += [*pokemon["cards"], *pokemon["tools"]]
    if stadium and stadium[0] == me:
        places.append(stadium[1])
    return sorted(places)


@pytest.mark.parametrize("seed", range(100, 120))
def test_cards_are_conserved_and_states_are_sound(seed: int):
    record = selfplay.play(seed)
    for _, _, answer in record.steps:
        state = answer["state"]
        check_cards(state)
        for player in state["players"]:
            assert all(not pokemon["status"] for pokemon in player["slots"][1:] if pokemon)
            assert all(
                pokemon["damage"] >= 0 and 0 not in pokemon["energy"].values() for pokemon in player["slots"] if pokemon
            )
        assert state["over"] == (not answer["legal"])
        assert answer["legal"] == sorted(set(answer["legal"]))
        if state["turn"] and not state["over"] and "end" not in answer["legal"]:
            assert len(answer["legal"]) > 1
    assert record.steps[-1][2]["state"]["winner"] in (0, 1, "tie")


@pytest.mark.parametrize("seed", range(200, 206))
def test_every_legal_action_is_accepted(seed: int):
    """At every twelfth decision of a game, each option is tried with made-up draws."""
    record = selfplay.play(seed)
    for at in range(0, len(record.steps), 12):
        for action in record.steps[at - 1][2]["legal"] if at else record.opening["legal"]:
            selfplay.replay(record, at, Random(seed)).step(action)
