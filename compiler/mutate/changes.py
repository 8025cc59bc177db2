"""What operators of mutation share: the change that one makes, and questions about a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compiler.ir import hir
from compiler.ir.types import IntT, PlayerT, Type, strip_optional
from compiler.ir.units import Unit
from compiler.mutate.mutant import Edit, Kind
from compiler.mutate.positions import Path, Position, is_written
from compiler.mutate.retype import wanted
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Change:
    """A mistake at a place: other nodes at the ends of paths, and how a person would make it."""

    kind: Kind
    nodes: tuple[tuple[Path, Any], ...]
    edit: Edit


@dataclass(frozen=True)
class Site:
    """A node that operators look at."""

    program: hir.Program
    position: Position
    unit: Unit
    callers: frozenset[str]
    """The functions that may call the unit, and must not be called by it."""

    @property
    def node(self) -> Any:
        return self.position.node

    @property
    def parent(self) -> Any:
        return self.position.parent

    @property
    def span(self) -> Span:
        """The source of a node that is written."""
        assert self.node.span is not None
        return self.node.span

    @cached_property
    def written(self) -> bool:
        """Whether the node has a piece of the source to itself."""
        return is_written(self.node, self.parent)

    def becomes(self, kind: Kind, new: Any, text: str, span: Span | None = None) -> Change:
        """The change of the node itself; `span` is what `text` replaces, where it is not the node's."""
        return Change(kind, ((self.position.path, new),), Edit(span or self.span, text))

    def part(self, *steps: tuple[str, int | None]) -> Path:
        """The path to a part of the node."""
        return (*self.position.path, *steps)

    @cached_property
    def wanted(self) -> Type | None:
        """The type of value that stands here by declaration: of a parameter or of a field; None where that is open."""
        return wanted(self.program, self.unit, self.parent, *self.position.attribute)

    def same_type(self, type_: Type) -> Iterator[hir.Local]:
        """The locals in sight of a type, optional or not; names that begin with `_` are not meant to be read."""
        for local in self.position.scope:
            if strip_optional(local.type) == strip_optional(type_) and not local.name.startswith("_"):
                yield local


Operator = Callable[[Site], Iterator[Change]]


def opposite(program: hir.Program, expr: hir.Expr) -> tuple[hir.Expr, str] | None:
    """The other of two players, and how that is written."""
    if program.players != 2 or not isinstance(strip_optional(expr.type), PlayerT) or expr.span is None:
        return None
    if isinstance(expr, hir.Const):
        return hir.Const(1 - expr.value, expr.type, expr.span), str(1 - expr.value)
    other = hir.Apply("sub", (hir.Const(1, IntT(1, 1)), expr), IntT(0, 1), expr.span)
    return other, f"(1 - {in_brackets(expr.span.text)})"


_ATOM = re.compile(r"[\w.]+(\([^()]*\))?")


def in_brackets(text: str) -> str:
    """A piece of source that may stand among operators."""
    return text if _ATOM.fullmatch(text) else f"({text})"
