"""What the functions of one program share: the names they see, and the places that errors give."""

from __future__ import annotations

import re
from typing import Any, Protocol

from compiler.backends.interp import runtime
from compiler.backends.interp.coverage import Coverage
from compiler.backends.interp.zones import Place
from compiler.ir import hir
from compiler.ir.walk import walk
from compiler.source import Span

DOT = "·"  # joins names that the rules give; Python takes it as a letter, the rules do not


def spelt(name: str) -> str:
    """A name that may have dots, as part of one of Python."""
    return name.replace(".", DOT)


class Teller(Protocol):
    """Is told about every verb that is called, and every procedure of a row that is performed."""

    def begin(self, game: Any, what: tuple[str, ...], row: int, args: tuple[int, ...]) -> None:
        """Something starts: ``(verb,)``, or ``(table, method)`` of a row. What follows until its end is part of it."""

    def end(self, game: Any) -> None:
        """What started last is done."""


class Space:
    """The global names of a program's functions. ``names`` is what they are compiled into."""

    def __init__(self, program: hir.Program, coverage: Coverage | None, teller: Teller | None = None) -> None:
        self.program = program
        self.coverage = coverage
        self.teller = teller
        self.suspending = suspending(program)
        self._sites: list[runtime.Site] = []
        self.names: dict[str, Any] = runtime.bindings(self._sites)
        self.names["T"] = teller
        self.names["K"] = coverage.counters if coverage is not None else []
        self.names["R"] = coverage.ran.add if coverage is not None else None
        self._constants: dict[tuple[str, int], str] = {}
        self._keep: list[object] = []  # what `_constants` knows by identity must live as long

    def constant(self, prefix: str, value: object, name: str) -> str:
        """A name for an object, as functions see it."""
        key = prefix, id(value)
        if key not in self._constants:
            self._keep.append(value)
            text = self._constants[key] = f"{prefix}{len(self._constants)}_{word(name)}"
            self.names[text] = value
        return self._constants[key]

    def named(self, text: str, make: Any) -> str:
        """Bind the name to what ``make`` returns, unless it is bound already."""
        if text not in self.names:
            self.names[text] = make()
        return text

    def place(self, field: hir.Field) -> str:
        return self.named(f"ZONE_{spelt(field.id)}", lambda: Place.of(field, self.program))

    def site(self, span: Span | None, problem: str = "") -> int:
        """A number for what a run-time error says, and where."""
        self._sites.append((span, problem))
        return len(self._sites) - 1


def suspending(program: hir.Program) -> set[object]:
    """The procedures (by name) and procedure methods (by table and method) that can reach a ``choose``."""
    bodies: dict[object, list[hir.Block]] = {name: [proc.body] for name, proc in program.procs.items()}
    for table in program.tables.values():
        for method in table.methods.values():
            bodies[table.name, method.name] = [b for b in method.bodies.values() if isinstance(b, hir.Block)]
    calls: dict[object, set[object]] = {}
    found: set[object] = set()
    for name, blocks in bodies.items():
        calls[name] = set()
        for node in (node for block in blocks for node in walk(block)):
            match node:
                case hir.Choose():
                    found.add(name)
                case hir.Call(proc):
                    calls[name].add(proc)
                case hir.Perform(table_name, method_name):
                    calls[name].add((table_name, method_name))
    while more := {name for name, called in calls.items() if name not in found and called & found}:
        found |= more
    return found


def word(name: str) -> str:
    return re.sub(r"\W", "_", name)
