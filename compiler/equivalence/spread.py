"""Putting an effect where it is met often: every row of its kind does it, in games that only need a few rows.

In ordinary play a given row is rare, and its effect rarer. Where all rows like it do what it does, any game meets the
effect at every such place, in the variety of positions that play leads to.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from compiler.ir import hir
from compiler.ir.types import RowT, strip_optional

MOST_CHOICES = 8
"""How many rows of a parameter's table (decks, teams) the games of one bench are set up with."""

COPIES = 2
"""How many entries of such a row are replaced by the row under test."""


@dataclass(frozen=True)
class Effect:
    """What a row does, as its versions of its table's methods."""

    table: str
    row: int
    bodies: Mapping[str, hir.Expr | hir.Block]


@dataclass(frozen=True)
class Bench:
    """A program in which an effect is met often, and what its games may be set up with."""

    program: hir.Program
    effect: Effect
    choices: Mapping[str, tuple[int, ...]]
    """By the id of a parameter field: the rows it may have."""
    holders: frozenset[str]
    """The keys of the rows that have the effect."""


def effect_of(program: hir.Program, table: str, row: int) -> Effect:
    """The effect of a row as it stands in a program."""
    methods = program.tables[table].methods.values()
    return Effect(table, row, {method.name: method.bodies[row] for method in methods if row in method.bodies})


def spread(program: hir.Program, effect: Effect, seed: int = 0, *, alone: bool = False) -> Bench:
    """A bench for an effect. The same arguments give the same bench; with another effect, all else is the same.

    With `alone`, no row but its own has the effect: what happens then can happen in the game itself.
    """
    rng = random.Random(f"spread:{effect.table}:{effect.row}:{seed}")
    root = _root(program, effect.table, effect.row)
    choices = _choices(program, root, rng)
    tables = {name: _planted(program, table, root, choices, rng) for name, table in program.tables.items()}
    planted = replace(program, tables=tables, scenarios=())
    met = _met(planted, choices)
    alike = [effect.row] if alone else _alike(planted, effect)
    holders = [row for row in alike if (effect.table, row) in met or row == effect.row]
    for name, table in tables.items():
        kept = {row for row in range(len(table)) if (name, row) in met} if choices else set(range(len(table)))
        own = effect.bodies if name == effect.table else {}
        methods = {
            method.name: _method(method, kept, holders if name == effect.table else (), own.get(method.name))
            for method in table.methods.values()
        }
        tables[name] = replace(table, methods=methods)
    keys = program.tables[effect.table].keys
    return Bench(replace(planted, tables=tables), effect, choices, frozenset(keys[row] for row in holders))


def _method(
    method: hir.Method, kept: set[int], holders: Iterable[int], body: hir.Expr | hir.Block | None
) -> hir.Method:
    bodies = {row: own for row, own in method.bodies.items() if row in kept}
    for row in holders:
        bodies.pop(row, None)
        if body is not None:
            bodies[row] = body
    return replace(method, bodies=dict(sorted(bodies.items())))


def _alike(program: hir.Program, effect: Effect) -> list[int]:
    """The rows of the same table and form."""
    forms = program.tables[effect.table].forms
    return [row for row in range(len(forms)) if forms[row] == forms[effect.row]]


def _root(program: hir.Program, table: str, row: int) -> tuple[str, int]:
    """The row in which a row stands, in no other itself."""
    while (parent := program.tables[table].parent) is not None:
        above = program.tables[table].data["parent"][row]
        assert isinstance(above, int)
        table, row = parent, above
    return table, row


def parameters(program: hir.Program) -> Iterator[tuple[hir.Field, str]]:
    """The parameter fields that hold rows, and their tables."""
    for field in program.fields.values():
        type_ = strip_optional(field.type)
        if field.param and isinstance(type_, RowT):
            yield field, type_.table


def _choices(program: hir.Program, root: tuple[str, int], rng: random.Random) -> dict[str, tuple[int, ...]]:
    """A few rows for each parameter, those first that already lead to the row under test."""
    found: dict[str, tuple[int, ...]] = {}
    for field, table in parameters(program):
        rows = list(range(len(program.tables[table])))
        rng.shuffle(rows)
        rows.sort(key=lambda row: root not in set(_references(program, (table, row))))
        found[field.id] = tuple(sorted(rows[:MOST_CHOICES]))
    return found


def _planted(
    program: hir.Program,
    table: hir.Table,
    root: tuple[str, int],
    choices: Mapping[str, tuple[int, ...]],
    rng: random.Random,
) -> hir.Table:
    """The rows that parameters choose from, with a few entries replaced by the row under test.

    Only entries that a row has more than once are replaced, so that what else it needs stays in it.
    """
    chosen = {row for field, name in parameters(program) if name == table.name for row in choices[field.id]}
    data = dict(table.data)
    for column in table.columns.values():
        type_ = strip_optional(column.type)
        if not (chosen and column.size and isinstance(type_, RowT) and type_.table == root[0]):
            continue
        values = list(data[column.name])
        for row in sorted(chosen):
            entries = values[row]
            assert isinstance(entries, tuple)
            values[row] = _with_copies(entries, root[1], rng)
        data[column.name] = tuple(values)
    return replace(table, data=data)


def _with_copies(entries: tuple[int, ...], wanted: int, rng: random.Random) -> tuple[int, ...]:
    new = list(entries)
    spare = [place for place, entry in enumerate(entries) if entry != wanted and entries.index(entry) < place]
    for place in rng.sample(spare, min(len(spare), max(0, COPIES - entries.count(wanted)))):
        new[place] = wanted
    return tuple(new)


def _met(program: hir.Program, choices: Mapping[str, tuple[int, ...]]) -> set[tuple[str, int]]:
    """The rows that the games of a bench can meet through their parameters."""
    waiting = [(table, row) for field, table in parameters(program) for row in choices[field.id]]
    children: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for table in program.tables.values():
        for row, parent in enumerate(table.data["parent"]) if table.parent is not None else ():
            assert isinstance(parent, int)
            children.setdefault((str(table.parent), parent), []).append((table.name, row))
    found: set[tuple[str, int]] = set()
    while waiting:
        row = waiting.pop()
        if row not in found:
            found.add(row)
            waiting += _references(program, row)
            waiting += children.get(row, ())
    return found


def _references(program: hir.Program, row: tuple[str, int]) -> Iterator[tuple[str, int]]:
    """The rows that the columns of a row name, its parent aside."""
    table = program.tables[row[0]]
    for column in table.columns.values():
        type_ = strip_optional(column.type)
        if isinstance(type_, RowT) and column.name != "parent":
            value = table.data[column.name][row[1]]
            listed = value if isinstance(value, tuple) else (value,)
            yield from ((type_.table, entry) for entry in listed if entry >= 0)
