"""Attacks: damage, and the effects of the first cards of the pool."""

from __future__ import annotations

import pytest

from .positions import (
    ABRA,
    ARTICUNO,
    ARTICUNO_EX,
    BLASTOISE_EX,
    CAPE,
    CHARIZARD_EX,
    CHARMANDER,
    CHARMELEON,
    DIGLETT,
    DUGTRIO,
    FOSSIL,
    GASTLY,
    GENGAR_EX,
    GIOVANNI,
    HAUNTER,
    HEADS,
    HELMET,
    JIGGLYPUFF,
    KABUTO,
    KABUTOPS,
    KIRLIA,
    KOFFING,
    MACHAMP,
    MACHOKE,
    MACHOP,
    MEWTWO_EX,
    MISDREAVUS,
    MOLTRES_EX,
    MR_MIME,
    PONYTA,
    RALTS,
    SABRINA,
    SQUIRTLE,
    TAILS,
    VULPIX,
    WARTORTLE,
    WEEZING,
    WIGGLYTUFF_EX,
    Mon,
    Table,
    blank,
    mon,
    side,
)

# Damage


def test_weakness_adds_20_for_the_active_only():
    table = Table(side(mon(GASTLY, psychic=1)), side(blank()))
    assert table.do("attack:0").damage(1) == 40


def test_giovanni_adds_10_to_the_active_only_and_for_one_turn():
    me = side(mon(ARTICUNO_EX, water=3), hand=(GIOVANNI,))
    table = Table(me, side(blank(), mon(CHARMANDER)))
    table.do("supporter:0").do("attack:1")
    assert (table.damage(1), table.damage(1, 1)) == (90, 10)
    table.do("end").do("attack:0")
    assert table.damage(1) == 130


def test_giovanni_and_weakness_do_nothing_for_an_attack_without_a_number():
    me = side(mon(MISDREAVUS, psychic=1), hand=(GIOVANNI,))
    table = Table(me, side(blank()))
    assert table.do("supporter:0").do("attack:0").damage(1) == 0


# Attacks of the pool


def test_charmander_discards_a_fire_energy_of_its_own():
    table = Table(side(mon(CHARMANDER, fire=2, water=1)), side(blank()))
    table.do("attack:0")
    assert (table.damage(1), table.energy(0)) == (30, {"fire": 1, "water": 1})


def test_charizard_ex_and_mewtwo_ex_discard_two():
    table = Table(side(mon(CHARMANDER, CHARMELEON, CHARIZARD_EX, fire=4)), side(mon(MEWTWO_EX, psychic=4), mon(ABRA)))
    assert table.legal_of("attack") == ["attack:0", "attack:1"]
    table.do("attack:1")
    assert (table.energy(0), table.points()) == ({"fire": 2}, [2, 0])
    table = Table(side(mon(MEWTWO_EX, psychic=4)), side(mon(SQUIRTLE, WARTORTLE, BLASTOISE_EX)))
    table.do("attack:1")
    assert (table.damage(1), table.energy(0)) == (150, {"psychic": 2})


def test_vulpix_locks_the_defender_until_it_leaves_or_the_turn_ends():
    theirs = mon(MACHOP, MACHOKE, MACHAMP, fighting=6)
    table = Table(side(mon(VULPIX, fire=1)), side(theirs, mon(MACHOP, fighting=2)))
    table.do("attack:0", HEADS)
    assert table.legal == ["end", "retreat:1"]
    table.do("retreat:1")
    assert table.legal == ["attack:0", "end"]
    table = Table(side(mon(VULPIX, fire=1)), side(theirs)).do("attack:0", HEADS)
    assert table.legal == ["end"]
    table.do("end").do("end")
    assert table.legal_of("attack") == ["attack:0"]
    table = Table(side(mon(VULPIX, fire=1)), side(theirs)).do("attack:0", TAILS)
    assert table.legal_of("attack") == ["attack:0"]


def test_vulpix_lock_ends_by_evolving():
    foe = side(mon(MACHOP, fighting=2), hand=(MACHOKE,))
    table = Table(side(mon(VULPIX, fire=1)), foe).do("attack:0", HEADS)
    assert table.legal_of("attack") == []
    assert table.do("evolve:0:0").legal_of("attack") == ["attack:0"]


def test_moltres_ex_spreads_one_energy_at_a_time_over_benched_fire():
    me = side(mon(MOLTRES_EX, fire=1), mon(CHARMANDER), mon(SQUIRTLE), mon(PONYTA))
    table = Table(me, side(blank()))
    table.do("attack:0", HEADS, TAILS, HEADS)
    assert table.legal == ["slot:0:1", "slot:0:3"]
    table.do("slot:0:1")
    assert table.energy(0, 1) == {"fire": 1}
    table.do("slot:0:3")
    assert (table.energy(0, 3), table.energy(0), table.damage(1)) == ({"fire": 1}, {"fire": 1}, 0)


def test_moltres_ex_asks_nothing_with_one_or_no_target():
    table = Table(side(mon(MOLTRES_EX, fire=1), mon(CHARMANDER)), side(blank()))
    table.do("attack:0", HEADS, HEADS, HEADS)
    assert (table.energy(0, 1), table.state["current"]) == ({"fire": 3}, 1)
    table = Table(side(mon(MOLTRES_EX, fire=1), mon(SQUIRTLE)), side(blank()))
    table.refuses("attack:0")
    assert table.do("attack:0", HEADS, HEADS, HEADS).energy(0, 1) == {}


def test_ponyta_burns():
    table = Table(side(mon(PONYTA, fire=1)), side(blank())).do("attack:0", TAILS)
    assert (table.status(1), table.damage(1)) == (["burned"], 20)


@pytest.mark.parametrize(
    ("energy", "damage"),
    [
        ({"water": 3}, 100),
        ({"water": 4}, 100),
        ({"water": 5}, 160),
        ({"water": 4, "fire": 1}, 160),
        ({"water": 3, "fire": 2}, 100),
    ],
)
def test_blastoise_ex_hits_harder_with_two_extra_water(energy: dict[str, int], damage: int):
    foe = side(mon(CHARMANDER, CHARMELEON, CHARIZARD_EX, tools=(CAPE,)), mon(ABRA))
    table = Table(side(Mon((SQUIRTLE, WARTORTLE, BLASTOISE_EX), energy=energy)), foe).do("attack:1")
    assert table.damage(1) == damage + 20


def test_articuno_ex_also_hits_the_bench_without_weakness():
    foe = side(blank(), mon(CHARMANDER), mon(ABRA, damage=50))
    table = Table(side(mon(ARTICUNO_EX, water=3)), foe).do("attack:1")
    assert (table.damage(1), table.damage(1, 1), table.points()) == (80, 10, [1, 0])
    assert table.name(1, 2) is None


def test_abra_switches_and_sheds_its_conditions():
    me = side(mon(ABRA, status=("poisoned",), psychic=1), mon(RALTS), mon(GASTLY))
    table = Table(me, side(blank())).do("attack:0")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:2")
    assert (table.name(0), table.name(0, 2), table.status(0, 2)) == ("Gastly", "Abra", [])
    assert (table.damage(0, 2), table.state["current"]) == (0, 1)


def test_abra_alone_just_ends_the_turn():
    assert Table(side(mon(ABRA, psychic=1)), side(blank())).do("attack:0").state["current"] == 1


def test_mr_mime_takes_20_less_in_the_next_turn_only():
    theirs = mon(SQUIRTLE, WARTORTLE, water=2)
    table = Table(side(mon(MR_MIME, psychic=2)), side(theirs))
    table.do("attack:0").do("attack:0")
    assert table.damage(0) == 20
    table.do("end").do("attack:0")
    assert table.damage(0) == 60


def test_a_reduced_attack_that_does_no_damage_strikes_back_at_nobody():
    me = side(mon(MR_MIME, psychic=2, tools=(HELMET,)))
    table = Table(me, side(mon(MACHOP, fighting=1))).do("attack:0")
    table.do("attack:0")
    assert (table.damage(0), table.damage(1)) == (0, 50)


def test_misdreavus_confuses_and_jigglypuff_and_wigglytuff_ex_put_to_sleep():
    assert Table(side(mon(MISDREAVUS, psychic=1)), side(blank())).do("attack:0").status(1) == ["confused"]
    table = Table(side(mon(JIGGLYPUFF, fire=1)), side(blank())).do("attack:0", TAILS)
    assert table.status(1) == ["asleep"]
    table = Table(side(mon(JIGGLYPUFF, WIGGLYTUFF_EX, fire=3)), side(blank())).do("attack:0", HEADS)
    assert (table.damage(1), table.status(1)) == (80, [])


def test_kabutops_heals_what_it_did_overkill_included():
    me = side(mon(FOSSIL, KABUTO, KABUTOPS, damage=100, fighting=1))
    table = Table(me, side(mon(KOFFING, damage=60, tools=(HELMET,)), mon(ABRA))).do("attack:0")
    assert table.damage(0) == 50  # 100, less 50 + 20 for Weakness, plus 20 in return


def test_dugtrio_is_shielded_from_damage_and_effects_but_coins_are_flipped():
    me = side(mon(DIGLETT, DUGTRIO, fighting=1), mon(ABRA))
    table = Table(me, side(mon(ARTICUNO_EX, water=3))).do("attack:0", HEADS)
    table.do("attack:1")
    assert (table.damage(0), table.damage(0, 1)) == (0, 10)
    table = Table(me, side(mon(ARTICUNO, water=3))).do("attack:0", HEADS)
    table.refuses("attack:0")
    table.do("attack:0", HEADS)
    assert (table.damage(0), table.status(0)) == (0, [])
    table.do("end").do("attack:0", HEADS)
    assert (table.damage(0), table.status(0)) == (60, ["paralyzed"])


def test_dugtrio_without_heads_is_not_shielded():
    table = Table(side(mon(DIGLETT, DUGTRIO, fighting=1)), side(mon(ARTICUNO, water=3)))
    table.do("attack:0", TAILS).do("attack:0", TAILS)
    assert table.damage(0) == 60


def test_dugtrios_shield_does_not_stop_retaliation_abilities_and_ends_on_the_bench():
    me = side(mon(DIGLETT, DUGTRIO, fighting=2), mon(ABRA, fire=1))
    foe = side(mon(KOFFING, WEEZING, tools=(HELMET,), darkness=1), hand=(SABRINA,))
    table = Table(me, foe).do("attack:0", HEADS)
    assert table.damage(0) == 20
    table.do("ability:0")
    assert table.status(0) == ["poisoned"]
    table.do("supporter:0")
    assert (table.name(0), table.status(0, 1)) == ("Abra", [])


def test_a_shielded_defender_keeps_its_attacker_paying():
    table = Table(side(mon(DIGLETT, DUGTRIO, fighting=1)), side(mon(CHARMANDER, fire=1)))
    table.do("attack:0", HEADS).do("attack:0")
    assert (table.damage(0), table.energy(1)) == (0, {})


def test_kabutops_heals_nothing_from_a_shielded_defender():
    kabutops = mon(FOSSIL, KABUTO, KABUTOPS, damage=40, fighting=1)
    table = Table(side(mon(DIGLETT, DUGTRIO, fighting=1)), side(kabutops)).do("attack:0", HEADS)
    assert table.do("attack:0").damage(1) == 80


def test_plain_attacks_do_their_number():
    for cards, damage in [
        ((SQUIRTLE,), 20),
        ((RALTS,), 10 + 20),
        ((RALTS, KIRLIA), 30 + 20),
        ((GASTLY, HAUNTER), 30 + 20),
        ((MACHOP,), 20),
        ((MACHOP, MACHOKE), 50),
        ((MACHOP, MACHOKE, MACHAMP), 100),
        ((FOSSIL, KABUTO), 40),
        ((DIGLETT,), 20),
        ((KOFFING,), 20),
        ((KOFFING, WEEZING), 30),
        ((GASTLY, HAUNTER, GENGAR_EX), 100 + 20),
        ((CHARMANDER, CHARMELEON), 60),
    ]:
        attacker = mon(*cards, fire=1, psychic=3, fighting=3, darkness=1, water=1)
        assert Table(side(attacker), side(blank())).do("attack:0").damage(1) == damage
