"""Abilities: activated ones, modifiers, triggers and bans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import ASLEEP, POISONED
from ..registry import (
    BANS_EVOLVING_THE_ACTIVE,
    BANS_SUPPORTERS,
    DAMAGE_TAKEN,
    DOUBLES_ENERGY,
    WHEN_GIVEN_ENERGY,
    WHEN_STRUCK,
    Steps,
    ability,
    put,
)

if TYPE_CHECKING:
    from ..board import Board
    from ..model import Pokemon
    from ..strike import Strike

RETALIATION = 20

# Activated: healing, energy and cards


def always(_game: Board, _holder: Pokemon) -> bool:
    return True


@ability("A1-007", usable=lambda game, holder: any(own.damage for own in game.players[holder.owner].in_play()))
def heal_all(game: Board, holder: Pokemon) -> None:
    for pokemon in game.players[holder.owner].in_play():
        game.heal(pokemon, 20)


@ability("A1-098", usable=always)
def charge_itself(game: Board, holder: Pokemon) -> None:
    game.take_from_zone(holder, "lightning")


def _active_is_psychic(game: Board, holder: Pokemon) -> bool:
    return game.players[holder.owner].active().card.type == "psychic"


@ability("A1-132", usable=_active_is_psychic)
def charge_the_active(game: Board, holder: Pokemon) -> None:
    game.take_from_zone(game.players[holder.owner].active(), "psychic")


def _water_givers(game: Board, holder: Pokemon) -> list[Pokemon]:
    player = game.players[holder.owner]
    if player.active().card.type != "water":
        return []
    return [pokemon for pokemon in player.bench() if pokemon.card.type == "water" and "water" in pokemon.energy]


@ability("A1a-019", usable=lambda game, holder: bool(_water_givers(game, holder)), once=False)
def move_water_to_the_active(game: Board, holder: Pokemon) -> Steps[None]:
    giver = yield from game.choose_pokemon(holder.owner, _water_givers(game, holder))
    game.move_energy(giver, game.players[holder.owner].active(), "water", 1)


@ability("A1-209", usable=lambda game, holder: len(game.players[holder.owner].deck) > 0)
def look_at_the_top_card(game: Board, holder: Pokemon) -> None:
    game.look_at_top(holder.owner, 1)


# Activated: against the opponent


def _benched_basics(game: Board, holder: Pokemon) -> list[Pokemon]:
    return [pokemon for pokemon in game.players[1 - holder.owner].bench() if pokemon.card.stage == 0]


def _active_with_a_basic_to_call(game: Board, holder: Pokemon) -> bool:
    return game.is_active(holder) and bool(_benched_basics(game, holder))


@ability("A1-020", usable=_active_with_a_basic_to_call)
def switch_in_a_basic(game: Board, holder: Pokemon) -> Steps[None]:
    successor = yield from game.choose_pokemon(holder.owner, _benched_basics(game, holder))
    game.switch_active(successor)


@ability("A1-188", usable=lambda game, holder: bool(game.players[1 - holder.owner].bench()))
def switch_out_the_foe(game: Board, holder: Pokemon) -> Steps[None]:
    yield from game.switch_out(1 - holder.owner)


@ability("A1-089", usable=always)
def damage_a_foe(game: Board, holder: Pokemon) -> Steps[None]:
    """Not damage from an attack."""
    target = yield from game.choose_pokemon(holder.owner, game.players[1 - holder.owner].in_play())
    target.damage += 20


@ability("A1-125", usable=always)
def put_to_sleep_with_heads(game: Board, holder: Pokemon) -> None:
    if game.flip():
        game.afflict(game.players[1 - holder.owner].active(), ASLEEP)


@ability("A1-177", usable=lambda game, holder: game.is_active(holder))
def poison_the_foe(game: Board, holder: Pokemon) -> None:
    game.afflict(game.players[1 - holder.owner].active(), POISONED)


# Modifiers


@put(DAMAGE_TAKEN, "A1-067")
def take_10_less(_game: Board, holder: Pokemon | None, _strike: Strike, target: Pokemon) -> int:
    return -10 if holder is target else 0


@put(DAMAGE_TAKEN, "A1-182")
def take_20_less(_game: Board, holder: Pokemon | None, _strike: Strike, target: Pokemon) -> int:
    return -20 if holder is target else 0


@put(DAMAGE_TAKEN, "P-A-047")
def take_30_less_from_fighting(_game: Board, holder: Pokemon | None, strike: Strike, target: Pokemon) -> int:
    return -30 if holder is target and strike.attacker.card.type == "fighting" else 0


put(DOUBLES_ENERGY, "A1a-006")("grass")

# Triggers


@put(WHEN_STRUCK, "A1-061", "A1a-056")
def strike_back(_game: Board, _holder: Pokemon, attacker: Pokemon) -> None:
    attacker.damage += RETALIATION


@put(WHEN_GIVEN_ENERGY, "P-A-037")
def heal_for_psychic(game: Board, holder: Pokemon, kind: str) -> None:
    if kind == "psychic":
        game.heal(holder, 20)


# Bans

BANS_SUPPORTERS.add("A1-123")
BANS_EVOLVING_THE_ACTIVE.add("A1a-046")
