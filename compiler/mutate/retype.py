"""Types after a change: those around a mistake are computed anew, and a value that has outgrown its place saturates.

The rules as written would widen a variable or a result without bounds of its own; a mutant keeps the bounds they had.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compiler.ir import hir
from compiler.ir.types import PLAYER, IntT, NoneT, OptT, PlayerT, Type, strip_optional
from compiler.ir.units import Unit
from compiler.mutate.positions import Path, put
from compiler.ops import OPS
from compiler.ops.op import OpTypeError
from compiler.typecheck.convert import join


def retyped(program: hir.Program, unit: Unit, code: Any, path: Path) -> Any | None:
    """The code, in which the node at the end of a path is new, with the types that follow; None where none fit."""
    while True:
        parent, attribute = (_at(code, path[:-1]), path[-1]) if path else (None, ("", None))
        child = _at(code, path)
        match parent:
            case hir.Apply():
                new = retyped_apply(program, parent)
            case hir.Select() if attribute[0] != "condition":
                type_ = join(parent.then.type, parent.otherwise.type)
                new = replace(parent, type=type_) if type_ is not None else None
            case hir.Reduce(kind=kind) if attribute[0] == "value" and kind in ("sum", "max", "min"):
                new = replace(parent, type=_reduced(program, parent))
            case hir.Store() if attribute[0] == "value":
                return code  # the store of a field cuts by itself
            case _:
                return put(code, path, _fitted(program, child, wanted(program, unit, parent, *attribute)))
        if new is None:
            return None
        if new.type == parent.type:
            return code
        path = path[:-1]
        code = put(code, path, new)


def wanted(program: hir.Program, unit: Unit, parent: Any, name: str, index: int | None) -> Type | None:
    """The type of value that a part of a node has by declaration; None where that is open."""
    match parent:
        case None:
            return _result(program, unit)
        case hir.Call(proc) if name == "args" and index is not None:
            return program.procs[proc].params[index].type
        case hir.CallFunc(func) if name == "args" and index is not None:
            return program.funcs[func].params[index].type
        case hir.Perform(table, method) | hir.CallMethod(table, method) if name == "args" and index is not None:
            return program.tables[table].methods[method].params[index].type
        case hir.Set(local) if name == "value":
            return local.type
        case hir.Store(field) if name == "value":
            return field.type
        case hir.Load(field) | hir.Store(field) | hir.Zone(field) if name == "owner":
            return PLAYER if field.owner == "player" else None
        case hir.Load(field) | hir.Store(field) if name == "sub":
            return IntT(0, (field.size or 3) - 1)
        case hir.Column(table, column) if name == "sub":
            return IntT(0, (program.tables[table].columns[column].size or 1) - 1)
        case hir.MakeRef(entity) if name == "index":
            return IntT(0, program.entities[entity].count - 1)
        case hir.MakeRef() | hir.AllOf() if name == "owner":
            return PLAYER
        case hir.Choose() if name == "player":
            return PLAYER
        case hir.Finish() if name == "reward":
            return program.fields["player.reward"].type
        case hir.Reveal() if name == "depth":
            return IntT(0, 2**31 - 1)
    return None


def _result(program: hir.Program, unit: Unit) -> Type | None:
    match unit.kind:
        case "func":
            return program.funcs[unit.name].result
        case "returns":
            returns = program.procs[unit.name].returns
            return returns.type if returns is not None else None
        case "method":
            return program.tables[unit.table].methods[unit.name].result
        case _:
            return None


def retyped_apply(program: hir.Program, node: hir.Apply) -> hir.Apply | None:
    """An operator with the type that follows from its arguments; None where it does not take them."""
    try:
        type_ = OPS[node.op].type_rule(program, [arg.type for arg in node.args])
    except OpTypeError:
        return None
    return replace(node, type=type_)


def _reduced(program: hir.Program, node: hir.Reduce) -> Type:
    assert node.value is not None
    low, high = program.bounds(node.value.type)
    times = program.domain(node.local.type) if node.kind == "sum" else 1
    return IntT(min(0, low * times), max(0, high * times))


def _fitted(program: hir.Program, node: Any, goal: Type | None) -> Any:
    """A value cut to the bounds of the type that is wanted."""
    inner = strip_optional(goal) if goal is not None else None
    if (
        goal is None
        or not isinstance(inner, IntT | PlayerT)
        or not isinstance(strip_optional(node.type), IntT | PlayerT)
    ):
        return node
    if isinstance(node.type, NoneT):
        return node
    low, high = program.bounds(inner)
    least = min(low, -1) if isinstance(goal, OptT) else low
    found = program.bounds(strip_optional(node.type))
    if found[0] >= least and found[1] <= high:
        return node
    ends = (hir.Const(least, IntT(least, least)), hir.Const(high, IntT(high, high)))
    type_ = (
        inner if isinstance(inner, PlayerT) else IntT(max(least, min(found[0], high)), min(high, max(found[1], least)))
    )
    return hir.Apply("saturate", (node, *ends), type_, node.span)


def _at(code: Any, path: Path) -> Any:
    for name, index in path:
        part = getattr(code, name)
        code = part if index is None else part[index]
    return code
