"""Kalah by OpenSpiel.

`seeds`: 14 numbers, player 1's store first, then player 0's pits, player 0's store and player 1's pits. Actions are
`sow:PIT`.
"""

from __future__ import annotations

from typing import Any

from tests.references.spiel import SpielGame

_AROUND = 14


class Spiel(SpielGame):
    def name(self, number: int) -> str:
        return f"sow:{number}"

    def shown(self) -> dict[str, Any]:
        return {"seeds": [int(n) for n in self.state.observation_tensor(0)[:_AROUND]]}


def openspiel() -> Spiel:
    return Spiel("mancala")
