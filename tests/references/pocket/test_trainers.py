"""Items, Supporters, Tools and Stadiums."""

from __future__ import annotations

from typing import Any

import pytest

from .model import Deck
from .positions import (
    ABRA,
    ARTICUNO,
    BLAINE,
    BLUE,
    BROCK,
    CAPE,
    CHARMELEON,
    ERIKA,
    EXPEDITIONER,
    FLUTE,
    FOSSIL,
    GASTLY,
    HAND_SCOPE,
    HAUNTER,
    HEADS,
    HELMET,
    KIRLIA,
    KOFFING,
    KOGA,
    LEAF,
    MACHOKE,
    MACHOP,
    MESAGOZA,
    MEW_EX,
    MISTY,
    PLAINS,
    POKE_BALL,
    POKEDEX,
    POTION,
    RALTS,
    RED_CARD,
    RESEARCH,
    SABRINA,
    SLAB,
    SQUIRTLE,
    SURGE,
    TAILS,
    VULPIX,
    WEEZING,
    X_SPEED,
    Mon,
    Table,
    blank,
    evolved,
    mon,
    picks,
    ready,
    side,
    wall,
)

# Items


def test_potion_heals_20_of_a_chosen_damaged_pokemon():
    me = side(mon(ABRA, damage=10), mon(RALTS), mon(GASTLY, damage=30), hand=(POTION,))
    table = Table(me, side(mon(SQUIRTLE, damage=10))).do("item:0")
    assert table.legal == ["slot:0:0", "slot:0:2"]
    assert POTION in table.ids(0, "discard")
    assert table.do("slot:0:2").damage(0, 2) == 10
    table = Table(side(mon(ABRA, damage=10), hand=(POTION,)), side(blank())).do("item:0")
    assert (table.damage(0), table.legal) == (0, ["end"])


def test_x_speed_makes_the_retreat_cheaper_and_adds_up():
    me = side(mon(KOFFING, WEEZING, darkness=1), mon(ABRA), hand=(X_SPEED, X_SPEED))
    table = Table(me, side(blank()))
    assert table.do("item:0").legal_of("retreat") == []
    table.do("item:1").do("retreat:1")
    assert table.energy(0, 1) == {}


def test_x_speed_ends_with_the_turn_and_serves_whoever_is_active():
    me = side(mon(KOFFING, WEEZING), mon(ABRA), mon(RALTS), hand=(X_SPEED, KOGA))
    table = Table(me, side(blank())).do("item:0").do("supporter:1").do("slot:0:1")
    assert table.legal_of("retreat") == ["retreat:2"]
    assert table.do("end").do("end").legal_of("retreat") == []


def test_hand_scope_needs_a_hand_and_leaves_no_trace():
    assert Table(side(blank(), hand=(HAND_SCOPE,)), side(blank())).legal == ["end"]
    table = Table(side(blank(), hand=(HAND_SCOPE,)), side(blank(), hand=(ABRA,))).do("item:0")
    assert (table.legal, table.ids(1, "hand")) == (["end"], [ABRA])


def test_pokedex_fixes_the_top_three_and_known_cards_are_still_reported():
    me = side(blank(), hand=(POKEDEX, POKEDEX, RESEARCH), deck=(ABRA, RALTS, GASTLY, VULPIX))
    table = Table(me, side(blank()))
    table.refuses("item:0", *picks(0, 3, 4))
    table.do("item:0", *picks(0, 5, 3, 4))
    table.refuses("item:1", *picks(0, 3, 5, 4))
    table.do("item:1", *picks(0, 5, 3, 4))
    table.refuses("supporter:2", *picks(0, 5, 6))
    table.do("supporter:2", *picks(0, 5, 3))
    assert table.ids(0, "deck") == [RALTS, VULPIX]
    assert table.do("end").do("end", *picks(0, 4)).ids(0, "deck") == [VULPIX]


def test_pokedex_with_a_short_or_empty_deck():
    assert Table(side(blank(), hand=(POKEDEX,)), side(blank())).legal == ["end"]
    Table(side(blank(), hand=(POKEDEX,), deck=(ABRA,)), side(blank())).do("item:0", *picks(0, 1))


def test_red_card_shuffles_the_hand_away_and_draws_three():
    foe = side(blank(), hand=(ABRA, RALTS, GASTLY, VULPIX), deck=(POTION,))
    table = Table(side(blank(), hand=(RED_CARD,)), foe).do("item:0", *picks(1, 4, 0, 2))
    assert table.ids(1, "hand") == [ABRA, GASTLY, POTION]
    assert table.ids(1, "deck") == [RALTS, VULPIX]
    assert Table(side(blank(), hand=(RED_CARD,)), side(blank())).legal == ["end"]
    table = Table(side(blank(), hand=(RED_CARD,)), side(blank(), deck=(ABRA,))).do("item:0", *picks(1, 0))
    assert table.ids(1, "hand") == [ABRA]


def test_poke_ball_finds_a_basic_and_leaves_known_places_alone():
    me = side(blank(), hand=(POKEDEX, POKE_BALL), deck=(KIRLIA, RALTS, FOSSIL, ABRA, GASTLY))
    table = Table(me, side(blank())).do("item:0", *picks(0, 2, 3, 5))
    table.refuses("item:1", *picks(0, 2))
    table.refuses("item:1", *picks(0, 4))
    table.do("item:1", *picks(0, 3))
    table.do("end").refuses("end", *picks(0, 5))
    assert table.do("end", *picks(0, 2)).ids(0, "hand") == [KIRLIA, RALTS]


def test_poke_ball_without_a_basic_in_the_deck_is_playable_and_finds_nothing():
    table = Table(side(blank(), hand=(POKE_BALL,), deck=(FOSSIL,)), side(blank())).do("item:0")
    assert table.ids(0, "deck") == [FOSSIL]
    assert Table(side(blank(), hand=(POKE_BALL,)), side(blank())).legal == ["end"]


def test_mythical_slab_takes_a_psychic_pokemon_and_sinks_anything_else():
    me = side(blank(), hand=(SLAB, SLAB, RESEARCH), deck=(ABRA, POTION, SQUIRTLE))
    table = Table(me, side(blank())).do("item:0", *picks(0, 3))
    assert ABRA in table.ids(0, "hand")
    table.do("item:1", *picks(0, 5))
    table.refuses("supporter:2", *picks(0, 5, 4))
    table.do("supporter:2", *picks(0, 4, 5))
    assert table.ids(0, "deck") == []


def test_a_deck_keeps_what_is_known_until_it_is_shuffled():
    deck = Deck(range(5))
    deck.fix_next(3)
    deck.remove(0)
    deck.put_on_bottom(0)
    assert list(deck.could_be_at(0)) == [3]
    assert set(deck.could_be_at(1)) == {1, 2, 4}
    for card in (1, 2, 4):
        deck.remove(card)
    assert list(deck.could_be_at(1)) == [0]
    deck.shuffle_in([4])
    assert set(deck.could_be_at(0)) == {0, 3, 4}


# Supporters


def test_research_draws_two_up_to_the_hand_limit():
    me = side(blank(), hand=(RESEARCH,), deck=(ABRA, RALTS, GASTLY))
    assert len(Table(me, side(blank())).do("supporter:0", *picks(0, 1, 3)).ids(0, "hand")) == 2
    me = side(blank(), hand=(RESEARCH, *[CHARMELEON] * 9), deck=(ABRA, RALTS, GASTLY))
    assert len(Table(me, side(blank())).do("supporter:0", *picks(0, 10)).ids(0, "hand")) == 10
    me = side(blank(), hand=(RESEARCH, *[CHARMELEON] * 10), deck=(ABRA, RALTS, GASTLY))
    assert Table(me, side(blank())).legal == ["end"]
    assert Table(side(blank(), hand=(RESEARCH,)), side(blank())).legal == ["end"]


def test_misty_chooses_then_flips_until_tails():
    me = side(mon(SQUIRTLE), mon(ABRA), mon(ARTICUNO), hand=(MISTY,))
    table = Table(me, side(blank())).do("supporter:0")
    assert table.legal == ["slot:0:0", "slot:0:2"]
    table.refuses("slot:0:2", HEADS, HEADS)
    table.do("slot:0:2", HEADS, HEADS, TAILS)
    assert table.energy(0, 2) == {"water": 2}
    assert Table(side(mon(SQUIRTLE), hand=(MISTY,)), side(blank())).do("supporter:0", TAILS).energy(0) == {}
    assert Table(side(blank(), hand=(MISTY,)), side(blank())).legal == ["end"]


def test_koga_takes_the_active_weezing_back_and_drops_what_was_on_it():
    weezing = mon(KOFFING, WEEZING, damage=90, tools=(CAPE,), darkness=2)
    table = Table(side(weezing, mon(ABRA), mon(RALTS), hand=(KOGA,)), side(blank())).do("supporter:0")
    assert table.ids(0, "hand") == [KOFFING, WEEZING]
    assert CAPE in table.ids(0, "discard")
    assert table.legal == ["slot:0:1", "slot:0:2"]
    table.do("slot:0:2")
    assert (table.name(0), table.points()) == ("Ralts", [0, 0])
    assert len(table.legal_of("bench")) == 1


def test_koga_needs_weezing_active_and_loses_without_a_bench():
    assert Table(side(mon(KOFFING), mon(KOFFING, WEEZING), hand=(KOGA,)), side(blank())).legal == ["end"]
    assert Table(side(mon(KOFFING, WEEZING), hand=(KOGA,)), side(blank())).do("supporter:0").winner == 1


def test_sabrina_lets_the_opponent_choose():
    foe = side(mon(SQUIRTLE, status=("poisoned",)), mon(ABRA), mon(RALTS))
    table = Table(side(blank(), hand=(SABRINA,)), foe).do("supporter:0")
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:2")
    assert (table.name(1), table.name(1, 2), table.status(1, 2)) == ("Ralts", "Squirtle", [])
    assert table.state["decider"] == 0
    table = Table(side(blank(), hand=(SABRINA,)), side(blank(), mon(ABRA))).do("supporter:0")
    assert table.name(1) == "Abra"
    assert Table(side(blank(), hand=(SABRINA,)), side(blank())).legal == ["end"]


def test_erika_heals_50_of_a_hurt_grass_pokemon():
    me = side(mon("A1-001", damage=60), mon(ABRA, damage=10), mon("A1-008", damage=20), hand=(ERIKA,))
    table = Table(me, side(blank())).do("supporter:0")
    assert table.legal == ["slot:0:0", "slot:0:2"]
    assert table.do("slot:0:0").damage(0) == 10
    assert Table(side(mon("A1-001"), mon(ABRA, damage=10), hand=(ERIKA,)), side(blank())).legal == ["end"]


def test_blaine_strengthens_three_names_against_the_active():
    for attack, more in [("A1-038", 30), ("A1-043", 30), ("A1a-012", 30), ("A1-035", 0)]:
        attacker = ready(attack)
        plain = Table(side(attacker), side(wall(tools=(CAPE,)))).do("attack:0").damage(1)
        table = Table(side(attacker, hand=(BLAINE,)), side(wall(tools=(CAPE,))))
        assert table.do("supporter:0").do("attack:0").damage(1) == plain + more


def test_blaine_is_playable_without_its_names_and_ends_with_the_turn():
    me = side(ready("A1a-012", fire=2), hand=(BLAINE,))
    table = Table(me, side(wall(tools=(CAPE,)))).do("supporter:0").do("end").do("end").do("attack:0")
    assert table.damage(1) == 80
    assert Table(side(blank(), hand=(BLAINE,)), side(blank())).legal == ["end", "supporter:0"]


def test_brock_charges_golem_or_onix():
    me = side(evolved("A1-149"), mon("A1-150"), mon("A1-143"), hand=(BROCK,))
    table = Table(me, side(blank())).do("supporter:0")
    assert table.legal == ["slot:0:0", "slot:0:1"]
    assert table.do("slot:0:1").energy(0, 1) == {"fighting": 1}
    assert Table(side(blank(), hand=(BROCK,)), side(blank())).legal == ["end"]


def test_surge_moves_all_benched_lightning_to_the_active():
    bench = [mon("A1-094", lightning=2, water=1), mon(ABRA, lightning=1), mon(RALTS)]
    me = side(evolved("A1-095", fire=1), *bench, hand=(SURGE,))
    table = Table(me, side(blank())).do("supporter:0")
    assert [table.energy(0, slot) for slot in range(4)] == [{"fire": 1, "lightning": 3}, {"water": 1}, {}, {}]


@pytest.mark.parametrize(("active", "benched"), [("A1-095", "fire"), ("A1-094", "lightning"), ("P-A-112", "lightning")])
def test_surge_needs_a_fitting_active_and_something_to_move(active: str, benched: str):
    me = side(evolved(active, lightning=1), Mon((ABRA,), energy={benched: 1}), hand=(SURGE,))
    assert Table(me, side(blank())).legal_of("supporter") == []


def test_leaf_makes_the_retreat_two_cheaper():
    me = side(mon(KOFFING, WEEZING, darkness=1), mon(ABRA), hand=(LEAF,))
    table = Table(me, side(blank()))
    assert table.legal_of("retreat") == []
    table.do("supporter:0").do("retreat:1")
    assert table.name(0) == "Abra"
    assert Table(side(blank(), hand=(LEAF,)), side(blank())).legal == ["end", "supporter:0"]


def test_blue_makes_everybody_take_less_in_the_next_turn():
    foe = side(ready("A1a-026"))
    table = Table(side(wall(), mon("A1-206"), hand=(BLUE,)), foe).do("supporter:0").do("end").do("attack:0")
    assert (table.damage(0), table.damage(0, 1)) == (50, 10)
    table.do("end").do("attack:0")
    assert (table.damage(0), table.damage(0, 1)) == (110, 30)


def test_blue_covers_no_recoil_and_stays_when_the_active_changes():
    me = side(ready("A1-040"), hand=(BLUE,))
    assert Table(me, side(wall())).do("supporter:0").do("attack:0").damage(0) == 20
    foe = side(ready("A1-033"), hand=(SABRINA,))
    table = Table(side(wall(), mon("A1-206"), hand=(BLUE,)), foe).do("supporter:0").do("end")
    assert table.do("supporter:0").do("attack:0").damage(0) == 20


def test_the_expeditioner_takes_the_active_mew_ex_back():
    mew = mon(MEW_EX, damage=90, tools=(CAPE,), fire=2)
    assert Table(side(mon(ABRA), mew, hand=(EXPEDITIONER,)), side(blank())).legal_of("supporter") == []
    assert Table(side(mon("A1-283"), hand=(EXPEDITIONER,)), side(blank())).legal_of("supporter") == []
    table = Table(side(mew, mon(ABRA), hand=(EXPEDITIONER,)), side(blank())).do("supporter:0")
    assert (table.name(0), table.ids(0, "hand"), table.points()) == ("Abra", [MEW_EX], [0, 0])
    assert CAPE in table.ids(0, "discard")


def flute_table(*bench: Any) -> Table:
    """The opponent has lost two Abra, a Ralts, a Haunter and a Fossil."""
    table = Table(side(blank(), hand=(FLUTE,)), side(blank(), *bench, deck=(ABRA, ABRA, RALTS, HAUNTER, FOSSIL)))
    state = table.state
    opponent = state["players"][1]
    opponent["discard"] = sorted(opponent["discard"] + opponent["deck"])
    opponent["deck"] = []
    table.answer = table.ref.inject(state, table.decks, [["fire"], ["fire"]])
    return table


def test_the_flute_offers_each_kind_of_basic_once():
    table = flute_table(mon(ABRA)).do("item:0")
    assert (table.state["decider"], table.legal) == (0, ["card:1:0", "card:1:2"])
    table.do("card:1:2")
    assert (table.name(1, 2), table.damage(1, 2)) == ("Ralts", 0)
    assert RALTS not in table.ids(1, "discard")


def test_the_flute_needs_a_basic_in_the_pile():
    assert Table(side(blank(), hand=(FLUTE,)), side(mon(ABRA), mon(RALTS), hand=(ABRA,))).legal == ["end"]


def test_the_flute_needs_a_free_place():
    assert flute_table(mon(ABRA), mon(ABRA), mon(ABRA)).legal == ["end"]


# Tools and Stadiums


def test_giant_cape_gives_20_hp():
    table = Table(side(mon(MACHOP, MACHOKE, fighting=2)), side(mon(VULPIX, tools=(CAPE,)), mon(ABRA)))
    assert table.do("attack:0").damage(1) == 50
    table = Table(side(mon(MACHOP, MACHOKE, fighting=2)), side(mon(VULPIX, tools=(CAPE,), damage=20), mon(ABRA)))
    assert table.do("attack:0").points() == [1, 0]


def test_rocky_helmet_strikes_back_for_the_active_holder():
    table = Table(side(mon(SQUIRTLE, water=1)), side(mon(ABRA, tools=(HELMET,))))
    table.do("attack:0")
    assert (table.damage(0), table.damage(1)) == (20, 20)


def test_starting_plains_gives_every_basic_20_hp_fossils_too():
    table = Table(side(mon(SQUIRTLE, water=1)), side(mon(FOSSIL, damage=30), mon(ABRA)), stadium=PLAINS)
    assert table.do("attack:0").damage(1) == 50
    table = Table(side(blank(), mon(ABRA, damage=70)), side(blank(), mon(RALTS, damage=70)), stadium=PLAINS)
    assert table.points() == [0, 0]


def test_replacing_starting_plains_knocks_out_at_once_and_the_turn_goes_on():
    me = side(mon(ABRA, damage=70), mon(RALTS), mon(GASTLY, damage=60), hand=(MESAGOZA,))
    foe = side(mon(SQUIRTLE, damage=60), mon(ABRA), mon(RALTS))
    table = Table(me, foe, stadium=PLAINS).do("stadium:0")
    assert table.points() == [1, 2]
    assert table.name(0) == "Ralts"
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:1")
    assert (table.state["turn"], table.state["current"], table.legal) == (5, 0, ["end"])


def test_mesagoza_flips_for_a_random_pokemon_once_a_turn():
    me = side(blank(), deck=(POTION, KIRLIA, FOSSIL, ABRA))
    table = Table(me, side(blank(), deck=(ABRA, RALTS)), stadium=MESAGOZA)
    table.refuses("stadium", HEADS, *picks(0, 2))
    table.do("stadium", HEADS, *picks(0, 1))
    assert table.ids(0, "hand") == [KIRLIA]
    assert "stadium" not in table.legal
    table.do("end", *picks(1, 1))
    assert "stadium" in table.legal
    table.do("stadium", TAILS)
    assert table.ids(1, "hand") == [ABRA]


def test_mesagoza_needs_a_deck():
    assert Table(side(blank()), side(blank()), stadium=MESAGOZA).legal == ["end"]
    table = Table(side(blank(), deck=(POTION,)), side(blank()), stadium=MESAGOZA)
    assert table.do("stadium", HEADS).ids(0, "deck") == [POTION]
