"""Sets of a board's places, which lie in rows of ``columns``: what is beside them, in line with them, joined to them.

``rows`` and ``columns`` are constants that the type checker adds; a direction is its place in ``DIRECTIONS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from compiler.ir.types import EntityT, EnumT, IntT, SetT, Type, strip_optional
from compiler.ops.op import Op, OpTypeError, TypeRule, TypeView

DIRECTION = "Direction"
STEPS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "north": (-1, 0), "northeast": (-1, 1), "east": (0, 1), "southeast": (1, 1),
        "south": (1, 0), "southwest": (1, -1), "west": (0, -1), "northwest": (-1, -1),
    }
)  # fmt: skip
"""Rows down and columns to the right of one step, by the values of the enum ``Direction``."""
DIRECTIONS = tuple(STEPS.values())


@cache
def staying(rows: int, columns: int, down: int, right: int) -> int:
    """The places from which a step does not leave the board."""
    mask = 0
    for row in range(max(-down, 0), rows - max(down, 0)):
        for column in range(max(-right, 0), columns - max(right, 0)):
            mask |= 1 << (row * columns + column)
    return mask


def shift(places: int, direction: int, rows: int, columns: int) -> int:
    """Every place's neighbour in a direction; what would leave the board is dropped. No direction, no neighbours."""
    if direction < 0:
        return 0
    down, right = DIRECTIONS[direction]
    kept, distance = places & staying(rows, columns, down, right), down * columns + right
    return kept << distance if distance >= 0 else kept >> -distance


def ray(places: int, direction: int, through: int, rows: int, columns: int) -> int:
    """What is reached from any of the places going in a direction, as long as every place is one of ``through``."""
    found, step = 0, shift(places, direction, rows, columns) & through
    while step & ~found:
        found |= step
        step = shift(step, direction, rows, columns) & through
    return found


def line(places: int, direction: int, length: int, rows: int, columns: int) -> int:
    """The places that ``length`` of them begin with, one after the other in a direction."""
    if direction < 0:
        return 0
    found, opposite = places, (direction + len(DIRECTIONS) // 2) % len(DIRECTIONS)
    for _ in range(length - 1):
        found = places & shift(found, opposite, rows, columns)
    return found


def neighbours(places: int, directions: int, rows: int, columns: int) -> int:
    """Every place that is one step from one of the places, in any of the directions."""
    found = 0
    for direction in range(len(DIRECTIONS)):
        if directions >> direction & 1:
            found |= shift(places, direction, rows, columns)
    return found


def flood(places: int, within: int, directions: int, rows: int, columns: int) -> int:
    """The places of ``within`` that are among the places, or joined to them by steps inside ``within``."""
    found, more = 0, places & within
    while more & ~found:
        found |= more
        more = neighbours(found, directions, rows, columns) & within
    return found


def _places(types: Sequence[Type], index: int) -> Type:
    type_ = types[index]
    if not (isinstance(type_, SetT) and isinstance(type_.element, EntityT)) or (index and type_ != types[0]):
        raise OpTypeError(index, f"'{types[0]}'" if index else "a set of places of a board")
    return type_


def _rule(wants: str) -> TypeRule:
    """One letter per argument: p places, d a direction, D a set of them, n a number."""

    def rule(view: TypeView, types: Sequence[Type]) -> Type:
        for index, (want, type_) in enumerate(zip(wants, types, strict=False)):
            match want:
                case "p":
                    _places(types, index)
                case "d" if strip_optional(type_) != EnumT(DIRECTION):
                    raise OpTypeError(index, "a direction")
                case "D" if type_ != SetT(EnumT(DIRECTION)):
                    raise OpTypeError(index, "a set of directions")
                case "n" if not isinstance(type_, IntT):
                    raise OpTypeError(index, "an int")
        return types[0]

    return rule


SHIFT = Op(
    name="shift",
    symbol="shift(a, b)",
    doc="The places one step in direction b from those of a.",
    example="shift(cell(1, 1), north) == [cell(0, 1)]",
    arity=4,
    type_rule=_rule("pdnn"),
    interpret=shift,
    array="shift({0}, {1}, {2}, {3})",
)
RAY = Op(
    name="ray",
    symbol="ray(a, b, c)",
    doc="The places of c that are reached from a going in direction b, none left out.",
    example="ray(cell(2, 0), northeast, all cell) == [cell(1, 1) cell(0, 2)]",
    arity=5,
    type_rule=_rule("pdpnn"),
    interpret=ray,
    array="ray({0}, {1}, {2}, {3}, {4})",
)
LINE = Op(
    name="line",
    symbol="line(a, b, c)",
    doc="The places of a from which on c of them lie one after the other in direction b.",
    example="line(all cell, east, 3) == [cell(0, 0) cell(1, 0) cell(2, 0)]",
    arity=5,
    type_rule=_rule("pdnnn"),
    interpret=line,
    array="line({0}, {1}, {2}, {3}, {4})",
)
NEIGHBOURS = Op(
    name="neighbours",
    symbol="neighbours(a, b)",
    doc="The places one step from one of a, in any of the directions b.",
    example="neighbours(cell(0, 0), [north south east]) == [cell(0, 1) cell(1, 0)]",
    arity=4,
    type_rule=_rule("pDnn"),
    interpret=neighbours,
    array="neighbours({0}, {1}, {2}, {3})",
)
FLOOD = Op(
    name="flood",
    symbol="flood(a, b, c)",
    doc="The places of b that are in a, or joined to these by steps within b in the directions c.",
    example="flood(cell(0, 0), all cell - [cell(0, 1)], [east]) == [cell(0, 0)]",
    arity=5,
    type_rule=_rule("ppDnn"),
    interpret=flood,
    array="flood({0}, {1}, {2}, {3}, {4})",
)

OPS = (SHIFT, RAY, LINE, NEIGHBOURS, FLOOD)
