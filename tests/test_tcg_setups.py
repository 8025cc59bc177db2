"""Decks and positions made for testing: legal, of whole evolution lines, and accepted by the rules."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

from compiler.backends.interp import Interp
from compiler.ir import hir
from compiler.ir.rows import with_rows
from specs.tcg import adapter
from specs.tcg.setups import CARDS, COPIES, pool, random_deck
from tests.rules import spec


@cache
def game() -> hir.Program:
    return spec("tcg")


def deck(seed: int, *wanted: str) -> dict[str, Any]:
    return random_deck(game(), random.Random(seed), wanted)


@pytest.mark.parametrize("seed", range(40))
def test_decks_are_legal(seed: int) -> None:
    cards = pool(game())
    row = deck(seed)
    listed = [cards.by_key[key] for key in row["cards"]]
    titles = [card.title for card in listed]
    assert len(listed) == CARDS
    assert max(titles.count(title) for title in titles) <= COPIES
    assert any(card.kind == "pokemon" and card.stage == 0 for card in listed)
    made = [cards.elements[i] for i, n in enumerate(row["energy"]) if n]
    assert 1 <= len(made) <= 3
    assert not {"dragon", "colorless"} & set(made)
    assert row["cards"] == sorted(row["cards"], key=lambda key: cards.by_key[key].row), "equal cards stand side by side"


@pytest.mark.parametrize("seed", range(40))
def test_lines_are_whole_and_have_their_energy(seed: int) -> None:
    cards = pool(game())
    row = deck(seed)
    listed = [cards.by_key[key] for key in row["cards"]]
    titles = {card.title for card in listed}
    assert all(card.evolves_from in titles for card in listed if card.stage > 0)
    needed = {i for card in listed for cost in card.costs for i in cards.makeable if cost[i]}
    made = {i for i, n in enumerate(row["energy"]) if n}
    assert needed <= made or len(made) == 3


def test_every_card_gets_into_a_deck_that_is_made_around_it() -> None:
    cards = pool(game())
    missing = [card.key for card in cards.cards if card.key not in deck(0, card.key)["cards"]]
    assert not missing


def test_the_same_seed_gives_the_same_deck() -> None:
    assert deck(3, "A1-129") == deck(3, "A1-129")
    assert deck(3) != deck(4)


def test_positions_are_accepted_and_what_is_wanted_stands_ready() -> None:
    rng = random.Random(1)
    keys = [card.key for card in pool(game()).cards]
    wanted = [rng.sample(keys, 3) for _ in range(24)]
    program = with_rows(game(), {"deck_list": [random_deck(game(), rng, names) for names in wanted]})
    interp = Interp(program)
    for number, names in enumerate(wanted):
        lists = (number, (number + 1) % len(wanted))
        fields = adapter.position(program, {"player.list": lists}, rng, names)
        playing = interp.new_game({"player.list": list(lists)}, number, None, fields)
        assert playing.over or playing.legal
        assert playing.state["current"][0] in (0, 1)
        played = playing.state["place.pokemon"]
        assert played[0] >= 0
        assert played[4] >= 0


def test_decks_of_the_specification_stay_what_they_are() -> None:
    rows = adapter.rows(game(), random.Random(0), [])
    assert list(rows) == ["deck_list"]
