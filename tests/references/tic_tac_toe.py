"""OpenSpiel's tic-tac-toe as a reference.

The canonical state: `board`, nine times 0, 1 (the player who marked the cell) or None; `to_move`, None at the end;
`over`; `rewards`, one per player. Actions are named `mark:CELL`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyspiel

_MARKS = {".": None, "x": 0, "o": 1}


class TicTacToe:
    """Follows one game. Raises ValueError where a request makes no sense."""

    def __init__(self) -> None:
        self._game = pyspiel.load_game("tic_tac_toe")
        self._state = self._game.new_initial_state()

    def reset(self, setup: Mapping[str, Any] | None = None, draws: Iterable[Any] = ()) -> dict[str, Any]:
        if setup or list(draws):
            raise ValueError("tic-tac-toe has no setup and no draws")
        self._state = self._game.new_initial_state()
        return self._answer()

    def step(self, action: str, draws: Iterable[Any] = ()) -> dict[str, Any]:
        if list(draws):
            raise ValueError("tic-tac-toe has no draws")
        if action not in self._legal():
            raise ValueError(f"not legal: {action}")
        self._state.apply_action(int(action.removeprefix("mark:")))
        return self._answer()

    def _legal(self) -> list[str]:
        over = self._state.is_terminal()
        return [] if over else [f"mark:{cell}" for cell in self._state.legal_actions()]

    def _answer(self) -> dict[str, Any]:
        over = self._state.is_terminal()
        rewards = [int(value) for value in self._state.returns()]
        state = {
            "board": [_MARKS[mark] for mark in str(self._state).replace("\n", "")],
            "to_move": None if over else self._state.current_player(),
            "over": over,
            "rewards": rewards,
        }
        return {"state": state, "legal": self._legal(), "over": over, "rewards": rewards}


def factory() -> TicTacToe:
    return TicTacToe()
