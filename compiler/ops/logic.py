"""Logic on bools. Expressions have no effects, so that both sides may always be evaluated."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir.types import BOOL, BoolT, Type
from compiler.ops.op import Op, OpTypeError, TypeView


def _bools(view: TypeView, types: Sequence[Type]) -> Type:
    for index, type_ in enumerate(types):
        if not isinstance(type_, BoolT):
            raise OpTypeError(index, "a bool")
    return BOOL


AND = Op(
    name="and",
    symbol="a and b",
    doc="Whether both hold.",
    example="3 < 4 and 4 < 5",
    arity=2,
    type_rule=_bools,
    interpret=lambda a, b: a & b,
    array="({0} & {1})",
)
OR = Op(
    name="or",
    symbol="a or b",
    doc="Whether one of them holds, or both.",
    example="3 < 4 or 5 < 4",
    arity=2,
    type_rule=_bools,
    interpret=lambda a, b: a | b,
    array="({0} | {1})",
)
NOT = Op(
    name="not",
    symbol="not a",
    doc="Whether it does not hold.",
    example="not 4 < 3",
    arity=1,
    type_rule=_bools,
    interpret=lambda a: 1 - a,
    array="negate({0})",
)

OPS = (AND, OR, NOT)
