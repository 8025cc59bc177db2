"""Special Conditions, the Checkup, Knock Outs and the end of the game."""

from __future__ import annotations

from .positions import (
    ABRA,
    ARTICUNO,
    CHARMANDER,
    HEADS,
    HELMET,
    JIGGLYPUFF,
    MACHAMP,
    MACHOKE,
    MACHOP,
    MOLTRES_EX,
    RALTS,
    SQUIRTLE,
    TAILS,
    WARTORTLE,
    Table,
    blank,
    mon,
    side,
)

# Special Conditions and the Checkup


def test_confused_needs_heads_to_attack_and_tails_only_ends_the_turn():
    me = side(mon(SQUIRTLE, status=("confused",), water=1))
    table = Table(me, side(blank()))
    table.refuses("attack:0")
    table.do("attack:0", TAILS)
    assert (table.damage(0), table.damage(1), table.state["current"]) == (0, 0, 1)
    table.do("end").do("attack:0", HEADS)
    assert table.damage(1) == 20


def test_checkup_goes_poison_then_burn_then_sleep_the_ending_player_first():
    mine = mon(MACHOP, MACHOKE, MACHAMP, status=("asleep", "burned", "poisoned"))
    theirs = mon(MACHOP, MACHOKE, MACHAMP, status=("burned", "confused"))
    table = Table(side(mine), side(theirs))
    table.do("end", TAILS, HEADS, HEADS)
    assert (table.damage(0), table.status(0)) == (30, ["burned", "poisoned"])
    assert (table.damage(1), table.status(1)) == (20, ["confused"])


def test_coins_are_flipped_for_one_whom_poison_has_brought_to_zero():
    mine = mon(ABRA, damage=50, status=("asleep", "burned", "poisoned"))
    table = Table(side(mine, mon(RALTS)), side(blank()))
    table.do("end", HEADS, HEADS)
    assert table.points() == [0, 1]
    assert table.name(0) == "Ralts"


def test_paralysis_is_cured_at_the_checkup_after_the_owners_next_turn():
    table = Table(side(mon(ARTICUNO, water=3)), side(mon(MACHOP, MACHOKE, MACHAMP, fighting=3)))
    table.do("attack:0", HEADS)
    assert table.status(1) == ["paralyzed"]
    assert table.legal == ["end"]
    assert table.do("end").status(1) == []


def test_sleep_confusion_and_paralysis_replace_one_another_and_poison_stays():
    foe = side(mon(MACHOP, MACHOKE, MACHAMP, status=("confused", "poisoned")))
    table = Table(side(mon(JIGGLYPUFF, fire=1)), foe)
    table.do("attack:0", TAILS)
    assert table.status(1) == ["asleep", "poisoned"]
    assert table.damage(1) == 10


def test_after_a_double_knock_out_at_checkup_the_next_player_promotes_first():
    mine = mon(ABRA, damage=50, status=("poisoned",))
    theirs = mon(RALTS, damage=50, status=("poisoned",))
    table = Table(side(mine, mon(ABRA), mon(RALTS)), side(theirs, mon(ABRA), mon(RALTS)))
    table.do("end")
    assert table.points() == [1, 1]
    assert table.state["turn"] == 5
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    table.do("slot:1:2")
    assert (table.state["decider"], table.legal) == (0, ["slot:0:1", "slot:0:2"])
    table.do("slot:0:1")
    assert (table.state["turn"], table.state["current"]) == (6, 1)
    assert [table.name(1, slot) for slot in range(4)] == ["Ralts", "Abra", None, None]


# Knock Outs and the end


def test_a_knock_out_gives_a_point_and_everything_is_discarded():
    foe = side(mon(SQUIRTLE, WARTORTLE, damage=60, tools=(HELMET,), water=2), mon(ABRA), mon(RALTS))
    table = Table(side(mon(CHARMANDER, fire=1)), foe)
    table.do("attack:0")
    assert table.points() == [1, 0]
    assert {SQUIRTLE, WARTORTLE, HELMET} <= set(table.ids(1, "discard"))
    assert (table.state["decider"], table.legal) == (1, ["slot:1:1", "slot:1:2"])
    assert table.name(1) is None
    table.do("slot:1:1")
    assert (table.name(1), table.name(1, 1), table.state["current"]) == ("Abra", None, 1)


def test_an_ex_gives_two_points_and_three_points_win():
    table = Table(side(mon(SQUIRTLE, water=1), points=1), side(mon(MOLTRES_EX, damage=120), mon(ABRA)))
    table.do("attack:0")
    assert (table.points(), table.winner, table.state["over"]) == ([3, 0], 0, True)
    assert (table.legal, table.state["decider"]) == ([], None)
    table.refuses("end")


def test_a_player_without_pokemon_loses():
    table = Table(side(mon(SQUIRTLE, water=1)), side(mon(CHARMANDER, damage=40)))
    assert table.do("attack:0").winner == 0


def test_both_at_three_points_with_pokemon_is_a_tie():
    me = side(mon(SQUIRTLE, damage=50, water=1), mon(ABRA), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA), points=2)
    table = Table(me, foe).do("attack:0")
    assert (table.points(), table.winner) == ([3, 3], "tie")


def test_both_at_three_points_and_one_board_empty_is_won_by_the_other():
    me = side(mon(SQUIRTLE, damage=50, water=1), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA), points=2)
    assert Table(me, foe).do("attack:0").winner == 1


def test_both_boards_empty_is_a_tie_whatever_the_points():
    me = side(mon(SQUIRTLE, damage=50, water=1), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)))
    table = Table(me, foe).do("attack:0")
    assert (table.points(), table.winner) == ([3, 1], "tie")


def test_three_points_with_an_empty_board_against_fewer_with_pokemon_is_a_tie():
    me = side(mon(SQUIRTLE, damage=50, water=1), points=2)
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA))
    table = Table(me, foe).do("attack:0")
    assert (table.points(), table.winner) == ([3, 1], "tie")


def test_after_an_attack_the_turn_player_promotes_first():
    me = side(mon(SQUIRTLE, damage=50, water=1), mon(ABRA), mon(RALTS))
    foe = side(mon(CHARMANDER, damage=40, tools=(HELMET,)), mon(ABRA), mon(RALTS))
    table = Table(me, foe).do("attack:0")
    assert (table.state["decider"], table.legal) == (0, ["slot:0:1", "slot:0:2"])
    assert table.do("slot:0:2").state["decider"] == 1


def test_after_turn_30_the_game_is_a_tie():
    table = Table(side(blank()), side(blank()), turn=29)
    assert not table.do("end").state["over"]
    table.do("end")
    assert (table.winner, table.state["turn"]) == ("tie", 30)
