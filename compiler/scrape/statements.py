"""Rules pages as numbered statements, and which declarations of a specification cite them.

The wording stays in the local store of texts; an index beside the snapshots says which statements there are, in order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from compiler.files import write_text
from compiler.scrape.records import Record
from compiler.source import Span
from compiler.syntax import ast
from compiler.texts import HASH_PREFIX, TextStore, default_text_folder


class RuleStatement(Record):
    """One paragraph or item of a rules page."""

    article: Annotated[str, StringConstraints(min_length=1)]
    """What names the page on its site."""
    position: int
    """Counts from 1 within the page."""
    title: str
    heading: str
    text: Annotated[str, StringConstraints(min_length=1)]

    @property
    def key(self) -> str:
        return f"{self.article}.{self.position}"


@dataclass(frozen=True)
class Numbered:
    """A statement in the index: its number, where it stands, and the hash of its text."""

    number: str
    url: str
    title: str
    heading: str
    hash: str


@dataclass(frozen=True)
class Citation:
    """A declaration that cites a statement."""

    hash: str
    """As written: perhaps only the first digits."""
    declaration: str
    span: Span


@dataclass(frozen=True)
class Trace:
    """Which declarations cite which statement."""

    cited: tuple[tuple[Numbered, tuple[Citation, ...]], ...]
    unknown: tuple[Citation, ...]
    """Citations of statements that the index does not have."""


def index_path(game: str) -> Path:
    """Where the index of a game's statements lies, outside every repository."""
    return default_text_folder().parent / "rules" / f"{game}.json"


def keep(game: str, statements: Iterable[tuple[str, RuleStatement]], texts: TextStore) -> list[Numbered]:
    """Put the statements of pages, given by URL, into the local store, and return their index. Raises OSError."""
    # position is a number, so that 1.10 comes after 1.9
    ordered = sorted(statements, key=lambda said: (said[1].article, said[1].position, said[0]))
    found: dict[str, Numbered] = {}
    for url, said in ordered:
        found.setdefault(said.key, Numbered(said.key, url, said.title, said.heading, texts.put(said.text)))
    lines = json.dumps([vars(one) for one in found.values()], indent=1, ensure_ascii=False)
    path = index_path(game)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, lines + "\n")
    return list(found.values())


def load_index(game: str) -> list[Numbered]:
    """The statements that were kept; none where nothing was scraped yet, or the index is broken."""
    try:
        return [Numbered(**one) for one in json.loads(index_path(game).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def citations(modules: Iterable[ast.Module]) -> list[Citation]:
    """Everything that is cited, with the declaration that it is cited for."""
    found = []
    for module in modules:
        waiting: list[ast.CitesDecl] = []
        for declaration in module.declarations:
            if isinstance(declaration, ast.CitesDecl):
                waiting.append(declaration)
                continue
            found += [Citation(cites.hash, _name(declaration), cites.span) for cites in waiting]
            waiting = []
    return found


def trace(index: Sequence[Numbered], cited: Sequence[Citation]) -> Trace:
    """Bring statements and citations together."""
    by_statement: dict[str, list[Citation]] = {one.number: [] for one in index}
    unknown = []
    for citation in cited:
        numbers = [one.number for one in index if one.hash.startswith(citation.hash)]
        for number in numbers:
            by_statement[number].append(citation)
        if not numbers:
            unknown.append(citation)
    return Trace(tuple((one, tuple(by_statement[one.number])) for one in index), tuple(unknown))


def short(text_hash: str) -> str:
    """Enough of a hash to cite it by."""
    return text_hash[: len(HASH_PREFIX) + 12]


def _name(node: ast.Decl) -> str:
    """A declaration by its first words: `verb set up`, `const HAND_LIMIT`, `play`."""
    head = node.span.text.split("\n", 1)[0]
    for mark in ("{", "=", "says "):
        head = head.split(mark, 1)[0]
    return " ".join(head.split())
