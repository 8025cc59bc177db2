"""Records as rows of rules files: facts are written, what people wrote is left alone.

How a thing becomes a row is the game's business: its `Rows` turns a record into a `Row`. Here rows become syntax trees,
are merged with those that a file has, and go back to text where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compiler.diagnostics import Diagnostics, read_source
from compiler.scrape.records import Record
from compiler.source import SourceFile, Span
from compiler.syntax import ast, parse_module
from compiler.syntax.unparse import format_module, unparse
from compiler.texts import text_hash

_NOWHERE = Span(SourceFile("", ""), 0, 0)

Fact = tuple[str, ...]
"""A column's name and value as words of the language, or a bare word: `("hp", "60")`, `("basic",)`."""


@dataclass(frozen=True)
class Part:
    """A row within a row: `attack "Title" [fire] 30`, and the text of what it does, or None where it does nothing."""

    word: str
    title: str
    values: tuple[str, ...] = ()
    """Values after the title, as words of the language."""
    text: str | None = None


@dataclass(frozen=True)
class Row:
    """A row as the sources have it."""

    form: str
    key: str
    title: str
    facts: tuple[Fact, ...] = ()
    parts: tuple[Part, ...] = ()
    text: str | None = None
    """The text that the row's own body is a hole for."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts, in order."""
        return tuple(text for text in (self.text, *(part.text for part in self.parts)) if text is not None)


@dataclass(frozen=True)
class Rows:
    """How a game's records become rows."""

    row: Callable[[Record], Row]
    file: Callable[[str], str]
    """The file that a key's row belongs in."""
    head: Callable[[str], str]
    """The comment that the file of a key starts with when it is new, without its `#`."""
    sort_key: Callable[[str], Any]
    """Sorts keys as they stand in a file."""
    owned: frozenset[str]
    """The words of facts that sources decide on; other words in a row's facts were written by hand and stay."""
    valued: frozenset[str]
    """The words among all facts that are followed by a value."""


@dataclass(frozen=True)
class Change:
    """What a merge would change in a row."""

    key: str
    path: Path
    before: str | None
    """The row as it stands, in canonical layout; None where it is new."""
    after: str

    def __str__(self) -> str:
        return f"{self.key}: {'is new' if self.before is None else 'differs'}"


@dataclass(frozen=True)
class FilePlan:
    """A rules file with the scraped rows merged in."""

    path: Path
    text: str
    changes: tuple[Change, ...]
    extra: tuple[str, ...] = field(default=())
    """Keys of rows that no source speaks of."""


def plan(rows: Sequence[Row], game: Rows, folder: Path, sink: Diagnostics) -> list[FilePlan]:
    """What becomes of the files in a folder. Nothing is written; errors in the files go to `sink`."""
    by_file: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: game.sort_key(row.key)):
        by_file.setdefault(game.file(row.key), []).append(row)
    plans = []
    for name, wanted in sorted(by_file.items()):
        path = folder / name
        if path.exists():
            source = read_source(path, sink)
            module = parse_module(source, sink) if source is not None else None
        else:
            source = SourceFile(path, f"# {game.head(wanted[0].key)}\n")
            module = parse_module(source, sink)
        if source is not None and module is not None:
            plans.append(_plan_file(path, source, module, wanted, game, sink))
    return plans


def _plan_file(
    path: Path, source: SourceFile, module: ast.Module, wanted: Sequence[Row], game: Rows, sink: Diagnostics
) -> FilePlan:
    standing = {decl.key: decl for decl in module.declarations if isinstance(decl, ast.RowDecl) and decl.key}
    forms = {row.form for row in wanted}
    changes: list[Change] = []
    edits: list[tuple[int, int, str]] = []
    for row in wanted:
        old = standing.get(row.key)
        new = _declaration(row, old, game)
        text = unparse(new)
        if old is None:
            at = _place_for(row.key, standing, source, game)
            edits.append((at, at, f"\n\n{text}\n"))
            changes.append(Change(row.key, path, None, text))
        elif not _same(old, new, game):
            edits.append((old.span.start, old.span.end, text))
            changes.append(Change(row.key, path, unparse(old), text))
    merged = source.text
    for _, (start, end, text) in sorted(enumerate(edits), key=lambda edit: (edit[1][0], edit[0]), reverse=True):
        merged = merged[:start] + text + merged[end:]
    keys = {row.key for row in wanted}
    extra = sorted((key for key, decl in standing.items() if key not in keys and decl.form in forms), key=game.sort_key)
    return FilePlan(path, _formatted(path, merged, sink) if edits else source.text, tuple(changes), tuple(extra))


def _formatted(path: Path, text: str, sink: Diagnostics) -> str:
    source = SourceFile(path, text)
    module = parse_module(source, sink)
    if module is None:
        return text
    lines = format_module(module, source).split("\n")
    once = [line for index, line in enumerate(lines) if line or index == 0 or lines[index - 1]]
    return "\n".join(once).rstrip("\n") + "\n"


def _place_for(key: str, standing: Mapping[str, ast.RowDecl], source: SourceFile, game: Rows) -> int:
    """Where a new row goes: after the last standing row that sorts before it."""
    before = [decl for other, decl in standing.items() if game.sort_key(other) < game.sort_key(key)]
    if before:
        return max(decl.span.end for decl in before)
    after = [decl.span.start for decl in standing.values()]
    return min(after) if after else len(source.text)


# --- rows as trees ----------------------------------------------------------------------------------------------------


def _declaration(row: Row, old: ast.RowDecl | None, game: Rows) -> ast.RowDecl:
    """The tree of a row, with what people wrote in the standing one."""
    standing = old.body.statements if old is not None else ()
    parts, facts, rest = _sorted_out(standing, {part.word for part in row.parts} | _part_words(standing))
    kept = tuple(fact for fact in _facts(facts, game) if fact[0] not in game.owned)
    statements: list[ast.Statement] = []
    if row.facts or kept:
        statements.append(_phrase([word for fact in (*row.facts, *kept) for word in fact]))
    for index, part in enumerate(row.parts):
        statements.append(_part(part, _match(part, index, parts, row.parts)))
    # a body that is no hole was written by hand, and so was everything beside a hole
    holes = [statement for statement in rest if isinstance(statement, ast.TextHole)]
    written = [statement for statement in rest if not isinstance(statement, ast.TextHole)]
    statements += written
    if row.text is not None and (holes or old is None or not written):
        statements.append(_hole(row.text))
    return ast.RowDecl(row.form, row.key, row.title, ast.Block(tuple(statements), _NOWHERE), _NOWHERE)


def _part(part: Part, old: ast.Phrase | None) -> ast.Phrase:
    items = (_word(part.word), ast.Str(part.title, _NOWHERE), *(_word(value) for value in part.values))
    statements = old.block.statements if old is not None and old.block is not None else ()
    written = tuple(statement for statement in statements if not isinstance(statement, ast.TextHole))
    has_hole = len(written) < len(statements)
    if part.text is not None and (has_hole or not written):
        written = (*written, _hole(part.text))
    block = ast.Block(written, _NOWHERE) if written else None
    return ast.Phrase(items, block, _NOWHERE)


def _match(part: Part, index: int, parts: Sequence[ast.Phrase], all_parts: Sequence[Part]) -> ast.Phrase | None:
    """The standing part that a part continues: of its title, or else, where its title is new, in its place."""
    same = [old for old in parts if _head(old) == (part.word, part.title)]
    if same:
        return same[0]
    titles = {(other.word, other.title) for other in all_parts}
    if index < len(parts) and _head(parts[index]) not in titles and _head(parts[index])[0] == part.word:
        return parts[index]
    return None


def _head(phrase: ast.Phrase) -> tuple[str, str]:
    word, title = phrase.items[0], phrase.items[1]
    return (word.id if isinstance(word, ast.Name) else "", title.value if isinstance(title, ast.Str) else "")


def _part_words(statements: Iterable[ast.Statement]) -> set[str]:
    """The words that start a part in a standing row: a phrase of a name and a text, with a block or more values."""
    found = set()
    for statement in statements:
        if isinstance(statement, ast.Phrase) and statement.block is not None and len(statement.items) > 1:
            first, second = statement.items[:2]
            if isinstance(first, ast.Name) and isinstance(second, ast.Str):
                found.add(first.id)
    return found


def _sorted_out(
    statements: Iterable[ast.Statement], part_words: set[str]
) -> tuple[list[ast.Phrase], list[ast.Phrase], list[ast.Statement]]:
    """Parts, facts, and everything else. Facts come first in a row; a phrase after something else is a statement."""
    parts: list[ast.Phrase] = []
    facts: list[ast.Phrase] = []
    rest: list[ast.Statement] = []
    for statement in statements:
        is_phrase = isinstance(statement, ast.Phrase)
        if is_phrase and len(statement.items) > 1 and _head(statement)[0] in part_words and _head(statement)[1]:
            parts.append(statement)
        elif is_phrase and statement.block is None and not rest and not parts:
            facts.append(statement)
        else:
            rest.append(statement)
    return parts, facts, rest


def _facts(phrases: Iterable[ast.Phrase], game: Rows) -> list[Fact]:
    words = [unparse(item) for phrase in phrases for item in phrase.items]
    found: list[Fact] = []
    while words:
        size = 2 if words[0] in game.valued and len(words) > 1 else 1
        found.append(tuple(words[:size]))
        words = words[size:]
    return found


def _same(old: ast.RowDecl, new: ast.RowDecl, game: Rows) -> bool:
    """Whether two rows say the same: the order of facts, and whether they stand on one line, makes no difference."""

    def shape(row: ast.RowDecl) -> tuple[Any, ...]:
        statements = row.body.statements
        parts, facts, rest = _sorted_out(statements, _part_words(new.body.statements) | _part_words(statements))
        said = tuple(tuple(map(unparse, group)) for group in (parts, rest))
        return row.form, row.key, row.title, sorted(_facts(facts, game)), said

    return shape(old) == shape(new)


def _word(text: str) -> ast.Expr:
    """A word of facts: a number, a text in quotes, a list in brackets, or a name."""
    if text.startswith('"'):
        return ast.Str(text[1:-1], _NOWHERE)
    if text.startswith("["):
        return ast.ListLit(tuple(map(_word, text[1:-1].split())), _NOWHERE)
    return ast.Int(int(text), _NOWHERE) if text.isdecimal() else ast.Name(text, _NOWHERE)


def _phrase(words: Iterable[str]) -> ast.Phrase:
    return ast.Phrase(tuple(map(_word, words)), None, _NOWHERE)


def _hole(text: str) -> ast.TextHole:
    return ast.TextHole(text_hash(text), _NOWHERE)
