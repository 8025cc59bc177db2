"""OpenSpiel's games as references, through its public interface alone.

A game says how actions are named, which chance event a draw stands for, and how its state reads. The canonical state
has what the game tells, and `to_move` (None at the end), `over` and `rewards`, one per player.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyspiel

Draw = Sequence[Any]


class SpielGame(ABC):
    """Follows one game. Raises ValueError where a request makes no sense."""

    def __init__(self, name: str) -> None:
        self.game = pyspiel.load_game(name)
        self.state = self.game.new_initial_state()

    @abstractmethod
    def name(self, number: int) -> str:
        """What the rules call a legal action."""

    @abstractmethod
    def shown(self) -> dict[str, Any]:
        """The state, beside whose turn it is and what was won."""

    def chance(self, kind: str, value: Any) -> int:
        """The chance event that is a draw."""
        raise ValueError(f"this game draws no {kind}")

    def number(self, action: str, legal: Mapping[str, int]) -> int:
        """OpenSpiel's number of an action."""
        if action not in legal:
            raise ValueError(f"not legal: {action}")
        return legal[action]

    def reset(self, setup: Mapping[str, Any] | None = None, draws: Iterable[Draw] = ()) -> dict[str, Any]:
        if setup:
            raise ValueError("there is no setup")
        self.state = self.game.new_initial_state()
        self.draw(draws)
        return self.answer()

    def step(self, action: str, draws: Iterable[Draw] = ()) -> dict[str, Any]:
        self.state.apply_action(self.number(action, self.legal()))
        self.draw(draws)
        return self.answer()

    def draw(self, draws: Iterable[Draw]) -> None:
        for kind, value in draws:
            if not self.state.is_chance_node():
                raise ValueError(f"nothing is drawn here, but {kind} {value} was")
            event = self.chance(kind, value)
            if event not in self.state.legal_actions():
                raise ValueError(f"{kind} {value} cannot be drawn")
            self.state.apply_action(event)
        if self.state.is_chance_node():
            raise ValueError("something is drawn here")

    def legal(self) -> dict[str, int]:
        """The names of the legal actions, with OpenSpiel's numbers."""
        if self.state.is_terminal():
            return {}
        return {self.name(number): number for number in self.state.legal_actions()}

    def answer(self) -> dict[str, Any]:
        over = self.state.is_terminal()
        ends = {"to_move": None if over else self.mover(), "over": over, "rewards": self.rewards()}
        return {"state": {**self.shown(), **ends}, "legal": list(self.legal())}

    def mover(self) -> int:
        return self.state.current_player()

    def rewards(self) -> list[int]:
        return [int(value) for value in self.state.returns()] if self.state.is_terminal() else [0] * self.players

    @property
    def players(self) -> int:
        return self.game.num_players()


def cells(text: str, marks: Mapping[str, int | None]) -> list[int | None]:
    """The marks of a drawn board, row by row; other characters are left out."""
    return [marks[character] for character in text if character in marks]
