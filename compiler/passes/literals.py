"""Sets that are written down: ``[a b]``, typed as a filter over everything, becomes a union of sets of one element.

Contract: gives an equivalent program. A filter over all elements whose condition says that x is one of some values,
which do not depend on x, becomes the union of these values as sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from compiler.ir import hir
from compiler.ir.types import SetT
from compiler.ir.walk import Node, free, rewrite


@dataclass(frozen=True)
class SetLiterals:
    """The pass."""

    name: str = "set-literals"

    def run(self, program: hir.Program) -> hir.Program:
        def change(node: Node) -> Node:
            return _written(program, node) if isinstance(node, hir.Filter) else node

        procs = {
            n: replace(p, body=rewrite(p.body, change), returns=p.returns and rewrite(p.returns, change))
            for n, p in program.procs.items()
        }
        funcs = {n: replace(f, body=rewrite(f.body, change)) for n, f in program.funcs.items()}
        return replace(program, procs=procs, funcs=funcs, play=rewrite(program.play, change))


def _written(program: hir.Program, f: hir.Filter) -> hir.Expr:
    assert isinstance(f.type, SetT)
    everything = (1 << program.domain(f.type.element)) - 1
    if not (isinstance(f.domain, hir.Const) and f.domain.value == everything):
        return f
    values = list(_values(f.condition, f.local))
    result: hir.Expr | None = None
    for value in values:
        if value is None:
            return f
        one = hir.Single(value, f.type, f.span)
        result = one if result is None else hir.Apply("union", (result, one), f.type, f.span)
    return result or f


def _values(condition: hir.Expr, local: hir.Local) -> Iterator[hir.Expr | None]:
    """The values of which x must be one; None among them where the condition says something else."""
    match condition:
        case hir.Apply("or", parts):
            for part in parts:
                yield from _values(part, local)
        case hir.Apply("eq", (hir.Get(x), value)) if x is local and local not in free(value):
            yield value
        case _:
            yield None
