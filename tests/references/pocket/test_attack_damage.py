"""Attacks whose number depends on coins or on what is there, and those that damage others than the Active."""

from __future__ import annotations

from typing import Any

import pytest

from .positions import (
    ABRA,
    BLAINE,
    CAPE,
    FOSSIL,
    GIOVANNI,
    HEADS,
    HELMET,
    POTION,
    TAILS,
    Table,
    evolved,
    mon,
    ready,
    side,
    struck,
    wall,
)


def slots(*places: int) -> list[tuple[str, list[int]]]:
    """Opponents drawn at random."""
    return [("slot", [1, place]) for place in places]


# Coins


@pytest.mark.parametrize(
    ("attack", "tails", "heads"),
    [
        ("A1-022", 30, 60),
        ("A1-023", 40, 80),
        ("A1-111", 40, 80),
        ("A1a-010", 10, 40),
        ("A1a-011", 40, 100),
        ("P-A-111", 20, 50),
        ("A1-031", 0, 40),
        ("A1-046", 0, 130),
        ("A1-073", 0, 80),
        ("A1a-041", 0, 50),
        ("P-A-020", 0, 50),
        ("P-A-103", 0, 40),
    ],
)
def test_one_coin_decides_how_much(attack: str, tails: int, heads: int):
    assert struck(attack, TAILS).damage(1) == tails
    assert struck(attack, HEADS).damage(1) == heads


@pytest.mark.parametrize(
    ("attack", "coins", "each"),
    [
        ("A1-026", 2, 50),
        ("A1-102", 4, 40),
        ("A1-104/1", 4, 50),
        ("A1-136", 2, 100),
        ("A1-153", 2, 80),
        ("A1-203", 2, 30),
        ("P-A-102", 2, 40),
        ("P-A-114", 4, 50),
    ],
)
def test_every_coin_is_flipped_and_each_heads_counts(attack: str, coins: int, each: int):
    table = Table(side(ready(attack)), side(wall()))
    table.refuses(f"attack:{attack.partition('/')[2] or 0}", *[TAILS] * (coins - 1))
    assert struck(attack, *[TAILS] * coins).damage(1) == 0
    assert struck(attack, *[TAILS] * (coins - 1), HEADS).damage(1) == each


def test_two_heads_of_two_are_needed_and_both_coins_are_flipped():
    assert struck("A1-069", HEADS, HEADS, foe=side(wall(tools=(CAPE,)), mon(ABRA))).damage(1) == 160
    assert struck("A1-069", HEADS, TAILS).damage(1) == 80
    assert struck("A1-069", TAILS, HEADS).damage(1) == 80


def test_coins_until_tails_have_no_cap():
    assert struck("A1-201", TAILS).damage(1) == 0
    assert struck("A1-201", HEADS, HEADS, TAILS).damage(1) == 120
    assert struck("A1a-061", *[HEADS] * 5, TAILS).damage(1) == 100
    assert struck("P-A-063", TAILS).damage(1) == 70
    assert struck("P-A-063", HEADS, HEADS, TAILS).damage(1) == 130
    assert struck("A1a-061", *[HEADS] * 40, TAILS).winner == 0


def test_electabuzz_hits_harder_or_hurts_itself():
    table = struck("A1-101", HEADS)
    assert (table.damage(0), table.damage(1)) == (0, 80)
    table = struck("A1-101", TAILS)
    assert (table.damage(0), table.damage(1)) == (20, 40)


def test_celebi_ex_flips_for_each_of_its_energies():
    table = struck("A1a-003", HEADS, TAILS, HEADS, me=side(evolved("A1a-003", grass=1, fire=2)))
    assert table.damage(1) == 100


def test_an_attack_whose_coins_give_nothing_gets_no_bonus():
    me = side(ready("A1-203"), hand=(GIOVANNI,))
    foe = side(mon("A1-206"))  # weak to fighting, but nothing is done
    assert Table(me, foe).do("supporter:0").do("attack:0", TAILS, TAILS).damage(1) == 0


# More, depending on what is there


@pytest.mark.parametrize(
    ("attack", "extra", "plain", "more"),
    [
        ("A1-055", {"water": 2}, 80, 60),
        ("A1-079", {"water": 3}, 20, 70),
        ("A1a-009", {"grass": 3}, 20, 70),
    ],
)
def test_extra_energy_is_beyond_the_cost(attack: str, extra: dict[str, int], plain: int, more: int):
    ((kind, count),) = extra.items()
    for there, expected in ((count - 1, plain), (count, plain + more)):
        attacker = ready(attack)
        attacker.energy[kind] = attacker.energy.get(kind, 0) + there
        assert struck(attack, me=side(attacker)).damage(1) == expected
    attacker = ready(attack)
    attacker.energy["metal"] = attacker.energy.get("metal", 0) + count
    assert struck(attack, me=side(attacker)).damage(1) == plain


@pytest.mark.parametrize(("attack", "plain", "each"), [("A1-117", 60, 30), ("A1-127", 30, 20), ("A1a-002", 80, 20)])
def test_energy_on_the_defender_counts(attack: str, plain: int, each: int):
    assert struck(attack).damage(1) == plain
    assert struck(attack, foe=side(wall(fire=1, metal=1))).damage(1) == plain + 2 * each


@pytest.mark.parametrize("attack", ["A1-091", "P-A-053"])
def test_damage_on_the_defender_counts_if_it_was_there_before(attack: str):
    assert struck(attack).damage(1) == 10
    assert struck(attack, foe=side(wall(damage=20))).damage(1) == 90


def test_primeape_hits_harder_when_hurt():
    assert struck("A1-142").damage(1) == 40
    assert struck("A1-142", me=side(ready("A1-142", damage=10))).damage(1) == 100


@pytest.mark.parametrize(("attack", "plain", "more"), [("A1-175", 70, 50), ("A1a-055", 70, 50), ("A1a-015", 10, 40)])
def test_poison_on_the_defender_counts(attack: str, plain: int, more: int):
    assert struck(attack).damage(1) == plain
    assert struck(attack, foe=side(wall(status=("poisoned",)))).damage(1) == plain + more + 10
    assert struck(attack, TAILS, foe=side(wall(status=("burned",)))).damage(1) == plain + 20


def test_tauros_hits_an_ex_harder():
    assert struck("A1a-060").damage(1) == 40
    assert struck("A1a-060", foe=side(evolved("A1-036"))).damage(1) == 120


@pytest.mark.parametrize(("attack", "each"), [("A1-096", 30), ("A1a-025", 10)])
def test_benched_lightning_pokemon_count(attack: str, each: int):
    bench = [mon("A1-094"), mon(ABRA), mon("A1-097")]
    assert struck(attack, me=side(ready(attack), *bench)).damage(1) == 2 * each
    assert struck(attack, me=side(ready(attack), mon(ABRA))).damage(1) == 0


def test_cinccino_counts_all_of_its_bench_fossils_too():
    assert struck("A1-213", me=side(ready("A1-213"), mon(ABRA), mon(FOSSIL))).damage(1) == 60
    assert struck("A1-213").damage(1) == 0


def test_nidoqueen_counts_benched_nidoking():
    me = side(ready("A1-168"), evolved("A1-171"), evolved("A1-170"))
    assert struck("A1-168", me=me).damage(1) == 130


@pytest.mark.parametrize(("attack", "plain"), [("A1a-035", 10), ("A1a-059", 80)])
def test_the_opponents_bench_counts(attack: str, plain: int):
    assert struck(attack, foe=side(wall(), mon(ABRA), None, mon(ABRA))).damage(1) == plain + 40


# Marshadow: after a loss to an attack


def marshadow(*in_play: Any, **rest: Any) -> Any:
    return side(*in_play, ready("A1a-047"), **rest)


def test_marshadow_remembers_a_knock_out_by_an_attack_in_the_turn_before():
    table = Table(side(ready("A1-036")), marshadow(mon(ABRA)))
    assert table.do("attack:0").name(1) == "Marshadow"
    assert table.do("attack:0").damage(0) == 100


def test_marshadow_forgets_after_a_turn():
    table = Table(side(ready("A1-036")), marshadow(mon(ABRA)))
    table.do("attack:0").do("end").do("end").do("attack:0")
    assert table.damage(0) == 40


def test_marshadow_counts_a_loss_on_the_bench():
    table = Table(side(ready("A1-084/1")), side(ready("A1a-047", tools=(CAPE,)), mon(ABRA, damage=50)))
    assert table.do("attack:1").do("attack:0").damage(0) == 100


def test_marshadow_does_not_count_falling_at_the_checkup():
    poisoned = marshadow(mon(FOSSIL, damage=10, status=("poisoned",)))
    table = Table(side(ready("A1-053")), poisoned).do("attack:0")  # 20 of the 30 it had left, then poison
    assert table.points() == [1, 0]
    assert table.do("attack:0").damage(0) == 40


def test_marshadow_does_not_count_a_knock_out_by_an_ability():
    table = Table(side(wall(), evolved("A1-089")), marshadow(mon(ABRA, damage=50)))
    table.do("ability:1").do("slot:1:0").do("end")
    assert table.points() == [1, 0]
    assert table.do("attack:0").damage(0) == 40


# Others than the opponent's Active


@pytest.mark.parametrize(
    ("attack", "number", "back"),
    [
        ("A1-040", 100, 20),
        ("A1-041", 120, 20),
        ("A1-149", 150, 50),
        ("P-A-017", 30, 10),
        ("P-A-078", 100, 30),
        ("P-A-112", 130, 30),
    ],
)
def test_recoil(attack: str, number: int, back: int):
    table = struck(attack)
    assert (table.damage(1), table.damage(0)) == (number, back)


def test_recoil_meets_neither_weakness_nor_bonus_and_may_knock_out_both():
    me = side(ready("A1-040", damage=110), mon(ABRA), hand=(BLAINE,))
    foe = side(wall(damage=60), mon(ABRA))
    table = Table(me, foe).do("supporter:0").do("attack:0")
    assert table.points() == [1, 1]


def test_spread_reaches_the_whole_bench():
    table = struck("A1a-026", foe=side(wall(), mon(ABRA), None, mon("A1-053")))
    assert [table.damage(1, slot) for slot in (0, 1, 3)] == [60, 20, 20]


def test_zapdos_hits_one_of_its_own_bench_after_the_defender():
    me = side(ready("A1-103"), mon(ABRA), evolved("A1-067"), mon("A1-094"))
    table = struck("A1-103", me=me)
    assert table.damage(1) == 100
    assert table.legal == ["slot:0:1", "slot:0:2", "slot:0:3"]
    assert table.do("slot:0:2").damage(0, 2) == 20  # Cloyster takes 10 less, also from its own side
    alone = struck("A1-103")
    assert (alone.damage(1), alone.state["current"]) == (100, 1)
    assert struck("A1-103", me=side(ready("A1-103"), mon(ABRA, damage=30))).points() == [0, 1]


@pytest.mark.parametrize(("attack", "number"), [("A1-071", 50), ("A1-106", 30), ("A1a-027", 40), ("P-A-094", 10)])
def test_one_opponent_of_choice(attack: str, number: int):
    foe = side(wall(), mon(FOSSIL), mon("A1-206"))
    table = struck(attack, foe=foe)
    assert table.legal == ["slot:1:0", "slot:1:1", "slot:1:2"]
    table.do("slot:1:2")
    assert (table.damage(1), table.damage(1, 2)) == (0, number)
    assert struck(attack).damage(1) == number


def test_weakness_counts_for_a_chosen_active_but_not_on_the_bench():
    foe = side(mon("A1-053"), mon("A1-053"))  # weak to lightning
    assert struck("A1-106", foe=foe).do("slot:1:0").damage(1) == 50
    assert struck("A1-106", foe=foe).do("slot:1:1").damage(1, 1) == 30


def test_giovanni_helps_a_chosen_active_only():
    me = side(ready("A1-106"), hand=(GIOVANNI,))
    foe = side(wall(), mon("A1-206"))
    assert Table(me, foe).do("supporter:0").do("attack:0").do("slot:1:0").damage(1) == 40
    assert Table(me, foe).do("supporter:0").do("attack:0").do("slot:1:1").damage(1, 1) == 30


@pytest.mark.parametrize(("attack", "number"), [("A1-154", 30), ("A1a-021", 50)])
def test_one_benched_opponent_of_choice(attack: str, number: int):
    table = struck(attack, foe=side(wall(), mon("A1-206"), mon("A1-206")))
    assert table.legal == ["slot:1:1", "slot:1:2"]
    table.do("slot:1:1")
    assert (table.damage(1), table.damage(1, 1)) == (0, number)
    assert struck(attack, foe=side(wall(), mon("A1-206"))).damage(1, 1) == number
    alone = struck(attack)
    assert (alone.damage(1), alone.state["current"]) == (0, 1)


def test_volcarona_damages_one_and_then_pays_two_fire():
    table = struck("A1a-014", foe=side(wall(), evolved("A1-007")))
    assert table.energy(0) == {"fire": 2, "metal": 1}
    table.do("slot:1:1")
    assert (table.damage(1, 1), table.energy(0)) == (80, {"metal": 1})


def test_a_chosen_poliwrath_strikes_back_only_in_the_active_spot():
    poliwrath = evolved("A1-061")
    table = struck("A1a-027", foe=side(wall(), poliwrath)).do("slot:1:1")
    assert (table.damage(1, 1), table.damage(0)) == (40, 0)
    assert struck("A1a-027", foe=side(poliwrath)).damage(0) == 20


@pytest.mark.parametrize(("attack", "each"), [("A1-185", 50), ("P-A-064", 40)])
def test_random_opponents_are_all_drawn_before_one_sum_each(attack: str, each: int):
    foe = side(evolved("A1-061", tools=(CAPE,)), wall(), None, wall())
    table = Table(side(ready(attack), hand=(GIOVANNI, POTION)), foe).do("supporter:0")
    table.refuses("attack:0", *slots(0, 1, 3, 2))
    table.refuses("attack:0", *slots(0, 1, 3))
    table.do("attack:0", *slots(0, 3, 0, 3))
    assert [table.damage(1, slot) for slot in (0, 1, 3)] == [2 * each + 10, 0, 2 * each]
    assert table.damage(0) == 20


def test_a_single_opponent_needs_no_draw():
    assert struck("P-A-064", foe=side(evolved("A1-036"))).damage(1) == 160


def test_helmet_strikes_back_once_at_random_hits():
    table = struck("A1-185", *slots(0, 0, 1, 1), foe=side(wall(tools=(HELMET,)), wall()))
    assert (table.damage(0), table.damage(1), table.damage(1, 1)) == (20, 100, 100)
