"""Attacks that discard or attach energy, and those that heal."""

from __future__ import annotations

from typing import Any

import pytest

from .positions import ABRA, FOSSIL, HEADS, TAILS, Table, evolved, mon, ready, side, struck, wall


@pytest.mark.parametrize(
    ("attack", "number", "kind", "count"),
    [
        ("A1-035", 150, "fire", 2),
        ("A1-038", 90, "fire", 1),
        ("A1-045", 110, "fire", 1),
        ("A1-052", 130, "fire", 1),
        ("A1-128", 120, "psychic", 2),
        ("A1a-012", 80, "fire", 2),
        ("P-A-079", 100, "metal", 1),
    ],
)
def test_the_attacker_pays_after_its_damage(attack: str, number: int, kind: str, count: int):
    attacker = ready(attack, tools=())
    attacker.energy[kind] = attacker.energy.get(kind, 0) + 1
    left = attacker.energy | {kind: attacker.energy[kind] - count}
    table = struck(attack, me=side(attacker))
    assert (table.damage(1), table.energy(0)) == (number, {name: n for name, n in left.items() if n})


def test_the_attacker_may_pay_everything():
    table = struck("A1-095", me=side(evolved("A1-095", lightning=3, water=2)))
    assert (table.damage(1), table.energy(0)) == (140, {})


@pytest.mark.parametrize(("attack", "kind"), [("A1-181", "metal"), ("A1a-001", "grass")])
def test_the_attacker_charges_itself(attack: str, kind: str):
    table = struck(attack, me=side(mon(attack, fire=1, metal=1)))
    assert table.energy(0)[kind] == (2 if kind == "metal" else 1)
    assert table.damage(1) == 0


def test_lilligant_charges_a_benched_grass_pokemon():
    me = side(ready("A1-030"), mon("A1-001"), mon(ABRA), mon("A1-008"))
    table = struck("A1-030", me=me)
    assert (table.damage(1), table.legal) == (50, ["slot:0:1", "slot:0:3"])
    assert table.do("slot:0:3").energy(0, 3) == {"grass": 1}
    assert struck("A1-030", me=side(ready("A1-030"), mon("A1-008"))).energy(0, 1) == {"grass": 1}
    assert struck("A1-030", me=side(ready("A1-030"), mon(ABRA))).energy(0, 1) == {}
    assert struck("A1-030").state["current"] == 1


# Random energy


def test_gyarados_discards_a_random_energy_of_the_defender():
    foe = side(wall(fire=2, metal=1))
    table = Table(side(ready("A1-078")), foe)
    table.refuses("attack:0")
    table.refuses("attack:0", ("discard_energy", "water"))
    table.do("attack:0", ("discard_energy", "metal"))
    assert (table.damage(1), table.energy(1)) == (100, {"fire": 2})


def test_a_single_type_of_energy_needs_no_draw():
    assert struck("A1-078", foe=side(wall(fire=2))).energy(1) == {"fire": 1}
    assert struck("A1-078", foe=side(wall())).energy(1) == {}


@pytest.mark.parametrize(("attack", "number"), [("A1-178", 20), ("A1-192", 50), ("A1a-023", 70)])
def test_with_heads_only(attack: str, number: int):
    foe = side(wall(fire=1, water=1))
    assert struck(attack, TAILS, foe=foe).damage(1) == number
    assert struck(attack, TAILS, foe=foe).energy(1) == {"fire": 1, "water": 1}
    assert struck(attack, HEADS, ("discard_energy", "fire"), foe=foe).energy(1) == {"water": 1}
    assert struck(attack, HEADS).energy(1) == {}


def test_a_fallen_defender_is_still_discarded_from():
    foe = side(mon(ABRA, fire=1, water=1), mon(ABRA))
    table = Table(side(ready("A1-078")), foe)
    table.refuses("attack:0")
    assert table.do("attack:0", ("discard_energy", "fire")).points() == [1, 0]


def test_a_shielded_defender_keeps_its_energy_and_nothing_is_drawn():
    table = Table(side(ready("A1-140", fire=1)), side(ready("A1-192"))).do("attack:0", HEADS)
    table.do("attack:0", HEADS)
    assert table.energy(0) == {"fighting": 1, "fire": 1}


def gyarados_ex(*bench: Any) -> Any:
    return side(ready("A1a-018"), *bench)


def test_gyarados_ex_discards_from_anyone_who_has_energy():
    table = Table(gyarados_ex(mon(ABRA), mon(ABRA, fire=1)), side(wall(), mon(ABRA, fire=1, grass=1)))
    table.refuses("attack:0", ("slot", [0, 1]))
    table.refuses("attack:0", ("slot", [1, 0]))
    table.refuses("attack:0", ("slot", [1, 1]))
    table.refuses("attack:0", ("slot", 1), ("discard_energy", "grass"))
    table.do("attack:0", ("slot", [1, 1]), ("discard_energy", "grass"))
    assert (table.damage(1), table.energy(1, 1)) == (140, {"fire": 1})


def test_gyarados_ex_names_no_type_where_there_is_one_and_nobody_where_it_is_alone():
    table = Table(gyarados_ex(mon(ABRA, fire=2)), side(wall())).do("attack:0", ("slot", [0, 1]))
    assert table.energy(0, 1) == {"fire": 1}
    table = Table(gyarados_ex(), side(wall())).do("attack:0", ("discard_energy", "metal"))
    assert table.energy(0) == {"water": 3}


def test_gyarados_ex_may_meet_a_shield():
    me = side(ready("A1-140", fire=1))
    table = Table(me, gyarados_ex()).do("attack:0", HEADS)
    table.refuses("attack:0", ("slot", [0, 0]), ("discard_energy", "fire"))
    table.do("attack:0", ("slot", [0, 0]))
    assert (table.damage(0), table.energy(0)) == (0, {"fighting": 1, "fire": 1})


# Healing


@pytest.mark.parametrize(
    ("attack", "number", "healed"),
    [
        ("A1-003", 80, 30),
        ("A1-004/1", 100, 30),
        ("A1-024", 40, 10),
        ("A1-029", 10, 10),
        ("A1-080", 60, 30),
        ("A1a-037", 40, 10),
        ("P-A-014", 80, 20),
        ("P-A-088", 0, 30),
        ("P-A-089", 40, 10),
    ],
)
def test_the_attacker_heals_itself(attack: str, number: int, healed: int):
    table = struck(attack, me=side(ready(attack, damage=40)))
    assert (table.damage(1), table.damage(0)) == (number, 40 - healed)
    assert struck(attack).damage(0) == 0


def test_blissey_ex_heals_itself_with_heads():
    assert struck("P-A-098", HEADS, me=side(ready("P-A-098", damage=80))).damage(0) == 20
    assert struck("P-A-098", TAILS, me=side(ready("P-A-098", damage=80))).damage(0) == 80


def test_healing_comes_before_retaliation():
    me = side(ready("A1-029", damage=50), mon(ABRA))
    table = struck("A1-029", me=me, foe=side(evolved("A1-061")))
    assert table.points() == [0, 1]
    table = struck("A1-080", me=side(ready("A1-080", damage=10)), foe=side(evolved("A1-061")))
    assert table.damage(0) == 20


def test_florges_heals_all_of_its_side():
    me = side(ready("A1a-038", damage=10), mon(ABRA, damage=50), mon(FOSSIL, damage=20))
    table = struck("A1a-038", me=me, foe=side(wall(damage=30)))
    assert [table.damage(0, slot) for slot in range(3)] == [0, 30, 0]
    assert table.damage(1) == 110
