"""Units: the pieces of code that a program is made of, each of which can be looked at and replaced alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from compiler.ir import hir
from compiler.ir.calls import call_graph, reached

Code = hir.Block | hir.Expr
"""What a unit consists of: statements, or an expression."""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """The play block, a function, a verb or what it returns, or a row's version of a method."""

    kind: Literal["play", "func", "proc", "returns", "method"]
    name: str = ""
    table: str = ""
    row: int = -1

    def text(self, program: hir.Program) -> str:
        """The unit as people name it."""
        match self.kind:
            case "play":
                return "play"
            case "func":
                return f"func {self.name}"
            case "method":
                return f"{self.table} {program.tables[self.table].keys[self.row]}: {self.name}"
            case _:
                return f"verb {self.name.replace('_', ' ')}"


def units(program: hir.Program) -> Iterator[tuple[Unit, Code]]:
    """Every unit, in the order of declarations."""
    yield Unit("play"), program.play
    for func in program.funcs.values():
        yield Unit("func", func.name), func.body
    for proc in program.procs.values():
        yield Unit("proc", proc.name), proc.body
        if proc.returns is not None:
            yield Unit("returns", proc.name), proc.returns
    for table in program.tables.values():
        for method in table.methods.values():
            for row in sorted(method.bodies):
                yield Unit("method", method.name, table.name, row), method.bodies[row]


def played_units(program: hir.Program) -> Iterator[tuple[Unit, Code]]:
    """The units that play may reach; what only scenarios use is left out."""
    found = reached(call_graph(program), program.play)
    for unit, code in units(program):
        name = f"{unit.table}.{unit.name}" if unit.kind == "method" else unit.name
        kind = "verb" if unit.kind == "returns" else unit.kind.replace("proc", "verb")
        if unit.kind == "play" or (kind, name) in found:
            yield unit, code


def params_of(program: hir.Program, unit: Unit) -> tuple[hir.Local, ...]:
    """The locals that a unit is given."""
    match unit.kind:
        case "play":
            return ()
        case "func":
            return program.funcs[unit.name].params
        case "method":
            return program.tables[unit.table].methods[unit.name].params
        case _:
            return program.procs[unit.name].params


def with_unit(program: hir.Program, unit: Unit, code: Any) -> hir.Program:
    """The program with other code in one unit."""
    match unit.kind:
        case "play":
            return replace(program, play=code)
        case "func":
            func = replace(program.funcs[unit.name], body=code)
            return replace(program, funcs=_with(program.funcs, unit.name, func))
        case "proc":
            proc = replace(program.procs[unit.name], body=code)
            return replace(program, procs=_with(program.procs, unit.name, proc))
        case "returns":
            proc = replace(program.procs[unit.name], returns=code)
            return replace(program, procs=_with(program.procs, unit.name, proc))
        case "method":
            table = program.tables[unit.table]
            method = table.methods[unit.name]
            method = replace(method, bodies={**method.bodies, unit.row: code})
            table = replace(table, methods=_with(table.methods, unit.name, method))
            return replace(program, tables=_with(program.tables, unit.table, table))


def _with(mapping: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**mapping, name: value}
