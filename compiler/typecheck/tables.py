"""Tables as HIR: columns, methods, and where rows stand, before the rows' values are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from compiler.diagnostics import Note
from compiler.ir import hir
from compiler.ir.types import BOOL, NONE, TEXT, IntT, OptT, RowT
from compiler.resolve import IMPLICIT_COLUMNS, Abort
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck.checker import Checker
from compiler.typecheck.declarations import array_size, default_of, parameters

FLAG = "flag"


@dataclass(eq=False)
class Row:
    """A row as written: what stands in its block, and, of a child row, the items of its phrase."""

    table: str
    key: str
    title: str
    form: ast.FormDecl | None
    items: tuple[ast.Expr, ...]
    block: ast.Block | None
    span: Span
    index: int
    parent: Row | None = None
    position: int = 0
    children: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(eq=False)
class Schema:
    """How the rows of a table are read."""

    decl: ast.TableDecl
    columns: dict[str, ast.ColumnDecl]
    flags: set[str]
    children: dict[str, ast.TableDecl]
    rows: list[Row] = field(default_factory=list)

    @property
    def procedures(self) -> list[str]:
        """The methods that are procedures, in order of declaration."""
        return [method.name for method in self.decl.methods if method.result is None]


def schemas(check: Checker) -> dict[str, Schema]:
    """How to read every table."""
    found: dict[str, Schema] = {}
    for name, node in check.names.tables.items():
        children = {child.name: child for child in check.names.tables.values() if child.parent == name}
        columns: dict[str, ast.ColumnDecl] = {}
        flags = set()
        for column in node.columns:
            if column.name in IMPLICIT_COLUMNS:
                check.report("E0211", column.span, f"every table has '{column.name}'; choose another name")
            elif column.name in columns:
                notes = [Note("first here", columns[column.name].span)]
                check.report("E0202", column.span, f"'{column.name}' is declared twice", notes=notes)
            else:
                columns[column.name] = column
                if column.type.name == FLAG:
                    flags.add(column.name)
        found[name] = Schema(node, columns, flags, children)
    return found


# --- which rows there are ---------------------------------------------------------------------------------------------


def list_rows(check: Checker, all_schemas: dict[str, Schema]) -> None:
    """Number all rows, and know them by key and title."""
    for node in check.names.rows:
        if node.form not in check.names.forms:
            children = [name for name, table in check.names.tables.items() if table.parent and name == node.form]
            if children:
                parent = check.names.tables[node.form].parent
                check.report("E0501", node.span, f"a row of '{node.form}' stands in the block of a row of '{parent}'")
                continue
            with suppress(Abort):
                check.unknown("E0501", node.span, "table or form", node.form, check.names.forms)
            continue
        table, form = check.names.forms[node.form]
        if node.key is None and node.title is None:
            check.report("E0510", node.span, f"this '{node.form}' needs a key or a title")
            continue
        title = node.title if node.title is not None else node.key or ""
        _add(check, all_schemas, table.name, node.key or _key_of(title), title, form, (), node.body, node.span, None)
    for name, schema in all_schemas.items():
        _check_keys(check, schema)
        for row in schema.rows:
            for known in dict.fromkeys(name for name in (row.key, row.title) if name):
                check.row_names.setdefault(known, []).append((name, row.index))


def _key_of(title: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", title).strip("_").lower() or "_"


def _add(
    check: Checker,
    all_schemas: dict[str, Schema],
    table: str,
    key: str,
    title: str,
    form: ast.FormDecl | None,
    items: tuple[ast.Expr, ...],
    block: ast.Block | None,
    span: Span,
    parent: Row | None,
) -> None:
    schema = all_schemas[table]
    row = Row(table, key, title, form, items, block, span, len(schema.rows), parent)
    schema.rows.append(row)
    if parent is not None:
        siblings = parent.children.setdefault(table, [])
        row.position = len(siblings)
        siblings.append(row)
    if form is not None and form.body is not None:
        return
    for child in child_phrases(schema, block):
        head = child.items[0]
        assert isinstance(head, ast.Name)
        name, rest = head.id, child.items[1:]
        child_title = rest[0].value if rest and isinstance(rest[0], ast.Str) else None
        rest = rest[1:] if child_title is not None else rest
        child_key = f"{key}/{len(row.children.get(name, []))}"
        if len(schema.children) > 1:
            child_key = f"{key}/{name}/{len(row.children.get(name, []))}"
        _add(check, all_schemas, name, child_key, child_title or "", None, rest, child.block, child.span, row)


def child_phrases(schema: Schema, block: ast.Block | None) -> Iterator[ast.Phrase]:
    """The statements of a row's block that are child rows."""
    for statement in block.statements if block else ():
        if is_child(schema, statement):
            yield statement  # type: ignore[misc]


def is_child(schema: Schema, statement: ast.Statement) -> bool:
    """Whether a statement in a row's block is a child row."""
    if not isinstance(statement, ast.Phrase) or not isinstance(statement.items[0], ast.Name):
        return False
    return statement.items[0].id in schema.children


def _check_keys(check: Checker, schema: Schema) -> None:
    first: dict[str, Row] = {}
    for row in schema.rows:
        other = first.setdefault(row.key, row)
        if other is not row and row.parent is None:
            notes = [Note("first here", other.span)]
            check.report("E0502", row.span, f"there are two '{schema.decl.name}' rows '{row.key}'", notes=notes)


# --- tables without their data ----------------------------------------------------------------------------------------


def shells(check: Checker, all_schemas: dict[str, Schema]) -> None:
    """The tables, with rows counted, but no columns yet: enough to resolve types."""
    tables = cast("dict[str, hir.Table]", check.program.tables)
    for name, schema in all_schemas.items():
        rows = schema.rows
        tables[name] = hir.Table(
            name=name,
            parent=schema.decl.parent,
            columns={},
            data={},
            methods={},
            keys=tuple(row.key for row in rows),
            titles=tuple(row.title for row in rows),
            forms=tuple(row.form.name if row.form else name for row in rows),
            spans=tuple(row.span for row in rows),
            span=schema.decl.span,
        )


def columns(check: Checker, all_schemas: dict[str, Schema]) -> None:
    """The columns of all tables: implicit, declared, and those that list child rows."""
    for name, schema in all_schemas.items():
        found = cast("dict[str, hir.TableColumn]", check.program.tables[name].columns)
        found["key"] = hir.TableColumn("key", TEXT, None, None, 0)
        found["title"] = hir.TableColumn("title", TEXT, None, None, 0)
        parent = schema.decl.parent
        if parent in all_schemas:
            found["parent"] = hir.TableColumn("parent", RowT(parent), None, None, 0)
            capacity = 1
            with suppress(Abort):
                capacity = max(1, check.constants.evaluate(cast("Any", schema.decl.capacity)))
            found["position"] = hir.TableColumn("position", IntT(0, capacity - 1), None, None, 0)
        for column in schema.columns.values():
            with suppress(Abort):
                found[column.name] = _column(check, column)
        for child in schema.children.values():
            with suppress(Abort):
                _child_column(check, child, found)


def _column(check: Checker, node: ast.ColumnDecl) -> hir.TableColumn:
    if node.type.lasting:
        check.fail("E0309", node.type.span, "a column never changes: it cannot be lasting")
    if node.type.name == FLAG:
        return hir.TableColumn(node.name, BOOL, None, None, 0, node.span)
    type_ = check.type_of(node.type, default=None)
    size, index_enum = array_size(check, node.type)
    default = default_of(check, type_)
    if node.default is not None:
        with suppress(Abort):
            default = check.static_value(node.default, type_)
    return hir.TableColumn(node.name, type_, size, index_enum, default, node.span)


def _child_column(check: Checker, child: ast.TableDecl, found: dict[str, hir.TableColumn]) -> None:
    assert child.column is not None
    assert child.capacity is not None
    if child.column in found:
        check.fail("E0202", child.span, f"'{child.parent}' has a column '{child.column}' already")
    capacity = check.constants.evaluate(child.capacity)
    if capacity < 1:
        check.fail("E0305", child.capacity.span, f"there must be room for at least one row, not {capacity}")
    found[child.column] = hir.TableColumn(child.column, OptT(RowT(child.name)), capacity, None, NONE, child.span)


def methods(check: Checker, all_schemas: dict[str, Schema]) -> None:
    """The methods of all tables, without the rows' versions and without defaults."""
    for name, schema in all_schemas.items():
        table = check.program.tables[name]
        found = cast("dict[str, hir.Method]", table.methods)
        for node in schema.decl.methods:
            if node.name in table.columns or node.name in found:
                check.report("E0202", node.span, f"'{node.name}' is declared twice in '{name}'")
                continue
            with suppress(Abort):
                if node.result is None and node.default is not None:
                    check.fail("E0410", node.span, "a procedure has no default value", "give the method a result type")
                result = check.value_type(node.result) if node.result else None
                found[node.name] = hir.Method(node.name, parameters(check, node.params), result, None, {}, node.span)
        for form in schema.decl.forms:
            if form.body is not None and form.body not in schema.procedures:
                check.report(
                    "E0511", form.span, f"'{form.body}' is no procedure of '{name}': it cannot be the body of a form"
                )
