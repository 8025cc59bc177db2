"""What a player may do in a turn, and Fossils."""

from __future__ import annotations

import pytest

from .positions import (
    ABRA,
    BLASTOISE_EX,
    CAPE,
    CHARMANDER,
    CHARMELEON,
    FOSSIL,
    GASTLY,
    GIOVANNI,
    HELMET,
    KABUTO,
    KOFFING,
    MACHAMP,
    MACHOKE,
    MACHOP,
    MESAGOZA,
    MR_MIME,
    PLAINS,
    POTION,
    RALTS,
    SABRINA,
    SQUIRTLE,
    WARTORTLE,
    WEEZING,
    Table,
    blank,
    mon,
    side,
)

# A turn


def test_a_hand_of_ten_and_an_empty_deck_skip_the_draw():
    table = Table(side(blank()), side(blank(), hand=(POTION,) * 10, deck=(ABRA,)))
    assert table.do("end").ids(1, "deck") == [ABRA]
    assert table.do("end").ids(0, "hand") == []


def test_unattached_energy_is_lost_and_attached_once():
    table = Table(side(blank(), mon(ABRA), current="fire"), side(blank(), next="water"))
    assert table.legal_of("attach") == ["attach:0", "attach:1"]
    table.do("attach:1")
    assert table.energy(0, 1) == {"fire": 1}
    assert table.legal_of("attach") == []
    table.do("end")
    assert table.state["players"][1]["energy"] == {"current": "water", "next": "fire"}
    table.do("end")
    assert table.state["players"][1]["energy"]["current"] is None


def test_evolving_keeps_damage_energy_and_tool_and_clears_conditions():
    active = mon(SQUIRTLE, damage=30, status=("burned", "confused"), tools=(CAPE,), water=2)
    table = Table(side(active, mon(SQUIRTLE), hand=(WARTORTLE, WARTORTLE, BLASTOISE_EX)), side(blank()))
    assert table.legal_of("evolve") == ["evolve:0:0", "evolve:0:1"]
    table.do("evolve:0:0")
    assert table.name(0) == "Wartortle"
    assert (table.damage(0), table.energy(0), table.status(0)) == (30, {"water": 2}, [])
    assert len(table.slot(0, 0)["cards"]) == 2
    assert table.legal_of("evolve") == ["evolve:1:1"]


@pytest.mark.parametrize("turn", [1, 2])
def test_no_evolving_on_a_first_turn(turn: int):
    table = Table(side(mon(SQUIRTLE), hand=(WARTORTLE,)), side(blank()), turn=turn)
    assert table.legal == ["end"]


def test_no_evolving_in_the_turn_of_coming_into_play():
    table = Table(side(blank(), hand=(SQUIRTLE, WARTORTLE)), side(blank()))
    table.do("bench:0")
    assert table.legal_of("evolve") == []
    assert table.do("end").do("end").legal_of("evolve") == ["evolve:1:1"]


def test_a_new_pokemon_takes_the_lowest_free_place():
    table = Table(side(blank(), mon(ABRA), None, mon(ABRA), hand=(RALTS, GASTLY)), side(blank()))
    table.do("bench:0")
    assert table.name(0, 2) == "Ralts"
    assert table.legal_of("bench") == []


def test_retreat_asks_for_energy_while_two_types_are_there_even_where_all_must_go():
    table = Table(side(mon(CHARMANDER, CHARMELEON, fire=1, water=1), mon(ABRA)), side(blank()))
    table.do("retreat:1")
    assert table.legal == ["energy:fire", "energy:water"]
    table.do("energy:water")
    assert table.name(0) == "Abra"
    assert table.energy(0, 1) == {}
    assert table.legal_of("retreat") == []


def test_each_energy_leaves_as_it_is_named():
    table = Table(side(blank(), mon(ABRA)), side(blank()))
    assert table.legal_of("retreat") == []
    table = Table(side(mon(MACHOP, MACHOKE, MACHAMP, fire=2, water=2), mon(ABRA)), side(blank()))
    table.do("retreat:1").do("energy:water")
    assert table.energy(0) == {"fire": 2, "water": 1}
    table.do("energy:water")  # the third can only be fire
    assert table.energy(0, 1) == {"fire": 1}


def test_retreating_is_once_a_turn_and_clears_conditions():
    active = mon(ABRA, status=("poisoned", "confused"), fire=2)
    table = Table(side(active, mon(RALTS, fire=2)), side(blank()))
    table.do("retreat:1")
    assert table.status(0, 1) == []
    assert table.legal_of("retreat") == []
    assert table.do("end").do("end").legal_of("retreat") == ["retreat:1"]


@pytest.mark.parametrize("condition", ["asleep", "paralyzed"])
def test_asleep_and_paralyzed_forbid_attacking_and_retreating_but_not_abilities(condition: str):
    active = mon(KOFFING, WEEZING, status=(condition,), darkness=3)
    table = Table(side(active, mon(ABRA)), side(blank()))
    assert table.legal == ["ability:0", "end"]


def test_one_supporter_a_turn():
    table = Table(side(blank(), hand=(GIOVANNI, GIOVANNI, SABRINA)), side(blank(), mon(ABRA)))
    assert table.legal_of("supporter") == ["supporter:0", "supporter:2"]
    assert table.do("supporter:0").legal_of("supporter") == []
    assert table.do("end").do("end").legal_of("supporter") == ["supporter:1", "supporter:2"]


def test_one_tool_for_each_pokemon_fossils_too():
    table = Table(side(mon(ABRA, tools=(CAPE,)), mon(FOSSIL), hand=(HELMET, HELMET)), side(blank()))
    assert table.legal_of("tool") == ["tool:0:1"]
    table.do("tool:0:1")
    assert table.slot(0, 1)["tools"] == [0]
    assert table.legal_of("tool") == []


def test_one_stadium_a_turn_of_another_name_and_the_old_one_goes_to_its_owners_pile():
    table = Table(side(blank(), hand=(MESAGOZA, PLAINS)), side(blank()), stadium=PLAINS)
    assert table.legal_of("stadium") == ["stadium:0"]
    table.do("stadium:0")
    assert table.state["stadium"] == [0, 0]
    assert PLAINS in table.ids(1, "discard")
    assert table.legal_of("stadium") == []
    assert table.do("end").do("end").legal_of("stadium") == ["stadium:1"]


def test_the_main_part_is_always_asked_even_with_end_alone():
    table = Table(side(blank()), side(blank()))
    assert table.legal == ["end"]
    assert table.do("end").state["decider"] == 1


# Fossils


def test_a_fossil_is_benched_evolves_and_cannot_retreat():
    table = Table(side(mon(FOSSIL, fire=1), mon(ABRA), hand=(FOSSIL, KABUTO)), side(blank()))
    assert table.legal == ["bench:0", "discard:0", "end", "evolve:1:0"]
    table.do("bench:0")
    assert "discard:2" in table.legal
    assert table.legal_of("evolve") == ["evolve:1:0"]
    table.do("evolve:1:0")
    assert table.name(0) == "Kabuto"
    assert table.legal_of("retreat") == ["retreat:1", "retreat:2"]


def test_discarding_an_active_fossil_gives_no_point_and_calls_for_a_promotion():
    table = Table(side(mon(FOSSIL, tools=(HELMET,)), mon(ABRA), mon(RALTS)), side(blank()))
    table.do("discard:0")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:2")
    assert table.points() == [0, 0]
    assert {FOSSIL, HELMET} <= set(table.ids(0, "discard"))
    assert table.state["current"] == 0


def test_discarding_the_last_fossil_loses():
    assert Table(side(mon(FOSSIL)), side(blank())).do("discard:0").winner == 1


def test_a_fossil_has_40_hp_and_gives_a_point():
    table = Table(side(mon(MR_MIME, psychic=2)), side(mon(FOSSIL, damage=10), mon(ABRA)))
    assert table.do("attack:0").points() == [1, 0]
