"""Attacks that move Pokémon and cards."""

from __future__ import annotations

import pytest

from .positions import (
    ABRA,
    CAPE,
    CHARMELEON,
    FOSSIL,
    HEADS,
    HELMET,
    POKEDEX,
    POTION,
    RALTS,
    TAILS,
    Table,
    evolved,
    mon,
    picks,
    ready,
    side,
    struck,
    wall,
)

# Pokémon in play


def test_magikarp_leaves_like_abra():
    table = struck("A1a-017", me=side(ready("A1a-017"), mon(ABRA), mon(RALTS)))
    assert table.legal == ["slot:0:1", "slot:0:2"]
    assert table.do("slot:0:1").name(0) == "Abra"


def test_grapploct_lets_the_opponent_choose_after_its_damage():
    foe = side(wall(status=("burned",)), mon(ABRA), mon(RALTS))
    table = struck("A1-163", foe=foe)
    assert (table.damage(1), table.state["decider"], table.legal) == (70, 1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:2")
    assert (table.name(1), table.name(1, 2), table.status(1, 2)) == ("Ralts", "Dragonite", [])
    assert struck("A1-163").damage(1) == 70


def test_grapploct_switches_a_fallen_defender_out_before_it_leaves():
    foe = side(mon(ABRA, tools=(HELMET,)), mon(RALTS), mon("A1-206"))
    table = struck("A1-163", foe=foe)
    assert (table.points(), table.legal) == ([0, 0], ["slot:1:1", "slot:1:2"])
    table.do("slot:1:2")
    assert (table.points(), table.name(1), table.name(1, 2)) == ([1, 0], "Eevee", None)
    assert table.damage(0) == 20
    assert table.state["current"] == 1


def test_grapploct_and_poliwrath_switched_out_still_strikes_back():
    table = struck("A1-163", foe=side(evolved("A1-061"), mon(RALTS)))
    assert (table.name(1), table.damage(0)) == ("Ralts", 20)


def test_chinchou_chooses_whom_to_switch_in_with_heads():
    foe = side(wall(status=("confused",)), mon(ABRA), mon(RALTS))
    table = struck("P-A-095", HEADS, foe=foe)
    assert (table.state["decider"], table.legal) == (0, ["slot:1:1", "slot:1:2"])
    assert table.do("slot:1:1").name(1) == "Abra"
    assert struck("P-A-095", TAILS, foe=foe).name(1) == "Dragonite"
    assert struck("P-A-095", HEADS).name(1) == "Dragonite"


def test_aerodactyl_shuffles_the_defender_into_its_deck():
    kabutops = evolved("A1-159", damage=30, tools=(CAPE,), fire=2)
    foe = side(kabutops, mon(ABRA), mon(RALTS), deck=(POTION,))
    table = struck("A1-210", HEADS, foe=foe)
    assert (table.state["decider"], table.legal, table.points()) == (1, ["slot:1:1", "slot:1:2"], [0, 0])
    assert sorted(table.ids(1, "deck")) == sorted((FOSSIL, "A1-158", "A1-159", POTION))
    assert CAPE in table.ids(1, "discard")
    table.do("slot:1:1", *picks(1, 3))
    assert table.ids(1, "hand") == ["A1-159"]
    assert struck("A1-210", TAILS, foe=side(kabutops)).damage(1) == 30


def test_aerodactyl_wins_against_a_lone_defender_without_points():
    table = struck("A1-210", HEADS)
    assert (table.winner, table.points()) == (0, [0, 0])


def test_a_shuffle_forgets_known_places():
    foe = side(wall(), mon(ABRA), hand=(POKEDEX,), deck=(POTION, RALTS))
    table = Table(side(ready("A1-210")), foe).do("end", *picks(1, 1))
    table.do("item:0", *picks(1, 2)).do("end").do("attack:0", HEADS, *picks(1, 5))
    assert len(table.ids(1, "hand")) == 2


# Cards


def test_caterpie_finds_a_grass_pokemon_even_above_ten_cards():
    deck = (ABRA, "A1-219", "A1-002", "A1-001")
    me = side(ready("A1-005"), hand=(CHARMELEON,) * 10, deck=deck)
    table = Table(me, side(wall()))
    table.refuses("attack:0", *picks(0, 10))
    table.refuses("attack:0", *picks(0, 11))
    table.do("attack:0", *picks(0, 12))
    assert len(table.ids(0, "hand")) == 11
    assert struck("A1-005", me=side(ready("A1-005"), deck=(ABRA,))).ids(0, "hand") == []


@pytest.mark.parametrize(("attack", "wanted", "other"), [("A1-166", "A1-169", "A1-166"), ("A1a-049", "A1-176", ABRA)])
def test_calling_a_friend_to_the_bench(attack: str, wanted: str, other: str):
    deck = (other, wanted, wanted)
    me = side(ready(attack), mon(ABRA), deck=deck)
    table = Table(me, side(wall()))
    table.refuses("attack:0", *picks(0, 0))
    table.do("attack:0", *picks(0, 2))
    assert table.slot(0, 2)["cards"] == [2]
    full = side(ready(attack), mon(ABRA), mon(ABRA), mon(ABRA), deck=deck)
    assert len(struck(attack, me=full).ids(0, "deck")) == 3
    assert struck(attack, me=side(ready(attack), deck=(other,))).ids(0, "deck") == [other]


def test_both_koffing_answer_to_the_name():
    me = side(ready("A1a-049"), deck=("A1a-049",))
    assert struck("A1a-049", *picks(0, 0), me=me).name(0, 1) == "Koffing"


@pytest.mark.parametrize("attack", ["A1-196", "A1a-033"])
def test_drawing_a_card_up_to_ten(attack: str):
    me = side(ready(attack), deck=(POTION, ABRA))
    table = struck(attack, *picks(0, 1), me=me)
    assert table.ids(0, "hand") == [ABRA]
    full = side(ready(attack), hand=(CHARMELEON,) * 10, deck=(POTION,))
    assert struck(attack, me=full).ids(0, "deck") == [POTION]
    assert struck(attack).damage(1) == 10


def test_persian_makes_the_opponent_lose_a_random_card():
    foe = side(wall(), hand=(POTION, ABRA))
    table = struck("A1-197", HEADS, *picks(1, 1), foe=foe)
    assert table.ids(1, "hand") == [POTION]
    assert ABRA in table.ids(1, "discard")
    assert len(struck("A1-197", TAILS, foe=foe).ids(1, "hand")) == 2
    assert struck("A1-197", HEADS).damage(1) == 40


def test_chatot_draws_as_many_as_the_opponent_holds():
    me = side(ready("A1a-062"), hand=(ABRA, RALTS), deck=(POTION, POKEDEX))
    table = Table(me, side(wall(), hand=(POTION,) * 3))
    table.refuses("attack:0", *picks(0, 0, 1))
    table.do("attack:0", *picks(0, 0, 2, 3))
    assert table.ids(0, "hand") == [ABRA, POTION, POKEDEX]
    assert table.ids(0, "deck") == [RALTS]
    me = side(ready("A1a-062"), hand=(ABRA,))
    assert struck("A1a-062", me=me).ids(0, "deck") == [ABRA]


def test_chatot_stops_at_ten_cards():
    me = side(ready("A1a-062"), hand=(ABRA,), deck=(POTION,) * 12)
    foe = side(wall(), hand=(POTION,) * 11)
    table = struck("A1a-062", *picks(0, *range(1, 11)), me=me, foe=foe)
    assert len(table.ids(0, "hand")) == 10


def test_ultra_necrozma_ex_mills_its_own_deck_first():
    me = side(ready("P-A-081/1"), hand=(POKEDEX,), deck=(ABRA, RALTS, POTION, HELMET, CAPE, FOSSIL))
    foe = side(wall(), deck=(ABRA, RALTS))
    table = Table(me, foe).do("item:0", *picks(0, 6, 5, 4))
    table.refuses("attack:1", *picks(0, 5, 6, 4, 1, 2), *picks(1, 0, 1))
    table.do("attack:1", *picks(0, 6, 5, 4, 1, 2), *picks(1, 0, 1))
    assert (table.damage(1), table.ids(0, "deck"), table.ids(1, "deck")) == (120, [POTION], [])
    assert {ABRA, RALTS} <= set(table.ids(1, "discard"))


def test_mew_shows_a_hand_and_nothing_more():
    table = struck("A1-283", foe=side(wall(), hand=(POTION,)))
    assert (table.damage(1), table.ids(1, "hand")) == (20, [POTION])
