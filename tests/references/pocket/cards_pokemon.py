"""What the Pokémon of the pool do beyond their printed numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import ASLEEP, BURNED, CONFUSED, PARALYZED, POISONED
from .registry import BANS_SUPPORTERS, WHEN_STRUCK, Steps, ability, attack, put
from .strike import LESS_DAMAGE, NO_ATTACK, SHIELD

if TYPE_CHECKING:
    from .game import Game
    from .model import Pokemon
    from .strike import Strike

RETALIATION = 20

# Attacks: energy


@attack("A1-033")
def ember(strike: Strike) -> None:
    strike.hit()
    strike.game.discard_energy(strike.attacker, "fire", 1)


@attack("A1-036", 1)
def crimson_storm(strike: Strike) -> None:
    strike.hit()
    strike.game.discard_energy(strike.attacker, "fire", 2)


@attack("A1-129", 1)
def psydrive(strike: Strike) -> None:
    strike.hit()
    strike.game.discard_energy(strike.attacker, "psychic", 2)


@attack("A1-047")
def inferno_dance(strike: Strike) -> Steps[None]:
    """Three coins; one fire energy per heads, each to a benched fire Pokémon of choice."""
    game = strike.game
    heads = sum([game.flip() for _ in range(3)])
    targets = [pokemon for pokemon in game.players[strike.me].bench() if pokemon.card.type == "fire"]
    if not targets:
        return
    for _ in range(heads):
        target = yield from game.choose_pokemon(strike.me, targets)
        target.gain_energy("fire")


# Attacks: damage


@attack("A1-056", 1)
def hydro_bazooka(strike: Strike) -> None:
    extra = strike.attack.paid_by(strike.attacker.energy, extra={"water": 2})
    strike.hit(strike.attack.damage + (60 if extra else 0))


@attack("A1-084", 1)
def blizzard(strike: Strike) -> None:
    strike.hit()
    for pokemon in strike.game.players[strike.foe].bench():
        strike.hit_pokemon(pokemon, 10)


@attack("A1-159")
def leech_life(strike: Strike) -> None:
    strike.game.heal(strike.attacker, strike.hit())


# Attacks: conditions


@attack("B2b-010")
def singe(strike: Strike) -> None:
    strike.afflict(BURNED)


@attack("A1-083")
def ice_beam(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip():
        strike.afflict(PARALYZED)


@attack("P-A-038")
def confuse_ray(strike: Strike) -> None:
    strike.afflict(CONFUSED)


@attack("P-A-022")
def sing(strike: Strike) -> None:
    strike.afflict(ASLEEP)


@attack("A1-195")
def sleepy_song(strike: Strike) -> None:
    strike.hit()
    strike.afflict(ASLEEP)


# Attacks: the opponent's next turn


@attack("A1-037")
def tail_whip(strike: Strike) -> None:
    if strike.game.flip():
        strike.burden_defender(NO_ATTACK)


@attack("A1-126")
def barrier_attack(strike: Strike) -> None:
    strike.hit()
    strike.guard_attacker(LESS_DAMAGE, 20)


@attack("A1-140")
def dig(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip():
        strike.guard_attacker(SHIELD)


# Attacks: places and copies


@attack("A1-115")
def teleport(strike: Strike) -> Steps[None]:
    bench = strike.game.players[strike.me].bench()
    if bench:
        successor = yield from strike.game.choose_pokemon(strike.me, bench)
        strike.game.switch_active(successor)


@attack("A1a-032", 1, copies=True)
def genome_hacking(strike: Strike) -> Steps[None]:
    """An attack of the Active opponent, whatever it costs."""
    if strike.defender.card.attacks:
        index = yield from _choose_attack(strike, strike.defender)
        yield from strike.copy(strike.defender.card, index)


@attack("A1-205", 0, copies=True)
def copy_anything(strike: Strike) -> Steps[None]:
    """An attack of any opponent, if the copier's energy pays for it."""
    game = strike.game
    models = [pokemon for pokemon in game.players[strike.foe].in_play() if pokemon.card.attacks]
    if not models:
        return
    model = yield from game.choose_pokemon(strike.me, models)
    index = yield from _choose_attack(strike, model)
    if model.card.attacks[index].paid_by(strike.attacker.energy):
        yield from strike.copy(model.card, index)


def _choose_attack(strike: Strike, model: Pokemon) -> Steps[int]:
    options = {f"option:{index}": index for index in range(len(model.card.attacks))}
    return (yield from strike.game.choose(strike.me, options))


# Abilities


def _active_is_psychic(game: Game, gardevoir: Pokemon) -> bool:
    return game.players[gardevoir.owner].active().card.type == "psychic"


@ability("A1-132", usable=_active_is_psychic)
def psy_shadow(game: Game, gardevoir: Pokemon) -> None:
    game.players[gardevoir.owner].active().gain_energy("psychic")


@ability("A1-177", usable=lambda game, weezing: game.is_active(weezing))
def gas_leak(game: Game, weezing: Pokemon) -> None:
    game.afflict(game.players[1 - weezing.owner].active(), POISONED)


@put(WHEN_STRUCK, "A1a-056")
def rough_skin(game: Game, holder: Pokemon, attacker: Pokemon) -> None:
    attacker.damage += RETALIATION


BANS_SUPPORTERS.add("A1-123")
