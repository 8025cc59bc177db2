"""Simplify pure expressions: constants are folded, decided conditions are taken, what cannot be ``none`` is not tested.

Contract: gives an expression with the same value in every state in which the original has one.
"""

from __future__ import annotations

from typing import TypeVar

from compiler.ir import hir
from compiler.ir.evaluate import evaluate
from compiler.ir.types import BOOL, NONE, NoneT, OptT, SetT, TextT
from compiler.ir.walk import Node, children, rewrite

T = TypeVar("T")


def simplify(program: hir.Program, expression: T) -> T:
    """Simplify everything under a node."""
    return rewrite(expression, lambda node: _simpler(program, node))


def _simpler(program: hir.Program, node: Node) -> Node:
    match node:
        case hir.Select(hir.Const(value), then, otherwise):
            return then if value else otherwise
        case hir.Select(_, then, otherwise) if then == otherwise:
            return then
        case hir.Select(condition, hir.Const(1), hir.Const(0)) if node.type == BOOL:
            return condition
        case hir.Apply("and" | "or", (left, right)):
            return _junction(node, left, right)
        case hir.Reduce("any", _, _, hir.Const(0)) | hir.Reduce("all", _, _, hir.Const(1)):
            return hir.Const(int(node.kind == "all"), BOOL, node.span)
        case hir.Apply("eq" | "ne" as op, (left, right)) if _never_none(left, right) or _never_none(right, left):
            return hir.Const(int(op == "ne"), BOOL, node.span)
        case hir.Apply() | hir.Column() | hir.OwnerOf() | hir.IndexOf() | hir.MakeRef():
            return _folded(program, node)
        case _:
            return node


def _junction(node: hir.Apply, left: hir.Expr, right: hir.Expr) -> hir.Expr:
    neutral = int(node.op == "and")
    for this, other in ((left, right), (right, left)):
        if isinstance(this, hir.Const):
            return other if bool(this.value) == bool(neutral) else hir.Const(1 - neutral, BOOL, node.span)
    return node


def _never_none(value: hir.Expr, none: hir.Expr) -> bool:
    """Whether a comparison with ``none`` is decided by the type of the other side."""
    is_none = isinstance(none, hir.Const) and none.value == NONE and isinstance(none.type, (NoneT, OptT))
    return is_none and not isinstance(value.type, (OptT, NoneT, SetT, TextT)) and not isinstance(value, hir.Const)


def _folded(program: hir.Program, node: hir.Expr) -> hir.Expr:
    if all(isinstance(child, hir.Const) for child in children(node)):
        return hir.Const(evaluate(program, node, {}), node.type, node.span)
    return node
