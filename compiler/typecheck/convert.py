"""Which values may stand where which type is wanted.

An ``int`` of any bounds fits any ``int``; a number fits ``player`` and a player counts as a number. A T fits ``T?``,
and a ``T?`` fits T: that it is none there is an error of the game, which the interpreter reports.
"""

from __future__ import annotations

from compiler.ir.types import BoolT, EntityT, EnumT, IntT, NoneT, OptT, PlayerT, RowT, SetT, TextT, Type, strip_optional

INT32 = IntT(-(2**31), 2**31 - 1)
DEFAULT_INT = IntT(-32768, 32767)
"""The bounds of an ``int`` that is written without any."""


def fits(actual: Type, wanted: Type) -> bool:
    """Whether a value of type ``actual`` may stand where ``wanted`` is."""
    if isinstance(actual, NoneT):
        return isinstance(wanted, OptT)
    found, goal = strip_optional(actual), strip_optional(wanted)
    counts = (IntT, PlayerT)
    if isinstance(goal, counts):
        return isinstance(found, counts)
    if isinstance(found, SetT) and isinstance(goal, SetT) and isinstance(goal.element, IntT):
        return isinstance(found.element, IntT)
    return found == goal


def join(left: Type, right: Type) -> Type | None:
    """The type of ``left if … else right``, or None where they have none in common."""
    if isinstance(left, NoneT) and isinstance(right, NoneT):
        return left
    if isinstance(left, NoneT) or isinstance(right, NoneT):
        other = right if isinstance(left, NoneT) else left
        inner = strip_optional(other)
        return None if isinstance(inner, SetT | BoolT | TextT) else OptT(inner)
    optional = isinstance(left, OptT) or isinstance(right, OptT)
    a, b = strip_optional(left), strip_optional(right)
    common: Type | None = None
    if a == b:
        common = a
    elif isinstance(a, IntT) and isinstance(b, IntT):
        common = IntT(min(a.lo, b.lo), max(a.hi, b.hi))
    elif {type(a), type(b)} == {IntT, PlayerT}:
        common = a if isinstance(a, PlayerT) else b
    if common is None:
        return None
    return OptT(common) if optional else common


def described(type_: Type) -> str:
    """A type as messages name it."""
    match type_:
        case IntT(lo, hi) if lo == hi:
            return f"the number {lo}"
        case IntT() if type_ in (DEFAULT_INT, INT32):
            return "a number"
        case IntT() | BoolT() | PlayerT() | SetT() | OptT() | TextT():
            return f"'{type_}'"
        case NoneT():
            return "none"
        case EnumT(name):
            return f"'{name}' (an enum)"
        case EntityT(name):
            return f"'{name}' (an entity)"
        case RowT(name):
            return f"'{name}' (a row)"
