"""The words that answers may use, from the rules themselves: types, state, functions, verbs, operators.

Deterministic: the same rules give the same text. Its hash is the version that provenance records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

from compiler.holes.contract import comment_after, method_line
from compiler.ir import hir
from compiler.ir.calls import call_graph, reached
from compiler.ops import OPS
from compiler.source import Span


@dataclass(frozen=True)
class Section:
    """Some lines under a heading."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What an answer can be made of."""

    sections: tuple[Section, ...]
    functions: frozenset[str]
    verbs: frozenset[str]
    """The names of the functions and verbs that effects may use."""

    @cached_property
    def version(self) -> str:
        """Changes with any word, and not with what rows make of them."""
        shown = "\n".join(sorted(line for section in self.sections for line in section.lines))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def vocabulary(program: hir.Program, root: Path, patterns: tuple[str, ...]) -> Vocabulary:
    """The vocabulary of a program. Functions and verbs come from the rules files that match one of the `patterns`,
    relative to `root`; from all files where there is none."""

    def is_in(span: Span | None) -> bool:
        if span is None:
            return False
        path = span.file.path.resolve()
        shown = path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else path.as_posix()
        return not patterns or any(fnmatch(shown, pattern) for pattern in patterns)

    given = _only_given(program)
    funcs = [func for func in program.funcs.values() if is_in(func.span)]
    verbs = [proc for proc in program.procs.values() if is_in(proc.span) and (patterns or proc.name not in given)]
    setup = [proc for proc in program.procs.values() if proc.name in given and proc not in verbs]
    sections = (
        Section("Enums", tuple(f"enum {e.name} {{ {' '.join(e.values)} }}" for e in program.enums.values())),
        Section("Entities", tuple(_described(entity.span) for entity in program.entities.values())),
        Section("Constants", tuple(f"const {name} = {value}" for name, value in program.constants.items())),
        Section("State", tuple(_state(program))),
        Section("Draws", tuple(_described(draw.span) for draw in program.draws.values())),
        Section("Actions", tuple(_described(action.span) for action in program.actions.values())),
        Section("Tables", tuple(_tables(program))),
        Section("Functions", tuple(_headed(func.span, keep_body=True) for func in funcs)),
        Section("Verbs", tuple(_headed(proc.span) for proc in verbs)),
        Section("Verbs for the `given` part of scenarios only", tuple(_headed(proc.span) for proc in setup)),
        Section("Operators and built-in functions", tuple(f"{op.symbol}: {op.doc}" for op in OPS.values())),
    )
    return Vocabulary(sections, frozenset(f.name for f in funcs), frozenset(p.name for p in verbs))


def _only_given(program: hir.Program) -> set[str]:
    """Verbs that the `given` of scenarios runs and play never does."""
    graph = call_graph(program)
    given = {name for scenario in program.scenarios for kind, name in reached(graph, scenario.given) if kind == "verb"}
    return given - {name for kind, name in reached(graph, program.play) if kind == "verb"}


def _state(program: hir.Program) -> Iterator[str]:
    for field in program.fields.values():
        if field.span is not None:
            owner = f" of each {field.owner}" if field.owner else ""
            yield f"{_described(field.span)}{'' if field.zone else f'  (state{owner})'}"


def _tables(program: hir.Program) -> Iterator[str]:
    for table in program.tables.values():
        inside = f" in {table.parent}" if table.parent else ""
        columns = [_described(column.span) for column in table.columns.values() if column.span is not None]
        yield f"table {table.name}{inside}: {'; '.join(columns)}"
        yield from (f"  {method_line(method)}" for method in table.methods.values())


def _described(span: Span | None) -> str:
    if span is None:
        return ""
    remark = comment_after(span)
    return f"{' '.join(span.text.split())}{f'  # {remark}' if remark else ''}"


def _headed(span: Span | None, keep_body: bool = False) -> str:
    """A declaration without its block, with the comment above it."""
    if span is None:
        return ""
    text = span.text if keep_body else _head(span.text)
    above = " ".join(_comments_above(span))
    return f"{' '.join(text.split())}{f'  # {above}' if above else ''}"


def _head(text: str) -> str:
    quoted = False
    for index, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "{" and not quoted:
            return text[:index]
    return text


def _comments_above(span: Span) -> Iterable[str]:
    lines: list[str] = []
    number = span.line - 1
    while number >= 1 and (line := span.file.line(number)).startswith("#") and not line.startswith("# ---"):
        lines.insert(0, line.removeprefix("#").strip())
        number -= 1
    return lines
