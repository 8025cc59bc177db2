"""What an operator is, and what its type rule may ask about the game."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from compiler.ir.types import IntT, OptT, PlayerT, Type


class TypeView(Protocol):
    """What type rules need of a program."""

    def bounds(self, type_: Type, /) -> tuple[int, int]:
        """The least and the greatest run-time value of a type."""
        ...


class OpTypeError(Exception):
    """An argument has a type that the operator does not take; ``wanted`` says what it takes."""

    def __init__(self, argument: int, wanted: str) -> None:
        super().__init__(f"argument {argument}: wanted {wanted}")
        self.argument = argument
        self.wanted = wanted


TypeRule = Callable[[TypeView, Sequence[Type]], Type]


@dataclass(frozen=True)
class Op:
    """An operator of expressions: pure, game-neutral, on values that are integers.

    ``symbol`` is how the language writes it, with ``a``, ``b``, ``c`` for the arguments. ``type_rule`` gives the type
    of the result, or raises OpTypeError. ``interpret`` is the meaning: bools are 0 and 1, sets bit masks. ``array`` is
    code over lanes: int32 for numbers and references, bool for bools, and sets as the runtime's helpers know them.
    """

    name: str
    symbol: str
    doc: str
    example: str
    arity: int
    type_rule: TypeRule
    interpret: Callable[..., int]
    array: str


def int_bounds(view: TypeView, types: Sequence[Type], index: int) -> tuple[int, int]:
    """The bounds of an argument that counts: an ``int``, a ``player``, or an ``int?`` (none is -1)."""
    type_ = types[index]
    inner = type_.inner if isinstance(type_, OptT) else type_
    if not isinstance(inner, IntT | PlayerT):
        raise OpTypeError(index, "an int")
    return view.bounds(type_)


def int_rule(bounds: Callable[..., tuple[int, int]]) -> TypeRule:
    """The rule of an operator on numbers; ``bounds`` maps the arguments' (lo, hi) pairs to the result's."""

    def rule(view: TypeView, types: Sequence[Type]) -> Type:
        return IntT(*bounds(*(int_bounds(view, types, index) for index in range(len(types)))))

    return rule
