"""Decisions: ``choose`` in its long and its short form."""

from __future__ import annotations

from dataclasses import replace

from compiler.diagnostics import Note
from compiler.ir import hir
from compiler.ir.types import BOOL, NONE, PLAYER, EntityT, IntT, OptT, PlayerT, SetT, Type, strip_optional
from compiler.resolve import Abort
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck import groups
from compiler.typecheck.checker import Checker
from compiler.typecheck.convert import described
from compiler.typecheck.scope import Scope

Statements = list[hir.Statement]


def choose(check: Checker, node: ast.Choose, scope: Scope, out: Statements) -> None:
    """Both forms of ``choose``."""
    try:
        player = check.fitted(node.player, scope, PLAYER)
    except Abort:
        player = hir.Const(0, PLAYER)
    site, check.sites = check.sites, check.sites + 1
    if node.binds is not None:
        _choose_one(check, node, site, player, scope, out)
        return
    if not node.alternatives:
        check.fail("E0407", node.span, "there is nothing to choose between")
    alternatives: list[hir.Alternative] = []
    first: dict[str, Span] = {}
    for alternative in node.alternatives:
        if alternative.action in first:
            notes = [Note("first here", first[alternative.action])]
            message = f"'{alternative.action}' stands in two alternatives"
            check.report("E0405", alternative.span, message, "an action may stand in only one; join their sets", notes)
        first.setdefault(alternative.action, alternative.span)
        try:
            alternatives.append(_alternative(check, alternative, scope))
        except Abort:
            continue
    out.append(hir.Choose(site, player, node.manual, tuple(alternatives), node.span))


def _choose_one(check: Checker, node: ast.Choose, site: int, player: hir.Expr, scope: Scope, out: Statements) -> None:
    """``choose x: ACTION in S by P``: a variable that is none, and set by the one alternative."""
    assert node.binds is not None
    alternative = _alternative(check, node.alternatives[0], scope)
    chosen = alternative.locals[0]
    type_ = OptT(chosen.type)
    local = check.declare(node.binds, type_, node.span, scope)
    out.append(hir.Set(local, hir.Const(NONE, type_, node.span), node.span))
    take = hir.Set(local, hir.Get(chosen, chosen.type, node.span), node.span)
    alternative = replace(alternative, body=hir.Block((take,)))
    out.append(hir.Choose(site, player, node.manual, (alternative,), node.span))


def _alternative(check: Checker, node: ast.Alternative, scope: Scope) -> hir.Alternative:
    action = _action(check, node)
    if len(node.candidates) != len(action.params):
        wanted = ", ".join(f"{param.name}: {param.type}" for param in action.params) or "nothing"
        message = f"'{action.name}' takes {wanted}, and {len(node.candidates)} candidates are given"
        check.report("E0407", node.span, message)
        _check_body(check, node, scope)
        raise Abort
    inner = scope.inner()
    locals_, domains, keys = [], [], []
    try:
        when = check.expect(node.when, scope, BOOL) if node.when is not None else None
        for candidate, param in zip(node.candidates, action.params, strict=True):
            domain = _domain(check, candidate, param, inner)
            local = check.bind(candidate.var, param.type, candidate.span, inner)
            locals_.append(local)
            domains.append(domain)
            keys.append(_key(check, candidate, inner))
    except Abort:
        _check_body(check, node, scope)
        raise
    body = check.block(node.body, inner)
    return hir.Alternative(action, tuple(locals_), tuple(domains), tuple(keys), when, body, node.span)


def _check_body(check: Checker, node: ast.Alternative, scope: Scope) -> None:
    """Look for errors in the body of an alternative whose head is wrong."""
    inner = scope.inner()
    for candidate in node.candidates:
        inner.bind(candidate.var, None, candidate.span)
    check.block(node.body, inner)


def _action(check: Checker, node: ast.Alternative) -> hir.Action:
    name = node.action
    if name not in check.program.actions:
        if name in check.names.actions:
            raise Abort
        check.unknown("E0209", node.span, "action", name, check.names.actions)
    check.names.used.add(("action", name))
    return check.program.actions[name]


def _domain(check: Checker, node: ast.Candidate, param: hir.ActionParam, scope: Scope) -> hir.Expr:
    """The candidates: a set of what the parameter takes, or for numbers how many there are, from 0 on."""
    if isinstance(param.type, IntT):
        return _numbers(check, node, param.type, scope)
    domain = groups.domain_of(check, node.domain, scope, "'in'")
    assert isinstance(domain.type, SetT)
    if domain.type.element != param.type:
        message = f"'{param.name}' is {_a(param.type)}, and these are {described(domain.type)}"
        check.fail("E0407", node.domain.span, message)
    return groups.filtered(check, domain, node.var, node.where, node.span, scope)


def _a(type_: Type) -> str:
    return f"of type '{type_}'" if isinstance(type_, EntityT | PlayerT | IntT) else described(type_)


def _numbers(check: Checker, node: ast.Candidate, type_: IntT, scope: Scope) -> hir.Expr:
    if isinstance(node.domain, ast.ListLit):
        check.fail(
            "E0407", node.domain.span, "candidates that are numbers are given by how many there are", "as in 'k in 3'"
        )
    count = check.infer(node.domain, scope)
    if not isinstance(strip_optional(count.type), IntT):
        check.fail(
            "E0407", node.domain.span, f"this is {described(count.type)}, where a number of candidates is wanted"
        )
    high = check.program.bounds(count.type)[1]
    if high > type_.hi + 1:
        if isinstance(count, hir.Const):
            message = f"the action's numbers are 0..{type_.hi}: it has {type_.hi + 1} of them, not {high}"
            check.fail("E0407", node.domain.span, message)
        count = check.bounded(count, IntT(0, type_.hi + 1), node.domain.span)
    if node.where is None:
        return count
    local = hir.Local(node.var, type_, node.span)
    inner = scope.inner()
    inner.bind(node.var, local, node.span)
    condition = check.expect(node.where, inner, BOOL)
    if not (isinstance(count, hir.Const) and count.value == type_.hi + 1):
        below = hir.Apply("lt", (hir.Get(local, type_), count), BOOL, node.span)
        condition = hir.Apply("and", (below, condition), BOOL, node.span)
    everything = hir.Const((1 << (type_.hi + 1)) - 1, SetT(type_), node.span)
    return hir.Filter(local, everything, condition, SetT(type_), node.span)


def _key(check: Checker, node: ast.Candidate, scope: Scope) -> hir.Expr | None:
    if node.distinct is None:
        return None
    key = check.infer(node.distinct, scope)
    if isinstance(key.type, SetT):
        check.fail("E0301", node.distinct.span, "candidates are compared by one value each, not by sets")
    return key
