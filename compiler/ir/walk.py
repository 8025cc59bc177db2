"""Walking and rewriting HIR and LIR: the parts of a node, the locals it reads and assigns, copies with changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args

from compiler.ir import hir

Node = Any
"""An expression, a statement, a block, a zone or an alternative."""

EXPRS: tuple[type, ...] = get_args(hir.Expr)
STATEMENTS: tuple[type, ...] = get_args(hir.Statement)
_NODES = (*EXPRS, *STATEMENTS, hir.Block, hir.Zone, hir.Alternative)
_LEAVES = frozenset({"type", "span", "local", "locals", "field", "kind", "action", "result", "weight_local"})


def is_node(value: object) -> bool:
    """Whether a value is a node, rather than a name, a local or a declaration."""
    return _is_node_class(type(value))


@cache
def _is_node_class(class_: type) -> bool:
    return issubclass(class_, _NODES)


@cache
def _parts(class_: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(class_) if field.name not in _LEAVES)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in evaluation order."""
    for name in _parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from (item for item in value if is_node(item))
        elif is_node(value):
            yield value


def walk(node: Node) -> Iterator[Node]:
    """A node and everything inside it, outermost first."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy in which ``change`` has had its say on every node, innermost first."""
    updates: dict[str, object] = {}
    for name in _parts(type(node)):
        value = getattr(node, name)
        new: object = value
        if isinstance(value, tuple):
            items = tuple(rewrite(item, change) if is_node(item) else item for item in value)
            new = value if all(a is b for a, b in zip(items, value, strict=True)) else items
        elif is_node(value):
            new = rewrite(value, change)
        if new is not value:
            updates[name] = new
    return change(replace(node, **updates) if updates else node)


# --- locals -----------------------------------------------------------------------------------------------------------


def bound_locals(node: Node) -> tuple[hir.Local, ...]:
    """The locals that a node itself, not what is inside it, binds or assigns."""
    match node:
        case hir.Set() | hir.ForEach() | hir.Reveal() | hir.Finish() | hir.Filter() | hir.Reduce() | hir.Distinct():
            return (node.local,)
        case hir.Draw():
            return (node.local, node.weight_local) if node.weight_local else (node.local,)
        case hir.Call():
            return (node.result,) if node.result else ()
        case hir.Alternative():
            return node.locals
    return ()


def assigned(node: Node) -> set[hir.Local]:
    """The locals that statements in a node give values, loop variables and chosen candidates included."""
    inside = (hir.Filter, hir.Reduce, hir.Distinct, hir.Finish)
    found: set[hir.Local] = set()
    for part in walk(node):
        if isinstance(part, hir.Draw):
            found.add(part.local)
        elif not isinstance(part, inside):
            found.update(bound_locals(part))
    return found


def mentioned(node: Node) -> Iterator[hir.Local]:
    """The locals that a node reads or assigns, in order of appearance; not those that live only inside expressions."""
    inner = _bound_inside(node)
    for part in walk(node):
        if isinstance(part, hir.Get) and part.local not in inner:
            yield part.local
        elif not isinstance(part, hir.Filter | hir.Reduce | hir.Distinct | hir.Finish):
            yield from (local for local in bound_locals(part) if local not in inner)


def _bound_inside(node: Node) -> set[hir.Local]:
    """The locals that live only inside an expression or a clause."""
    found: set[hir.Local] = set()
    for part in walk(node):
        if isinstance(part, hir.Filter | hir.Reduce | hir.Distinct | hir.Finish):
            found.add(part.local)
        elif isinstance(part, hir.Draw) and part.weight_local:
            found.add(part.weight_local)
    return found


def reads(node: Node) -> set[hir.Local]:
    """The locals that a node reads, less those that live only inside its expressions."""
    return {part.local for part in walk(node) if isinstance(part, hir.Get)} - _bound_inside(node)


def free(node: Node) -> set[hir.Local]:
    """The locals that an expression needs from outside."""
    return reads(node)


def rename_bound(expr: Node) -> Node:
    """A copy in which every local that the expression binds is a new one."""
    fresh = {
        part.local: hir.Local(part.local.name, part.local.type, part.local.span)
        for part in walk(expr)
        if isinstance(part, hir.Filter | hir.Reduce | hir.Distinct)
    }

    def change(part: Node) -> Node:
        if isinstance(part, hir.Get | hir.Filter | hir.Reduce | hir.Distinct) and part.local in fresh:
            return replace(part, local=fresh[part.local])
        return part

    return rewrite(expr, change) if fresh else expr


def with_fresh_locals(node: Node, locals_: Iterable[hir.Local]) -> tuple[Node, dict[hir.Local, hir.Local]]:
    """A copy of statements with new variables in place of ``locals_`` and of all that it assigns or binds."""
    old = {*locals_, *(local for part in walk(node) for local in bound_locals(part))}
    fresh = {local: hir.Local(local.name, local.type, local.span) for local in old}

    def change(part: Node) -> Node:
        updates: dict[str, object] = {}
        for name in (f.name for f in fields(type(part))):
            value = getattr(part, name)
            if isinstance(value, hir.Local) and value in fresh:
                updates[name] = fresh[value]
            elif isinstance(value, tuple) and any(isinstance(v, hir.Local) for v in value):
                updates[name] = tuple(fresh.get(v, v) if isinstance(v, hir.Local) else v for v in value)
        return replace(part, **updates) if updates else part

    return rewrite(node, change), fresh


def substitute(expr: Node, values: dict[hir.Local, hir.Expr]) -> Node:
    """A copy with expressions in the place of locals."""

    def change(part: Node) -> Node:
        return values.get(part.local, part) if isinstance(part, hir.Get) else part

    return rewrite(expr, change) if values else expr


def inline_functions(program: hir.Program, expr: Node) -> Node:
    """A copy with every call of a function replaced by its body."""

    def change(part: Node) -> Node:
        if not isinstance(part, hir.CallFunc):
            return part
        func = program.funcs[part.func]
        body = rename_bound(inline_functions(program, func.body))
        return substitute(body, dict(zip(func.params, part.args, strict=True)))

    return rewrite(expr, change)
