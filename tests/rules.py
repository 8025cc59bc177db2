"""Typed rules for tests: of a small game from its text, or of a specification of the project."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from compiler import driver
from compiler.diagnostics import Diagnostics, SpecError
from compiler.ir import hir
from compiler.paths import project_root
from compiler.source import SourceFile

SPECS = project_root(Path(__file__)) / "specs"


def program(text: str) -> hir.Program:
    """The game of a text. Raises SpecError where it is wrong."""
    found, sink = driver.check_sources([SourceFile("test.rules", dedent(text))], "test")
    if found is None:
        raise SpecError(sink)
    return found


def spec(name: str) -> hir.Program:
    """The game of `specs/NAME.yaml`."""
    return driver.load(SPECS / f"{name}.yaml", Diagnostics(), use_cache=False).program
