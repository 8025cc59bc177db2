"""Sets over a finite domain."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir.types import BOOL, IntT, PlayerT, SetT, Type, strip_optional
from compiler.ops.op import Op, OpTypeError, TypeView


def _membership(view: TypeView, types: Sequence[Type]) -> Type:
    element, group = strip_optional(types[0]), types[1]
    if not isinstance(group, SetT):
        raise OpTypeError(1, "a set")
    counts = (IntT, PlayerT)
    if element != group.element and not (isinstance(element, counts) and isinstance(group.element, counts)):
        raise OpTypeError(0, f"'{group.element}', an element of the set")
    return BOOL


def _same_sets(view: TypeView, types: Sequence[Type]) -> Type:
    left, right = types
    if not isinstance(left, SetT):
        raise OpTypeError(0, "a set")
    if left != right:
        raise OpTypeError(1, f"'{left}'")
    return left


CONTAINS = Op(
    name="contains",
    symbol="a in b",
    doc="Whether a is an element of the set b; false for `none`.",
    example="3 in [3 4]",
    arity=2,
    type_rule=_membership,
    interpret=lambda a, b: (b >> a) & 1 if a >= 0 else 0,
    array="contains({1}, {0})",
)
UNION = Op(
    name="union",
    symbol="a | b",
    doc="The elements of a, of b, or of both.",
    example="any(all player | all player)",
    arity=2,
    type_rule=_same_sets,
    interpret=lambda a, b: a | b,
    array="union({0}, {1})",
)
INTER = Op(
    name="inter",
    symbol="a & b",
    doc="The elements that a and b share.",
    example="any(all player & all player)",
    arity=2,
    type_rule=_same_sets,
    interpret=lambda a, b: a & b,
    array="inter({0}, {1})",
)
DIFF = Op(
    name="diff",
    symbol="a - b",
    doc="The elements of a that are not in b.",
    example="not any(all player - all player)",
    arity=2,
    type_rule=_same_sets,
    interpret=lambda a, b: a & ~b,
    array="diff({0}, {1})",
)

OPS = (CONTAINS, UNION, INTER, DIFF)
