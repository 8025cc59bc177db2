"""Goofspiel by OpenSpiel, with hidden bids one after the other.

`prizes`: cards that came up, in order; `hands`: each player's cards; `points`; `bid`: whether player 0 has bid already.
Actions are `bid:CARD`, cards from 0. A draw of the kind `prize` is the next prize; the last one is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.references.spiel import Draw, SpielGame

_GAME = "goofspiel(imp_info=False,num_cards=13,players=2,points_order=random,returns_type=win_loss)"


class Spiel(SpielGame):
    secret: int | None = None

    def name(self, number: int) -> str:
        return f"bid:{number}"

    def chance(self, kind: str, value: Any) -> int:
        return int(value)

    def reset(self, setup: Any = None, draws: Iterable[Draw] = ()) -> dict[str, Any]:
        self.secret = None
        return super().reset(setup, draws)

    def step(self, action: str, draws: Iterable[Draw] = ()) -> dict[str, Any]:
        number = self.number(action, self.legal())
        if self.secret is None:
            self.secret = number
        else:
            self.state.apply_actions([self.secret, number])
            self.secret = None
            self.draw(draws)
        return self.answer()

    def mover(self) -> int:
        return 0 if self.secret is None else 1

    def legal(self) -> dict[str, int]:
        if self.state.is_terminal():
            return {}
        return {self.name(number): number for number in self.state.legal_actions(self.mover())}

    def shown(self) -> dict[str, Any]:
        def numbers(line: str) -> list[int]:
            found = re.search(rf"{line}: *([\d ]*)", str(self.state))
            assert found is not None
            return [int(n) for n in found[1].split()]

        return {
            "prizes": sorted(n - 1 for n in numbers("Point card sequence")),
            "hands": [[n - 1 for n in numbers(f"P{player} hand")] for player in range(self.players)],
            "points": numbers("Points"),
            "bid": self.secret is not None,
        }


def openspiel() -> Spiel:
    return Spiel(_GAME)
