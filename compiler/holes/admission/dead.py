"""Whether all of an answer has a purpose: no local that nothing reads, no statement that never runs or does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity
from compiler.ir import hir
from compiler.ir.walk import walk


def check(case: Case) -> Iterator[Finding]:
    """Refuses locals that are never read, statements without an effect, and conditions that always or never hold."""
    for warning in case.warnings:
        assert warning.span is not None
        yield Finding("dead code", Severity.REFUSE, f"{warning.span.line}:{warning.span.col}: {warning.message}")
    for _, body in case.bodies():
        for node in walk(body):
            problem = _problem(node)
            if problem is not None:
                span = getattr(node, "span", None)
                place = f"{span.line}:{span.col}: " if span is not None else ""
                yield Finding("dead code", Severity.REFUSE, f"{place}{problem}")


def _problem(node: object) -> str | None:
    match node:
        case hir.If(hir.Const()) | hir.Select(hir.Const()) | hir.While(hir.Const()):
            return "this condition is always the same"
        case (
            hir.If(_, hir.Block(()), hir.Block(())) | hir.ForEach(_, _, hir.Block(())) | hir.Repeat(_, _, hir.Block(()))
        ):
            return "nothing happens in this block"
        case hir.Repeat(hir.Const(0)):
            return "this is repeated 0 times"
        case hir.Store(field, owner, sub, hir.Load(other, from_owner, from_sub)) if field is other:
            return "this assigns a field to itself" if (owner, sub) == (from_owner, from_sub) else None
        case _:
            return None
