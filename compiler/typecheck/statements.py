"""Statements: locals, assignments, control flow, calls of verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compiler.ir import hir
from compiler.ir.types import BOOL, PLAYER, EntityT, IntT, NoneT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.resolve import Abort
from compiler.syntax import ast
from compiler.typecheck import calls, chance, choices, groups, phrases
from compiler.typecheck.checker import Checker, ColumnRef, FieldRef
from compiler.typecheck.convert import DEFAULT_INT, described
from compiler.typecheck.expressions import element_index
from compiler.typecheck.scope import Scope

MAX_ROUNDS = 1024
"""Loops longer than this must say so with `at most`."""

Statements = list[hir.Statement]


def block(check: Checker, node: ast.Block, scope: Scope) -> hir.Block:
    """A block, in a scope of its own."""
    return statements(check, node.statements, scope.inner())


def statements(check: Checker, nodes: tuple[ast.Statement, ...], scope: Scope) -> hir.Block:
    """Statements in sequence; what is wrong in one is reported, and the others are checked."""
    found: Statements = []
    finished = False
    for node in nodes:
        if finished:
            check.sink.warning("W0906", node.span, "this is never run: the game is over before it")
            finished = False
        try:
            _STATEMENTS[type(node)](check, node, scope, found)
        except Abort:
            _declare_anyway(node, scope)
        finished = finished or isinstance(node, ast.Finish)
    return hir.Block(tuple(found))


def _declare_anyway(node: ast.Statement, scope: Scope) -> None:
    """After an error, the name that a statement declares is known, so that its uses are not reported."""
    match node:
        case ast.Let(name) if name not in scope.names:
            scope.bind(name, None, node.span, mutable=True)
        case ast.Draw(name) | ast.Reveal(name) if name not in scope.names:
            scope.bind(name, None, node.span)
        case ast.Choose(binds=str(name)) if name not in scope.names:
            scope.bind(name, None, node.span)


# --- locals and assignments -------------------------------------------------------------------------------------------


def _let(check: Checker, node: ast.Let, scope: Scope, out: Statements) -> None:
    wanted = check.value_type(node.type) if node.type else None
    call = phrases.verb_call(check, node.value, scope, must_return=True)
    if call is not None:
        verb, args = call
        assert verb.result is not None
        local = check.declare(node.name, wanted or _stored(verb.result, node), node.span, scope, mutable=node.mutable)
        if local.type == verb.result:
            out.append(hir.Call(verb.name, args, local, node.span))
            return
        result = hir.Local("result", verb.result, node.span)
        out.append(hir.Call(verb.name, args, result, node.span))
        value = check.coerce(hir.Get(result, result.type, node.span), local.type, node.value.span)
        out.append(hir.Set(local, check.bounded(value, local.type, node.value.span), node.span))
        return
    expr = node.value.items[0]
    if wanted is not None:
        value = check.fitted(expr, scope, wanted)
    else:
        value = check.infer(expr, scope)
        if isinstance(value.type, NoneT):
            suggestion = f"write 'var {node.name}: TYPE? = none'"
            check.fail("E0308", expr.span, "nothing says what this is none of", suggestion)
        wanted = _stored(value.type, node)
    local = check.declare(node.name, wanted, node.span, scope, mutable=node.mutable)
    out.append(hir.Set(local, value, node.span))


def _stored(type_: Type, node: ast.Let) -> Type:
    """The type of a local without one: a number that may change gets the bounds of a plain ``int``."""
    if node.mutable and isinstance(type_, IntT):
        return IntT(min(type_.lo, DEFAULT_INT.lo), max(type_.hi, DEFAULT_INT.hi))
    return type_


def _assign(check: Checker, node: ast.Assign, scope: Scope, out: Statements, offset: int | None = None) -> None:
    if isinstance(node.target, ast.Name):
        binding = scope.find(node.target.id)
        if binding is not None:
            if binding.local is None:
                raise Abort
            if offset is not None:
                check.fail("E0409", node.target.span, f"'{binding.name}' is a local, not a lasting field")
            if not binding.mutable:
                suggestion = f"declare it with 'var {binding.name} = …'"
                check.fail("E0403", node.target.span, f"'{binding.name}' is fixed", suggestion)
            old = hir.Get(binding.local, binding.local.type, node.target.span)
            value = _assigned_value(check, node, old, binding.local.type, scope)
            value = check.bounded(value, binding.local.type, node.value.span)
            out.append(hir.Set(binding.local, value, node.span))
            return
    field, owner, sub = _target(check, node, scope, offset)
    _check_writable(check, field, node, scope)
    old = hir.Load(field, owner, sub, field.type, node.target.span)
    value = _assigned_value(check, node, old, field.type, scope)
    out.append(hir.Store(field, owner, sub, value, node.span))


def _target(
    check: Checker, node: ast.Assign, scope: Scope, offset: int | None
) -> tuple[hir.Field, hir.Expr | None, hir.Expr | None]:
    """The field, owner and element that an assignment writes."""
    target = node.target
    sub: hir.Expr | None = None
    if isinstance(target, ast.Index):
        ref = check.designate(target.base, scope)
        sub = element_index(check, ref, target, scope)
    else:
        ref = check.designate(target, scope)
    if not isinstance(ref, FieldRef):
        what = "a column never changes" if isinstance(ref, ColumnRef) else "this is a value, not a variable or a field"
        check.fail("E0311", target.span, what)
    field = ref.field
    if field.lasting:
        return field, ref.owner, hir.Const(offset or 0, IntT(offset or 0, offset or 0))
    if offset is not None:
        suggestion = f"declare it as '{field.name}: lasting {field.type}'"
        check.fail("E0409", target.span, f"'{field.name}' is not lasting: it has no value for a turn", suggestion)
    if field.size is not None and sub is None:
        check.fail("E0307", target.span, f"'{field.name}' is an array", f"assign to its elements: {field.name}[…]")
    return field, ref.owner, sub


def _check_writable(check: Checker, field: hir.Field, node: ast.Assign, scope: Scope) -> None:
    if field.zone is not None:
        check.fail("E0403", node.target.span, f"'{field.name}' is a zone", "write 'move x from … to …'")
    if field.id in ("over", "decider") or (field.id == "player.reward" and field.span is None):
        suggestion = "write 'finish p: reward'"
        if field.id == "player.reward":
            suggestion += ", or declare 'reward: int LOW..HIGH' per player to give rewards along the way"
        check.fail("E0403", node.target.span, f"'{field.name}' is set by the game alone", suggestion)
    if field.param and scope.body.kind in ("play", "method"):
        check.fail("E0403", node.target.span, f"'{field.name}' is given at reset and never changes")


def _assigned_value(check: Checker, node: ast.Assign, old: hir.Expr, wanted: Type, scope: Scope) -> hir.Expr:
    if node.op == "=":
        value = check.expect(node.value, scope, wanted)
        return check.bounded(value, wanted, node.value.span) if isinstance(value, hir.Const) else value
    spans = (node.target.span, node.value.span)
    if isinstance(wanted, SetT):
        change = check.expect(node.value, scope, wanted)
        return check.apply("union" if node.op == "+=" else "diff", (old, change), spans, node.span)
    change = check.infer(node.value, scope)
    value = check.apply("add" if node.op == "+=" else "sub", (old, change), spans, node.span)
    return check.coerce(value, wanted, node.value.span)


def _during(check: Checker, node: ast.During, scope: Scope, out: Statements) -> None:
    _assign(check, node.body, scope, out, node.offset)


# --- control flow -----------------------------------------------------------------------------------------------------


def _condition(check: Checker, node: ast.Expr, scope: Scope) -> hir.Expr | None:
    """A condition; None where it is wrong, so that what it guards is checked all the same."""
    try:
        return check.expect(node, scope, BOOL)
    except Abort:
        return None


def _if(check: Checker, node: ast.If, scope: Scope, out: Statements) -> None:
    condition = _condition(check, node.condition, scope)
    then = block(check, node.then, scope)
    otherwise = block(check, node.otherwise, scope) if node.otherwise else hir.Block(())
    if condition is not None:
        out.append(hir.If(condition, then, otherwise, node.span))


def _while(check: Checker, node: ast.While, scope: Scope, out: Statements) -> None:
    condition = _condition(check, node.condition, scope)
    bound = check.constants.evaluate(node.bound)
    body = block(check, node.body, scope)
    if condition is not None:
        out.append(hir.While(condition, bound, body, node.span))


def _repeat(check: Checker, node: ast.Repeat, scope: Scope, out: Statements) -> None:
    try:
        count = check.expect(node.count, scope, DEFAULT_INT)
    except Abort:
        block(check, node.body, scope)
        raise
    high = check.program.bounds(count.type)[1]
    bound = check.constants.evaluate(node.bound) if node.bound else high
    if bound > MAX_ROUNDS and node.bound is None:
        check.report("E0406", node.count.span, f"this may be up to {high} rounds", "write 'repeat N at most B'")
    out.append(hir.Repeat(count, max(bound, 0), block(check, node.body, scope), node.span))


def _for(check: Checker, node: ast.For, scope: Scope, out: Statements) -> None:
    inner = scope.inner()
    try:
        domain = groups.domain_of(check, node.domain, scope, "'for'")
        domain = groups.filtered(check, domain, node.var, node.where, node.span, scope)
        assert isinstance(domain.type, SetT)
        local = check.bind(node.var, domain.type.element, node.span, inner)
    except Abort:
        inner.bind(node.var, None, node.span)
        block(check, node.body, inner)
        raise
    out.append(hir.ForEach(local, domain, block(check, node.body, inner), node.span))


def _finish(check: Checker, node: ast.Finish, scope: Scope, out: Statements) -> None:
    inner = scope.inner()
    local = check.bind(node.var, PLAYER, node.span, inner)
    reward = check.program.fields["player.reward"]
    out.append(hir.Finish(local, check.fitted(node.reward, inner, reward.type), node.span))


def _return(check: Checker, node: ast.Return, scope: Scope, out: Statements) -> None:
    message = "'return' is the last statement of a verb" if scope.body.kind == "verb" else "only a verb returns a value"
    check.fail("E0402", node.span, message)


# --- calls ------------------------------------------------------------------------------------------------------------


def _phrase(check: Checker, node: ast.Phrase, scope: Scope, out: Statements) -> None:
    if node.block is not None:
        check.fail("E0401", node.block.span, "no block is wanted here")
    call = phrases.verb_call(check, node, scope, must_return=False)
    if call is not None:
        verb, args = call
        out.append(hir.Call(verb.name, args, None, node.span))
        return
    check.infer(node.items[0], scope)
    check.fail("E0411", node.span, "this computes a value, and nothing is done with it")


def _perform(check: Checker, node: ast.Perform, scope: Scope, out: Statements) -> None:
    target, args = (node.call.callee, node.call.args) if isinstance(node.call, ast.Call) else (node.call, ())
    if not isinstance(target, ast.Attr):
        check.fail("E0410", node.call.span, "'perform' wants a row's procedure", "write 'perform row.method(…)'")
    row = check.infer(target.base, scope)
    type_ = strip_optional(row.type)
    if not isinstance(type_, RowT):
        check.fail("E0410", target.base.span, f"this is {described(row.type)}, where 'perform' wants a row of a table")
    methods = check.program.tables[type_.table].methods
    if target.name not in methods:
        if any(method.name == target.name for method in check.names.tables[type_.table].methods):
            raise Abort  # declared, but wrong
        check.unknown("E0205", target.span, f"method of '{type_.table}' called", target.name, methods)
    method = methods[target.name]
    if method.result is not None:
        check.fail("E0410", target.span, f"'{target.name}' is a value, not a procedure", "use it in an expression")
    check.names.used.add(("method", f"{type_.table}.{target.name}"))
    checked = calls.arguments(check, method.params, args, node.call, target.name, scope)
    out.append(hir.Perform(type_.table, target.name, row, checked, node.span))


# --- whole entities ---------------------------------------------------------------------------------------------------


def _swap(check: Checker, node: ast.Swap, scope: Scope, out: Statements) -> None:
    left, right = check.infer(node.left, scope), check.infer(node.right, scope)
    type_ = strip_optional(left.type)
    if not isinstance(type_, EntityT):
        check.fail("E0301", node.left.span, f"this is {described(left.type)}, where 'swap' wants an entity")
    out.append(hir.Swap(type_.name, left, check.coerce(right, type_, node.right.span), node.span))


def _reset(check: Checker, node: ast.Reset, scope: Scope, out: Statements) -> None:
    target = check.infer(node.target, scope)
    type_ = strip_optional(target.type)
    if not isinstance(type_, EntityT | PlayerT):
        what = "end lasting on" if node.lasting_only else "reset"
        check.fail(
            "E0301", node.target.span, f"this is {described(target.type)}, where '{what}' wants an entity or a player"
        )
    owner = type_.name if isinstance(type_, EntityT) else "player"
    out.append(hir.Reset(owner, target, node.lasting_only, node.span))


def _advance_lasting(check: Checker, node: ast.AdvanceLasting, scope: Scope, out: Statements) -> None:
    out.append(hir.AdvanceLasting(node.span))


def _misplaced(check: Checker, node: ast.Statement, scope: Scope, out: Statements) -> None:
    message = {
        ast.On: "'on' gives a row its version of a procedure; it stands in a row",
        ast.Gives: "'gives' gives a row its version of a method; it stands in a row",
        ast.Expect: "'expect' stands in the 'then' of a scenario",
    }[type(node)]
    check.fail("E0401", node.span, message)


def _text_hole(check: Checker, node: ast.TextHole, scope: Scope, out: Statements) -> None:
    message = "a text stands for the whole body of a row's procedure"
    check.fail("E0512", node.span, message, "make it the only statement of the body, or write the statements")


_STATEMENTS: Mapping[type, Callable[[Checker, Any, Scope, Statements], None]] = {
    ast.Phrase: _phrase,
    ast.Let: _let,
    ast.Assign: _assign,
    ast.If: _if,
    ast.While: _while,
    ast.Repeat: _repeat,
    ast.For: _for,
    ast.Draw: chance.draw,
    ast.Reveal: chance.reveal,
    ast.Move: chance.move,
    ast.Swap: _swap,
    ast.Reset: _reset,
    ast.AdvanceLasting: _advance_lasting,
    ast.During: _during,
    ast.Shuffle: chance.shuffle,
    ast.Perform: _perform,
    ast.Choose: choices.choose,
    ast.Finish: _finish,
    ast.Return: _return,
    ast.Gives: _misplaced,
    ast.On: _misplaced,
    ast.Expect: _misplaced,
    ast.TextHole: _text_hole,
}
