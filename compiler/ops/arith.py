"""Arithmetic on bounded integers. Division rounds down; dividing by zero gives zero."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir.types import IntT, Type
from compiler.ops.op import Op, OpTypeError, TypeView, int_bounds, int_rule

_Bounds = tuple[int, int]
_MOST_POWER = 31


def floor_div(a: int, b: int) -> int:
    """``a // b``, and 0 where b is 0."""
    return a // b if b else 0


def floor_mod(a: int, b: int) -> int:
    """``a % b``, with the sign of b, and 0 where b is 0."""
    return a % b if b else 0


def clamp(a: int, low: int, high: int) -> int:
    """The number nearest to a that is at least ``low`` and at most ``high``; ``high`` wins where they contradict."""
    return min(max(a, low), high)


def power(a: int, b: int) -> int:
    """``a`` times itself, ``b`` times; 1 where b is below 1."""
    return a ** max(b, 0)


def _power(a: _Bounds, b: _Bounds) -> _Bounds:
    least, most = max(b[0], 0), max(b[1], 0)
    if most > _MOST_POWER:
        raise OpTypeError(1, f"an int up to {_MOST_POWER}")
    corners = [power(x, y) for x in a for y in (least, most)]
    if a[0] < 0:
        largest = max(map(abs, a), default=1) ** most
        return -largest, max(largest, 1)
    return min(corners), max(corners)


def _product(a: _Bounds, b: _Bounds) -> _Bounds:
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def _quotient(a: _Bounds, b: _Bounds) -> _Bounds:
    divisors = {d for d in (*b, -1, 1) if d and b[0] <= d <= b[1]}
    corners = [floor_div(x, d) for x in a for d in divisors] + [0] * (b[0] <= 0 <= b[1])
    return min(corners), max(corners)


def _remainder(a: _Bounds, b: _Bounds) -> _Bounds:
    if b[0] == b[1] != 0 and a[0] // b[0] == a[1] // b[0]:
        return a[0] % b[0], a[1] % b[0]
    low, high = min(b[0] + 1, 0), max(b[1] - 1, 0)
    if b[0] >= 0 and a[0] >= 0:
        high = min(high, a[1])
    return low, high


def _absolute(a: _Bounds) -> _Bounds:
    low = 0 if a[0] <= 0 <= a[1] else min(abs(a[0]), abs(a[1]))
    return low, max(abs(a[0]), abs(a[1]))


def _clamped(a: _Bounds, low: _Bounds, high: _Bounds) -> _Bounds:
    return min(max(a[0], low[0]), high[0]), min(max(a[1], low[1]), high[1])


def _same_type_clamped(view: TypeView, types: Sequence[Type]) -> Type:
    """Keeps the kind of its argument: a number saturates to a number, a player to a player."""
    bounds = _clamped(*(int_bounds(view, types, index) for index in range(3)))
    return IntT(*bounds)


ADD = Op(
    name="add",
    symbol="a + b",
    doc="The sum.",
    example="3 + 4 == 7",
    arity=2,
    type_rule=int_rule(lambda a, b: (a[0] + b[0], a[1] + b[1])),
    interpret=lambda a, b: a + b,
    array="({0} + {1})",
)
SUB = Op(
    name="sub",
    symbol="a - b",
    doc="The difference.",
    example="3 - 4 == -1",
    arity=2,
    type_rule=int_rule(lambda a, b: (a[0] - b[1], a[1] - b[0])),
    interpret=lambda a, b: a - b,
    array="({0} - {1})",
)
MUL = Op(
    name="mul",
    symbol="a * b",
    doc="The product.",
    example="3 * 4 == 12",
    arity=2,
    type_rule=int_rule(_product),
    interpret=lambda a, b: a * b,
    array="({0} * {1})",
)
DIV = Op(
    name="div",
    symbol="a // b",
    doc="The quotient, rounded down; 0 where b is 0.",
    example="-7 // 2 == -4",
    arity=2,
    type_rule=int_rule(_quotient),
    interpret=floor_div,
    array="floor_div({0}, {1})",
)
MOD = Op(
    name="mod",
    symbol="a % b",
    doc="The remainder, which has the sign of b; 0 where b is 0.",
    example="-7 % 4 == 1",
    arity=2,
    type_rule=int_rule(_remainder),
    interpret=floor_mod,
    array="floor_mod({0}, {1})",
)
POW = Op(
    name="pow",
    symbol="pow(a, b)",
    doc="a times itself, b times; 1 where b is below 1.",
    example="pow(2, 5) == 32",
    arity=2,
    type_rule=int_rule(_power),
    interpret=power,
    array="power({0}, {1})",
)
NEG = Op(
    name="neg",
    symbol="-a",
    doc="The negative.",
    example="-(3) == -3",
    arity=1,
    type_rule=int_rule(lambda a: (-a[1], -a[0])),
    interpret=lambda a: -a,
    array="(-{0})",
)
MIN = Op(
    name="min",
    symbol="min(a, b)",
    doc="The smaller; `min(a, b, c)` works, too.",
    example="min(3, 4) == 3",
    arity=2,
    type_rule=int_rule(lambda a, b: (min(a[0], b[0]), min(a[1], b[1]))),
    interpret=min,
    array="lesser({0}, {1})",
)
MAX = Op(
    name="max",
    symbol="max(a, b)",
    doc="The greater; `max(a, b, c)` works, too.",
    example="max(3, 4) == 4",
    arity=2,
    type_rule=int_rule(lambda a, b: (max(a[0], b[0]), max(a[1], b[1]))),
    interpret=max,
    array="greater({0}, {1})",
)
ABS = Op(
    name="abs",
    symbol="abs(a)",
    doc="The number without its sign.",
    example="abs(-3) == 3",
    arity=1,
    type_rule=int_rule(_absolute),
    interpret=lambda a: abs(a),
    array="absolute({0})",
)
CLAMP = Op(
    name="clamp",
    symbol="clamp(a, b, c)",
    doc="`a`, but at least `b` and at most `c`; `c` where `b` is greater than `c`.",
    example="clamp(12, 0, 9) == 9",
    arity=3,
    type_rule=int_rule(_clamped),
    interpret=clamp,
    array="clip({0}, {1}, {2})",
)
SATURATE = Op(
    name="saturate",
    symbol="",
    doc="A clamp that nobody wrote: a value meets narrower bounds, those of a variable, a parameter or a result.",
    example="",
    arity=3,
    type_rule=_same_type_clamped,
    interpret=clamp,
    array="clip({0}, {1}, {2})",
)

OPS = (ADD, SUB, MUL, DIV, MOD, POW, NEG, MIN, MAX, ABS, CLAMP, SATURATE)
