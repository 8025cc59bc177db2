"""Deck lists as text: a title, values of columns, and a line per kind of card with its count, name and number.

    Foxes and Owls
    Tint: red

    2 Fox A1 3
    1 Owl A1 17

The number is the row's key, `A1-003`, in the form in which players write it; it may be left out where the title is one
row's alone. Headings such as `Animals: 3` and lines that start with `#` are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler.diagnostics import Diagnostics, SpecError, did_you_mean
from compiler.ir import hir
from compiler.ir.types import NONE, BoolT, EnumT, IntT, RowT, strip_optional
from compiler.source import SourceFile, Span
from compiler.syntax import ast

_LINE = re.compile(r"(?P<count>\d+)\s*[x×*]?\s+(?P<what>\S.*?)\s*")
_NUMBERED = re.compile(r"(?P<title>.*?)\s*\(?\b(?P<set>[A-Za-z][A-Za-z0-9-]*?)[\s-]+(?P<number>\d+)\)?")
_HEADING = re.compile(r"(?P<word>[^:()]+?)\s*(?::|\(\d+\)\s*:?)\s*(?P<rest>.*?)\s*")


@dataclass(frozen=True)
class DeckTable:
    """The table whose rows are given at reset, and its column that lists rows."""

    program: hir.Program
    table: hir.Table
    column: hir.TableColumn

    @property
    def cards(self) -> hir.Table:
        """The table of what is listed."""
        base = strip_optional(self.column.type)
        assert isinstance(base, RowT)
        return self.program.tables[base.table]


def deck_table(program: hir.Program) -> DeckTable:
    """Where a game's decks are. Raises SpecError (E0801) for a game without any."""
    for field in program.fields.values():
        base = strip_optional(field.type)
        if field.param and isinstance(base, RowT):
            table = program.tables[base.table]
            for column in table.columns.values():
                if column.size is not None and isinstance(strip_optional(column.type), RowT):
                    return DeckTable(program, table, column)
    raise SpecError.single("E0801", None, "the game has no decks: no row given at reset lists other rows")


# --- writing ----------------------------------------------------------------------------------------------------------


def export(decks: DeckTable, row: int) -> str:
    """A row of the table as a deck list."""
    lines = [decks.table.titles[row] or decks.table.keys[row]]
    lines += [f"{_heading(column)}: {said}" for column, said in _values(decks, row)]
    counts: dict[int, int] = {}
    for card in decks.table.data[decks.column.name][row]:  # type: ignore[union-attr]
        if card != NONE:
            counts[card] = counts.get(card, 0) + 1
    cards = decks.cards
    lines.append("")
    lines += [f"{count} {_named(cards, card)}" for card, count in counts.items()]
    return "\n".join(lines) + "\n"


def _named(cards: hir.Table, row: int) -> str:
    title, number = cards.titles[row], _number(cards.keys[row])
    return " ".join(filter(None, (title, number)))


def _number(key: str) -> str:
    """A key as players write it: `A1 3` for `A1-003`."""
    found = re.fullmatch(r"(.+)-0*(\d+)", key)
    return f"{found[1]} {found[2]}" if found else key


def _values(decks: DeckTable, row: int) -> Iterator[tuple[hir.TableColumn, str]]:
    """The other columns of a deck that differ from their defaults."""
    for column in _other_columns(decks):
        value = decks.table.data[column.name][row]
        names = _names(decks.program, column)
        if isinstance(value, tuple):
            listed = [name for name, count in zip(names, value, strict=True) for _ in range(count)]
            if listed:
                yield column, ", ".join(listed)
        elif value != column.default:
            yield column, names[value] if names else str(value)


def _other_columns(decks: DeckTable) -> list[hir.TableColumn]:
    """The columns that a deck list can say beside the cards: numbers, values of enums, numbers of an enum's values."""
    known = ("key", "title", "parent", "position", decks.column.name)
    found = []
    for column in decks.table.columns.values():
        base = strip_optional(column.type)
        good = isinstance(base, IntT) if column.index_enum else column.size is None and isinstance(base, IntT | EnumT)
        if column.name not in known and good and not isinstance(base, BoolT):
            found.append(column)
    return found


def _names(program: hir.Program, column: hir.TableColumn) -> tuple[str, ...]:
    base = strip_optional(column.type)
    enum = column.index_enum or (base.name if isinstance(base, EnumT) else None)
    return program.enums[enum].values if enum else ()


def _heading(column: hir.TableColumn) -> str:
    return column.name.replace("_", " ").capitalize()


# --- reading ----------------------------------------------------------------------------------------------------------


def parse_list(
    decks: DeckTable, source: SourceFile, sink: Diagnostics, taken: Sequence[str] = ()
) -> ast.RowDecl | None:
    """A deck list as a row of the table, whose parts point into the list; None after reporting what is wrong.

    `taken` are keys that it must not have, besides those of the table. What the row must fulfil beyond that is for the
    checker to say.
    """
    return _Reader(decks, source, sink, taken).read()


class _Reader:
    def __init__(self, decks: DeckTable, source: SourceFile, sink: Diagnostics, taken: Sequence[str]) -> None:
        self.taken = {*decks.table.keys, *taken}
        self.decks, self.cards, self.source, self.sink = decks, decks.cards, source, sink
        self.title: str | None = None
        self.values: dict[str, ast.Statement] = {}
        self.listed: list[ast.Expr] = []
        self.total = 0
        self.wrong = False

    def read(self) -> ast.RowDecl | None:
        offset = 0
        for line in self.source.text.split("\n"):
            text = line.strip()
            if text and not text.startswith("#"):
                start = offset + line.index(text)
                self._line(text, self.source.span(start, start + len(text)))
            offset += len(line) + 1
        size = self.decks.column.size or 0
        if not self.listed and not self.wrong:
            self._fail("E0821", self.source.span(0, 0), "the list is empty", "write lines such as '2 NAME SET NUMBER'")
        elif self.total > size:
            self._fail("E0823", self.listed[-1].span, f"{self.total} are listed, and there is room for {size}")
        if self.wrong:
            return None
        span = self.source.span(0, len(self.source.text.split("\n", 1)[0]))
        title = self.title or Path(self.source.path).stem
        cards = ast.Phrase(
            (ast.Name(self.decks.column.name, self.listed[0].span), ast.ListLit(tuple(self.listed), span)), None, span
        )
        form = next(iter(self.decks.table.forms), self.decks.table.name)
        return ast.RowDecl(form, self._key(title), title, ast.Block((*self.values.values(), cards), span), span)

    def _line(self, text: str, span: Span) -> None:
        if found := _LINE.fullmatch(text):
            self._card(int(found["count"]), found["what"], span)
        elif found := _HEADING.fullmatch(text):
            self._value(found["word"], found["rest"], span)
        elif self.title is None and not self.listed and not self.values:
            self.title = text
        else:
            hint = "write '2 NAME SET NUMBER', 'COLUMN: VALUES', or '# …' for a remark"
            self._fail("E0821", span, f"'{text}' is neither a card with its count nor a heading", hint)

    def _card(self, count: int, what: str, span: Span) -> None:
        row = self._row(what, span)
        size = self.decks.column.size or 0
        if not 1 <= count <= size:
            self._fail("E0823", span, f"{count} of a card: a count goes from 1 to {size}")
        elif row is not None:
            key = self.cards.keys[row]
            name: ast.Expr = ast.RowKey(key, span) if "-" in key else ast.Name(key, span)
            self.listed.append(ast.Binary("*", ast.Int(count, span), name, span) if count > 1 else name)
            self.total += count

    def _row(self, what: str, span: Span) -> int | None:
        """The row that a line names, by number, key or title."""
        keys = {key.casefold(): row for row, key in enumerate(self.cards.keys)}
        titled = [row for row, title in enumerate(self.cards.titles) if title.casefold() == what.casefold()]
        if len(titled) == 1:
            return titled[0]
        if titled:
            numbers = ", ".join(_number(self.cards.keys[row]) for row in titled)
            return self._fail("E0822", span, f"several cards are called '{what}'", f"add the number: {numbers}")
        if what.casefold() in keys:
            return keys[what.casefold()]
        head, _, last = what.rpartition(" ")
        if last.casefold() in keys:
            return self._named_so(keys[last.casefold()], head, span)
        numbered = {_number(key).casefold(): row for key, row in keys.items()}
        found = _NUMBERED.fullmatch(what)
        if found is None:
            return self._fail("E0822", span, f"there is no card '{what}'", did_you_mean(what, self.cards.titles))
        number = f"{found['set']} {int(found['number'])}"
        if number.casefold() in numbered:
            return self._named_so(numbered[number.casefold()], found["title"], span)
        same = [_number(k) for k, t in zip(self.cards.keys, self.cards.titles, strict=True) if t == found["title"]]
        hint = f"'{found['title']}' is {' and '.join(same)}" if same else did_you_mean(what, self.cards.titles)
        return self._fail("E0822", span, f"there is no card {number}", hint)

    def _named_so(self, row: int, title: str, span: Span) -> int | None:
        actual = self.cards.titles[row]
        if title and title.casefold() != actual.casefold():
            number = _number(self.cards.keys[row])
            same = [
                k for k, t in zip(self.cards.keys, self.cards.titles, strict=True) if t.casefold() == title.casefold()
            ]
            hint = f"'{title}' is {' and '.join(map(_number, same))}" if same else None
            return self._fail("E0822", span, f"{number} is '{actual}', not '{title}'", hint)
        return row

    def _value(self, word: str, rest: str, span: Span) -> None:
        columns = {_heading(column).casefold(): column for column in _other_columns(self.decks)}
        column = columns.get(word.casefold().replace("_", " "))
        if column is None:
            if rest.isdecimal() or not rest:
                return  # a heading over cards
            self._fail("E0821", span, f"a deck has no '{word}'", did_you_mean(word, map(_heading, columns.values())))
            return
        if column.name in self.values:
            self._fail("E0821", span, f"'{word}' stands twice")
            return
        names = _names(self.decks.program, column)
        values = [value for value in re.split(r"[,\s]+", rest) if value]
        if names and (unknown := [value for value in values if value.casefold() not in names]):
            hint = did_you_mean(unknown[0], names) or f"choose from {', '.join(names)}"
            self._fail("E0821", span, f"{word}: there is no '{unknown[0]}'", hint)
            return
        if column.index_enum is None and (len(values) != 1 or (not names and not values[0].isdecimal())):
            self._fail("E0821", span, f"{word}: one {'value' if names else 'number'} is wanted")
            return
        items = tuple(ast.Name(v.casefold(), span) if names else ast.Int(int(v), span) for v in values)
        value = ast.ListLit(items, span) if column.index_enum else items[0]
        self.values[column.name] = ast.Phrase((ast.Name(column.name, span), value), None, span)

    def _key(self, title: str) -> str:
        """A key made of the title that no deck has yet."""
        key = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
        key = key if key[:1].isalpha() else f"deck_{key}".rstrip("_")
        found, number = key, 2
        while found in self.taken:
            found, number = f"{key}_{number}", number + 1
        return found

    def _fail(self, code: str, span: Span, message: str, hint: str | None = None) -> None:
        self.wrong = True
        self.sink.error(code, span, message, suggestion=hint)
