"""2048 by pgx. (OpenSpiel 2.0.2 forbids some moves that join tiles, so it cannot be followed.)

`tiles`: 16 exponents, row by row, 0 for none; `rewards`: the score of the last move. Actions are `slide:SIDE`. Every
new tile is two draws: its `spot` (a cell) and its kind, `fresh` (0 a two, 1 a four).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import numpy as np

from tests.references.pgx_games import Draw, PgxGame, compiled

_SIDES = ("left", "up", "right", "down")  # in the order of pgx
_LUCK = 256  # keys that are tried at once
_BATCHES = 200


@cache
def _lucky() -> tuple[Any, Any]:
    """`init` and `step` with many keys at once."""
    env, _, _ = compiled("2048")
    return jax.jit(jax.vmap(env.init)), jax.jit(jax.vmap(env.step, (None, None, 0)))


@cache
def _keys(batch: int) -> Any:
    return jax.random.split(jax.random.key(batch), _LUCK)


def _tiles(state: Any) -> np.ndarray:
    """The exponents of the cells, row by row, from the observation."""
    seen = np.asarray(state.observation)
    return seen.argmax(axis=-1).reshape((*seen.shape[:-3], 16))


class Pgx(PgxGame):
    """pgx takes a key for every new tile: keys are tried until one brings the tile that was drawn."""

    def name(self, number: int) -> str:
        return f"slide:{_SIDES[number]}"

    def begin(self, draws: list[Draw]) -> Any:
        wanted = np.zeros(16, int)
        for (_, spot), (_, four) in zip(draws[::2], draws[1::2], strict=True):
            wanted[spot] = 1 + four
        init, _ = _lucky()
        return self.lucky(init, lambda tiles: (tiles == wanted).all(axis=-1))

    def proceed(self, number: int, draws: list[Draw]) -> Any:
        (_, spot), (_, four) = draws  # the spot is empty before the new tile comes
        _, step = _lucky()
        return self.lucky(lambda keys: step(self.state, number, keys), lambda tiles: tiles[:, spot] == 1 + four)

    def lucky(self, outcomes: Callable[[Any], Any], fits: Callable[[np.ndarray], np.ndarray]) -> Any:
        for batch in range(_BATCHES):
            states = outcomes(_keys(batch))
            found = np.flatnonzero(fits(_tiles(states)))
            if len(found):
                return jax.tree.map(lambda leaf, first=found[0]: leaf[first], states)
        raise ValueError("no key brings this tile")

    def rewards(self) -> list[int]:
        return [int(self.state.rewards[0])]

    def shown(self) -> dict[str, Any]:
        return {"tiles": _tiles(self.state).tolist()}


def pgx() -> Pgx:
    return Pgx("2048")
