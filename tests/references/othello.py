"""Othello by OpenSpiel and by pgx.

`board`: 64 times 0, 1 (whose disc) or None. Actions are `place:CELL` and `pass`.
"""

from __future__ import annotations

from typing import Any

from tests.references.pgx_games import PgxGame
from tests.references.spiel import SpielGame, cells

_PASS = 64


def _name(number: int) -> str:
    return "pass" if number == _PASS else f"place:{number}"


class Spiel(SpielGame):
    def name(self, number: int) -> str:
        return _name(number)

    def shown(self) -> dict[str, Any]:
        rows = [line for line in str(self.state).splitlines() if line[:1].isdigit()]
        return {"board": cells("".join(rows), {"-": None, "x": 0, "o": 1})}


class Pgx(PgxGame):
    def name(self, number: int) -> str:
        return _name(number)

    def shown(self) -> dict[str, Any]:
        return {"board": self.board((8, 8))}


def openspiel() -> Spiel:
    return Spiel("othello")


def pgx() -> Pgx:
    return Pgx("othello")
