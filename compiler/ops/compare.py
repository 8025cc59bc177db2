"""Comparison: equality on everything but sets, order on numbers, players and the values of one enum."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compiler.ir.types import BOOL, BoolT, EnumT, IntT, NoneT, PlayerT, SetT, TextT, Type, strip_optional
from compiler.ops.op import Op, OpTypeError, TypeView


def comparable(left: Type, right: Type) -> bool:
    """Whether ``==`` may stand between values of these types."""
    if isinstance(left, NoneT) or isinstance(right, NoneT):
        return not (isinstance(left, SetT | BoolT | TextT) or isinstance(right, SetT | BoolT | TextT))
    left, right = strip_optional(left), strip_optional(right)
    if isinstance(left, SetT) or isinstance(right, SetT):
        return False
    counts = (IntT, PlayerT)
    return left == right or (isinstance(left, counts) and isinstance(right, counts))


def _equality(view: TypeView, types: Sequence[Type]) -> Type:
    left, right = types
    if isinstance(left, SetT):
        raise OpTypeError(0, "no set")
    if not comparable(left, right):
        raise OpTypeError(1, _kind(left))
    return BOOL


def _order(view: TypeView, types: Sequence[Type]) -> Type:
    left, right = map(strip_optional, types)
    if not isinstance(left, IntT | PlayerT | EnumT):
        raise OpTypeError(0, "an int")
    if not comparable(left, right):
        raise OpTypeError(1, _kind(left))
    return BOOL


def _kind(type_: Type) -> str:
    return "an int" if isinstance(strip_optional(type_), IntT) else f"'{type_}'"


def _comparison(name: str, symbol: str, doc: str, example: str, interpret: Callable[[int, int], int]) -> Op:
    rule = _equality if name in ("eq", "ne") else _order
    return Op(name, f"a {symbol} b", doc, example, 2, rule, interpret, f"({{0}} {symbol} {{1}})")


EQ = _comparison("eq", "==", "Whether both are the same value.", "3 == 3", lambda a, b: int(a == b))
NE = _comparison("ne", "!=", "Whether they differ.", "3 != 4", lambda a, b: int(a != b))
LT = _comparison(
    "lt", "<", "Whether a is less; the values of an enum stand in order.", "3 < 4", lambda a, b: int(a < b)
)
LE = _comparison("le", "<=", "Whether a is at most b.", "3 <= 3", lambda a, b: int(a <= b))
GT = _comparison("gt", ">", "Whether a is greater.", "4 > 3", lambda a, b: int(a > b))
GE = _comparison("ge", ">=", "Whether a is at least b.", "3 >= 3", lambda a, b: int(a >= b))

OPS = (EQ, NE, LT, LE, GT, GE)
