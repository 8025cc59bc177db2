"""Typed rules for tests: of a small game from its text, or of a specification of the project."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from compiler.diagnostics import Diagnostics
from compiler.ir import hir
from compiler.manifest import load_spec
from compiler.paths import project_root
from compiler.source import SourceFile
from compiler.syntax import ast, parse_module, parse_modules
from compiler.typecheck import check

SPECS = project_root(Path(__file__)) / "specs"


def program(text: str) -> hir.Program:
    """The game of a text. Raises SpecError where it is wrong."""
    sink = Diagnostics()
    return _checked([parse_module(SourceFile("test.rules", dedent(text)), sink)], "test", sink)


def spec(name: str) -> hir.Program:
    """The game of `specs/NAME.yaml`."""
    sink = Diagnostics()
    manifest = load_spec(SPECS / f"{name}.yaml", sink)
    return _checked(parse_modules(manifest.rules, sink), name, sink)


def _checked(modules: list[ast.Module | None], name: str, sink: Diagnostics) -> hir.Program:
    sink.raise_if_errors()
    found = check([module for module in modules if module is not None], name, sink)
    sink.raise_if_errors()
    assert found is not None
    return found
