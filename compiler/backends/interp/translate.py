"""Typed rules as Python functions.

Every function, procedure and method body becomes one Python function, written as text and compiled once per program.
Locals become Python variables, so that a suspended decision is nothing but a suspended generator: only procedures that
can reach a ``choose`` are generators. Conditions are evaluated left to right and no further than needed.

In the text, ``s`` is the state, ``g`` the game, ``K`` the coverage counters, ``T`` the teller; the rest is in
``runtime.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from compiler.backends.interp.coverage import Coverage, Key
from compiler.backends.interp.space import DOT, Space, Teller, spelt
from compiler.backends.interp.statements import Function
from compiler.ir import hir
from compiler.ir.units import Code, Unit
from compiler.source import Span


class Translation:
    """The Python functions of a program; ``source`` is their text."""

    def __init__(self, program: hir.Program, coverage: Coverage | None, teller: Teller | None = None) -> None:
        self.program = program
        self.space = Space(program, coverage, teller)
        self.lines: list[str] = []
        self.line_spans: list[Span | None] = []
        self.filename = f"<rules of {program.name}>"
        self._versions: dict[str, list[str]] = {}
        self._compiled = 0
        self._extras: dict[int, tuple[object, Any]] = {}

    @property
    def source(self) -> str:
        return "\n".join(self.lines) + "\n"

    def translate(self) -> None:
        """Write and compile every function of the program."""
        program = self.program
        for func in program.funcs.values():
            self._function(f"f_{spelt(func.name)}", func.params, func.body)
        for proc in program.procs.values():
            self._proc(proc)
        for table in program.tables.values():
            for method in table.methods.values():
                self._method(table, method)
        self._body("play", (), program.play, True, ())
        self._compile()
        for name, functions in self._versions.items():
            self.space.names[name] = [self.space.names[function] for function in functions]

    @contextmanager
    def replaced(self, unit: Unit, code: Code) -> Iterator[None]:
        """Run other code in the place of a unit's for a while; only that is compiled. Coverage is not counted in it.

        The code may wait for decisions only where some code of its kind already did.
        """
        coverage, self.space.coverage = self.space.coverage, None
        try:
            name = self._other(unit, code)
        finally:
            self.space.coverage = coverage
        kept = self.space.names[name]
        self._compile()
        versions = self.space.names[f"M_{unit.table}{DOT}{unit.name}"] if unit.kind == "method" else None
        if versions is not None:
            versions[unit.row] = self.space.names[name]
        try:
            yield
        finally:
            self.space.names[name] = kept
            if versions is not None:
                versions[unit.row] = kept

    def _other(self, unit: Unit, code: Code) -> str:
        """Write a unit with other code; the name of its function."""
        program = self.program
        match unit.kind:
            case "play":
                assert isinstance(code, hir.Block)
                self._body("play", (), code, True, ())
                return "play"
            case "func":
                func = program.funcs[unit.name]
                assert not isinstance(code, hir.Block)
                self._function(f"f_{spelt(func.name)}", func.params, code)
                return f"f_{spelt(func.name)}"
            case "method":
                table = program.tables[unit.table]
                return self._version(table, table.methods[unit.name], unit.row, code)
            case _:
                proc = program.procs[unit.name]
                changed = replace(proc, **{"body" if unit.kind == "proc" else "returns": code})
                return self._proc(changed)

    def block(self, block: hir.Block) -> Any:
        """A function of a game that runs a block in which nothing is chosen."""
        return self._extra(block, lambda name: self._body(name, (), block, False, ()))

    def expression(self, expr: hir.Expr) -> Any:
        """A function of a state that evaluates an expression."""
        return self._extra(expr, lambda name: self._function(name, (), expr))

    def _extra(self, node: object, write: Callable[[str], None]) -> Any:
        """Compile something that is no part of the program, once."""
        if id(node) not in self._extras:
            name = f"extra_{len(self._extras)}"
            write(name)
            self._compile()
            self._extras[id(node)] = node, self.space.names[name]  # the node is kept, and so its id
        return self._extras[id(node)][1]

    def _compile(self) -> None:
        """Compile the lines written since the last time."""
        tree = ast.parse("\n".join(self.lines[self._compiled :]))
        ast.increment_lineno(tree, self._compiled)
        self._compiled = len(self.lines)
        exec(compile(tree, self.filename, "exec"), self.space.names)

    def _function(self, name: str, params: Sequence[hir.Local], body: hir.Expr, covers: Key = ()) -> None:
        text = Function(self.space)
        head = text.params("s", params)
        text.line(f"def {name}({head}):", body.span)
        with text.indented():
            text.count(covers)
            text.line(f"return {text.value(body)}", body.span)
        self._add(text)

    def _body(
        self,
        name: str,
        params: Sequence[hir.Local],
        block: hir.Block,
        suspends: bool,
        covers: Key,
        returns: hir.Expr | None = None,
    ) -> None:
        text = Function(self.space, block)
        head = text.params("g", params)
        text.line(f"def {name}({head}):", None)
        with text.indented():
            text.count(covers)
            text.line("s = g.state", None)
            text.block(block)
            if returns is not None:
                text.line(f"return {text.value(returns)}", returns.span)
            if suspends and not text.yields:
                text.line("if False: yield", None)
        self._add(text)

    def _proc(self, proc: hir.Proc) -> str:
        name, suspends = f"p_{spelt(proc.name)}", proc.name in self.space.suspending
        self._body(name, proc.params, proc.body, suspends, ("proc", proc.name), proc.returns)
        return name

    def _version(self, table: hir.Table, method: hir.Method, row: int, body: Code) -> str:
        """A row's version of a method; the name of its function."""
        name = f"m_{table.name}{DOT}{method.name}{DOT}{row}"
        covers = ("method", table.name, method.name, table.keys[row])
        if isinstance(body, hir.Block):
            suspends = (table.name, method.name) in self.space.suspending
            self._body(name, method.params, body, suspends, covers)
        else:
            self._function(name, method.params, body, covers)
        return name

    def _method(self, table: hir.Table, method: hir.Method) -> None:
        """One function per row that has a version, and ``M_table·method``, which lists them by row; none comes last."""
        prefix = f"{table.name}{DOT}{method.name}"
        suspends = (table.name, method.name) in self.space.suspending
        for row, body in method.bodies.items():
            self._version(table, method, row, body)
        default = f"m_{prefix}{DOT}default"
        if method.default is not None:
            self._function(default, method.params, method.default)
        elif suspends:
            default = "nothing_suspending"
        else:
            default = "nothing"
        rows = [f"m_{prefix}{DOT}{row}" if row in method.bodies else default for row in range(len(table))]
        self._versions[f"M_{prefix}"] = [*rows, default]

    def _add(self, text: Function) -> None:
        self.lines += text.lines
        self.line_spans += text.line_spans
