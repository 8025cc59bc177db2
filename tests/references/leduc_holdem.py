"""Leduc hold'em by OpenSpiel and by pgx.

`ranks`: each player's card (0 jack, 1 queen, 2 king); `common`: the rank of the common card or None; `paid`: chips
in the pot. Actions are `fold`, `call` and `raise`. Draws are of the kind `deal`: cards 0 to 5, two a rank.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jax
import numpy as np

from tests.references.pgx_games import Draw, PgxGame, compiled
from tests.references.spiel import SpielGame

_ACTIONS = ("call", "raise", "fold")  # in the order of pgx
_STACK = 100


class Spiel(SpielGame):
    def name(self, number: int) -> str:
        return self.state.action_to_string(number).lower()

    def chance(self, kind: str, value: Any) -> int:
        return int(value)

    def shown(self) -> dict[str, Any]:
        text = str(self.state)
        common, *hands = (int(n) for n in re.findall(r"Cards.*: (-?\d+) (-?\d+) (-?\d+)", text)[0])
        money = [int(n) for n in re.findall(r"Money.*: (-?\d+) (-?\d+)", text)[0]]
        over = self.state.is_terminal()  # then the pot is paid out
        return {
            "ranks": [card // 2 for card in hands],
            "common": None if over or common < 0 else common // 2,
            "paid": None if over else [_STACK - left for left in money],
        }


@cache
def _deals() -> dict[tuple[int, int, int], int]:
    """A key for every deal: the rank of who moves first, of the other, and of the common card."""
    env, _, _ = compiled("leduc_holdem")
    keys = jax.vmap(jax.random.key)(np.arange(512))
    start = jax.vmap(env.init)(keys)
    middle = jax.vmap(env.step)(jax.vmap(env.step)(start, np.zeros(512, np.int32)), np.zeros(512, np.int32))
    own = [np.asarray(jax.vmap(env.observe, (0, None))(start, player)) for player in (0, 1)]
    common = np.asarray(jax.vmap(env.observe, (0, None))(middle, 0))
    found: dict[tuple[int, int, int], int] = {}
    for i, first in enumerate(np.asarray(start.current_player)):
        ranks = [int(np.argmax(own[player][i, :3])) for player in (first, 1 - first)]
        found.setdefault((ranks[0], ranks[1], int(np.argmax(common[i, 3:6]))), i)
    return found


class Pgx(PgxGame):
    """pgx deals everything by the key of `init`: a game of the deal that is drawn is looked up, and played again."""

    def name(self, number: int) -> str:
        return _ACTIONS[number]

    def begin(self, draws: list[Draw]) -> Any:
        if [kind for kind, _ in draws] != ["deal"] * 2:
            raise ValueError("two cards are dealt at first")
        self.ranks = [value // 2 for _, value in draws]
        self.common: int | None = None
        self.taken: list[int] = []
        return self.dealt(next(k for deal, k in _deals().items() if list(deal[:2]) == self.ranks))

    def dealt(self, key: int) -> Any:
        return self.init(jax.random.key(key))

    def proceed(self, number: int, draws: list[Draw]) -> Any:
        self.taken.append(number)
        if not draws:
            return self.advance(self.state, number)
        ((kind, card),) = draws
        if kind != "deal" or self.common is not None:
            raise ValueError("one common card is dealt")
        self.common = card // 2
        state = self.dealt(_deals()[self.ranks[0], self.ranks[1], card // 2])
        self.first = int(state.current_player)
        for taken in self.taken:
            state = self.advance(state, taken)
        return state

    def shown(self) -> dict[str, Any]:
        over, seats = self.over(), (self.first, 1 - self.first)
        seen = [np.asarray(self.env.observe(self.state, player)) for player in seats]
        common = np.flatnonzero(seen[0][3:6])
        return {
            "ranks": [int(np.argmax(view[:3])) for view in seen],
            "common": None if over or not len(common) else int(common[0]),
            "paid": None if over else [int(np.argmax(view[6:20])) for view in seen],
        }


def openspiel() -> Spiel:
    return Spiel("leduc_poker")


def pgx() -> Pgx:
    return Pgx("leduc_holdem")
