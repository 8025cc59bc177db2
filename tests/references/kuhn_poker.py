"""OpenSpiel's Kuhn poker as a reference.

The canonical state: `hands`, each player's card (0 jack, 1 queen, 2 king); `staked`, each player's coins in the pot;
`to_move`, None at the end; `over`; `rewards`, one per player. Actions are `pass` and `bet`. Draws are two of the kind
`deal`, for player 0 and then for player 1, at reset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyspiel

_PLAYERS, _CARDS = 2, 3


class KuhnPoker:
    """Follows one game. Raises ValueError where a request makes no sense."""

    def __init__(self) -> None:
        self._game = pyspiel.load_game("kuhn_poker")
        self._state = self._game.new_initial_state()

    def reset(self, setup: Mapping[str, Any] | None = None, draws: Iterable[Any] = ()) -> dict[str, Any]:
        outcomes = [tuple(draw) for draw in draws]
        if setup or [kind for kind, _ in outcomes] != ["deal"] * _PLAYERS:
            raise ValueError("Kuhn poker starts with two draws of the kind deal, and has no setup")
        self._state = self._game.new_initial_state()
        for _, card in outcomes:
            if card not in self._state.legal_actions():
                raise ValueError(f"card {card} is not in the deck")
            self._state.apply_action(card)
        return self._answer()

    def step(self, action: str, draws: Iterable[Any] = ()) -> dict[str, Any]:
        if list(draws):
            raise ValueError("nothing is drawn after the deal")
        if action not in self._legal():
            raise ValueError(f"not legal: {action}")
        self._state.apply_action(self._legal()[action])
        return self._answer()

    def _legal(self) -> dict[str, int]:
        """The names of the legal actions, with OpenSpiel's numbers."""
        if self._state.is_terminal():
            return {}
        return {self._state.action_to_string(number).lower(): number for number in self._state.legal_actions()}

    def _answer(self) -> dict[str, Any]:
        over = self._state.is_terminal()
        rewards = [int(value) for value in self._state.returns()]
        coins = self._state.observation_tensor(0)[_PLAYERS + _CARDS :]
        state = {
            "hands": self._state.history()[:_PLAYERS],
            "staked": [int(count) for count in coins],
            "to_move": None if over else self._state.current_player(),
            "over": over,
            "rewards": rewards,
        }
        return {"state": state, "legal": list(self._legal()), "over": over, "rewards": rewards}


def factory() -> KuhnPoker:
    return KuhnPoker()
