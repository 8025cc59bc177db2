"""Attacks that discard or attach energy, and those that heal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..registry import Steps, attack, attacks

if TYPE_CHECKING:
    from ..strike import Strike

# Energy of the attacker's side


@attacks(
    {
        "A1-033": ("fire", 1),
        "A1-035": ("fire", 2),
        "A1-036/1": ("fire", 2),
        "A1-038": ("fire", 1),
        "A1-045": ("fire", 1),
        "A1-052": ("fire", 1),
        "A1-128": ("psychic", 2),
        "A1-129/1": ("psychic", 2),
        "A1a-012": ("fire", 2),
        "P-A-079": ("metal", 1),
    }
)
def discard_own(strike: Strike, kind: str, count: int) -> None:
    strike.hit()
    strike.game.discard_energy(strike.attacker, kind, count)


@attack("A1-095")
def discard_all_own(strike: Strike) -> None:
    strike.hit()
    strike.game.discard_all_energy(strike.attacker)


@attacks({"A1-181": "metal", "A1a-001": "grass"})
def attach_to_itself(strike: Strike, kind: str) -> None:
    strike.hit()
    strike.game.take_from_zone(strike.attacker, kind)


@attack("A1-030")
def attach_to_a_benched_grass(strike: Strike) -> Steps[None]:
    strike.hit()
    targets = strike.own_bench_of("grass")
    if targets:
        target = yield from strike.choose(targets)
        strike.game.take_from_zone(target, "grass")


@attack("A1-047")
def attach_to_benched_fire(strike: Strike) -> Steps[None]:
    """Three coins; one fire energy per heads, each to a benched fire Pokémon of choice."""
    heads = strike.game.flips(3)
    targets = strike.own_bench_of("fire")
    if not targets:
        return
    for _ in range(heads):
        target = yield from strike.choose(targets)
        strike.game.take_from_zone(target, "fire")


# Energy of anyone, at random


@attack("A1-078")
def discard_from_the_defender(strike: Strike) -> None:
    strike.hit()
    strike.discard_random_energy(strike.defender)


@attack("A1-178", "A1-192", "A1a-023")
def discard_from_the_defender_with_heads(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip():
        strike.discard_random_energy(strike.defender)


@attack("A1a-018")
def discard_from_anyone(strike: Strike) -> None:
    """Each energy in play is as likely as any other; there is some, at least what paid for the attack."""
    strike.hit()
    attached = {pokemon: pokemon.energy_count() for pokemon in strike.game.in_play() if pokemon.energy}
    strike.discard_random_energy(strike.game.random_pokemon(attached))


# Healing


@attacks(
    {
        "A1-003": 30,
        "A1-004/1": 30,
        "A1-024": 10,
        "A1-029": 10,
        "A1-080": 30,
        "A1a-037": 10,
        "P-A-014": 20,
        "P-A-088": 30,
        "P-A-089": 10,
    }
)
def heal_itself(strike: Strike, amount: int) -> None:
    strike.hit()
    strike.game.heal(strike.attacker, amount)


@attack("P-A-098")
def heal_itself_with_heads(strike: Strike) -> None:
    strike.hit()
    if strike.game.flip():
        strike.game.heal(strike.attacker, 60)


@attack("A1-159")
def heal_what_was_done(strike: Strike) -> None:
    strike.game.heal(strike.attacker, strike.hit())


@attack("A1a-038")
def heal_all(strike: Strike) -> None:
    strike.hit()
    for pokemon in strike.game.players[strike.me].in_play():
        strike.game.heal(pokemon, 20)
