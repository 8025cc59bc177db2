"""What would give away what fields hide: decisions and draws that end in hidden fields."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.ir import hir
from compiler.ir.walk import walk

Place = str | tuple[str, str]
"""A verb, "play", or a table and its method."""


@dataclass(frozen=True)
class Secrets:
    """Decisions (by action) and draws (by kind) whose values only the all-seeing viewer, or who decided, is told."""

    actions: frozenset[str]
    draws: frozenset[str]

    @classmethod
    def of(cls, program: hir.Program) -> Secrets:
        """Those made where hidden fields are set: in the same code, in what calls it, or in what it calls.

        More than need be, as when a number is drawn for something else there.
        """
        hidden = hidden_fields(program)
        bodies = _bodies(program)
        calls: dict[Place, set[Place]] = {place: set() for place in bodies}
        setting: set[Place] = set()
        draws: dict[Place, set[str]] = {place: set() for place in bodies}
        actions: dict[Place, set[str]] = {place: set() for place in bodies}
        for place, blocks in bodies.items():
            for node in (node for block in blocks for node in walk(block)):
                match node:
                    case hir.Store(field, value=value) if field.id in hidden and not isinstance(value, hir.Const):
                        setting.add(place)
                    case hir.Draw(_, kind) | hir.Reveal(_, kind):
                        draws[place].add(kind.name)
                    case hir.Choose(alternatives=alternatives):
                        actions[place] |= {act.action.name for act in alternatives}
                    case hir.Call(proc):
                        calls[place].add(proc)
                    case hir.Perform(table, method):
                        calls[place].add((table, method))
        callers = {place: {other for other, called in calls.items() if place in called} for place in bodies}
        reach = _closure(setting, calls) | _closure(setting, callers)
        return cls(
            frozenset(name for place in reach for name in actions[place]),
            frozenset(name for place in reach for name in draws[place]),
        )


def hidden_fields(program: hir.Program) -> frozenset[str]:
    """The fields that somebody does not see, zones and parameters aside."""
    fields = program.fields.values()
    return frozenset(f.id for f in fields if f.visibility != "public" and f.zone is None and not f.param)


def _bodies(program: hir.Program) -> dict[Place, list[hir.Block]]:
    bodies: dict[Place, list[hir.Block]] = {"play": [program.play]}
    bodies |= {name: [proc.body] for name, proc in program.procs.items()}
    for table in program.tables.values():
        for method in table.methods.values():
            blocks = [body for body in method.bodies.values() if isinstance(body, hir.Block)]
            bodies[table.name, method.name] = blocks
    return bodies


def _closure(start: set[Place], steps: dict[Place, set[Place]]) -> set[Place]:
    found = set(start)
    while more := {next_ for place in found for next_ in steps[place]} - found:
        found |= more
    return found
