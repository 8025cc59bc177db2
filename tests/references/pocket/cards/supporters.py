"""Supporters, and when they may be played."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..board import HAND_LIMIT, LESS_RETREAT
from ..model import Pokemon
from ..registry import Steps, trainer
from ..strike import LESS_DAMAGE_TO_ALL, MORE_DAMAGE_TO_ACTIVE
from .items import always, own_deck_left

if TYPE_CHECKING:
    from ..board import Board

MADE_STRONGER_BY_BLAINE = ("Ninetales", "Rapidash", "Magmar")
SCOOPED_BY_KOGA = ("Muk", "Weezing")
SCOOPED_BY_EXPEDITIONER = ("Mew ex",)
CHARGED_BY_BROCK = ("Golem", "Onix")
CHARGED_BY_SURGE = ("Raichu", "Electrode", "Electabuzz")


def own(game: Board, me: int, wanted: Callable[[Pokemon], bool]) -> list[Pokemon]:
    return [pokemon for pokemon in game.players[me].in_play() if wanted(pokemon)]


# Healing and energy


def _damaged_grass(game: Board, me: int) -> list[Pokemon]:
    return own(game, me, lambda pokemon: pokemon.card.type == "grass" and pokemon.damage > 0)


@trainer("A1-219", usable=lambda game, me: bool(_damaged_grass(game, me)))
def erika(game: Board, me: int) -> Steps[None]:
    target = yield from game.choose_pokemon(me, _damaged_grass(game, me))
    game.heal(target, 50)


def _water(game: Board, me: int) -> list[Pokemon]:
    return own(game, me, lambda pokemon: pokemon.card.type == "water")


@trainer("A1-220", usable=lambda game, me: bool(_water(game, me)))
def misty(game: Board, me: int) -> Steps[None]:
    target = yield from game.choose_pokemon(me, _water(game, me))
    game.take_from_zone(target, "water", game.flip_until_tails())


def _for_brock(game: Board, me: int) -> list[Pokemon]:
    return own(game, me, lambda pokemon: pokemon.card.name in CHARGED_BY_BROCK)


@trainer("A1-224", usable=lambda game, me: bool(_for_brock(game, me)))
def brock(game: Board, me: int) -> Steps[None]:
    target = yield from game.choose_pokemon(me, _for_brock(game, me))
    game.take_from_zone(target, "fighting")


def _surge_has_something_to_move(game: Board, me: int) -> bool:
    player = game.players[me]
    if player.active().card.name not in CHARGED_BY_SURGE:
        return False
    return any("lightning" in pokemon.energy for pokemon in player.bench())


@trainer("A1-226", usable=_surge_has_something_to_move)
def lt_surge(game: Board, me: int) -> None:
    player = game.players[me]
    for pokemon in player.bench():
        game.move_energy(pokemon, player.active(), "lightning", pokemon.energy.get("lightning", 0))


# Effects on a player


@trainer("A1-221", usable=always)
def blaine(game: Board, me: int) -> None:
    game.affect_player(me, MORE_DAMAGE_TO_ACTIVE, 30, names=MADE_STRONGER_BY_BLAINE)


@trainer("A1-223", usable=always)
def giovanni(game: Board, me: int) -> None:
    game.affect_player(me, MORE_DAMAGE_TO_ACTIVE, 10)


@trainer("A1a-067", usable=always)
def blue(game: Board, me: int) -> None:
    game.affect_player(me, LESS_DAMAGE_TO_ALL, 10, next_turn=True)


@trainer("A1a-068", usable=always)
def leaf(game: Board, me: int) -> None:
    game.affect_player(me, LESS_RETREAT, 2)


# Cards and places


def _can_draw_after_playing(game: Board, me: int) -> bool:
    return own_deck_left(game, me) and len(game.players[me].hand) - 1 < HAND_LIMIT


@trainer("A4b-373", usable=_can_draw_after_playing)
def professors_research(game: Board, me: int) -> None:
    game.draw_cards(me, 2)


@trainer("A1-222", usable=lambda game, me: game.players[me].active().card.name in SCOOPED_BY_KOGA)
def koga(game: Board, me: int) -> None:
    game.return_to_hand(game.players[me].active())


@trainer("A1a-066", usable=lambda game, me: game.players[me].active().card.name in SCOOPED_BY_EXPEDITIONER)
def budding_expeditioner(game: Board, me: int) -> None:
    game.return_to_hand(game.players[me].active())


@trainer("A1-225", usable=lambda game, me: bool(game.players[1 - me].bench()))
def sabrina(game: Board, me: int) -> Steps[None]:
    yield from game.switch_out(1 - me)
