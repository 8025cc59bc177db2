"""What must hold of a snapshot's fields by themselves: bounds, and every instance in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.conformance.determinize import Fields, members, values_of, zone_entity
from compiler.ir import hir
from compiler.ir.types import SetT


def state_problem(program: hir.Program, fields: Fields) -> str | None:
    """What is wrong with the fields of a snapshot, if anything is."""
    return out_of_bounds(program, fields) or zone_problem(program, fields)


def out_of_bounds(program: hir.Program, fields: Fields) -> str | None:
    """The first field that is not within its bounds."""
    for declared in program.fields.values():
        if declared.id not in fields or declared.zone is not None:
            continue
        is_set = isinstance(declared.type, SetT)
        low, high = program.bounds(declared.type.element if isinstance(declared.type, SetT) else declared.type)
        for owner, value in enumerate(values_of(declared, fields)):
            for item in _scalars(value):
                if not low <= item <= high:
                    what = "has an element" if is_set else "is"
                    return f"{declared.id}[{owner}] {what} {item}, not in {low}..{high}"
    return None


def _scalars(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


def zone_problem(program: hir.Program, fields: Fields) -> str | None:
    """The first instance that is not in exactly one zone, or a pile that knows what it does not hold."""
    places: dict[tuple[str, int], list[str]] = {}
    total = set()
    for declared in program.fields.values():
        if declared.zone is None:
            continue
        entity = zone_entity(program, declared)
        if declared.start:
            total.add(entity)
        for owner, value in enumerate(values_of(declared, fields)):
            held = members(declared, value)
            for instance in held:
                places.setdefault((entity.name, instance), []).append(f"{declared.id}[{owner}]")
            runs = [*value["top"], *value["bottom"]] if isinstance(value, Mapping) else []
            if len(set(runs)) != len(runs) or not set(runs) <= set(held):
                return f"{declared.id}[{owner}] knows the places of {runs}, and holds {held}"
    for entity in total:
        for instance in range(entity.total):
            found = places.get((entity.name, instance), [])
            if len(found) != 1:
                return f"{entity.name} {instance} is in {' and '.join(found) or 'no zone'}"
    return None
