"""Which mutants are made: every kind of mistake as often as the others, in as many units as there are."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator

from compiler.ir import hir
from compiler.ir.calls import call_graph
from compiler.ir.units import Code, Unit, params_of, played_units
from compiler.ir.walk import EXPRS
from compiler.mutate import conditions, numbers, steps, targets
from compiler.mutate.changes import Change, Operator, Site
from compiler.mutate.mutant import Kind, Mutant, Place
from compiler.mutate.positions import positions, put
from compiler.mutate.retype import retyped

OPERATORS: tuple[Operator, ...] = (
    numbers.constants,
    numbers.signs,
    numbers.ends,
    targets.locals_,
    targets.sides,
    targets.values,
    targets.functions,
    targets.owners,
    conditions.comparisons,
    conditions.connectives,
    conditions.branches,
    conditions.filters,
    conditions.quantifiers,
    conditions.guards,
    conditions.truths,
    steps.swapped,
    steps.omitted,
    steps.arguments,
    steps.pile_ends,
    steps.choosers,
    steps.durations,
    steps.endings,
)


def mutants(program: hir.Program, seed: int, count: int, *, units: Collection[Unit] | None = None) -> Iterator[Mutant]:
    """Up to `count` mutants of what play may reach, or of these units alone: the same for the same seed.

    Kinds take turns, and so do rows and the rules that all rows share; within both, every unit has its turn before one
    has a second. No two mutants are the same code.
    """
    rng = random.Random(f"mutants:{seed}")
    queues = _queues(program, rng, units)
    found = 0
    while queues and found < count:
        for key in list(queues):
            mutant = next(queues[key], None)
            if mutant is None:
                del queues[key]
                continue
            yield mutant
            found += 1
            if found == count:
                return


def candidates(program: hir.Program, unit: Unit, code: Code) -> Iterator[Mutant]:
    """Every mutant of a unit."""
    seen: set[tuple[Kind, int, int, str]] = set()
    callers = _callers(program, unit)
    for position in positions(code, params_of(program, unit), _place_of(program, unit)):
        site = Site(program, position, unit, callers)
        for operator in OPERATORS:
            for change in operator(site):
                span = change.edit.span
                key = (change.kind, span.start, span.end, change.edit.text)
                changed = _changed(program, unit, code, change) if key not in seen else None
                if changed is not None:
                    seen.add(key)
                    yield Mutant(change.kind, unit, changed, change.edit, position.within)


def _queues(
    program: hir.Program, rng: random.Random, units: Collection[Unit] | None
) -> dict[tuple[Kind, bool], Iterator[Mutant]]:
    """The mutants of each kind in rows and in shared rules, in the order in which they are taken."""
    listed: dict[tuple[Kind, bool], list[list[Mutant]]] = {(kind, own): [] for kind in Kind for own in (True, False)}
    for unit, code in played_units(program):
        if units is not None and unit not in units:
            continue
        by_kind: dict[Kind, list[Mutant]] = {}
        for mutant in candidates(program, unit, code):
            by_kind.setdefault(mutant.kind, []).append(mutant)
        for kind, found in by_kind.items():
            listed[kind, unit.kind == "method"].append(found)
    for groups in listed.values():
        rng.shuffle(groups)
        for group in groups:
            rng.shuffle(group)
    return {key: _in_turn(groups) for key, groups in listed.items() if groups}


def _in_turn(groups: list[list[Mutant]]) -> Iterator[Mutant]:
    """One of each group, then a second of each."""
    for round_ in range(max(map(len, groups))):
        for group in groups:
            if round_ < len(group):
                yield group[round_]


def _changed(program: hir.Program, unit: Unit, code: Code, change: Change) -> Code | None:
    """The code with a mistake, and the types that follow; None where it cannot be typed."""
    changed: Code | None = code
    for path, new in change.nodes:
        changed = put(changed, path, new)
        if isinstance(new, EXPRS):
            changed = retyped(program, unit, changed, path)
            if changed is None:
                return None
    return changed


def _callers(program: hir.Program, unit: Unit) -> frozenset[str]:
    """The functions through which a unit may come to call itself."""
    node = (unit.kind, f"{unit.table}.{unit.name}" if unit.kind == "method" else unit.name)
    graph = call_graph(program)
    found, waiting = {node}, [node]
    while waiting:
        called = waiting.pop()
        more = {name for name, calls in graph.items() if called in calls} - found
        found |= more
        waiting += sorted(more)
    return frozenset(name for kind, name in found if kind == "func")


def _place_of(program: hir.Program, unit: Unit) -> tuple[Place, ...]:
    """The place that counts a unit's being run."""
    match unit.kind:
        case "proc" | "returns":
            return (("proc", unit.name),)
        case "method":
            return (("method", unit.table, unit.name, program.tables[unit.table].keys[unit.row]),)
        case _:
            return ()
