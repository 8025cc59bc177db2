"""The rules of a specification, with candidates in the places of holes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compiler.conformance.policies import Taste
from compiler.diagnostics import Diagnostics, SpecError, read_source
from compiler.ir import hir
from compiler.manifest import Spec
from compiler.source import SourceFile
from compiler.syntax import ast, parse_body, parse_module, parse_modules
from compiler.typecheck import check

ANSWER = "answer"
"""What the file of an answer is called in diagnostics."""


@dataclass(frozen=True)
class Workbench:
    """Checks rules again and again with other bodies in their holes; what stands around them is parsed once."""

    spec: Spec
    modules: tuple[ast.Module, ...]
    stored: Mapping[str, ast.Block]
    """The bodies that the store has, by digits."""

    @classmethod
    def open(cls, spec: Spec, cache: Path | None = None) -> Workbench:
        """Parse the rules and the store of fills. Raises SpecError when either is wrong."""
        sink = Diagnostics()
        modules = [module for module in parse_modules(list(spec.rules), sink, cache) if module is not None]
        stored: dict[str, ast.Block] = {}
        for file in sorted(spec.fills.glob("*.rules")) if spec.fills and spec.fills.is_dir() else ():
            source = read_source(file, sink)
            block = body(source, sink) if source is not None else None
            if block is not None:
                stored[file.stem] = block
        sink.raise_if_errors()
        return cls(spec, tuple(modules), stored)

    def check(
        self, bodies: Mapping[str, ast.Block] | None = None, extra: tuple[ast.Module, ...] = ()
    ) -> tuple[hir.Program | None, Diagnostics]:
        """The rules with these bodies beside those of the store, and what there is to say about them."""
        sink = Diagnostics()
        overrides = {name: int(value) for name, value in self.spec.manifest.constants.items()}
        fills = {**self.stored, **(bodies or {})}
        return check([*self.modules, *extra], self.spec.manifest.name, sink, overrides, None, fills), sink

    @cached_property
    def program(self) -> hir.Program:
        """The rules as they are. Raises SpecError."""
        program, sink = self.check()
        if program is None:
            raise SpecError(sink)
        return program

    def without(self, digits: str) -> Workbench:
        """The same rules with one hole open again."""
        return Workbench(self.spec, self.modules, {key: value for key, value in self.stored.items() if key != digits})

    @property
    def taste(self) -> Taste:
        """How players of this game that mean to get somewhere choose."""
        wanted = self.spec.manifest.verify
        return Taste(wanted.eager, wanted.last, wanted.score)


def body(source: SourceFile, sink: Diagnostics) -> ast.Block | None:
    """The statements of a fill, or None after reporting what is wrong with them."""
    module = parse_body(source, sink)
    if module is not None and isinstance(play := module.declarations[0], ast.PlayDecl):
        return play.body
    return None


def answer_source(text: str, name: str = ANSWER) -> SourceFile:
    """An answer as a source file that exists nowhere."""
    return SourceFile(Path(f"{name}.rules"), text)


def scenario_module(text: str, number: int, sink: Diagnostics) -> ast.Module | None:
    """A scenario that came with an answer; anything else than one scenario is an error."""
    source = answer_source(text, f"scenario_{number}")
    module = parse_module(source, sink)
    if module is None:
        return None
    for declaration in module.declarations:
        if not isinstance(declaration, ast.ScenarioDecl):
            sink.error("E0113", declaration.span, "only scenarios may come with an answer")
            return None
    return module
