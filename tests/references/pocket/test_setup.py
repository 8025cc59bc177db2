"""Decks and setup."""

from __future__ import annotations

import pytest

from .positions import ABRA, BASICS, CHARMANDER, CHARMELEON, FOSSIL, ONE_BASIC, POTION, TYPES_2, opening, picks
from .reference import IllegalRequest, factory

# Setup


def test_setup_offers_the_lowest_of_equal_basics_and_player_0_decides_first():
    answer = factory().reset([BASICS, BASICS], TYPES_2, opening())
    assert answer["legal"] == ["active:0", "active:2", "active:4", "active:6"]
    assert answer["state"]["turn"] == 0
    assert answer["state"]["current"] == 0
    assert answer["state"]["decider"] == 0
    assert answer["state"]["players"][1]["energy"] == {"current": None, "next": "psychic"}


def test_setup_places_an_active_and_up_to_three_on_the_bench_then_the_first_turn_begins():
    ref = factory()
    ref.reset([BASICS, BASICS], TYPES_2, opening(first=1))
    answer = ref.step("active:0", [])
    assert answer["legal"] == ["bench:1", "bench:2", "bench:4", "bench:6", "done"]
    for action in ("bench:1", "bench:2", "bench:4", "active:0"):
        answer = ref.step(action, [])
    assert answer["state"]["decider"] == 1
    answer = ref.step("done", picks(1, 10))
    state = answer["state"]
    assert (state["turn"], state["current"], state["decider"]) == (1, 1, 1)
    assert state["players"][1]["hand"] == [2, 4, 6, 8, 10]
    assert [slot and slot["cards"] for slot in state["players"][0]["slots"]] == [[0], [1], [2], [4]]


def test_the_first_player_has_no_energy_in_turn_1_and_the_second_has():
    ref = factory()
    ref.reset([BASICS, BASICS], TYPES_2, opening())
    for action in ("active:0", "done", "active:0"):
        ref.step(action, [])
    answer = ref.step("done", picks(0, 19))
    assert answer["state"]["players"][0]["energy"] == {"current": None, "next": "fire"}
    answer = ref.step("end", [*picks(1, 19), ("energy", "water")])
    assert answer["state"]["players"][1]["energy"] == {"current": "psychic", "next": "water"}
    answer = ref.step("end", picks(0, 18))
    assert answer["state"]["players"][0]["energy"] == {"current": "fire", "next": "fire"}
    assert answer["state"]["players"][1]["energy"] == {"current": None, "next": "water"}


def test_a_hand_without_a_basic_gives_a_card_back_for_one_and_the_only_basic_is_placed_unasked():
    draws = [("first", 0), *picks(0, 1, 2, 3, 4, 5), *picks(0, 3), *picks(0, 0), *picks(1, 0, 2, 4, 6, 8)]
    answer = factory().reset([ONE_BASIC, BASICS], [["fire"], ["fire"]], draws)
    state = answer["state"]
    assert state["decider"] == 1
    assert state["players"][0]["hand"] == [1, 2, 4, 5]
    assert 3 in state["players"][0]["deck"]
    assert state["players"][0]["slots"][0]["cards"] == [0]


def test_fossils_are_no_basics_at_setup():
    draws = [("first", 0), *picks(0, 0, 1, 2, 3, 4), *picks(1, 0, 2, 4, 6, 8)]
    answer = factory().reset([ONE_BASIC, BASICS], [["fire"], ["fire"]], draws)
    assert answer["state"]["players"][0]["slots"] == [
        {"cards": [0], "damage": 0, "energy": {}, "status": [], "tools": []},
        None,
        None,
        None,
    ]
    assert answer["state"]["decider"] == 1


@pytest.mark.parametrize(
    "deck",
    [
        BASICS[:19],
        [*BASICS, ABRA],
        [CHARMANDER] * 3 + BASICS[3:],
        ["A4-001", *BASICS[1:]],
        [FOSSIL, FOSSIL, *ONE_BASIC[3:], POTION, POTION][:20],
        [CHARMELEON, *ONE_BASIC[1:]],
    ],
    ids=["19 cards", "21 cards", "three of a name", "unknown card", "too many again", "no Basic"],
)
def test_illegal_decks_are_refused(deck: list[str]):
    with pytest.raises(IllegalRequest):
        factory().reset([BASICS, deck], [["fire"], ["fire"]], [])


@pytest.mark.parametrize(
    "types", [[], ["dragon"], ["colorless"], ["fire", "fire"], ["fire", "water", "grass", "metal"]]
)
def test_illegal_energy_types_are_refused(types: list[str]):
    with pytest.raises(IllegalRequest):
        factory().reset([BASICS, BASICS], [types, ["fire"]], [])
