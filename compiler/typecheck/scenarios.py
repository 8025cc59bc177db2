"""Scenarios: a position, decisions with the draws they meet, and what must hold then."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from compiler.ir import hir
from compiler.ir.types import BOOL, EntityT, IntT, OptT, RowT, Type
from compiler.resolve import Abort
from compiler.syntax import ast
from compiler.typecheck import chance
from compiler.typecheck.checker import Checker
from compiler.typecheck.scope import Body, Scope

_Outcomes = tuple[tuple[hir.DrawKind, hir.Expr], ...]


def scenarios(check: Checker) -> tuple[tuple[hir.Scenario, ...], list[Body]]:
    """All scenarios of a game, and the bodies in them."""
    found: list[hir.Scenario] = []
    bodies: list[Body] = []
    for node in check.names.scenarios:
        given = Scope(Body("given"))
        bodies.append(given.body)
        block = check.block(node.given, given)
        draws = _outcomes(check, node.start_draws, node)
        steps = []
        for step in node.when:
            with suppress(Abort):
                steps.append(_step(check, step))
        then = _then(check, node.then)
        found.append(hir.Scenario(node.title, block, draws, tuple(steps), then, node.span))
    return tuple(found), bodies


def _then(check: Checker, node: ast.Block) -> tuple[hir.Expr, ...]:
    found = []
    for statement in node.statements:
        with suppress(Abort):
            if not isinstance(statement, ast.Expect):
                check.fail("E0401", statement.span, "'then' holds expectations only", "write 'expect condition'")
            found.append(check.expect(statement.value, Scope(Body("expression")), BOOL))
    return tuple(found)


def _outcomes(check: Checker, nodes: Iterable[tuple[str, ast.Expr]], node: ast.ScenarioDecl | ast.When) -> _Outcomes:
    found = []
    for name, value in nodes:
        with suppress(Abort):
            kind = chance.draw_kind(check, name, node)
            wanted: Type = OptT(kind.type) if isinstance(kind.type, EntityT | RowT) else kind.type
            found.append((kind, check.expect(value, Scope(Body("expression")), wanted)))
    return tuple(found)


def _step(check: Checker, node: ast.When) -> hir.ScenarioStep:
    if node.action not in check.program.actions:
        check.unknown("E0209", node.span, "action", node.action, check.names.actions)
    action = check.program.actions[node.action]
    if len(node.args) != len(action.params):
        wanted = ", ".join(f"{param.name}: {param.type}" for param in action.params) or "nothing"
        check.fail("E0606", node.span, f"'{action.name}' takes {wanted}, and {len(node.args)} arguments are given")
    args = tuple(_argument(check, arg, param) for arg, param in zip(node.args, action.params, strict=True))
    return hir.ScenarioStep(action, args, _outcomes(check, node.draws, node), node.span)


def _argument(check: Checker, node: ast.Expr, param: hir.ActionParam) -> hir.Expr:
    """An argument of a step. An instance may be given by its index, where that alone says which it is."""
    scope = Scope(Body("expression"))
    value = check.infer(node, scope, param.type)
    if isinstance(param.type, EntityT) and isinstance(value.type, IntT):
        entity = check.program.entities[param.type.name]
        if isinstance(value, hir.Const) and not 0 <= value.value < entity.count:
            check.fail("E0305", node.span, f"there is no such '{entity.name}': they are 0 to {entity.count - 1}")
        if param.own:
            return value
        if not entity.per_player:
            return hir.MakeRef(entity.name, None, value, param.type, node.span)
        check.fail(
            "E0606", node.span, f"nothing says whose '{entity.name}' this is", f"write {entity.name}(player, index)"
        )
    value = check.coerce(value, param.type, node.span)
    if isinstance(param.type, IntT) and isinstance(value, hir.Const) and not 0 <= value.value <= param.type.hi:
        check.fail("E0305", node.span, f"{value.value} is not in 0..{param.type.hi}")
    return value
