"""Hex, 11 by 11: by pgx, where the second player may swap, and by OpenSpiel, where there is no swap.

`board`: 121 times 0, 1 (whose stone) or None, row by row. Actions are `place:CELL` and `swap`.
"""

from __future__ import annotations

from typing import Any

from tests.references.pgx_games import PgxGame
from tests.references.spiel import SpielGame, cells

_SWAP = 121


def _name(number: int) -> str:
    return "swap" if number == _SWAP else f"place:{number}"


class Spiel(SpielGame):
    def name(self, number: int) -> str:
        return _name(number)

    def shown(self) -> dict[str, Any]:
        mine, theirs = dict.fromkeys("xyzX", 0), dict.fromkeys("opqO", 1)
        return {"board": cells(str(self.state), {".": None, **mine, **theirs})}


class Pgx(PgxGame):
    def name(self, number: int) -> str:
        return _name(number)

    def shown(self) -> dict[str, Any]:
        return {"board": self.board((11, 11))}


def openspiel() -> Spiel:
    return Spiel("hex(num_cols=11,num_rows=11)")


def pgx() -> Pgx:
    return Pgx("hex")
