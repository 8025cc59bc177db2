"""Boards: entities whose instances lie in rows and columns, and what is asked of their places."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir import hir
from compiler.ir.types import BOOL, EntityT, EnumT, IntT, SetT, Type, strip_optional
from compiler.ops import OPS
from compiler.ops.boards import DIRECTION
from compiler.resolve import BOARD_FUNCTIONS
from compiler.source import Span
from compiler.syntax import ast
from compiler.typecheck import groups
from compiler.typecheck.checker import Checked, Checker
from compiler.typecheck.convert import described
from compiler.typecheck.scope import Scope

Argument = ast.Expr | Checked


def coordinate(check: Checker, base: hir.Expr, board: hir.Entity, name: str, span: Span) -> hir.Expr:
    """``c.row`` and ``c.column``."""
    index = hir.IndexOf(base, IntT(0, board.count - 1), span)
    columns = hir.Const(board.columns, IntT(board.columns, board.columns), span)
    most = board.rows - 1 if name == "row" else board.columns - 1
    return hir.Apply("div" if name == "row" else "mod", (index, columns), IntT(0, most), span)


def place(check: Checker, board: hir.Entity, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> hir.Expr:
    """``cell(row, column)``."""
    limits = (IntT(0, board.rows - 1), IntT(0, board.columns - 1))
    row, column = (check.fitted(arg, scope, limit) for arg, limit in zip(args, limits, strict=True))
    columns = hir.Const(board.columns, IntT(board.columns, board.columns), node.span)
    spans = (node.span, node.span)
    index = check.apply("add", (check.apply("mul", (row, columns), spans, node.span), column), spans, node.span)
    if isinstance(row, hir.Const) and isinstance(column, hir.Const):
        number = row.value * board.columns + column.value
        index = hir.Const(number, IntT(number, number), node.span)
    return hir.MakeRef(board.name, None, index, EntityT(board.name), node.span)


def function(check: Checker, name: str, args: Sequence[Argument], node: ast.Expr, scope: Scope) -> hir.Expr:
    """A call of one of ``BOARD_FUNCTIONS``; a single place stands for the set of it."""
    assert name in BOARD_FUNCTIONS
    op = OPS[name]
    wanted = op.arity - 2
    if len(args) != wanted:
        check.fail("E0303", node.span, f"{len(args)} arguments given, {wanted} wanted: {op.symbol}")
    first = _places(check, check.infer(args[0], scope), args[0], name)
    board = check.program.entities[first.type.element.name]  # type: ignore[union-attr]
    directions = SetT(EnumT(DIRECTION)) if name in ("neighbours", "flood") else EnumT(DIRECTION)
    hints: dict[str, tuple[Type, ...]] = {
        "shift": (directions,),
        "ray": (directions, first.type),
        "line": (directions, IntT(1, max(board.rows, board.columns))),
        "neighbours": (directions,),
        "flood": (first.type, directions),
    }
    rest = []
    for arg, hint in zip(args[1:], hints[name], strict=True):
        value = check.infer(arg, scope, hint)
        if name == "line" and isinstance(hint, IntT) and not (isinstance(value, hir.Const) and value.value >= 1):
            check.fail("E0304", arg.span, "the length of a line must be a constant number, at least 1")
        rest.append(_places(check, value, arg, name) if hint == first.type else value)
    sizes = [hir.Const(n, IntT(n, n), node.span) for n in (board.rows, board.columns)]
    return check.apply(name, (first, *rest, *sizes), [*(arg.span for arg in args), node.span, node.span], node.span)


def _places(check: Checker, value: hir.Expr, arg: Argument, name: str) -> hir.Expr:
    """A set of places, or one place as a set."""
    type_ = strip_optional(value.type)
    element = type_.element if isinstance(type_, SetT) else type_
    if not isinstance(element, EntityT) or not check.program.entities[element.name].columns:
        check.fail("E0312", arg.span, f"this is {described(value.type)}, where '{name}' wants places of a board")
    if isinstance(type_, SetT):
        return value
    local = hir.Local("x", element)
    same = hir.Apply("eq", (hir.Get(local, element), value), BOOL, arg.span)
    return hir.Filter(local, groups.full_set(check, element), same, SetT(element), arg.span)
