"""Draws, refusals, injected positions and the line protocol."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from .positions import (
    ABRA,
    BASICS,
    CHARMANDER,
    HEADS,
    PLAINS,
    POTION,
    RALTS,
    TAILS,
    TYPES_2,
    VULPIX,
    Table,
    blank,
    mon,
    opening,
    picks,
    side,
)
from .reference import IllegalRequest, factory, serve

# Draws


def test_draws_may_be_pairs_or_objects():
    pairs, objects = factory(), factory()
    as_objects = [{"kind": kind, "value": value} for kind, value in opening()]
    assert pairs.reset([BASICS, BASICS], TYPES_2, opening()) == objects.reset([BASICS, BASICS], TYPES_2, as_objects)


def test_a_missing_or_impossible_or_superfluous_draw_is_refused_and_changes_nothing():
    table = Table(side(mon(VULPIX, fire=1)), side(blank(), deck=(ABRA, RALTS)))
    table.refuses("attack:0", HEADS)  # the next draw for the turn is missing
    table.refuses("attack:0", *picks(1, 0))
    table.refuses("attack:0", ("coin", 2), *picks(1, 0))
    table.refuses("attack:0", ("coin", True), *picks(1, 0))
    table.refuses("attack:0", HEADS, HEADS, *picks(1, 0))
    table.refuses("attack:0", HEADS, *picks(1, 0), ("first", 0))
    table.refuses("attack:0", HEADS, *picks(0, 0))
    table.refuses("attack:0", HEADS, *picks(1, 7))
    table.refuses("attack:0", HEADS, ("dice", 6), *picks(1, 0))
    table.refuses("attack:0", HEADS, "pick", *picks(1, 0))
    table.do("attack:0", HEADS, *picks(1, 1))
    assert table.ids(1, "hand") == [RALTS]


def test_only_the_order_within_a_kind_matters():
    table = Table(side(mon(VULPIX, fire=1)), side(blank(), deck=(ABRA, RALTS)))
    table.do("attack:0", *picks(1, 0), TAILS)
    assert table.ids(1, "hand") == [ABRA]


def test_illegal_actions_are_refused():
    table = Table(side(blank(), hand=(POTION, CHARMANDER, CHARMANDER)), side(blank()))
    for action in ("item:0", "bench:2", "attack:0", "retreat:1", "attach:0", "yes", "", "ability:0"):
        table.refuses(action)
    assert table.legal == ["bench:1", "end"]


# Inject


def test_inject_gives_the_position_back():
    table = Table(side(mon(ABRA, damage=10, psychic=1), mon(RALTS), hand=(POTION,)), side(blank()), stadium=PLAINS)
    again = factory().inject(table.state, table.decks, [["fire"], ["fire"]])
    assert again == table.answer


@pytest.mark.parametrize(
    "change",
    [
        {"turn": 0},
        {"over": True},
        {"decider": 1},
        {"stadium": [0, 0]},
        {"players": []},
        {"current": 7},
    ],
)
def test_inject_refuses_what_is_no_main_part(change: dict[str, Any]):
    table = Table(side(mon(ABRA), hand=(POTION,)), side(blank()))
    with pytest.raises(IllegalRequest):
        factory().inject(table.state | change, table.decks, [["fire"], ["fire"]])


def test_inject_refuses_lost_and_doubled_cards_and_empty_active_spots():
    table = Table(side(mon(ABRA), hand=(POTION,)), side(blank()))
    for path, value in [("hand", []), ("discard", [0]), ("slots", [None] * 4), ("points", 3)]:
        state = json.loads(json.dumps(table.state))
        state["players"][0][path] = value
        with pytest.raises(IllegalRequest):
            factory().inject(state, table.decks, [["fire"], ["fire"]])


def test_a_refused_step_is_undone_even_after_the_caller_changed_what_it_passed():
    decks, energy = [list(BASICS), list(BASICS)], [["fire"], ["water", "psychic"]]
    ref = factory()
    ref.reset(decks, energy, opening())
    decks[0][0] = "no card"
    energy.clear()
    for action in ("active:0", "done", "active:0"):
        before = ref.step(action, [])
    with pytest.raises(IllegalRequest):
        ref.step("done", picks(1, 3))
    assert ref.state() == before
    assert ref.step("done", picks(0, 3))["state"]["turn"] == 1


# The protocol in lines


def lines(*requests: Any) -> list[Any]:
    out = io.StringIO()
    serve([request if isinstance(request, str) else json.dumps(request) for request in requests], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_line_protocol_answers_every_request_and_survives_errors():
    reset = {"op": "reset", "decks": [BASICS, BASICS], "energy": TYPES_2, "draws": opening()}
    answers = lines(
        {"op": "state"},
        reset,
        {"op": "step", "action": "bench:0"},
        {"op": "step", "action": "active:0", "draws": []},
        {"op": "state"},
        {"op": "sing"},
        "no json",
        "[]",
        {"op": "quit"},
        {"op": "state"},
    )
    assert ["error" in answer for answer in answers] == [True, False, True, False, False, True, True, True, False]
    assert answers[3] == answers[4]
    assert answers[3]["legal"] == ["bench:1", "bench:2", "bench:4", "bench:6", "done"]
