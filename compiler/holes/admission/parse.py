"""Whether an answer is statements of the rule language, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.diagnostics import Diagnostic, Diagnostics
from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity
from compiler.holes.workbench import answer_source, body
from compiler.syntax import ast

MOST_TOLD = 12
"""How many diagnostics are told."""


def check(case: Case) -> Iterator[Finding]:
    """Parses the effect; refuses it with the parser's diagnostics."""
    sink = Diagnostics()
    case.block = body(answer_source(case.answer.effect), sink)
    yield from told("parse", sink.errors)
    if case.block is None and sink.ok:
        yield Finding("parse", Severity.REFUSE, "these are no statements")
    if case.block is not None and any(isinstance(statement, ast.TextHole) for statement in case.block.statements):
        yield Finding("parse", Severity.REFUSE, "a hole does not fill a hole")
    if case.block is not None and not case.block.statements:
        yield Finding("parse", Severity.DOUBT, "the answer says that nothing happens")


def told(check_name: str, diagnostics: Iterable[Diagnostic]) -> Iterator[Finding]:
    """Diagnostics as findings, with their places in the answer."""
    listed = list(diagnostics)
    for found in listed[:MOST_TOLD]:
        place = f"{found.span.line}:{found.span.col}: " if found.span else ""
        hint = f" ({found.suggestion})" if found.suggestion else ""
        yield Finding(check_name, Severity.REFUSE, f"{place}{found.message}{hint}")
    if len(listed) > MOST_TOLD:
        yield Finding(check_name, Severity.REFUSE, f"and {len(listed) - MOST_TOLD} more errors")
