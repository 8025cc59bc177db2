"""Abilities."""

from __future__ import annotations

from typing import Any

import pytest

from .positions import (
    ABRA,
    ARTICUNO_EX,
    CAPE,
    CHARMELEON,
    DRUDDIGON,
    FOSSIL,
    GARDEVOIR,
    GASTLY,
    GENGAR_EX,
    GIOVANNI,
    HAUNTER,
    HEADS,
    HELMET,
    KIRLIA,
    KOFFING,
    MACHOP,
    PONYTA,
    POTION,
    RALTS,
    RESEARCH,
    TAILS,
    WEEZING,
    Table,
    blank,
    evolved,
    mon,
    picks,
    ready,
    side,
    wall,
)

# Abilities


def test_gardevoir_gives_the_active_psychic_an_energy_once_each():
    gardevoir = mon(RALTS, KIRLIA, GARDEVOIR)
    table = Table(side(mon(ABRA), gardevoir, mon(RALTS, KIRLIA, GARDEVOIR)), side(blank()))
    table.do("ability:1").do("ability:2")
    assert (table.energy(0), table.legal_of("ability")) == ({"psychic": 2}, [])
    assert table.do("end").do("end").legal_of("ability") == ["ability:1", "ability:2"]


def test_gardevoir_needs_a_psychic_active():
    assert Table(side(blank(), mon(RALTS, KIRLIA, GARDEVOIR)), side(blank())).legal_of("ability") == []


def test_evolving_refreshes_the_use_of_abilities():
    table = Table(side(mon(KOFFING), hand=(WEEZING,)), side(blank())).do("evolve:0:0")
    assert table.legal_of("ability") == ["ability:0"]


def test_weezing_poisons_from_the_active_spot_only_and_the_poisoned_again():
    me = side(mon(KOFFING, WEEZING), mon(KOFFING, WEEZING))
    table = Table(me, side(mon(FOSSIL, status=("poisoned",)), mon(ABRA)))
    assert table.legal_of("ability") == ["ability:0"]
    table.do("ability:0")
    assert (table.status(1), table.legal_of("ability")) == (["poisoned"], [])


def test_gengar_ex_bans_supporters_while_active():
    gengar = mon(GASTLY, HAUNTER, GENGAR_EX)
    assert Table(side(blank(), hand=(GIOVANNI,)), side(gengar)).legal == ["end"]
    assert Table(side(blank(), hand=(GIOVANNI,)), side(blank(), gengar)).legal == ["end", "supporter:0"]
    assert Table(side(gengar, hand=(GIOVANNI,)), side(blank())).legal == ["end", "supporter:0"]


def test_druddigon_strikes_back_even_when_knocked_out_and_adds_to_the_helmet():
    me = side(mon(MACHOP, damage=40, fighting=1), mon(ABRA))
    foe = side(mon(DRUDDIGON, damage=80, tools=(HELMET,)), mon(ABRA))
    table = Table(me, foe).do("attack:0")
    assert table.points() == [1, 1]
    assert Table(side(blank()), foe).legal == ["end"]


def test_druddigon_on_the_bench_does_not_strike_back():
    table = Table(side(mon(ARTICUNO_EX, water=3)), side(blank(), mon(DRUDDIGON))).do("attack:1")
    assert (table.damage(1, 1), table.damage(0)) == (10, 0)


def test_druddigon_does_not_strike_back_at_attacks_without_damage():
    table = Table(side(mon(PONYTA, fire=1)), side(mon(DRUDDIGON))).do("attack:0", TAILS)
    assert (table.damage(0), table.damage(1)) == (0, 20)


def test_druddigon_pays_three_types():
    assert Table(side(mon(DRUDDIGON, fire=1, water=1)), side(blank())).legal_of("attack") == []
    table = Table(side(mon(DRUDDIGON, fire=1, water=1, metal=1)), side(blank()))
    assert table.do("attack:0").damage(1) == 90


def test_butterfree_heals_everybody_but_needs_somebody_hurt():
    butterfree = evolved("A1-007")
    assert Table(side(wall(), butterfree), side(wall(damage=30))).legal_of("ability") == []
    me = side(wall(damage=10), evolved("A1-007", damage=50), mon(FOSSIL, damage=20))
    table = Table(me, side(wall(damage=30))).do("ability:1")
    assert [table.damage(0, slot) for slot in range(3)] == [0, 30, 0]
    assert (table.damage(1), table.legal_of("ability")) == (30, [])


def test_victreebel_calls_a_basic_from_the_active_spot():
    foe = side(wall(status=("poisoned",)), evolved("A1-034"), mon(ABRA), mon(FOSSIL))
    assert Table(side(wall(), evolved("A1-020")), foe).legal_of("ability") == []
    assert Table(side(evolved("A1-020")), side(wall(), evolved("A1-034"))).legal_of("ability") == []
    table = Table(side(evolved("A1-020")), foe).do("ability:0")
    assert (table.state["decider"], table.legal) == (0, ["slot:1:2", "slot:1:3"])
    table.do("slot:1:3")
    assert (table.name(1), table.name(1, 3), table.status(1, 3)) == ("Dome Fossil", "Dragonite", [])
    assert table.legal_of("ability") == []


def test_pidgeot_lets_the_opponent_choose_from_anywhere():
    pidgeot = evolved("A1-188")
    assert Table(side(wall(), pidgeot), side(wall())).legal_of("ability") == []
    table = Table(side(wall(), pidgeot), side(wall(), mon(ABRA), mon(RALTS))).do("ability:1")
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:1")
    assert (table.name(1), table.state["decider"], table.legal) == ("Abra", 0, ["end"])


def test_greninja_does_20_to_anyone_without_weakness_or_reduction():
    foe = side(mon("A1-033"), evolved("A1-182"))
    table = Table(side(wall(), evolved("A1-089"), evolved("A1-089")), foe).do("ability:1")
    assert table.legal == ["slot:1:0", "slot:1:1"]
    table.do("slot:1:0").do("ability:2").do("slot:1:1")
    assert (table.damage(1), table.damage(1, 1)) == (20, 20)


def test_greninja_knocks_out_at_once_and_strikes_no_helmet():
    foe = side(mon(ABRA, damage=50, tools=(HELMET,)), mon(ABRA), mon(RALTS))
    table = Table(side(evolved("A1-089")), foe).do("ability:0").do("slot:1:0")
    assert (table.points(), table.state["decider"], table.legal) == ([1, 0], 1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:1")
    assert (table.state["decider"], table.damage(0), table.state["turn"]) == (0, 0, 5)


def test_magneton_charges_itself_once_a_turn():
    table = Table(side(wall(), evolved("A1-098")), side(wall())).do("ability:1")
    assert (table.energy(0, 1), table.legal_of("ability")) == ({"lightning": 1}, [])


def test_hypno_flips_for_sleep():
    table = Table(side(wall(), evolved("A1-125")), side(wall())).do("ability:1", HEADS)
    assert (table.status(1), table.legal_of("ability")) == (["asleep"], [])
    table = Table(side(evolved("A1-125")), side(wall(status=("asleep",)))).do("ability:0", TAILS)
    assert (table.status(1), table.legal_of("ability")) == (["asleep"], [])


def test_porygon_looks_at_the_top_card():
    me = side(mon("A1-209"), hand=(RESEARCH,), deck=(ABRA, RALTS, POTION))
    table = Table(me, side(wall())).do("ability:0", *picks(0, 2))
    table.refuses("supporter:0", *picks(0, 1, 2))
    assert table.do("supporter:0", *picks(0, 2, 1)).ids(0, "deck") == [POTION]
    assert Table(side(mon("A1-209")), side(wall())).legal_of("ability") == []


def test_vaporeon_moves_water_as_often_as_there_is_some():
    me = side(mon("A1-053"), evolved("A1a-019", water=2, fire=1), mon("A1-053", water=1), mon(ABRA, water=5))
    table = Table(me, side(wall())).do("ability:1")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:1").do("ability:1").do("slot:0:2").do("ability:1")
    assert (table.energy(0), table.energy(0, 1), table.energy(0, 2)) == ({"water": 3}, {"fire": 1}, {})
    assert table.legal_of("ability") == []


def test_vaporeon_needs_a_water_active():
    assert Table(side(wall(), evolved("A1a-019", water=2)), side(wall())).legal_of("ability") == []
    me = side(evolved("A1a-019"), mon("A1-053", water=1))
    table = Table(me, side(wall())).do("ability:0")
    assert table.energy(0) == {"water": 1}


def test_a_conditioned_pokemon_keeps_its_ability():
    me = side(evolved("A1-188", status=("asleep",)))
    assert Table(me, side(wall(), mon(ABRA))).legal == ["ability:0", "end"]


# Modifiers


@pytest.mark.parametrize(("card_id", "less"), [("A1-067", 10), ("A1-182", 20)])
def test_taking_less_from_attacks(card_id: str, less: int):
    foe = side(evolved(card_id, tools=(CAPE,)), evolved(card_id))
    table = Table(side(ready("A1-096"), mon("A1-094"), mon("A1-094")), foe).do("attack:0")
    weakness = 20 if card_id == "A1-067" else 0
    assert table.damage(1) == 60 + weakness - less
    table = Table(side(ready("A1a-026")), foe).do("attack:0")
    assert table.damage(1, 1) == 20 - less
    assert Table(side(wall()), side(evolved(card_id, status=("poisoned",)))).do("end").damage(1) == 10


def test_staraptor_minds_fighting_pokemon_only():
    foe = side(evolved("P-A-047"))
    assert Table(side(ready("A1-140")), foe).do("attack:0", TAILS).damage(1) == 10
    assert Table(side(ready("A1-053")), foe).do("attack:0").damage(1) == 20
    weak_number = Table(side(ready("A1-143")), foe).do("attack:0")
    assert weak_number.damage(1) == 0


def serperior(*active: Any, **rest: Any) -> Any:
    return side(*active, evolved("A1a-006"), **rest)


def test_serperior_doubles_grass_on_grass_for_costs_once():
    me = serperior(evolved("A1-002", grass=1), evolved("A1a-006"))
    assert Table(me, side(wall())).legal_of("attack") == []
    me = serperior(evolved("A1-002", grass=2), evolved("A1a-006"))
    assert Table(me, side(wall())).legal_of("attack") == ["attack:0"]
    assert Table(side(evolved("A1-002", grass=2)), side(wall())).legal_of("attack") == []
    assert Table(serperior(mon("A1-053", grass=1)), side(wall())).legal_of("attack") == []
    assert Table(serperior(evolved("A1-002", grass=1, fire=1)), side(wall())).legal_of("attack") == ["attack:0"]


def test_serperior_helps_its_owner_only():
    table = Table(serperior(wall()), side(evolved("A1-002", grass=2))).do("end")
    assert table.legal_of("attack") == []


def test_serperior_counts_where_energy_is_counted():
    me = serperior(evolved("A1a-003", grass=2))
    table = Table(me, side(wall()))
    table.refuses("attack:0", *[HEADS] * 2)
    assert table.do("attack:0", HEADS, *[TAILS] * 3).damage(1) == 50
    me = serperior(mon("A1a-009", grass=2))
    assert Table(me, side(wall())).do("attack:0").damage(1) == 90
    table = Table(side(ready("A1-127")), serperior(evolved("A1-004", grass=2))).do("attack:0")
    assert table.damage(1) == 30 + 4 * 20


def test_serperior_makes_grass_pay_two_of_a_retreat():
    me = serperior(evolved("A1-004", grass=1, fire=1))  # Retreat Cost 3
    table = Table(me, side(wall())).do("retreat:1")
    assert table.legal == ["energy:fire", "energy:grass"]
    table.do("energy:fire")
    assert (table.name(0), table.energy(0, 1)) == ("Serperior", {})
    me = serperior(evolved("A1-004", grass=2, fire=1))
    table = Table(me, side(wall())).do("retreat:1").do("energy:grass").do("energy:grass")
    assert (table.name(0), table.energy(0, 1)) == ("Serperior", {"fire": 1})


def test_serperior_discards_are_of_single_energies():
    foe = serperior(evolved("A1-004", grass=2))
    assert Table(side(ready("A1-078")), foe).do("attack:0").energy(1) == {"grass": 1}


# Triggers and bans


def test_poliwrath_strikes_back():
    table = Table(side(ready("A1-053")), side(evolved("A1-061"))).do("attack:0")
    assert (table.damage(1), table.damage(0)) == (20, 20)


def test_cresselia_ex_heals_for_each_psychic_energy_from_the_zone():
    me = side(mon("P-A-037", damage=50), evolved("A1-132"), current="psychic", types=("psychic",))
    table = Table(me, side(wall())).do("ability:1")
    assert (table.damage(0), table.energy(0)) == (30, {"psychic": 1})
    table.do("attach:0")
    assert table.damage(0) == 10
    me = side(mon("P-A-037", damage=50), current="fire")
    assert Table(me, side(wall())).do("attach:0").damage(0) == 50


def test_aerodactyl_ex_forbids_evolving_the_active_from_anywhere():
    me = side(mon("A1-033"), mon("A1-033"), hand=(CHARMELEON,))
    foe = side(wall(), evolved("A1a-046"))
    assert Table(me, foe).legal_of("evolve") == ["evolve:0:1"]
    own = side(mon("A1-033"), evolved("A1a-046"), hand=(CHARMELEON,))
    assert Table(own, side(wall())).legal_of("evolve") == ["evolve:0:0"]
