"""What a player sees in the games that pgx has, turned into pgx's observation: the same numbers, step by step."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from compiler.backends.interp import Game, Interp
from compiler.backends.interp.game import observe
from compiler.ir.observations import observation_names
from tests.rules import spec

pytest.importorskip("pgx")
Seen = dict[str, int]


def owned(seen: Seen, field: str, player: str, shape: tuple[int, int]) -> np.ndarray:
    """The places of a player's set."""
    count = shape[0] * shape[1]
    return np.array([seen[f"player.{field}({player})[{place}]"] for place in range(count)], bool).reshape(shape)


def connect_four(seen: Seen, mover: int) -> np.ndarray:
    return np.stack([owned(seen, "stones", player, (6, 7)) for player in ("me", "next")], axis=-1)


def othello(seen: Seen, mover: int) -> np.ndarray:
    return np.stack([owned(seen, "discs", player, (8, 8)) for player in ("me", "next")], axis=-1)


def hex_(seen: Seen, mover: int) -> np.ndarray:
    mine, theirs = (owned(seen, "stones", player, (11, 11)) for player in ("me", "next"))
    second = mover == 1
    swap = second and mine.sum() == 0 and theirs.sum() == 1
    return np.stack([mine, theirs, np.full_like(mine, second), np.full_like(mine, swap)], axis=-1)


def twenty_forty_eight(seen: Seen, mover: int) -> np.ndarray:
    tiles = np.array([seen[f"tile[{cell}]"] for cell in range(16)]).reshape((4, 4))
    return (tiles[..., None] == np.arange(31)) & (tiles[..., None] > 0) | (np.arange(31) == 0) & (tiles[..., None] == 0)


def leduc_holdem(seen: Seen, mover: int) -> np.ndarray:
    hand = next(card for card in range(6) if seen[f"player.hand(me)[{card}]"]) // 2
    common = [card // 2 for card in range(6) if seen[f"common[{card}]"]]
    chips = [np.arange(14) == seen[f"player.paid({player})"] for player in ("me", "next")]
    return np.concatenate([np.arange(3) == hand, np.isin(np.arange(3), common), *chips])


GAMES: dict[str, Callable[[Seen, int], np.ndarray]] = {
    "connect_four": connect_four,
    "hex": hex_,
    "leduc_holdem": leduc_holdem,
    "twenty_forty_eight": twenty_forty_eight,
}


@pytest.mark.parametrize("name", [*GAMES, pytest.param("othello", marks=pytest.mark.slow)])
def test_observations_are_those_of_pgx(name: str) -> None:
    program = spec(name)
    mapped = GAMES.get(name, othello)
    names, interp = observation_names(program), Interp(program)
    reference = import_module(f"tests.references.{name}").pgx()
    rng = random.Random(3)
    for key in range(2):
        game: Game = interp.new_game(key=key)
        reference.reset(None, game.draws)
        for _ in range(30):
            if game.over:
                break
            seen = dict(zip(names, observe(game, game.decider), strict=True))
            theirs: Any = np.asarray(reference.env.observe(reference.state, reference.state.current_player))
            assert (mapped(seen, game.decider) == theirs).all()
            action = rng.choice(game.legal)
            game.step(action)
            reference.step(game.action_name(action), game.draws)
