"""Effects in the rules themselves: a fill put in the place of its hole, and a hole in the place of an effect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from compiler.diagnostics import Diagnostics, SpecError
from compiler.ir import hir
from compiler.source import SourceFile, Span
from compiler.syntax import parse_module
from compiler.syntax.unparse import format_module
from compiler.texts import HASH_PREFIX

_HOLE = re.compile(r'\btext\s+"sha256:([0-9a-f]{64})"')


def put_inline(source: SourceFile, fills: Mapping[str, str]) -> str:
    """A rules file with fills, by digits, in the place of their holes, laid out as `specc fmt` does.

    Raises SpecError where the result would be no rules.
    """
    text = _HOLE.sub(lambda match: _inner(fills[match[1]]) if match[1] in fills else match[0], source.text)
    return _formatted(SourceFile(source.path, text))


def _inner(fill: str) -> str:
    """Statements as they stand in a block: on a line of their own where they have comments or are several."""
    lines = fill.strip("\n").splitlines()
    return lines[0] if len(lines) == 1 and "#" not in lines[0] else "\n" + "\n".join(lines) + "\n"


def _formatted(source: SourceFile) -> str:
    sink = Diagnostics()
    module = parse_module(source, sink)
    if module is None:
        raise SpecError(sink)
    return format_module(module, source)


def block_of(span: Span) -> tuple[int, int] | None:
    """Where the inside of a row's block begins and ends, from the span of the row; None where it has none."""
    text, quoted = span.text, False
    for index, char in enumerate(text):
        if char == '"' and text[index - 1 : index] != "\\":
            quoted = not quoted
        elif char == "{" and not quoted:
            return (span.start + index + 1, span.end - 1) if text.endswith("}") else None
    return None


def punch(program: hir.Program, rows: Iterable[tuple[str, int, str]]) -> tuple[dict[Path, str], dict[str, str]]:
    """Make holes: rows as (table, row, digits) lose the inside of their blocks.

    Returns the new texts of the files, and by digits what stood there.
    """
    cuts: dict[Path, list[tuple[int, int, str]]] = {}
    files: dict[Path, SourceFile] = {}
    bodies: dict[str, str] = {}
    for table, row, digits in rows:
        span = program.tables[table].spans[row]
        place = block_of(span) if span is not None else None
        if span is None or place is None:
            raise ValueError(f"{program.tables[table].keys[row]} has no block")
        files[span.file.path] = span.file
        cuts.setdefault(span.file.path, []).append((*place, digits))
        bodies[digits] = _dedented(span.file.text[place[0] : place[1]])
    found: dict[Path, str] = {}
    for path, places in cuts.items():
        text = files[path].text
        for start, end, digits in sorted(places, reverse=True):
            text = f'{text[:start]} text "{HASH_PREFIX}{digits}" {text[end:]}'
        found[path] = text
    return found, bodies


def _dedented(inside: str) -> str:
    import textwrap

    return textwrap.dedent(inside.strip("\n")).strip() + "\n"
