"""The types of the rule language. Every value is one integer at run time; a type says which integers and what they
mean.

bool 0/1 · int itself · player, enum, entity, row: an index · none: -1 · text: an index into the program's texts ·
set: a bit mask over the element's domain (bit i = element i).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntT:
    lo: int
    hi: int

    def __str__(self) -> str:
        return f"int {self.lo}..{self.hi}"


@dataclass(frozen=True, slots=True)
class BoolT:
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class TextT:
    def __str__(self) -> str:
        return "text"


@dataclass(frozen=True, slots=True)
class PlayerT:
    def __str__(self) -> str:
        return "player"


@dataclass(frozen=True, slots=True)
class EnumT:
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class EntityT:
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class RowT:
    table: str

    def __str__(self) -> str:
        return self.table


@dataclass(frozen=True, slots=True)
class OptT:
    inner: Type

    def __str__(self) -> str:
        return f"{self.inner}?"


@dataclass(frozen=True, slots=True)
class SetT:
    """A set over a finite domain: an enum, an entity or the players."""

    element: Type

    def __str__(self) -> str:
        return f"set of {self.element}"


@dataclass(frozen=True, slots=True)
class NoneT:
    """The type of a bare ``none``; fits every optional type."""

    def __str__(self) -> str:
        return "none"


Type = IntT | BoolT | TextT | PlayerT | EnumT | EntityT | RowT | OptT | SetT | NoneT

BOOL = BoolT()
TEXT = TextT()
PLAYER = PlayerT()
NONE = -1  # the run-time value of ``none``


def strip_optional(type_: Type) -> Type:
    return type_.inner if isinstance(type_, OptT) else type_
