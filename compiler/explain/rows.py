"""Rows of tables in English, what they are and what they do; and verbs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler.explain.english import English, Section, Step, prose
from compiler.explain.words import value_name, words
from compiler.ir import hir
from compiler.ir.types import BoolT, EnumT, IntT, RowT, strip_optional
from compiler.source import Span

_KNOWN = ("key", "title", "parent", "position")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A row in English, with the rows that stand in it."""

    table: str
    key: str
    title: str
    form: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    children: tuple[Explanation, ...]
    span: Span | None

    @property
    def text(self) -> str:
        """The whole explanation as plain text."""
        return "\n".join(self.lines())

    @property
    def name(self) -> str:
        """Title and key."""
        return f"{self.title} ({self.key})" if self.title not in ("", self.key) else self.key

    def lines(self) -> Iterator[str]:
        """The lines of the text, a heading first."""
        yield f"{self.name}: {', '.join((words(self.form), *self.facts))}"
        for section in self.sections:
            yield from _indented(section.lines())
        for child in self.children:
            facts = f": {', '.join(child.facts)}" if child.facts else ""
            yield f"  {words(child.form)} “{child.title or child.key}”{facts}"
            for section in child.sections:
                yield from _indented(_indented(section.lines()))

    def to_json(self) -> dict[str, object]:
        """The machine-readable form."""
        return {
            "table": self.table,
            "key": self.key,
            "title": self.title,
            "form": self.form,
            "facts": list(self.facts),
            "methods": {section.heading: list(prose(section.steps)) for section in self.sections},
            "children": [child.to_json() for child in self.children],
            "file": self.span.file.display if self.span else None,
            "line": self.span.line if self.span else None,
            "text": self.text,
        }


def find_rows(program: hir.Program, name: str) -> list[tuple[hir.Table, int]]:
    """The rows with this key, or else all with this title; capitals do not matter."""
    wanted = name.casefold()
    rows = [(table, row) for table in program.tables.values() for row in range(len(table))]
    by_key = [(table, row) for table, row in rows if table.keys[row].casefold() == wanted]
    return by_key or [(table, row) for table, row in rows if table.titles[row].casefold() == wanted]


def find_verbs(program: hir.Program, name: str) -> list[hir.Proc]:
    """The verbs with these words; parameters are left out."""
    return [proc for proc in program.procs.values() if words(proc.name).casefold() == words(name).casefold()]


def explain_verb(program: hir.Program, proc: hir.Proc) -> str:
    """What a verb does, as lines of text."""
    return "\n".join(English(program).verb(proc).lines())


def known_names(program: hir.Program) -> list[str]:
    """Every key, title and verb, as candidates for a suggestion."""
    names = {name for table in program.tables.values() for name in (*table.keys, *table.titles) if name}
    return sorted(names | {words(name) for name in program.procs})


def explain_row(program: hir.Program, table: hir.Table, row: int) -> Explanation:
    """A row of a table in English. What a row within another does, it does with the instance that shows that other."""
    english = English(program)
    itself = None
    if table.parent is not None:
        within = table.data["parent"][row]
        assert isinstance(within, int)
        itself = program.tables[table.parent].titles[within] or None
    children = tuple(
        explain_row(program, child, position)
        for child in program.tables.values()
        if child.parent == table.name
        for position in range(len(child))
        if child.data["parent"][position] == row
    )
    return Explanation(
        table.name,
        table.keys[row],
        table.titles[row],
        table.forms[row],
        tuple(_facts(program, table, row)),
        (
            *(english.method(method, row, itself) for method in table.methods.values() if row in method.bodies),
            *(_open(hole) for hole in program.holes if (hole.table, hole.row) == (table.name, row)),
        ),
        children,
        table.spans[row] if row < len(table.spans) else None,
    )


def _open(hole: hir.Hole) -> Section:
    return Section(words(hole.method), (Step(f"not written yet; its text is sha256:{hole.hash}"),))


def explain_all(program: hir.Program) -> list[Explanation]:
    """Every row that stands in no other row."""
    tables = [table for table in program.tables.values() if table.parent is None]
    return [explain_row(program, table, row) for table in tables for row in range(len(table))]


def _facts(program: hir.Program, table: hir.Table, row: int) -> Iterator[str]:
    """The columns of a row that say more than their defaults."""
    for column in table.columns.values():
        value, name, type_ = table.data[column.name][row], words(column.name), strip_optional(column.type)
        if column.name in _KNOWN or (isinstance(type_, RowT) and program.tables[type_.table].parent == table.name):
            continue  # the rows that stand in this one come in full
        if isinstance(value, tuple):
            if listed := _listed(program, column, value):
                yield f"{name} {listed}"
        elif isinstance(type_, BoolT):
            if value != column.default and name != words(table.forms[row]):
                yield name if value else f"not {name}"
        elif value != column.default or _is_written(program, table, row, column):
            said = value_name(program, column.type, value)
            if said != words(table.forms[row]):
                yield said if said.startswith(name) else f"{name} {said}"


def _is_written(program: hir.Program, table: hir.Table, row: int, column: hir.TableColumn) -> bool:
    """Whether a row's text has the name of an enum column's value: a default that is worth saying."""
    span, value = table.spans[row], table.data[column.name][row]
    if span is None or not isinstance(column.type, EnumT) or not isinstance(value, int):
        return False
    columns = re.split(r"\bgives\b|\bon\b|\{", span.text.partition("{")[2])[0]
    return re.search(rf"\b{program.enums[column.type.name].values[value]}\b", columns) is not None


def _listed(program: hir.Program, column: hir.TableColumn, values: tuple[int, ...]) -> str:
    """An array column: amounts by name, or how often each value stands in it."""
    if column.index_enum is not None:
        names = map(words, program.enums[column.index_enum].values)
        pairs = [(value, name) for value, name in zip(values, names, strict=True) if value != column.default]
        if isinstance(column.type, BoolT) or (all(value == 1 for value, _ in pairs) and _counts_to_one(column)):
            return ", ".join(name for _, name in pairs)
        if isinstance(column.type, IntT):
            return ", ".join(f"{value} {name}" for value, name in pairs)
        return ", ".join(f"{name} {value_name(program, column.type, value)}" for value, name in pairs)
    if isinstance(column.type, IntT):
        return ", ".join(map(str, values)) if any(value != column.default for value in values) else ""
    counts: dict[int, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    named = [(value_name(program, column.type, value), count) for value, count in counts.items() if value >= 0]
    return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in named)


def _counts_to_one(column: hir.TableColumn) -> bool:
    return isinstance(column.type, IntT) and column.type.hi == 1


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
