"""Expressions: literals, names, members, operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from compiler.diagnostics import did_you_mean
from compiler.ir import hir
from compiler.ir.types import (
    BOOL,
    NONE,
    PLAYER,
    TEXT,
    BoolT,
    EntityT,
    EnumT,
    IntT,
    NoneT,
    OptT,
    PlayerT,
    RowT,
    SetT,
    TextT,
    Type,
    strip_optional,
)
from compiler.ops.compare import comparable
from compiler.syntax import ast
from compiler.typecheck import boards, calls, groups
from compiler.typecheck.checker import Checked, Checker, ColumnRef, FieldRef, Handler
from compiler.typecheck.convert import INT32, described, join
from compiler.typecheck.scope import Scope

Designated = hir.Expr | FieldRef | ColumnRef

_NEVER_NONE = SetT | BoolT | TextT

_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "//": "div", "%": "mod", "or": "or", "and": "and", "|": "union", "&": "inter",
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
}  # fmt: skip

# --- literals ---------------------------------------------------------------------------------------------------------


def _int(check: Checker, node: ast.Int, scope: Scope, hint: Type | None) -> hir.Expr:
    if not INT32.lo <= node.value <= INT32.hi:
        check.fail("E0306", node.span, f"{node.value} does not fit in 32 bits")
    return number(node.value, node)


def number(value: int, node: ast.Expr | Checked | None = None) -> hir.Const:
    """A number whose type is its value."""
    return hir.Const(value, IntT(value, value), node.span if node else None)


def _bool(check: Checker, node: ast.Bool, scope: Scope, hint: Type | None) -> hir.Expr:
    return hir.Const(int(node.value), BOOL, node.span)


def _none(check: Checker, node: ast.NoneLit, scope: Scope, hint: Type | None) -> hir.Expr:
    return hir.Const(NONE, hint if isinstance(hint, OptT) else NoneT(), node.span)


def _str(check: Checker, node: ast.Str, scope: Scope, hint: Type | None) -> hir.Expr:
    if hint is not None and isinstance(strip_optional(hint), RowT):
        return _row(check, node.value, node, hint)
    return hir.Const(check.text(node.value), TEXT, node.span)


def _row_key(check: Checker, node: ast.RowKey, scope: Scope, hint: Type | None) -> hir.Expr:
    return _row(check, node.key, node, hint)


def _row(check: Checker, name: str, node: ast.Str | ast.RowKey | ast.Name, hint: Type | None) -> hir.Expr:
    """A row by key or title; the hint says of which table."""
    wanted = strip_optional(hint) if hint is not None else None
    found = check.row_names.get(name, [])
    if isinstance(wanted, RowT):
        here = [row for row in found if row[0] == wanted.table]
        if not here:
            table = wanted.table
            known = [key for key, rows in check.row_names.items() if any(row[0] == table for row in rows)]
            check.unknown("E0212", node.span, f"row of '{table}' called", name, known)
        found = here
    if not found:
        check.unknown("E0212", node.span, "row", name, check.row_names)
    if len(found) > 1:
        rows = ", ".join(f"{check.program.tables[table].keys[row]} ({table})" for table, row in found)
        check.fail("E0203", node.span, f"'{name}' may be any of {rows}", "write the key")
    table, row = found[0]
    return hir.Const(row, RowT(table), node.span)


# --- names ------------------------------------------------------------------------------------------------------------


def _name(check: Checker, node: ast.Name, scope: Scope, hint: Type | None) -> Designated:
    name = node.id
    binding = scope.find(name)
    if binding is not None:
        binding.used = True
        if binding.local is None:
            raise calls.Abort
        return hir.Get(binding.local, binding.local.type, node.span)
    wanted = strip_optional(hint) if hint is not None else None
    if isinstance(wanted, EnumT) and name in check.program.enums[wanted.name].values:
        return _enum_value(check, wanted.name, name, node)
    if isinstance(wanted, RowT) and any(table == wanted.table for table, _ in check.row_names.get(name, ())):
        return _row(check, name, node, wanted)
    if name in check.names.constants:
        check.names.used.add(("const", name))
        value = check.constants.value(name)
        is_bool = isinstance(check.names.constants[name].value, ast.Bool)
        return hir.Const(value, BOOL if is_bool else IntT(value, value), node.span)
    if name in check.program.fields:
        return FieldRef(check.program.fields[name], None)
    if name == "players":
        return number(check.program.players, node)
    if name in check.enum_values:
        return _unique_enum_value(check, name, node)
    if name in check.row_names:
        return _row(check, name, node, hint)
    if name in check.funcs and not check.funcs[name].params:
        return calls.call_named(check, name, (), node, scope)
    _unknown_name(check, node, scope, hint)


def _unknown_name(check: Checker, node: ast.Name, scope: Scope, hint: Type | None) -> NoReturn:
    name, names = node.id, check.names
    if (None, name) in names.fields:
        check.not_ready(f"'{name}' is part of the state", node.span)
    if name in names.funcs and name not in check.funcs:
        check.not_ready(f"'{name}' is a function", node.span)
    suggestion = None
    owners = names.owners(name)
    if owners:
        suggestion = f"'{name}' belongs to a {owners[0]}: write x.{name}"
    elif name in names.funcs:
        suggestion = f"'{name}' is a function: write {name}(…)"
    elif name in names.enums or name in names.entities:
        suggestion = f"'{name}' is a type; all of them together are 'all {name}'"
    else:
        wanted = strip_optional(hint) if hint is not None else None
        nearer = check.program.enums[wanted.name].values if isinstance(wanted, EnumT) else ()
        known = [*scope.visible(), *names.constants, *check.program.fields, *check.enum_values, *check.row_names]
        known += [verb.words[0] for verb in check.verbs if len(verb.pattern) == 1]
        suggestion = did_you_mean(name, nearer) or did_you_mean(name, known)
    check.fail("E0201", node.span, f"there is no '{name}' here", suggestion)


def _enum_value(check: Checker, enum: str, value: str, node: ast.Expr) -> hir.Const:
    return hir.Const(check.program.enums[enum].values.index(value), EnumT(enum), node.span)


def _unique_enum_value(check: Checker, name: str, node: ast.Name) -> hir.Expr:
    found = check.enum_values[name]
    if len(found) > 1:
        choices = " or ".join(f"'{enum}.{name}'" for enum, _ in found)
        check.fail("E0203", node.span, f"'{name}' is a value of several enums", f"write {choices}")
    return _enum_value(check, found[0][0], name, node)


def needs_context(check: Checker, node: ast.Expr | Checked, scope: Scope) -> bool:
    """Whether an expression may mean different things by what is wanted of it."""
    match node:
        case ast.NoneLit() | ast.RowKey() | ast.Str() | ast.ListLit():
            return True
        case ast.Name(name):
            return not (scope.find(name) or name in check.names.constants or name in check.program.fields)
        case ast.IfExpr(_, then, otherwise):
            return needs_context(check, then, scope) and needs_context(check, otherwise, scope)
        case ast.Unary(_, operand):
            return needs_context(check, operand, scope)
    return False


def pair(
    check: Checker, left: ast.Expr, right: ast.Expr, scope: Scope, hint: Type | None = None
) -> tuple[hir.Expr, hir.Expr]:
    """Two expressions of which either may help to understand the other."""
    if needs_context(check, left, scope) and not needs_context(check, right, scope):
        second = check.infer(right, scope, hint)
        return check.infer(left, scope, _hint_from(second)), second
    first = check.infer(left, scope, hint)
    return first, check.infer(right, scope, _hint_from(first))


def _hint_from(expr: hir.Expr) -> Type:
    """What an expression's neighbour may be: also none."""
    return expr.type if isinstance(expr.type, _NEVER_NONE | OptT | NoneT) else OptT(expr.type)


# --- members ----------------------------------------------------------------------------------------------------------


def _attr(check: Checker, node: ast.Attr, scope: Scope, hint: Type | None) -> Designated:
    if isinstance(node.base, ast.Name) and node.base.id in check.names.enums and not scope.find(node.base.id):
        enum = node.base.id
        if node.name not in check.program.enums[enum].values:
            check.unknown("E0205", node.span, f"value of '{enum}' called", node.name, check.program.enums[enum].values)
        return _enum_value(check, enum, node.name, node)
    base = check.infer(node.base, scope)
    found = member(check, base, node.name, node)
    if found is not None:
        return found
    return calls.call_on(check, base, node, (), scope)


def member(check: Checker, base: hir.Expr, name: str, node: ast.Expr) -> Designated | None:
    """The field, column or attribute of a value, if it has one of this name."""
    type_ = strip_optional(base.type)
    match type_:
        case PlayerT():
            return _owned(check, "player", name, base)
        case EntityT(entity):
            if name == "owner" and check.program.entities[entity].per_player:
                return hir.OwnerOf(base, PLAYER, node.span)
            if name == "index":
                return hir.IndexOf(base, IntT(0, check.program.entities[entity].count - 1), node.span)
            if name in ("row", "column") and check.program.entities[entity].columns:
                return boards.coordinate(check, base, check.program.entities[entity], name, node.span)
            return _owned(check, entity, name, base)
        case RowT(table):
            found = check.program.tables[table]
            if name in found.columns:
                return ColumnRef(found, found.columns[name], base)
    return None


def _owned(check: Checker, owner: str, name: str, base: hir.Expr) -> FieldRef | None:
    field = check.program.fields.get(f"{owner}.{name}")
    if field is None:
        if (owner, name) in check.names.fields:  # declared, but wrong
            raise calls.Abort
        return None
    return FieldRef(field, base)


def _index(check: Checker, node: ast.Index, scope: Scope, hint: Type | None) -> hir.Expr:
    ref = check.designate(node.base, scope)
    sub = element_index(check, ref, node, scope)
    if isinstance(ref, FieldRef):
        return hir.Load(ref.field, ref.owner, sub, ref.field.type, node.span)
    return hir.Column(ref.table.name, ref.column.name, ref.row, sub, ref.column.type, node.span)


def element_index(check: Checker, ref: Designated, node: ast.Index, scope: Scope) -> hir.Expr:
    """The index of an element of an array."""
    array = ref.field if isinstance(ref, FieldRef) else ref.column if isinstance(ref, ColumnRef) else None
    if array is None or array.size is None or (isinstance(array, hir.Field) and array.lasting):
        check.fail("E0307", node.base.span, "this is no array: it has no elements")
    if array.index_enum is not None:
        return check.expect(node.index, scope, EnumT(array.index_enum))
    sub = check.expect(node.index, scope, IntT(0, array.size - 1))
    if isinstance(sub, hir.Const) and not 0 <= sub.value < array.size:
        check.fail("E0305", node.index.span, f"'{array.name}' has elements 0 to {array.size - 1}")
    return sub


# --- operators --------------------------------------------------------------------------------------------------------


def _unary(check: Checker, node: ast.Unary, scope: Scope, hint: Type | None) -> hir.Expr:
    operand = check.infer(node.operand, scope)
    if node.op == "-" and isinstance(operand, hir.Const) and isinstance(operand.type, IntT):
        return number(-operand.value, node)
    return check.apply("not" if node.op == "not" else "neg", (operand,), (node.operand.span,), node.span)


def _binary(check: Checker, node: ast.Binary, scope: Scope, hint: Type | None) -> hir.Expr:
    if node.op in ("in", "not in"):
        found = _membership(check, node, scope)
        return hir.Apply("not", (found,), BOOL, node.span) if node.op == "not in" else found
    left, right = pair(check, node.left, node.right, scope, hint if node.op in ("|", "&", "-") else None)
    op, spans = _OPERATORS[node.op], (node.left.span, node.right.span)
    if op == "sub" and isinstance(left.type, SetT):
        op = "diff"
    elif op == "add" and isinstance(left.type, SetT):
        check.fail("E0302", node.span, "sets are joined with '|'")
    elif op in ("eq", "ne") and isinstance(left.type, SetT) and left.type == right.type:
        return _set_equality(left, right, op, node)
    elif op in ("eq", "ne"):
        return _equality(check, op, left, right, node)
    return check.apply(op, (left, right), spans, node.span)


def _equality(check: Checker, op: str, left: hir.Expr, right: hir.Expr, node: ast.Binary) -> hir.Expr:
    """``==`` or ``!=``; what can never be equal is not compared."""
    if not comparable(left.type, right.type):
        message = f"this is {described(right.type)}, and is never equal to {described(left.type)}"
        check.fail("E0302", node.right.span, message)
    left, right = _typed_none(left, right.type), _typed_none(right, left.type)
    return check.apply(op, (left, right), (node.left.span, node.right.span), node.span)


def _typed_none(expr: hir.Expr, other: Type) -> hir.Expr:
    """``none`` as a value of the type it is compared with."""
    if isinstance(expr.type, NoneT) and not isinstance(other, NoneT):
        return replace(expr, type=OptT(strip_optional(other)))
    return expr


def _set_equality(left: hir.Expr, right: hir.Expr, op: str, node: ast.Expr) -> hir.Expr:
    """Two sets are equal where neither has more than the other."""
    assert isinstance(left.type, SetT)
    more = (hir.Apply("diff", (left, right), left.type), hir.Apply("diff", (right, left), left.type))
    difference = hir.Apply("union", more, left.type)
    local = hir.Local("x", left.type.element)
    some = hir.Reduce("any", local, difference, hir.Const(1, BOOL), BOOL, node.span)
    return some if op == "ne" else hir.Apply("not", (some,), BOOL, node.span)


def _membership(check: Checker, node: ast.Binary, scope: Scope) -> hir.Expr:
    if isinstance(node.right, ast.ListLit):
        return _one_of(check, node.left, node.right.items, node, scope)
    group = check.infer(node.right, scope)
    if isinstance(group.type, OptT) and isinstance(group, hir.Load) and group.field.zone == "slot":
        element = check.expect(node.left, scope, group.type)
        return check.apply("eq", (element, group), (node.left.span, node.right.span), node.span)
    if not isinstance(group.type, SetT):
        check.fail("E0312", node.right.span, f"this is {described(group.type)}, where 'in' wants a set or a list")
    element = check.infer(node.left, scope, group.type.element)
    return check.apply("contains", (element, group), (node.left.span, node.right.span), node.span)


def _one_of(check: Checker, left: ast.Expr, items: Sequence[ast.Expr], node: ast.Expr, scope: Scope) -> hir.Expr:
    """``x in [a b c]`` is ``x == a or x == b or x == c``."""
    if not items:
        return hir.Const(0, BOOL, node.span)
    found: hir.Expr | None = None
    for item in items:
        element, other = pair(check, left, item, scope)
        equal = _equality(check, "eq", element, other, ast.Binary("==", left, item, node.span))
        found = equal if found is None else hir.Apply("or", (found, equal), BOOL, node.span)
    assert found is not None
    return found


def _if_expr(check: Checker, node: ast.IfExpr, scope: Scope, hint: Type | None) -> hir.Expr:
    condition = check.expect(node.condition, scope, BOOL)
    then, otherwise = pair(check, node.then, node.otherwise, scope, hint)
    type_ = join(then.type, otherwise.type)
    if type_ is None:
        message = f"this is {described(otherwise.type)}, and the other case is {described(then.type)}"
        check.fail("E0301", node.otherwise.span, message)
    if not isinstance(type_, NoneT):
        then = replace(then, type=type_) if isinstance(then.type, NoneT) else then
        otherwise = replace(otherwise, type=type_) if isinstance(otherwise.type, NoneT) else otherwise
    if isinstance(strip_optional(type_), PlayerT):
        then = check.bounded(check.coerce(then, type_, node.then.span), type_, node.then.span)
        otherwise = check.bounded(check.coerce(otherwise, type_, node.otherwise.span), type_, node.otherwise.span)
    return hir.Select(condition, then, otherwise, type_, node.span)


EXPRESSIONS: Mapping[type, Handler] = {
    ast.Int: _int,
    ast.Bool: _bool,
    ast.NoneLit: _none,
    ast.Str: _str,
    ast.RowKey: _row_key,
    ast.Name: _name,
    ast.Attr: _attr,
    ast.Index: _index,
    ast.Unary: _unary,
    ast.Binary: _binary,
    ast.IfExpr: _if_expr,
    ast.Call: calls.call,
    ast.All: groups.all_of,
    ast.ListLit: groups.list_literal,
    ast.Comprehension: groups.comprehension,
}
