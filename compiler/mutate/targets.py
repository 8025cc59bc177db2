"""Somebody or something else than what is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.ir import hir
from compiler.ir.types import BoolT, EntityT, EnumT, IntT, PlayerT, RowT, SetT, Type, strip_optional
from compiler.mutate.changes import Change, Site, opposite
from compiler.mutate.mutant import Kind

MOST_FUNCTIONS = 3
"""How many functions are tried in the place of another."""


def locals_(site: Site) -> Iterator[Change]:
    """Another variable of the same type."""
    node = site.node
    if not isinstance(node, hir.Get) or not site.written or site.span.text != node.local.name:
        return
    if not isinstance(strip_optional(node.type), EntityT | PlayerT | RowT | EnumT):
        return
    for local in site.same_type(node.type):
        if local is not node.local and local.name != node.local.name:
            yield site.becomes(Kind.TARGET, hir.Get(local, local.type, node.span), local.name)


def sides(site: Site) -> Iterator[Change]:
    """The other player, for a player who is named by a variable; not for one who decides."""
    node = site.node
    if not isinstance(node, hir.Get) or not site.written or site.span.text != node.local.name:
        return
    other = opposite(site.program, node)
    if other is not None and not isinstance(site.parent, hir.Choose):
        yield site.becomes(Kind.TARGET, *other)


def values(site: Site) -> Iterator[Change]:
    """Another value of the same enum."""
    node = site.node
    if not isinstance(node, hir.Const) or not isinstance(node.type, EnumT) or not site.written:
        return
    names = site.program.enums[node.type.name].values
    prefix, dot, name = site.span.text.rpartition(".")
    if not 0 <= node.value < len(names) or name != names[node.value]:
        return
    for value in dict.fromkeys(((node.value + 1) % len(names), (node.value - 1) % len(names))):
        if value != node.value:
            text = prefix + dot + names[value] if dot else f"{node.type.name}.{names[value]}"
            yield site.becomes(Kind.TARGET, hir.Const(value, node.type, node.span), text)


def functions(site: Site) -> Iterator[Change]:
    """A function's argument for what it makes of that, and another function of the same types."""
    node = site.node
    if not isinstance(node, hir.CallFunc) or not site.written:
        return
    kind = Kind.CONDITION if isinstance(node.type, BoolT) else Kind.TARGET
    for arg in node.args:
        if strip_optional(arg.type) == strip_optional(node.type) and arg.span is not None:
            yield site.becomes(kind, replace(arg, span=node.span), arg.span.text)
    text, after = site.span.text, f"{node.func}("
    if not isinstance(strip_optional(node.type), EntityT | PlayerT | SetT | BoolT | RowT) or not text.startswith(after):
        return
    own = _signature(site.program.funcs[node.func])
    known = site.program.funcs.items()
    alike = [n for n, f in known if n != node.func and n not in site.callers and _signature(f) == own]
    for name in alike[:MOST_FUNCTIONS]:
        yield site.becomes(kind, replace(node, func=name), f"{name}({text.removeprefix(after)}")


def owners(site: Site) -> Iterator[Change]:
    """What belongs to the other player, for what belongs to one."""
    node = site.node
    if not isinstance(node, hir.OwnerOf | hir.AllOf) or not site.written:
        return
    owner = node if isinstance(node, hir.OwnerOf) else node.owner
    other = opposite(site.program, owner)
    if other is None or isinstance(site.parent, hir.Choose) or owner.span is None:
        return
    changed, text = other
    if isinstance(node, hir.OwnerOf):
        yield site.becomes(Kind.TARGET, changed, text)
    elif isinstance(owner, hir.CallFunc):
        yield site.becomes(Kind.TARGET, replace(node, owner=changed), text, owner.span)


def _signature(func: hir.Func) -> tuple[Type, ...]:
    """What a function takes and gives; numbers of any bounds are alike, and a value that may be none is another."""
    return tuple(IntT(0, 0) if isinstance(t, IntT) else t for t in (*(p.type for p in func.params), func.result))
