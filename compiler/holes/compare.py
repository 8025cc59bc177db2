"""Effects by name, for comparisons: of a row, or of a file of statements as they would stand in a row."""

from __future__ import annotations

from pathlib import Path

from compiler.diagnostics import Diagnostics, SpecError, did_you_mean, read_source
from compiler.equivalence import Effect, effect_of
from compiler.explain import find_rows
from compiler.holes.inline import block_of
from compiler.holes.workbench import Workbench
from compiler.ir import hir
from compiler.manifest import load_spec
from compiler.source import SourceFile
from compiler.syntax import parse_module

_DIGITS = "0" * 64
"""The hash of no text, for the hole in which a file's statements stand."""


def find_effect(program: hir.Program, name: str) -> tuple[str, int]:
    """The row of a name that does something, or the one row in it that does. Raises SpecError (E0811, E1108)."""
    rows = [(table.name, row) for table, row in find_rows(program, name)]
    if not rows:
        keys = [key for table in program.tables.values() for key in (*table.keys, *table.titles)]
        raise SpecError.single("E0811", None, f"nothing is called '{name}'", suggestion=did_you_mean(name, keys))
    doing = [(table, row) for table, row in rows if effect_of(program, table, row).bodies] or [
        (child.name, index)
        for table, row in rows
        for child in program.tables.values()
        if child.parent == table
        for index, parent in enumerate(child.data["parent"])
        if parent == row and effect_of(program, child.name, index).bodies
    ]
    if len(doing) == 1:
        return doing[0]
    if not doing and len(rows) == 1:
        return rows[0]
    keys = ", ".join(program.tables[table].keys[row] for table, row in doing)
    raise SpecError.single("E1108", None, f"'{name}' has several effects; name one: {keys}")


def effect_in_row(spec_path: Path, file: Path, table: str, row: int) -> tuple[hir.Program, Effect]:
    """The rules with a file's statements in a row, in place of what the row does, and its effect. Raises SpecError."""
    sink = Diagnostics()
    source = read_source(file, sink)
    spec = load_spec(spec_path, sink)
    sink.raise_if_errors()
    assert source is not None
    bench = Workbench.open(spec, spec.root / ".specc-cache")
    program = bench.program
    key, span = program.tables[table].keys[row], program.tables[table].spans[row]
    place = block_of(span) if span is not None else None
    if span is None or place is None:
        raise SpecError.single("E1108", span, f"'{key}' has no block in which statements could stand")
    text = span.file.text
    replaced = SourceFile(span.file.path, f'{text[: place[0]]} text "sha256:{_DIGITS}" {text[place[1] :]}')
    modules = [
        parse_module(replaced, sink) if module.span.file.path == span.file.path else module for module in bench.modules
    ]
    from compiler.holes.workbench import body

    block = body(source, sink)
    sink.raise_if_errors()
    assert block is not None
    other = Workbench(spec, tuple(module for module in modules if module is not None), bench.stored)
    checked, found = other.check({_DIGITS: block})
    if checked is None:
        raise SpecError(found)
    return checked, effect_of(checked, table, row)
