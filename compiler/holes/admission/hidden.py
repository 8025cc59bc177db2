"""Whether anybody is shown what is hidden: by what may be chosen, or by what is offered at all."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.flow import statements
from compiler.holes.admission.verdict import Finding, Severity
from compiler.holes.admission.who import Env, Who, who
from compiler.ir import hir
from compiler.ir.types import BoolT
from compiler.ir.walk import children


def check(case: Case) -> Iterator[Finding]:
    """Doubts candidates, conditions of choices, and pure methods that look into zones their player does not see.

    How many cards such a zone has, and whether it has any, is known to everybody.
    """
    program = case.checked
    for method, body in case.bodies():
        if method.result is not None and isinstance(method.result, BoolT):
            for zone in _looked_into(program, body, dict.fromkeys(method.params[:1], Who.ACTOR), Who.ACTOR):
                message = f"whether '{method.name}' holds tells what is in '{zone}', which is hidden"
                yield Finding("hidden", Severity.DOUBT, message)
        for met in statements(program, method, body):
            if isinstance(met.node, hir.Choose):
                chooser = who(program, met.node.player, met.env)
                for part in _asked(met.node):
                    for zone in _looked_into(program, part, met.env, chooser):
                        message = f"what can be chosen tells what is in '{zone}', which is hidden"
                        yield Finding("hidden", Severity.DOUBT, message)


def _asked(choose: hir.Choose) -> Iterator[hir.Expr]:
    for alternative in choose.alternatives:
        yield from alternative.domains
        if alternative.when is not None:
            yield alternative.when


def _looked_into(
    program: hir.Program, node: object, env: Env, viewer: Who, only_counted: bool = False
) -> Iterator[str]:
    """The zones that a viewer cannot see and whose members an expression tells apart."""
    match node:
        case hir.Load(field, owner) if field.zone is not None:
            if not only_counted and not _sees(program, field, owner, env, viewer):
                yield field.name
            return
        case hir.Reduce("count" | "any", _, domain, None | hir.Const()):
            yield from _looked_into(program, domain, env, viewer, only_counted=isinstance(domain, hir.Load))
            return
        case hir.CallFunc(name, args):
            func = program.funcs[name]
            inner = {param: who(program, arg, env) for param, arg in zip(func.params, args, strict=True)}
            yield from _looked_into(program, func.body, inner, viewer)
        case _:
            pass
    for child in children(node):
        yield from _looked_into(program, child, env, viewer)


def _sees(program: hir.Program, field: hir.Field, owner: hir.Expr | None, env: Env, viewer: Who) -> bool:
    if field.visibility == "public":
        return True
    return field.visibility == "owner" and who(program, owner, env) in (viewer, Who.UNKNOWN)
