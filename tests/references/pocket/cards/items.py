"""Items, and when they may be played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..board import LESS_RETREAT
from ..registry import Steps, trainer

if TYPE_CHECKING:
    from ..board import Board
    from ..model import Pokemon


def always(_game: Board, _me: int) -> bool:
    return True


def own_deck_left(game: Board, me: int) -> bool:
    return len(game.players[me].deck) > 0


# Pokémon in play


def _damaged(game: Board, me: int) -> list[Pokemon]:
    return [pokemon for pokemon in game.players[me].in_play() if pokemon.damage]


@trainer("P-A-001", usable=lambda game, me: bool(_damaged(game, me)))
def potion(game: Board, me: int) -> Steps[None]:
    target = yield from game.choose_pokemon(me, _damaged(game, me))
    game.heal(target, 20)


@trainer("P-A-002", usable=always)
def x_speed(game: Board, me: int) -> None:
    game.affect_player(me, LESS_RETREAT, 1)


def _discarded_basics(game: Board, owner: int) -> list[int]:
    player = game.players[owner]
    return [index for index in player.discard if player.cards[index].is_basic]


def _opponent_can_be_given_a_basic(game: Board, me: int) -> bool:
    return game.players[1 - me].free_bench_slot() is not None and bool(_discarded_basics(game, 1 - me))


@trainer("A1a-064", usable=_opponent_can_be_given_a_basic)
def pokemon_flute(game: Board, me: int) -> Steps[None]:
    opponent = game.players[1 - me]
    index = yield from game.choose_card(me, 1 - me, _discarded_basics(game, 1 - me))
    slot = opponent.free_bench_slot()
    assert slot is not None
    opponent.discard.remove(index)
    game.put_into_play(1 - me, index, slot)


# Hands and decks


@trainer("P-A-003", usable=lambda game, me: bool(game.players[1 - me].hand))
def hand_scope(_game: Board, _me: int) -> None:
    """Knowledge only: the state has no place for it."""


@trainer("P-A-004", usable=own_deck_left)
def pokedex(game: Board, me: int) -> None:
    game.look_at_top(me, 3)


def _hand_or_deck_of_opponent(game: Board, me: int) -> bool:
    opponent = game.players[1 - me]
    return bool(opponent.hand) or len(opponent.deck) > 0


@trainer("P-A-006", usable=_hand_or_deck_of_opponent)
def red_card(game: Board, me: int) -> None:
    game.shuffle_hand_into_deck(1 - me)
    game.draw_cards(1 - me, 3)


@trainer("A2b-111", usable=own_deck_left)
def poke_ball(game: Board, me: int) -> None:
    game.random_search(me, lambda card: card.is_basic)


@trainer("A1a-065", usable=own_deck_left)
def mythical_slab(game: Board, me: int) -> None:
    player = game.players[me]
    (index,) = game.look_at_top(me, 1)
    player.deck.remove(index)
    card = player.cards[index]
    if card.is_pokemon and card.type == "psychic":
        player.hand.add(index)
    else:
        player.deck.put_on_bottom(index)
