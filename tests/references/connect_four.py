"""Connect four by OpenSpiel and by pgx.

`board`: 42 times 0, 1 (whose stone) or None, from the top. Actions are `drop:COLUMN`.
"""

from __future__ import annotations

from typing import Any

from tests.references.pgx_games import PgxGame
from tests.references.spiel import SpielGame, cells


class Spiel(SpielGame):
    def name(self, number: int) -> str:
        return f"drop:{number}"

    def shown(self) -> dict[str, Any]:
        return {"board": cells(str(self.state), {".": None, "x": 0, "o": 1})}


class Pgx(PgxGame):
    def name(self, number: int) -> str:
        return f"drop:{number}"

    def shown(self) -> dict[str, Any]:
        return {"board": self.board((6, 7))}


def openspiel() -> Spiel:
    return Spiel("connect_four")


def pgx() -> Pgx:
    return Pgx("connect_four")
