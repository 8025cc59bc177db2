"""Pokémon Tools and Stadiums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..registry import MAX_HP, WHEN_STRUCK, put, stadium_action
from .items import own_deck_left

if TYPE_CHECKING:
    from ..board import Board
    from ..model import Pokemon

RETALIATION = 20


@put(MAX_HP, "A2-147")
def giant_cape(_game: Board, holder: Pokemon | None, pokemon: Pokemon) -> int:
    return 20 if holder is pokemon else 0


@put(WHEN_STRUCK, "A2-148")
def rocky_helmet(_game: Board, _holder: Pokemon, attacker: Pokemon) -> None:
    attacker.damage += RETALIATION


@put(MAX_HP, "B2-154")
def starting_plains(_game: Board, _holder: Pokemon | None, pokemon: Pokemon) -> int:
    return 20 if pokemon.card.stage == 0 else 0


@stadium_action("B2a-093", usable=own_deck_left)
def mesagoza(game: Board, me: int) -> None:
    if game.flip():
        game.random_search(me, lambda card: card.is_pokemon)
