"""The local names in sight at one place of a body."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.ir import hir
from compiler.source import Span


@dataclass(eq=False)
class Binding:
    """A local name. ``local`` is None where its declaration was wrong: uses of it are not reported again."""

    name: str
    local: hir.Local | None
    mutable: bool
    reported: bool  # whether it is a lint that nothing reads it
    span: Span
    used: bool = False


@dataclass(eq=False)
class Body:
    """What a body is, and the locals declared anywhere in it."""

    kind: str  # "verb", "method", "play", "given", "expression"
    bindings: list[Binding] = field(default_factory=list)


class Scope:
    """A block's names, on top of those around it."""

    def __init__(self, body: Body, outer: Scope | None = None) -> None:
        self.body = body
        self.outer = outer
        self.names: dict[str, Binding] = {}

    def inner(self) -> Scope:
        """The scope of a block inside this one."""
        return Scope(self.body, self)

    def find(self, name: str) -> Binding | None:
        """The binding that a name means here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def bind(
        self, name: str, local: hir.Local | None, span: Span, *, mutable: bool = False, lint: bool = False
    ) -> None:
        """Declare a name in this block."""
        binding = Binding(name, local, mutable, lint and not name.startswith("_"), span)
        self.names[name] = binding
        self.body.bindings.append(binding)

    def visible(self) -> list[str]:
        """Every local name in sight."""
        return [*self.names, *(self.outer.visible() if self.outer else [])]
