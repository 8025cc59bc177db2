"""A game with more rows, or fewer: what an engine costs against the number of rows its tables have.

New rows are copies of rows that there are, under names of their own, with other numbers in what they do. Rows that name
one another by key or by title do so within a copy, so that a copy of a whole line is a whole line, and what lists rows
(such as a deck) is copied with them. The verbs stay those of the rules.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from compiler.ir import hir
from compiler.ir.types import RowT, SetT, Type, strip_optional
from compiler.ir.units import Code, Unit, units
from compiler.ir.walk import Node, rewrite, walk
from compiler.mutate import Kind, candidates

Row = tuple[str, int]
"""A table and the index of one of its rows."""

Source = tuple[int, int]
"""The index of the row that a row is made from, and the number of the copy; 0 is the row itself."""


def resized(program: hir.Program, rows: int, seed: int = 0) -> hir.Program:
    """The program with about `rows` rows in its largest table, and without scenarios; the same for the same seed.

    Rows that the rules name are always kept, and so is whatever a kept row names. Raises ValueError where the rules
    name more than `rows` rows, or where a field starts with one.
    """
    for field in program.fields.values():
        if isinstance(strip_optional(field.type), RowT) and field.default >= 0 and not field.param:
            raise ValueError(f"the field {field.id} starts as a row")
    plan = _plan(program, rows)
    index = {(name, copy, old): new for name, sources in plan.items() for new, (old, copy) in enumerate(sources)}
    texts, renamed = _titles(program, max((copy for sources in plan.values() for _, copy in sources), default=0))
    move = _Move(program, index, renamed)
    variants = _Variants(program, random.Random(f"synthetic:{seed}"))
    tables = {name: _table(program.tables[name], sources, move, variants) for name, sources in plan.items()}
    return replace(
        program,
        texts=texts,
        tables=tables,
        funcs={name: replace(func, body=move.code(func.body, 0)) for name, func in program.funcs.items()},
        procs={name: _proc(proc, move) for name, proc in program.procs.items()},
        play=move.code(program.play, 0),
        scenarios=(),
        holes=(),
    )


# --- which rows -------------------------------------------------------------------------------------------------------


def _plan(program: hir.Program, rows: int) -> dict[str, list[Source]]:
    """What each row of each table is made from."""
    largest = max((t for t in program.tables.values() if t.parent is None), key=len, default=None)
    if largest is None:
        raise ValueError("the rules have no tables")
    closures = [_closure(program, [row]) for row in _lists(program, largest.name)]
    kept = _closure(program, _named_by_rules(program))
    plan: dict[tuple[str, int], set[int]] = {}

    def size() -> int:
        return sum(len(found) for (name, _), found in plan.items() if name == largest.name)

    def add(found: Iterable[Row], copy: int) -> None:
        for name, row in found:
            plan.setdefault((name, copy), set()).add(row)

    add(kept, 0)
    for copy in range(rows):
        before = size()
        whole = [{(largest.name, row)} | _closure(program, [(largest.name, row)]) for row in range(len(largest))]
        for found in (*closures, *whole):
            fresh = {row for name, row in found if name == largest.name} - plan.get((largest.name, copy), set())
            if size() + len(fresh) <= rows:
                add(found, copy)
        if size() >= rows or size() == before:
            break
    if size() > rows:
        raise ValueError(f"the rules alone name {size()} rows")
    order = {name: [(row, copy) for (n, copy), found in sorted(plan.items()) if n == name for row in sorted(found)]
             for name in program.tables}  # fmt: skip
    return order


def _lists(program: hir.Program, wanted: str) -> list[Row]:
    """The rows of other root tables that name several rows of a table, such as decks."""
    return [
        (table.name, row)
        for table in program.tables.values()
        if table.parent is None and table.name != wanted
        for row in range(len(table))
        if sum(name == wanted for name, _ in _named_by_row(program, (table.name, row))) > 1
    ]


def _closure(program: hir.Program, start: Iterable[Row]) -> set[Row]:
    """Rows, and all that they name, directly or not."""
    found: set[Row] = set()
    waiting = list(start)
    while waiting:
        row = waiting.pop()
        if row not in found:
            found.add(row)
            waiting += _named_by_row(program, row)
    return found


def _named_by_row(program: hir.Program, row: Row) -> list[Row]:
    """The rows that a row names in its columns and in its code; by title where a column holds another row's title."""
    table = program.tables[row[0]]
    found: list[Row] = []
    for column in table.columns.values():
        cell = table.data[column.name][row[1]]
        values = cell if isinstance(cell, tuple) else (cell,)
        target = strip_optional(column.type)
        if isinstance(target, RowT):
            found += [(target.table, value) for value in values if value >= 0]
        elif str(target) == "text":
            titles = {program.texts[value] for value in values} - {""}
            found += [(table.name, i) for i, title in enumerate(table.titles) if title in titles and i != row[1]]
    for method in table.methods.values():
        if row[1] in method.bodies:
            found += _named_by_code(method.bodies[row[1]])
    return found


def _named_by_rules(program: hir.Program) -> list[Row]:
    return [row for unit, code in units(program) if unit.kind != "method" for row in _named_by_code(code)]


def _named_by_code(code: Code) -> list[Row]:
    nodes = (node for node in walk(code) if isinstance(node, hir.Const) and node.value >= 0)
    types = ((strip_optional(node.type), node.value) for node in nodes)
    return [(type_.table, value) for type_, value in types if isinstance(type_, RowT)]


# --- making them ------------------------------------------------------------------------------------------------------


def _titles(program: hir.Program, copies: int) -> tuple[tuple[str, ...], dict[tuple[int, int], int]]:
    """The texts with those of copies, and the number of a title's text in a copy."""
    titles = {title for table in program.tables.values() for title in table.titles}
    texts, renamed = list(program.texts), {}
    for copy in range(1, copies + 1):
        for number, text in enumerate(program.texts):
            if text and text in titles:
                renamed[number, copy] = len(texts)
                texts.append(f"{text} {copy + 1}")
    return tuple(texts), renamed


class _Move:
    """Numbers of rows, of texts and of choices, as they are in a copy."""

    def __init__(
        self,
        program: hir.Program,
        index: Mapping[tuple[str, int, int], int],
        renamed: Mapping[tuple[int, int], int],
    ) -> None:
        self.index = index
        self.renamed = renamed
        choices = (node for _, code in units(program) for node in walk(code) if isinstance(node, hir.Choose))
        self._sites = itertools.count(max((choice.site for choice in choices), default=0) + 1)

    def value(self, value: int, type_: Type, copy: int) -> int:
        target = strip_optional(type_)
        if isinstance(target, RowT) and value >= 0:
            return self.index.get((target.table, copy, value), self.index.get((target.table, 0, value), -1))
        if str(target) == "text":
            return self.renamed.get((value, copy), value)
        if isinstance(target, SetT) and isinstance(strip_optional(target.element), RowT):
            bits = (bit for bit in range(value.bit_length()) if value >> bit & 1)
            return sum(1 << self.value(bit, target.element, copy) for bit in bits)
        return value

    def code(self, code: Any, copy: int) -> Any:
        def change(node: Node) -> Node:
            if isinstance(node, hir.Const):
                value = self.value(node.value, node.type, copy)
                return node if value == node.value else replace(node, value=value)
            if isinstance(node, hir.Choose) and copy:
                return replace(node, site=next(self._sites))
            return node

        return rewrite(code, change)


class _Variants:
    """The same effect with another number in it, where it has numbers."""

    def __init__(self, program: hir.Program, rng: random.Random) -> None:
        self._program = program
        self._rng = rng
        self._found: dict[Unit, list[Code]] = {}

    def pick(self, unit: Unit, code: Code) -> Code:
        if unit not in self._found:
            mutants = candidates(self._program, unit, code)
            self._found[unit] = [code, *(mutant.code for mutant in mutants if mutant.kind is Kind.NUMBER)]
        return self._rng.choice(self._found[unit])


def _table(table: hir.Table, sources: list[Source], move: _Move, variants: _Variants) -> hir.Table:
    def cell(column: hir.TableColumn, old: int, copy: int) -> int | tuple[int, ...]:
        value = table.data[column.name][old]
        if isinstance(value, tuple):
            return tuple(move.value(item, column.type, copy) for item in value)
        return move.value(value, column.type, copy)

    def bodies(method: hir.Method) -> dict[int, hir.Expr | hir.Block]:
        found: dict[int, hir.Expr | hir.Block] = {}
        for new, (old, copy) in enumerate(sources):
            if old in method.bodies:
                unit, body = Unit("method", method.name, table.name, old), method.bodies[old]
                found[new] = move.code(variants.pick(unit, body) if copy else body, copy)
        return found

    def name(text: str, copy: int, mark: str) -> str:
        return f"{text}{mark}{copy + 1}" if copy and text else text

    return replace(
        table,
        data={column.name: tuple(cell(column, *source) for source in sources) for column in table.columns.values()},
        methods={m.name: replace(m, bodies=bodies(m), default=m.default and move.code(m.default, 0))
                 for m in table.methods.values()},
        keys=tuple(name(table.keys[old], copy, "_") for old, copy in sources),
        titles=tuple(name(table.titles[old], copy, " ") for old, copy in sources),
        forms=tuple(table.forms[old] for old, _ in sources),
        spans=tuple(table.spans[old] for old, _ in sources),
    )  # fmt: skip


def _proc(proc: hir.Proc, move: _Move) -> hir.Proc:
    returns = proc.returns and move.code(proc.returns, 0)
    return replace(proc, body=move.code(proc.body, 0), returns=returns)
