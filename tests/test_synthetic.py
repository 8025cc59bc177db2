"""Games with more rows, or fewer, made of the rows there are."""

from __future__ import annotations

import pytest

from compiler.bench.synthetic import resized
from compiler.conformance.interp_engine import InterpEngine
from compiler.ir import hir_verify
from compiler.ir.hir_text import program_text
from compiler.passes import MergeMethods
from tests.engines import first_difference
from tests.rules import spec

TCG = spec("tcg")


@pytest.mark.parametrize("rows", [40, 150, 400])
def test_a_game_of_a_given_size(rows: int) -> None:
    made = resized(TCG, rows)
    hir_verify.verify(made)
    assert len(made.tables["species"]) == rows
    assert len(made.tables["deck_list"]) > 1
    assert len(set(made.tables["species"].keys)) == rows


def test_copies_name_copies() -> None:
    made = resized(TCG, 2 * len(TCG.tables["species"]))
    species, decks = made.tables["species"], made.tables["deck_list"]
    titles = {made.texts[text] for text in species.data["evolves_from"] if isinstance(text, int)} - {""}
    assert titles <= set(species.titles)
    for key, cards in zip(decks.keys, decks.data["cards"], strict=True):
        assert isinstance(cards, tuple)
        assert {copy_of(species.keys[card]) for card in cards} == {copy_of(key)}


def copy_of(key: str) -> str:
    """The number at the end of a copy's key; empty for a row of the rules."""
    end = key.rpartition("_")[2]
    return end if end.isdecimal() and "_" in key else ""


def test_the_same_seed_gives_the_same_game() -> None:
    assert program_text(resized(TCG, 400, seed=1)) == program_text(resized(TCG, 400, seed=1))
    assert program_text(resized(TCG, 400, seed=1)) != program_text(resized(TCG, 400, seed=2))


def test_copies_are_rows_of_the_same_program() -> None:
    """Other numbers, and choices of their own, make operands and no steps."""
    larger = (MergeMethods().run(resized(TCG, n * len(TCG.tables["species"]))) for n in (2, 3))
    steps = [sum(game.notes["supersequence"].values()) for game in larger]
    assert steps[1] <= steps[0] + 2


def test_a_larger_game_plays_the_same_when_its_rows_are_merged() -> None:
    made = resized(TCG, 2 * len(TCG.tables["species"]))
    merged, plain = (InterpEngine(game, 8, views=True) for game in (MergeMethods().run(made), made))
    assert first_difference(merged, plain, made, games=8, decisions=60) is None
