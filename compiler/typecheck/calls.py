"""Calls: functions, built-in functions, instances, zones by owner, pure methods, and ``x.f`` for ``f(x)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compiler.diagnostics import did_you_mean
from compiler.ir import hir
from compiler.ir.types import PLAYER, EntityT, IntT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.ops import OPS
from compiler.resolve import BOARD_FUNCTIONS, BUILTIN_FUNCTIONS, Abort
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck import boards, groups
from compiler.typecheck.checker import Checked, Checker, FieldRef
from compiler.typecheck.convert import described
from compiler.typecheck.scope import Body, Scope

__all__ = ["Abort", "call", "call_named", "call_on", "finish_func"]

Argument = ast.Expr | Checked


def call(check: Checker, node: ast.Call, scope: Scope, hint: Type | None) -> Any:
    """A call, by the form of what is called."""
    match node.callee:
        case ast.Name(name):
            return call_named(check, name, node.args, node, scope)
        case ast.Attr() as callee:
            return call_on(check, check.infer(callee.base, scope), callee, node.args, scope, node)
    check.fail("E0206", node.callee.span, "only a name can be called")


def call_on(
    check: Checker,
    base: hir.Expr,
    callee: ast.Attr,
    args: Sequence[Argument],
    scope: Scope,
    node: ast.Expr | None = None,
) -> Any:
    """``base.name(args)``: a pure method of a row, or a function whose first argument is the base."""
    name, node = callee.name, node or callee
    type_ = strip_optional(base.type)
    if isinstance(type_, RowT) and name in check.program.tables[type_.table].methods:
        return _method(check, base, type_.table, name, args, node, scope)
    if _callable(check, name):
        return call_named(check, name, (Checked(base, callee.base.span), *args), node, scope)
    if isinstance(type_, RowT) and any(method.name == name for method in check.names.tables[type_.table].methods):
        raise Abort  # declared, but wrong
    suggestion = did_you_mean(name, _members(check, type_))
    check.fail("E0205", callee.span, f"{described(base.type)} has no '{name}'", suggestion)


def _members(check: Checker, type_: Type) -> list[str]:
    """What may stand after the dot of a value."""
    names = [*check.funcs, *BUILTIN_FUNCTIONS]
    match type_:
        case PlayerT() | EntityT():
            owner = "player" if isinstance(type_, PlayerT) else type_.name
            names += [field.name for field in check.program.fields.values() if field.owner == owner]
            names += ["owner", "index"] if isinstance(type_, EntityT) else []
        case RowT(table):
            names += [*check.program.tables[table].columns, *check.program.tables[table].methods]
    return names


def _callable(check: Checker, name: str) -> bool:
    names = check.names
    return (
        name in (*BUILTIN_FUNCTIONS, *BOARD_FUNCTIONS)
        or name in check.funcs
        or name in names.entities
        or bool(names.owners(name))
    )


def call_named(check: Checker, name: str, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> Any:
    """``name(args)``."""
    names = check.names
    if name in BUILTIN_FUNCTIONS:
        return _builtin(check, name, args, node, scope)
    if name in BOARD_FUNCTIONS and name not in names.funcs and any(e.columns for e in check.program.entities.values()):
        return boards.function(check, name, args, node, scope)
    if name in names.owners(name) or names.owners(name):
        found = _field_of(check, name, args, node, scope)
        if found is not None:
            return found
    if name in check.funcs:
        return _func(check, name, args, node, scope)
    if name in check.program.entities:
        return _instance(check, check.program.entities[name], args, node, scope)
    if name == "player":
        _count(check, args, 1, node, "player(p)")
        return check.fitted(args[0], scope, PLAYER)
    if name in names.funcs or name in names.entities:
        check.not_ready(f"'{name}' is a function", node.span)
    verb = next((verb for verb in check.verbs if verb.words and verb.words[0] == name), None)
    if verb is not None:
        check.fail(
            "E0206", node.span, f"'{name}' is a verb, not a function", "a verb is called by a statement of its own"
        )
    if scope.find(name) or name in names.constants or name in check.program.fields:
        check.fail("E0206", node.span, f"'{name}' is no function", "write a blank before '(' to begin a new item")
    known = [*check.funcs, *names.entities, *BUILTIN_FUNCTIONS, *(field for owner, field in names.fields if owner)]
    check.unknown("E0206", node.span, "function", name, known)


def _field_of(check: Checker, name: str, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> FieldRef | None:
    """``hand(p)`` for ``p.hand``; None where the name means a function here."""
    owners = check.names.owners(name)
    if name in check.funcs and len(args) != 1:
        return None
    _count(check, args, 1, node, f"{name}({owners[0]})")
    base = check.infer(args[0], scope, PLAYER if owners == ["player"] else None)
    type_ = strip_optional(base.type)
    owner = type_.name if isinstance(type_, EntityT) else "player" if isinstance(type_, PlayerT | IntT) else None
    if owner not in owners:
        if name in check.funcs:
            return None
        check.fail(
            "E0301", args[0].span, f"this is {described(base.type)}: '{name}' belongs to a {' or '.join(owners)}"
        )
    field = check.program.fields.get(f"{owner}.{name}")
    if field is None:
        check.not_ready(f"'{name}' is part of the state", node.span)
    if owner == "player":
        base = check.bounded(check.coerce(base, PLAYER, args[0].span), PLAYER, args[0].span)
    return FieldRef(field, base)


def _count(check: Checker, args: Sequence[Argument], wanted: int, node: ast.Expr, form: str) -> None:
    if len(args) != wanted:
        check.fail("E0303", node.span, f"{_arguments(len(args))} given, {wanted} wanted: {form}")


def _arguments(count: int) -> str:
    return f"{count} argument{'s' * (count != 1)}"


def arguments(
    check: Checker, params: Sequence[hir.Local], args: Sequence[Argument], node: ast.Expr, what: str, scope: Scope
) -> tuple[hir.Expr, ...]:
    """The arguments of a call, each as its parameter wants it."""
    if len(args) != len(params):
        form = ", ".join(f"{param.name}: {param.type}" for param in params)
        check.fail("E0303", node.span, f"{_arguments(len(args))} given, {len(params)} wanted: {what}({form})")
    return tuple(check.fitted(arg, scope, param.type) for arg, param in zip(args, params, strict=True))


# --- functions and methods --------------------------------------------------------------------------------------------


def _func(check: Checker, name: str, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> hir.Expr:
    check.names.used.add(("func", name))
    func = check.funcs[name]
    checked = arguments(check, func.params, args, node, name, scope)
    result = func.declared or finish_func(check, name, node.span).result
    return hir.CallFunc(name, checked, result, node.span)


def finish_func(check: Checker, name: str, span: Span) -> hir.Func:
    """Check the body of a function, once."""
    func = check.funcs[name]
    if func.done is not None:
        return func.done
    if name in check.pending_funcs:
        chain = " → ".join([*check.pending_funcs[check.pending_funcs.index(name) :], name])
        check.fail("E0404", span, f"functions never call themselves: {chain}")
    check.pending_funcs.append(name)
    try:
        scope = Scope(Body("expression"))
        for param, decl in zip(func.params, func.decl.params, strict=True):
            scope.bind(param.name, param, decl.span)
        result = func.declared
        if result is None and func.decl.result is not None:  # `int`: as wide as the body
            value = check.expect(func.decl.value, scope, check.value_type(func.decl.result))
            wanted = check.value_type(func.decl.result)
            result = value.type if isinstance(value.type, IntT) else wanted
        elif result is None:
            value = check.infer(func.decl.value, scope)
            result = value.type
        else:
            value = check.fitted(func.decl.value, scope, result)
    finally:
        check.pending_funcs.pop()
    func.done = hir.Func(name, func.params, result, value, func.decl.says, func.decl.span)
    check.program.funcs[name] = func.done  # type: ignore[index]
    return func.done


def _method(
    check: Checker, row: hir.Expr, table: str, name: str, args: Sequence[Argument], node: ast.Expr, scope: Scope
) -> hir.Expr:
    method = check.program.tables[table].methods[name]
    if method.result is None:
        check.fail("E0410", node.span, f"'{name}' is a procedure, not a value", "write 'perform row.method(…)'")
    check.names.used.add(("method", f"{table}.{name}"))
    checked = arguments(check, method.params, args, node, name, scope)
    return hir.CallMethod(table, name, row, checked, method.result, node.span)


# --- instances and built-in functions ---------------------------------------------------------------------------------


def _instance(check: Checker, entity: hir.Entity, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> hir.Expr:
    if entity.columns and len(args) == 2:
        return boards.place(check, entity, args, node, scope)
    form = f"{entity.name}(player, index)" if entity.per_player else f"{entity.name}(index)"
    _count(check, args, 1 + entity.per_player, node, form)
    owner = check.fitted(args[0], scope, PLAYER) if entity.per_player else None
    index = check.expect(args[-1], scope, IntT(0, entity.count - 1))
    if isinstance(index, hir.Const) and not 0 <= index.value < entity.count:
        check.fail("E0305", args[-1].span, f"there is no such '{entity.name}': they are 0 to {entity.count - 1}")
    return hir.MakeRef(entity.name, owner, index, EntityT(entity.name), node.span)


def _builtin(check: Checker, name: str, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> hir.Expr:
    if name in ("count", "any", "first"):
        _count(check, args, 1, node, f"{name}(set)")
        domain = check.infer(args[0], scope)
        if not isinstance(domain.type, SetT):
            check.fail("E0312", args[0].span, f"this is {described(domain.type)}, where '{name}' wants a set")
        return groups.reduction(check, name, domain, node)
    forms = {"abs": "abs(a)", "clamp": "clamp(a, low, high)", "pow": "pow(a, b)"}
    if name in forms:
        _count(check, args, OPS[name].arity, node, forms[name])
        return check.apply(name, [check.infer(arg, scope) for arg in args], [arg.span for arg in args], node.span)
    if len(args) < 2:
        form = f"{name}(a, b) or {name}(x in set: value)"
        check.fail("E0303", node.span, f"{_arguments(len(args))} given, at least 2 wanted: {form}")
    result = check.infer(args[0], scope)
    for arg in args[1:]:
        result = check.apply(name, (result, check.infer(arg, scope)), (args[0].span, arg.span), node.span)
    return result
