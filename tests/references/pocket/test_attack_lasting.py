"""Attacks that leave something behind: conditions, and effects during the opponent's next turn."""

from __future__ import annotations

import pytest

from .positions import (
    ABRA,
    CAPE,
    FOSSIL,
    GIOVANNI,
    HEADS,
    POTION,
    SABRINA,
    TAILS,
    Table,
    evolved,
    mon,
    ready,
    side,
    struck,
    wall,
)

# Special Conditions


@pytest.mark.parametrize(
    ("attack", "number"), [("A1-013", 80), ("A1-093", 40), ("A1a-008", 50), ("A1a-036", 0), ("P-A-022", 0)]
)
def test_putting_to_sleep(attack: str, number: int):
    table = struck(attack, TAILS)
    assert (table.damage(1), table.status(1)) == (number, ["asleep"])


@pytest.mark.parametrize(
    ("attack", "number"),
    [
        ("A1-017", 30),
        ("A1-063", 50),
        ("A1-171", 90),
        ("A1-174", 10),
        ("A1a-016", 30),
        ("A1a-054", 20),
        ("P-A-056", 0),
        ("P-A-072", 0),
    ],
)
def test_poisoning(attack: str, number: int):
    table = struck(attack)
    assert (table.damage(1), table.status(1)) == (number + 10, ["poisoned"])


@pytest.mark.parametrize(("attack", "number"), [("A1-109", 80), ("A1-112", 30), ("A1a-030", 10)])
def test_paralyzing_with_heads(attack: str, number: int):
    table = struck(attack, HEADS)
    assert (table.damage(1), table.status(1)) == (number, ["paralyzed"])
    assert struck(attack, TAILS).status(1) == []


def test_toucannon_burns_with_heads():
    table = struck("P-A-073", HEADS, TAILS)
    assert (table.damage(1), table.status(1)) == (100, ["burned"])
    assert struck("P-A-073", TAILS).damage(1) == 80


def test_a_condition_given_again_starts_anew():
    table = Table(side(ready("A1-112", lightning=1)), side(wall(), hand=(POTION,)))
    table.do("attack:0", HEADS).do("end").do("attack:0", HEADS)
    assert table.status(1) == ["paralyzed"]
    assert table.do("end").status(1) == []


# On the Defending Pokémon


def test_omastar_forbids_to_attack_for_a_turn():
    foe = side(ready("A1-036", tools=(CAPE,)))
    table = Table(side(ready("A1-082", tools=(CAPE,))), foe).do("attack:0")
    assert table.legal == ["end"]
    assert table.do("end").do("end").legal_of("attack") == ["attack:0"]


@pytest.mark.parametrize("attack", ["A1-165", "A1a-029"])
def test_holding_fast_for_a_turn(attack: str):
    foe = side(wall(fire=9), mon(ABRA, fire=1), hand=(SABRINA,))
    table = Table(side(ready(attack), mon(ABRA)), foe).do("attack:0")
    assert table.legal_of("retreat") == []
    assert table.legal_of("supporter") == ["supporter:0"]
    assert table.do("end").do("end").legal_of("retreat") == ["retreat:1"]


def test_holding_fast_ends_on_the_bench():
    foe = side(wall(fire=9), evolved("A1a-017"))
    me = side(ready("A1-165"), evolved("A1-188"))
    table = Table(me, foe).do("attack:0").do("end").do("ability:1")
    table.do("end")
    assert table.legal_of("retreat") == []
    table = Table(side(ready("A1-165")), side(wall(fire=9), evolved("A1-093"))).do("attack:0")
    assert table.legal_of("retreat") == []


@pytest.mark.parametrize("attack", ["A1-151", "P-A-030"])
def test_weakening_the_next_attack(attack: str):
    foe = side(mon("A1-033", fire=2))
    table = Table(side(ready(attack)), foe).do("attack:0").do("attack:0")
    assert table.damage(0) == 10
    table.do("end").do("attack:0")
    assert table.damage(0) == 40


def test_a_number_weakened_to_zero_still_gets_weakness_but_is_floored_once():
    cubone = side(ready("A1-151"))  # weak to grass
    table = Table(cubone, side(ready("A1-016"))).do("attack:0").do("attack:0")
    assert table.damage(0) == 20 - 20 + 20
    table = Table(cubone, side(ready("A1-029"))).do("attack:0").do("attack:0")
    assert table.damage(0) == 10 - 20 + 20


def test_weakening_reaches_the_bench_but_not_recoil():
    me = side(ready("A1-151", tools=(CAPE,)), mon("A1-206"))
    table = Table(me, side(ready("A1a-026"))).do("attack:0").do("attack:0")
    assert (table.damage(0), table.damage(0, 1)) == (40, 0)
    table = Table(me, side(ready("A1-040"))).do("attack:0").do("attack:0")
    assert table.damage(1) == 20


def test_gas_may_make_the_next_attack_fail():
    me = side(ready("A1a-050"))
    table = Table(me, side(mon("A1-033", fire=2), mon(ABRA))).do("attack:0")
    table.refuses("attack:0")
    table.do("attack:0", TAILS)
    assert (table.damage(0), table.state["current"]) == (0, 0)
    table = Table(me, side(mon("A1-033", fire=2), mon(ABRA))).do("attack:0").do("attack:0", HEADS)
    assert table.damage(0) == 30
    table.do("end").do("attack:0")
    assert table.damage(0) == 60


def test_a_confused_attacker_in_the_gas_flips_for_both_but_stops_at_tails():
    foe = side(mon("A1-033", status=("confused",), fire=2), mon(ABRA))
    table = Table(side(ready("A1a-050")), foe).do("attack:0")
    table.refuses("attack:0", HEADS)
    table.refuses("attack:0", TAILS, TAILS)
    assert Table(side(ready("A1a-050")), foe).do("attack:0").do("attack:0", TAILS).damage(0) == 0
    assert table.do("attack:0", HEADS, HEADS).damage(0) == 30


# On the attacker


def test_golem_takes_30_less():
    foe = side(ready("A1-036", tools=(CAPE,)))
    table = Table(side(ready("A1a-045")), foe).do("attack:0").do("attack:0")
    assert table.damage(0) == 30


def test_cramorant_is_shielded_like_dugtrio():
    table = Table(side(ready("A1a-024")), side(ready("A1-109", tools=(CAPE,)))).do("attack:0", HEADS)
    table.do("attack:0", HEADS)
    assert (table.damage(0), table.status(0)) == (0, [])


def test_nosepass_is_kept_from_damage_but_not_from_effects():
    table = Table(side(ready("P-A-045")), side(ready("A1-112"))).do("attack:0", HEADS).do("attack:0", HEADS)
    assert (table.damage(0), table.status(0)) == (0, ["paralyzed"])
    table = Table(side(ready("P-A-045")), side(ready("A1-112"))).do("attack:0", TAILS).do("attack:0", TAILS)
    assert table.damage(0) == 30


@pytest.mark.parametrize(
    "attack", ["A1-037", "A1-082", "A1-151", "A1-163", "A1-165", "A1-210", "A1a-050", "P-A-038", "P-A-095"]
)
def test_no_effect_reaches_a_shielded_defender(attack: str):
    me = side(ready("A1-140", fighting=1, fire=2), mon(FOSSIL), hand=(GIOVANNI,))
    coins = [HEADS] if attack in ("A1-037", "A1-210", "P-A-095") else []
    foe = side(ready(attack, tools=(CAPE,)), wall())
    table = Table(me, foe).do("attack:0", HEADS).do("attack:0", *coins)
    assert (table.name(0), table.damage(0), table.status(0)) == ("Dugtrio", 0, [])
    assert table.legal == ["attack:0", "discard:1", "end", "retreat:1", "supporter:0"]
    if attack == "A1-151":
        assert table.do("attack:0", TAILS).points() == [1, 0]  # 40 twice: nothing is weakened


# On the opponent


@pytest.mark.parametrize("attack", ["A1-057", "A1-122"])
def test_no_supporters_in_the_next_turn(attack: str):
    me = side(ready(attack), hand=(GIOVANNI,))
    foe = side(wall(), hand=(GIOVANNI, POTION))
    table = Table(me, foe).do("attack:0")
    assert table.legal == ["end", "item:1"]
    assert table.do("end").legal_of("supporter") == ["supporter:0"]
    assert table.do("end").legal_of("supporter") == ["supporter:0"]


def test_the_ban_passes_a_shield_and_stays_when_the_active_changes():
    foe = side(ready("A1-140"), mon(ABRA), hand=(GIOVANNI,))
    table = Table(foe, side(ready("A1-122"))).do("attack:0", HEADS).do("attack:0")
    assert table.legal_of("supporter") == []
    assert table.do("retreat:1").legal_of("supporter") == []
