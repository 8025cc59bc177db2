"""Conditions that hold at other times, or of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.ir import hir
from compiler.ir.types import BOOL, BoolT
from compiler.mutate.changes import Change, Site, in_brackets
from compiler.mutate.mutant import Edit, Kind
from compiler.ops import OPS

_COMPARISONS = {
    "eq": ("ne",),
    "ne": ("eq",),
    "lt": ("le", "ge"),
    "le": ("lt", "gt"),
    "gt": ("ge", "le"),
    "ge": ("gt", "lt"),
}


def comparisons(site: Site) -> Iterator[Change]:
    """Another comparison."""
    node = site.node
    if not isinstance(node, hir.Apply) or node.op not in _COMPARISONS or not site.written:
        return
    left, right = node.args
    if left.span is None or right.span is None or left.span.end > right.span.start:
        return
    between = node.span.file.span(left.span.end, right.span.start) if node.span else site.span
    old = _sign(node.op)
    if between.text.count(old) == 1:
        for op in _COMPARISONS[node.op]:
            changed = replace(node, op=op)
            yield site.becomes(Kind.CONDITION, changed, between.text.replace(old, _sign(op)), between)


def connectives(site: Site) -> Iterator[Change]:
    """One of two conditions alone, `or` for `and`, and a condition for its opposite."""
    node = site.node
    if not isinstance(node, hir.Apply) or node.op not in ("and", "or", "not") or not site.written:
        return
    if node.op == "not":
        if isinstance(node.args[0].type, BoolT) and node.args[0].span is not None:
            yield site.becomes(Kind.CONDITION, node.args[0], in_brackets(node.args[0].span.text))
        return
    left, right = node.args
    if left.span is None or right.span is None:
        return
    for kept in (left, right):
        yield site.becomes(Kind.CONDITION, kept, in_brackets(kept.span.text if kept.span else ""))
    other = "or" if node.op == "and" else "and"
    text = f"({in_brackets(left.span.text)} {other} {in_brackets(right.span.text)})"
    yield site.becomes(Kind.CONDITION, replace(node, op=other), text)


def branches(site: Site) -> Iterator[Change]:
    """What is done if a condition holds, if it does not."""
    node = site.node
    if not isinstance(node, hir.If | hir.Select) or node.condition.span is None:
        return
    if node.condition.span == node.span or not isinstance(node.condition.type, BoolT):
        return
    opposite = hir.Apply("not", (node.condition,), BOOL, node.condition.span)
    text = f"not {in_brackets(node.condition.span.text)}"
    edit = Edit(node.condition.span, text)
    yield Change(Kind.CONDITION, ((site.part(("condition", None)), opposite),), edit)


def filters(site: Site) -> Iterator[Change]:
    """All of those of which only some are meant, and those that are not."""
    node = site.node
    if not isinstance(node, hir.Filter) or node.condition.span is None:
        return
    condition = node.condition
    span = condition.span
    assert span is not None
    yield Change(
        Kind.CONDITION,
        ((site.part(("condition", None)), hir.Const(1, BOOL, span)),),
        Edit(span, "true"),
    )
    opposite = hir.Apply("not", (condition,), BOOL, span)
    edit = Edit(span, f"not {in_brackets(span.text)}")
    yield Change(Kind.CONDITION, ((site.part(("condition", None)), opposite),), edit)


def quantifiers(site: Site) -> Iterator[Change]:
    """`all` for `any`."""
    node = site.node
    if not isinstance(node, hir.Reduce) or node.kind not in ("any", "all") or not site.written or node.value is None:
        return
    other = "all" if node.kind == "any" else "any"
    if site.span.text.startswith(f"{node.kind}(") and ":" in site.span.text:
        text = other + site.span.text.removeprefix(node.kind)
        yield site.becomes(Kind.CONDITION, replace(node, kind=other), text)


def guards(site: Site) -> Iterator[Change]:
    """An alternative that is always offered."""
    node = site.node
    if isinstance(node, hir.Alternative) and node.when is not None and node.when.span is not None:
        edit = Edit(node.when.span, "true")
        yield Change(Kind.CONDITION, ((site.part(("when", None)), hir.Const(1, BOOL, node.when.span)),), edit)


def truths(site: Site) -> Iterator[Change]:
    """False for true."""
    node = site.node
    if isinstance(node, hir.Const) and isinstance(node.type, BoolT) and site.written:
        words = ("false", "true")
        if site.span.text == words[node.value]:
            yield site.becomes(Kind.CONDITION, hir.Const(1 - node.value, BOOL, node.span), words[1 - node.value])


def _sign(op: str) -> str:
    return OPS[op].symbol.split()[1]
