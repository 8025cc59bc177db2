"""The places in a unit's code where something can be changed, with what is in sight there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from compiler.ir import hir
from compiler.ir.walk import is_node
from compiler.mutate.mutant import Place
from compiler.source import Span

Path = tuple[tuple[str, int | None], ...]
"""From a unit's code to a node in it: names of fields, with positions where those are tuples."""


@dataclass(frozen=True, slots=True)
class Position:
    """A node in its surroundings."""

    node: Any
    path: Path
    parents: tuple[Any, ...]
    """The nodes around it, the innermost last."""
    scope: tuple[hir.Local, ...]
    """The locals that have values there."""
    within: tuple[Place, ...]

    @property
    def parent(self) -> Any:
        return self.parents[-1] if self.parents else None

    @property
    def attribute(self) -> tuple[str, int | None]:
        """Which part of its parent it is."""
        return self.path[-1] if self.path else ("", None)


def positions(code: Any, scope: tuple[hir.Local, ...], within: tuple[Place, ...]) -> Iterator[Position]:
    """Every node of a unit's code, outermost first. `scope` is what the unit is given."""
    yield from _visit(Position(code, (), (), scope, within))


def put(code: Any, path: Path, new: Any) -> Any:
    """A copy of the code with another node at the end of a path."""
    if not path:
        return new
    (name, index), rest = path[0], path[1:]
    old = getattr(code, name)
    if index is None:
        return replace(code, **{name: put(old, rest, new)})
    return replace(code, **{name: (*old[:index], put(old[index], rest, new), *old[index + 1 :])})


def _visit(position: Position) -> Iterator[Position]:
    yield position
    node = position.node
    if isinstance(node, hir.Block):
        yield from _statements(position)
        return
    for name, index, child in _parts(node):
        scope = (*position.scope, *_bound(node, name, index))
        within = (*_counted(position, name), *position.within)
        yield from _visit(Position(child, (*position.path, (name, index)), (*position.parents, node), scope, within))


def _statements(position: Position) -> Iterator[Position]:
    scope = position.scope
    parents = (*position.parents, position.node)
    later: tuple[hir.Local, ...] = ()
    for index, statement in enumerate(position.node.statements):
        path = (*position.path, ("statements", index))
        yield from _visit(Position(statement, path, parents, scope, position.within))
        scope, later = (*scope, *later), ()
        following = position.node.statements[index + 1 : index + 2]
        match statement:
            case hir.Set(local, span=span) if following and span == following[0].span:
                later = (local,)  # of a choice: it has no value yet while that is made
            case hir.Set(local) | hir.Draw(local) | hir.Reveal(local) if local not in scope:
                scope = (*scope, local)
            case hir.Call(result=local) if local is not None and local not in scope:
                scope = (*scope, local)


def _parts(node: Any) -> Iterator[tuple[str, int | None, Any]]:
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from ((name, index, item) for index, item in enumerate(value) if is_node(item))
        elif is_node(value):
            yield name, None, value


def _bound(node: Any, name: str, index: int | None) -> tuple[hir.Local, ...]:
    """The locals that a node gives to one of its parts."""
    match node:
        case hir.Alternative():
            if name == "domains":
                return node.locals[: index or 0]
            if name == "distinct":
                return node.locals[: (index or 0) + 1]
            return node.locals if name == "body" else ()
        case hir.Draw(weight_local=local) if local is not None and name == "weight":
            return (local,)
        case hir.ForEach() if name == "body":
            return (node.local,)
        case hir.Filter() | hir.Reduce() | hir.Finish() if name != "domain":
            return (node.local,)
    return ()


def _counted(position: Position, name: str) -> tuple[Place, ...]:
    """The place that the interpreter counts when it comes to a part of a node."""
    match position.node, position.parent:
        case hir.If() as node, _ if name != "condition":
            return (("if", str(node.span) if node.span else "?", "then" if name == "then" else "else"),)
        case hir.Alternative() as node, hir.Choose(site) if name == "body":
            return (("choose", site, node.action.name, "taken"),)
    return ()


# --- what stands in the source ----------------------------------------------------------------------------------------


def is_written(node: Any, parent: Any) -> bool:
    """Whether a node has a piece of the source to itself: sugar shares that of what it stands for."""
    span: Span | None = getattr(node, "span", None)
    return span is not None and span != getattr(parent, "span", None)
