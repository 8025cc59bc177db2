"""Turn candidates of several parameters inside out: for each value of the later ones, a set of the first.

Contract: in every alternative of two or more parameters, domain 0 becomes a filter whose condition says that the later
values are in their domains; it reads the later locals, which range over everything. An engine then offers one mask per
value of the later parameters instead of testing every pair. ``distinct by`` becomes part of the domains.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.ir import hir
from compiler.ir.types import BOOL, PLAYER, EntityT, IntT, SetT
from compiler.ir.walk import Node, inline_functions, rename_bound, rewrite, substitute


@dataclass(frozen=True)
class TurnOffers:
    """The pass."""

    name: str = "turn-offers"

    def run(self, program: hir.Program) -> hir.Program:
        def change(node: Node) -> Node:
            return _turn(program, _with_keys(node)) if isinstance(node, hir.Alternative) else node

        procs = {n: replace(p, body=rewrite(p.body, change)) for n, p in program.procs.items()}
        return replace(program, procs=procs, play=rewrite(program.play, change))


def _with_keys(a: hir.Alternative) -> hir.Alternative:
    domains = list(a.domains)
    for i, (local, key) in enumerate(zip(a.locals, a.distinct, strict=True)):
        if key is not None:
            x = hir.Local(local.name, local.type, local.span)
            key_of_x = substitute(rename_bound(key), {local: hir.Get(x, x.type)})
            domain = _as_set(domains[i], a.action.params[i])
            domains[i] = hir.Distinct(x, domain, key_of_x, domain.type, key.span)
    return replace(a, domains=tuple(domains), distinct=(None,) * len(a.distinct))


def _as_set(domain: hir.Expr, param: hir.ActionParam) -> hir.Expr:
    """Candidates that are given by how many numbers there are, as the set of these."""
    if isinstance(domain.type, SetT):
        return domain
    assert isinstance(param.type, IntT)
    type_ = SetT(param.type)
    k = hir.Local("k", param.type, domain.span)
    everything = hir.Const((1 << param.size) - 1, type_, domain.span)
    return hir.Filter(k, everything, hir.Apply("lt", (hir.Get(k, k.type), domain), BOOL), type_, domain.span)


def _turn(program: hir.Program, a: hir.Alternative) -> hir.Alternative:
    if len(a.locals) < 2:
        return a
    first = hir.Local(a.locals[0].name, a.locals[0].type, a.span)
    itself: dict[hir.Local, hir.Expr] = {a.locals[0]: hir.Get(first, first.type)}
    condition: hir.Expr | None = None
    for local, domain in zip(a.locals[1:], a.domains[1:], strict=True):
        opened = rename_bound(inline_functions(program, domain))
        inside = _member(hir.Get(local, local.type), substitute(opened, itself))
        condition = inside if condition is None else hir.Apply("and", (condition, inside), BOOL, a.span)
    assert condition is not None
    domain = _as_set(a.domains[0], a.action.params[0])
    turned = hir.Filter(first, domain, condition, domain.type, a.span)
    return replace(a, domains=(turned, *a.domains[1:]))


def _member(x: hir.Expr, domain: hir.Expr) -> hir.Expr:
    """Whether x is in a set, without building the set where its condition can be asked of x alone."""
    match domain:
        case hir.Filter(local, inner, condition):
            return hir.Apply("and", (_member(x, inner), substitute(condition, {local: x})), BOOL)
        case _ if isinstance(domain.type, IntT):  # the numbers below it
            return hir.Apply("lt", (x, domain), BOOL)
        case hir.Single(element):
            return hir.Apply("eq", (x, element), BOOL)
        case hir.AllOf(_, owner) if isinstance(x.type, EntityT):
            return hir.Apply("eq", (hir.OwnerOf(x, PLAYER), owner), BOOL)
        case _:
            return hir.Apply("contains", (x, domain), BOOL)
