"""Attacks whose point is how much damage is done, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import POISONED
from ..registry import Steps, attack, attacks

if TYPE_CHECKING:
    from ..strike import Strike

# Coins


@attacks({"A1-022": 30, "A1a-010": 30, "P-A-111": 30, "A1-023": 40, "A1-111": 40, "A1a-011": 60})
def more_with_heads(strike: Strike, more: int) -> None:
    strike.hit_harder(more if strike.game.flip() else 0)


@attack("A1-031", "A1-046", "A1-073", "A1a-041", "P-A-020", "P-A-103")
def nothing_with_tails(strike: Strike) -> None:
    if strike.game.flip():
        strike.hit()


@attacks(
    {
        "A1-026": (2, 50),
        "A1-102": (4, 40),
        "A1-104/1": (4, 50),
        "A1-136": (2, 100),
        "A1-153": (2, 80),
        "A1-203": (2, 30),
        "P-A-102": (2, 40),
        "P-A-114": (4, 50),
    }
)
def so_much_for_each_heads(strike: Strike, coins: int, each: int) -> None:
    strike.hit(each * strike.game.flips(coins))


@attack("A1a-003")
def coin_for_each_own_energy(strike: Strike) -> None:
    strike.hit(50 * strike.game.flips(strike.game.provided_count(strike.attacker)))


@attacks({"A1-201": 60, "A1a-061": 20})
def so_much_for_each_heads_before_tails(strike: Strike, each: int) -> None:
    strike.hit(each * strike.game.flip_until_tails())


@attack("P-A-063")
def more_for_each_heads_before_tails(strike: Strike) -> None:
    strike.hit_harder(30 * strike.game.flip_until_tails())


@attack("A1-069")
def more_with_two_heads(strike: Strike) -> None:
    strike.hit_harder(80 if strike.game.flips(2) == 2 else 0)


@attack("A1-101")
def more_with_heads_recoil_with_tails(strike: Strike) -> None:
    if strike.game.flip():
        strike.hit_harder(40)
    else:
        strike.hit()
        strike.hit_pokemon(strike.attacker, 20)


# More, depending on what is there


@attacks(
    {"A1-055": ("water", 2, 60), "A1-056/1": ("water", 2, 60), "A1-079": ("water", 3, 70), "A1a-009": ("grass", 3, 70)}
)
def more_with_extra_energy(strike: Strike, kind: str, count: int, more: int) -> None:
    """Extra is beyond the cost of the attack."""
    extra = strike.attack.paid_by(strike.game.provided_energy(strike.attacker), count, kind)
    strike.hit_harder(more if extra else 0)


@attacks({"A1-117": 30, "A1-127": 20, "A1a-002": 20})
def more_for_each_energy_on_the_defender(strike: Strike, each: int) -> None:
    strike.hit_harder(each * strike.game.provided_count(strike.defender))


@attacks({"A1-091": 60, "P-A-053": 60})
def more_against_the_damaged(strike: Strike, more: int) -> None:
    strike.hit_harder(more if strike.defender.damage else 0)


@attack("A1-142")
def more_when_damaged(strike: Strike) -> None:
    strike.hit_harder(60 if strike.attacker.damage else 0)


@attacks({"A1-175": 50, "A1a-055": 50, "A1a-015": 40})
def more_against_the_poisoned(strike: Strike, more: int) -> None:
    strike.hit_harder(more if POISONED in strike.defender.status else 0)


@attack("A1a-060")
def more_against_an_ex(strike: Strike) -> None:
    strike.hit_harder(80 if strike.defender.card.ex else 0)


@attack("A1a-047")
def more_after_a_loss(strike: Strike) -> None:
    """An attack's damage Knocked Out one of the own Pokémon in the turn before."""
    lost = strike.game.players[strike.me].lost_to_attack_in == strike.game.turn - 1
    strike.hit_harder(60 if lost else 0)


@attacks({"A1-096": 30, "A1a-025": 10})
def so_much_for_each_benched_lightning(strike: Strike, each: int) -> None:
    strike.hit(each * len(strike.own_bench_of("lightning")))


@attack("A1-213")
def so_much_for_each_benched(strike: Strike) -> None:
    strike.hit(30 * len(strike.own_bench()))


@attack("A1-168")
def more_for_each_benched_nidoking(strike: Strike) -> None:
    strike.hit_harder(50 * sum(pokemon.card.name == "Nidoking" for pokemon in strike.own_bench()))


@attack("A1a-035", "A1a-059")
def more_for_each_benched_foe(strike: Strike) -> None:
    strike.hit_harder(20 * len(strike.foes_bench()))


# Others than the opponent's Active


@attacks({"A1-040": 20, "A1-041": 20, "A1-149": 50, "P-A-017": 10, "P-A-078": 30, "P-A-112": 30})
def recoil(strike: Strike, number: int) -> None:
    strike.hit()
    strike.hit_pokemon(strike.attacker, number)


@attacks({"A1-084/1": 10, "A1a-026": 20})
def also_the_whole_bench(strike: Strike, number: int) -> None:
    strike.hit()
    for pokemon in strike.foes_bench():
        strike.hit_pokemon(pokemon, number)


@attack("A1-103")
def also_one_of_the_own_bench(strike: Strike) -> Steps[None]:
    strike.hit()
    if strike.own_bench():
        target = yield from strike.choose(strike.own_bench())
        strike.hit_pokemon(target, 30)


@attacks({"A1-071": 50, "A1-106": 30, "A1a-027": 40, "P-A-094": 10})
def one_of_the_foes(strike: Strike, number: int) -> Steps[None]:
    target = yield from strike.choose(strike.foes())
    strike.hit_pokemon(target, number)


@attacks({"A1-154": 30, "A1a-021": 50})
def one_of_the_benched_foes(strike: Strike, number: int) -> Steps[None]:
    if strike.foes_bench():
        target = yield from strike.choose(strike.foes_bench())
        strike.hit_pokemon(target, number)


@attack("A1a-014")
def one_of_the_foes_for_two_fire(strike: Strike) -> Steps[None]:
    """Damage comes before the attack's other effects."""
    target = yield from strike.choose(strike.foes())
    strike.hit_pokemon(target, 80)
    strike.game.discard_energy(strike.attacker, "fire", 2)


@attacks({"A1-185": (4, 50), "P-A-064": (4, 40)})
def random_foes(strike: Strike, times: int, each: int) -> None:
    """First all the draws, then one sum of damage for each."""
    foes = strike.foes()
    drawn = [strike.game.random_pokemon(dict.fromkeys(foes, 1)) for _ in range(times)]
    for pokemon in foes:
        strike.hit_pokemon(pokemon, each * drawn.count(pokemon))
