"""Attacks that copy."""

from __future__ import annotations

from .positions import (
    ABRA,
    BLAINE,
    BLASTOISE_EX,
    CAPE,
    CHARIZARD_EX,
    CHARMANDER,
    CHARMELEON,
    DITTO,
    FOSSIL,
    HEADS,
    KABUTO,
    KABUTOPS,
    KOFFING,
    MEW_EX,
    MEWTWO_EX,
    RALTS,
    SQUIRTLE,
    TAILS,
    VULPIX,
    WARTORTLE,
    Table,
    blank,
    evolved,
    mon,
    side,
)

# Copies


def test_mew_ex_copies_the_actives_attack_and_pays_its_effects_itself():
    foe = side(mon(CHARMANDER, CHARMELEON, CHARIZARD_EX, fire=4))
    table = Table(side(mon(MEW_EX, fire=3, water=1)), foe)
    assert table.legal_of("attack") == ["attack:1"]
    table.do("attack:1")
    assert table.legal == ["option:0", "option:1"]
    table.do("option:1")
    assert table.winner == 0
    assert table.energy(0) == {"fire": 1, "water": 1}


def test_mew_ex_copies_a_single_attack_unasked_with_its_own_type():
    table = Table(side(mon(MEW_EX, fire=3)), side(mon(FOSSIL, KABUTO, fighting=1))).do("attack:1")
    assert table.damage(1) == 40
    table = Table(side(mon(MEW_EX, fire=3)), side(blank())).do("attack:1")
    assert table.damage(1) == 120


def test_copying_a_copying_attack_or_a_fossil_does_nothing():
    table = Table(side(mon(MEW_EX, fire=3)), side(mon(MEW_EX))).do("attack:1").do("option:1")
    assert (table.state["current"], table.damage(1)) == (1, 0)
    assert Table(side(mon(MEW_EX, fire=3)), side(mon(DITTO))).do("attack:1").state["current"] == 1
    assert Table(side(mon(MEW_EX, fire=3)), side(mon(FOSSIL))).do("attack:1").state["current"] == 1
    assert Table(side(mon(DITTO, fire=1)), side(mon(FOSSIL))).do("attack:0").state["current"] == 1


def test_ditto_names_whose_attack_then_which_and_needs_the_energy_for_it():
    foe = side(blank(), mon(FOSSIL), mon(MEWTWO_EX), mon(VULPIX))
    table = Table(side(mon(DITTO, psychic=1, fire=1)), foe).do("attack:0")
    assert table.legal == ["slot:1:0", "slot:1:2", "slot:1:3"]
    table.do("slot:1:2")
    assert table.legal == ["option:0", "option:1"]
    table.do("option:0")
    assert table.damage(1) == 50  # Ditto's own type: no Weakness
    table = Table(side(mon(DITTO, psychic=1, fire=1)), foe).do("attack:0").do("slot:1:2").do("option:1")
    assert table.damage(1) == 0
    table = Table(side(mon(DITTO, psychic=1)), foe).do("attack:0").do("slot:1:3", HEADS)
    assert table.legal_of("attack") == []


def test_ditto_as_copier_is_the_pokemon_that_the_copied_attack_speaks_of():
    me = side(mon(DITTO, fire=1), mon(ABRA), mon(RALTS))
    table = Table(me, side(mon(ABRA))).do("attack:0")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    assert table.do("slot:0:2").name(0, 2) == "Ditto"
    table = Table(side(mon(DITTO, fire=2, damage=60)), side(mon(KOFFING), mon(FOSSIL, KABUTO, KABUTOPS)))
    table = table.do("attack:0").do("slot:1:1")
    assert (table.damage(0), table.damage(1)) == (60, 0)  # no fighting energy: nothing
    table = Table(side(mon(DITTO, fighting=1, damage=60)), side(mon(KOFFING), mon(FOSSIL, KABUTO, KABUTOPS)))
    assert table.do("attack:0").do("slot:1:1").damage(0) == 10


def test_a_confused_copier_flips_before_it_chooses():
    foe = side(mon(MEWTWO_EX))
    table = Table(side(mon(MEW_EX, status=("confused",), fire=3)), foe)
    assert table.do("attack:1", TAILS).state["current"] == 1
    table = Table(side(mon(MEW_EX, status=("confused",), fire=3)), foe).do("attack:1", HEADS)
    assert table.legal == ["option:0", "option:1"]


def test_extra_energy_of_a_copied_attack_is_beyond_the_copied_cost():
    foe = side(mon(SQUIRTLE, WARTORTLE, BLASTOISE_EX), mon(ABRA))
    table = Table(side(mon(MEW_EX, water=2, fire=3)), foe).do("attack:1").do("option:1")
    assert table.damage(1) == 100
    table = Table(side(mon(MEW_EX, water=4, fire=1)), foe).do("attack:1").do("option:1")
    assert table.damage(1) == 160


def test_a_copied_random_energy_is_drawn_as_if_it_were_the_copiers_own_attack():
    foe = side(evolved("A1a-018", fire=1, water=1))
    table = Table(side(mon(MEW_EX, metal=3)), foe)
    table.refuses("attack:1", ("slot", [0, 0]), ("discard_energy", "fire"))
    table.do("attack:1", ("slot", [1, 0]), ("discard_energy", "fire"))
    assert (table.damage(1), table.energy(1)) == (140, {"water": 1})


def test_a_copied_effect_looks_at_the_copiers_side():
    me = side(mon(MEW_EX, metal=3), mon("A1-094"), mon("A1-097"))
    assert Table(me, side(evolved("A1-096"))).do("attack:1").damage(1) == 60
    me = side(mon(MEW_EX, metal=3, damage=50))
    table = Table(me, side(evolved("A1-182"), mon(ABRA))).do("attack:1")
    assert (table.damage(1), table.damage(0)) == (100, 50)  # Melmetal takes 20 less


def test_blaine_looks_at_the_name_of_the_copier():
    foe = side(evolved("A1-038", fire=2))
    assert Table(side(mon(MEW_EX, fire=3), hand=(BLAINE,)), foe).do("supporter:0").do("attack:1").points() == [1, 0]
    foe = side(evolved("A1-038", fire=2, tools=(CAPE,)))
    assert Table(side(mon(MEW_EX, fire=3), hand=(BLAINE,)), foe).do("supporter:0").do("attack:1").damage(1) == 90


def test_ditto_is_no_grass_pokemon_whose_energy_is_doubled():
    me = side(mon(DITTO, grass=2), evolved("A1a-006"))
    table = Table(me, side(evolved("A1-002"))).do("attack:0")
    assert table.damage(1) == 0
    me = side(mon(DITTO, grass=3), evolved("A1a-006"))
    assert Table(me, side(evolved("A1-002"))).do("attack:0").damage(1) == 60
