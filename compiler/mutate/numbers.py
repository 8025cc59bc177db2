"""Numbers that are a little off, and sums that count the wrong way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from compiler.ir import hir
from compiler.ir.types import IntT, OptT
from compiler.mutate.changes import Change, Site
from compiler.mutate.mutant import Edit, Kind
from compiler.mutate.retype import retyped_apply

_NUMBER = re.compile(r"-?\d+|[A-Za-z_]\w*")
_SIGNS = {"add": ("sub", "+", "-"), "sub": ("add", "-", "+")}
_ENDS = {"max": "min", "min": "max"}


def constants(site: Site) -> Iterator[Change]:
    """A number more or less: by ten where it counts tens, else by one."""
    node = site.node
    if not isinstance(node, hir.Const) or not isinstance(node.type, IntT) or not site.written:
        return
    if not _NUMBER.fullmatch(site.span.text):
        return
    wanted = site.wanted
    inner = wanted.inner if isinstance(wanted, OptT) else wanted
    low, high = (inner.lo, inner.hi) if isinstance(inner, IntT) else (min(node.value, 0), 2**31 - 1)
    rounds = site.parent if isinstance(site.parent, hir.Repeat) and site.position.attribute[0] == "count" else None
    step = 10 if node.value and node.value % 10 == 0 else 1
    for value in (node.value + step, node.value - step):
        if not low <= value <= high:
            continue
        new = hir.Const(value, IntT(value, value), node.span)
        if rounds is not None and rounds.bound == node.value:  # a number of rounds is its own bound
            changed = replace(rounds, count=new, bound=value)
            yield Change(Kind.NUMBER, ((site.position.path[:-1], changed),), Edit(site.span, str(value)))
        else:
            yield site.becomes(Kind.NUMBER, new, str(value))


def signs(site: Site) -> Iterator[Change]:
    """`a + b` for `a - b`, and `x -= n` for `x += n`."""
    node = site.node
    if not isinstance(node, hir.Apply) or node.op not in _SIGNS or node.span is None:
        return
    op, old, new = _SIGNS[node.op]
    left, right = node.args
    if right.span is None or left.span is None or left.span.end > right.span.start:
        return
    between = node.span.file.span(left.span.end, right.span.start)
    if between.text.count(old) != 1 or not isinstance(node.type, IntT):
        return
    changed = retyped_apply(site.program, hir.Apply(op, node.args, node.type, node.span))
    if changed is not None:
        yield site.becomes(Kind.NUMBER, changed, between.text.replace(old, new), between)


def ends(site: Site) -> Iterator[Change]:
    """The least for the greatest of two numbers, and of many."""
    node = site.node
    if not site.written:
        return
    match node:
        case hir.Apply(op, args, type_, span) if op in _ENDS and site.span.text.startswith(op):
            text = _ENDS[op] + site.span.text.removeprefix(op)
            changed = retyped_apply(site.program, hir.Apply(_ENDS[op], args, type_, span))
            if changed is not None:
                yield site.becomes(Kind.NUMBER, changed, text)
        case hir.Reduce(kind, local, domain, value, type_, span) if kind in _ENDS and site.span.text.startswith(kind):
            text = _ENDS[kind] + site.span.text.removeprefix(kind)
            yield site.becomes(Kind.NUMBER, hir.Reduce(_ENDS[kind], local, domain, value, type_, span), text)
