"""What the Trainer cards of the pool do, and when they may be played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .game import HAND_LIMIT, LESS_RETREAT
from .registry import MAX_HP, WHEN_STRUCK, Steps, put, stadium_action, trainer
from .strike import MORE_DAMAGE_TO_ACTIVE

if TYPE_CHECKING:
    from .game import Game
    from .model import Pokemon

RETALIATION = 20
SCOOPED_BY_KOGA = ("Muk", "Weezing")


def always(_game: Game, _me: int) -> bool:
    return True


def own_deck_left(game: Game, me: int) -> bool:
    return len(game.players[me].deck) > 0


# Items


def _damaged(game: Game, me: int) -> list[Pokemon]:
    return [pokemon for pokemon in game.players[me].in_play() if pokemon.damage]


@trainer("P-A-001", usable=lambda game, me: bool(_damaged(game, me)))
def potion(game: Game, me: int) -> Steps[None]:
    target = yield from game.choose_pokemon(me, _damaged(game, me))
    game.heal(target, 20)


@trainer("P-A-002", usable=always)
def x_speed(game: Game, me: int) -> None:
    game.affect_player(me, LESS_RETREAT, 1)


@trainer("P-A-003", usable=lambda game, me: bool(game.players[1 - me].hand))
def hand_scope(_game: Game, _me: int) -> None:
    """Knowledge only: the state has no place for it."""


@trainer("P-A-004", usable=own_deck_left)
def pokedex(game: Game, me: int) -> None:
    game.look_at_top(me, 3)


def _hand_or_deck_of_opponent(game: Game, me: int) -> bool:
    opponent = game.players[1 - me]
    return bool(opponent.hand) or len(opponent.deck) > 0


@trainer("P-A-006", usable=_hand_or_deck_of_opponent)
def red_card(game: Game, me: int) -> None:
    opponent = game.players[1 - me]
    opponent.deck.shuffle_in(opponent.hand)
    opponent.hand.clear()
    game.draw_cards(1 - me, 3)


@trainer("A2b-111", usable=own_deck_left)
def poke_ball(game: Game, me: int) -> None:
    game.random_search(me, lambda card: card.is_basic)


@trainer("A1a-065", usable=own_deck_left)
def mythical_slab(game: Game, me: int) -> None:
    player = game.players[me]
    (index,) = game.look_at_top(me, 1)
    player.deck.remove(index)
    card = player.cards[index]
    if card.is_pokemon and card.type == "psychic":
        player.hand.add(index)
    else:
        player.deck.put_on_bottom(index)


# Supporters


def _can_draw_after_playing(game: Game, me: int) -> bool:
    return own_deck_left(game, me) and len(game.players[me].hand) - 1 < HAND_LIMIT


@trainer("A4b-373", usable=_can_draw_after_playing)
def professors_research(game: Game, me: int) -> None:
    game.draw_cards(me, 2)


def _water(game: Game, me: int) -> list[Pokemon]:
    return [pokemon for pokemon in game.players[me].in_play() if pokemon.card.type == "water"]


@trainer("A1-220", usable=lambda game, me: bool(_water(game, me)))
def misty(game: Game, me: int) -> Steps[None]:
    target = yield from game.choose_pokemon(me, _water(game, me))
    while game.flip():
        target.gain_energy("water")


@trainer("A1-222", usable=lambda game, me: game.players[me].active().card.name in SCOOPED_BY_KOGA)
def koga(game: Game, me: int) -> None:
    game.return_to_hand(game.players[me].active())


@trainer("A1-223", usable=always)
def giovanni(game: Game, me: int) -> None:
    game.affect_player(me, MORE_DAMAGE_TO_ACTIVE, 10)


@trainer("A1-225", usable=lambda game, me: bool(game.players[1 - me].bench()))
def sabrina(game: Game, me: int) -> Steps[None]:
    successor = yield from game.choose_pokemon(1 - me, game.players[1 - me].bench())
    game.switch_active(successor)


# Tools


@put(MAX_HP, "A2-147")
def giant_cape(_game: Game, holder: Pokemon | None, pokemon: Pokemon) -> int:
    return 20 if holder is pokemon else 0


@put(WHEN_STRUCK, "A2-148")
def rocky_helmet(_game: Game, _holder: Pokemon, attacker: Pokemon) -> None:
    attacker.damage += RETALIATION


# Stadiums


@put(MAX_HP, "B2-154")
def starting_plains(_game: Game, _holder: Pokemon | None, pokemon: Pokemon) -> int:
    return 20 if pokemon.card.stage == 0 else 0


@stadium_action("B2a-093", usable=own_deck_left)
def mesagoza(game: Game, me: int) -> None:
    if game.flip():
        game.random_search(me, lambda card: card.is_pokemon)
