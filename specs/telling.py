"""What the adapters of several games tell alike."""

from __future__ import annotations

from typing import Any


def ends(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Whose turn it is (None at the end), whether the game is over, and what everybody got."""
    over = snapshot["over"]
    return {"to_move": None if over else snapshot["decider"], "over": over, "rewards": snapshot["rewards"]}


def board(program: Any, snapshot: dict[str, Any], field: str, entity: str = "cell") -> list[int | None]:
    """Whose piece stands on every place, where each player has the set of places with theirs."""
    found: list[int | None] = [None] * program.entities[entity].total
    for player, places in enumerate(snapshot["fields"][field]):
        for place in places:
            found[place] = player
    return found
