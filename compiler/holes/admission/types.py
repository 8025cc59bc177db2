"""Whether the rules still check with the answer in every row that has the hole."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.parse import told
from compiler.holes.admission.verdict import Finding, Severity
from compiler.holes.workbench import answer_source


def check(case: Case) -> Iterator[Finding]:
    """Type-checks the whole specification with the answer; refuses it with the diagnostics."""
    assert case.block is not None
    case.program, sink = case.workbench.without(case.contract.digits).check({case.contract.digits: case.block})
    if case.program is None:
        yield from told("types", sink.errors)
        return
    file = answer_source("").path
    case.warnings = tuple(found for found in sink.warnings if found.span is not None and found.span.file.path == file)
    still_open = {hole.hash for hole in case.program.holes}
    if case.contract.digits in still_open:
        yield Finding("types", Severity.REFUSE, "the hole is still open: the answer gives none of its methods")
