"""pgx's games as references, through its public interface alone.

pgx deals the seats by lot: its player who moves first is player 0 here. The canonical state has what the game tells,
and `to_move` (None at the end), `over` and `rewards`, one per player.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import jax
import numpy as np
import pgx

Draw = Sequence[Any]


@cache
def compiled(name: Any) -> tuple[Any, Any, Any]:
    """The environment, its `init` and its `step`, compiled once in a process."""
    env = pgx.make(name)
    return env, jax.jit(env.init), jax.jit(env.step)


class PgxGame(ABC):
    """Follows one game. Raises ValueError where a request makes no sense."""

    def __init__(self, name: str) -> None:
        self.env, self.init, self.advance = compiled(name)
        self.state = self.init(jax.random.key(0))
        self.first = int(self.state.current_player)

    @abstractmethod
    def name(self, number: int) -> str:
        """What the rules call an action of pgx."""

    @abstractmethod
    def shown(self) -> dict[str, Any]:
        """The state, beside whose turn it is and what was won."""

    def begin(self, draws: list[Draw]) -> Any:
        """The state in which a game begins."""
        if draws:
            raise ValueError("nothing is drawn at the start")
        return self.init(jax.random.key(0))

    def proceed(self, number: int, draws: list[Draw]) -> Any:
        """The state after an action."""
        if draws:
            raise ValueError("nothing is drawn")
        return self.advance(self.state, number)

    def reset(self, setup: Mapping[str, Any] | None = None, draws: Iterable[Draw] = ()) -> dict[str, Any]:
        if setup:
            raise ValueError("there is no setup")
        self.state = self.begin(list(draws))
        self.first = int(self.state.current_player)
        return self.answer()

    def step(self, action: str, draws: Iterable[Draw] = ()) -> dict[str, Any]:
        legal = self.legal()
        if action not in legal:
            raise ValueError(f"not legal: {action}")
        self.state = self.proceed(legal[action], list(draws))
        return self.answer()

    def over(self) -> bool:
        return bool(self.state.terminated)

    def legal(self) -> dict[str, int]:
        """The names of the legal actions, with pgx's numbers."""
        if self.over():
            return {}
        return {self.name(int(number)): int(number) for number in np.flatnonzero(self.state.legal_action_mask)}

    def rewards(self) -> list[Any]:
        """Rewards by seat, at the end."""
        if not self.over():
            return [0] * self.env.num_players
        found = [int(value) for value in np.asarray(self.state.rewards)]
        return found if self.first == 0 else found[::-1]

    def seat(self) -> int:
        """Whose turn it is."""
        return (int(self.state.current_player) - self.first) % self.env.num_players

    def answer(self) -> dict[str, Any]:
        over = self.over()
        ends = {"to_move": None if over else self.seat(), "over": over, "rewards": self.rewards()}
        return {"state": {**self.shown(), **ends}, "legal": list(self.legal())}

    def planes(self) -> np.ndarray:
        """What the player to move observes."""
        return np.asarray(self.env.observe(self.state, self.state.current_player))

    def board(self, shape: tuple[int, int], mine: int = 0, theirs: int = 1) -> list[int | None]:
        """The board from two planes of the observation: whose stone lies where."""
        planes, seat = self.planes(), self.seat()
        found: list[int | None] = []
        for row in range(shape[0]):
            for column in range(shape[1]):
                own, other = planes[row, column, mine], planes[row, column, theirs]
                found.append(seat if own else 1 - seat if other else None)
        return found
