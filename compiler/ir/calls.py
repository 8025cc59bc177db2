"""Who calls whom: nothing calls itself, and play writes no parameter of the game."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.ir import hir
from compiler.ir.walk import walk
from compiler.source import Span

Node = tuple[str, str]
"""(kind, name) of a function, a verb, or a method (``table.method``)."""

Graph = Mapping[Node, Mapping[Node, Span | None]]
"""What calls what, and where first."""


def call_graph(program: hir.Program) -> Graph:
    """The calls of a program."""
    graph: dict[Node, dict[Node, Span | None]] = {}
    for name, func in program.funcs.items():
        graph["func", name] = dict(_called(func.body))
    for table in program.tables.values():
        for method in table.methods.values():
            bodies = [*method.bodies.values(), *([method.default] if method.default is not None else [])]
            graph["method", f"{table.name}.{method.name}"] = dict(call for body in bodies for call in _called(body))
    for name, proc in program.procs.items():
        found = dict(_called(proc.body))
        if proc.returns is not None:
            found |= dict(_called(proc.returns))
        graph["verb", name] = found
    return graph


def _called(node: Any) -> Iterator[tuple[Node, Span | None]]:
    for part in walk(node):
        match part:
            case hir.CallFunc(func):
                yield ("func", func), part.span
            case hir.CallMethod(table, method) | hir.Perform(table, method):
                yield ("method", f"{table}.{method}"), part.span
            case hir.Call(proc):
                yield ("verb", proc), part.span


def reached(graph: Graph, block: hir.Block) -> set[Node]:
    """What a block may run, directly or through others."""
    found: set[Node] = set()
    pending = [called for called, _ in _called(block)]
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending.extend(graph.get(node, ()))
    return found


def param_writes(program: hir.Program) -> Iterator[hir.Store]:
    """Assignments that `play` may run to fields that are given at reset."""
    for block in _blocks(program, call_graph(program), program.play):
        for part in walk(block):
            if isinstance(part, hir.Store) and part.field.param:
                yield part


def choices_in_given(program: hir.Program) -> Iterator[tuple[hir.Scenario, hir.Choose]]:
    """Decisions that setting up a scenario may come to."""
    graph = call_graph(program)
    for scenario in program.scenarios:
        for block in _blocks(program, graph, scenario.given):
            yield from ((scenario, part) for part in walk(block) if isinstance(part, hir.Choose))


def _blocks(program: hir.Program, graph: Graph, block: hir.Block) -> Iterator[hir.Block]:
    """A block and the bodies of all procedures that it may run."""
    yield block
    for kind, name in sorted(reached(graph, block)):
        if kind == "verb":
            yield program.procs[name].body
        elif kind == "method":
            table, _, method = name.partition(".")
            yield from (
                body for body in program.tables[table].methods[method].bodies.values() if isinstance(body, hir.Block)
            )


def cycles(program: hir.Program) -> Iterator[tuple[list[Node], Span | None]]:
    """One cycle for every group of procedures that call each other, as a chain that ends where it begins."""
    graph = call_graph(program)
    state: dict[Node, int] = {}  # 1: on the path, 2: done
    reported: set[Node] = set()
    for root in graph:
        if root in state:
            continue
        path = [root]
        state[root] = 1
        iterators = [iter(graph[root].items())]
        while path:
            step = next(iterators[-1], None)
            if step is None:
                state[path.pop()] = 2
                iterators.pop()
                continue
            called, span = step
            if state.get(called) == 1:
                chain = [*path[path.index(called) :], called]
                if not reported.intersection(chain):
                    yield chain, span
                reported.update(chain)
            elif called in graph and called not in state:
                state[called] = 1
                path.append(called)
                iterators.append(iter(graph[called].items()))
