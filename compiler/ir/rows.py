"""Rows that are given to a program in the place of a table's own, such as decks that nobody wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from compiler.ir import hir
from compiler.ir.types import NONE, BoolT, EnumT, OptT, RowT, TextT, strip_optional

Given = Mapping[str, Sequence[Mapping[str, Any]]]
"""By table: rows as mappings of columns to values, as a generated engine takes them (`make(rows=…)`).

An array column has a list of its size; entries that name rows are keys or numbers; what is left out has its default.
`key` and `title` name the row.
"""


def with_rows(program: hir.Program, given: Given) -> hir.Program:
    """The program with other rows in some tables that carry no code.

    Raises ValueError where a table or a column is not there, or where a value is not one of its column's.
    """
    tables = dict(program.tables)
    for name, rows in given.items():
        if name not in tables:
            raise ValueError(f"there is no table '{name}'")
        table = tables[name]
        if any(method.bodies for method in table.methods.values()):
            raise ValueError(f"the rows of '{name}' carry code, and cannot be replaced")
        keys = tuple(str(row.get("key", f"given-{number}")) for number, row in enumerate(rows))
        titles = tuple(str(row.get("title", key)) for row, key in zip(rows, keys, strict=True))
        data = {
            column.name: tuple(_entry(program, column, row, key) for row, key in zip(rows, keys, strict=True))
            for column in table.columns.values()
        }
        tables[name] = replace(
            table, data=data, keys=keys, titles=titles, forms=("",) * len(rows), spans=(None,) * len(rows)
        )
    return replace(program, tables=tables)


def rows_of(program: hir.Program, table: str) -> list[dict[str, Any]]:
    """The rows of a table as they could be given: rows of others by key, and enums by number."""
    declared = program.tables[table]
    return [
        {
            "key": declared.keys[row],
            "title": declared.titles[row],
            **{
                name: _readable(program, column, declared.data[name][row])
                for name, column in declared.columns.items()
                if name not in ("key", "title")
            },
        }
        for row in range(len(declared))
    ]


def _readable(program: hir.Program, column: hir.TableColumn, value: int | tuple[int, ...]) -> Any:
    type_ = strip_optional(column.type)
    keys = program.tables[type_.table].keys if isinstance(type_, RowT) else None
    if isinstance(value, tuple):
        return [keys[item] if keys and item >= 0 else item for item in value]
    return keys[value] if keys and value >= 0 else value


def _entry(program: hir.Program, column: hir.TableColumn, row: Mapping[str, Any], key: str) -> Any:
    if isinstance(column.type, TextT):
        return column.default  # names, which `keys` and `titles` hold, too
    value = row.get(column.name, [column.default] * column.size if column.size else column.default)
    if not column.size:
        return _value(program, column, value, key)
    if not isinstance(value, list | tuple) or len(value) != column.size:
        raise ValueError(f"'{key}': '{column.name}' needs {column.size} entries")
    return tuple(_value(program, column, item, key) for item in value)


def _value(program: hir.Program, column: hir.TableColumn, value: Any, key: str) -> int:
    type_ = strip_optional(column.type)
    if isinstance(value, str):
        names = program.tables[type_.table].keys if isinstance(type_, RowT) else ()
        names = program.enums[type_.name].values if isinstance(type_, EnumT) else names
        if value not in names:
            raise ValueError(f"'{key}': '{column.name}' has no '{value}'")
        return names.index(value)
    low, high = (0, 1) if isinstance(type_, BoolT) else program.bounds(type_)
    if isinstance(value, int) and (low <= value <= high or (value == NONE and isinstance(column.type, OptT))):
        return int(value)
    raise ValueError(f"'{key}': '{column.name}' is {value!r}, not in {low}..{high}")
