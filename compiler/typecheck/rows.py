"""Reading rows: the words of a row's block by the schema of its table, and the row's versions of methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import cast

from compiler.diagnostics import Note, did_you_mean
from compiler.ir import hir
from compiler.ir.evaluate import Evaluator, NotStaticError
from compiler.ir.types import BOOL, NONE, EnumT, IntT, OptT, RowT, SetT, strip_optional
from compiler.resolve import Abort
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck.checker import Checker
from compiler.typecheck.scope import Body, Scope
from compiler.typecheck.tables import Row, Schema, is_child

Value = int | tuple[int, ...]

HASH_PREFIX = "sha256:"
"""What the hash in a hole starts with; 64 digits follow."""


@dataclass(eq=False)
class Version:
    """A row's own version of a method, not checked yet."""

    row: Row
    method: str
    body: ast.Block | ast.Expr
    span: Span


@dataclass(eq=False)
class _Reading:
    """What has been read of one row."""

    row: Row
    schema: Schema
    table: hir.Table
    values: dict[str, Value] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    wrong: bool = False  # so that what it lacks is not reported


@contextmanager
def _part_of(reading: _Reading) -> Iterator[None]:
    """Read a part of a row; after an error the others are read all the same."""
    try:
        yield
    except Abort:
        reading.wrong = True


def read_rows(check: Checker, schemas: dict[str, Schema]) -> list[Version]:
    """Fill in the data of all tables; returns the rows' versions of methods."""
    versions: list[Version] = []
    for name, schema in schemas.items():
        table = check.program.tables[name]
        data: dict[str, list[Value]] = {column: [] for column in table.columns}
        for row in schema.rows:
            reading = _Reading(row, schema, table)
            _read(check, reading)
            _add_implicit(check, reading, schemas)
            versions += reading.versions.values()
            for column in table.columns.values():
                data[column.name].append(_final(check, reading, column))
        cast("dict[str, tuple[Value, ...]]", table.data).update({key: tuple(found) for key, found in data.items()})
    return versions


def _add_implicit(check: Checker, reading: _Reading, schemas: dict[str, Schema]) -> None:
    row, table = reading.row, reading.table
    reading.values["key"] = check.text(row.key)
    reading.values["title"] = check.text(row.title)
    if row.parent is not None:
        reading.values["parent"] = row.parent.index
        reading.values["position"] = row.position
    for child in reading.schema.children.values():
        if child.column is None or child.column not in table.columns:
            continue
        children = row.children.get(child.name, [])
        size = table.columns[child.column].size or 0
        if len(children) > size:
            message = f"a row of '{table.name}' has room for {size} of '{child.name}', not {len(children)}"
            check.report("E0508", children[size].span, message)
        listed = [found.index for found in children[:size]]
        reading.values[child.column] = (*listed, *[NONE] * (size - len(listed)))


def _final(check: Checker, reading: _Reading, column: hir.TableColumn) -> Value:
    """A column's value in a row, the default included."""
    if column.name in reading.values:
        return reading.values[column.name]
    if column.size is not None:
        return (column.default,) * column.size
    decl = reading.schema.columns.get(column.name)
    required = decl is not None and decl.default is None and column.name not in reading.schema.flags
    if required and not reading.wrong and not isinstance(column.type, OptT | SetT):
        row = reading.row
        message = f"'{row.key}' has no '{column.name}', and '{reading.table.name}' has no default for it"
        check.report("E0505", row.span, message, f"write '{column.name} …' in its block")
    return column.default


# --- the block of a row -----------------------------------------------------------------------------------------------


def _read(check: Checker, reading: _Reading) -> None:
    row = reading.row
    for assign in row.form.sets if row.form else ():
        with _part_of(reading):
            _assign(check, reading, assign)
    with _part_of(reading):
        _items(check, reading, row.items, in_order=row.parent is not None)
    body = row.form.body if row.form else None
    if row.parent is not None:
        body = next(iter(reading.schema.procedures), None)
    own: list[ast.Statement] = []
    for statement in _written(check, row.block, body is not None):
        with _part_of(reading):
            _statement(check, reading, statement, own, body)
    if own and body in reading.schema.procedures and row.block is not None:
        with _part_of(reading):
            _version(check, reading, body, ast.Block(tuple(own), row.block.span), own[0].span.to(own[-1].span), True)


def _written(check: Checker, block: ast.Block | None, has_body: bool) -> list[ast.Statement]:
    """The statements of a row's block; where they are a hole, what fills it stands there instead."""
    written = list(block.statements) if block else []
    own = [statement for statement in written if not isinstance(statement, ast.On | ast.Gives)]
    if has_body and len(own) == 1 and isinstance(own[0], ast.TextHole):
        filled = check.fills.get(own[0].hash.removeprefix(HASH_PREFIX))
        if filled is not None:
            place = written.index(own[0])
            written[place : place + 1] = filled.statements
    return written


def _statement(
    check: Checker, reading: _Reading, statement: ast.Statement, own: list[ast.Statement], body: str | None
) -> None:
    row = reading.row
    match statement:
        case ast.On(method, block):
            _version(check, reading, method, block, statement.span, True)
        case ast.Gives(method, value):
            _version(check, reading, method, value, statement.span, False)
        case _ if is_child(reading.schema, statement) and not (row.form and row.form.body):
            pass  # a row of its own
        case _ if body is not None:
            own.append(statement)
        case ast.Phrase(items, None) if row.parent is None:
            _items(check, reading, items, in_order=False)
        case ast.Assign() if row.parent is None:
            _assign(check, reading, statement)
        case _:
            suggestion = None
            if isinstance(statement, ast.Phrase) and isinstance(statement.items[0], ast.Name):
                suggestion = did_you_mean(statement.items[0].id, reading.schema.children)
            elif reading.schema.procedures:
                suggestion = f"statements stand in 'on {reading.schema.procedures[0]} {{ … }}'"
            check.fail("E0503", statement.span, f"a row of '{reading.table.name}' holds no such thing", suggestion)


def _items(check: Checker, reading: _Reading, items: Sequence[ast.Expr], *, in_order: bool) -> None:
    """Words and values side by side: ``basic psychic hp 150 ex``."""
    rest = list(items)
    while rest:
        item = rest.pop(0)
        name = item.id if isinstance(item, ast.Name) else None
        try:
            if name is not None and name in reading.schema.flags:
                _set(check, reading, name, 1, item.span)
            elif name is not None and name in reading.schema.columns:
                if not rest:
                    check.fail("E0503", item.span, f"'{name}' needs a value")
                _set_value(check, reading, name, rest.pop(0), item.span)
            elif name is not None and (column := _column_of_enum(check, reading, name)) is not None:
                _set_value(check, reading, column, item, item.span)
            elif in_order:
                _set_value(check, reading, _next_column(check, reading, item), item, item.span)
            else:
                _no_such_word(check, reading, item)
        except Abort:
            reading.wrong = True
            while rest and name is not None and not isinstance(rest[0], ast.Name):
                rest.pop(0)  # what would have been its values


def _column_of_enum(check: Checker, reading: _Reading, value: str) -> str | None:
    """The first column not set yet whose enum has this value."""
    for column in reading.table.columns.values():
        type_ = strip_optional(column.type)
        if not isinstance(type_, EnumT) or column.size is not None or column.name in reading.spans:
            continue
        if value in check.program.enums[type_.name].values:
            return column.name
    return None


def _next_column(check: Checker, reading: _Reading, item: ast.Expr) -> str:
    """The first column not set yet that takes a list, or takes none."""
    for name in reading.schema.columns:
        column = reading.table.columns.get(name)
        if column is None or name in reading.spans or name in reading.schema.flags:
            continue
        if isinstance(item, ast.ListLit) == (column.size is not None or isinstance(column.type, SetT)):
            return name
    check.fail("E0503", item.span, f"'{reading.table.name}' has no further column for this")


def _no_such_word(check: Checker, reading: _Reading, item: ast.Expr) -> None:
    schema = reading.schema
    if not isinstance(item, ast.Name):
        check.fail("E0503", item.span, "nothing says which column this is the value of", "write its name before it")
    known = [*schema.columns, *schema.children]
    for column in reading.table.columns.values():
        type_ = strip_optional(column.type)
        if isinstance(type_, EnumT):
            known += check.program.enums[type_.name].values
    if item.id in known:
        notes = [
            Note("set here", span) for name, span in reading.spans.items() if _takes(check, reading, name, item.id)
        ]
        check.fail("E0504", item.span, f"every column that '{item.id}' could set is set already", notes=notes)
    check.unknown("E0503", item.span, f"column or value of '{reading.table.name}' called", item.id, known)


def _takes(check: Checker, reading: _Reading, column: str, value: str) -> bool:
    type_ = strip_optional(reading.table.columns[column].type)
    return isinstance(type_, EnumT) and value in check.program.enums[type_.name].values


def _assign(check: Checker, reading: _Reading, node: ast.Assign) -> None:
    if not isinstance(node.target, ast.Name) or node.op != "=":
        check.fail("E0503", node.span, "a row only sets its columns: 'name = value' or 'name value'")
    if node.target.id not in reading.schema.columns:
        what = f"column of '{reading.table.name}' called"
        check.unknown("E0503", node.target.span, what, node.target.id, reading.schema.columns)
    _set_value(check, reading, node.target.id, node.value, node.span)


def _set_value(check: Checker, reading: _Reading, name: str, node: ast.Expr, span: Span) -> None:
    if name not in reading.table.columns:
        raise Abort  # declared, but wrong
    try:
        value = column_value(check, reading.table.columns[name], node)
    except Abort:
        reading.spans.setdefault(name, span)
        raise
    _set(check, reading, name, value, span)


def _set(check: Checker, reading: _Reading, name: str, value: Value, span: Span) -> None:
    if name in reading.spans:
        notes = [Note("first here", reading.spans[name])]
        check.fail("E0504", span, f"'{name}' is set twice", notes=notes)
    reading.spans[name] = span
    reading.values[name] = value


# --- values -----------------------------------------------------------------------------------------------------------


def column_value(check: Checker, column: hir.TableColumn, node: ast.Expr) -> Value:
    """The value of a column as written in a row."""
    if column.size is None:
        return check.static_value(node, column.type)
    if not isinstance(node, ast.ListLit):
        check.fail("E0506", node.span, f"'{column.name}' takes a list", "as in '[a b c]'")
    if column.index_enum is not None and isinstance(column.type, IntT):
        return _counts(check, column, node)
    values: list[int] = []
    for item in node.items:
        times, inner = _repeated(check, item)
        values += [check.static_value(inner, column.type)] * times
    if len(values) > column.size:
        message = f"'{column.name}' has room for {column.size} values, not {len(values)}"
        check.fail("E0506", node.span, message)
    return (*values, *[column.default] * (column.size - len(values)))


def _counts(check: Checker, column: hir.TableColumn, node: ast.ListLit) -> Value:
    """``[psychic colorless colorless]``: how often each value of the enum stands in the list."""
    assert column.size is not None
    assert column.index_enum is not None
    assert isinstance(column.type, IntT)
    counts = [0] * column.size
    for item in node.items:
        times, inner = _repeated(check, item)
        counts[check.static_value(inner, EnumT(column.index_enum))] += times
    high = max(counts, default=0)
    if high > column.type.hi or min(counts) < column.type.lo:
        check.fail("E0506", node.span, f"'{column.name}' counts {column.type.lo}..{column.type.hi} of each, not {high}")
    return tuple(counts)


def _repeated(check: Checker, item: ast.Expr) -> tuple[int, ast.Expr]:
    """``2*x`` is x twice."""
    if isinstance(item, ast.Binary) and item.op == "*":
        return max(check.constants.evaluate(item.left), 0), item.right
    return 1, item


# --- versions of methods ----------------------------------------------------------------------------------------------


def _version(
    check: Checker, reading: _Reading, name: str, body: ast.Block | ast.Expr, span: Span, procedure: bool
) -> None:
    methods = reading.table.methods
    if name not in methods:
        if any(method.name == name for method in reading.schema.decl.methods):
            raise Abort
        check.unknown("E0507", span, f"method of '{reading.table.name}' called", name, methods)
    if (methods[name].result is None) != procedure:
        suggestion = f"write 'gives {name} = …'" if procedure else f"write 'on {name} {{ … }}'"
        kind = "a value" if procedure else "a procedure"
        check.fail("E0507", span, f"'{name}' is {kind}", suggestion)
    if name in reading.versions:
        notes = [Note("first here", reading.versions[name].span)]
        check.fail("E0507", span, f"'{name}' is given twice", notes=notes)
    reading.versions[name] = Version(reading.row, name, body, span)


def check_versions(check: Checker, versions: Sequence[Version]) -> tuple[list[Body], list[hir.Hole]]:
    """Check the rows' versions of methods, and put them in the tables. What nothing fills stays a hole."""
    bodies: list[Body] = []
    holes: list[hir.Hole] = []
    for version in versions:
        method = check.program.tables[version.row.table].methods[version.method]
        scope = Scope(Body("method"))
        bodies.append(scope.body)
        bind_params(scope, method)
        found = cast("dict[int, hir.Expr | hir.Block]", method.bodies)
        with suppress(Abort):
            match version.body:
                case ast.Block((ast.TextHole() as hole,)):
                    filled = check.fills.get(_digits(check, hole))
                    if filled is not None:
                        found[version.row.index] = check.block(filled, scope)
                    else:
                        holes.append(_open_hole(check, version, hole))
                case ast.Block():
                    found[version.row.index] = check.block(version.body, scope)
                case _:
                    assert method.result is not None
                    found[version.row.index] = check.fitted(version.body, scope, method.result)
    return bodies, holes


def _digits(check: Checker, hole: ast.TextHole) -> str:
    """The digits of a hole's hash."""
    digits = hole.hash.removeprefix(HASH_PREFIX)
    if digits == hole.hash or not re.fullmatch(r"[0-9a-f]{64}", digits):
        message = f"this is not the hash of a text: it has the form '{HASH_PREFIX}' and 64 digits of 0-9 and a-f"
        check.fail("E0512", hole.span, message)
    return digits


def _open_hole(check: Checker, version: Version, hole: ast.TextHole) -> hir.Hole:
    row = version.row
    message = f"'{row.key}' has a hole: nothing says yet what its '{version.method}' does"
    check.sink.warning("W0909", hole.span, message)
    return hir.Hole(row.table, row.index, version.method, hole.hash.removeprefix(HASH_PREFIX), hole.span)


def bind_params(scope: Scope, method: hir.Method) -> None:
    """The parameters of a method, in the scope of a body."""
    for param in method.params:
        scope.bind(param.name, param, cast("Span", param.span))


def check_defaults(check: Checker, schemas: dict[str, Schema]) -> None:
    """Check what pure methods give where a row gives nothing."""
    for name, schema in schemas.items():
        methods = cast("dict[str, hir.Method]", check.program.tables[name].methods)
        for node in schema.decl.methods:
            method = methods.get(node.name)
            if method is None or method.span is not node.span or method.result is None:
                continue
            with suppress(Abort):
                if node.default is None:
                    check.fail(
                        "E0511", node.span, f"'{node.name}' needs a value for rows that give none", "write '= …'"
                    )
                scope = Scope(Body("expression"))
                bind_params(scope, method)
                default = check.fitted(node.default, scope, method.result)
                methods[node.name] = replace(method, default=default)


# --- requirements -----------------------------------------------------------------------------------------------------


def check_requires(check: Checker, schemas: dict[str, Schema]) -> None:
    """Check every requirement for every row."""
    evaluator = Evaluator(check.program)
    for name, schema in schemas.items():
        for node in schema.decl.requires:
            with suppress(Abort):
                self_ = hir.Local("self", RowT(name), node.span)
                scope = Scope(Body("expression"))
                scope.bind("self", self_, node.span)
                condition = check.expect(node.condition, scope, BOOL)
                for row in schema.rows:
                    _require(check, evaluator, condition, self_, row, node)


def _require(
    check: Checker, evaluator: Evaluator, condition: hir.Expr, self_: hir.Local, row: Row, node: ast.RequireDecl
) -> None:
    try:
        holds = evaluator.value(condition, {self_: row.index})
    except NotStaticError as error:
        check.fail("E0304", node.condition.span, f"this must be known when the rules are checked: {error}")
    if not holds:
        notes = [Note("required here", node.span)]
        check.report("E0509", row.span, f"'{row.key}': {node.message}", notes=notes)
