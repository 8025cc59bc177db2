"""The compiler knows no game: no word of one stands in its sources or in the layout of what it writes."""

import re
from pathlib import Path

import pytest

from compiler.paths import ROOT

WORDS = ("pokemon", "pokémon", "tcg", "energy", "damage", "weakness", "poker")
FORBIDDEN = re.compile("|".join(WORDS), re.IGNORECASE)
FILES = sorted(
    path
    for folder in ("compiler", "codegen_templates")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_a_game_stands_in(path: Path) -> None:
    shown = path.relative_to(ROOT).as_posix()
    assert not FORBIDDEN.search(shown)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [f"{shown}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if FORBIDDEN.search(line)]
    assert not found, "\n".join(found)


def test_the_search_finds_what_it_looks_for() -> None:
    assert all(FORBIDDEN.search(f"a {word.upper()}.") for word in WORDS)
    assert len(FILES) > 20
