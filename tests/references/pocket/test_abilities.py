"""Abilities."""

from __future__ import annotations

from .positions import (
    ABRA,
    ARTICUNO_EX,
    DRUDDIGON,
    FOSSIL,
    GARDEVOIR,
    GASTLY,
    GENGAR_EX,
    GIOVANNI,
    HAUNTER,
    HELMET,
    KIRLIA,
    KOFFING,
    MACHOP,
    PONYTA,
    RALTS,
    TAILS,
    WEEZING,
    Table,
    blank,
    mon,
    side,
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
