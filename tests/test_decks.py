"""Deck lists: written, read, round and round, and what is said of wrong ones."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from compiler.cli import app
from compiler.decks import DeckTable, deck_table, export, parse_list
from compiler.diagnostics import Diagnostics, SpecError
from compiler.source import SourceFile
from compiler.syntax.unparse import unparse
from tests import rules

GAME = """
players 2
enum Tint { red blue green }
enum Mood { calm wild }
entity card[6] per player
state per player { param list: deck visible to owner }
zone hand: bag of card per player visible to owner start
action skip
play { choose by 0 manual { skip { } }; finish p: 0 }
table kind { strength: int 0..9 = 1 }
table deck {
  cards: kind?[6]
  tints: int 0..3[Tint]
  mood: Mood = calm
  luck: int 0..9 = 0
}
kind A-001 "Fox" { }
kind A-012 "Owl" { }
kind B-2-007 "Owl" { }
kind hen "Hen 2" { }
kind A-100 "The Red, Red Hare: a 3" { }
deck first "First" { cards [2*A-001 hen] tints [red blue blue] mood wild luck 3 }
"""


@pytest.fixture(scope="module")
def decks() -> DeckTable:
    return deck_table(rules.program(GAME))


def read(decks: DeckTable, text: str) -> tuple[str | None, list[str]]:
    """The row that a list becomes, and what is said of it."""
    sink = Diagnostics()
    row = parse_list(decks, SourceFile("my list.txt", text), sink)
    said = [f"{d.code} {d.span.line if d.span else 0}:{d.span.col if d.span else 0} {d.message}" for d in sink]
    return (unparse(row) if row is not None else None), said


def test_a_deck_as_a_list(decks: DeckTable) -> None:
    assert export(decks, 0) == "First\nTints: red, blue, blue\nMood: wild\nLuck: 3\n\n2 Fox A 1\n1 Hen 2 hen\n"


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("2 Fox A 1", "2*A-001"),
        ("2 fox a 001", "2*A-001"),
        ("2x Fox", "2*A-001"),
        ("2 × Fox (A 1)", "2*A-001"),
        ("1 Owl B-2 7", "B-2-007"),
        ("1 Owl B-2-007", "B-2-007"),
        ("1 A-012", "A-012"),
        ("1 Hen 2", "hen"),
        ("1 Hen 2 hen", "hen"),
        ("1 The Red, Red Hare: a 3", "A-100"),
    ],
)
def test_ways_to_name_a_card(decks: DeckTable, line: str, item: str) -> None:
    assert read(decks, f"{line}\n") == (f'deck my_list "my list" {{ cards [{item}] }}', [])


def test_titles_columns_headings_and_remarks(decks: DeckTable) -> None:
    text = "# mine\n\nFirst\nTints: Green red\nAnimals: 3\nMood: WILD\n\n2 Fox\nOthers (1)\n1 Hen 2\n"
    row, said = read(decks, text)
    assert said == []
    assert row == 'deck first_2 "First" {\n  tints [green red]\n  mood wild\n  cards [2*A-001 hen]\n}'


WRONG = """\
First
Tints: red, bleu
Mod: calm
Luck: much
Luck: 1
Luck: 2
2 Fox A 12
1 Owl
0 Fox
7 Fox
1 Foxx
1 Cow A 44
1 Owl C 3
what is this
"""


def test_wrong_lists_are_told_line_by_line(decks: DeckTable) -> None:
    row, said = read(decks, WRONG)
    assert row is None
    assert said == [
        "E0821 2:1 Tints: there is no 'bleu'",
        "E0821 3:1 a deck has no 'Mod'",
        "E0821 4:1 Luck: one number is wanted",
        "E0821 6:1 'Luck' stands twice",
        "E0822 7:1 A 12 is 'Owl', not 'Fox'",
        "E0822 8:1 several cards are called 'Owl'",
        "E0823 9:1 0 of a card: a count goes from 1 to 6",
        "E0823 10:1 7 of a card: a count goes from 1 to 6",
        "E0822 11:1 there is no card 'Foxx'",
        "E0822 12:1 there is no card A 44",
        "E0822 13:1 there is no card C 3",
        "E0821 14:1 'what is this' is neither a card with its count nor a heading",
    ]
    assert read(decks, "4 Fox\n3 Hen 2\n") == (None, ["E0823 2:1 7 are listed, and there is room for 6"])
    assert read(decks, "\n# nothing\n") == (None, ["E0821 1:1 the list is empty"])


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=6),
    st.tuples(*[st.integers(0, 3)] * 3),
    st.integers(0, 1),
    st.integers(0, 9),
)
@settings(deadline=None, derandomize=True)
def test_lists_survive_the_round_trip(cards: list[int], tints: tuple[int, ...], mood: int, luck: int) -> None:
    decks = deck_table(rules.program(GAME))
    cards = sorted(cards, key=cards.index)  # equal cards stand on one line
    data = {"key": ("k",), "title": ("My deck",), "parent": (-1,), "position": (0,)}
    data |= {"cards": ((*cards, *[-1] * (6 - len(cards))),), "tints": (tints,), "mood": (mood,), "luck": (luck,)}
    table = replace(decks.table, data=data, keys=("k",), titles=("My deck",), forms=("deck",), spans=(None,))
    text = export(replace(decks, table=table), 0)
    row, said = read(decks, text)
    assert said == []
    assert row is not None
    again = deck_table(rules.program(GAME + row))
    assert export(again, 1) == text
    assert [again.table.data[name][1] for name in ("cards", "tints", "mood", "luck")] == [
        data[name][0] for name in ("cards", "tints", "mood", "luck")
    ]


def test_a_game_without_decks() -> None:
    with pytest.raises(SpecError, match="E0801"):
        deck_table(rules.spec("tic_tac_toe"))


# --- the command ------------------------------------------------------------------------------------------------------


def specc(*args: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["decks", *map(str, args)])
    return result.exit_code, result.output


def test_every_deck_of_the_project_is_legal_and_comes_back(tmp_path: Path) -> None:
    spec = rules.SPECS / "tcg.yaml"
    assert specc("export", spec, "--out", tmp_path / "lists")[0] == 0
    lists = sorted((tmp_path / "lists").iterdir())
    assert lists
    code, said = specc("check", spec, *lists)
    assert (code, said.count("is legal")) == (0, len(lists)), said
    assert specc("import", spec, *lists, "--out", tmp_path / "decks.rules")[0] == 0
    program = rules.spec("tcg")
    found = deck_table(program)
    written = (tmp_path / "decks.rules").read_text()
    assert all(f'"{title}"' in written for title in found.table.titles)
    assert specc("import", spec, *lists, "--out", tmp_path / "decks.rules")[0] == 1, "nothing is overwritten"


def test_what_a_game_requires_of_decks_is_required_of_lists(tmp_path: Path) -> None:
    path = tmp_path / "small.txt"
    path.write_text("Energy: fire\n2 Charmander A1 33\n")
    code, said = specc("check", rules.SPECS / "tcg.yaml", path)
    assert code == 1
    assert "has fewer than twenty cards" in said
    assert "small.txt:1:1" in said
    assert specc("export", rules.SPECS / "tcg.yaml", "no such deck")[0] == 1
